"""The charts of the overview: retention and revenue over time, who buys again, and how few bring how much."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from stammkunde import insight
from stammkunde.figures import wording
from stammkunde.figures.plots import Plot, Way
from stammkunde.figures.queries.overview import Points
from stammkunde.figures.tiles import Figure as Stored
from stammkunde.figures.tiles import Figures
from stammkunde.insight import kpis, periods
from stammkunde.insight.cohorts import CohortMatrix
from stammkunde.insight.errors import CannotAnswer
from stammkunde.insight.money import Turnover
from stammkunde.insight.periods import Period
from stammkunde.segments.selection import Selection, last_complete, short_name, told_by
from stammkunde.signals import answers, margins
from stammkunde.signals.models import Generation
from stammkunde.team.policy import Sight
from stammkunde.ui import writing
from stammkunde.ui.tables import Column

MOST_PERIODS = 36


MOST_COHORTS = 24


PLOT_HEIGHT = 250


PRESENCE = {
    "customers_start": _("Customers at the start"),
    "customers_end": _("Customers at the end"),
    "customers_won": _("Won"),
    "customers_lost": _("Lost"),
}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the overview's charts are drawn from."""

    selection: Selection
    points: Points
    sight: Sight
    generation: Generation | None = None

    @property
    def margin(self) -> str:
        """Name a column of margins, with the stage at which they count."""
        return margins.heading(self.generation, gettext("Contribution margin"))


def retention(answer: Answer) -> Plot | None:
    """Draw retention over time, in periods of the chosen length."""
    chosen = answer.selection.period
    series = _known_retention(answer)
    if not series:
        return None
    drawn = [_drawn(period, figure) for period, figure, _figures in series]
    return Plot(
        name="retention",
        title=_("Retention over time"),
        about=_("Share of the customers at the start who are still customers at the end."),
        draw=lambda _width: insight.charts.retention(
            drawn,
            labels=wording.chart_labels(),
            name=short_name,
            chosen=str(chosen),
            as_of=answer.selection.as_of_on,
        ),
        columns=[
            Column(label=_("Period")),
            Column(label=_("Retention rate"), unit="share"),
            *(Column(label=label, unit="number") for label in PRESENCE.values()),
        ],
        rows=[
            (short_name(period), figure.value, *(_value(figures, kpi) for kpi in PRESENCE))
            for period, figure, figures in reversed(series)
        ],
        height=PLOT_HEIGHT,
    )


def _known_retention(answer: Answer) -> list[tuple[Period, Stored, Figures]]:
    """Give the latest periods of the chosen length whose retention is known, oldest first."""
    return [
        (period, figures["retention_rate"], figures)
        for period, figures in answer.points.series(grain=answer.selection.period.grain)
        if "retention_rate" in figures and figures["retention_rate"].value is not None
    ][-MOST_PERIODS:]


def _drawn(period: Period, figure: Stored) -> kpis.Figure:
    """Give a figure as the charts take it, be it stored or counted."""
    return kpis.Figure(
        kpi=figure.kpi,
        period=str(period),
        slice_by="",
        slice=None,
        value=figure.value,
        numerator=figure.numerator,
        denominator=figure.denominator,
        n=figure.n,
    )


def _value(figures: Figures, kpi: str) -> float | None:
    figure = figures.get(kpi)
    return figure.value if figure else None


def money(answer: Answer) -> Plot | None:
    """Draw revenue and margin by month, guests included."""
    months = answers.revenue_by_month(within=answer.selection.part)[-MOST_PERIODS:]
    if not months:
        return None
    has_margin = answer.sight.margin and any(month.margin_cents is not None for month in months)
    labels = [short_name(periods.parse(month.month)) for month in months]
    columns = [
        Column(label=_("Month")),
        Column(label=_("Revenue"), unit="cents"),
        Column(label=_("of which guests"), unit="cents"),
        Column(label=answer.margin, unit="cents"),
    ]
    cells = [
        (label, month.revenue_cents, month.guests_cents, month.margin_cents)
        for month, label in zip(months, labels, strict=True)
    ]
    shown = 4 if has_margin else 3
    return Plot(
        name="money",
        title=_("Revenue and contribution margin") if has_margin else _("Revenue by month"),
        about=_guests_text(sum(month.guests_cents for month in months), sum(month.revenue_cents for month in months)),
        draw=lambda _width: drawn_money(months, has_margin=has_margin, as_of=answer.selection.as_of_on),
        columns=columns[:shown],
        rows=[row[:shown] for row in reversed(cells)],
        height=PLOT_HEIGHT,
        of_margin=has_margin,
    )


def drawn_money(
    months: Sequence[answers.MonthOfRevenue], *, has_margin: bool, as_of: date | None = None
) -> insight.charts.Chart:
    """Draw revenue and, for those who may see it, margin by month."""
    turnovers = [
        Turnover(
            period=periods.parse(month.month),
            revenue_cents=month.revenue_cents,
            guest_revenue_cents=month.guests_cents,
            margin_cents=month.margin_cents if has_margin else None,
            coverage=month.coverage,
            orders=month.orders,
        )
        for month in months
    ]
    labels = wording.chart_labels(period=_("Month"))
    return insight.charts.revenue_and_margin(turnovers, labels=labels, name=short_name, as_of=as_of)


