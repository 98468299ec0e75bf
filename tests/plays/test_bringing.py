"""A file of a measure in another company: it asks for what is not here, one by one, and loses no answer."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from stammkunde.outreach.models import Template
from stammkunde.plays import contents
from stammkunde.plays.files import writing
from stammkunde.plays.measures import reading, running
from stammkunde.plays.models import Brought, Play
from stammkunde.sales.models import Product
from stammkunde.segments import latest
from stammkunde.segments import services as segments
from stammkunde.segments.models import Segment
from tests.outreach.planning import NOW, company
from tests.plays.over_time import BOUGHT, content, message, started, task, wait

pytestmark = pytest.mark.django_db


@pytest.fixture
def mia(client, marketer):
    company()
    client.force_login(marketer)
    return client


def given(play: Play) -> dict:
    """The file of a measure, whose rows then are gone as in another company."""
    found = json.loads(json.dumps(writing.write(name=play.name, content=reading.newest(play).content)))
    for row in (Play, Template):
        row.objects.all().delete()
    Segment.objects.all().delete()
    return found


def upload(client, data: dict):
    file = SimpleUploadedFile("m.json", json.dumps(data).encode())
    return client.post(reverse("measure-new"), {"file": file}, follow=True)


def drafted(*steps, **more) -> Play:
    return running.draft(name="Danke", content=content(*steps, **more), staff=None, now=NOW)


def test_a_file_that_carries_all_asks_for_nothing_in_an_empty_company(mia, template):
    inner = segments.create(name="Innen", rule={"happened": "orders"}, now=NOW, staff=None)
    outer = segments.create(name="Außen", rule={"segment": inner.pk, "is": "in"}, now=NOW, staff=None)
    said = drafted(message(template(name="Brief", channel="letter")), trigger={"kind": "enters"}, group=outer.pk)
    before = contents.read(reading.newest(said).content)

    answer = upload(mia, given(said))

    made = contents.read(reading.newest(Play.objects.get()).content)
    assert answer.redirect_chain[-1][0] == reverse("measure", args=[Play.objects.get().pk])
    assert not Brought.objects.exists()
    assert latest.version_of(int(made.group)).rule == {"segment": Segment.objects.get(name="Innen").pk, "is": "in"}
    assert [contents.kind(one) for one in made.steps] == [contents.kind(one) for one in before.steps]
    assert Template.objects.get().texts.get().subject == "Neues"


def test_what_is_not_here_is_asked_for_and_answers_are_kept(mia, marketer, template):
    other = started(wait(1), name="Andere")
    calls = task("Anrufen", by_phone=True, owner=marketer.pk, guide="risk")
    data = given(drafted(calls, {"kind": "hand_over", "play": other.pk}, trigger=BOUGHT))
    data["content"]["steps"][0] |= {"owner": "Otto", "substitute": "Paul", "guide": "moon"}
    data["content"]["steps"].insert(0, {"kind": "message", "key": "m", "templates": ["Karte"]})
    mine = template(name="Meine Karte", channel="postcard")

    page = upload(mia, data)
    address = page.redirect_chain[-1][0]
    shown = page.content.decode()
    asked = ["Vorlage „Karte“", "Mitarbeiter „Otto“", "Mitarbeiter „Paul“", "Leitfaden „moon“", "Maßnahme „Andere“"]
    assert all(one in shown for one in asked)
    assert mia.post(address, {"q0": mine.pk}, headers={"HX-Request": "true"}).status_code == 204  # as one chooses
    assert "wartet auf Antworten" in mia.get(reverse("measures")).content.decode()
    again = mia.get(address).content.decode()
    assert f'value="{mine.pk}" selected' in again
    refused = mia.post(address, {"q0": mine.pk, "q1": marketer.pk})
    assert refused.status_code == 400
    mia.post(address, {"q0": mine.pk, "q1": marketer.pk, "q2": "-", "q3": "-", "q4": "silent"})

    card, call, end = contents.read(reading.newest(Play.objects.get()).content).steps
    assert card.templates == (mine.pk,)
    assert (call.owner, call.substitute, call.guide) == (marketer.pk, None, "silent")
    assert contents.kind(end) == "end"
    assert not Brought.objects.exists()


def test_products_and_groups_that_cannot_be_asked_here_are_mapped(mia):
    Product.objects.create(source="s:1", number="1", name="Kaffee", category="Bohnen", updated_at=NOW)
    bought = {"happened": "lines", "where": [{"column": "category", "is": "is", "value": ["Tee", "Bohnen"]}]}
    one = segments.create(name="Teetrinker", rule=bought, now=NOW, staff=None)
    data = given(drafted(wait(1), trigger={"kind": "enters"}, group=one.pk))
    moon = {"name": "Mondkunden", "rule": {"field": "customer.moon", "is": "is known"}}
    data["groups"]["Mondkunden"] = moon
    data["content"]["steps"].append({"kind": "branch", "key": "b", "rule": {"segment": "Mondkunden", "is": "in"}})
    here = segments.create(name="Hiesige", rule={"happened": "orders"}, now=NOW, staff=None)

    page = upload(mia, data)
    assert "customer.moon" in page.content.decode()
    mia.post(page.redirect_chain[-1][0], {"q0": here.pk, "q1": "Bohnen"})

    made = contents.read(reading.newest(Play.objects.get()).content)
    assert made.steps[1].rule == {"segment": here.pk, "is": "in"}
    assert latest.version_of(int(made.group)).rule["where"][0]["value"] == "Bohnen"


def test_fields_that_nobody_knows_are_left_out_and_named(mia):
    data = given(drafted(wait(1), trigger=BOUGHT))
    data["content"]["steps"][0]["colour"] = "red"
    data["a.b"] = 1

    said = upload(mia, data).content.decode()

    assert "content.steps.0.colour" in said
    assert "a.b" in said
    assert reading.newest(Play.objects.get()).content["steps"] == [{"kind": "wait", "key": "s1", "days": 1}]


def test_where_there_is_nothing_to_choose_from_the_page_says_so_and_a_file_can_be_put_away(mia):
    data = given(drafted(wait(1), trigger=BOUGHT))
    data["content"]["steps"].append({"kind": "message", "key": "m", "templates": ["Karte"]})
    address = upload(mia, data).redirect_chain[-1][0]

    assert "Davon gibt es hier noch nichts." in mia.post(address, {}).content.decode()
    assert mia.post(address, {"act": "discard"}).url == reverse("measures")
    assert mia.get(address).status_code == 404
