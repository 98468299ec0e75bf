"""Days and moments as people and programs write them: 1.3.24, 02-Okt-25, 2024-12-31 23:30 CET, 1727877600, 45352."""

from typing import Any
from zoneinfo import available_timezones

import duckdb

from stammkunde.intake.formats.engine import literal
from stammkunde.store.layouts import Field

_MONTHS = {
    1: ("jan", "jän"), 2: ("feb",), 3: ("mar", "mär", "mrz", "mae"), 4: ("apr",), 5: ("mai", "may"), 6: ("jun",),
    7: ("jul",), 8: ("aug",), 9: ("sep",), 10: ("okt", "oct"), 11: ("nov",), 12: ("dez", "dec"),
}  # fmt: skip
_MONTH_CASE = "CASE " + " ".join(
    f"WHEN left(lower(word), 3) IN ({', '.join(map(literal, words))}) THEN {number}"
    for number, words in _MONTHS.items()
) + " END"  # fmt: skip
# Abbreviations of zones mean these hours, also where somebody forgot to put the clocks forward.
_ZONES = {
    "z": 0, "utc": 0, "gmt": 0, "ut": 0, "wet": 0, "cet": 1, "mez": 1, "bst": 1, "west": 1, "cest": 2, "mesz": 2,
    "eet": 2, "eest": 3, "msk": 3, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8,
    "pdt": -7,
}  # fmt: skip
# In one text, as a list of hundreds would be planned anew for each column; what is looked up has none of its signs.
_REGIONS = "|".join(
    ("", *sorted(one for one in available_timezones() if one.startswith(("Europe/", "Etc/", "America/"))), "")
)
_ZONE_CASE = "CASE " + " ".join(f"WHEN lower(zone) = '{name}' THEN {hours}" for name, hours in _ZONES.items()) + " END"

_WEEKDAY = r"(?i)^(mo|di|mi|do|fr|sa|so|tue|wed|thu|sun)[a-zäöü]*\.?,? +"
_NAME = r"([A-Za-zÄäÖöÜü]{3,9})"
_YEAR = r"(\d{4}|'?\d{2})"
_DATE = r"^(\d{1,4})([-./]) ?(\d{1,2})[-./] ?(\d{1,4})(.*)$"
_DAY_MONTH_NAME = rf"^(\d{{1,2}})[. -]+{_NAME}[., -]+{_YEAR}(\D.*)?$"
_MONTH_NAME_DAY = rf"^{_NAME}[. -]+(\d{{1,2}})(?:st|nd|rd|th)?[., -]+{_YEAR}(\D.*)?$"
_YEAR_MONTH_NAME = rf"^(\d{{4}})[. -]+{_NAME}[. -]+(\d{{1,2}})(\D.*)?$"
_COMPACT = r"^((?:19|20)\d\d)(\d\d)(\d\d)(?:[T ]?(\d\d)(\d\d)(\d\d)?(Z)?)?$"
_TIME = (
    r"^[T ,]*(?:(?:um|at) )?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*([AaPp]\.?[Mm]\.?)?(?:\s*Uhr)?\s*"
    r"\[?([A-Z][A-Za-z]+/[A-Za-z_]+|[A-Za-z]{1,4}|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d{2})?)?\]?(?:\s*\(.*\))?$"
)
_SERIAL = r"^[2-7]\d{4}([.,]\d+)?$"
_EPOCH = r"^1\d{9}(?:\d{3}|\d{6})?(?:\.\d+)?$"  # seconds since 1970 from 2001 to 2033, or thousandths, or millionths

