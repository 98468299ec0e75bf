"""The condition of two ways while somebody writes it: in the words of groups of customers, and the measure's own."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from stammkunde.plays import groups, saying
from stammkunde.plays.contents import Content
from stammkunde.plays.measures import wording
from stammkunde.plays.saying import kinds
from stammkunde.segments import draft, holding, occurring, vocabulary
from stammkunde.segments.draft import Laid, Offered
from stammkunde.segments.models import Segment
from stammkunde.segments.services import InvalidRule
from stammkunde.segments.wording import Said, labels, problems, sentence

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Rule = dict[str, Any]
SINCE = {"since": "entry"}
REACHED = {"column": "outcome", "is": "is", "value": "reached"}
USUAL: "dict[str, tuple[_StrPromise, Rule]]" = {
    "bought": (_("bought since the start"), {"happened": "orders", "within": SINCE}),
    "reached": (_("was reached since the start"), {"happened": "contacts", "where": [REACHED], "within": SINCE}),
    "email": (_("may get offers by e-mail"), {"field": "reach.email", "is": "is", "value": True}),
    "post": (_("may get offers by post"), {"field": "reach.post", "is": "is", "value": True}),
    "phone": (_("may get offers by phone"), {"field": "reach.phone", "is": "is", "value": True}),
}
BEGIN = "begin "  # before the name of one of these, in what a button says


@dataclass(frozen=True, kw_only=True)
class Writing:
    """A condition as it is being written, with the moments from which it may count, and what may be about the same."""

    rule: Rule
    moments: dict[str, str]
    same: dict[str, str]
    focus: str = ""

    @cached_property
    def told(self) -> tuple[str, str]:
        """Say the condition, or what is wrong with it."""
        try:
            read = holding.check(self.rule, moments=self.moments, same=self.same)
            return sentence(read, Said.current(moments=self.moments, same=self.same)), ""
        except InvalidRule as refused:
            return "", problems.text(refused)

    @property
    def says(self) -> str:
        return self.told[0]

    @property
    def problem(self) -> str:
        return self.told[1]

    @property
    def plain(self) -> Rule:
        """Give the condition without the group that the page puts around a single question."""
        inner = self.rule.get("all")
        return inner[0] if isinstance(inner, list) and len(inner) == 1 else self.rule

    def laid(self) -> Laid:
        return draft.lay_out(self.rule, _offered(self.moments, self.same))


def begin(content: Content, rule: Rule | None) -> Writing:
    """Begin with the condition as it stands, or with the most usual one."""
    opened = draft.opened(rule or USUAL["bought"][1])
    return Writing(rule=opened, moments=_moments(content), same=_same(content))


def read(form: QueryDict, content: Content) -> Writing:
    """Read what was typed, and do what was pressed."""
    moments, same, said = _moments(content), _same(content), form.get("act", "")
    usual = USUAL.get(said.removeprefix(BEGIN)) if said.startswith(BEGIN) else None
    if usual:
        return Writing(rule=draft.opened(usual[1]), moments=moments, same=same, focus="r-0-what")
    rule = draft.act(draft.read(form, vocabulary.known(moments=moments, same=same)), said)
    return Writing(rule=rule, moments=moments, same=same, focus=draft.focus(rule, said))


def whats() -> list[tuple[str, list[tuple[str, str]]]]:
    """Give what a question may be about."""
    return labels.whats(Said.current(), with_groups=bool(_groups()))


def _moments(content: Content) -> dict[str, str]:
    return saying.moments(content, wording.names([content]))


def _same(content: Content) -> dict[str, str]:
    words, there = kinds.words_for_same(), groups.about_same(content)
    return {name: words.get(name) or str(_("only about what began it")) for name in there}


def _offered(moments: dict[str, str], same: dict[str, str]) -> Offered:
    known = vocabulary.known(moments=moments, same=same)
    said = Said.current(moments=moments, same=same)
    return Offered(known=known, said=said, occurring=occurring.values, segments=_groups())


def _groups() -> list[tuple[str, str]]:
    found = Segment.objects.filter(archived_at=None).exclude(name="").values_list("pk", "name")
    return [(str(pk), name) for pk, name in found]
