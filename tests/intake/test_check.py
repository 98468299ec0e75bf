from datetime import date

import duckdb
import pytest

from stammkunde.intake import check, layouts
from stammkunde.intake.check import FileNotUsable
from tests.intake.reading import FILES, checked, out, remarks, rows, write

FLAT = "Rechnungsnummer;Datum;KdNr;Artikel-Nr.;Menge;Einzelpreis\n"
CUSTOMERS = "Kundennummer;Name;Kunde seit\n"


def flat(tmp_path, *lines, **options):
    path = write(tmp_path, FLAT + "".join(f"{line}\n" for line in lines))
    return path, checked(path, layout="flat", **options)


# --- the whole way


def test_lines_become_orders_products_and_customers(tmp_path):
    path, found = flat(tmp_path, "R1;01.03.2024;7;A1;2;1.234,56", "R1;01.03.2024;7;A2;1;0,50", "R2;02.03.2024;;A1;1;5")

    assert (found.rows, found.accepted, found.refused, found.flagged, found.problem_count) == (3, 3, 0, 0, 0)
    assert found.tables == {"customers": 1, "products": 2, "orders": 2, "lines": 3}
    assert (found.revenue_cents, found.guest_orders) == (247462, 1)
    assert (found.first_on, found.last_on) == (date(2024, 3, 1), date(2024, 3, 2))
    assert rows(path, "customers", "source", "number") == [("files:7", "7")]
    assert rows(path, "orders", "source", "customer_source", "ordered_on") == [
        ("files:R1", "files:7", date(2024, 3, 1)),
        ("files:R2", None, date(2024, 3, 2)),
    ]
    assert rows(path, "lines", "order_source", "key", "product_source", "kind", "quantity", "revenue_cents") == [
        ("files:R1", "A1#1", "files:A1", "sale", 2.0, 246912),
        ("files:R1", "A2#1", "files:A2", "sale", 1.0, 50),
        ("files:R2", "A1#1", "files:A1", "sale", 1.0, 500),
    ]


def test_columns_that_the_file_does_not_have_are_not_written(tmp_path):
    path, _ = flat(tmp_path, "R1;01.03.2024;7;A1;2;5")

    assert set(columns_of(path, "orders")) == {"row", "source", "number", "customer_source", "ordered_at", "ordered_on"}
    assert set(columns_of(path, "customers")) == {"row", "source", "number"}


def columns_of(path, table):
    return duckdb.sql(f"FROM read_parquet('{out(path) / table}.parquet')").columns


def test_checking_again_gives_the_same(tmp_path):
    path, first = flat(tmp_path, "R1;01.03.2024;7;A1;2;5", "R2;31.02.2024;7;A1;2;5")
    before = rows(path, "lines")

    assert checked(path, layout="flat") == first
    assert rows(path, "lines") == before


# --- kinds of lines


@pytest.mark.parametrize(
    ("number", "quantity", "price", "kind", "cents"),
    [
        ("R1", "2", "5,00", "sale", 1000),
        ("R1", "-2", "5,00", "cancellation", -1000),
        ("C536379", "-1", "27,50", "cancellation", -2750),
        ("R1", "1", "0", "adjustment", 0),
        ("R1", "1", "-11062,06", "adjustment", -1106206),
        ("R1", "-3", "0", "adjustment", 0),
        ("R1", "0", "5,00", "adjustment", 0),
        ("R1", "1", "0,001", "adjustment", 0),
    ],
)
def test_signs_and_prices_tell_the_kind(tmp_path, number, quantity, price, kind, cents):
    path, _ = flat(tmp_path, f"{number};01.03.2024;7;A1;{quantity};{price}")

    assert rows(path, "lines", "kind", "revenue_cents") == [(kind, cents)]


def test_zero_and_negative_prices_are_flagged(tmp_path):
    _, found = flat(tmp_path, "R1;01.03.2024;7;A1;1;0", "R2;01.03.2024;7;A1;1;-5", "R3;01.03.2024;7;A1;1;5")

    assert remarks(found) == [(2, "Einzelpreis", "price_not_positive"), (3, "Einzelpreis", "price_not_positive")]
    assert (found.accepted, found.flagged) == (3, 2)


def test_a_document_type_says_return_and_turns_a_positive_amount(tmp_path):
    path = write(tmp_path, "Belegnummer;Datum;Belegart;Artikel;Menge;Netto\nG1;01.03.2024;Gutschrift;Tasse;1;10,00\n")

    found = checked(path)

    assert rows(path, "lines", "kind", "quantity", "revenue_cents") == [("return", -1.0, -1000)]
    assert remarks(found) == [(2, "", "sign_turned")]


