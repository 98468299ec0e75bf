"""Several files dropped at once: one press, the right order, one report."""

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from stammkunde.cli import imports
from stammkunde.customers.models import Customer
from stammkunde.intake import remembered, services, together
from stammkunde.intake.models import Import
from stammkunde.sales.models import Line, Order
from tests.intake.bringing import NOW

pytestmark = pytest.mark.django_db(transaction=True)

FILES = {
    "positionen.csv": "Bestellnummer;Artikelnummer;Menge;Einzelpreis netto\nA;X;2;5,00\n",
    "bestellungen.csv": "Bestellnummer;Kundennummer;Bestelldatum\nA;1;01.03.2024\n",
    "artikel.csv": "Artikelnummer;Bezeichnung\nX;Ware\n",
    "kunden.csv": "Kundennummer;Name\n1;Muster GmbH\n",
}
IN_ORDER = ["kunden.csv", "artikel.csv", "bestellungen.csv", "positionen.csv"]
OPEN = "Bestellnummer;Kundennummer;Bestelldatum\nA;1;02/03/2024\n"


@pytest.fixture(autouse=True)
def _signed_in(client, administrator, settings, tmp_path):
    settings.UPLOAD_DIR = tmp_path / "uploads"
    settings.UPLOAD_DIR.mkdir()
    client.force_login(administrator)


def drop(client, files=FILES):
    """Upload files at once, and give the key by which they are found together."""
    sent = [SimpleUploadedFile(name, text.encode()) for name, text in files.items()]
    answer = client.post(reverse("import-upload"), {"files": sent})
    return answer.url.rstrip("/").rpartition("/")[2]


def page(client, key):
    return client.get(reverse("imports-together", args=[key])).content.decode()


def press(client, key):
    return client.post(reverse("imports-start-together", args=[key]))


def work():
    while services.sweep(now=NOW):
        pass


def states():
    return dict(Import.objects.values_list("file_name", "status"))


def test_one_press_imports_all_in_the_order_in_which_they_refer_to_each_other(client):
    key = drop(client)
    before = page(client, key)

    press(client, key)
    work()

    assert [before.index(name) for name in IN_ORDER] == sorted(before.index(name) for name in IN_ORDER)
    assert set(states().values()) == {"done"}
    assert (Order.objects.get().customer.name, Line.objects.get().product.name) == ("Muster GmbH", "Ware")
    after = page(client, key)
    assert "4 Dateien sind importiert" in after
    assert reverse("imports-start-together", args=[key]) not in after


def test_file_with_a_question_waits_with_those_that_refer_to_it_and_the_others_go_on(client):
    key = drop(client, FILES | {"bestellungen.csv": OPEN})

    press(client, key)
    work()

    assert states() == {
        "kunden.csv": "done", "artikel.csv": "done", "bestellungen.csv": "uploaded", "positionen.csv": "uploaded",
    }  # fmt: skip
    shown = page(client, key)
    assert "1 Punkt ist offen" in shown
    assert "wartet auf „bestellungen.csv“" in shown

    opened = Import.objects.get(file_name="bestellungen.csv")
    services.start(import_id=opened.pk, now=NOW, options=opened.options | {"date_order": "dmy"})
    press(client, key)
    work()

    assert set(states().values()) == {"done"}
    assert (Order.objects.count(), Line.objects.count()) == (1, 1)


def test_what_refers_to_a_file_that_fails_is_not_imported_and_says_why(client):
    key = drop(client)
    press(client, key)
    (Import.objects.filter(file_name="bestellungen.csv")).update(columns={"order_number": "gone"})

    work()

    assert states() | {"kunden.csv": "done"} == {
        "kunden.csv": "done", "artikel.csv": "done", "bestellungen.csv": "failed", "positionen.csv": "failed",
    }  # fmt: skip
    assert Import.objects.get(file_name="positionen.csv").error == {"code": "waits_for", "file": "bestellungen.csv"}
    assert not Line.objects.exists()
    shown = page(client, key)
    assert "wartet auf „bestellungen.csv“" in shown
    assert reverse("imports-start-together", args=[key]) not in shown


def test_pressing_again_starts_nothing_twice(client):
    key = drop(client)
    press(client, key)
    work()
    done = Import.objects.get(file_name="kunden.csv")

    press(client, key)

    assert set(states().values()) == {"done"}
    assert Import.objects.get(pk=done.pk).finished_at == done.finished_at


def test_file_started_by_itself_waits_for_nobody(client, tmp_path):
    drop(client)

    services.start(import_id=Import.objects.get(file_name="bestellungen.csv").pk, now=NOW)
    work()

    assert states()["bestellungen.csv"] == "done"
    assert Import.objects.get(file_name="bestellungen.csv").counts["orders"]["refused"] == 1


def test_files_uploaded_one_by_one_are_put_together_on_request(client):
    for name, text in FILES.items():
        drop(client, {name: text})
    shown = client.get(reverse("imports")).content.decode()

    put = client.post(reverse("imports-put-together"))

    assert reverse("imports-put-together") in shown
    assert client.get(put.url).status_code == 200
    assert set(Import.objects.values_list("together", flat=True)) == {put.url.rstrip("/").rpartition("/")[2]}


def test_prices_that_are_only_assumed_to_be_net_are_looked_at_first(client):
    lines = FILES["positionen.csv"].replace(" netto", "")
    key = drop(client, {"positionen.csv": lines, "kunden.csv": FILES["kunden.csv"]})

    press(client, key)

    assert states()["positionen.csv"] == "uploaded"


def test_of_unknown_files_nothing_is_started_and_one_without_others_is_no_group(client):
    key = drop(client, {"a.csv": "Foo;Bar\n1;2\n", "bestellungen.csv": FILES["bestellungen.csv"]})

    press(client, key)

    assert set(states().values()) == {"uploaded"}
    assert client.get(reverse("imports-together", args=["nobody"])).status_code == 404


def test_table_of_a_workbook_is_no_rule_for_the_next_file_with_its_headings(client, tmp_path):
    known = remembered.Remembered(layout="customers", columns={}, options={"is_alone": True}, source={})

    class Found:
        options, questions = {}, ()

    assert known.left_open(Found) == {}


def test_command_line_stops_what_refers_to_a_file_that_failed_and_adds_up(tmp_path):
    paths = []
    for name, text in (FILES | {"bestellungen.csv": OPEN}).items():
        paths.append(tmp_path / name)
        paths[-1].write_text(text, encoding="utf-8")

    stopped = CliRunner().invoke(imports.command, [str(path) for path in paths])
    done = CliRunner().invoke(imports.command, [*(str(path) for path in paths), "--option", "date_order=dmy"])

    assert (stopped.exit_code, done.exit_code) == (imports.SOME_REFUSED, imports.ALL_IMPORTED), done.output
    assert stopped.output.count("bestellungen.csv") > 1
    assert (Customer.objects.count(), Order.objects.count(), Line.objects.count()) == (1, 1, 1)


def test_order_of_kinds_is_that_of_references():
    made = [Import(pk=place, layout=name) for place, name in enumerate(("lines", "flat", "orders", "customers"))]

    assert [one.layout for one in together.in_order(made)][:2] == ["customers", "orders"]
