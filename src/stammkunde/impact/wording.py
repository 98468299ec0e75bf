"""Verdicts as sentences: each is a claim, with what it rests on beside it."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from stammkunde.impact.counting import Progress
from stammkunde.impact.models import Trial, Verdict
from stammkunde.insight.experiments import MOST_CONTAMINATED
from stammkunde.insight.experiments.checks import WRONG_BELOW
from stammkunde.plays.models import Play
from stammkunde.ui import writing

Code = Verdict.Code
BADGES = {
    Code.WORKS: "dot done",
    Code.HARMS: "dot lost",
    Code.TOO_LITTLE: "dot waiting",
    Code.CANNOT_TELL: "dot waiting",
    Code.TOO_FEW: "dot prospect",
    Code.WRONG_SPLIT: "dot lost",
}
_NAMES = {
    Play.Kind.CAMPAIGN: pgettext_lazy("what worked", "The campaign"),
    Play.Kind.THANKS: pgettext_lazy("what worked", "The thank-you"),
    Play.Kind.MEASURE: pgettext_lazy("what worked", "The measure"),
}
_UNKNOWN = {
    "post": pgettext_lazy("not taken off", "postage and print"),
    "hours": pgettext_lazy("not taken off", "working time"),
}
FULLY_KNOWN = 0.98  # of revenue, that the cost is known of
HALF_A_CENT = 0.5
ROUND_EURO = 100_000  # cents: above it, sums of many are told in hundreds


def what(trial: Trial) -> str:
    """Name what is talked about, at the beginning of a sentence."""
    if trial.is_of_everything:
        return pgettext("what worked", "All of it together")
    kind = trial.play.kind if trial.play else Play.Kind.MEASURE
    return str(_NAMES[Play.Kind(kind)])


def arms(trial: Trial) -> dict[str, str]:
    """Name both groups: contacted and left alone, or by the words that each got."""
    if trial.is_of_words:
        first, second = (f"{one['letter']}: {one['name']}" for one in trial.words)
        return {"treated": second, "held_out": first}
    return {"treated": _("Contacted"), "held_out": _("Left alone")}


def verdict(trial: Trial, said: Verdict) -> str:
    """Say what a look has shown, in one or two sentences."""
    numbers = said.numbers
    effect = numbers.get("margin")
    if said.code == Code.WRONG_SPLIT:
        return _wrong_split(numbers["split"])
    if said.code == Code.TOO_FEW or effect is None:
        return _too_few(said)
    told = {
        "what": what(trial),
        "measure": measure(numbers),
        "effect": writing.money(effect["effect"]),
        "low": writing.money(effect["low"]),
        "high": writing.money(effect["high"]),
        "worth": writing.money(numbers["worth_cents"]),
        "held_out": writing.number(effect["held_out"]),
    }
    return _SAID[Code(said.code)](told, effect, numbers)


def together(trial: Trial, said: Verdict) -> str:
    """Say what all plays brought together, within which range, and by whom that is measured; empty: cannot be said."""
    numbers = said.numbers.get("together")
    if not trial.is_of_everything or numbers is None or said.code == Code.WRONG_SPLIT:
        return ""
    margin = said.numbers["margin"]
    share = margin["held_out"] / (margin["held_out"] + margin["treated"])
    return _(
        "All measures together: %(total)s (%(low)s to %(high)s), measured by the %(share)s who got no advertising for "
        "a year."
    ) % {
        "total": about(numbers["total"]),
        "low": about(numbers["low"]),
        "high": about(numbers["high"]),
        "share": writing.percent(share, places=0),
    }


def cross_check(said: Verdict) -> str:
    """Say what single plays would add up to, and why that is not the same; empty where none was judged."""
    numbers = said.numbers.get("together")
    if numbers is None or not numbers["sum_of_plays"]:
        return ""
    return _("Added up one by one it would be %(sum)s; the difference is overlap and chance.") % {
        "sum": about(numbers["sum_of_plays"])
    }


def expected(progress: Progress | None) -> str:
    """Say when the verdict on a year is to be expected."""
    if progress is None or not progress.next_on:
        return _("The year is running; when it is over, it is told here what all measures brought together.")
    return _("What all measures bring together is told here from %(day)s on: then the year is over.") % {
        "day": writing.day(date.fromisoformat(progress.next_on))
    }


def cut_short() -> str:
    return _("It was switched off before the year was over: what all measures brought together cannot be told.")


def _works(told: dict[str, str], effect: dict[str, Any], _numbers: dict[str, Any]) -> str:
    total = [about(effect["treated"] * effect[name]) for name in ("effect", "low", "high")]
    more = {"n": writing.number(effect["treated"]), "total": total[0], "least": total[1], "most": total[2]}
    return " ".join(
        [
            _(
                "%(what)s brings %(effect)s more %(measure)s per customer (between %(low)s and %(high)s), after all of "
                "its cost."
            )
            % told,
            _("For %(n)s customers that is about %(total)s (%(least)s to %(most)s).") % more,
            _("Compared with %(held_out)s customers who got nothing of it.") % told,
        ]
    )


def _harms(told: dict[str, str], _effect: dict[str, Any], _numbers: dict[str, Any]) -> str:
    return (
        _(
            "%(what)s costs more than it brings: %(effect)s per customer (between %(low)s and %(high)s). Advice: end "
            "it, or change what it offers."
        )
        % told
    )


def _too_little(told: dict[str, str], _effect: dict[str, Any], _numbers: dict[str, Any]) -> str:
    return (
        _(
            "%(what)s brings, most probably, no more than %(high)s per customer; it would be worth its while from "
            "%(worth)s on."
        )
        % told
    )


def _cannot_tell(told: dict[str, str], effect: dict[str, Any], numbers: dict[str, Any]) -> str:
    visible = writing.money(effect["smallest_visible"])
    first = _(
        "Whether it brings anything cannot be told yet: the difference lies between %(low)s and %(high)s per customer."
    )
    second = _("Until now an effect would show from %(visible)s per customer on.") % {"visible": visible}
    return " ".join([first % told, second, *needed(told, numbers)])


_SAID = {
    Code.WORKS: _works,
    Code.HARMS: _harms,
    Code.TOO_LITTLE: _too_little,
    Code.CANNOT_TELL: _cannot_tell,
}


def needed(told: dict[str, str], numbers: dict[str, Any]) -> Iterator[str]:
    """Say what it takes to see what is worth having."""
    found = numbers.get("needed")
    if not found:
        return
    if not found["measurable"]:
        yield _("With so few customers that cannot be measured in money.")
        return
    told = told | {
        "more": writing.number(found["more"]),
        "weeks": writing.number(found["weeks"]),
        "share": writing.percent(found["best_share"], places=0),
        "weeks_at_best": writing.number(found["weeks_at_best"]),
    }
    if found["weeks"] is None:
        yield _("To see %(worth)s, about %(more)s more customers are needed.") % told
        return
    yield _("To see %(worth)s, about %(more)s more customers are needed: %(weeks)s weeks as it goes now.") % told
    if found["weeks_at_best"] is not None and found["weeks_at_best"] < found["weeks"]:
        yield _("With %(share)s left alone it would be %(weeks_at_best)s weeks.") % told


def _wrong_split(split: dict[str, Any]) -> str:
    return _(
        "Of %(enrolled)s customers %(held_out)s were left alone, instead of about %(expected)s. Chance does that in "
        "fewer than one of %(odds)s. Until it is known why, there is no verdict."
    ) % {
        "enrolled": writing.number(split["enrolled"]),
        "held_out": writing.number(split["held_out"]),
        "expected": writing.number(split["expected"]),
        "odds": writing.number(1 / WRONG_BELOW),
    }


def _too_few(said: Verdict) -> str:
    arms = said.numbers.get("arms") or {}
    treated, held_out = (int(arms.get(name, {}).get("n", 0)) for name in ("treated", "held_out"))
    return _(
        "Too few to compare: %(treated)s were contacted and %(held_out)s left alone. Without ten on either side of one "
        "draw nothing can be told."
    ) % {"treated": writing.number(treated), "held_out": writing.number(held_out)}


def measure(numbers: dict[str, Any]) -> str:
    """Name what is counted: the contribution margin, or revenue where costs are unknown."""
    if numbers.get("basis") == "revenue":
        return pgettext("more of what", "revenue")
    return pgettext("more of what", "contribution margin")


def about(cents: float) -> str:
    """Write a sum of many as what it is, an estimate: without cents, large ones in hundreds."""
    step = 10_000 if abs(cents) >= ROUND_EURO else 100
    return writing.money(round(cents / step) * step, places=0)


def running(trial: Trial, progress: Progress) -> str:
    """Say how far it is until the next verdict."""
    days = {"window": progress.window_days, "lag": trial.lag_days}
    if progress.next_at is None:
        first = _("Nobody's %(window)s days are over yet, nor the %(lag)s in which things come back.") % days
        if trial.round > 1:
            first = _("A new round has begun; nobody's %(window)s days in it are over yet.") % days
        return f"{first} {_first_on(trial, progress)}".strip()
    told = {
        "ripe": writing.number(progress.ripe),
        "next_at": writing.number(progress.next_at),
        **days,
    }
    first = (
        _(
            "%(ripe)s of the %(next_at)s customers for whom the next verdict waits have their %(window)s days behind "
            "them, and the %(lag)s in which things come back."
        )
        % told
    )
    return f"{first} {_next_on(progress)}".strip()


def limits(said: Verdict) -> list[str]:
    """Say how far the figures of a verdict can be trusted: what is not known, and where so few were left alone."""
    return limits_of(said.numbers, few=_("Fewer than 20 were left alone: do not lean on the amount yet."))


def limits_of(numbers: dict[str, Any], *, few: str) -> list[str]:
    """Say the same of numbers, with the sentence where few are compared with."""
    found = []
    if numbers.get("fixed_cents"):
        found.append(
            _("In the cost is %(cents)s that it cost as a whole, spread over those whom it reached.")
            % {"cents": writing.money(numbers["fixed_cents"])}
        )
    if numbers.get("cautious"):
        found.append(few)
    if numbers.get("basis") == "revenue":
        found.append(_("What the goods cost is not known here: this is revenue less what it cost, and no profit."))
    elif (share := numbers.get("known_share")) is not None and share < FULLY_KNOWN:
        found.append(
            _("The cost is known of %(share)s of what was bought; the rest counts as nothing.")
            % {"share": writing.percent(share)}
        )
    lacking = [str(_UNKNOWN[code]) for code in numbers.get("unknown", ()) if code in _UNKNOWN]
    if lacking:
        found.append(_("Not taken off, as nobody wrote it down: %(what)s.") % {"what": ", ".join(lacking)})
    return found


def _first_on(trial: Trial, progress: Progress) -> str:
    if not progress.first_on:
        return ""
    through = date.fromisoformat(progress.first_on) + timedelta(days=progress.window_days + trial.lag_days + 1)
    if through <= date.fromisoformat(progress.as_of_on):
        return ""
    return _("The first will be through on %(day)s.") % {"day": writing.day(through)}


def _next_on(progress: Progress) -> str:
    if progress.next_on:
        return _("The next verdict is to be expected on %(day)s.") % {
            "day": writing.day(date.fromisoformat(progress.next_on))
        }
    return ""


def between(trial: Trial) -> str:
    """Say why nothing is told between looks."""
    if trial.plan == Trial.Plan.ONCE:
        return _("It is judged once, when all are through: whoever looks daily takes chance for success.")
    return _("It is judged at looks planned beforehand: whoever looks daily takes chance for success.")


def purchases(numbers: dict[str, Any]) -> str:
    """Say by how much more often the contacted bought; empty where nothing can be told."""
    effect = numbers.get("purchases")
    if effect is None:
        return ""
    return _("Purchases per customer: %(effect)s (between %(low)s and %(high)s).") % {
        name: signed(writing.number(abs(effect[name]), places=2), effect[name]) for name in ("effect", "low", "high")
    }


def bought(numbers: dict[str, Any]) -> str:
    """Say by how many points more of the contacted bought at all; empty where nothing can be told."""
    effect = numbers.get("bought")
    if effect is None:
        return ""
    return _("Customers who bought at all: %(effect)s points (between %(low)s and %(high)s).") % {
        name: signed(writing.number(abs(effect[name]) * 100, places=1), effect[name])
        for name in ("effect", "low", "high")
    }


def signed(text: str, value: float) -> str:
    """Write a difference with its sign."""
    return f"{writing.MINUS if value < 0 else '+'}{text}"


def corrected(numbers: dict[str, Any]) -> str:
    """Say what the plain difference is, and how much of it was luck of the draw; empty where nothing was corrected."""
    effect = numbers.get("margin")
    if effect is None or abs(effect["uncorrected"] - effect["effect"]) < HALF_A_CENT:
        return ""
    return _(
        "Without correction it would be %(raw)s per customer (between %(low)s and %(high)s): %(luck)s of that is due "
        "to whom chance chose, going by what had been expected of each before."
    ) % {
        "raw": writing.money(effect["uncorrected"]),
        "low": writing.money(effect["uncorrected_low"]),
        "high": writing.money(effect["uncorrected_high"]),
        "luck": writing.money(effect["uncorrected"] - effect["effect"]),
    }


def contaminated(progress: Progress) -> str:
    """Say how many of those left alone got something all the same; empty where nobody did."""
    if not progress.contaminated or not progress.held_out:
        return ""
    share = progress.contaminated / progress.held_out
    told = {"n": writing.number(progress.contaminated), "share": writing.percent(share)}
    first = ngettext(
        "%(n)s of those left alone got something of it all the same (%(share)s).",
        "%(n)s of those left alone got something of it all the same (%(share)s).",
        progress.contaminated,
    )
    more = _("The effect shows less by as much; find out why.") if share > MOST_CONTAMINATED else ""
    return f"{first % told} {more}".strip()
