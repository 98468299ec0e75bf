from datetime import UTC, date, datetime

import pytest

from stammkunde.mirror.engine import connection
from stammkunde.signals import policy, services
from tests import engine_reads
from tests.signals import company

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


def quiet(step, done, total):
    """Show nothing."""


@pytest.fixture
def played(once):
    once(play)


def play():
    company.play(until=TODAY)


@pytest.mark.same_on_both("counted in the engine, which reads the same mirror")
def test_no_statement_of_a_refresh_reads_a_held_table_twice(played):
    with engine_reads.counted() as seen:
        services.refresh(as_of=TODAY, now=NOW, progress=quiet, learn=policy.Learn.NOW)

    assert seen.statements > 100
    assert seen.again == []


def test_second_reading_is_noticed_behind_another_name():
    held = connection().sql("SELECT range AS id, range % 7 AS part FROM range(500)").materialize()  # noqa: F841
    parts = connection().sql("SELECT part, count(*) AS n, sum(id) AS ids FROM held GROUP BY part")  # noqa: F841

    with engine_reads.counted() as seen:
        connection().sql("SELECT part, n FROM parts UNION ALL SELECT part, ids FROM parts").fetchall()

    assert [times for times, _ in seen.again] == [2]
