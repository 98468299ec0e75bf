"""Signs of what happened besides purchases: read by hand, declared through the door, blind to what came later."""

from datetime import date, timedelta

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from stammkunde import insight
from stammkunde.insight import drivers, risk
from stammkunde.insight.errors import InvalidInput
from stammkunde.insight.periods import day, day_number
from stammkunde.insight.risk import evenings, features
from stammkunde.insight.risk.additive import Additive
from stammkunde.insight.risk.reasons import added
from tests.insight.conftest import AS_OF, eventful, facts_of, line, on_duckdb, on_polars, table

DAY = day_number(AS_OF)
COMPLAINTS = risk.Sign(name="complaints", kinds=("complaint",), read="times", within_days=60)
RATED = risk.Sign(name="rated", kinds=("rating",), read="total")
RECENT = risk.Sign(name="complained_days", kinds=("complaint",), read="days_since")
SILENCE = next(sign for sign in risk.REGISTERED if sign.name == "contact_silence")
SIGNS = (*risk.REGISTERED, COMPLAINTS, RATED, RECENT)


def heard(*rows):
    ids, days, kinds, numbers = zip(*rows, strict=True)
    return pa.table({"customer_id": ids, "known_on": days, "kind": kinds, "number": pa.array(numbers, pa.float64())})


def read(*signs, of, customers=2):
    lines = [line(customer=customer, on=AS_OF) for customer in range(1, customers + 1)]
    facts = insight.facts(table(lines), happenings=[heard(*of)])
    found = features(facts, as_of=AS_OF, activity_days=60, signs=signs)
    return {name: found[name].to_pylist() for sign in signs for name in sign.columns}


def test_happenings_are_counted_within_their_days():
    rows = [(1, DAY, "complaint", None), (1, DAY - 59, "complaint", None), (1, DAY - 60, "complaint", None)]
    rows += [(1, DAY + 1, "complaint", None), (1, DAY, "rating", 3.0)]

    assert read(COMPLAINTS, of=rows) == {"complaints": [2, 0]}


def test_days_since_the_last_happening_and_sums_of_numbers():
    rows = [(1, DAY - 9, "complaint", None), (1, DAY - 40, "complaint", None), (1, DAY - 700, "rating", 2.5)]
    rows += [(1, DAY, "rating", -0.1), (2, DAY, "rating", None)]

    assert read(RECENT, RATED, of=rows) == {"complained_days": [9, None], "rated": [2.4, 0]}


def test_numbers_decide_what_counts_and_of_how_many():
    poor = risk.Sign(name="poor", kinds=("rating", "review"), read="times", above=0, below=3, of="judged")
    rows = [(1, DAY, "rating", 2.0), (1, DAY, "review", 1.0), (1, DAY, "rating", 3.0), (1, DAY, "rating", 0.0)]
    rows += [(2, DAY, "rating", 9.0), (3, DAY, "rating", None), (3, DAY, "complaint", 1.0)]

    assert read(poor, of=rows, customers=3) == {"poor": [2, 0, None], "judged": [4, 1, None]}


def test_silence_is_counted_in_usual_gaps_of_whom_more_than_one_day_is_known():
    days = {1: (100, 100, 60, 40), 2: (20, 10), 3: (30, -1)}  # before the evening
    rows = [(customer, DAY - day, "conversation", None) for customer, own in days.items() for day in own]

    found = read(SILENCE, of=rows, customers=4)

    usual = (30 + 10) / 2  # the median of both who have a gap
    assert found == {
        "contact_silence": [40 / ((2 * 30 + 2 * usual) / 4), 10 / ((10 + 2 * usual) / 3), None, None],
        "contact_silence_days": [40, 10, None, None],
        "conversation_days": [3, 2, None, None],
    }
    assert read(SILENCE, of=[(3, DAY, "conversation", None)])["contact_silence"] == [None, None]
    assert read(SILENCE, of=[(1, DAY, "rating", None)])["contact_silence"] == [None, None]


@pytest.mark.parametrize(("silence", "told"), [(1.6, True), (1.0, False), (None, False)])
def test_nobody_is_called_silent_who_is_not(silence, told):
    row = {"contact_silence": silence, "contact_silence_days": 40.0, "conversation_days": 3.0}

    found = added(row, {"contact_silence": 0.5})

    numbers = {"contact_silence": 1.6, "contact_silence_days": 40, "conversation_days": 3, "odds_factor": 1.65}
    assert found == ([{"code": "contact_silence", **numbers}] if told else [])


