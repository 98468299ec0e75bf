"""Which words people got: each message that left says of which template they were, and since when that stood so."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min
from django.utils.dateparse import parse_datetime

from stammkunde.outreach.models import Message, Template
from stammkunde.plays.costing import LEFT
from stammkunde.plays.models import Play

MOST = 20  # words of one play that are told
_SAID = {"template": "content__worded__template", "since": "content__worded__since"}


def tell(play: Play | None) -> list[dict[str, Any]]:
    """Tell by template, and by each wording that it had, how many messages left and from when to when."""
    if play is None:
        return []
    left = Message.objects.filter(origin=play.origin, state__in=LEFT, handed_over_at__isnull=False)
    told = left.filter(content__has_key="worded").order_by().values_list(*_SAID.values(), "channel")
    counted = told.annotate(Count("pk"), Min("handed_over_at"), Max("handed_over_at"), Max("pk"))
    rows = [dict(zip((*_SAID, "channel", "n", "first", "last", "example"), row, strict=True)) for row in counted]
    rows.sort(key=lambda row: (row["first"], row["example"]))
    return [row | {name: row[name].isoformat() for name in ("first", "last")} for row in rows[:MOST]]


def shown(told: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give each with its template, and whether that still says the same; None: it is gone."""
    known = Template.objects.in_bulk([row["template"] for row in told])
    for row in told:
        template, since = known.get(row["template"]), _moment(row["since"])
        moments = {name: _moment(row[name]) for name in ("first", "last")}
        is_same = template is not None and template.changed_at == since
        yield {**row, **moments, "template": template, "since": since, "is_same": is_same}


def _moment(text: str) -> datetime | None:
    return parse_datetime(text)
