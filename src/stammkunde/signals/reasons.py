"""
Why a customer is at risk, in words with the customer's own numbers; and what has changed since last time.

The codes and numbers are those of `insight.risk`. Whoever may not see money is given the same reasons without amounts.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stammkunde.team.policy import NO_MONEY, Sight
from stammkunde.ui import writing

Reason = Mapping[str, Any]

STRONG, CLEAR = 2.0, 1.4  # how many times higher the odds must be
YEARS_FROM_DAYS = 730
LEAST_POINTS = 1  # a smaller change of risk is none

LEVELS = {
    "red": gettext_lazy("get in touch this week"),
    "amber": gettext_lazy("worth watching"),
    "green": gettext_lazy("no need to act"),
}
WARNED_LEVELS = LEVELS | {"green": gettext_lazy("warned earlier; with others more is at stake now")}
COLUMNS = {
    "kind": gettext_lazy("Kind"),
    "country": gettext_lazy("Country"),
    "region": gettext_lazy("Region"),
    "industry": gettext_lazy("Industry"),
    "segment": gettext_lazy("Segment"),
}
VALUE_REFUSALS = {
    "nobody_bought": gettext_lazy("Nobody has bought yet."),
    "few_purchases": gettext_lazy(
        "So far %(purchases)s purchases were not somebody's first; to expect anything, %(needed)s are needed."
    ),
    "few_repeaters": gettext_lazy(
        "Only %(repeaters)s customers have bought more than once; the model of values needs %(needed)s."
    ),
    "no_variation": gettext_lazy("All customers buy so much alike that there is nothing to tell them apart by."),
    "too_many_days": gettext_lazy("Some customers have bought on more days than the model of values can count."),
    "few_amounts": gettext_lazy("Only %(customers)s customers have bought; the model of amounts needs %(needed)s."),
    "few_positive": gettext_lazy(
        "Only %(positive)s of %(customers)s customers have brought anything; the model of amounts needs %(needed)s."
    ),
    "amounts_alike": gettext_lazy("All purchases bring nearly the same, so amounts need no model."),
    "no_mean": gettext_lazy("Amounts differ so widely that no mean can be expected."),
}
_SHARED_RATE = gettext_lazy("Instead, each customer's rate is carried forward, drawn towards that of all.")
_ONE_MEAN = gettext_lazy("Instead, the mean of all purchases stands for everybody.")
INSTEAD = {
    **dict.fromkeys(("few_repeaters", "no_variation", "too_many_days"), _SHARED_RATE),
    **dict.fromkeys(("few_amounts", "few_positive", "amounts_alike", "no_mean"), _ONE_MEAN),
}
REFUSED = {
    "named_like_the_answer": gettext_lazy("Its name says that it holds the answer."),
    "settles_both_sides": gettext_lazy("It leaves no doubt who left and who stayed: it was written down afterwards."),
    "filled_for_leavers": gettext_lazy("It is filled in almost only for customers who left."),
    "predicts_too_well": gettext_lazy("It tells too well who left: it was probably written down afterwards."),
    "different_for_everyone": gettext_lazy("It differs for nearly everyone, so there is nothing to learn from it."),
}


@dataclass(frozen=True)
class Word:
    """
    The name of a reason, as one among others, its sentence, and the part of the customer page that shows its source.

    A sign may do without a sentence: then its number is told.
    """

    name: str | Promise
    sentence: Callable[[Reason, Sight], str] | None = None
    source: str = "rhythm-title"

    def text(self, reason: Reason, *, sight: Sight) -> str:
        """Word the reason with its numbers."""
        if self.sentence:
            return self.sentence(reason, sight)
        number = float(reason[reason["code"]])
        return f"{capfirst(str(self.name))}: {writing.number(number, places=0 if number.is_integer() else 1)}"


def every(gap_days: float) -> str:
    """Word a rhythm: every day, every 31 days."""
    whole = max(round(gap_days), 1)
    return ngettext("every day", "every %(n)s days", whole) % {"n": writing.number(whole)}


def since(silent_days: int | None) -> str:
    """Word a silence: for 58 days."""
    whole = silent_days or 0
    return ngettext("for %(n)s day", "for %(n)s days", whole) % {"n": writing.number(whole)}


def ago(silent_days: int | None) -> str:
    """Word how long ago the last purchase was: today, 58 days ago."""
    whole = silent_days or 0
    return ngettext("%(n)s day ago", "%(n)s days ago", whole) % {"n": writing.number(whole)} if whole else _("today")


def text(reason: Reason, *, sight: Sight) -> str:
    """Word one reason with its numbers; a code from another version of the product stays as it is."""
    word = WORDS.get(reason["code"])
    return word.text(reason, sight=sight) if word else str(reason["code"])


def texts(reasons: Iterable[Reason] | None, *, sight: Sight) -> list[str]:
    """Word reasons in their order, the strongest first."""
    return [text(reason, sight=sight) for reason in reasons or ()]


def source(reason: Reason) -> str:
    """Name the part of the customer page that shows what a reason speaks of."""
    return WORDS[reason["code"]].source if reason["code"] in WORDS else Word.source


def strength(reason: Reason) -> str:
    """Say in a word how much a reason raises the risk; empty where the rule in use does not tell."""
    factor = reason.get("odds_factor")
    if factor is None:
        return ""
    if factor >= STRONG:
        return _("strongly")
    return _("clearly") if factor >= CLEAR else _("slightly")


def chance(risk: float, *, horizon_days: int) -> str:
    """Say a probability as people count: of 100 such customers, 62 …"""
    lost = min(max(round(risk * 100), 1), 99)
    worded = ngettext(
        "Of 100 customers like this one, %(n)s does not buy again within %(days)s days.",
        "Of 100 customers like this one, %(n)s do not buy again within %(days)s days.",
        lost,
    )
    return worded % {"n": lost, "days": writing.number(horizon_days)}


def changed(
    *,
    risk: float | None,
    before: float | None,
    before_on: date | None,
    reasons: Sequence[Reason] | None = None,
    reasons_before: Sequence[Reason] | None = None,
    last_on: date | None = None,
) -> list[str]:
    """
    Say what has changed since an earlier day: the risk, a purchase, reasons that came or went.

    Nothing where there is no earlier day; of reasons nothing where those of either day are not known.
    """
    if before_on is None:
        return []
    found = [_risk_changed(risk, before, before_on)]
    if last_on and last_on > before_on:
        found.append(_("Bought on %(day)s.") % {"day": writing.day(last_on)})
    if reasons is not None and reasons_before is not None:
        found += _came_and_went(reasons, reasons_before)
    told = [one for one in found if one]
    return told or [_("Nothing has changed since %(day)s.") % {"day": writing.day(before_on)}]


def points(risk: float | None, before: float | None) -> int | None:
    """Give the change of risk in whole points of a hundred; None where either is unknown."""
    return None if risk is None or before is None else round(risk * 100) - round(before * 100)


def refusal(refused: Mapping[str, Any] | None) -> str:
    """Say why the early warning cannot yet tell all, and what it needs; empty where nothing is missing."""
    if not refused:
        return ""
    worded = REFUSALS.get(refused["code"])
    return worded(refused) if worded else _("There are too few facts for an honest early warning.")


def value_refusal(refused: Mapping[str, Any] | None) -> str:
    """Say why a model of values is missing, and what is done instead; empty where none is."""
    if not refused:
        return ""
    said = {name: writing.number(value) for name, value in refused.items() if name != "code"}
    told = VALUE_REFUSALS.get(refused["code"], _("There are too few facts for the model of values."))
    return " ".join([str(told) % said, str(INSTEAD.get(refused["code"], ""))]).strip()


def refused_column(code: str) -> str | Promise:
    """Say why a column is not learnt from."""
    return REFUSED.get(code, code)


def column_name(column: str) -> str | Promise:
    """Name a column of the customers; a company's own attribute has the name that the company gave it."""
    return COLUMNS.get(column, column.removeprefix("attr_"))


