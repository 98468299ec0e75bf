import codecs
import hashlib
from datetime import date, datetime

import duckdb
import pytest
import xlsxwriter

from stammkunde.intake import formats
from tests.intake.reading import write

TABLE = "Kundennummer;Name\r\n1;Müller\r\n2;Ärmel GmbH\r\n"


def cells(path, **options):
    source = formats.open_source(path, work_dir=path.parent / "work", options=options)
    with duckdb.connect() as db:
        return db.execute(f"SELECT row, COLUMNS('c[0-9]+') FROM {source.table}").fetchall()


def told(path):
    return [one.code for one in formats.open_source(path, work_dir=path.parent / "work").remarks]


def refusal(path, **options):
    with pytest.raises(formats.FileNotUsable) as refused:
        formats.open_source(path, work_dir=path.parent / "work", options=options)
    return refused.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_is_read_in_its_encoding(tmp_path, encoding):
    path = write(tmp_path, TABLE * 1, encoding=encoding)

    assert cells(path) == [(2, "1", "Müller"), (3, "2", "Ärmel GmbH")]


def test_umlauts_far_below_the_first_rows_still_decide_the_encoding(tmp_path):
    path = write(tmp_path, "Nr;Name\n" + "1;Meier\n" * 200_000 + "2;Müller\n", encoding="cp1252")

    assert cells(path)[-1] == (200_002, "2", "Müller")


def test_rows_of_windows_1252_among_utf8_are_read_as_such_and_told(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes("Nr;Name\n1;Müller\n2;Jäger\n".encode() + b"3;M\xfcller\n4;cut \xc3\n")

    assert cells(path) == [(2, "1", "Müller"), (3, "2", "Jäger"), (4, "3", "Müller"), (5, "4", "cut \ufffd")]
    assert told(path) == ["encoding_mixed"]


GERMAN = "Nr;Name;Straße;Ort\n1;Köhler & Söhne;Höhe 3;Würzburg\n2;Café Groß;Äußerer Ring 5;Überlingen\n"
FOREIGN = "Nr;Jméno;Město\n1;Dvořák;Plzeň\n2;Novák;Žilina\n"


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "mac_roman", "iso8859_15"])
def test_umlauts_in_words_tell_the_encoding(tmp_path, encoding):
    assert cells(write(tmp_path, GERMAN, encoding=encoding))[1] == (3, "2", "Café Groß", "Äußerer Ring 5", "Überlingen")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (FOREIGN, "cp1250"),
        (FOREIGN, "iso8859_2"),
        ("Nr;Preis\n1;5 €\n2;6 €\n", "iso8859_15"),
        ("Nr;Name\n1;Иванов\n2;Петров\n3;Сидоров\n", "cp1251"),
        ("Nr;Ware\n1;Bohrer 5°\n2;Rohr ½ Zoll – „lang“\n", "cp1252"),
        ("NR;NAME\n1;MÜLLER\n2;GROßE STRAßE\n", "cp850"),
    ],
)
def test_what_the_text_says_tells_the_encoding(tmp_path, text, encoding):
    row = text.splitlines()[-1].split(";")

    assert cells(write(tmp_path, text, encoding=encoding))[-1][1:] == tuple(row)


def test_text_that_was_encoded_twice_is_mended_and_told(tmp_path):
    twice = "1;Müller – „Söhne“\n2;Größe\n".encode().decode("cp1252").encode()
    path = tmp_path / "file.csv"
    path.write_bytes(b"Nr;Name\n" + twice + "3;Jäger\n4;SÃO\n".encode())

    assert cells(path) == [(2, "1", "Müller – „Söhne“"), (3, "2", "Größe"), (4, "3", "Jäger"), (5, "4", "SÃO")]
    assert told(path) == ["encoding_doubled"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path, delimiter):
    text = f"Nr{delimiter}Name{delimiter}Betrag\n1{delimiter}A{delimiter}5\n2{delimiter}B{delimiter}6\n"

    assert formats.sniff(write(tmp_path, text)).delimiter == delimiter


