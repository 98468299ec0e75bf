"""The five-second check: what it measures, where its lights change, and what counts as advertising."""

import re
from pathlib import Path

import pytest
from django.utils import translation

from stammkunde.outreach import advice, claims, clarity, content, knowing, starters
from stammkunde.outreach.clarity import Finding

TEXT = {"kind": "text", "text": "{greeting},"}
OFFER = {"kind": "offer", "title": "Zehn Prozent auf alles", "text": "Bis Sonntag."}
BUTTON = {"kind": "button", "label": "Einlösen", "url": "https://shop.test/"}


def found(*blocks, subject="Neu für Sie", preview="Nur kurz", purpose="advertising", channel="email"):
    text = content.read(subject=subject, preview=preview, blocks=blocks)
    return {one.code: (one.light, one.number) for one in clarity.check(text, purpose=purpose, channel=channel)}


def test_clear_offer_is_green_all_over():
    assert found(TEXT, OFFER, BUTTON) == {
        "subject": ("green", 11),
        "preview": ("green", 8),
        "offer": ("green", 2),  # five words, four a second
        "button": ("green", 0),
        "reading": ("green", 2),
    }


@pytest.mark.parametrize(
    ("signs", "code", "light"),
    [
        (0, "subject_missing", "red"),
        (50, "subject", "green"),
        (51, "subject_long", "amber"),
        (70, "subject_long", "amber"),
        (71, "subject_long", "red"),
    ],
)
def test_subject_is_measured(signs, code, light):
    assert found(OFFER, subject="x" * signs)[code] == (light, signs)


def test_field_counts_as_eight_signs_and_one_word():
    assert found(OFFER, subject="{first_name|liebe Kundin}")["subject"] == ("green", 8)
    assert clarity.words("{first_name|liebe Kundin}, ein [Wort mehr](https://shop.test/a/b)") == 4


@pytest.mark.parametrize(("signs", "code"), [(0, "preview_missing"), (100, "preview"), (101, "preview_long")])
def test_preview_is_measured_in_mails(signs, code):
    assert code in found(OFFER, preview="x" * signs)
    assert not any(name.startswith("preview") for name in found(OFFER, preview="x" * signs, channel="letter"))


@pytest.mark.parametrize(
    ("before", "light", "seconds"), [(16, "green", 5), (17, "amber", 6), (36, "amber", 10), (37, "red", 11)]
)
def test_offer_is_read_in_so_many_seconds(before, light, seconds):
    words = {"kind": "text", "text": "wort " * before}

    codes = found(words, OFFER, BUTTON)

    assert codes.get("offer") or codes["offer_late"] == (light, seconds)


def test_advertising_has_exactly_one_offer_with_a_heading():
    assert found(TEXT)["offer_missing"] == ("red", 0)
    assert found(OFFER, OFFER)["offers_many"] == ("red", 2)
    assert found({"kind": "offer", "text": "Bis Sonntag."})["offer_without_title"] == ("red", 0)
    assert not any("offer" in code for code in found(OFFER, OFFER, purpose="newsletter"))


@pytest.mark.parametrize(
    ("purpose", "many", "expected"),
    [
        ("advertising", 0, {"button_missing": ("amber", 0)}),
        ("survey", 0, {"button_missing": ("amber", 0)}),
        ("service", 0, {}),
        ("service", 1, {"button": ("green", 0)}),
        ("service", 2, {"buttons_many": ("amber", 2)}),
        ("advertising", 2, {"buttons_many": ("red", 2)}),
    ],
)
def test_buttons_are_counted(purpose, many, expected):
    codes = found(TEXT, *[BUTTON] * many, purpose=purpose)

    assert {code: said for code, said in codes.items() if code.startswith("button")} == expected


def test_example_address_is_found_wherever_it_stands():
    example = {"kind": "text", "text": "Mehr [hier](https://www.example.com/neu)."}
    assert found(example)["address_example"] == ("red", 0)
    assert found(BUTTON | {"url": "https://example.org"})["address_example"] == ("red", 0)
    assert "address_example" not in found(BUTTON | {"url": "https://example.com.shop.test/"})


@pytest.mark.parametrize(("words", "light"), [(120, "green"), (121, "amber"), (240, "amber"), (241, "red")])
def test_reading_takes_time(words, light):
    codes = found({"kind": "text", "text": "wort " * words}, purpose="service")

    assert (codes.get("reading") or codes["reading_long"])[0] == light


def test_newsletter_may_take_longer():
    assert found({"kind": "text", "text": "wort " * 240}, purpose="newsletter")["reading"] == ("green", 60)


