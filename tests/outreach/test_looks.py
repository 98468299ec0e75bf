"""Five seconds for a colleague: asked, shown once, answered, and what that means for a campaign."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.outreach import looks, services
from stammkunde.outreach.content import Block, Text
from stammkunde.outreach.models import Look
from stammkunde.plays import services as plays
from stammkunde.plays.models import Play
from stammkunde.team.models import AuditEntry
from tests.outreach.planning import NOW, company, customer

pytestmark = pytest.mark.django_db
STYLE = ("de", "sie")
ANSWER = {"offered": "Tee", "to_do": "Bestellen", "understood": "yes"}


def put(template, words):
    text = Text(subject="Neuer Tee für {name}", blocks=(Block(kind="text", text=words),))
    where = {"template_id": template.pk, "language": "de", "form": "sie"}
    services.put_words(**where, text=text, by=template.changed_by, now=NOW)


@pytest.fixture
def template(salesperson):
    company()
    made = services.create_template(name="Tee", channel="email", purpose="advertising", by=salesperson, now=NOW)
    put(made, "Guten Tag {name}.")
    return made


@pytest.fixture
def look(template, salesperson, servant):
    return looks.ask(template=template, style=STYLE, of=servant.pk, by=salesperson, now=timezone.now())


def page(look):
    return reverse("look", args=[look.pk])


def test_a_colleague_is_asked_once_and_finds_it_on_today(client, template, salesperson, servant):
    client.force_login(salesperson)
    asked = {"words": "de-sie", "colleague": servant.pk}
    for _ in range(2):
        client.post(reverse("look-ask", args=[template.pk]), asked)
    client.force_login(servant)

    today = client.get(reverse("today")).content.decode()

    assert page(Look.objects.get()) in today
    assert "Sven fragt Sina, was „Tee“ in fünf Sekunden sagt." in today


@pytest.mark.parametrize("of", ["self", "analyst", "nobody"])
def test_neither_oneself_nor_whoever_writes_to_nobody_is_asked(template, salesperson, analyst, of):
    people = {"self": salesperson.pk, "analyst": analyst.pk, "nobody": 0}

    with pytest.raises(looks.NoSuchColleague):
        looks.ask(template=template, style=STYLE, of=people[of], by=salesperson, now=NOW)


def test_the_words_are_shown_once_for_five_seconds_and_then_asked_about(client, look, servant):
    customer(name="Kim Lux")
    client.force_login(servant)

    before = client.get(page(look))
    during = client.post(page(look), {"act": "show"}, follow=True)
    Look.objects.update(shown_at=timezone.now() - timedelta(seconds=looks.SECONDS))
    client.post(page(look), {"act": "show"})
    after = client.get(page(look))
    told = client.post(page(look), ANSWER, follow=True)
    again = client.post(page(look), ANSWER | {"understood": "no"}, follow=True)

    assert "iframe" not in before.content.decode()
    assert during.headers["Refresh"] == "5"
    assert "Neuer Tee für Kim Lux" in during.content.decode()
    assert client.get(during.context["frame"] and reverse("preview", args=[during.context["frame"]])).status_code == 200
    assert "iframe" not in after.content.decode()
    assert 'name="offered"' in after.content.decode()
    assert [len(list(one.context["messages"])) for one in (told, again)] == [1, 0]
    look.refresh_from_db()
    assert (look.offered, look.to_do, look.is_understood) == ("Tee", "Bestellen", True)
    assert AuditEntry.objects.filter(action="template.looked_at").count() == 1


def test_nobody_else_sees_or_answers(client, look, salesperson):
    client.force_login(salesperson)

    client.post(page(look), {"act": "show"})
    client.post(page(look), ANSWER)

    look.refresh_from_db()
    assert (look.shown_at, look.answered_at) == (None, None)
    assert "Sina wurde gefragt" in client.get(page(look)).content.decode()


def test_the_answer_stands_at_its_version_and_says_when_the_words_have_changed(client, template, look, salesperson):
    looks.show(look=look, now=NOW)
    looks.answer(look=look, offered="Tee", to_do="Bestellen", is_understood=True, now=NOW)
    client.force_login(salesperson)
    url = f"{reverse('template', args=[template.pk])}?words=de-sie"

    before = client.get(url).content.decode()
    assert looks.understood(template) == look
    put(template, "Ganz andere Worte.")
    after = client.get(url).content.decode()

    assert ("Bestellen" in before, "frühere Worte" in before) == (True, False)
    assert ("Bestellen" in after, "frühere Worte" in after) == (True, True)
    assert looks.understood(template) is None


def test_a_campaign_recommends_it_and_the_company_can_demand_it(client, template, look, salesperson):
    play = Play.objects.create(kind="campaign", name="Tee", template=template, status="ready", created_at=NOW)
    client.force_login(salesperson)

    def shown():
        return client.get(reverse("play", args=[play.pk])).content.decode()

    assert "Besser vor dem Start" in shown()
    company(look_first=True)
    assert "muss jemand aus dem Team" in shown()
    with pytest.raises(looks.NotLookedAt):
        plays.start(play_id=play.pk, starts_at=None, staff=salesperson, now=NOW)
    client.post(reverse("play-start", args=[play.pk]))
    assert Play.objects.get().status == "ready"
    looks.show(look=look, now=NOW)
    looks.answer(look=look, offered="Tee", to_do="Bestellen", is_understood=True, now=NOW)

    assert "Sina hat sie in fünf Sekunden verstanden" in shown()
    plays.start(play_id=play.pk, starts_at=None, staff=salesperson, now=NOW)
    assert Play.objects.get().status == "running"
