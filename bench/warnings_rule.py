"""
What warnings are worth on real data: the rule that gives the lights, beside the most probable tenth.

    python bench/warnings_rule.py [FOLDER] [--only NAME …] [--share 0.12] [--hours 60]

FOLDER (or the variable STAMMKUNDE_SHARED_DATA) holds one folder a data set; what is absent is skipped. Of the latest
past evenings (at most four), added up: the share of customers who are warned about, how many of the warned left, how
many of those who left were warned, and of their euro; then of A customers alone. Rows: `probability` warns the most
probable tenth whatever they are worth; `month` warns by what is at stake as many as 24 minutes a contact allow in a
month of so many hours, the rule until now; `lights` is the rule that is used, red and amber, and red alone.
"""

import argparse
import os
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from risk_quality import EPOCH, ORDERS
from stammkunde import insight
from stammkunde.insight import risk
from stammkunde.insight.risk import lights, replay
from stammkunde.tasks import policy
from stammkunde.tasks.policy import Capacity

MINUTES = 24  # a contact
MONTH_WEEKS = policy.WEEKS_PER_MONTH


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=os.environ.get("STAMMKUNDE_SHARED_DATA"))
    parser.add_argument("--only", nargs="*", choices=list(ORDERS), default=list(ORDERS))
    parser.add_argument("--share", type=float, default=lights.WARNED_SHARE)
    parser.add_argument("--hours", type=int, default=60)
    given = parser.parse_args()
    if given.folder is None:
        parser.error("name the folder, or set STAMMKUNDE_SHARED_DATA")
    for name in given.only:
        if any((Path(given.folder) / name).glob("*.parquet")):
            _print(name, ORDERS[name](Path(given.folder) / name), share=given.share, hours=given.hours)
        else:
            print(f"\n{name}: absent, skipped")


def _print(name: str, facts: insight.Facts, *, share: float, hours: int) -> None:
    as_of = EPOCH + timedelta(days=facts.days()[1])
    window = insight.suggest_activity_days(facts).activity_days
    tests = risk.back_test(facts, as_of=as_of, activity_days=window)
    n, left = (sum(getattr(test, count) for test in tests) for count in ("customers", "left"))
    print(f"\n{name}: {len(tests)} evenings, {n:,} customers, {left / n:.1%} left")
    print(f"{'':14}{'warned':>9}{'right':>8}{'found':>8}{'of euro':>9}   A: {'warned':>7}{'right':>8}{'found':>8}")
    for rule, told in _rules(tests, share=share, hours=hours).items():
        everybody = [np.ones(test.customers, dtype=bool) for test in tests]
        of_a = [test.abc_class == "A" for test in tests]
        whole, own = (_counted(tests, told, some) for some in (everybody, of_a))
        print(f"{rule:14}{_written(whole)}{whole[3]:9.1%}      {_written(own)}")


def _rules(tests: list[replay.BackTest], *, share: float, hours: int) -> dict[str, list[np.ndarray]]:
    found: dict[str, list[np.ndarray]] = {"probability": [], "month": [], "lights": [], "red alone": []}
    for test in tests:
        order = lights.first(test.at_risk_cents, test.worries)
        lit = test.warned(risk.Reach(share=share, contacts=_contacts(test, order, hours=hours))).lights
        tenth = np.argsort(-test.probability, kind="stable")[: round(0.1 * test.customers)]
        found["probability"].append(_chosen(test, tenth))
        found["month"].append(_chosen(test, order[: round(hours * MONTH_WEEKS * 60 / MINUTES)]))
        found["lights"].append(lit > lights.GREEN)
        found["red alone"].append(lit == lights.RED)
    return found


def _contacts(test: replay.BackTest, order: np.ndarray, *, hours: int) -> int:
    team = Capacity(hours_per_week=hours, usual_minutes=MINUTES, people=max(hours // 20, 1))
    return team.week_contacts(test.at_risk_cents, order=order, classes=test.abc_class, yearly=test.yearly_cents)


def _chosen(test: replay.BackTest, places: np.ndarray) -> np.ndarray:
    told = np.zeros(test.customers, dtype=bool)
    told[places] = True
    return told


def _counted(tests: list, told: list, own: list) -> tuple[float, float, float, float]:
    warned, hit, left, euro, found, n = (0.0,) * 6
    for test, who, some in zip(tests, told, own, strict=True):
        n, warned = n + some.sum(), warned + (who & some).sum()
        left, hit = left + (test.gone & some).sum(), hit + (who & some & test.gone).sum()
        euro += test.yearly_cents[test.gone & some].sum()
        found += test.yearly_cents[who & some & test.gone].sum()
    return warned / n, hit / max(warned, 1), hit / max(left, 1), found / max(euro, 1)


def _written(found: tuple[float, ...]) -> str:
    return f"{found[0]:9.1%}{found[1]:8.1%}{found[2]:8.1%}"


if __name__ == "__main__":
    main()
