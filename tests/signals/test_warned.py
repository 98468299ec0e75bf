"""Warnings and changes of stage over several refreshes: opened, raised, closed; killed and repeated without harm."""

from datetime import UTC, date, datetime, timedelta

import pytest

from stammkunde.customers import services as customers
from stammkunde.customers.models import Customer
from stammkunde.sales import services as sales
from stammkunde.sales.models import Order
from stammkunde.signals import policy, queries, services
from stammkunde.signals.models import CustomerSignal, EarlyWarning, Generation, StageChange
from tests import factories
from tests.signals.limited import limits

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_figures", "learns_once")]

DAY = date(2026, 3, 1)
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
Outcome = EarlyWarning.Outcome


def quiet(step, done, total):
    """Show nothing."""


def refresh(*, after=0, on=None):
    day = on or DAY + timedelta(days=after)
    return services.refresh(as_of=day, now=NOW + (day - DAY), progress=quiet, learn=policy.Learn.MISSING)


@pytest.fixture
def team(monkeypatch):
    """Set how many are red, and how many red and amber."""

    def allow(*, week, month):
        monkeypatch.setattr(services.lit, "limits", lambda: limits(week=week, month=month))

    allow(week=1, month=2)
    return allow


@pytest.fixture
def late(team, once):
    return once(fall_silent)


@pytest.fixture
def refreshed(team, once):
    """The same three, as the first refresh of the day leaves them."""
    return once(fall_silent_and_refresh)


def fall_silent_and_refresh():
    made = fall_silent()
    refresh()
    return made


def fall_silent():
    """Three customers who bought every 20 days and are silent for 50; the last is worth most."""
    factories.decided(activity_days=200)
    made = [factories.customer() for _ in range(3)]
    for number, one in enumerate(made):
        for days in (50, 70, 90, 110):
            buy(one, DAY - timedelta(days=days), cents=1000 * (number + 1))
    return made


def buy(who, on, *, cents=1000):
    factories.order(who, on, cents=cents)
    sales.mark_changed([f"{on:%Y-%m}"])


def warned():
    """Say of every warning whose it is, since when, how bright, and what became of it."""
    found = EarlyWarning.objects.order_by("pk")
    return [(one.customer, (one.warned_on - DAY).days, one.level, one.outcome, one.closed_on) for one in found]


@pytest.mark.parametrize(
    ("bought", "is_at_risk", "after", "told"),
    [
        (None, True, 0, None),
        (None, True, 29, None),
        (None, True, 30, ("left", 30)),
        (None, False, 30, ("left", 30)),
        (None, False, 5, ("calmed", 5)),
        (0, True, 1, ("bought", 0)),
        (-3, True, 1, ("bought", 0)),  # told of late: it was known only after the warning
        (30, True, 90, ("bought", 30)),
        (31, True, 90, ("left", 30)),
        (10, False, 20, ("bought", 10)),
        (None, False, -1, None),  # facts were taken back
    ],
)
def test_outcome_of_a_warning(bought, is_at_risk, after, told):
    outcome = policy.outcome(
        warned_on=DAY,
        horizon_days=30,
        bought_on=None if bought is None else DAY + timedelta(days=bought),
        is_at_risk=is_at_risk,
        is_founded=True,
        as_of=DAY + timedelta(days=after),
    )

    assert outcome == (told and (told[0], DAY + timedelta(days=told[1])))


def test_warning_is_given_once_with_what_was_known(refreshed):
    made = refresh(after=0)
    refresh(after=1)

    assert warned() == [(refreshed[1], 0, "amber", "open", None), (refreshed[2], 0, "red", "open", None)]
    one = EarlyWarning.objects.get(customer=refreshed[2])
    assert (one.last_on, one.horizon_days) == (DAY - timedelta(days=50), made.forecast["risk"]["horizon_days"])
    assert one.reasons == [{"code": "silent", "gap_days": 20, "silent_days": 50}]
    assert (one.risk, one.margin_at_risk_cents) == (None, None)


def test_level_of_an_open_warning_only_rises(refreshed, team):
    team(week=2, month=2)
    refresh(after=1)
    assert warned() == [(refreshed[1], 0, "red", "open", None), (refreshed[2], 0, "red", "open", None)]

    team(week=1, month=1)
    refresh(after=2)

    assert warned() == [(refreshed[1], 0, "red", "open", None), (refreshed[2], 0, "red", "open", None)]
    assert queries.signal_of(refreshed[1].pk).risk_level == "green"


def test_purchase_closes_a_warning_and_a_new_silence_opens_another(refreshed):
    buy(refreshed[2], DAY + timedelta(days=3))
    refresh(after=5)

    bought = (refreshed[2], 0, "red", "bought", DAY + timedelta(days=3))
    assert warned()[:2] == [(refreshed[1], 0, "red", "open", None), bought]
    assert warned()[2:] == [(refreshed[0], 5, "amber", "open", None)]

    refresh(after=60)
    assert [one for one in warned() if one[0] == refreshed[2]][1:] == [(refreshed[2], 60, "red", "open", None)]


def test_purchase_on_the_very_day_of_the_warning_counts(refreshed):
    buy(refreshed[2], DAY)

    refresh()

    assert (refreshed[2], 0, "red", "bought", DAY) in warned()


