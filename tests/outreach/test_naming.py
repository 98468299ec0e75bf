"""Fields are called as the page's language does, kept under one name, and understood in both."""

import pytest
from django.urls import reverse
from django.utils import translation

from stammkunde.outreach import knowing, naming, services
from stammkunde.outreach.content import Block, Text
from stammkunde.outreach.drafts import Draft
from tests.outreach.planning import NOW, company

POSTED = {"subject": "Für {vorname}", "blocks": "1", "block-0-kind": "text"}


def test_names_come_back_as_they_were_kept():
    kept = "{first_name|liebe Kundin}, {greeting} {code} {unbekannt} {1} {}"

    with translation.override("de"):
        said = naming.shown(kept)

    assert said == "{Vorname|liebe Kundin}, {Begrüßung} {Gutscheincode} {unbekannt} {1} {}"
    assert naming.stored(said) == kept
    assert naming.stored(kept) == kept
    with translation.override("en"):
        assert naming.shown(kept) == kept


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_field_has_a_name_of_its_own_that_can_be_typed(language):
    with translation.override(language):
        names = [name for name, _words in naming.picker()]

    assert len({name.lower() for name in names}) == len(knowing.fields())
    assert [naming.stored(name) for name in names] == [f"{{{one}}}" for one in knowing.fields()]


def test_what_is_typed_in_german_is_kept_under_its_name():
    draft = Draft.read(POSTED | {"block-0-text": "{Vorname} und {last_name}, {Nachnahme}"})

    assert (draft.subject, draft.blocks[0].text) == ("Für {first_name}", "{first_name} und {last_name}, {Nachnahme}")
    with translation.override("de"):
        assert draft.problems() == {
            "block-0-text": "Das Feld {Nachnahme} gibt es nicht. Unten steht die Liste aller Felder."
        }


@pytest.mark.django_db
def test_the_editor_shows_and_takes_german_names(client, salesperson):
    company()
    made = services.create_template(name="Tee", channel="email", purpose="newsletter", by=salesperson, now=NOW)
    text = Text(subject="Hallo {first_name}", blocks=(Block(kind="text", text="{greeting}"),))
    where = {"template_id": made.pk, "language": "de", "form": "sie"}
    services.put_words(**where, text=text, by=salesperson, now=NOW)
    client.force_login(salesperson)
    url = f"{reverse('template', args=[made.pk])}?words=de-sie"

    page = client.get(url).content.decode()
    client.post(url, POSTED | {"act": "save", "preview": "", "block-0-text": "{Begrüßung}, {Ort|hier}"})

    assert 'value="Hallo {Vorname}"' in page
    assert 'data-insert="{Vorname}"' in page
    kept = made.texts.get()
    assert (kept.subject, kept.blocks) == ("Für {first_name}", [{"kind": "text", "text": "{greeting}, {city|hier}"}])
