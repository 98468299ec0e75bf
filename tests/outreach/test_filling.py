"""Writing a template to many: in whose language, how addressed, with what is known about each."""

from datetime import date

import pytest
from django.utils import timezone, translation

from stammkunde.customers.models import ContactPreference
from stammkunde.outreach import knowing, persons, queries, services
from stammkunde.outreach.models import Hold, Message, Template, TemplateText
from stammkunde.signals.models import Current, CustomerSignal, Generation
from tests import factories
from tests.desk.installing import installed
from tests.outreach.planning import NOW, company, customer, plan

pytestmark = pytest.mark.django_db
SAME = pytest.mark.same_on_both("worded from rows that were read; the tests between ask who is counted")

TODAY = date(2026, 11, 24)


def template(**texts):
    """A template with words by `language_form`."""
    made = Template.objects.create(name="Neues", channel="email", purpose="advertising", changed_at=NOW)
    for style, words in texts.items():
        language, _under, form = style.partition("_")
        TemplateText.objects.create(
            template=made, language=language, form=form, subject="Neues", blocks=[{"kind": "text", "text": words}]
        )
    return made


def written(made, *recipients):
    return services.contents(template=made, recipients=list(recipients), today=TODAY)


ANNA = {"salutation": "Frau", "title": "Dr.", "first_name": "Anna", "last_name": "Weber"}


@SAME
@pytest.mark.parametrize(
    ("fields", "form", "german", "english"),
    [
        (ANNA, "sie", "Guten Tag Frau Dr. Weber", "Good day Ms Dr. Weber"),
        (ANNA | {"salutation": "Hr.", "title": ""}, "sie", "Guten Tag Herr Weber", "Good day Mr Weber"),
        (ANNA | {"salutation": ""}, "sie", "Guten Tag Dr. Anna Weber", "Good day Dr. Anna Weber"),
        (ANNA, "du", "Hallo Anna", "Hello Anna"),
        (ANNA | {"first_name": ""}, "du", "Hallo", "Hello"),
    ],
)
def test_contact_persons_are_greeted_by_name(fields, form, german, english):
    firm = factories.customer(kind="company", name="Weber GmbH")
    person = factories.contact_person(firm, **fields)

    for language, words in (("de", german), ("en", english)):
        with translation.override(language):
            assert persons.greeting(customer=firm, person=person, form=form) == words


@SAME
@pytest.mark.parametrize(
    ("kind", "name", "form", "german"),
    [
        ("person", "Mara Maria Beispiel", "sie", "Guten Tag Mara Maria Beispiel"),
        ("person", "Mara Beispiel", "du", "Hallo Mara"),
        ("person", "Mara", "du", "Hallo Mara"),
        ("company", "Weber GmbH", "sie", "Guten Tag"),
        ("company", "Weber GmbH", "du", "Hallo"),
    ],
)
def test_customers_are_greeted_as_far_as_their_name_tells(kind, name, form, german):
    with translation.override("de"):
        assert persons.greeting(customer=factories.customer(kind=kind, name=name), person=None, form=form) == german


@SAME
def test_everybody_reads_the_own_language_and_form():
    company(default_form="sie")
    made = template(de_sie="Ihr {greeting}", de_du="Dein {greeting}", en_sie="Your {greeting}")
    firm, plain = customer(name="Mara Beispiel"), customer(name="Kai Klar")
    english, familiar = customer(name="Eve Smith"), customer(name="Dora Du")
    ContactPreference.objects.create(customer=english, language="en", changed_at=timezone.now())
    ContactPreference.objects.create(customer=familiar, form="du", changed_at=timezone.now())
    person = factories.contact_person(firm, first_name="Anna", last_name="Weber")
    ContactPreference.objects.create(customer=firm, contact_person=person, form="du", changed_at=timezone.now())

    found = written(
        made, (plain.pk, None), (english.pk, None), (familiar.pk, None), (firm.pk, person.pk), (firm.pk, None)
    )

    assert {who: one.content["text"] for who, one in found.items()} == {
        (plain.pk, None): "Ihr Guten Tag Kai Klar",
        (english.pk, None): "Your Good day Eve Smith",
        (familiar.pk, None): "Dein Hallo Dora",
        (firm.pk, person.pk): "Dein Hallo Anna",
        (firm.pk, None): "Ihr Guten Tag Mara Beispiel",
    }
    assert found[english.pk, None].language == "en"


