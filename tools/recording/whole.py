"""The whole recording, in its order: the company, its story, then everything that can be looked at."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from recording import addresses, aliases, answers, asks, schema, tables, takes
from recording.commands import command
from recording.fixed import LAST_DAY
from recording.post import Post
from recording.story import Story
from recording.visits import Ask, Found, Reader, named

CUSTOMERS = 400
SEED = 8
ROLES = ("administrator", "management", "sales", "marketing", "service", "analyst")
# Who reads which language: the translation does not depend on the role, so two people read the second one.
READERS = {"de": ROLES, "en": ("administrator", "service")}


def record(out: Path, *, only: str = "") -> None:
    command("demo", "--customers", str(CUSTOMERS), "--seed", str(SEED), "--until", LAST_DAY)
    staff = _staff()
    write_schema(out)
    (out / "urls.txt").write_text(addresses.text())
    (out / "openapi.json").write_text(_openapi())
    story = _story(staff)
    _write_kept(out)
    _write_said(out, story)
    sources = write_pages(out, staff, only=only)
    _write_portal(out, story, sources)
    _write_exports(out, staff)


def migrate() -> None:
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)


def write_schema(out: Path) -> None:
    name = {"postgresql": "postgres"}.get(connection.vendor, connection.vendor)
    (out / f"schema-{name}.sql").write_text(getattr(schema, name)(connection))


def _staff() -> dict[str, Any]:
    """Give one person of each role: those of the demo company, and two of our own."""
    for name, role in (("Ada", "administrator"), ("Anna", "analyst")):
        command("staff", "add", f"{name.lower()}@recorded.example", "--name", f"{name} Recorded", "--role", role)
    every = aliases.model("Staff").objects.order_by("pk")
    return {role: every.filter(role=role).first() for role in ROLES}


def _openapi() -> str:
    return answers.pretty(Client(SERVER_NAME="localhost").get(reverse("api:openapi-json")).content)


def _story(staff: dict[str, Any]) -> Any:
    post = Post()
    post.open()
    story = Story(staff, post)
    story.tell()
    logging.disable(logging.ERROR)  # pages that are refused are part of the recording
    return story


def _write_kept(out: Path) -> None:
    (out / "figures.txt").write_text(tables.figures())
    (out / "signals.txt").write_text(tables.signals())
    (out / "rows.txt").write_text(tables.every())


def _write_said(out: Path, story: Any) -> None:
    takes.write_post(out, story.post.told())
    takes.write_api(out, story.tokens)
    (out / "commands.txt").write_text("".join(story.said))


def write_pages(out: Path, staff: dict[str, Any], *, only: str = "") -> list[str]:
    """
    Open every page in every role and language; return the sources that the first reader saw.

    Queries are not counted for the first: whether an answer is kept already would depend on the order of pages.
    """
    known = [one for one in asks.every() if one.title.startswith(only)]
    sources, found, counts = list[str](), list[Ask](), list[str]()
    for language, who, reader in _readers(out / "pages", staff):
        said = [reader.read(one) for one in known]
        if sources:
            counts += [f"{title}  {who} {language}  {count}" for title, count in reader.queries.items()]
        else:
            follow = Found(known)
            found = [] if only else [ask for source in said for ask in follow.new(source)]
            sources = said
        if who == ROLES[0]:
            sources += [reader.read(one) for one in found]
    (out / "queries.txt").write_text("".join(f"{line}\n" for line in sorted(counts)))
    return sources


def _readers(folder: Path, staff: dict[str, Any]) -> Iterator[tuple[str, str, Reader]]:
    for language, roles in READERS.items():
        for role in roles:
            yield language, role, Reader(folder, language=language, who=role, staff=staff[role])


def _write_portal(out: Path, story: Any, sources: list[str]) -> None:
    """Open what needs no signing in: customers' links, a calendar, and the way in."""
    calendars = sorted(set(re.findall(r"/calls/calendar/[^\"\s<]+\.ics", "\n".join(sources))))
    wanted = [*takes.portal(story.links), *(Ask(name="calendar-feed", path=path) for path in calendars[:1])]
    wanted += [Ask(name="missing", path="/missing/"), *filter(None, map(named, ("sign-in", "health", "overview")))]
    for language in READERS:
        reader, follow = Reader(out / "pages", language=language, who="nobody"), Found(wanted)
        said = [reader.read(one) for one in wanted]
        for ask in [ask for source in said for ask in follow.new(source)]:
            reader.read(ask)


def _write_exports(out: Path, staff: dict[str, Any]) -> None:
    pages = "\n".join(path.read_text() for path in sorted((out / "pages/de/administrator").glob("*.txt")))
    for _language, _who, reader in _readers(out / "exports", staff):
        for one in takes.every(pages):
            reader.read(one)
