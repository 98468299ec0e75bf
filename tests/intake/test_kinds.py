"""What is no sale counts none, nothing counts twice, and a word that nobody knows is asked."""

import pytest

from stammkunde.intake import recognise, wording
from stammkunde.intake.layouts.foreign import FOLDER
from stammkunde.intake.told import LIVE
from tests.intake.reading import TODAY, checked, rows, write

HEAD = "Belegnummer;Belegart;Belegdatum;KdNr;Artikel-Nr.;Menge;Netto\n"
BOOKS = (
    "A1;Angebot;01.03.2024;K1;X-1;1;900,00",
    "A2;Auftragsbestätigung;02.03.2024;K1;X-1;1;700,00",
    "A3;Lieferschein;03.03.2024;K1;X-1;1;700,00",
    "A4;Rechnung;04.03.2024;K1;X-1;1;700,00",
    "A5;Entwurf;05.03.2024;K2;X-1;1;500,00",
    "A6;Gutschrift;06.03.2024;K1;X-1;1;50,00",
    "A7;Rechnungskorrektur;07.03.2024;K1;X-1;1;25,00",
)


def books(tmp_path, *lines, **options):
    path = write(tmp_path, HEAD + "".join(f"{one}\n" for one in lines))
    return path, checked(path, layout="flat", **options)


def kinds(found):
    return {one["kind"]: (one["rows"], one["cents"]) for one in found.totals["aside"]}


def test_offers_delivery_notes_drafts_and_invoiced_orders_are_set_aside(tmp_path):
    path, found = books(tmp_path, *BOOKS)

    assert (found.revenue_cents, found.refused, found.accepted) == (625_00, 0, 3)
    assert rows(path, "lines", "order_source", "kind", "revenue_cents") == [
        ("files:A4", "sale", 700_00),
        ("files:A6", "return", -50_00),
        ("files:A7", "adjustment", -25_00),
    ]
    assert kinds(found) == {"offer": (1, 900_00), "order": (1, 700_00), "delivery": (1, 700_00), "draft": (1, 500_00)}
    assert {(one.row, one.code) for one in found.problems if one.severity == "aside"} == {
        (2, "no_sale"), (3, "order_beside_invoices"), (4, "no_sale"), (6, "no_sale"),
    }  # fmt: skip
    assert {one.option: (one.proposed, one.answers[0].cents) for one in found.asked} == {
        "kind:Angebot": ("none", 1525_00),
        "kind:Auftragsbestätigung": ("none", 1325_00),
        "kind:Lieferschein": ("none", 1325_00),
        "kind:Entwurf": ("none", 1125_00),
    }
    assert all(one.is_answered({}) for one in found.asked)


def test_all_that_is_set_aside_counts_together_and_is_told_by_its_own_word(tmp_path):
    _, found = books(tmp_path, *BOOKS[:1], BOOKS[3], ";;;;;Summe;1600,00", "A8;Angebot;08.03.2024;K1;X-1;2;90,00")

    assert (found.rows, found.accepted, found.refused, found.aside) == (1, 1, 0, 3)
    assert sorted((one.row, one.code, one.severity) for one in found.problems) == [
        (2, "no_sale", "aside"), (4, "row_total", "aside"),
    ]  # fmt: skip


def test_what_a_program_keeps_beside_customers_is_set_aside(tmp_path):
    folder = FOLDER / "datev_debtors"
    found = checked(write(tmp_path, (folder / "sample.csv").read_text(encoding="utf-8")))

    left = [one for one in found.problems if one.code == "left_out"]
    assert {one.severity for one in left} == {"aside"}
    assert (found.rows, found.accepted, found.aside) == (2, 2, len(left))
    assert left


def test_deals_that_are_not_won_are_none_without_a_question(tmp_path):
    text = (FOLDER / "hubspot_deals" / "sample.csv").read_text(encoding="utf-8")
    found = checked(write(tmp_path, text), layout="hubspot_deals")

    assert found.totals["aside"][0]["kind"] == "none"
    assert all(one.is_answered({}) for one in found.asked)


