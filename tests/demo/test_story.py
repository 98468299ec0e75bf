"""A demo company that has lived: what it left behind, that no page of it is empty, and that it is always the same."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pytest
from django.apps import apps
from django.db.models import Count, Sum
from django.urls import reverse

from recording import addresses, asks
from recording.visits import Found
from stammkunde.calls.models import Call, Outcome
from stammkunde.contacts.models import Contact
from stammkunde.customers.models import Consent, Customer, OptIn
from stammkunde.demo import files, load, unfinished
from stammkunde.demo.chapters import measures
from stammkunde.impact.models import Verdict
from stammkunde.insight.frames import rows
from stammkunde.intake.models import Import
from stammkunde.outreach.models import Draw, Message, PrintRun
from stammkunde.plays import files as measure_files
from stammkunde.plays.files import possible
from stammkunde.plays.models import ConsentPlan, Enrolment, Play, ShareClicks
from stammkunde.sales.models import Line, Order, Product
from stammkunde.signals import diary, learning
from stammkunde.signals import queries as signals
from stammkunde.signals.models import EarlyWarning, HourlyCost, StageChange
from stammkunde.tasks.models import Task
from stammkunde.team.models import AuditEntry, Company, Staff

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]

UNTIL = date(2026, 11, 20)
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
EVENINGS = (date(2025, 11, 30), date(2026, 9, 30), date(2026, 11, 13))
OF_THE_MACHINE = {  # when it was at work, and what it notes of that
    "started_at", "finished_at", "updated_at", "recorded_at", "lease_until", "leased_by", "facts_version", "checkpoint",
    "before",
}  # fmt: skip
OF_ITS_IMPORTS = {("intake_told", "at"), ("impact_verdict", "at")}  # when they were done, and what was seen at last
BY_CHANCE = {
    "nonce",
    "token_digest",
    "source",
    "password",
    "path",
    "salt",
    "digest",
    "person_source",
    "code",
}  # names and keys that nobody may foresee
LISTS = (
    "overview", "today", "call-list", "warnings", "warnings-proof", "customers", "products", "time", "messages",
    "templates", "print-runs", "plays", "imports", "staff", "audit", "guides", "calendar", "segments", "measures",
    "points",
)  # fmt: skip
# Sent by tests of their own, on both databases.
FORMS = {"consent-ask", "contact-add", "measure-brought", "note-edit", "preview", "settings-design-frame"}


@pytest.fixture(scope="module")
def lessons():
    return {}


@pytest.fixture(autouse=True)
def _learns_once(monkeypatch, lessons):
    """Learn the same of the same facts once: that it is the same is what `tests/signals/test_learning.py` tests."""
    really = learning.fresh

    def fresh(now, *, report):
        key = (now.as_of, now.terms, _digest(now.facts))
        if key not in lessons:
            lessons[key] = really(now, report=report)
        return replace(lessons[key], id=now.id, versions=now.versions)

    monkeypatch.setattr(learning, "fresh", fresh)


def _digest(facts):
    """Name facts by all that stands in them, whatever their order."""
    tables = (facts.lines, facts.customers, facts.products, facts.noted)
    return tuple("" if table is None else str(sorted(map(repr, rows(table)))) for table in tables)


def live():
    """Make a small company, looked at on a few evenings; tell how many rows its files have, and their sum in cents."""
    unfinished.clear()  # as a fresh database: rows are numbered from one
    with TemporaryDirectory() as directory:
        rows = files.write(Path(directory), customers=80, seed=3, until=UNTIL)
        load.load(Path(directory), seed=3, until=UNTIL, now=NOW, say=lambda _words: None, evenings=EVENINGS)
        sum_ = f"SELECT sum(round(Netto * 100))::bigint FROM '{directory}/lines.parquet'"
        return rows, duckdb.connect().sql(sum_).fetchall()[0][0]


def _written():
    """Give what stands in each of our tables, column by column, in the order of its rows."""
    found = {}
    for model in (one for one in apps.get_models() if one.__module__.startswith("stammkunde.")):
        names = [field.attname for field in model._meta.local_fields]
        rows = list(model._base_manager.order_by("pk").values_list(*names))
        found[model._meta.db_table] = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}
    return found


def _states(model, field="state"):
    return set(model.objects.values_list(field, flat=True))


def test_the_files_come_through_the_ordinary_import_whole(once):
    rows, net = once(live)

    assert Customer.objects.exclude(source__startswith="signup:").count() == rows["customers"]
    books, lines = Order.objects.exclude(number__startswith="F"), Line.objects.exclude(order__number__startswith="F")
    for found, table in ((Product.objects, "products"), (books, "orders"), (lines, "lines")):
        assert found.count() == rows[table]
    assert _states(Import, "status") == {"done"}
    assert lines.aggregate(sum=Sum("revenue_cents"))["sum"] == net
    assert Company.objects.get().is_demo
    assert not any(staff.has_usable_password() for staff in Staff.objects.all())
    assert signals.current().as_of_on == date(2026, 11, 21)
    assert signals.signals().count() == Customer.objects.count()


def test_a_company_that_has_lived_has_something_of_everything(once):
    once(live)

    assert {"open", "bought"} <= _states(EarlyWarning, "outcome")
    assert Customer.objects.filter(is_multiplier=True).exists()
    assert Consent.objects.filter(state="given", origin="signup_form").exists()
    assert ConsentPlan.objects.exists()
    assert ShareClicks.objects.values("link").distinct().count() == 3
    assert set(diary.days()) == {*EVENINGS, date(2026, 11, 21)}
    assert signals.current().before_on == date(2026, 11, 13)
    assert StageChange.objects.filter(changed_on=EVENINGS[-2]).exists()
    assert _states(Task) == {"open", "done", "dismissed"}
    assert Task.objects.filter(is_complaint=True, state="open").count() == 6
    assert _states(Contact, "role") >= {"sales", "service"}
    assert HourlyCost.objects.filter(role="sales").count() == 2  # it was raised once
    assert Outcome.REACHED in _states(Call, "outcome")
    assert Call.objects.filter(next_task__isnull=False).exists()
    assert {"asked", "given", "withdrawn", "objected"} <= _states(Consent)
    assert OptIn.objects.filter(asked__answer__basis="double_opt_in").exists()
    assert "handed_over" in _states(Message)
    assert {"delivered", "bounced"} <= set(Message.objects.filter(channel="webhook").values_list("state", flat=True))
    assert Consent.objects.filter(state__in=["withdrawn", "objected"], origin="stop_reply").exists()
    assert AuditEntry.objects.filter(action="print_run.taken_back").exists()
    assert not Message.objects.filter(channel="email", state="handed_over", face=None).exists()
    assert "no_consent" in _states(Enrolment, "code")  # whom a campaign refuses stands in its own list
    assert _states(Play, "status") == {"ready", "running", "paused", "done"}
    assert _states(Enrolment, "arm") == {"treated", "held_out"}
    assert _states(PrintRun) == {"handed_over", "ready"}
    assert Play.objects.filter(kind="measure", status="running").count() == len(measures.PLANS)
    assert Enrolment.objects.filter(play__kind="measure", closed_at__isnull=False).exists()
    assert Verdict.objects.filter(
        trial__play__kind="campaign"
    ).exists()  # what it is with more customers: test_reactions


def test_of_the_nineteen_measures_all_that_are_possible_run_and_words_are_compared(once):
    once(live)

    ready = measure_files.ready()
    able = {one.measure for one in ready if one.measure and not possible.lacking(one)}

    assert {one.measure for one in ready if one.key in {plan.key for plan in measures.PLANS}} - {None} == able
    assert Draw.objects.filter(origin__contains=Draw.OF_WORDS).exists()


def test_a_company_that_has_lived_knows_five_persons_at_one_customer_and_none_at_another(once):
    once(live)

    persons = Customer.objects.filter(kind="company").annotate(persons=Count("contact_persons"))

    assert {0, 5} <= set(persons.values_list("persons", flat=True))


@pytest.fixture
def administrator(once, client):
    """Somebody of the company that has lived, who may open every page."""
    once(live)
    Staff.objects.filter(role="management").update(role="administrator")
    client.force_login(Staff.objects.get(role="administrator"))


def test_no_list_of_a_company_that_has_lived_is_empty(administrator, client):
    empty = {name for name in LISTS if re.search('class="empty"', client.get(reverse(name)).content.decode())}

    assert empty == set()


def test_every_address_of_a_company_that_has_lived_answers(administrator, client):
    """On both databases, for all the tests of pages that are not asked again on PostgreSQL."""
    every, answered = asks.every(), set()
    for one in every:
        if one.name not in answered:
            answer = client.get(one.path, headers={"HX-Request": "true"} if one.fragment else {})
            answered |= {one.name} if answer.status_code in {200, 302} else set()
    chart = next(
        one for one in Found(every).new(client.get(reverse("overview")).content.decode()) if one.name == "chart"
    )
    answered |= {"chart"} if client.get(chart.path).status_code == 200 else set()

    ours = [entry for _whole, entry in addresses.patterns() if addresses.right(entry.callback) != "public"]
    missing = {entry.name for entry in ours if addresses.is_asked_by_get(entry.callback)} - answered
    assert sorted(missing - FORMS) == []


@pytest.mark.postgres  # where rows come in no order unless one asks: whatever differs elsewhere differs there
def test_the_same_seed_lives_the_same_life(once):
    once(live)
    one = _written()
    live()

    differ = {(table, column) for table, columns in _written().items() for column, values in columns.items()
              if one[table].get(column) != values}  # fmt: skip
    assert {column for _table, column in differ - OF_ITS_IMPORTS} <= OF_THE_MACHINE | BY_CHANCE, differ
