"""What an entry of the audit trail says. Entries are stored as codes, and worded when shown."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

ACTIONS = {
    "staff.added": gettext_lazy("added a person"),
    "staff.changed": gettext_lazy("changed a person"),
    "staff.link": gettext_lazy("made a link for a new password"),
    "staff.first_administrator": gettext_lazy("the first administrator was made"),
    "staff.password": gettext_lazy("gave a person a new password"),
    "profile.changed": gettext_lazy("changed the own profile"),
    "password.changed": gettext_lazy("changed the own password"),
    "settings.changed": gettext_lazy("changed the settings"),
    "sign_in.failed": gettext_lazy("wrong password at sign-in"),
    "audit.exported": gettext_lazy("exported the audit trail"),
}


def action(code: str) -> str:
    """Word an action; one that has no words yet shows its code."""
    return str(ACTIONS.get(code, code))


def changes(detail: dict[str, object]) -> str:
    """Word what was changed: field, old and new value."""
    changed = detail.get("changes")
    if not isinstance(changed, dict):
        return ""
    return " · ".join(f"{field}: {_value(was)} → {_value(now)}" for field, (was, now) in changed.items())


def _value(value: object) -> str:
    if value is None or value == "":
        return _("empty")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)
