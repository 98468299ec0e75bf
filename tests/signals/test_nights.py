"""Evenings that are past: what is said of them is what a data refresh would have said, and stays."""

from datetime import UTC, date, datetime

import pytest
from django.conf import settings

from stammkunde.mirror.engine import connection
from stammkunde.signals import compute, diary, lit, nights, policy, queries, services
from stammkunde.signals.models import CustomerSignal, EarlyWarning, Figure, StageChange
from tests.signals import company
from tests.signals.limited import limits

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]

LAST = date(2026, 6, 30)
EVENINGS = [date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 23), LAST]
NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _few_slices_and_warnings(monkeypatch):
    monkeypatch.setattr(compute, "SLICES", ())
    monkeypatch.setattr(lit, "limits", lambda: limits(week=4, month=12))


def _look_back():
    company.play(size=120, until=LAST)
    with nights.nights(EVENINGS, learn_on=LAST, now=NOW) as told:
        for on in EVENINGS:
            told.say(on)


def _file(on):
    return connection().read_parquet(str(settings.HISTORY_DIR / f"{on}.parquet")).order("customer_id").fetchall()


@pytest.mark.same_on_both("worked out from the mirror; the test below asks how it is stored")
def test_an_evening_is_told_as_a_refresh_of_that_day_tells_it(once):
    once(_look_back)
    before = EarlyWarning.objects.count()
    told, stages = _file(LAST), dict(CustomerSignal.objects.values_list("customer__number", "stage"))
    assert len(told) > 20

    services.refresh(as_of=LAST, now=NOW, progress=lambda *_: None, learn=policy.Learn.NOW)

    assert _file(LAST) == told
    assert EarlyWarning.objects.count() == before  # once a day
    shown = CustomerSignal.objects.filter(generation=queries.current())
    assert dict(shown.values_list("customer__number", "stage")) == stages


def test_a_history_has_warnings_changes_of_stage_and_what_was_expected_each_month(once):
    once(_look_back)

    assert diary.days() == EVENINGS
    assert queries.current().as_of_on == LAST
    assert EarlyWarning.objects.filter(outcome="left").exists()  # nobody of this company comes back
    assert set(EarlyWarning.objects.values_list("warned_on", flat=True)) <= set(EVENINGS)
    changed = set(StageChange.objects.values_list("changed_on", flat=True))
    assert {EVENINGS[1]} <= changed <= set(EVENINGS[1:])
    expected = Figure.objects.filter(kpi="predicted_value_cents", slice_by="").order_by("period")
    assert [figure.period for figure in expected if figure.value] == ["2026-04", "2026-05", "2026-06"]


def test_a_history_that_is_there_is_not_told_again(once):
    once(_look_back)

    with pytest.raises(nights.NotTheFirst), nights.nights(EVENINGS, learn_on=LAST, now=NOW):
        pass
