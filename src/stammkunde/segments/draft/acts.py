"""What the buttons of the form do to a rule: `add r-0`, `group r`, `remove r-0-1`, `condition r-0`, `with r-0`."""

from copy import deepcopy
from typing import Any

from stammkunde.segments.draft.reading import DEPTH, MOST, ROOT

Draft = dict[str, Any]
EMPTY: Draft = {"all": [{"field": ""}]}


def opened(rule: Draft) -> Draft:
    """Prepare a rule for the page: the whole is a group, and what is denied is one, too."""
    shown = _opened(rule)
    return shown if parts(shown) is not None else {"all": [shown]}


def _opened(rule: Draft) -> Draft:
    if "not" in rule:
        inner = _opened(rule["not"])
        return {"not": inner if parts(inner) is not None and "not" not in inner else {"any": [inner]}}
    for form in ("all", "any"):
        if form in rule:
            return {form: [_opened(one) for one in rule[form]]}
    is_bare = "happened" in rule and not {"is", "measure"} & set(rule)
    return rule | {"is": ">=", "value": 1} if is_bare else rule


def act(draft: Draft, said: str) -> Draft:
    """Do what a button says; what leads nowhere changes nothing."""
    what, _space, where = said.partition(" ")
    changed = deepcopy(draft)
    do = _ACTS.get(what)
    if do:
        do(changed, where)
        _even(changed, where.partition(".")[0])
    return changed


def _even(draft: Draft, path: str) -> None:
    """Ask on both sides of a comparison for the same, where something was changed on the left."""
    leaf = _leaf(draft, path.partition(" ")[0])
    if leaf and isinstance(leaf.get("left"), dict) and isinstance(leaf.get("right"), dict):
        own = {name: leaf["right"][name] for name in ("within", "measure") if name in leaf["right"]}
        leaf["right"] = leaf["left"] | own


def parts(group: Draft) -> list[Draft] | None:
    """Give the rules of a group, also of a denied one, to be changed; None: it is none that a page shows as a group."""
    inner = group.get("not") if isinstance(group.get("not"), dict) else group
    for form in ("all", "any"):
        if isinstance(inner, dict) and isinstance(inner.get(form), list):
            found: list[Draft] = inner[form]
            return found
    return None


def depth(path: str) -> int:
    """Tell how deep a path leads: 0 for the whole rule."""
    return path.count("-")


def _group(draft: Draft, path: str) -> list[Draft] | None:
    """Follow a path to a group."""
    found, steps = parts(draft), path.removeprefix(ROOT).removeprefix("-").split("-")
    for step in steps if path != ROOT else ():
        if found is None or not step.isdecimal() or int(step) >= len(found):
            return None
        found = parts(found[int(step)])
    return found


def _leaf(draft: Draft, path: str) -> Draft | None:
    above, _dash, last = path.rpartition("-")
    group = _group(draft, above)
    if group is None or not last.isdecimal() or int(last) >= len(group):
        return None
    return group[int(last)]


def _add(draft: Draft, path: str) -> None:
    group = _group(draft, path)
    if group is not None and len(group) < MOST:
        group.append({"field": ""})


def _add_group(draft: Draft, path: str) -> None:
    group = _group(draft, path)
    if group is not None and depth(path) < DEPTH - 1:
        group.append({"any": [{"field": ""}]})


def _remove(draft: Draft, path: str) -> None:
    above, _dash, last = path.rpartition("-")
    group = _group(draft, above)
    if group is not None and last.isdecimal() and int(last) < len(group):
        del group[int(last)]


def _amount(draft: Draft, path: str) -> Draft | None:
    """Find what is measured in a leaf; of a comparison, its left side."""
    leaf = _leaf(draft, path)
    amount = leaf.get("left", leaf) if leaf else None
    return amount if isinstance(amount, dict) and "happened" in amount else None


def _add_condition(draft: Draft, path: str) -> None:
    """Add a condition to what happened, or to a lower table's rows: `condition r-0`, `condition r-0.with0`."""
    leaf, _dot, block = path.partition(".")
    amount = _amount(draft, leaf)
    if amount is None:
        return
    if block in {"", "share"}:
        _conditions(amount, block).append({"column": ""})
    elif (number := _number(block, "with")) is not None and number < len(amount.get("with", [])):
        amount["with"][number].setdefault("where", []).append({"column": ""})


def _remove_condition(draft: Draft, path: str) -> None:
    """Take a condition out: `uncondition r-0.c1`, `uncondition r-0.with0.c1`."""
    leaf, *blocks = path.split(".")
    amount = _amount(draft, leaf)
    if amount is None or not blocks:
        return
    number, within = _number(blocks[-1], "c"), _number(blocks[0], "with")
    if blocks[0].startswith("with") and (within is None or within >= len(amount.get("with", []))):
        return
    if within is not None and len(blocks) == 1:
        del amount["with"][within]
        return
    some = amount["with"][within].get("where", []) if within is not None else _conditions(amount, blocks[0])
    if number is not None and number < len(some):
        del some[number]


def _conditions(amount: Draft, block: str) -> list[Draft]:
    if block == "share" and isinstance(amount.get("measure"), dict):
        shares: list[Draft] = amount["measure"].setdefault("share", [])
        return shares
    found: list[Draft] = amount.setdefault("where", [])
    return found


def _add_with(draft: Draft, path: str) -> None:
    """Add a question to a lower table's rows: `with r-0 lines`."""
    leaf, _space, table = path.partition(" ")
    amount = _amount(draft, leaf)
    if amount is not None and table:
        amount.setdefault("with", []).append({"table": table, "where": [{"column": ""}], "is": ">=", "value": 1})


def focus(draft: Draft, said: str) -> str:
    """Name the field that whoever pressed a button goes on with: what was added, or the button to add another one."""
    what, _space, where = said.partition(" ")
    group = _group(draft, where)
    if what in {"add", "group"} and group:
        path = f"{where}-{len(group) - 1}"
        return f"{path}-what" if what == "add" else f"{path}-0-what"
    if what == "condition":
        return _last_condition(draft, where)
    if what == "with":
        leaf, _space, _table = where.partition(" ")
        return f"{leaf}.with{len((_amount(draft, leaf) or {}).get('with', [])) - 1}.c0-column"
    above = where.rpartition("-")[0] if what == "remove" else where.partition(".")[0]
    return f"{'add' if what == 'remove' else 'condition'}-{above}" if what in {"remove", "uncondition"} else ""


def _last_condition(draft: Draft, path: str) -> str:
    leaf, _dot, block = path.partition(".")
    amount = _amount(draft, leaf) or {}
    within = _number(block, "with")
    if within is not None and within < len(amount.get("with", [])):
        some = amount["with"][within].get("where", [])
    else:
        some = _conditions(amount, block)
    return f"{path}.c{len(some) - 1}-column"


def _number(block: str, word: str) -> int | None:
    digits = block.removeprefix(word)
    return int(digits) if block.startswith(word) and digits.isdecimal() and len(digits) < 4 else None


_ACTS = {
    "add": _add,
    "group": _add_group,
    "remove": _remove,
    "condition": _add_condition,
    "uncondition": _remove_condition,
    "with": _add_with,
}
