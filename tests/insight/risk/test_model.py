import importlib
import inspect
import json
import re
from datetime import date, timedelta

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from stammkunde import insight
from stammkunde.insight import recency, risk
from stammkunde.insight.errors import InvalidInput, NotEnoughData
from stammkunde.insight.periods import day_number
from stammkunde.insight.risk import evenings, lights, reasons
from stammkunde.insight.risk.calibration import Line
from stammkunde.insight.risk.candidates import RULES
from tests.insight.conftest import facts_of, line, on_polars
from tests.insight.risk.conftest import AS_OF, WINDOW


def test_all_candidates_compete_and_the_best_is_used(model):
    assert tuple(model.verdict.qualities) == RULES
    assert model.verdict.by == "time"
    best = min(found.log_loss for found in model.verdict.qualities.values())
    assert model.verdict.qualities[model.rule].log_loss < best + 0.02
    assert model.refusal is None


def test_customers_played_by_the_value_model_are_told_apart_as_well_as_it_can(model):
    found = model.verdict.qualities

    assert found["value"].auc > 0.7
    assert found[model.rule].auc > found["value"].auc - 2 * found["value"].auc_error
    assert found[model.rule].auc > found["silence"].auc + 0.05
    assert found[model.rule].calibration_error < 0.08


def test_probabilities_hold_in_the_real_future(played, model):
    scores = risk.score(played, model)

    sales = played.lines.filter(insight.slices.is_sale(), nw.col("ordered_on") > day_number(AS_OF))
    later = set(insight.frames.arrow(sales)["customer_id"].to_pylist())
    left = np.array([customer not in later for customer in scores["customer_id"].to_pylist()])
    found = risk.quality(scores["probability"].to_numpy(), left)
    assert found.auc > 0.68
    assert abs(scores["probability"].to_numpy().mean() - left.mean()) < 0.08
    assert found.top_precision > 1.4 * left.mean()


@pytest.mark.slow
@pytest.mark.parametrize("change", ["gone", "others"])
def test_nothing_said_of_an_evening_knows_what_came_later(played, model, change):
    lines = insight.frames.arrow(played.lines)
    early = pc.less_equal(lines["ordered_on"], day_number(AS_OF))
    past, future = lines.filter(early), lines.filter(pc.invert(early))
    others = future.set_column(1, "customer_id", future["customer_id"][::-1])
    dear = others.set_column(8, "revenue_cents", pc.multiply(others["revenue_cents"], 9))
    changed = on_polars({"lines": past if change == "gone" else pa.concat_tables([past, dear, dear])})
    asked = played.lines.select("customer_id").head(300)
    ids = insight.frames.arrow(asked.sort("customer_id"))["customer_id"].to_pylist()

    found = risk.fit(changed, as_of=AS_OF, activity_days=WINDOW, horizon_days=120)

    assert future.num_rows > 100
    assert found.verdict == model.verdict
    assert [_said(test) for test in found.back_tests] == [_said(test) for test in model.back_tests]
    assert risk.score(changed, found).equals(risk.score(played, model))
    assert risk.explain(changed, found, customer_ids=ids) == risk.explain(played, model, customer_ids=ids)


def _said(test: risk.BackTest) -> dict[str, object]:
    return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in vars(test).items()}


@pytest.mark.slow
def test_a_back_test_uses_nothing_after_its_evening_but_who_bought_again(played, model):
    latest, lines = model.back_tests[0], insight.frames.arrow(played.lines)
    on = day_number(latest.as_of)
    within = pc.and_(pc.greater(lines["ordered_on"], on), pc.less_equal(lines["ordered_on"], on + 120))
    past = lines.filter(pc.less_equal(lines["ordered_on"], on))
    again = lines.filter(within)
    bare = again.set_column(8, "revenue_cents", pa.array(np.ones(again.num_rows, np.int64)))
    bare = bare.set_column(3, "ordered_on", pa.array(np.full(again.num_rows, on + 120, np.int32)))
    facts = on_polars({"lines": pa.concat_tables([past, bare])})
    then = latest.as_of + timedelta(days=120)

    found = risk.back_test(facts, as_of=then, activity_days=WINDOW, horizon_days=120)

    assert _said(found[0]) == _said(latest)


