"""The command line on the real data: imported, mirrored and counted as a user would."""

import csv
import io
import json
import os
import subprocess
import sys

import pytest
from django.utils import translation

from stammkunde.cli import kpis as command
from stammkunde.insight import kpis


@pytest.fixture(scope="module")
def shop(shared_data, tmp_path_factory):
    """A fresh installation with Online Retail imported."""
    folder = tmp_path_factory.mktemp("installation")
    env = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    env |= {"STAMMKUNDE_DATA_DIR": str(folder)}
    run(env, "import", str(shared_data / "online_retail" / "online_retail.parquet"))
    return env


def run(env, *words):
    code = "from stammkunde.cli import main; main()"
    done = subprocess.run([sys.executable, "-c", code, *words], env=env, check=False, capture_output=True, text=True)
    assert done.returncode in {0, 1}, done.stderr
    return done.stdout


def test_kpis_of_the_third_quarter_2011_are_the_reference(shop):
    rows = json.loads(run(shop, "kpis", "--period", "2011-Q3", "--activity-days", "180", "--format", "json"))

    found = {row["kpi"]: row for row in rows}
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


def test_repurchase_of_the_second_quarter_2011_is_the_reference(shop):
    rows = list(csv.DictReader(io.StringIO(run(shop, "kpis", "--period", "2011-Q2", "--format", "csv"))))

    (found,) = [row for row in rows if row["kpi"] == "repurchase_rate"]
    assert (float(found["numerator"]), float(found["denominator"])) == (762, 1991)


def test_kpis_by_country_name_the_slice(shop):
    rows = json.loads(run(shop, "kpis", "--period", "2011-Q3", "--by", "country", "--format", "json"))

    assert {"by": "country", "value": "Germany"} in [row["slice"] for row in rows]


@pytest.mark.parametrize(("language", "word"), [("de", "81,17 %"), ("en", "81.17%")])
def test_table_of_the_last_complete_quarter_speaks_the_language_of_the_installation(shop, language, word):
    said = run(shop | {"STAMMKUNDE_LANGUAGE": language}, "kpis", "--activity-days", "180")

    assert "2011-Q3" in said
    assert word in said


def test_table_tells_a_figure_that_is_not_known_in_words():
    figure = kpis.Figure("repurchase_rate", "2011-Q3", "channel", "web", None, None, 0, 0, reason="no_buyers")

    with translation.override("en"):
        assert command._worded(figure)[2:] == ["web", "Nobody bought in this period.", "", "0", ""]


def test_period_that_is_none_is_refused_with_a_cure(shop):
    code = "from stammkunde.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "kpis", "--period", "soon"], env=shop, check=False, capture_output=True, text=True
    )

    assert done.returncode == 1
    assert "Write 2011, 2011-Q3 or 2011-09" in done.stderr


def test_refresh_counts_up_to_the_last_order_of_an_old_shop(shop):
    assert "2011-12-09" in run(shop, "refresh")
