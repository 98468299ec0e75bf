"""
Figures and RFM table of many customers and orders, against pandas and lifetimes.

Run `python bench/insight_kpis.py [--customers 1000000] [--rounds 3]`. The peers live in an environment of their own,
which this command sets up; without it, they are left out and the reason is printed. Every round is a process of its
own, so that its peak memory is its own.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
FIRST_DAY = 14610  # 2010-01-01
DAYS = 1096  # three years

# Each customer has a first day, a gap and a number of orders; about seven orders a customer, three years long.
ORDERS = f"""
COPY (
  WITH customer AS (
    SELECT i::BIGINT AS customer_id, (hash(i + 7) % 900)::INT AS first,
           1 + (-ln(1 - (hash(i * 3) % 10000) / 10001.0) * 9)::INT AS wanted, 6 + (hash(i + 13) % 120)::INT AS gap
    FROM range($customers) t(i)
  ), bought AS (
    SELECT customer_id, n, first + n * gap + (hash(customer_id * 31 + n) % 5)::INT AS since
    FROM customer, range(90) r(n) WHERE n < wanted AND first + n * gap + 5 < {DAYS}
  )
  SELECT row_number() OVER (ORDER BY since, customer_id, n)::BIGINT AS order_id, customer_id,
         (hash(customer_id + n) % 500)::BIGINT AS product_id, ({FIRST_DAY} + since)::INT AS ordered_on,
         (date_diff('month', DATE '1970-01-01', DATE '1970-01-01' + ({FIRST_DAY} + since)::INT))::INT AS ordered_month,
         ['shop', 'web', 'phone'][(hash(customer_id + n) % 3)::INT + 1] AS channel, 'sale' AS kind,
         1.0::DOUBLE AS quantity, (500 + hash(customer_id, n) % 20000)::BIGINT AS revenue_cents,
         (300 + hash(customer_id, n) % 12000)::BIGINT AS cost_cents
  FROM bought ORDER BY since, customer_id, n
) TO '$path' (FORMAT parquet, COMPRESSION zstd)
"""

LIFETIMES = """
from lifetimes.utils import summary_data_from_transaction_data
lines["day"] = pd.to_datetime(lines.ordered_on, unit="D")
start, worked = time.perf_counter(), time.process_time()
summary_data_from_transaction_data(
    lines, "customer_id", "day", monetary_value_col="revenue_cents", observation_period_end="2012-12-31"
)
"""
PANDAS = """
start, worked = time.perf_counter(), time.process_time()
daily = lines.groupby(["customer_id", "ordered_on"]).revenue_cents.sum().reset_index()
table = daily.groupby("customer_id").agg(
    last=("ordered_on", "max"), purchase_days=("ordered_on", "size"), revenue_cents=("revenue_cents", "sum")
)
for column in ("last", "purchase_days", "revenue_cents"):
    table[column + "_score"] = pd.qcut(table[column].rank(method="first"), 5, labels=False) + 1
"""
PEER = """
import json, time
import pandas as pd
lines = pd.read_parquet({path!r}, columns=["customer_id", "ordered_on", "revenue_cents"])
{work}
seconds = [time.perf_counter() - start, time.process_time() - worked]
peak = [line for line in open("/proc/self/status") if line.startswith("VmHWM")][0]
print(json.dumps([*seconds, int(peak.split()[1]) / 1e6]))
"""


def main():
    arguments = _arguments()
    if arguments.work:
        print(json.dumps(_measure(arguments.work, arguments.path)))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "lines.parquet")
        print(f"{_make(path, arguments.customers):,} orders of {arguments.customers:,} customers")
        commands = {name: [sys.executable, __file__, "--work", name, "--path", path] for name in WORK}
        _print(_medians(commands | _peers(path), arguments.rounds))


def _arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--work", help=argparse.SUPPRESS)
    parser.add_argument("--path", help=argparse.SUPPRESS)
    return parser.parse_args()


def _make(path, customers):
    import duckdb  # noqa: PLC0415 - the peers' processes do without

    connection = duckdb.connect()
    connection.execute(ORDERS.replace("$customers", str(customers)).replace("$path", path))
    return connection.execute(f"SELECT count(*) FROM '{path}'").fetchall()[0][0]


def _peers(path):
    python = HERE / "peers" / ".venv" / "bin" / "python"
    try:
        _install(python, HERE / "peers" / "requirements.txt")
    except (OSError, subprocess.SubprocessError) as reason:
        print(f"peers left out: {reason}")
        return {}
    scripts = {"pandas rfm": PANDAS, "lifetimes summary": LIFETIMES}
    return {name: [str(python), "-c", PEER.format(path=path, work=work)] for name, work in scripts.items()}


def _install(python, wanted):
    """Set the peers' environment up, and again when what it needs has changed."""
    installed = python.parents[1] / "requirements.txt"
    if installed.exists() and installed.read_text() == wanted.read_text():
        return
    if not python.exists():
        venv.create(python.parents[1], with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "-q", "-r", wanted], check=True, timeout=600)
    installed.write_text(wanted.read_text())


def _medians(commands, rounds):
    """Take turns, so that a busy moment of the machine hits everybody."""
    measured = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"{name} left out: {done.stderr.strip().splitlines()[-1:]}")
                continue
            measured[name].append(json.loads(done.stdout.splitlines()[-1]))
    return {
        name: [statistics.median(values) for values in zip(*found, strict=True)]
        for name, found in measured.items()
        if found
    }


def _print(medians):
    """Show the processor's seconds, too: on a busy machine they say more than the clock's."""
    print(f"{'what':<22}{'seconds':>9}{'cpu':>9}{'peak GB':>9}{'seconds / rfm':>15}{'cpu / rfm':>11}")
    for name, (seconds, cpu, memory) in medians.items():
        ratios = seconds / medians["rfm"][0], cpu / medians["rfm"][1]
        print(f"{name:<22}{seconds:>9.2f}{cpu:>9.2f}{memory:>9.2f}{ratios[0]:>15.1f}{ratios[1]:>11.1f}")


def _measure(name, path):
    from stammkunde import insight  # noqa: PLC0415 - the peers' processes do without
    from stammkunde.insight import frames  # noqa: PLC0415

    start, worked = time.perf_counter(), time.process_time()
    WORK[name](insight, frames, path)
    return [time.perf_counter() - start, time.process_time() - worked, _peak_gb()]


def _peak_gb():
    """Read this process's own peak; getrusage would report the parent's, which made the data."""
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1e6


def _figures(insight, _, path):
    grains = ("month", "quarter", "year")
    asked = [p for g in grains for p in insight.periods.between(date(2010, 1, 1), date(2012, 12, 31), grain=g)]
    insight.figures(insight.facts(path), periods=asked, activity_days=180)


def _rfm(insight, frames, path):
    frames.arrow(insight.rfm.table(insight.facts(path), as_of=date(2012, 12, 31)))


def _customers(insight, frames, path):
    frames.arrow(insight.recency.customers(insight.facts(path), as_of=date(2012, 12, 31), activity_days=180))


WORK = {"rfm": _rfm, "figures, 51 periods": _figures, "customers": _customers}

if __name__ == "__main__":
    main()
