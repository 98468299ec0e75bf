"""What stands beside a verdict, in words: what rounds show together, and for whom it works better than for others."""

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from stammkunde.customers import countries
from stammkunde.customers.models import Customer
from stammkunde.impact import for_whom, own_groups, wording
from stammkunde.impact.combining import Combined
from stammkunde.impact.models import Trial, Verdict
from stammkunde.ui import writing

Row = dict[str, Any]
_SEGMENTS = {
    "worth_more": gettext_lazy("Upper half by what was expected"),
    "at_risk": gettext_lazy("Upper half by risk of leaving"),
    "new": gettext_lazy("Customers for less than a year"),
}
_NUMBERS: dict[str, tuple[Any, Callable[[float], str]]] = {
    "expected_cents": (gettext_lazy("Expected to bring: %(value)s or more"), writing.money),
    "expected_purchases": (
        gettext_lazy("Expected purchases: %(value)s or more"),
        lambda value: writing.number(value, places=2),
    ),
    "risk": (gettext_lazy("Likely to leave: %(value)s or more"), writing.percent),
    "purchases_year": (gettext_lazy("Purchases in the year before: %(value)s or more"), writing.number),
    "revenue_year_cents": (gettext_lazy("Revenue in the year before: %(value)s or more"), writing.money),
    "days_since": (gettext_lazy("Days since the last purchase: %(value)s or more"), writing.number),
    "days_known": (gettext_lazy("Days since the first purchase: %(value)s or more"), writing.number),
}
_TEXTS = {
    "kind": gettext_lazy("Kind: %(value)s"),
    "country": gettext_lazy("Country: %(value)s"),
    "industry": gettext_lazy("Industry: %(value)s"),
}


def combined(trial: Trial, found: Combined | None) -> Row:
    """Say what all rounds that are over show together, with the single ones; nothing where there is one."""
    if found is None:
        return {}
    told = {
        "what": wording.what(trial),
        "n": writing.number(len(found.rounds)),
        "measure": wording.measure(found.rounds[-1].numbers),
        "effect": writing.money(found.effect),
        "low": writing.money(found.low),
        "high": writing.money(found.high),
    }
    if found.low > 0:
        first = _(
            "%(what)s brings, over %(n)s rounds, %(effect)s more %(measure)s per customer (between %(low)s and "
            "%(high)s), after all of its cost."
        )
    elif found.high < 0:
        first = _(
            "%(what)s costs more than it brings, over %(n)s rounds: %(effect)s per customer (between %(low)s and "
            "%(high)s)."
        )
    else:
        first = _(
            "Over %(n)s rounds the difference lies between %(low)s and %(high)s per customer: whether it brings "
            "anything cannot be told yet."
        )
    return {"text": first % told, "rounds": [_round(one) for one in found.rounds]}


def years(found: Combined | None) -> str:
    """Say what all plays brought in several years; empty where fewer than two are judged."""
    if found is None:
        return ""
    return _(
        "Over %(n)s years, all measures together bring %(effect)s %(measure)s per customer and year (between %(low)s "
        "and %(high)s), after all of their cost."
    ) % {
        "n": writing.number(len(found.rounds)),
        "measure": wording.measure(found.rounds[-1].numbers),
        **{name: writing.money(getattr(found, name)) for name in ("effect", "low", "high")},
    }


def _round(one: Verdict) -> Row:
    effect = one.numbers["margin"]
    cents = _range([effect[name] for name in ("effect", "low", "high")])
    return {"verdict": one, "treated": effect["treated"], "held_out": effect["held_out"], "cents": cents}


def whom(trial: Trial, said: Verdict) -> Row:
    """Say for whom it works better, or what is missing to tell; nothing where there is no verdict on money."""
    if said.numbers.get("margin") is None:
        return {}
    if said.look < said.of:
        return {"text": _("For whom it works better is told with the last verdict of the round.")}
    found = said.numbers.get("for_whom")
    if not found:
        return {}
    rows = [_row(one) for one in found["rows"]]
    return {"text": _whom(trial, found), "note": _note(found), "rows": rows}


def _whom(trial: Trial, found: Row) -> str:
    clear = for_whom.clear(found["rows"])
    if clear:
        told = {"who": named(clear[0]), **{side: writing.money(clear[0][side][0]) for side in ("having", "lacking")}}
        first = _("%(what)s does not change the same for everybody.") % {"what": wording.what(trial)}
        return first + " " + _("“%(who)s”: %(having)s per customer; all others: %(lacking)s.") % told
    if found["by"] == for_whom.SPLITS and found["is_clear"]:
        return _(
            "Some gain more than others, but no single property tells who: the better half %(better)s per customer, "
            "the rest %(rest)s."
        ) % {name: writing.money(found[side][0]) for name, side in (("better", "better_half"), ("rest", "rest"))}
    if not found["rows"] and found["by"] == for_whom.NAMED:
        return _(
            "For whom it works better cannot be told yet: inside or outside of each group fewer than ten were "
            "contacted, or left alone."
        )
    return _("For whom it works better is not to be seen.")


def _note(found: Row) -> str:
    """Say how it was looked for, and from how many on more could be told."""
    if found["by"] == for_whom.SPLITS:
        first = _(
            "Learnt on one half of the customers, judged on the other, eleven times; only what holds then is told."
        )
        return " ".join([first, *_own(found.get("own_groups", 0))])
    return _(
        "Compared are three groups that were fixed for all measures beforehand. Others could be looked for from "
        "%(least)s contacted and %(least)s left alone on; here it is %(treated)s and %(held_out)s."
    ) % {name: writing.number(found[name]) for name in ("least", "treated", "held_out")}


def _own(many: int) -> list[str]:
    """Say how many of the company's own groups were asked, too; nothing where none was recorded in time."""
    if not many:
        return []
    words = ngettext(
        "Asked were also %(n)s of your own groups, as it stood on the evening before each customer entered.",
        "Asked were also %(n)s of your own groups, as they stood on the evening before each customer entered.",
        many,
    )
    return [words % {"n": writing.number(many)}]


def _row(one: Row) -> Row:
    ranges = {name: _range(one[name]) for name in ("having", "lacking", "difference")}
    return {"label": named(one), "is_clear": one["is_clear"], **ranges}


def _range(of: Sequence[float]) -> Row:
    return dict(zip(("value", "low", "high"), map(writing.money, of), strict=True))


def named(one: Row) -> str:
    """Name a group of customers as it was told apart."""
    name, value = one["name"], one["value"]
    if name in _SEGMENTS:
        return str(_SEGMENTS[name])
    if name.startswith(own_groups.PREFIX):
        return _("Group: %(value)s") % {"value": one["called"]}
    if name in _NUMBERS:
        words, write = _NUMBERS[name]
        return str(words) % {"value": write(float(value.partition("..")[0]))}
    return str(_TEXTS[name]) % {"value": _value(name, value)}


def _value(name: str, value: str) -> str:
    if name == "kind":
        return str(dict(Customer.Kind.choices).get(value, value))
    return countries.name(value, language=get_language() or "") if name == "country" else value
