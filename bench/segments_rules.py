"""
Rules over a million customers: how long a count takes while somebody types, and a full pass of all segments.

Run `python bench/segments_rules.py [--customers 1000000] [--rules 100] [--order customer]`. Counts and the pass are
processes of their own, so that their peak memory is their own.
"""

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import duckdb
import narwhals as nw

from stammkunde.insight import rules
from stammkunde.insight.frames import arrow
from stammkunde.insight.rules import Column, Table

TODAY = 16_000
AT_ONCE = 25  # rules of a full pass
CHANNELS = ("letter", "email", "phone")
PIECE = "CREATE MACRO piece(seed, several) AS (hash(seed) % several)::INT"
MADE = {
    "customers": """
        SELECT i::BIGINT AS customer_id, ['DE', 'AT', 'CH', ''][piece(i, 4) + 1] AS customer__country,
               lpad(piece(i + 1, 99999)::VARCHAR, 5, '0') AS customer__postcode,
               {today} - piece(i + 2, 20000) AS customer__birthday,
               ['A', 'B', 'C'][piece(i + 3, 3) + 1] AS signal__class,
               (piece(i + 4, 1000) / 1000)::DOUBLE AS signal__risk, piece(i + 5, 90000)::BIGINT AS signal__margin_cents,
               piece(i + 6, 3) > 0 AS reach__letter, piece(i + 7, 3) = 0 AS reach__email,
               piece(i + 8, 5) = 0 AS reach__phone
        FROM range(1, {customers} + 1) t(i)""",
    "orders": """
        SELECT row_number() OVER ()::BIGINT AS order_id, customer_id, ordered_on, channel,
               total_cents, CASE WHEN total_cents % 4 = 0 THEN total_cents // 10 ELSE 0 END AS discount_cents,
               total_cents % 7 - 4 AS late_days, total_cents % 19 = 0 AS returned
        FROM (SELECT i::BIGINT AS customer_id, {today} - 10 - piece(i * 91 + n, 1100) AS ordered_on,
                     ['shop', 'web', 'phone'][piece(i + n, 3) + 1] AS channel,
                     (500 + piece(i * 77 + n, 40000))::BIGINT AS total_cents
              FROM range(1, {customers} + 1) t(i), range(60) r(n)
              WHERE n < (-ln(1 - piece(i * 3, 10000) / 10001.0) * 7)::INT ORDER BY ordered_on)""",
    "lines": """
        SELECT row_number() OVER ()::BIGINT AS line_id, order_id, customer_id, ordered_on,
               'c' || piece(order_id * 5 + n, 40) AS category, piece(order_id * 3 + n, 20000)::BIGINT AS revenue_cents
        FROM read_parquet('{folder}/orders.parquet'), range(2) r(n) WHERE n = 0 OR order_id % 2 = 0""",
    "cases": """
        SELECT i::BIGINT AS case_id, (1 + piece(i, {customers}))::BIGINT AS customer_id,
               {today} - piece(i + 1, 900) AS opened_on, ['complaint', 'question'][(i % 2)::INT + 1] AS kind
        FROM range({customers} // 2) t(i)""",
    "answers": """
        SELECT i::BIGINT AS answer_id, (1 + piece(i * 7, {customers}))::BIGINT AS customer_id,
               {today} - piece(i + 3, 900) AS answered_on, piece(i + 4, 11)::BIGINT AS score
        FROM range({customers}) t(i)""",
}


def _columns(**kinds):
    return tuple(Column(name, kind) for name, kind in kinds.items())


TABLES = (
    Table(
        "orders",
        _columns(channel="text", total_cents="cents", discount_cents="cents", late_days="whole", returned="flag"),
        key="order_id",
        day="ordered_on",
    ),
    Table(
        "lines",
        _columns(category="text", revenue_cents="cents"),
        key="line_id",
        day="ordered_on",
        below={"orders": "order_id"},
    ),
    Table("cases", _columns(kind="text"), key="case_id", day="opened_on"),
    Table("answers", _columns(score="whole"), key="answer_id", day="answered_on"),
)
ASKED = {
    "customer": {"country": "text", "postcode": "text", "birthday": "day"},
    "signal": {"class": "text", "risk": "share", "margin_cents": "cents"},
    "reach": dict.fromkeys(CHANNELS, "flag"),
}
FIELDS = [Column(f"{family}.{name}", kind) for family, some in ASKED.items() for name, kind in some.items()]
KNOWN = rules.of(TABLES, FIELDS)