def test_postage_and_fees_are_no_products_and_flagged_once_per_code(tmp_path):
    codes = ["A1", "A2", "B1", "B2", "C1", "C9", "POST", "POST", "BANK CHARGES", "DOT"]
    path, found = flat(tmp_path, *(f"R{n};01.03.2024;7;{code};1;5" for n, code in enumerate(codes)))

    assert dict(rows(path, "products", "number", "kind")) == dict.fromkeys(codes) | {
        "POST": "other", "BANK CHARGES": "other", "DOT": "other",
    }  # fmt: skip
    assert sorted(remarks(found)) == [
        (8, "Artikel-Nr.", "not_a_product"), (10, "Artikel-Nr.", "not_a_product"), (11, "Artikel-Nr.", "not_a_product"),
    ]  # fmt: skip


def test_a_shop_whose_codes_are_words_keeps_its_products(tmp_path):
    path, found = flat(tmp_path, "R1;01.03.2024;7;TASSE;1;5", "R1;01.03.2024;7;KANNE;1;5")

    assert {kind for (kind,) in rows(path, "products", "kind")} == {None}
    assert found.problem_count == 0


def test_equal_lines_of_an_order_are_kept_by_occurrence(tmp_path):
    path, found = flat(tmp_path, "R1;01.03.2024;7;A1;1;5", "R1;01.03.2024;7;A1;1;5")

    assert rows(path, "lines", "key", "row") == [("A1#1", 2), ("A1#2", 3)]
    assert (found.merged, found.revenue_cents) == (0, 1000)


def test_the_latest_in_time_wins_whatever_the_order_of_rows(tmp_path):
    path = write(
        tmp_path,
        "Rechnungsnummer;Datum;KdNr;Kunde;Artikel-Nr.;Bezeichnung;Menge;Einzelpreis\n"
        "R2;05.03.2024;7;Neu GmbH;A1;Tasse neu;1;5\n"
        "R1;01.03.2024;7;Alt GmbH;A1;Tasse alt;1;5\n"
        "R3;06.03.2024;7;;A1;beschädigt;1;0\n",
    )

    checked(path)

    assert rows(path, "customers", "name", "kind", "row") == [("Neu GmbH", "company", 4)]
    assert rows(path, "products", "name") == [("Tasse neu",)]


def test_an_order_of_several_customers_takes_the_last_and_is_flagged(tmp_path):
    path, found = flat(tmp_path, "R1;01.03.2024;7;A1;1;5", "R1;01.03.2024;8;A1;1;5")

    assert rows(path, "orders", "customer_source") == [("files:8",)]
    assert remarks(found) == [(3, "KdNr", "order_of_several")]


def test_customer_numbers_of_spreadsheets_lose_their_decimals(tmp_path):
    path, _ = flat(tmp_path, "R1;01.03.2024;17850.0;A1;1;5", "R2;01.03.2024;17850;A1;1;5")

    assert rows(path, "customers", "number") == [("17850",)]


# --- money


@pytest.mark.parametrize(
    ("quantity", "price", "cents"),
    [("1", "0,005", 1), ("-1", "0,005", -1), ("3", "0,335", 101), ("0,5", "0,01", 1), ("7", "1,4142", 990)],
)
def test_revenue_is_rounded_once_per_line_half_away_from_zero(tmp_path, quantity, price, cents):
    path, _ = flat(tmp_path, f"R1;01.03.2024;7;A1;{quantity};{price}")

    assert rows(path, "lines", "revenue_cents") == [(cents,)]


@pytest.mark.parametrize(
    ("heading", "cells", "cents"),
    [
        ("Menge;Einzelpreis;Rabatt", "2;10,00;1,50", 1850),
        ("Menge;Einzelpreis;Rabatt %", "2;10,00;12,5", 1750),
        ("Menge;Netto;Brutto", "2;10,00;11,90", 1000),
        ("Menge;Brutto;MwSt", "2;11,90;19", 1000),
        ("Menge;Brutto;MwSt-Betrag", "2;11,90;1,90", 1000),
        ("Menge;Brutto;MwSt", "1;10,70;7 %", 1000),
    ],
)
def test_revenue_is_net_of_vat_and_discounts(tmp_path, heading, cells, cents):
    path = write(tmp_path, f"Rechnungsnummer;Datum;{heading}\nR1;01.03.2024;{cells}\n")

    found = checked(path, layout="flat")

    assert found.revenue_cents == cents


