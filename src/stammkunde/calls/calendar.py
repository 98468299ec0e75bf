"""
Someone's tasks as a calendar to subscribe to. Pure.

Moments are written in UTC, so that no time zone has to be explained; what has a day only is an entry for the whole day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import icalendar

NAME = "Stammkunde"
_NO_TEXT = {code: None for code in (*range(32), 127) if chr(code) not in "\t\n"}  # signs that no text may hold


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Something to do on a day, or at a moment for so many minutes."""

    uid: str
    title: str
    on: date
    changed_at: datetime
    at: datetime | None = None
    minutes: int = 15
    note: str = ""
    url: str = ""
    is_urgent: bool = False


def write(entries: Iterable[Entry], *, title: str) -> str:
    """Write a calendar of entries."""
    calendar = icalendar.Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", f"-//{NAME}//Calls//DE")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", icalendar.vText(_text(title)))
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(_event(entry))
    return str(calendar.to_ical(), "utf-8")


def _event(entry: Entry) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    if entry.at is None:
        event.add("dtstart", entry.on)
        event.add("dtend", entry.on + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    else:
        event.add("dtstart", entry.at.astimezone(UTC))
        event.add("dtend", entry.at.astimezone(UTC) + timedelta(minutes=entry.minutes))
    event.add("summary", _text(entry.title))
    if entry.note:
        event.add("description", _text(entry.note))
    if entry.url:
        event.add("url", entry.url)
    if entry.is_urgent:
        event.add("priority", 1)
    return event


def _text(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_NO_TEXT)
