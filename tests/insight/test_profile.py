import json
from datetime import date, timedelta

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from stammkunde import insight
from stammkunde.insight import profile
from stammkunde.insight.drivers import Trait
from stammkunde.insight.errors import DoesNotFit, InvalidInput, NotEnoughData
from tests.insight.conftest import facts_of, line, on_polars, table

AS_OF = date(2012, 6, 30)
YEAR = profile.Best(AS_OF, value_days=365, kept_days=90)


def ago(days):
    return AS_OF - timedelta(days=days)


def shop(*, seed=1, customers=800, telling=True):
    """Hotels, where it is telling, buy much and stay; where it is not, chance alone decides."""
    dice = np.random.default_rng(seed)
    industry = dice.choice(["hotel", "bakery", "office", ""], customers)
    region = dice.choice(["North", "South"], customers)
    lines = []
    for n in range(customers):
        is_good = dice.random() < ((0.6 if industry[n] == "hotel" else 0.1) if telling else 0.25)
        channel = str(dice.choice(["web", "shop"]))
        start = int(dice.integers(400, 900))
        days = range(start, 0, -60) if is_good else range(start, max(start - 200, 0), -60)
        cents = 20_000 if is_good else 1_000
        lines += [line(customer=n + 1, on=ago(on), cents=cents, channel=channel) for on in days]
    people = {"customer_id": np.arange(1, customers + 1), "industry": industry, "region": region}
    return on_polars({"lines": table(lines), "customers": pa.table(people)})


def fit(facts, **more):
    asked = {"as_of": AS_OF, "activity_days": 180, "horizon_days": 90, "attributes": ["industry", "region"]}
    return profile.fit(facts, **{**asked, **more})


def share_of_best(industry):
    facts = shop()
    people = facts.customers.collect(backend="pyarrow").to_native().to_pylist()
    best = set(profile.best_ids(facts, YEAR))
    known = [row["customer_id"] in best for row in people if row["industry"] == industry]
    return sum(known) / len(known)


@pytest.fixture(scope="module")
def found():
    return fit(shop())


def test_best_are_kept_profitable_and_known_long_enough():
    facts = facts_of(
        *(line(customer=1, on=ago(on), cents=50_000) for on in (500, 100, 20)),
        *(line(customer=2, on=ago(on), cents=75_000) for on in (500, 100, 90)),  # silent for the whole horizon
        *(line(customer=3, on=ago(on), cents=100) for on in (500, 20)),  # of little worth
        *(line(customer=4, on=ago(on), cents=70_000) for on in (364, 20)),  # too new
        *(line(customer=5, on=ago(on), cents=120_000) for on in (365, 89)),
        *(line(customer=6, on=ago(on), cents=900_000 if on > 365 else 90_000) for on in (700, 400, 10)),
        *(line(customer=7, on=ago(on), cents=900_000 if on > 364 else 100) for on in (365, 10)),  # before the year
        *(line(customer=8 + n, on=ago(5), cents=20_000) for n in range(10)),
        line(customer=18, on=ago(-1), cents=50_000_000),
    )

    assert profile.best_ids(facts, YEAR) == [1, 5, 6]
    assert profile.best_ids(facts, profile.Best(AS_OF, 365, 90, least_purchases=3)) == [1, 6]


def test_a_year_counts_where_the_facts_span_two(found):
    short = facts_of(*(line(customer=n, on=ago(on)) for n in range(30) for on in (300 + n, n)))

    assert (found.definition.value_days, found.definition.kept_days) == (365, 90)
    with pytest.raises(NotEnoughData):
        fit(short, attributes=[])
    assert profile.portrait.best(short, as_of=AS_OF, activity_days=180, horizon_days=90).value_days == 180


def test_planted_trait_is_in_the_portrait(found):
    first = next(one for one in found.clear if one.traits[0].family == "attribute")

    assert first.traits == (Trait("attribute", "industry", "hotel"),)
    assert first.low > 2
    assert first.share > first.share_of_others
    assert found.best + found.others == 800


def test_rule_gives_points_for_it_and_says_how_good_it_is(found):
    points = {(one.column, one.value): one.points for one in found.rule.points}

    assert points["industry", "hotel"] > 10
    assert points["industry", "bakery"] < 0
    assert abs(points["region", "North"]) < 2
    assert 0.65 < found.rule.quality.auc < 0.9
    assert found.rule.columns == ["industry", "region", "channel"]
    assert sum(one.customers for one in found.rule.points if one.column == "industry") == 800


def test_prospects_are_scored_with_reasons_whatever_holds_them(found, tmp_path):
    rows = {"name": ["x", "y", "z"], "industry": [" HOTEL", "bakery", None]}
    rows |= {"region": ["North", "South", "Elsewhere"]}
    frame = pl.DataFrame(rows)
    frame.write_parquet(tmp_path / "prospects.parquet")

    scored = [profile.score(given, found.rule) for given in (frame, frame.to_arrow(), tmp_path / "prospects.parquet")]

    assert scored[0].missing == ("channel",)
    assert scored[0].table.to_pylist() == scored[1].table.to_pylist() == scored[2].table.to_pylist()
    hotel, bakery, unknown = scored[0].table.to_pylist()
    assert hotel["score"] > 75
    assert bakery["score"] < hotel["score"] - 20
    assert hotel["chance"] == pytest.approx(share_of_best("hotel"), abs=0.05)
    reason = json.loads(hotel["reasons"])[0]
    assert (reason["column"], reason["value"], reason["points"] > 10) == ("industry", "HOTEL", True)
    assert 0 <= unknown["score"] <= 100


