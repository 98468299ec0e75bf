"""
Texts turned into values by the engine: numbers, days, moments, choices, e-mail addresses.

Each distinct text is parsed once. `parsed` gives a query with one row per text: the text, its value (NULL if it has
none), and `code`, `detail` (JSON text) and `severity` of what is wrong with it. `MACROS` must stand in the connection.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from stammkunde.intake.formats.engine import literal
from stammkunde.store.layouts import CHOICE, CURRENCY, DAY, EMAIL, KEY, MOMENT, MONEY, NUMBER, TEXT, Field

DECIMAL = "DECIMAL(18, 6)"  # what a number is kept as
PARSED = (NUMBER, MONEY, MOMENT, DAY, CHOICE, EMAIL, CURRENCY)
_SIGNS = {"€": ("EUR",), "£": ("GBP",), "¥": ("JPY", "CNY"), "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN")}

# What programs write where there is nothing.
NOTHING = ("nan", "null", "none", "<na>", "nat", "#n/a", "#n/v", "#nv", "n/a", "\\n")
_NO_VALUE = (*NOTHING, "-", "–", "—", "--", "?", "k.a.", "k. a.", "keine", "keine angabe", "unbekannt", "unknown", "na")

_MONTHS = {
    1: ("jan", "jän"), 2: ("feb",), 3: ("mar", "mär", "mrz", "mae"), 4: ("apr",), 5: ("mai", "may"), 6: ("jun",),
    7: ("jul",), 8: ("aug",), 9: ("sep",), 10: ("okt", "oct"), 11: ("nov",), 12: ("dez", "dec"),
}  # fmt: skip
_MONTH_CASE = "CASE " + " ".join(
    f"WHEN left(lower(word), 3) IN ({', '.join(map(literal, words))}) THEN {number}"
    for number, words in _MONTHS.items()
) + " END"  # fmt: skip

_DATE = r"^(\d{1,4})([-./]) ?(\d{1,2})[-./] ?(\d{1,4})(.*)$"
_DAY_MONTH_NAME = r"^(\d{1,2})[. -]+([A-Za-zÄäÖöÜü]{3,9})[., -]+(\d{4})(.*)$"
_MONTH_NAME_DAY = r"^([A-Za-zÄäÖöÜü]{3,9})\.? (\d{1,2}),? (\d{4})(.*)$"
_COMPACT = r"^(19|20)\d{6}$"
_TIME = r"^[T ,]*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp]\.?[Mm]\.?)?(?:\s*Uhr)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$"  # noqa: E501

MACROS = rf"""
-- Divide whole numbers, rounding half away from zero.
CREATE MACRO ratio(n, d) AS CASE WHEN n >= 0 THEN (2 * n + d) // (2 * d) ELSE -((2 * -n + d) // (2 * d)) END;
-- Numbers are below a thousand million: their millionths are below 2 ** 53, so a double holds each of them exactly.
CREATE MACRO millionths(v) AS CAST(round(CAST(v AS DOUBLE) * 1000000) AS BIGINT);
CREATE MACRO micro(v) AS CAST(millionths(v) AS HUGEINT);
CREATE MACRO cents(v) AS CAST(ratio(millionths(v), 10000) AS BIGINT);
CREATE MACRO e4(v) AS CAST(ratio(millionths(v), 100) AS BIGINT);

CREATE MACRO bare(t) AS regexp_replace(
    regexp_replace(t, '(?i)\b(EUR|USD|GBP|CHF|EURO)\b|[\s\x{{a0}}\x{{202f}}\x{{2009}}''’´`€$£¥%]', '', 'g'), '^\+', '');
CREATE MACRO unsigned(s) AS regexp_replace(s, '^-|-$|^\(|\)$', '', 'g');
CREATE MACRO is_minus(s) AS regexp_matches(s, '^-|-$|^\(.*\)$');
-- Read a number whose decimal mark is a point; a comma is taken for one where it cannot part thousands.
CREATE MACRO pointed(u) AS CASE
    WHEN regexp_full_match(u, '\d+\.?|\d*\.\d+') THEN u
    WHEN regexp_full_match(u, '[1-9]\d{{0,2}}(,\d{{3}})+(\.\d*)?') THEN replace(u, ',', '')
    WHEN regexp_full_match(u, '[1-9]\d{{0,2}}(\.\d{{3}})+,\d+|[1-9]\d{{0,2}}(\.\d{{3}}){{2,}}')
        THEN replace(replace(u, '.', ''), ',', '.')
    WHEN regexp_full_match(u, '\d*,\d+|\d+,') THEN replace(u, ',', '.') END;
