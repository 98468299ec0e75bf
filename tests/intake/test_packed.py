"""Files within files, and JSON of any shape, as rows."""

import gzip
import json
import zipfile

import pytest

from stammkunde.intake import formats
from stammkunde.intake.formats import nested
from tests.intake.reading import write
from tests.intake.test_formats import TABLE, cells, refusal

ROWS = [(2, "1", "Müller"), (3, "2", "Ärmel GmbH")]
ORDERS = [
    {
        "id": 7,
        "customer": {"email": "a@muster.example", "address": {"city": "Köln"}},
        "lines": [{"sku": "A", "qty": 2}, {"sku": "B", "qty": 1, "id": 99}],
        "tags": ["x"],
    },
    {"id": 8, "customer": {"email": "b@muster.example"}, "lines": [], "total": 1.10},
]
FLAT = [
    ("7", "a@muster.example", "Köln", '["x"]', "A", "2", "", ""),
    ("7", "a@muster.example", "Köln", '["x"]', "B", "1", "99", ""),
    ("8", "b@muster.example", "", "", "", "", "", "1.1"),
]


def archive(tmp_path, **files: str):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            packed.writestr(name.replace("__", "."), text)
    return path


def test_what_is_packed_is_read(tmp_path):
    path = tmp_path / "kunden.csv.gz"
    path.write_bytes(gzip.compress(TABLE.encode("cp850")))

    assert cells(path) == ROWS


def test_of_an_archive_the_first_table_is_read_or_the_one_that_is_chosen(tmp_path):
    path = archive(tmp_path, liesmich__pdf="%PDF", kunden__csv=TABLE, artikel__csv="Nr;Ware\n5;Rohr\n")

    assert formats.sniff(path).parts == ("kunden.csv", "artikel.csv")
    assert cells(path) == ROWS
    assert cells(path, part="artikel.csv") == [(2, "5", "Rohr")]
    assert refusal(path, part="orders.csv") == "part_missing"


def test_an_archive_without_a_table_is_refused_and_so_is_a_bomb(tmp_path):
    bomb = tmp_path / "bomb.csv.gz"
    bomb.write_bytes(gzip.compress(b"a;b\n" * (20 << 20), 9))
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(gzip.compress(TABLE.encode())[:-9])

    assert refusal(archive(tmp_path, readme__pdf="%PDF")) == "archive"
    assert refusal(archive(tmp_path, Index__iwa="x")) == "numbers"
    assert refusal(bomb) == "archive_swells"
    assert refusal(cut) == "archive_damaged"


def test_an_archive_whose_list_leads_nowhere_is_refused(tmp_path):
    path = tmp_path / "file.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("kunden.csv", "Kundennummer;Name\n1;A\n")
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"PK\x03\x04", b"PK\x03\x04\xff\xff\xff", 1))

    assert refusal(path) == "archive_damaged"
    path.write_bytes(_packed_by(whole, method=9))  # as Windows packs what is large
    assert refusal(path) == "archive_method"
    assert refusal(write(tmp_path, "SQLite format 3\x00...")) == "database"


def _packed_by(whole: bytes, *, method: int) -> bytes:
    """Say in both places where an archive says so that its file is packed by another method."""
    both = bytearray(whole)
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        both[whole.index(mark) + at] = method
    return bytes(both)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(ORDERS),
        json.dumps(ORDERS, indent=2),
        json.dumps({"count": 2, "data": {"orders": ORDERS}}),
        json.dumps({"orders": ORDERS}, indent=1),
        "".join(json.dumps(one) + "\n" for one in ORDERS),
    ],
)
def test_nested_json_becomes_columns_and_rows(tmp_path, text):
    path = write(tmp_path, text, name="file.json")

    assert formats.sniff(path).header == (
        "id", "customer.email", "customer.address.city", "tags", "sku", "qty", "lines.id", "total",
    )  # fmt: skip
    assert [row[1:] for row in cells(path)] == FLAT


def test_an_order_by_itself_is_one_with_its_lines(tmp_path):
    path = write(tmp_path, json.dumps({"nr": 7, "positions": [{"sku": "A"}, {"sku": "B"}]}), name="file.json")

    assert [row[1:] for row in cells(path)] == [("7", "A"), ("7", "B")]


def test_a_long_list_is_read_a_block_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr(nested, "_BLOCK", 7)
    path = write(tmp_path, json.dumps([{"nr": number, "x": "]}, {"} for number in range(300)]), name="file.json")

    assert cells(path) == [(number + 1, str(number), "]}, {") for number in range(300)]


def test_a_list_that_breaks_off_tells_where(tmp_path):
    path = write(tmp_path, '[{"nr": 1}, {"nr": 2}, {"nr": 3', name="file.json")

    source = formats.open_source(path, work_dir=tmp_path / "work")

    assert cells(path) == [(1, "1"), (2, "2"), (3, "")]
    assert source.rows == 3
