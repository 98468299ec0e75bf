"""Contents of plays by chance: everything that one may say, in any mixture."""

from random import Random
from typing import Any

from stammkunde.plays import contents
from stammkunde.plays.contents import Content

TABLES = ("orders", "contacts", "tasks", "some_table")
DELIVERED = {"table": "orders", "column": "delivered_on"}
RETURNED = {"table": "lines", "where": [{"column": "kind", "is": "is", "value": "return"}]}
SETTLED = {"table": "complaints", "column": "finished_on"}
SAME = {"orders": [DELIVERED, RETURNED], "some_table": [{"table": "contacts"}]}  # what may be about what began it
TEMPLATES, PEOPLE, PLAYS = (1, 2, 3), (1, 2), (1, 2)


def random_content(seed: int) -> Content:
    """Make a content that is right."""
    chance = Random(seed)
    trigger = chance.choice(
        [
            {"kind": "enters"},
            {"kind": "happened", "table": chance.choice(TABLES), "where": _where(chance), "too_old_days": seed % 9},
            {"kind": "dated", "table": "customers", "column": "since_on", "yearly": chance.random() < 0.5,
             "offset_days": chance.randint(-9, 9)},
            {"kind": "dated", "table": "some_table", "column": "some_column"},
        ]
    )  # fmt: skip
    whom = chance.choice([{"group": 5}, {"rule": {"field": "x"}}, {} if trigger["kind"] != "enters" else {"group": 5}])
    holdout = chance.choice([{"share": 0.1}, {"share": 0.125}, {"share": 0, "because": "Das schulden wir."}])
    return contents.read(
        contents.with_keys(
            {
                "trigger": trigger,
                **whom,
                "reentry": {"again": chance.random() < 0.5, "pause_days": chance.choice([0, 1, 180])},
                "subject": {"per": "customer" if trigger["kind"] == "enters" else chance.choice(["customer", "row"])},
                "steps": _steps(chance, trigger, depth=1),
                "goal": _goal(chance, trigger),
                "ends_on": chance.sample(["left", "complaint"], chance.randrange(3)),
                "ends_when": chance.sample([_happening(chance, trigger) for _number in range(2)], chance.randrange(3)),
                "latest_days": chance.choice([1, 30, 200]),
                "limits": {name: chance.choice([None, 1, 5000]) for name in (
                    "entries", "entries_a_day", "budget_cents", "minutes_a_day")},
                "holdout": holdout,
                "cost": {"each_cents": chance.choice([0, 250])},
                "kind": chance.choice(contents.KINDS),
                "exclusive": chance.choice(["", "Rückgewinnung"]),
            }
        )
    )  # fmt: skip


def _happening(chance: Random, trigger: dict[str, Any]) -> dict[str, Any]:
    found = chance.choice([{"table": table} for table in TABLES] + [DELIVERED, RETURNED, SETTLED])
    same = {"same": True} if found in SAME.get(trigger.get("table", ""), []) and chance.random() < 0.5 else {}
    return {"where": _where(chance), **found, **same}


def _goal(chance: Random, trigger: dict[str, Any]) -> dict[str, Any]:
    return chance.choice(
        [
            {"kind": "purchase", "window_days": chance.choice([1, 91])},
            {"kind": "happened", **_happening(chance, trigger), "window_days": 30, "worth_cents": 250},
            {"kind": "none", "because": "Das schulden wir", "worth_cents": 0},
        ]
    )  # fmt: skip


def _where(chance: Random) -> list[dict[str, Any]]:
    return chance.choice([[], [{"column": "revenue", "is": ">=", "value": 5}]])


def _steps(chance: Random, trigger: dict[str, Any], *, depth: int) -> list[dict[str, Any]]:
    most = 4 if depth == 1 else 2
    return [_step(chance, trigger, depth=depth) for _number in range(chance.randint(1, most))]


def _said(chance: Random) -> dict[str, Any]:
    templates = chance.sample(TEMPLATES, chance.randint(1, 3))
    others = [one for one in TEMPLATES if one != templates[0]]
    return {"templates": templates, "variants": chance.sample(others, chance.choice([0, 0, 1, 2]))}


def _step(chance: Random, trigger: dict[str, Any], *, depth: int) -> dict[str, Any]:
    def ways(*names: str) -> dict[str, Any]:
        return {name: _steps(chance, trigger, depth=depth + 1) for name in names if depth < 3 and chance.random() < 0.4}

    kind = chance.choice(["message", "task", "wait", "wait", "branch", "hand_over", "end"])
    return {"kind": kind} | {
        "message": lambda: {**_said(chance), **ways("otherwise")},
        "task": lambda: {
            "title": "Nachfragen", "by_phone": chance.random() < 0.5, "owner": chance.choice([None, 1]),
            "substitute": chance.choice([None, 2]), "guide": chance.choice(["", "silent"]),
            "minutes": chance.choice([0, 1, 15]), **ways("otherwise"),
        },
        "wait": lambda: {
            "days": chance.choice([1, 14]), "months": chance.choice([0, 1, 3]),
            "since": chance.choice(["wait", "entry"]),
            "weekday": chance.choice([None, 2]), "hour": chance.choice([None, 0, 9]),
            "until": chance.choice([None, _happening(chance, trigger)]),
        },
        "branch": lambda: {"rule": {"field": "x"}, **ways("yes", "no")},
        "hand_over": lambda: {"play": chance.choice(PLAYS)},
        "end": dict,
    }[kind]()  # fmt: skip
