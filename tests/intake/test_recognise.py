import csv
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from stammkunde.intake import layouts
from stammkunde.intake.recognise import match, rank, recognise
from tests.intake.reading import FILES, TODAY, write


def asked(found):
    return [one.option for one in found.questions]


UCI = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


@pytest.mark.slow
@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("layout", layouts.own(), ids=lambda one: one.name)
def test_a_template_is_recognised_whole(tmp_path, layout, language):
    path = write(tmp_path, layouts.template_csv(layout.name, language=language))

    found = recognise(path, today=TODAY)

    assert found.layout == layout.name
    assert found.columns == {one.name: one.label(language) for one in layout.fields}
    assert found.usable
    assert found.problems == []


@pytest.mark.parametrize(
    ("heading", "layout"),
    [
        (UCI, "flat"),
        ("Rechnungs-Nr.;Belegdatum;KdNr;Kunde;Artikel-Nr.;Bezeichnung;Menge;Netto;EK", "flat"),
        ("Re-Nr.;Datum;Debitor;Brutto;MwSt;Deckungsbeitrag", "documents"),
        ("Bestellnummer;Bestelldatum;Kundennummer;Status;Versandkosten;Gesamtbetrag", "documents"),
        ("KdNr;Firma;Straße;PLZ;Ort;Branche", "customers"),
        ("Kunden-Nr.;Anrede;Vorname;Nachname;Geburtsdatum", "contact_persons"),
        ("ArtNr;Artikelbezeichnung;Warengruppe;VK;EK", "products"),
        ("Auftragsnummer;Auftragsdatum;KdNr;Status;Liefertermin;Lieferdatum", "orders"),
        ("Auftragsnummer;Pos.;ArtNr;Menge;Einzelpreis", "lines"),
        ("KdNr;E-Mail;Kanal;Zweck;Einwilligung;Datum;Herkunft", "consents"),
    ],
)
def test_headings_tell_what_a_file_is(heading, layout):
    header = heading.replace(",", ";").split(";")

    assert rank(header)[0][0] == layout


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Kunden-Nr.", "customer_number"),
        ("KUNDENNUMMER", "customer_number"),
        ("Kd.-Nr.", "customer_number"),
        ("Rechnungsnummer", "order_number"),
        ("Belegdatum", "ordered_at"),
        ("Menge", "quantity"),
        ("Einzelpreis (EUR)", "unit_price"),
        ("Netto in €", "line_net"),
        ("Brutto", "line_gross"),
        ("MwSt.", "tax_rate"),
        ("EK", "unit_cost"),
        ("Deckungsbeitrag", "line_margin"),
        ("Straße", "street"),
        ("Strasse", "street"),
    ],
)
def test_headings_are_matched_by_synonyms(heading, field):
    assert match(layouts.get("flat"), [heading]) == {field: heading}


@pytest.mark.parametrize(
    ("file", "layout"), [("shopify", "shopify"), ("woocommerce", "woocommerce"), ("woocommerce_packed", "woocommerce")]
)
def test_exports_of_shops_are_recognised(file, layout):
    found = recognise(FILES / f"{file}.csv", today=TODAY)

    assert (found.layout, found.usable) == (layout, True)
    assert found.options["origin"] == layout
    assert found.confidence > 0.9


def test_a_column_serves_one_field_only():
    found = match(layouts.get("flat"), ["Kunde", "Datum", "Rechnungsnummer", "Umsatz", "Betrag"])

    assert len(set(found.values())) == len(found)


def test_dates_of_the_file_decide_the_order(tmp_path):
    path = write(tmp_path, "Rechnungsnummer,Datum,Betrag\n1,01/02/2024,5\n2,01/25/2024,6\n")

    found = recognise(path, today=TODAY)

    assert found.options["date_order"] == "mdy"
    assert found.questions == ()


def test_dates_that_read_both_ways_are_named(tmp_path):
    path = write(tmp_path, "Rechnungsnummer,Datum,Betrag\n1,01/02/2024,5\n2,03/04/2024,6\n")

    found = recognise(path, today=TODAY)

    assert "date_order" not in found.options
    assert [(one.option, one.columns) for one in found.questions] == [("date_order", ("Datum",))]


