"""Who the demo company's customers are: firms and private people with addresses, and whom to speak to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stammkunde.demo import names
from stammkunde.demo.purchases import COMPANY

FIRST_NUMBER = 10_001
SELF_KNOWN = 0.3  # share of private customers whose birthday is known
AGES_AT_WORK, AGES_AT_HOME = (23, 66), (23, 85)  # youngest and oldest, in years
ROLES = ("executive", "purchasing", "decision_maker", "user", "influencer")
ROLE_CHANCES = (0.3, 0.3, 0.15, 0.15, 0.1)
UMLAUTS = (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("ı", "i"), ("ğ", "g"), ("ş", "s"), ("ç", "c"))


@dataclass(frozen=True, kw_only=True)
class Named:
    """People with a first and a last name, as columns."""

    woman: np.ndarray
    first: pa.Array
    last: pa.Array


def customer_numbers(count: int, *, offset: int) -> pa.Array:
    return _text(np.arange(count) + offset + FIRST_NUMBER)


def customers(
    rng: np.random.Generator, *, kind: np.ndarray, appears: np.ndarray, offset: int
) -> tuple[pa.Table, Named]:
    """Make our own table of customers, and tell who the private ones are."""
    count = len(kind)
    firm = kind == COMPANY
    who = people(rng, count)
    industry, company = _firms(rng, count)
    city, postcode, region = _places(rng, count)
    address = _join(_pick(rng, names.STREETS, count), _text(rng.integers(1, 140, count)), " ")
    mail = pc.if_else(
        firm,
        _join(pa.scalar("info@"), _domain(company), ""),
        _join(_mailbox(who, offset), pa.scalar("post.example"), "@"),
    )
    table = pa.table(
        {
            "customer_number": customer_numbers(count, offset=offset),
            "customer_name": pc.if_else(firm, company, _join(who.first, who.last, " ")),
            "kind": pc.if_else(firm, "company", "person"),
            "email": _sometimes(rng, mail, 0.93),
            "phone": _sometimes(rng, _phones(rng, count), np.where(firm, 0.97, 0.55)),
            "street": address,
            "postcode": postcode,
            "city": city,
            "country": pa.array(["Deutschland"] * count),
            "region": region,
            "industry": pc.if_else(firm, industry, ""),
            "segment": pc.if_else(firm, _weighted(rng, names.SEGMENTS_OF_FIRMS, count),
                                  _weighted(rng, names.SEGMENTS_OF_PERSONS, count)),
            "since_on": _dates(appears),
            "owner_email": _owners(rng, firm),
        }
    )  # fmt: skip
    return table, who


def people(rng: np.random.Generator, count: int) -> Named:
    woman = rng.random(count) < 0.54
    first = pc.if_else(woman, _pick(rng, names.WOMEN, count), _pick(rng, names.MEN, count))
    return Named(woman=woman, first=first, last=_pick(rng, names.FAMILIES, count, favour=0.6))


def contact_persons(
    rng: np.random.Generator, *, customers: pa.Table, private: Named, kind: np.ndarray, span_last: int
) -> pa.Table:
    """Make our own table of contact persons: one to three in a firm, and the private customer with a birthday."""
    count = len(kind)
    firm = kind == COMPANY
    many = np.where(firm, rng.choice([1, 2, 3], count, p=[0.55, 0.32, 0.13]), rng.random(count) < SELF_KNOWN)
    of = np.repeat(np.arange(count), many)
    turn = np.arange(len(of)) - np.repeat(np.cumsum(many) - many, many)
    in_firm = firm[of]
    staff = people(rng, len(of))
    first = pc.if_else(in_firm, staff.first, private.first.take(of))
    last = pc.if_else(in_firm, staff.last, private.last.take(of))
    woman = np.where(in_firm, staff.woman, private.woman[of])
    named = Named(woman=woman, first=first, last=last)
    role = _weighted(rng, tuple(zip(ROLES, ROLE_CHANCES, strict=True)), len(of))
    numbers = customers["customer_number"].combine_chunks().take(of)
    return pa.table(
        {
            "customer_number": numbers,
            "contact_number": _join(numbers, _text(turn + 1), "-"),
            "salutation": pc.if_else(woman, "Frau", "Herr"),
            "title": _sometimes(rng, _pick(rng, names.TITLES, len(of)), np.where(in_firm, 0.06, 0.03)),
            "first_name": first,
            "last_name": last,
            "role": pc.if_else(in_firm, role, "decision_maker"),
            "email": pc.if_else(
                in_firm,
                _join(_mailbox(named, None), _domain(customers["customer_name"].combine_chunks().take(of)), "@"),
                customers["email"].combine_chunks().take(of),
            ),
            "phone": _sometimes(rng, _phones(rng, len(of)), 0.6),
            "mobile": _mobiles(len(of)),
            "birthday_on": _sometimes(rng, _birthdays(rng, in_firm, span_last), np.where(in_firm, 0.5, 1.0)),
        }
    )


def _firms(rng: np.random.Generator, count: int) -> tuple[pa.Array, pa.Array]:
    """Choose an industry and a name that goes with it."""
    chances = np.array([firm[3] for firm in names.FIRMS], float)
    choice = rng.choice(len(names.FIRMS), count, p=chances / chances.sum())
    words = {
        "family": _pick(rng, names.FAMILIES, count, favour=0.6),
        "word": _pick(rng, names.WORDS, count),
        "city": _pick(rng, [city[0] for city in names.CITIES], count),
    }
    kinds = np.array([firm[2] for firm in names.FIRMS])[choice]
    word = pc.if_else(kinds == "family", words["family"], pc.if_else(kinds == "word", words["word"], words["city"]))
    before = pa.array([firm[1].split("{}")[0] for firm in names.FIRMS]).take(choice)
    after = pa.array([firm[1].split("{}")[1] for firm in names.FIRMS]).take(choice)
    return pa.array([firm[0] for firm in names.FIRMS]).take(choice), _join(before, word, after, "")


def _places(rng: np.random.Generator, count: int) -> tuple[pa.Array, pa.Array, pa.Array]:
    weights = np.array([city[3] for city in names.CITIES], float)
    choice = rng.choice(len(names.CITIES), count, p=weights / weights.sum())
    city, start, region = (pa.array([one[part] for one in names.CITIES]).take(choice) for part in (0, 1, 2))
    rest = pc.utf8_lpad(_text(rng.integers(100, 999, count)), 3, "0")
    return city, _join(start, rest, ""), region


def _owners(rng: np.random.Generator, firm: np.ndarray) -> pa.Array:
    """Give firms one of the salespeople; private customers look after themselves."""
    sales = [email for _name, email, role in names.STAFF if role == "sales"]
    chosen = _pick(rng, sales, len(firm))
    return pc.if_else(firm & (rng.random(len(firm)) < 0.92), chosen, None)


def _phones(rng: np.random.Generator, count: int) -> pa.Array:
    return _join(_pick(rng, names.PHONES, count), pc.utf8_lpad(_text(rng.integers(0, 999, count)), 3, "0"), "")


def _mobiles(count: int) -> pa.Array:
    """Give every third a mobile number of her own, for as long as those that are kept for fiction last."""
    turn, rest = np.divmod(np.arange(count), 3)
    number = _join(pa.scalar(names.MOBILES), pc.utf8_lpad(_text(turn), 2, "0"), "")
    return pc.if_else((rest == 0) & (turn < 100), number, None)


def _birthdays(rng: np.random.Generator, in_firm: np.ndarray, last: int) -> pa.Array:
    """Spread ages over a working life, or over a grown-up one: bent at its ends, nobody's age heaps up there."""
    oldest = np.where(in_firm, AGES_AT_WORK[1], AGES_AT_HOME[1])
    youngest = np.where(in_firm, AGES_AT_WORK[0], AGES_AT_HOME[0])
    age_years = youngest + (oldest - youngest) * rng.beta(2.2, 2.2, len(in_firm))
    return _dates(last - (age_years * 365.25).astype(np.int64))


