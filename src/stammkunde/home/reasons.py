"""Why: stages, classes and suggestions in plain words, with the customer's own numbers."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from stammkunde.home.queries.today import PAST_RHYTHM, Item
from stammkunde.signals import reasons as risk
from stammkunde.signals.models import CustomerSignal
from stammkunde.team.models import AuditEntry
from stammkunde.ui import writing

Stage = CustomerSignal.Stage
OF_THE_RHYTHM = ("silent", "rarely", "once")  # reasons that say again what the rhythm says
OF_ONE_DAY = (*OF_THE_RHYTHM, "few_purchases")  # and where there is no rhythm: bought on one day only
MOST_REASONS = 2  # besides the rhythm: the customer's page has all


def stage(signal: CustomerSignal | None) -> str:
    """Say why a customer is in their stage."""
    if signal is None:
        return _("Not in the figures yet: they are computed after the next refresh.")
    worded = {
        Stage.PROSPECT: lambda _signal: _("Has not bought anything yet."),
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
    ago = risk.ago(signal.silent_days)
    if signal.gap_days is None:
        return _("Bought on one day only, %(ago)s; no rhythm can be told yet.") % {"ago": ago}
    if signal.stage in PAST_RHYTHM:
        told = {"every": risk.every(signal.gap_days), "since": risk.since(signal.silent_days)}
        return _("Usually orders %(every)s, silent %(since)s.") % told
    return _("Orders %(every)s, last %(ago)s.") % {"every": risk.every(signal.gap_days), "ago": ago}


def _new(signal: CustomerSignal) -> str:
    if signal.purchase_days > 1:
        return _("First purchase on %(first)s, bought on %(n)s days since.") % {
            "first": writing.day(signal.first_on),
            "n": writing.number(signal.purchase_days),
        }
    return _("First purchase on %(first)s; the second one decides.") % {"first": writing.day(signal.first_on)}


def _lost(signal: CustomerSignal) -> str:
    if signal.gap_days is None:
        return _("Bought on one day only, %(ago)s.") % {"ago": risk.ago(signal.silent_days)}
    told = {"every": risk.every(signal.gap_days), "since": risk.since(signal.silent_days)}
    return _("Used to order %(every)s, silent %(since)s.") % told


def _returned(signal: CustomerSignal) -> str:
    if signal.returned_on is None:
        return rhythm(signal)
    return _("Had been lost and bought again on %(day)s.") % {"day": writing.day(signal.returned_on)}


def abc(signal: CustomerSignal | None) -> str:
    """Say what the class means."""
    if signal is None or not signal.abc_class:
        return _("No class: nothing bought yet.")
    by_margin = {
        "A": _("Among the customers who make up the first 80 % of the contribution margin."),
        "B": _("Among the customers who make up the next 15 % of the contribution margin."),
        "C": _("Among the customers who make up the last 5 % of the contribution margin."),
    }
    by_revenue = {
        "A": _("Among the customers who make up the first 80 % of revenue (costs are unknown)."),
        "B": _("Among the customers who make up the next 15 % of revenue (costs are unknown)."),
        "C": _("Among the customers who make up the last 5 % of revenue (costs are unknown)."),
    }
    return (by_revenue if signal.abc_basis == "revenue" else by_margin).get(signal.abc_class, "")


def item(one: Item, *, shows_money: bool = False) -> str:
    """Say why something stands on today's list."""
    worded = {
        "risk": lambda: _risk(one, shows_money=shows_money),
        "overdue": lambda: _risk(one, shows_money=shows_money),
        "silent": lambda: _silent(one),
        "birthday": lambda: _birthday(one),
        "anniversary": lambda: _anniversary(one),
        "import_failed": lambda: _("Nothing was imported from “%(file)s”.") % one.reason,
        "import_done": lambda: _import_done(one),
        "task": lambda: _task(one),
    }
    return worded[one.reason["code"]]()


def _risk(one: Item, *, shows_money: bool) -> str:
    """Hold the rhythm against the silence; then the strongest other signs that raise the risk."""
    said = OF_ONE_DAY if one.signal.gap_days is None else OF_THE_RHYTHM
    others = [reason for reason in one.signal.risk_reasons or () if reason["code"] not in said]
    told = risk.texts(others[:MOST_REASONS], shows_money=shows_money)
    return " ".join([rhythm(one.signal), *(f"{text}." for text in told)])


def _silent(one: Item) -> str:
    text = _("No purchase %(since)s.") % {"since": risk.since(one.reason["silent_days"])}
    gap_days = one.reason["gap_days"]
    if gap_days is None:
        return text
    before = _("Used to order %(every)s.") % {"every": risk.every(gap_days)}
    return f"{text} {before}"


def _birthday(one: Item) -> str:
    values = {"person": str(one.person), "age": one.reason["age"], "day": writing.day(one.reason["on"])}
    if one.reason["days"] == 0:
        return _("%(person)s turns %(age)s today.") % values
    if one.reason["days"] == 1:
        return _("%(person)s turns %(age)s tomorrow.") % values
    if one.reason["days"] < 0:
        return _("%(person)s turned %(age)s on %(day)s.") % values
    return _("%(person)s turns %(age)s on %(day)s.") % values


def _anniversary(one: Item) -> str:
    years = one.reason["years"]
    return ngettext("Customer for %(n)s year.", "Customer for %(n)s years.", years) % {"n": years}


def _import_done(one: Item) -> str:
    count = one.reason["problems"]
    values = {"n": writing.number(count), "file": one.reason["file"]}
    return ngettext("%(n)s row of “%(file)s” has a problem.", "%(n)s rows of “%(file)s” have problems.", count) % values


def _task(one: Item) -> str:
    due_on = one.reason["due_on"]
    return _("Task, due %(day)s.") % {"day": writing.day(due_on)} if due_on else _("Task without a day.")


def title(one: Item) -> str:
    """Give a suggestion a title for the day it becomes a task."""
    name = str(one.customer) if one.customer else one.reason.get("file", "")
    worded = {
        "risk": _("Get in touch: %(name)s is at risk"),
        "overdue": _("Get in touch: %(name)s is past the usual rhythm"),
        "silent": _("Get in touch: %(name)s has not bought for long"),
        "birthday": _("Congratulate on the birthday: %(name)s"),
        "anniversary": _("Thank %(name)s for the years together"),
        "import": _("Look at the import of %(name)s"),
    }
    return worded[one.kind] % {"name": name}


def entry(one: AuditEntry) -> str:
    """Word a change for the timeline."""
    person = {"person": one.detail.get("person", "")}
    worded = {
        "customer.created": _("Customer entered by hand"),
        "customer.changed": _("Master data changed"),
        "contact_person.created": _("%(person)s added as contact person") % person,
        "contact_person.changed": _("%(person)s: details changed") % person,
        "contact_person.removed": _("%(person)s removed as contact person") % person,
        "contact_person.restored": _("%(person)s put back as contact person") % person,
        "consent.asked": _("Consent asked for by e-mail"),
        "consent.confirmed": _("Consent confirmed by e-mail"),
        "consent.recorded": _("Consent recorded"),
        "consent.withdrawn": _("Consent withdrawn, or objected"),
        "preference.changed": _("Contact preferences changed"),
    }
    return worded.get(one.action, one.action)
