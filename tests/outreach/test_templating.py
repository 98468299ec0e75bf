"""Making and changing templates, and the trail of it."""

import pytest

from stammkunde.outreach import services
from stammkunde.outreach.content import Block, FieldsUnknown, Text
from stammkunde.outreach.models import Template
from stammkunde.team.models import AuditEntry
from tests.outreach.planning import DAY, NOW

pytestmark = pytest.mark.django_db

THANKS = Text(subject="Danke", blocks=(Block(kind="text", text="{greeting}, danke."),))
OFFER = Text(subject="Neu", blocks=(Block(kind="offer", title="10 %", text="Bis Sonntag"),))


@pytest.fixture
def made(salesperson):
    return services.create_template(name="Neues", channel="email", purpose="advertising", by=salesperson, now=NOW)


def put(template, by, *, text=OFFER, style=("de", "sie"), now=NOW):
    return services.put_words(template_id=template.pk, language=style[0], form=style[1], text=text, by=by, now=now)


def actions():
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def test_words_are_kept_by_language_and_form(made, salesperson):
    put(made, salesperson)
    put(made, salesperson, style=("en", "sie"), text=THANKS)
    put(made, salesperson, text=OFFER, now=NOW + DAY)  # nothing new

    template = Template.objects.get()
    assert services.words(template) == {("de", "sie"): OFFER, ("en", "sie"): THANKS}
    assert (template.changed_at, template.changed_by) == (NOW, salesperson)
    assert actions() == ["template.created", "template.changed", "template.changed"]


def test_words_with_unknown_fields_are_refused(made, salesperson):
    with pytest.raises(FieldsUnknown):
        put(made, salesperson, text=Text(subject="{nonsense}"))

    assert services.words(made) == {}


def test_name_is_taken_once(made, salesperson):
    with pytest.raises(services.NameTaken):
        services.create_template(name="Neues", channel="email", purpose="thanks", by=salesperson, now=NOW)
    other = services.create_template(name="Anderes", channel="email", purpose="thanks", by=salesperson, now=NOW)
    with pytest.raises(services.NameTaken):
        services.change_template(
            template_id=other.pk, name="Neues", channel="email", purpose="thanks", by=salesperson, now=NOW
        )


def test_thanks_with_an_offer_are_refused_whichever_comes_first(made, salesperson):
    put(made, salesperson)

    with pytest.raises(services.CountsAsAdvertising) as refused:
        services.change_template(
            template_id=made.pk, name="Neues", channel="email", purpose="thanks", by=salesperson, now=NOW
        )
    assert [one.code for one in refused.value.claims] == ["counts_as_offer"]
    assert Template.objects.get().purpose == "advertising"

    thanks = services.create_template(name="Dank", channel="email", purpose="thanks", by=salesperson, now=NOW)
    with pytest.raises(services.CountsAsAdvertising):
        put(thanks, salesperson)


def test_changing_nothing_leaves_no_trace(made, salesperson):
    services.change_template(
        template_id=made.pk, name="Neues", channel="email", purpose="advertising", by=salesperson, now=NOW + DAY
    )
    services.take_words_away(template_id=made.pk, language="de", form="du", by=salesperson, now=NOW + DAY)
    services.take_out(template_id=made.pk, by=salesperson, now=NOW + DAY)

    assert (Template.objects.get().changed_at, actions()) == (NOW, ["template.created"])


def test_copy_has_all_words_and_a_name_of_its_own(made, salesperson):
    put(made, salesperson)

    for _again in range(2):
        services.duplicate(template_id=made.pk, copy_of="%(name)s (%(n)s)", by=salesperson, now=NOW)

    assert [(one.name, services.words(one)) for one in Template.objects.all()] == [
        ("Neues", {("de", "sie"): OFFER}),
        ("Neues (2)", {("de", "sie"): OFFER}),
        ("Neues (3)", {("de", "sie"): OFFER}),
    ]


def test_template_is_archived_and_taken_out(made, salesperson):
    services.archive(template_id=made.pk, by=salesperson, now=NOW)
    assert Template.objects.get().is_archived
    services.take_out(template_id=made.pk, by=salesperson, now=NOW)
    assert not Template.objects.get().is_archived

    assert actions() == ["template.created", "template.archived", "template.taken_out"]


@pytest.mark.parametrize(("language", "name"), [("de", "Danke für die Bestellung"), ("en", "Thank you for your order")])
def test_starters_come_once_in_the_language_of_who_asks(salesperson, language, name):
    made = services.create_starters(language=language, by=salesperson, now=NOW)
    assert services.create_starters(language=language, by=salesperson, now=NOW) == []

    assert len(made) == Template.objects.count() == 5
    assert {style for one in made for style in services.words(one)} == {("de", "sie"), ("de", "du"), ("en", "sie")}
    assert Template.objects.get(name=name).purpose == "thanks"
