"""Codes of the data refresh in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
}
FAILURES = {
    "killed": _("The data refresh was interrupted; it starts again by itself."),
    "failed": _("The data refresh failed; it is tried again by itself."),
}
REFUSALS = {
    "RefreshRunning": _("A data refresh is already running; its result will do."),
    "FactsInMotion": _("An import is being published or undone; try again when it is done."),
    "MirrorDiffers": _("The mirror does not add up to the database: %(detail)s"),
}
HEADINGS = (_("Figure"), _("Period"), _("Slice"), _("Value"), _("Calculation"), _("Number of customers"))
AT_START = _("Customers at the start")
DONE = _("Figures up to %(day)s, activity window %(days)s days.")
NO_ORDERS = _("There are no orders yet. Import some first: stammkunde import FILE")


def refusal_text(refusal: Exception) -> str:
    """Say why a refresh was refused, and what to do."""
    return str(REFUSALS[type(refusal).__name__]) % {"detail": refusal}


def step_text(step: str) -> str | Promise:
    return STEPS.get(step, step)


def failure_text(error: dict | None) -> str | Promise:
    """Say why a refresh failed, by the code stored with it."""
    code = (error or {}).get("code", "failed")
    return FAILURES.get(code, FAILURES["failed"])
