"""What rows of tables are called in a sentence: none, one, many, the last and the first, after these, between two."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammkunde.ui import writing

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, kw_only=True)
class Noun:
    """The forms of a noun that sentences need."""

    none: "_StrPromise | str"
    one: "_StrPromise | str"
    many: "_StrPromise | str"
    of_many: "_StrPromise | str"
    between: "_StrPromise | str"
    last: "_StrPromise | str"
    first: "_StrPromise | str"
    the_last: "_StrPromise | str"
    the_first: "_StrPromise | str"
    after: "_StrPromise | str"
    after_first: "_StrPromise | str"

    def count(self, n: float) -> str:
        """Write how many: “one purchase”, “3 purchases”."""
        return str(self.one) if n == 1 else f"{writing.number(n)} {self.many}"


NOUNS = {
    "orders": Noun(
        none=gettext_lazy("no purchase"),
        one=gettext_lazy("one purchase"),
        many=gettext_lazy("purchases"),
        of_many=gettext_lazy("of purchases"),
        between=gettext_lazy("between two purchases"),
        last=gettext_lazy("last purchase"),
        first=gettext_lazy("first purchase"),
        the_last=gettext_lazy("the last purchase"),
        the_first=gettext_lazy("the first purchase"),
        after=gettext_lazy("after the last purchase"),
        after_first=gettext_lazy("after the first purchase"),
    ),
    "lines": Noun(
        none=gettext_lazy("no line of an order"),
        one=gettext_lazy("one line of an order"),
        many=gettext_lazy("lines of orders"),
        of_many=gettext_lazy("of lines of orders"),
        between=gettext_lazy("between two lines of orders"),
        last=gettext_lazy("last line of an order"),
        first=gettext_lazy("first line of an order"),
        the_last=gettext_lazy("the last line of an order"),
        the_first=gettext_lazy("the first line of an order"),
        after=gettext_lazy("after the last line of an order"),
        after_first=gettext_lazy("after the first line of an order"),
    ),
    "contacts": Noun(
        none=gettext_lazy("no contact"),
        one=gettext_lazy("one contact"),
        many=gettext_lazy("contacts"),
        of_many=gettext_lazy("of contacts"),
        between=gettext_lazy("between two contacts"),
        last=gettext_lazy("last contact"),
        first=gettext_lazy("first contact"),
        the_last=gettext_lazy("the last contact"),
        the_first=gettext_lazy("the first contact"),
        after=gettext_lazy("after the last contact"),
        after_first=gettext_lazy("after the first contact"),
    ),
    "contact_persons": Noun(
        none=gettext_lazy("no contact person"),
        one=gettext_lazy("one contact person"),
        many=gettext_lazy("contact persons"),
        of_many=gettext_lazy("of contact persons"),
        between=gettext_lazy("between two contact persons"),
        last=gettext_lazy("last contact person"),
        first=gettext_lazy("first contact person"),
        the_last=gettext_lazy("the last contact person"),
        the_first=gettext_lazy("the first contact person"),
        after=gettext_lazy("after the last contact person"),
        after_first=gettext_lazy("after the first contact person"),
    ),
    "tasks": Noun(
        none=gettext_lazy("no finished task"),
        one=gettext_lazy("one finished task"),
        many=gettext_lazy("finished tasks"),
        of_many=gettext_lazy("of finished tasks"),
        between=gettext_lazy("between two finished tasks"),
        last=gettext_lazy("task finished last"),
        first=gettext_lazy("task finished first"),
        the_last=gettext_lazy("the task finished last"),
        the_first=gettext_lazy("the task finished first"),
        after=gettext_lazy("after the task finished last"),
        after_first=gettext_lazy("after the task finished first"),
    ),
    "complaints": Noun(
        none=gettext_lazy("no complaint"),
        one=gettext_lazy("one complaint"),
        many=gettext_lazy("complaints"),
        of_many=gettext_lazy("of complaints"),
        between=gettext_lazy("between two complaints"),
        last=gettext_lazy("last complaint"),
        first=gettext_lazy("first complaint"),
        the_last=gettext_lazy("the last complaint"),
        the_first=gettext_lazy("the first complaint"),
        after=gettext_lazy("after the last complaint"),
        after_first=gettext_lazy("after the first complaint"),
    ),
    "participations": Noun(
        none=gettext_lazy("no participation"),
        one=gettext_lazy("one participation"),
        many=gettext_lazy("participations"),
        of_many=gettext_lazy("of participations"),
        between=gettext_lazy("between two participations"),
        last=gettext_lazy("last participation"),
        first=gettext_lazy("first participation"),
        the_last=gettext_lazy("the last participation"),
        the_first=gettext_lazy("the first participation"),
        after=gettext_lazy("after the last participation"),
        after_first=gettext_lazy("after the first participation"),
    ),
    "stage_changes": Noun(
        none=gettext_lazy("no change of stage"),
        one=gettext_lazy("one change of stage"),
        many=gettext_lazy("changes of stage"),
        of_many=gettext_lazy("of changes of stage"),
        between=gettext_lazy("between two changes of stage"),
        last=gettext_lazy("last change of stage"),
        first=gettext_lazy("first change of stage"),
        the_last=gettext_lazy("the last change of stage"),
        the_first=gettext_lazy("the first change of stage"),
        after=gettext_lazy("after the last change of stage"),
        after_first=gettext_lazy("after the first change of stage"),
    ),
}


def of(table: str, *, label: str) -> Noun:
    """Give the words for rows of a table; for one that has none of its own, by its label."""
    return NOUNS.get(table) or _entries(label)


def _entries(label: str) -> Noun:
    said = {"label": label}
    return Noun(
        none=_("no entry under “%(label)s”") % said,
        one=_("one entry under “%(label)s”") % said,
        many=_("entries under “%(label)s”") % said,
        of_many=_("of entries under “%(label)s”") % said,
        between=_("between two entries under “%(label)s”") % said,
        last=_("last entry under “%(label)s”") % said,
        first=_("first entry under “%(label)s”") % said,
        the_last=_("the last entry under “%(label)s”") % said,
        the_first=_("the first entry under “%(label)s”") % said,
        after=_("after the last entry under “%(label)s”") % said,
        after_first=_("after the first entry under “%(label)s”") % said,
    )
