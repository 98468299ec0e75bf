"""What a message says: fields, fallbacks, marks, and that nobody's data can bring any of its own."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stammkunde.outreach import content
from stammkunde.outreach.content import Block, FieldsMissing, Text

FIELDS = ("greeting", "first_name", "name", "city", "product", "last_purchase", "code")


def text(*blocks, subject="Guten Tag", preview=""):
    return content.read(subject=subject, preview=preview, blocks=blocks)


def said(words, **values):
    return content.write(text({"kind": "text", "text": words}), values)


def test_fields_are_filled_and_fallbacks_taken_where_there_is_nothing():
    words = text(
        {"kind": "text", "text": "{greeting},\n\nwir mögen {category|Ihre Wahl}."},
        {"kind": "button", "label": "Für {first_name|Sie}", "url": "https://shop.example/?fuer={code}"},
        subject="{first_name|Für Sie}: neu",
    )

    assert content.fields(words) == {"first_name": True, "greeting": False, "category": True, "code": False}
    written = content.write(words, {"greeting": "Hallo Anna", "first_name": "Anna", "code": "A 1/2"})
    assert written["subject"] == "Anna: neu"
    assert written["text"] == ("Hallo Anna,\n\nwir mögen Ihre Wahl.\n\nFür Anna: https://shop.example/?fuer=A%201%2F2")


def test_signs_that_look_like_a_field_are_none():
    assert said("a &#xe000;7&#xe001; b")["blocks"][0]["html"] == "<p>a  b</p>\n"


def test_what_is_missing_is_named_at_once():
    with pytest.raises(FieldsMissing) as missing:
        said("{greeting}, {code} und {product|etwas}")

    assert missing.value.names == ("code", "greeting")


def test_an_empty_fallback_leaves_nothing():
    assert said("Guten Tag{title|}!")["text"] == "Guten Tag!"


def test_marks_become_html_and_disappear_from_plain_text():
    written = said("Ein **gutes** [Angebot](https://shop.example/a):\n\n- eins\n- *zwei*\n\nBis bald")

    assert written["text"] == "Ein gutes Angebot (https://shop.example/a):\n\n- eins\n- zwei\n\nBis bald"
    (block,) = written["blocks"]
    assert '<p>Ein <strong>gutes</strong> <a href="https://shop.example/a">Angebot</a>:</p>' in block["html"]
    assert "<li><em>zwei</em></li>" in block["html"]


def test_a_fallback_is_a_text_like_any_other():
    words = "Hallo {first_name|A & B <i> *C*}, [hier](https://a.example/{city|Köln & Bonn}) {name}"
    written = said(words, name="*Anna* & <b>Co</b>")

    assert written["text"] == (
        "Hallo A & B <i> *C*, hier (https://a.example/K%C3%B6ln%20%26%20Bonn) *Anna* & <b>Co</b>"
    )
    (block,) = written["blocks"]
    assert block["html"].strip() == (
        '<p>Hallo A &amp; B &lt;i&gt; *C*, <a href="https://a.example/K%C3%B6ln%20%26%20Bonn">hier</a> '
        "*Anna* &amp; &lt;b&gt;Co&lt;/b&gt;</p>"
    )


def test_an_offer_stands_out_and_is_printed_without_marks():
    written = content.write(
        text({"kind": "offer", "title": "10 % auf {category}", "text": "Bis **Freitag**."}), {"category": "Tee"}
    )

    assert written["text"] == "10 % auf Tee\nBis Freitag."
    (block,) = written["blocks"]
    html = "<p>Bis <strong>Freitag</strong>.</p>\n"
    assert block == {
        "kind": "offer", "text": "Bis Freitag.", "title": "10 % auf Tee", "label": "", "url": "", "html": html
    }  # fmt: skip


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "shop.example", ""])
def test_addresses_of_other_kinds_lead_nowhere(url):
    assert content.address(url, {}) == ""


class Tags(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs).get("href")))


@given(st.text(max_size=40))
def test_whatever_is_filled_in_brings_no_tag_and_no_link(value):
    words = "Hallo {name|x}, [hier](https://a.example/{name|x}) **ja**"

    assert [tag for tag, _href in Tags(content.marked_up(words, {"name": value})).found] == ["p", "a", "strong"]
    (href,) = [href for tag, href in Tags(content.marked_up(words, {"name": value})).found if tag == "a"]
    assert href.startswith("https://a.example/")
    assert not set(href.removeprefix("https://a.example/")) & set("/?#&<>\"' ")


@given(st.text(max_size=60))
def test_whatever_is_written_holds_no_tags_but_ours(words):
    html = content.marked_up(words, {})

    assert {tag for tag, _href in Tags(html).found} <= content.TAGS
    assert all(
        href is None or href.partition(":")[0].lower() in content.SCHEMES or ":" not in href
        for _tag, href in Tags(html).found
    )


@given(
    st.dictionaries(st.sampled_from(FIELDS), st.text(min_size=1, max_size=10)),
    st.sets(st.sampled_from(FIELDS)),
)
def test_a_message_is_written_exactly_where_nothing_is_missing(values, used):
    words = Text(subject="x", blocks=(Block(kind="text", text=" ".join(f"{{{name}}}" for name in sorted(used))),))

    if used <= values.keys():
        assert content.write(words, values)["subject"] == "x"
    else:
        with pytest.raises(FieldsMissing) as missing:
            content.write(words, values)
        assert set(missing.value.names) == used - values.keys()
