"""A play from its draw to its verdict: the planted effect is found, net of what it cost, and at planned looks alone."""

from datetime import timedelta

import pytest
from django.db.models import Avg

from stammkunde.impact import comparing, judging, queries, reading, wording, working
from stammkunde.impact.models import Outcome, Trial, Verdict
from stammkunde.outreach import facts as outreach_facts
from stammkunde.outreach.models import Assignment, Draw, Message
from stammkunde.plays.models import Play
from stammkunde.sales.models import Order
from stammkunde.store import facts
from tests import factories

from .company import BEGAN, CARD, DAY, GAIN, NOW, TODAY, buys, drawn, figured, open_company, people, play

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def told(once):
    return once(open_company)


@pytest.fixture
def judged(once):
    """The same company, judged."""
    return once(open_and_judge)


def open_and_judge():
    told = open_company()
    work()
    return told


def work(now=NOW):
    while working.sweep(now=now):
        pass


def test_a_campaign_that_works_is_found_net_of_its_cost(judged):
    (verdict,) = Verdict.objects.all()
    margin, arms = verdict.numbers["margin"], verdict.numbers["arms"]
    assert (verdict.code, verdict.customers, verdict.look, verdict.of) == ("works", 200, 1, 1)
    assert margin["low"] < GAIN - CARD < margin["high"]
    assert margin["held_out"] == len(judged["alone"])
    assert arms["treated"]["cost_cents"] == CARD * (200 - len(judged["alone"]))
    assert arms["held_out"]["cost_cents"] == 0
    assert Outcome.objects.count() == 200


def test_what_was_expected_of_each_narrows_the_range(judged):
    margin = Verdict.objects.get().numbers["margin"]
    assert margin["se"] < margin["uncorrected_se"] / 2


def test_looking_again_says_the_same_and_writes_nothing_new(judged):
    before = list(Verdict.objects.values())

    figured()
    work(NOW + DAY)

    assert list(Verdict.objects.values()) == before
    assert Outcome.objects.count() == 200


def test_before_everybody_is_through_nothing_is_said(told):
    figured(on=BEGAN.date() + timedelta(days=91 + 30 - 1))

    work()

    assert not Verdict.objects.exists()
    progress = Trial.objects.get().progress
    assert (progress["ripe"], progress["waiting"], progress["next_at"]) == (0, 200, 200)
    assert progress["next_on"] == (BEGAN.date() + timedelta(days=91 + 30 + 1)).isoformat()


