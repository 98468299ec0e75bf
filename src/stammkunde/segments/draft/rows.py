"""What the page shows of a rule that is being written: groups, questions and their fields, with what may be chosen."""

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from stammkunde.insight import rules
from stammkunde.insight.errors import InvalidRule
from stammkunde.segments.draft import acts, asking
from stammkunde.segments.draft.asking import Asking, Offered
from stammkunde.segments.draft.fields import Options
from stammkunde.segments.draft.reading import DEPTH, ROOT
from stammkunde.segments.wording import labels, never_are_in, problems, sentence

Draft = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class LaidLeaf:
    """A question: its fields, or what the form cannot show, as JSON and in words; what is wrong with it, or to know."""

    path: str
    asking: Asking | None = None
    kept: str = ""
    says: str = ""
    problem: str = ""
    hint: str = ""
    leaves: int = 0  # how many questions of the rule it is: several only where it is kept as it is
    unknown: int = 0  # customers of whom the answer is unknown
    is_group: bool = False


@dataclass(frozen=True, kw_only=True)
class Laid:
    """A group: how it holds, and what is in it."""

    path: str
    how: str
    hows: Options
    parts: "tuple[Laid | LaidLeaf, ...]"
    may_group: bool = True
    is_group: bool = True


def lay_out(draft: Draft, offered: Offered) -> Laid:
    """Lay a rule out for the page."""
    return _group(acts.opened(draft), ROOT, offered)


def _group(draft: Draft, path: str, offered: Offered) -> Laid:
    denied = "not" in draft
    inner = draft["not"] if denied else draft
    form = "any" if "any" in inner else "all"
    return Laid(
        path=path,
        how={("any", True): "none", ("all", True): "not all"}.get((form, denied), form),
        hows=labels.how(),
        parts=tuple(_part(one, f"{path}-{n}", offered) for n, one in enumerate(inner[form])),
        may_group=acts.depth(path) < DEPTH - 1,
    )


def _part(draft: Draft, path: str, offered: Offered) -> Laid | LaidLeaf:
    if acts.parts(draft) is not None and acts.depth(path) < DEPTH:
        return _group(draft, path, offered)
    found = asking.lay_out(draft, path, offered)
    says, problem, hint, leaves = "", "", "", 0
    try:
        rule = rules.read(draft, offered.known)
    except InvalidRule as refused:
        problem = problems.text(refused) if draft != {"field": ""} else ""
    else:
        says, leaves = sentence(rule, offered.said), len(rules.leaves(rule))
        hint = _("Whoever has none is among them.") if never_are_in(rule) else ""
    if found is not None:
        return LaidLeaf(path=path, asking=found, problem=problem, hint=hint, leaves=leaves)
    return LaidLeaf(path=path, kept=json.dumps(draft), says=says, problem=problem, hint=hint, leaves=leaves)
