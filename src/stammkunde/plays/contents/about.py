"""
What a measure is about where a row of facts begins it, and which other facts are about the same row.

The row itself is, on another of its days; and whatever refers to it, by what the tables of facts declare.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from stammkunde.plays.contents.parts import Content, Dated, Happening
from stammkunde.store import facts

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

CURES: "Mapping[str, _StrPromise]" = {
    "no_thing": _("No row begins this measure that something could be about. Let an order, a contact, … begin it, or "
                  "leave “same” out."),
    "begins_it": _("This is what begins the measure, and happens once. Name another day of the row, or leave “same” "
                   "out."),
    "unrelated": _("“%(table)s” is not about what begins this measure. Choose something that is, or leave “same” "
                   "out."),
}  # fmt: skip


def refused(what: Happening, content: Content) -> str:
    """Tell why something cannot be about what begins a measure, as a code; empty: it can, as far as is known here."""
    if not content.thing:
        return "no_thing"
    if what.table == content.thing:
        return "begins_it" if day(what) in (usual_day(what.table), begun_by(content)) else ""
    known = facts.every()
    if what.table not in known or content.thing not in known:
        return ""
    return "" if known[what.table].leads_to(content.thing) else "unrelated"


def begun_by(content: Content) -> str:
    """Name the day of the row that begins it."""
    trigger = content.trigger
    return trigger.column if isinstance(trigger, Dated) else usual_day(content.thing)


def counts_from_its_day(what: Happening, content: Content) -> bool:
    """
    Tell whether something counts that happened before the play began for somebody, or before she waits for it.

    An order that is delivered already is not waited for; what one talked about with a person years ago is another talk.
    """
    table = facts.every().get(content.thing)
    return what.same and table is not None and bool(table.month_of or table.happened_at)


def day(what: Happening) -> str:
    """Name the day of a row on which something happens."""
    return what.column or usual_day(what.table)


def usual_day(table: str) -> str:
    """Name the day on which a table's rows happen where nobody names another one; empty: there is none."""
    found = facts.every().get(table)
    return found.month_of if found else ""
