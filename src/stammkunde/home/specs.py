"""
The specifications of the charts: marks and data, bare of theme and width (`plots.dressed` adds these).

Numbers arrive in the unit in which they are shown (euro, shares), labels already worded. A colour is a name with an @.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from stammkunde.home.charts import Spec

COLUMNS_WIDTH = 440  # what the columns of a chart share between them
SHARE, MONEY, COUNT = ".1%", "$,.0f", ",.0f"
READABLE = "contrast(scale('color', datum.share), '#ffffff') > contrast(scale('color', datum.share), '#1d1d1b')"


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
        "axis": {"title": None, "labelAngle": 0, "labelOverlap": "parity", "labelSeparation": 8},
        "scale": {"type": "point", "padding": 0.3},
    }
    y = {
        "field": "share",
        "type": "quantitative",
        "axis": {"title": None, "format": "~%", "tickCount": 5},
        "scale": {"zero": False, "nice": True, "padding": 22},
    }
    tips = [
        tip("period", _("Period")),
        tip("share", _("Retention rate"), kind="quantitative", form=SHARE),
        tip("stayed", _("Stayed"), kind="quantitative", form=COUNT),
        tip("start", _("Customers at the start"), kind="quantitative", form=COUNT),
    ]
    is_chosen = {"test": {"field": "period", "equal": chosen}}
    is_running = {"test": "datum.running"}
    return {
        "data": {"values": list(rows)},
        "encoding": {"x": x, "y": y, "tooltip": tips},
        "layer": [
            {"mark": {"type": "line"}},
            {
                "mark": {"type": "point", "strokeWidth": 2, "opacity": 1, "stroke": "@accent"},
                "encoding": {
                    "size": {"condition": is_chosen | {"value": 130}, "value": 45},
                    "fill": {"condition": is_running | {"value": "@surface"}, "value": "@accent"},
                },
            },
            *_label(rows, chosen=chosen),
            _hover(tips, columns=len(rows)),
        ],
    }


def _label(rows: Sequence[dict[str, Any]], *, chosen: str) -> list[Spec]:
    """Write the chosen period's share beside its point, where there is no line: below a low, else above."""
    at = next((place for place, row in enumerate(rows) if row["period"] == chosen), None)
    if at is None:
        return []
    around = [rows[near]["share"] for near in (at - 1, at + 1) if 0 <= near < len(rows)]
    is_low = bool(around) and all(share > rows[at]["share"] for share in around)
    return [
        {
            "transform": [{"filter": {"field": "period", "equal": chosen}}],
            "mark": {"type": "text", "dy": 18 if is_low else -16, "fontWeight": 600, "fontSize": 13},
            "encoding": {"text": {"field": "share", "type": "quantitative", "format": SHARE}},
        }
    ]