@pytest.mark.parametrize("purpose", ["thanks", "service"])
@pytest.mark.parametrize(
    ("block", "codes"),
    [
        (TEXT, []),
        (BUTTON, []),
        (OFFER, ["counts_as_offer"]),
        ({"kind": "text", "text": "Ihr Code: {code}"}, ["counts_as_voucher"]),
        ({"kind": "text", "text": "[Bewerten Sie uns](https://x.test/)"}, ["counts_as_survey"]),
        ({"kind": "text", "text": "Mehr [hier](https://x.test/umfrage/7)"}, ["counts_as_survey"]),
        (BUTTON | {"label": "Give feedback"}, ["counts_as_survey"]),
        ({"kind": "text", "text": "Danke für Ihr Feedback."}, []),
    ],
)
def test_what_makes_thanks_advertising(purpose, block, codes):
    text = content.read(subject="Danke", preview="", blocks=[block])

    assert [one.code for one in clarity.refusals(text, purpose=purpose)] == codes
    assert clarity.refusals(text, purpose="advertising") == []
    assert {code for code in found(block, purpose=purpose) if code.startswith("counts")} == set(codes)


def test_thanks_that_sound_like_an_offer_are_amber():
    assert found({"kind": "text", "text": "Nun sind es 10 %."}, purpose="thanks")["sounds_like_offer"] == ("amber", 0)
    assert found(TEXT, purpose="thanks")["pure"] == ("green", 0)


def test_a_field_that_many_lack_is_red_unless_something_else_is_said_for_them():
    empty = [clarity.Empty(field="product", words="zuletzt gekauftes Produkt", empty=3481, of=5000)]

    def looked(words):
        text = content.read(subject="Hallo", preview="", blocks=[{"kind": "text", "text": words}])
        return clarity.check(text, purpose="service", channel="email", empty=empty, unknown=("prodct",))

    bare = [one for one in looked("{product}") if one.code.startswith("field")]
    with translation.override("de"):
        said = [one.found for one in advice.told(bare)]
    assert [one.light for one in bare] == ["red", "red"]
    assert said == [
        "Es gibt kein Feld prodct.",
        "zuletzt gekauftes Produkt: bei 3.481 von 5.000 Kunden leer; sie bekämen nichts.",
    ]
    assert [one.code for one in looked("{product|Ihr Einkauf}") if one.code.startswith("field_e")] == []


def test_worst_light_is_that_of_the_whole():
    green, amber, red = (Finding(code="subject", light=light) for light in ("green", "amber", "red"))

    assert [clarity.worst(some) for some in ([], [green], [green, amber], [amber, red, green])] == [
        "green", "green", "amber", "red",
    ]  # fmt: skip


def test_advice_names_the_cure_with_the_worst_first():
    with translation.override("de"):
        said = advice.told(
            [Finding(code="subject", light="green", number=9), Finding(code="offer_late", light="red", number=12)]
        )

    assert [(one.light, one.found) for one in said] == [
        ("red", "Das Angebot ist nach 12 Sekunden gelesen."),
        ("green", "Der Betreff ist kurz genug (9 Zeichen)."),
    ]
    assert [bool(one.cure) for one in said] == [True, False]


def test_every_finding_and_field_has_words():
    source = "".join(Path(one.__file__).read_text(encoding="utf-8") for one in (clarity, claims))
    codes = set(
        re.findall(
            r'"((?:subject|preview|offers?|button|buttons|reading|counts_as|field_|argued|pure|sounds|address)\w*)"',
            source,
        )
    ) - {"addresses"}

    assert {"offers_many", "counts_as_survey", "button", "pure"} <= codes
    assert codes == set(advice.SAID) | {"offer", "offer_late", "reading", "reading_long"}
    assert all(one.words for one in knowing.fields().values())


@pytest.mark.parametrize("starter", starters.STARTERS, ids=lambda one: one.names["en"])
def test_starters_are_clear_but_for_the_shop_s_address(starter):
    assert set(starter.texts) == {("de", "sie"), ("de", "du"), ("en", "sie")}
    for text in starter.texts.values():
        findings = clarity.check(text, purpose=starter.purpose, channel=starter.wanted)
        assert {one.code for one in findings if one.light != "green"} <= {"address_example"}
        assert set(content.fields(text)) <= set(knowing.fields())
        assert {name for name, has_fallback in content.fields(text).items() if not has_fallback} <= {
            "greeting",
            "sender",
        }
