"""A button that is pressed twice brings one measure, also at once."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from stammkunde.outreach.models import Template
from stammkunde.plays import files
from stammkunde.plays.files import writing
from stammkunde.plays.measures import reading, running, taking
from stammkunde.plays.models import Brought, Play
from tests.outreach.planning import NOW, company
from tests.outreach.test_races import at_once
from tests.plays.over_time import BOUGHT, content, message, task, wait


def brought(*steps) -> files.PlayFile:
    made = running.draft(name="Danke", content=content(*steps, trigger=BOUGHT), staff=None, now=NOW)
    said = writing.write(name=made.name, content=reading.newest(made).content)
    Play.objects.all().delete()
    Template.objects.all().delete()
    return files.read(json.loads(json.dumps(said)))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["file", "ready"])
def test_two_at_once_make_one_measure_with_one_set_of_templates(how, template, marketer):
    company()
    file = brought(message(template(name="Brief")))
    ready = files.find("win-back")
    given = {"language": "de", "staff": marketer, "now": NOW, "press": "once"}

    def press(_number):
        return taking.bring(file, **given).pk if how == "file" else taking.take_ready(ready, **given).pk

    made = at_once(press, range(3))

    assert len(set(made)) == 1
    assert Play.objects.count() == 1
    assert not Brought.objects.exists()


@pytest.mark.django_db
def test_copy_pressed_twice_makes_one_and_another_page_another(marketer, client):
    play = running.draft(name="Danke", content=content(wait(1), trigger=BOUGHT), staff=None, now=NOW)
    client.force_login(marketer)

    for page, presses in (("measure-edit", 2), ("measure", 1)):
        press = client.get(reverse(page, args=[play.pk])).context["press"]
        for _press in range(presses):
            client.post(reverse("measure-copy", args=[play.pk]), {"press": press})

    assert Play.objects.filter(name="Kopie von Danke").count() == 2


@pytest.mark.django_db(transaction=True)
def test_what_asks_for_something_is_kept_once_and_taken_over_once(marketer):
    company()
    file = brought(task(), wait(1))
    data = json.loads(json.dumps(file.data))
    data["content"]["steps"][0]["owner"] = "Otto"
    file = files.read(data)
    given = {"language": "de", "staff": marketer, "now": NOW, "press": "once"}

    kept = at_once(lambda _number: taking.bring(file, **given).pk, range(2))
    Brought.objects.update(answers={"staff|Otto": str(marketer.pk)})
    made = at_once(lambda pk: taking.take_brought(pk, **given).pk, kept)

    assert (len(set(kept)), len(set(made)), Play.objects.count()) == (1, 1, 1)
    assert taking.bring(file, **given).pk == made[0]  # the first press once more


@pytest.mark.django_db
def test_pages_send_what_tells_two_presses_from_two_measures(client, marketer):
    client.force_login(marketer)
    company()
    said = json.dumps(dict(brought(wait(1)).data)).encode()
    page = client.get(reverse("measure-new")).content.decode()
    press = page.split('name="press" value="')[1].split('"')[0]

    for _time in range(2):
        sent = {"file": SimpleUploadedFile("m.json", said), "press": press}
        answer = client.post(reverse("measure-new"), sent)
        assert answer.url == reverse("measure", args=[Play.objects.get().pk])
    client.post(reverse("measure-new"), {"file": SimpleUploadedFile("m.json", said)})
    assert Play.objects.count() == 2

    ready = client.get(reverse("play-ready-one", args=["thanks"])).content.decode()
    once = {"press": ready.split('name="press" value="')[1].split('"')[0]}
    urls = {client.post(reverse("measure-take", args=["thanks"]), once).url for _time in range(2)}
    assert len(urls) == 1
    assert Play.objects.count() == 3
