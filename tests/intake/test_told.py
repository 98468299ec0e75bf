"""Up to which day the facts are complete: by files up to their last row, by programs up to today."""

from datetime import date, timedelta

import pytest

from stammkunde.intake import services, told
from tests.intake.bringing import NOW, bring, undo

pytestmark = pytest.mark.django_db(transaction=True)
TODAY = NOW.date()


def sold(number: str, day: str) -> dict[str, object]:
    return {
        "order_number": number, "ordered_at": day, "customer_number": "K1", "product_number": "P1", "quantity": 1,
        "unit_price": "2.00",
    }  # fmt: skip


def until():
    return told.until(today=TODAY, now=NOW + timedelta(hours=1)).get("orders")


def test_a_file_tells_up_to_its_last_row_and_the_source_that_lags_behind_counts(tmp_path):
    assert until() is None

    bring(tmp_path, "flat", [sold("A", "2026-11-10"), sold("B", "2026-11-14")])
    assert until() == date(2026, 11, 14)
    later = bring(tmp_path, "flat", [sold("C", "2026-11-18")], options={"origin": "shop"})
    assert until() == date(2026, 11, 14)

    bring(tmp_path, "flat", [sold("D", "2026-11-19")])
    assert until() == date(2026, 11, 18)
    undo(later)
    assert until() == date(2026, 11, 19)


def test_an_old_shop_brought_in_once_holds_nobody_up(tmp_path):
    bring(tmp_path, "flat", [sold("A", "2026-11-14")])
    bring(tmp_path, "flat", [sold("B", "2019-05-01")], options={"origin": "old"})
    assert until() == date(2026, 11, 14)
    assert told.until(today=TODAY, now=NOW + timedelta(days=60)) == {}


def test_a_branch_that_is_late_with_its_file_holds_the_live_shop_up(tmp_path):
    """Its customers are not silent because nobody has brought the file; after a quarter the branch has ended."""
    for ago, day in ((75, "2026-09-05"), (68, "2026-09-12")):
        then = NOW - timedelta(days=ago)
        bring(tmp_path, "flat", [sold(day, day)], options={"origin": "branch"}, now=then)
    made = services.bring(layout="flat", rows=[sold("L", "2026-11-02")], name="API", origin="till", now=NOW)
    services.run(import_id=made.pk, now=NOW)
    assert until() == date(2026, 9, 12)
    later = NOW + timedelta(days=30)
    assert told.until(today=later.date(), now=later)["orders"] == later.date()


def test_a_row_dated_ahead_makes_a_file_no_more_complete(tmp_path):
    bring(tmp_path, "flat", [sold("A", "2026-11-10"), sold("B", "2026-12-24")])
    assert until() == date(2026, 11, 10)


def test_an_import_that_is_undone_takes_only_its_own_word_back(tmp_path):
    bring(tmp_path, "flat", [sold("A", "2026-11-10")])
    again = bring(tmp_path, "flat", [sold("B", "2026-11-10")])
    undo(again)
    assert until() == date(2026, 11, 10)


def test_rows_that_a_program_hands_in_tell_of_today():
    made = services.bring(layout="flat", rows=[sold("A", "2026-11-02")], name="API", origin="till", now=NOW)
    services.run(import_id=made.pk, now=NOW)
    assert until() == TODAY
