"""The proof that the ledger is whole: every chain recomputed from its first row, by the database."""

from dataclasses import dataclass

from django.db import connection

from stammkunde.loyalty import triggers
from stammkunde.loyalty.triggers import POTS


@dataclass(frozen=True, kw_only=True)
class Found:
    """How many rows there are, and the first that does not fit, in words."""

    rows: int
    flaw: str


_BEFORE = ", ".join(f"lag({one}, 1, 0) OVER w AS b_{one}" for one in POTS)
_BROKEN = " OR ".join(f"b_{one} + d_{one} <> {one}" for one in POTS)
_ACCOUNTS = f"""
    SELECT account_id, seq FROM (
      SELECT account_id, seq, {", ".join(f"{one}, d_{one}" for one in POTS)}, {_BEFORE}, row_number() OVER w AS n
      FROM loyalty_move WINDOW w AS (PARTITION BY account_id ORDER BY seq)
    ) moves WHERE n <> seq OR {_BROKEN} LIMIT 1"""  # noqa: S608 (our own names)
_LOTS = """
    SELECT account_id, lot_id FROM (
      SELECT account_id, lot_id, lot_seq, lot_left, d_available, row_number() OVER w AS n,
        lag(lot_left, 1, 0) OVER w AS before
      FROM loyalty_move WHERE lot_id IS NOT NULL WINDOW w AS (PARTITION BY lot_id ORDER BY lot_seq)
    ) moves WHERE n <> lot_seq OR before + d_available <> lot_left LIMIT 1"""
_STRANGE = """
    SELECT m.account_id, m.seq FROM loyalty_move m
    LEFT JOIN loyalty_booking b ON b.id = m.booking_id LEFT JOIN loyalty_lot l ON l.id = m.lot_id
    WHERE b.account_id IS DISTINCT FROM m.account_id
      OR (m.lot_id IS NOT NULL AND l.account_id IS DISTINCT FROM m.account_id)
    LIMIT 1"""
_UNENDED = """
    SELECT m.account_id, m.seq FROM loyalty_move m WHERE m.more
    AND NOT EXISTS (SELECT 1 FROM loyalty_move n WHERE n.booking_id = m.booking_id AND n.part = m.part + 1) LIMIT 1"""
_LOOKS = (
    (_ACCOUNTS, "account {}: row {} does not follow from the one before"),
    (_LOTS, "account {}: lot {} does not add up"),
    (_STRANGE, "account {}: row {} belongs to a booking or lot of another account"),
    (_UNENDED, "account {}: the booking of row {} has no end"),
)


def check() -> Found:
    """Recompute every chain; what was lost at a chain's end only a backup knows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM loyalty_move")
        (rows,) = cursor.fetchone()
        lacking = triggers.missing(connection)
        flaw = f"the database lacks {', '.join(lacking)}" if lacking else ""
        for asked, said in _LOOKS if rows else ():
            if flaw:
                break
            cursor.execute(asked)
            found = cursor.fetchone()
            flaw = said.format(*found) if found else ""
    return Found(rows=rows, flaw=flaw)
