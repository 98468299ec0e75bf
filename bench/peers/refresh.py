"""
The peers' half of `bench/refresh_full.py`: the same answers from the same mirror, by pandas and lifetimes.

Asked is less than of us: figures are not sliced, a single rule is tried on a single past evening, nobody is explained.
Prints one JSON line with the seconds of each step.
"""

import json
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from lifetimes import BetaGeoFitter, GammaGammaFitter

warnings.simplefilter("ignore")
ACTIVITY_DAYS, HORIZON_DAYS, YEAR = 365, 90, 365
COLUMNS = ["order_id", "customer_id", "product_id", "ordered_on", "kind", "channel", "revenue_cents", "cost_cents"]


def read(folder):
    manifest = json.loads((folder / "manifest.json").read_text())
    files = [folder / name for share in manifest["months"]["lines"].values() for name in share["files"]]
    return pd.concat([pd.read_parquet(file, columns=COLUMNS) for file in files], ignore_index=True)


def bought_days(lines):
    sold = lines[(lines.kind == "sale") & lines.customer_id.notna()]
    days = sold[["customer_id", "ordered_on"]].drop_duplicates().sort_values(["customer_id", "ordered_on"])
    days["gap"] = days.groupby("customer_id").ordered_on.diff()
    return days


def describe(lines, days, today):
    """Rhythm, silence, money, class, scores, favourite channel of every customer."""
    by = days.groupby("customer_id")
    table = by.ordered_on.agg(first="min", last="max", purchase_days="size")
    table["gap_days"] = by.gap.median()
    table["low"], table["high"] = by.gap.quantile(0.25), by.gap.quantile(0.75)
    known = lines[lines.customer_id.notna()].assign(margin=lambda all_: all_.revenue_cents - all_.cost_cents)
    table = table.join(known.groupby("customer_id").agg(revenue=("revenue_cents", "sum"), margin=("margin", "sum")))
    year = known[known.ordered_on > today - YEAR].groupby("customer_id")
    table = table.join(year.agg(revenue_year=("revenue_cents", "sum"), margin_year=("margin", "sum")))
    table["orders"] = known[known.kind == "sale"].groupby("customer_id").order_id.nunique()
    latest = known.sort_values("ordered_on").drop_duplicates("customer_id", keep="last").set_index("customer_id")
    table["channel"] = latest.channel
    table["silent"] = today - table["last"]
    ordered = table.margin.sort_values(ascending=False)
    table["class"] = pd.cut(
        ordered.clip(lower=0).cumsum() / ordered.clip(lower=0).sum(), [-1, 0.8, 0.95, 2], labels=list("ABC")
    )
    for column in ("last", "purchase_days", "revenue"):
        table[f"{column}_score"] = pd.qcut(table[column].rank(method="first"), 5, labels=False) + 1
    return table


def states(days, today):
    past = days[days.ordered_on <= today].groupby("customer_id").ordered_on.agg(["min", "max", "size"])
    return past.index, past["size"] - 1, past["max"] - past["min"], today - past["min"]


def value(days, table, today):
    """Fit, try on the year before, and value everybody."""
    for on in (today - YEAR, today):
        ids, x, t_x, t = states(days, on)
        model = BetaGeoFitter(penalizer_coef=1e-6).fit(x, t_x, t)
        expected = model.conditional_expected_number_of_purchases_up_to_time(YEAR, x, t_x, t)
    mean = (table.margin / table.purchase_days).reindex(ids)
    repeated = (x > 0) & (mean > 0)
    amounts = GammaGammaFitter(penalizer_coef=1e-6).fit(x[repeated], mean[repeated])
    each = amounts.conditional_expected_average_profit(x, mean.clip(lower=0.01))
    clv = sum(
        (
            model.conditional_expected_number_of_purchases_up_to_time(end, x, t_x, t)
            - model.conditional_expected_number_of_purchases_up_to_time(end - 91, x, t_x, t)
        )
        / 1.1 ** (end / YEAR)
        for end in range(91, 1095, 91)
    )
    return pd.DataFrame({"expected": expected, "cents": expected * each, "clv": clv * each}, index=ids)


def risk(days, today):
    """Rank by expected purchases: tried on one past evening, then for today."""
    for on in (today - HORIZON_DAYS, today):
        ids, x, t_x, t = states(days, on)
        model = BetaGeoFitter(penalizer_coef=1e-6).fit(x, t_x, t)
        expected = model.conditional_expected_number_of_purchases_up_to_time(HORIZON_DAYS, x, t_x, t)
    return pd.Series(expected, index=ids).rank(pct=True)


def figures(lines, days, today):
    """Count customers, won, lost, stayed, repurchase, revenue, margin and basket of all months, quarters and years."""
    months = pd.period_range(pd.to_datetime(days.ordered_on.min(), unit="D"), pd.to_datetime(today, unit="D"), freq="M")
    found = []
    for frequency in ("M", "Q", "Y"):
        for period in months.asfreq(frequency).unique():
            first, last = ((moment - pd.Timestamp(0)).days for moment in (period.start_time, period.end_time))
            here = [
                set(days.customer_id[(days.ordered_on > on - ACTIVITY_DAYS) & (days.ordered_on <= on)])
                for on in (first - 1, last)
            ]
            within = lines[(lines.ordered_on >= first) & (lines.ordered_on <= last) & lines.customer_id.notna()]
            bought = days[(days.ordered_on >= first) & (days.ordered_on <= last)].groupby("customer_id").size()
            stayed = len(here[0] & here[1])
            sums = within.revenue_cents.sum(), (within.revenue_cents - within.cost_cents).sum()
            basket = within.revenue_cents[within.kind == "sale"].sum() / max(within.order_id.nunique(), 1)
            found.append((str(period), stayed, *map(len, here), len(bought), int((bought > 1).sum()), *sums, basket))
    return found


def main():
    lines, seconds, at = read(Path(sys.argv[1])), {}, time.perf_counter()
    worked = time.process_time()

    def note(step):
        nonlocal at
        now = time.perf_counter()
        seconds[step], at = round(now - at, 1), now

    today = int(lines.ordered_on.max())
    days = bought_days(lines)
    table = describe(lines, days, today)
    note("customers")
    worth = value(days, table, today)
    note("value")
    ranked = risk(days, today)
    note("risk")
    counted = figures(lines, days, today)
    note("figures")
    table.join(worth).join(ranked.rename("risk"))
    note("warnings")
    answer = {"seconds": round(sum(seconds.values()), 1), "cpu_seconds": round(time.process_time() - worked, 1)}
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    told = {"step": "peer", "periods": len(counted), "finite": bool(np.isfinite(worth.expected).all())}
    print(json.dumps(told | answer | seconds | {"peak_mb": int(peak.split()[1]) // 1024}))


main()
