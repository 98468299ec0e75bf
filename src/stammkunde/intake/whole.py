"""Whether a file holds its documents whole: some kinds do; of others it is asked, where something depends on it."""

from stammkunde.intake import layouts
from stammkunde.intake.asking import Answer, Question
from stammkunde.intake.check.given import LIVE
from stammkunde.intake.models import Import
from stammkunde.intake.staging import Difference

OPTION = "whole"
YES, NO = "yes", "no"


def answer(incoming: Import) -> str:
    """Say what is known of it; rows that are handed in as they happen are parts."""
    if incoming.options.get(LIVE):
        return NO
    said = str(incoming.options.get(OPTION) or layouts.get(incoming.layout).options.get(OPTION, ""))
    return said if said in {YES, NO} else ""


def questions(found: Difference, *, cents: int | None) -> tuple[Question, ...]:
    """Ask it where the database has lines of the file's documents that the file does not have."""
    stake = found.stake
    if stake is None:
        return ()
    both = None if cents is None else cents + stake.cents
    return (
        Question(
            option=OPTION,
            row=stake.row,
            example=stake.example,
            answers=(Answer(value=YES, cents=cents), Answer(value=NO, cents=both)),
            detail={"lines": stake.rows, "documents": stake.documents},
        ),
    )
