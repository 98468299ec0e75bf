"""What was said with whom: calls, mails and visits of three years, more of them with firms than with people."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stammkunde.demo.purchases import COMPANY, Span

OWN_STREAM = 11  # of random numbers, so that the other tables stay as they are
PER_YEAR = {True: 1.6, False: 0.25}  # firm or not
DAY_SECONDS = 86_400
OPEN_HOUR, OPEN_HOURS = 8, 9
MONDAY_FIRST = 3  # 1 January 1970 was a Thursday
WAYS = ("phone", "email", "meeting", "message")
CHANCES = {True: (0.62, 0.24, 0.12, 0.02), False: (0.45, 0.42, 0.03, 0.10)}
TALKED = (
    ("Nachbestellung", "Wollte wissen, wann die Ware kommt."),
    ("Angebot nachgefasst", "Entscheidet nach der nächsten Besprechung."),
    ("Rückfrage zur Rechnung", "War schnell geklärt."),
    ("Zufrieden mit der letzten Lieferung?", "Alles gut angekommen."),
    ("Sortiment vorgestellt", "Interesse an den neuen Artikeln."),
    ("Reklamation besprochen", "Ersatz zugesagt."),
    ("Jahresgespräch", "Möchte die Zusammenarbeit ausbauen."),
    ("Geburtstag", "Hat sich über den Anruf gefreut."),
)


def contacts(
    rng: np.random.Generator,
    *,
    customers: pa.Table,
    people: pa.Table,
    kind: np.ndarray,
    appears: np.ndarray,
    span: Span,
) -> pa.Table:
    """Make our own table of contacts; with firms, whoever is known there is talked to."""
    firm = kind == COMPANY
    since = np.maximum(appears, span.first)
    years = np.maximum(span.last - since + 1, 0) / 365.25
    of = np.repeat(np.arange(len(kind)), rng.poisson(np.where(firm, PER_YEAR[True], PER_YEAR[False]) * years))
    day = _working(since[of] + np.floor(rng.random(len(of)) * (span.last - since[of] + 1)).astype(np.int64))
    keep = day >= since[of]
    of, day = of[keep], day[keep]
    way = np.where(firm[of], _ways(rng, len(of), firm=True), _ways(rng, len(of), firm=False))
    inbound = rng.random(len(of)) < np.where(firm[of], 0.3, 0.75)
    reached = inbound | (way != 0) | (rng.random(len(of)) < 0.7)
    second = OPEN_HOUR * 3600 + np.floor(rng.random(len(of)) * OPEN_HOURS * 60).astype(np.int64) * 60
    said = rng.integers(len(TALKED), size=len(of))
    numbers = customers["customer_number"].combine_chunks().take(pa.array(of))
    turn = np.arange(len(of)) - np.searchsorted(of, of)
    return pa.table(
        {
            "contact_number": pc.binary_join_element_wise(numbers, pc.cast(pa.array(turn + 1), pa.string()), "-K"),
            "customer_number": numbers,
            "contact_person_number": _persons(rng, numbers, people),
            "happened_at": pa.array((day * DAY_SECONDS + second).astype("datetime64[s]")),
            "channel": pa.array(WAYS).take(pa.array(way)),
            "direction": pc.if_else(pa.array(inbound), "in", "out"),
            "outcome": pc.if_else(pa.array(reached), "reached", "not_reached"),
            "about": pa.array([about for about, _note in TALKED]).take(pa.array(said)),
            "contact_note": pc.if_else(pa.array(reached), pa.array([note for _about, note in TALKED]).take(said), None),
            "staff_role": pc.if_else(pa.array(firm[of]), "sales", "service"),
            "minutes": pa.array(rng.integers(3, 40, len(of)).astype(float), mask=~reached | (way == 1)),
        }
    )


def _ways(rng: np.random.Generator, count: int, *, firm: bool) -> np.ndarray:
    return rng.choice(len(WAYS), count, p=CHANCES[firm])


def _working(day: np.ndarray) -> np.ndarray:
    """Move what fell on a weekend to the Friday before."""
    weekday = (day + MONDAY_FIRST) % 7
    moved: np.ndarray = day - np.maximum(weekday - 4, 0)
    return moved


def _persons(rng: np.random.Generator, numbers: pa.Array, people: pa.Table) -> pa.Array:
    """Choose one of the people known there, mostly the first; NULL where nobody is."""
    known = people["customer_number"].combine_chunks()
    first = pc.index_in(numbers, known).to_numpy(zero_copy_only=False)
    there = ~np.isnan(first)
    start = np.where(there, first, 0).astype(np.int64)
    second = np.minimum(start + (rng.random(len(start)) < 0.25), max(len(known) - 1, 0))
    same = pc.fill_null(pc.equal(known.take(pa.array(second)), numbers), fill_value=False).to_numpy(
        zero_copy_only=False
    )
    chosen = pa.array(np.where(same, second, start), mask=~there)
    return people["contact_number"].combine_chunks().take(chosen)
