"""
The specifications of the charts: marks and data, bare of theme and width (`plots.dressed` adds these).

Numbers arrive in the unit in which they are shown (euro, shares), labels already worded. A colour is a name with an @.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from stammkunde.home.charts import Spec

SHARE, MONEY, COUNT = ".1%", "$,.0f", ",.0f"


def tip(field: str, title: str, *, kind: str = "nominal", form: str = "") -> Spec:
    """Describe one line of the values under the pointer."""
    line: Spec = {"field": field, "title": str(title), "type": kind}
    return line | {"format": form} if form else line


def retention(rows: Sequence[dict[str, Any]], *, chosen: str) -> Spec:
    """Draw retention over time: period, share, stayed, start; the chosen period stands out, a running one is hollow."""
    x = {
        "field": "period",
        "type": "ordinal",
        "sort": None,
        "axis": {"title": None, "labelAngle": 0, "labelOverlap": "greedy", "labelSeparation": 8},
        "scale": {"type": "point", "padding": 0.3},
    }
    y = {
        "field": "share",
        "type": "quantitative",
        "axis": {"title": None, "format": "~%", "tickCount": 5},
        "scale": {"zero": False, "nice": True, "padding": 12},
    }
    tips = [
        tip("period", _("Period")),
        tip("share", _("Retention rate"), kind="quantitative", form=SHARE),
        tip("stayed", _("Stayed"), kind="quantitative", form=COUNT),
        tip("start", _("Customers at the start"), kind="quantitative", form=COUNT),
    ]
    is_chosen = {"test": {"field": "period", "equal": chosen}}
    return {
        "data": {"values": list(rows)},
        "encoding": {"x": x, "y": y, "tooltip": tips},
        "layer": [
            {"mark": {"type": "line"}},
            {
                "mark": {"type": "point", "strokeWidth": 2},
                "encoding": {
                    "size": {"condition": is_chosen | {"value": 130}, "value": 45},
                    "fillOpacity": {"condition": {"test": "datum.running", "value": 0}, "value": 1},
                    "strokeOpacity": {"value": 1},
                },
            },
            {
                "transform": [{"filter": {"field": "period", "equal": chosen}}],
                "mark": {"type": "text", "dy": -14, "fontWeight": 600, "clip": False},
                "encoding": {"text": {"field": "share", "type": "quantitative", "format": SHARE}},
            },
            _hover(tips),
        ],
    }


def _hover(tips: list[Spec]) -> Spec:
    """Let the whole column answer to the pointer, not only the few pixels of a point."""
    return {"mark": {"type": "rule", "strokeWidth": 24, "opacity": 0}, "encoding": {"y": None, "tooltip": tips}}


def money(rows: Sequence[dict[str, Any]], *, shows_margin: bool) -> Spec:
    """Draw revenue by month, and the margin as the part of it that is left."""
    x = {
        "field": "month",
        "type": "ordinal",
        "sort": None,
        "axis": {"title": None, "labelAngle": 0, "labelOverlap": "greedy", "labelSeparation": 8},
        "scale": {"paddingInner": 0.25, "paddingOuter": 0.1},
    }
    tips = [
        tip("month", _("Month")),
        tip("revenue", _("Revenue"), kind="quantitative", form=MONEY),
        *([tip("margin", _("Contribution margin"), kind="quantitative", form=MONEY)] if shows_margin else []),
    ]
    y = {"type": "quantitative", "axis": {"title": None, "format": "$,.0f", "tickCount": 5}}
    names = [_("Revenue"), _("Contribution margin")] if shows_margin else [_("Revenue")]
    fields = ["revenue", "margin"] if shows_margin else ["revenue"]
    return {
        "data": {"values": list(rows)},
        "encoding": {"x": x, "tooltip": tips},
        "layer": [
            {
                "mark": {"type": "bar"},
                "encoding": {
                    "y": y | {"field": field},
                    "color": {
                        "datum": name,
                        "scale": {"domain": names, "range": ["@pale", "@accent"] if shows_margin else ["@accent"]},
                        "legend": {"title": None} if shows_margin else None,
                    },
                },
            }
            for field, name in zip(fields, names, strict=True)
        ],
    }
