"""What measures are about for somebody: the row that began it, and the rows that are about the same."""

from collections.abc import Collection, Iterable

from stammkunde.plays.measures import happenings
from stammkunde.plays.models import Enrolment
from stammkunde.store import facts

HANDED_OVER = "play:"  # before the measure and the enrolment that somebody comes from


def began(rows: Iterable[Enrolment]) -> dict[int, str]:
    """Tell what began it for each; where somebody was handed over, what began the measure before."""
    found = {row.pk: row.source for row in rows}
    while handed := {pk: int(one.rpartition(":")[2]) for pk, one in found.items() if one.startswith(HANDED_OVER)}:
        before = dict(Enrolment.objects.filter(pk__in=handed.values()).values_list("pk", "source"))
        found |= {pk: before.get(one, "") for pk, one in handed.items()}
    return found


def rows_about(name: str, sources: Collection[str]) -> set[int]:
    """Number the rows of a table that are about some rows, which are given by their source."""
    table, found = facts.table(name), set[int]()
    for thing in {happenings.table_of(one) for one in sources} - {""}:
        if table.leads_to(thing):
            of_these = happenings.bare([one for one in sources if happenings.table_of(one) == thing])
            about = {f"{happenings.to_thing(table, thing)}__in": of_these}
            found |= set(table.rows().filter(**about).values_list("pk", flat=True))
    return found
