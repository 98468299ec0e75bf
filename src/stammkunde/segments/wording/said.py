"""What rules may ask, in words: fields, tables with their columns, groups of customers and plays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Self, cast

from django.utils.translation import gettext as _

from stammkunde.insight.rules import Column, kind_of, tree
from stammkunde.insight.rules.known import Kind
from stammkunde.segments import vocabulary
from stammkunde.segments.models import Segment
from stammkunde.segments.vocabulary import Word
from stammkunde.segments.wording import nouns, spans
from stammkunde.segments.wording.checks import Answer
from stammkunde.segments.wording.nouns import Noun
from stammkunde.team.models import Staff


@dataclass(frozen=True, kw_only=True)
class Complete:
    """Up to which day some facts are complete; `meant` says which month is this one where that is not today's."""

    what: str
    on: date
    meant: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Said:
    """
    The vocabulary in the language of the page; `members` are names of groups and plays, by `segment:12`.

    `staff` are names of colleagues, by their e-mail addresses; `moments` are those from which a rule may count besides
    what happened, by their names: “the start”. `same` are words for the rows of a table that are about what a rule is
    about: “this order”.
    """

    fields: Mapping[str, Word]
    columns: Mapping[str, Mapping[str, Word]]
    labels: Mapping[str, str]
    members: Mapping[str, str] = field(default_factory=dict)
    staff: Mapping[str, str] = field(default_factory=dict)
    moments: Mapping[str, str] = field(default_factory=dict)
    same: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def current(cls, *, moments: Mapping[str, str] | None = None, same: Mapping[str, str] | None = None) -> Self:
        """Read the vocabulary, and what groups are called."""
        tables = vocabulary.tables()
        return cls(
            fields={word.name: word for word in vocabulary.fields()},
            columns={table.name: {word.name: word for word in vocabulary.words(table)} for table in tables},
            labels={table.name: str(table.label) for table in tables},
            members={f"segment:{pk}": name for pk, name in Segment.objects.values_list("pk", "name")},
            staff={one.email: str(one) for one in Staff.objects.all()},
            moments=moments or {},
            same=same or {},
        )

    def noun(self, table: str) -> Noun:
        """Give the words for rows of a table."""
        return nouns.of(table, label=self.labels.get(table, table))

    def complete(self, until: Mapping[str, date], *, rule: Any, today: date) -> list[Complete]:
        """Give up to which day facts are complete that a rule asks for, where that is not today."""
        names = {day: [self._counted(one) for one in until if until[one] == day] for day in sorted(set(until.values()))}
        return [
            Complete(what=", ".join(some), on=on, meant=spans.meant(rule, on=on, today=today))
            for on, some in names.items()
        ]

    def _counted(self, name: str) -> str:
        return _("figures as of last night") if name == vocabulary.SIGNAL else str(self.noun(name).many)

    def field(self, name: str) -> tuple[str, Answer]:
        """Give what a field is called, and what its answers are; a name that nobody knows any more is said as it is."""
        word = self.fields.get(name)
        if word is None:
            return name, Answer()
        found = answer(word)
        return word.label, replace(found, labels=self.staff) if name in vocabulary.PERSONAL else found

    def column(self, table: str, name: str) -> tuple[str, Answer]:
        """Give what a column of a table is called, and what its answers are."""
        word = self.columns.get(table, {}).get(name)
        return (word.label, answer(word)) if word else (name, Answer())

    def measured(self, table: str, measure: str) -> Answer:
        """Give what the answers of a measure are: `count`, `sum.revenue`."""
        name, _dot, column = measure.partition(".")
        if not column:
            return Answer(kind=kind_of(name, None), unit=_("days") if name == "gap" else "")
        of = self.column(table, column)[1]
        return Answer(kind=kind_of(name, Column(column, of.kind)), unit=of.unit)

    def measured_by(self, amount: tree.Amount) -> Answer:
        """Give what the answers of an amount are."""
        one = amount.measure
        return self.measured(amount.table, f"{one.name}.{one.column}" if one.column else one.name)

    def member(self, name: str) -> str:
        """Give what a group of customers or a play is called."""
        return self.members.get(name) or name.partition(":")[2].partition(":")[0]


def answer(word: Word) -> Answer:
    """Give what the answers of a column are."""
    return Answer(
        kind=cast("Kind", word.asked.kind),
        unit=str(word.asked.unit),
        labels=dict(vocabulary.choices(word)),
        is_country=word.name.rpartition(".")[2] == "country",
    )