CREATE MACRO magnitude(u, mark) AS CASE
    WHEN regexp_full_match(u, '\d+(\.\d+)?[eE][-+]?\d{{1,3}}') THEN TRY_CAST(TRY_CAST(u AS DOUBLE) AS DECIMAL(24, 6))
    WHEN mark = ',' THEN TRY_CAST(pointed(translate(u, ',.', '.,')) AS DECIMAL(24, 6))
    ELSE TRY_CAST(pointed(u) AS DECIMAL(24, 6)) END;
CREATE MACRO year_of(y, newest) AS CASE
    WHEN length(y) = 4 THEN TRY_CAST(y AS INTEGER)
    WHEN length(y) = 2 THEN TRY_CAST(y AS INTEGER) + CASE WHEN TRY_CAST(y AS INTEGER) <= newest THEN 2000 ELSE 1900 END END;
CREATE MACRO month_of(word) AS {_MONTH_CASE};
CREATE MACRO ymd(p, o, newest) AS CASE
    WHEN p.a = '' THEN NULL
    WHEN length(p.a) = 4 THEN {{y: TRY_CAST(p.a AS INTEGER), m: TRY_CAST(p.b AS INTEGER), d: TRY_CAST(p.c AS INTEGER)}}
    WHEN length(p.a) > 2 THEN NULL
    WHEN p.sep <> '.' AND o = 'mdy'
        THEN {{y: year_of(p.c, newest), m: TRY_CAST(p.a AS INTEGER), d: TRY_CAST(p.b AS INTEGER)}}
    ELSE {{y: year_of(p.c, newest), m: TRY_CAST(p.b AS INTEGER), d: TRY_CAST(p.a AS INTEGER)}} END;
CREATE MACRO day_of(x) AS TRY_CAST(printf('%04d-%02d-%02d', x.y, x.m, x.d) AS DATE);
"""  # noqa: E501


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How values are written, and what they are measured against."""

    today: date
    decimal: str = "."
    date_order: str = "dmy"
    currency: str = "EUR"
    time_zone: str = "Europe/Berlin"


def trimmed(column: str) -> str:
    """Trim a cell; one that begins and ends with a plain sign need not be looked at letter by letter."""
    plain = f"{column} >= '!' AND {column} < chr(127) AND right({column}, 1) BETWEEN '!' AND '~'"
    return f"CASE WHEN {plain} THEN {column} ELSE trim({column}, ' \t\r\n' || chr(160) || chr(8239) || chr(65279)) END"


def value_text(trimmed: str, kind: str) -> str:
    """Give NULL for a trimmed cell with nothing in it, or only what programs write where there is nothing."""
    words = NOTHING if kind in {TEXT, KEY} else _NO_VALUE
    return f"CASE WHEN {trimmed} = '' OR lower({trimmed}) IN ({', '.join(map(literal, words))}) THEN NULL ELSE {trimmed} END"  # noqa: E501


def key_text(text: str) -> str:
    """Write an identifier as it is meant: 17850.0 is 17850."""
    return rf"CASE WHEN regexp_full_match({text}, '\d+\.0+') THEN split_part({text}, '.', 1) ELSE {text} END"


def parsed(one: Field, texts: str, how: Reading) -> str:
    """Give the query that parses the texts of a field; `texts` is a query with one column, `text`, without repeats."""
    return {
        NUMBER: _numbers, MONEY: _numbers, MOMENT: _moments, DAY: _moments, CHOICE: _choices, EMAIL: _emails,
        CURRENCY: _currencies,
    }[one.type](one, texts, how)  # fmt: skip