MACROS = rf"""
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
CREATE MACRO named(n, newest) AS
    {{y: year_of(replace(n.y, '''', ''), newest), m: month_of(n.m), d: TRY_CAST(n.d AS INTEGER)}};
CREATE MACRO day_of(x) AS TRY_CAST(printf('%04d-%02d-%02d', x.y, x.m, x.d) AS DATE);
CREATE MACRO zone_hours(zone) AS {_ZONE_CASE};
-- Write an offset with two digits of hours: +2, GMT+0200, -05:30
CREATE MACRO zone_offset(zone) AS regexp_replace(regexp_replace(regexp_replace(
    zone, '(?i)^(utc|gmt)', ''), '^([+-])(\d)(\D|$)', '\10\2\3'), '^([+-]\d\d):?(\d\d)?$', '\1:\2');
CREATE MACRO epoch_of(t) AS CASE WHEN regexp_matches(t, '{_EPOCH}') THEN make_timestamptz(CAST(round(
    TRY_CAST(t AS DOUBLE) * 10 ** (16 - length(split_part(t, '.', 1)))) AS BIGINT)) END;
"""  # noqa: E501


def parsed(one: Field, texts: str, how: Any) -> str:
    """
    Give the query that parses days with or without a time of day; what has no zone of its own is in the company's.

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
            SELECT text, x, t.zone AS zone, zone_hours(t.zone) AS hours,
                CASE WHEN bare_day THEN CAST(on_day AS TIMESTAMP)
                    ELSE TRY_CAST(printf('%s %02d:%s:%s', CAST(on_day AS VARCHAR), {_HOUR}, t.mi,
                        CASE WHEN t.s = '' THEN '00' ELSE t.s END) AS TIMESTAMP) END AS naive
            FROM timed),
        moments AS (
            SELECT text, x, CASE
                WHEN epoch_of(text) IS NOT NULL THEN epoch_of(text)
                WHEN naive IS NULL THEN NULL
                WHEN coalesce(zone, '') = '' THEN timezone({zone}, naive)
                WHEN hours IS NOT NULL THEN timezone('UTC', naive) - to_hours(hours)
                WHEN contains(zone, '/') THEN CASE WHEN contains({literal(_REGIONS)}, '|' || zone || '|') THEN timezone(zone, naive) END
                ELSE TRY_CAST(CAST(naive AS VARCHAR) || rtrim(zone_offset(zone), ':') AS TIMESTAMPTZ) END AS moment
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


def _fits(one: Field, how: Any) -> str:
    latest = f"DATE {literal(how.today.isoformat())}" if one.past else "DATE '2200-01-01'"
    return f"moment IS NOT NULL AND year(day) >= {one.earliest_year} AND day <= {latest}"


def _parts(texts: str, how: Any, newest: int) -> str:
    """Give the query that takes texts apart: year, month and day in `x`, and the `rest`, which may be a time of day."""
    serial = f"regexp_matches(text, {literal(_SERIAL)})"
    since_1899 = "(TIMESTAMP '1899-12-30' + to_seconds(CAST(round(TRY_CAST(replace(text, ',', '.') AS DOUBLE) * 86400) AS BIGINT)))"  # noqa: E501
    clock = "CASE WHEN c.h = '' THEN '' ELSE printf(' %s:%s:%s %s', c.h, c.mi, CASE WHEN c.s = '' THEN '00' ELSE c.s END, c.z) END"  # noqa: E501
    return rf"""
        WITH stripped AS (SELECT text, regexp_replace(text, {literal(_WEEKDAY)}, '') AS s FROM ({texts})),
        matched AS (
            SELECT text, s,
                regexp_extract(s, {literal(_DATE)}, ['a', 'sep', 'b', 'c', 'rest']) AS p,
                regexp_extract(s, {literal(_DAY_MONTH_NAME)}, ['d', 'm', 'y', 'rest']) AS n,
                regexp_extract(s, {literal(_MONTH_NAME_DAY)}, ['m', 'd', 'y', 'rest']) AS e,
                regexp_extract(s, {literal(_YEAR_MONTH_NAME)}, ['y', 'm', 'd', 'rest']) AS f,
                regexp_extract(s, {literal(_COMPACT)}, ['y', 'm', 'd', 'h', 'mi', 's', 'z']) AS c
            FROM stripped)
        SELECT text, CASE
                WHEN p.a <> '' THEN ymd(p, {literal(how.date_order)}, {newest})
                WHEN n.d <> '' THEN named(n, {newest})
                WHEN e.d <> '' THEN named(e, {newest})
                WHEN f.d <> '' THEN named(f, {newest})
                WHEN c.d <> '' THEN {{y: TRY_CAST(c.y AS INTEGER), m: TRY_CAST(c.m AS INTEGER), d: TRY_CAST(c.d AS INTEGER)}}
                WHEN {serial} THEN {{y: CAST(year({since_1899}) AS INTEGER), m: CAST(month({since_1899}) AS INTEGER),
                    d: CAST(day({since_1899}) AS INTEGER)}} END AS x,
            CASE WHEN p.a <> '' THEN p.rest WHEN n.d <> '' THEN n.rest WHEN e.d <> '' THEN e.rest
                WHEN f.d <> '' THEN f.rest WHEN c.h <> '' THEN {clock}
                WHEN {serial} AND length(text) > 5 THEN strftime({since_1899}, ' %H:%M:%S') ELSE '' END AS rest
        FROM matched"""  # noqa: E501


def _suggestion(how: Any) -> str:
    """Give the SQL for the nearest date: the month's last day, or day and month the other way round."""
    sane = f"x.y BETWEEN 1900 AND {how.today.year + 20}"
    last = "last_day(make_date(x.y, x.m, 1))"
    return f"""CASE
        WHEN {sane} AND x.m BETWEEN 1 AND 12 AND x.d BETWEEN 29 AND 31 AND day_of(x) IS NULL THEN CAST({last} AS VARCHAR)
        WHEN {sane} AND x.m BETWEEN 13 AND 31 AND x.d BETWEEN 1 AND 12
            THEN CAST(day_of({{y: x.y, m: x.d, d: x.m}}) AS VARCHAR) END"""  # noqa: E501


