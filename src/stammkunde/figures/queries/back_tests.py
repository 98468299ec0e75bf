"""The charts of a back-test: whether probabilities meant it, and how much better than chance they are."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from stammkunde import insight
from stammkunde.figures import wording
from stammkunde.figures.plots import Plot
from stammkunde.signals import proof
from stammkunde.signals.models import Generation
from stammkunde.signals.proof import BackTest
from stammkunde.ui.tables import Column

PLOT_HEIGHT = 280


def plots(tried: BackTest) -> list[Plot]:
    """Make the charts of one back-test that have something to show."""
    return [plot for make in PLOTS.values() if (plot := make(tried)) is not None]


def calibration(tried: BackTest) -> Plot | None:
    """Draw whether probabilities meant it."""
    if not tried.calibration:
        return None
    return Plot(
        name="calibration",
        title=_("Do the probabilities hold?"),
        about=_("Each point is a group of customers: what was said of them, and how many left. Best is on the line."),
        draw=lambda _width: insight.charts.calibration(tried.calibration, labels=_labels()),
        columns=[
            Column(label=_("Probability said"), unit="share"),
            Column(label=_("Share that left"), unit="share"),
            Column(label=_("Customers"), unit="number"),
        ],
        rows=[(one.expected, one.left, one.customers) for one in tried.calibration],
        height=PLOT_HEIGHT,
    )


def lift(tried: BackTest) -> Plot | None:
    """Draw how much more often those with the highest risk left than everybody: what the model alone can do."""
    if not tried.gains:
        return None
    return Plot(
        name="lift",
        title=_("How much better than chance?"),
        about=_("How many times as often those with the highest risk left as all customers on average; 1 is chance."),
        draw=lambda _width: insight.charts.lift(tried.gains, labels=_labels()),
        columns=[
            Column(label=_("Customers, highest risk first"), unit="share"),
            Column(label=_("Of those who left, found"), unit="share"),
            Column(label=_("Times as often as everybody"), unit="times"),
        ],
        rows=[(one.share, one.reached, one.lift) for one in tried.gains],
        height=PLOT_HEIGHT,
    )


def _labels() -> dict[str, str]:
    return wording.chart_labels(customers=_("Customers"))


PLOTS: dict[str, Callable[[BackTest], Plot | None]] = {"calibration": calibration, "lift": lift}


def plot(name: str, *, generation: Generation | None, as_of: str) -> Plot | None:
    """Make the chart of that name for a past day; None where there is nothing to draw."""
    tried = next((one for one in proof.back_tests(generation) if one.as_of.isoformat() == as_of), None)
    return PLOTS[name](tried) if tried and name in PLOTS else None
