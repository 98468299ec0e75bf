"""Every mail that can leave, as it leaves: no markup is read as text, the foot is inside, and it can be read."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from html.parser import HTMLParser

import pytest

from stammkunde.customers import links
from stammkunde.customers.services import Evidence, Recipient, ask_optin
from stammkunde.outreach import channels, colours, content, dress, services, starters
from stammkunde.outreach.channels import email
from stammkunde.outreach.content import Block, Text
from stammkunde.outreach.dress import Foot, Look
from stammkunde.outreach.models import Message
from stammkunde.team import queries as team
from tests import factories
from tests.outreach.planning import NOW, company, consent, customer, plan, planned

pytestmark = [pytest.mark.django_db, pytest.mark.same_on_both("about how a mail looks that was read")]
EMPTY = {"br", "meta", "img"}
OUTSIDE = {"style", "title"}
VALUES = {"greeting": "Guten Tag Frau O'Neill & Söhne", "sender": "Müller & Co"}
OWN = Text(
    subject="Ihre Frage & unsere Antwort",
    preview="Kurz & gut",
    blocks=(
        Block(kind="text", text="{greeting},\n\n{first_name|liebe Kundin & lieber Kunde}, **wirklich**:\n\n- *eins*"),
        Block(kind="offer", title="Tee & {category|Kaffee & mehr}", text="[Hier & jetzt](https://a.example/?b=1&c=2)"),
        Block(kind="button", label="Los & weiter", url="https://a.example/?b=1&c={code|x&y}"),
    ),
)


class Page(HTMLParser):
    """What a reader sees of a page, and what stands inside what."""

    def __init__(self, html):
        super().__init__()
        self.open, self.said, self.inside, self.links, self.language = [], "", [], [], ""
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        self.language = known["lang"] if tag == "html" else self.language
        if tag == "a" and "href" in known:
            self.links.append(known["href"])
        if tag not in EMPTY:
            self.open.append((tag, known.get("class", "")))

    def handle_endtag(self, tag):
        assert self.open.pop()[0] == tag

    def handle_data(self, data):
        if data.strip() and self.open and self.open[-1][0] not in OUTSIDE:
            self.said += data
            self.inside.append((data, [name for _tag, name in self.open]))


@pytest.fixture
def house(settings):
    settings.PUBLIC_URL, settings.EMAIL_BACKEND, settings.EMAIL_IS_SET = "https://kunden.example", email.SMTP, True
    return company(
        name="Müller & Co", sender_name="Müller & Co", imprint="Müller & Co KG\nAm Markt 1\n\n50667 Köln",
        existing_customer_email=True,
    )  # fmt: skip


def mail_of(message, house):
    message.rendered_at = datetime.now(UTC)
    return message_from_bytes(channels.get("email").render(message, house).body.text, policy=policy.default)


def read(mail, *, language="de"):
    """Read a mail as its reader does, and see that nothing is markup, an empty field, or outside the box."""
    text, html = (mail.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html"))
    page = Page(html)
    for said in (text, page.said, mail["Subject"]):
        assert not [sign for sign in ("<", "&amp;", "&lt;", "&#", "{", "}", "**", "](", "  \n- -") if sign in said]
    assert page.language == language
    (inside,) = [names for said, names in page.inside if "Am Markt 1" in said]
    assert "box" in inside
    assert "in foot" in inside
    assert "Müller & Co KG\nAm Markt 1\n50667 Köln" in text
    assert "prefers-color-scheme:dark" in html
    return text, page


def test_every_ready_made_mail_reads_well_in_each_language_and_form(house):
    whose = customer()
    for one in starters.STARTERS:
        for (language, _form), words in one.texts.items():
            said = content.write(words, {name: VALUES.get(name, "A & B") for name in content.fields(words)})
            bare = content.write(words, VALUES)
            for written in (said, bare):
                message = Message(pk=7, key="k", origin="o", channel="email", purpose=one.purpose, content=written)
                message.customer, message.address, message.language = whose, whose.email, language
                text, page = read(mail_of(message, house), language=language)
                assert VALUES["greeting"] in text
                assert VALUES["greeting"] in page.said


def test_what_a_person_writes_reads_well(house):
    message = planned(customer(), content=content.write(OWN, VALUES))

    text, page = read(mail_of(message, house))

    assert "liebe Kundin & lieber Kunde, wirklich:" in page.said
    assert "https://a.example/?b=1&c=x%26y" in page.links
    assert "Los & weiter: https://a.example/?b=1&c=x%26y" in text


def test_the_question_for_consent_stands_in_the_same_frame(house):
    whose = customer(name="Ina & Otto Klein")
    recipient = Recipient(customer_id=whose.pk, contact_person_id=None)
    wordings = {("email", "newsletter"): "Ja, Tee & Kaffee: gern."}
    evidence = Evidence(happened_at=NOW, origin="test")
    ask_optin(recipient=recipient, wordings=wordings, evidence=evidence, now=NOW, staff=None)
    services.plan_optins(company=house, now=NOW)

    _text, page = read(mail_of(Message.objects.get(origin="optin"), house))

    assert "Ja, Tee & Kaffee: gern." in page.said
    assert len(page.links) == 1  # nothing that could be taken for advertising


@pytest.fixture
def left(monkeypatch):
    mails = []
    keep = lambda _self, _message, rendered, *_more: mails.append(rendered.body.text)  # noqa: E731
    monkeypatch.setattr(email.Email, "hand_over", keep)
    return mails


def test_a_test_has_all_that_the_real_mail_has_and_its_links_change_nothing(house, left, client):
    said, to = content.write(OWN, VALUES), "ich@firma.example"
    email.send_test(
        to=to, company=house, language="de", now=NOW, said=said, purpose="advertising", basis="existing_customer"
    )
    real = planned(customer(), content=said)
    real.basis = "existing_customer"
    test, mail = message_from_bytes(left[0], policy=policy.default), mail_of(real, house)

    assert set(test.keys()) == set(mail.keys())
    page, real_page = read(test)[1], read(mail)[1]
    assert page.said == real_page.said
    unsubscribe, wishes = page.links[-2:]
    assert test["List-Unsubscribe"] == f"<{unsubscribe}>"
    for link in (unsubscribe, wishes):
        path = link.removeprefix("https://kunden.example")
        assert "hat er nichts" in client.get(path).content.decode()
        assert "hat er nichts" in client.post(path, {"List-Unsubscribe": "One-Click"}).content.decode()


def test_the_plain_test_mail_reads_well(house, left):
    email.send_test(to="ich@firma.example", company=house, language="en", now=NOW)

    read(message_from_bytes(left[0], policy=policy.default), language="en")


def test_mails_after_a_purchase_say_that_one_may_object_and_others_do_not(house):
    buyer = factories.customer(email="kauf@mail.example")
    factories.order(buyer, NOW.date() - timedelta(days=30))
    by_purchase, agreed = planned(buyer), planned(customer())

    assert (by_purchase.basis, agreed.basis) == ("existing_customer", "consent")
    told = [read(mail_of(one, house))[1].said for one in (by_purchase, agreed)]
    assert ["ohne dass dafür andere als die Übermittlungskosten" in one for one in told] == [True, False]

    consent(buyer)
    services.plan_messages([plan(buyer)], now=NOW)
    by_purchase.refresh_from_db()
    assert by_purchase.basis == "consent"  # decided anew, and said anew


def test_advertising_leads_to_the_preferences_beside_unsubscribing_and_service_to_neither(house):
    whose = customer()
    links_of = {one: read(mail_of(planned(whose, purpose=one), house))[1].links for one in ("advertising", "service")}

    assert links_of["service"] == []
    asked = {"customer": whose, "contact_person": None}
    unsubscribe = links.unsubscribe_url(**asked, channel="email", purpose="advertising")
    assert links_of["advertising"] == [unsubscribe, links.preferences_url(**asked)]


OLD = """<!doctype html>
<html><head><meta charset="utf-8"><title>Alt</title></head>
<body style="margin:0"><div style="display:none">Vorschau</div>
<div style="max-width:560px;margin:0 auto">
<p>Guten Tag</p>
<div style="border:1px solid"><div>10 %</div><p>Nur heute.</p></div>
</div></body></html>"""


def test_what_was_written_before_mails_were_dressed_leaves_in_the_same_frame(house):
    kept = {
        "subject": "Alt",
        "preview": "",
        "text": "Guten Tag",
        "html": OLD,
        "blocks": [{"kind": "text", "text": "x"}],
    }

    page = read(mail_of(planned(customer(), content=kept), house))[1]

    assert "Vorschau" not in page.said
    assert [said for said, names in page.inside if "in say" in names] == ["Guten Tag", "10 %", "Nur heute."]


def test_a_mail_of_text_alone_becomes_paragraphs():
    said = {"subject": "Hallo", "text": "A & B\nC\n\nD"}

    html = dress.html(said, look=Look(name="X"), foot=Foot(), language="de")

    assert ">A &amp; B<br>C</p>" in html
    assert dress.text(said, look=Look(name="X"), foot=Foot()) == "A & B\nC\n\nD\n"


@pytest.mark.parametrize("colour", ["#1f5f8b", "#ffe600", "#0b0b0b", "#ffffff", "#c8102e", "#808080"])
def test_whatever_the_colour_everything_can_be_read_by_day_and_by_night(colour):
    html = dress.html({"subject": "x", "text": "y"}, look=Look(name="X", colour=colour), foot=Foot(), language="de")

    for box in (dress.BOX, dress.DARK_BOX):
        assert colours.contrast(colours.readable(colour, on=box), box) >= 4.5
        assert colours.readable(colour, on=box) in html
    assert colours.contrast(colours.text_on(colour), colour) >= 4.5
    for ground, words in (
        (dress.BOX, (dress.TEXT, dress.QUIET)), (dress.DARK_BOX, (dress.DARK_TEXT, dress.DARK_QUIET))
    ):  # fmt: skip
        assert all(colours.contrast(one, ground) >= 4.5 for one in words)


def test_a_mail_is_dressed_with_one_query(house, django_assert_num_queries):
    message, company_ = planned(customer()), team.company()

    with django_assert_num_queries(1):  # whether somebody's links were revoked
        mail_of(message, company_)