@pytest.mark.slow
def test_back_tests_say_what_was_known_then(played, model):
    latest = model.back_tests[0]

    then = risk.fit(played, as_of=latest.as_of, activity_days=WINDOW, horizon_days=120)

    known = risk.score(played, then)
    assert latest.customer_id.tolist() == known["customer_id"].to_pylist()
    assert (latest.rule, latest.level) == (then.rule, then.level)
    assert latest.level.log_odds != 0
    assert latest.base_share == pytest.approx(then.base_share, abs=1e-9)
    assert np.allclose(latest.probability, known["probability"].to_numpy(), atol=1e-9)


def test_back_tests_warn_by_what_is_at_stake(model):
    for found in model.back_tests:
        stake = np.floor(found.probability * np.maximum(found.yearly_cents, 0) + 0.5)
        worries = (found.probability > found.base_share) & (stake > 0)
        order = np.lexsort((found.customer_id, -stake, ~worries))[: min(round(0.2 * found.customers), worries.sum())]
        told = found.warned(risk.Reach(share=0.2, contacts=7))
        assert sorted(np.flatnonzero(told.lights)) == sorted(order)
        assert sorted(np.flatnonzero(told.lights == lights.RED)) == sorted(order[:7])
        assert (told.all.warned, told.all.warned_left) == (len(order), found.gone[order].sum())
        assert told.all.warned_left_cents == found.yearly_cents[order][found.gone[order]].sum()
        assert told.all.left_cents == np.maximum(found.yearly_cents[found.gone], 0).sum()
        assert told.all.lift == pytest.approx(told.all.precision / (found.left / found.customers))
        assert 0 <= told.days_ahead < WINDOW
        assert sum(group.customers for group in found.calibration) == found.customers


def test_back_tests_add_up_by_class_and_by_light(model):
    counts = ("customers", "left", "warned", "warned_left", "left_cents", "warned_left_cents")
    for found in model.back_tests:
        told = found.warned(risk.Reach(contacts=5))
        for parts in (told.by_class, told.by_light):
            assert [sum(getattr(one, name) for one in parts) for name in counts] == [
                getattr(told.all, name) for name in counts
            ]
        assert [one.name for one in told.by_class] == ["A", "B", "C"]
        red, amber, green = told.by_light
        assert (red.name, red.customers, red.warned) == ("red", 5, 5)
        assert (amber.name, amber.customers) == ("amber", told.all.warned - 5)
        assert (green.name, green.warned, green.precision) == ("green", 0, None)


def test_back_tests_say_who_is_found_by_probability_alone(model):
    for found in model.back_tests:
        curve = {point.share: point.found for point in found.lift_curve}
        top = np.argsort(-found.probability, kind="stable")[: round(0.1 * found.customers)]
        assert list(curve) == [step / 20 for step in range(21)]
        assert (curve[0.0], curve[1.0]) == (0.0, 1.0)
        assert curve[0.1] == found.gone[top].sum() / found.left
        assert sorted(curve.values()) == list(curve.values())
        assert curve[0.5] > 0.6


def test_back_tests_know_class_and_worth_of_that_evening(played, model):
    for found in model.back_tests:
        then = recency.customers(played, as_of=found.as_of, activity_days=WINDOW)
        known = {row["customer_id"]: row for row in insight.frames.rows(then)}
        own = [known[customer] for customer in found.customer_id.tolist()]
        assert found.abc_class.tolist() == [row["abc_class"] for row in own]
        assert found.yearly_cents.tolist() == [row["yearly_cents"] for row in own]
        assert set(found.abc_class) == {"A", "B", "C"}


def test_more_warned_reach_more(model):
    for found in model.back_tests:
        few, many = (found.warned(risk.Reach(share=share)).all for share in (0.05, 0.3))
        assert many.recall > few.recall
        assert many.warned_left_cents > few.warned_left_cents


