"""What rules mean: each row of the table of meanings is a test by its name."""

from datetime import date

import pytest

from stammkunde.insight import rules
from stammkunde.insight.periods import day_number
from stammkunde.insight.rules import InvalidRule

from .test_segments import members
from .words import KNOWN
from .world import on_polars, rows_of

TODAY = day_number(date(2024, 3, 1))
NOW = {"today": TODAY, "until": {}}


def who(data, found, **settings):
    """Give the members of a rule; its complement has everybody else (that engines agree: `test_random.py`)."""
    asked = {"it": rules.read(data, KNOWN), "others": rules.read({"not": data}, KNOWN)}
    answered = members(asked, on_polars(found, **(NOW | settings)))
    assert answered["others"] == {one["customer_id"] for one in found["customers"]} - answered["it"]
    return answered["it"]


def unknown(data, found, **settings):
    return rules.unknown(rules.read(data, KNOWN), on_polars(found, **(NOW | settings)))


def order(customer, *, ago, number=0, **more):
    return {"customer_id": customer, "order_id": number or customer, "ordered_on": TODAY - ago, **more}


def country(operator, *value):
    return {"field": "customer.country", "is": operator} | ({"value": value[0]} if value else {})


COUNTRIES = rows_of(customers=[{"customer__country": one} for one in ("DE", "AT", "", None)])
SOME = rows_of(
    customers=[{}, {}, {}],
    orders=[order(1, ago=89, total_cents=500), order(1, ago=89, number=9, late_days=2), order(2, ago=90)],
)


def orders(operator=">=", value=1, **more):
    return {"happened": "orders", **more, "is": operator, "value": value}


def test_missing_value_fails_every_comparison_and_keeps_to_its_complement():
    assert who(country("is", "DE"), COUNTRIES) == {1}
    assert who({"not": country("is", "DE")}, COUNTRIES) == {2, 3, 4}
    assert who(country("is none of", "DE"), COUNTRIES) == {2}
    assert who(country("is unknown"), COUNTRIES) == {3, 4}
    assert who(country("is known"), COUNTRIES) == {1, 2}
    assert unknown({"all": [country("is", "DE"), orders()]}, COUNTRIES) == [2, 0]


def test_nothing_happened_is_none_for_counts_and_sums_and_unknown_for_the_rest():
    for measure in ("count", "days", "sum.total_cents"):
        assert who(orders("is", 0, measure=measure), SOME) >= {3}
        assert unknown(orders("is", 0, measure=measure), SOME) == [0]
    for measure in ("avg.total_cents", "max.late_days", "gap"):
        assert 3 not in who(orders(">=", -1, measure=measure), SOME)
    assert unknown(orders("is", 1, measure={"share": [{"column": "returned", "is": "is unknown"}]}), SOME) == [1]
    assert unknown(orders("within", "ever", measure="first"), SOME) == [1]
    assert who(orders("<", 2), SOME) == {2, 3}


def test_spans_are_counted_from_the_day_up_to_which_the_table_is_complete():
    last = orders(within={"last": 90})

    assert who(last, SOME) == {1}
    assert who(last, SOME, until={"orders": TODAY - 1}) == {1, 2}
    assert who(last, SOME, until={"cases": TODAY - 1}) == {1}


def test_last_days_are_open_to_the_front_and_meet_those_before():
    found = rows_of(
        customers=[{}, {}, {}, {}], orders=[order(1, ago=89), order(2, ago=90), order(3, ago=-5), order(4, ago=0)]
    )

    assert who(orders(within={"last": 90}), found) == {1, 3, 4}
    assert who(orders(within={"ago": [90, None]}), found) == {2}
    assert who(orders(within={"ago": [89, 90]}), found) == {1, 2}
    assert who(orders(within={"ahead": [1, 5]}), found) == {3}


