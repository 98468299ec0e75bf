"""Sheets of a workbook and files of an archive: listed, chosen together, and imported in the right order."""

import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from django.urls import reverse

from stammkunde.intake import services
from stammkunde.intake.lease import claim
from stammkunde.intake.models import Import
from stammkunde.intake.recognise.parts import parts
from tests.intake.bringing import NOW
from tests.intake.reading import CUSTOMERS

ORDERS = "Bestellnummer;Bestelldatum;Kundennummer\nA1;03.01.2024;1\n"


def workbook(path):
    with xlsxwriter.Workbook(path) as book:
        for name, text in (("Aufträge", ORDERS), ("Notizen", "nur Text\n"), ("Kunden", CUSTOMERS + "1;Eva;\n2;Ada;\n")):
            sheet = book.add_worksheet(name)
            for row, line in enumerate(text.splitlines()):
                sheet.write_row(row, 0, line.split(";"))
        book.add_worksheet("leer")
    return path


def test_each_sheet_is_listed_with_its_rows_and_what_it_may_be_in_the_order_of_importing(tmp_path):
    found = parts(workbook(tmp_path / "book.xlsx"))

    assert [(one.name, one.rows, one.layout) for one in found] == [
        ("Kunden", 2, "customers"),
        ("Aufträge", 1, "orders"),
    ]


def test_files_of_an_archive_are_listed_likewise_and_one_alone_is_not(tmp_path):
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("auftraege.csv", ORDERS)
        archive.writestr("kunden.csv", CUSTOMERS + "1;Eva;\n")
    alone = tmp_path / "kunden.csv"
    alone.write_text(CUSTOMERS + "1;Eva;\n", encoding="utf-8")

    assert [(one.option, one.name, one.layout) for one in parts(path)] == [
        ("part", "kunden.csv", "customers"), ("part", "auftraege.csv", "orders"),
    ]  # fmt: skip
    assert parts(alone) == []


@pytest.mark.django_db
@pytest.mark.slow
def test_chosen_sheets_become_imports_of_their_own(client, administrator, tmp_path, settings):
    client.force_login(administrator)
    settings.UPLOAD_DIR = tmp_path / "uploads"
    with workbook(tmp_path / "book.xlsx").open("rb") as file:
        whole = services.receive(now=NOW, file_name="book.xlsx", file=file)
    page = client.get(reverse("import", args=[whole.pk])).content.decode()
    assert "Kunden" in page
    assert 'name="part"' in page

    client.post(reverse("import-split", args=[whole.pk]), {"part": ["Aufträge", "Kunden"]})

    made = list(Import.objects.exclude(pk=whole.pk).order_by("pk"))
    assert [(one.file_name, one.layout, one.status) for one in made] == [
        ("book.xlsx › Kunden", "customers", "uploaded"), ("book.xlsx › Aufträge", "orders", "uploaded"),
    ]  # fmt: skip
    assert Import.objects.get(pk=whole.pk).status == "discarded"
    services.discard(import_id=made[0].pk, now=NOW)
    assert Path(made[1].path).is_file()


@pytest.mark.django_db
@pytest.mark.slow
def test_of_files_that_come_together_what_others_refer_to_is_imported_first(tmp_path):
    made = []
    for name, text in (("auftraege.csv", ORDERS), ("kunden.csv", CUSTOMERS + "1;Eva;\n")):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        made.append(services.receive(now=NOW, file_name=name, path=path))
        services.start(import_id=made[-1].pk, now=NOW)

    claimed = claim(now=NOW)

    assert claimed is not None
    assert claimed[0].pk == made[1].pk
