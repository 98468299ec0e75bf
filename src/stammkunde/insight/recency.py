"""
One row per customer: rhythm, silence, stage, worth and scores, as known on the evening of a day.

Stages are read from the silence since the last purchase. With r the customer's usual gap and s its spread:
late after max(1.5 r, r + 2 s) days → at risk; half as long again → dormant; twice as long, and outside the activity
window → lost. Whoever bought once borrows the company's rhythm.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import narwhals as nw

from stammkunde.insight import buying, classes, money, rfm, rhythm
from stammkunde.insight.frames import COSTS_ALONE, Facts, Frame, counted, text, total
from stammkunde.insight.periods import day_number
from stammkunde.insight.rhythm import BORROWED_GAPS, CompanyRhythm
from stammkunde.insight.slices import is_sale

STAGES = ("prospect", "new", "active", "at_risk", "dormant", "lost", "returned")
YEAR_DAYS = 365
LIKELY = 0.5  # more likely gone than not
ODDS_ABOVE = 2.0  # against those of all customers
FAR_PAST = 3  # silent for three times the earlier mean gap: whoever buys then has returned
COLUMNS = (
    "customer_id",
    "stage",
    "stage_code",
    "returned_on",
    "abc_class",
    "abc_basis",
    "value_rank",
    "revenue_rank",
    "first_on",
    "last_on",
    "orders",
    "purchase_days",
    "revenue_cents",
    "margin_cents",
    "margin_coverage",
    "revenue_year_cents",
    "margin_year_cents",
    "margin_year_coverage",
    "yearly_cents",
    "gap_days",
    "gap_spread_days",
    "silent_days",
    "late_after_days",
    "dormant_after_days",
    "lost_after_days",
    "due_on",
    "overdue_days",
    "recency_score",
    "frequency_score",
    "monetary_score",
    "rfm_segment",
    "favourite_category",
    "last_channel",
    "returned_share",
)


def customers(facts: Facts, *, as_of: date, activity_days: int) -> Frame:
    """
    Describe every customer as known on the evening of a day.

    Args:
        facts: the facts; later lines are left out. Without a customers table, whoever has lines is described.
        as_of: the day.
        activity_days: length of the activity window.

    Returns:
        lazy, one row a customer, with the columns of `COLUMNS`: days since 1970-01-01, money in cents, empty where
        unknown. value_rank and revenue_rank are 1 for whoever brought most, by abc_basis and by revenue. margin_cents
        is that of the lines with known cost, margin_coverage the share of the turnover that they
        are. stage_code says why the stage is given (see `stage_reason`); abc_class is empty without lines.
        yearly_cents is what a year of this customer was worth: the last one, or the mean of all since the first
        purchase, if that is more; margin of the lines with known cost or revenue, as abc_basis says.

    Raises:
        InvalidInput: the activity window is shorter than a day.
    """
    known, today = facts.until(as_of), day_number(as_of)
    sums = _sums(known, today)
    buyers = _rhythm(known, sums, activity_days=activity_days, today=today)
    scored = rfm.scores(buyers, recency="last", frequency="purchase_days").drop("revenue_cents")
    everyone = (
        _everyone(known)
        .join(scored, on="customer_id", how="left")
        .join(sums, on="customer_id", how="left")
        .join(classed(known, as_of=as_of).drop("value_cents"), on="customer_id", how="left")
        .join(_by_revenue(known, today), on="customer_id", how="left")
        .join(_last_channel(known), on="customer_id", how="left")
        .join(_favourite(known), on="customer_id", how="left")
    )
    return _described(everyone, _company(known, activity_days), activity_days=activity_days, today=today)


def classed(facts: Facts, *, as_of: date) -> Frame:
    """
    Put customers into A/B/C classes, as known on the evening of a day, from the same sums as `customers`.

    Args:
        facts: the facts; later lines are left out.
        as_of: the day.

    Returns:
        held, one row a customer with lines, with the columns of `classes.customers`.
    """
    known, today = facts.until(as_of), day_number(as_of)
    return known.keep(("classed", today), lambda: classes.of_sums(_sums(known, today), key="customer_id"))


def yearly(facts: Facts, *, as_of: date) -> Frame:
    """
    Say what a year of every buyer was worth, as known on the evening of a day, from the same sums as `customers`.

    Args:
        facts: the facts; later lines are left out.
        as_of: the day.

    Returns:
        lazy, one row a buyer: customer_id and yearly_cents, as `customers` gives it.
    """
    known, today = facts.until(as_of), day_number(as_of)
    buyers = rhythm.own(known).select("customer_id", "first", "last")
    basis = classed(known, as_of=as_of).select("customer_id", "basis")
    worth = buyers.join(_sums(known, today), on="customer_id", how="left").join(basis, on="customer_id", how="left")
    return worth.with_columns(*_years()).select("customer_id", _yearly())


def warned(described: Frame, *, as_of: date, base_share: float, horizon_days: int) -> Frame:
    """
    Let the risk speak where the rhythm sees nothing yet: who is in rhythm, but probably will not buy in time.

    At risk is whoever counts as active or returned and whose next purchase is due within the horizon, if leaving is
    more likely than staying and has at least twice the odds that all customers have. Risk never takes a stage back.

    Args:
        described: what `customers` gave, with the column `risk`: probability of leaving, empty where unknown.
        as_of: the day.
        base_share: the share of all customers that leaves within the horizon, above 0 and below 1.
        horizon_days: how far ahead the risk looks.

    Returns:
        the same rows; the stage of some is at_risk, with the code `risk` and the columns base_share and horizon_days.
    """
    odds = ODDS_ABOVE * base_share / (1 - base_share)
    bound = max(LIKELY, odds / (1 + odds))
    calm = (nw.col("stage") == "active") | (nw.col("stage") == "returned")
    due = nw.col("due_on") <= day_number(as_of) + horizon_days
    raised = nw.when(calm & due & (nw.col("risk") >= bound))
    marked = described.with_columns(raised.then(nw.lit(horizon_days)).alias("horizon_days"))
    is_raised = ~nw.col("horizon_days").is_null()
    return marked.with_columns(
        nw.when(is_raised).then(nw.lit("at_risk")).otherwise(nw.col("stage")).alias("stage"),
        nw.when(is_raised).then(nw.lit("risk")).otherwise(nw.col("stage_code")).alias("stage_code"),
        nw.when(is_raised).then(nw.lit(base_share)).alias("base_share"),
    )


def stage_reason(row: Mapping[str, Any]) -> dict[str, Any]:
    """
    Give the reason for a stage as a code and its numbers, ready to be worded.

    Codes: `no_purchase`, `first_purchase` (silent_days), `in_rhythm`, `back` (returned_on), `late`, `long_late`,
    `outside_window`, and `risk` (risk, base_share, horizon_days; from `warned` alone); all but the first with
    silent_days, gap_days (empty: the company's rhythm was borrowed) and the days after which the customer counts as
    late, dormant and lost.

    Args:
        row: a row of `customers` or `warned`.

    Returns:
        the code and whole or rounded numbers.
    """
    numbers = ("silent_days", "late_after_days", "dormant_after_days", "lost_after_days", "returned_on")
    reason = {"code": row["stage_code"], **{name: row[name] for name in numbers if row[name] is not None}}
    if row["gap_days"] is not None:
        reason["gap_days"] = round(row["gap_days"], 1)
    if row["stage_code"] == "risk":
        shares = {name: round(row[name], 3) for name in ("risk", "base_share")}
        reason |= {**shares, "horizon_days": row["horizon_days"]}
    return reason


def _everyone(facts: Facts) -> Frame:
    if facts.customers is not None:
        return facts.customers.select("customer_id")
    return facts.lines.filter(~nw.col("customer_id").is_null()).select("customer_id").unique()


def _sums(facts: Facts, today: int) -> Frame:
    return facts.keep(("customer money", today), lambda: _money(facts, today))


def _money(facts: Facts, today: int) -> Frame:
    recent = nw.col("ordered_on") > today - YEAR_DAYS
    revenue, nothing = nw.col("revenue_cents"), nw.lit(0)
    back = (nw.col("kind") == "return") | (nw.col("kind") == "cancellation")
    costed = recent & ~nw.col("cost_cents").is_null()
    return (
        facts.lines.filter(~nw.col("customer_id").is_null())
        .group_by("customer_id")
        .agg(
            *money.sums(),
            money.orders(),
            counted(~nw.col("kind").is_in(COSTS_ALONE), name="goods"),
            total(nw.when(back).then(revenue * -1).otherwise(nothing), name="back_cents"),
            total(nw.when(recent).then(revenue).otherwise(nothing), name="revenue_year_cents"),
            total(nw.when(recent).then(revenue.abs()).otherwise(nothing), name="turned_year_cents"),
            total(nw.when(costed).then(revenue.abs()).otherwise(nothing), name="costed_year_cents"),
            total(nw.when(costed).then(revenue - nw.col("cost_cents")).otherwise(nothing), name="margin_year_raw"),
        )
        .filter(nw.col("goods") > 0)  # time alone makes nobody a customer
        .drop("goods")
    )


def _by_revenue(facts: Facts, today: int) -> Frame:
    """Rank customers by revenue, whatever they are classed by; ties by customer. Held, as sums are read beside it."""
    order = ["descending", "customer_id"]
    told = _sums(facts, today).select("customer_id", (nw.col("revenue_cents") * -1).alias("descending"))
    ranked = nw.col("customer_id").cum_count().over(order_by=order).cast(nw.Int64).alias("revenue_rank")
    return facts.keep(
        ("ranks by revenue", today), lambda: told.with_columns(ranked).select("customer_id", "revenue_rank")
    )


def _rhythm(facts: Facts, sums: Frame, *, activity_days: int, today: int) -> Frame:
    measured = (
        rhythm.own(facts)
        .join(_returned(facts, activity_days), on="customer_id", how="left")
        .join(sums.select("customer_id", "revenue_cents"), on="customer_id", how="left")
    )
    return facts.keep(("buyers", activity_days, today), lambda: measured)


def _returned(facts: Facts, activity_days: int) -> Frame:
    """Find the last purchase after a silence that was outside the window and far past the rhythm until then."""
    gap, earlier = nw.col("day") - nw.col("before"), nw.col("nth").cast(nw.Int64) - 2
    silences = buying.days(facts).filter(gap > activity_days).select("customer_id", "day", "before", "nth")
    first = facts.keep(("first days",), lambda: rhythm.own(facts).select("customer_id", "first"))  # read beside `own`
    far = (earlier == 0) | (gap * earlier > (nw.col("before") - nw.col("first")) * FAR_PAST)
    return (
        silences.join(first, on="customer_id", how="inner")
        .filter(far)
        .group_by("customer_id")
        .agg(nw.col("day").max().alias("returned_on"))
    )


def _last_channel(facts: Facts) -> Frame:
    """Find the channel of the last purchase; of several on one day, the first by name."""
    day, channel = nw.col("ordered_on").max().alias("day"), text("channel").alias("last_channel")
    used = facts.lines.filter(is_sale()).select("customer_id", "ordered_on", channel)
    latest = used.group_by("customer_id", "last_channel").agg(day).with_columns((nw.col("day") * -1).alias("order"))
    return _first(latest, order_by=["order", "last_channel"], column="last_channel")


def _favourite(facts: Facts) -> Frame:
    """Find the category that a customer spent most on; ties by name."""
    if facts.products is None:
        nobody = rhythm.own(facts).select("customer_id")
        return nobody.with_columns(nw.lit("").alias("favourite_category"))
    category = facts.products.select("product_id", text("category").alias("favourite_category"))
    spent = (
        facts.lines.filter(is_sale())
        .select("customer_id", "product_id", "revenue_cents")
        .join(category, on="product_id", how="inner")
        .filter(nw.col("favourite_category") != "")
        .group_by("customer_id", "favourite_category")
        .agg((total("revenue_cents") * -1).alias("order"))
    )
    return _first(spent, order_by=["order", "favourite_category"], column="favourite_category")


def _first(frame: Frame, *, order_by: list[str], column: str) -> Frame:
    is_first = nw.col("customer_id").shift(1).over("customer_id", order_by=order_by).is_null()
    return frame.with_columns(is_first.alias("is_first")).filter(nw.col("is_first")).select("customer_id", column)


def _company(facts: Facts, activity_days: int) -> CompanyRhythm:
    """Without a single repeat buyer, take a third of the window as the rhythm, so that the stages fill it."""
    found = rhythm.company(facts)
    return CompanyRhythm(activity_days / 3, 0.0, 0) if found is None else found


def _described(everyone: Frame, company: CompanyRhythm, *, activity_days: int, today: int) -> Frame:
    measured = everyone.with_columns(
        _drawn(nw.col("median_gap"), nw.col("gaps"), company.gap_days).alias("gap_days"),
        _drawn(nw.col("half_range"), nw.col("gaps") - 1, company.spread_days).alias("gap_spread_days"),
        (nw.lit(today) - nw.col("last")).cast(nw.Int64).alias("silent_days"),
    )
    limited = _limits(measured, company, activity_days)
    due = nw.col("last") + nw.col("gap_days").ceil().cast(nw.Int64)
    staged = limited.with_columns(
        _stage_code(company, activity_days, today).alias("stage_code"), due.alias("due_on"), *_years()
    )
    return staged.with_columns(*_answers(today), _yearly()).select(*COLUMNS)


def _drawn(value: nw.Expr, seen: nw.Expr, usual: float) -> nw.Expr:
    """Draw a customer's own number towards the company's, the more the less was seen of it."""
    return nw.when(nw.col("gaps") > 0).then((value * seen + usual * BORROWED_GAPS) / (seen + BORROWED_GAPS))


def _limits(measured: Frame, company: CompanyRhythm, activity_days: int) -> Frame:
    gap = nw.col("gap_days").fill_null(company.gap_days)
    spread = nw.col("gap_spread_days").fill_null(company.spread_days)
    late = nw.max_horizontal(gap * 1.5, gap + spread * 2)
    bought = ~nw.col("last").is_null()
    days = [
        ("late_after_days", late),
        ("dormant_after_days", late * 1.5),
        ("lost_after_days", nw.max_horizontal(late * 2, nw.lit(float(activity_days)))),
    ]
    return measured.with_columns(
        *[nw.when(bought).then(length.ceil().cast(nw.Int64)).alias(name) for name, length in days]
    )


def _stage_code(company: CompanyRhythm, activity_days: int, today: int) -> nw.Expr:
    silent, first = nw.col("silent_days"), nw.col("first")
    late = max(1.5 * company.gap_days, company.gap_days + 2 * company.spread_days)
    back = ~nw.col("returned_on").is_null() & (nw.lit(today) - nw.col("returned_on") < activity_days)
    branches = [
        (first.is_null(), "no_purchase"),
        (silent > nw.col("lost_after_days"), "outside_window"),
        (silent > nw.col("dormant_after_days"), "long_late"),
        (silent > nw.col("late_after_days"), "late"),
        (back, "back"),
        (nw.lit(today) - first <= late, "first_purchase"),
    ]
    return _chosen(branches, "in_rhythm")


def _years() -> list[nw.Expr]:
    """Give the last year and the mean year since the first purchase, by margin or revenue."""
    by_margin = nw.col("basis") == "margin"
    last = nw.when(by_margin).then(nw.col("margin_year_raw")).otherwise(nw.col("revenue_year_cents"))
    whole = nw.when(by_margin).then(nw.col("margin_cents")).otherwise(nw.col("revenue_cents"))
    days = nw.max_horizontal(nw.col("last") - nw.col("first") + 1, nw.lit(YEAR_DAYS))
    return [last.alias("last_year"), (whole * float(YEAR_DAYS) / days).round().cast(nw.Int64).alias("usual_year")]


def _yearly() -> nw.Expr:
    bought = nw.when(~nw.col("last").is_null())
    return bought.then(nw.max_horizontal("last_year", "usual_year", nw.lit(0)).cast(nw.Int64)).alias("yearly_cents")


def _chosen(branches: list[tuple[nw.Expr, str]], last: str) -> nw.Expr:
    chosen: nw.Expr = nw.lit(last)
    for condition, code in reversed(branches):
        chosen = nw.when(condition).then(nw.lit(code)).otherwise(chosen)
    return chosen


_STAGE_OF = {
    "no_purchase": "prospect",
    "outside_window": "lost",
    "long_late": "dormant",
    "late": "at_risk",
    "back": "returned",
    "first_purchase": "new",
}


def _answers(today: int) -> list[nw.Expr]:
    stage = _chosen([(nw.col("stage_code") == code, name) for code, name in _STAGE_OF.items()], "active")
    overdue = (nw.lit(today) - nw.col("due_on")).cast(nw.Int64)
    year = money.known_margin(margin="margin_year_raw", costed="costed_year_cents")
    of_year = money.coverage(costed="costed_year_cents", turned="turned_year_cents")
    sold = nw.col("sold_cents") > 0
    counts = ("orders", "purchase_days", "revenue_cents", "revenue_year_cents")
    return [
        stage.alias("stage"),
        nw.col("basis").fill_null("margin").alias("abc_basis"),
        nw.col("abc_class").fill_null("").alias("abc_class"),
        nw.col("first").alias("first_on"),
        nw.col("last").alias("last_on"),
        *[nw.col(name).fill_null(0).alias(name) for name in counts],
        money.known_margin().alias("margin_cents"),
        money.coverage().alias("margin_coverage"),
        year.alias("margin_year_cents"),
        of_year.alias("margin_year_coverage"),
        nw.when(overdue > 0).then(overdue).alias("overdue_days"),
        text("favourite_category").alias("favourite_category"),
        text("last_channel").alias("last_channel"),
        nw.when(sold).then(nw.col("back_cents") / nw.col("sold_cents")).alias("returned_share"),
    ]
