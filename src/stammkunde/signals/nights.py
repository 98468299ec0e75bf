"""
What data refreshes would have said on evenings that are past, by one model: for books that nobody refreshed in time.

An evening of the past needs no figures, as every refresh counts those of the whole history; nor bounds, as nobody reads
them any more; and it learns nothing. What stays of it is written as a refresh writes it: warnings and what became of
them, changes of stage, the day's file of the history. The last one is shown, and hands on what was expected in earlier
months. Evenings before the day of the lesson are judged by what was learnt later: good for a demo, and no proof.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial

import duckdb
import pyarrow as pa
from django.db import transaction

from stammkunde import mirror, work
from stammkunde.insight.frames import Facts
from stammkunde.mirror.engine import connection
from stammkunde.signals import (
    assessed,
    diary,
    frames,
    learning,
    lease,
    lit,
    margins,
    outlook,
    policy,
    queries,
    said,
    services,
    stages,
    warned,
)
from stammkunde.signals.compute import Computation, numbered, suggested_days
from stammkunde.signals.models import CustomerSignal, Figure, FigureSettings
from stammkunde.team import queries as team

BATCH = 65_536
_CHANGED = """
SELECT n.customer_id, f.stage AS "before", n.stage AS "after"
FROM now n JOIN former f ON f.customer_id = n.customer_id WHERE n.stage <> f.stage ORDER BY n.customer_id
"""


class NotTheFirst(Exception):
    """There is a history already; what was said on those days stands, and is not said again."""


@dataclass(kw_only=True)
class Nights:
    """The facts at hand, what was learnt of them, and what was said so far."""

    evenings: Sequence[date]
    facts: Facts
    learnt: learning.Learnt
    limits: lit.Limits
    former: duckdb.DuckDBPyRelation | None = None  # of the last evening: customer_id and stage
    last: assessed.Assessed | None = None
    on: date | None = None
    figures: list[pa.Table] = field(default_factory=list)  # what was expected on the last evening of each month

    def say(self, on: date) -> None:
        """Say of one of the evenings what a data refresh would have said; they come in their order."""
        terms = self.learnt.terms
        known = Computation(facts=frames.with_class(self.facts, as_of=on), as_of=on, activity_days=terms.activity_days)
        try:
            found = self._assess(known)
            self._write(known, found)
        finally:
            self.facts.release()
            known.facts.release()
        self.last, self.on = found, on

    def _assess(self, known: Computation) -> assessed.Assessed:
        before, model = diary.before(known.as_of), self.learnt.risk
        return assessed.assess(
            known,
            described=assessed.described(known),
            outlook=outlook.look_ahead(known.facts, as_of=known.as_of, learnt=self.learnt, share=None),
            limits=self.limits,
            earlier=diary.risks(before, horizon_days=model.horizon_days if model else None),
        )

    def _write(self, known: Computation, found: assessed.Assessed) -> None:
        on, horizon_days = known.as_of, found.horizon_days
        warnings = warned.changes(known.facts, known=found.known, told=found.told, as_of=on, horizon_days=horizon_days)
        now = found.known.project("customer_id, stage").materialize()
        changed = _changes(self.former, now)
        self.former = now
        if policy.month_of(on) not in {policy.month_of(later) for later in self.evenings if later > on}:
            self.figures.append(said.figures(known, found))
        file = diary.write(found.rows, as_of=on, horizon_days=horizon_days)
        with transaction.atomic():
            warned.write(warnings)
            stages.append(changed, on=on)
        diary.keep(file, as_of=on)


def _changes(former: duckdb.DuckDBPyRelation | None, now: duckdb.DuckDBPyRelation) -> list[tuple[int, str, str]]:  # noqa: ARG001
    return [] if former is None else connection().sql(_CHANGED).fetchall()


@contextmanager
def nights(evenings: Sequence[date], *, learn_on: date, now: datetime) -> Iterator[Nights]:
    """
    Say what would have been said on past evenings, by what there was to learn on one of them; then show the last.

    :raises NotTheFirst: if there is a history already
    """
    if queries.current() or diary.days():
        raise NotTheFirst
    manifest, margin = mirror.bring_up_to_date(now=now, progress=_silently), margins.wanted()
    opened = frames.open_facts(mirror.tables(manifest), margin=margin)
    facts = replace(opened, products=None).at_hand()  # what somebody likes best is no part of a history
    try:
        learnt = _learn(facts, manifest, on=learn_on, margin=margin)
        told = Nights(evenings=evenings, facts=facts, learnt=learnt, limits=lit.limits())
        yield told
        if told.last is not None:
            _show(told, manifest=manifest, margin=margin, now=now)
    finally:
        facts.release()


def _learn(facts: Facts, manifest: mirror.Manifest, *, on: date, margin: margins.Terms) -> learning.Learnt:
    wanted, past = FigureSettings.of(team.company()), facts.until(on)
    days = wanted.activity_days or suggested_days(past, as_of=on)
    terms = learning.terms(past, activity_days=days, horizon_days=wanted.risk_horizon_days, margin=margin)
    lesson = learning.Lesson(facts=past, manifest=manifest, as_of=on, terms=terms)
    found = learning.fresh(lesson, report=_silently)
    return replace(found, risk=found.risk and replace(found.risk, back_tests=()))  # no page of that evening is shown


def _show(told: Nights, *, manifest: mirror.Manifest, margin: margins.Terms, now: datetime) -> None:
    """Make the last evening the shown generation, with what was expected in all months."""
    assert told.last is not None
    assert told.on is not None
    generation = lease.claim(as_of=told.on, now=now)
    with lease.held(generation, clock=work.going_on(now), show=_silently) as held:
        for name, value in (
            ("facts_version", manifest.version),
            ("activity_days", told.learnt.terms.activity_days),
            ("checkpoint", margins.note(margin)),
            ("forecast", told.last.forecast),
        ):
            setattr(generation, name, value)
        generation.save(update_fields=["facts_version", "activity_days", "checkpoint", "forecast"])
        rows, figures = told.last.rows.to_arrow_reader(BATCH), numbered(told.figures)
        put = partial(services.put, generation=generation, report=_silently)
        put(rows, total=told.last.total, model=CustomerSignal)
        put(figures.to_reader(), total=len(figures), model=Figure)
        services.make_current(generation, held=held)


def _silently(*_what: object) -> None: ...