def test_a_worker_that_is_killed_before_the_verdict_is_followed_by_one_that_gives_it(told, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(judging, "give", lambda *_given, **_more: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            working.sweep(now=NOW)
    assert Outcome.objects.count() == 200  # it was under way
    assert not Verdict.objects.exists()

    work(NOW + 2 * working.LEASE)

    assert Verdict.objects.get().code == "works"
    assert Outcome.objects.count() == 200


def test_a_worker_whose_claim_another_has_writes_no_verdict(told, monkeypatch):
    kept = judging.keep_outcomes

    def slow(trial, members, done, lease):
        kept(trial, members, done, lease)
        Trial.objects.update(leased_by="another", lease_until=NOW + DAY)

    monkeypatch.setattr(judging, "keep_outcomes", slow)
    working.sweep(now=NOW)

    assert not Verdict.objects.exists()


def test_whoever_could_not_be_reached_is_left_out_in_both_arms(told):
    gone = list(Assignment.objects.order_by("pk").values_list("pk", flat=True)[:40])
    Assignment.objects.filter(pk__in=gone).update(eligible=False)

    work()

    assert Verdict.objects.get().customers == 160
    assert not Outcome.objects.filter(assignment__in=gone).exists()


@pytest.mark.parametrize("stage", ["goods", "delivery", "service"])
def test_what_comes_back_after_the_window_is_taken_off_whatever_margin_is_looked_at(told, stage):
    factories.decided(margin_stage=stage)
    treated = Assignment.objects.filter(held_out=False).values_list("customer_id", flat=True)
    for one in Order.objects.filter(customer__in=treated, number__startswith="b"):
        one.lines.create(key="back", quantity=-1, kind="return", revenue_cents=-2 * GAIN, cost_cents=-GAIN)
    facts.table("lines").mark({f"2026-{month:02}" for month in range(6, 10)})
    figured()

    work()

    margin = Verdict.objects.get().numbers["margin"]
    assert margin["low"] < -CARD < margin["high"]


def test_a_wrong_split_gets_no_verdict_on_money(told):
    Draw.objects.update(share=0.2)

    work()

    verdict = Verdict.objects.get()
    assert verdict.code == "wrong_split"
    assert verdict.numbers["split"]["wrong"]
    assert [verdict.numbers[name] for name in ("margin", "purchases", "bought", "course")] == [None, None, None, []]
    assert Trial.objects.get().careful_cents is None


def test_who_is_left_alone_and_got_something_is_counted(told):
    alone = told["alone"][:3]
    for one in alone:
        Message.objects.create(
            key=f"slip:{one}", origin=f"play:{told['play']}", channel="email", purpose="advertising", customer_id=one,
            content={}, language="de", state="handed_over", planned_at=BEGAN, not_before_at=BEGAN,
            latest_at=BEGAN + DAY, handed_over_at=BEGAN,
        )  # fmt: skip

    work()

    assert Trial.objects.get().progress["contaminated"] == 3


def test_a_verdict_outlives_its_play(judged):
    Message.objects.all().delete()
    Play.objects.all().delete()

    trial = Trial.objects.get()
    assert (trial.play, trial.name, trial.verdicts.count()) == (None, "Sommerkarte", 1)
    figured()
    work(NOW + DAY)
    assert Trial.objects.get().verdicts.count() == 1


def test_a_household_that_is_drawn_as_one_counts_as_one(told):
    pairs = list(Assignment.objects.filter(held_out=True).order_by("pk")[:20])
    for place, one in enumerate(pairs):
        one.key = f"home {place // 2}"
    Assignment.objects.bulk_update(pairs, ["key"])

    work()

    verdict = Verdict.objects.get()
    assert verdict.customers == 190
    assert verdict.numbers["split"]["enrolled"] == 190


def test_a_card_that_came_back_has_cost_its_postage(told):
    Message.objects.update(state="bounced", reason={"code": "returned"})

    work()

    arms = Verdict.objects.get().numbers["arms"]
    assert arms["treated"]["cost_cents"] == CARD * (200 - len(told["alone"]))


def test_what_nobody_wrote_down_of_its_cost_is_said(told):
    Message.objects.update(cost_cents=None)

    work()

    verdict = Verdict.objects.get()
    assert verdict.numbers["unknown"] == ["post"]
    assert "Porto" in " ".join(wording.limits(verdict)) or "postage" in " ".join(wording.limits(verdict))


def test_what_it_cost_as_a_whole_is_spread_over_whom_it_reached(told):
    Message.objects.update(cost_cents=None)
    Play.objects.update(fixed_cost_cents=100_001)
    reached = 200 - len(told["alone"])

    work()

    verdict = Verdict.objects.get()
    arms = verdict.numbers["arms"]
    assert (arms["treated"]["cost_cents"], arms["held_out"]["cost_cents"]) == (100_001, 0)
    assert verdict.numbers["margin"]["low"] < GAIN - 100_001 / reached < verdict.numbers["margin"]["high"]
    assert verdict.numbers["unknown"] == []  # postage and print are in it
    assert any("1.000,01" in one or "1,000.01" in one for one in wording.limits(verdict))
    assert set(Outcome.objects.filter(assignment__held_out=False).values_list("cost_cents", flat=True)) == {
        100_001 // reached, 100_001 // reached + 1
    }  # fmt: skip


def test_a_campaign_knows_what_is_worth_having(judged):
    mean = Assignment.objects.aggregate(mean=Avg("expected_cents"))["mean"]
    assert Verdict.objects.get().numbers["worth_cents"] == round(mean / 20)


def test_as_long_as_a_source_is_late_nobody_is_through_whose_days_it_has_not_told(told, monkeypatch):
    late = BEGAN.date() + timedelta(days=100)
    monkeypatch.setattr(working.told, "until", lambda **_asked: {"orders": late, "contacts": TODAY})

    work()

    assert not Verdict.objects.exists()
    assert Trial.objects.get().progress["as_of_on"] == late.isoformat()


def test_of_a_play_that_is_gone_before_its_look_nothing_is_judged(told):
    working.begin()
    Message.objects.all().delete()
    Play.objects.all().delete()

    work()

    assert not Verdict.objects.exists()


def test_who_is_compared_is_kept_when_an_import_is_undone(told):
    (rule,) = (one for one in outreach_facts.HANGING if one.model is Assignment)
    begun = Assignment.objects.filter(rule.hold)
    assert set(begun.values_list("held_out", flat=True)) == {True, False}
    Assignment.objects.update(entered_at=None)
    assert not begun.exists()


# --- over time


def open_stream(a_day: int = 4, days: int = 160) -> dict[str, object]:
    """A measure that somebody enters every day; the contacted bring 30 euro more, within days."""
    ids, of = people(a_day * days), play(kind="measure", name="Rhythmus")
    began = {one: BEGAN - 60 * DAY + (place // a_day) * DAY for place, one in enumerate(ids)}
    draw = Draw.objects.create(
        origin=f"{of.origin}:draw:1", salt="x", share=0.5, drawn_at=BEGAN, name=of.name, window_days=30
    )
    Assignment.objects.bulk_create(
        Assignment(draw=draw, customer_id=one, held_out=place % 2 == 0, entered_at=began[one], eligible=True)
        for place, one in enumerate(ids)
    )
    for place, one in enumerate(ids):
        margin = 1_000 + 37 * (place % 50) + (0 if place % 2 == 0 else 3_000)
        buys(one, began[one].date() + timedelta(days=3), margin=margin, number=f"s{place}")
    return {"ids": ids, "play": of.pk}


@pytest.fixture
def stream(once):
    return once(open_stream)


def looked(monkeypatch, *, planned: int, every: int, days: int):
    """Let figures follow each other from before the first is through, and give what was said: round, look, how many."""
    since = BEGAN.date() - timedelta(days=4)
    upto = since + timedelta(days=days)
    monkeypatch.setattr(judging, "_needed", lambda *_given, **_more: planned)
    said, day = [], since
    while day <= upto:
        figured(on=day)
        work(NOW + (day - since))
        last = Verdict.objects.order_by("-pk").first()
        if last and (not said or said[-1][-1] != last.pk):
            said.append((last.round, last.look, last.customers, last.code, last.pk))
        day += timedelta(days=every)
    return [one[:-1] for one in said]


def test_a_measure_is_judged_at_quarters_of_what_was_planned_and_then_begins_anew(stream, monkeypatch):
    said = looked(monkeypatch, planned=80, every=4, days=44)

    assert [one[:2] for one in said] == [(1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (2, 2), (2, 3), (2, 4)]
    assert all(20 * look <= seen < 20 * (look + 1) for _round, look, seen, _code in said)
    assert {code for *_what, code in said} == {"works"}
    assert Trial.objects.get().skipped == 160
    firsts = Outcome.objects.filter(round=1).values_list("assignment", flat=True)
    seconds = Outcome.objects.filter(round=2).values_list("assignment", flat=True)
    assert max(firsts) < min(seconds)  # nobody counts twice


def test_a_round_that_is_over_is_not_replaced_by_a_quarter_of_the_next(stream, monkeypatch):
    looked(monkeypatch, planned=80, every=4, days=32)

    (standing,) = queries.standings(Trial.objects.all())
    assert Verdict.objects.filter(round=2).exists()
    assert (standing.verdict.round, standing.verdict.look) == (1, 4)


def test_daily_looks_never_change_a_verdict_between_planned_ones(stream, monkeypatch):
    kept = comparing.compare
    asked = []

    def counted(*given, **more):
        asked.append(given)
        return kept(*given, **more)

    monkeypatch.setattr(comparing, "compare", counted)
    said = looked(monkeypatch, planned=80, every=1, days=14)

    assert [look for _round, look, *_rest in said] == [1, 2]
    assert len(asked) == 2  # nothing is even reckoned between looks


def test_of_who_was_drawn_again_under_another_share_the_first_entry_counts(stream):
    of = Play.objects.get(pk=stream["play"])
    second = Draw.objects.create(
        origin=f"{of.origin}:draw:2", salt="y", share=0.3, drawn_at=NOW, name=of.name, window_days=30
    )
    again = stream["ids"][:30]
    Assignment.objects.bulk_create(
        Assignment(draw=second, customer_id=one, held_out=True, entered_at=NOW, eligible=True) for one in again
    )
    figured()

    work()

    assert Trial.objects.get().progress["entered"] == len(stream["ids"])


def test_a_thank_you_that_leaves_some_alone_is_judged_like_a_measure(db, monkeypatch):
    monkeypatch.setattr(working.lags, "usual", lambda: 30)
    thanks, ids = play(name="Dank"), people(30)
    Play.objects.update(kind="thanks", after_on=BEGAN.date())
    drawn(thanks, ids)

    working.begin()

    trial = Trial.objects.get()
    assert (trial.play, trial.name, trial.plan) == (thanks, "Dank", Trial.Plan.ROLLING)
    assert reading.entered(trial, at_most=50).customers.tolist() == ids