def test_own_customers_score_fifty_on_average(found):
    own = shop()
    people = own.customers.collect(backend="pyarrow").to_native()

    scores = profile.score(people, found.rule).table["score"].to_numpy()

    assert scores.mean() == pytest.approx(50, abs=2)


def test_probability_means_what_it_says(found):
    assert found.rule.quality.calibration_error < 0.05


@pytest.fixture(scope="module")
def asking():
    """A shop in which whoever begins with machines, and with much, becomes one of the best."""
    dice = np.random.default_rng(5)
    lines = []
    for n in range(700):
        machine, large = dice.random() < 0.3, dice.random() < 0.3
        is_good = dice.random() < 0.05 + 0.4 * machine + 0.4 * large
        start = int(dice.integers(400, 900))
        first = {"customer": n + 1, "on": ago(start), "order": n + 1}
        lines += [line(**first, product=1 if machine else 3, cents=60_000 if large else 1_500)]
        lines += [line(**first, product=2, cents=500)]
        days = range(start - 60, 0 if is_good else max(start - 200, 0), -60)
        lines += [line(customer=n + 1, on=ago(on), cents=20_000 if is_good else 1_000, product=2) for on in days]
    groups = ["Machines", "Coffee", "Tea"]
    products = pa.table({"product_id": [1, 2, 3], "number": groups, "name": groups, "category": groups})
    people = pa.table({"customer_id": np.arange(1, 701), "region": dice.choice(["North", "South"], 700)})
    known = insight.facts(table(lines), customers=people, products=products)
    return fit(known, attributes=["region"])


def test_rule_for_lists_that_say_what_is_asked_for_looks_at_what_the_portrait_found(asking):
    rule = asking.wide

    assert {"first_category", "first_order"} <= {one.traits[0].family for one in asking.clear}
    assert set(rule.columns) >= {"first_order", "first_category"}
    assert "Machines" in rule.wanted["first_category"]
    assert rule.quality.auc > 0.7


def test_prospects_get_points_for_what_they_ask_for(asking):
    given = {"region": ["North"] * 4, "first_category": ["Coffee | machines", "Coffee", None, "MACHINES"]}

    scored = profile.score(pa.table(given), asking.wide)

    both, coffee, nothing, machines = scored.table.to_pylist()
    assert both["chance"] == machines["chance"] > nothing["chance"] > coffee["chance"]
    reasons = [(one["column"], one["value"]) for one in json.loads(both["reasons"])]
    assert ("first_category", "Machines") in reasons
    assert "first_order" in scored.missing


def test_nothing_is_asked_for_where_first_orders_tell_nothing(found):
    assert found.wide is None


@pytest.mark.slow
def test_no_rule_where_it_is_no_better_than_chance():
    quiet = [fit(shop(seed=seed, customers=400, telling=False)) for seed in range(6)]

    assert sum(one.rule is None for one in quiet) >= 5
    refusal = next(one.refusal for one in quiet if one.refusal)
    assert (refusal.code, refusal.quality is not None) == ("no_better_than_chance", True)
    assert "of 100 pairs" in refusal.text
    with pytest.raises(DoesNotFit, match="no rule"):
        profile.score(pa.table({"industry": ["hotel"]}), None)


def test_no_rule_without_anything_known_of_prospects():
    lines = [line(customer=n, on=ago(on), channel="", cents=n * n) for n in range(1, 301) for on in (400, 200, 10)]

    found = fit(facts_of(*lines), attributes=[])

    assert (found.rule, found.refusal.code) == (None, "no_columns")


def test_columns_that_know_the_answer_are_not_learnt_from():
    facts = shop()
    people = facts.customers.collect(backend="pyarrow").to_native()
    best = set(profile.best_ids(facts, YEAR))
    told = [("top" if pk in best else "other") for pk in people["customer_id"].to_pylist()]
    knowing = insight.facts(
        facts.lines.collect(backend="pyarrow").to_native(), customers=people.append_column("group", pa.array(told))
    )

    found = fit(knowing, attributes=["industry", "group"])

    assert [one.column for one in found.rule.refused] == ["group"]
    assert found.rule.columns == ["industry", "channel"]


def test_prospects_without_any_column_are_refused(found):
    with pytest.raises(InvalidInput, match="none of the columns industry, region, channel"):
        profile.score(pa.table({"name": ["x"]}), found.rule)


def test_numbers_are_read_from_text():
    dice = np.random.default_rng(2)
    facts = shop()
    people = facts.customers.collect(backend="pyarrow").to_native()
    best = set(profile.best_ids(facts, YEAR))
    staff = [float(dice.integers(50, 100) if pk in best or dice.random() < 0.2 else dice.integers(1, 60)) for pk in
             people["customer_id"].to_pylist()]  # fmt: skip
    lines = facts.lines.collect(backend="pyarrow").to_native()
    rule = fit(
        insight.facts(lines, customers=people.append_column("staff", pa.array(staff))), attributes=["staff"]
    ).rule

    scores = profile.score(pa.table({"staff": ["90", "5,5", "many", None]}), rule).table["score"].to_pylist()

    assert scores[0] > scores[1]
    assert scores[2] == scores[3]


def test_portrait_of_few_says_so():
    found = fit(shop(customers=150))

    assert found.is_few
    assert 10 <= found.best < 40
    assert all(not one.is_clear and one.p <= 0.05 for one in found.hints)


def test_refusals_say_numbers():
    with pytest.raises(NotEnoughData, match=r"Of \d+ customers who first bought by 2011-07-01, \d+ are best ones"):
        fit(shop(customers=30))
    with pytest.raises(InvalidInput, match="'colour' is no column"):
        fit(shop(customers=60), attributes=["colour"])
    with pytest.raises(InvalidInput, match="at least one day"):
        fit(shop(customers=60), horizon_days=0)
