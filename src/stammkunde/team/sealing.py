"""
The audit trail, sealed afterwards: whoever changes or removes a sealed entry in the database is found out.

Writing an entry costs nothing more. A sweep takes those that wait, in blocks: each gets a salt and a digest of what it
says, and the block a seal, the digest of the seal before it and of its entries. So seals are a chain, and one that is
kept elsewhere (`Seal.anchor`) vouches for everything before it.

What an entry tells of somebody (label and detail) can be erased: text and salt go, and what stays is the digest that
was made of both. It tells nothing, and the rest of the entry and the chain are proven as before.

Not proven: what was changed before it was sealed; and the end of the chain, where nobody kept an anchor.
"""

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from stammkunde.team import taking
from stammkunde.team.models import AuditEntry, Seal, Staff
from stammkunde.team.services import record

BLOCK = 1000
WAITS = timedelta(minutes=1)  # as long as an entry may wait for others to be sealed with
ERASED = "trail.erased"
WRITTEN = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)  # one way to write the same
STAFF, LONGEST_LABEL = "staff", 200
Thing = tuple[str, int | None]  # which, and its number
SEALED = "UPDATE team_auditentry SET salt = %s, digest = %s, seal_id = %s WHERE id = %s"


def sweep(*, now: datetime) -> bool:
    """Seal a block of what waits, where it is whole or has waited long enough; say whether there was any."""
    if not _is_due(now):
        return False
    with suppress(IntegrityError):  # another worker made the same seal: nothing of ours stays
        seal(now=now)
    return True


def _is_due(now: datetime) -> bool:
    waiting = unsealed().values_list("at", flat=True)
    first = waiting.first()
    return first is not None and (first < now - WAITS or waiting[BLOCK - 1 : BLOCK].exists())


def unsealed() -> QuerySet[AuditEntry]:
    """Give the entries that wait to be sealed, in the order in which they will be."""
    return AuditEntry.objects.filter(seal=None).order_by("pk")


@transaction.atomic
def seal(*, now: datetime) -> Seal | None:
    """Seal the next block, all of it or nothing; None: nothing waits."""
    waiting = list(unsealed().select_for_update().values_list(*Row._fields)[:BLOCK])
    if not waiting:
        return None
    last = Seal.objects.order_by("number").last()
    rows = [row if row.erased else row._replace(salt=secrets.token_hex(16)) for row in map(Row._make, waiting)]
    digests = [row.proof() for row in rows]
    made = Seal(
        number=last.number + 1 if last else 1,
        sealed_at=now,
        until_at=max(row.at for row in rows),
        entries=len(rows),
    )
    made.digest = _of_block(made, before=last.digest if last else "", digests=digests)
    made.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.executemany(
            SEALED, [(row.salt, digest, made.number, row.pk) for row, digest in zip(rows, digests, strict=True)]
        )
    return made


def seal_all(*, now: datetime) -> None:
    """Seal everything that waits."""
    while seal(now=now):
        pass


class Row(NamedTuple):
    """What is proven of an entry, and by what."""

    pk: int
    at: datetime
    staff_id: int | None
    action: str
    thing: str
    thing_id: int | None
    label: str
    detail: dict[str, Any]
    salt: str
    erased: str
    digest: str
    seal_id: int | None

    def text(self) -> str:
        """Give the digest of what it tells; of what is erased, the one that was kept."""
        return self.erased or _digest(self.salt, self.label, self.detail)

    def proof(self) -> str:
        at = self.at.astimezone(UTC).isoformat()
        return _digest(self.pk, at, self.staff_id, self.action, self.thing, self.thing_id, self.text())

    def fits(self) -> bool:
        is_whole = not self.erased or not (self.label or self.detail or self.salt or self.action == ERASED)
        return is_whole and self.digest == self.proof()


def _digest(*parts: Any) -> str:
    return hashlib.sha256(WRITTEN.encode(parts).encode()).hexdigest()


def _of_block(made: Seal, *, before: str, digests: list[str]) -> str:
    moments = (made.sealed_at.astimezone(UTC).isoformat(), made.until_at.astimezone(UTC).isoformat())
    return _digest(before, made.number, *moments, made.entries, digests)


# What is erased


@transaction.atomic
def erase(*, thing: str, thing_id: int, why: str, by: Staff | None, now: datetime) -> int:
    """
    Erase what the entries about a thing tell of it, and write down that it was; tell how many. Repeatable.

    About staff, also what was tried with an e-mail of that person by somebody who was not signed in.
    """
    about = _telling().filter(thing=thing, thing_id=thing_id)
    tried = _tried(_emails(thing_id, about)) if thing == STAFF else AuditEntry.objects.none()
    found = ((tried, None), (about, thing_id))
    return sum(_erase(entries, thing, number, why, by=by, now=now) for entries, number in found)


@transaction.atomic
def erase_searches(*, why: str, by: Staff | None, now: datetime) -> int:
    """Erase what entries tell that hold words that were searched for, as they were kept once; tell how many."""
    found: dict[Thing, list[int]] = {}
    filtered = _telling().filter(detail__has_key="query").values_list("pk", "thing", "thing_id", "detail__query")
    for pk, thing, thing_id, query in filtered.iterator():
        if taking.holds_words(str(query)):
            found.setdefault((thing, thing_id), []).append(pk)
    return sum(
        _erase(_telling().filter(pk__in=some), *of, why, by=by, now=now)
        for of, pks in found.items()
        for some in _batched(pks)
    )


