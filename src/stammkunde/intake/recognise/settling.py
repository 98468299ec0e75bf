"""How the values of a file are written, as its first rows show; what they do not show is asked."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from stammkunde.intake.asking import Answer, Question
from stammkunde.intake.check.kept import Kept
from stammkunde.intake.check.priced import tax_known
from stammkunde.intake.check.result import Checked, Problem
from stammkunde.intake.check.run import check, look
from stammkunde.intake.formats import Dialect, FileNotUsable, engine, open_source
from stammkunde.intake.layouts import Layout

LOOK_ROWS = 2000


@dataclass(frozen=True, kw_only=True)
class Settled:
    options: dict[str, Any]
    asked: tuple[Question, ...] = ()  # also what is answered by now
    assumed_net: bool = False  # of prices of which nothing says so
    problems: list[Problem] = field(default_factory=list)  # of the first rows, where nothing is open
    totals: dict[str, Any] = field(default_factory=dict)  # of a file that has no more rows, where nothing is open
    named: tuple[tuple[str, int, int], ...] = ()  # who looks after customers: word, customers, first row


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
    named = _named(checked, place)
    if kept and checked and not some:
        kept.keep(checked, place, layout=kind.name, columns=columns, options=found.options)
    first = {one.option: one.answers[0].value for one in found.open}

    def checked_as(said: dict[str, Any]) -> Checked | None:
        try:
            return check(
                path, layout=kind.name, columns=columns, options=found.options | first | said, out_dir=work / "answer",
                today=today, memory_mb=memory_mb, source=source,
            )  # fmt: skip
        except FileNotUsable:  # the VAT is not known yet, for one
            return None

    if kind.documents:
        asked = tuple(replace(_with_sums(one, checked_as), of_rows=some) for one in asked)
        if not tax_known({one.field.name for one in found.fields}, found.options):
            asked = (*asked, Question(option="tax_rate"))
    if checked is not None:
        return Settled(
            options=found.options,
            asked=(*asked, *(replace(one, of_rows=some) for one in checked.asked)),
            assumed_net=found.assumed_net,
            problems=checked.problems,
            totals={} if some else checked.totals,
            named=named,
        )
    # Whatever is answered, the words are the same, and so is what is asked about them; what it comes to is not.
    assumed = checked_as({"tax_rate": found.options.get("tax_rate") or "0"})
    words = tuple(replace(one, answers=_without_sums(one)) for one in assumed.asked) if assumed else ()
    return Settled(
        options=found.options,
        asked=(*asked, *words),
        assumed_net=found.assumed_net,
        named=_named(assumed, work / "answer"),
    )


def _with_sums(one: Question, checked_as: Callable[[dict[str, Any]], Checked | None]) -> Question:
    """Say beside each answer what the file would come to."""
    found = [checked_as({one.option: answer.value}) for answer in one.answers]
    sums = (each.revenue_cents if each else None for each in found)
    return replace(
        one, answers=tuple(replace(answer, cents=cents) for answer, cents in zip(one.answers, sums, strict=True))
    )


def _without_sums(one: Question) -> tuple[Answer, ...]:
    return tuple(replace(answer, cents=None) for answer in one.answers)


def _named(checked: Checked | None, folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Give the words for who looks after customers, the most frequent first."""
    if checked is None or "customers" not in checked.tables:
        return ()
    with engine.look() as db:
        customers = f"read_parquet({engine.literal(str(folder / 'customers.parquet'))})"
        columns = {one[0] for one in db.execute(f"DESCRIBE SELECT * FROM {customers}").fetchall()}
        word = next((one for one in ("owner_word", "owner_hint") if one in columns), "")
        named = f"SELECT {word}, count(*), min(row) FROM {customers} WHERE {word} <> '' GROUP BY 1 ORDER BY 2 DESC, 3"
        return tuple(db.execute(named).fetchall()) if word else ()
