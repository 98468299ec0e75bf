"""What a rule may ask, for whoever writes rules by a program: fields, tables, operators, spans, and how much of it."""

from collections.abc import Iterable
from typing import Any, cast

from ninja import Field, Router, Schema

from stammkunde.insight import rules
from stammkunde.insight.rules.known import RANKED, Kind
from stammkunde.segments import rights, services, vocabulary
from stammkunde.segments.vocabulary import Word
from stammkunde.store.facts import FactTable
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest
from stammkunde.team.api import NeedsRight, speaking

router = Router(tags=["segments"])


class ChoiceOut(Schema):
    value: str
    label: str


class WordOut(Schema):
    name: str = Field(description="As `field`, or as `column` of its table.")
    label: str
    kind: str = Field(description="text, whole, real, cents, share (0 to 1), day or flag.")
    unit: str
    operators: list[str] = Field(description="What `is` may be.")
    choices: list[ChoiceOut] = Field(description="The values that there are; empty: any.")
    as_of_last_night: bool
    has_history: bool = Field(description="Whether a past day knows what it said then.")


class TableOut(Schema):
    name: str = Field(description="As `happened`.")
    label: str
    has_days: bool = Field(description="Without days, there are no spans, picks or first and last times.")
    columns: list[WordOut]
    below: list[str] = Field(description="Tables whose rows may ask for rows of this one by `with`.")


class MostOut(Schema):
    leaves: int
    depth: int
    values: int
    groups: int = Field(description="Of a company, without those in the archive.")


class VocabularyOut(Schema):
    fields: list[WordOut]
    tables: list[TableOut]
    most: MostOut


@router.get("/segments/vocabulary", auth=NeedsRight(policy.FIGURES_VIEW, gives=""), response=VocabularyOut)
def segments_vocabulary(request: StaffRequest) -> Any:
    """Give what the rule of a group may ask, but for what this token may not see."""
    unseen = rights.unseen(request.user)
    with speaking(request):
        return {
            "fields": _told(word for word in vocabulary.fields() if word.name not in unseen),
            "tables": [_table(one) for one in vocabulary.tables()],
            "most": {
                "leaves": rules.LEAVES,
                "depth": rules.DEPTH,
                "values": rules.VALUES,
                "groups": services.MOST_GROUPS,
            },
        }


def _table(one: FactTable) -> dict[str, Any]:
    return {
        "name": one.name,
        "label": str(one.label),
        "has_days": bool(one.asked_day),
        "columns": _told(vocabulary.words(one), ranked=False),
        "below": list(vocabulary.below(one)),
    }


def _told(words: Iterable[Word], *, ranked: bool = True) -> list[dict[str, Any]]:
    return [_word(one, ranked=ranked) for one in words]


def _word(one: Word, *, ranked: bool) -> dict[str, Any]:
    operators = rules.OPERATORS[cast("Kind", one.asked.kind)]
    return {
        "name": one.name,
        "label": one.label,
        "kind": one.asked.kind,
        "unit": str(one.asked.unit),
        "operators": [name for name in operators if ranked or name not in RANKED],
        "choices": [{"value": str(value), "label": label} for value, label in vocabulary.choices(one)],
        "as_of_last_night": one.is_nightly,
        "has_history": one.asked.history and not one.family,
    }
