"""
The ledger brought to what it should contain, for many accounts at once.

Whatever has happened, `reconcile` books the difference between `postings` and what is there, and the second time
nothing. Everything runs inside the caller's transaction, with the accounts locked: on PostgreSQL the lock is taken by
one statement and facts are read by later ones, so that they are seen as they are then; SQLite has one writer.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Sum
from django.utils import timezone

from stammkunde.loyalty import booking, queries
from stammkunde.loyalty.models import Account, Booking, Lot, Move
from stammkunde.loyalty.postings import Act, Key, Postings, Pots, postings
from stammkunde.sales.purchases import Line

OWN = "\x1f"  # keys of our own begin with a sign that no one else's may have

Row = tuple[Any, ...]
_COLUMNS = (
    "booking_id",
    "account_id",
    "seq",
    "part",
    "more",
    "cause",
    "rule",
    "kind",
    "lot_id",
    "lot_seq",
    "happened_on",
    "d_pending",
    "d_available",
    "d_held",
    "d_debt",
    "pending",
    "available",
    "held",
    "debt",
    "lot_left",
)


def ended(hold: str) -> str:
    """Give the key under which a reservation is released when its time is over."""
    return f"{OWN}ended:{hashlib.sha256(hold.encode()).hexdigest()}"


def lock(account_ids: Collection[int], *, skip_locked: bool = False) -> list[Account]:
    """
    Lock accounts, by number, as every lock of several does; inside the caller's transaction.

    Series, vouchers and their uses are locked before accounts, never after.
    """
    assert connection.in_atomic_block, "a lock outside of a transaction is none"
    skips = skip_locked and connection.features.has_select_for_update_skip_locked
    return list(Account.objects.select_for_update(skip_locked=skips).filter(pk__in=account_ids).order_by("pk"))


def reconcile(accounts: Sequence[Account], *, now: datetime) -> int:
    """Book what is missing or too much for locked accounts, and tell how many rows that took; then nothing is left."""
    books = Books(accounts, now=now)
    for account in accounts:
        books.bring(account)
    return books.save()


@dataclass(slots=True)
class _Standing:
    """What the ledger contains of one account: by what rows are about, in its pots, and in each lot."""

    pots: Pots
    seq: int = 0
    keys: dict[Key, Pots] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    lot_seqs: dict[str, int] = field(default_factory=dict)
    lot_ids: dict[str, int] = field(default_factory=dict)


class Books:
    """The books of some accounts, open in memory: what there is, what should be, and what is written in the end."""

    def __init__(self, accounts: Sequence[Account], *, now: datetime) -> None:
        assert connection.in_atomic_block, "books are opened inside a transaction"
        self.now, self.today = now, timezone.localdate(now)
        self._versions = queries.versions()
        self._standing = _standing(accounts, self.today)
        self._lines: dict[str, list[Line]] = {one.customer_source: [] for one in accounts}
        for source, line in queries.lines(list(self._lines)):
            self._lines[source].append(line)
        self._acts: dict[int, list[Act]] = {one.pk: [] for one in accounts}
        for account_id, act in queries.acts(list(self._acts)):
            self._acts[account_id].append(act)
        self._bookings: list[Booking] = []
        self._lots: dict[tuple[int, str], Lot] = {}
        self._moves: list[tuple[Booking, int, str, Row]] = []
        self._due: dict[date | None, list[int]] = {}

    def bring(self, account: Account, *, decided: Booking | None = None, without: Booking | None = None) -> Pots:
        """Bring one account to what it should contain, for a decision or by itself; give what is in its pots then."""
        acts = [one for one in self._acts[account.pk] if without is None or one.number != without.pk]
        today = max([self.today, *(one.on for one in acts)])  # a clock that was put back takes nothing back
        found = postings(
            self._lines[account.customer_source], acts, self._versions, since=account.joined_on, today=today
        )
        standing = self._standing[account.pk]
        missing = booking.differences(found.rows, standing.keys)
        rows = booking.in_order(missing, before=standing.pots, left=standing.left)
        if rows:
            self._write(account, rows, found, decided or self._own(account))
        self._note_due(account, found.next_on)
        return standing.pots

    def save(self) -> int:
        """Write what was booked, and tell how many rows that were."""
        Booking.objects.bulk_create(self._bookings, batch_size=2_000)
        Lot.objects.bulk_create(self._lots.values(), batch_size=2_000)
        known = {(pk, name): lot_id for pk, one in self._standing.items() for name, lot_id in one.lot_ids.items()}
        known |= {of: lot.pk for of, lot in self._lots.items()}
        _append((_row(by.pk, of, known.get((of, lot)), row) for by, of, lot, row in self._moves))
        for due_on, pks in self._due.items():
            Account.objects.filter(pk__in=pks).update(due_on=due_on)
        return len(self._moves)

    def _own(self, account: Account) -> Booking:
        made = Booking(
            key=f"{OWN}facts:{account.pk}:{self._standing[account.pk].seq + 1}",
            account=account,
            kind=Booking.Kind.RECONCILE,
            happened_on=self.today,
            booked_at=self.now,
        )
        self._bookings.append(made)
        return made

    def _write(self, account: Account, rows: list[tuple[Key, Pots]], found: Postings, by: Booking) -> None:
        standing = self._standing[account.pk]
        pots = standing.pots
        for part, (key, change) in enumerate(rows, start=1):
            pots.add(pending=change.pending, available=change.available, held=change.held, debt=change.debt)
            standing.seq += 1
            known = standing.keys.setdefault(key, Pots(change.on))
            known.add(pending=change.pending, available=change.available, held=change.held, debt=change.debt)
            lot_seq, left = self._in_lot(account, key.lot, change.available, found)
            row = (
                *(standing.seq, part, part < len(rows), key.cause, key.rule, key.kind, lot_seq, change.on.isoformat()),
                *(change.pending, change.available, change.held, change.debt),
                *(pots.pending, pots.available, pots.held, pots.debt, left),
            )
            self._moves.append((by, account.pk, key.lot, row))

    def _in_lot(self, account: Account, name: str, points: int, found: Postings) -> tuple[int | None, int | None]:
        """Count a row in its lot, and give its number there and what is left."""
        if not name:
            return None, None
        standing = self._standing[account.pk]
        if name not in standing.lot_seqs:
            self._lots[account.pk, name] = Lot(account=account, key=name, expires_on=found.lots[name])
        seq = standing.lot_seqs[name] = standing.lot_seqs.get(name, 0) + 1
        left = standing.left[name] = standing.left.get(name, 0) + points
        return seq, left

    def _note_due(self, account: Account, next_on: date | None) -> None:
        """Note when to look again; the day after joining in any case, for facts that were being written meanwhile."""
        tomorrow = self.today + timedelta(days=1)
        if account.joined_on >= self.today:
            next_on = tomorrow
        if account.due_on != next_on:
            account.due_on = next_on
            self._due.setdefault(next_on, []).append(account.pk)


def _standing(accounts: Iterable[Account], today: date) -> dict[int, _Standing]:
    """Add up what the ledger contains, by account and by what it is about."""
    found = {one.pk: _Standing(Pots(today)) for one in accounts}
    for account_id, cause, rule, kind, lot_id, lot, on, pending, available, held, debt, n in _sums(list(found)):
        one = found[account_id]
        one.keys[Key(cause, rule, kind, lot or "")] = Pots(on, pending, available, held, debt)
        one.pots.add(pending=pending, available=available, held=held, debt=debt)
        one.seq += n
        if lot:
            one.lot_ids[lot] = lot_id
            one.lot_seqs[lot] = one.lot_seqs.get(lot, 0) + n
            one.left[lot] = one.left.get(lot, 0) + available
    return found


def _sums(account_ids: list[int]) -> Iterator[Row]:
    moves = Move.objects.filter(account__in=account_ids).order_by()
    yield from (
        moves.values_list("account_id", "cause", "rule", "kind", "lot_id", "lot__key")
        .annotate(
            Max("happened_on"), Sum("d_pending"), Sum("d_available"), Sum("d_held"), Sum("d_debt"), n=Count("seq")
        )
        .iterator(5_000)
    )


def _row(booking_id: int, account_id: int, lot_id: int | None, row: Row) -> Row:
    seq, part, more, cause, rule, kind, lot_seq, *rest = row
    return (booking_id, account_id, seq, part, more, cause, rule, kind, lot_id, lot_seq, *rest)


def _append(rows: Iterable[Row]) -> None:
    """Append rows to the ledger, quickly, with everything that the database asks of them."""
    names = ", ".join(_COLUMNS)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            said = f"COPY loyalty_move ({names}) FROM STDIN"
            with connection.wrap_database_errors, cursor.copy(said) as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(_COLUMNS))
            cursor.executemany(f"INSERT INTO loyalty_move ({names}) VALUES ({places})", list(rows))  # noqa: S608 (our own)
