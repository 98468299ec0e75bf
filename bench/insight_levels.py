"""
How well the level of purchases to come is met: season, growth, bounds, on real data and on played companies.

    python bench/insight_levels.py [FOLDER] [--only NAME …] [--draws 12] [--risk]

FOLDER (or the variable STAMMKUNDE_SHARED_DATA) holds one folder a data set; what is absent is skipped. On evenings
every 28 days, and horizons of 60, 90, 180 and 365 days, all is fitted as it would have been done then (`value.worth`)
and set beside what came; evenings with fewer than 200 purchases in the horizon, or refused ones, are counted and left
out. Plain is the same model asked without level. Errors are logarithms of expected over came, of all together.

With --risk, probabilities of leaving instead, as learnt and at their level, on up to four evenings 91 days apart.
"""

import argparse
import math
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

sys.path.insert(0, str(Path(__file__).parents[1]))
from bench.risk_quality import ORDERS
from tests.insight.value import simulate

from stammkunde import insight
from stammkunde.insight import risk
from stammkunde.insight.risk import calibration
from stammkunde.insight.value import level, worth
from stammkunde.insight.value.past import past_of

EPOCH = date(1970, 1, 1)
HORIZONS = (60, 90, 180, 365)
EVERY_DAYS, LEAST_PAST_DAYS, LEAST_CAME = 28, 120, 200
PLAYED_DAYS = 913
PLAYED_HORIZONS = (90, 180)


@dataclass(frozen=True)
class Cut:
    """What was expected on an evening, and what came."""

    on: date
    horizon: int
    rule: str
    kind: str
    factor: float
    plain: float  # logarithm of expected over came
    levelled: float
    held: tuple[float, float, float, float]  # shares within the bounds: purchases, of the top tenth; money, of it
    total_held: bool
    errors: tuple[float, float]  # root mean squared a customer, plain and levelled


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=os.environ.get("STAMMKUNDE_SHARED_DATA"))
    parser.add_argument("--only", nargs="*", choices=[*ORDERS, "played"])
    parser.add_argument("--draws", type=int, default=12, help="played companies of a kind")
    parser.add_argument("--risk", action="store_true", help="probabilities of leaving, instead of values")
    given = parser.parse_args()
    if given.folder is None and given.only != ["played"]:
        parser.error("name the folder, or set STAMMKUNDE_SHARED_DATA")
    for name in given.only or [*ORDERS, "played"]:
        if name == "played":
            _play(given.draws)
            continue
        if not (Path(given.folder) / name).is_dir():
            print(f"\n{name}: absent, skipped")
            continue
        facts = ORDERS[name](Path(given.folder) / name)
        _show_risk(name, facts) if given.risk else _show(name, facts)


def _show(name: str, facts: insight.Facts) -> None:
    first, last = facts.days()
    print(f"\n{name}: {EPOCH + timedelta(days=first)} to {EPOCH + timedelta(days=last)}")
    print(
        f"{'evening':>12}{'days':>6}{'rule':>7}{'kind':>6}{'factor':>8}{'plain':>8}{'level':>8}   held: all, top; money"
    )
    found = list(_cuts(facts, first, last))
    for cut in found:
        shares = " ".join(f"{share:.2f}" for share in cut.held)
        row = f"{cut.on!s:>12}{cut.horizon:>6}{cut.rule:>7}{cut.kind:>6}{cut.factor:>8.2f}"
        print(f"{row}{math.expm1(cut.plain):>+8.0%}{math.expm1(cut.levelled):>+8.0%}   {shares}  {cut.total_held}")
    for kind in ("year", "none", "jump"):
        _sum_up(kind, [cut for cut in found if cut.kind == kind])


def _show_risk(name: str, facts: insight.Facts) -> None:
    window = insight.suggest_activity_days(facts).activity_days
    horizon = risk.suggest_horizon_days(facts).horizon_days
    first, last = facts.days()
    print(f"\n{name}: window {window}, horizon {horizon} days; as learnt → at its level")
    for place in range(4):
        on = last - horizon - 91 * place
        if on - first < 2 * horizon:
            break
        model = risk.fit(facts, as_of=EPOCH + timedelta(days=on), activity_days=window, horizon_days=horizon)
        signs = risk.signs(facts, model)
        said, left = risk.probability(model, signs), _left(facts, signs, on, horizon)
        if said is not None and 0 < left.sum() < len(left):
            learnt = calibration.Line(offset=-model.level.log_odds).at(said)
            before, after = (risk.quality(chance, left) for chance in (learnt, said))
            print(
                f"{model.as_of}: {model.rule}, by {model.level.by}, {len(left):,} customers, {left.mean():.1%} left; "
                f"calibration error {before.calibration_error:.3f} → {after.calibration_error:.3f}, log loss "
                f"{before.log_loss:.4f} → {after.log_loss:.4f}, AUC {before.auc:.4f} → {after.auc:.4f}"
            )


def _left(facts: insight.Facts, signs: pa.Table, on: int, horizon: int) -> np.ndarray:
    ids = facts.lines.to_native().filter("kind = 'sale' and customer_id is not null")
    within = ids.filter(f"ordered_on > {on} and ordered_on <= {on + horizon}").project("customer_id").distinct()
    return ~np.asarray(pc.is_in(signs["customer_id"], value_set=within.to_arrow_table()["customer_id"]), dtype=bool)


