from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stammkunde import insight
from stammkunde.insight import drivers
from stammkunde.insight.drivers import FAMILIES, Trait
from stammkunde.insight.drivers.traits import View, customers_here
from stammkunde.insight.errors import InvalidInput, NotEnoughData
from stammkunde.insight.frames import arrow
from stammkunde.insight.periods import day, day_number
from tests.insight.conftest import LINES, facts_of, line, on_polars, table

START = date(2010, 1, 1)
AS_OF = START + timedelta(days=720)
SMALL = {"as_of": AS_OF, "activity_days": 120, "horizon_days": 90}


def shop(*, seed=1, customers=600, leaves=0.03, leaves_faster=0.03, twice=None):
    """Everybody buys about monthly and leaves by chance; those in AT (and those given both) leave faster."""
    dice = np.random.default_rng(seed)
    country = dice.choice(["DE", "AT"], customers, p=[0.7, 0.3])
    industry = dice.choice(["hotel", "bakery", ""], customers)
    lines = []
    for customer in range(customers):
        chance = leaves_faster if country[customer] == "AT" else leaves
        if twice and country[customer] == "AT" and industry[customer] == "hotel":
            chance = twice
        on = int(dice.integers(0, 400))
        while on < 720:
            lines.append(line(customer=customer + 1, on=START + timedelta(days=on), product=int(dice.integers(1, 6))))
            if dice.random() < chance:
                break
            on += int(dice.integers(15, 45))
    people = {"customer_id": np.arange(1, customers + 1), "country": country, "industry": industry}
    return table(lines), pa.table(people)


def facts(tables):
    lines, customers = tables
    return on_polars({"lines": lines, "customers": customers})


def found(tables, **more):
    return drivers.find(facts(tables), **{**SMALL, "attributes": ["country", "industry"], **more})


def test_planted_effect_is_found():
    clear = found(shop(leaves_faster=0.15)).clear

    assert clear[0].traits == (Trait("attribute", "country", "AT"),)
    assert clear[0].share > clear[0].share_of_others
    assert clear[0].low < clear[0].ratio < clear[0].high
    assert clear[0].low > 2
    assert Trait("attribute", "country", "DE") not in {one.traits[0] for one in clear}  # says the same


def test_effect_of_two_together_is_found_where_it_says_more():
    clear = found(shop(customers=1500, leaves=0.02, leaves_faster=0.05, twice=0.35)).clear

    pair = clear[0]
    assert pair.traits == (Trait("attribute", "country", "AT"), Trait("attribute", "industry", "hotel"))
    alone = [one.ratio for one in clear if len(one.traits) == 1 and one.traits[0] in pair.traits]
    assert pair.low > max(alone)


def test_two_that_add_up_are_no_finding_of_their_own():
    assert [one for one in found(shop(leaves_faster=0.15)).clear if len(one.traits) > 1] == []


def test_nobody_is_lost_twice_and_evenings_are_a_horizon_apart():
    result = found(shop(leaves=0.3, leaves_faster=0.3))

    apart = [(later - earlier).days for earlier, later in zip(result.evenings, result.evenings[1:], strict=False)]
    assert (apart, AS_OF - result.evenings[-1]) == ([90] * 5, timedelta(days=90))
    assert result.evenings[0] - START >= timedelta(days=120)
    assert result.lost <= result.customers


def test_counts_by_hand():
    """Sixty stay, forty leave; all who leave, and ten who stay, are from AT."""
    lines, country = [], {}
    for customer in range(1, 101):
        leaves = customer <= 40
        country[customer] = "AT" if customer <= 50 else "DE"
        days = (0, 30, 60, 90) if leaves else (0, 30, 60, 90, 150, 180)
        lines += [line(customer=customer, on=START + timedelta(days=on)) for on in days]
    people = pa.table({"customer_id": list(country), "country": list(country.values())})

    result = drivers.find(
        insight.facts(table(lines), customers=people),
        as_of=START + timedelta(days=220),
        activity_days=100,
        horizon_days=100,
        attributes=["country"],
    )

    (finding,) = result.findings
    assert (result.evenings, result.lost, result.stayed) == ((START + timedelta(days=120),), 40, 60)
    assert (finding.customers, finding.cases, finding.share, finding.share_of_others) == (50, 40, 1.0, 10 / 60)
    assert (finding.low > 1, finding.high) == (True, float("inf"))


