"""Everything that only a person knows of a file is asked at once, and answered at once."""

import pytest
from click.testing import CliRunner
from django.urls import reverse

from stammkunde.cli import imports
from stammkunde.intake import check, recognise, services, wording
from stammkunde.intake.formats import FileNotUsable
from stammkunde.intake.models import Import
from stammkunde.sales.models import Line
from tests.intake.bringing import NOW
from tests.intake.reading import TODAY, out, write

HEAD = "Rechnungsnummer;Datum;Kundennummer;Artikelnummer;Menge;Einzelpreis brutto;Belegart;Status;Vertreter\n"
ROWS = (
    "1;02/03/2024;K1;X;1;11,90;Musterversand;fertig;V. Unbekannt\n"
    "2;03/04/2024;K1;X;2;11,90;Rechnung;bezahlt;V. Unbekannt\n"
)
OPEN = ["date_order", "tax_rate", "kind:Musterversand", "status:fertig"]
ANSWERS = {"date_order": "dmy", "tax_rate": "19", "kind:Musterversand": "sale", "status:fertig": "completed"}


@pytest.fixture
def path(tmp_path):
    return write(tmp_path, HEAD + ROWS)


def test_recognition_asks_readings_and_words_together_and_answers_leave_nothing_open(path):
    found = recognise.recognise(path, today=TODAY)
    told = recognise.recognise(path, today=TODAY, options=ANSWERS)

    assert [one.option for one in found.questions] == OPEN
    assert [word for word, _rows, _row in found.named] == ["V. Unbekannt"]
    assert [each.cents for one in found.questions[2:] for each in one.answers] == [None] * 8
    assert (told.questions, told.usable, told.totals["net"]) == ((), True, 30_00)


def test_check_refuses_with_all_of_it_and_goes_through_with_all_answers(path):
    given = {"layout": "flat", "columns": recognise.recognise(path, today=TODAY).columns, "today": TODAY}

    with pytest.raises(FileNotUsable) as refused:
        check.check(path, options={}, out_dir=out(path), **given)
    found = check.check(path, options=ANSWERS, out_dir=out(path), **given)

    assert [one["option"] for one in refused.value.detail["questions"]] == OPEN
    _reason, cure = wording.problem_text("reading_open", refused.value.detail)
    assert all(f'--option "{name}={value}"' in cure for name, value in ANSWERS.items())
    assert (found.refused, found.revenue_cents) == (0, 30_00)


@pytest.mark.django_db(transaction=True)
def test_command_line_asks_once(path):
    asked = CliRunner().invoke(imports.command, [str(path)])
    given = [part for name, value in ANSWERS.items() for part in ("--option", f"{name}={value}")]
    done = CliRunner().invoke(imports.command, [str(path), *given])

    assert asked.exit_code == imports.NOTHING_IMPORTED
    assert all(f"--option {name}={value}" in asked.output.replace("'", "") for name, value in ANSWERS.items())
    assert (done.exit_code, Line.objects.count()) == (0, 2), done.output


@pytest.mark.django_db
def test_page_asks_once(path, client, administrator):
    client.force_login(administrator)
    incoming = services.receive(now=NOW, file_name="a.csv", path=path)

    page = client.get(reverse("import", args=[incoming.pk])).content.decode()
    answers = {f"answer-{name}": value for name, value in ANSWERS.items()} | {"tax_rate": "19"}
    known = {"layout": "flat", "layout_shown": "flat", "origin": "files"}
    columns = {f"column-{name}": column for name, column in incoming.columns.items()}
    client.post(reverse("import-start", args=[incoming.pk]), known | columns | answers)

    for name in [*OPEN, "owner:V. Unbekannt"]:
        assert f'name="answer-{name}"' in page or f'name="{name}"' in page, name
    assert Import.objects.get().status == Import.Status.QUEUED
