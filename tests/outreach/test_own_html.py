"""HTML that somebody brings along: cleaned, filled, with our foot, and read as text as well."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from stammkunde.outreach import clarity, content, dress, own_html, services
from stammkunde.outreach.claims import find
from stammkunde.outreach.content import Block, Text
from stammkunde.outreach.dress import Foot, Look
from stammkunde.outreach.models import Template
from tests.outreach.planning import NOW, company, customer
from tests.outreach.test_dress import Page
from tests.outreach.test_pictures import somebody

MAIL = """<!DOCTYPE html><html><head><title>Titel</title><meta http-equiv="refresh" content="0;url=https://evil.example">
<link rel="stylesheet" href="https://evil.example/x.css">
<style>@import url(https://evil.example/y.css); h1{color:#c8102e} p{background:url(http://evil.example/z)}</style></head>
<body bgcolor="#eeeeee" style="margin:0" onload="steal()">
<!--[if mso]><p>Outlook</p><![endif]-->
<script>steal()</script><iframe src="https://evil.example"></iframe>
<object data="x"></object><svg onload="steal()"></svg>
<table width="600" cellpadding="0"><tr><td style="padding:20px;behavior:url(x.htc)" onclick="steal()">
<h1>{greeting},</h1><p>unser Tee &amp; {category|Kaffee & Kuchen}<br>wartet.</p>
<form action="https://evil.example"><input name="password"><button>Los</button></form>
<ul><li>eins</li><li>zwei</li></ul>
<a href="https://shop.example/?fuer={code}&amp;b=2" title="{greeting}">Jetzt ansehen</a>
<a href="javascript:steal()">Klick</a>
<img src="https://bilder.example/tee.png" alt="Eine Tasse Tee" width="200" onerror="steal()">
</td></tr></table>
[[foot]]
<p>Ganz unten</p>
</body></html>"""
VALUES = {"greeting": 'Guten Tag "Ina" <b>&', "code": "A&B/1"}
LOOK, FOOT = Look(name="Musterhaus"), Foot(imprint=("Am Markt 1",), ways=(("Abmelden", "https://kunden.example/u"),))


def mail(html, **values):
    return content.write(Text(subject="Tee & mehr", blocks=(Block(kind="html", text=html),)), VALUES | values)


def dressed(html, **values):
    return str(dress.html(mail(html, **values), look=LOOK, foot=FOOT, language="de"))


def test_what_acts_asks_or_fetches_is_taken_out_and_looks_stay():
    html = dressed(MAIL)

    for gone in ("evil", "steal", "<script", "<form", "<input", "<iframe", "<svg", "<link", "onclick", "javascript"):
        assert gone not in html, gone
    assert "behavior" not in html
    assert "h1{color:#c8102e}" in html
    assert '<td style="padding:20px;">' in html
    assert '<div style="background:#eeeeee;margin:0">' in html
    assert '<img src="https://bilder.example/tee.png" alt="Eine Tasse Tee" width="200">' in html


def test_fields_are_filled_and_bring_no_markup():
    page = Page(dressed(MAIL))

    assert 'Guten Tag "Ina" <b>&,' in page.said
    assert "unser Tee & Kaffee & Kuchen" in page.said
    assert "https://shop.example/?fuer=A%26B%2F1&b=2" in page.links
    assert page.language == "de"


def test_the_foot_stands_at_its_mark_else_below_everything():
    with_mark, without = dressed(MAIL), dressed("<p>Ganz unten</p>")

    assert with_mark.index("wartet") < with_mark.index("Am Markt 1") < with_mark.index("Ganz unten")
    assert without.index("Ganz unten") < without.index("Am Markt 1")
    for html in (with_mark, without, dressed('<p title="[[foot]]">[[foot]] [[foot]]</p>')):
        assert html.count("Am Markt 1") == 1
        assert html.count("https://kunden.example/u") == 1
        assert "[[" not in html
        Page(html)


def test_the_text_part_is_made_from_it():
    text = dress.text(mail(MAIL, greeting="Hallo"), look=LOOK, foot=FOOT)

    assert text == (
        "Hallo,\n\nunser Tee & Kaffee & Kuchen\nwartet.\n\nLos\n\n- eins\n- zwei\n\n"
        "Jetzt ansehen (https://shop.example/?fuer=A%26B%2F1&b=2) Klick Eine Tasse Tee\n\nGanz unten\n\n"
        "-- \nAm Markt 1\n\nAbmelden: https://kunden.example/u\n"
    )


@pytest.mark.parametrize("style", ["</style><script>steal()</script>", "a{}<!-- </style> --> <script>steal()</script>"])
def test_styles_cannot_end_early(style):
    assert "<script" not in dressed(f"<style>{style}</style><p>x</p>")


def test_what_is_filled_in_has_no_say_in_styles():
    html = dressed('<style>p{color:{city|red}}</style><p style="color:{city|red}">x</p>', city="red}body{display:none")

    assert "display" not in html.split("Am Markt")[0].split("</style>")[0]
    assert 'style="color:"' in html


def test_it_is_cleaned_once_for_all_who_get_it():
    own_html.clean.cache_clear()

    for name in ("Anna", "Ben", "Carl"):
        mail(MAIL, greeting=name)

    assert own_html.clean.cache_info().misses == 1


def test_it_is_judged_by_what_it_says():
    words = Text(subject="Danke", blocks=(Block(kind="html", text="<p class='rabatt'>10 % Rabatt auf alles</p>"),))
    plain = Text(subject="Danke", blocks=(Block(kind="html", text="<p class='rabatt'>Vielen Dank</p>"),))

    assert [one.code for one in find(words, shop=clarity.NO_SHOP)] == ["counts_as_discount"]
    assert find(plain, shop=clarity.NO_SHOP) == []
    codes = [one.code for one in clarity.check(plain, purpose="advertising", channel="email")]
    assert "offer_missing" not in codes
    assert "reading" in codes


@pytest.mark.parametrize(
    "page",
    ["<html><head><title>T</title><body>{}</body>", "<title><title>T</title>{}", "<style>p{{}}</style><head>{}"],
)
def test_nothing_is_said_past_the_judgement(page):
    words = Text(subject="Danke", blocks=(Block(kind="html", text=page.format("<p>10 % Rabatt</p>")),))

    assert [one.said for one in find(words, shop=clarity.NO_SHOP)] == ["Rabatt"]
    assert "Rabatt" not in dressed("<title>10 % Rabatt")  # neither shown nor read


def test_styles_fetch_pictures_only_and_those_by_https():
    style = 'a{x:url("https://a/b.png") url(\'https://c\') url( https://d)} b{y:url( "http://e") url(data:f)}'

    assert own_html.clean(f"<style>{style}</style>").startswith(
        "<style>a{x:url(\"https://a/b.png\") url('https://c') url( https://d)} b{y:none none}</style>"
    )
    assert "import" not in own_html.clean("<style>@im@im@import;port;port url(https://e);</style>")
    assert own_html.clean(f"<style>{'@im' * 20}@import;{'port;' * 20}</style>") == "<div></div>"


@pytest.fixture
def chief(db):
    company()
    return somebody("administrator")


def test_a_template_of_own_html_is_made_uploaded_tried_and_kept(chief, client):
    customer(name="Ina Klein")
    client.force_login(chief)
    asked = {"name": "Eigenes", "channel": "email", "purpose": "advertising", "made_of": "html"}
    client.post(reverse("template-add"), asked)
    template = Template.objects.get()
    url = reverse("template", args=[template.pk]) + "?words=de-sie"

    page = client.get(url)
    assert [block.kind for block in page.context["draft"].blocks] == ["html"]
    assert 'value="add-offer"' not in page.content.decode()

    typed = {"subject": "Neu", "blocks": "1", "block-0-kind": "html"}
    file = SimpleUploadedFile("mail.html", "<h1>Grüße, {name}</h1>".encode("cp1252"))
    uploaded = client.post(url, typed | {"act": "upload-0", "block-0-file": file})
    html = uploaded.context["draft"].blocks[0].text
    assert html == "<h1>Grüße, {Name}</h1>"
    assert client.post(url, typed | {"act": "save", "block-0-text": html}).status_code == 302

    shown = client.get(url).context["shown"]
    assert "Grüße, Ina Klein" in client.get(reverse("preview", args=[shown.frame])).content.decode()
    client.post(reverse("template-change", args=[template.pk]), asked | {"made_of": "", "name": "Anders"})
    template.refresh_from_db()
    assert (template.name, template.options) == ("Anders", {"made_of": "html"})


def test_long_html_is_previewed_without_a_long_address(chief, client):
    whose = customer()
    client.force_login(chief)
    made = services.create_template(name="Lang", channel="email", purpose="advertising", by=chief, now=NOW)
    numbers = " ".join(str(number**5) for number in range(4000))[:50_000]
    typed = {"subject": "Neu", "blocks": "1", "block-0-kind": "html", "block-0-text": f"<p>{numbers}</p>"}

    page = client.post(reverse("template", args=[made.pk]), typed | {"act": "show", "customer": whose.pk})
    frame = page.context["shown"].frame

    assert len(frame) < 400
    assert numbers[-20:] in client.get(reverse("preview", args=[frame])).content.decode()
    other = somebody("marketing", email="andere@musterhaus.example")
    client.force_login(other)
    assert client.get(reverse("preview", args=[frame])).status_code == 404


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"block-0-text": ""}, "Fügen Sie das HTML"),
        ({"block-0-text": "x" * 60_001}, "Höchstens 60"),
        ({"blocks": "2", "block-0-text": "x", "block-1-kind": "text", "block-1-text": "y"}, "steht für sich"),
    ],
)
def test_html_that_must_be_mended_is_named(chief, client, typed, told):
    client.force_login(chief)
    made = services.create_template(name="X", channel="email", purpose="advertising", by=chief, now=NOW)

    usual = {"subject": "Neu", "blocks": "1", "block-0-kind": "html", "act": "save"}
    page = client.post(reverse("template", args=[made.pk]), usual | typed)

    assert page.status_code == 400
    assert told in page.content.decode()
