"""Which role may do what. Pages, API and exports ask `may`; nothing else decides."""

from stammkunde.team.models import Staff

FIGURES_VIEW = "figures.view"
CUSTOMERS_VIEW = "customers.view"
CUSTOMERS_EDIT = "customers.edit"
MARGIN_VIEW = "margin.view"
EXPORT = "export"
IMPORTS_RUN = "imports.run"
TASKS_WORK = "tasks.work"
MESSAGES_SEND = "messages.send"  # of any purpose, to many; and the templates for it
ANSWERS_SEND = "answers.send"  # to one customer, about orders and requests, or to say thank you
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
        MESSAGES_SEND,
        ANSWERS_SEND,
        SETTINGS_EDIT,
        STAFF_MANAGE,
        AUDIT_VIEW,
    }
)

SALES = frozenset(
    {FIGURES_VIEW, CUSTOMERS_VIEW, CUSTOMERS_EDIT, MARGIN_VIEW, EXPORT, TASKS_WORK, MESSAGES_SEND, ANSWERS_SEND}
)

RIGHTS: dict[str, frozenset[str]] = {
    Staff.Role.ADMINISTRATOR: ALL,
    Staff.Role.MANAGEMENT: ALL - {STAFF_MANAGE},
    Staff.Role.SALES: SALES,
    Staff.Role.MARKETING: SALES | {IMPORTS_RUN},
    Staff.Role.SERVICE: frozenset({CUSTOMERS_VIEW, CUSTOMERS_EDIT, TASKS_WORK, ANSWERS_SEND}),
    Staff.Role.ANALYST: frozenset({FIGURES_VIEW, CUSTOMERS_VIEW, MARGIN_VIEW, EXPORT}),
}


def may(staff: Staff, right: str) -> bool:
    return staff.is_active and right in RIGHTS.get(staff.role, frozenset())
