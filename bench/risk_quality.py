"""
How good the early warning is on real data, each candidate beside the naive rules and the ranking of `lifetimes`.

    python bench/risk_quality.py [FOLDER] [--only online_retail complete_journey cdnow telco]

FOLDER (or the variable STAMMKUNDE_SHARED_DATA) holds one folder a data set; what is absent is skipped. Window and
horizon are those that the library suggests; nothing is tuned to a set. All numbers are averages over the latest
evenings (at most four), each predicted from older ones alone. "days of silence" and "lifetimes" are bare rankings,
without a probability: the latter is our BG/NBD's expected purchases, the model that lifetimes fits, too; lifetimes is
not run itself. "in use" is what the product would have done: choice and calibration from older evenings alone. For
telco, a snapshot of contract customers, each tenth is predicted from the others; its answer is left among the columns
to see it refused.
"""

import argparse
import os
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from stammkunde import insight
from stammkunde.insight import risk
from stammkunde.insight.risk import bins, contest, evenings, metrics, replay

WIDTHS = (8, 7, 10, 10, 10, 11)
EPOCH = date(1970, 1, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=os.environ.get("STAMMKUNDE_SHARED_DATA"))
    parser.add_argument("--only", nargs="*", choices=[*ORDERS, "telco"])
    given = parser.parse_args()
    if given.folder is None:
        parser.error("name the folder, or set STAMMKUNDE_SHARED_DATA")
    for name in given.only or [*ORDERS, "telco"]:
        found = sorted((Path(given.folder) / name).glob("*.parquet"))
        if not found:
            print(f"\n{name}: absent, skipped")
        elif name == "telco":
            _print(name, *_contracts(found[0]))
        else:
            _print(name, *_orders(ORDERS[name](found[0].parent)))


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


ORDERS = {"online_retail": _online_retail, "complete_journey": _complete_journey, "cdnow": _cdnow}


def _orders(facts: insight.Facts) -> tuple[str, Iterator[tuple]]:
    start = time.perf_counter()
    last = facts.days()[1]
    as_of = EPOCH + timedelta(days=last)
    window = insight.suggest_activity_days(facts).activity_days
    horizon = risk.suggest_horizon_days(facts).horizon_days
    past = evenings.look_back(evenings.sampled(facts), evenings.Question(window, horizon), as_of=as_of)
    tried = contest.trials(past)
    verdict = contest.judge(tried)
    telling = [trial for trial in tried if trial.evening.on in verdict.evenings]
    seconds = time.perf_counter() - start
    n, left = (sum(int(count(trial.evening.left)) for trial in telling) for count in (len, np.sum))
    about = (
        f"window {window}, horizon {horizon} days, {len(past)} evenings, tried on {len(telling)} ({verdict.by}), "
        f"{n:,} customers, {left / n:.1%} left; {verdict.rule} wins; {seconds:.0f} s"
    )
    return about, _rows(verdict, telling, replay.replay(tried, activity_days=window))


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
    return about, iter([("tenure", area, None, precision, top, None, None), ("additive", *_numbers(model.quality))])


def _print(name: str, about: str, rows: Iterator[tuple]) -> None:
    print(f"\n{name}: {about}")
    print(f"{'':18}{'AUC':>8}{'±':>7}{'avg prec':>10}{'top 10 %':>10}{'log loss':>10}{'calib err':>11}")
    for rule, *numbers in rows:
        cells = (f"{'-' if n is None else format(n, '.3f'):>{w}}" for n, w in zip(numbers, WIDTHS, strict=True))
        print(f"{rule:18}{''.join(cells)}")


if __name__ == "__main__":
    main()
