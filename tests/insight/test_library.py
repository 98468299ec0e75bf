"""What the library promises to those who use it alone: no Django, documented, and examples that run."""

import importlib
import inspect
import json
import math
import os
import re
import subprocess
import sys
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import altair as alt
import polars as pl
import pyarrow as pa
import pytest
import vl_convert

from stammkunde import insight
from stammkunde.insight import charts, cohorts, kpis, lifetime, money, periods, rhythm, value
from stammkunde.insight.errors import ColumnMissing, InvalidInput, WrongType
from stammkunde.insight.risk import metrics
from tests.insight.value import simulate

from .conftest import company, facts_of, line, on_duckdb

ROOT = Path(__file__).parents[2]
MODULES = [
    "buying",
    "cells",
    "charts",
    "charts.arms",
    "charts.expected",
    "charts.look",
    "charts.over_time",
    "charts.proof",
    "charts.shares",
    "charts.staying",
    "classes",
    "cohorts",
    "comeback",
    "doors",
    "drivers",
    "drivers.columns",
    "drivers.findings",
    "drivers.lost",
    "drivers.contracts",
    "drivers.traits",
    "experiments",
    "experiments.arms",
    "experiments.boundaries",
    "experiments.checks",
    "experiments.differences",
    "experiments.effect",
    "experiments.estimating",
    "experiments.looks",
    "experiments.planning",
    "experiments.ranking",
    "experiments.verdict",
    "frames.engines",
    "frames.expressions",
    "frames.happenings",
    "frames.knowledge",
    "frames.schema",
    "kpis",
    "lifetime",
    "margins",
    "money",
    "periods",
    "products",
    "profile",
    "profile.best",
    "profile.portrait",
    "profile.rule",
    "recency",
    "retention.costs",
    "retention.here",
    "retention.literature",
    "retention.point",
    "rfm",
    "rhythm",
    "risk.metrics",
    "risk.model",
    "rules.amounts",
    "rules.answering",
    "rules.asking",
    "rules.checks",
    "rules.deciding",
    "rules.explaining",
    "rules.known",
    "rules.measuring",
    "rules.reading",
    "rules.rows",
    "rules.spans",
    "rules.using",
    "rules.writing",
    "slices",
    "stratified",
    "uplift",
    "uplift.design",
    "uplift.judging",
    "uplift.named",
    "uplift.splits",
    "uplift.taking",
    "value",
    "value.bgnbd",
    "value.buyers",
    "value.contracts",
    "value.counts",
    "value.gammagamma",
    "value.history",
    "value.intervals",
    "value.level",
    "value.levelling",
    "value.matrix",
    "value.nbd",
    "value.optimise",
    "value.paretonbd",
    "value.past",
    "value.refusals",
    "value.smooth",
    "value.spending",
    "value.steps",
    "value.trial",
    "value.worth",
]
CHANCES = [0.1, 0.1, 0.2, 0.2, 0.5, 0.6, 0.8, 0.9]
LEFT = [False, False, False, True, False, True, True, True]
TRACKED = (
    value.Tracked(periods.parse("2011-01"), 12, 11.5, 12, 11.5, held_out=False),
    value.Tracked(periods.parse("2011-02"), 20, 18.25, 32, 29.75, held_out=True),
)
FREQUENT = (value.Frequent(0, False, 90, 0.5, 0.25, 0.0), value.Frequent(1, True, 10, 2.0, None, 3.0))
CELLS = (value.Cell(0, 0.0, 1.0, 0.5), value.Cell(1, 10.0, 0.5, 0.25), value.Cell(1, 20.0, 0.75, 1.25))
COURSE = (
    {"week": 1, "treated": 1_250.0, "held_out": 1_000.0, "effect": 240.0, "low": -60.0, "high": 540.0},
    {"week": 2, "treated": 2_500.0, "held_out": 2_000.0, "effect": 480.0, "low": 20.0, "high": 940.0},
)
DAY = datetime(2011, 1, 5, 23, 30)  # noqa: DTZ001 - naive: what files hold


