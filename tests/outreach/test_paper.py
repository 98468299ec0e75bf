"""Letters and postcards as pages: what stands where, and that nothing anybody wrote is read as markup."""

import io
from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from stammkunde.outreach import paper
from stammkunde.outreach.paper import MOTIFS, Options, Reader, Sender
from stammkunde.outreach.paper.sheet import squares

ON = date(2026, 11, 26)
MM = 72 / 25.4
SENDER = Sender(
    name="Musterhaus GmbH",
    address="Lindenstraße 12\n50667 Köln",
    imprint="Musterhaus GmbH\nHRB 1234",
    phone="0221 1234",
    email="gruss@musterhaus.example",
    link="https://musterhaus.example/{code}",
)
LINES = ("Weber GmbH", "Frau Dr. Eva Weber", "Am Markt 7", "1010 Wien", "ÖSTERREICH")
CONTENT = {
    "subject": "Zwanzig Euro für Sie",
    "code": "GARTEN 1/2",
    "blocks": [
        {"kind": "text", "text": "Guten Tag Frau Dr. Weber,\n\nschön, dass Sie da sind:\n\n- Erde\n- Dünger"},
        {"kind": "offer", "title": "20 € geschenkt", "text": "Bis Januar."},
        {"kind": "button", "label": "Einlösen", "url": ""},
        {"kind": "text", "text": "Mit freundlichen Grüßen"},
    ],
}


def piece(content=CONTENT, *, language="de", lines=LINES, **reader) -> dict:
    to = Reader(lines=lines, number="K-1", contact="Jonas Brandt", **reader)
    return paper.piece(content=content, language=language, reader=to, sender=SENDER)


def pdf(kind: str, *pieces: dict, **more) -> PdfReader:
    made = paper.pdf(kind, sender=SENDER.data(), pieces=pieces or [piece()], on=ON, **more)
    return PdfReader(io.BytesIO(made))


def words(reader: PdfReader) -> list[str]:
    """The words of every page, without what typesetting puts between them."""
    return [squeezed(page.extract_text()) for page in reader.pages]


def squeezed(text: str) -> str:
    return "".join(text.split()).replace("\u200b", "").replace("-", "").replace("\u00ad", "")


def places(page) -> dict[str, tuple[float, float]]:
    """Where words stand: millimetres from the left and from the top."""
    found, height = {}, float(page.mediabox.height)

    def note(text, cm, tm, _font, _size):
        x, y = (cm[k] * tm[4] + cm[k + 2] * tm[5] + cm[k + 4] for k in (0, 1))
        if text.strip():
            found[text.strip()] = (x / MM, (height - y) / MM)

    page.extract_text(visitor_text=note)
    return found


def test_address_stands_in_the_window_of_the_envelope():
    (page,) = pdf("letter").pages

    x, y = places(page)["Weber GmbH"], places(page)["ÖSTERREICH"]

    assert (page.mediabox.width / MM, page.mediabox.height / MM) == (
        pytest.approx(210, abs=0.1),
        pytest.approx(297, abs=0.1),
    )
    assert 20 < x[0] < 26
    assert 62.7 < x[1] < y[1] < 90


@pytest.mark.parametrize("line", ["W", "W" * 64, "Donaudampfschifffahrtsgesellschaft " * 2])
def test_six_lines_of_any_length_stay_inside_the_window(line):
    lines = paper.postal_lines(company=line, person=line, street=line, postcode="12345", city=line, country=line)

    (page,) = pdf("letter", piece(lines=(*lines, "ENDE"))).pages

    assert places(page)["ENDE"][1] < 90


def test_letter_says_all_that_it_should():
    (text,) = words(pdf("letter"))

    for part in (
        "Musterhaus GmbH · Lindenstraße 12 · 50667 Köln",
        "Datum 26.11.2026",
        "Ihr Kontakt Jonas Brandt",
        "Telefon 0221 1234",
        "Kundennummer K-1",
        "Zwanzig Euro für Sie",
        "– Erde",
        "20 € geschenkt",
        "Ihr Gutscheincode",
        "GARTEN 1/2",
        "Einlösen",
        "Jonas Brandt",
        "HRB 1234",
        "Sie können jederzeit widersprechen",
    ):
        assert squeezed(part) in text


def test_letter_speaks_the_language_of_its_reader():
    (text,) = words(pdf("letter", piece(language="en")))

    assert squeezed("Date 26 Nov 2026") in text
    assert squeezed("Your contact") in text


def test_letters_count_their_own_pages():
    long = {"subject": "Lang", "text": "\n\n".join(["Ein Satz, der eine Zeile füllt und noch etwas mehr."] * 30)}

    pages = words(pdf("letter", piece(long), piece(long)))

    heads = ["Seite2" in page for page in pages]
    assert heads == [False, True, False, True]


@pytest.mark.parametrize("line", ["Kurz.", "Wort " * 50, "W" * 300])
@pytest.mark.parametrize("panels", [0, 1, 2])
def test_letter_that_needs_no_head_is_one_page(line, panels):
    offer, letters = {"kind": "offer", "title": "20 €", "text": "Bis Januar.", "url": "https://a.example"}, []
    for many in range(1, 20):
        text = {"kind": "text", "text": "\n\n".join([line] * many)}
        letters.append(piece({"subject": "x", "code": "A", "blocks": [*[offer] * panels, text]}))
    short = [one for one in letters if not one["may_break"]]

    assert panels == 2 or short
    assert not short or len(pdf("letter", *short).pages) == len(short)


