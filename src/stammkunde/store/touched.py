"""
About whom facts have changed, so that groups of customers follow within a minute.

Whoever writes facts notes the customers in the same transaction; who reads them takes them out in the transaction of
what follows from them, or after it, so that a kill in between loses nobody. Groups and measures read rows of their own.
"""

from collections.abc import Iterable, Mapping

from stammkunde.store.models import Touched, Unmet

MOST = 5_000  # customers of one import; with more, everybody is looked at after the next refresh


def note(customer_ids: Iterable[int | None], *, because: str) -> None:
    """Note customers, and the fact that has changed; inside the caller's transaction."""
    note_each({one: because for one in customer_ids if one is not None})


def note_each(facts: Mapping[int, str]) -> None:
    """Note customers, each with the fact that has changed; inside the caller's transaction."""
    rows = [Touched(customer_id=one, because=because[:200]) for one, because in sorted(facts.items())]
    Touched.objects.bulk_create(rows, batch_size=500)
    note_moved(facts)


def note_everybody(*, because: str) -> None:
    """Note that facts about more customers than are named have changed; inside the caller's transaction."""
    Touched.objects.create(customer_id=None, because=because[:200])
    Unmet.objects.create(customer_id=None)


def note_moved(customer_ids: Iterable[int]) -> None:
    """
    Note for measures who came into a group or left it by a fact, or of whom something changed that groups do not ask.

    Inside the caller's transaction.
    """
    Unmet.objects.bulk_create([Unmet(customer_id=one) for one in sorted(customer_ids)], batch_size=500)