def test_gross_prices_are_converted_by_a_rate(tmp_path):
    _, found = flat(tmp_path, "R1;01.03.2024;7;A1;2;11,90", price_basis="gross", tax_rate="19")

    assert found.revenue_cents == 2000


def test_gross_prices_without_a_rate_are_refused(tmp_path):
    with pytest.raises(FileNotUsable) as refused:
        flat(tmp_path, "R1;01.03.2024;7;A1;2;11,90", price_basis="gross")

    assert refused.value.code == "tax_unknown"


@pytest.mark.parametrize(
    ("heading", "cell", "cents"), [("EK", "3,00", 600), ("Wareneinsatz", "6,50", 650), ("Deckungsbeitrag", "4,00", 600)]
)
def test_cost_comes_from_unit_cost_line_cost_or_margin(tmp_path, heading, cell, cents):
    path = write(
        tmp_path,
        f"Rechnungsnummer;Datum;Menge;Einzelpreis;{heading}\nR1;01.03.2024;2;5,00;{cell}\nR2;01.03.2024;2;5,00;\n",
    )

    checked(path, layout="flat")

    assert rows(path, "lines", "cost_cents") == [(cents,), (None,)]


@pytest.mark.parametrize("cell", ["$5.00", "5,00 USD", "£5", "CHF 5.00"])
def test_another_currency_in_an_amount_is_refused_by_row(tmp_path, cell):
    path, found = flat(
        tmp_path, f"R1;01.03.2024;7;A1;1;{cell}", "R2;01.03.2024;7;A1;1;5,00 €", "R3;01.03.2024;7;A1;1;EUR 5,00"
    )

    assert remarks(found) == [(2, "Einzelpreis", "other_currency")]
    assert rows(path, "lines", "order_source") == [("files:R2",), ("files:R3",)]


def test_another_currency_in_its_column_is_refused_by_row(tmp_path):
    path = write(
        tmp_path, "Rechnungsnummer;Datum;Betrag;Währung\nR1;01.03.2024;5;USD\nR2;01.03.2024;5;EUR\nR3;01.03.2024;5;\n"
    )

    found = checked(path)

    assert remarks(found) == [(2, "Währung", "other_currency")]
    assert found.problems[0].detail == {"found": "USD", "expected": "EUR"}
    assert found.revenue_cents == 1000


def test_the_currency_of_the_installation_counts(tmp_path):
    _, found = flat(tmp_path, "R1;01.03.2024;7;A1;1;$5.00", currency="USD")

    assert (found.refused, found.revenue_cents) == (0, 500)


# --- dates


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2024-03-01", date(2024, 3, 1)),
        ("01.03.2024", date(2024, 3, 1)),
        ("1.3.24", date(2024, 3, 1)),
        ("01.03.2024 23:30", date(2024, 3, 1)),
        ("2024-03-01T23:30:00Z", date(2024, 3, 2)),
        ("2024-07-01 22:30:00+00:00", date(2024, 7, 2)),
        ("45352", date(2024, 3, 1)),
        ("45352,99", date(2024, 3, 1)),
        ("20240301", date(2024, 3, 1)),
        ("1. März 2024", date(2024, 3, 1)),
        ("Fr, 01.03.2024", date(2024, 3, 1)),
        ("25/03/2024", date(2024, 3, 25)),
    ],
)
def test_days_are_understood(tmp_path, cell, day):
    path, found = flat(tmp_path, f"R1;{cell};7;A1;1;5")

    assert remarks(found) == []
    assert rows(path, "orders", "ordered_on") == [(day,)]


@pytest.mark.parametrize(
    ("cell", "code", "meant"),
    [
        ("31.02.2024", "not_a_date", "2024-02-29"),
        ("31.02.2023", "not_a_date", "2023-02-28"),
        ("31.04.2024", "not_a_date", "2024-04-30"),
        ("12.25.2023", "not_a_date", "2023-12-25"),
        ("2024-13-05", "not_a_date", "2024-05-13"),
        ("gestern", "not_a_date", None),
        ("01.03.2024 25:10", "not_a_date", None),
        ("22.11.2026", "date_in_future", None),
        ("01.03.1924", "date_too_early", None),
    ],
)
def test_days_that_are_none_are_refused_with_what_was_meant(tmp_path, cell, code, meant):
    path, found = flat(tmp_path, f"R1;{cell};7;A1;1;5", "R2;01.03.2024;7;A1;1;5")

    assert remarks(found) == [(2, "Datum", code)]
    assert found.problems[0].value == cell
    assert found.problems[0].detail["did_you_mean"] == meant
    assert (found.accepted, found.refused) == (1, 1)
    assert rows(path, "orders", "source") == [("files:R2",)]


