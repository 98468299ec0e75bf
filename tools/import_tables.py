"""
Write into `docs/guide/import.md` what other programs' files are known, and every column of our own tables.

    python tools/import_tables.py
"""

import os
from pathlib import Path

import django
from django.apps import apps

if not apps.ready:  # the tests have set up Django already
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stammkunde.settings")
    django.setup()

from stammkunde.intake.layouts import foreign, own
from stammkunde.store.layouts import Layout

GUIDE = Path(__file__).parents[1] / "docs/guide/import.md"
BEGIN = "<!-- tables: written by `python tools/import_tables.py` -->\n\n"
PROGRAMS, PROGRAMS_END = "<!-- programs: written by `python tools/import_tables.py` -->\n\n", "\n<!-- /programs -->\n"
_REFUSED = {
    "payments": "refused: payments, not orders",
    "settlement": "refused: a settlement, without buyers",
    "bookings": "refused: entries of a journal, not orders",
}

_TYPES = {
    "text": "text", "phone": "phone number", "key": "number or code", "email": "e-mail address", "number": "number",
    "money": "amount", "moment": "day, with or without time", "day": "day", "currency": "currency", "choice": "",
}  # fmt: skip


def tables() -> str:
    """Write one Markdown table for each of our own tables."""
    return "\n".join(_table(layout) for layout in own())


def programs() -> str:
    """Write a Markdown table of what other programs write, with three of the headings that tell it."""
    rows = [
        f"| {one.en} | {', '.join(f'`{mark}`' for mark in one.marks[:3])} | {_fills(one)} | {_origin(one)} |"
        for one in sorted(foreign(), key=lambda one: one.en.casefold())
    ]
    return "\n".join(["| File | told by headings such as | fills | origin |", "|---|---|---|---|", *rows, ""])


def _origin(one: Layout) -> str:
    return "–" if one.refused else f"`{one.options['origin']}`"


def _fills(one: Layout) -> str:
    return _REFUSED[one.refused] if one.refused else ", ".join(table.name.replace("_", " ") for table in one.tables)


def _table(layout: Layout) -> str:
    lines = [
        f"### {layout.en} ({layout.de})",
        "",
        "| German | English | holds | also recognised |",
        "|---|---|---|---|",
    ]
    needed = {*layout.required, *(name for group in layout.one_of for name in group)}
    for one in layout.fields:
        mark = "**" if one.name in needed else ""
        holds = ", ".join(f"`{word}`" for word in one.choices) or _TYPES[one.type]
        lines.append(f"| {mark}{one.de}{mark} | {mark}{one.en}{mark} | {holds} | {', '.join(one.also[:6])} |")
    if layout.one_of:
        lines += ["", "Of the bold amounts or names that are alike, one is enough."]
    return "\n".join([*lines, ""])


def whole(guide: str) -> str:
    """Give the guide with the tables as they are now."""
    first, rest = guide.split(PROGRAMS)
    guide = first + PROGRAMS + programs() + PROGRAMS_END + rest.partition(PROGRAMS_END)[2]
    return guide[: guide.index(BEGIN)] + BEGIN + tables().rstrip("\n") + "\n"


if __name__ == "__main__":
    GUIDE.write_text(whole(GUIDE.read_text(encoding="utf-8")), encoding="utf-8")