def orders():
    return pl.DataFrame(
        {
            "CustomerID": [n % 25 for n in range(100)],
            "InvoiceDate": [DAY + timedelta(days=n * 3) for n in range(100)],
            "Amount": [10.005 + n for n in range(100)],
        }
    )


def test_importing_insight_loads_no_django_and_nothing_slow():
    code = "import sys, stammkunde.insight; print([m for m in ('django', 'altair', 'scipy') if m in sys.modules]); "
    code += f"from stammkunde.insight import {', '.join(insight.LATE)}; print('django' in sys.modules)"

    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
    )

    assert found.stdout.split() == ["[]", "False"]


def test_importing_insight_loads_no_other_part():
    for module in MODULES:
        source = inspect.getsource(importlib.import_module(f"stammkunde.insight.{module}"))
        assert set(re.findall(r"(?:from|import) stammkunde(?:\.| import )(\w+)", source)) <= {"insight"}


def public_functions():
    for name in MODULES:
        module = importlib.import_module(f"stammkunde.insight.{name}")
        for key, found in vars(module).items():
            if inspect.isfunction(found) and found.__module__ == module.__name__ and not key.startswith("_"):
                yield pytest.param(found, id=f"{name}.{key}")


@pytest.mark.parametrize("function", list(public_functions()))
def test_public_function_is_documented(function):
    text = inspect.getdoc(function) or ""

    arguments = [name for name, p in inspect.signature(function).parameters.items() if p.kind is not p.VAR_KEYWORD]
    assert re.match(r"[A-Z]\w+,? .*\.$", text.splitlines()[0])
    assert "Returns:" in text
    assert [name for name in arguments if f"    {name}: " not in text] == []
    if "raise " in inspect.getsource(function):
        assert "Raises:" in text


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A folder with three years of orders of customers who have names."""
    lines = simulate.lines(n=900, days=1074, r=0.6, alpha=40.0, a=0.8, b=4.0, seed=3)
    days = [datetime(2009, 1, 1, 10) + timedelta(days=day) for day in lines["ordered_on"].to_pylist()]  # noqa: DTZ001
    table = pl.DataFrame(
        {
            "CustomerID": [f"K{number:04d}" for number in lines["customer_id"].to_pylist()],
            "InvoiceDate": days,
            "Amount": [cents / 100 for cents in lines["revenue_cents"].to_pylist()],
            "Cost": [cents / 100 for cents in lines["cost_cents"].to_pylist()],
        }
    )
    folder = tmp_path_factory.mktemp("shop")
    table.write_parquet(folder / "orders.parquet")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("methods/library.md", ["2009-01", "K0", "used: model", "warned", "of the leavers found", "retention_rate"]),
        ("README.md", ["K0", "purchases were expected", "used: model", "warned", "of them left"]),
    ],
)
def test_examples_of_the_documentation_run(shop, monkeypatch, capsys, page, said):
    monkeypatch.chdir(shop)
    text = (ROOT / "docs" / page).read_text()

    exec("\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL)), {})

    printed = capsys.readouterr().out
    assert [words for words in said if words not in printed] == []
    assert "vegaEmbed" in (shop / "tracking.html").read_text()


def test_answers_get_their_names_back():
    table = pl.DataFrame({"who": ["b", "a", "b", None], "on": [DAY] * 4, "sum": [10.0, 3.0, 4.0, 5.0]})
    facts = insight.purchases(table, customer="who", date="on", revenue="sum")

    found = insight.named(facts, insight.buying.days(facts))

    assert sorted(found.select(["customer", "customer_id"]).to_pylist(), key=str) == [
        {"customer": "a", "customer_id": 1},
        {"customer": "b", "customer_id": 2},
    ]
    numbered = insight.purchases(table.with_columns(who=pl.lit(7)), customer="who", date="on", revenue="sum")
    assert insight.named(numbered, insight.buying.days(numbered))["customer"].to_pylist() == [7]
    with pytest.raises(ColumnMissing, match=r"no column 'customer_id'\. Found a"):
        insight.named(facts, pa.table({"a": [1]}))


@pytest.mark.parametrize("name", insight.LATE)
def test_late_parts_are_there_when_asked_for(name):
    assert getattr(insight, name).__name__ == f"stammkunde.insight.{name}"
    assert name in insight.__all__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        insight.nothing  # noqa: B018


def test_every_figure_and_page_is_in_the_index():
    folder = ROOT / "docs" / "methods"
    pages = "\n".join(path.read_text() for path in folder.glob("*.md"))

    assert [name for name in kpis.NAMES if f"`{name}`" not in pages] == []
    index = (folder / "index.md").read_text()
    assert [path.name for path in folder.glob("*.md") if path.name != "index.md" and path.name not in index] == []


def test_purchases_fix_the_day_and_round_to_cents():
    table = pl.DataFrame(
        {"who": ["b", "a", None], "on": [DAY] * 3, "sum": [10.005, -3.0, 0.0], "sku": ["x", None, "y"]}
    )

    facts = insight.purchases(table, customer="who", date="on", revenue="sum", product="sku")

    found = sorted(insight.frames.rows(facts.lines), key=lambda row: row["revenue_cents"])
    assert [(r["customer_id"], r["ordered_on"], r["revenue_cents"], r["kind"], r["product_id"]) for r in found] == [
        (1, 14979, -300, "return", None),
        (None, 14979, 0, "adjustment", 2),
        (2, 14979, 1001, "sale", 1),
    ]


def test_purchases_refuse_what_they_cannot_use():
    table = orders().with_columns(text=pl.lit("5.1.2011"))

    with pytest.raises(ColumnMissing, match=r"no column 'Kunde' for the customer. Found CustomerID"):
        insight.purchases(table, customer="Kunde", date="InvoiceDate", revenue="Amount")
    with pytest.raises(WrongType, match=r"Column 'text' holds String. Give dates"):
        insight.purchases(table, customer="CustomerID", date="text", revenue="Amount")
    with pytest.raises(InvalidInput, match="Name the column with the revenue"):
        insight.purchases(table, customer="CustomerID", date="InvoiceDate")
    with pytest.raises(InvalidInput, match="'shoe' means nothing here"):
        insight.purchases(table, customer="CustomerID", date="InvoiceDate", revenue="Amount", shoe="Amount")


def test_cohort_matrix_counts_who_buys_again():
    facts = facts_of(
        line(customer=1, on=date(2011, 1, 3)),
        line(customer=1, on=date(2011, 3, 3)),
        line(customer=2, on=date(2011, 1, 9)),
        line(customer=2, on=date(2011, 1, 19)),
        line(customer=3, on=date(2011, 2, 9)),
    )

    found = cohorts.matrix(facts)

    assert [str(cohort) for cohort in found.cohorts] == ["2011-01", "2011-02"]
    assert found.counts == ((2, 0, 1), (1, 0, None))
    assert found.shares[0] == (1.0, 0.0, 0.5)
    assert "2011-01" in str(found)
    assert cohorts.matrix(facts_of()).counts == ()


def all_charts(labels):
    facts = on_duckdb(company())
    asked = periods.between(date(2011, 1, 1), date(2012, 6, 30), grain="quarter")
    figures = insight.figures(facts, periods=asked, activity_days=90, names=["retention_rate"], by="country")
    described = insight.products.table(facts)
    return {
        "retention": charts.retention(figures, labels=labels),
        "cohorts": charts.cohort_heat_map(cohorts.matrix(facts, grain="quarter"), labels=labels),
        "money": charts.revenue_and_margin(money.turnover(facts, periods=asked), labels=labels),
        "pareto": charts.pareto(insight.classes.pareto(insight.classes.customers(facts)), labels=labels),
        "rhythm": charts.order_rhythm(rhythm.of_customer(facts, customer_id=7), due_on=date(2012, 7, 1), labels=labels),
        "products": charts.product_bars(insight.products.tops(described, n=5), labels=labels),
        "calibration": charts.calibration(metrics.calibration(CHANCES, LEFT, bins=4), labels=labels),
        "lift": charts.lift(metrics.gains(CHANCES, LEFT, steps=4), labels=labels),
        "tracking": charts.tracking(TRACKED, labels=labels),
        "cumulative": charts.cumulative_tracking(TRACKED, labels=labels),
        "frequency": charts.by_frequency(FREQUENT, labels=labels),
        "expected": charts.frequency_recency_map(CELLS, labels=labels),
        "alive": charts.frequency_recency_map(CELLS, measure="alive", labels=labels),
        "arms": charts.arms(COURSE, labels=labels),
        "difference": charts.difference(COURSE, labels=labels),
        "survival": charts.survival(lifetime.kaplan_meier([10, 20, 30, 40], [True, True, False, True]), labels=labels),
        "contracts": charts.survival(
            {one: lifetime.kaplan_meier([9, 20], [True, False]) for one in "ab"}, labels=labels
        ),
    }


@pytest.mark.slow
@pytest.mark.parametrize(("labels", "palette"), [("de", charts.LIGHT), ("en", charts.DARK)])
def test_charts_are_drawn_and_have_their_table(labels, palette):
    for name, chart in all_charts(charts.LABELS[labels]).items():
        picture = vl_convert.vegalite_to_svg(chart.dressed(palette, width=400, height=200).spec)

        assert palette.surface in picture, name
        assert {len(row) for row in chart.table.rows} == {len(chart.table.columns)}, name
        assert "config" not in chart.spec, name
        assert alt.Chart.from_dict(chart.dressed(palette, width=400, height=200).spec), name


def test_charts_speak_both_languages_completely():
    assert set(charts.LABELS["de"]) == set(charts.LABELS["en"])


def test_chart_leaves_a_gap_where_there_is_no_answer():
    figures = insight.figures(facts_of(), periods=["2011-01"], activity_days=90, names=["retention_rate"])

    chart = charts.retention(figures)

    assert chart.table.rows == (("2011-01", "", None, None, None),)
    (data,) = chart.spec["datasets"].values()
    assert data[0]["value"] is None


def figure(period, value):
    return insight.Figure("retention_rate", period, "", None, value, 9, 10, 10)


def test_retention_marks_the_chosen_and_the_running_period():
    figures = [figure("2011-Q3", 0.75), figure("2011-Q4", 0.5), figure("2012-Q1", 0.8)]

    chart = charts.retention(figures, name=lambda p: f"<{p}>", chosen="2011-Q4", as_of=date(2012, 2, 1))

    (data,) = chart.spec["datasets"].values()
    assert [(row["period"], row["running"]) for row in data] == [
        ("<2011-Q3>", False),
        ("<2011-Q4>", False),
        ("<2012-Q1>", True),
    ]
    assert "&lt;2011-Q4&gt;" in vl_convert.vegalite_to_svg(chart.spec)
    assert ">50.0%<" in vl_convert.vegalite_to_svg(chart.spec)


def test_money_without_costs_draws_revenue_only():
    facts = on_duckdb(company())
    turnovers = [replace(one, margin_cents=None) for one in money.turnover(facts, periods=["2011-01", "2011-02"])]

    chart = charts.revenue_and_margin(turnovers)

    (data,) = chart.spec["datasets"].values()
    assert [row["part"] for row in data] == ["Revenue", "Revenue"]


def test_calibration_sets_probabilities_beside_what_came():
    chart = charts.calibration(metrics.calibration(CHANCES, LEFT, bins=2), labels=charts.LABELS["de"])

    wilson = {0.25: (0.0456, 0.6994), 0.75: (0.3006, 0.9544)}  # of four, by any table of binomial intervals
    assert [tuple(round(number, 4) for number in row) for row in chart.table.rows] == [
        (0.15, 0.25, *wilson[0.25], 4),
        (0.7, 0.75, *wilson[0.75], 4),
    ]
    assert [column.label for column in chart.table.columns][:2] == [
        "Wahrscheinlichkeit abzuwandern",
        "Anteil, der abwanderte",
    ]


def test_lift_begins_with_those_most_at_risk_and_ends_with_everybody():
    chart = charts.lift(metrics.gains(CHANCES, LEFT, steps=4))

    assert chart.table.rows == ((0.25, 2, 0.5, 2.0), (0.5, 4, 0.75, 1.5), (0.75, 6, 1.0, 4 / 3), (1.0, 8, 1.0, 1.0))
    assert chart.table.columns[-1] == charts.Column("Times as often as everybody", "times")


def test_tracking_sets_what_came_beside_what_was_expected():
    charted = charts.tracking(TRACKED), charts.cumulative_tracking(TRACKED)

    assert [one.table.rows for one in charted] == [
        (("2011-01", 12, 11.5), ("2011-02", 20, 18.25)),
        (("2011-01", 12, 11.5), ("2011-02", 32, 29.75)),
    ]
    assert [one.spec["title"] for one in charted] == ["Repeat purchases", "Repeat purchases so far"]
    (data,) = charted[0].spec["datasets"].values()
    assert [row["held_out"] for row in data] == [False, True]


def test_frequency_chart_names_the_last_group_and_leaves_out_what_no_model_said():
    chart = charts.by_frequency(FREQUENT, labels=charts.LABELS["de"])

    assert chart.table.rows == (("0", 90, 0.5, 0.25, 0.0), ("1+", 10, 2.0, None, 3.0))
    assert ">Erwartet<" in vl_convert.vegalite_to_svg(chart.spec)


def test_frequency_recency_map_has_the_latest_on_top():
    chart = charts.frequency_recency_map(CELLS)

    assert chart.table.rows == ((0, 0.0, 1.0, 0.5), (1, 10.0, 0.5, 0.25), (1, 20.0, 0.75, 1.25))
    assert chart.spec["encoding"]["y"]["sort"] == ["20", "10", "0"]


def test_survival_draws_the_curve_with_its_interval_from_everybody_on():
    curve = lifetime.kaplan_meier([10, 20, 30, 40], [True, True, False, True])

    chart = charts.survival({"shop": curve})

    assert [(row[0], row[1], row[2], row[5], row[6]) for row in chart.table.rows] == [
        ("shop", 10, 0.75, 4, 1),
        ("shop", 20, pytest.approx(0.5), 3, 1),
        ("shop", 40, 0.0, 1, 1),
    ]
    assert [row[3:5] for row in chart.table.rows] == lifetime.interval(curve)
    assert tuple(round(bound, 3) for bound in chart.table.rows[0][3:5]) == (0.128, 0.961)  # as R's survfit says
    (data,) = chart.spec["datasets"].values()
    assert (data[0]["days"], data[0]["there"]) == (0, 1.0)


@pytest.mark.parametrize("labels", ["de", "en"])
def test_charts_hold_no_number_that_is_none(labels):
    for name, chart in all_charts(charts.LABELS[labels]).items():
        numbers = [cell for row in chart.table.rows for cell in row if isinstance(cell, float)]
        assert all(math.isfinite(number) for number in numbers), name
        assert "NaN" not in json.dumps(chart.spec), name


@pytest.mark.slow
def test_charts_take_all_their_colours_from_the_palette():
    strange = replace(charts.LIGHT, **{field.name: "#123456" for field in fields(charts.LIGHT)})
    readable = {"#ffffff", "#1d1d1b"}  # numbers in the squares of the heat map: what stands out from the square

    for name, chart in all_charts(charts.LABELS["en"]).items():
        picture = vl_convert.vegalite_to_svg(chart.dressed(strange).spec)
        used = set(re.findall(r"#[0-9a-f]{6}|rgb\([^)]*\)", picture))
        assert used - readable <= {"#123456", "rgb(18, 52, 86)"}, name
