"""What was said of every customer, day by day, and read back for one of them."""

import json
from datetime import date

import pytest

from stammkunde.mirror.engine import connection
from stammkunde.signals import diary
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