def test_today_is_not_the_future(tmp_path):
    _, found = flat(tmp_path, "R1;21.11.2026 23:59;7;A1;1;5")

    assert found.refused == 0


def test_the_whole_file_decides_which_comes_first_day_or_month(tmp_path):
    path, found = flat(tmp_path, "R1;01/02/2024;7;A1;1;5", "R2;12/31/2023;7;A1;1;5")

    assert found.problem_count == 0
    assert rows(path, "orders", "ordered_on") == [(date(2024, 1, 2),), (date(2023, 12, 31),)]


def test_an_order_of_day_and_month_that_nothing_decides_is_flagged_once(tmp_path):
    path, found = flat(tmp_path, "R1;01/02/2024;7;A1;1;5", "R2;03/04/2024;7;A1;1;5")

    assert remarks(found) == [(2, "Datum", "date_order_assumed")]
    assert found.problems[0].detail == {"cells": 2}
    assert rows(path, "orders", "ordered_on") == [(date(2024, 2, 1),), (date(2024, 4, 3),)]


@pytest.mark.parametrize(
    ("cell", "moment", "day"),
    [
        ("30.03.2024 23:30", "2024-03-30 22:30:00+00", date(2024, 3, 30)),
        ("31.03.2024 23:30", "2024-03-31 21:30:00+00", date(2024, 3, 31)),  # summer time since that morning
        ("26.10.2024 23:30", "2024-10-26 21:30:00+00", date(2024, 10, 26)),
        ("27.10.2024 23:30", "2024-10-27 22:30:00+00", date(2024, 10, 27)),  # winter time since that morning
        ("01.03.2024", "2024-02-29 23:00:00+00", date(2024, 3, 1)),
    ],
)
def test_times_are_the_companys_and_the_day_is_the_local_one(tmp_path, cell, moment, day):
    path, _ = flat(tmp_path, f"R1;{cell};7;A1;1;5")

    assert rows(path, "orders", "ordered_at", "ordered_on") == [(moment, day)]


def test_the_time_zone_is_an_option(tmp_path):
    path, _ = flat(tmp_path, "R1;01.07.2024 23:30;7;A1;1;5", time_zone="America/New_York")

    assert rows(path, "orders", "ordered_at", "ordered_on") == [("2024-07-02 03:30:00+00", date(2024, 7, 1))]


# --- rows at fault


def test_missing_values_are_refused_by_row(tmp_path):
    _, found = flat(
        tmp_path,
        ";01.03.2024;7;A1;1;5",
        "R2;;7;A1;1;5",
        "R3;01.03.2024;7;A1;;5",
        "R4;01.03.2024;7;A1;1;",
        "R5;01.03.2024;;;1;5",
    )

    assert remarks(found) == [
        (2, "Rechnungsnummer", "missing_value"), (3, "Datum", "missing_value"), (4, "Menge", "missing_value"),
        (5, "Einzelpreis", "missing_value"),
    ]  # fmt: skip
    assert (found.rows, found.accepted, found.guest_orders) == (5, 1, 1)


def test_rows_of_another_width_are_refused_with_their_line(tmp_path):
    _, found = flat(
        tmp_path,
        "R1;01.03.2024;7;A1;1;5",
        "R2;01.03.2024;7;A1;1",
        "R3;01.03.2024;7;A1;1;5;6",
        "R4;01.03.2024;7;A1;1;5;;",
    )

    assert [(one.row, one.code, one.detail) for one in found.problems] == [
        (3, "row_width", {"found": 5, "expected": 6}),
        (4, "row_width", {"found": 7, "expected": 6}),
    ]
    assert found.accepted == 2


def test_a_quotation_mark_left_open_is_named(tmp_path):
    _, found = flat(tmp_path, "R1;01.03.2024;7;A1;1;5", 'R2;01.03.2024;7;"A1;1;5', "R3;01.03.2024;7;A1;1;5")

    assert [(one.row, one.code, one.detail) for one in found.problems] == [
        (3, "quote_not_closed", {"first": 3, "last": 4})
    ]


