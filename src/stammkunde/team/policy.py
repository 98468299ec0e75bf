"""Which role may do what. Pages, API and exports ask `may`; nothing else decides."""

from stammkunde.team.models import Staff

FIGURES_VIEW = "figures.view"
CUSTOMERS_VIEW = "customers.view"
CUSTOMERS_EDIT = "customers.edit"
MARGIN_VIEW = "margin.view"
EXPORT = "export"
IMPORTS_RUN = "imports.run"
TASKS_WORK = "tasks.work"
SETTINGS_EDIT = "settings.edit"
STAFF_MANAGE = "staff.manage"
AUDIT_VIEW = "audit.view"

ALL = frozenset(
    {
        FIGURES_VIEW,
        CUSTOMERS_VIEW,
        CUSTOMERS_EDIT,
        MARGIN_VIEW,
        EXPORT,
        IMPORTS_RUN,
        TASKS_WORK,
        SETTINGS_EDIT,
        STAFF_MANAGE,
        AUDIT_VIEW,
    }
)

RIGHTS: dict[str, frozenset[str]] = {
    Staff.Role.ADMINISTRATOR: ALL,
    Staff.Role.MANAGEMENT: ALL - {STAFF_MANAGE},
    Staff.Role.SALES: frozenset({FIGURES_VIEW, CUSTOMERS_VIEW, CUSTOMERS_EDIT, MARGIN_VIEW, EXPORT, TASKS_WORK}),
    Staff.Role.MARKETING: frozenset(
        {FIGURES_VIEW, CUSTOMERS_VIEW, CUSTOMERS_EDIT, MARGIN_VIEW, EXPORT, IMPORTS_RUN, TASKS_WORK}
    ),
    Staff.Role.SERVICE: frozenset({CUSTOMERS_VIEW, CUSTOMERS_EDIT, TASKS_WORK}),
    Staff.Role.ANALYST: frozenset({FIGURES_VIEW, CUSTOMERS_VIEW, MARGIN_VIEW, EXPORT}),
}


def may(staff: Staff, right: str) -> bool:
    return staff.is_active and right in RIGHTS.get(staff.role, frozenset())
