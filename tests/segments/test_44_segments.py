"""The 44 groups that a retention manager asks for, in the product's own words; which of them wait for what."""

from datetime import timedelta

import pytest
from django.utils import translation

from stammkunde import mirror
from stammkunde.insight import rules
from stammkunde.plays.models import Enrolment, Play
from stammkunde.segments import counts, draft, nightly, vocabulary
from stammkunde.segments.examples.example import all_of, field, happened, never, where
from stammkunde.segments.wording import Said, sentence
from stammkunde.signals import queries as signals
from tests import factories
from tests.insight.rules.test_segments import LISTED
from tests.segments.company import NOW, TODAY, open_company
from tests.segments.forms import sent
from tests.segments.test_draft import meant, shown

DISCOUNTED = where("discount", ">", 0)
LAST, GAP = {"happened": "orders", "measure": "last"}, {"happened": "orders", "measure": "gap"}
SPENT = {"happened": "orders", "measure": "sum.revenue"}
SETTLED = where("settled", "within", {"ago": [14, 20]})
DELIVERED = where("delivered", "within", {"ago": [90, 97]})


def within(table, span, **more):
    return happened(table, **{"is": "within"}, value=span, **more)


def lines(category):
    return [*where("kind", "is", "sale"), *where("category", "is", category)]


SAID = {
    1: field("signal.margin", "top %", 10),
    2: all_of(happened("orders", within={"last": 180}, value=2), field("signal.value", "top %", 25)),
    3: all_of(field("signal.class", "is", "A"), {"left": LAST, "is": ">=", "times": 2, "right": GAP}),
    4: all_of(
        happened("orders", measure="days", **{"is": "is"}), within("orders", {"ago": [61, None]}, measure="last")
    ),
    5: never("orders"),
    6: all_of(happened("orders"), never("orders", within={"last": 180})),
    7: within("orders", {"last": 30}, measure="first"),
    8: all_of(
        within("orders", {"ago": [20, 60]}, measure="first"),
        never("orders", within={"since": {"happened": "orders", "pick": "first"}}),
    ),
    9: all_of(happened("lines", where=lines("Brot")), never("lines", where=lines("Kuchen"))),
    10: all_of(happened("orders", within={"yearly": [-45, 45], "years": [1]}), never("orders", within={"last": 46})),
    11: happened("orders", measure={"share": DISCOUNTED}, **{"is": "is"}),
    12: all_of(happened("orders"), never("orders", where=DISCOUNTED)),
    13: all_of(happened("orders", value=3), field("signal.returned_share", ">", 0.3)),
    14: happened("orders", pick="last", where=where("late", "is", True)),
    15: happened("orders", measure="avg.revenue", **{"is": ">"}, value=15_000),
    16: {
        "left": SPENT | {"within": {"last": 365}}, "is": "<=", "times": 0.5,
        "right": SPENT | {"within": {"ago": [365, 729]}},
    },
    17: {"left": LAST, "is": ">=", "times": 1.5, "right": GAP},
    18: field("signal.due", "within", {"ahead": [0, 14]}),
    19: field("signal.risk_rise", ">=", 0.2),
    20: happened("stage_changes", within={"last": 7}, where=where("after", "is", "at_risk")),
    21: all_of(field("signal.class", "is", "A"), never("contacts", within={"last": 90})),
    23: never("contact_persons", where=where("role", "is", "decision_maker")),
    24: field("customer.owner", "is unknown"),
    25: all_of(field("reach.post", "is", True), {"not": field("reach.email", "is", True)}),
    26: all_of(field("reach.email", "is", False), happened("orders", within={"last": 730})),
    27: all_of(
        happened("contacts", within={"last": 90}, where=where("purpose", "is", "newsletter"), value=3),
        never("orders", within={"last": 90}),
    ),
    29: happened("complaints", where=where("open", "is", True)),
    30: all_of(
        happened("complaints", where=SETTLED),
        never("orders", within={"since": {"happened": "complaints", "where": SETTLED, "measure": "max.settled"}}),
    ),
    35: happened("contact_persons", where=where("birthday", "within", {"yearly": [0, 7]})),
    36: field("customer.since", "within", {"yearly": "month", "years": [1, 5, 10]}),
    39: within("lines", {"ago": [30, 45]}, measure="last", where=where("product", "is", "P1")),
    40: all_of(
        happened("orders", where=DELIVERED),
        never(
            "contacts",
            where=where("channel", "is", "phone"),
            within={"since": {"happened": "orders", "where": DELIVERED, "measure": "max.delivered"}},
        ),
    ),
    41: field("customer.postcode", "begins with", "04"),
    42: happened("participations", within={"last": 180}, where=where("play", "is", "7")),
    43: happened("lines", within={"from": "2026-10-01", "to": "2026-11-15"}, where=where("product_number", "is", "P2")),
}  # fmt: skip
WAIT = {
    22: "who of a firm was reached: contacts do not say it to groups yet",
    28: "addresses that came back: messages are no facts that groups ask",
    31: "surveys",
    32: "surveys and recommendations",
    33: "contracts",
    34: "contracts",
    37: "points",
    38: "tiers of points",
    44: "visits of the shop",
}


