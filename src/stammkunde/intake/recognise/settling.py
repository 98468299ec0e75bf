"""How the values of a file are written, as its first rows show; what they do not show is asked."""

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from stammkunde.intake.asking import Answer, Question
from stammkunde.intake.check.kept import Kept
from stammkunde.intake.check.priced import tax_known
from stammkunde.intake.check.result import Problem
from stammkunde.intake.check.run import check, look
from stammkunde.intake.formats import Dialect, FileNotUsable, open_source
from stammkunde.intake.layouts import Layout

LOOK_ROWS = 2000


@dataclass(frozen=True, kw_only=True)
class Settled:
    options: dict[str, Any]
    asked: tuple[Question, ...] = ()  # also what is answered by now
    assumed_net: bool = False  # of prices of which nothing says so
    problems: list[Problem] = field(default_factory=list)  # of the first rows, where nothing is open
    totals: dict[str, Any] = field(default_factory=dict)  # of a file that has no more rows, where nothing is open


def settle(  # noqa: PLR0913
    path: Path | str,
    dialect: Dialect,
    kind: Layout,
    columns: dict[str, str],
    options: dict[str, Any],
    *,
    work: Path,
    today: date,
    memory_mb: int,
    kept: Kept | None = None,
) -> Settled:
    """
    Propose how values are written, from the first rows; what they leave open is asked, with what it would mean.

    Of a file that has no more rows, what is found is `kept` for whoever imports it as it is proposed.
    """
    place = work / "first"
    source = open_source(path, work_dir=place, options=options, limit=LOOK_ROWS, dialect=dialect)
    first_rows = look(
        source, layout=kind, columns=columns, options=options, work_dir=place, today=today, memory_mb=memory_mb
    )
    found, checked, asked = first_rows.settled, first_rows.checked, first_rows.settled.asked
    some = first_rows.rows if first_rows.rows >= LOOK_ROWS else 0
    if kept and checked and not some:
        kept.keep(checked, place, layout=kind.name, columns=columns, options=found.options)
    if kind.documents:
        first = {one.option: one.answers[0].value for one in found.open}

        def comes_to(option: str, value: str) -> int | None:
            said = found.options | first | {option: value}
            try:
                return check(
                    path, layout=kind.name, columns=columns, options=said, out_dir=work / "answer", today=today,
                    memory_mb=memory_mb, source=source,
                ).revenue_cents  # fmt: skip
            except FileNotUsable:  # the VAT is not known yet, for one
                return None

        asked = tuple(
            replace(one, of_rows=some, answers=tuple(_summed(one, answer, comes_to) for answer in one.answers))
            for one in asked
        )
        names = {one.field.name for one in found.fields}
        if not tax_known(names, found.options):
            asked = (*asked, Question(option="tax_rate"))
    if checked is None:
        return Settled(options=found.options, asked=asked, assumed_net=found.assumed_net)
    return Settled(
        options=found.options,
        asked=(*asked, *(replace(one, of_rows=some) for one in checked.asked)),
        assumed_net=found.assumed_net,
        problems=checked.problems,
        totals={} if some else checked.totals,
    )


def _summed(one: Question, answer: Answer, comes_to: Any) -> Answer:
    return replace(answer, cents=comes_to(one.option, answer.value))
