"""
How good the early warning is on real data, each candidate beside the naive rules and the ranking of `lifetimes`.

    python bench/risk_quality.py [FOLDER] [--only NAME …] [--with-boosting]

FOLDER (or the variable STAMMKUNDE_SHARED_DATA) holds one folder a data set; what is absent is skipped. Window and
horizon are those that the library suggests; nothing is tuned to a set. All numbers are averages over the latest
evenings (at most four), each predicted from older ones alone. "days of silence" and "lifetimes" are bare rankings,
without a probability: the latter is our BG/NBD's expected purchases, the model that lifetimes fits, too; lifetimes is
not run itself. "in use" is what the product would have done: choice and calibration from older evenings alone. For
telco, a snapshot of contract customers, each tenth is predicted from the others; its answer is left among the columns
to see it refused. Then four played companies (`tests/insight/risk/worlds.py`), 5,000 customers each.

`--with-boosting` lets scikit-learn's histogram boosting and LightGBM learn from the same evenings, in an environment of
their own, and adds the paired difference from the additive model: area (DeLong) and log loss, with standard errors.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import chain
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy import stats

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.insight.risk import worlds

from stammkunde import insight
from stammkunde.insight import risk
from stammkunde.insight.risk import bins, candidates, contest, evenings, metrics, replay
from stammkunde.insight.risk.features import SIGNS

WIDTHS = (8, 7, 10, 10, 10, 11)
HERE = Path(__file__).parent
PEERS = HERE / "peers" / ".venv-boosting"
PLAYED = 5000
EPOCH = date(1970, 1, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=os.environ.get("STAMMKUNDE_SHARED_DATA"))
    parser.add_argument("--only", nargs="*", choices=[*ORDERS, "telco", *worlds.WORLDS])
    parser.add_argument("--with-boosting", action="store_true")
    given = parser.parse_args()
    if given.folder is None:
        parser.error("name the folder, or set STAMMKUNDE_SHARED_DATA")
    for name in given.only or [*ORDERS, "telco", *worlds.WORLDS]:
        if name in worlds.WORLDS:
            facts = insight.facts(worlds.WORLDS[name](n=PLAYED, seed=11))
            _print(f"played, {name}", *_orders(facts, boosting=given.with_boosting))
            continue
        found = sorted((Path(given.folder) / name).glob("*.parquet"))
        if not found:
            print(f"\n{name}: absent, skipped")
        elif name == "telco":
            _print(name, *_contracts(found[0]))
        else:
            _print(name, *_orders(ORDERS[name](found[0].parent), boosting=given.with_boosting))


def _online_retail(folder: Path) -> insight.Facts:
    return insight.purchases(
        folder / "online_retail.parquet",
        customer="CustomerID",
        date="InvoiceDate",
        quantity="Quantity",
        price="UnitPrice",
        order="InvoiceNo",
        product="StockCode",
        channel="Country",
    )


def _complete_journey(folder: Path) -> insight.Facts:
    baskets = duckdb.connect().sql(
        "select household_id, transaction_timestamp, basket_id, product_id, greatest(quantity, 1) as quantity, "
        f"sales_value / greatest(quantity, 1) as price, store_id::text as store from '{folder}/transactions.parquet'"
    )
    return insight.purchases(
        baskets.to_arrow_table(),
        customer="household_id",
        date="transaction_timestamp",
        quantity="quantity",
        price="price",
        order="basket_id",
        product="product_id",
        channel="store",
    )


def _cdnow(folder: Path) -> insight.Facts:
    return insight.purchases(
        folder / "cdnow_master.parquet", customer="customer_id", date="date", revenue="amount", quantity="qty"
    )


def _adventureworks(folder: Path) -> insight.Facts:
    sales = duckdb.connect().sql(
        "select s.*, ProductPrice as price, ProductCost * OrderQuantity as cost, TerritoryKey::text as territory "
        f"from '{folder}/sales_2015_2017.parquet' s join '{folder}/products.parquet' using (ProductKey)"
    )
    return insight.purchases(
        sales.to_arrow_table(),
        customer="CustomerKey",
        date="OrderDate",
        quantity="OrderQuantity",
        price="price",
        cost="cost",
        order="OrderNumber",
        product="ProductKey",
        channel="territory",
    )


ORDERS = {
    "online_retail": _online_retail,
    "complete_journey": _complete_journey,
    "cdnow": _cdnow,
    "adventureworks": _adventureworks,
}


def _orders(facts: insight.Facts, *, boosting: bool) -> tuple[str, Iterator[tuple]]:
    start = time.perf_counter()
    last = facts.days()[1]
    as_of = EPOCH + timedelta(days=last)
    window = insight.suggest_activity_days(facts).activity_days
    horizon = risk.suggest_horizon_days(facts).horizon_days
    small, question = evenings.sampled(facts), evenings.Question(window, horizon)
    past = evenings.look_back(small, question, as_of=as_of)
    tried = contest.trials(past)
    verdict = contest.judge(tried)
    telling = [trial for trial in tried if trial.evening.on in verdict.evenings]
    seconds = time.perf_counter() - start
    n, left = (sum(int(count(trial.evening.left)) for trial in telling) for count in (len, np.sum))
    about = (
        f"window {window}, horizon {horizon} days, {len(past)} evenings, tried on {len(telling)} ({verdict.by}), "
        f"{n:,} customers, {left / n:.1%} left; {verdict.rule} wins; {seconds:.0f} s"
    )
    peers = _boosting(past, telling) if boosting else iter(())
    return about, chain(_rows(verdict, telling, replay.replay(tried, small, question)), peers)


def _rows(verdict: contest.Verdict, telling: list, tests: list) -> Iterator[tuple]:
    for name, column, sign in (("days of silence", "silent_days", 1), ("lifetimes", "expected_purchases", -1)):
        bare = [(sign * bins.numbers(trial.evening.table[column]), trial.evening.left) for trial in telling]
        if not any(np.isnan(score).any() for score, _ in bare):
            numbers = [_bare(score, left) for score, left in bare]
            mean = np.average(numbers, axis=0, weights=[len(left) for _, left in bare])
            yield name, mean[0], None, mean[1], mean[2], None, None
    for rule, found in verdict.qualities.items():
        yield rule, *_numbers(found)
    if tests:
        yield "in use", *_numbers(metrics.average([risk.quality(test.probability, test.gone) for test in tests]))


def _boosting(past: list, telling: list) -> Iterator[tuple]:
    """Let the peers learn from the evenings that the candidates learnt from, and set them beside the additive model."""
    with tempfile.TemporaryDirectory() as place:
        for number, trial in enumerate(telling):
            older = [evening for evening in past if evening.known_on <= trial.evening.on]
            table = pa.concat_tables(evening.table for evening in older).slice(0, candidates.MOST_ROWS)
            left = np.concatenate([evening.left for evening in older])[: candidates.MOST_ROWS]
            _write(table, left, Path(place) / f"{number}-train.parquet")
            _write(trial.evening.table, trial.evening.left, Path(place) / f"{number}-test.parquet")
        subprocess.run(
            [_peers(), HERE / "peers" / "boosting.py", place], check=True, env=os.environ | {"OMP_NUM_THREADS": "1"}
        )
        said = [dict(np.load(Path(place) / f"{number}-said.npz")) for number in range(len(telling))]
    for name in said[0]:
        found = metrics.average([risk.quality(s[name], t.evening.left) for s, t in zip(said, telling, strict=True)])
        pairs = [(s[name], t.said["additive"], t.evening.left) for s, t in zip(said, telling, strict=True)]
        yield f"{name}: {_differences(pairs)}", *_numbers(found)


def _write(table: pa.Table, left: np.ndarray, path: Path) -> None:
    chosen = table.select([*SIGNS, "expected_purchases"]).append_column("left", pa.array(left))
    pq.write_table(chosen, path)


def _peers() -> Path:
    python = PEERS / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", PEERS], check=True)
        wanted = HERE / "peers" / "requirements-boosting.txt"
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--requirement", wanted], check=True)
    return python


def _differences(pairs: list[tuple]) -> str:
    weights = np.array([len(left) for *_, left in pairs]) / sum(len(left) for *_, left in pairs)
    areas = np.array([_area_difference(*pair) for pair in pairs])
    area, error = weights @ areas[:, 0], float(np.sqrt(((weights * areas[:, 1]) ** 2).sum()))
    lost = np.concatenate([metrics.losses(p, left) - metrics.losses(q, left) for p, q, left in pairs])
    return f"{area:+.4f} ± {error:.4f}, log loss {lost.mean():+.4f} ± {lost.std() / np.sqrt(len(lost)):.4f}"


def _area_difference(p: np.ndarray, q: np.ndarray, left: np.ndarray) -> tuple[float, float]:
    """Compare two areas on the same customers: DeLong, DeLong & Clarke-Pearson (1988), Biometrics 44(3), 837-845."""
    (gone, stayed), (other_gone, other_stayed) = (_places(score, left) for score in (p, q))
    by_gone, by_stayed = gone - other_gone, stayed - other_stayed
    return float(by_gone.mean()), float(np.sqrt(by_gone.var() / len(by_gone) + by_stayed.var() / len(by_stayed)))


def _places(score: np.ndarray, left: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    gone, stayed, rank = score[left], score[~left], stats.rankdata(score)
    above = (rank[left] - stats.rankdata(gone)) / len(stayed)
    return above, 1 - (rank[~left] - stats.rankdata(stayed)) / len(gone)


def _bare(score: np.ndarray, left: np.ndarray) -> tuple[float, float, float]:
    return metrics.auc(score, left), metrics.average_precision(score, left), metrics.top_precision(score, left)


def _numbers(found: risk.Quality) -> tuple:
    return (
        found.auc,
        found.auc_error,
        found.average_precision,
        found.top_precision,
        found.log_loss,
        found.calibration_error,
    )


def _contracts(path: Path) -> tuple[str, Iterator[tuple]]:
    table = pq.read_table(path).drop_columns(["customerID"])
    left = np.asarray([answer == "Yes" for answer in table["Churn"].to_pylist()])
    charges = [float(text) if text.strip() else None for text in table["TotalCharges"].to_pylist()]
    table = table.set_column(table.column_names.index("TotalCharges"), "TotalCharges", pa.array(charges))
    start = time.perf_counter()
    model = risk.fit_snapshot(table, left, folds=10)
    seconds = time.perf_counter() - start
    refused = ", ".join(f"{column.column} ({column.code})" for column in model.refused)
    tenure = -bins.numbers(table["tenure"])
    about = f"{len(left):,} customers, {left.mean():.1%} left; refused: {refused}; {seconds:.0f} s"
    area, precision, top = _bare(tenure, left)
    rules = [("tenure", area, None, precision, top, None, None), ("additive", *_numbers(model.quality))]
    if model.pairs:
        rules.insert(1, ("additive: without pairs", *_numbers(model.without_pairs)))
    return about, iter(rules)


def _print(name: str, about: str, rows: Iterator[tuple]) -> None:
    print(f"\n{name}: {about}")
    print(f"{'':23}{'AUC':>8}{'±':>7}{'avg prec':>10}{'top 10 %':>10}{'log loss':>10}{'calib err':>11}")
    for rule, *numbers in rows:
        name, _, more = rule.partition(": ")
        cells = (f"{'-' if n is None else format(n, '.3f'):>{w}}" for n, w in zip(numbers, WIDTHS, strict=True))
        print(f"{name:23}{''.join(cells)}   {more}".rstrip())


if __name__ == "__main__":
    main()
