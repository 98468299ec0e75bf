"""A year in which some customers are left alone of everything: switched on and off, renewed, asked, and judged."""

import os
import signal
from datetime import date, datetime, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.urls import reverse

from stammkunde.impact import drawing, everything, working
from stammkunde.impact.models import Trial, Verdict, Year
from stammkunde.outreach import queries as outreach
from stammkunde.outreach.models import Assignment, Draw, Message
from stammkunde.outreach.services import Drawing, hold_out
from stammkunde.plays.models import Play
from stammkunde.signals.models import Current, CustomerSignal, Generation
from stammkunde.team.models import AuditEntry
from stammkunde.ui import writing
from stammkunde.work import Lease
from tests import processes
from tests.outreach.planning import NOW as WRITTEN
from tests.outreach.planning import company, customer, plan, planned

from .company import CARD, DAY, NOW, buys, figured, people, play
from .test_pages import as_role, text
from .test_verdicts import work

__all__ = ["as_role"]
pytestmark = pytest.mark.django_db(transaction=True)

years = import_module("stammkunde.impact.migrations.0002_years")
YEAR, MINUTE = timedelta(days=365), timedelta(minutes=1)


def known(ids, *, spared=0) -> None:
    """Let a refresh have said of each what she brings; the first few are A customers."""
    generation = Generation.objects.create(as_of_on=date(2026, 11, 29), started_at=NOW, status="done")
    CustomerSignal.objects.bulk_create(
        CustomerSignal(
            generation=generation, customer_id=one, stage="active", orders=2, expected_cents=1_000,
            margin_year_cents=100 * (place % 50), abc_class="A" if place < spared else "C",
        )
        for place, one in enumerate(ids)
    )  # fmt: skip
    Current.objects.update_or_create(pk=1, defaults={"generation": generation})


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(everything, "FEWEST", 40)


def on(now=NOW, *, share=0.2, spares_a=True) -> Draw:
    year = everything.switch_on(share=share, spares_a=spares_a, by=None, now=now)
    draw_all(now)
    return Draw.objects.get(pk=year.draw_id)


def draw_all(now=NOW) -> None:
    while working.renew(now=now):
        pass


def test_switching_on_lets_the_worker_draw_and_spares_a_customers(few):
    ids = people(60)
    known(ids[:50], spared=5)

    draw = on()

    rows = Assignment.objects.filter(draw=draw)
    assert (draw.origin, draw.window_days, draw.share) == ("all:2026", 365, 0.2)
    assert {one.customer_id for one in rows} == set(ids[5:50])  # who never bought is not drawn
    assert {(one.expected_cents, one.eligible) for one in rows} == {(1_000, True)}
    assert all(NOW <= one.entered_at <= draw.drawn_at <= NOW + MINUTE for one in rows)
    held_out = rows.filter(held_out=True).count()
    assert 0 < held_out < 25
    said = {one.action: one.detail["numbers"] for one in AuditEntry.objects.filter(action__startswith="left_alone.")}
    assert said == {
        "left_alone.on": {"share": 0.2, "customers": 45, "held_out": 0},
        "left_alone.drawn": {"share": 0.2, "customers": 45, "held_out": held_out},
    }
    assert on(NOW + DAY) == draw  # repeating changes nothing
    assert Draw.objects.count() == 1


def test_too_few_customers_and_shares_out_of_bounds_are_refused(few):
    known(people(39))

    with pytest.raises(everything.TooFew):
        on()
    with pytest.raises(everything.OutOfBounds):
        on(share=0.5)

    assert everything.settings().all_share is None
    assert not Draw.objects.exists()


