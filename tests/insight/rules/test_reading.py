import json

import pytest

from stammkunde.insight import rules
from stammkunde.insight.rules import InvalidRule, tree

from .words import KNOWN

COUNTRY = {"field": "customer.country", "is": "is", "value": "DE"}
FULL = {
    "all": [
        {"any": [{"field": "customer.country", "is": "is none of", "value": ["AT", "DE"]}, {"not": COUNTRY}]},
        {
            "happened": "orders",
            "where": [{"column": "total_cents", "is": ">", "value": 10_000}],
            "with": [
                {"table": "lines", "where": [{"column": "category", "is": "is", "value": "X"}], "is": ">=", "value": 2}
            ],
            "pick": "last",
            "within": {"since": {"happened": "cases", "within": {"last": 60}}},
            "measure": "max.total_cents",
            "is": "between",
            "value": [1, 2],
        },
        {
            "left": {"happened": "orders", "within": {"last": 365}, "measure": "sum.total_cents"},
            "is": "<=",
            "times": 0.5,
            "right": {"happened": "orders", "within": {"ago": [365, 729]}, "measure": "sum.total_cents"},
        },
        {
            "happened": "orders",
            "measure": {"share": [{"column": "returned", "is": "is", "value": True}]},
            "is": ">",
            "value": 0.3,
        },
        {
            "happened": "orders",
            "within": {"since": "entry"},
            "measure": "last",
            "is": "within", "value": {"this": "quarter"},
        },
        {"field": "customer.birthday", "is": "within", "value": {"yearly": [-3, 7], "years": [1, 5]}},
        {"field": "customer.since", "is": ">=", "value": "2020-02-29"},
        {"field": "customer.owner", "is": "is", "value": ["anna@example.org", {"me": True}]},
        {"field": "signal.margin_cents", "is": "top %", "value": 10},
        {"segment": 1, "is": "not in"},
        {"play": 7, "is": "was in", "within": {"from": "2026-01-01"}},
    ]
}  # fmt: skip


def test_rule_is_written_as_it_was_read():
    rule = rules.read(FULL, KNOWN)

    assert rules.write(rule) == FULL
    assert rules.read(json.loads(json.dumps(rules.write(rule))), KNOWN) == rule


def test_what_goes_without_saying_is_not_written():
    said = {
        "happened": "orders", "where": None, "with": None, "pick": "any", "within": "ever", "measure": "count"
    }  # fmt: skip
    country = {"field": "customer.country", "is": "is", "value": ["DE", "AT", "DE"]}

    assert rules.write(rules.read(said, KNOWN)) == {"happened": "orders", "is": ">=", "value": 1}
    assert rules.write(rules.read(country, KNOWN))["value"] == ["AT", "DE"]


def test_rule_tells_what_it_reads():
    found = rules.uses(rules.read(FULL, KNOWN))

    assert found.tables == {"orders", "lines", "cases"}
    assert found.fields == {
        "customer.country", "customer.birthday", "customer.since", "customer.owner", "signal.margin_cents"
    }  # fmt: skip
    assert found.columns == {("orders", "total_cents"), ("lines", "category"), ("orders", "returned")}
    assert (found.members, found.moments, found.me) == ({"segment:1", "play:7:was in"}, {"entry"}, True)


def test_digest_is_the_same_in_every_process():
    assert rules.digest(rules.read(COUNTRY, KNOWN)) == "35cd2411608354643fff4a4862298c340cf6cd74"
    assert rules.digest(rules.read({"not": COUNTRY}, KNOWN)) != "35cd2411608354643fff4a4862298c340cf6cd74"