def test_a_cell_of_2_mb_is_refused_and_the_rest_imported(tmp_path):
    path, found = flat(tmp_path, f"R1;01.03.2024;7;{'x' * 2_000_000};1;5", "R2;01.03.2024;7;A1;1;5")

    assert remarks(found) == [(2, "", "cell_too_long")]
    assert rows(path, "lines", "order_source") == [("files:R2",)]


def test_a_cell_of_2_mb_in_parquet_is_refused(tmp_path):
    path = tmp_path / "file.parquet"
    duckdb.sql(
        "SELECT 'R1' AS Rechnungsnummer, '2024-03-01' AS Datum, repeat('x', 2000000) AS Artikelnummer, 5 AS Betrag"
    ).write_parquet(str(path))

    assert remarks(checked(path)) == [(2, "Artikelnummer", "cell_too_long")]


def test_texts_longer_than_their_field_are_cut_and_flagged(tmp_path):
    path = write(tmp_path, f"Kundennummer;Name\n1;{'ä' * 300}\n{'2' * 101};B\n")

    found = checked(path)

    assert [(one.row, one.code, one.severity) for one in found.problems] == [
        (3, "key_too_long", "refused"),
        (2, "text_cut", "flagged"),
    ]
    assert rows(path, "customers", "name") == [("ä" * 250,)]
    assert len(found.problems[0].value) <= 200


def test_nul_bytes_refuse_their_row(tmp_path):
    _, found = flat(tmp_path, "R1;01.03.2024;7;A\x001;1;5", "R2;01.03.2024;7;A1;1;5")

    assert remarks(found) == [(2, "", "nul_bytes")]


def test_broken_characters_are_flagged_in_texts_and_refused_in_keys(tmp_path):
    path = tmp_path / "file.csv"
    good = "Kundennummer;Name\n1;Müller\n2;Jäger\n3;Möller\n".encode()
    path.write_bytes(good + b"4;M\xfcller\nK\xf65;Meier\n")

    found = checked(path)

    assert [(one.row, one.code, one.severity) for one in found.problems] == [
        (6, "broken_characters", "refused"), (5, "broken_characters", "flagged"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("abc", "not_a_number"),
        ("1.2.3", "not_a_number"),
        ("99999999999", "number_too_large"),
        ("1e400", "not_a_number"),
        ("inf", "not_a_number"),
    ],
)
def test_numbers_that_are_none_are_refused(tmp_path, cell, code):
    _, found = flat(tmp_path, f"R1;01.03.2024;7;A1;1;{cell}", "R2;01.03.2024;7;A1;1;5,00")

    assert remarks(found) == [(2, "Einzelpreis", code)]


def test_a_product_of_large_numbers_is_refused_not_overflown(tmp_path):
    _, found = flat(tmp_path, "R1;01.03.2024;7;A1;999999999;999999999")

    assert remarks(found) == [(2, "Einzelpreis", "number_too_large")]


def test_rows_that_say_the_same_are_merged_silently_and_counted(tmp_path):
    path = write(tmp_path, CUSTOMERS + "1;A;\n2;B;\n1;A;\n")

    found = checked(path)

    assert (found.rows, found.merged, found.problem_count, found.tables) == (3, 1, 0, {"customers": 2})


def test_rows_that_say_different_things_about_a_key_are_flagged_and_the_latest_wins(tmp_path):
    path = write(tmp_path, CUSTOMERS + "1;Alt;01.05.2019\n2;B;\n1;Neu;\n")

    found = checked(path)

    assert [(one.row, one.code, one.detail) for one in found.problems] == [(2, "duplicate_key", {"kept": 4})]
    assert rows(path, "customers", "number", "name", "since_on", "row") == [
        ("1", "Neu", date(2019, 5, 1), 4), ("2", "B", None, 3),
    ]  # fmt: skip


# --- files at fault


def test_a_column_that_the_layout_requires_is_named(tmp_path):
    path = write(tmp_path, "KdNr;Ort\n1;Berlin\n")

    with pytest.raises(FileNotUsable) as refused:
        check.check(
            path,
            layout="customers",
            columns={"customer_number": "KdNr"},
            options={},
            out_dir=out(path),
            today=date(2024, 1, 1),
        )

    assert (refused.value.code, refused.value.detail) == (
        "field_missing",
        {"fields": ["customer_name"], "layout": "customers"},
    )