def test_a_new_year_is_drawn_anew_and_frees_those_of_the_old(few):
    known(people(60), spared=0)
    old = on()

    assert not working.renew(now=NOW + YEAR - DAY)
    draw_all(NOW + YEAR + MINUTE)

    old.refresh_from_db()
    new = Draw.objects.get(ended_at=None)
    assert (new.origin, old.ended_at) == ("all:2027", NOW + YEAR + MINUTE)
    assert new.salt != old.salt
    ids = set(Assignment.objects.values_list("customer_id", flat=True))
    assert outreach.left_alone(ids) == set(new.assignments.filter(held_out=True).values_list("customer_id", flat=True))


def test_where_too_few_are_left_the_year_ends_and_the_setting_with_it(few):
    known(people(60))
    on()
    CustomerSignal.objects.filter(pk__in=CustomerSignal.objects.values("pk")[:30]).update(orders=0)

    working.renew(now=NOW + YEAR + MINUTE)

    assert outreach.drawn_of_everything() is None
    assert everything.settings().all_share is None


def test_of_two_workers_that_see_a_year_over_one_draws(few, monkeypatch):
    known(people(60))
    on()
    seen = iter([True])  # what the second one saw before the first had drawn
    still = everything._is_over
    draw_all(NOW + YEAR + MINUTE)
    monkeypatch.setattr(everything, "_is_over", lambda *, now: next(seen, still(now=now)))

    assert not working.renew(now=NOW + YEAR + MINUTE)

    assert Draw.objects.filter(ended_at=None).count() == 1


def test_switching_off_frees_at_once_and_again_on_draws_by_another_chance(few):
    known(people(60))
    first = on()
    everything.switch_off(by=None, now=NOW + DAY)

    assert outreach.left_alone(first.assignments.values_list("customer_id", flat=True)) == set()
    assert AuditEntry.objects.filter(action="left_alone.off").count() == 1
    second = on(NOW + DAY)
    assert (second.origin, second.salt == first.salt) == ("all:2026:2", False)


def test_advertising_asks_the_draw_in_force_and_what_is_owed_asks_none():
    company()
    anna = customer()
    for origin, ended in (("all:2025", WRITTEN), ("", WRITTEN)):
        hold_out(Drawing(origin=origin, share=1.0), customers=[anna.pk], now=WRITTEN)
        Draw.objects.filter(origin=origin).update(ended_at=ended)

    assert planned(anna, origin="other").state == "planned"  # those of old years hold nobody back

    hold_out(Drawing(origin="all:2026", share=1.0), customers=[anna.pk], now=WRITTEN)
    refused = planned(anna, origin="third")
    assert (refused.state, refused.reason) == ("refused", {"code": "held_out"})
    assert planned(anna, purpose="service").state == "planned"
    assert plan(anna).customer_id == anna.pk


# --- drawing it


@pytest.fixture
def in_batches(monkeypatch):
    monkeypatch.setattr(drawing, "AT_ONCE", 8)
    monkeypatch.setattr(drawing, "BATCHES", 2)


def test_killed_while_it_draws_it_goes_on_where_it_was_and_nobody_is_drawn_twice(few, in_batches):
    ids = people(60)
    known(ids)
    everything.switch_on(share=0.2, spares_a=True, by=None, now=NOW)
    for batch in range(3):
        killed = processes.start(die_while_drawing, now=NOW.isoformat(), batch=batch)
        killed.join()
        assert killed.exitcode == -9
    year = everything.at_hand()
    assert (year.customers, Assignment.objects.count()) == (24, 24)  # 0, 1 and 2 batches counted
    assert outreach.left_alone(ids) == set(held_out())  # whoever is drawn is left alone at once

    draw_all(NOW + DAY)

    year = everything.at_hand()
    assert sorted(Assignment.objects.values_list("customer_id", flat=True)) == ids
    assert (year.customers, year.held_out, year.claims) == (60, len(held_out()), 0)
    assert year.finished_at == year.draw.drawn_at >= NOW + DAY  # the year counts from when all were drawn
    assert AuditEntry.objects.filter(action="left_alone.drawn").count() == 1


def held_out() -> list[int]:
    return list(Assignment.objects.filter(held_out=True).values_list("customer_id", flat=True))


