import csv

import duckdb
import pytest
from click.testing import CliRunner
from django.db.models import Sum
from django.utils import timezone

from stammkunde.cli import imports
from stammkunde.customers.models import Customer
from stammkunde.intake import services
from stammkunde.intake.models import Import
from stammkunde.sales.models import Line, Order
from tests.intake.bringing import everything, totals, undo

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _german(settings):
    settings.LANGUAGE_CODE = "de"


def run(*arguments):
    return CliRunner().invoke(imports.command, [str(one) for one in arguments])


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def customers_file(tmp_path):
    return write(tmp_path / "kunden.csv", "Kundennummer;Name;Ort\n1;Äpfel GmbH;Köln\n2;Birnen GmbH;Ulm\n")


@pytest.fixture
def orders_file(tmp_path):
    return write(
        tmp_path / "bestellungen.csv",
        "Bestellnummer;Kundennummer;Bestelldatum;Kanal\nA;1;01.03.2024;Shop\nB;9;02.03.2024;Shop\n",
    )


def test_import_of_good_rows_ends_with_0_and_says_what_came_of_it(customers_file):
    result = run(customers_file)

    assert result.exit_code == 0, result.output
    assert "kunden.csv" in result.output
    assert "2" in result.output
    assert sorted(Customer.objects.values_list("source", "name", "city")) == [
        ("files:1", "Äpfel GmbH", "Köln"),
        ("files:2", "Birnen GmbH", "Ulm"),
    ]


def test_import_takes_customers_before_orders_and_ends_with_1_where_rows_are_refused(
    tmp_path, customers_file, orders_file
):
    refused = tmp_path / "abgelehnt.csv"

    result = run(orders_file, customers_file, "--refused", refused)

    assert result.exit_code == 1, result.output
    assert list(Order.objects.values_list("source", "customer__source")) == [("files:A", "files:1")]
    rows = list(csv.reader(refused.read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    assert len(rows) == 2
    assert "9" in ";".join(rows[1])


def test_import_of_nothing_ends_with_2(tmp_path):
    result = run(write(tmp_path / "leer.csv", ""))

    assert result.exit_code == 2, result.output
    assert Import.objects.get().status == "failed"


def test_dry_run_changes_nothing(customers_file):
    result = run(customers_file, "--dry-run")

    assert result.exit_code == 0, result.output
    assert not Customer.objects.exists()
    assert Import.objects.get().status == "checked"


def test_mapping_is_taken_by_name_and_an_unknown_one_is_refused(tmp_path):
    path = write(tmp_path / "eigen.csv", "Spalte1;Spalte2\n7;Sieben AG\n")
    services.save_mapping(
        name="ERP",
        layout="customers",
        columns={"customer_number": "Spalte1", "customer_name": "Spalte2"},
        options={"origin": "erp"},
        now=timezone.now(),
    )

    unknown = run(path, "--mapping", "SAP")
    known = run(path, "--mapping", "ERP")

    assert unknown.exit_code == 2
    assert "ERP" in unknown.output
    assert known.exit_code == 0, known.output
    assert Customer.objects.get().source == "erp:7"


def test_origin_and_options_are_taken_from_the_command_line(customers_file):
    result = run(customers_file, "--origin", "shop", "--option", "encoding=utf-8")

    assert result.exit_code == 0, result.output
    assert Import.objects.get().options["encoding"] == "utf-8"
    assert {one.source for one in Customer.objects.all()} == {"shop:1", "shop:2"}


def test_option_without_a_value_is_explained(customers_file):
    result = run(customers_file, "--option", "encoding")

    assert result.exit_code == 2
    assert "KEY=VALUE" in result.output


def test_online_retail_is_imported_to_the_cent_again_without_change_and_taken_back_whole(shared_data, tmp_path):
    """A twelfth of it, by customer; the whole comes in by the journey of the main job."""
    path, whole = tmp_path / "retail.parquet", shared_data / "online_retail" / "online_retail.parquet"
    duckdb.sql(f"COPY (SELECT * FROM '{whole}' WHERE CustomerID::bigint % 12 = 5) TO '{path}'")
    ((rows, cents),) = duckdb.sql(
        f"SELECT count(*), sum(round(Quantity * UnitPrice * 100))::bigint FROM '{path}'"
    ).fetchall()
    before = everything()

    first = run(path, "--option", "price_basis=net")
    again = run(path, "--option", "price_basis=net")

    assert (first.exit_code, again.exit_code) == (0, 0), first.output + again.output
    assert (Line.objects.count(), Line.objects.aggregate(cents=Sum("revenue_cents"))["cents"]) == (rows, cents)
    one, two = Import.objects.order_by("pk")
    assert totals(two) == {"created": 0, "changed": 0, "unchanged": totals(one)["created"], "refused": 0}
    undo(one)
    assert everything() == before


def test_import_speaks_german(orders_file):
    result = run(orders_file)

    assert "Zeile 3, Spalte „Kundennummer“: Kunde „9“ ist nicht vorhanden." in result.output
    assert "abgelehnt" in result.output
    assert "Die Zuordnung „Unsere“ gibt es nicht." in run(orders_file, "--mapping", "Unsere").output


def test_a_dry_run_of_several_files_tells_what_their_import_then_does(tmp_path, settings, customers_file, orders_file):
    lines = write(tmp_path / "positionen.csv", "Bestellnummer;Artikelnummer;Menge;Netto\nA;X;2;10,00\nB;X;1;5,00\n")
    products = write(tmp_path / "artikel.csv", "Artikelnummer;Bezeichnung\nX;Schere\n")
    more = write(tmp_path / "mehr.csv", "Kundennummer;Name;Ort\n2;Birnen GmbH;Ulm\n3;Kirschen GmbH;Bonn\n")
    files = (lines, orders_file, more, customers_file, products)

    tried = run(*files, "--dry-run")
    counts = dict(Import.objects.values_list("file_name", "counts"))
    nothing = Customer.objects.count(), Order.objects.count()
    left = [one.name for one in settings.UPLOAD_DIR.rglob("*") if one.name.startswith("created-")]
    done = run(*files)

    assert (nothing, left) == ((0, 0), [])
    assert counts["mehr.csv"]["customers"]["created"] + counts["kunden.csv"]["customers"]["created"] == 3
    assert counts["bestellungen.csv"]["orders"] == {"created": 1, "changed": 0, "unchanged": 0, "refused": 1}
    assert counts["positionen.csv"]["lines"] == {"created": 1, "changed": 0, "unchanged": 0, "refused": 1}
    assert counts == dict(Import.objects.filter(status="done").values_list("file_name", "counts"))
    assert "Was aus allen werden würde" in tried.output
    assert (tried.exit_code, done.exit_code) == (1, 1)


def test_a_dry_run_waits_for_a_file_that_could_not_be_imported(tmp_path, orders_file):
    broken = write(tmp_path / "kunden.csv", "Kundennummer;Name\n")

    result = run(orders_file, broken, "--dry-run")

    assert result.exit_code == 2
    assert not Order.objects.exists()