ORDERS = {"happened": "orders", "is": ">=", "value": 1}
REFUSED = [
    ("", "no_rule", 5),
    ("", "no_rule", {}),
    ("all", "empty_list", {"all": []}),
    ("not", "no_rule", {"not": []}),
    ("any.2", "no_rule", {"any": [COUNTRY, {"field_": 1}]}),
    ("surplus", "unknown_entry", {"not": COUNTRY, "surplus": 1}),
    ("field", "unknown_field", COUNTRY | {"field": "customer.colour"}),
    ("field", "unknown_field", COUNTRY | {"field": ["customer.country"]}),
    ("field.is", "unknown_operator", COUNTRY | {"is": ">="}),
    ("field.is", "unknown_operator", COUNTRY | {"is": ["is"]}),
    ("field.value", "no_text", COUNTRY | {"value": ""}),
    ("field.value.2", "no_text", COUNTRY | {"value": ["DE", 5]}),
    ("field.value", "empty_list", COUNTRY | {"value": []}),
    ("field.value", "not_personal", COUNTRY | {"value": {"me": True}}),
    ("field.value", "needless_value", COUNTRY | {"is": "is known"}),
    ("field", "entry_missing", {"field": "customer.country", "is": "is"}),
    ("field.value", "no_percent", {"field": "signal.risk", "is": "top %", "value": 0}),
    ("field.value", "no_number", {"field": "signal.risk", "is": ">", "value": float("nan")}),
    ("field.value", "no_whole_number", {"field": "signal.margin_cents", "is": ">", "value": 1.5}),
    ("field.value", "ends_before", {"field": "signal.risk", "is": "between", "value": [2, 1]}),
    ("field.value", "no_two_values", {"field": "signal.risk", "is": "between", "value": 2}),
    ("field.value", "no_flag", {"field": "reach.letter", "is": "is", "value": 1}),
    ("field.value", "no_day", {"field": "customer.since", "is": ">", "value": "31.12.2026"}),
    ("field.value", "since_here", {"field": "customer.since", "is": "within", "value": {"since": "entry"}}),
    ("happened", "unknown_table", ORDERS | {"happened": "opens"}),
    ("happened.pick", "unknown_pick", ORDERS | {"pick": "best"}),
    ("happened.within", "no_span", ORDERS | {"within": {"last": 5, "ago": [1, 2]}}),
    ("happened.within.last", "no_whole_number", ORDERS | {"within": {"last": 0}}),
    ("happened.within.last", "no_unit", ORDERS | {"within": {"last": "week"}}),
    ("happened.within.ago.2", "no_whole_number", ORDERS | {"within": {"ago": [5, 4]}}),
    ("happened.within.to", "ends_before", ORDERS | {"within": {"from": "2026-01-02", "to": "2026-01-01"}}),
    ("happened.within.yearly.2", "no_whole_number", ORDERS | {"within": {"yearly": [0, 365]}}),
    ("happened.within.since", "unknown_moment", ORDERS | {"within": {"since": "birth"}}),
    (
        "happened.within.since.within",
        "since_here",
        ORDERS | {"within": {"since": {"happened": "cases", "within": {"since": "entry"}}}},
    ),
    ("happened.where.1", "unknown_column", ORDERS | {"where": [{"column": "colour", "is": "is known"}]}),
    ("happened.with.1.table", "not_below", ORDERS | {"with": [{"table": "cases"}]}),
    ("happened.same", "no_flag", ORDERS | {"same": "yes"}),
    ("happened.same", "not_same", {"happened": "cases", "same": True}),
    ("happened.measure", "unknown_measure", ORDERS | {"measure": "median.total_cents"}),
    ("happened.measure", "no_amount", ORDERS | {"measure": "sum.channel"}),
    ("happened", "no_days", {"happened": "persons", "within": {"last": 5}}),
    ("compare.left.is", "unknown_entry", {"left": ORDERS, "is": ">", "right": {"happened": "orders"}}),
    (
        "compare.times",
        "no_number",
        {"left": {"happened": "orders"}, "is": ">", "right": {"happened": "orders"}, "times": 0},
    ),
    ("member.segment", "unknown_member", {"segment": 3, "is": "in"}),
    ("member.is", "unknown_operator", {"segment": 1, "is": "was in"}),
    ("not.not.not.not.not", "too_deep", {"not": {"not": {"not": {"not": {"not": COUNTRY}}}}}),
    ("", "too_many_leaves", {"all": [COUNTRY] * 51}),
    ("", "too_many_values", COUNTRY | {"value": [f"{n}" for n in range(1001)]}),
]  # fmt: skip


@pytest.mark.parametrize(("place", "code", "data"), REFUSED)
def test_what_cannot_be_asked_is_refused_with_its_place(place, code, data):
    with pytest.raises(InvalidRule) as refused:
        rules.read(data, KNOWN)

    assert (refused.value.place, refused.value.code) == (place, code)
    assert refused.value.text.endswith((".", "…}."))


def test_place_leads_through_groups_and_leaves():
    wrong = {"happened": "orders", "where": [{"column": "channel", "is": ">", "value": 1}]}

    with pytest.raises(InvalidRule, match=r"^all\.2\.happened\.where\.1\.is: 'channel' is of the kind text") as refused:
        rules.read({"all": [COUNTRY, wrong]}, KNOWN)

    assert refused.value.about == ">"


def test_largest_rule_is_read():
    group = {"all": [COUNTRY | {"value": [f"{n}" for n in range(20)]}] * 50}

    assert len(rules.leaves(rules.read({"not": {"not": {"not": group}}}, KNOWN))) == 50


def test_members_come_before_who_asks_for_them():
    one, two = (tree.Member("segment", key, "in") for key in (1, 2))
    country = rules.read(COUNTRY, KNOWN)

    assert rules.in_order({"segment:3": two, "segment:2": one, "segment:1": country}) == [
        "segment:1", "segment:2", "segment:3"
    ]  # fmt: skip
    with pytest.raises(InvalidRule, match=r"in a circle: segment:. → segment:. → segment:.\. Take") as refused:
        rules.in_order({"segment:1": two, "segment:2": one})
    assert refused.value.code == "circle"
