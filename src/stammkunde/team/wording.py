"""What an entry of the audit trail says. Entries are stored as codes, and worded when shown."""

from collections.abc import Callable
from typing import Any

from django.apps import apps
from django.db.models import Field, Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stammkunde.team import devices, policy
from stammkunde.team.models import Company, Settings, Staff
from stammkunde.ui import writing

ACTIONS = {
    "api.read": gettext_lazy("a program read data"),
    "address.lifted": gettext_lazy("allowed an address again"),
    "audit.exported": gettext_lazy("exported the audit trail"),
    "call.recorded": gettext_lazy("recorded a call"),
    "call.taken_back": gettext_lazy("took a call back"),
    "consent.asked": gettext_lazy("asked for consent by e-mail"),
    "consent.confirmed": gettext_lazy("a customer confirmed consent"),
    "consent.not_asked": gettext_lazy("a question for consent did not leave"),
    "consent.recorded": gettext_lazy("recorded consent"),
    "consent.withdrawn": gettext_lazy("recorded a withdrawal or objection"),
    "consents.exported": gettext_lazy("exported consents"),
    "contact_person.changed": gettext_lazy("changed a contact person"),
    "contact_person.created": gettext_lazy("added a contact person"),
    "contact_person.removed": gettext_lazy("removed a contact person"),
    "contact_person.restored": gettext_lazy("brought a contact person back"),
    "contact.recorded": gettext_lazy("wrote a contact down"),
    "contact.taken_back": gettext_lazy("took a contact back"),
    "customer.changed": gettext_lazy("changed a customer"),
    "customer.created": gettext_lazy("added a customer"),
    "customers.assigned": gettext_lazy("gave customers to somebody"),
    "customers.exported": gettext_lazy("exported customers"),
    "export": gettext_lazy("exported figures"),
    "guide.changed": gettext_lazy("changed a guide for calls"),
    "guide.reset": gettext_lazy("returned to the ready-made guide"),
    "hourly_cost.changed": gettext_lazy("wrote down what an hour costs"),
    "hourly_cost.removed": gettext_lazy("removed what an hour costs"),
    "import.discard": gettext_lazy("discarded a file"),
    "import.receive": gettext_lazy("uploaded a file"),
    "import.refused_export": gettext_lazy("exported refused rows"),
    "import.start": gettext_lazy("started an import"),
    "import.undo": gettext_lazy("undid an import"),
    "link.failed": gettext_lazy("a customer's link that leads nowhere was tried"),
    "mapping.save": gettext_lazy("saved a mapping"),
    "message.counted_as_sent": gettext_lazy("counted an unclear message as sent"),
    "message.sent_again": gettext_lazy("sent an unclear message again"),
    "message.written": gettext_lazy("wrote a message to a customer"),
    "messages.stopped": gettext_lazy("stopped messages"),
    "play.created": gettext_lazy("prepared a campaign or measure"),
    "play.started": gettext_lazy("started a campaign or measure"),
    "play.took_words": gettext_lazy("took the words of a measure that earned more"),
    "play.paused": gettext_lazy("paused a campaign or measure"),
    "play.resumed": gettext_lazy("let a campaign or measure go on"),
    "play.changed": gettext_lazy("changed a measure"),
    "play.cost_said": gettext_lazy("said what a campaign or measure costs as a whole"),
    "play.agreed": gettext_lazy("agreed to a measure as the second person"),
    "play.archived": gettext_lazy("put a measure into the archive"),
    "play.unarchived": gettext_lazy("took a measure out of the archive"),
    "play.wanted": gettext_lazy("wanted a large step of a measure, for which another one is needed"),
    "play.held": gettext_lazy("put a measure on hold"),
    "play.moved_over": gettext_lazy("moved customers to a measure's new version"),
    "play.stopped": gettext_lazy("stopped a campaign or measure"),
    "play.tried_again": gettext_lazy("let a campaign or measure that was set aside be tried again"),
    "note.changed": gettext_lazy("changed a note"),
    "note.deleted": gettext_lazy("deleted a note"),
    "password.asked": gettext_lazy("asked for a link for a new password"),
    "password.changed": gettext_lazy("changed the own password"),
    "preference.changed": gettext_lazy("changed contact preferences"),
    "preference.links_revoked": gettext_lazy("revoked a customer's links"),
    "print_run.addresses_exported": gettext_lazy("exported the addresses of a print run"),
    "print_run.cancelled": gettext_lazy("cancelled a print run"),
    "print_run.downloaded": gettext_lazy("downloaded the file of a print run"),
    "print_run.handed_over": gettext_lazy("handed a print run over"),
    "print_run.made": gettext_lazy("made a print run"),
    "print_run.tried_again": gettext_lazy("let a print run that was set aside be tried again"),
    "print_run.taken_back": gettext_lazy("took back that a print run is at the post"),
    "print_run.taken_out": gettext_lazy("took pieces out of a print run"),
    "profile.changed": gettext_lazy("changed the own profile"),
    "session.ended": gettext_lazy("signed out on one device"),
    "sessions.ended": gettext_lazy("signed a person out everywhere"),
    "refused": gettext_lazy("was refused what the role may not"),
    "left_alone.drawn": gettext_lazy("drew who is left alone of all advertising for a year"),
    "left_alone.off": gettext_lazy("ended leaving customers alone of all advertising"),
    "left_alone.on": gettext_lazy("let it be drawn who is left alone of all advertising for a year, to compare"),
    "return.forgotten": gettext_lazy("took back with which purchase a return belongs"),
    "return.named": gettext_lazy("named the purchase of a return"),
    "settings.changed": gettext_lazy("changed the settings"),
    "year_cost.changed": gettext_lazy("wrote down what winning and keeping customers cost in a year"),
    "year_cost.removed": gettext_lazy("removed what winning and keeping customers cost in a year"),
    "sign_in.done": gettext_lazy("signed in"),
    "sign_in.failed": gettext_lazy("wrong password at sign-in"),
    "sign_in.throttled": gettext_lazy("sign-in held back after too many failures"),
    "sign_out.done": gettext_lazy("signed out"),
    "share.created": gettext_lazy("made a link for a social network"),
    "share.ended": gettext_lazy("ended a link for a social network"),
    "share.opened": gettext_lazy("opened a link for a social network again"),
    "signup.published": gettext_lazy("changed the sign-up form"),
    "signup.tried": gettext_lazy("somebody signed up on the website"),
    "staff.added": gettext_lazy("added a person"),
    "staff.changed": gettext_lazy("changed a person"),
    "staff.first_administrator": gettext_lazy("the first administrator was made"),
    "staff.link": gettext_lazy("made a link for a new password"),
    "staff.password_given": gettext_lazy("gave a person a new password"),
    "task.created": gettext_lazy("added a task"),
    "task.dismissed": gettext_lazy("dismissed a task"),
    "task.done": gettext_lazy("finished a task"),
    "task.handed_over": gettext_lazy("gave a task to somebody else"),
    "points.agreed": gettext_lazy("agreed to points that somebody else wanted to book"),
    "points.deducted": gettext_lazy("took points by hand"),
    "points.granted": gettext_lazy("gave points by hand"),
    "points.joined": gettext_lazy("let a customer collect points"),
    "points.proposed": gettext_lazy("asked somebody else to agree to points"),
    "points.refused": gettext_lazy("refused points that somebody else wanted to book"),
    "points.rule": gettext_lazy("wrote a rule for points"),
    "points.withdrawn": gettext_lazy("took back what they wanted to book"),
    "segment.archived": gettext_lazy("put a group of customers away"),
    "segment.changed": gettext_lazy("changed the rule of a group of customers"),
    "segment.created": gettext_lazy("made a group of customers"),
    "segment.deleted": gettext_lazy("deleted a group of customers"),
    "segment.renamed": gettext_lazy("renamed a group of customers"),
    "segment.restored": gettext_lazy("took a group of customers out again"),
    "task.reopened": gettext_lazy("reopened a task"),
    "task.snoozed": gettext_lazy("put a task off"),
    "template.argued": gettext_lazy("said of words why they are no advertising"),
    "template.look_asked": gettext_lazy("asked a colleague for five seconds"),
    "template.looked_at": gettext_lazy("said what was understood in five seconds"),
    "template.archived": gettext_lazy("put a template into the archive"),
    "template.changed": gettext_lazy("changed a template"),
    "picture.added": gettext_lazy("uploaded a picture for mails"),
    "picture.deleted": gettext_lazy("deleted a picture for mails"),
    "template.created": gettext_lazy("made a template"),
    "template.taken_out": gettext_lazy("took a template out of the archive"),
    "trail.erased": gettext_lazy("erased what entries of the trail told"),
    "token.create": gettext_lazy("made a token for the API"),
    "token.ended": gettext_lazy("a token for the API ended with the password or the account"),
    "token.revoke": gettext_lazy("took a token for the API back"),
}