def _risk_changed(risk: float | None, before: float | None, before_on: date) -> str:
    change = points(risk, before)
    if change is None or abs(change) < LEAST_POINTS:
        return ""
    said = {"n": writing.number(abs(change)), "day": writing.day(before_on)}
    if change > 0:
        return (
            ngettext("Risk up by %(n)s point since %(day)s.", "Risk up by %(n)s points since %(day)s.", change) % said
        )
    lower = ngettext("Risk down by %(n)s point since %(day)s.", "Risk down by %(n)s points since %(day)s.", -change)
    return lower % said


def _came_and_went(reasons: Sequence[Reason], reasons_before: Sequence[Reason]) -> list[str]:
    now, then = ({_key(reason): _name(reason) for reason in said} for said in (reasons, reasons_before))
    came = [name for key, name in now.items() if key not in then]
    went = [name for key, name in then.items() if key not in now]
    found = []
    if came:
        found.append(_("New reason: %(names)s.") % {"names": ", ".join(came)})
    if went:
        found.append(_("No longer a reason: %(names)s.") % {"names": ", ".join(went)})
    return found


def _key(reason: Reason) -> tuple[str, str]:
    return reason["code"], str(reason.get("column", ""))


def _name(reason: Reason) -> str:
    if reason["code"] == "attribute":
        return _attribute(reason, NO_MONEY)
    return str(WORDS[reason["code"]].name) if reason["code"] in WORDS else str(reason["code"])


