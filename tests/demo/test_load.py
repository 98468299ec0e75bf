from datetime import UTC, date, datetime

import duckdb
import pytest
from click.testing import CliRunner
from django.db.models import Sum

from stammkunde.cli import demo
from stammkunde.contacts.models import Contact
from stammkunde.customers.models import ContactPerson, Customer, Note
from stammkunde.demo import files, load, names
from stammkunde.intake.models import Import
from stammkunde.sales.models import Line, Order, Product
from stammkunde.signals import queries as signals
from stammkunde.team.models import Company, Staff
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def test_demo_company_comes_through_the_ordinary_import_whole(tmp_path):
    rows = files.write(tmp_path, customers=80, seed=3, until=date(2026, 11, 20))

    load.load(tmp_path, seed=3, now=NOW, say=lambda _words: None)

    stored = [model.objects.count() for model in (Customer, ContactPerson, Product, Order, Line, Contact)]
    assert stored == [rows[table] for table in files.TABLES]
    assert set(Import.objects.values_list("status", flat=True)) == {Import.Status.DONE}
    ((net,),) = (
        duckdb.connect().sql(f"SELECT sum(round(Netto * 100))::bigint FROM '{tmp_path}/lines.parquet'").fetchall()
    )
    assert Line.objects.aggregate(sum=Sum("revenue_cents"))["sum"] == net
    _has_people_notes_and_figures()


def _has_people_notes_and_figures():
    assert Company.objects.get().is_demo
    assert {staff.name for staff in Staff.objects.all()} == {name for name, _email, _role in names.STAFF}
    assert not any(staff.has_usable_password() for staff in Staff.objects.all())
    assert Customer.objects.filter(owner__isnull=False, kind="company").exists()
    assert not Customer.objects.filter(owner__isnull=False, kind="person").exists()
    assert Note.objects.filter(kind=Note.Kind.MATTERS).exists()
    assert signals.current().as_of_on == date(2026, 11, 21)
    assert signals.signals().count() == Customer.objects.count()


def test_demo_refuses_a_database_in_use(tmp_path):
    factories.customer()

    with pytest.raises(load.NotEmpty):
        load.load(tmp_path, seed=1, now=NOW, say=lambda _words: None)

    assert Staff.objects.count() == 0


def test_demo_command_refuses_a_database_in_use_and_says_what_to_do():
    factories.customer()

    result = CliRunner().invoke(demo.command, [])

    assert result.exit_code == 1
    assert "There are data already" in result.output
    assert Customer.objects.count() == 1


def test_demo_command_leaves_a_database_in_use_alone_if_asked_to():
    factories.customer()

    result = CliRunner().invoke(demo.command, ["--if-empty"])

    assert (result.exit_code, result.output) == (0, "")
    assert Customer.objects.count() == 1


def test_demo_command_writes_files_only(tmp_path):
    result = CliRunner().invoke(demo.command, ["--customers", "30", "--write", str(tmp_path / "files")])

    assert result.exit_code == 0
    assert "30 customers" in result.output
    assert Customer.objects.count() == 0