def test_customer_who_left_is_not_warned_about_again_in_the_same_silence(late):
    factories.decided(activity_days=1000)
    made = refresh()
    horizon = made.forecast["risk"]["horizon_days"]
    EarlyWarning.objects.update(horizon_days=30)

    refresh(after=31)
    refresh(after=40)

    left = DAY + timedelta(days=30)
    assert horizon > 30
    assert [one for one in warned() if one[0] != late[0]] == [
        (late[1], 0, "amber", "left", left),
        (late[2], 0, "red", "left", left),
    ]
    assert queries.live_test() == queries.LiveTest(open=0, bought=0, left=2, calmed=0, undone=0)
    assert queries.live_test().left_share == 1.0
    assert queries.live_test(since=DAY + timedelta(days=1)).left_share is None


def test_warning_stays_open_while_only_others_push_it_out_of_the_lights(refreshed, team):
    richer = factories.customer()
    for days in (50, 70, 90, 110):
        buy(richer, DAY - timedelta(days=days), cents=9000)
    customers.mark_changed()
    team(week=1, month=1)

    refresh(after=1)

    assert warned() == [
        (refreshed[1], 0, "amber", "open", None),
        (refreshed[2], 0, "red", "open", None),
        (richer, 1, "red", "open", None),
    ]


def test_warning_calms_down_when_nothing_is_at_stake_any_more(refreshed):
    order = Order.objects.filter(customer=refreshed[2]).latest("ordered_on")
    order.lines.create(key="R", kind="return", quantity=-1, revenue_cents=-12_000)
    sales.mark_changed([f"{order.ordered_on:%Y-%m}"])

    refresh(after=1)

    assert (refreshed[2], 0, "red", "calmed", DAY + timedelta(days=1)) in warned()


def test_warnings_of_a_later_day_rest_while_facts_are_taken_back(late):
    refresh(after=10)
    before = warned()

    refresh(after=2)

    assert warned() == before


def test_failed_refresh_leaves_no_warnings_and_no_day_of_the_history(late, monkeypatch, settings):
    monkeypatch.setattr(services.warned, "write", lambda plan: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        refresh()

    assert warned() == []
    assert queries.current() is None
    assert [file.name for file in settings.HISTORY_DIR.glob("*.parquet")] == []
    monkeypatch.undo()
    refresh(after=1)
    assert len(list(settings.HISTORY_DIR.iterdir())) == 1


def test_customer_deleted_meanwhile_is_not_warned_about(late, monkeypatch):
    original = services.warned.changes

    def delete_one(*known, **more):
        made = original(*known, **more)
        Order.objects.filter(customer=late[2]).delete()
        Customer.objects.filter(pk=late[2].pk).delete()
        return made

    monkeypatch.setattr(services.warned, "changes", delete_one)
    refresh()

    assert warned() == [(late[1], 0, "amber", "open", None)]


def changes(who):
    return [((one.changed_on - DAY).days, one.before, one.after) for one in who.stage_changes.order_by("changed_on")]


def test_stage_changes_are_noted_between_refreshes(late):
    one = late[0]
    refresh(after=-35)  # silent for 15
    refresh(after=-10)  # silent for 40
    refresh(after=0)
    refresh(after=1)
    buy(one, DAY + timedelta(days=2))
    refresh(after=2)

    stages = changes(one)
    assert stages[0][1:] == ("active", "at_risk")
    assert stages[-1][0] == 2
    assert stages[-1][2] == "active"
    assert all(before != after for _, before, after in stages)
    assert [after for _, _, after in stages[:-1]] == [before for _, before, _ in stages[1:]]
    assert StageChange.objects.filter(changed_on=DAY + timedelta(days=1)).count() == 0


def test_stage_that_is_back_on_the_same_day_has_not_changed(late):
    one = late[0]
    refresh(after=-1)
    before = queries.signal_of(one.pk).stage
    buy(one, DAY)
    refresh()
    assert changes(one) == [(0, before, "active")]

    Order.objects.filter(customer=one, ordered_on=DAY).delete()
    sales.mark_changed([f"{DAY:%Y-%m}"])
    refresh()

    assert changes(one) == []


def test_stage_changes_left_behind_by_a_killed_refresh_are_cleared_away(late):
    one, other = late[:2]
    refresh(after=-35)
    later, same = DAY + timedelta(days=9), DAY
    StageChange.objects.create(customer=one, changed_on=later, before="active", after="lost")
    StageChange.objects.create(customer=other, changed_on=same, before="active", after="lost")

    refresh()

    assert changes(one) == [(0, "active", queries.signal_of(one.pk).stage)]
    assert changes(other) == [(0, "active", queries.signal_of(other.pk).stage)]


def test_generation_without_orders_warns_nobody():
    factories.customer()

    made = refresh()

    assert (made.status, EarlyWarning.objects.count(), CustomerSignal.objects.count()) == (Generation.Status.DONE, 0, 1)


@pytest.mark.parametrize("after", [1, 365])
def test_warnings_are_withdrawn_when_the_purchase_that_they_count_from_is_undone(refreshed, after):
    Order.objects.filter(customer=refreshed[2], ordered_on=DAY - timedelta(days=50)).delete()
    sales.mark_changed([f"{DAY - timedelta(days=50):%Y-%m}"])

    refresh(after=after)

    one = EarlyWarning.objects.get(customer=refreshed[2], warned_on=DAY)
    assert (one.outcome, one.closed_on) == (Outcome.UNDONE, DAY + timedelta(days=after))
    assert (queries.live_test(since=DAY).undone, queries.live_test().left_share in (None, 1.0)) == (1, True)


def test_warnings_end_although_every_purchase_was_undone(refreshed):
    Order.objects.all().delete()
    sales.mark_changed([f"{DAY - timedelta(days=days):%Y-%m}" for days in (50, 70, 90, 110)])

    refresh(after=1)

    assert set(EarlyWarning.objects.values_list("outcome", flat=True)) == {Outcome.UNDONE}