def _hover(tips: list[Spec], *, columns: int) -> Spec:
    """Let the whole column answer to the pointer, not only the few pixels of a point."""
    return {
        "mark": {"type": "rule", "strokeWidth": max(12, COLUMNS_WIDTH // max(columns, 1)), "opacity": 0},
        "encoding": {"y": {"value": 0}, "y2": {"value": "height"}, "tooltip": tips},
    }


def money(rows: Sequence[dict[str, Any]], *, shows_margin: bool) -> Spec:
    """Draw revenue by month, and the margin as the part of it that is left."""
    x = {
        "field": "month",
        "type": "ordinal",
        "sort": None,
        "axis": {"title": None, "labelAngle": 0, "labelOverlap": "parity", "labelSeparation": 8},
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
                    "opacity": {"condition": {"test": "datum.running", "value": 0.55}, "value": 1},
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


def cohorts(rows: Sequence[dict[str, Any]], *, ages: str, written: bool) -> Spec:
    """Draw cohorts as a heat map: cohort, label, size, age, customers, share; `written`: with the numbers in it."""
    tips = [
        tip("cohort", _("First purchase")),
        tip("size", _("Customers"), kind="quantitative", form=COUNT),
        tip("age", ages),
        tip("customers", _("Bought"), kind="quantitative", form=COUNT),
        tip("share", _("Share"), kind="quantitative", form=SHARE),
    ]
    highest = max((row["share"] for row in rows), default=1) or 1
    heat = {
        "field": "share",
        "type": "quantitative",
        "scale": {"domain": [0, highest], "range": ["@faint", "@accent"]},
        "legend": None,
    }
    numbers = {
        "mark": {"type": "text", "fontSize": 11},
        "encoding": {
            "text": {"field": "hundredths", "type": "quantitative", "format": ".0f"},
            "color": {"condition": {"test": READABLE, "value": "#ffffff"}, "value": "#1d1d1b"},
        },
    }
    squares = {"mark": {"type": "rect", "cornerRadius": 3}, "encoding": {"color": heat}}
    return {
        "data": {"values": [row | {"hundredths": row["share"] * 100} for row in rows]},
        "encoding": {
            "x": {
                "field": "age",
                "type": "ordinal",
                "axis": {"title": ages, "labelAngle": 0, "orient": "top", "domain": False},
                "scale": {"paddingInner": 0.05},
            },
            "y": {
                "field": "label",
                "type": "ordinal",
                "sort": None,
                "axis": {"title": None, "domain": False, "grid": False},
                "scale": {"paddingInner": 0.08},
            },
            "tooltip": tips,
        },
        "layer": [squares, numbers] if written else [squares],
    }


def abc(rows: Sequence[dict[str, Any]], *, basis: str) -> Spec:
    """Draw the curve "so much of the customers bring so much of the value", with the borders of the classes."""
    bands = _bands(rows)
    tips = [
        tip("members_share", _("Share of the customers"), kind="quantitative", form=SHARE),
        tip("value_share", basis, kind="quantitative", form=SHARE),
        tip("abc_class", _("Class")),
    ]
    x = {
        "field": "members_share",
        "type": "quantitative",
        "axis": {"title": _("Share of the customers"), "format": "~%", "tickCount": 5},
        "scale": {"domain": [0, 1]},
    }
    y = {
        "field": "value_share",
        "type": "quantitative",
        "axis": {"title": None, "format": "~%", "tickCount": 5},
        "scale": {"domain": [0, 1.0]},
    }
    curve = {"data": {"values": [{"members_share": 0, "value_share": 0, "abc_class": "A"}, *rows]}}
    borders = {"data": {"values": bands[:-1]}}
    return {
        "layer": [
            curve | {"mark": {"type": "area", "opacity": 0.14}, "encoding": {"x": x, "y": y}},
            borders
            | {
                "mark": {"type": "rule", "strokeDash": [3, 3], "color": "@muted"},
                "encoding": {"x": {"field": "end", "type": "quantitative"}},
            },
            curve | {"mark": {"type": "line", "strokeWidth": 2.5}, "encoding": {"x": x, "y": y}},
            {
                "data": {"values": bands},
                "mark": {
                    "type": "text",
                    "fontSize": 14,
                    "fontWeight": 600,
                    "color": "@muted",
                    "baseline": "bottom",
                    "dy": -6,
                },
                "encoding": {
                    "x": {"field": "middle", "type": "quantitative"},
                    "y": {"datum": 0},
                    "text": {"field": "abc_class"},
                },
            },
            curve
            | {
                "mark": {"type": "point", "size": 260, "opacity": 0},
                "encoding": {"x": x, "y": y, "tooltip": tips},
            },
        ],
    }


def _bands(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Tell from where to where each class reaches."""
    ends = {row["abc_class"]: row["members_share"] for row in rows}
    bands, start = [], 0.0
    for name in sorted(ends):
        bands.append({"abc_class": name, "end": ends[name], "middle": (start + ends[name]) / 2})
        start = ends[name]
    return bands
