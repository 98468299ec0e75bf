"""For whom a play works: the mails of Hillstrom's test, planted gains, noise, and what is refused."""

from dataclasses import replace

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from stammkunde.insight import uplift
from stammkunde.insight.drivers.traits import Trait
from stammkunde.insight.errors import ColumnMissing, InvalidInput, NotEnoughData, WrongType

KNOWN = ["recency", "history", "mens", "womens", "zip_code", "newbie", "channel"]


def played(*, n=4400, seed=1, gain=0.0, share=0.5):
    """Customers of a play that brings `gain` more to those in the south than to others, on top of a quarter each."""
    dice = np.random.default_rng(seed)
    south, contacted = dice.random(n) < 0.4, dice.random(n) < share
    spent = dice.gamma(0.5, 4, n)
    return pl.DataFrame(
        {
            "region": np.where(south, "south", np.where(dice.random(n) < 0.5, "north", "west")),
            "spent": np.where(dice.random(n) < 0.1, np.nan, spent),
            "orders": dice.poisson(3, n),
            "country": ["DE"] * n,
            "contacted": contacted,
            "bought": dice.gamma(0.5, 2 + 0.1 * spent) + contacted * (0.25 + gain * south),
        }
    )


def find(table, *, traits=("region", "spent", "orders", "country"), **more):
    return uplift.find(table, treated="contacted", outcome="bought", traits=traits, **more)


@pytest.fixture(scope="module")
def planted():
    return played(gain=1.0)


@pytest.fixture(scope="module")
def found(planted):
    return find(planted)


def mailed(shared_data, mail):
    table = pl.read_parquet(shared_data / "hillstrom" / "hillstrom.parquet")
    of = table.filter(pl.col("segment").is_in([f"{mail} E-Mail", "No E-Mail"]))
    return of.with_columns(contacted=pl.col("segment") == f"{mail} E-Mail")


def test_women_s_mail_brings_visits_of_those_who_bought_women_s_goods(shared_data):
    said = uplift.find(mailed(shared_data, "Womens"), treated="contacted", outcome="visit", traits=KNOWN)

    assert (said.treated, said.held_out, said.p < 1e-4) == (21_387, 21_306, True)
    assert said.qini == pytest.approx(0.00775, abs=0.0009)  # of other halves
    assert said.qini_error == pytest.approx(0.00128, abs=0.00005)
    assert said.difference.value == pytest.approx(0.058, abs=0.005)
    assert [gap.trait for gap in said.gaps] == [
        Trait("attribute", "womens", "1.."), Trait("attribute", "mens", "1.."),
    ]  # fmt: skip
    assert said.gaps[0].having.low < 0.0731 < said.gaps[0].having.high
    assert said.gaps[0].lacking.low < 0.0111 < said.gaps[0].lacking.high


@pytest.mark.parametrize(("mail", "outcome"), [("Mens", "visit"), ("Womens", "spend"), ("Womens", "conversion")])
def test_nobody_can_tell_for_whom_the_others_work(shared_data, mail, outcome):
    said = uplift.find(mailed(shared_data, mail), treated="contacted", outcome=outcome, traits=KNOWN)

    assert (said.p > 0.1, said.is_clear, said.gaps) == (True, False, ())


def test_named_segments_of_the_women_s_mail_have_the_published_gains(shared_data):
    table = mailed(shared_data, "Womens")

    said = uplift.segments(table, treated="contacted", outcome="visit", segments=["womens", "mens"])

    gains = [round(100 * one.value, 2) for of in said.segments for one in (of.inside, of.outside)]
    assert gains == [7.31, 1.11, 2.18, 7.40]
    assert round(50 * (said.segments[0].inside.high - said.segments[0].inside.low), 1) == 0.8


def test_planted_gain_is_found_and_told(found):
    south = found.gaps[0]
    assert south.trait == Trait("attribute", "region", "south")
    assert {gap.trait.name for gap in found.gaps} == {"region"}  # north and west have less, so they are told, too
    assert south.having.low < 1.25 < south.having.high
    assert south.lacking.low < 0.25 < south.lacking.high
    assert (found.better_half.low > found.rest.value, found.is_clear, south.picked) == (True, True, 11)


def test_what_tells_nobody_apart_is_named(found):
    assert found.left_out_traits == ("country",)


def test_order_of_rows_and_engine_change_nothing(planted, found):
    shuffled = planted.sample(fraction=1, shuffle=True, seed=5)

    assert find(duckdb.connect().from_arrow(shuffled.to_arrow())) == found


def test_another_seed_draws_other_halves(planted, found):
    assert find(planted, seed=1).qini != found.qini


def test_units_of_the_outcome_do_not_matter(planted, found):
    cents = find(planted.with_columns(bought=100 * pl.col("bought") - 7))

    assert (cents.qini, cents.p) == (pytest.approx(100 * found.qini), pytest.approx(found.p))


def test_noise_finds_nobody():
    clear = [find(played(seed=seed)).is_clear for seed in range(10, 18)]

    assert sum(clear) == 0


def test_draws_of_another_share_are_not_mixed():
    """Half are held out in the weak season and a tenth in the strong one, in which newcomers enter."""
    weak = played(n=4400, seed=3).with_columns(draw=pl.lit("a"), new=pl.lit(value=False))
    strong = played(n=24_000, seed=4, share=0.9).with_columns(draw=pl.lit("b"), new=pl.col("orders") > 2)
    both = pl.concat([weak, strong.with_columns(bought=pl.col("bought") + 9)])

    apart = uplift.segments(both, treated="contacted", outcome="bought", segments=["new"], draw="draw").segments[0]
    mixed = uplift.segments(both, treated="contacted", outcome="bought", segments=["new"]).segments[0]

    assert (apart.outside.low < 0.25 < apart.outside.high, mixed.outside.low > 1) == (True, True)
    assert not find(both, traits=["new", "spent"], draw="draw").is_clear