def main():
    arguments = _arguments()
    if arguments.work:
        print(json.dumps(WORK[arguments.work](arguments)))
        return
    with tempfile.TemporaryDirectory() as folder:
        _make(folder, arguments.customers, arguments.order)
        for work in WORK:
            given = {"work": work, "folder": folder, "rules": arguments.rules, "customers": arguments.customers}
            command = [sys.executable, __file__, *(f"--{name}={value}" for name, value in given.items())]
            print(work, subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip(), flush=True)


def _make(folder, customers, order):
    with duckdb.connect() as made:
        made.execute(PIECE)
        for name, sql in MADE.items():
            path, rows = f"{folder}/{name}.parquet", sql.format(today=TODAY, customers=customers, folder=folder)
            sorted_rows = f"SELECT * FROM ({rows}) ORDER BY customer_id" if order == "customer" else rows
            made.execute(f"COPY ({sorted_rows}) TO '{path}'")
            print(name, made.execute(f"SELECT count(*) FROM read_parquet('{path}')").fetchone()[0], flush=True)


def _world(folder):
    home = duckdb.connect(config={"threads": 2, "memory_limit": "1200MB"})
    frames = {name: nw.from_native(home.read_parquet(f"{folder}/{name}.parquet")).lazy() for name in MADE}
    until = dict.fromkeys(("orders", "lines"), TODAY - 10)
    return rules.World(known=KNOWN, customers=frames.pop("customers"), tables=frames, today=TODAY, until=until)


def _count(arguments):
    """Count members, those whom a channel reaches, and the unknown, rule by rule."""
    world, took, worked = _world(arguments.folder), [], []
    for rule in [_rule(random.Random(0)), *_random_rules(arguments.rules)]:
        start, used = time.perf_counter(), time.process_time()
        rules.tally(rule, world, among=[f"reach__{name}" for name in CHANNELS])
        took.append(time.perf_counter() - start)
        worked.append(time.process_time() - used)
    return {"seconds": _middle_and_long(took[1:]), "processor": _middle_and_long(worked[1:]), **_used()}


def _middle_and_long(took):
    """Give the median and the 95th percentile; the first rule has warmed the engine."""
    return [_round(statistics.median(took)), _round(sorted(took)[int(len(took) * 0.95)])]


def _full_pass(arguments):
    """Answer all rules, chunk by chunk, down to the flags in memory."""
    world, many = _world(arguments.folder), _random_rules(arguments.rules)
    start, worked = time.perf_counter(), time.process_time()
    for first in range(0, len(many), AT_ONCE):
        chunk = {f"r{n}": rule for n, rule in enumerate(many[first : first + AT_ONCE])}
        arrow(rules.flags(chunk, world))
    return {
        "seconds": _round(time.perf_counter() - start), "processor": _round(time.process_time() - worked), **_used()
    }  # fmt: skip