def _mailbox(who: Named, offset: int | None) -> pa.Array:
    name = _plain(_join(who.first, who.last, "."))
    return name if offset is None else _join(name, _text(np.arange(len(name)) + offset + 1), "")


def _domain(company: pa.Array) -> pa.Array:
    words = pc.utf8_trim(pc.replace_substring_regex(_plain(company), "[^a-z0-9]+", "-"), "-")
    return _join(words, pa.scalar("example"), ".")


def _plain(text: pa.Array) -> pa.Array:
    text = pc.utf8_lower(text)
    for german, plain in UMLAUTS:
        text = pc.replace_substring(text, german, plain)
    return text


def _pick(rng: np.random.Generator, words: Sequence[str], count: int, *, favour: float = 0.0) -> pa.Array:
    """Choose words at random; with `favour` the first ones more often."""
    weights = 1.0 / np.arange(1, len(words) + 1) ** favour
    return pa.array(list(words)).take(pa.array(rng.choice(len(words), count, p=weights / weights.sum())))


def _weighted(rng: np.random.Generator, pairs: Sequence[tuple[str, float]], count: int) -> pa.Array:
    weights = np.array([weight for _word, weight in pairs], float)
    return pa.array([word for word, _weight in pairs]).take(
        pa.array(rng.choice(len(pairs), count, p=weights / weights.sum()))
    )


def _sometimes(rng: np.random.Generator, values: pa.Array, share: float | np.ndarray) -> pa.Array:
    return pc.if_else(rng.random(len(values)) < share, values, None)


def _text(numbers: np.ndarray) -> pa.Array:
    return pc.cast(pa.array(numbers), pa.string())


def _dates(day_numbers: np.ndarray) -> pa.Array:
    return pa.array(day_numbers.astype("datetime64[D]"))


def _join(*parts: pa.Array | pa.Scalar | str) -> pa.Array:
    """Put texts together, row by row; the last argument stands between them."""
    return pc.binary_join_element_wise(*parts)
