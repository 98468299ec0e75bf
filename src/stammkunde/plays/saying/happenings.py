"""Facts and days in a sentence: what a play waits for, what begins it, and what it is for."""

from typing import TYPE_CHECKING

from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stammkunde.plays.contents import Dated, Enters, Happened, Happening
from stammkunde.plays.saying import kinds
from stammkunde.plays.saying.kinds import EACH, Verb
from stammkunde.plays.saying.names import Names
from stammkunde.store import facts
from stammkunde.store.facts import NotDeclared
from stammkunde.ui import writing

if TYPE_CHECKING:
    pass


NOBODY = Names()


DAYS = {
    ("contact_persons", "birthday_on"): gettext_lazy("birthday of a contact person"),
    ("customers", "since_on"): gettext_lazy("day on which somebody became a customer"),
    ("orders", "delivered_on"): gettext_lazy("delivery of an order"),
    ("orders", "promised_on"): gettext_lazy("promised delivery of an order"),
    ("orders", "ordered_on"): gettext_lazy("purchase"),
}
BEGINS = {"complaints": gettext_lazy("complaint")}  # what is no day
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
    return _with("goal", what, names)


def until(what: Happening, names: Names) -> str:
    """Say what is waited for: “until there is a purchase”."""
    return _with("until", what, names)


def once(what: Happening, names: Names) -> str:
    """Say what ends it: “as soon as there is a purchase”."""
    return _with("once", what, names)


def not_yet(what: Happening, names: Names) -> str:
    """Say that it has not happened; with conditions only that the goal is not reached."""
    verb, is_whole = _named(what, names)
    return str(verb.not_yet) if is_whole else _("if the goal is not reached")


def each(table: str, names: Names = NOBODY) -> str:
    """Say what begins something: “With each purchase”."""
    return str(EACH.get(table) or _("With each entry under “%(label)s”") % {"label": label(table, names)})


def dated(trigger: Dated, names: Names) -> str:
    """Say on which day it begins: “Every year 7 days before the birthday of a contact person”."""
    when = _offset(trigger, names)
    return _("Every year %(when)s") % {"when": when} if trigger.yearly else when[:1].upper() + when[1:]


def beginning(trigger: Happened | Dated) -> str:
    """Name what began it for one customer: “purchase”."""
    if isinstance(trigger, Dated):
        return _day(trigger)
    if trigger.table in BEGINS:
        return str(BEGINS[trigger.table])
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


def _with(form: str, what: Happening, names: Names) -> str:
    verb, is_whole = _named(what, names)
    said = str(getattr(verb, form))
    return said if is_whole else f"{said} ({names.where(what.table, what.where)})"


def _named(what: Happening, names: Names) -> tuple[Verb, bool]:
    """Give the words for something that happens, and whether they say all of it."""
    verb, is_whole = kinds.found(what)
    if verb:
        return verb, is_whole
    return kinds.of_entries(_called(what, names), same=what.same), not what.where


def _called(what: Happening, names: Names) -> str:
    """Name what gets entries: a table, or a day of it."""
    return _day(Dated(table=what.table, column=what.column), names) if what.column else label(what.table, names)


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
