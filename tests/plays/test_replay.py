"""The past year of a measure: without leaks, safe to kill, and honest about what it does not know."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.contacts.models import Contact
from stammkunde.mirror.engine import connection
from stammkunde.plays import contents
from stammkunde.plays.measures import running, triggers
from stammkunde.plays.models import Replay, ReplayWeek
from stammkunde.plays.replay import asking, counting, weeks, working
from stammkunde.sales.models import Order
from stammkunde.segments import holding, past
from stammkunde.signals.models import Generation
from stammkunde.store import facts
from tests import factories
from tests.plays.over_time import BOUGHT, content
from tests.plays.over_time import wait as waits
from tests.segments.company import FREQUENT, NOW, SILENT, TODAY, open_company, refresh, work

pytestmark = pytest.mark.django_db(transaction=True)
SAME = pytest.mark.same_on_both("worked out from the mirror; the tests between ask how weeks are claimed and kept")

DAY = timedelta(days=1)
WEEKS = 14  # instead of a year: each costs a moment
SINCE = TODAY - 364 * DAY
ENTERS = {"kind": "enters"}
PURCHASE = {"kind": "purchase", "window_days": 30}
COMPLAINED = {"happened": "contacts", "within": {"last": 30}, "is": ">=", "value": 1}


def open_with_talks() -> list[int]:
    """The company, and something that was said in summer and entered two weeks later."""
    ids = open_company()
    said_at = NOW - 150 * DAY
    for number, later in enumerate((0, 14)):
        Contact.objects.create(
            source=f"talk {number}", customer_id=ids[10 + number], direction="in", channel="phone", happened_at=said_at,
            happened_on=said_at.date(), recorded_at=said_at + later * DAY,
        )  # fmt: skip
    facts.table("contacts").mark({f"{said_at:%Y-%m}"})
    refresh()
    work()
    Generation.objects.update(started_at=NOW - 300 * DAY)
    return ids


@pytest.fixture
def ids(once, monkeypatch):
    monkeypatch.setattr(weeks, "WEEKS", WEEKS)
    return once(open_with_talks)


def drafted(marketer=None, **more):
    said = content(waits(5), **({"trigger": ENTERS, "rule": SILENT, "goal": PURCHASE, "holdout": 0.1} | more))
    said = {name: value for name, value in said.items() if value}
    return running.draft(name="Rückblick", content=said, staff=marketer, now=NOW)


def asked(play, now=NOW):
    return asking.ask(play, contents.read(play.versions.get().content), now=now)


def worked(play):
    asked(play)
    assert working.sweep(now=NOW)
    return Replay.objects.get(play=play).result


@SAME
@pytest.mark.parametrize("rule", [FREQUENT, SILENT], ids=["frequent", "silent"])
@pytest.mark.parametrize("ago", [40, 110])
def test_a_past_day_is_as_in_a_world_cut_off_at_it(ids, rule, ago):
    on = TODAY - ago * DAY
    then = set(past.opened(rule, since=SINCE, now=NOW).inside(on).tolist())

    Order.objects.filter(ordered_on__gt=on).delete()
    left = set(Order.objects.values_list("customer_id", flat=True))

    assert then == holding.holds(rule, customer_ids=left, now=NOW - ago * DAY)
    assert 0 < len(left) < len(ids)


@SAME
def test_what_was_entered_later_is_seen_from_then_on(ids):
    seen = past.opened(COMPLAINED, since=SINCE, now=NOW)
    said_on = TODAY - 150 * DAY

    assert seen.inside(said_on).tolist() == [ids[10]]
    assert seen.inside(said_on + 14 * DAY).tolist() == ids[10:]


@SAME
def test_scores_count_as_they_were_stored_and_not_at_all_where_they_were_not(ids, settings):
    on = TODAY - 100 * DAY
    settings.HISTORY_DIR.mkdir(parents=True, exist_ok=True)
    rows = connection().sql(f"SELECT {ids[9]} AS customer_id, 0.9 AS risk")
    rows.to_parquet(str(settings.HISTORY_DIR / f"{on}.parquet"))
    seen = past.opened({"field": "signal.risk", "is": ">=", "value": 0.5}, since=SINCE, now=NOW)

    assert seen.inside(on + 5 * DAY).tolist() == [ids[9]]
    assert seen.inside(on - DAY) is None


@SAME
def test_those_come_who_are_in_the_group_and_were_not_a_week_before(ids):
    play = drafted()
    found = worked(play)
    seen = past.opened(SILENT, since=SINCE, now=NOW)

    told = [set(seen.inside(one.last).tolist()) for one in weeks.of(TODAY)]
    came = [now_in - before for before, now_in in pairwise(told)]

    assert [one["first"] + one["again"] for one in found["weeks"]] == [len(some) for some in came]
    assert sum(map(len, came)) > 3
    assert all(one["known"] for one in found["weeks"])
    assert not ReplayWeek.objects.exists()


def test_a_killed_worker_is_followed_by_one_that_goes_on_with_the_next_week(ids, monkeypatch):
    play = drafted()
    whole, did, work_out = worked(play), [], weeks.work_out

    def dies(replay, week, at):
        did.append(week.number)
        if did.count(5) == 1 and week.number == 5:
            raise KeyboardInterrupt
        return work_out(replay, week, at)

    monkeypatch.setattr(weeks, "work_out", dies)
    asked(play)
    with pytest.raises(KeyboardInterrupt):
        working.sweep(now=NOW)
    assert not working.sweep(now=NOW)  # its claim still holds
    assert working.sweep(now=NOW + timedelta(minutes=5))

    assert did == [*range(6), *range(5, WEEKS + 1)]
    assert Replay.objects.get().result == whole


def test_asked_anew_the_one_under_way_is_void(ids, monkeypatch):
    play, work_out = drafted(), weeks.work_out

    def asks(replay, week, at):
        if week.number == 2:
            asked(play, now=NOW + timedelta(seconds=1))
        return work_out(replay, week, at)

    asked(play)
    monkeypatch.setattr(weeks, "work_out", asks)
    assert working.sweep(now=NOW)
    assert (Replay.objects.get().done, ReplayWeek.objects.count()) == (0, 0)

    monkeypatch.setattr(weeks, "work_out", work_out)
    assert working.sweep(now=NOW)
    assert Replay.objects.get().finished_at
    assert not working.sweep(now=NOW)


@SAME
def test_what_happened_begins_it_for_those_in_the_group_on_that_day(ids):
    second = {"happened": "orders", "within": "ever", "is": ">=", "value": 2}
    found = worked(drafted(trigger=BOUGHT, rule=second, reentry={"again": True, "pause_days": 0}))

    assert sum(one["first"] for one in found["weeks"]) == 7  # who bought the second time in these weeks
    assert sum(one["again"] for one in found["weeks"]) == 0


@pytest.mark.parametrize("yearly", [True, False])
def test_a_day_begins_it_as_the_measure_itself_would(ids, yearly, monkeypatch):
    monkeypatch.setattr(weeks, "WEEKS", 52)
    factories.Customer.objects.filter(pk=ids[0]).update(since_on=date(2024, 2, 29))
    factories.Customer.objects.filter(pk=ids[1]).update(since_on=date(2026, 3, 4))
    said = {"kind": "dated", "table": "customers", "column": "since_on", "yearly": yearly, "offset_days": -2}
    play = drafted(trigger=said, rule=None)
    read = contents.read(play.versions.get().content)
    days = [SINCE + number * DAY for number in range(1, 365)]

    def begun(on):
        noon = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
        return {(on, one.customer_id) for one in triggers.lately(read, days=1, now=noon)}

    at = weeks.looked(_of_today(asked(play)), read, now=NOW)
    told = {(on, one[0]) for on, some in at.began.items() for one in some}
    close = [on for on in days if (on.month, on.day) in {(2, 26), (2, 27), (3, 2), (3, 4)}]
    assert told == set().union(*map(begun, close))
    assert len(told) == 1


def _of_today(replay):
    replay.today = TODAY
    return replay


@SAME
def test_who_entered_comes_again_after_the_pause_and_does_what_she_did_without_it():
    read = contents.read(
        content(waits(5), trigger=ENTERS, rule=SILENT, goal=PURCHASE, latest_days=20,
                reentry={"again": True, "pause_days": 60})
    )  # fmt: skip
    first = date(2026, 3, 1)
    came = [(1, first + days * DAY, "") for days in (0, 10, 30, 70)] + [(2, first + 80 * DAY, "")]
    goals = {1: [first, first + 75 * DAY]}

    found = counting.entries(came, read, ends=[goals], zone=triggers.admit.zone())
    base = counting.base(
        found, read, goals=goals, margins={1: {first: 900, first + 75 * DAY: 500}}, today=first + 105 * DAY
    )

    assert [(one.customer_id, (one.on - first).days, one.is_again) for one in found] == [
        (1, 0, False), (1, 70, True), (2, 80, False),
    ]  # fmt: skip
    assert (base.n, base.reached, base.margin_cents) == (2, 1, 500)  # of the last one the time is not over


@SAME
def test_a_large_company_is_looked_at_by_a_sample_with_its_error(ids, monkeypatch):
    monkeypatch.setattr(past, "MOST", 6)
    found = worked(drafted())

    assert found["factor"] == 2
    assert 0 < found["looked"] < found["of"] == len(ids)
    numbers = past.np.arange(160_000, dtype="int64") * 16  # given in blocks
    assert abs(past.sampled(numbers, 16).mean() - 1 / 16) < 0.002
    assert (counting.error(100, 1), counting.error(100, 2)) == (0, 28)


def test_the_page_says_where_it_stands_and_what_it_does_not_say(client, marketer, ids):
    aged = {"all": [SILENT, {"field": "signal.class", "is": "is", "value": "A"}]}
    play = drafted(marketer, rule=aged, cost={"each_cents": 200})
    address = reverse("measure-replay", args=[play.pk])
    client.force_login(marketer)

    def shown():
        return client.get(address).content.decode()

    assert "Noch nicht ausgerechnet" in shown()
    client.post(address)
    assert "Wochen angesehen" in shown()
    assert "hx-trigger" in shown()
    assert working.sweep(now=timezone.now())
    page = shown()
    assert "A/B/C-Klasse: Stand heute, kein Verlauf" in page
    assert "Sie sagt nicht, was die Maßnahme geändert hätte" in page
    assert 'hx-trigger="every' not in page
    assert address in client.get(reverse("measure-edit", args=[play.pk])).content.decode()
    assert address in client.get(reverse("measure", args=[play.pk])).content.decode()


def test_a_replay_that_failed_says_so_and_is_tried_again(client, marketer, ids, monkeypatch):
    play = drafted(marketer)
    asked(play)
    work_out = weeks.work_out
    monkeypatch.setattr(weeks, "work_out", lambda *_given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        working.sweep(now=NOW)
    client.force_login(marketer)
    address = reverse("measure-replay", args=[play.pk])
    assert "Etwas ist schiefgegangen" in client.get(address).content.decode()
    assert not working.sweep(now=NOW)

    monkeypatch.setattr(weeks, "work_out", work_out)
    client.post(address)
    assert working.sweep(now=NOW)
