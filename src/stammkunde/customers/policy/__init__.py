"""What may be done with customers, and how they may be contacted, decided without a database."""

from stammkunde.customers.policy.contact import (
    BLOCKING,
    ELECTRONIC,
    PROMOTIONAL,
    PROVEN,
    Basis,
    Permission,
    Reason,
    Record,
    Situation,
    Standing,
    Wishes,
    call_evidence_until,
    normalized,
    permission,
    standing,
    standings,
)
from stammkunde.customers.policy.recipients import Candidate, Chosen, Wanted, choose
from stammkunde.customers.policy.records import hangs_on_one, may_change_note, search_text

__all__ = [
    "BLOCKING",
    "ELECTRONIC",
    "PROMOTIONAL",
    "PROVEN",
    "Basis",
    "Candidate",
    "Chosen",
    "Permission",
    "Reason",
    "Record",
    "Situation",
    "Standing",
    "Wanted",
    "Wishes",
    "call_evidence_until",
    "choose",
    "hangs_on_one",
    "may_change_note",
    "normalized",
    "permission",
    "search_text",
    "standing",
    "standings",
]
