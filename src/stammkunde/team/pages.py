"""Where people start, and what roles mean in words."""

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stammkunde.team import policy
from stammkunde.team.models import Staff

STARTS = (
    (policy.FIGURES_VIEW, "overview"),
    (policy.TASKS_WORK, "today"),
    (policy.CUSTOMERS_VIEW, "customers"),
)
ROLES = {
    Staff.Role.ADMINISTRATOR: _("May do everything, including managing staff."),
    Staff.Role.MANAGEMENT: _("May do everything except managing staff."),
    Staff.Role.SALES: _(
        "Sees figures and margins, looks after customers and points, exports. No imports, no settings."
    ),
    Staff.Role.MARKETING: _(
        "Like Sales, may import files, agree to points of others, and say why something is no advertising."
    ),
    Staff.Role.SERVICE: _(
        "Looks after customers, points and tasks. Sees neither figures nor margins, exports nothing."
    ),
    Staff.Role.ANALYST: _("Sees figures, margins and customers, and exports. Changes nothing."),
}


def start(staff: Staff) -> str:
    """Give the address of the first page that this person may see."""
    for right, name in STARTS:
        try:
            if policy.may(staff, right):
                return reverse(name)
        except NoReverseMatch:
            continue
    return reverse("profile")


def roles() -> list[tuple[str | Promise, str | Promise]]:
    """Give each role with what it means."""
    return [(role.label, ROLES[role]) for role in Staff.Role]
