"""What files claim: a small one that would become a huge one is refused unread, with the place and the cure."""

import io
import zipfile

import pytest
import xlsxwriter

from stammkunde.intake import formats
from stammkunde.intake.formats import FileNotUsable
from tests.intake.reading import write


def workbook(tmp_path, *cells, sheets=("Übersicht", "Kunden")):
    """Write a workbook of two sheets; the cells stand on the second."""
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name in sheets:
            sheet = book.add_worksheet(name)
        for place, text in (("A1", "Kundennummer"), ("B1", "Name"), ("A2", "1"), ("B2", "Muster"), *cells):
            sheet.write(place, text)
    return path


def refusal(path):
    with pytest.raises(FileNotUsable) as refused:
        formats.sniff(path)
    return refused.value


def test_a_cell_a_little_outside_is_none(tmp_path):
    assert formats.sniff(workbook(tmp_path, ("Z2000", "x"))).header == ("Kundennummer", "Name")


def test_a_workbook_that_swells_is_refused_unread(tmp_path):
    path = workbook(tmp_path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/image1.bmp", bytes(80 << 20))

    refused = refusal(path)

    assert (refused.code, refused.detail["mb"]) == ("workbook_swells", 80)
    assert refused.detail["times"] > 200


def test_more_columns_than_anybody_has_are_refused(tmp_path):
    path = write(tmp_path, ";".join(f"Spalte {n}" for n in range(2001)) + "\n" + ";" * 2000)

    assert (refusal(path).code, refusal(path).detail) == ("too_many_columns", {"columns": 2001, "most": 2000})


def test_entities_that_multiply_are_refused(tmp_path):
    path, out = workbook(tmp_path), io.BytesIO()
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            text = given.read(name).decode()
            if name == "xl/sharedStrings.xml":
                text = text.replace("<sst", f'<!DOCTYPE sst [<!ENTITY l0 "ha">{laughs}]><sst').replace("Muster", "&l9;")
            made.writestr(name, text)
    path.write_bytes(out.getvalue())

    assert refusal(path).code == "workbook_unreadable"


@pytest.mark.parametrize("nested", ["[" * 100_000 + "]" * 100_000, '{"a":' * 100_000 + "1" + "}" * 100_000])
def test_what_is_nested_without_end_is_refused(tmp_path, nested):
    assert refusal(write(tmp_path, '{"Nr":' + nested + "}\n")).code == "json_unreadable"