def test_what_is_known_about_a_customer_is_filled_in(salesperson):
    company(sender_name="Teehaus")
    made = template(de_sie="{product} {category} {last_purchase} {purchases} {years} {owner} {sender} {city}")
    one = customer(name="Mara Beispiel", city="Ulm", since_on=date(2020, 12, 1), owner=salesperson)
    factories.order(one, date(2026, 3, 1), of=factories.product(name="Kanne"), cents=9000)
    factories.order(one, date(2026, 4, 1), of=factories.product(name="Tasse"), cents=1000)
    factories.order(one, date(2026, 5, 1), of=factories.product(name="Storno"), cents=1000, status="cancelled")
    generation = Generation.objects.create(status="done", as_of_on=TODAY, started_at=timezone.now())
    Current.objects.create(pk=1, generation=generation)
    CustomerSignal.objects.create(
        generation=generation,
        customer=one,
        stage="active",
        favourite_category="Geschirr",
        last_on=date(2026, 4, 1),
        purchase_days=2,
    )

    (found,) = written(made, (one.pk, None)).values()

    assert found.content["text"] == "Tasse Geschirr 01.04.2026 2 5 Sven Teehaus Ulm"


def test_who_lacks_a_field_is_told_apart_and_the_others_are_written_to():
    company()
    made = template(de_sie="Wie ist {product}?")
    has, lacks = customer(), customer()
    factories.order(has, date(2026, 4, 1), of=factories.product(name="Tasse"))

    found = written(made, (has.pk, None), (lacks.pk, None))

    assert found[has.pk, None].content["text"] == "Wie ist Tasse?"
    assert (found[lacks.pk, None].content, found[lacks.pk, None].missing) == (None, ("product",))


def test_values_of_one_message_are_given_with_it():
    company()
    made, one = template(de_sie="Ihr Gutschein: {code}"), customer()

    found = services.contents(
        template=made, recipients=[(one.pk, None)], today=TODAY, more={(one.pk, None): {"code": "TEE-7"}}
    )

    assert found[one.pk, None].content["text"] == "Ihr Gutschein: TEE-7"


def test_a_template_without_words_is_refused():
    with pytest.raises(services.NothingWritten):
        written(template(), (customer().pk, None))


@pytest.mark.parametrize("size", [1, 3])
def test_writing_to_many_takes_as_many_queries_as_to_one(size, django_assert_num_queries):
    company()
    made = template(de_sie="{greeting} {product|} {category|}")
    recipients = [(customer().pk, None) for _ in range(size)]

    with django_assert_num_queries(6):
        written(made, *recipients)


@SAME
def test_fields_are_those_that_can_be_filled():
    company()

    _style, values = services.values((customer().pk, None), today=TODAY)

    assert {*values, "code"} == set(knowing.fields())


@SAME
def test_every_field_has_a_place_of_its_own():
    declared = [*persons.FIELDS, *(one for source in knowing.sources() for one in source.fields)]

    assert len(declared) == len({one.name for one in declared}) == len({one.order for one in declared})
    assert list(knowing.fields())[7:10] == ["city", "product", "category"]


@SAME
def test_a_field_that_there_is_none_of_is_named():
    company()
    one = customer()

    found = written(template(de_sie="{password} {code|} {secret|geheim}"), (one.pk, None))[one.pk, None]

    assert (found.content, found.missing) == (None, ("password", "secret"))


def test_a_field_that_an_app_declares_is_filled_counted_and_named(settings):
    company()
    one, _nobody = customer(city="Warteschlange"), customer()
    with installed(settings):
        found = written(template(de_sie="Nummer {queue}"), (one.pk, None))[one.pk, None]

        assert found.content["text"] == f"Nummer A{one.pk}"
        assert queries.gaps({"queue"}, today=TODAY) == [queries.Gap(field="queue", empty=1, of=2)]
        assert knowing.words(["queue"]) == ["number in the queue"]
    assert "queue" not in knowing.fields()


def test_a_paused_origin_waits_and_goes_on():
    company()
    one, other = customer(), customer()
    services.plan_messages([plan(one, origin="play:1"), plan(other, origin="play:2")], now=NOW)

    services.pause(origin="play:1", now=NOW)
    services.pause(origin="play:1", now=NOW)
    claimed = services.claim(channel="email", holder="w 1 x", at_most=10, now=NOW)
    assert [message.customer for message in claimed] == [other]

    services.resume(origin="play:1")
    claimed = services.claim(channel="email", holder="w 1 x", at_most=10, now=NOW)
    assert [message.customer for message in claimed] == [one]
    assert (Hold.objects.count(), Message.objects.filter(state="claimed").count()) == (0, 2)


def test_it_is_noted_whose_words_they_are_and_since_when_they_stand_so(db):
    made = template(de_sie="Guten Tag {name}")
    one = customer()

    found = written(made, (one.pk, None))[one.pk, None]

    assert found.content["worded"] == {"template": made.pk, "since": made.changed_at.isoformat()}
