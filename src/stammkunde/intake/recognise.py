"""What a file is about: its layout, which column means what, and how dates and numbers are written."""

from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from stammkunde.intake.check.result import Problem
from stammkunde.intake.formats import Dialect


@dataclass(frozen=True, kw_only=True)
class Recognition:
    """
    What we think a file is. A person may correct `layout`, `columns` and `options` and recognise again.

    `questions` are codes for what only a person knows (worded by `wording.question_text`); as long as there are any, or
    `missing` fields, nothing can be imported. `problems` are those of the first rows.
    """

    layout: str  # empty: we cannot tell
    columns: dict[str, str]  # our field → the file's column
    options: dict[str, Any]
    confidence: float  # 0..1
    dialect: Dialect
    header: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]  # the first rows, as text, in the order of `header`
    missing: tuple[str, ...]  # fields that the layout needs and the file does not have
    unused: tuple[str, ...]  # columns that are not imported
    questions: tuple[str, ...]
    ambiguous_dates: tuple[str, ...]  # columns whose dates read as day first and as month first
    candidates: tuple[tuple[str, float], ...]  # layouts with their score, best first
    problems: list[Problem] = field(repr=False)

    @property
    def usable(self) -> bool:
        return bool(self.layout) and not self.missing and not self.questions

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"dialect": self.dialect.as_dict(), "usable": self.usable}


def recognise(
    path: Path | str,
    *,
    today: date,
    layout: str | None = None,
    columns: dict[str, str] | None = None,
    options: dict[str, Any] | None = None,
    memory_mb: int = 512,
) -> Recognition:
    """
    Recognise a file from its first rows; what is given (a person's correction, a saved mapping) is kept.

    :raises FileNotUsable: if it cannot be read at all
    """
    raise NotImplementedError
