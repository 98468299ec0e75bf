"""
Write every column of our own tables into `docs/guide/import.md`, below the line that names this tool.

    python tools/import_tables.py
"""

import os
from pathlib import Path

import django
from django.apps import apps

if not apps.ready:  # the tests have set up Django already
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stammkunde.settings")
    django.setup()

from stammkunde.intake.layouts import own
from stammkunde.store.layouts import Layout

GUIDE = Path(__file__).parents[1] / "docs/guide/import.md"
BEGIN = "<!-- tables: written by `python tools/import_tables.py` -->\n\n"

_TYPES = {
    "text": "text", "key": "number or code", "email": "e-mail address", "number": "number", "money": "amount",
    "moment": "day, with or without time", "day": "day", "currency": "currency", "choice": "",
}  # fmt: skip


def tables() -> str:
    """Write one Markdown table for each of our own tables."""
    return "\n".join(_table(layout) for layout in own())


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
    return guide[: guide.index(BEGIN)] + BEGIN + tables().rstrip("\n") + "\n"


if __name__ == "__main__":
    GUIDE.write_text(whole(GUIDE.read_text(encoding="utf-8")), encoding="utf-8")
