"""What only a person knows of a file: one question for each open reading, with what each answer would mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One way to read it: what the option becomes, how the example is then read, and what the file would come to."""

    value: str
    example: str = ""
    cents: int | None = None  # net
    label: str = ""  # where there are no words for it


@dataclass(frozen=True, kw_only=True)
class Question:
    """
    An open reading. Worded by `wording.question_text`; as long as there is one, nothing can be imported.

    `option` is the name of the option that settles it; of one column or word: `decimal:Menge`, `kind:Angebot`.
    Where there are no `answers`, it is a number or a choice that stands elsewhere on the page.
    """

    option: str
    columns: tuple[str, ...] = ()
    row: int = 0
    example: str = ""
    answers: tuple[Answer, ...] = ()
    of_rows: int = 0  # the sums are of the first so many rows only; 0: of the whole file
    proposed: str = ""  # what is taken as long as nobody says otherwise: then nothing is open
    detail: Mapping[str, Any] = field(default_factory=dict)  # its numbers, for its words

    def is_answered(self, options: Mapping[str, Any]) -> bool:
        return self.answer(options) in {one.value for one in self.answers}

    def answer(self, options: Mapping[str, Any]) -> str:
        return str(options.get(self.option) or self.proposed)


def of_dict(given: Mapping[str, Any]) -> Question:
    """Make a question of what was kept of it."""
    answers = tuple(Answer(**one) for one in given["answers"])
    return Question(**{**given, "columns": tuple(given["columns"]), "answers": answers})
