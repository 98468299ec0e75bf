"""The one verdict before something is sent: one sentence, one colour, one place. What weighs most says it."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from stammkunde.customers import wording as customers
from stammkunde.outreach import advice, channels, wording
from stammkunde.outreach.claims import Claim
from stammkunde.outreach.policy import Decision, Verdict
from stammkunde.outreach.wording import Foretold, foretold
from stammkunde.team.models import Company


def verdict(  # noqa: PLR0913 (each of them may say no)
    decision: Decision,
    *,
    channel: str,
    purpose: str,
    company: Company,
    now: datetime,
    claims: Sequence[Claim] = (),
    lacking: Sequence[str] = (),
    is_whole: bool = True,
) -> Foretold:
    """
    Tell what would become of a message.

    `claims` are what makes it advertising under its purpose, `lacking` the fields that this customer lacks, and
    `is_whole` says whether subject and text are there.
    """
    if claims:
        text = _("It cannot be sent as “%(purpose)s”.") % {"purpose": customers.purpose_name(purpose)}
        return Foretold(mood="danger", text=text, why=advice.refusal(claims))
    said = foretold(decision, now=now)
    if decision.verdict == Verdict.REFUSED:
        return said
    if lacking:
        text = _("It cannot be sent: this customer lacks %(names)s.") % {"names": ", ".join(lacking)}
        why = _("Write what is said instead after a bar, or leave the field out.")
        return Foretold(mood="danger", text=text, why=why)
    missing = channels.get(channel).missing(company)
    if missing:
        why = " ".join(part for part in (wording.reason({"code": missing}), said.why) if part)
        return Foretold(mood="warning", text=_("It waits: nothing can leave on this channel yet."), why=why)
    if said.mood == "warning":
        return said
    return _leaves(channel, is_whole=is_whole)


def _leaves(channel: str, *, is_whole: bool) -> Foretold:
    if channels.get(channel).collects:
        text = _("It waits for the next print run.")
        whole = _("As soon as subject and text are there, it waits for the next print run.")
    else:
        text = _("It is sent at once.")
        whole = _("As soon as subject and text are there, it is sent at once.")
    return Foretold(mood="accent", text=text) if is_whole else Foretold(mood="", text=whole)
