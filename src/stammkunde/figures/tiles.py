"""Figures as tiles: the value, how it moved, and the formula with the real numbers in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stammkunde.figures.wording import BY_KPI, MEANINGS, Better, Meaning, Unit, reason, remark
from stammkunde.team.policy import Sight
from stammkunde.ui import sparks, writing
from stammkunde.ui.sparks import Spark

STEADY_SHARE = 0.0005  # less than what the tile shows is no movement
STEADY_RATIO = 0.0005


class Figure(Protocol):
    """What is shown of a figure, stored or counted just now."""

    @property
    def kpi(self) -> str: ...
    @property
    def value(self) -> float | None: ...
    @property
    def numerator(self) -> float | None: ...
    @property
    def denominator(self) -> float | None: ...
    @property
    def n(self) -> int: ...
    @property
    def reason(self) -> str: ...
    @property
    def remark(self) -> str: ...
    @property
    def coverage(self) -> float | None: ...


Figures = Mapping[str, Figure]  # by KPI, all of one period and slice


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A figure beside that of another period. `tone` says whether the movement is welcome."""

    label: str
    value: str
    change: str = ""
    direction: str = ""  # up, down, flat; empty: cannot be compared
    tone: str = ""  # good, bad, or empty


@dataclass(frozen=True, kw_only=True)
class Course:
    """How a figure went, drawn and in words."""

    drawing: Spark
    label: str


@dataclass(frozen=True, kw_only=True)
class Tile:
    meaning: Meaning
    value: str
    reason: str
    remark: str
    formula: str
    numerator: str
    denominator: str
    n: int
    comparisons: tuple[Comparison, ...]
    course: Course | None = None
    stage: str = ""  # what is counted as margin

    @property
    def is_known(self) -> bool:
        return not self.reason


def tiles(
    figures: Figures,
    *,
    others: Sequence[tuple[str, Figures]],
    history: Mapping[str, Sequence[float | None]],
    sight: Sight,
    stage: str = "",
    left_out: str = "",
) -> list[Tile]:
    """
    Make the tiles of a period.

    `others` are the periods to compare with, by their labels; `stage` says what a margin is, `left_out` which costs
    those of a slice leave out.
    """
    shown = [meaning for meaning in MEANINGS if meaning.kpi in figures and (sight.margin or not meaning.needs_margin)]
    return [
        Tile(
            meaning=meaning,
            value=write(figures[meaning.kpi].value, unit=meaning.unit),
            reason=_why(figures[meaning.kpi]),
            remark=_qualified(figures[meaning.kpi], left_out=left_out if meaning.needs_margin else ""),
            formula=formula(meaning.kpi, figures),
            numerator=_part(figures[meaning.kpi].numerator, meaning=meaning),
            denominator=_part(figures[meaning.kpi].denominator, meaning=meaning, below=True),
            n=figures[meaning.kpi].n,
            comparisons=tuple(
                compare(figures[meaning.kpi], other.get(meaning.kpi), label=label, meaning=meaning)
                for label, other in others
            ),
            stage=stage if meaning.needs_margin else "",
            course=course(history.get(meaning.kpi, ()), unit=meaning.unit),
        )
        for meaning in shown
    ]


def write(value: float | None, *, unit: Unit) -> str:
    """Write a value as its unit wants it, short enough for a tile."""
    if value is None:
        return writing.UNKNOWN
    if unit is Unit.SHARE:
        return writing.percent(value)
    if unit is Unit.CENTS:
        return writing.money(value, places=2 if abs(value) < 100_000 else 0)
    if unit is Unit.DAYS:
        days = round(value)
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": writing.number(days)}
    return writing.number(value)


def compare(now: Figure, then: Figure | None, *, label: str, meaning: Meaning) -> Comparison:
    """Say how a figure moved against another period: shares in points, everything else in percent."""
    if then is None or then.value is None:
        return Comparison(label=label, value=writing.UNKNOWN)
    value = _short(then.value, unit=meaning.unit)
    if now.value is None:
        return Comparison(label=label, value=value)
    moved, steady, change = _change(now.value, then.value, unit=meaning.unit)
    direction = "flat" if abs(moved) < steady else ("up" if moved > 0 else "down")
    welcome = "up" if meaning.better is Better.HIGHER else "down"
    tone = "" if direction == "flat" else ("good" if direction == welcome else "bad")
    return Comparison(label=label, value=value, change=change, direction=direction, tone=tone)


def _change(now: float, then: float, *, unit: Unit) -> tuple[float, float, str]:
    if unit is Unit.SHARE:
        moved = now - then
        return moved, STEADY_SHARE, _("%(points)s pts") % {"points": _signed(moved * 100, places=1)}
    if not then:
        return now - then, 0.5, _signed(now - then)
    moved = now / then - 1
    places = 1 if abs(moved) < 0.1 else 0  # so the line stays one line
    return moved, STEADY_RATIO, f"{'+' if moved > 0 else ''}{writing.percent(moved, places=places)}"


def _short(value: float, *, unit: Unit) -> str:
    """Write a value beside another: no cents where there are hundreds."""
    if unit is Unit.CENTS and abs(value) >= 10_000:
        return writing.money(value, places=0)
    return write(value, unit=unit)


def _signed(value: float, *, places: int = 0) -> str:
    text = writing.number(value, places=places)
    return f"+{text}" if value > 0 else text