def test_draws_without_a_comparison_are_left_out(planted):
    late = played(n=50, seed=2, gain=1.0, share=0.95)
    both = pl.concat([planted.with_columns(draw=pl.lit(1)), late.with_columns(draw=pl.lit(2))])

    said = find(both, draw="draw")

    assert (said.left_out_customers, said.treated + said.held_out) == (50, 4400)


def test_too_few_are_refused_with_their_number():
    with pytest.raises(uplift.TooFewPerArm, match=r"can be told from 2000 of each.*named before the start") as refusal:
        find(played(n=3000, share=0.9))

    assert refusal.value.numbers["least"] == 2000
    assert refusal.value.numbers["treated"] + refusal.value.numbers["held_out"] == 3000


def test_segments_are_compared_however_few(planted):
    few = planted.head(600).with_columns(south=pl.col("region") == "south", rare=pl.arange(600) < 9)

    said = uplift.segments(few, treated="contacted", outcome="bought", segments=["rare", "south"])

    assert (said.refused, [one.name for one in said.segments]) == (("rare",), ["south"])
    assert said.segments[0].difference.low < 1 < said.segments[0].difference.high


def test_segments_are_corrected_for_their_number():
    table = played(n=900).with_columns(
        south=pl.col("region") == "south", west=pl.col("region") == "west", many=pl.col("orders") > 3
    )
    names = ["south", "west", "many"]

    together = uplift.segments(table, treated="contacted", outcome="bought", segments=names).segments
    alone = [uplift.segments(table, treated="contacted", outcome="bought", segments=[name]) for name in names]

    assert [replace(one, p=0) for one in together] == [replace(one.segments[0], p=0) for one in alone]
    assert max(one.p for one in together) == max(one.segments[0].p for one in alone)
    assert min(one.p for one in together) > min(one.segments[0].p for one in alone)


def test_unknown_members_take_no_part(planted):
    marked = planted.with_columns(south=pl.when(pl.col("orders") > 2).then(pl.col("region") == "south"))

    said = uplift.segments(marked, treated="contacted", outcome="bought", segments=["south"])
    known = uplift.segments(
        marked.filter(pl.col("orders") > 2), treated="contacted", outcome="bought", segments=["south"]
    )

    assert said == known


@pytest.mark.parametrize(
    ("change", "traits", "refusal", "says"),
    [
        ({}, ["size"], ColumnMissing, "no column 'size'"),
        ({}, [], InvalidInput, "at least one trait"),
        ({}, ["bought"], InvalidInput, "'bought' is named twice"),
        ({"contacted": pl.lit("yes")}, ["region"], WrongType, "Give yes or no"),
        ({"contacted": pl.lit(2)}, ["region"], WrongType, "other numbers than 1"),
        ({"contacted": pl.lit(1)}, ["region"], NotEnoughData, "4400 customers were contacted and 0 held out"),
        ({"bought": pl.lit(None, pl.Float64)}, ["region"], InvalidInput, "empty or infinite in 4400 rows"),
        ({"spent": pl.lit(np.inf)}, ["spent"], InvalidInput, "'spent' is infinite"),
        ({"spent": pl.lit("2026-01-01").str.to_date()}, ["spent"], WrongType, "the days since"),
    ],
)
def test_what_cannot_be_judged_is_refused(planted, change, traits, refusal, says):
    with pytest.raises(refusal, match=says):
        find(planted.with_columns(**change), traits=traits)


@pytest.mark.parametrize(
    ("names", "refusal", "says"),
    [
        ([], InvalidInput, "Name one to 3"),
        (["a", "b", "c", "d"], InvalidInput, "4 segments are named"),
        (["region"], WrongType, "other values than yes and no"),
        (["orders"], WrongType, "other values than yes and no"),
    ],
)
def test_segments_that_are_none_are_refused(planted, names, refusal, says):
    with pytest.raises(refusal, match=says):
        uplift.segments(planted, treated="contacted", outcome="bought", segments=names)


def test_segments_with_too_few_are_refused(planted):
    tiny = planted.head(60).with_columns(few=pl.arange(60) < 5)

    with pytest.raises(NotEnoughData, match="Wait for more"):
        uplift.segments(tiny, treated="contacted", outcome="bought", segments=["few"])


def test_texts_yes_and_no_and_categories_say_the_same(planted, found):
    dressed = planted.with_columns(pl.col("region").cast(pl.Categorical), pl.col("contacted").cast(pl.Int8))

    assert find(dressed) == found


def test_trait_of_nothing_is_left_out(planted, found):
    empty = pa.table({**planted.to_arrow().to_pydict(), "nothing": pa.nulls(planted.height)})

    said = find(empty, traits=("region", "spent", "orders", "country", "nothing"))

    assert (said.left_out_traits, said.p) == (("country", "nothing"), pytest.approx(found.p))


def test_what_was_expected_of_each_narrows_the_gains_of_segments():
    table = played(n=1500, gain=1.0).with_columns(
        south=pl.col("region") == "south", bought=pl.col("bought") + 3 * pl.col("orders")
    )

    plain, corrected = (
        uplift.segments(table, treated="contacted", outcome="bought", segments=["south"], covariate=covariate)
        for covariate in (None, "orders")
    )

    width = [of.segments[0].difference.high - of.segments[0].difference.low for of in (plain, corrected)]
    assert width[1] < 0.5 * width[0]
    assert corrected.segments[0].difference.low < 1 < corrected.segments[0].difference.high
