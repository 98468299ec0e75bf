"""Who comes first where several plays want the same customer, or the same hour of somebody's day. Pure."""

from stammkunde.plays.contents import KINDS, Content

UNMEASURED = 0.5  # half of what is hoped for, before anything is measured
MOST_UNMEASURED = 0.03
# Whose kind is higher comes first, whatever it brings; campaigns stand among plays.
_STEP_CENTS = 10**13
_ABOVE = {kind: (KINDS.index("play") - place) * _STEP_CENTS for place, kind in enumerate(KINDS)}


def gain_cents(content: Content, *, expected_cents: int, cost_cents: int) -> int:
    """
    Tell what a step is expected to bring, as long as nothing is measured: half of what is hoped for, less its cost.

    `expected_cents` is the customer's expected margin of a year; the goal's window has its share of it.
    """
    share = min(content.prior_percent / 100 * UNMEASURED, MOST_UNMEASURED)
    in_window = expected_cents * content.goal.window_days / 365
    return int(share * in_window) - cost_cents


def importance_cents(content: Content, *, gain: int) -> int:
    """Put kind and gain into the one number by which messages of a customer are put in order."""
    return _ABOVE[content.kind] + gain
