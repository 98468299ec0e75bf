"""A measure that somebody begins with nothing in it: for a group, a draft, and no start before a step is there."""

import pytest
from django.urls import reverse

from stammkunde.plays import contents
from stammkunde.plays.contents import InvalidContent
from stammkunde.plays.measures import reading, running
from stammkunde.plays.models import Play
from stammkunde.segments import services as segments
from tests.outreach.planning import NOW, company
from tests.pages import folded

pytestmark = pytest.mark.django_db

GERMANY = {"all": [{"field": "customer.country", "is": "is", "value": "DE"}]}


@pytest.fixture
def signed_in(client, administrator):
    company()
    client.force_login(administrator)
    return client


@pytest.fixture
def group():
    return segments.create(name="Deutschland", rule=GERMANY, now=NOW, staff=None)


def page(client, query="") -> str:
    return folded(client.get(reverse("measure-begin") + query).content.decode())


def test_it_is_for_the_group_from_whose_page_it_was_begun(signed_in, group):
    assert f'<option value="{group.pk}" selected>Deutschland</option>' in page(signed_in, f"?group={group.pk}")

    answer = signed_in.post(reverse("measure-begin"), {"name": "Gruß", "group": group.pk})

    play = Play.objects.get()
    content = contents.read(reading.newest(play).content)
    assert answer.url == reverse("measure-edit", args=[play.pk])
    assert (play.name, play.status, content.group, contents.kind(content.steps[0])) == (
        "Gruß",
        "draft",
        group.pk,
        "end",
    )
    editor = folded(signed_in.get(answer.url).content.decode())
    assert '<option value="" selected>am Anfang</option>' in editor  # before the end, not after it


def test_as_long_as_nothing_happens_in_it_it_does_not_start(signed_in, group):
    signed_in.post(reverse("measure-begin"), {"name": "Gruß", "group": group.pk})
    play = Play.objects.get()

    with pytest.raises(InvalidContent) as refused:
        running.start(play_id=play.pk, staff=None, now=NOW)

    assert [one.code for one in refused.value.problems] == ["nothing_happens"]
    said = signed_in.post(reverse("measure-start", args=[play.pk]), {"already_in": "not"}, follow=True)
    assert "Noch würde nichts geschehen: Fügen Sie einen Schritt hinzu." in said.content.decode()
    assert "Noch würde nichts geschehen" in signed_in.get(reverse("measure-trial", args=[play.pk])).content.decode()


def test_what_cannot_be_begun_says_why_and_makes_nothing(signed_in, group):
    segments.archive(segment_id=group.pk, now=NOW, staff=None)

    without = page(signed_in, "?group=x")
    answer = signed_in.post(reverse("measure-begin"), {"name": "", "group": group.pk})

    assert "Es gibt noch keine Kundengruppe." in without
    assert answer.status_code == 400
    assert not Play.objects.exists()