def test_the_decimal_mark_is_found(tmp_path):
    path = write(tmp_path, "Rechnungsnummer;Datum;Betrag\n1;01.02.2024;1.234,56\n")

    assert recognise(path, today=TODAY).options["decimal"] == ","


def test_gross_prices_without_vat_are_asked_about(tmp_path):
    path = write(tmp_path, "Rechnungsnummer;Datum;Menge;Einzelpreis brutto\n1;01.02.2024;1;11,90\n")

    found = recognise(path, today=TODAY)
    answered = recognise(path, today=TODAY, options={"tax_rate": "19"})

    assert (found.options["price_basis"], asked(found), found.usable) == ("gross", ["tax_rate"], False)
    assert answered.usable


def test_what_a_person_chose_is_kept(tmp_path):
    path = write(tmp_path, "Rechnungsnummer;Datum;Betrag;Summe\n1;01/02/2024;5,00;9,00\n2;25/02/2024;5,00;9,00\n")
    columns = {"order_number": "Rechnungsnummer", "ordered_at": "Datum", "line_total": "Summe"}

    found = recognise(path, today=TODAY, layout="flat", columns=columns, options={"date_order": "mdy", "origin": "erp"})

    assert found.columns == columns
    assert found.unused == ("Betrag",)
    assert (found.options["date_order"], found.options["origin"]) == ("mdy", "erp")


def test_a_layout_with_missing_columns_names_them(tmp_path):
    path = write(tmp_path, "KdNr;Ort\n1;Berlin\n")

    found = recognise(path, today=TODAY, layout="flat")

    assert found.missing == ("order_number", "ordered_at", "unit_price")
    assert not found.usable


def test_a_file_about_something_else_is_not_guessed(tmp_path):
    path = write(tmp_path, "Temperatur;Luftdruck;Regen\n1;2;3\n")

    found = recognise(path, today=TODAY)

    assert (found.layout, asked(found), found.usable) == ("", ["layout"], False)
    assert found.sample == (("1", "2", "3"),)


def test_real_invoice_lines_are_recognised_from_csv_and_parquet(shared_data):
    folder = shared_data / "online_retail"

    found = [recognise(folder / name, today=TODAY) for name in ("2011-11-01.csv", "online_retail.parquet")]

    assert [one.layout for one in found] == ["flat", "flat"]
    assert found[0].columns == found[1].columns
    assert found[0].columns == {
        "order_number": "InvoiceNo", "ordered_at": "InvoiceDate", "customer_number": "CustomerID", "country": "Country",
        "product_name": "Description", "product_number": "StockCode", "quantity": "Quantity", "unit_price": "UnitPrice",
    }  # fmt: skip
    assert all(one.usable for one in found)


def test_templates_are_csv_with_one_example(tmp_path):
    german = list(csv.reader(io.StringIO(layouts.template_csv("lines", language="de")), delimiter=";"))

    assert german[0][:4] == ["Bestellnummer", "Position", "Artikelnummer", "Menge"]
    assert "12,90" in german[1]
    assert len(german) == 2


def test_every_layout_can_be_named_in_both_languages():
    for kind in layouts.known():
        assert kind.label("de")
        assert kind.label("en")
        names = [one.name for one in kind.fields]
        assert len(names) == len(set(names)), kind.name
        for table in kind.tables:
            assert {need for column in table.columns for need in column.needs} & set(names)


def test_the_guide_lists_every_column_of_our_own_tables():
    """Asked as whoever adds a column does: nothing has set up Django before."""
    root = Path(__file__).parents[2]
    asked = "from tools import import_tables as t; guide = t.GUIDE.read_text('utf-8'); assert t.whole(guide) == guide"
    bare = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}

    done = subprocess.run([sys.executable, "-c", asked], check=False, cwd=root, env=bare, capture_output=True)

    assert done.returncode == 0, done.stderr.decode()
