"""The pages of templates: list, editor, preview, gaps, and who may do what."""

import re
from dataclasses import asdict
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.outreach import knowing, queries, services
from stammkunde.outreach.content import Block, Text
from stammkunde.outreach.models import Message, Template
from stammkunde.plays.models import Play
from stammkunde.signals.models import Current, CustomerSignal, Generation
from stammkunde.team.models import Draft
from tests import factories
from tests.outreach.planning import NOW, company, customer

pytestmark = pytest.mark.django_db

WORDS = Text(
    subject="Neu, {first_name|Sie}",
    preview="Kurz",
    blocks=(
        Block(kind="text", text="{greeting}, was macht {product}?"),
        Block(kind="offer", title="10 %"),
        Block(kind="button", label="Los", url="https://shop.test/"),
    ),
)


@pytest.fixture(autouse=True)
def _company():
    company(imprint="Musterhaus, Ulm")


@pytest.fixture
def made(salesperson):
    return template(salesperson)


def template(by, name="Neues", *, purpose="advertising", words=WORDS):
    one = services.create_template(name=name, channel="email", purpose=purpose, by=by, now=NOW)
    if words:
        services.put_words(template_id=one.pk, language="de", form="sie", text=words, by=by, now=NOW)
    return one


def posted(act, *, subject="Neu", blocks=({"kind": "text", "text": "Hallo"},), **more):
    said = {f"block-{place}-{name}": value for place, block in enumerate(blocks) for name, value in block.items()}
    return {"act": act, "subject": subject, "preview": "", "blocks": len(blocks), **said, **more}


def edit(client, pk, data=None, **query):
    url = reverse("template", args=[pk], query=query or None)
    return client.get(url) if data is None else client.post(url, data)


def frame(client, page):
    address = re.search(r'<iframe[^>]* src="([^"]+)"', page.content.decode())[1]
    return client.get(address)


@pytest.mark.parametrize("many", [1, 3])
def test_list_takes_the_same_number_of_queries(client, salesperson, django_assert_num_queries, many):
    for number in range(many):
        template(salesperson, name=f"Vorlage {number}")
    client.force_login(salesperson)

    with django_assert_num_queries(11):
        client.get(reverse("templates"))


def test_empty_list_offers_templates_to_start_from(client, salesperson):
    client.force_login(salesperson)
    assert "Noch keine Vorlagen" in client.get(reverse("templates")).content.decode()

    client.post(reverse("template-start"))
    again = client.post(reverse("template-start"), follow=True)

    assert [row.template.name for row in again.context["rows"]] == [
        "Danke für die Bestellung",
        "Geburtstag",
        "Neue Angebote",
        "Rückgewinnung",
        "Terminvorschlag",
    ]
    assert again.context["rows"][0].light == "green"
    assert "schon da" in again.content.decode()


def test_template_is_made_and_changed(client, salesperson):
    client.force_login(salesperson)
    fields = {"name": "Neues", "channel": "email", "purpose": "advertising"}

    client.post(reverse("template-add"), fields)
    taken = client.post(reverse("template-add"), fields)
    one = Template.objects.get()
    client.post(reverse("template-change", args=[one.pk]), fields | {"name": "Altes", "purpose": "thanks"})

    one.refresh_from_db()
    assert (taken.status_code, one.name, one.purpose) == (400, "Altes", "thanks")
    assert "So heißt schon eine andere Vorlage." in taken.content.decode()


def test_purpose_that_the_words_forbid_is_refused_with_the_reason(client, salesperson, made):
    client.force_login(salesperson)
    fields = {"name": "Neues", "channel": "email", "purpose": "thanks"}

    response = client.post(reverse("template-change", args=[made.pk]), fields)

    assert response.status_code == 400
    assert "Mit einem Angebot gilt es als Werbung." in response.content.decode()


