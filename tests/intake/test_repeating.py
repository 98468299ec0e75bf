"""An amount that repeats on each line of a document is the document's, however it is called."""

from datetime import date

import pytest

from stammkunde.intake.check import check
from stammkunde.intake.recognise import recognise

TODAY = date(2026, 11, 30)
HEAD = "Belegnr;Datum;Kunde;Artikel;Menge;"


def recognised(tmp_path, headings, *rows):
    path = tmp_path / "liste.csv"
    lines = [f"R{number};0{number}.03.2026;Meier;{rest}" for number, rest in rows]
    path.write_text("\n".join([HEAD + headings, *lines]) + "\n", encoding="utf-8")
    return path, recognise(path, today=TODAY)


def read(tmp_path, heading, *rows):
    path, found = recognised(tmp_path, f"Einzelpreis;{heading}", *rows)
    out = tmp_path / "out"
    out.mkdir()
    checked = check(
        path, layout=found.layout, columns=found.columns, options=found.options, out_dir=out, today=TODAY
    )  # fmt: skip
    return found, checked


REPEATED = (
    (1, "Schere;1;10,00;{}"),
    (1, "Topf;2;6,00;{}"),
    (2, "Topf;1;6,00;{}"),
    (3, "Topf;1;6,00;{}"),
    (3, "Schere;1;10,00;{}"),
)


@pytest.mark.parametrize("heading", ["Gesamtnetto", "Gesamt netto", "Gesamt", "Summe"])
@pytest.mark.parametrize("mark", [",", "."])
def test_totals_of_documents_count_for_no_line(tmp_path, heading, mark):
    totals = {1: "22,00", 2: "6,00", 3: "16,00"}
    rows = [(number, rest.format(totals[number]).replace(",", mark)) for number, rest in REPEATED]

    found, checked = read(tmp_path, heading, *rows)

    assert not {"line_net", "line_gross", "line_total"} & found.columns.keys()
    assert heading in found.columns.values()
    assert (checked.revenue_cents, checked.problem_codes) == (4400, {})


def test_document_whose_lines_do_not_come_to_its_total_is_flagged(tmp_path):
    totals = {1: "22,00", 2: "7,00", 3: "16,00"}

    _found, checked = read(tmp_path, "Gesamtnetto", *((n, rest.format(totals[n])) for n, rest in REPEATED))

    assert checked.problem_codes == {"total_differs": 1}


def test_amounts_of_lines_stay_theirs_also_where_a_document_repeats_one(tmp_path):
    rows = [(1, "Schere;1;10,00;10,00"), (1, "Topf;2;5,00;10,00"), (2, "Topf;2;5,00;10,00"), (2, "Erde;1;4,00;4,00")]

    found, checked = read(tmp_path, "Gesamtnetto", *rows)

    assert found.columns["line_net"] == "Gesamtnetto"
    assert checked.revenue_cents == 3400


def test_lines_of_one_price_are_no_totals(tmp_path):
    rows = [(number, "Karte;1;25,00;25,00") for number in (1, 1, 2, 2, 2)]

    found, checked = read(tmp_path, "Gesamtnetto", *rows)

    assert found.columns["line_net"] == "Gesamtnetto"
    assert checked.revenue_cents == 12500


@pytest.mark.parametrize(("totals", "is_total"), [(("22,00", "31,00", "16,00"), True), (("25,00",) * 3, False)])
def test_without_a_price_an_amount_that_documents_repeat_whatever_was_bought_is_asked_for(tmp_path, totals, is_total):
    rows = [(at, f"{what};1;{total}") for at, total in enumerate(totals, start=1) for what in ("Schere", "Topf")]

    _path, found = recognised(tmp_path, "Gesamtnetto", *rows)

    assert ("line_net" in found.columns, found.usable) == (not is_total, not is_total)
