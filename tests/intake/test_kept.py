"""What a check found is taken over by whoever imports the same file in the same way, and by nobody else."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from stammkunde.intake import check, layouts, recognise, services
from stammkunde.intake.formats.engine import look
from stammkunde.intake.models import Import
from stammkunde.intake.services import running
from stammkunde.sales.models import Order
from tests.intake.reading import CUSTOMERS, FLAT, TODAY, out, write

ROWS = "R1;01.02.2026;K1;A1;2;10,50\nR2;13.02.2026;K2;A2;1;7,00\n"
OPTIONS = {"price_basis": "net", "origin": "kasse"}
NOW = timezone.now()


WRITTEN = {"lines": FLAT + ROWS, "customers": CUSTOMERS + "K1;Anna;01.02.2024\n;Ohne;03.02.2024\n"}
FOREIGN = Path(layouts.__file__).parent / "foreign"


@pytest.mark.parametrize("name", [*WRITTEN, "jtl", "mailchimp"])
def test_a_look_at_a_small_file_finds_what_a_check_of_it_finds(tmp_path, name):
    path = write(tmp_path, WRITTEN[name]) if name in WRITTEN else next((FOREIGN / name).glob("sample.*"))
    kept = check.Kept(home=tmp_path / "kept", state="", today=TODAY)
    found = recognise.recognise(path, today=TODAY, options=OPTIONS, kept=kept)
    told = {"layout": found.layout, "columns": found.columns, "options": found.options}
    taken = tmp_path / "taken"
    taken.mkdir()

    assert kept.take(taken, **told) == check.check(path, **told, out_dir=tmp_path / "out", today=TODAY)
    assert {one.name: contents(one) for one in taken.iterdir()} == {
        one.name: contents(one) for one in (tmp_path / "out").iterdir()
    }


def contents(path):
    if path.suffix != ".parquet":
        return path.read_bytes()
    with look() as db:
        return sorted(db.execute(f"SELECT COLUMNS(*)::VARCHAR FROM '{path}'").fetchall(), key=repr)


@pytest.mark.parametrize("damage", [lambda place: (place / "checked.json").unlink(), lambda place: place.rename("x")])
def test_what_is_not_whole_is_not_taken(tmp_path, monkeypatch, damage):
    monkeypatch.chdir(tmp_path)
    kept = check.Kept(home=tmp_path / "kept", state="", today=TODAY)
    path = write(tmp_path, FLAT + ROWS)
    found = recognise.recognise(path, today=TODAY, options=OPTIONS, kept=kept)
    damage(next(kept.home.iterdir()))
    out(path).mkdir()

    assert kept.take(out(path), layout=found.layout, columns=found.columns, options=found.options) is None
    assert not list(out(path).iterdir())


@pytest.fixture
def checks(monkeypatch):
    """Count how often a file is checked by a reader."""
    done = []

    def checking(path, **given):
        done.append(path)
        return check.check(path, **given)

    monkeypatch.setattr(running.apart, "check", checking)
    return done


def receive(tmp_path, text=FLAT + ROWS):
    return services.receive(now=NOW, file_name="lines.csv", path=write(tmp_path, text), options=OPTIONS)


def run(incoming, *, now=NOW, **how):
    services.start(import_id=incoming.pk, now=now, **how)
    return services.run(import_id=incoming.pk, now=now)


@pytest.mark.django_db(transaction=True)
def test_a_small_file_is_imported_as_it_was_looked_at(tmp_path, settings, checks):
    done = run(receive(tmp_path))

    assert (done.status, checks) == (Import.Status.DONE, [])
    assert done.counts["lines"]["created"] == Order.objects.count() == 2
    assert not list(settings.UPLOAD_DIR.glob("kept-*"))


@pytest.mark.django_db(transaction=True)
def test_what_was_found_goes_with_the_file(tmp_path, settings):
    incoming = receive(tmp_path)
    assert list(settings.UPLOAD_DIR.glob("kept-*"))

    services.discard(import_id=incoming.pk, now=NOW)

    assert not list(settings.UPLOAD_DIR.glob("kept-*"))


@pytest.mark.django_db(transaction=True)
def test_a_large_file_is_checked_once_for_a_dry_run_and_its_import(tmp_path, checks):
    many = "".join(f"R{number};01.02.2026;K1;A1;2;10,50\n" for number in range(2500))
    incoming = receive(tmp_path, FLAT + many)

    assert run(incoming, dry_run=True).status == Import.Status.CHECKED
    assert run(incoming).counts["lines"]["created"] == 2500
    assert len(checks) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", ["options", "day", "file"])
def test_what_is_read_otherwise_or_another_day_or_was_changed_is_checked_anew(tmp_path, checks, change):
    incoming = receive(tmp_path)
    now = NOW + timedelta(days=1) if change == "day" else NOW
    how = {"options": {**incoming.options, "origin": "laden"}} if change == "options" else {}
    if change == "file":
        write(tmp_path, FLAT + ROWS + "R3;14.02.2026;K2;A2;1;7,00\n")

    done = run(incoming, now=now, **how)

    assert (done.status, len(checks)) == (Import.Status.DONE, 1)
    assert Order.objects.count() == (3 if change == "file" else 2)
