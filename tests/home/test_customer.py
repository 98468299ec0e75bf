"""The customer page: everything about one customer, for whom it is meant."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from stammkunde.customers import services
from stammkunde.customers.models import ContactPerson, Customer, Note
from stammkunde.figures import rhythm
from stammkunde.figures.queries import of_customer as queries
from stammkunde.sales import history
from stammkunde.sales import queries as sales
from stammkunde.sales.models import Line
from stammkunde.signals import answers, standing
from stammkunde.signals.models import Current, CustomerSignal, Generation
from stammkunde.ui import moments
from tests import factories

pytestmark = pytest.mark.django_db

AS_OF = date(2026, 11, 20)


@pytest.fixture
def generation():
    made = Generation.objects.create(status="done", as_of_on=AS_OF, activity_days=180, started_at=timezone.now())
    Current.objects.create(pk=1, generation=made)
    return made


@pytest.fixture
def silent(generation):
    customer = factories.customer(name="Gasthaus Krone", kind="company", phone="030 123")
    CustomerSignal.objects.create(
        generation=generation,
        customer=customer,
        stage="at_risk",
        abc_class="A",
        value_rank=12,
        first_on=date(2024, 1, 10),
        last_on=date(2026, 9, 23),
        orders=20,
        purchase_days=20,
        revenue_cents=900_000,
        margin_cents=300_000,
        revenue_year_cents=400_000,
        margin_year_cents=123_400,
        gap_days=31,
        silent_days=58,
        due_on=date(2026, 10, 24),
        overdue_days=27,
    )
    return customer


def page(client, staff, customer) -> str:
    client.force_login(staff)
    answer = client.get(reverse("customer", args=[customer.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_page_says_why_and_how_much(client, salesperson, silent):
    salesperson.language = "en"
    salesperson.save()

    text = page(client, salesperson, silent)

    assert "Usually orders every 31 days, silent for 58 days." in text
    assert "Rank 12 of 12" in text
    assert "€1,234" in text
    assert 'href="tel:030123"' in text
    assert "Suggested next step" in text


def test_page_hides_money_from_service(client, servant, silent):
    servant.language = "en"
    servant.save()

    text = page(client, servant, silent)

    assert "Usually orders every 31 days" in text
    for hidden in ("Rank", "1,234", "class-a", "4,000", "Contribution margin"):
        assert hidden not in text


def test_page_of_a_customer_without_orders_and_figures(client, salesperson):
    assert "Interessent" not in page(client, salesperson, factories.customer())


def test_page_of_nobody_is_not_found(client, salesperson):
    client.force_login(salesperson)

    assert client.get(reverse("customer", args=[999])).status_code == 404


def test_page_takes_the_same_number_of_queries_however_much_there_is(
    client, salesperson, generation, django_assert_num_queries
):
    client.force_login(salesperson)
    sizes = {}
    for size in (1, 3):
        customer = factories.customer(kind="company")
        CustomerSignal.objects.create(generation=generation, customer=customer, stage="active", value_rank=size)
        for number in range(size):
            person = factories.contact_person(customer)
            services.add_note(
                customer_id=customer.pk,
                contact_person=person,
                text="x",
                matters=True,
                staff=salesperson,
                now=timezone.now(),
            )
            factories.order(customer, date(2026, 1, 1 + number), of=factories.product())
        sizes[size] = customer
    client.get(reverse("customer", args=[sizes[1].pk]))

    for customer in sizes.values():
        with django_assert_num_queries(QUERIES):
            client.get(reverse("customer", args=[customer.pk]))


QUERIES = 57


def test_orders_are_paged_by_key_without_a_gap():
    customer = factories.customer()
    same_moment = datetime(2026, 1, 1, tzinfo=UTC)
    numbers = [factories.order(customer, date(2026, 1, 1), ordered_at=same_moment).number for _ in range(7)]

    seen, place = [], ""
    while True:
        found = history.orders(customer.pk, place=place, size=3)
        seen += [order.number for order in found.orders]
        place = found.next_place
        if not place:
            break

    assert seen == numbers[::-1]


def test_cancelled_orders_are_shown_and_count_nothing():
    customer = factories.customer()
    factories.order(customer, date(2026, 1, 1), cents=1000, cost_cents=400)
    factories.order(customer, date(2026, 2, 1), cents=5000, cost_cents=1, status="cancelled")

    assert [(year.revenue_cents, year.margin_cents, year.orders) for year in queries.years(customer.pk)] == [
        (1000, 600, 1)
    ]
    assert len(history.orders(customer.pk).orders) == 2
    assert [purchase.on for purchase in history.purchases(customer.pk)] == [date(2026, 1, 1)]


def test_what_only_gives_back_is_no_order():
    customer, other = factories.customer(), factories.customer()
    factories.order(customer, date(2026, 1, 1), cents=1000)
    for who in (customer, other):
        factories.order(who, date(2026, 3, 1)).lines.update(kind="return", quantity=-1, revenue_cents=-400)

    assert [(year.revenue_cents, year.orders) for year in queries.years(customer.pk)] == [(600, 1)]
    assert [purchase.on for purchase in history.purchases(customer.pk)] == [date(2026, 1, 1)]
    assert answers.rhythm(customer.pk).days == [date(2026, 1, 1)]
    assert sales.buyers(customer_ids=[customer.pk, other.pk]) == {customer.pk}


def test_customer_since_stands_there_only_where_the_record_says_so(client, salesperson):
    told, seen = factories.customer(since_on=date(2019, 4, 1)), factories.customer()
    for one in (told, seen):
        factories.order(one, date(2026, 1, 5))
    client.force_login(salesperson)

    pages = [client.get(reverse("customer", args=[one.pk])).content.decode() for one in (told, seen)]

    assert "Kunde seit 01.04.2019" in pages[0]
    assert "erster bekannter Kauf am 05.01.2026" in pages[1]
    assert "Kunde seit" not in pages[1]


def test_margin_of_a_year_stays_unknown_where_costs_are():
    customer = factories.customer()
    factories.order(customer, date(2026, 1, 1), cents=1000)

    assert queries.years(customer.pk)[0].margin_cents is None


def test_service_counts_what_was_late_and_what_came_back():
    customer = factories.customer()
    late = factories.order(customer, date(2026, 1, 1), promised_on=date(2026, 1, 3), delivered_on=date(2026, 1, 5))
    factories.order(customer, date(2026, 1, 2), promised_on=date(2026, 1, 3), delivered_on=date(2026, 1, 3))
    Line.objects.create(order=late, key="2", kind="return", quantity=-1, revenue_cents=-700)

    found = history.service(customer.pk)

    assert (found.late, found.promised, found.returned_lines, found.returned_cents) == (1, 2, 1, 700)


def test_timeline_pages_show_everything_once_though_moments_are_shared(salesperson):
    customer = factories.customer()
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    for on in (1, 2, 2, 2, 3):
        factories.order(customer, date(2026, 1, on), ordered_at=datetime(2026, 1, on, tzinfo=UTC))
    for _ in range(3):
        note = services.add_note(customer_id=customer.pk, text="x", staff=salesperson, now=timezone.now())
        Note.objects.filter(pk=note.pk).update(created_at=moment)

    seen, place = [], ""
    while True:
        found = moments.timeline(customer.pk, place=place, size=2)
        seen += [(event.kind, event.thing.pk) for event in found.events]
        place = found.next_place
        if not place:
            break

    assert len(seen) == len(set(seen)) == 8
    assert [kind for kind, _pk in seen] == ["order"] * 4 + ["note"] * 3 + ["order"]


def test_fragments_give_the_earlier_entries(client, salesperson):
    customer = factories.customer()
    for on in range(1, 26):
        factories.order(customer, date(2026, 1, on))
    client.force_login(salesperson)

    for name, parameter, made in (
        ("customer-orders", "orders", history.orders),
        ("customer-timeline", "timeline", moments.timeline),
    ):
        place = made(customer.pk).next_place
        answer = client.get(reverse(name, args=[customer.pk]), {parameter: place})
        assert answer.status_code == 200
        assert b"<html" not in answer.content
    assert client.get(reverse("customer-orders", args=[customer.pk]), {"orders": "x"}).status_code == 200


def test_rhythm_draws_every_purchase_within_its_frame():
    days = [date(2026, 1, 1) + timedelta(days=30 * step) for step in range(10)]
    purchases = [history.Purchase(on=on, revenue_cents=100 * step) for step, on in enumerate(days)]

    drawing = rhythm.draw(purchases, as_of_on=AS_OF, due_on=date(2026, 10, 28), width=300)

    assert len(drawing.stems) == 10
    assert drawing.is_overdue
    assert all(0 <= float(stem.x) <= 300 and 0 <= float(stem.top) <= rhythm.FLOOR for stem in drawing.stems)
    assert rhythm.draw([], as_of_on=AS_OF, due_on=None, width=300) is None


def test_rhythm_of_who_buys_nearly_every_day_has_a_stem_for_each_week_that_adds_up():
    first_on = date(2026, 1, 5)  # a Monday
    purchases = [history.Purchase(on=first_on + timedelta(days=step), revenue_cents=100) for step in range(196)]

    drawing = rhythm.draw(purchases, as_of_on=AS_OF, due_on=None, width=300)

    assert drawing.by_week
    assert [stem.revenue_cents for stem in drawing.stems] == [700] * 28
    assert (drawing.stems[1].first_on, drawing.stems[1].last_on) == (date(2026, 1, 12), date(2026, 1, 18))
    assert not rhythm.draw(purchases[:180], as_of_on=AS_OF, due_on=None, width=300).by_week


def test_rhythm_leaves_out_what_is_older_than_three_years():
    purchases = [history.Purchase(on=on, revenue_cents=1) for on in (date(2020, 1, 1), date(2026, 1, 1))]

    assert rhythm.draw(purchases, as_of_on=AS_OF, due_on=None, width=300).left_out == 1


def test_customer_is_entered_changed_and_refused_with_the_cure(client, salesperson):
    salesperson.language = "en"
    salesperson.save()
    client.force_login(salesperson)

    refused = client.post(
        reverse("customer-new"),
        {"name": "X", "kind": "company", "email": "x@", "phone": "abc", "since_on": "2999-01-01"},
    )
    made = client.post(reverse("customer-new"), {"name": "X GmbH", "kind": "company", "attributes_text": "Tour: Nord"})

    assert refused.status_code == 422
    for cure in ("not an e-mail address", "not a phone number", "lies in the future"):
        assert cure in refused.content.decode()
    customer = Customer.objects.get()
    assert made.url == reverse("customer", args=[customer.pk])
    assert customer.attributes == {"Tour": "Nord"}


def test_contact_person_is_removed_and_brought_back(client, salesperson):
    person = factories.contact_person(factories.customer())
    client.force_login(salesperson)

    client.post(reverse("contact-person-remove", args=[person.pk]))
    assert not ContactPerson.objects.exists()
    client.post(reverse("contact-person-restore"))

    assert ContactPerson.objects.get().source == person.source


def test_what_matters_is_kept_with_who_and_when(client, salesperson):
    customer = factories.customer(kind="company")
    person = factories.contact_person(customer)
    client.force_login(salesperson)

    client.post(
        reverse("note-add", args=[customer.pk]),
        {"text": "Läuft Marathon", "kind": "matters", "contact_person": person.pk},
    )

    note = Note.objects.get()
    assert (note.contact_person, note.author, note.kind) == (person, salesperson, "matters")
    assert "Läuft Marathon" in page(client, salesperson, customer)


def test_notes_of_others_are_not_changed(client, salesperson, administrator):
    note = services.add_note(customer_id=factories.customer().pk, text="x", staff=administrator, now=timezone.now())
    client.force_login(salesperson)

    assert client.get(reverse("note-edit", args=[note.pk])).status_code == 403
    assert client.post(reverse("note-delete", args=[note.pk])).status_code == 403


def test_analyst_reads_and_changes_nothing(client, analyst, silent):
    text = page(client, analyst, silent)

    assert reverse("customer-edit", args=[silent.pk]) not in text
    for name in ("customer-edit", "contact-person-new", "note-add"):
        assert client.post(reverse(name, args=[silent.pk]), {"text": "x"}).status_code == 403
    assert client.post(reverse("task-add"), {"title": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "In rhythm, but with a probability of 64% will not buy within 60 days (all customers: 22%)."),
        (
            "de",
            (
                "Im Rhythmus, kauft aber mit einer Wahrscheinlichkeit von 64 % innerhalb von 60 Tagen nicht wieder "
                "(alle Kunden: 22 %)."
            ),
        ),
    ],
)
def test_risk_in_rhythm_is_worded_with_its_numbers(language, told):
    reason = {"code": "risk", "silent_days": 12, "risk": 0.641, "base_share": 0.22, "horizon_days": 60}

    with override(language):
        found = standing.stage(CustomerSignal(stage="at_risk", silent_days=12, gap_days=30.0, stage_reason=reason))

    assert found.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ") == told