def test_last_days_of_what_may_lie_ahead_end_today():
    due = rows_of(customers=[{"customer__since": TODAY + days} for days in (-14, -13, 0, 1)])
    last = {"field": "customer.since", "is": "within", "value": {"last": 14}}

    assert who(last, due) == {2, 3}
    first = orders("within", {"last": 14}, measure="first")
    assert who(first, rows_of(customers=[{}], orders=[order(1, ago=-1)])) == {1}  # it has happened
    explained = rules.why(rules.read(last, KNOWN), on_polars(due, **NOW))
    assert [explained[n][0].lacks for n in (1, 2, 4)] == [1, 0, -1]


def test_past_day_sees_nothing_that_is_dated_later():
    late = rows_of(customers=[{}, {}], orders=[order(1, ago=40), order(1, ago=9, number=7), order(2, ago=9, number=8)])
    asked = {"it": rules.read(orders("is", 1, within={"last": 41}), KNOWN)}

    world = on_polars(late, **NOW)

    assert members(asked, world)["it"] == {2}
    assert members(asked, world.as_of(TODAY - 10))["it"] == {1}
    assert members(asked, world.as_of(TODAY - 41))["it"] == set()


def test_returned_orders_are_told_by_the_table():
    found = rows_of(customers=[{}, {}], orders=[order(1, ago=9, returned=True), order(2, ago=9, returned=None)])

    assert who(orders(where=[{"column": "returned", "is": "is", "value": True}]), found) == {1}
    assert who(orders(where=[{"column": "returned", "is": "is unknown"}]), found) == {2}


def test_merged_customers_have_the_facts_of_both_and_only_one_is_left():
    found = rows_of(customers=[{}], orders=[order(1, ago=9), order(1, ago=99, number=2), order(2, ago=9, number=3)])

    assert who(orders("is", 2), found) == {1}


def test_ranks_scores_and_stages_are_those_of_the_last_snapshot():
    found = rows_of(customers=[{"signal__risk": 0.75}, {"signal__risk": 0.25}])
    risky = {"it": rules.read({"field": "signal.risk", "is": ">", "value": 0.5}, KNOWN)}

    assert KNOWN.fields["signal.risk"].snapshot
    assert members(risky, on_polars(found, **NOW).as_of(TODAY - 99))["it"] == {1}


def test_me_is_for_those_who_look():
    found = rows_of(customers=[{"customer__owner": one} for one in ("anna@example.org", "b@example.org", None)])
    mine = {"field": "customer.owner", "is": "is", "value": {"me": True}}

    assert who(mine, found, me="anna@example.org") == {1}
    assert rules.uses(rules.read(mine, KNOWN)).me
    with pytest.raises(InvalidRule, match="asks for whoever looks") as refused:
        who(mine, found)
    assert refused.value.code == "me"


@pytest.mark.parametrize("table", ["opens", "clicks"])
def test_opens_and_clicks_are_not_offered(table):
    with pytest.raises(InvalidRule, match=f"Nothing is known of '{table}'"):
        rules.read({"happened": table}, KNOWN)


def test_conditions_hold_for_the_same_row_and_lower_rows_belong_to_it():
    found = rows_of(
        customers=[{}, {}],
        orders=[
            order(1, ago=5, total_cents=20_000),
            order(2, ago=5, total_cents=1),
            order(2, ago=6, number=3, total_cents=20_000),
        ],
        lines=[{"customer_id": one, "line_id": one, "order_id": one, "category": "cake"} for one in (1, 2)],
    )
    dear = [{"column": "total_cents", "is": ">", "value": 10_000}]
    cake = {"table": "lines", "where": [{"column": "category", "is": "is", "value": "cake"}]}

    assert who(orders(where=dear, **{"with": [cake]}), found) == {1}
    assert who(orders(where=dear, **{"with": [cake | {"is": "is", "value": 0}]}), found) == {2}


