"""One definition of a table gives CSV, Excel and rows for programs; nothing in it is carried out by a table program."""

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
import python_calamine
from django.core.exceptions import BadRequest
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from stammkunde.ui import tables
from stammkunde.ui.tables import Column, sheets

GERMAN, ENGLISH = tables.Dialect.of("de"), tables.Dialect.of("en-gb")


@dataclass
class Cup:
    name: str
    price_cents: int | None
    share: float
    since_on: date
    washed_at: datetime
    owner: object = None


COLUMNS = (
    Column(label=_("Name"), key="name"),
    Column(label="Owner", key="owner.name"),
    Column(label="Price", key="price_cents", unit="cents", right="prices"),
    Column(label="Full", read=lambda cup: cup.share / 2, unit="share"),
    Column(label="Since", key="since_on", unit="day"),
    Column(label="Washed", key="washed_at", unit="moment"),
)
WASHED_AT = datetime(2026, 1, 2, 23, 30, tzinfo=UTC)
CUPS = [
    Cup("Tasse; groß", 123456, 0.5, date(2026, 3, 1), WASHED_AT, SimpleNamespace(name="Ada")),
    Cup("=1+1", None, 1.0, date(2025, 12, 31), WASHED_AT),
]


def lines(*, dialect, columns=COLUMNS, rows=CUPS):
    return list(tables.csv_lines(columns=columns, rows=tables.cells(columns, rows), dialect=dialect, marked=False))


def test_csv_follows_the_language():
    with translation.override("de"):
        german = lines(dialect=GERMAN)
    english = lines(dialect=ENGLISH)

    assert german[0] == "Name;Owner;Price;Full;Since;Washed\r\n"
    assert german[1] == '"Tasse; groß";Ada;1234,56;0,250000;01.03.2026;2026-01-03 00:30:00+01:00\r\n'
    assert english[1] == "Tasse; groß,Ada,1234.56,0.250000,2026-03-01,2026-01-03 00:30:00+01:00\r\n"


def test_formula_in_a_cell_or_a_heading_stays_a_text():
    columns = [Column(label="=2+2", key="name"), Column(label="Price", key="price_cents", unit="cents")]

    written = lines(dialect=ENGLISH, columns=columns)

    assert written[0] == "'=2+2,Price\r\n"
    assert written[2] == "'=1+1,\r\n"


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\ta", "\ra"])
def test_whatever_starts_like_a_formula_is_defused(text):
    assert tables.defused(text) == f"'{text}"


@pytest.mark.parametrize(
    ("cell", "written"),
    [("-5", "-5"), ("-1.234,50", "-1.234,50"), ("+49 30 1234567", "+49 30 1234567"), ("-A1", "'-A1"), ("=A5", "'=A5")],
)
def test_cell_of_somebodys_file_keeps_its_numbers(cell, written):
    assert tables.cell_text(cell, unit="given", dialect=GERMAN) == written


def test_excel_holds_texts_as_texts_numbers_as_numbers_and_moments_by_our_clock():
    answer = tables.answer(form="xlsx", name="cups", columns=COLUMNS, rows=tables.cells(COLUMNS, CUPS))

    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.getvalue()))
    rows = book.get_sheet_by_index(0).to_python()

    assert rows[1] == ["Tasse; groß", "Ada", 1234.56, 0.25, date(2026, 3, 1), datetime(2026, 1, 3, 0, 30)]  # noqa: DTZ001
    assert rows[2][:3] == ["=1+1", "", ""]
    assert answer["Content-Disposition"] == 'attachment; filename="cups.xlsx"'


def book_of(columns, rows):
    """Write an Excel file and read it back."""
    answer = tables.answer(form="xlsx", name="n", columns=columns, rows=rows)
    return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(answer.getvalue()))


@pytest.mark.parametrize(
    "text", ["a < b & c > d", ' "quoted" ', "_x0041_", "zwei\nZeilen", "Ärger 😀", "'", "x" * 32_767]
)
def test_excel_gives_texts_back_as_they_were(text):
    assert book_of([Column(label="N")], [[text]]).get_sheet_by_index(0).to_python()[1] == [text]


@pytest.mark.parametrize("text", ["a\x00b", "a\x1fb", "a\ud800b", "a\uffffb", "\r"])
def test_excel_opens_whatever_signs_a_text_holds(text):
    (row,) = book_of([Column(label="N"), Column(label="M")], [[text, "M"]]).get_sheet_by_index(0).to_python()[1:]

    assert row[1] == "M"


