"""The command line on the real data: imported, mirrored and counted as a user would."""

import csv
import io
import json
import os
import subprocess
import sys

import pytest
from click.testing import CliRunner
from django.db import connection
from django.utils import translation

from stammkunde.cli import kpis as command
from stammkunde.cli import refresh
from stammkunde.insight import kpis
from tests.signals.shop import open_shop


@pytest.fixture
def shop(shared_data, tmp_path):
    """A fresh installation with Online Retail imported."""
    folder = tmp_path / "installation"
    env = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    env |= {"STAMMKUNDE_DATA_DIR": str(folder), "STAMMKUNDE_LANGUAGE": "de"}
    run(env, "import", str(shared_data / "online_retail" / "online_retail.parquet"))
    return env


def run(env, *words):
    code = "from stammkunde.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code, *words], env=env, check=False, capture_output=True, text=True)
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout


def test_kpis_of_2011_are_the_reference_in_every_form(shop):
    _quarters_are_the_reference(shop)
    rows = list(csv.DictReader(io.StringIO(run(shop, "kpis", "--by", "country", "--format", "csv"))))
    said = run(shop, "kpis", "--activity-days", "180")

    assert ("country", "Germany") in [(row["slice_by"], row["slice_value"]) for row in rows]
    assert "2011-Q3" in said, "the last complete quarter"
    assert "81,17 %" in said, "in the language of the installation"


def _quarters_are_the_reference(shop):
    quarters = ("--period", "2011-Q3", "--period", "2011-Q2")
    rows = json.loads(run(shop, "kpis", *quarters, "--activity-days", "180", "--format", "json"))

    found = {row["kpi"]: row for row in rows if row["period"] == "2011-Q3"}
    assert len(found) == 11
    assert found["retention_rate"] == {
        "kpi": "retention_rate",
        "period": "2011-Q3",
        "slice": None,
        "value": 2211 / 2724,
        "numerator": 2211,
        "denominator": 2724,
        "n": 2724,
        "reason": "",
        "remark": "",
        "coverage": None,
        "margin_stage": None,
        "unallocated_cents": None,
    }
    assert [found[f"customers_{name}"]["value"] for name in ("start", "won", "end", "lost")] == [2724, 714, 2925, 513]
    assert found["margin_per_customer_cents"]["reason"] == "cost_unknown"
    (before,) = [row for row in rows if (row["kpi"], row["period"]) == ("repurchase_rate", "2011-Q2")]
    assert (before["numerator"], before["denominator"]) == (762, 1991)


def test_table_tells_a_figure_that_is_not_known_in_words():
    figure = kpis.Figure("repurchase_rate", "2011-Q3", "channel", "web", None, None, 0, 0, reason="no_buyers")

    with translation.override("en"):
        assert command._worded(figure)[2:] == ["web", "Nobody bought in this period.", "", "0", ""]


@pytest.fixture
def small(once):
    """A shop of a few customers, in this process."""
    return once(open_shop)


@pytest.mark.django_db(transaction=True)
def test_period_that_is_none_is_refused_with_a_cure(small):
    refused = CliRunner().invoke(command.command, ["--period", "soon"])

    assert refused.exit_code == 1
    assert "Write 2011, 2011-Q3 or 2011-09" in refused.output


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_figures", "learns_once")
def test_refresh_counts_up_to_the_last_order_of_an_old_shop(small):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sales_order SET ordered_on = '2011-12-09'")

    done = CliRunner().invoke(refresh.command, ["--rebuild"])

    assert "2011-12-09" in done.output
