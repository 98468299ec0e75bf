"""OpenDocument sheets: cells as they are shown, what is hidden, and files that mean harm."""

import zipfile

import pytest

from stammkunde.intake import formats
from stammkunde.intake.formats import FileNotUsable, packed
from tests.intake.test_formats import cells

NAMES = ("office", "text", "table", "style", "manifest")
SPACES = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in NAMES)
PROPERTIES = '<style:table-properties table:display="false"/>'
HIDDEN = f'<style:style style:name="ta1" style:family="table">{PROPERTIES}</style:style>'
SHEETS = "application/vnd.oasis.opendocument.spreadsheet"
ENTRY = '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">'
LOCKED = f"{ENTRY}<manifest:encryption-data/></manifest:file-entry>"
LAUGHS = "<!DOCTYPE l [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {after} '{f'&{before};' * 10}'>" for before, after in zip("abcdefgh", "bcdefghi", strict=True)
) + "]>"  # fmt: skip
OTHER_FILE = "<!DOCTYPE l [<!ENTITY i SYSTEM 'file:///etc/passwd'>]>"


def write(tmp_path, *tables, before="", manifest=""):
    path = tmp_path / "file.ods"
    styles = f"<office:automatic-styles>{HIDDEN}</office:automatic-styles>"
    body = f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body>"
    content = f"{before}<office:document-content {SPACES}>{styles}{body}</office:document-content>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", SHEETS)
        archive.writestr("META-INF/manifest.xml", f"<manifest:manifest {SPACES}>{manifest}</manifest:manifest>")
        archive.writestr("content.xml", content)
    return path


def table(*rows, name="Kunden", more=""):
    return f'<table:table table:name="{name}"{more}>{"".join(rows)}</table:table>'


def row(*cells, more=""):
    return f"<table:table-row{more}>{''.join(cells)}</table:table-row>"


def cell(shown, *, value="", kind="float", more=""):
    told = f' office:value-type="{kind}" office:value="{value}"' if value else ' office:value-type="string"'
    return f"<table:table-cell{told}{more}><text:p>{shown}</text:p></table:table-cell>"


HEADING = row(*map(cell, ("Kundennummer", "Name", "PLZ")))


def test_cells_are_read_as_they_are_shown(tmp_path):
    share = cell("5 %", value="0.05", kind="percentage")
    numbers = [cell("01067", value="1067"), cell("12,50", value="12.5"), cell("100", value="100"), share]
    path = write(
        tmp_path, table(row(*map(cell, ("Kundennummer", "Wert", "PLZ", "Rabatt"))), row(*numbers), row(cell("007")))
    )

    assert formats.sniff(path).sample == (("01067", "12.5", "100", "5%"), ("007", "", "", ""))


def test_cells_that_repeat_themselves_are_all_read_so(tmp_path):
    twice = cell("01067", value="1067", more=' table:number-columns-repeated="2"')
    path = write(tmp_path, table(HEADING, row(cell("K1"), twice, more=' table:number-rows-repeated="2"')))

    assert formats.sniff(path).sample == (("K1", "01067", "01067"), ("K1", "01067", "01067"))


def test_hidden_sheets_are_passed_over_and_hidden_rows_and_other_sheets_told(tmp_path):
    one, two = (
        row(*map(cell, ("K1", "Anna", "1"))),
        row(*map(cell, ("K2", "Bert", "2")), more=' table:visibility="filter"'),
    )
    empty = row("<table:table-cell/>", more=' table:visibility="collapse" table:number-rows-repeated="900"')
    path = write(
        tmp_path,
        table(HEADING, one, name="Alt", more=' table:style-name="ta1"'),
        table(HEADING, one, two, empty),
        table(HEADING, one, name="Neu"),
        table(name="Leer"),
    )

    found = formats.sniff(path)

    assert (found.sheet, len(found.sample)) == ("Kunden", 2)
    assert [(one.code, one.detail) for one in found.remarks] == [
        ("rows_hidden", {"rows": 1}), ("sheets_left", {"names": ["Neu (1)"]}),
    ]  # fmt: skip
    assert formats.sniff(path, options={"sheet": "Alt"}).remarks[0].code == "sheet_hidden"


def test_a_stray_cell_far_down_costs_neither_memory_nor_the_table(tmp_path):
    note = "<office:annotation><text:p>geprüft</text:p></office:annotation>"
    gap = row("<table:table-cell/>", more=' table:number-rows-repeated="1040000"')
    day = '<table:table-cell office:value-type="date" office:date-value="2025-11-03"/>'
    name = f'<table:table-cell office:value-type="string">{note}<text:p>Eva<text:s/>Ott</text:p></table:table-cell>'
    first = row(cell("K1"), name, cell("01067", value="1067"), day, cell("12,50", value="12.5"))
    heading = row(*map(cell, ("Kundennummer", "Name", "PLZ", "Seit", "Wert")))
    path = write(
        tmp_path,
        table(HEADING, row(cell("K9"), cell("Udo"), cell("1")), name="Alt"),
        table(heading, first, gap, row('<table:table-cell table:number-columns-repeated="9000"/>', cell("x"))),
    )

    found = formats.sniff(path, options={"sheet": "Kunden"})

    assert cells(path, sheet="Kunden") == [(2, "K1", "Eva Ott", "01067", "2025-11-03", "12.5")]
    assert cells(path, sheet="Alt") == [(2, "K9", "Udo", "1")]
    assert next((one.code, one.detail) for one in found.remarks) == (
        "stray_cell_left", {"sheet": "Kunden", "cell": "MHE1040003"},
    )  # fmt: skip


CLAIMED = cell("x", more=' table:number-columns-repeated="16384"')


@pytest.mark.parametrize(
    ("sheet", "more", "code"),
    [
        (table(HEADING, row(cell("&i;"))), {"before": LAUGHS}, "workbook_unreadable"),
        (table(HEADING, row(cell("&i;"))), {"before": OTHER_FILE}, "workbook_unreadable"),
        (table(HEADING, row(CLAIMED, more=' table:number-rows-repeated="1048576"')), {}, "workbook_unreadable"),
        (table(HEADING, "<table:table-row>" + "<table:table-cell>" * 50_000), {}, "workbook_unreadable"),
        (table(HEADING, " " * (2 << 20)), {}, "workbook_swells"),
        (table(HEADING), {"manifest": LOCKED}, "password"),
    ],
    ids=["laughs", "another file", "claims", "depth", "bomb", "locked"],
)
def test_a_file_that_means_harm_is_refused_in_words(tmp_path, monkeypatch, sheet, more, code):
    monkeypatch.setattr(packed, "PLAIN_BYTES", 1 << 20)

    with pytest.raises(FileNotUsable) as refused:
        formats.sniff(write(tmp_path, sheet, **more))
    assert refused.value.code == code