def test_a_column_of_a_mapping_that_the_file_lacks_is_named(tmp_path):
    path = write(tmp_path, "KdNr;Name\n1;A\n")

    with pytest.raises(FileNotUsable) as refused:
        check.check(
            path,
            layout="customers",
            columns={"customer_number": "KdNr", "customer_name": "Firma"},
            options={},
            out_dir=out(path),
            today=date(2024, 1, 1),
        )

    assert (refused.value.code, refused.value.detail["column"]) == ("column_missing", "Firma")


def test_the_wrong_delimiter_is_a_missing_column(tmp_path):
    path = write(tmp_path, "KdNr;Name\n1;A\n")

    with pytest.raises(FileNotUsable) as refused:
        check.check(
            path,
            layout="customers",
            columns={"customer_number": "KdNr", "customer_name": "Name"},
            options={"delimiter": ","},
            out_dir=out(path),
            today=date(2024, 1, 1),
        )

    assert refused.value.code == "column_missing"


# --- our own tables


def test_templates_are_checked_without_a_remark(tmp_path):
    for kind in layouts.OWN:
        for language in ("de", "en"):
            folder = tmp_path / kind.name / language
            folder.mkdir(parents=True)
            path = write(folder, layouts.template_csv(kind.name, language=language))

            found = checked(path)

            assert (found.layout, found.accepted, found.problems) == (kind.name, 1, [])
            assert sum(found.tables.values()) == 1


def test_customers_are_companies_or_persons(tmp_path):
    names = ["Muster GmbH", "Müller & Söhne OHG", "Eva Muster", "Agnes Kg", "Smith Ltd.", "Gustav Gag"]
    path = write(tmp_path, "KdNr;Name\n" + "".join(f"{n};{name}\n" for n, name in enumerate(names)))

    checked(path)

    assert [kind for (kind,) in rows(path, "customers", "kind")] == [
        "company",
        "company",
        None,
        "company",
        "company",
        None,
    ]


def test_attributes_of_a_company_are_read_from_marked_or_chosen_columns(tmp_path):
    path = write(tmp_path, "KdNr;Name;Merkmal: Preis'liste;Messe\n1;A;B2;Köln\n2;B;;\n")

    found = checked(path, layout="customers", attributes={"Messe": "Messe"})

    assert found.problem_count == 0
    assert rows(path, "customers", "number", "attributes") == [
        ("1", '{"Messe":"Köln","Preis\'liste":"B2"}'), ("2", "{}"),
    ]  # fmt: skip


def test_contact_persons_belong_to_customers(tmp_path):
    path = write(
        tmp_path,
        "Kundennummer;Vorname;Nachname;Rolle;Geburtstag;E-Mail\n7;Eva;Muster;Einkauf;17.05.1980;EVA@muster.example\n7;Jo;Muster;Papst;;nix\n",
    )

    found = checked(path)

    assert rows(path, "contact_persons", "source", "customer_source", "role", "birthday_on", "email") == [
        ("files:7/eva@muster.example", "files:7", "purchasing", date(1980, 5, 17), "eva@muster.example"),
        ("files:7/jo muster", "files:7", "other", None, ""),
    ]
    assert remarks(found) == [(3, "E-Mail", "not_an_email"), (3, "Rolle", "unknown_choice")]


def test_products_have_prices_of_four_decimals(tmp_path):
    path = write(tmp_path, "Artikelnummer;Bezeichnung;Preis;EK\nA1;Tasse;12,34565;\n")

    checked(path)

    assert rows(path, "products", "number", "price_e4", "cost_e4") == [("A1", 123457, None)]


def test_orders_have_status_and_delivery(tmp_path):
    path = write(
        tmp_path,
        "Bestellnummer;Kundennummer;Bestelldatum;Status;Liefertermin;Geliefert am;Versandkosten\nB1;7;01.03.2024;storniert;08.03.2024;;4,90\nB2;;02.03.2024;komisch;;05.03.2024;\n",  # noqa: E501
    )

    found = checked(path)

    assert rows(
        path, "orders", "number", "customer_source", "status", "promised_on", "delivered_on", "shipping_cents"
    ) == [
        ("B1", "files:7", "cancelled", date(2024, 3, 8), None, 490),
        ("B2", None, "completed", None, date(2024, 3, 5), None),
    ]
    assert remarks(found) == [(3, "Status", "unknown_choice")]
    assert found.guest_orders == 1


