from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner

from stammkunde.cli import demo
from stammkunde.customers.models import Customer
from stammkunde.demo import files, load, unfinished
from stammkunde.team.models import Staff
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

UNTIL = date(2026, 11, 20)
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def test_demo_refuses_a_database_in_use(tmp_path):
    factories.customer()

    with pytest.raises(load.NotEmpty):
        load.load(tmp_path, seed=1, until=UNTIL, now=NOW, say=lambda _words: None)

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


def test_demo_that_was_killed_half_way_is_cleared_away_and_made_anew(settings, monkeypatch, tmp_path):
    settings.DATA_DIR = tmp_path
    made = []
    monkeypatch.setattr(files, "write", lambda *_, **_given: {})
    monkeypatch.setattr(load, "load", lambda *_, **_given: made.append(Customer.objects.count()))
    unfinished.begin(tmp_path / "demo")
    factories.decided(is_demo=True)
    factories.customer()

    result = CliRunner().invoke(demo.command, ["--if-empty"])

    assert "starting anew" in result.output
    assert made == [0]
    assert not unfinished.is_there(tmp_path / "demo")


def test_half_a_demo_company_in_another_database_clears_nothing_away(tmp_path):
    unfinished.begin(tmp_path)
    factories.customer()

    assert not unfinished.is_there(tmp_path)  # no demo company: somebody's own customers
    factories.decided(is_demo=True)
    (tmp_path / unfinished.FILE).write_text("another database")

    assert not unfinished.is_there(tmp_path)


def test_demo_command_writes_files_only(tmp_path):
    result = CliRunner().invoke(demo.command, ["--customers", "30", "--write", str(tmp_path / "files")])

    assert result.exit_code == 0
    assert "30 customers" in result.output
    assert Customer.objects.count() == 0