def test_orders_alone_are_sales(tmp_path):
    _, found = books(tmp_path, *BOOKS[:3])

    assert found.revenue_cents == 700_00
    assert set(kinds(found)) == {"offer", "delivery"}


def test_what_was_set_aside_counts_where_a_person_says_so(tmp_path):
    _, found = books(tmp_path, *BOOKS[2:4], **{"kind:lieferschein": "sale"})

    assert (found.revenue_cents, found.totals["aside"]) == (1400_00, [])


def test_an_unknown_kind_is_asked_with_what_each_answer_comes_to(tmp_path):
    lines = (*BOOKS[3:4], "B1;Musterversand;08.03.2024;K1;X-1;2;40,00", "B2;musterversand;08.03.2024;K1;X-1;1;10,00")

    path, found = books(tmp_path, *lines)

    (question,) = found.asked
    assert (question.option, question.columns, question.row, question.example, question.detail) == (
        "kind:Musterversand", ("Belegart",), 3, "B1", {"rows": 2},
    )  # fmt: skip
    assert {one.value: one.cents for one in question.answers} == {
        "sale": 750_00, "return": 650_00, "adjustment": 750_00, "none": 700_00,
    }  # fmt: skip
    assert (found.revenue_cents, kinds(found)) == (700_00, {"unknown": (2, 50_00)})
    assert "Musterversand" in wording.question_text(question)
    assert all(wording.answer_text(question, one) != one.value for one in question.answers)
    for answer in question.answers:
        again = checked(path, layout="flat", **{question.option: answer.value})
        assert again.revenue_cents == answer.cents
        assert [one.is_answered({question.option: answer.value}) for one in again.asked] == [True]


def test_recognition_asks_before_anything_is_checked_whole(tmp_path):
    path = write(tmp_path, HEAD + "B1;Musterversand;08.03.2024;K1;X-1;2;40,00\nB2;Rechnung;08.03.2024;K1;X-1;1;10,00\n")

    found = recognise.recognise(path, today=TODAY)
    told = recognise.recognise(path, today=TODAY, options={"kind:Musterversand": "none"})

    assert [one.option for one in found.questions] == ["kind:Musterversand"]
    assert not found.usable
    assert (told.questions, told.usable, told.totals["net"]) == ((), True, 10_00)


def test_unknown_status_of_an_order_is_asked_and_drafts_are_no_orders(tmp_path):
    path = write(tmp_path, "Bestellnummer;Bestelldatum;Status\n1;01.03.2024;bezahlt\n2;02.03.2024;Entwurf\n"
                           "3;03.03.2024;Warteschleife\n")  # fmt: skip

    found = checked(path, layout="orders")

    assert rows(path, "orders", "number", "status") == [("1", "completed")]
    assert [(one.option, one.proposed, [each.cents for each in one.answers]) for one in found.asked] == [
        ("status:Warteschleife", "", [None] * 4),
        ("status:Entwurf", "none", [None] * 4),
    ]
    checked(path, layout="orders", **{"status:Warteschleife": "open"})
    assert rows(path, "orders", "number", "status") == [("1", "completed"), ("3", "open")]


def test_rows_that_a_program_hands_in_are_refused_instead_of_asked(tmp_path):
    _, found = books(tmp_path, *BOOKS[3:4], "B1;Musterversand;08.03.2024;K1;X-1;2;40,00", **{LIVE: True})

    assert (found.revenue_cents, found.refused, found.asked) == (700_00, 1, ())
    assert [(one.row, one.code) for one in found.problems] == [(3, "choice_needed")]


@pytest.mark.parametrize("word", ["Offer", "Quotation", "Delivery note", "Draft", "Pro forma invoice", "LS", "AN"])
def test_words_of_other_programs_are_known(tmp_path, word):
    _, found = books(tmp_path, BOOKS[3], f"C1;{word};08.03.2024;K1;X-1;2;40,00")

    assert found.revenue_cents == 700_00
    assert [one.proposed for one in found.asked] == ["none"]
