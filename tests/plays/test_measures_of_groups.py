"""Measures of groups of customers: who comes enters, who is in it only if asked; conditions on rows and ways."""

import pytest

from stammkunde.plays import contents
from stammkunde.plays.measures import running
from stammkunde.plays.models import Enrolment
from stammkunde.segments import bits
from stammkunde.segments import services as segments
from stammkunde.segments.models import Segment, SegmentChange, SegmentState
from stammkunde.store import facts
from tests.outreach.planning import NOW, customer
from tests.plays.over_time import BOUGHT, DAY, HOUR, buys, ran, stands, started, the, undone, wait, work

pytestmark = pytest.mark.django_db

ENTERS = {"kind": "enters"}
SILENT = {"happened": "orders", "within": {"last": 60}, "is": "<=", "value": 0}


@pytest.fixture
def silent():
    """Make a group of those who have not bought within 60 days, with somebody in it already."""

    def make(*inside) -> Segment:
        made = segments.create(name="Still", rule=SILENT, now=NOW - 9 * DAY, staff=None)
        ids = [one.pk for one in inside]
        SegmentState.objects.create(
            version=made.versions.get(),
            generation=1,
            as_of_on=NOW.date(),
            until={},
            at=NOW - DAY,
            highest=10**6,
            bits=bits.packed(ids),
            n=len(ids),
        )
        return made

    return make


def comes(group: Segment, who, *, at=NOW, is_in=True, cause="time") -> SegmentChange:
    version = group.versions.order_by("-number").first()
    return SegmentChange.objects.create(
        version=version, customer_id=who.pk, at=at, on=at.date(), is_in=is_in, cause=cause
    )


def test_whoever_comes_into_the_group_enters_once_and_a_changed_rule_begins_nothing(silent):
    anna, berta, cleo = customer(), customer(), customer()
    group = silent(cleo)
    play = started(wait(5), trigger=ENTERS, group=group.pk)
    comes(group, anna)
    comes(group, berta, cause="rule")

    work()
    comes(group, anna, at=NOW + HOUR, is_in=False)
    comes(group, anna, at=NOW + 2 * HOUR)
    work(NOW + 3 * HOUR)

    assert the(play).customer == anna


@pytest.mark.parametrize(
    ("already_in", "expected"),
    [
        (running.AlreadyIn(), []),
        (running.AlreadyIn(enter=True), [0, 0]),
        (running.AlreadyIn(enter=True, weeks=2), [0, 7]),
    ],
)
def test_those_in_the_group_already_enter_not_at_all_now_or_spread_over_weeks(silent, already_in, expected):
    group = silent(customer(), customer())

    started(wait(5), trigger=ENTERS, group=group.pk, already_in=already_in, now=NOW)
    for day in range(15):
        work(NOW + day * DAY)

    days = sorted((one.zero_at - NOW).days for one in Enrolment.objects.all())
    assert days == expected


def test_a_day_of_thanks_is_for_those_in_the_group_at_the_start_and_for_nobody_who_comes_later(silent):
    anna, berta = customer(), customer()
    group = silent(anna)

    play = started(wait(5), trigger={**ENTERS, "later": False}, group=group.pk, now=NOW)
    comes(group, berta, at=NOW + HOUR)
    work(NOW + DAY)

    assert the(play).customer == anna


def test_what_was_so_before_time_zero_and_became_known_late_ends_it(silent):
    anna = customer()
    group = silent()
    play = started(wait(5), trigger=ENTERS, group=group.pk)
    comes(group, anna)
    work()

    buys(anna, NOW - 3 * DAY)  # told by a file that came later
    comes(group, anna, at=NOW + HOUR, is_in=False, cause="fact")
    work(NOW + 2 * HOUR)

    assert stands(play)[::2] == ("closed", "reason_gone")


def test_leaving_the_group_by_what_happened_since_ends_it_only_if_asked(silent):
    anna = customer()
    group = silent()
    stays = started(wait(5), trigger=ENTERS, group=group.pk, name="Bleibt")
    goes = started(wait(5), trigger=ENTERS, group=group.pk, ends_on=["left"], name="Geht")
    comes(group, anna)
    work()

    buys(anna, NOW + HOUR)
    comes(group, anna, at=NOW + HOUR, is_in=False, cause="fact")
    work(NOW + 2 * HOUR)

    assert stands(stays)[::2] == ("waiting", "")
    assert stands(goes)[::2] == ("closed", "left")


def test_a_branch_asks_what_happened_since_the_entry(silent):
    rule = {"happened": "orders", "within": {"since": "entry"}}
    ways = {"yes": [{"kind": "end", "key": "yes"}], "no": [{"kind": "wait", "key": "no", "days": 3}]}
    play = started(wait(2), {"kind": "branch", "rule": rule, **ways}, trigger=BOUGHT)
    anna, berta = customer(), customer()
    for one in (anna, berta):
        buys(one)
    work()

    buys(anna, NOW + DAY)
    work(NOW + 2 * DAY + HOUR)

    at = {one.customer: (one.at_step, one.code) for one in Enrolment.objects.filter(play=play)}
    assert (at[anna], at[berta]) == (("yes", "done"), ("no", ""))
    assert ran(play).count(("s2", "done", "")) == 2


def test_conditions_of_the_row_that_begins_it_hold_for_that_row():
    dear = [{"column": "revenue", "is": ">=", "value": 5000}]
    play = started(wait(2), trigger={**BOUGHT, "where": dear})
    anna, berta = customer(), customer()
    buys(anna, cents=5000)
    buys(berta, cents=4999)

    work()

    assert the(play).customer == anna


def test_measure_with_conditions_of_its_own_has_a_group_of_its_own(silent):
    play = started(wait(2), trigger=ENTERS, rule=SILENT)

    own = Segment.objects.get(play_id=play.pk)

    assert play.versions.get().segment_id == own.pk
    with pytest.raises(segments.InUse):
        segments.archive(segment_id=own.pk, now=NOW, staff=None)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"trigger": ENTERS, "group": 99}, "group"),
        ({"trigger": ENTERS, "rule": {"field": "customer.shoe_size", "is": "is", "value": 44}}, "rule.field"),
        ({"trigger": {**BOUGHT, "table": "shoes"}}, "trigger.table"),
        ({"trigger": {**BOUGHT, "where": [{"column": "shoes", "is": "is", "value": 1}]}}, "trigger.where.1"),
        ({"trigger": {"kind": "dated", "table": "customers", "column": "name"}}, "trigger.column"),
    ],
)
def test_what_is_not_there_refuses_the_start_with_its_place(changes, place):
    with pytest.raises(contents.InvalidContent) as refused:
        started(wait(2), **changes)

    assert [one.place for one in refused.value.problems] == [place]


def test_a_day_of_each_year_begins_it_once_a_year():
    anna = customer(since_on=NOW.date().replace(year=2019))
    play = started(wait(2), trigger={"kind": "dated", "table": "customers", "column": "since_on", "yearly": True})
    assert anna.pk

    for day in range(6):
        work(NOW + day * DAY)

    assert [one.cycle[-7:] for one in Enrolment.objects.filter(play=play)] == ["2026-11"]


def test_undone_and_the_same_file_again_enrols_nobody_anew():
    play = started(wait(2), reentry={"again": True})
    anna = customer()
    order = buys(anna)
    work()

    undone(order)
    work(NOW + HOUR)
    assert stands(play)[::2] == ("closed", "reason_gone")
    buys(anna, source=order.source)
    work(NOW + 2 * HOUR)

    assert facts.table("orders").rows().count() == 1
    assert Enrolment.objects.count() == 1
