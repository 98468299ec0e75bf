"""
Who took part in which play, as facts that no import fills, for groups of customers to ask; and what hangs on facts.

Who was enrolled goes along with a fact, unless something may have left already.
"""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stammkunde.outreach.models import Message
from stammkunde.plays.models import Enrolment, Play
from stammkunde.store.facts import Asked, AskedRows, FactTable, Hanging, Mirrored

_LEFT = Q(message__begun_at__isnull=False) | Q(message__state=Message.State.CLAIMED)


class _Names:
    """The plays that somebody may have taken part in, by number: whoever renames one changes no rule."""

    def __iter__(self) -> Iterator[tuple[str, str]]:
        begun = Play.objects.exclude(status=Play.Status.DRAFT).order_by("-pk")
        yield from ((str(pk), name) for pk, name in begun.values_list("pk", "name"))


PARTICIPATIONS = FactTable(
    name="participations",
    label=_("Participations"),
    model=Enrolment,
    part="participations",
    starts_refresh=False,
    mirrored=Mirrored(
        key="enrolment_id",
        columns={
            "enrolment_id": "BIGINT",
            "customer_id": "BIGINT",
            "play": "VARCHAR",
            "entered_on": "INTEGER",
            "is_held_out": "BOOLEAN",
            "is_open": "BOOLEAN",
            "is_reached": "BOOLEAN",
        },
        read={
            "play": "CAST(t.play_id AS TEXT)",
            "entered_on": "DATE(t.entered_at)",
            "is_held_out": "(t.arm = 'held_out')",
            "is_open": "(t.state <> '' AND t.closed_at IS NULL)",
            "is_reached": "(t.code = 'goal' AND t.goal_undone_at IS NULL)",
        },
        days=("entered_on",),
        standing=(
            "SELECT COUNT(*), MAX(id), SUM(customer_id), SUM(moved), COUNT(zero_at), COUNT(closed_at), "
            "COUNT(undone_at), COUNT(goal_undone_at), "
            "SUM(CASE arm WHEN '' THEN 0 WHEN 'held_out' THEN 1 ELSE 2 END) FROM plays_enrolment"
        ),
        only="t.arm <> '' AND t.place = 1 AND t.undone_at IS NULL",
    ),
    asked=(
        Asked(name="play", label=_("Campaign, thank-you or measure"), choices=_Names()),
        Asked(name="reached", label=_("Reached the goal"), kind="flag", read="t.is_reached", history=False),
        Asked(name="held_out", label=_("Left alone, to compare"), kind="flag", read="t.is_held_out"),
        Asked(name="open", label=_("Still under way"), kind="flag", read="t.is_open", history=False),
    ),
    asked_rows=AskedRows(day="entered_on"),
)

OWN = (PARTICIPATIONS,)

HANGING = (
    Hanging(model=Enrolment, column="customer", label=_("Participations"), hold=_LEFT),
    Hanging(model=Enrolment, column="contact_person", label=_("Participations"), hold=_LEFT),
)