def test_what_nobody_was_heard_of_yet_is_unknown_and_not_0():
    signs = (COMPLAINTS, RATED, RECENT)

    assert read(*signs, of=[(1, DAY + 1, "complaint", None), (1, DAY + 1, "rating", 1.0)]) == {
        "complaints": [None, None],
        "rated": [None, None],
        "complained_days": [None, None],
    }
    assert read(*signs, of=[(9, DAY - 900, "complaint", None), (9, DAY, "rating", 1.0)]) == {
        "complaints": [0, 0],
        "rated": [0, 0],
        "complained_days": [None, None],
    }


@pytest.mark.parametrize("name", ["channels", "deliveries", "expected_purchases", "customer_id"])
def test_names_of_other_columns_are_refused(name):
    sign = risk.Sign(name=name, kinds=("complaint",), read="times")

    with pytest.raises(InvalidInput, match=f"Two columns would be called '{name}'"):
        features(facts_of(line(customer=1, on=AS_OF)), as_of=AS_OF, activity_days=9, signs=[*risk.REGISTERED, sign])


@pytest.mark.parametrize("name", ["returns", "rarely", "attribute"])
def test_codes_of_other_reasons_are_refused(name):
    sign, facts = risk.Sign(name=name, kinds=("complaint",), read="times"), facts_of(line(customer=1, on=AS_OF))

    with pytest.raises(InvalidInput, match=f"'{name}' is the code of another reason"):
        risk.fit(facts, as_of=AS_OF, activity_days=90, signs=[sign])
    with pytest.raises(InvalidInput, match=f"'{name}' is the code of another reason"):
        risk.back_test(facts, as_of=AS_OF, activity_days=90, signs=[sign])


START, LAST = date(2010, 1, 1), 720
AS_KNOWN = START + timedelta(days=LAST)


def shop(n: int = 400) -> dict[str, pa.Table]:
    """Everybody buys at random; who leaves has complained around the last purchase, of the others one in five."""
    random = np.random.default_rng(4)
    stops = [int(random.integers(100, 900)) if customer % 2 else 900 for customer in range(n)]
    bought = [[d for d in np.cumsum(random.choice([3, 15, 70], 60)).tolist() if d < stop] for stop in stops]
    left = [(c, own[-1] + int(random.integers(0, 9))) for c, own in enumerate(bought) if own and stops[c] < 900]
    others = [(c, int(random.integers(0, 900))) for c in range(0, n, 5)]
    complaints = [(c, day_number(START) + d, "complaint", None) for c, d in left + others]
    lines = [
        line(customer=c, on=START + timedelta(days=d), order=c * 1000 + d) for c, own in enumerate(bought) for d in own
    ]
    return {"lines": table(lines), "happenings": heard(*complaints)}


def asked(tables):
    facts = on_polars(tables)
    return facts, risk.fit(facts, as_of=AS_KNOWN, activity_days=120, horizon_days=90, signs=SIGNS)


@pytest.fixture(scope="module")
def learnt():
    return asked(shop())


@pytest.mark.slow
def test_a_kind_of_ones_own_is_learnt_from_and_given_as_a_reason(learnt):
    facts, model = learnt

    found = risk.signs(facts, model)
    told = risk.explain(facts, model, customer_ids=found["customer_id"].to_pylist())

    complained = dict(zip(found["customer_id"].to_pylist(), found["complaints"].to_pylist(), strict=True))
    given = {customer: one for customer, all_ in told.items() for one in all_ if one["code"] == "complaints"}
    assert isinstance(model.fitted, Additive)
    assert "complaints" in [column.column for column in model.fitted.columns]
    assert len(given) > 5
    assert {one["complaints"] for one in given.values()} == {1, 2} & set(complained.values())
    assert all(one["complaints"] == complained[customer] for customer, one in given.items())
    assert all(set(one) == {"code", "complaints", "odds_factor"} for one in given.values())
    without = risk.fit(facts, as_of=AS_KNOWN, activity_days=120, horizon_days=90)
    assert "complaints" not in risk.signs(facts, without).column_names
    assert model.verdict.qualities["additive"].auc > without.verdict.qualities["additive"].auc + 0.02


@pytest.mark.slow
def test_silence_on_contacts_that_comes_before_leaving_is_learnt_and_told():
    tables, random = shop(), np.random.default_rng(9)
    bought = tables["lines"].group_by("customer_id").aggregate([("ordered_on", "min"), ("ordered_on", "max")])
    talks = [
        (row["customer_id"], int(on), "conversation", None)
        for row in bought.to_pylist()
        if row["customer_id"] % 4 != 3  # with the others nobody ever spoke
        for on in np.arange(row["ordered_on_min"], row["ordered_on_max"] - 40, int(random.integers(20, 40)))
    ]

    facts = on_polars({**tables, "happenings": heard(*talks)})
    model = risk.fit(facts, as_of=AS_KNOWN, activity_days=120, horizon_days=90)
    found = risk.signs(facts, model).to_pylist()
    told = risk.explain(facts, model, customer_ids=[row["customer_id"] for row in found])

    silent = {row["customer_id"] for row in found if (row["contact_silence"] or 0) > 1}
    given = {customer for customer, all_ in told.items() if "contact_silence" in [one["code"] for one in all_]}
    assert len(given) > 5
    assert given <= silent
    assert not any(customer % 4 == 3 for customer in given)