def action(code: str) -> str:
    """Word an action; one that has no words yet shows its code."""
    return str(ACTIONS.get(code, code))


SCOPES = {
    "figures": gettext_lazy("Read figures"),
    "margins": gettext_lazy("Read margins and what is at stake"),
    "customers": gettext_lazy("Read customers with their persons"),
    "segments": gettext_lazy("Make groups of customers"),
    "measures": gettext_lazy("Read measures"),
    "imports": gettext_lazy("Bring files and rows in"),
    "settings": gettext_lazy("Change what an hour costs"),
}


RIGHTS = {
    policy.FIGURES_VIEW: gettext_lazy("see figures"),
    policy.CUSTOMERS_VIEW: gettext_lazy("see customers"),
    policy.CUSTOMERS_EDIT: gettext_lazy("change customers"),
    policy.MARGIN_VIEW: gettext_lazy("see margins"),
    policy.EXPORT: gettext_lazy("take lists along"),
    policy.IMPORTS_RUN: gettext_lazy("bring files in"),
    policy.TASKS_WORK: gettext_lazy("work off tasks"),
    policy.CALLS_CORRECT: gettext_lazy("take calls of others back"),
    policy.MESSAGES_SEND: gettext_lazy("write to many"),
    policy.ANSWERS_SEND: gettext_lazy("write to a customer"),
    policy.SEGMENTS_EDIT: gettext_lazy("make groups of customers"),
    policy.PURPOSE_JUDGE: gettext_lazy("say that something is no advertising"),
    policy.POINTS_BOOK: gettext_lazy("book points by hand"),
    policy.POINTS_AGREE: gettext_lazy("agree to points of others"),
    policy.SETTINGS_EDIT: gettext_lazy("change settings"),
    policy.STAFF_MANAGE: gettext_lazy("manage people"),
    policy.AUDIT_VIEW: gettext_lazy("read the audit trail"),
}