def die_while_drawing(*, now: str, batch: int) -> None:
    """Draw, and die right before one of the batches would count."""
    drawing.AT_ONCE, advance, left = 8, Lease.advance, iter(range(batch))

    def then_die(lease, **changes):
        advance(lease, **changes)
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    Lease.advance = then_die
    draw_all(datetime.fromisoformat(now))


def test_switched_off_while_it_draws_nobody_else_is_drawn_and_no_trial_begins(few, in_batches):
    known(people(60))
    everything.switch_on(share=0.2, spares_a=True, by=None, now=NOW)
    working.renew(now=NOW)

    working.begin()
    assert not Trial.objects.exists()
    everything.switch_off(by=None, now=NOW)
    draw_all()

    assert Assignment.objects.count() == 16
    assert outreach.left_alone(held_out()) == set()
    assert everything.at_hand() is None


def test_what_kills_its_worker_again_and_again_rests_and_the_page_says_so(few, in_batches, as_role, settings):
    settings.LANGUAGE_CODE = "de"
    known(people(60))
    everything.switch_on(share=0.2, spares_a=True, by=None, now=NOW)
    Year.objects.update(claims=3, lease_until=NOW)

    assert not working.renew(now=NOW + MINUTE)
    assert "macht dort weiter, wo er war" in text(as_role("management"), "settings-year")
    assert working.renew(now=NOW + drawing.REST)


def test_years_that_were_drawn_at_once_are_drawn_to_their_end():
    hold_out(Drawing(origin="all:2025", share=0.5), customers=people(40), now=NOW)

    years.drawn_at_once(apps, None)

    year = everything.at_hand()
    assert (year.customers, year.total, year.held_out) == (40, 40, len(held_out()))
    assert year.finished_at == NOW


# --- its verdict


def a_year(gain=20_000):
    """200 customers, a fifth of them left alone for a year; the others bring so much more, and got a card each."""
    began = NOW - YEAR - 40 * DAY
    ids, of = people(200), play(began=began)
    hold_out(Drawing(origin="all:2025", share=0.2, window_days=365, salt="x"), customers=ids, now=began)
    alone = outreach.left_alone(ids)
    for place, one in enumerate(ids):
        margin = 1_000 + 10 * (place % 40) + (0 if one in alone else gain)
        buys(one, began.date() + timedelta(days=20 + place), margin=margin, number=f"y{place}")
    for number, at in enumerate((began - DAY, began + 9 * DAY)):  # the first is of the time before
        Message.objects.bulk_create(
            Message(
                key=f"{of.origin}:{one}:{number}", origin=of.origin, channel="postcard", purpose="advertising",
                customer_id=one, content={}, language="de", state="handed_over", cost_cents=CARD, planned_at=at,
                not_before_at=at, latest_at=at + 14 * DAY, handed_over_at=at, finished_at=at,
            )
            for one in ids if one not in alone
        )  # fmt: skip
    figured()
    return {"alone": sorted(alone), "ids": ids, "began": began}


@pytest.fixture
def year(once, settings):
    settings.LANGUAGE_CODE = "de"
    return once(a_year)


def test_the_verdict_on_a_year_is_the_total_of_all_plays_after_their_cost(year, as_role):
    work()

    verdict, n = Verdict.objects.get(), 200 - len(year["alone"])
    together, arms = verdict.numbers["together"], verdict.numbers["arms"]
    assert (verdict.code, verdict.trial.origin, verdict.trial.play) == ("works", "all:2025", None)
    assert arms["treated"]["cost_cents"] == CARD * n  # not what was spent before the year
    assert together["total"] == pytest.approx(200 * (20_000 - CARD), rel=0.02)
    assert verdict.trial.careful_cents is None
    page = text(as_role("analyst"), "impact")
    assert "Alle Maßnahmen zusammen: " in page
    share = writing.percent(len(year["alone"]) / 200, places=0).replace("\N{NO-BREAK SPACE}", " ")
    assert f"gemessen an den {share}, die ein Jahr lang keine Werbung bekamen." in page
    assert "Einzeln zusammengezählt" not in page  # no single one was judged
    assert page.count("Alle Maßnahmen zusammen, ab 2025") == 1  # above the list, not in it


