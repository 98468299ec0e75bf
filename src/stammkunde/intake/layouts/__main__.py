"""Write the tables of `docs/guide/import.md`: every column of our own tables."""

import sys

import django

from stammkunde.intake.layouts import Layout, own

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


if __name__ == "__main__":
    django.setup()  # tables of facts are declared by the apps
    sys.stdout.write(tables())
