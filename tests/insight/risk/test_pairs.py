"""Pairs of columns that tell more together than one by one: found where they are, and kept only where they help."""

import numpy as np
import pyarrow as pa
import pytest

from stammkunde.insight.risk import explain_snapshot, fit_snapshot
from stammkunde.insight.risk.additive import fit_additive


def contracts(n=2500, seed=1, *, together=True):
    """Who calls abroad leaves only with the plan for it; heavy users leave only without a mailbox."""
    random = np.random.default_rng(seed)
    abroad, minutes = random.normal(10, 3, n), random.normal(180, 50, n)
    plan, mailbox = random.random(n) < 0.2, random.random(n) < 0.3
    odds = -2.5 + np.where(plan & (abroad > 12), 4.5, 0) + np.where((minutes > 220) & ~mailbox, 3.5, 0)
    alone = -2.5 + 2.0 * plan + 0.02 * (minutes - 180)
    left = random.random(n) < 1 / (1 + np.exp(-(odds if together else alone)))
    table = {
        "abroad": abroad,
        "minutes": np.where(np.arange(n) % 50 == 0, np.nan, minutes),
        "plan": np.where(plan, "yes", "no").tolist(),
        "mailbox": np.where(mailbox, "yes", "no").tolist(),
        "noise": random.normal(size=n),
        "months": random.integers(1, 70, n),
    }
    return pa.table(table), left


def test_pairs_are_found_where_they_are_and_tell_the_leavers_better_apart():
    table, left = contracts()

    model = fit_snapshot(table, left)

    assert {frozenset(pair) for pair in model.pairs} == {
        frozenset({"abroad", "plan"}),
        frozenset({"minutes", "mailbox"}),
    }
    assert model.quality.log_loss < 0.9 * model.without_pairs.log_loss
    assert model.quality.top_precision > model.without_pairs.top_precision


@pytest.mark.parametrize("seed", [2, 3])
def test_where_every_column_tells_for_itself_there_are_no_pairs(seed):
    table, left = contracts(seed=seed, together=False)

    model = fit_snapshot(table, left)

    assert (model.pairs, model.quality) == ((), model.without_pairs)


def test_steps_of_columns_and_pairs_add_up_to_the_log_odds_and_average_to_nothing():
    table, left = contracts()
    model = fit_additive(table, left, most_pairs=2)

    adds = model.contributions(table)

    assert adds.shape == (table.num_rows, 6 + 2)
    assert adds.mean(axis=0) == pytest.approx(np.zeros(8), abs=1e-9)
    assert model.probability(table) == pytest.approx(1 / (1 + np.exp(-(model.base + adds.sum(axis=1)))))
    assert model.probability(table).mean() == pytest.approx(left.mean(), abs=2e-3)


def test_reasons_name_both_columns_of_a_pair():
    table, left = contracts()
    model = fit_snapshot(table, left)
    abroad, plan = table["abroad"].to_numpy(), np.array(table["plan"].to_pylist())
    who = int(np.flatnonzero((abroad > 14) & (plan == "yes"))[0])

    found = explain_snapshot(table, model, rows=[who])[0]

    told = next(one for one in found if one["code"] == "pair" and set(one["columns"]) == {"abroad", "plan"})
    assert dict(zip(told["columns"], told["values"], strict=True)) == {"abroad": abroad[who], "plan": "yes"}
    assert told["odds_factor"] > 1.5


def test_values_not_seen_before_and_missing_ones_have_a_cell():
    table, left = contracts()
    model = fit_additive(table, left, most_pairs=2)
    strange = pa.table({
        "abroad": [None, 99.0], "minutes": [None, -1.0], "plan": ["perhaps", None], "mailbox": [None, "?"],
        "noise": [0.0, 0.0], "months": [1, 1],
    })  # fmt: skip

    assert np.isfinite(model.probability(strange)).all()