def _guests_text(guests_cents: int, revenue_cents: int) -> str:
    """Say how much of the revenue came from orders without a known customer."""
    net = gettext("Net of VAT and discounts, returns taken off.")
    if not guests_cents or not revenue_cents:
        return net
    part = guests_cents / revenue_cents
    share = writing.percent(part, places=0 if part >= 0.01 else 1)
    return f"{net} " + gettext("%(share)s of it came from guests, whom no other figure counts.") % {"share": share}


def cohorts(answer: Answer) -> Plot | None:
    """Draw who buys again, by month of the first purchase."""
    over = last_complete(answer.selection.as_of_on, grain="month")
    matrix = _over(answers.cohorts(within=answer.selection.part), over=over)
    if not matrix.cohorts:
        return None
    ages = range(len(matrix.counts[0]))  # fewer than are over, while the figures are older than the facts
    return Plot(
        name="cohorts",
        title=_("Who buys again"),
        about=_("Of those who first bought in a month: how many in a hundred bought in each later month that is over."),
        draw=lambda width: insight.charts.cohort_heat_map(
            matrix, labels=wording.chart_labels(), name=short_name, written=width >= len(ages) * 30 + 80
        ),
        columns=[
            Column(label=_("First purchase")),
            Column(label=_("Customers"), unit="number"),
            *(Column(label=str(age), unit="share") for age in ages[1:]),
        ],
        rows=[
            (short_name(cohort), size, *shares[1:])
            for cohort, size, shares in zip(matrix.cohorts, matrix.sizes, matrix.shares, strict=True)
        ],
        height=len(matrix.cohorts) * 24 + 52,
        full=True,
    )


def _over(matrix: CohortMatrix, *, over: Period) -> CohortMatrix:
    """Keep the latest cohorts, and of their ages the months that are over."""
    kept = [
        (cohort, counts)
        for cohort, counts in zip(matrix.cohorts, matrix.counts, strict=True)
        if cohort.first_month < over.first_month
    ][-MOST_COHORTS:]
    longest = over.first_month - kept[0][0].first_month + 1 if kept else 0
    counts = tuple(_until(counts[:longest], over.first_month - cohort.first_month) for cohort, counts in kept)
    return CohortMatrix("month", tuple(cohort for cohort, _counts in kept), counts)


def _until(counts: tuple[int | None, ...], last_age: int) -> tuple[int | None, ...]:
    return tuple(n if age <= last_age else None for age, n in enumerate(counts))


def abc(answer: Answer) -> Plot | None:
    """Draw how few customers bring how much."""
    by_revenue = answer.selection.best == "revenue"
    found = answers.abc(within=answer.selection.part, basis="revenue" if by_revenue else None)
    is_margin = found.basis == "margin"
    if not found.pareto or (is_margin and not answer.sight.margin):
        return None
    basis = gettext("Share of the contribution margin") if is_margin else gettext("Share of the revenue")
    everyone = sum(share.members for share in found.shares)
    return Plot(
        name="abc",
        title=_("A, B and C customers"),
        about=_abc_text(found, everyone=everyone),
        draw=lambda _width: insight.charts.pareto(found.pareto, basis=found.basis, labels=wording.chart_labels()),
        columns=[
            Column(label=_("Class")),
            Column(label=_("Customers"), unit="number"),
            Column(label=_("Share of the customers"), unit="share"),
            Column(label=answer.margin if is_margin else _("Revenue"), unit="cents"),
            Column(label=basis, unit="share"),
        ],
        rows=[
            (share.abc_class, share.members, share.members / everyone, share.value_cents, share.share)
            for share in found.shares
        ],
        height=PLOT_HEIGHT,
        ways=_best_by(answer) if is_margin or by_revenue else (),
        of_margin=is_margin,
    )


def _best_by(answer: Answer) -> Sequence[Way]:
    """Lead to the classes by margin, and by revenue."""
    chosen = answer.selection
    return [
        Way(label=_("Contribution margin"), address=told_by(chosen, "") + "#chart-abc", is_here=not chosen.best),
        Way(label=_("Revenue"), address=told_by(chosen, "revenue") + "#chart-abc", is_here=bool(chosen.best)),
    ]


def _abc_text(found: answers.Abc, *, everyone: int) -> str:
    """Say in one sentence how few customers bring how much."""
    best = found.shares[0]
    worded = {
        "margin": _(
            "%(n)s of %(all)s customers (%(members)s) have brought %(share)s of the contribution margin so far."
        ),
        "revenue": _("%(n)s of %(all)s customers (%(members)s) have brought %(share)s of the revenue so far."),
    }
    return worded[found.basis] % {
        "n": writing.number(best.members),
        "all": writing.number(everyone),
        "members": writing.percent(best.members / everyone, places=0),
        "share": writing.percent(best.share, places=0),
    }


PLOTS: dict[str, Callable[[Answer], Plot | None]] = {
    "retention": retention,
    "money": money,
    "cohorts": cohorts,
    "abc": abc,
}


def plots(answer: Answer) -> Iterator[Plot]:
    """Make the charts that have something to show; those from the mirror only where there is one."""
    for make in PLOTS.values():
        with suppress(answers.NoMirror, answers.NoFacts, CannotAnswer):
            plot = make(answer)
            if plot is not None:
                yield plot
