"""How the database reads lists of many: along an index, until the page is full."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stammkunde.segments import queries
from tests import factories
from tests.signals import forecasting

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="plans are worded by SQLite"),
]


def test_stages_within_a_country_are_read_by_rank_without_looking_at_other_stages(monkeypatch):
    monkeypatch.setattr(queries, "FEW", 0)
    generation = forecasting.generation()
    forecasting.signal(generation, factories.customer(country="Schweiz"), stage="lost")
    abroad = queries.Filters(stage="lost", texts=(("country", "Schweiz"),))

    with CaptureQueriesContext(connection) as seen:
        assert len(queries.page(abroad, generation=generation).rows) == 1

    walked = next(one["sql"] for one in seen if "ORDER BY 1 ASC" in one["sql"])
    with connection.cursor() as cursor:
        plan = str(cursor.execute(f"EXPLAIN QUERY PLAN {walked}").fetchall())
    assert "signal_by_stage_and_rank" in plan, plan
    assert "TEMP B-TREE" not in plan
