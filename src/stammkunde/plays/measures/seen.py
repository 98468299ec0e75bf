"""What a second person saw of a measure when she agreed, as digests; what of it is otherwise by now, and by whom."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from stammkunde.calls import guides
from stammkunde.calls import queries as calls
from stammkunde.outreach.models import Template
from stammkunde.plays import contents, groups
from stammkunde.plays.contents import Content, Task
from stammkunde.plays.measures import costs
from stammkunde.plays.models import PlayVersion
from stammkunde.team.models import AuditEntry

# What a yes is about: the measure, the rules of its groups; words, whom they are for and looks of its templates; guides
CONTENT, GROUP, TEMPLATE, AIM, GUIDE = "content", "group", "template", "aim", "guide"
_IN_TRAIL = {GROUP: "segment", TEMPLATE: "template", AIM: "template"}


def digests(content: Content) -> dict[str, str]:
    """Give the digest of each thing by its name: `content`, `group:4`, `template:7`, `aim:7`, `guide:silent`."""
    templates = costs.templates(content)
    return {
        CONTENT: _digest(contents.write(content)),
        **{f"{GROUP}:{pk}": digest for pk, digest in groups.digests(content).items()},
        **{f"{TEMPLATE}:{pk}": _digest(_words(one)) for pk, one in templates.items()},
        **{f"{AIM}:{pk}": _digest([one.wanted_role, one.to_several, one.options]) for pk, one in templates.items()},
        **{f"{GUIDE}:{kind}": _digest(_guide(kind)) for kind in sorted(_guides(content))},
    }


def changed(version: PlayVersion) -> list[str]:
    """Name what is not any more as it was agreed to; the version itself never changes once it has run."""
    if version.agreed_by_id is None:
        return []
    now = digests(contents.read(version.content))
    before = version.agreed_to or {CONTENT: ""}  # of a yes that was given before it was bound to anything
    some = (name for name in before if name != CONTENT or version.from_at is None)
    return [name for name in some if now.get(name, before[name]) != before[name]]


def changed_by(version: PlayVersion, names: Iterable[str]) -> set[int]:
    """Tell who has changed these things since the yes, by the trail."""
    found: set[int] = set()
    entries = AuditEntry.objects.filter(at__gte=version.agreed_at, staff__isnull=False)
    for name in names:
        kind, _colon, ref = name.partition(":")
        of = {"thing": "guide", "label__startswith": f"{ref} "} if kind == GUIDE else _of(kind, ref)
        found |= set(entries.filter(**of).values_list("staff_id", flat=True))
    return found


def _of(kind: str, ref: str) -> dict[str, Any]:
    return {"thing": _IN_TRAIL.get(kind, "play"), "thing_id": int(ref or 0)}


def _words(template: Template) -> list[Any]:
    texts = template.texts.order_by("language", "form").values_list("language", "form", "subject", "preview", "blocks")
    return [template.channel, template.purpose, *texts]


def _guides(content: Content) -> set[str]:
    return {one.guide for one in contents.every(content.steps) if isinstance(one, Task) and one.guide}


def _guide(kind: str) -> list[Any]:
    return [asdict(calls.guide(kind, language, form)) for language, form in guides.STYLES]


def _digest(data: object) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