def test_single_verdicts_of_the_year_are_the_cross_check(year, as_role):
    single = Trial.objects.create(
        origin="play:9", name="Karte", plan="once", lag_days=30, begun_at=NOW - 200 * DAY, seen_generation=10**6
    )
    numbers = {"margin": {"effect": 500.0, "se": 10.0, "treated": 100, "held_out": 100, "low": 1.0, "high": 2.0}}
    Verdict.objects.create(
        trial=single, round=1, look=1, of=1, code="works", customers=100, as_of_on=(NOW - 90 * DAY).date(), at=NOW,
        numbers=numbers,
    )  # fmt: skip
    work()

    together = Verdict.objects.get(trial__origin="all:2025").numbers["together"]
    assert (together["sum_of_plays"], together["apart"]) == (50_000, 50_000 - together["total"])
    assert "Einzeln zusammengezählt wären es 500 €" in text(as_role("analyst"), "impact")


def test_before_the_year_is_over_only_its_day_is_told_and_cut_short_nothing(year, as_role):
    figured(on=(year["began"] + 200 * DAY).date())
    work()
    client = as_role("analyst")

    page = text(client, "impact")
    assert not Verdict.objects.exists()
    assert "steht hier voraussichtlich ab dem" in page
    assert "Noch kein Ergebnis." in page

    Draw.objects.update(ended_at=year["began"] + 200 * DAY)
    figured()
    work()
    assert not Verdict.objects.exists()
    assert "Es wurde ausgeschaltet, bevor das Jahr um war" in text(client, "impact")
    assert "Alle Maßnahmen zusammen, ab 2025" in text(client, "left-alone")


# --- its page


def test_the_page_says_what_it_would_show_and_switches_it_on_and_off(few, as_role, settings):
    settings.LANGUAGE_CODE = "de"
    known(people(200))
    client = as_role("management")

    page = text(client, "settings-year")
    assert "200 Kunden nähmen teil" in page
    assert '<td class="number" data-label="Vergleichsgruppe">20</td>' in page.replace("\n", "")
    client.post(reverse("settings-year"), {"act": "on", "percent": "10", "spares_a": "on"})
    page = text(client, "settings-year")
    assert "Jetzt wird unter 200 Kunden ausgelost." in page
    assert "0 / 200" in page
    assert "Das Jahr beginnt, sobald alle an der Reihe waren." in page
    assert "Eingeschaltet. Sobald alle Kunden an der Reihe waren" in text(client, "impact")
    assert client.post(reverse("settings-year"), {"act": "on", "percent": "20"}).status_code == 302  # in two windows
    draw_all()
    assert everything.settings().all_share == 0.1
    held = Assignment.objects.filter(held_out=True).count()
    assert f"{held} von 200 Kunden bekommen keine Werbung" in text(client, "settings-year")
    client.post(reverse("settings-year"), {"act": "off"})
    assert outreach.drawn_of_everything() is None

    wrong = client.post(reverse("settings-year"), {"act": "on", "percent": "50"})
    assert (wrong.status_code, Draw.objects.count()) == (400, 1)


def test_with_too_few_customers_the_page_says_from_how_many_on(as_role, settings):
    settings.LANGUAGE_CODE = "de"
    known(people(3))

    client = as_role("management")
    assert "3 Kunden nähmen teil. Unter 2.000 würde" in text(client, "settings-year")
    assert client.post(reverse("settings-year"), {"percent": "5"}).status_code == 400
    assert "Ab 2.000 Kunden lässt sich das einschalten." in text(client, "impact")
    assert not Play.objects.exists()