def formula(kpi: str, figures: Figures) -> str:
    """Write the formula with the period's numbers in it; empty where the figure cannot be given."""
    figure = figures[kpi]
    if figure.value is None:
        return ""
    result = write(figure.value, unit=BY_KPI[kpi].unit)
    if kpi == "retention_rate" and {"customers_end", "customers_won", "customers_start"} <= set(figures):
        end, won, start = (writing.number(figures[f"customers_{key}"].value) for key in ("end", "won", "start"))
        return f"({end} − {won}) / {start} = {result}"
    if kpi == "customer_lifetime_days" and figure.denominator is not None:
        days = writing.number(figure.denominator)
        return _("%(stayed)s of the first %(days)s days") % {"stayed": writing.number(figure.value), "days": days}
    if figure.denominator is None or figure.numerator is None or BY_KPI[kpi].unit in {Unit.DAYS, Unit.CUSTOMERS}:
        return ""
    numerator = _part(figure.numerator, meaning=BY_KPI[kpi])
    return f"{numerator} / {_part(figure.denominator, meaning=BY_KPI[kpi], below=True)} = {result}"


def _part(value: float | None, *, meaning: Meaning, below: bool = False) -> str:
    """Write what is divided: money above the line, people and orders below it."""
    if value is None:
        return ""
    return writing.money(value, places=0) if meaning.unit is Unit.CENTS and not below else writing.number(value)


def covered(share: float | None) -> str:
    """Say of how much a margin is, where the cost of some goods is unknown."""
    if share is None or share >= 1:
        return ""
    return _("from %(share)s of the turnover: the cost of the rest is unknown") % {
        "share": writing.percent(min(share, 0.999), places=0 if share < 0.99 else 1)
    }


def _why(figure: Figure) -> str:
    return str(reason(figure.reason)) if figure.value is None else ""


def _qualified(figure: Figure, *, left_out: str) -> str:
    """Say what qualifies a value that is given."""
    if figure.value is None:
        return ""
    told = (covered(figure.coverage), remark(figure.remark, kpi=figure.kpi), left_out)
    return ". ".join(text.removesuffix(".") for text in told if text)


def course(values: Sequence[float | None], *, unit: Unit) -> Course | None:
    """Draw how a figure went, and say between what it moved; nothing where there is too little."""
    drawing = sparks.spark(values)
    if drawing is None:
        return None
    between = {"low": write(drawing.low, unit=unit), "high": write(drawing.high, unit=unit)}
    return Course(drawing=drawing, label=_("between %(low)s and %(high)s") % between)


def sentence(figures: Figures, *, links: Mapping[str, str] | None = None) -> str:
    """
    Say the period in plain words: who stayed, who left, who came. Empty where that is not known.

    `links` are the addresses of the lists of customers by their group (lost, won); a number is the link to its list.
    """
    retention = figures.get("retention_rate")
    if retention is not None and retention.reason == "history_short":
        return ""
    counts = {key: _count(figures.get(f"customers_{key}")) for key in ("start", "lost", "won")}
    if counts["start"] is None or counts["lost"] is None or counts["won"] is None:
        return ""
    asked = {"lost": _("Who left, and were we warned?"), "won": _("Who has joined?")}
    linked = {key: _linked(counts[key], address=(links or {}).get(key, ""), title=asked[key]) for key in asked}
    came = _filled(ngettext("%(n)s has joined.", "%(n)s have joined.", counts["won"]), n=linked["won"])
    if not counts["start"]:
        return _filled(_("Nobody was a customer at the start; %(came)s"), came=came)
    stayed = ngettext(
        "Of %(start)s customer at the start, %(stayed)s stayed and %(lost)s left; %(came)s",
        "Of %(start)s customers at the start, %(stayed)s stayed and %(lost)s left; %(came)s",
        counts["start"],
    )
    return _filled(
        stayed,
        start=writing.number(counts["start"]),
        stayed=writing.number(counts["start"] - counts["lost"]),
        lost=linked["lost"],
        came=came,
    )


def _linked(count: int | None, *, address: str, title: str) -> str:
    """Write a number, as a link to whom it counts where there is somebody."""
    if not address or not count:
        return writing.number(count)
    number = writing.number(count)
    return format_html('<a href="{}" title="{}" aria-label="{}: {}">{}</a>', address, title, number, title, number)


def _filled(template: str, **parts: str) -> SafeString:
    """Fill a sentence of ours, in which only what is marked as such is markup."""
    return SafeString(escape(template) % {name: conditional_escape(part) for name, part in parts.items()})


def headline(figures: Figures, *, before: tuple[str, Figures] | None) -> str:
    """Say how many stayed, and whether that is more than before; empty where it cannot be said."""
    now = figures.get("retention_rate")
    if now is None or now.value is None:
        return ""
    share = writing.percent(now.value)
    then = before[1].get("retention_rate") if before else None
    if before is None or then is None or then.value is None:
        return _("%(share)s of the customers stayed.") % {"share": share}
    return _against(now.value - then.value) % {
        "share": share,
        "points": writing.number(abs(now.value - then.value) * 100, places=1),
        "period": before[0],
        "then": writing.percent(then.value),
    }


def _against(moved: float) -> str:
    if abs(moved) < STEADY_SHARE:
        return _("%(share)s of the customers stayed, as many as before (%(period)s: %(then)s).")
    if moved > 0:
        return _("%(share)s of the customers stayed, %(points)s points more than before (%(period)s: %(then)s).")
    return _("%(share)s of the customers stayed, %(points)s points fewer than before (%(period)s: %(then)s).")


def _count(figure: Figure | None) -> int | None:
    return None if figure is None or figure.value is None else int(figure.value)
