"""What German law and the person's wishes allow, rule by rule and as properties."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.customers import policy
from stammkunde.customers.models import Channel, Consent, Purpose
from stammkunde.customers.policy import PROMOTIONAL, Basis, Reason, Record, Situation, Standing, Wishes

TODAY = date(2026, 11, 26)
THEN = datetime(2026, 3, 1, 12, tzinfo=UTC)
CONFIRMED = Standing(state="given", basis="double_opt_in", address="kim@example.org")
CONSUMER = Situation(address="kim@example.org", is_business=False)
BUSINESS = replace(CONSUMER, is_business=True)
BUYER = replace(CONSUMER, has_bought=True, email_from_sale=True)
ALLOWED = (
    Reason.TRANSACTIONAL,
    Reason.CONSENT_GIVEN,
    Reason.EXISTING_CUSTOMER,
    Reason.PRESUMED_INTEREST,
    Reason.NOT_OBJECTED,
)


def decide(channel: str, purpose: str, situation: Situation, *, existing_customers: bool = False) -> Reason:
    found = policy.permission(
        channel=channel, purpose=purpose, situation=situation, existing_customers=existing_customers, today=TODAY
    )
    assert found.allowed == (found.reason in ALLOWED) == (found.basis != Basis.NONE)
    return found.reason


@pytest.mark.parametrize("purpose", ["survey", "advertising", "newsletter"])
@pytest.mark.parametrize("channel", ["email", "message"])
def test_electronic_post_needs_consent_of_consumers_and_businesses(channel, purpose):
    confirmed = {purpose: CONFIRMED}

    assert decide(channel, purpose, CONSUMER) == Reason.NO_CONSENT
    assert decide(channel, purpose, BUSINESS) == Reason.NO_CONSENT
    assert decide(channel, purpose, replace(CONSUMER, own=confirmed)) == Reason.CONSENT_GIVEN
    assert decide(channel, purpose, replace(BUSINESS, own=confirmed)) == Reason.CONSENT_GIVEN


@pytest.mark.parametrize(
    ("basis", "reason"),
    [
        ("double_opt_in", Reason.CONSENT_GIVEN),
        ("written", Reason.CONSENT_GIVEN),
        ("imported", Reason.CONSENT_GIVEN),
        ("online", Reason.NOT_PROVEN),
        ("spoken", Reason.NOT_PROVEN),
    ],
)
def test_email_needs_consent_that_can_be_proven(basis, reason):
    situation = replace(CONSUMER, own={"newsletter": replace(CONFIRMED, basis=basis)})

    assert decide("email", "newsletter", situation) == reason


def test_consent_holds_for_its_purpose_and_its_address_only():
    situation = replace(CONSUMER, own={"newsletter": CONFIRMED})

    assert decide("email", "advertising", situation) == Reason.NO_CONSENT
    assert decide("email", "newsletter", replace(situation, address="neu@example.org")) == Reason.OTHER_ADDRESS
    assert decide("email", "newsletter", replace(situation, address="")) == Reason.NO_ADDRESS


def test_question_without_an_answer_is_no_consent():
    assert decide("email", "newsletter", replace(CONSUMER, own={"newsletter": Standing(is_asked=True)})) == (
        Reason.NOT_CONFIRMED
    )
    expired = replace(CONSUMER, own={"newsletter": Standing(state="expired")})
    assert decide("email", "newsletter", expired) == Reason.CONSENT_EXPIRED


def test_existing_customers_get_offers_by_email_only_under_all_conditions_of_the_law():
    assert decide("email", "advertising", BUYER, existing_customers=True) == Reason.EXISTING_CUSTOMER

    assert decide("email", "advertising", BUYER) == Reason.NO_CONSENT
    assert decide("email", "newsletter", BUYER, existing_customers=True) == Reason.NO_CONSENT
    assert decide("email", "survey", BUYER, existing_customers=True) == Reason.NO_CONSENT
    assert decide("message", "advertising", BUYER, existing_customers=True) == Reason.NO_CONSENT
    for lacking in ({"has_bought": False}, {"email_from_sale": False}):
        assert decide("email", "advertising", replace(BUYER, **lacking), existing_customers=True) == Reason.NO_CONSENT


@pytest.mark.parametrize("whose", ["own", "company", "mailbox"])
def test_existing_customer_who_left_the_newsletter_gets_no_offers_either(whose):
    situation = replace(BUYER, **{whose: {"newsletter": Standing(state="withdrawn")}})

    assert decide("email", "advertising", situation, existing_customers=True) == Reason.NO_CONSENT


def test_calls_need_documented_consent_of_consumers_and_presumed_interest_of_businesses():
    spoken = {"advertising": Standing(state="given", basis="spoken", address="49301")}

    assert decide("phone", "advertising", CONSUMER) == Reason.NO_CONSENT
    assert decide("phone", "survey", CONSUMER) == Reason.NO_CONSENT
    assert decide("phone", "advertising", replace(CONSUMER, own=spoken)) == Reason.CONSENT_GIVEN
    assert decide("phone", "advertising", BUSINESS) == Reason.PRESUMED_INTEREST
    objected = {"advertising": Standing(state="objected")}
    assert decide("phone", "advertising", replace(BUSINESS, own=objected)) == Reason.OBJECTED
    assert decide("phone", "advertising", replace(BUSINESS, company=objected)) == Reason.COMPANY_OBJECTED


def test_post_is_allowed_until_objection():
    assert decide("post", "advertising", CONSUMER) == Reason.NOT_OBJECTED
    situation = replace(CONSUMER, own={"advertising": Standing(state="objected")})
    assert decide("post", "advertising", situation) == Reason.OBJECTED
    assert decide("post", "newsletter", situation) == Reason.NOT_OBJECTED


@pytest.mark.parametrize("channel", Channel.values)
@pytest.mark.parametrize("purpose", ["service", "thanks"])
def test_what_belongs_to_an_order_needs_no_consent(channel, purpose):
    assert decide(channel, purpose, CONSUMER) == Reason.TRANSACTIONAL


def test_mailbox_speaks_for_everybody_who_uses_it():
    situation = replace(CONSUMER, own={"newsletter": CONFIRMED}, mailbox={"newsletter": Standing(state="withdrawn")})

    assert decide("email", "newsletter", situation) == Reason.MAILBOX_OBJECTED


@pytest.mark.parametrize(
    ("wishes", "reason"),
    [
        (Wishes(paused_until_on=TODAY), Reason.PAUSED),
        (Wishes(paused_until_on=TODAY - timedelta(days=1)), Reason.CONSENT_GIVEN),
        (Wishes(channels=frozenset({"post"})), Reason.CHANNEL_NOT_WANTED),
        (Wishes(channels=frozenset()), Reason.CHANNEL_NOT_WANTED),
        (Wishes(topics=frozenset({"survey"})), Reason.TOPIC_NOT_WANTED),
        (Wishes(channels=frozenset({"email"}), topics=frozenset({"newsletter"})), Reason.CONSENT_GIVEN),
    ],
)
def test_wishes_come_on_top_of_what_is_lawful(wishes, reason):
    situation = replace(CONSUMER, own={"newsletter": CONFIRMED}, wishes=(Wishes(), wishes))

    assert decide("email", "newsletter", situation) == reason
    assert decide("email", "service", situation) == Reason.TRANSACTIONAL


def test_standing_is_what_was_said_last_and_of_one_moment_the_stricter():
    given = Record(state="given", happened_at=THEN, basis="written", address="a")
    withdrawn = Record(state="withdrawn", happened_at=THEN)
    later = replace(given, happened_at=THEN + timedelta(days=1))

    assert policy.standing([]) == Standing()
    assert policy.standing([withdrawn, given]).state == "withdrawn"
    assert policy.standing([later, withdrawn]) == Standing(state="given", basis="written", address="a")


def test_standing_is_changed_neither_by_a_question_nor_by_time_after_a_withdrawal():
    withdrawn = Record(state="withdrawn", happened_at=THEN)
    asked = Record(state="asked", happened_at=THEN + timedelta(days=1))
    expired = Record(state="expired", happened_at=THEN + timedelta(days=2))

    assert policy.standing([withdrawn, asked]) == Standing(state="withdrawn", is_asked=True)
    assert policy.standing([withdrawn, expired]) == Standing(state="withdrawn")
    assert policy.standing([Record(state="given", happened_at=THEN, basis="written"), expired]).state == "expired"


@pytest.mark.parametrize(
    ("channel", "typed", "kept"),
    [
        ("email", " Kim@Example.ORG ", "kim@example.org"),
        ("phone", "+49 (30) 12 34-5", "+493012345"),
        ("message", "0049 30 12345", "+493012345"),
        ("message", "0171/3920001", "+491713920001"),
        ("message", "(0) 171 39200-01", "+491713920001"),
        ("message", "12", "12"),
        ("phone", "–", ""),
        ("post", "Weg 1,  10115  Berlin", "Weg 1, 10115 Berlin"),
    ],
)
def test_same_address_is_the_same_text(channel, typed, kept):
    assert policy.normalized(channel, typed) == kept


def test_evidence_of_consent_to_calls_is_kept_for_five_years():
    assert policy.call_evidence_until(date(2024, 2, 29)) == date(2029, 3, 1)
    assert policy.call_evidence_until(date(2026, 11, 26)) == date(2031, 11, 26)


# --- properties

moments = st.integers(0, 5).map(lambda days: THEN + timedelta(days=days))
records = st.lists(
    st.tuples(
        st.sampled_from(Purpose.values),
        st.builds(
            Record,
            state=st.sampled_from(Consent.State.values),
            happened_at=moments,
            basis=st.sampled_from(Consent.Basis.values),
            address=st.sampled_from(["", "a@example.org", "b@example.org"]),
        ),
    ),
    max_size=6,
)
some = st.one_of(st.none(), st.frozensets(st.sampled_from([*Channel.values, *Purpose.values])))
wishes = st.builds(
    Wishes, channels=some, topics=some, paused_until_on=st.one_of(st.none(), st.dates(TODAY, TODAY + timedelta(2)))
)
situations = st.builds(
    dict,
    address=st.sampled_from(["", "a@example.org", "b@example.org"]),
    is_business=st.booleans(),
    own=records,
    company=records,
    mailbox=records,
    wishes=st.lists(wishes, max_size=2).map(tuple),
    has_bought=st.booleans(),
    email_from_sale=st.booleans(),
)
channels, purposes = st.sampled_from(Channel.values), st.sampled_from(Purpose.values)


def situation_of(said: dict) -> Situation:
    return Situation(**said | {whose: policy.standings(said[whose]) for whose in ("own", "company", "mailbox")})


def allowed(channel: str, purpose: str, said: dict, *, existing_customers: bool) -> bool:
    return decide(channel, purpose, situation_of(said), existing_customers=existing_customers) in ALLOWED


@given(channels, purposes, situations, st.booleans())
def test_whoever_withdrew_or_objected_is_never_contacted(channel, purpose, said, existing_customers):
    spoken = situation_of(said)
    blocked = [
        whose
        for whose in (spoken.own, spoken.company, spoken.mailbox)
        if whose.get(purpose, Standing()).state in {"withdrawn", "objected"}
    ]

    assert not (blocked and allowed(channel, purpose, said, existing_customers=existing_customers))


@given(st.sampled_from(["email", "message"]), st.sampled_from(PROMOTIONAL), situations, st.booleans())
def test_nothing_promotional_goes_out_electronically_without_consent_or_the_law_on_customers(
    channel, purpose, said, existing_customers
):
    own = situation_of(said).own.get(purpose, Standing())
    is_customer = existing_customers and channel == "email" and purpose == "advertising" and said["has_bought"]

    if allowed(channel, purpose, said, existing_customers=existing_customers):
        assert own.state == "given" or is_customer


@given(channels, purposes, situations, st.booleans(), st.sampled_from(["own", "company", "mailbox"]), purposes, moments)
def test_objecting_never_allows_more(channel, purpose, said, existing_customers, whose, about, at):
    objection = (about, Record(state="objected", happened_at=at))
    more = said | {whose: [*said[whose], objection]}

    after = allowed(channel, purpose, more, existing_customers=existing_customers)

    assert not after or allowed(channel, purpose, said, existing_customers=existing_customers)


@given(channels, purposes, situations, st.booleans(), wishes)
def test_wishing_never_allows_more(channel, purpose, said, existing_customers, wish):
    after = allowed(channel, purpose, said | {"wishes": (*said["wishes"], wish)}, existing_customers=existing_customers)

    assert not after or allowed(channel, purpose, said, existing_customers=existing_customers)