def test_last_row_is_picked_before_it_is_asked_and_the_higher_key_is_the_later():
    late = [{"column": "late_days", "is": ">", "value": 0}]
    found = rows_of(
        customers=[{}, {}],
        orders=[
            order(1, ago=9, number=1, late_days=3), order(1, ago=5, number=2, late_days=0),
            order(2, ago=5, number=3, late_days=0), order(2, ago=5, number=4, late_days=1),
        ],
    )  # fmt: skip

    assert who(orders(where=late), found) == {1, 2}
    assert who(orders(where=late, pick="last"), found) == {2}
    assert who(orders(where=late, pick="first"), found) == {1}
    assert who(orders(where=late, pick="last", within={"ago": [6, 99]}), found) == {1}


def test_span_begins_the_day_after_what_it_waits_for_and_never_without_it():
    found = rows_of(
        customers=[{}, {}, {}],
        orders=[order(1, ago=9), order(2, ago=10), order(3, ago=1)],
        cases=[{"customer_id": one, "case_id": one, "opened_on": TODAY - 10} for one in (1, 2)],
        moments=[{"customer_id": 3, "name": "entry", "day": TODAY - 1}, {"customer_id": 1, "name": "entry", "day": 5}],
    )
    since = {"since": {"happened": "cases"}}

    assert who(orders(within=since), found) == {1}
    assert who(orders("is", 0, within=since), found) == {2}
    assert unknown(orders("is", 0, within=since), found) == [1]
    assert who(orders(within={"since": "entry"}), found) == {1}


def test_only_rows_about_the_same_count_and_are_picked():
    found = rows_of(
        customers=[{}, {}, {}],
        orders=[
            order(1, ago=9, number=1, late_days=3), order(1, ago=2, number=2), order(2, ago=5, number=3),
            order(3, ago=5, number=4, late_days=1), order(3, ago=1, number=5, late_days=1),
        ],
    )  # fmt: skip
    late = [{"column": "late_days", "is": ">", "value": 0}]
    same = {"orders": {1, 3}}

    assert who(orders(same=True), found, same=same) == {1, 2}
    assert who(orders("is", 0, same=True), found, same=same) == {3}
    assert who(orders("is", 2), found, same=same) == {1, 3}  # without, all of them
    assert who(orders(where=late, same=True), found, same=same) == {1}
    assert who({"any": [orders(where=late, pick="last", same=True), orders(">=", 3)]}, found, same=same) == {1}
    assert who(orders(measure="max.late_days", same=True, pick="last"), found, same=same) == {1}
    assert who(orders(same=True), found, same={"orders": set()}) == set()
    with pytest.raises(InvalidRule, match="Which rows of 'orders' are meant is not given"):
        who(orders(same=True), found)


def test_what_is_about_the_same_is_written_and_named():
    rule = rules.read(orders(same=True), KNOWN)

    assert rules.read(rules.write(rule), KNOWN) == rule
    assert rules.write(rule)["same"] is True
    assert rules.uses(rule).same == {"orders"}
    assert "same" not in rules.write(rules.read(orders(same=False), KNOWN))


@pytest.mark.parametrize(
    ("today", "window", "returned"),
    [
        ((2024, 2, 28), [0, 0], {1, 2}),  # 29 February counts as 28 February, in leap years too
        ((2024, 2, 29), [0, 0], set()),
        ((2023, 2, 28), [0, 0], {1, 2}),
        ((2023, 12, 28), [0, 7], {4, 5}),  # over New Year
        ((2024, 1, 3), [-7, 0], {4, 5}),
        ((2024, 3, 1), [-1, 0], {3}),
        ((2024, 2, 15), "month", {1, 2}),
        ((2024, 1, 1), [-364, 0], {1, 2, 3, 4, 5}),
    ],
)
def test_days_return_every_year(today, window, returned):
    born = [(2000, 2, 29), (1990, 2, 28), (1980, 3, 1), (1999, 12, 31), (1999, 1, 2), (2024, 2, 29)]
    found = rows_of(customers=[{"customer__birthday": day_number(date(*day))} for day in born])
    birthday = {"field": "customer.birthday", "is": "within", "value": {"yearly": window}}

    assert who(birthday, found, today=day_number(date(*today))) == returned


