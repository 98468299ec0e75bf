"""What pages read of the current generation: one row per customer, dated figures, and how the refresh is doing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, QuerySet

from stammkunde import mirror
from stammkunde.signals import diary, explaining, policy
from stammkunde.signals.models import Current, CustomerSignal, EarlyWarning, Figure, Generation


@dataclass(frozen=True, kw_only=True)
class RefreshStatus:
    """How the data refresh is doing. `step` is a code, worded by `signals.wording.step_text`."""

    running: Generation | None
    failed: Generation | None  # the last attempt, if it failed; `error` says why
    current: Generation | None
    is_stale: bool  # the facts have changed since the figures were computed

    @property
    def share(self) -> float | None:
        """How much of the running step is done, 0..1."""
        if not self.running or not self.running.total:
            return None
        return min(self.running.done / self.running.total, 1.0)


def current() -> Generation | None:
    """Give the generation that is shown; None before the first refresh."""
    pointer = Current.objects.select_related("generation").filter(pk=1).first()
    return pointer.generation if pointer else None


def as_of() -> date | None:
    """Give the day up to which the shown figures count ("Stand: 09.12.2011")."""
    generation = current()
    return generation.as_of_on if generation else None


def signals() -> QuerySet[CustomerSignal]:
    """Give the customers' rows of the current generation, to filter and sort."""
    return CustomerSignal.objects.filter(generation__in=Current.objects.values("generation"))


def signal_of(customer_id: int) -> CustomerSignal | None:
    return signals().filter(customer_id=customer_id).first()


def worth(*, customer_ids: Collection[int]) -> dict[int, int]:
    """Tell what customers are expected to bring in a year, or what a year of them was worth; unknown ones are out."""
    rows = signals().filter(customer__in=customer_ids).values_list("customer_id", "expected_cents", "yearly_cents")
    found = ((pk, expected if expected is not None else yearly) for pk, expected, yearly in rows)
    return {pk: max(cents, 0) for pk, cents in found if cents is not None}


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """What is expected of a customer within some days; 0 where nothing is, and no risk where unknown."""

    cents: int = 0
    purchases: float = 0.0
    risk: float | None = None


def foreseen(*, customer_ids: Collection[int], days: int, on: date) -> dict[int, Foreseen]:
    """
    Tell what is expected of customers within so many days from a day on, all of them: as is shown now.

    Where nothing is shown yet, as the history says of the evening before.
    """
    share = days / policy.YEAR_DAYS
    if current() is None:
        return _as_said(customer_ids, share, on=on)
    columns = ("customer_id", "expected_cents", "yearly_cents", "expected_purchases", "risk")
    found = dict.fromkeys(customer_ids, Foreseen())
    for pk, expected, yearly, purchases, risk in signals().filter(customer__in=found).values_list(*columns):
        cents = max(expected if expected is not None else yearly or 0, 0)
        found[pk] = Foreseen(cents=round(cents * share), purchases=(purchases or 0.0) * share, risk=risk)
    return found


def _as_said(customer_ids: Collection[int], share: float, *, on: date) -> dict[int, Foreseen]:
    found = dict.fromkeys(customer_ids, Foreseen())
    said = diary.said(on - timedelta(days=1), at_most_days=diary.MONTH_DAYS)
    rows = said.project("customer_id, expected_cents, risk").fetchall() if said and found else ()
    for pk, cents, risk in rows:
        if pk in found:
            found[pk] = Foreseen(cents=round(max(cents or 0, 0) * share), risk=risk)
    return found