def _sum_up(kind: str, cuts: list[Cut]) -> None:
    if not cuts:
        return
    plain, levelled = (np.abs([getattr(cut, name) for cut in cuts]) for name in ("plain", "levelled"))
    held, errors = np.mean([cut.held for cut in cuts], axis=0), np.mean([cut.errors for cut in cuts], axis=0)
    print(
        f"{kind} ({len(cuts)}): mean error {plain.mean():.3f} → {levelled.mean():.3f}, worst {plain.max():.2f} → "
        f"{levelled.max():.2f}; a customer {errors[0]:.3f} → {errors[1]:.3f}; held: purchases {held[0]:.2f}, top tenth "
        f"{held[1]:.2f}; money {held[2]:.2f}, top tenth {held[3]:.2f}; "
        f"total {sum(cut.total_held for cut in cuts)}/{len(cuts)}"
    )


def _cuts(facts: insight.Facts, first: int, last: int) -> Iterator[Cut]:
    past = past_of(facts)
    few = 0
    for on, horizon in product(range(first + LEAST_PAST_DAYS, last, EVERY_DAYS), HORIZONS):
        if on + horizon > last:
            continue
        known = past.known(on)
        came = past.came(known, days=horizon)
        cut = _cut(facts, on, horizon, came) if came.sum() >= LEAST_CAME else None
        few += cut is None
        if cut is not None:
            yield cut
    print(f"left out: {few}")


def _cut(facts: insight.Facts, on: int, horizon: int, came: np.ndarray) -> Cut | None:
    as_of = EPOCH + timedelta(days=on)
    fitted = worth.fit(facts, as_of=as_of, horizon_days=horizon)
    if fitted.used is None:
        return None
    valued = worth.customers(facts, fitted, horizon_days=horizon)
    expected, total = (valued[name].to_numpy().astype(float) for name in ("expected_purchases", "expected_cents"))
    plain = fitted.used.expected_purchases(horizon, *_states(facts, as_of))
    money = _money(facts, valued["customer_id"], on, horizon, fitted.basis)
    low, high = level.total_bounds(float(expected.sum()), fitted.level.spread)
    held = [_held(valued, came, "purchases_low", "purchases_high"), _held(valued, money, "low_cents", "high_cents")]
    tops = [np.argsort(-by, kind="stable")[: max(len(by) // 10, 1)] for by in (expected, total)]
    return Cut(
        on=as_of,
        horizon=horizon,
        rule=fitted.rule,
        kind=fitted.level.kind,
        factor=fitted.level.factor,
        plain=math.log(plain.sum() / came.sum()),
        levelled=math.log(expected.sum() / came.sum()),
        held=(held[0].mean(), held[0][tops[0]].mean(), held[1].mean(), held[1][tops[1]].mean()),
        total_held=low <= came.sum() <= high,
        errors=tuple(float(np.sqrt(np.mean((e - came) ** 2))) for e in (plain, expected)),
    )


def _states(facts: insight.Facts, as_of: date) -> tuple[np.ndarray, ...]:
    return worth.states(worth.buyers(facts.until(as_of), as_of=as_of))


def _held(valued: pa.Table, came: np.ndarray, low: str, high: str) -> np.ndarray:
    return (valued[low].to_numpy() <= came) & (came <= valued[high].to_numpy())


def _money(facts: insight.Facts, customers: pa.ChunkedArray, on: int, horizon: int, basis: str) -> np.ndarray:
    lines = facts.lines.to_native()
    spent = "revenue_cents - cost_cents" if basis == "margin" else "revenue_cents"
    sums = lines.filter(f"ordered_on > {on} and ordered_on <= {on + horizon}").aggregate(
        f"customer_id, sum({spent})::bigint as cents", "customer_id"
    )
    found = sums.to_arrow_table()
    row = pc.index_in(customers, value_set=found["customer_id"])
    return pc.fill_null(found["cents"].take(row), 0).to_numpy().astype(float)


def _play(draws: int) -> None:
    """Play companies that obey BG/NBD, without and with a season, and give the root mean squared error of the total."""
    print(f"\nplayed: {PLAYED_DAYS} days known, horizons {PLAYED_HORIZONS}, {draws} draws; root mean squared error")
    for customers, season in product((300, 1000, 4000), (0.0, 0.5)):
        found = [(cut.plain, cut.levelled) for seed in range(draws) for cut in _cuts_played(customers, season, seed)]
        plain, levelled = np.sqrt(np.mean(np.square(found), axis=0))
        print(f"{customers:>6} customers, season ±{season:.0%}: {plain:.3f} → {levelled:.3f}")


def _cuts_played(customers: int, season: float, seed: int) -> Iterator[Cut]:
    days = PLAYED_DAYS + max(PLAYED_HORIZONS)
    facts = insight.facts(
        simulate.lines(n=customers, days=days, r=0.7, alpha=60.0, a=1.0, b=6.0, seed=seed, season=season, arriving=1.0)
    )
    past = past_of(facts)
    on = past.first + PLAYED_DAYS
    for horizon in PLAYED_HORIZONS:
        came = past.came(past.known(on), days=horizon)
        cut = _cut(facts, on, horizon, came)
        if cut is not None:
            yield cut


if __name__ == "__main__":
    main()