def test_blocks_are_added_moved_and_removed_without_saving(client, salesperson, made):
    client.force_login(salesperson)
    two = ({"kind": "text", "text": "Eins"}, {"kind": "text", "text": "Zwei"})

    added = edit(client, made.pk, posted("add-offer", blocks=two))
    moved = edit(client, made.pk, posted("up-1", blocks=two))
    removed = edit(client, made.pk, posted("remove-0", blocks=two))

    assert [block.kind for block in added.context["draft"].blocks] == ["text", "text", "offer"]
    assert [block.text for block in moved.context["draft"].blocks] == ["Zwei", "Eins"]
    assert [block.text for block in removed.context["draft"].blocks] == ["Zwei"]
    assert services.words(Template.objects.get()) == {("de", "sie"): WORDS}
    assert "Noch nicht gespeichert." in moved.content.decode()


def test_version_is_saved_and_removed(client, salesperson, made):
    client.force_login(salesperson)

    assert "gibt es noch nicht" in edit(client, made.pk, words="en-sie").content.decode()
    edit(client, made.pk, posted("save"), words="en-sie")
    assert set(services.words(Template.objects.get())) == {("de", "sie"), ("en", "sie")}
    edit(client, made.pk, posted("take-away"), words="en-sie")

    assert services.words(Template.objects.get()) == {("de", "sie"): WORDS}


@pytest.mark.parametrize(
    ("purpose", "data", "says"),
    [
        ("advertising", posted("save", subject=""), "Sagen Sie, worum es geht."),
        ("advertising", posted("save", subject="{first_nme}"), "Das Feld {first_nme} gibt es nicht."),
        ("thanks", posted("save", blocks=({"kind": "offer", "title": "10 %"},)), "gilt es als Werbung"),
    ],
)
def test_words_that_must_be_mended_are_kept_on_the_page(client, salesperson, purpose, data, says):
    one = template(salesperson, purpose=purpose, words=None)
    client.force_login(salesperson)

    response = edit(client, one.pk, data)

    assert response.status_code == 400
    assert says in response.content.decode()
    assert services.words(Template.objects.get()) == {}


def test_preview_shows_a_real_customer_in_a_frame_of_its_own(client, salesperson, made):
    one = customer(name="Mara <b>Beispiel</b>")
    factories.order(one, date(2026, 4, 1), of=factories.product(name="die Kanne"))
    client.force_login(salesperson)

    page = edit(client, made.pk, customer=one.pk)
    shown = frame(client, page)

    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert page.context["shown"].subject == "Neu, Mara"
    text = shown.content.decode()
    assert "Guten Tag Mara &lt;b&gt;Beispiel&lt;/b&gt;, was macht die Kanne?" in text
    assert "Musterhaus, Ulm" in text
    assert shown.headers["X-Frame-Options"] == "SAMEORIGIN"
    policy = shown.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "frame-ancestors 'self'", "sandbox"} <= set(policy)
    assert not any(part.startswith("script-src") for part in policy)


def test_frame_opens_for_nobody_else_and_not_when_changed(client, salesperson, administrator, made):
    customer()
    client.force_login(salesperson)
    address = re.search(r'<iframe[^>]* src="([^"]+)"', edit(client, made.pk).content.decode())[1]

    assert client.get(address).status_code == 200
    assert client.get(address[:-2] + "/").status_code == 404
    client.force_login(administrator)
    assert client.get(address).status_code == 404


def test_what_is_missing_for_a_customer_is_named(client, salesperson, made):
    lacks = customer(name="Kai Klar")
    client.force_login(salesperson)

    page = edit(client, made.pk, customer=lacks.pk)

    assert page.context["shown"].missing == ["zuletzt gekauftes Produkt"]
    assert "Bei Kai Klar fehlt: zuletzt gekauftes Produkt." in page.content.decode()
    assert "[zuletzt gekauftes Produkt]" in frame(client, page).content.decode()


