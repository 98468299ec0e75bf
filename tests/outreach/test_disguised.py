"""Advertising that is called thanks or service does not leave, by no way; and what may be done about it."""

import uuid

import pytest
from django.core import mail
from django.urls import reverse

from stammkunde.outreach import services
from stammkunde.outreach.content import Block, Text
from stammkunde.outreach.models import Message, MessageSettings, Template, TemplateText
from stammkunde.outreach.services import CountsAsAdvertising
from stammkunde.plays import services as plays
from stammkunde.plays import working
from stammkunde.team.models import AuditEntry, Company
from tests.outreach.planning import NOW, company, consent, customer

pytestmark = pytest.mark.django_db

EARLIER = "Danke! Den Rabatt vom Mai haben wir verrechnet."
BECAUSE = "Erwähnt nur den Rabatt aus dem Mai."


@pytest.fixture(autouse=True)
def _set_up(settings):
    settings.EMAIL_IS_SET, settings.PUBLIC_URL = True, "https://kunden.example"
    company()


@pytest.fixture
def marketer(django_user_model):
    return django_user_model.objects.create_user(
        "mia@example.org", "correct horse", name="Mia", role="marketing", created_at=NOW
    )


def words(text):
    return Text(subject="Danke", blocks=(Block(kind="text", text=text),))


def thanks(text="Danke!"):
    """A template whose words were written before anybody looked at them."""
    made = Template.objects.create(name="Dank", channel="email", purpose="thanks", changed_at=NOW)
    blocks = [{"kind": "text", "text": text}]
    TemplateText.objects.create(template=made, language="de", form="sie", subject="Danke", blocks=blocks)
    return made


def put(template, text, by, **more):
    where = {"template_id": template.pk, "language": "de", "form": "sie"}
    return services.put_words(**where, text=words(text), by=by, now=NOW, **more)


def edit(client, template, text, act="save", **more):
    said = {"act": act, "subject": "Danke", "preview": "", "blocks": "1", "block-0-kind": "text", "block-0-text": text}
    return client.post(f"{reverse('template', args=[template.pk])}?words=de-sie", said | more)


def write(client, to, text, act="send", **more):
    said = {
        "act": act, "person": "", "channel": "email", "purpose": "service", "template": "", "once": str(uuid.uuid4()),
        "subject": "Ihre Frage", "preview": "", "blocks": "1", "block-0-kind": "text", "block-0-text": text,
    }  # fmt: skip
    return client.post(reverse("customer-write", args=[to.pk]), said | more)


def test_saving_is_refused_and_one_click_leads_to_the_right_purpose(client, marketer):
    made = thanks()
    client.force_login(marketer)

    page = edit(client, made, "Mit 10 % Rabatt")
    assert page.status_code == 400
    assert "Mit „Rabatt“ gilt es als Werbung." in page.content.decode()
    assert 'value="save-as-advertising"' in page.content.decode()
    edit(client, made, "Mit 10 % Rabatt", act="save-as-advertising")

    made.refresh_from_db()
    assert (made.purpose, made.texts.get().blocks[0]["text"]) == ("advertising", "Mit 10 % Rabatt")


def test_a_reason_is_kept_with_who_and_when_and_holds_for_its_sentence(client, marketer):
    made = thanks()
    client.force_login(marketer)

    edit(client, made, EARLIER, because=BECAUSE)

    made.refresh_from_db()
    kept = {"because": BECAUSE, "by": "Mia", "sentences": ["Den Rabatt vom Mai haben wir verrechnet."]}
    assert {name: made.argued[name] for name in kept} == kept
    entry = AuditEntry.objects.get(action="template.argued")
    assert (entry.staff, entry.detail["because"]) == (marketer, BECAUSE)
    assert "Mia begründet" in client.get(reverse("template", args=[made.pk])).content.decode()
    put(made, EARLIER, marketer)
    with pytest.raises(CountsAsAdvertising):
        put(made, f"{EARLIER} Dazu 20 % Rabatt im Juni.", marketer)


def test_each_reason_stays_when_another_one_is_given(client, marketer):
    made = thanks()
    put(made, EARLIER, marketer, because=BECAUSE)
    made.refresh_from_db()
    made.argued.pop("reasons")  # as old rows are
    made.save()
    put(made, f"{EARLIER} Der Gutschein ist eingelöst.", marketer, because="Bestätigt nur, was war.")
    client.force_login(marketer)

    page = client.get(reverse("template", args=[made.pk])).content.decode()

    assert BECAUSE in page
    assert "Bestätigt nur, was war." in page