def usual_gap_days() -> float | None:
    """Give the days that usually lie between two purchases of a customer: half of them take longer; None: unknown."""
    gaps = signals().exclude(gap_days=None).order_by("gap_days").values_list("gap_days", flat=True)
    many = gaps.count()
    return gaps[many // 2] if many else None


def of_class(abc_class: str, *, customer_ids: Collection[int]) -> set[int]:
    """Tell which of these customers are of a class."""
    rows = signals().filter(customer__in=customer_ids, abc_class=abc_class)
    return set(rows.values_list("customer_id", flat=True))


def explained(customer_id: int) -> list[dict[str, Any]] | None:
    """
    Give the reasons of a customer's risk, strongest first, as codes with numbers; worked out where nobody was warned.

    None: she has no risk, or what explains it is gone, and the next refresh brings it back.
    """
    signal = signal_of(customer_id)
    if signal is None or not signal.risk_level:
        return None
    known: list[dict[str, Any]] | None = signal.risk_reasons
    if known is not None:
        return known
    return explaining.explain(customer_id, generation_id=signal.generation_id)


def forecast() -> dict[str, Any]:
    """Tell how value and risk were worked out, and how far to trust them (`Generation.forecast`); before, nothing."""
    generation = current()
    return generation.forecast if generation else {}


def expected_now() -> dict[str, Any]:
    """Give what all customers together are expected to bring, and how many customers there are, as shown now."""
    said = figures().filter(slice_by="", period=policy.month_of(as_of() or date.min))
    told = {figure.kpi: figure for figure in said.filter(kpi__in=policy.SAID)}
    value, warned = (told.get(kpi) for kpi in ("predicted_value_cents", "warned_customers"))
    return {"expected_cents": value and value.value, "customers": int((warned and warned.denominator) or 0)}


def risk_history(customer_id: int) -> list[dict[str, Any]]:
    """Give what was said of a customer day by day, oldest first: `on`, and the columns of `history.COLUMNS`."""
    shown = as_of()
    return diary.points(customer_id, until=shown) if shown else []


@dataclass(frozen=True, kw_only=True)
class LiveTest:
    """What became of the warnings that were given."""

    open: int
    bought: int
    left: int
    calmed: int
    undone: int

    @property
    def closed(self) -> int:
        return self.bought + self.left + self.calmed + self.undone

    @property
    def left_share(self) -> float | None:
        """The share that left of those of whom it is known; who calmed down is neither, nor is what was withdrawn."""
        known = self.bought + self.left
        return self.left / known if known else None


def live_test(*, since: date | None = None) -> LiveTest:
    """Count what became of the warnings given since a day, or of all."""
    found = EarlyWarning.objects.all() if since is None else EarlyWarning.objects.filter(warned_on__gte=since)
    counted = dict(found.order_by().values_list("outcome").annotate(n=Count("pk")))
    return LiveTest(**{outcome: counted.get(outcome, 0) for outcome in EarlyWarning.Outcome.values})


def figures() -> QuerySet[Figure]:
    return Figure.objects.filter(generation__in=Current.objects.values("generation"))


def figure(*, kpi: str, period: str, slice_by: str = "", slice_value: str = "") -> Figure | None:
    return figures().filter(kpi=kpi, period=period, slice_by=slice_by, slice_value=slice_value).first()


def series(*, kpi: str, grain: str, slice_by: str = "", slice_value: str = "") -> list[Figure]:
    """Give a figure's points over time, oldest first; `grain` is month, quarter or year."""
    points = figures().filter(kpi=kpi, slice_by=slice_by, slice_value=slice_value)
    return list(_of_grain(points, grain).order_by("period"))


def by_slice(*, kpi: str, period: str, slice_by: str) -> list[Figure]:
    """Give a figure of one period for every value of a slice, the most customers first."""
    return list(figures().filter(kpi=kpi, period=period, slice_by=slice_by).order_by("-n", "slice_value"))


def periods(*, grain: str) -> list[str]:
    """Give the periods for which there are figures, oldest first."""
    points = figures().filter(kpi="retention_rate", slice_by="", slice_value="")
    return list(_of_grain(points, grain).order_by("period").values_list("period", flat=True))


def _of_grain(points: QuerySet[Figure], grain: str) -> QuerySet[Figure]:
    if grain == "year":
        return points.exclude(period__contains="-")
    if grain == "quarter":
        return points.filter(period__contains="-Q")
    if grain == "month":
        return points.filter(period__contains="-").exclude(period__contains="Q")
    raise ValueError(f"grain {grain!r} is neither 'month' nor 'quarter' nor 'year'")


def running() -> Generation | None:
    return Generation.objects.filter(status=Generation.Status.RUNNING).first()


def status() -> RefreshStatus:
    shown = current()
    last = Generation.objects.order_by("-pk").first()
    return RefreshStatus(
        running=running(),
        failed=last if last and last.status == Generation.Status.FAILED else None,
        current=shown,
        is_stale=shown is None or shown.facts_version != mirror.facts_version(),
    )