def test_customer_is_found_by_the_beginning_of_a_name(client, salesperson, made):
    customer(name="Anna Öz", search="anna oz")
    wanted = customer(name="Mara Beispiel", search="mara beispiel")
    client.force_login(salesperson)

    page = edit(client, made.pk, posted("show", find="beis", customer=wanted.pk))

    assert page.context["shown"].found == [wanted]
    assert page.context["shown"].customer == wanted


def test_page_without_any_customer_says_so(client, salesperson, made):
    client.force_login(salesperson)

    assert "Es gibt noch keinen Kunden" in edit(client, made.pk).content.decode()


@pytest.mark.parametrize(
    ("target", "part"), [("shown", "outreach/shown.html"), ("editor", "outreach/template_editor.html")]
)
def test_typing_makes_a_part_of_the_page_anew(client, salesperson, made, target, part):
    customer()
    client.force_login(salesperson)

    response = client.post(
        reverse("template", args=[made.pk]), posted("show"), headers={"HX-Request": "true", "HX-Target": target}
    )

    names = [one.name for one in response.templates]
    assert names[0] == part
    assert "ui/base.html" not in names


def test_previews_count_empty_fields_once_a_minute(django_assert_num_queries):
    customer()
    texts = [Text(subject="{city}")]
    found = queries.empty(texts, today=NOW.date())

    with django_assert_num_queries(0):
        assert queries.empty(texts, today=NOW.date()) == found != []


def gaps(client, pk):
    rows = client.get(reverse("template-gaps", args=[pk])).context["rows"]
    return {gap.field: (gap.empty, gap.of, has_fallback) for gap, _words, has_fallback in rows}


def test_gaps_are_counted(client, salesperson):
    words = " ".join(f"{{{name}}}" for name in knowing.fields() if name != "first_name") + "{first_name|Sie}"
    one = template(salesperson, words=Text(subject="Neu", blocks=(Block(kind="text", text=words),)))
    firm = customer(kind="company", name="Weber GmbH", city="Ulm")
    factories.contact_person(customer(kind="company", name="Öz GmbH"), first_name="Anna", last_name="Öz", title="Dr.")
    known = customer(name="Mara Beispiel", since_on=date(2020, 1, 1), owner=salesperson)
    generation = Generation.objects.create(status="done", as_of_on=date(2026, 11, 24), started_at=timezone.now())
    Current.objects.create(pk=1, generation=generation)
    CustomerSignal.objects.create(
        generation=generation,
        customer=known,
        stage="active",
        favourite_category="Geschirr",
        first_on=date(2020, 1, 1),
        last_on=date(2026, 4, 1),
        purchase_days=2,
    )
    client.force_login(salesperson)

    assert gaps(client, one.pk) == {
        "category": (2, 3, False),
        "city": (2, 3, False),
        "code": (3, 3, False),
        "company": (1, 3, False),
        "first_name": (1, 3, True),
        "last_name": (1, 3, False),
        "last_purchase": (2, 3, False),
        "owner": (2, 3, False),
        "product": (2, 3, False),
        "purchases": (2, 3, False),
        "salutation": (3, 3, False),
        "title": (2, 3, False),
        "years": (2, 3, False),
    }
    factories.contact_person(firm, first_name="Kim", last_name="Weber")
    assert "first_name" not in gaps(client, one.pk)