@pytest.mark.slow
def test_order_of_rows_does_not_matter():
    lines, customers = shop(leaves_faster=0.1)
    mixed = np.random.default_rng(3).permutation(lines.num_rows)

    assert found((lines.take(mixed), customers.take(np.arange(600)[::-1]))) == found((lines, customers))


def noise(seed):
    dice = np.random.default_rng(seed)
    columns = {f"c{n}": dice.choice(["a", "b", "c"], 400) for n in range(12)}
    return pa.table(columns | {"tenure": dice.integers(0, 500, 400)}), dice.random(400) < 0.3


@pytest.mark.slow
def test_shuffled_outcomes_give_no_findings():
    quiet = [not drivers.of_snapshot(*noise(seed), comparable=["tenure"]).clear for seed in range(100)]

    assert sum(quiet) >= 95


def test_small_groups_are_hidden():
    _, left = noise(1)
    hidden, shown = (pa.table({"column": ["rare"] * n + ["common"] * (400 - n)}) for n in (29, 30))

    assert drivers.of_snapshot(hidden, left).findings == ()
    assert [one.customers for one in drivers.of_snapshot(shown, left).findings] in ([30], [370])


def test_the_same_customers_are_told_once():
    _, left = noise(2)
    which = np.where(np.arange(400) < 100, "x", np.where(np.arange(400) < 200, "y", "z"))
    result = drivers.of_snapshot(pa.table({"one": which, "other": np.char.add(which, "!")}), left)

    assert {one.traits[0].name for one in result.findings} == {"one"}
    assert {one.traits[0].value: one.same[0].value for one in result.findings} == {"x": "x!", "y": "y!", "z": "z!"}


def test_columns_that_know_the_answer_are_refused():
    columns, left = noise(3)
    told = columns.append_column("churn_reason", pa.array(np.where(left, "price", "")))

    assert [one.column for one in drivers.of_snapshot(told, left).refused] == ["churn_reason"]


def test_numbers_are_compared_in_quarters_and_what_is_unknown_takes_no_part():
    dice = np.random.default_rng(4)
    age = dice.integers(20, 80, 800)
    left = dice.random(800) < np.where(age < 35, 0.6, 0.2)
    known = pa.array([None if n % 4 == 0 else float(a) for n, a in enumerate(age)])

    finding = drivers.of_snapshot(pa.table({"age": known}), left).clear[0]

    low, high = finding.traits[0].band
    assert (low, 30 <= high <= 38, finding.ratio > 1) == (None, True, True)
    assert finding.cases == int((left & (age <= high) & (np.arange(800) % 4 > 0)).sum())


EVENING = date(2012, 6, 30)


def values(*lines, of, **tables):
    view = View(facts_of(*lines, **tables), day_number(EVENING), 100)
    read = FAMILIES[of].read(view, "country")
    return sorted(tuple(row.values()) for row in arrow(read.select("customer_id", "value")).to_pylist())


def test_problems_count_within_the_look_back_alone():
    lines = [
        line(customer=1, on=date(2012, 6, 1)),
        line(customer=1, on=date(2012, 6, 9), kind="return", cents=-500),
        line(customer=2, on=date(2012, 6, 1)),
        line(customer=2, on=date(2012, 1, 9), kind="return", cents=-500),
        line(customer=3, on=date(2012, 6, 1)),
        line(customer=3, on=date(2012, 7, 1), kind="return", cents=-500),
        line(customer=4, on=date(2012, 6, 1), kind="cancellation", cents=-500),
        line(customer=5, on=date(2012, 1, 1)),
    ]

    assert values(*lines, of="return") == [(1, "yes"), (2, "no"), (3, "no"), (4, "no")]
    assert values(*lines, of="cancellation") == [(1, "no"), (2, "no"), (3, "no"), (4, "yes")]