pytestmark = pytest.mark.django_db(transaction=True)


def test_each_of_the_44_is_said_or_waits_for_something():
    assert sorted([*SAID, *WAIT]) == [one["number"] for one in LISTED]
    assert SAID.keys() & WAIT.keys() == set()


def test_what_can_be_said_has_members_and_exactly_the_others_are_its_complement(once):
    everybody = set(once(open_company))
    nightly.keep(signals.current(), today=TODAY, tell=lambda *_told: None)

    found = {number: members(rule) for number, rule in SAID.items()}
    others = {number: members({"not": rule}) for number, rule in SAID.items()}

    assert {number: found[number] | others[number] for number in SAID} == dict.fromkeys(SAID, everybody)
    assert [number for number in SAID if found[number] & others[number]] == []
    assert {number for number in SAID if found[number]} >= {3, 7, 9, 18}


def test_what_can_be_said_comes_back_from_the_form_and_is_said_in_both_languages():
    known, said = vocabulary.known(), Said.current()
    for language in ("de", "en"):
        with translation.override(language):
            told = {number: sentence(rules.read(rule, known), said) for number, rule in SAID.items()}
            assert len(set(told.values())) == len(SAID)
            for number, rule in SAID.items():
                back = draft.read(sent(shown(rule, known, said)), known)
                assert rules.digest(rules.read(back, known)) == meant(rule, known), number


def ids(found):
    return {int(one) for one in found}


def test_who_was_in_a_play_reached_its_goal_or_was_left_alone_can_be_asked():
    anna, bert, cilli = (factories.customer(name=name) for name in ("Anna", "Bert", "Cilli"))
    play = Play.objects.create(kind=Play.Kind.MEASURE, name="Rückkehr", status=Play.Status.RUNNING, created_at=NOW)
    for customer, arm in ((anna, "treated"), (bert, "held_out")):
        then = NOW - timedelta(days=30)
        Enrolment.objects.create(play=play, customer=customer, cycle="1", arm=arm, entered_at=then)
    build()
    mine = where("play", "is", str(play.pk))

    assert members(happened("participations", where=mine)) == {anna.pk, bert.pk}
    assert members(happened("participations", where=mine, within={"last": 7})) == set()
    assert members(happened("participations", where=[*mine, *where("held_out", "is", True)])) == {bert.pk}
    assert members(never("participations")) == {cilli.pk}
    with translation.override("de"):
        told = sentence(rules.read(happened("participations", where=mine), vocabulary.known()), Said.current())
        assert told == "mindestens eine Teilnahme (Kampagne, Dank oder Maßnahme ist Rückkehr)"

    Enrolment.objects.filter(customer=anna).update(code="goal", moved=1)
    build()

    assert members(happened("participations", where=where("reached", "is", True))) == {anna.pk}


def build():
    mirror.bring_up_to_date(now=NOW, progress=lambda *_told: None)


def members(rule):
    return ids(counts.who(rule, now=NOW))
