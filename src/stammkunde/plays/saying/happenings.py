"""Facts and days in a sentence: what a play waits for, what begins it, and what it is for."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stammkunde.plays.contents import Dated, Enters, Happened, Happening
from stammkunde.plays.saying.names import Names
from stammkunde.store import facts
from stammkunde.store.facts import NotDeclared
from stammkunde.ui import writing

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


NOBODY = Names()


@dataclass(frozen=True, kw_only=True)
class Verb:
    """What happens with rows of a table, as sentences need it."""

    goal: "_StrPromise | str"
    until: "_StrPromise | str"
    not_yet: "_StrPromise | str"
    each: "_StrPromise | str"


VERBS = {
    "orders": Verb(
        goal=gettext_lazy("the customer buys"),
        until=gettext_lazy("until there is a purchase"),
        not_yet=gettext_lazy("if nothing was bought"),
        each=gettext_lazy("With each purchase"),
    ),
    "contacts": Verb(
        goal=gettext_lazy("the customer is in contact with us"),
        until=gettext_lazy("until there is a contact"),
        not_yet=gettext_lazy("if there was no contact"),
        each=gettext_lazy("With each contact"),
    ),
    "tasks": Verb(
        goal=gettext_lazy("a task for the customer is finished"),
        until=gettext_lazy("until a task for the customer is finished"),
        not_yet=gettext_lazy("if no task was finished"),
        each=gettext_lazy("With each finished task"),
    ),
}
DAYS = {
    ("contact_persons", "birthday_on"): gettext_lazy("birthday of a contact person"),
    ("customers", "since_on"): gettext_lazy("day on which somebody became a customer"),
    ("orders", "delivered_on"): gettext_lazy("delivery of an order"),
    ("orders", "promised_on"): gettext_lazy("promised delivery of an order"),
    ("orders", "ordered_on"): gettext_lazy("purchase"),
}
# The same days, as they stand after “3 days before”
BESIDE = {
    ("contact_persons", "birthday_on"): gettext_lazy("the birthday of a contact person"),
    ("customers", "since_on"): gettext_lazy("the day on which somebody became a customer"),
    ("orders", "delivered_on"): gettext_lazy("the delivery of an order"),
    ("orders", "promised_on"): gettext_lazy("the promised delivery of an order"),
    ("orders", "ordered_on"): gettext_lazy("a purchase"),
}


def goal(what: Happening, names: Names) -> str:
    """Say what the play is for: “buys”."""
    return _with(str(named(what.table, names).goal), what, names)


def until(what: Happening, names: Names) -> str:
    """Say what is waited for: “until there is a purchase”."""
    return _with(str(named(what.table, names).until), what, names)


def not_yet(what: Happening, names: Names) -> str:
    """Say that it has not happened; with conditions only that the goal is not reached."""
    return _("if the goal is not reached") if what.where else str(named(what.table, names).not_yet)


def each(table: str, names: Names = NOBODY) -> str:
    """Say what begins something: “With each purchase”."""
    return str(named(table, names).each)


def dated(trigger: Dated, names: Names) -> str:
    """Say on which day it begins: “Every year 7 days before the birthday of a contact person”."""
    when = _offset(trigger, names)
    return _("Every year %(when)s") % {"when": when} if trigger.yearly else when[:1].upper() + when[1:]


def beginning(trigger: Happened | Dated) -> str:
    """Name what began it for one customer: “purchase”."""
    if isinstance(trigger, Dated):
        return _day(trigger)
    table = facts.every().get(trigger.table)
    return str(DAYS.get((trigger.table, table.month_of if table else ""), label(trigger.table)))


def label(table: str, names: Names = NOBODY) -> str:
    """Name a table as people do."""
    try:
        return str(facts.table(table).label)
    except NotDeclared:
        return names.tables.get(table) or _("something unknown here")


def begun(trigger: Enters | Happened | Dated) -> str:
    """Name what begins something, of which there may be no other words: a table, or a day of it."""
    if isinstance(trigger, Dated):
        return _day(trigger)
    return each(trigger.table) if isinstance(trigger, Happened) else ""


def named(table: str, names: Names = NOBODY) -> Verb:
    """Give the words for what happens with rows of a table."""
    return VERBS.get(table) or _of_entries(label(table, names))


def _of_entries(said: str) -> Verb:
    return Verb(
        goal=_("there is an entry under “%(label)s”") % {"label": said},
        until=_("until there is an entry under “%(label)s”") % {"label": said},
        not_yet=_("if there was no entry under “%(label)s”") % {"label": said},
        each=_("With each entry under “%(label)s”") % {"label": said},
    )


def _with(said: str, what: Happening, names: Names) -> str:
    return f"{said} ({names.where(what.table, what.where)})" if what.where else said


def _offset(trigger: Dated, names: Names) -> str:
    beside = BESIDE.get((trigger.table, trigger.column)) if trigger.offset_days else None
    days = _days_off(trigger.offset_days)
    return f"{days} {beside}" if beside else f"{days}: {_day(trigger, names)}"


def _days_off(days: int) -> str:
    number = writing.number(abs(days))
    if days < 0:
        return ngettext("%(n)s day before", "%(n)s days before", -days) % {"n": number}
    if days > 0:
        return ngettext("%(n)s day after", "%(n)s days after", days) % {"n": number}
    return _("on the day")


def _day(trigger: Dated, names: Names = NOBODY) -> str:
    known = DAYS.get((trigger.table, trigger.column)) or names.tables.get(trigger.table)
    return str(known) if known else f"{label(trigger.table)}, {_column(trigger)}"


def _column(trigger: Dated) -> str:
    try:
        found = facts.table(trigger.table).model._meta.get_field(trigger.column)  # noqa: SLF001
    except (NotDeclared, FieldDoesNotExist):
        return _("a day unknown here")
    return str(getattr(found, "verbose_name", ""))


def days(number: int) -> str:
    """Write a number of days."""
    return ngettext("%(n)s day", "%(n)s days", number) % {"n": writing.number(number)}