def test_jubilees_are_certain_years():
    since = [(2023, 3, 9), (2022, 3, 9), (2019, 3, 31), (2024, 3, 1), (2014, 4, 1)]
    found = rows_of(customers=[{"customer__since": day_number(date(*day))} for day in since])
    jubilee = {"field": "customer.since", "is": "within", "value": {"yearly": "month", "years": [1, 5, 10]}}

    assert who(jubilee, found) == {1, 3}


def test_top_is_of_those_with_a_value_and_equal_values_are_in_together():
    found = rows_of(customers=[{"signal__margin_cents": one} for one in (50, 40, 40, 10, 5, None)])
    top = {"field": "signal.margin_cents", "is": "top %", "value": 30}
    world = on_polars(found, **NOW)

    assert who(top, found) == {1, 2, 3}
    assert who(top | {"value": 20}, found) == {1}
    assert who(top | {"is": "bottom %", "value": 21}, found) == {4, 5}
    assert who(top, rows_of(customers=[{}])) == set()
    limits = rules.bounds([rules.read(top, KNOWN)], world)
    assert list(limits.values()) == [40]
    assert who(top, rows_of(customers=[{"signal__margin_cents": 39}]), bounds=limits) == set()


def test_who_has_nothing_to_count_is_not_ranked():
    some = rows_of(customers=[{}] * 6, orders=[order(1, ago=2), order(1, ago=1, number=7), order(2, ago=2, number=8)])

    assert who(orders("top %", 50), some) == {1}
    assert who(orders("bottom %", 50), some) == {2}
    assert who(orders("top %", 50, within={"last": 1}), some) == set()


def test_texts_are_found_in_any_case():
    found = rows_of(customers=[{"customer__country": one} for one in ("München Süd", "münchen", "Übersee", None)])

    assert who(country("contains", ["MÜNCH", "über"]), found) == {1, 2, 3}
    assert who(country("begins with", "mün"), found) == {1, 2}
    assert who(country("contains", "süd"), found) == {1}
    assert who(country("is", "münchen"), found) == {2}


def test_amounts_are_compared_with_a_multiple_of_each_other():
    found = rows_of(
        customers=[{}, {}, {}],
        orders=[order(one, ago=100, number=one) for one in (1, 2)]
        + [order(1, ago=90, number=5), order(2, ago=12, number=6), order(3, ago=3)],
    )
    silent = {"left": {"happened": "orders", "measure": "last"}, "is": ">=", "times": 2}

    assert who(silent | {"right": {"happened": "orders", "measure": "gap"}}, found) == {1}
    assert unknown(silent | {"right": {"happened": "orders", "measure": "gap"}}, found) == [1]


def test_members_are_asked_as_they_are_given():
    found = rows_of(customers=[{}, {}, {}])
    found["segment:1"] = [{"customer_id": 1}]
    found["play:7:was in"] = [{"customer_id": 1, "day": TODAY - 200}, {"customer_id": 2, "day": TODAY - 20}]
    was_in = {"play": 7, "is": "was in"}

    assert who({"segment": 1, "is": "in"}, found) == {1}
    assert who({"segment": 1, "is": "not in"}, found) == {2, 3}
    assert who(was_in, found) == {1, 2}
    assert who(was_in | {"within": {"last": 180}}, found) == {2}
    with pytest.raises(InvalidRule, match="members of 'segment:1' are not given"):
        who({"segment": 1, "is": "in"}, found, members={})
    with pytest.raises(InvalidRule, match="moments 'entry' are not given"):
        who(orders(within={"since": "entry"}), found, moments=None)
