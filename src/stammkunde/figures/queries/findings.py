"""What the lost, and the best, have in common, as pages show it: rows in words, and their chart."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from stammkunde import insight
from stammkunde.figures import wording
from stammkunde.figures.plots import Plot
from stammkunde.insight.drivers import Finding
from stammkunde.insight.profile import Profile
from stammkunde.segments import traits
from stammkunde.signals import answers
from stammkunde.ui.tables import Column

MOST_DRAWN = 20
ROW_PX, FRAME_PX = 26, 64
NARROW_NAMES_PX, NAMES_PX = 130, 230


@dataclass(frozen=True, kw_only=True)
class Told:
    """A finding in words, and the way to the customers who share it."""

    finding: Finding
    name: str
    sentence: str
    times: str
    interval: str
    same: list[str]
    address: str


def told(findings: Sequence[Finding], *, days: int, sentence: Callable[[Finding], str]) -> list[Told]:
    """Put findings into words; one question for all names of products."""
    names = traits.product_names(findings)
    return [
        Told(
            finding=finding,
            name=traits.finding_text(finding, names=names, days=days),
            sentence=sentence(finding),
            times=traits.times(finding.ratio),
            interval=traits.times_interval(finding),
            same=[traits.text(trait, names=names, days=days) for trait in finding.same],
            address=_address(finding),
        )
        for finding in findings
    ]


def _address(finding: Finding) -> str:
    shared = {"behind": "sharing", "traits": traits.write(finding.traits)}
    return f"{reverse('customers')}?{urlencode(shared)}"


def of_lost(found: insight.drivers.Drivers, findings: Sequence[Finding]) -> list[Told]:
    """Put findings about the lost into words."""
    return told(findings, days=found.look_back_days, sentence=traits.lost_sentence)


def of_best(found: Profile, findings: Sequence[Finding]) -> list[Told]:
    """Put findings about the best into words."""
    return told(findings, days=found.definition.value_days, sentence=traits.best_sentence)


COLUMNS = (
    Column(label=_("Trait")),
    Column(label=_("Times as often"), unit="ratio"),
    Column(label=_("from"), unit="ratio"),
    Column(label=_("to"), unit="ratio"),
)


def lost_plot() -> Plot | None:
    """Draw what is clear about the lost; None where nothing is."""
    found = answers.drivers()
    if isinstance(found, answers.TooLittle):
        return None
    about = _(
        "How many times as often customers with the trait left as comparable ones without it, with the 95% interval."
    )
    return _plot("lost", _("How much more often, or more rarely, they left"), about, of_lost(found, found.clear))


def best_plot() -> Plot | None:
    """Draw what is clear about the best; None where nothing is."""
    found = answers.profile()
    if isinstance(found, answers.TooLittle):
        return None
    about = _("How many times as often customers with the trait became one of the best, with the 95% interval.")
    return _plot("best", _("Who becomes one of the best"), about, of_best(found, found.clear), more_is="good")


PLOTS = {"lost": lost_plot, "best": best_plot}


def _plot(
    name: str, title: Any, about: Any, rows: Sequence[Told], *, more_is: Literal["good", "bad"] = "bad"
) -> Plot | None:
    drawn = rows[:MOST_DRAWN]
    if not drawn:
        return None
    compared = [
        {"name": row.name, "ratio": row.finding.ratio, "low": row.finding.low, "high": row.finding.high}
        for row in drawn
    ]
    labels = {"trait": _("Trait"), "times_as_often": _("times as often"), "low": _("from"), "high": _("to")}
    return Plot(
        name=name,
        title=title,
        about=about,
        draw=lambda width: insight.charts.forest(
            compared,
            labels=wording.chart_labels(**labels),
            more_is=more_is,
            names_px=NAMES_PX if width > 2 * NAMES_PX else NARROW_NAMES_PX,
        ),
        columns=COLUMNS,
        rows=[tuple(_finite(row[key]) for key in ("name", "ratio", "low", "high")) for row in compared],
        height=FRAME_PX + ROW_PX * len(drawn),
        full=True,
    )


def _finite(value: Any) -> Any:
    return None if value == float("inf") else round(value, 2) if isinstance(value, float) else value