def test_decimal_commas_do_not_make_the_comma_the_delimiter(tmp_path):
    path = write(tmp_path, "Nr;Betrag;Rabatt\n1;5,00;1,00\n2;6,50;0,50\n")

    assert formats.sniff(path).delimiter == ";"


def test_separators_that_tie_are_told_apart_by_the_heading(tmp_path):
    path = write(tmp_path, "Beleg;Kunde;Betrag\n" + "".join(f"R{one};Groß, Eva;{one},50\n" for one in range(10, 20)))

    assert cells(path)[0] == (2, "R10", "Groß, Eva", "10,50")


def test_commas_in_an_english_file_part_cells(tmp_path):
    path = write(tmp_path, 'Number,Name,Note\n1,"Smith; Anna",a;b\n2,Brown,c;d\n')

    assert cells(path)[0] == (2, "1", "Smith; Anna", "a;b")


@pytest.mark.parametrize("sign", [";", "|", ","])
def test_the_first_line_may_say_what_parts_cells(tmp_path, sign):
    path = write(tmp_path, f"sep={sign}\r\nNr{sign}Name\r\n1{sign}Eva\r\n")

    dialect = formats.sniff(path)
    assert (dialect.delimiter, dialect.header, dialect.header_row) == (sign, ("Nr", "Name"), 2)
    assert cells(path) == [(3, "1", "Eva")]


def test_a_backslash_before_a_quotation_mark_belongs_to_it(tmp_path):
    path = write(tmp_path, '"Nr";"Ware";"Netto"\n"1";"Rohr 1/2\\" Kupfer; lang";"5,00"\n"2";"C:\\x";"6,00"\n')

    assert cells(path) == [(2, "1", 'Rohr 1/2" Kupfer; lang', "5,00"), (3, "2", "C:\\x", "6,00")]


def test_a_quotation_mark_that_is_not_closed_swallows_no_rows(tmp_path):
    text = 'Nr;Ware;Netto\n1;"Rohr 1/2;10,00\n' + "".join(f"{one};Bogen;20,00\n" for one in range(2, 300))
    path = write(tmp_path, text + '300;"Muffe 3/4;1,00\n301;"zwei\nZeilen";2,00\n')

    found = cells(path)
    assert found[0] == (2, "1", '"Rohr 1/2', "10,00")
    assert found[-2:] == [(301, "300", '"Muffe 3/4', "1,00"), (302, "301", "zwei\nZeilen", "2,00")]
    assert len(found) == 301
    assert told(path) == ["quote_alone"]


def test_lines_are_those_of_the_file_though_cells_span_several(tmp_path):
    path = write(tmp_path, 'Nr;Text\n1;"a\nb\nc"\n\n2;"d ""e"""\n')

    assert cells(path) == [(2, "1", "a\nb\nc"), (6, "2", 'd "e"')]


def test_titles_above_the_heading_are_passed_over(tmp_path):
    path = write(tmp_path, "Umsatzbericht;;\nStand 01.03.2024;;\n\nNr;Name;Ort\n1;A;B\n2;C;D\n3;E;F\n")

    dialect = formats.sniff(path)

    assert (dialect.header, dialect.header_row) == (("Nr", "Name", "Ort"), 4)
    assert cells(path)[0] == (5, "1", "A", "B")


def test_the_row_of_the_heading_may_be_given(tmp_path):
    path = write(tmp_path, "a;b\nc;d\n1;2\n")

    assert formats.sniff(path, options={"header_row": 2}).header == ("c", "d")


def test_headings_are_made_unique_and_none_is_empty(tmp_path):
    path = write(tmp_path, "Name;Name;;Name (2)\n1;2;3;4\n")

    header = formats.sniff(path).header

    assert len(set(header)) == 4
    assert all(header)
    assert header[0] == "Name"