def test_late_deliveries_are_known_of_those_with_deliveries():
    day_ = day_number(date(2012, 6, 1))
    orders = pa.table(
        {
            "customer_id": pa.array([1, 1, 2, 3, 4, None], pa.int64()),
            "promised_on": pa.array([day_, day_, day_, day_, None, day_], pa.int32()),
            "delivered_on": pa.array([day_, day_ + 1, day_, day_ + 60, day_, day_ + 5], pa.int32()),
        }
    )

    assert values(line(customer=1, on=date(2012, 6, 1)), of="late_delivery", orders=orders) == [(1, "yes"), (2, "no")]
    assert values(line(customer=1, on=date(2012, 6, 1)), of="late_delivery") == []


def test_long_pause_is_known_of_those_who_bought_three_times():
    regular = [line(customer=1, on=EVENING - timedelta(days=days)) for days in (90, 60, 30, 0)]
    paused = [line(customer=2, on=EVENING - timedelta(days=days)) for days in (95, 85, 75, 10)]
    twice = [line(customer=3, on=EVENING - timedelta(days=days)) for days in (90, 10)]

    assert values(*regular, *paused, *twice, of="long_pause") == [(1, "no"), (2, "yes")]


def test_first_and_usual_things():
    goods = pa.table({"product_id": [1, 2], "number": ["A", "B"], "name": ["A", "B"], "category": ["bread", ""]})
    lines = [
        line(customer=1, on=date(2012, 1, 1), product=1, channel="web", cents=700),
        line(customer=1, on=date(2012, 1, 1), product=2, channel="web", cents=300),
        line(customer=1, on=date(2012, 2, 1), product=2, channel="shop", cents=900),
        line(customer=1, on=date(2012, 3, 1), product=1, channel="shop", cents=100),
        line(customer=1, on=date(2012, 8, 1), product=1, channel="phone", cents=100),
    ]

    assert values(*lines, of="first_product", products=goods) == [(1, "1"), (1, "2")]
    assert values(*lines, of="first_category", products=goods) == [(1, "bread")]
    assert values(*lines, of="favourite_category", products=goods) == [(1, "bread")]
    assert values(*lines, of="first_channel") == [(1, "web")]
    assert values(*lines, of="usual_channel") == [(1, "shop")]
    assert values(*lines, of="first_order") == [(1, 1000)]
    assert values(*lines, of="tenure") == [(1, (EVENING - date(2012, 1, 1)).days)]
    assert values(*lines, of="class") == [(1, "A")]


@pytest.mark.parametrize("of", [name for name, family in FAMILIES.items() if family.is_dated])
def test_nothing_known_later_changes_a_trait(of):
    """Shuffling the future leaves what was known of an evening as it was."""
    lines, customers = shop(seed=5, customers=80)
    today = day_number(START) + 300
    later = np.asarray(lines["ordered_on"]) > today
    future = lines.filter(pa.array(later))
    mixed = future.set_column(1, "customer_id", pa.array(np.random.default_rng(1).permutation(future["customer_id"])))
    other = pa.concat_tables([lines.filter(pa.array(~later)), mixed.cast(LINES)])

    one, two = (
        arrow(FAMILIES[of].read(View(facts((given, customers)), today, 120), "").sort("customer_id"))
        if FAMILIES[of].read(View(facts((given, customers)), today, 120), "") is not None
        else None
        for given in (lines, other)
    )

    assert one == two


