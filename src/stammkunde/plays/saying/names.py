"""What the rows are called that a content names, and how conditions are said."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from stammkunde.outreach import wording as outreach
from stammkunde.plays.contents import Ref, Rule


@dataclass(frozen=True, kw_only=True)
class Named:
    """A template: what it is called, and by which channel it leaves; empty: nobody knows yet."""

    name: str
    channel: str = ""


@dataclass(frozen=True, kw_only=True)
class Names:
    """
    The names of rows, by what a content calls them.

    Args:
        rule: says a rule as a sentence.
        where: says what must hold for a row of a table.
        tables: what tables are that nobody knows here yet, as a file says it.
    """

    rule: Callable[[Rule], str] = lambda _rule: _("a condition of its own")
    where: Callable[[str, tuple[Rule, ...]], str] = lambda _table, _where: _("with conditions")
    templates: Mapping[Ref, Named] = field(default_factory=dict)
    staff: Mapping[Ref, str] = field(default_factory=dict)
    groups: Mapping[Ref, str] = field(default_factory=dict)
    plays: Mapping[Ref, str] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)

    def template(self, ref: Ref) -> str:
        """Say a template with its way: “Letter “We miss you””."""
        found = self.templates.get(ref) or Named(name=_unknown(ref))
        way = outreach.channel(found.channel) if found.channel else _("Message")
        return _("%(way)s “%(name)s”") % {"way": way, "name": found.name}

    def person(self, ref: Ref) -> str:
        return self.staff.get(ref) or _unknown(ref)

    def group(self, ref: Ref) -> str:
        return self.groups.get(ref) or _unknown(ref)

    def play(self, ref: Ref) -> str:
        return self.plays.get(ref) or _unknown(ref)


def _unknown(ref: Ref) -> str:
    """A file says the name itself; a number that leads to nothing is gone."""
    return ref if isinstance(ref, str) else _("(no longer there)")