def _batched(pks: list[int]) -> Iterator[list[int]]:
    return (pks[start : start + BLOCK] for start in range(0, len(pks), BLOCK))


def things() -> list[str]:
    """Give what there are entries about that has a number: what can be erased."""
    numbered = AuditEntry.objects.filter(thing_id__isnull=False).exclude(thing="")
    return sorted(numbered.order_by().values_list("thing", flat=True).distinct())


def _telling() -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(erased="").exclude(action=ERASED)


def _tried(emails: set[str]) -> QuerySet[AuditEntry]:
    return _telling().filter(thing=STAFF, thing_id=None, label__in=emails)


def _emails(staff_id: int, about: QuerySet[AuditEntry]) -> set[str]:
    """Give the e-mails that a person has and had, as labels tell them, without those that are somebody else's now."""
    hers = {*about.values_list("label", flat=True), *Staff.objects.filter(pk=staff_id).values_list("email", flat=True)}
    others = Staff.objects.exclude(pk=staff_id).filter(email__in=hers).values_list("email", flat=True)
    return {email[:LONGEST_LABEL] for email in hers.difference(others) if email}


def _erase(
    found: QuerySet[AuditEntry], thing: str, thing_id: int | None, why: str, *, by: Staff | None, now: datetime
) -> int:
    entries = list(found.select_for_update())
    for entry in entries:
        entry.erased = _digest(entry.salt or secrets.token_hex(16), entry.label, entry.detail)
        entry.label, entry.detail, entry.salt = "", {}, ""
    AuditEntry.objects.bulk_update(entries, ["erased", "label", "detail", "salt"], batch_size=200)
    if entries:
        told = {"thing": thing, "thing_id": thing_id, "rows": len(entries), "why": why}
        record(staff=by, action=ERASED, at=now, **told)  # type: ignore[arg-type]
    return len(entries)


# Whether it all fits


@dataclass(frozen=True, kw_only=True)
class Checked:
    """How many sealed entries and seals there are, how many erased ones, and the first that does not fit, in words."""

    entries: int
    seals: int
    erased: int
    flaw: str = ""


def check(*, anchor: str = "") -> Checked:
    """Prove the whole chain, entry by entry, and that it holds an anchor that was kept; stops at what does not fit."""
    before, entries, seals, flaw = "", 0, 0, ""
    erased: Counter[Thing] = Counter()
    last = Seal.objects.last()  # what is sealed meanwhile is for the next time: of it the entries are not read
    chain = Seal.objects.filter(number__lte=last.number if last else 0).order_by("number")
    found = groupby(_sealed(), key=lambda row: row.seal_id)
    block: tuple[int | None, Iterator[Row]] | None = next(found, None)
    for each in chain.iterator():
        rows = list(block[1]) if block and block[0] == each.number else []
        block = next(found, None) if rows else block
        flaw = _flaw(each, rows, before=before, number=seals + 1)
        if flaw:
            break
        before, seals, entries = each.digest, seals + 1, entries + len(rows)
        erased.update((row.thing, row.thing_id) for row in rows if row.erased)
    flaw = flaw or _unsaid(erased) or _unanchored(anchor)
    return Checked(entries=entries, seals=seals, erased=erased.total(), flaw=flaw)


def _sealed() -> Iterator[Row]:
    rows = AuditEntry.objects.filter(seal__isnull=False).order_by("seal_id", "pk").values_list(*Row._fields)
    return map(Row._make, rows.iterator(chunk_size=5000))


def _flaw(each: Seal, rows: list[Row], *, before: str, number: int) -> str:
    """Say what does not fit of a block, if anything."""
    if each.number != number:
        return f"seal {number} is missing"
    wrong = next((row for row in rows if not row.fits()), None)
    if wrong is not None:
        return f"entry {wrong.pk} of {wrong.at:%Y-%m-%d %H:%M} UTC is not what was sealed"
    between = f", from entry {rows[0].pk} to {rows[-1].pk}" if rows else ""
    if len(rows) != each.entries:
        return f"of the {each.entries} entries of seal {number}{between}, {len(rows)} are there"
    if _of_block(each, before=before, digests=[row.digest for row in rows]) != each.digest:
        return f"seal {number}{between} does not fit its entries or the seal before it"
    return ""


def _unsaid(erased: Counter[Thing]) -> str:
    """Say of which thing more is erased than the trail tells of; what is not sealed yet counts with the next seal."""
    told: Counter[Thing] = Counter()
    tellers = AuditEntry.objects.filter(action=ERASED).order_by("pk")
    for pk, thing, thing_id, rows in tellers.values_list("pk", "thing", "thing_id", "detail__rows"):
        if not isinstance(rows, int) or rows < 1:
            return f"entry {pk} does not say how many entries were erased"
        told[thing, thing_id] += rows
    over = next((of for of, count in erased.items() if count > told[of]), None)
    if over is None:
        return ""
    return f"{erased[over]} entries about {_named(*over)} are erased, and the trail tells of {told[over]}"


def _named(thing: str, thing_id: int | None) -> str:
    return f"{thing} {'without a number' if thing_id is None else thing_id}"


def _unanchored(anchor: str) -> str:
    number, _colon, digest = anchor.partition(":")
    if not anchor or Seal.objects.filter(number=int(number), digest=digest).exists():
        return ""
    return f"seal {number} is not the one that was kept: the trail was exchanged, or its end is gone"