def _numbers(one: Field, texts: str, how: Reading) -> str:
    other = _other_currency(how.currency) if one.type == MONEY else "NULL"
    return f"""
        WITH bared AS (SELECT text, bare(text) AS s FROM ({texts})),
        apart AS (SELECT text, s, CASE WHEN s NOT LIKE '-%-' THEN unsigned(s) END AS u FROM bared),
        seen AS (
            SELECT text, CASE WHEN is_minus(s) THEN -1 ELSE 1 END * magnitude(u, {literal(how.decimal)}) AS value,
                {other} AS other FROM apart)
        SELECT text,
            CASE WHEN other IS NULL AND abs(value) < {one.largest} THEN CAST(value AS {DECIMAL}) END AS value,
            CASE WHEN other IS NOT NULL THEN 'other_currency' WHEN value IS NULL THEN 'not_a_number'
                WHEN abs(value) >= {one.largest} THEN 'number_too_large' END AS code,
            CASE WHEN other IS NOT NULL THEN json_object('found', other, 'expected', {literal(how.currency)})
                WHEN value IS NULL THEN json_object('decimal', {literal(how.decimal)}) ELSE '{{}}' END AS detail,
            'refused' AS severity
        FROM seen"""


def _other_currency(own: str) -> str:
    """Give the SQL for the sign or code of a currency in `text` that is not ours, else NULL."""
    ours = [own.lower(), *(["euro"] if own == "EUR" else [])] + [sign for sign, codes in _SIGNS.items() if own in codes]
    found = (
        r"lower(regexp_extract(text, '(?i)[€$£¥]|\b(?:EUR|EURO|USD|GBP|CHF|PLN|CZK|SEK|DKK|NOK|HUF|JPY|CAD|AUD)\b'))"
    )
    return f"CASE WHEN {found} NOT IN ('', {', '.join(map(literal, ours))}) THEN upper({found}) END"


def _currencies(_one: Field, texts: str, how: Reading) -> str:
    words = [how.currency.lower(), *(["euro"] if how.currency == "EUR" else [])]
    words += [sign for sign, codes in _SIGNS.items() if how.currency in codes]
    ours = f"lower(text) IN ({', '.join(map(literal, words))})"
    return f"""
        SELECT text, CASE WHEN {ours} THEN {literal(how.currency)} END AS value,
            CASE WHEN NOT {ours} THEN 'other_currency' END AS code,
            json_object('found', left(upper(text), 20), 'expected', {literal(how.currency)}) AS detail,
            'refused' AS severity
        FROM ({texts})"""


def _choices(one: Field, texts: str, _how: Reading) -> str:
    whens = " ".join(
        f"WHEN lower(text) IN ({', '.join(literal(word.lower()) for word in (ours, *words))}) THEN {literal(ours)}"
        for ours, words in one.choices.items()
    )
    otherwise = literal(one.otherwise) if one.otherwise else "NULL"
    is_needed = one.required and not one.otherwise
    code, severity = ("choice_needed", "refused") if is_needed else ("unknown_choice", "flagged")
    return f"""
        SELECT text, coalesce(known, {otherwise}) AS value, CASE WHEN known IS NULL THEN '{code}' END AS code,
            json_object('field', {literal(one.name)}, 'taken', {otherwise},
                'known', {literal(", ".join(one.choices))}) AS detail,
            '{severity}' AS severity
        FROM (SELECT text, CASE {whens} END AS known FROM ({texts}))"""


def _emails(one: Field, texts: str, _how: Reading) -> str:
    good = rf"regexp_full_match(text, '[^@\s,;<>]+@[^@\s,;<>]+') AND length(text) <= {one.max_length}"
    return f"""
        SELECT text, CASE WHEN {good} THEN lower(text) END AS value,
            CASE WHEN NOT ({good}) THEN 'not_an_email' END AS code, '{{}}' AS detail, 'flagged' AS severity
        FROM ({texts})"""


