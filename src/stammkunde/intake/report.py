"""What became of an import, in words: counts per table, the first problems, why it failed or cannot be undone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stammkunde.intake import asking, queries, wording
from stammkunde.intake.asking import Question
from stammkunde.intake.models import Import
from stammkunde.intake.undo import CannotUndo
from stammkunde.store import facts
from stammkunde.ui import writing

KINDS = ("created", "changed", "unchanged", "refused")


@dataclass(frozen=True, kw_only=True)
class Row:
    table: str
    created: int
    changed: int
    unchanged: int
    refused: int


@dataclass(frozen=True, kw_only=True)
class Told:
    """A problem with its place, its reason and its cure."""

    row: int
    column: str
    value: str
    reason: str
    cure: str
    is_refused: bool
    is_aside: bool


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What stands in the file: rows, and where it holds lines of orders, their time and their value."""

    rows: int
    flagged: int
    aside: int
    guest_orders: int
    revenue_cents: int | None
    first_on: date | None
    last_on: date | None


@dataclass(frozen=True, kw_only=True)
class Report:
    rows: list[Row]
    created: int
    changed: int
    unchanged: int
    refused: int
    retired: int  # lines that their orders no longer have
    problems: list[Told]
    problem_count: int
    error: tuple[str, str] | None
    counted: Counted | None
    written: int | None  # rows that the database has from it; None: under way, so that nobody knows yet

    @property
    def is_unchanged(self) -> bool:
        return self.written == 0

    @property
    def is_nothing_new(self) -> bool:
        return bool(self.rows) and not (self.created or self.changed or self.refused or self.retired)


def of(incoming: Import) -> Report:
    """Word what became of an import; before there is anything, everything is zero."""
    known = _known(incoming)
    return Report(
        rows=[
            Row(table=facts.label(table), **{kind: int(of_table.get(kind, 0)) for kind in KINDS})
            for table, of_table in known.items()
        ],
        **_total(known),
        retired=sum(int(of_table.get("retired", 0)) for of_table in known.values()),
        problems=problems(incoming.problems),
        problem_count=incoming.problem_count,
        error=error(incoming),
        counted=counted(incoming),
        written=queries.written(incoming),
    )


def _known(incoming: Import) -> dict[str, dict[str, int]]:
    return {table: incoming.counts[table] for table in facts.tables() if isinstance(incoming.counts.get(table), dict)}


def together(imports: Iterable[Import], *, tried: bool = False) -> list[Row]:
    """Add up what became of several imports that are in the database, or would of those that were tried, by table."""
    state = Import.Status.CHECKED if tried else Import.Status.DONE
    done = [_known(one) for one in imports if one.status == state and not open_questions(one)]
    names = [name for name in facts.tables() if any(name in known for known in done)]
    return [
        Row(
            table=facts.label(name),
            **{kind: sum(int(known.get(name, {}).get(kind, 0)) for known in done) for kind in KINDS},
        )
        for name in names
    ]


def _total(known: dict[str, dict[str, int]]) -> dict[str, int]:
    return {kind: sum(int(of_table.get(kind, 0)) for of_table in known.values()) for kind in KINDS}


def counted(incoming: Import) -> Counted | None:
    found = incoming.checkpoint.get("check")
    if not found:
        return None
    return Counted(
        rows=found["rows"],
        flagged=found["flagged"],
        aside=found.get("aside", 0),
        guest_orders=found["guest_orders"],
        revenue_cents=incoming.totals.get("net", found["revenue_cents"]),  # without cancelled orders, where it is known
        first_on=_day(found["first_on"]),
        last_on=_day(found["last_on"]),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def problems(found: list[dict[str, Any]]) -> list[Told]:
    """Word problems as they are stored."""
    return [_told(problem) for problem in found]


def _told(problem: dict[str, Any]) -> Told:
    reason, cure = wording.problem_text(problem["code"], problem.get("detail") or {}, value=problem.get("value") or "")
    return Told(
        row=problem.get("row", 0),
        column=problem.get("column", ""),
        value=problem.get("value", ""),
        reason=reason,
        cure=cure,
        is_refused=problem.get("severity") == "refused",
        is_aside=problem.get("severity") == "aside",
    )


def open_questions(incoming: Import) -> list[Question]:
    """Give what the check of a whole file has left open; nothing is imported before it is answered."""
    return [one for one in asked(incoming) if not one.is_answered(incoming.options)]


def asked(incoming: Import) -> tuple[Question, ...]:
    """Give what the whole file left open when it was checked last, or has asked since, answered or not."""
    kept = (incoming.error or {}).get("questions", ())
    if incoming.status == Import.Status.CHECKED:
        kept = incoming.checkpoint.get("asked", ())
    return tuple(asking.of_dict(one) for one in kept)


def standing(told: Report) -> str:
    """Say what an import that came to nothing, or whose undoing did, has left in the database."""
    if told.written is None:
        return _("What was imported is being taken back.")
    if told.is_unchanged:
        return _("Your data is unchanged.")
    text = ngettext("%(n)s row of it is in the database.", "%(n)s rows of it are in the database.", told.written)
    return text % {"n": writing.number(told.written)}


def error(incoming: Import) -> tuple[str, str] | None:
    """Word why nothing was imported: reason and cure."""
    if not incoming.error:
        return None
    detail = {name: value for name, value in incoming.error.items() if name not in {"code", "left"}}
    if "rows" in detail:
        detail["rows"] = writing.number(detail["rows"])
    return wording.problem_text(incoming.error.get("code", ""), detail)


def refusal(refused: CannotUndo) -> str:
    """Word why an import cannot be undone."""
    numbers = ", ".join(f"{writing.number(count)} {facts.label(table)}" for table, count in refused.detail.items())
    return " ".join(wording.problem_text(refused.code, {"numbers": numbers}))


def waiting(incoming: Import) -> str:
    """Say whether a file that waits for a person is ready, or that something about it is open."""
    if not incoming.layout:
        return _("not recognised: look at it")
    count = len(incoming.left_open) or len(open_questions(incoming))
    if not count:
        return _("ready")
    text = ngettext("%(n)s thing is open: look at it", "%(n)s things are open: look at them", count)
    return text % {"n": writing.number(count)}


def summary(incoming: Import) -> str:
    """Say in a few words what came of an import, for a list: its problems are not needed."""
    if incoming.status == Import.Status.UPLOADED:
        return waiting(incoming)
    if failed := error(incoming):
        return failed[0]
    if incoming.status == Import.Status.UNDONE:
        return _("everything as before")
    known = _known(incoming)
    total = _total(known)
    if open_questions(incoming):
        return _("a question is open")
    retired = any(of_table.get("retired") for of_table in known.values())
    if known and not (total["created"] or total["changed"] or total["refused"] or retired):
        return _("nothing new")
    texts = {"created": _("%(n)s created"), "changed": _("%(n)s changed"), "refused": _("%(n)s refused")}
    return ", ".join(text % {"n": writing.number(total[kind])} for kind, text in texts.items() if total[kind])
