"""Which role may do what. Pages, API and exports ask `may`; nothing else decides."""

from dataclasses import dataclass

from stammkunde.team.models import Staff

FIGURES_VIEW = "figures.view"
CUSTOMERS_VIEW = "customers.view"
CUSTOMERS_EDIT = "customers.edit"
MARGIN_VIEW = "margin.view"
EXPORT = "export"
IMPORTS_RUN = "imports.run"
TASKS_WORK = "tasks.work"
CALLS_CORRECT = "calls.correct"  # take back a call that somebody else recorded
MESSAGES_SEND = "messages.send"  # of any purpose, to many; and the templates for it
ANSWERS_SEND = "answers.send"  # to one customer, about orders and requests, or to say thank you
SEGMENTS_EDIT = "segments.edit"  # make groups of customers, and change whom they are about
PURPOSE_JUDGE = "purpose.judge"  # to say that what sounds like advertising is none, and why
POINTS_BOOK = "points.book"  # let customers collect points, and give or take some by hand
POINTS_AGREE = "points.agree"  # to what somebody else wants to book by hand
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
        CALLS_CORRECT,
        MESSAGES_SEND,
        ANSWERS_SEND,
        SEGMENTS_EDIT,
        PURPOSE_JUDGE,
        POINTS_BOOK,
        POINTS_AGREE,
        SETTINGS_EDIT,
        STAFF_MANAGE,
        AUDIT_VIEW,
    }
)

SALES = frozenset(
    {
        FIGURES_VIEW,
        CUSTOMERS_VIEW,
        CUSTOMERS_EDIT,
        MARGIN_VIEW,
        EXPORT,
        TASKS_WORK,
        MESSAGES_SEND,
        ANSWERS_SEND,
        SEGMENTS_EDIT,
        POINTS_BOOK,
    }
)

RIGHTS: dict[str, frozenset[str]] = {
    Staff.Role.ADMINISTRATOR: ALL,
    Staff.Role.MANAGEMENT: ALL - {STAFF_MANAGE},
    Staff.Role.SALES: SALES,
    Staff.Role.MARKETING: SALES | {IMPORTS_RUN, PURPOSE_JUDGE, POINTS_AGREE},
    Staff.Role.SERVICE: frozenset({CUSTOMERS_VIEW, CUSTOMERS_EDIT, TASKS_WORK, ANSWERS_SEND, POINTS_BOOK}),
    Staff.Role.ANALYST: frozenset({FIGURES_VIEW, CUSTOMERS_VIEW, MARGIN_VIEW, EXPORT}),
}


SELLING_HOURS = 20


def usual_hours(role: str) -> int:
    """Tell how many hours a week somebody new has for customers, where nobody says: none, unless the role sells."""
    return SELLING_HOURS if role == Staff.Role.SALES else 0


SCOPES: dict[str, frozenset[str]] = {  # what a token may be made for, and the rights that this takes
    "figures": frozenset({FIGURES_VIEW}),
    "margins": frozenset({MARGIN_VIEW}),
    "customers": frozenset({CUSTOMERS_VIEW, EXPORT}),
    "segments": frozenset({SEGMENTS_EDIT}),
    "measures": frozenset({MESSAGES_SEND}),
    "imports": frozenset({IMPORTS_RUN}),
    "settings": frozenset({SETTINGS_EDIT}),
}


def may(staff: Staff, right: str) -> bool:
    """Say whether somebody has a right; where a program acts for her, whether its token leaves it."""
    of_role = RIGHTS.get(staff.role, frozenset())
    return staff.is_active and right in of_role and (staff.token_rights is None or right in staff.token_rights)


def scopes(staff: Staff) -> list[str]:
    """Give what a token of somebody can be made for: that to which her role has the rights."""
    return [name for name, rights in SCOPES.items() if rights <= RIGHTS.get(staff.role, frozenset())]


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What of the company's money somebody may see."""

    figures: bool = False  # revenue, classes, ranks
    margin: bool = False  # contribution margin
    worth: bool = False  # what is expected and at stake


NO_MONEY = Sight()


def sight(staff: Staff, *, basis: str = "margin") -> Sight:
    """Give what somebody may see; worth is counted in margin, or in revenue where costs are unknown (`basis`)."""
    figures, margin = may(staff, FIGURES_VIEW), may(staff, MARGIN_VIEW)
    return Sight(figures=figures, margin=margin, worth=figures if basis == "revenue" else margin)