def _moments(one: Field, texts: str, how: Reading) -> str:
    """
    Parse days with or without a time of day; what has no zone of its own is in the company's.

    `value` is the moment (a day alone begins at local midnight), `day` the local day.
    """
    newest, zone = how.today.year % 100 + 10, literal(how.time_zone)
    if one.past:
        newest = how.today.year % 100 + 1
    return f"""
        WITH parts AS ({_parts(texts, how, newest)}),
        timed AS (
            SELECT text, x, day_of(x) AS on_day,
                regexp_extract(rest, {literal(_TIME)}, ['h', 'mi', 's', 'half', 'zone']) AS t,
                trim(rest) = '' AS bare_day
            FROM parts),
        local AS (
            SELECT text, x, t.zone AS zone,
                CASE WHEN bare_day THEN CAST(on_day AS TIMESTAMP)
                    ELSE TRY_CAST(printf('%s %02d:%s:%s', CAST(on_day AS VARCHAR), {_HOUR}, t.mi,
                        CASE WHEN t.s = '' THEN '00' ELSE t.s END) AS TIMESTAMP) END AS naive
            FROM timed),
        moments AS (
            SELECT text, x, CASE
                WHEN naive IS NULL THEN NULL
                WHEN coalesce(zone, '') = '' THEN timezone({zone}, naive)
                WHEN zone IN ('Z', 'UTC', 'GMT') THEN timezone('UTC', naive)
                ELSE TRY_CAST(CAST(naive AS VARCHAR) || left(zone, 3) || ':' || right(zone, 2) AS TIMESTAMPTZ) END AS moment
            FROM local),
        dated AS (SELECT text, x, moment, CAST(timezone({zone}, moment) AS DATE) AS day FROM moments)
        SELECT text, CASE WHEN {_fits(one, how)} THEN moment END AS value, CASE WHEN {_fits(one, how)} THEN day END AS day,
            CASE WHEN moment IS NULL THEN 'not_a_date' WHEN year(day) < {one.earliest_year} THEN 'date_too_early'
                WHEN NOT ({_fits(one, how)}) THEN 'date_in_future' END AS code,
            json_object('order', {literal(how.date_order)}, 'did_you_mean', CASE WHEN moment IS NULL THEN {_suggestion(how)} END,
                'earliest_year', {one.earliest_year}, 'today', {literal(how.today.isoformat())}) AS detail,
            'refused' AS severity
        FROM dated"""  # noqa: E501


_HOUR = (
    "CASE WHEN t.half = '' THEN TRY_CAST(t.h AS INTEGER) "
    "ELSE TRY_CAST(t.h AS INTEGER) % 12 + CASE WHEN lower(left(t.half, 1)) = 'p' THEN 12 ELSE 0 END END"
)


def _fits(one: Field, how: Reading) -> str:
    latest = f"DATE {literal(how.today.isoformat())}" if one.past else "DATE '2200-01-01'"
    return f"moment IS NOT NULL AND year(day) >= {one.earliest_year} AND day <= {latest}"


def _parts(texts: str, how: Reading, newest: int) -> str:
    """Give the query that takes texts apart: year, month and day in `x`, and the `rest`, which may be a time of day."""
    serial = r"regexp_full_match(text, '[2-7]\d{4}([.,]\d+)?')"
    since_1899 = "(TIMESTAMP '1899-12-30' + to_seconds(CAST(round(TRY_CAST(replace(text, ',', '.') AS DOUBLE) * 86400) AS BIGINT)))"  # noqa: E501
    return rf"""
        WITH stripped AS (
            SELECT text, regexp_replace(text, '^[A-Za-zÄäÖöÜü]{{2,10}}\.?,? +(\d)', '\1') AS s FROM ({texts})),
        matched AS (
            SELECT text, s,
                regexp_extract(s, {literal(_DATE)}, ['a', 'sep', 'b', 'c', 'rest']) AS p,
                regexp_extract(s, {literal(_DAY_MONTH_NAME)}, ['d', 'm', 'y', 'rest']) AS n,
                regexp_extract(text, {literal(_MONTH_NAME_DAY)}, ['m', 'd', 'y', 'rest']) AS e
            FROM stripped)
        SELECT text, CASE
                WHEN p.a <> '' THEN ymd(p, {literal(how.date_order)}, {newest})
                WHEN n.d <> '' THEN {{y: TRY_CAST(n.y AS INTEGER), m: month_of(n.m), d: TRY_CAST(n.d AS INTEGER)}}
                WHEN e.d <> '' THEN {{y: TRY_CAST(e.y AS INTEGER), m: month_of(e.m), d: TRY_CAST(e.d AS INTEGER)}}
                WHEN regexp_matches(text, {literal(_COMPACT)}) THEN {{y: TRY_CAST(text[1:4] AS INTEGER),
                    m: TRY_CAST(text[5:6] AS INTEGER), d: TRY_CAST(text[7:8] AS INTEGER)}}
                WHEN {serial} THEN {{y: CAST(year({since_1899}) AS INTEGER), m: CAST(month({since_1899}) AS INTEGER),
                    d: CAST(day({since_1899}) AS INTEGER)}} END AS x,
            CASE WHEN p.a <> '' THEN p.rest WHEN n.d <> '' THEN n.rest WHEN e.d <> '' THEN e.rest
                WHEN {serial} AND length(text) > 5 THEN strftime({since_1899}, ' %H:%M:%S') ELSE '' END AS rest
        FROM matched"""


