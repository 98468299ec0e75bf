"""Membership of groups and plays in words."""

from django.utils.translation import gettext as _

from stammkunde.insight.rules.tree import Member
from stammkunde.segments.wording import spans
from stammkunde.segments.wording.said import Said


def member(one: Member, said: Said) -> str:
    """Say that somebody is, was or is not in a group of customers or a play."""
    worded = {
        ("segment", "in"): _("in the group “%(name)s”"),
        ("segment", "not in"): _("not in the group “%(name)s”"),
        ("play", "in"): _("in the play “%(name)s” now"),
        ("play", "was in"): _("was in the play “%(name)s”"),
        ("play", "held out"): _("left alone to compare in the play “%(name)s”"),
    }
    group = f"{one.group}:{one.key}"
    text = worded[one.group, one.state] % {"name": said.member(group)}
    return " ".join(part for part in (text, spans.span(one.within)) if part)
