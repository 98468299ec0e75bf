"""The company's face in its mails, and who signs them."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from unittest.mock import Mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from stammkunde.outreach import channels, content, services
from stammkunde.outreach.channels import email
from stammkunde.outreach.content import Block, Text
from stammkunde.outreach.models import MessageSettings, Template
from stammkunde.team.models import Company
from tests.outreach.planning import NOW, company, customer, planned
from tests.outreach.test_pictures import add, drawn, somebody

WORDS = Text(subject="Neu", blocks=(Block(kind="text", text="Hallo"),))
DESIGN = {
    "logo": "",
    "mail_colour": "#C8102E",
    "mail_font": "serif",
    "shop_url": "https://shop.example/",
    "mail_signature": "Ihr Musterhaus\nTel. 0221 1234",
    "social_Instagram": "https://instagram.com/musterhaus",
}


@pytest.fixture
def chief(db, settings):
    settings.PUBLIC_URL, settings.EMAIL_BACKEND, settings.EMAIL_IS_SET = "https://kunden.example", email.SMTP, True
    company(imprint="Am Markt 1")
    return somebody("administrator", name="Ina Klein", email="ina@musterhaus.example")


def mail_of(message):
    message.rendered_at = datetime.now(UTC)
    raw = channels.get("email").render(message, Company.objects.get()).body.text
    mail = message_from_bytes(raw, policy=policy.default)
    return mail, *(mail.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html"))


def test_the_design_is_kept_and_every_mail_has_it(chief, client):
    client.force_login(chief)
    logo = add(chief, width=440, height=144)
    assert client.post(reverse("settings-design"), DESIGN | {"logo": logo.name}).status_code == 302

    _mail, text, html = mail_of(planned(customer(), content=content.write(WORDS, {})))

    assert "Georgia" in html
    assert "border-top:5px solid #c8102e" in html
    shown = f'<img class="logo" src="https://kunden.example/mail-pictures/{logo.name}" width="220" alt='
    assert f'<a href="https://shop.example/" style="text-decoration:none">{shown}"Musterhaus"' in html
    assert "Ihr Musterhaus<br>Tel. 0221 1234" in html
    assert '<a href="https://instagram.com/musterhaus"' in html
    assert "Hallo\n\nIhr Musterhaus\nTel. 0221 1234\n\n-- \nZum Shop: https://shop.example/\nInstagram:" in text
    page = client.get(reverse("settings-design")).content.decode()
    assert 'value="https://instagram.com/musterhaus"' in page


@pytest.mark.parametrize("page", ["settings-design", "picture-add"])
def test_a_logo_is_chosen_and_kept_for_good_at_once_or_not_at_all(chief, client, monkeypatch, page):
    client.force_login(chief)
    logo = add(chief)
    monkeypatch.setattr(services, "keep_logo", Mock(side_effect=InterruptedError))
    file = SimpleUploadedFile("logo.png", drawn(9, 9))

    with pytest.raises(InterruptedError):
        client.post(reverse(page), DESIGN | {"logo": logo.name, "file": file})

    assert not MessageSettings.objects.exclude(logo=None).exists()


def test_what_belongs_to_an_order_leads_to_no_shop(chief, client):
    client.force_login(chief)
    client.post(reverse("settings-design"), DESIGN)

    _mail, _text, html = mail_of(planned(customer(), purpose="service", content=content.write(WORDS, {})))

    assert "shop.example" not in html
    assert "instagram" not in html
    assert "#c8102e" in html


@pytest.mark.parametrize(
    "wrong", [{"mail_colour": "red;}"}, {"mail_font": "x"}, {"shop_url": "javascript:1"}, {"logo": "nothing.png"}]
)
def test_what_cannot_be_a_design_is_refused_and_not_shown(chief, client, wrong):
    client.force_login(chief)

    assert client.post(reverse("settings-design"), DESIGN | wrong).status_code == 400
    assert "<iframe" not in client.post(reverse("settings-design-shown"), DESIGN | wrong).content.decode()


def test_what_is_typed_is_shown_and_kept_nowhere(chief, client):
    client.force_login(chief)

    part = client.post(reverse("settings-design-shown"), DESIGN)
    frame = client.get(reverse("settings-design-frame", args=[part.context["frame"]]))

    assert "Tel. 0221 1234" in frame.content.decode()
    assert "sandbox" in frame.headers["Content-Security-Policy"]
    assert not MessageSettings.objects.exclude(mail_signature="").exists()
    assert client.get(reverse("settings-design-frame", args=["x"])).status_code == 404


def test_a_logo_is_uploaded_beside_the_design(chief, client):
    client.force_login(chief)
    picture = add(chief)

    with_logo = {"file": _file(bytes(picture.data)), "logo": "1", "next": reverse("settings-design")}
    answer = client.post(reverse("picture-add"), with_logo)

    assert answer.url == reverse("settings-design")
    assert MessageSettings.objects.get().logo == picture


def _file(data):
    return SimpleUploadedFile("logo.png", data, "image/png")


def signed(staff, **fields):
    staff.signature = "Ina Klein\nDurchwahl 12"
    for name, value in fields.items():
        setattr(staff, name, value)
    staff.save()
    return staff


@pytest.mark.parametrize(("gets_replies", "reply_to"), [(True, "Ina Klein <ina@musterhaus.example>"), (False, None)])
def test_what_a_person_writes_carries_her_signature_and_brings_replies_to_her(chief, gets_replies, reply_to):
    whose = customer()
    signed(chief, gets_replies=gets_replies)
    asked = {"recipient": (whose.pk, None), "style": ("de", "sie"), "text": WORDS, "today": NOW.date()}

    written = services.write_to(**asked, writer=chief)
    chief.signature = "später geändert"
    chief.save()
    mail, text, html = mail_of(planned(whose, purpose="service", content=written.content))

    assert mail["Reply-To"] == reply_to
    assert "Hallo\n\nIna Klein\nDurchwahl 12\n" in text
    assert "Ina Klein<br>Durchwahl 12" in html


@pytest.mark.parametrize(("options", "is_owner"), [({"signed": "owner"}, True), ({}, False)])
def test_a_campaign_is_signed_by_the_owner_where_the_template_says_so(chief, options, is_owner):
    MessageSettings.objects.update_or_create(company=Company.objects.get(), defaults={"mail_signature": "Ihr Team"})
    mine, nobodys = customer(owner=signed(chief)), customer()
    template = services.create_template(
        name="Neu", channel="email", purpose="advertising", options=options, by=chief, now=NOW
    )
    services.put_words(template_id=template.pk, language="de", form="sie", text=WORDS, by=chief, now=NOW)

    filled = services.contents(template=template, recipients=[(mine.pk, None), (nobodys.pk, None)], today=NOW.date())
    told = [mail_of(planned(one, content=filled[one.pk, None].content)) for one in (mine, nobodys)]

    assert ["Durchwahl 12" in text for _mail, text, _html in told] == [is_owner, False]
    assert ["Ihr Team" in text for _mail, text, _html in told] == [not is_owner, True]
    assert [mail["Reply-To"] is not None for mail, _text, _html in told] == [is_owner, False]


def test_the_template_says_who_signs(chief, client):
    client.force_login(chief)
    asked = {"name": "Neu", "channel": "email", "purpose": "advertising", "signed": "owner"}

    client.post(reverse("template-add"), asked)

    template = Template.objects.get()
    assert template.options == {"signed": "owner"}
    page = client.get(reverse("template-change", args=[template.pk])).content.decode()
    assert '<option value="owner" selected>' in page


def test_everybody_has_a_signature_of_her_own_in_her_profile(chief, client):
    client.force_login(chief)
    asked = {"name": "Ina Klein", "hours_per_week": "10", "signature": "Ina Klein\nDurchwahl 12"}

    client.post(reverse("profile"), asked)

    chief.refresh_from_db()
    assert (chief.signature, chief.gets_replies) == ("Ina Klein\nDurchwahl 12", False)
    whose = customer()
    page = client.get(reverse("customer-write", args=[whose.pk]))
    assert "{sender}" not in page.context["draft"].blocks[0].text
    frame = client.get(reverse("preview", args=[page.context["shown"].frame])).content.decode()
    assert "Ina Klein<br>Durchwahl 12" in frame


def test_a_logo_that_mails_have_shown_stays_when_another_takes_its_place(chief, client):
    client.force_login(chief)
    first, second = add(chief), add(chief, width=41)
    for logo in (first, second):
        client.post(reverse("settings-design"), DESIGN | {"logo": logo.name})

    with pytest.raises(services.PictureInUse):
        services.delete_picture(name=first.name, by=chief, now=NOW)
