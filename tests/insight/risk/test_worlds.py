"""
The early warning in worlds it was not made for, and in companies that are hardly one.

All on Polars, which says the same as DuckDB (`tests/insight/test_engines.py`), in a third of the time.
"""

import json
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

from stammkunde import insight
from stammkunde.insight import risk
from stammkunde.insight.errors import NotEnoughData
from tests.insight.conftest import line, on_polars, table
from tests.insight.risk import worlds

pytestmark = pytest.mark.slow

START = date(1970, 1, 1)
CODES = {None, "no_past", "too_few", "not_tried"}
NEVER_BELOW, ABOVE = -2.0, 1.0  # standard errors of the area, against the best simple rule
LEADS = {"steady": NEVER_BELOW, "seasonal": NEVER_BELOW, "turned": ABOVE, "announced": NEVER_BELOW}


@pytest.mark.parametrize("world", list(worlds.WORLDS))
def test_whoever_is_used_is_never_worse_than_a_simple_rule_and_better_where_there_is_more_to_see(world):
    facts = on_polars({"lines": worlds.WORLDS[world](n=1200, seed=5)})
    horizon = risk.suggest_horizon_days(facts).horizon_days

    found = risk.fit(
        facts,
        as_of=START + timedelta(days=facts.days()[1]),
        activity_days=insight.suggest_activity_days(facts).activity_days,
        horizon_days=horizon,
    )

    used = found.verdict.qualities[found.rule]
    simple = max(found.verdict.qualities[rule].auc for rule in ("silence", "rate", "value"))
    assert found.refusal is None
    assert used.auc > simple + LEADS[world] * used.auc_error
    assert used.log_loss < 1.01 * min(quality.log_loss for quality in found.verdict.qualities.values())


def _facts_of(*lines: dict[str, object]) -> insight.Facts:
    return on_polars({"lines": table(list(lines))})


def _bought(*days: int, customer: int = 1, **more: object) -> list[dict[str, object]]:
    return [
        line(customer=customer, on=START + timedelta(days=day), order=customer * 9999 + day, **more) for day in days
    ]


def _random(n: int, days: int, *, seed: int = 1) -> list[dict[str, object]]:
    random = np.random.default_rng(seed)
    return [
        bought
        for customer in range(n)
        for bought in _bought(*sorted({*random.integers(0, days, 1 + random.poisson(6)).tolist()}), customer=customer)
    ]


ODD = {
    "one customer": _bought(3, 40, 700),
    "thirty customers": _random(30, 720),
    "bought once each": [bought for customer in range(200) for bought in _bought(customer * 3, customer=customer)],
    "one of thousands of purchases": [*_random(80, 720), *_bought(*range(700), customer=900)],
    "returned more than bought": [
        *_random(60, 720),
        *[bought | {"kind": "return", "revenue_cents": -99_999} for bought in _random(60, 720)],
    ],
    "twenty years": _random(120, 7300),
    "very unequal": [
        bought | {"revenue_cents": int(10 ** (1 + bought["customer_id"] % 12))} for bought in _random(120, 720)
    ],
    "on one day": [bought for customer in range(100) for bought in _bought(719, customer=customer)],
}


@pytest.mark.parametrize("name", list(ODD))
def test_odd_companies_get_an_answer_or_a_refusal(name):
    facts = _facts_of(*ODD[name])
    as_of = START + timedelta(days=facts.days()[1])

    model = risk.fit(facts, as_of=as_of, activity_days=90, horizon_days=60)
    found = risk.score(facts, model, explained_share=1)

    assert (model.refusal.code if model.refusal else None) in CODES
    chance = [p for p in found["probability"].to_pylist() if p is not None]
    assert len(chance) in {0, found.num_rows}
    assert all(0 < p < 1 for p in chance)
    assert all(row is not None for row in found["silence"].to_pylist())
    told = [json.loads(reasons, parse_constant=pytest.fail) for reasons in found["reasons"].to_pylist()]  # no NaN
    assert len(told) == found.num_rows
    for test in model.back_tests:
        told = test.warned()
        assert told.all.warned <= risk.Reach().most(test.customers)
        assert sum(one.warned_left for one in told.by_class) == told.all.warned_left


@pytest.mark.parametrize(
    "lines",
    [
        [bought | {"kind": "return", "revenue_cents": -500} for bought in _random(9, 720)],
        [bought | {"customer_id": None} for bought in _random(9, 720)],
        [bought | {"revenue_cents": 0} for bought in _random(9, 720)],
    ],
    ids=["returns", "guests", "gifts"],
)
def test_where_nobody_has_bought_there_is_nobody_to_lose(lines):
    with pytest.raises(NotEnoughData, match="Nobody has bought yet"):
        risk.fit(_facts_of(*lines), as_of=START + timedelta(days=720), activity_days=90, horizon_days=60)


def test_nobody_here_any_more_is_an_empty_answer():
    facts = _facts_of(*_random(100, 720))
    model = risk.fit(facts, as_of=START + timedelta(days=719), activity_days=90, horizon_days=60)

    later = risk.score(facts, model, as_of=START + timedelta(days=5000))

    assert later.num_rows == 0
    assert pa.types.is_floating(later["probability"].type)
