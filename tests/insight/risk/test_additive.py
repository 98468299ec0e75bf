import numpy as np
import pyarrow as pa
import pytest
from scipy import special

from stammkunde.insight.errors import InvalidInput, NotEnoughData
from stammkunde.insight.risk import explain_snapshot, fit_snapshot
from stammkunde.insight.risk.additive import fit_additive
from stammkunde.insight.risk.bins import bins

N = 6000
WIDE = {"low": -0.7, "high": 1.1}


@pytest.fixture(scope="module")
def known():
    """Customers whose log-odds are known: a curve, a text, what is missing, and a column that says nothing."""
    random = np.random.default_rng(5)
    x, noise = random.random(N), random.random(N)
    plan, gap = random.choice(list(WIDE), N), random.random(N) < 0.2
    odds = -1 + 2 * np.sin(3 * x) * ~gap + 1.5 * gap + np.vectorize(WIDE.get)(plan)
    left = random.random(N) < special.expit(odds)
    table = pa.table({"x": pa.array(np.where(gap, np.nan, x), from_pandas=True), "noise": noise, "plan": plan})
    return table, left, odds


def test_additive_finds_the_truth(known):
    table, left, odds = known

    found = fit_additive(table, left)

    log_odds = special.logit(found.probability(table))
    assert np.corrcoef(log_odds, odds)[0, 1] > 0.97
    assert np.abs(log_odds - odds).mean() < 0.15
    low, high = (found.steps[2][found.columns[2].texts.index(plan)] for plan in ("low", "high"))
    assert high - low == pytest.approx(1.8, abs=0.2)


def test_column_that_says_nothing_is_flat(known):
    table, left, _ = known

    found = fit_additive(table, left)

    assert np.abs(found.steps[1]).max() < 0.1
    assert found.firmness[1] > 10 * found.firmness[0]


def test_contributions_add_up_and_average_to_nothing(known):
    table, left, _ = known

    found = fit_additive(table, left)

    adds = found.contributions(table)
    assert np.allclose(special.expit(found.base + adds.sum(axis=1)), found.probability(table))
    assert np.allclose(adds.mean(axis=0), 0, atol=1e-12)
    assert found.probability(table).mean() == pytest.approx(left.mean(), abs=1e-3)


def test_order_of_customers_does_not_matter(known):
    table, left, _ = known
    order = np.random.default_rng(2).permutation(N)

    found = fit_additive(table.take(pa.array(order)), left[order]).probability(table)

    assert np.allclose(found, fit_additive(table, left).probability(table), atol=1e-6)


def test_additive_refuses_too_few():
    with pytest.raises(NotEnoughData, match="Only 29 of one sort"):
        fit_additive(pa.table({"x": np.arange(100.0)}), np.arange(100) < 29)


def test_bins_keep_missing_and_unseen_values_apart():
    texts = bins("plan", pa.chunked_array([["a"] * 40 + ["b"] * 31 + ["rare"] * 3]))
    whole = bins("n", pa.chunked_array([[1.0, 2.0, 2.0, 4.0]]))

    assert texts.texts == ("a", "b")
    assert texts.codes(pa.chunked_array([["b", "new", None]])).tolist() == [1, 2, 3]
    assert whole.edges.tolist() == [1.5, 3.0]
    assert whole.codes(pa.chunked_array([[0.0, 2.0, 9.0, None]])).tolist() == [0, 1, 2, 3]
    assert whole.count == 4


def test_bins_get_finer_towards_the_ends_where_many_are_known():
    few, many = (bins("n", pa.chunked_array([np.arange(rows) / 7])) for rows in (1_999, 2_000))

    shares = np.diff(np.searchsorted(np.arange(2_000) / 7, [-1, *many.edges, 300])) / 2_000
    assert len(few.edges) == 9
    assert shares[:5] == pytest.approx([0.005, 0.005, 0.015, 0.025, 0.05], abs=0.0011)
    assert len(many.edges) == 25


def test_snapshot_refuses_columns_that_know_the_answer(known):
    table, left, _ = known
    dice = np.random.default_rng(1)
    score = np.where(left, 90.0, 10.0) + dice.random(N)
    grade = np.where(left, dice.integers(60, 101, N), dice.integers(5, 81, N))  # as a vendor's score of leaving
    inactive = dice.integers(0, 7, N) + left * dice.integers(0, 4, N)
    told = [f"moved {n % 3}" if gone else None for n, gone in enumerate(left)]
    leaking = (
        table.append_column("months_inactive", pa.array(inactive))
        .append_column("points", pa.array(score))
        .append_column("grade", pa.array(grade))
        .append_column("why", pa.array(told))
        .append_column("id", pa.array([f"c{n}" for n in range(N)]))
    )

    found = fit_snapshot(leaking, left, folds=3)

    assert [(column.column, column.code) for column in found.refused] == [
        ("points", "predicts_too_well"),
        ("grade", "settles_both_sides"),
        ("why", "filled_for_leavers"),
        ("id", "different_for_everyone"),
    ]
    assert [column.column for column in found.additive.columns] == ["x", "noise", "plan", "months_inactive"]
    assert 0.65 < found.quality.auc < 0.95


def test_snapshot_explains_what_raises_the_odds(known):
    table, left, _ = known
    model = fit_snapshot(table, left, folds=2)

    found = explain_snapshot(table, model, rows=[7, 3])

    adds = model.additive.contributions(table)
    for row, reasons in zip([7, 3], found, strict=True):
        raised = sorted(((add, n) for n, add in enumerate(adds[row]) if add >= 0.1), reverse=True)
        assert reasons == [
            {
                "code": "attribute",
                "column": table.column_names[n],
                "value": table.column(n)[row].as_py(),
                "odds_factor": round(float(np.exp(add)), 2),
            }
            for add, n in raised
        ]
    assert any(found)


def test_snapshot_refuses_what_it_cannot_try(known):
    table, left, _ = known

    with pytest.raises(InvalidInput, match="at least 2"):
        fit_snapshot(table, left, folds=1)
    with pytest.raises(InvalidInput, match="nothing to learn from"):
        fit_snapshot(pa.table({"churn": left}), left)
