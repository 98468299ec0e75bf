"""What rules may ask, and the rows of a few customers as the mirror would have them."""

from datetime import UTC, date, datetime

import pytest

from stammkunde import mirror
from stammkunde.insight.periods import day_number
from stammkunde.mirror import few
from stammkunde.plays.models import Enrolment, Play
from stammkunde.segments import vocabulary, worlds
from stammkunde.store import facts
from stammkunde.tasks import services as tasks
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


def test_fields_come_from_facts_from_last_night_and_from_the_companys_own_attributes():
    factories.customer(attributes={"Vertrieb": "Nord"})
    mirror.bring_up_to_date(now=NOW, progress=lambda *_told: None)

    known = vocabulary.known(moments=["entry"])

    assert known.fields["customer.since"].kind == "day"
    assert known.fields["customer.owner"].personal
    assert known.fields["customer.attr_Vertrieb"].kind == "text"
    assert known.fields["signal.risk"].snapshot
    assert known.fields["reach.email"].kind == "flag"
    assert known.tables["lines"].below == {"orders": "order_id"}
    assert known.tables["orders"].day
    assert known.tables["orders"].history
    assert not known.tables["contact_persons"].history
    assert not known.tables["contact_persons"].day  # people do not happen on their birthdays
    assert "customers" not in known.tables
    assert "product_costs" not in known.tables


def test_every_column_that_may_be_asked_has_words_of_its_own():
    for table in vocabulary.tables():
        labels = [word.label for word in vocabulary.words(table)]
        assert len(set(labels)) == len(labels), table.name
    labels = [word.label for word in vocabulary.fields()]
    assert len(set(labels)) == len(labels)


def test_the_rows_of_a_few_customers_are_those_of_the_mirror():
    one = factories.customer(attributes={"Vertrieb": "Nord"}, since_on=date(2020, 2, 29), is_multiplier=True)
    other, third = factories.customer(), factories.customer(attributes={"Vertrieb": "Süd"})
    factories.contact_person(one, birthday_on=date(1980, 1, 2), email="a@example.org")
    tasks.add(tasks.Content(title="Falsche Ware", is_complaint=True), now=NOW, customer=one, staff=None)
    for customer in (one, other, third):
        factories.order(customer, date(2026, 9, 1), cents=1000)
        factories.order(customer, date(2026, 10, 1), cents=2000, status="cancelled")
    play = Play.objects.create(kind=Play.Kind.MEASURE, name="Dank", status=Play.Status.RUNNING, created_at=NOW)
    Enrolment.objects.create(play=play, customer=third, cycle="1", arm="held_out", entered_at=NOW)
    mirror.bring_up_to_date(now=NOW, progress=lambda *_told: None)
    ids = (one.pk, third.pk)

    with few.opened(
        ids, ["customers", "contact_persons", "lines", "products", "contacts", "tasks", "complaints", "participations"]
    ) as home:
        for name in ("customers", "contact_persons", "orders", "lines", "complaints", "participations"):
            whole = mirror.tables().table(name).filter(f"customer_id IN {ids}")
            columns = [column for column in whole.columns if column != "cost_cents"]  # what held is not looked up
            assert sorted(home.table(name).project(", ".join(f'"{one}"' for one in columns)).fetchall()) == sorted(
                whole.project(", ".join(f'"{one}"' for one in columns)).fetchall()
            ), name
        (complaint,) = home.sql(worlds.select(facts.table("complaints"), str)[1:-1]).project("day, open").fetchall()
        assert complaint == (day_number(NOW.date()), True)  # it happened when it was entered
        assert len(home.table("lines")) == 2  # what was cancelled never took place
        named = {row[0] for row in home.table("lines").project("product_id").fetchall()}
        assert {row[0] for row in home.table("products").project("product_id").fetchall()} == named - {None}


def test_each_table_that_is_asked_says_whom_its_rows_are_about():
    assert {one.name: one.to_customer for one in facts.asked()} == {
        "customers": "pk",
        "contact_persons": "customer_id",
        "orders": "customer_id",
        "lines": "order__customer_id",
        "contacts": "customer_id",
        "tasks": "customer_id",
        "complaints": "customer_id",
        "stage_changes": "customer_id",
        "participations": "customer_id",
    }