def test_lines_are_keyed_by_position_where_there_is_one(tmp_path):
    path = write(
        tmp_path, "Bestellnummer;Position;Artikelnummer;Menge;Einzelpreis\nB1;1;A1;1;5\nB1;2;A1;1;5\nB1;2;A1;3;5\n"
    )

    found = checked(path)

    assert rows(path, "lines", "order_source", "key", "quantity") == [("files:B1", "1", 1.0), ("files:B1", "2", 3.0)]
    assert remarks(found) == [(3, "", "duplicate_key")]


def test_the_origin_is_part_of_every_source(tmp_path):
    path, _ = flat(tmp_path, "R1;01.03.2024;7;A1;1;5", origin="erp")

    assert rows(path, "lines", "source", "order_source", "product_source") == [("erp:R1#A1#1", "erp:R1", "erp:A1")]


# --- shops


def test_shopify_orders_are_net_of_vat_and_discounts():
    path = FILES / "shopify.csv"
    found = check_into(path)

    assert found.revenue_cents == 15000
    assert lines_of(found) == [
        ("shopify:#1001", "K-1#1", "sale", 1.0, 4500, 500),
        ("shopify:#1001", "T-1#1", "sale", 5.0, 4500, 500),
        ("shopify:#1002", "T-1#1", "sale", 4.0, 4000, 0),
        ("shopify:#1002", "refund", "return", -1.0, -1000, None),
        ("shopify:#1003", "T-1#1", "sale", 1.0, 1000, 0),
        ("shopify:#1004", "T-1#1", "sale", 2.0, 2000, 0),
    ]


def test_shopify_fields_of_the_first_row_count_for_the_whole_order():
    path = FILES / "shopify.csv"
    found = check_into(path)

    assert found.guest_orders == 1
    assert table(found, "orders", "number", "customer_source", "status", "channel", "ordered_on", "shipping_cents") == [
        ("#1001", "shopify:einkauf@muster.example", "completed", "web", date(2024, 3, 1), 0),
        ("#1002", "shopify:mara@beispiel.example", "completed", "web", date(2024, 3, 2), 412),
        ("#1003", "shopify:mara@beispiel.example", "cancelled", "web", date(2024, 3, 5), 412),
        ("#1004", None, "completed", "pos", date(2024, 3, 31), 0),
    ]
    assert table(found, "customers", "name", "kind", "postcode", "region") == [
        ("Muster GmbH", "company", "10115", "Berlin"), ("Mara Beispiel", None, "01067", "Nordrhein-Westfalen"),
    ]  # fmt: skip


def test_shopify_without_taxes_in_its_prices_is_net_already(tmp_path):
    text = (FILES / "shopify.csv").read_text(encoding="utf-8")
    path = write(tmp_path, text.replace("EUR,23.80,0.00,3.80,23.80", "EUR,23.80,0.00,4.52,28.32"))

    checked(path)

    assert rows(path, "lines", "order_source", "revenue_cents")[-1] == ("shopify:#1004", 2380)


def test_a_shops_order_is_imported_whole_or_not_at_all(tmp_path):
    text = (FILES / "shopify.csv").read_text(encoding="utf-8")
    path = write(tmp_path, text.replace('1,"Kanne', 'viele,"Kanne'))

    found = checked(path)

    assert remarks(found)[:2] == [(5, "", "order_incomplete"), (6, "Lineitem quantity", "not_a_number")]
    assert [number for (number,) in rows(path, "orders", "number")] == ["#1002", "#1003", "#1004"]


def test_woocommerce_orders_with_refunds_and_guests():
    found = check_into(FILES / "woocommerce.csv")

    assert lines_of(found) == [
        ("woocommerce:711", "901", "sale", 4.0, 3600, 400),
        ("woocommerce:711", "902", "sale", 1.0, 4768, 600),
        ("woocommerce:712", "903", "sale", 2.0, 2000, 0),
        ("woocommerce:712", "903:refund", "return", -1.0, -1000, None),
        ("woocommerce:713", "904", "sale", 1.0, 1000, 0),
    ]
    assert remarks(found) == [(6, "order_currency", "other_currency")]
    assert table(found, "orders", "number", "customer_source", "status", "ordered_on") == [
        ("711", "woocommerce:eva@muster.example", "completed", date(2024, 5, 1)),
        ("712", "woocommerce:mara@beispiel.example", "completed", date(2024, 5, 2)),
        ("713", None, "cancelled", date(2024, 5, 3)),
    ]


def test_woocommerce_items_packed_into_one_cell_give_the_same_lines():
    packed = lines_of(check_into(FILES / "woocommerce_packed.csv"))

    assert packed == lines_of(check_into(FILES / "woocommerce.csv"))[:2]


