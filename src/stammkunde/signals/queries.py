"""What pages read of the current generation: one row per customer, dated figures, and how the refresh is doing."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from stammkunde.signals import mirror
from stammkunde.signals.models import Current, CustomerSignal, Figure, Generation


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