def test_what_belongs_to_an_order_says_nothing_about_objecting():
    (text,) = words(pdf("letter", piece(may_object=False)))

    assert "widersprechen" not in text


def test_the_same_pieces_give_the_same_bytes():
    once, twice = (paper.pdf("postcard", sender=SENDER.data(), pieces=[piece(), piece()], on=ON) for _time in range(2))

    assert once == twice


@pytest.mark.parametrize("motif", MOTIFS)
def test_every_motif_makes_a_picture_and_an_address_side(motif):
    picture, back = words(pdf("postcard", piece({**CONTENT, "options": {"motif": motif}})))

    assert squeezed("Zwanzig Euro für Sie") in picture
    assert squeezed("GARTEN 1/2") in back


@pytest.mark.parametrize(("size", "width"), [("a6", 148), ("dl", 210)])
def test_postcards_have_their_size_and_marks_add_room_for_the_cut(size, width):
    card = piece({**CONTENT, "options": {"format": size}})

    plain, marked = pdf("postcard", card).pages[0], pdf("postcard", card, marks=True).pages[0]

    assert [float(side) / MM for side in (plain.mediabox.width, plain.mediabox.height)] == pytest.approx([width, 105])
    assert [float(side) / MM for side in (marked.mediabox.width, marked.mediabox.height)] == pytest.approx(
        [width + 20, 125]
    )


@pytest.mark.parametrize("size", ["a6", "dl"])
def test_postcards_leave_free_what_machines_at_the_post_read(size):
    long = {**CONTENT, "subject": "x", "options": {"format": size}}
    long["blocks"] = [{"kind": "text", "text": "\n\n".join(["Ein langer Satz, der nie aufhört."] * 80)}]

    back = pdf("postcard", piece(long)).pages[1]
    width = float(back.mediabox.width) / MM

    for text, (x, y) in places(back).items():
        assert y < 90, text
        assert x < width - 74 or y > 40, text


def test_unknown_options_are_as_usual():
    assert Options.read({"motif": "cats", "format": "a3", "signature": False}) == Options(signature=False)


def test_code_leads_to_the_company_and_a_button_of_its_own_elsewhere():
    own = {
        **CONTENT,
        "blocks": [{"kind": "offer", "title": "x"}, {"kind": "button", "label": "y", "url": "https://a.example"}],
    }

    assert [one["qr"] for one in piece()["blocks"]] == ["", "https://musterhaus.example/GARTEN%201%2F2", ""]
    assert [one["qr"] for one in piece(own)["blocks"]] == ["https://a.example"]


def test_code_without_an_offer_gets_a_place_of_its_own():
    (text,) = words(pdf("letter", piece({"subject": "x", "text": "Hallo", "code": "ABC-9"})))

    assert squeezed("ABC-9") in text


def test_squares_are_those_of_the_code():
    found = squares("A")

    dark = {(x + k, y) for y, runs in enumerate(found["rows"]) for x, n in runs for k in range(n)}
    assert found["size"] == 21
    assert {(x, 0) for x in range(7)} <= dark
    assert (7, 0) not in dark


@pytest.mark.parametrize(
    ("words", "closing", "signers"),
    [
        ("Hallo.\n\nHerzliche Grüße", "Herzliche Grüße", ["Jonas Brandt"]),
        ("Hallo.\n\nHerzliche Grüße\nKim Öz\nMusterhaus", "Herzliche Grüße", ["Kim Öz", "Musterhaus"]),
        ("Nur ein Satz.", "Nur ein Satz.", ["Jonas Brandt"]),
    ],
)
def test_room_to_sign_is_between_closing_and_name(words, closing, signers):
    sheet = piece({"subject": "x", "text": words})

    assert (sheet["blocks"][-1]["parts"][-1]["lines"], sheet["signers"]) == ([closing], signers)
    assert piece({"subject": "x", "text": words, "options": {"signature": False}})["signers"] == []


NASTY = st.text(
    alphabet=st.one_of(st.sampled_from("#$\\[](){}<>\"`*_=-+~@/%&'|;:^°€äß"), st.characters(codec="utf-8")), max_size=60
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=NASTY)
@example("#panic() $x$ \\ [a] *b* _c_ `d` <e> @f // g /* h */")
@example('"); #read("/etc/passwd") //')
@example("עברית 😀 \u202e abc \u0000 \ud800")
@example("W" * 500)
def test_whatever_people_write_is_set_and_never_read_as_markup(text):
    content = {
        "subject": f"Anfang {text} Ende",
        "code": text,
        "blocks": [{"kind": "offer", "title": text, "text": text}, {"kind": "button", "label": text, "url": text}],
    }
    nasty = piece(content, lines=(text[:64], "ZULETZT"))

    for kind in ("letter", "postcard"):
        assert "ZULETZT" in "".join(words(pdf(kind, nasty)))


@pytest.mark.parametrize("text", ["#panic() $x$ \\ [a] *b* `d` <e> @f", '"); #read("/etc/passwd") //', "W" * 500])
def test_what_looks_like_markup_is_shown_word_for_word(text):
    shown = "".join(words(pdf("letter", piece({"subject": "x", "text": text}))))

    assert squeezed(text) in shown