def test_workbooks_are_read_with_their_rows(tmp_path):
    path = tmp_path / "kunden.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("leer")
        sheet = book.add_worksheet("Kunden")
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        moment = book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        sheet.write_row(2, 1, ["Nr", "Seit", "Um", "Betrag"])
        sheet.write_row(3, 1, [17850, None, None, 2.55])
        sheet.write_datetime(3, 2, datetime(2024, 3, 1), day)  # noqa: DTZ001
        sheet.write_datetime(3, 3, datetime(2024, 3, 1, 23, 30), moment)  # noqa: DTZ001

    dialect = formats.sniff(path)

    assert (dialect.sheet, dialect.header_row) == ("Kunden", 3)
    row = cells(path)[0]
    assert row[0] == 4
    assert [cell for cell in row[1:] if cell] == ["17850", "2024-03-01", "2024-03-01 23:30:00", "2.55"]


def test_parquet_is_read_as_text_and_counted_below_a_heading(tmp_path):
    path = tmp_path / "file.parquet"
    duckdb.sql("SELECT 17850 AS nr, 2.5::DOUBLE AS x, TIMESTAMP '2010-12-01 08:26:00' AS d, NULL AS n").write_parquet(
        str(path)
    )

    assert cells(path) == [(2, "17850", "2.5", "2010-12-01 08:26:00", "")]


def test_json_lines_keep_their_numbers_exactly(tmp_path):
    path = write(tmp_path, '{"nr": 1, "preis": 0.10}\n\n{"nr": 2, "name": "Ü"}\nkaputt\n[1]\n', name="file.jsonl")

    assert cells(path) == [(1, "1", "0.10", ""), (3, "2", "", "Ü"), (4, "kaputt", "", ""), (5, "[1]", "", "")]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\n \n\n", "empty_file"),
        (codecs.BOM_UTF8, "empty_file"),
        (b"Nr;Name\n", "header_only"),
        (bytes(range(256)) * 40, "binary"),
        (b"%PDF-1.7 ...", "binary"),
        (b"\x1f\x8b\x08\x00", "archive_damaged"),
        (b"PAR1 and then nothing", "parquet_unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "workbook_unreadable"),
        (b"PK\x03\x04 cut off", "workbook_unreadable"),
        (b"[[1]]", "json_unreadable"),
        (b"{not json}\n", "json_unreadable"),
        (b"<html><body>Sign in</body></html>", "markup"),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(tmp_path, content, code):
    path = tmp_path / "file.csv"
    path.write_bytes(content)

    assert refusal(path) == code


def test_a_file_that_is_gone_is_refused(tmp_path):
    assert refusal(tmp_path / "gone.csv") == "not_readable"


def test_a_sheet_that_is_not_there_is_named(tmp_path):
    path = tmp_path / "file.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Kunden").write_row(0, 0, ["Nr"])

    assert refusal(path, sheet="Kundn") == "sheet_missing"


@pytest.mark.parametrize("encoding", ["klingonisch", "hex"])
def test_an_encoding_that_is_none_is_refused(tmp_path, encoding):
    assert refusal(write(tmp_path, TABLE), encoding=encoding) == "encoding_unknown"


def test_sha256_is_that_of_the_bytes(tmp_path):
    path = write(tmp_path, TABLE)

    assert formats.sha256(path) == hashlib.sha256(path.read_bytes()).hexdigest()


def test_progress_tells_bytes_and_may_stop_the_reading(tmp_path):
    class Stopped(Exception):
        pass

    def stop(step, done, total):
        assert (step, total) == ("read", path.stat().st_size)
        raise Stopped

    path = write(tmp_path, TABLE)
    with pytest.raises(Stopped):
        formats.open_source(path, work_dir=tmp_path / "work", progress=stop)


def test_days_of_a_workbook_are_days(tmp_path):
    path = tmp_path / "file.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yy"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Nr", "Tag"])
        sheet.write_row(1, 0, [1, date(2024, 2, 29)])

    assert cells(path) == [(2, "1", "2024-02-29")]
