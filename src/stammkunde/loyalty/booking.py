"""The order in which differences are booked, so that no pot is ever below nothing. Pure."""

from collections.abc import Iterator, Mapping

from stammkunde.loyalty.postings import Key, Pots

SPLIT_ONE_IN = 20

Left = dict[str, int]


def differences(wanted: Mapping[Key, Pots], there: Mapping[Key, Pots]) -> Iterator[tuple[Key, Pots]]:
    """Give what is missing in the ledger, and what is too much, by what it is about."""
    for key, pots in wanted.items():
        known = there.get(key)
        found = _minus(pots, known) if known else pots
        if not found.is_empty:
            yield key, found
    for key, pots in there.items():
        if key not in wanted and not pots.is_empty:
            yield key, _minus(Pots(pots.on), pots)


def in_order(found: Iterator[tuple[Key, Pots]], *, before: Pots, left: Mapping[str, int]) -> list[tuple[Key, Pots]]:
    """
    Put differences in an order in which no pot and no lot is ever below nothing.

    They stay in the order of their days as far as that goes. Where none of what is left fits, the first that add
    anything are booked in two rows: first what they add. In the end only what is taken away is left, which always fits.
    """
    pots, lots = Pots(before.on, before.pending, before.available, before.held, before.debt), dict(left)
    waiting, ordered = list(found), []
    while waiting:
        later = []
        for key, one in waiting:
            if _fits(key, one, pots, lots):
                ordered.append((key, one))
            else:
                later.append((key, one))
        if len(later) == len(waiting):
            later = list(_split_some(later))
        waiting = later
    return ordered


def _fits(key: Key, one: Pots, pots: Pots, lots: Left) -> bool:
    """Add a difference to the pots, where it fits."""
    lot = lots.get(key.lot, 0) + one.available
    if (
        lot < 0
        or min(pots.pending + one.pending, pots.available + one.available, pots.held + one.held, pots.debt + one.debt)
        < 0
    ):
        return False
    pots.add(pending=one.pending, available=one.available, held=one.held, debt=one.debt)
    if key.lot:
        lots[key.lot] = lot
    return True


def _split_some(waiting: list[tuple[Key, Pots]]) -> Iterator[tuple[Key, Pots]]:
    """Divide a few rows, so that neither many are divided needlessly nor many are gone through for each."""
    allowed = 1 + len(waiting) // SPLIT_ONE_IN
    for key, one in waiting:
        if allowed and _adds(one):
            allowed -= 1
            more = Pots(one.on, max(one.pending, 0), max(one.available, 0), max(one.held, 0), max(one.debt, 0))
            yield key, more
            one = _minus(one, more)  # noqa: PLW2901
        if not one.is_empty:
            yield key, one


def _adds(one: Pots) -> bool:
    return max(one.pending, one.available, one.held, one.debt) > 0


def _minus(one: Pots, other: Pots) -> Pots:
    return Pots(
        one.on,
        one.pending - other.pending,
        one.available - other.available,
        one.held - other.held,
        one.debt - other.debt,
    )