def test_those_here_are_the_customers_of_the_evening():
    lines = [
        line(customer=1, on=date(2012, 6, 30)),
        line(customer=2, on=date(2012, 3, 22)),
        line(customer=3, on=date(2012, 3, 23)),
        line(customer=3, on=date(2012, 7, 9)),
        line(customer=4, on=date(2012, 7, 1)),
    ]
    here = customers_here(View(facts_of(*lines), day_number(EVENING), 100), activity_days=100).sort("customer_id")

    rows = arrow(here).to_pylist()
    assert [(row["customer_id"], row["bought"], row["after"] and day(row["after"])) for row in rows] == [
        (1, 1, None),
        (3, 1, date(2012, 7, 9)),
    ]


def test_sharing_lists_customers_still_here_who_have_all_traits():
    tables = shop(customers=60)
    known = facts(tables)
    austrian, hotel = Trait("attribute", "country", "AT"), Trait("attribute", "industry", "hotel")

    one = drivers.sharing(known, [austrian], as_of=AS_OF, activity_days=120).to_pylist()
    both = drivers.sharing(known, [austrian, hotel], as_of=AS_OF, activity_days=120).to_pylist()

    people = {row["customer_id"]: row for row in tables[1].to_pylist()}
    here = set(arrow(customers_here(View(known, day_number(AS_OF), 120), activity_days=120))["customer_id"].to_pylist())
    assert one == sorted(pk for pk in here if people[pk]["country"] == "AT")
    assert both == [pk for pk in one if people[pk]["industry"] == "hotel"]
    assert one != both


def test_sharing_understands_bands_and_what_the_facts_do_not_say():
    known = facts_of(*(line(customer=n, on=EVENING, cents=100 * n) for n in range(1, 6)))

    def of(*traits):
        return drivers.sharing(known, traits, as_of=EVENING, activity_days=100).to_pylist()

    assert of(Trait("first_order", "", "200..400")) == [2, 3, 4]
    assert of(Trait("first_order", "", "400..")) == [4, 5]
    assert of(Trait("first_category", "", "bread")) == []
    with pytest.raises(InvalidInput, match="at least one trait"):
        of()


def test_traits_are_written_and_read():
    trait = Trait("attribute", "attr_a,b", 'x "y"')

    assert Trait.read(trait.key) == trait
    for nonsense in ("", "{}", '["attribute","x"]', '["secret","",""]', '["attribute",1,"x"]'):
        with pytest.raises(InvalidInput, match="names no trait"):
            Trait.read(nonsense)


def test_too_short_a_past_is_refused_with_numbers():
    with pytest.raises(NotEnoughData, match=r"span 720 days.*400 days to look back.*330 to look ahead, 730 in all"):
        found(shop(), activity_days=400, horizon_days=330)


def test_too_few_lost_are_refused_with_numbers():
    with pytest.raises(NotEnoughData, match=r"On 6 evenings \d+ customers were lost .* needs 30 of each"):
        found(shop(customers=20))


def test_unknown_attribute_and_bad_lengths_are_refused():
    with pytest.raises(InvalidInput, match="'colour' is no column"):
        found(shop(customers=20), attributes=["colour"])
    with pytest.raises(InvalidInput, match="below 1 day"):
        found(shop(customers=20), horizon_days=0)
    with pytest.raises(InvalidInput, match="has no column 'colour'"):
        drivers.of_snapshot(*noise(1), comparable=["colour"])
    with pytest.raises(NotEnoughData, match="needs 30 of each"):
        drivers.of_snapshot(noise(1)[0], np.arange(400) < 29)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.integers(2, 4))
def test_repeating_every_customer_keeps_the_ratios(seed, times):
    columns, left = noise(seed)
    once = {one.traits: one.ratio for one in drivers.of_snapshot(columns, left).findings}
    many = drivers.of_snapshot(pa.concat_tables([columns] * times), np.tile(left, times))

    ratios = {one.traits: one.ratio for one in many.findings if len(one.traits) == 1}
    assert {traits: ratios[traits] for traits in once} == pytest.approx(once)