# The models whose fields an entry may name, after staff and settings; a field that has no words there shows its name.
_FIELDS_OF = (
    "customers.Customer",
    "customers.ContactPerson",
    "customers.ContactPreference",
    "outreach.Template",
)


def changes(detail: dict[str, Any]) -> str:
    """Word what was changed (field, old and new value), or how much was taken along by whom, or from where it came."""
    changed = detail.get("changes") or detail.get("changed")
    fields = changed.items() if isinstance(changed, dict) else ()
    told = [f"{_name(field)}: {_value(was, field)} → {_value(now, field)}" for field, (was, now) in fields]
    return " · ".join([*told, *(word(detail[name]) for name, word in TOLD.items() if name in detail)])


def _rows(count: int) -> str:
    return ngettext("%(n)s row", "%(n)s rows", count) % {"n": writing.number(count)}


# What else an entry may tell, in this order
TOLD: dict[str, Callable[[Any], str]] = {
    "rows": _rows,
    "query": lambda query: _("filter: %(query)s") % {"query": query},
    "searched": lambda _was: _("with a search"),
    "token": lambda name: _("token “%(name)s”") % {"name": name},
    "scopes": lambda names: ", ".join(str(SCOPES[name]) for name in names if name in SCOPES),
    "days": lambda days: ngettext("%(n)s day", "%(n)s days", days) % {"n": days},
    "address": str,
    "device": lambda agent: devices.words(agent) if agent else "",
    "right": lambda right: _("lacks the right: %(right)s") % {"right": RIGHTS.get(right, right)},
}


def _field(name: str) -> "Field[Any, Any] | None":
    models: list[type[Model]] = [Staff, Company, *Settings.every(), *map(apps.get_model, _FIELDS_OF)]
    return next((one for model in models for one in model._meta.fields if one.name == name), None)  # noqa: SLF001


def _name(name: str) -> str:
    if name == "is_demo":
        return _("demo company")
    field = _field(name)
    return str(field.verbose_name) if field else name


def _value(value: object, field: str) -> str:
    if value is None or value == "":
        return _("empty")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    found = _field(field)
    return str(dict(found.flatchoices).get(value, value)) if found else str(value)