def _suggestion(how: Reading) -> str:
    """Give the SQL for the nearest date: the month's last day, or day and month the other way round."""
    sane = f"x.y BETWEEN 1900 AND {how.today.year + 20}"
    last = "last_day(make_date(x.y, x.m, 1))"
    return f"""CASE
        WHEN {sane} AND x.m BETWEEN 1 AND 12 AND x.d BETWEEN 29 AND 31 AND day_of(x) IS NULL THEN CAST({last} AS VARCHAR)
        WHEN {sane} AND x.m BETWEEN 13 AND 31 AND x.d BETWEEN 1 AND 12
            THEN CAST(day_of({{y: x.y, m: x.d, d: x.m}}) AS VARCHAR) END"""  # noqa: E501


def date_evidence(db: duckdb.DuckDBPyConnection, texts: str) -> dict[str, int]:
    """Count the texts that can only be day first, only month first, or either."""
    first, second = "TRY_CAST(p.a AS INTEGER)", "TRY_CAST(p.b AS INTEGER)"
    slashed = "p.a <> '' AND length(p.a) <= 2 AND p.sep <> '.'"
    query = f"""
        SELECT count(*) FILTER ({slashed} AND {first} BETWEEN 13 AND 31 AND {second} BETWEEN 1 AND 12) AS dmy,
            count(*) FILTER ({slashed} AND {second} BETWEEN 13 AND 31 AND {first} BETWEEN 1 AND 12) AS mdy,
            count(*) FILTER ({slashed} AND {first} BETWEEN 1 AND 12 AND {second} BETWEEN 1 AND 12
                AND {first} <> {second}) AS either
        FROM (SELECT regexp_extract(text, {literal(_DATE)}, ['a', 'sep', 'b', 'c', 'rest']) AS p FROM ({texts}))"""
    return dict(zip(("dmy", "mdy", "either"), db.execute(query).fetchone() or (0, 0, 0), strict=True))


def decimal_evidence(db: duckdb.DuckDBPyConnection, texts: str) -> dict[str, int]:
    """Count the texts whose decimal mark can only be a comma, or only a point."""
    query = rf"""
        SELECT count(*) FILTER (regexp_full_match(u, '\d*,(\d{{1,2}}|\d{{4,}})|0,\d+|\d{{1,3}}(\.\d{{3}})+,\d*|\d{{1,3}}(\.\d{{3}}){{2,}}')),
            count(*) FILTER (regexp_full_match(u, '\d*\.(\d{{1,2}}|\d{{4,}})|0\.\d+|\d{{1,3}}(,\d{{3}})+\.\d*|\d{{1,3}}(,\d{{3}}){{2,}}'))
        FROM (SELECT unsigned(bare(text)) AS u FROM ({texts}))"""  # noqa: E501
    return dict(zip((",", "."), db.execute(query).fetchone() or (0, 0), strict=True))


def options_of(options: dict[str, Any], *, today: date) -> Reading:
    """Take what is known about the file's values; what is not keeps its default."""
    return Reading(
        today=today,
        decimal="," if options.get("decimal") == "," else ".",
        date_order="mdy" if options.get("date_order") == "mdy" else "dmy",
        currency=str(options.get("currency") or "EUR").upper(),
        time_zone=str(options.get("time_zone") or "Europe/Berlin"),
    )
