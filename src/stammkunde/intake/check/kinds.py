"""
What kind of document a row belongs to, and in what state its order is.

Offers, delivery notes and drafts are no sales: their rows are set aside. So are orders that stand in one file with
invoices, or they would count twice. A word that nobody knows is asked; until somebody answers, its rows count nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from stammkunde.intake.asking import Answer, Question
from stammkunde.intake.check import problems
from stammkunde.intake.check.given import LIVE, Mapped
from stammkunde.intake.check.result import ASIDE, REFUSED
from stammkunde.intake.formats import engine
from stammkunde.intake.formats.engine import literal
from stammkunde.intake.layouts.vocabulary import LEFT_OUT, NO_SALES

UNKNOWN = "unknown"  # what a word means until somebody says it
REMARKED = "code IN ('no_sale', 'order_beside_invoices')"  # once a word: they count no rows
MOST_ASKED = 12  # words at once: a column with more of them is probably another one
# Which question is asked about a field's words, and what they may be said to mean.
_ASKED = {
    "document_type": ("kind", ("sale", "return", "adjustment", LEFT_OUT)),
    "status": ("status", ("completed", "open", "cancelled", LEFT_OUT)),
}
_TURNED = {"return": -1, "cancelled": 0, LEFT_OUT: 0}  # what becomes of an amount that would be a sale's


@dataclass(frozen=True, kw_only=True)
class Aside:
    """What was set aside of one kind."""

    kind: str
    rows: int
    documents: int
    cents: int | None  # what it would have come to


def with_answers(fields: Iterable[Mapped], options: dict[str, Any]) -> list[Mapped]:
    """Let fields whose words are asked know those that somebody has explained, whatever they meant before."""
    return [_with_answers(one, options) if one.field.name in _ASKED else one for one in fields]


def _with_answers(one: Mapped, options: dict[str, Any]) -> Mapped:
    said = _said(one.field.name, options)
    choices = {
        ours: tuple(word for word in (ours, *words) if word.lower() not in said)
        for ours, words in one.field.choices.items()
    }
    for word, ours in said.items():
        choices[ours] = (*choices.get(ours, ()), word)
    otherwise = "" if options.get(LIVE) else UNKNOWN
    if one.field.otherwise in NO_SALES:  # a program of which only some words are sales
        otherwise = one.field.otherwise
    return replace(one, field=replace(one.field, choices=choices, otherwise=otherwise))


def _said(field: str, options: dict[str, Any]) -> dict[str, str]:
    """Give the words that somebody has explained: word → meaning."""
    question, meanings = _ASKED[field]
    begin = f"{question}:"
    return {
        option.removeprefix(begin).lower(): str(value)
        for option, value in options.items()
        if option.startswith(begin) and value in meanings
    }


def words_sql(fields: Iterable[Mapped]) -> list[str]:
    """Give the SQL for the words themselves, as they stand in the file."""
    return [f"g.{one.raw} AS word_{one.field.name}" for one in fields if one.field.name in _ASKED]


def foreseen(db: duckdb.DuckDBPyConnection, fields: Iterable[Mapped]) -> tuple[Question, ...]:
    """Ask about words that nobody knows while it is still open how the file is written, and so what rows come to."""
    return tuple(
        Question(
            option=f"{_ASKED[one.field.name][0]}:{word}",
            columns=(one.column,),
            row=row,
            detail={"rows": rows},
            answers=tuple(Answer(value=each) for each in _ASKED[one.field.name][1]),
        )
        for one in fields
        if one.field.name in _ASKED
        for word, row, rows in db.execute(
            f"SELECT min(g.{one.raw}), min(g.row), count(*) FROM given g "
            f"JOIN p_{one.field.name} p ON p.text = g.{one.raw} WHERE p.value = '{UNKNOWN}' "
            f"GROUP BY lower(g.{one.raw}) ORDER BY count(*) DESC, 2 LIMIT {MOST_ASKED}"
        ).fetchall()
    )


class Kinds:
    """The words of one file that say what its rows are."""

    def __init__(self, db: duckdb.DuckDBPyConnection, fields: Iterable[Mapped], options: dict[str, Any]) -> None:
        self.db, self.options = db, options
        self.fields = {one.field.name: one for one in fields if one.field.name in _ASKED}

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(f"word_{name}" for name in self.fields)

    def judge(self) -> None:
        """Ask about words that nobody knows, instead of remarking them; whoever hands rows in one by one is refused."""
        for name, one in self.fields.items():
            column = f'"column" = {literal(one.column)}'
            if self.options.get(LIVE):
                known = literal(", ".join(_ASKED[name][1][:-1]))
                self.db.execute(
                    f"UPDATE problems SET code = 'choice_needed', severity = '{REFUSED}', "
                    f"detail = json_object('field', {literal(name)}, 'known', {known}) "
                    f"WHERE code = 'unknown_choice' AND {column}"
                )
            else:
                self.db.execute(f"DELETE FROM problems WHERE code = 'unknown_choice' AND {column}")

    def set_aside(self, table: str, *, cents: str) -> None:
        """Take rows that are no sales out of `table`, and keep what they were and what they would have come to."""
        why = self._why(table)
        named = ", ".join(["row", "order_number", f"{why} AS kind", f"{cents} AS cents", *self.fields, *self.words])
        self.db.execute(f"CREATE TABLE rows_aside AS SELECT {named} FROM {table} WHERE {why} IS NOT NULL")
        self.db.execute(f"DELETE FROM {table} WHERE {why} IS NOT NULL")
        for name, one in self.fields.items():
            asked, (counts, *_others) = _ASKED[name]
            problems.add(
                self.db,
                f"SELECT min(row), {literal(one.column)}, word_{name}, "
                "CASE kind WHEN 'order' THEN 'order_beside_invoices' ELSE 'no_sale' END, "
                f"json_object('rows', count(*), 'option', '{asked}:' || word_{name} || '={counts}'), "
                f"'{ASIDE}' FROM rows_aside WHERE kind = {name} AND kind <> '{UNKNOWN}' GROUP BY kind, word_{name}",
            )

    def _why(self, table: str) -> str:
        """Give the SQL for why a row counts nothing, NULL where it counts."""
        whens = [
            f"WHEN {name} IN ({', '.join(map(literal, (UNKNOWN, *NO_SALES)))}) THEN {name}" for name in self.fields
        ]
        if "document_type" in self.fields and self._has(table, "sale"):
            whens.append("WHEN document_type = 'order' THEN 'order'")
        return f"CASE {' '.join(whens)} END" if whens else "NULL::VARCHAR"

    def _has(self, table: str, kind: str) -> bool:
        return bool(engine.count(self.db, f"SELECT count(*) FROM {table} WHERE document_type = '{kind}'"))

    def aside(self) -> list[Aside]:
        """Tell what was set aside, by kind."""
        found = self.db.execute(
            "SELECT kind, count(DISTINCT row), count(DISTINCT order_number), CAST(sum(cents) AS BIGINT) "
            "FROM rows_aside GROUP BY kind ORDER BY kind"
        ).fetchall()
        return [Aside(kind=kind, rows=rows, documents=documents, cents=cents) for kind, rows, documents, cents in found]

    def questions(self, *, cents: int | None) -> tuple[Question, ...]:
        """Ask what the unknown words mean; `cents` is what the file comes to without them."""
        return tuple(
            question
            for name, one in self.fields.items()
            for question in (
                *self._asked(name, one, f"{name} = '{UNKNOWN}'", cents=cents),
                *self._asked(name, one, f"kind = {name} AND kind <> '{UNKNOWN}'", cents=cents, proposed=LEFT_OUT),
                *self._answered(name, one),
            )
        )

    def _asked(
        self, name: str, one: Mapped, which: str, *, cents: int | None, proposed: str = ""
    ) -> Iterator[Question]:
        """Ask about the words of rows that were set aside: what they are, or whether they are to count all the same."""
        asked, meanings = _ASKED[name]
        said = _said(name, self.options)
        found = self.db.execute(
            f"SELECT min(word_{name}), min(row), arg_min(order_number, row), count(*), CAST(sum(cents) AS BIGINT) "
            f"FROM rows_aside WHERE {which} GROUP BY lower(word_{name}) ORDER BY count(*) DESC, 2 LIMIT {MOST_ASKED}"
        ).fetchall()
        for word, row, number, rows, own in found:
            if word.lower() not in said:  # or it is asked below, with what was answered
                yield Question(
                    option=f"{asked}:{word}",
                    columns=(one.column,),
                    row=row,
                    example=number or "",
                    detail={"rows": rows},
                    answers=tuple(Answer(value=each, cents=_total(cents, own, each)) for each in meanings),
                    proposed=proposed,
                )

    def _answered(self, name: str, one: Mapped) -> list[Question]:
        """Ask once more what was answered, so that it can be answered otherwise."""
        asked, meanings = _ASKED[name]
        said = {option.removeprefix(f"{asked}:") for option in self.options if option.startswith(f"{asked}:")}
        there = self.db.execute(f"SELECT text FROM p_{name} WHERE value <> '{UNKNOWN}'").fetchall()
        words = sorted({text for (text,) in there} & said)
        answers = tuple(Answer(value=each) for each in meanings)
        return [Question(option=f"{asked}:{word}", columns=(one.column,), answers=answers) for word in words]


def _total(cents: int | None, own: int | None, meaning: str) -> int | None:
    """Tell what the file comes to where rows mean this; None where it has no amounts."""
    if cents is None or own is None:
        return None
    turned = _TURNED.get(meaning, 1)
    return cents + (-abs(own) if turned < 0 else own * turned)
