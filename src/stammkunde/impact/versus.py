"""Verdicts between two words as sentences: which earns more, or what it would take to tell."""

from typing import Any

from django.utils.translation import gettext as _

from stammkunde.impact import wording
from stammkunde.impact.models import Trial, Verdict
from stammkunde.insight.experiments.checks import WRONG_BELOW
from stammkunde.ui import writing

Code = Verdict.Code
BADGES = wording.BADGES | {Code.HARMS: "dot done"}


def label(trial: Trial, said: Verdict) -> str:
    """Give the verdict in a few words."""
    first, second = (one["letter"] for one in trial.words)
    if said.code in (Code.WORKS, Code.HARMS):
        return _("%(letter)s earns more") % {"letter": second if said.code == Code.WORKS else first}
    if said.code == Code.TOO_LITTLE:
        return _("%(second)s hardly better than %(first)s") % {"first": first, "second": second}
    return str(said.get_code_display())


def verdict(trial: Trial, said: Verdict) -> str:
    """Say what a look has shown, in one or two sentences."""
    numbers, effect = said.numbers, said.numbers.get("margin")
    told = {place: one["name"] for place, one in zip(("first", "second"), trial.words, strict=True)}
    if said.code == Code.WRONG_SPLIT:
        return _wrong_split(told, numbers["split"])
    if said.code == Code.TOO_FEW or effect is None:
        return _too_few(told, numbers)
    told |= {
        "measure": wording.measure(numbers),
        "worth": writing.money(numbers["worth_cents"]),
        "got_first": writing.number(effect["held_out"]),
        "got_second": writing.number(effect["treated"]),
    }
    if said.code == Code.WORKS:
        return _earns_more(told, [effect[name] for name in ("effect", "low", "high")])
    if said.code == Code.HARMS:
        turned = {"first": told["second"], "second": told["first"]}
        turned |= {"got_first": told["got_second"], "got_second": told["got_first"]}
        return _earns_more(told | turned, [-effect[name] for name in ("effect", "high", "low")])
    told |= {"low": writing.money(effect["low"]), "high": writing.money(effect["high"])}
    if said.code == Code.TOO_LITTLE:
        return _too_little(told, is_none=effect["low"] > -numbers["worth_cents"])
    return _cannot_tell(told, effect, numbers)


def _earns_more(told: dict[str, str], cents: list[float]) -> str:
    amounts = dict(zip(("effect", "low", "high"), map(writing.money, cents), strict=True))
    first = _(
        "“%(second)s” earns %(effect)s more %(measure)s per customer than “%(first)s” (between %(low)s and %(high)s), "
        "after all cost."
    )
    second = _("Compared are %(got_second)s customers with %(got_first)s.")
    return f"{first} {second}" % {**told, **amounts}


def _too_little(told: dict[str, str], *, is_none: bool) -> str:
    if is_none:
        return (
            _(
                "Between “%(first)s” and “%(second)s” there is, most probably, no difference that would matter: it "
                "lies between %(low)s and %(high)s per customer, and would matter from %(worth)s on."
            )
            % told
        )
    return (
        _(
            "“%(second)s” earns, most probably, no more than %(high)s per customer more than “%(first)s”; it would be "
            "worth its while from %(worth)s on."
        )
        % told
    )


def _cannot_tell(told: dict[str, str], effect: dict[str, Any], numbers: dict[str, Any]) -> str:
    first = _(
        "Whether “%(first)s” or “%(second)s” earns more cannot be told yet: “%(second)s” earns between %(low)s and "
        "%(high)s more per customer."
    )
    second = _("Until now a difference would show from %(visible)s per customer on.") % {
        "visible": writing.money(effect["smallest_visible"])
    }
    return " ".join([first % told, second, *wording.needed(told, _as_drawn(numbers))])


def _as_drawn(numbers: dict[str, Any]) -> dict[str, Any]:
    """Leave out what another share would take: each of the words is got by as many."""
    needed = numbers.get("needed")
    return {"needed": needed and needed | {"weeks_at_best": None}}


def _wrong_split(told: dict[str, str], split: dict[str, Any]) -> str:
    return _(
        "Of %(enrolled)s customers %(got_first)s got “%(first)s”, instead of about %(expected)s. Chance does that in "
        "fewer than one of %(odds)s. Until it is known why, there is no verdict."
    ) % {
        **told,
        "enrolled": writing.number(split["enrolled"]),
        "got_first": writing.number(split["held_out"]),
        "expected": writing.number(split["expected"]),
        "odds": writing.number(1 / WRONG_BELOW),
    }


def _too_few(told: dict[str, str], numbers: dict[str, Any]) -> str:
    arms = numbers.get("arms") or {}
    got = {name: writing.number(int(arms.get(name, {}).get("n", 0))) for name in ("treated", "held_out")}
    return _(
        "Too few to compare: %(got_first)s got “%(first)s”, %(got_second)s “%(second)s”. Without ten of each nothing "
        "can be told."
    ) % {**told, "got_first": got["held_out"], "got_second": got["treated"]}


def limits(trial: Trial, said: Verdict) -> list[str]:
    """Say how far the figures can be trusted."""
    few = _("Fewer than 20 got “%(first)s”: do not lean on the amount yet.") % {"first": trial.words[0]["name"]}
    found = wording.limits_of(said.numbers, few=few)
    if trial.comparisons > 1:
        found.append(_("Three words are compared two by two: each range is so wide that all of them hold together."))
    return found


def direction(trial: Trial) -> str:
    """Say which way round differences of purchases are told."""
    names = {place: one["name"] for place, one in zip(("first", "second"), trial.words, strict=True)}
    return _("“%(second)s” compared with “%(first)s”:") % names