def test_test_mail_goes_to_whoever_asks_and_is_no_message(client, salesperson, made, settings, mailoutbox):
    settings.EMAIL_IS_SET, settings.PUBLIC_URL = True, "https://kunden.example"
    customer(name="Mara Beispiel")
    client.force_login(salesperson)

    response = edit(client, made.pk, posted("test", blocks=({"kind": "text", "text": "{greeting}!"},)))

    assert [(mail.to, mail.subject) for mail in mailoutbox] == [(["sven@example.org"], "Neu")]
    assert "Guten Tag Mara Beispiel!" in mailoutbox[0].body
    assert "Eine Testmail ist unterwegs an sven@example.org." in response.content.decode()
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (posted("test", subject=""), "Vervollständigen Sie zuerst den Text"),
        (posted("test", subject="{product}"), "Bei diesem Kunden fehlt: zuletzt gekauftes Produkt."),
        (posted("test"), "Es ist kein Mailserver eingestellt"),
    ],
)
def test_test_mail_says_what_stands_in_its_way(client, salesperson, made, settings, mailoutbox, data, says):
    settings.EMAIL_IS_SET = False
    customer()
    client.force_login(salesperson)

    assert says in edit(client, made.pk, data).content.decode()
    assert mailoutbox == []


def test_template_is_copied_archived_and_brought_back(client, salesperson, made):
    client.force_login(salesperson)

    client.post(reverse("template-duplicate", args=[made.pk]))
    client.post(reverse("template-archive", args=[made.pk]))
    in_use = client.get(reverse("templates")).context["rows"]
    archived = client.get(reverse("templates"), {"archive": "1"}).context["rows"]
    client.post(reverse("template-take-out", args=[made.pk]))

    assert [row.template.name for row in in_use] == ["Neues (2)"]
    assert [row.template.name for row in archived] == ["Neues"]
    assert not Template.objects.filter(is_archived=True).exists()


def test_template_says_where_it_is_used(client, salesperson, made):
    client.force_login(salesperson)
    assert "Noch in keiner Kampagne." in edit(client, made.pk).content.decode()

    play = Play.objects.create(
        name="Frühling", kind=Play.Kind.CAMPAIGN, status=Play.Status.READY, template=made, created_at=NOW
    )

    assert reverse("play", args=[play.pk]) in edit(client, made.pk).content.decode()


@pytest.mark.parametrize("name", ["template-duplicate", "template-archive", "template-take-out"])
@pytest.mark.parametrize(("person", "status"), [("analyst", 403), ("servant", 403), ("salesperson", 302)])
def test_only_who_may_write_to_many_changes_templates(client, request, made, name, person, status):
    client.force_login(request.getfixturevalue(person))

    assert client.get(reverse(name, args=[made.pk])).status_code in {403, 405}
    assert client.post(reverse(name, args=[made.pk])).status_code == status
    assert edit(client, made.pk).status_code == (200 if status == 302 else 403)


def test_template_that_is_not_there_is_not_found(client, salesperson):
    client.force_login(salesperson)

    assert edit(client, 9).status_code == 404
    assert client.post(reverse("template-archive", args=[9])).status_code == 404


def test_the_light_knows_that_many_lack_a_field(client, salesperson):
    made = template(salesperson, name="Tee")
    client.force_login(salesperson)
    customer()
    blocks = [{"kind": "text", "text": "{city|Ort} {product}"}]
    made.texts.update(blocks=blocks)

    light = client.get(reverse("templates")).context["rows"][0].light
    editor = client.get(reverse("template", args=[made.pk])).content.decode()

    assert light == "red"
    assert "zuletzt gekauftes Produkt: bei 1 von 1 Kunden leer" in editor
    assert "Ort: bei" not in editor


def test_words_that_differ_from_the_kept_ones_are_a_draft_of_their_version(client, salesperson, made):
    client.force_login(salesperson)
    address = reverse("template", args=[made.pk])
    place = {"draft-form": "words de-sie", "draft-page": address}
    same = posted("show", subject=WORDS.subject, blocks=[asdict(one) for one in WORDS.blocks], preview=WORDS.preview)

    edit(client, made.pk, same | place, words="de-sie")
    assert not Draft.objects.exists()
    edit(client, made.pk, posted("show") | place, words="de-sie")
    assert [(draft.form, draft.fields["subject"]) for draft in Draft.objects.all()] == [("words de-sie", ["Neu"])]
    edit(client, made.pk, posted("save") | place, words="de-sie")
    assert not Draft.objects.exists()
