"""What a page offers where words advertise and are called something else: the right purpose, or a reason."""

from collections.abc import Sequence
from dataclasses import dataclass

from stammkunde.customers import wording as customers
from stammkunde.customers.models import Purpose
from stammkunde.outreach import advice
from stammkunde.outreach.claims import Claim
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest


@dataclass(frozen=True, kw_only=True)
class Disguised:
    """What is said and offered."""

    text: str
    purpose: str  # the right one, in words
    way: str  # what a button does that chooses it; empty: this person may not
    may_argue: bool
    because: str


def disguised(request: StaffRequest, claims: Sequence[Claim], *, verb: str) -> Disguised | None:
    """Say what makes words advertising; `verb` begins the act that chooses another purpose."""
    if not claims:
        return None
    is_survey = {one.code for one in claims} == {"counts_as_survey"}
    right = Purpose.SURVEY if is_survey else Purpose.ADVERTISING
    return Disguised(
        text=advice.refusal(claims),
        purpose=customers.purpose_name(right),
        way=f"{verb}-{right.value}" if policy.may(request.user, policy.MESSAGES_SEND) else "",
        may_argue=policy.may(request.user, policy.PURPOSE_JUDGE) and all(one.is_arguable for one in claims),
        because=request.POST.get("because", ""),
    )