def test_links_to_the_shop_of_the_design_are_advertising():
    ours = MessageSettings.of(Company.objects.get())
    ours.shop_url = "https://www.shop.example/"
    ours.save()

    found = services.disguised([words("Mehr auf shop.example/tee")], purpose="thanks")

    assert [one.code for one in found] == ["counts_as_shop"]


def test_no_reason_no_right_and_no_code_are_refused(marketer, salesperson):
    made = thanks()

    for by, text, because in (
        (marketer, EARLIER, "ok"),
        (salesperson, EARLIER, BECAUSE),
        (marketer, "Ihr Code: {code}", BECAUSE),
    ):
        with pytest.raises(CountsAsAdvertising):
            put(made, text, by, because=because)
    assert made.texts.get().blocks[0]["text"] == "Danke!"


def test_who_may_not_judge_is_offered_the_purpose_only(client, salesperson):
    client.force_login(salesperson)

    page = edit(client, thanks(), EARLIER).content.decode()

    assert "save-as-advertising" in page
    assert 'name="because"' not in page


def test_a_test_mail_is_refused(client, marketer):
    customer()
    client.force_login(marketer)

    edit(client, thanks(), "Mit 10 % Rabatt", act="test")

    assert mail.outbox == []


def test_neither_thank_you_nor_campaign_starts(marketer):
    made = thanks("Mit 10 % Rabatt")
    what = plays.Campaign(
        name="Herbst", template=made, audience={}, audience_text="", holdout_share=0.0, valid_days=14, starts_at=None
    )  # fmt: skip

    with pytest.raises(CountsAsAdvertising):
        plays.create_thanks(name="D", template=made, delay_days=1, after_on=NOW.date(), staff=marketer, now=NOW)
    with pytest.raises(CountsAsAdvertising):
        plays.create_campaign(what, staff=marketer, now=NOW)


def test_what_runs_stops_planning_until_it_is_what_it_is_called(marketer):
    made = thanks()
    one = customer()
    what = plays.Campaign(
        name="Herbst", template=made, audience={}, audience_text="", holdout_share=0.0, valid_days=14, starts_at=None
    )  # fmt: skip
    play = plays.create_campaign(what, staff=marketer, now=NOW)
    while any([working.choose(now=NOW), working.sweep(now=NOW)]):
        pass
    made.texts.update(blocks=[{"kind": "text", "text": "Mit 10 % Rabatt"}])
    with pytest.raises(CountsAsAdvertising):
        plays.start(play_id=play.pk, starts_at=None, staff=marketer, now=NOW)
    type(play).objects.filter(pk=play.pk).update(status="running", starts_at=NOW)

    working.sweep(now=NOW)

    play.refresh_from_db()
    assert (play.trouble, Message.objects.count()) == ("disguised", 0)
    made.texts.update(blocks=[{"kind": "text", "text": "Danke!"}])
    working.sweep(now=NOW)
    assert Message.objects.get().customer == one


def test_what_is_written_by_hand_is_refused_in_one_red_sentence(client, marketer):
    to = customer()
    consent(to)
    client.force_login(marketer)

    page = write(client, to, "Mit 10 % Rabatt")
    shown = page.content.decode()
    assert (page.status_code, Message.objects.count()) == (400, 0)
    assert "Die Nachricht kann nicht als „Bestellungen und Anfragen“ gesendet werden." in shown
    assert "wird sofort gesendet" not in shown
    as_offer = write(client, to, "Mit 10 % Rabatt", act="purpose-advertising")
    assert as_offer.context["form"]["purpose"].value() == "advertising"
    assert as_offer.context["foretold"].mood == "accent"
    write(client, to, EARLIER, because=BECAUSE)

    message = Message.objects.get()
    assert AuditEntry.objects.get(action="message.written", thing_id=message.pk).detail["because"] == BECAUSE


def test_the_shop_of_the_settings_counts(client, marketer):
    company(shop_addresses="tee.example")
    to = customer()
    client.force_login(marketer)

    refused = write(client, to, "Mehr: https://tee.example/assam")
    write(client, to, "Ihre Sendung: https://tee.example/sendung/7")

    assert refused.status_code == 400
    assert "tee.example/assam" in refused.content.decode()
    assert Message.objects.get().content["text"].endswith("/sendung/7")