def test_score_explains_whoever_is_most_at_risk(played, model):
    found = risk.score(played, model, explained_share=0.1).to_pylist()

    told = [row for row in found if row["reasons"] is not None]
    assert len(told) == round(0.1 * len(found))
    assert min(row["probability"] for row in told) >= max(r["probability"] for r in found if r["reasons"] is None)
    assert all(1 <= len(json.loads(row["reasons"])) <= 5 for row in told)
    assert "silent" in {reason["code"] for row in told for reason in json.loads(row["reasons"])}
    one = told[0]
    explained = risk.explain(played, model, customer_ids=[one["customer_id"], -1])
    assert explained == {one["customer_id"]: json.loads(one["reasons"])}


@pytest.mark.slow
def test_engines_agree():
    lines = insight.frames.arrow(_regular().lines)

    found = [
        risk.score(facts, risk.fit(facts, as_of=AS_OF, activity_days=90, horizon_days=150))
        for facts in (insight.facts(lines), on_polars({"lines": lines}))
    ]

    assert found[0]["customer_id"].equals(found[1]["customer_id"])
    assert np.allclose(found[0]["probability"].to_numpy(), found[1]["probability"].to_numpy(), atol=1e-6)


def _regular(n: int = 240) -> insight.Facts:
    """Customers who buy every month; a third stops, and those are the ones in region west."""
    random = np.random.default_rng(4)
    stops = [int(random.integers(100, 800)) if customer % 3 == 0 else 900 for customer in range(n)]
    days = [(c, d) for c, stop in enumerate(stops) for d in range(c % 30, min(stop, 720), int(28 + c % 5))]
    lines = [line(customer=c, on=date(1970, 1, 1) + timedelta(days=d), order=c * 1000 + d) for c, d in days]
    customers = pa.table(
        {
            "customer_id": list(range(n)),
            "region": ["west" if c % 3 == 0 and c % 7 else "east" for c in range(n)],
            "churn_reason": ["price" if c % 3 == 0 else None for c in range(n)],
        }
    )
    return facts_of(*lines, customers=customers)


@pytest.mark.slow
def test_attributes_are_learnt_from_and_leaks_refused():
    facts = _regular()

    found = risk.fit(facts, as_of=AS_OF, activity_days=90, horizon_days=150, attributes=["region", "churn_reason"])

    assert found.attributes == ("region",)
    assert [(column.column, column.code) for column in found.refused] == [("churn_reason", "named_like_the_answer")]


def test_too_short_a_past_is_said_and_silence_used():
    lines = [line(customer=1, on=AS_OF - timedelta(days=n)) for n in (74, 94, 114)]
    facts = facts_of(*lines, line(customer=2, on=AS_OF), line(customer=2, on=AS_OF - timedelta(days=30)))

    found = risk.fit(facts, as_of=AS_OF, activity_days=90, horizon_days=60)

    assert (found.rule, found.fitted, found.refusal.code) == ("silence", None, "no_past")
    assert found.refusal.numbers == {"horizon_days": 60, "needed_days": 120}
    assert "Silence against the own rhythm is used instead" in found.refusal.text
    scores = risk.score(facts, found, explained_share=0.5).to_pylist()
    assert [row["probability"] for row in scores] == [None, None]
    assert json.loads(scores[0]["reasons"]) == [
        {"code": "silent", "gap_days": 22, "silent_days": 74}
    ]  # drawn towards 30


def test_too_few_leavers_are_said():
    days = [(c, d) for c in range(40) for d in range(c, 720, 30)]
    facts = facts_of(*[line(customer=c, on=date(1970, 1, 1) + timedelta(days=d), order=c * 1000 + d) for c, d in days])

    found = risk.fit(facts, as_of=AS_OF, activity_days=90, horizon_days=60)

    assert (found.rule, found.refusal.code) == ("silence", "too_few")
    assert found.refusal.numbers["left"] == 0


