"""Whether a file holds its documents whole: some kinds do; of others it is asked, where something depends on it."""

from stammkunde.intake import layouts
from stammkunde.intake.asking import Answer, Question
from stammkunde.intake.check.given import LIVE
from stammkunde.intake.models import Import
from stammkunde.intake.staging import Difference, doubled
from stammkunde.intake.staging.difference import Doubled
from stammkunde.intake.staging.retiring import Retire

OPTION = "whole"
YES, NO = "yes", "no"


def retire(incoming: Import) -> Retire:
    """Say what becomes of what a file no longer has, or tells of a second time."""
    said = answer(incoming)
    answers = {name: str(incoming.options.get(name) or "") for name in (doubled.TOTALS, doubled.LINES)}
    if said == YES and not answers[doubled.TOTALS]:  # lines that hold a document whole are all that there is of it
        answers[doubled.TOTALS] = doubled.ONCE
    return Retire(whole=said, import_id=incoming.pk, answers=None if incoming.options.get(LIVE) else answers)


def answer(incoming: Import) -> str:
    """Say what is known of it; rows that are handed in as they happen are parts."""
    if incoming.options.get(LIVE):
        return NO
    said = str(incoming.options.get(OPTION) or layouts.get(incoming.layout).options.get(OPTION, ""))
    return said if said in {YES, NO} else ""


def questions(found: Difference, *, cents: int | None) -> tuple[Question, ...]:
    """Ask it where the database has lines of the file's documents that the file does not have, or has them anew."""
    asked = tuple(_doubled(one, cents=cents or 0) for one in found.doubled)
    stake = found.stake
    if stake is None:
        return asked
    both = None if cents is None else cents + stake.cents
    return (
        *asked,
        Question(
            option=OPTION,
            row=stake.row,
            example=stake.example,
            answers=(Answer(value=YES, cents=cents), Answer(value=NO, cents=both)),
            detail={"lines": stake.rows, "documents": stake.documents},
        ),
    )


def _doubled(one: Doubled, *, cents: int) -> Question:
    """Ask whether documents count once; where that is clear, they do as long as nobody says otherwise."""
    once = cents if one.option == doubled.TOTALS else cents - one.given_cents + one.held_cents
    return Question(
        option=one.option,
        row=one.row,
        example=one.example,
        answers=(
            Answer(value=doubled.ONCE, cents=once),
            Answer(value=doubled.TWICE, cents=cents + one.held_cents),
        ),
        proposed=doubled.ONCE if one.is_clear else "",
        detail={"documents": one.documents},
    )