EITHER = r"^(\d{1,2})[-/] ?(\d{1,2})[-/] ?(\d{4}|\d{2})"


def evidence(db: duckdb.DuckDBPyConnection, one: Field, texts: str, how: Any) -> tuple[int, int, int, int]:
    """
    Count the texts that can only be day first, only month first, or either; and those with points, which begin with the
    day.

    What would lie in the future when read one way, and must not, can only be the other.
    """
    first, second, year = "TRY_CAST(p.a AS INTEGER)", "TRY_CAST(p.b AS INTEGER)", "TRY_CAST(p.c AS INTEGER)"
    slashed = "p.a <> '' AND length(p.a) <= 2 AND p.sep <> '.'"
    both = f"{slashed} AND {first} BETWEEN 1 AND 12 AND {second} BETWEEN 1 AND 12 AND {first} <> {second}"
    ahead = f"length(p.c) = 4 AND {year} = {how.today.year} AND %s * 100 + %s > {how.today.month * 100 + how.today.day}"
    only_day = f"{ahead % (first, second)} AND NOT ({ahead % (second, first)})" if one.past else "false"
    only_month = f"{ahead % (second, first)} AND NOT ({ahead % (first, second)})" if one.past else "false"
    found = db.execute(f"""
        SELECT count(*) FILTER ({slashed} AND {first} BETWEEN 13 AND 31 AND {second} BETWEEN 1 AND 12
                OR {both} AND {only_day}),
            count(*) FILTER ({slashed} AND {second} BETWEEN 13 AND 31 AND {first} BETWEEN 1 AND 12
                OR {both} AND {only_month}),
            count(*) FILTER ({both}), count(*) FILTER (p.sep = '.' AND length(p.a) <= 2)
        FROM (SELECT regexp_extract(text, {literal(_DATE)}, ['a', 'sep', 'b', 'c', 'rest']) AS p FROM ({texts}))
        """).fetchone()  # fmt: skip
    return found or (0, 0, 0, 0)
