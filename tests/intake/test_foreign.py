"""What other programs write: each folder's sample comes out as its `right.json` says, which was reckoned by hand."""

import json

import pytest

from stammkunde.intake import layouts, recognise
from stammkunde.intake.formats import FileNotUsable, sniff
from stammkunde.intake.formats.engine import look
from stammkunde.intake.layouts.foreign import FOLDER, foreign
from tests.intake.reading import TODAY, checked, out

NAMES = sorted(path.parent.name for path in FOLDER.glob("*/layout.toml"))
SAID = {
    "customers": ("source", "name"),
    "orders": ("number", "customer_source", "ordered_on::VARCHAR", "status"),
    "lines": ("order_source", "kind", "quantity", "revenue_cents"),
    "consents": ("customer_source", "channel", "state", "basis", "address", "CAST(happened_at AS DATE)::VARCHAR"),
}  # fmt: skip


def sample(name):
    (path,) = (FOLDER / name).glob("sample.*")
    return path


def right(name):
    return json.loads((FOLDER / name / "right.json").read_text(encoding="utf-8"))


def told(folder, table):
    """Give what a table says, in order; a column that the file does not fill is left out."""
    path = str(folder / f"{table}.parquet")
    with look() as db:
        there = {name for name, *_rest in db.execute("DESCRIBE SELECT * FROM read_parquet(?)", [path]).fetchall()}
        columns = [one for one in SAID[table] if one.split("(")[-1].split(" ")[0].split(":")[0] in there]
        return [
            list(row)
            for row in db.execute(f"SELECT {', '.join(columns)} FROM read_parquet(?) ORDER BY ALL", [path]).fetchall()
        ]


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_sample_comes_out_right(tmp_path, name):
    wanted = right(name)
    path = tmp_path / sample(name).name
    path.write_bytes(sample(name).read_bytes())

    if "refusal" in wanted:
        with pytest.raises(FileNotUsable) as refused:
            recognise.recognise(path, today=TODAY)
        assert refused.value.code == wanted["refusal"]
        return
    found = checked(path, **wanted.get("answers", {}))

    assert found.layout == name
    assert (found.tables, found.revenue_cents, found.refused) == (wanted["tables"], wanted["cents"], wanted["refused"])
    for table in SAID.keys() & wanted.keys():
        assert told(out(path), table) == wanted[table], table


@pytest.mark.parametrize("name", NAMES)
def test_no_other_kind_of_file_is_as_likely(name):
    """With a column of its own to spare, and with one that is left out, it is still this program's file."""
    header = sniff(sample(name)).header
    first, second = recognise.rank((*header, "Freifeld 1"))[:2]

    assert first[0] == name
    assert first[1] >= second[1]


def test_ordinary_headings_are_no_other_programs():
    """Lists with perfect headings of anybody's, also with articles in them, are not taken for one program's."""
    names = set(NAMES)
    for heading in (
        "Kundennummer;Vorname;Nachname;E-Mail;Firma;PLZ;Ort",
        "Belegnummer;Belegtyp;Belegstatus;Belegdatum;Fälligkeitsdatum;Kundennummer;Artikelnummer;Menge;Nettobetrag",
        "Bestell-Nr.;Datum;Kunde;Lieferung;Zahlung;Gesamt;Status",
    ):
        assert recognise.rank(heading.split(";"))[0][0] not in names, heading


def test_every_folder_is_whole():
    for kind in foreign():
        fields = {one.name for one in kind.fields}
        assert len(kind.marks) >= 3, kind.name
        assert kind.values.keys() <= fields
        assert set(kind.buyer) & fields or kind.refused
        assert {path.name for path in (FOLDER / kind.name).iterdir()} == {
            "layout.toml",
            "right.json",
            sample(kind.name).name,
        }


def test_exports_with_the_lines_of_orders_hold_them_whole():
    """A newer one replaces what is known; of a query in an ERP, and of one row each beside known lines, it is asked."""
    with_lines = {kind.name for kind in foreign() if any(table.name == "products" for table in kind.tables)}

    assert {kind.name for kind in foreign() if kind.options.get("whole")} == with_lines - {"sap_business_one"}


def test_foreign_files_are_known_beside_our_own():
    assert {kind.name for kind in foreign()} == set(NAMES)
    assert set(NAMES) <= {kind.name for kind in layouts.known()}


def test_a_shops_customers_and_its_orders_are_the_same_people():
    orders, customers = right("shopify"), right("shopify_customers")

    assert {source.partition(":")[0] for source, *_rest in orders["customers"] + customers["customers"]} == {"shopify"}
    assert all("@" in source for source, *_rest in orders["customers"] + customers["customers"])
