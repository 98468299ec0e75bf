"""The condition of two ways: the words of groups of customers and the measure's own, and what no form shows is kept."""

import json

import pytest
from django.urls import reverse

from stammkunde.plays import contents
from stammkunde.plays.editing import acts
from stammkunde.plays.editing.branching import USUAL
from stammkunde.plays.measures import reading, running, wording
from stammkunde.plays.models import Play
from stammkunde.segments import services as segments
from tests.outreach.planning import NOW, company
from tests.plays.over_time import BOUGHT, content, task, wait
from tests.segments import forms

pytestmark = pytest.mark.django_db
EITHER = {"any": [{"happened": "orders"}, {"happened": "contacts"}]}
DEEP = {"all": [{"happened": "tasks"}, {"any": [{"all": [EITHER]}]}]}


@pytest.fixture
def play(marketer, client) -> Play:
    company()
    client.force_login(marketer)
    steps = (task("Anrufen", by_phone=True), wait(7))
    return running.draft(name="Danke", content=content(*steps, trigger=BOUGHT), staff=marketer, now=NOW)


def address(play, **said) -> str:
    query = "&".join(f"{name}={value}" for name, value in said.items())
    return f"{reverse('measure-step', args=[play.pk])}?{query}"


def sent(page: str, **changed) -> dict:
    return dict(forms.sent(page, **changed).lists())


def rule(play, key="s3"):
    return acts.find(reading.newest(play).content, key)["rule"]


def put(play, client, kept) -> None:
    """Put two ways behind the last step, by a condition."""
    said = reading.newest(play).content
    step = {"kind": "branch", "key": "s3", "rule": kept}
    running.change(play_id=play.pk, content=acts.added(said, step, place="s2"), staff=None, now=NOW)


def says(play) -> str:
    found = contents.read(reading.newest(play).content)
    return wording.names([found]).rule(contents.find(found, "s3").rule)


@pytest.mark.parametrize("kept", [one for _label, one in USUAL.values()] + [
    {"happened": "orders", "within": {"since": "step:s1"}, "is": ">=", "value": 2},
    {"not": {"any": [{"field": "customer.country", "is": "is", "value": "DE"}]}},
    DEEP,
], ids=str)  # fmt: skip
def test_a_condition_that_is_saved_unchanged_says_the_same(kept, play, client):
    put(play, client, kept)
    before = says(play)

    page = client.get(address(play, key="s3")).content.decode()
    answer = client.post(address(play), sent(page, act="save"))

    assert answer.url.endswith("?at=s3#step-s3")
    assert says(play) == before


def test_new_ways_begin_with_the_usual_and_go_on_with_any_condition(play, client):
    page = client.get(address(play, kind="branch", place="s2")).content.decode()
    client.post(address(play), sent(page, act="save"))
    assert says(play) == "mindestens ein Kauf seit dem Beginn"

    page = client.get(address(play, key="s3")).content.decode()
    page = client.post(address(play), sent(page, act="begin reached")).content.decode()
    page = client.post(address(play), sent(page, act="add r")).content.decode()
    page = client.post(address(play), sent(page, **{"r-1.what": "table:orders"})).content.decode()
    since = {"r-1.span": "since", "r-1.since": json.dumps("step:s1"), "r.how": "any"}
    client.post(address(play), sent(page, act="save", **since))

    assert rule(play)["any"][1]["within"] == {"since": "step:s1"}
    assert "seit dem Anruf „Anrufen“" in says(play)


def test_what_is_wrong_with_a_condition_is_said_and_not_kept(play, client):
    page = client.get(address(play, kind="branch", place="s2")).content.decode()
    answer = client.post(address(play), sent(page, act="save", **{"r-0.value": "viele"}))
    told = client.post(
        address(play), sent(page, **{"r-0.value": "viele"}), headers={"HX-Request": "true", "HX-Target": "tried"}
    )

    assert answer.status_code == 400
    assert "„viele“ ist keine ganze Zahl" in answer.content.decode()
    assert "„viele“ ist keine ganze Zahl" in told.content.decode()
    assert len(reading.newest(play).content["steps"]) == 2


def test_groups_of_customers_can_be_asked(play, client):
    group = segments.create(name="Die Treuen", rule={"happened": "orders"}, now=NOW, staff=None)
    page = client.get(address(play, kind="branch", place="")).content.decode()
    page = client.post(address(play), sent(page, **{"r-0.what": "segment"})).content.decode()
    client.post(address(play), sent(page, act="save", **{"r-0.value": str(group.pk)}))

    assert rule(play) == {"segment": group.pk, "is": "in"}
