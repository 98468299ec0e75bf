"""Who may be lost, and whom to congratulate, on the work list."""

from stammkunde.signals import suggestions
from stammkunde.signals.suggestions import ANNIVERSARY, BIRTHDAY, OVERDUE, RISK, SILENT, wording
from stammkunde.tasks.worklist import Asked, Entries, Item, Kind, not_taken_up

MOST_WISHES = 2  # of a kind: the list is for those who may be lost


def _birthdays(asked: Asked, _room: int) -> list[Item]:
    return not_taken_up(suggestions.birthdays(asked), today=asked.today)


def _anniversaries(asked: Asked, _room: int) -> list[Item]:
    return not_taken_up(suggestions.anniversaries(asked), today=asked.today)


def _may_be_lost(asked: Asked, room: int) -> list[Item]:
    return suggestions.may_be_lost(asked, limit=min(room, asked.most_ranked))


ENTRIES = (
    Entries(
        name="birthdays",
        order=30,
        kinds=(
            Kind(
                name=BIRTHDAY,
                icon="cake",
                words=wording.birthday,
                title=wording.title,
                again=suggestions.birthday_again,
                comes_back=True,
            ),
        ),
        rows=_birthdays,
        most=MOST_WISHES,
    ),
    Entries(
        name="anniversaries",
        order=40,
        kinds=(
            Kind(
                name=ANNIVERSARY,
                icon="star",
                words=wording.anniversary,
                title=wording.title,
                again=suggestions.since_again,
                comes_back=True,
            ),
        ),
        rows=_anniversaries,
        most=MOST_WISHES,
    ),
    Entries(
        name="may_be_lost",
        order=50,
        kinds=tuple(
            Kind(name=name, icon=icon, words=words, title=wording.title, again=suggestions.ranked_again)
            for name, icon, words in (
                (RISK, "warning", wording.risk),
                (OVERDUE, "clock", wording.risk),
                (SILENT, "clock", wording.silent),
            )
        ),
        rows=_may_be_lost,
    ),
)
