"""The kinds of facts that measures wait for, aim at, begin and end with, as sentences need them."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammkunde.plays.contents import Happening

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, kw_only=True)
class Verb:
    """What happens with rows of a table, as sentences need it."""

    goal: "_StrPromise | str"
    until: "_StrPromise | str"
    not_yet: "_StrPromise | str"
    once: "_StrPromise | str"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind that is offered; `same` are the words where it must be about the row that began the measure."""

    what: Happening
    verb: Verb
    same: Verb | None = None


KINDS = {
    "orders": Kind(
        what=Happening(table="orders"),
        verb=Verb(
            goal=gettext_lazy("the customer buys"),
            until=gettext_lazy("until there is a purchase"),
            not_yet=gettext_lazy("if nothing was bought"),
            once=gettext_lazy("as soon as there is a purchase"),
        ),
    ),
    "delivered": Kind(
        what=Happening(table="orders", column="delivered_on"),
        verb=Verb(
            goal=gettext_lazy("an order is delivered"),
            until=gettext_lazy("until an order is delivered"),
            not_yet=gettext_lazy("if no order was delivered"),
            once=gettext_lazy("as soon as an order is delivered"),
        ),
        same=Verb(
            goal=gettext_lazy("this order is delivered"),
            until=gettext_lazy("until this order is delivered"),
            not_yet=gettext_lazy("if this order was not delivered"),
            once=gettext_lazy("as soon as this order is delivered"),
        ),
    ),
    "returned": Kind(
        what=Happening(table="lines", where=({"column": "kind", "is": "is", "value": "return"},)),
        verb=Verb(
            goal=gettext_lazy("the customer returns something"),
            until=gettext_lazy("until something is returned"),
            not_yet=gettext_lazy("if nothing was returned"),
            once=gettext_lazy("as soon as something is returned"),
        ),
        same=Verb(
            goal=gettext_lazy("something of this order is returned"),
            until=gettext_lazy("until something of this order is returned"),
            not_yet=gettext_lazy("if nothing of this order was returned"),
            once=gettext_lazy("as soon as something of this order is returned"),
        ),
    ),
    "contacts": Kind(
        what=Happening(table="contacts"),
        verb=Verb(
            goal=gettext_lazy("the customer is in contact with us"),
            until=gettext_lazy("until there is a contact"),
            not_yet=gettext_lazy("if there was no contact"),
            once=gettext_lazy("as soon as there is a contact"),
        ),
        same=Verb(
            goal=gettext_lazy("this contact person is in contact with us"),
            until=gettext_lazy("until there is a contact with this contact person"),
            not_yet=gettext_lazy("if there was no contact with this contact person"),
            once=gettext_lazy("as soon as there is a contact with this contact person"),
        ),
    ),
    "tasks": Kind(
        what=Happening(table="tasks"),
        verb=Verb(
            goal=gettext_lazy("a task for the customer is finished"),
            until=gettext_lazy("until a task for the customer is finished"),
            not_yet=gettext_lazy("if no task was finished"),
            once=gettext_lazy("as soon as a task for the customer is finished"),
        ),
    ),
    "settled": Kind(
        what=Happening(table="complaints", column="finished_on"),
        verb=Verb(
            goal=gettext_lazy("a complaint is settled"),
            until=gettext_lazy("until a complaint is settled"),
            not_yet=gettext_lazy("if no complaint was settled"),
            once=gettext_lazy("as soon as a complaint is settled"),
        ),
        same=Verb(
            goal=gettext_lazy("this complaint is settled"),
            until=gettext_lazy("until this complaint is settled"),
            not_yet=gettext_lazy("if this complaint was not settled"),
            once=gettext_lazy("as soon as this complaint is settled"),
        ),
    ),
}
# What begins a measure
EACH: "dict[str, _StrPromise]" = {
    "orders": gettext_lazy("With each purchase"),
    "contacts": gettext_lazy("With each contact"),
    "tasks": gettext_lazy("With each finished task"),
    "complaints": gettext_lazy("With each complaint"),
}

# Rows of a table that are about what began a measure
SAME: "dict[str, _StrPromise]" = {
    "orders": gettext_lazy("only this order"),
    "lines": gettext_lazy("only of this order"),
    "contacts": gettext_lazy("only with this contact person"),
    "contact_persons": gettext_lazy("only this contact person"),
    "complaints": gettext_lazy("only this complaint"),
}


def words_for_same() -> dict[str, str]:
    """Say of which rows of each table it is true that they are about what began a measure."""
    return {name: str(words) for name, words in SAME.items()}


def found(what: Happening) -> tuple[Verb | None, bool]:
    """Give the words for something that happens, and whether these say its conditions, too."""
    anyhow = replace(what, same=False)
    for one in KINDS.values():
        if one.what in (anyhow, replace(anyhow, where=())):
            return (one.same if what.same else one.verb), bool(one.what.where) or not what.where
    return None, False


def of_entries(label: str, *, same: bool) -> Verb:
    """Give the words for rows of a table of which nothing else is known."""
    said = {"label": label}
    if same:
        return Verb(
            goal=_("there is an entry under “%(label)s” about what began it") % said,
            until=_("until there is an entry under “%(label)s” about what began it") % said,
            not_yet=_("if there was no entry under “%(label)s” about what began it") % said,
            once=_("as soon as there is an entry under “%(label)s” about what began it") % said,
        )
    return Verb(
        goal=_("there is an entry under “%(label)s”") % said,
        until=_("until there is an entry under “%(label)s”") % said,
        not_yet=_("if there was no entry under “%(label)s”") % said,
        once=_("as soon as there is an entry under “%(label)s”") % said,
    )
