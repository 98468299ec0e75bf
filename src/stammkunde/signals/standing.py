"""Why somebody is in their stage and class, in plain words, with the customer's own numbers."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from stammkunde.signals import reasons
from stammkunde.signals.models import CustomerSignal
from stammkunde.ui import writing

Stage = CustomerSignal.Stage
PAST_RHYTHM = (Stage.AT_RISK, Stage.DORMANT)


def stage(signal: CustomerSignal | None) -> str:
    """Say why a customer is in their stage."""
    if signal is None:
        return _("Not in the figures yet: they are computed after the next refresh.")
    worded: dict[str, Callable[[CustomerSignal], str]] = {
        Stage.PROSPECT: lambda _signal: _("Not one purchase is on record."),
        Stage.NEW: _new,
        Stage.LOST: _lost,
        Stage.RETURNED: _returned,
    }
    told = _expected_to_leave if signal.stage_reason.get("code") == "risk" else worded.get(signal.stage, rhythm)
    return told(signal)


def _expected_to_leave(signal: CustomerSignal) -> str:
    """Say what makes somebody at risk who is still in rhythm."""
    reason = signal.stage_reason
    return _(
        "In rhythm, but with a probability of %(risk)s will not buy within %(days)s days (all customers: %(base)s)."
    ) % {
        "risk": writing.percent(reason["risk"], places=0),
        "days": writing.number(reason["horizon_days"]),
        "base": writing.percent(reason["base_share"], places=0),
    }


def rhythm(signal: CustomerSignal) -> str:
    """Hold the own rhythm against the silence."""
    ago = reasons.ago(signal.silent_days)
    if signal.gap_days is None:
        return _("Bought on one day only, %(ago)s; no rhythm can be told yet.") % {"ago": ago}
    if signal.stage in PAST_RHYTHM:
        told = {"every": reasons.every(signal.gap_days), "since": reasons.since(signal.silent_days)}
        return _("Usually orders %(every)s, silent %(since)s.") % told
    return _("Orders %(every)s, last %(ago)s.") % {"every": reasons.every(signal.gap_days), "ago": ago}


def _new(signal: CustomerSignal) -> str:
    if signal.purchase_days > 1:
        return _("First purchase on %(first)s, bought on %(n)s days since.") % {
            "first": writing.day(signal.first_on),
            "n": writing.number(signal.purchase_days),
        }
    return _("First purchase on %(first)s; the second one decides.") % {"first": writing.day(signal.first_on)}


def _lost(signal: CustomerSignal) -> str:
    if signal.gap_days is None:
        return _("Bought on one day only, %(ago)s.") % {"ago": reasons.ago(signal.silent_days)}
    told = {"every": reasons.every(signal.gap_days), "since": reasons.since(signal.silent_days)}
    return _("Used to order %(every)s, silent %(since)s.") % told


def _returned(signal: CustomerSignal) -> str:
    if signal.returned_on is None:
        return rhythm(signal)
    return _("Had been lost and bought again on %(day)s.") % {"day": writing.day(signal.returned_on)}


def year(signal: CustomerSignal | None) -> str:
    """Say what the worth of a year is taken from: the last one or, if that is more, the mean one; empty without."""
    if signal is None or signal.yearly_cents is None:
        return ""
    by_revenue = signal.abc_basis == "revenue"
    last = signal.revenue_year_cents if by_revenue else signal.margin_year_cents
    if last is None:
        return _(
            "Contribution margin of the last 12 months or, if that is more, of the mean year since the first purchase."
        )
    if signal.yearly_cents <= last:
        return _("Revenue of the last 12 months.") if by_revenue else _("Contribution margin of the last 12 months.")
    mean = (
        _("Revenue of the mean year since the first purchase; the last 12 months brought %(last)s.")
        if by_revenue
        else _("Contribution margin of the mean year since the first purchase; the last 12 months brought %(last)s.")
    )
    return mean % {"last": writing.money(last, places=0)}


def abc(signal: CustomerSignal | None) -> str:
    """Say what the class means."""
    if signal is None or not signal.abc_class:
        return _("No class: nothing bought yet.")
    by_margin = {
        "A": _("Among the customers who make up the first 80% of the contribution margin."),
        "B": _("Among the customers who make up the next 15% of the contribution margin."),
        "C": _("Among the customers who make up the last 5% of the contribution margin."),
    }
    by_revenue = {
        "A": _(
            "Among the customers who make up the first 80% of revenue "
            "(the cost is known for less than 95% of the turnover)."
        ),
        "B": _(
            "Among the customers who make up the next 15% of revenue "
            "(the cost is known for less than 95% of the turnover)."
        ),
        "C": _(
            "Among the customers who make up the last 5% of revenue "
            "(the cost is known for less than 95% of the turnover)."
        ),
    }
    return (by_revenue if signal.abc_basis == "revenue" else by_margin).get(signal.abc_class, "")
