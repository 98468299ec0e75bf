"""What a second person agreed to is what customers get: where it changes while it runs, it is held until a new yes."""

import pytest
from django.urls import reverse

from stammkunde.calls import guides
from stammkunde.calls import services as calls
from stammkunde.outreach import services as outreach
from stammkunde.outreach.content import read as words
from stammkunde.outreach.models import Message
from stammkunde.plays.measures import agreeing, running
from stammkunde.plays.models import Enrolment, MeasureSettings, Play
from stammkunde.segments import services as segments
from stammkunde.tasks.models import Task
from stammkunde.team import queries as team
from tests.outreach.planning import NOW, company, customer
from tests.plays.over_time import BOUGHT, DAY, HOUR, buys, content, message, task, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(marketer):
    return segments.create(name="Käufer", rule={"happened": "orders"}, now=NOW - DAY, staff=marketer)


@pytest.fixture
def letter(template):
    return template("Guten Tag!", name="Brief", channel="letter")


@pytest.fixture
def play(letter, group, marketer, administrator):
    """A measure by Mia to which the administrator has agreed, and that runs."""
    company()
    ours = MeasureSettings.stored(team.company())
    ours.second_entries = 1
    ours.save()
    asked = {"kind": "branch", "rule": {"segment": group.pk, "is": "in"}}
    told = task(guide="silent", by_phone=False)
    said = content(message(letter), asked, told, trigger=BOUGHT)
    made = running.draft(name="Danke", content=said, staff=marketer, now=NOW - HOUR)
    agreeing.agree(play_id=made.pk, staff=administrator, now=NOW - HOUR)
    return running.start(play_id=made.pk, staff=marketer, now=NOW - HOUR)


def change(what, letter, group, staff) -> None:
    if what == "words":
        text = words(subject="Anders", preview="", blocks=[{"kind": "text", "text": "Ganz anders."}])
        outreach.put_words(template_id=letter.pk, language="de", form="sie", text=text, by=staff, now=NOW)
    elif what == "rule":
        rule = {"happened": "orders", "within": {"last": 30}}
        segments.edit(segment_id=group.pk, rule=rule, now=NOW, staff=staff)
    elif what == "guide":
        script = guides.ready_made("free", "de", "sie")
        calls.change_guide(kind="silent", language="de", form="sie", script=script, staff=staff, now=NOW)
    else:
        whom = {"role": {"wanted_role": "management"}, "several": {"to_several": True}}.get(what, {})
        looks = {"options": {"margin": "wide"}} if what == "looks" else {}
        same = {"name": letter.name, "channel": letter.channel, "purpose": letter.purpose}
        outreach.change_template(template_id=letter.pk, **same, **looks, **whom, by=staff, now=NOW)


SAID = {
    "words": "Der Text der Vorlage „Brief“ hat sich geändert.",
    "rule": "Die Regel der Gruppe „Käufer“ hat sich geändert.",
    "guide": "Der Leitfaden „Still geworden“ für Anrufe hat sich geändert.",
    **dict.fromkeys(
        ["role", "several", "looks"],
        "Für wen in einer Firma die Vorlage „Brief“ ist oder wie sie auf Papier aussieht, hat sich geändert.",
    ),
}


@pytest.mark.parametrize("what", SAID)
def test_nothing_that_she_did_not_see_reaches_anybody_before_somebody_agrees_again(
    what, play, letter, group, client, marketer, administrator
):
    buys(customer(street="Weg 1", postcode="10115", city="Berlin"))
    change(what, letter, group, marketer)

    work()

    held = Play.objects.get(pk=play.pk)
    assert (held.status, held.trouble) == ("paused", "not_agreed")
    assert not Message.objects.exists()
    assert not Task.objects.exists()
    assert not Enrolment.objects.exclude(zero_at=None).exists()  # nobody was drawn either

    with pytest.raises(agreeing.NeedsSecondYes):
        running.resume(play_id=play.pk, staff=administrator, now=NOW)
    page, address = reverse("measure", args=[play.pk]), reverse("measure-agree-again", args=[play.pk])
    client.force_login(marketer)
    mine = client.get(page).content.decode()
    assert SAID[what] in mine
    assert address not in mine
    with pytest.raises(agreeing.OwnChange):
        running.agree_again(play_id=play.pk, staff=marketer, now=NOW)

    client.force_login(administrator)
    assert address in client.get(page).content.decode()
    assert "zugestimmt. Die Maßnahme läuft weiter." in client.post(address, follow=True).content.decode()
    work(NOW + HOUR)

    assert Message.objects.get().origin == play.origin
    assert SAID[what] not in client.get(page).content.decode()


def test_who_is_on_the_way_waits_where_it_changes_between_two_steps(play, letter, group, marketer):
    buys(customer(street="Weg 1", postcode="10115", city="Berlin"))
    work()
    Message.objects.update(state="handed_over", handed_over_at=NOW, finished_at=NOW)
    change("guide", letter, group, marketer)

    work(NOW + HOUR)

    held = Play.objects.get(pk=play.pk)
    assert (held.trouble, Task.objects.exists()) == ("not_agreed", False)


def test_today_says_that_it_is_held_and_why(play, letter, group, client, marketer, administrator):
    buys(customer(street="Weg 1", postcode="10115", city="Berlin"))
    change("words", letter, group, marketer)
    work()

    client.force_login(administrator)

    said = "Was Kunden bekämen, ist nicht das, dem die zweite Person zugestimmt hat."
    assert said in client.get(reverse("today")).content.decode()


def test_what_is_made_as_it_was_needs_no_new_yes(play, letter, group, marketer):
    change("role", letter, group, marketer)
    same = {"name": letter.name, "channel": letter.channel, "purpose": letter.purpose}
    outreach.change_template(template_id=letter.pk, **same, wanted_role="", by=marketer, now=NOW)
    buys(customer(street="Weg 1", postcode="10115", city="Berlin"))

    work()

    assert Play.objects.get(pk=play.pk).status == "running"
    assert Message.objects.count() == 1


def test_a_yes_that_was_given_before_it_was_bound_to_so_much_holds_nothing_back(play, letter, group, marketer):
    version = play.versions.get()
    version.agreed_to = {name: one for name, one in version.agreed_to.items() if name.startswith("group")}
    version.save()
    change("words", letter, group, marketer)
    buys(customer(street="Weg 1", postcode="10115", city="Berlin"))

    work()

    assert Message.objects.count() == 1


def test_where_the_settings_want_no_second_yes_any_more_nothing_is_held(play, letter, group, marketer):
    MeasureSettings.objects.update(second_entries=None)
    change("words", letter, group, marketer)
    buys(customer(street="Weg 1", postcode="10115", city="Berlin"))

    work()

    assert Message.objects.count() == 1