def test_one_past_evening_is_tried_on_customers_left_out(played):
    first = date(1970, 1, 1) + timedelta(days=500)

    found = risk.fit(played, as_of=first, activity_days=WINDOW, horizon_days=240)

    assert found.verdict.by == "customers"
    assert found.refusal.code == "not_tried"
    assert found.back_tests == ()
    assert found.verdict.line == Line(offset=found.level.log_odds)


def test_wrong_questions_are_refused(played, model):
    with pytest.raises(NotEnoughData, match="Nobody has bought"):
        risk.fit(facts_of(), as_of=AS_OF, activity_days=90)
    with pytest.raises(InvalidInput, match="at least one day"):
        risk.fit(played, as_of=AS_OF, activity_days=0)
    with pytest.raises(InvalidInput, match="'shoe' is no column"):
        risk.fit(played, as_of=AS_OF, activity_days=90, attributes=["shoe"])
    with pytest.raises(InvalidInput, match="give 0 to 1"):
        risk.score(played, model, explained_share=2)
    with pytest.raises(InvalidInput, match="above 0"):
        risk.Reach(share=0)
    with pytest.raises(InvalidInput, match="0 or more"):
        risk.Reach(contacts=-1)
    with pytest.raises(NotEnoughData, match="at least two evenings"):
        risk.back_test(played, as_of=date(1970, 3, 1), activity_days=90, horizon_days=60)


def test_sample_is_fair_and_the_same_every_time(played, monkeypatch):
    monkeypatch.setattr(evenings, "MOST_CUSTOMERS", 500)

    sample, again = (
        set(insight.frames.arrow(evenings.sampled(played).lines)["customer_id"].to_pylist()) for _ in range(2)
    )

    assert sample == again
    assert 420 < len(sample) < 580


def row(**more):
    known = {
        "silent_days": 74.0,
        "own_gap_days": 28.0,
        "gap_days": 31.2,
        "recent_days": 1,
        "earlier_days": 4,
        "returned_share": 0.0,
    }
    return known | {"purchase_days": 8.0, "window_days": 5.0} | more


def test_reasons_carry_their_numbers():
    found = reasons.added(row(), {"silence": 0.5, "silent_days": 0.4, "frequency_trend": 0.3, "region": 0.05})

    assert found == [
        {"code": "silent", "gap_days": 31, "silent_days": 74, "odds_factor": 2.46},
        {"code": "buys_less", "recent_days": 1, "earlier_days": 4, "odds_factor": 1.35},
    ]


def test_reasons_that_their_numbers_do_not_bear_out_are_left_out():
    known = row(recent_days=5, region="west")

    found = reasons.added(known, {"frequency_trend": 0.3, "returned_share": 0.3, "region": 0.2, "silence": -1.0})

    assert found == [{"code": "attribute", "column": "region", "value": "west", "odds_factor": 1.22}]


def test_silence_is_worded_by_the_rhythm():
    assert reasons.silent(row(own_gap_days=None)) == {"code": "once", "silent_days": 74}
    assert reasons.silent(row(gap_days=120.0)) == {"code": "rarely", "gap_days": 120, "silent_days": 74}


MODULES = [
    *("additive", "bins", "calibration", "candidates", "contest", "contracts", "evenings"),
    *("features", "happened", "horizon", "leaks", "metrics", "model", "reasons", "replay"),
]


def public_functions():
    for name in MODULES:
        module = importlib.import_module(f"stammkunde.insight.risk.{name}")
        for key, value in vars(module).items():
            if inspect.isfunction(value) and value.__module__ == module.__name__ and not key.startswith("_"):
                yield pytest.param(value, id=f"{name}.{key}")


@pytest.mark.parametrize("function", list(public_functions()))
def test_public_function_is_documented(function):
    text = inspect.getdoc(function) or ""

    assert re.match(r"[A-Z]\w+,? .*\.$", text.splitlines()[0])
    assert "Returns:" in text
    assert [name for name in inspect.signature(function).parameters if f"    {name}: " not in text] == []
    if "raise " in inspect.getsource(function):
        assert "Raises:" in text