_FOLDERS = {}


@pytest.fixture(autouse=True)
def _folder(tmp_path):
    _FOLDERS["now"] = tmp_path


def check_into(path):
    """Check a file of the repository, writing elsewhere."""
    copy = _FOLDERS["now"] / path.name
    copy.write_bytes(path.read_bytes())
    return checked(copy)


def table(found, name, *columns):
    return rows(_FOLDERS["now"] / "any", name, *columns)


def lines_of(found):
    return table(found, "lines", "order_source", "key", "kind", "quantity", "revenue_cents", "discount_cents")


# --- real data


def test_online_retail_to_the_cent(shared_data, tmp_path):
    path = tmp_path / "online_retail.parquet"
    path.symlink_to(shared_data / "online_retail" / "online_retail.parquet")

    found = checked(path)

    assert (found.rows, found.refused, found.merged) == (541_909, 0, 0)
    assert found.tables == {"customers": 4372, "products": 4070, "orders": 25_900, "lines": 541_909}
    assert found.revenue_cents == 974_774_793
    assert found.guest_orders == 3710
    kinds = {}
    for kind, cents in rows(path, "lines", "kind", "revenue_cents"):
        count, total = kinds.get(kind, (0, 0))
        kinds[kind] = (count + 1, total + cents)
    assert kinds["cancellation"][0] == 9288
    assert sum(total for _, total in kinds.values()) == 974_774_793


def test_a_raw_day_of_online_retail(shared_data, tmp_path):
    path = tmp_path / "day.csv"
    path.write_bytes((shared_data / "online_retail" / "2011-11-01.csv").read_bytes())

    found = checked(path)

    assert found.refused == 0
    assert (found.first_on, found.last_on) == (date(2011, 11, 1), date(2011, 11, 1))
    assert all("." not in number for (number,) in rows(path, "customers", "number"))


def test_numbers_of_parquet_are_taken_as_they_are_and_mean_what_their_text_means(tmp_path):
    prices = [0.1 + 0.2, 1234.565, 0.005, 1.0000005, 999999999.99, -0.015, 12.345675, 33.333333333333336, 0.07, 1e-7]
    path = tmp_path / "file.parquet"
    with duckdb.connect() as db:
        db.execute("CREATE TABLE t (order_number VARCHAR, position INTEGER, quantity INTEGER, line_net DOUBLE)")
        db.executemany("INSERT INTO t VALUES ('R1', ?, 1, ?)", [[at, price] for at, price in enumerate(prices)])
        db.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    checked(path, layout="lines", price_basis="net", decimal=".")
    typed = rows(path, "lines", "key", "revenue_cents")

    text = "order_number,position,quantity,line_net\n" + "".join(
        f"R1,{at},1,{one!r}\n" for at, one in enumerate(prices)
    )
    written = write(tmp_path, text)
    checked(written, layout="lines", price_basis="net", decimal=".")

    assert typed == rows(written, "lines", "key", "revenue_cents")


def test_numbers_of_parquet_that_are_none_are_refused_with_their_rows(tmp_path):
    path = tmp_path / "file.parquet"
    duckdb.sql("""
        SELECT * FROM (VALUES ('R1', 2, 5.5::DOUBLE), ('R2', -2147483648, 1.0), ('R3', 1, 'inf'::DOUBLE),
            ('R4', 1, 'nan'::DOUBLE), ('R5', 1, 1e12), ('R6', NULL, 1.0), ('R7', 3, NULL)
        ) t(order_number, quantity, line_net)""").write_parquet(str(path))

    found = checked(path, layout="lines", price_basis="net")

    assert sorted((one.row, one.column, one.value, one.code) for one in found.problems) == [
        (3, "quantity", "-2147483648", "number_too_large"),
        (4, "line_net", "inf", "not_a_number"),
        (5, "line_net", "", "missing_value"),
        (6, "line_net", "1000000000000.0", "number_too_large"),
        (7, "quantity", "", "missing_value"),
        (8, "line_net", "", "missing_value"),
    ]
    with duckdb.connect() as db:
        kept = db.execute(
            "SELECT row, c0 FROM read_parquet(?) ORDER BY row", [str(out(path) / "raw.parquet")]
        ).fetchall()
    assert kept == [(3, "R2"), (4, "R3"), (5, "R4"), (6, "R5"), (7, "R6"), (8, "R7")]
