"""How charts look: by day and by night, in the colours of the pages."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Palette:
    """Colours of one look; calm, told apart by the colour-blind, 4.5:1 on the surface for all that is read."""

    surface: str
    text: str
    muted: str
    line: str
    faint: str
    accent: str
    pale: str  # the accent, where another mark stands before it
    blue: str
    violet: str
    warning: str

    @property
    def series(self) -> list[str]:
        """Give the colours in which lines are told apart."""
        return [self.accent, self.blue, self.violet, self.warning, self.muted]


LIGHT = Palette(
    surface="#ffffff",
    text="#1d1d1b",
    muted="#63625d",
    line="#e6e5e0",
    faint="#eef4f2",
    accent="#0f6e64",
    pale="#b5d3ce",
    blue="#2b5fa8",
    violet="#68519e",
    warning="#8a5300",
)
DARK = Palette(
    surface="#1b1c1f",
    text="#ebebe9",
    muted="#a2a39f",
    line="#2c2e33",
    faint="#1f2a2a",
    accent="#5cc4b4",
    pale="#2d5650",
    blue="#8cb4ea",
    violet="#b7a4e6",
    warning="#e2ae5c",
)
FONT = "system-ui, -apple-system, Segoe UI, Roboto, Helvetica Neue, Liberation Sans, Arial, sans-serif"


def config(palette: Palette) -> dict[str, Any]:
    """
    Describe a look for Vega-Lite.

    Args:
        palette: its colours.

    Returns:
        the value of `config` in a specification.
    """
    small = {"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "titleColor": palette.muted}
    lines = {"gridColor": palette.line, "domainColor": palette.line, "tickColor": palette.line}
    ramp = [palette.surface, palette.accent]
    return {
        "background": palette.surface,
        "padding": {"left": 4, "top": 4, "right": 16, "bottom": 4},  # the last name of a period needs room
        "font": FONT,
        "title": {"anchor": "start", "color": palette.text, "fontSize": 15, "fontWeight": 600, "offset": 12},
        "view": {"stroke": None},
        "axis": small | lines | {"labelColor": palette.muted, "ticks": False, "labelPadding": 6},
        "axisX": {"grid": False},
        "axisY": {"domain": False},
        "legend": small | {"labelColor": palette.text, "orient": "top"},
        "text": {"color": palette.text, "fontSize": 12},
        "rule": {"color": palette.muted},
        "line": {"color": palette.accent, "strokeWidth": 2},
        "area": {"color": palette.accent},
        "bar": {"color": palette.accent, "cornerRadiusEnd": 2},
        "circle": {"color": palette.accent},
        "point": {"color": palette.accent, "filled": True},
        "range": {"category": palette.series, "heatmap": ramp, "ramp": ramp},
    }


def parameters(palette: Palette) -> list[dict[str, str]]:
    """
    Give the colours as parameters of Vega-Lite, by which marks name them.

    Args:
        palette: the colours.

    Returns:
        the value of `params` in a specification.
    """
    return [{"name": name, "value": value} for name, value in asdict(palette).items()]
