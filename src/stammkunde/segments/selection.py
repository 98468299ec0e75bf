"""What a person chose at the top of a page: period, activity window, segment. All of it stands in the address."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.utils import formats
from django.utils.translation import gettext as _

from stammkunde.insight import periods
from stammkunde.insight.errors import PeriodUnclear
from stammkunde.insight.periods import Grain, Period
from stammkunde.signals.answers import Slice
from stammkunde.ui import given

LONGEST_WINDOW_DAYS = 3650
USUAL_GRAIN: Grain = "quarter"


@dataclass(frozen=True, kw_only=True)
class Selection:
    """A period, a window and a segment. `usual_days` is the window that the stored figures were counted with."""

    period: Period
    as_of_on: date
    usual_days: int
    activity_days: int
    slice_by: str = ""
    slice_value: str = ""
    best: str = ""  # what the best customers are told by: revenue; empty: what classes go by
    unclear: str = ""  # what of the address could not be read, and was left out

    @property
    def is_stored(self) -> bool:
        """Say whether the stored figures answer; otherwise the mirror is asked."""
        return self.activity_days == self.usual_days

    @property
    def is_running(self) -> bool:
        return self.period.end_on > self.as_of_on

    @property
    def segment(self) -> str:
        return f"{self.slice_by}:{self.slice_value}" if self.slice_by else ""

    @property
    def part(self) -> Slice | None:
        """Give the segment as the mirror knows it."""
        return Slice(by=self.slice_by, value=self.slice_value) if self.slice_by else None

    @property
    def parameters(self) -> dict[str, str]:
        """Give the GET parameters that lead here; what is usual is left out."""
        chosen = {"period": str(self.period)}
        if not self.is_stored:
            chosen["days"] = str(self.activity_days)
        if self.segment:
            chosen["segment"] = self.segment
        if self.best:
            chosen["best"] = self.best
        return chosen

    @property
    def query(self) -> str:
        """Give the GET parameters as they stand in an address."""
        return urlencode(self.parameters)

    def to(self, period: Period, *, kept: Mapping[str, str] | None = None) -> str:
        """Lead to another period with everything else as it is."""
        return f"?{urlencode(self.parameters | dict(kept or {}) | {'period': str(period)})}"


def told_by(chosen: Selection, best: str) -> str:
    """Lead to the same with the best customers told by revenue, or by what classes go by (empty)."""
    kept = {name: value for name, value in chosen.parameters.items() if name != "best"}
    return f"?{urlencode(kept | ({'best': best} if best else {}))}"


def read(said: Mapping[str, str], *, as_of_on: date, usual_days: int) -> Selection:
    """Read a selection from GET parameters; what is not understood becomes the usual, and is said in `unclear`."""
    period, unclear = _period(said.get("period", ""), as_of_on=as_of_on)
    days, unclear_days = _days(said.get("days", ""), usual_days=usual_days)
    slice_by, _colon, slice_value = said.get("segment", "").partition(":")
    return Selection(
        period=period,
        as_of_on=as_of_on,
        usual_days=usual_days,
        activity_days=days,
        slice_by=slice_by,
        slice_value=slice_value,
        best="revenue" if said.get("best") == "revenue" else "",
        unclear=unclear or unclear_days,
    )


def of_all(chosen: Selection) -> Selection:
    """Give the same of all customers, where there is no such segment."""
    told = _("There is no segment “%(name)s”. These are the figures of all customers.")
    return replace(chosen, slice_by="", slice_value="", unclear=told % {"name": chosen.slice_by[:40]})


def _period(text: str, *, as_of_on: date) -> tuple[Period, str]:
    usual = last_complete(as_of_on, grain=USUAL_GRAIN)
    if not text:
        return usual, ""
    try:
        return periods.parse(text), ""
    except PeriodUnclear:
        return usual, _("“%(text)s” is not a period. Write 2011, 2011-Q3 or 2011-09.") % {"text": text}


def _days(text: str, *, usual_days: int) -> tuple[int, str]:
    if not text:
        return usual_days, ""
    if days := given.whole(text, least=1, most=LONGEST_WINDOW_DAYS):
        return days, ""
    return usual_days, _("“%(text)s” is not a number of days between 1 and 3650.") % {"text": text}


def last_complete(on: date, *, grain: Grain) -> Period:
    """Find the last period of this length that is over on the evening of a day."""
    current = periods.containing(on, grain=grain)
    return current if current.end_on <= on else current.previous()


def name(period: Period) -> str:
    """Write a period as people say it: September 2011, 3rd quarter 2011, 2011."""
    if period.grain == "year":
        return str(period.start_on.year)
    if period.grain == "month":
        return formats.date_format(period.start_on, "F Y")
    ordinal = {
        1: _("1st quarter %(year)s"),
        2: _("2nd quarter %(year)s"),
        3: _("3rd quarter %(year)s"),
        4: _("4th quarter %(year)s"),
    }
    return ordinal[(period.start_on.month + 2) // 3] % {"year": period.start_on.year}


def short_name(period: Period) -> str:
    """Write a period where there is little room: Sep 2011, Q3 2011, 2011."""
    if period.grain == "month":
        return formats.date_format(period.start_on, "M Y")
    return name(period) if period.grain == "year" else f"Q{(period.start_on.month + 2) // 3} {period.start_on.year}"
