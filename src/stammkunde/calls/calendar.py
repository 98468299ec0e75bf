"""
Someone's tasks as a calendar file (RFC 5545). Pure.

A line ends with CR LF and is at most 75 octets long; a longer one goes on after a line break and a space. Moments are
written in UTC, so that no time zone has to be explained; what has a day only is an entry for the whole day.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LONGEST_LINE = 75  # octets
NAME = "Stammkunde"


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
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{NAME}//Calls//DE",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(title)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        *(line for entry in entries for line in _event(entry)),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded(line)}\r\n" for line in lines)


def _event(entry: Entry) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{escaped(entry.uid)}"
    yield f"DTSTAMP:{_moment(entry.changed_at)}"
    if entry.at is None:
        yield f"DTSTART;VALUE=DATE:{entry.on:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{entry.on + timedelta(days=1):%Y%m%d}"
        yield "TRANSP:TRANSPARENT"
    else:
        yield f"DTSTART:{_moment(entry.at)}"
        yield f"DTEND:{_moment(entry.at + timedelta(minutes=entry.minutes))}"
    yield f"SUMMARY:{escaped(entry.title)}"
    if entry.note:
        yield f"DESCRIPTION:{escaped(entry.note)}"
    if entry.url:
        yield f"URL:{entry.url}"
    if entry.is_urgent:
        yield "PRIORITY:1"
    yield "END:VEVENT"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """Write a text so that it stays one: marks of the format get a backslash, line breaks become one; others vanish."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\\", "\\\\").replace("\n", "\\n")
    text = text.replace(";", "\\;").replace(",", "\\,")
    return "".join(sign for sign in text if (sign >= " " and sign != "\x7f") or sign == "\t")


def folded(line: str) -> str:
    """Break a line after at most 75 octets, and never within a character."""
    parts, part, size = [], "", 0
    for sign in line:
        width = len(sign.encode())
        if size + width > LONGEST_LINE:
            parts.append(part)
            part, size = " ", 1
        part, size = part + sign, size + width
    return "\r\n".join([*parts, part])
