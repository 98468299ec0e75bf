"""Pages of measures: brought as a file, started, looked at, held, stopped."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from stammkunde.outreach.models import Template, TemplateText
from stammkunde.plays import contents, files
from stammkunde.plays.files import possible
from stammkunde.plays.models import Enrolment, Play
from stammkunde.segments.models import Segment
from tests.outreach.planning import NOW, customer
from tests.outreach.planning import company as a_company
from tests.plays.over_time import BOUGHT, buys, leaves, started, task, wait, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def mia(client, marketer):
    client.force_login(marketer)
    return client


@pytest.fixture
def company():
    return a_company()


def a_file(owner="mia@example.org", **changes) -> dict:
    steps = [
        {"kind": "message", "key": "mail", "templates": ["thanks"]},
        {"kind": "wait", "key": "pause", "days": 10},
        {"kind": "task", "key": "call", "title": "Anrufen", "owner": owner},
    ]
    goal = {"kind": "purchase", "window_days": 60}
    said = {"trigger": BOUGHT, "steps": steps, "goal": goal, "holdout": {"share": 0.1}, "group": "buyers"}
    text = {"subject": "Danke", "blocks": [{"kind": "text", "text": "Vielen Dank für Ihren Kauf."}]}
    thanks = {"name": "Danke", "channel": "email", "purpose": "thanks", "texts": {"de-sie": text}}
    return {
        "format": "stammkunde-play",
        "format_version": 1,
        "key": "welcome",
        "words": {"de": {"name": "Willkommen"}},
        "content": said | changes,
        "templates": {"thanks": thanks},
        "groups": {"buyers": {"name": "Käufer", "rule": {"happened": "orders"}}},
    }


def brings(client, data: object, name="measure-new", *args):
    text = data if isinstance(data, str) else json.dumps(data)
    file = SimpleUploadedFile("measure.json", text.encode(), content_type="application/json")
    return client.post(reverse(name, args=args), {"file": file})


def test_a_file_becomes_a_draft_with_its_words_and_group_and_is_started(mia, marketer):
    assert brings(mia, a_file()).status_code == 302
    brings(mia, a_file())  # templates and groups of the same name are taken
    play = Play.objects.order_by("pk")[0]
    assert (play.name, play.status) == ("Willkommen", "draft")

    mia.post(reverse("measure-start", args=[play.pk]))

    play.refresh_from_db()
    template, group = Template.objects.get(name="Danke"), Segment.objects.get(name="Käufer")
    said = play.versions.get()
    assert (play.status, said.segment_id) == ("running", group.pk)
    named = [ref for _place, _kind, ref in contents.names(said.content)]
    assert named == [group.pk, template.pk, marketer.pk]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("{", "no file of a measure"),
        (a_file(steps=[]), "content.steps: A measure has at least one step."),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_place(mia, data, said):
    mia.post(reverse("language"), {"language": "en"})

    shown = brings(mia, data)

    assert shown.status_code == 400
    assert said in shown.content.decode()
    assert not Play.objects.exists()
    assert not Template.objects.exists()


def test_ready_made_ones_are_taken_over_tried_and_run(mia, company):
    for file in [one for one in files.ready() if not possible.lacking(one)]:
        mia.post(reverse("measure-take", args=[file.key]))
        play = Play.objects.latest("pk")
        tried = mia.get(reverse("measure-trial", args=[play.pk]))
        said = mia.post(reverse("measure-start", args=[play.pk]), {"already_in": "not"}, follow=True)

        play.refresh_from_db()
        assert play.name == file.words_in("de").name
        assert tried.status_code == 200, file.key
        assert play.status == "running", (file.key, said.content.decode())


def test_what_is_not_possible_yet_shows_its_page_and_is_not_offered(mia):
    for file in [one for one in files.ready() if possible.lacking(one)]:
        shown = mia.get(reverse("play-ready-one", args=[file.key])).content.decode()

        assert "Noch nicht möglich" in shown
        assert reverse("measure-take", args=[file.key]) not in shown


def test_page_tells_who_is_where_and_why(mia, template):
    mia.post(reverse("language"), {"language": "en"})
    play = started({"kind": "message", "templates": [template().pk]}, wait(10), task("Anrufen"))
    for _one in range(3):
        buys(customer())
    work()
    leaves()
    work()

    page = mia.get(reverse("measure", args=[play.pk])).content.decode()
    people = mia.get(reverse("measure-people", args=[play.pk]), {"step": "s2"}).content.decode()
    listed = mia.get(reverse("measures")).content.decode()

    assert "Wait: 10 days" in page
    assert f'<a href="/measures/{play.pk}/people/?step=s2">3</a>' in page
    assert people.count("Wait: 10 days · until ") == 3
    assert "Maßnahme" in listed


def test_who_reached_the_goal_is_told_apart_by_who_was_contacted(mia):
    play = started(wait(30), holdout=0.5, goal={"kind": "purchase", "window_days": 60})
    for _one in range(8):
        buys(customer())
    work()
    alone, of_all = (Enrolment.objects.filter(play=play, **of) for of in ({"arm": "held_out"}, {}))
    assert 0 < alone.count() < 8
    over = {"state": "closed", "code": "goal", "closed_at": NOW, "due_at": None}
    of_all.filter(pk__in=[alone[0].pk, *of_all.filter(arm="treated").values_list("pk", flat=True)[:1]]).update(**over)

    page = mia.get(reverse("measure", args=[play.pk])).content.decode()
    listed = mia.get(reverse("measures")).content.decode()
    asked = {"code": "goal", "arm": "held_out"}
    people = mia.get(reverse("measure-people", args=[play.pk]), asked).content.decode()

    for arm in ("treated", "held_out"):
        assert f'?code=goal&amp;arm={arm}">1</a>' in page
    on_the_way = alone.filter(closed_at=None).count()
    assert f'?state=open&amp;arm=held_out">{on_the_way}</a>' in page
    assert "ohne Kontakt: 1" in listed
    assert "Vergleichsgruppe · Ziel erreicht" in people
    assert people.count('scope="row"') == 1


@pytest.mark.parametrize("many", [1, 3])
def test_list_of_people_asks_the_same_whatever_their_number(mia, template, django_assert_num_queries, many):
    play = started({"kind": "message", "templates": [template().pk]}, wait(10))
    for _one in range(many):
        buys(customer())
    work()
    mia.get(reverse("measures"))

    with django_assert_num_queries(10):
        mia.get(reverse("measure-people", args=[play.pk]))


def test_hold_go_on_and_stop(mia, template):
    play = started({"kind": "message", "templates": [template().pk]})
    buys(customer())
    work()

    def after(name: str) -> str:
        mia.post(reverse(name, args=[play.pk]))
        play.refresh_from_db()
        return play.status

    assert [after(name) for name in ("measure-hold", "measure-resume", "measure-stop")] == [
        "paused",
        "running",
        "stopped",
    ]
    assert list(Enrolment.objects.values_list("state", "code")) == [("closed", "stopped")]
    page = mia.get(reverse("measure", args=[play.pk])).content.decode()
    assert reverse("measure-copy", args=[play.pk]) in page
    assert reverse("measure-edit", args=[play.pk]) not in page


def test_another_version_counts_for_those_who_enter_later_and_shows_what_moving_does(mia):
    mia.post(reverse("language"), {"language": "en"})
    play = started(wait(10), wait(5))
    buys(customer())
    work()

    changed = a_file(group=None, steps=[{"kind": "wait", "key": "s1", "days": 3}, {"kind": "end", "key": "over"}])
    brings(mia, changed, "measure-change", play.pk)
    mia.post(reverse("measure-start", args=[play.pk]))

    assert "Would go on where they stand" in mia.get(reverse("measure", args=[play.pk])).content.decode()
    mia.post(reverse("measure-move", args=[play.pk]))
    assert Enrolment.objects.get().version.number == 2


def test_a_measure_is_no_campaign(mia, template):
    play = started({"kind": "message", "templates": [template().pk]}, name="Winterschlaf")

    assert mia.get(reverse("play", args=[play.pk])).status_code == 404
    assert play.name not in mia.get(reverse("plays")).content.decode()


def test_a_template_without_words_is_no_start(mia):
    mia.post(reverse("language"), {"language": "en"})
    brings(mia, a_file())
    TemplateText.objects.all().delete()

    shown = mia.post(reverse("measure-start", args=[Play.objects.get().pk]), follow=True)

    assert "has no text yet" in shown.content.decode()
    assert Play.objects.get().status == "draft"