def _silent(reason: Reason, _sight: Sight) -> str:
    said = {"every": every(reason["gap_days"]), "since": since(reason["silent_days"])}
    return _("Orders %(every)s, silent %(since)s") % said


def _rarely(reason: Reason, _sight: Sight) -> str:
    said = {"every": every(reason["gap_days"]), "ago": ago(reason["silent_days"])}
    return _("Orders only %(every)s, last %(ago)s") % said


def _once(reason: Reason, _sight: Sight) -> str:
    return _("Bought on one day only, %(ago)s") % {"ago": ago(reason["silent_days"])}


def _few_purchases(reason: Reason, _sight: Sight) -> str:
    bought, lately = reason["purchase_days"], reason["window_days"]
    if lately is None or lately >= bought:
        return _("Bought %(days)s so far") % {"days": _on_days(bought)}
    said = {"days": _on_days(bought), "lately": writing.number(lately)}
    return _("Bought %(days)s so far, %(lately)s of them within the activity window") % said


def _irregular(reason: Reason, _sight: Sight) -> str:
    return _("Orders irregularly, about %(every)s") % {"every": every(reason["own_gap_days"])}


def _tenure(reason: Reason, _sight: Sight) -> str:
    days = int(reason["tenure_days"])
    if days < YEARS_FROM_DAYS:
        return ngettext("First purchase known %(n)s day ago", "First purchase known %(n)s days ago", days) % {
            "n": writing.number(days)
        }
    return _("First purchase known %(n)s years ago") % {"n": writing.number(days / 365.25)}


def _buys_less(reason: Reason, _sight: Sight) -> str:
    said = {"recent": _on_days(reason["recent_days"]), "earlier": _on_days(reason["earlier_days"])}
    return _("Bought %(recent)s of late, %(earlier)s in as long a time before") % said


def _spends_less(reason: Reason, sight: Sight) -> str:
    if not sight.worth:
        return _("Spends less than before")
    said = {name: writing.money(reason[f"{name}_cents"], places=0) for name in ("recent", "earlier")}
    return _("Brought %(recent)s of late, %(earlier)s in as long a time before") % said


def _small_purchases(reason: Reason, sight: Sight) -> str:
    if not sight.worth or reason["money_per_day"] is None:
        return _("Small purchases")
    return _("Brings about %(amount)s a purchase") % {"amount": writing.money(reason["money_per_day"], places=0)}


def _narrow(reason: Reason, _sight: Sight) -> str:
    products, lines = reason["products"], float(reason["lines_per_day"])
    a_time = ngettext("%(n)s line a purchase", "%(n)s lines a purchase", 1 if lines == 1 else 2) % {
        "n": writing.number(lines, places=0 if lines.is_integer() else 1)
    }
    if not products:
        return _("Buys %(lines)s") % {"lines": a_time}
    said = {"n": writing.number(products), "lines": a_time}
    return (
        ngettext("Buys %(n)s product only, %(lines)s", "Buys %(n)s different products, %(lines)s", int(products)) % said
    )


def _returns(reason: Reason, _sight: Sight) -> str:
    return _("Gave back %(share)s of what was bought") % {"share": writing.percent(reason["returned_share"], places=0)}


def _off_season(_reason: Reason, _sight: Sight) -> str:
    return _("Did not buy at this time a year ago either")


def _one_channel(_reason: Reason, _sight: Sight) -> str:
    return _("Buys through one channel only")


def _late_deliveries(reason: Reason, _sight: Sight) -> str:
    every_one = int(reason["deliveries"])
    said = {"late": writing.number(reason["late_deliveries"]), "all": writing.number(every_one)}
    return ngettext("%(late)s of %(all)s delivery late", "%(late)s of %(all)s deliveries late", every_one) % said


def _contact_silence(reason: Reason, _sight: Sight) -> str:
    said = {"since": since(reason["contact_silence_days"]), "days": _on_days(reason["conversation_days"])}
    return _("No conversation %(since)s, %(days)s before that") % said


def _attribute(reason: Reason, _sight: Sight) -> str:
    value = reason["value"] if reason["value"] not in (None, "") else _("unknown")
    return f"{column_name(reason['column'])}: {value}"


