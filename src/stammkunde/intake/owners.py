"""Who looks after customers, as files name them: whom we know by no such word is asked, and nothing waits for it."""

from collections.abc import Iterable
from dataclasses import replace

from stammkunde.customers.facts import CUSTOMERS
from stammkunde.intake.asking import Answer, Question
from stammkunde.intake.recognise import Recognition
from stammkunde.intake.staging import Named
from stammkunde.team import known
from stammkunde.team import queries as team

NOBODY = "none"
MOST_ASKED = 12
_LOOKUP = CUSTOMERS.lookups[0]


def questions(named: Iterable[Named]) -> tuple[Question, ...]:
    """Ask who is meant by words that lead nowhere; as long as nobody says, customers stay with whom they are."""
    asked = list(named)[:MOST_ASKED]
    staff = [Answer(value=one.email, label=str(one)) for one in team.active_staff()] if asked else []
    return tuple(
        Question(
            option=one.option,
            columns=(one.column,),
            row=one.row,
            answers=(Answer(value=NOBODY), *staff),
            proposed=NOBODY,
            detail={"rows": one.rows},
        )
        for one in asked
    )


def with_questions(found: Recognition) -> Recognition:
    """Ask it of a file that is recognised, too, with everything else."""
    column = next((found.columns[field] for field in _LOOKUP.fields if field in found.columns), "")
    there = known.find(word for word, _rows, _row in found.named)
    asked = {one.option for one in found.asked}
    named = [
        Named(option=_LOOKUP.option(word), column=column, rows=rows, row=row)
        for word, rows, row in found.named
        if word not in there and _LOOKUP.option(word) not in asked
    ]
    return replace(found, asked=(*found.asked, *questions(named)))
