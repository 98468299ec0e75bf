from datetime import date

from stammkunde.insight import rules
from stammkunde.insight.rules import Row

from .reference import Reference
from .test_meaning import NOW, TODAY, country, order, orders
from .test_segments import SEGMENTS
from .words import KNOWN
from .world import UNTIL, on_duckdb, on_polars, rows, rows_of


def why(data, found, **settings):
    return rules.why(rules.read(data, KNOWN), on_polars(found, **(NOW | settings)))


def of_first(data, found):
    """Give what each leaf says of customer 1: whether it holds, the value, what is lacking."""
    return [(one.holds, *one.values, one.lacks) for one in why(data, found)[1]]


FOUND = rows_of(
    customers=[{"customer__country": "", "signal__margin_cents": 100, "customer__since": TODAY - 58}, {}],
    orders=[order(1, ago=58, number=4), order(1, ago=58, number=5), order(1, ago=358, number=3), order(2, ago=1)],
)


def test_what_is_lacking_is_the_way_to_the_nearest_value():
    asked = {
        "all": [
            orders(">=", 3, within={"last": 90}),
            orders(">", 2, within={"last": 90}),
            orders("<", 2),
            orders("between", [5, 7]),
            orders("is", [1, 7]),
            orders("is none of", 3),
            {"field": "customer.since", "is": "within", "value": {"ago": [60, 90]}},
            {"field": "customer.since", "is": "within", "value": {"last": 30}},
            {"field": "customer.since", "is": ">=", "value": date(2024, 3, 1).isoformat()},
            {"field": "signal.margin_cents", "is": "<=", "value": 90},
        ]
    }

    assert of_first(asked, FOUND) == [
        (False, 2, 1),
        (False, 2, 1),
        (False, 3, -2),
        (False, 3, 2),
        (False, 3, -2),
        (False, 3, None),
        (False, TODAY - 58, -2),  # "fehlt: seit 58 statt 60 Tagen"
        (False, TODAY - 58, 29),
        (False, TODAY - 58, 58),
        (False, 100, -10),
    ]


def test_every_leaf_tells_its_value_and_its_rows():
    asked = {
        "any": [
            country("is", "DE"),
            orders(within={"last": 90}),
            {"left": orders(measure="last") | {}, "is": ">=", "times": 2, "right": orders(measure="gap")},
            {"segment": 1, "is": "not in"},
            {"field": "signal.margin_cents", "is": "top %", "value": 10},
        ]
    }
    for side in ("left", "right"):
        asked["any"][2][side] = {"happened": "orders", "measure": asked["any"][2][side]["measure"]}

    one, other = (why(asked, FOUND, bounds={})[who] for who in (1, 2))

    assert [(leaf.holds, leaf.values, leaf.lacks) for leaf in one] == [
        (False, (None,), None),
        (True, (2,), 0),
        (False, (58, 300.0), 542.0),
        (True, (False,), 0),
        (True, (100,), 0),
    ]
    assert one[1].rows == (Row("orders", 5, TODAY - 58), Row("orders", 4, TODAY - 58))
    assert one[2].rows == (*one[1].rows, Row("orders", 3, TODAY - 358))
    assert [leaf.values for leaf in other][2:] == [(1, None), (False,), (None,)]


def test_picked_row_is_the_only_source():
    last = orders(pick="last", where=[{"column": "late_days", "is": "is unknown"}])

    assert why(last, FOUND)[1][0].rows == (Row("orders", 5, TODAY - 58),)


def test_only_who_is_asked_about_is_counted():
    reference = Reference(KNOWN, rows(), TODAY, UNTIL)
    some = {**rows(), "customers": rows()["customers"][4:7]}
    everybody = on_duckdb(rows())
    rule = rules.tree.Any(tuple(SEGMENTS[name] for name in ("s1", "s8", "s16", "s30")))
    limits = rules.bounds([rule], everybody)

    found = rules.why(rule, on_duckdb(some, bounds=limits))

    for customer in some["customers"]:
        expected = [reference.holds(leaf, customer) for leaf in rules.leaves(rule)]
        assert [one.holds for one in found[customer["customer_id"]]] == expected
    assert len(found) == 3
