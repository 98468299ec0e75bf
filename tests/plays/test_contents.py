"""What a play says of itself: JSON in and out, every error with its place, keys of steps that stay."""

import json

import pytest

from stammkunde.plays import contents
from stammkunde.plays.contents import InvalidContent

WIN_BACK = {
    "trigger": {"kind": "enters"},
    "group": "Lange nicht gekauft",
    "reentry": {"again": True, "pause_days": 180},
    "steps": [
        {
            "kind": "message",
            "key": "letter",
            "templates": ["Wir vermissen Sie"],
            "otherwise": [{"kind": "task", "key": "call", "title": "Anrufen", "by_phone": True, "minutes": 15}],
        },
        {"kind": "wait", "key": "pause", "days": 21, "until": {"table": "purchases"}},
        {
            "kind": "branch",
            "key": "bought",
            "rule": {"happened": "purchases"},
            "yes": [{"kind": "end", "key": "thanks"}],
            "no": [{"kind": "message", "key": "card", "templates": ["Karte", "Mail"], "latest_days": 5}],
        },
        {"kind": "hand_over", "key": "over", "play": "Zweiter Kauf"},
    ],
    "goal": {"kind": "purchase", "window_days": 45},
    "ends_on": ["complaint"],
    "latest_days": 90,
    "limits": {"entries_a_day": 50, "budget_cents": 100_000},
    "holdout": {"share": 0.1},
    "exclusive": "win-back",
}


def problems(data: object) -> dict[str, str]:
    with pytest.raises(InvalidContent) as refused:
        contents.read(data)
    return {one.place: one.code for one in refused.value.problems}


def changed(**changes: object) -> dict:
    return {**WIN_BACK, **changes}


def step(**changes: object) -> dict:
    return changed(steps=[{"kind": "wait", "key": "a", "days": 1, **changes}])


@pytest.mark.parametrize(
    "data",
    [
        WIN_BACK,
        changed(goal={"kind": "none", "because": "owed"}, holdout={"share": 0.0, "because": "owed"}),
        changed(group=None, trigger={"kind": "happened", "table": "orders", "where": [{"field": "total_cents"}]}),
        changed(trigger={"kind": "dated", "table": "customers", "column": "since_on", "yearly": True}),
        changed(goal={"kind": "happened", "table": "contacts", "window_days": 91}, rule={"field": "x"}, group=None),
        step(days=0, weekday=2, hour=9),
    ],
)
def test_content_comes_back_as_it_was_written(data):
    once = contents.read(data)

    written = json.loads(json.dumps(contents.write(once)))

    assert contents.read(written) == once
    assert contents.write(contents.read(written)) == written


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ([], {"": "not_an_object"}),
        (changed(steps=[]), {"steps": "missing"}),
        (changed(colour="red"), {"colour": "unknown_field"}),
        (changed(group=None), {"group": "missing"}),
        (changed(group=True), {"group": "not_a_reference"}),
        (changed(rule={"field": "x"}), {"rule": "group_twice"}),
        (changed(goal={}), {"goal.kind": "unknown_choice"}),
        (changed(goal={"kind": "none"}), {"goal.because": "missing"}),
        (changed(goal={"kind": "purchase", "worth_cents": -1}), {"goal.worth_cents": "not_between"}),
        (changed(goal={"kind": "purchase", "worth_cents": 2.5}), {"goal.worth_cents": "not_between"}),
        (changed(holdout={"share": 0}), {"holdout.because": "missing"}),
        (changed(holdout={"share": 0.9}), {"holdout.share": "not_between"}),
        (changed(ends_on=["never"]), {"ends_on.0": "unknown_choice"}),
        (changed(subject={"per": "row"}), {"subject.per": "no_row"}),
        (changed(trigger={"kind": "happened"}), {"trigger.table": "missing"}),
        (changed(trigger={"kind": "dated", "table": "x", "column": 7}), {"trigger.column": "not_a_text"}),
        (changed(trigger="enters"), {"trigger": "not_an_object"}),
        (step(key="A b"), {"steps.0.key": "key"}),
        (step(days=-1), {"steps.0.days": "not_between", "steps.0": "missing"}),
        (step(days=0, until={"table": "orders"}), {"steps.0.days": "missing", "steps.0": "missing"}),
        (step(kind="message"), {"steps.0.days": "unknown_field", "steps.0.templates": "missing"}),
        (step(kind="dance"), {"steps.0.kind": "unknown_choice", "steps.0.days": "unknown_field"}),
        (step(kind="hand_over", days=None), {"steps.0.days": "unknown_field", "steps.0.play": "missing"}),
        (changed(steps=7), {"steps": "missing"}),
    ],
)
def test_what_is_wrong_is_said_with_its_place(data, expected):
    found = problems(data)

    assert found == expected


def test_two_steps_with_one_key_are_refused():
    twice = [
        {"kind": "end", "key": "a"},
        {"kind": "branch", "key": "b", "rule": {"x": 1}, "yes": [{"kind": "end", "key": "a"}]},
    ]

    assert problems(changed(steps=twice)) == {"steps": "key_twice"}


def test_ways_lie_within_each_other_up_to_a_depth():
    inner: list = [{"kind": "message", "key": "deep", "templates": ["Karte"]}]
    for number in range(3):
        inner = [{"kind": "branch", "key": f"b{number}", "rule": {"x": 1}, "no": inner}]

    contents.read(changed(steps=inner))  # what stands deepest has no way of its own

    one_more = [{"kind": "branch", "key": "b3", "rule": {"x": 1}, "no": inner}]
    assert problems(changed(steps=one_more)) == {"steps.0.no.0.no.0.no.0.no": "too_deep"}


@pytest.mark.parametrize(
    ("key", "way", "then"),
    [
        ("letter", "", "pause"),
        ("letter", "otherwise", "call"),
        ("call", "", "pause"),
        ("pause", "", "bought"),
        ("bought", "yes", "thanks"),
        ("bought", "no", "card"),
        ("card", "", "over"),
        ("card", "otherwise", "over"),  # no other way is given: the usual one
        ("over", "", ""),
        ("unknown", "", ""),
    ],
)
def test_what_comes_after_a_step(key, way, then):
    content = contents.read(WIN_BACK)

    assert contents.following(content, key, way=way) == then


def test_keys_of_steps_survive_editing():
    edited = {**WIN_BACK, "steps": [{"kind": "wait", "days": 1}, *WIN_BACK["steps"], {"kind": "end"}]}

    found = contents.with_keys(edited, taken=["s1"])

    keys = [one.key for one in contents.every(contents.read(found).steps)]
    assert keys == ["s2", "letter", "call", "pause", "bought", "thanks", "card", "over", "s3"]


def test_rows_are_named_in_a_file_and_numbered_here():
    numbers = {"Lange nicht gekauft": 5, "Wir vermissen Sie": 1, "Karte": 2, "Mail": 3, "Zweiter Kauf": 9}
    names = {number: name for name, number in numbers.items()}

    here = contents.renamed(WIN_BACK, lambda _kind, name: numbers[name])

    assert contents.names(here) == [
        ("group", "group", 5),
        ("steps.0.templates.0", "template", 1),
        ("steps.2.no.0.templates.0", "template", 2),
        ("steps.2.no.0.templates.1", "template", 3),
        ("steps.3.play", "play", 9),
    ]
    assert contents.renamed(here, lambda _kind, number: names[number]) == WIN_BACK
