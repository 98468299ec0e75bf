"""Codes of the data refresh in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stammkunde.signals import reasons
from stammkunde.ui import writing

STEPS = {
    "mirror_read": _("Reading facts"),
    "mirror_write": _("Writing the mirror"),
    "customers": _("Looking at each customer"),
    "value": _("Valuing customers"),
    "risk": _("Working out risks"),
    "warnings": _("Finding customers at risk"),
    "save_customers": _("Saving customers"),
    "figures": _("Counting figures"),
    "save_figures": _("Saving figures"),
    "save_changes": _("Noting what has changed"),
}
FAILURES = {
    "killed": _("The data refresh was interrupted; it starts again by itself."),
    "killed_often": _(
        "The data refresh was interrupted %(times)s times in a row; usually the computer lacks memory. "
        "It is tried again later."
    ),
    "failed": _("The data refresh failed; it is tried again by itself."),
}
REFUSALS = {
    "RefreshRunning": _("A data refresh is already running; its result will do."),
    "FactsInMotion": _("An import is being published or undone; try again when it is done."),
    "MirrorDiffers": _("The mirror does not add up to the database: %(detail)s"),
}
HEADINGS = (_("Figure"), _("Period"), _("Slice"), _("Value"), _("Calculation"), _("Number of customers"), _("Remark"))
AT_START = _("Customers at the start")
DONE = _("Figures up to %(day)s, activity window %(days)s days.")
VALUE_BY_MODEL = _("Expected within %(days)s days: %(money)s, by a model of purchases and amounts.")
VALUE_BY_RATE = _("Expected within %(days)s days: %(money)s, by a rate drawn towards that of all.")
NOBODY_BOUGHT = _("Nobody has bought yet: no value and no risk.")
WARNED = _("Customers at risk: %(red)s red, %(amber)s yellow, of %(customers)s.")
TRIED = _("Risk of buying nothing within %(days)s days: rule %(rule)s, AUC %(auc)s on past days, %(base)s leave.")
LEARNT = _("Learnt from the facts up to %(day)s (model %(id)s).")
RULES = {
    "silence": _("“silence against the own rhythm”"),
    "rate": _("“share among those alike”"),
    "value": _("“expected purchases”"),
    "additive": _("“sum of signs”"),
    "boosting": _("“decision trees”"),
}
NO_ORDERS = _("There are no orders yet. Import some first: stammkunde import FILE")


def refusal_text(refusal: Exception) -> str:
    """Say why a refresh was refused, and what to do."""
    return str(REFUSALS[type(refusal).__name__]) % {"detail": refusal}


def step_text(step: str) -> str | Promise:
    return STEPS.get(step, step)


def failure_text(error: dict[str, Any] | None) -> str | Promise:
    """Say why a refresh failed, by the code stored with it."""
    code = (error or {}).get("code", "failed")
    text = FAILURES.get(code, FAILURES["failed"])
    return text % error if error and "times" in error else text


def outlook_texts(forecast: Mapping[str, Any], *, expected_cents: float | None, customers: int) -> list[str]:
    """Say in a few lines what a data refresh found about value and risk, and how good it is."""
    value, risk, levels, model = (forecast.get(name) or {} for name in ("value", "risk", "levels", "model"))
    if "rule" not in value or "rule" not in risk:
        return [str(NOBODY_BOUGHT)]
    by = VALUE_BY_MODEL if value["rule"] == "model" else VALUE_BY_RATE
    lines = [by % {"days": value["horizon_days"], "money": writing.money(expected_cents)}]
    if risk["base_share"] is not None:
        quality = risk["qualities"][risk["rule"]]
        told = {"days": risk["horizon_days"], "rule": RULES.get(risk["rule"], risk["rule"])}
        told |= {"auc": writing.number(quality["auc"], places=2), "base": writing.percent(risk["base_share"])}
        lines.append(TRIED % told)
    lines += [reasons.refusal(risk["refusal"])] if risk["refusal"] else []
    lines += [LEARNT % {"day": model["learnt_on"], "id": model["id"]}] if model else []
    counts = {name: writing.number(levels[name]) for name in ("red", "amber")}
    return [str(line) for line in (*lines, WARNED % (counts | {"customers": writing.number(customers)}))]