def test_excel_leaves_out_what_is_no_number_and_writes_days_that_it_does_not_know():
    columns = [Column(label="N", unit="number"), Column(label="D", unit="day"), Column(label="L")]
    rows = [[float("inf"), date(1899, 5, 1), "x" * 40_000], [-0.5, date(1900, 3, 1), None]]

    first, second = book_of(columns, rows).get_sheet_by_index(0).to_python()[1:]

    assert first == ["", "1899-05-01", "x" * 32_767]
    assert second == [-0.5, date(1900, 3, 1), ""]


@pytest.mark.parametrize("limits", [{"MOST_ROWS": 3}, {"MOST_BYTES": 100, "PIECE_BYTES": 120}])
def test_excel_goes_on_with_another_sheet_where_one_is_full(monkeypatch, limits):
    for name, limit in limits.items():
        monkeypatch.setattr(sheets, name, limit)
    book = book_of([Column(label="N", unit="number")], ([n] for n in range(9)))
    told = [book.get_sheet_by_index(at).to_python() for at in range(len(book.sheet_names))]

    assert len(told) > 1
    assert {tuple(sheet[0]) for sheet in told} == {("N",)}
    assert [row[0] for sheet in told for row in sheet[1:]] == list(range(9))
    assert all(len(sheet) > 1 for sheet in told), "no sheet is empty"


def test_excel_begins_before_the_first_row_is_asked_for_and_holds_few():
    asked = []

    def rows():
        for number in range(20_000):
            asked.append(number)
            yield [f"{number} {hash(str(number))}"]

    pieces = iter(tables.answer(form="xlsx", name="n", columns=[Column(label="N")], rows=rows()))

    assert (next(pieces)[:2], asked) == (b"PK", [])
    next(pieces)
    assert 0 < len(asked) < 10_000


def test_file_follows_the_language_of_the_page_although_it_is_written_later():
    columns = [Column(label=_("Name"), read=lambda _cup: translation.get_language())]
    with translation.override("de"):
        answer = tables.answer(form="csv-plain", name=("Tassen", date(2026, 3, 1)), columns=columns, rows=[["x"]])
        rows = tables.answer(form="csv-plain", name="t", columns=columns, rows=tables.cells(columns, CUPS[:1]))
    with translation.override("en"):
        written = b"".join(rows.streaming_content)

    assert written == b"Name\r\nde\r\n"
    assert answer["Content-Disposition"] == 'attachment; filename="Tassen-2026-03-01.csv"'
    assert (answer["Cache-Control"], answer["X-Content-Type-Options"]) == ("no-store", "nosniff")


def test_file_is_written_row_by_row():
    asked = []

    def rows():
        for number in range(3):
            asked.append(number)
            yield [number]

    answer = tables.answer(form="csv", name="n", columns=[Column(label="N", unit="number")], rows=rows())
    written = iter(answer.streaming_content)

    assert (next(written), asked) == (b"\xef\xbb\xbfN\r\n", [])
    assert (next(written), asked) == (b"0\r\n", [0])


@pytest.mark.parametrize(
    ("parts", "name"),
    [(("Kunden", date(2026, 3, 1)), "Kunden-2026-03-01.csv"), (('a/b:"c"', ""), "a_b_c_.csv"), (("..",), "table.csv")],
)
def test_file_name_is_one_that_file_systems_take(parts, name):
    assert tables.file_name(*parts, form="csv-plain") == name


def test_column_that_needs_a_right_is_left_out_without_it():
    assert [column.label for column in tables.seen(COLUMNS[1:4], may={"prices"}.__contains__)] == [
        "Owner",
        "Price",
        "Full",
    ]
    assert [column.label for column in tables.seen(COLUMNS[1:4], may=set().__contains__)] == ["Owner", "Full"]


def test_records_name_what_they_hold():
    columns = [COLUMNS[0], COLUMNS[2]]

    assert list(tables.records(columns, CUPS)) == [
        {"name": "Tasse; groß", "price_cents": 123456},
        {"name": "=1+1", "price_cents": None},
    ]


def test_excel_writes_no_point_behind_a_whole_number():
    book = b"".join(sheets.stream_book(columns=[Column(label="N", unit="number")], rows=[[12]]))

    with ZipFile(io.BytesIO(book)) as parts:
        assert b".##" not in parts.read("xl/styles.xml")


def test_format_is_one_that_we_know():
    assert tables.chosen_format({"format": "xlsx"}) == "xlsx"
    with pytest.raises(BadRequest):
        tables.chosen_format({"format": "pdf"})
