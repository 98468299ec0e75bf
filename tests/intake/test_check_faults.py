from datetime import date

import duckdb
import pytest

from stammkunde.intake import check
from stammkunde.intake.check import FileNotUsable
from tests.intake.reading import CUSTOMERS, checked, flat, out, remarks, rows, write

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
    _, found = flat(tmp_path, "R1;01.03.2024;7;A1;1;5", 'R2;01.03.2024;7;"A1;1', "R3;01.03.2024;7;A1;1;5")

    assert [(one.row, one.code, one.detail) for one in found.problems] == [
        (3, "quote_not_closed", {"first": 3, "last": 4})
    ]


def test_a_quotation_mark_that_stands_alone_is_text_where_the_line_then_fits(tmp_path):
    many = [f"R{number};01.03.2024;7;A1;1;5" for number in range(3, 60)]
    path, found = flat(tmp_path, "R1;01.03.2024;7;A1;1;5", 'R2;01.03.2024;7;"1/2;1;5', *many)

    assert remarks(found) == [(3, "", "quote_alone")]
    assert (found.rows, found.refused, found.revenue_cents) == (59, 0, 29_500)
    assert ('files:"1/2',) in rows(path, "lines", "product_source")


def test_a_cell_of_2_mb_is_refused_and_the_rest_imported(tmp_path):
    path, found = flat(tmp_path, f"R1;01.03.2024;7;{'x' * 2_000_000};1;5", "R2;01.03.2024;7;A1;1;5")

    assert remarks(found) == [(2, "", "cell_too_long")]
    assert rows(path, "lines", "order_source") == [("files:R2",)]


@pytest.mark.slow
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
    path.write_bytes(good + b"4;M\xc3ller\nK\xc35;Meier\n")

    found = checked(path)

    assert [(one.row, one.code, one.severity) for one in found.problems] == [
        (6, "broken_characters", "refused"), (0, "encoding_mixed", "flagged"), (5, "broken_characters", "flagged"),
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
