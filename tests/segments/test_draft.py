"""A rule as a form: what is shown and sent back is the same rule, whatever it says."""

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import Phase, example, given, settings

from stammkunde.insight import rules
from stammkunde.segments import draft, examples, vocabulary
from stammkunde.segments.wording import Said, labels
from tests.insight.rules.random_rules import rules as at_random
from tests.insight.rules.test_segments import LISTED
from tests.insight.rules.words import KNOWN
from tests.segments.forms import sent
from tests.segments.test_wording import SAID


def shown(rule, known=KNOWN, said=SAID) -> str:
    offered = draft.Offered(
        known=known, said=said, occurring=lambda _table, _column: ["DE", "AT"], segments=[("1", "A"), ("2", "B")]
    )
    group = draft.lay_out(draft.opened(rule), offered)
    return render_to_string(
        "segments/builder/group.html", {"group": group, "whats": labels.whats(said, with_groups=True)}
    )


def meant(rule, known=KNOWN) -> str:
    """Give a digest of what the form makes of a rule: the whole is a group, and what is denied is one, too."""
    return rules.digest(rules.read(draft.opened(rule), known))


@pytest.mark.parametrize("listed", LISTED, ids=lambda one: one["name"])
def test_each_of_44_segments_comes_back_from_its_form(listed):
    with translation.override("de" if listed["number"] % 2 else "en"):
        back = draft.read(sent(shown(listed["rule"])), KNOWN)

    assert rules.digest(rules.read(back, KNOWN)) == meant(listed["rule"])


def compared(**amount):
    side = {"happened": "orders", "within": {"last": 90}} | amount
    return {"left": side, "is": ">=", "times": 0.5, "right": side | {"within": {"ago": [90, 179]}}}


@settings(max_examples=30, phases=[Phase.explicit, Phase.generate])
@given(rule=at_random())
@example(rule=compared(pick="first", measure="sum.total_cents"))
@example(rule=compared(measure={"share": [{"column": "returned", "is": "is", "value": True}]}))
def test_any_rule_comes_back_from_its_form(rule):
    back = draft.read(sent(shown(rule)), KNOWN)

    assert rules.digest(rules.read(back, KNOWN)) == meant(rule)


def test_what_makes_no_sense_is_read_without_trouble():
    form = QueryDict(
        "r.how=none&r-0.what=table:orders&r-0.is=between&r-0.value=x&r-0.span=ago&r-0.n=-&r-1.kept=[[&r-2.how="
    )

    found = draft.read(form, KNOWN)

    with pytest.raises(rules.InvalidRule):
        rules.read(found, KNOWN)


@pytest.mark.parametrize(
    ("typed", "cents"),
    [("1.234,5", 123_450), ("1,234.5", 123_450), ("500", 50_000), ("0,01", 1), ("12 345,60", 1_234_560)],
)
def test_amounts_are_read_as_people_type_them(typed, cents):
    form = QueryDict("r.how=all&r-0.what=field:signal.margin_cents&r-0.is=>%3D", mutable=True)
    form["r-0.value"] = typed

    assert draft.read(form, KNOWN)["all"][0] == {"field": "signal.margin_cents", "is": ">=", "value": cents}


def test_another_field_begins_anew():
    form = sent(shown({"field": "customer.country", "is": "is", "value": ["DE"]}), **{"r-0.what": "table:orders"})

    assert draft.read(form, KNOWN) == {"all": [{"happened": "orders", "within": {"last": 90}, "is": ">=", "value": 1}]}


def test_buttons_change_the_rule():
    rule = {"all": [{"happened": "orders", "within": "ever", "is": ">=", "value": 1}]}

    wider = draft.act(draft.act(rule, "add r"), "group r")
    deeper = draft.act(draft.act(wider, "condition r-0"), "with r-0 lines")

    assert deeper["all"][0]["where"] == [{"column": ""}]
    assert deeper["all"][0]["with"] == [{"table": "lines", "where": [{"column": ""}], "is": ">=", "value": 1}]
    assert deeper["all"][1:] == [{"field": ""}, {"any": [{"field": ""}]}]
    assert draft.act(draft.act(deeper, "uncondition r-0.with0"), "remove r-2")["all"][0]["with"] == []
    assert [draft.act(rule, said) for said in ("remove r-9", "add r-0", "condition r-7.c1", "nothing", "")] == [
        rule
    ] * 5


def test_groups_are_no_deeper_than_a_page_shows():
    rule = draft.EMPTY
    for path in ("r", "r-1", "r-1-1", "r-1-1-1"):
        rule = draft.act(rule, f"group {path}")

    assert str(rule).count("any") == 2


def test_comparison_asks_for_the_same_on_both_sides():
    rule = {"all": [draft.begun("compare:orders", KNOWN)]}

    found = draft.act(rule, "condition r-0")["all"][0]

    assert found["left"]["where"] == found["right"]["where"] == [{"column": ""}]


@pytest.mark.django_db
def test_examples_are_rules_that_the_vocabulary_can_ask():
    known, said = vocabulary.known(), None
    for language in ("de", "en"):
        with translation.override(language):
            said = Said.current()
            for one in examples.EXAMPLES:
                back = draft.read(sent(shown(one.rule, known, said)), known)
                assert rules.digest(rules.read(filled(back), known)) == meant(filled(one.rule), known), one.key
    assert len({str(one.name) for one in examples.EXAMPLES}) == len(examples.EXAMPLES) >= 30
    assert sum(len(some) for _occasion, some in examples.grouped()) == len(examples.EXAMPLES)


def filled(data):
    """Fill the holes that examples leave to whoever writes."""
    if isinstance(data, dict):
        if data.get("from") == "":
            return {"from": "2026-01-01", "to": "2026-02-01"}
        whole = {"value": "Dünger"} if "column" in data and "value" not in data else {}
        return {name: filled(value) for name, value in data.items()} | whole
    return [filled(one) for one in data] if isinstance(data, list) else data
