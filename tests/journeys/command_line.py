"""The figures of Online Retail on the command line, in every form, beside a server that is at work."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

QUARTERS = ("--period", "2011-Q3", "--period", "2011-Q2")


def figures_are_the_reference(data: Path) -> None:
    env = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    env |= {"STAMMKUNDE_DATA_DIR": str(data), "STAMMKUNDE_LANGUAGE": "de", "PYTHONPATH": os.pathsep.join(sys.path)}

    _quarters_are_the_reference(json.loads(_kpis(env, *QUARTERS, "--activity-days", "180", "--format", "json")))
    rows = list(csv.DictReader(io.StringIO(_kpis(env, "--by", "country", "--format", "csv"))))
    said = _kpis(env, "--activity-days", "180")

    assert ("country", "Germany") in [(row["slice_by"], row["slice_value"]) for row in rows]
    assert "2011-Q3" in said, "the last complete quarter"
    assert "81,17 %" in said, "in the language of the installation"


def _kpis(env: dict[str, str], *words: str) -> str:
    code = "from stammkunde.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "kpis", *words], env=env, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _quarters_are_the_reference(rows: list[dict]) -> None:
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