EVENING = day_number(date(2011, 9, 30))  # in the midst of the company's life


def later(rows: pa.Table, column: str, last: int) -> pa.ChunkedArray:
    return pc.greater(pc.fill_null(rows[column], last), last)


def changed(rows: pa.Table, which: pa.ChunkedArray, **columns) -> pa.Table:
    """Give those rows to others, change their numbers, and let each happen three times."""
    kept, future = rows.filter(pc.invert(which)), rows.filter(which)
    assert future.num_rows > 1
    others = future.set_column(
        rows.column_names.index("customer_id"), "customer_id", pc.add(future["customer_id"][::-1], 1)
    )
    for name, change in columns.items():
        others = others.set_column(rows.column_names.index(name), name, change(others[name]))
    return pa.concat_tables([kept, *[others.cast(rows.schema)] * 3])


def altered(tables: dict[str, pa.Table], kind: str, last: int = EVENING) -> dict[str, pa.Table]:
    """Change all that became known of a kind after the evening, and nothing else."""
    if kind == "delivery":
        which = later(tables["orders"], "delivered_on", last)
        return {**tables, "orders": changed(tables["orders"], which, promised_on=lambda on: pc.subtract(on, 40))}
    if kind in {"conversation", "complaint", "rating"}:
        heard_ = tables["happenings"]
        which = pc.fill_null(pc.and_(later(heard_, "known_on", last), pc.equal(heard_["kind"], kind)), False)
        return {**tables, "happenings": changed(heard_, which, number=lambda number: pc.subtract(number, 5.0))}
    lines = tables["lines"]
    which = pc.and_(later(lines, "ordered_on", last), pc.equal(lines["kind"], kind))
    return {**tables, "lines": changed(lines, which, revenue_cents=lambda cents: pc.multiply(cents, 7))}


KINDS = ["sale", "return", "cancellation", "adjustment", "delivery", "conversation", "complaint", "rating"]


def with_cancellations(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Turn a part of the returns into cancellations, so that every kind of line is there."""
    lines = tables["lines"]
    half = pa.array(np.arange(lines.num_rows) % 2 == 0)
    kinds = pc.if_else(pc.and_(pc.equal(lines["kind"], "return"), half), "cancellation", lines["kind"])
    return {**tables, "lines": lines.set_column(lines.column_names.index("kind"), "kind", kinds)}


def now(facts: insight.Facts) -> list[object]:
    """Look at every sign of the evening, and at who shares a trait."""
    on = day(EVENING)
    found = features(facts, as_of=on, activity_days=200, horizon_days=120, signs=SIGNS)
    traits = [drivers.Trait(of, "", "yes") for of in ("late_delivery", "return", "cancellation", "long_pause")]
    shared = [drivers.sharing(facts, [trait], as_of=on, activity_days=200).to_pylist() for trait in traits]
    return [found.to_pylist(), shared]


def known(facts: insight.Facts) -> list[object]:
    """Look at the evening, and at signs and outcomes of the evenings before it."""
    question = evenings.Question(200, 120, ("country",), SIGNS)
    earlier = evenings.look_back(facts, question, as_of=day(EVENING))
    assert len(earlier) == 2
    return [*now(facts), *[(one.on, one.table.to_pylist(), one.left.tolist()) for one in earlier]]


@pytest.fixture(scope="module")
def before():
    return known(on_duckdb(with_cancellations(eventful())))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_no_sign_and_no_outcome_knows_what_came_later(kind, before):
    tables = altered(with_cancellations(eventful()), kind)

    assert known(on_duckdb(tables)) == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_before_the_evening_is_seen(kind, before):
    tables = altered(with_cancellations(eventful()), kind, last=EVENING - 150)

    assert now(on_duckdb(tables)) != before[:2]


@pytest.mark.slow
def test_no_probability_and_no_reason_knows_what_came_later(learnt):
    facts, model = learnt
    last, tables = day_number(AS_KNOWN), shop()
    ids = sorted({row["customer_id"] for row in insight.frames.rows(facts.lines.select(nw.col("customer_id")))})
    other = altered(altered(tables, "sale", last), "complaint", last)

    told, found = asked(other)

    assert found.verdict == model.verdict
    assert found.base_share == model.base_share
    assert risk.score(told, found).equals(risk.score(facts, model))
    assert risk.explain(told, found, customer_ids=ids) == risk.explain(facts, model, customer_ids=ids)