def _touched(arguments):
    """Answer all rules for one customer in a hundred, and for a hundred customers, from their rows alone."""
    world, many, found = _world(arguments.folder), _random_rules(arguments.rules), {}
    for step in (100, arguments.customers // 100):
        its = nw.col("customer_id") % step == 0
        tables = {name: frame.filter(its) for name, frame in world.tables.items()}
        some = replace(world, customers=world.customers.filter(its), tables=tables)
        start, worked = time.perf_counter(), time.process_time()
        for first in range(0, len(many), AT_ONCE):
            arrow(rules.flags({f"r{n}": rule for n, rule in enumerate(many[first : first + AT_ONCE])}, some))
        took = {"seconds": _round(time.perf_counter() - start), "processor": _round(time.process_time() - worked)}
        found[f"{arguments.customers // step} customers"] = took
    return {**found, **_used()}


def _why(arguments):
    """Explain each rule to one customer."""
    world, took, worked = _world(arguments.folder), [], []
    for number, rule in enumerate(_random_rules(arguments.rules), 1):
        one = replace(world, customers=world.customers.filter(nw.col("customer_id") == number), bounds=_no_bounds(rule))
        start, used = time.perf_counter(), time.process_time()
        rules.why(rule, one)
        took.append(time.perf_counter() - start)
        worked.append(time.process_time() - used)
    return {"seconds": _middle_and_long(took), "processor": _middle_and_long(worked), **_used()}


def _no_bounds(rule):
    """Take those of the last full pass as known."""
    return {rules.digest(leaf): None for leaf in rules.leaves(rule)}


WORK = {"count": _count, "pass": _full_pass, "touched": _touched, "why": _why}


def _random_rules(several):
    dice = random.Random(5)
    return [_rule(dice) for _ in range(several)]


def _rule(dice):
    found = [_leaf(dice) for _ in range(dice.choice([1, 2, 2, 3]))]
    found = [{"not": one} if dice.random() < 0.15 else one for one in found]
    return rules.read({"all" if dice.random() < 0.8 else "any": found}, KNOWN)


def _leaf(dice):
    return dice.choice([_field, _orders, _orders, _lines, _other, _compared])(dice)


def _field(dice):
    return dice.choice(
        [
            {"field": "customer.country", "is": "is", "value": dice.choice(["DE", "AT"])},
            {"field": "customer.postcode", "is": "begins with", "value": f"{dice.randrange(100):02}"},
            {"field": "customer.birthday", "is": "within", "value": {"yearly": [0, dice.choice([7, 30])]}},
            {"field": "signal.class", "is": "is", "value": dice.choice("ABC")},
            {"field": "signal.risk", "is": ">=", "value": dice.randrange(10) / 10},
            {"field": "signal.margin_cents", "is": "top %", "value": dice.choice([5, 10, 25])},
        ]
    )


def _span(dice):
    days = dice.choice([30, 60, 90, 180, 365])
    return dice.choice([{"last": days}, {"last": days}, {"ago": [days, days * 2]}, "ever", {"last": "year"}])


def _orders(dice):
    leaf = {"happened": "orders", "within": _span(dice), "is": ">=", "value": dice.choice([1, 2, 3])}
    if dice.random() < 0.3:
        leaf["where"] = [{"column": "total_cents", "is": ">", "value": dice.choice([5_000, 20_000])}]
    if dice.random() < 0.1:
        cake = [{"column": "category", "is": "is", "value": f"c{dice.randrange(40)}"}]
        leaf["with"] = [{"table": "lines", "where": cake}]
    if dice.random() < 0.15:
        leaf |= {"pick": "last", "where": [{"column": "late_days", "is": ">", "value": 0}], "value": 1}
    other = dice.choice(["count", "count", "sum.total_cents", "avg.total_cents", "last", "share"])
    if other.startswith(("sum", "avg")):
        leaf |= {"measure": other, "value": dice.choice([10_000, 50_000])}
    if other == "last":
        leaf |= {"measure": other, "is": "within", "value": {"ago": [60, None]}}
    if other == "share":
        leaf |= {"measure": {"share": [{"column": "returned", "is": "is", "value": True}]}, "value": 0.3}
    return leaf


def _lines(dice):
    where = [{"column": "category", "is": "is", "value": f"c{dice.randrange(40)}"}]
    return {"happened": "lines", "where": where, "within": _span(dice), "is": ">=", "value": 1}


def _other(dice):
    if dice.random() < 0.5:
        where = [{"column": "kind", "is": "is", "value": "complaint"}]
        return {"happened": "cases", "where": where, "within": _span(dice), "is": ">=", "value": 1}
    where = [{"column": "score", "is": "<=", "value": 6}]
    return {"happened": "answers", "pick": "last", "where": where, "within": _span(dice), "is": ">=", "value": 1}


def _compared(_):
    half = {"happened": "orders", "measure": "sum.total_cents"}
    before = half | {"within": {"ago": [365, 729]}}
    return {"left": half | {"within": {"last": 365}}, "is": "<=", "times": 0.5, "right": before}


def _used():
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    return {"peak_mb": int(peak.split()[1]) // 1000}


def _round(seconds):
    return round(seconds, 3)


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--rules", type=int, default=100)
    parser.add_argument("--order", choices=["day", "customer"], default="customer", help="how rows lie in their files")
    parser.add_argument("--work", choices=list(WORK))
    parser.add_argument("--folder")
    return parser.parse_args()


if __name__ == "__main__":
    main()
