"""What was said of every customer, day by day, and read back for one of them."""

import json
from datetime import UTC, date, datetime

import pytest

from stammkunde.mirror.engine import connection
from stammkunde.signals import diary, queries
from stammkunde.signals.models import Current, Generation
from stammkunde.signals.queries import Foreseen
from tests.mirror.damaging import WAYS

FIRST, SECOND = date(2026, 11, 13), date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _own_history(settings, tmp_path):
    settings.HISTORY_DIR = tmp_path / "history"


def keep(on: date, *, risk: float, reasons: str | None, horizon_days: int = 90) -> None:
    told = connection().sql(
        "SELECT 7::BIGINT AS customer_id, $risk::DOUBLE AS risk, 'red' AS risk_level, 'at_risk' AS stage, "
        "123::BIGINT AS margin_at_risk_cents, 456::BIGINT AS expected_cents, 58 AS silent_days, "
        "$reasons::VARCHAR AS risk_reasons",
        params={"risk": risk, "reasons": reasons},
    )
    diary.keep(diary.write(told, as_of=on, horizon_days=horizon_days), as_of=on)


def test_points_are_in_order_with_their_day_and_reasons_as_codes():
    keep(SECOND, risk=0.625, reasons=json.dumps([{"code": "one_channel"}]))
    keep(FIRST, risk=0.5, reasons=None, horizon_days=60)

    points = diary.points(7, until=SECOND)

    told = [(point["on"], point["risk"], point["reasons"], point["horizon_days"]) for point in points]
    assert told == [(FIRST, 0.5, None, 60), (SECOND, 0.625, [{"code": "one_channel"}], 90)]
    assert [point["on"] for point in diary.points(7, until=FIRST)] == [FIRST]
    assert diary.points(8, until=SECOND) == []


def test_points_before_the_first_day_are_none():
    assert diary.points(7, until=SECOND) == []


@pytest.mark.parametrize("damage", WAYS, ids=lambda way: way.__name__)
def test_day_that_is_damaged_is_left_out_and_the_others_still_tell(damage):
    keep(FIRST, risk=0.5, reasons=None)
    keep(SECOND, risk=0.6, reasons=None)
    damage(diary._file(SECOND))

    assert [point["on"] for point in diary.points(7, until=SECOND)] == [FIRST]
    assert diary.days() == [FIRST]
    assert diary.risks(FIRST, horizon_days=90).fetchall() == [(7, 0.5)]


@pytest.mark.django_db
def test_before_anything_is_shown_the_history_says_what_was_expected_on_the_evening_before():
    keep(FIRST, risk=0.5, reasons=None)

    later = queries.foreseen(customer_ids=[7, 8], days=91, on=SECOND)
    same_day = queries.foreseen(customer_ids=[7], days=91, on=FIRST)

    assert later == {7: Foreseen(cents=round(456 * 91 / 365), risk=0.5), 8: Foreseen()}
    assert same_day == {7: Foreseen()}  # what is said of a day is not known on its morning
    assert queries.foreseen(customer_ids=[7], days=91, on=date(2027, 1, 1)) == {7: Foreseen()}  # too long ago


@pytest.mark.django_db
def test_what_is_shown_comes_before_the_history():
    keep(FIRST, risk=0.5, reasons=None)
    made = Generation.objects.create(as_of_on=FIRST, started_at=datetime(2026, 11, 13, 9, tzinfo=UTC), status="done")
    Current.objects.update_or_create(pk=1, defaults={"generation": made})

    assert queries.foreseen(customer_ids=[7], days=91, on=SECOND) == {7: Foreseen()}