def _pair(reason: Reason, sight: Sight) -> str:
    told = zip(reason["columns"], reason["values"], strict=True)
    one, other = (_attribute({"column": column, "value": value}, sight) for column, value in told)
    return _("%(one)s together with %(other)s") % {"one": one, "other": other}


def _like_others(reason: Reason, _sight: Sight) -> str:
    customers = int(reason["customers"])
    said = {"n": writing.number(customers), "share": writing.percent(reason["left_share"], places=0)}
    return (
        ngettext(
            "Of %(n)s comparable customer %(share)s left", "Of %(n)s comparable customers %(share)s left", customers
        )
        % said
    )


def _few_expected(reason: Reason, _sight: Sight) -> str:
    said = {"n": writing.number(reason["expected"], places=1), "days": writing.number(reason["horizon_days"])}
    return _("To be expected within %(days)s days: %(n)s purchases") % said


def _on_days(days: float) -> str:
    whole = int(days)
    return ngettext("on %(n)s day", "on %(n)s days", whole) % {"n": writing.number(whole)} if whole else _("on no day")


WORDS: dict[str, Word] = {
    "silent": Word(gettext_lazy("silent for longer than usual"), _silent),
    "rarely": Word(gettext_lazy("buys rarely"), _rarely),
    "once": Word(gettext_lazy("bought on one day only"), _once),
    "few_purchases": Word(gettext_lazy("few purchases"), _few_purchases),
    "irregular": Word(gettext_lazy("irregular purchases"), _irregular),
    "tenure": Word(gettext_lazy("length of the relationship"), _tenure),
    "buys_less": Word(gettext_lazy("buys less often"), _buys_less),
    "spends_less": Word(gettext_lazy("spends less"), _spends_less, source="years"),
    "small_purchases": Word(gettext_lazy("small purchases"), _small_purchases, source="years"),
    "narrow": Word(gettext_lazy("narrow choice of products"), _narrow, source="favourites-title"),
    "returns": Word(gettext_lazy("returns"), _returns, source="orders-title"),
    "off_season": Word(gettext_lazy("not the season"), _off_season),
    "one_channel": Word(gettext_lazy("one channel only"), _one_channel, source="orders-title"),
    "late_deliveries": Word(gettext_lazy("late deliveries"), _late_deliveries, source="orders-title"),
    "contact_silence": Word(gettext_lazy("no conversation for long"), _contact_silence, source="timeline-title"),
    "attribute": Word(gettext_lazy("attribute"), _attribute, source="master-title"),
    "pair": Word(gettext_lazy("two attributes together"), _pair, source="master-title"),
    "like_others": Word(gettext_lazy("what became of comparable customers"), _like_others),
    "few_expected": Word(gettext_lazy("few purchases to be expected"), _few_expected),
}


def _no_past(refused: Mapping[str, Any]) -> str:
    said = {"days": writing.number(refused["needed_days"]), "horizon": writing.number(refused["horizon_days"])}
    return (
        _(
            "To learn who leaves, %(days)s days of orders are needed: twice the %(horizon)s days looked ahead. "
            "Until then, silence against the own rhythm decides, without a probability."
        )
        % said
    )


def _too_few(refused: Mapping[str, Any]) -> str:
    said = {"left": writing.number(refused["left"]), "stayed": writing.number(refused["stayed"])}
    return (
        _(
            "On past days %(left)s customers left and %(stayed)s stayed; at least 30 of each are needed on one day. "
            "Until then, silence against the own rhythm decides."
        )
        % said
    )


def _not_tried(refused: Mapping[str, Any]) -> str:
    said = {"days": writing.number(refused["horizon_days"])}
    return (
        _(
            "The past is long enough to learn from, and too short to be tried on a later time: that takes two days "
            "%(days)s days apart whose outcome is known. So far it was tried on customers that had been left out."
        )
        % said
    )


def _nobody_bought(_refused: Mapping[str, Any]) -> str:
    return _("Nobody has bought yet.")


def _jumped(refused: Mapping[str, Any]) -> str:
    return _(
        "In the last eight weeks more than twice, or less than half, of what the past would say was bought. "
        "What it says of the next %(days)s days holds no longer, so only silence warns."
    ) % {"days": writing.number(refused["horizon_days"])}


REFUSALS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "nobody_bought": _nobody_bought,
    "no_past": _no_past,
    "too_few": _too_few,
    "not_tried": _not_tried,
    "jump": _jumped,
}
