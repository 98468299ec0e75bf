"""
Rows that are no records: totals, repeated headings, notes above and below; and rows that go on with the order above.

A total is told by its word where a key should stand, or with empty keys; or by arithmetic: it is what the rows above
come to. What is set aside is remarked by kind, and read like every other row where the option `keep_aside` says so.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import duckdb

from stammkunde.intake.check import problems
from stammkunde.intake.check.given import Mapped
from stammkunde.intake.check.result import ASIDE, FLAGGED
from stammkunde.intake.formats import Source, engine
from stammkunde.intake.formats.engine import literal
from stammkunde.intake.layouts import Layout
from stammkunde.intake.layouts.documents import PRODUCT_CATEGORY, PRODUCT_NAME
from stammkunde.intake.layouts.vocabulary import LINE_FIELDS
from stammkunde.store.layouts import KEY, MONEY, NUMBER

TOTAL, HEADING, NOTE, FILLED = KINDS = ("total", "heading", "note", "filled")
_FOOT_ROWS = 20  # what stands below the records is hardly longer
_FORMATS = {"csv", "excel"}  # what programs write for programs has no such rows
_OF_LINES = {one.name for one in (*LINE_FIELDS, PRODUCT_NAME, PRODUCT_CATEGORY)}

_WORDS = (
    r"(?:(?:end|gesamt|zwischen|teil|monats|jahres|tages|netto|brutto|seiten)?-?summen?|gesamt"
    r"|gesamt(?:betrag|umsatz|wert|anzahl|ergebnis)"
    r"|total|totals|totale|sub-?totals?|grand totals?|sums?|insgesamt|[üu]bertrag|saldo|anzahl|count|somme|[∑σ]|sigma)"
)
_EXACT = rf"(?i)[*=\-\s]*{_WORDS}\s*[:=]?[*=\-\s]*"
_MORE = (
    r"(?:\(?(?:eur|euro|€|netto|brutto|net|gross|ust|mwst|vat|umsatz|umsätze|betrag|beträge|sales|revenue|orders?|kunden?"
    r"|customers?|artikel|products?|rechnung(?:en)?|invoices?|bestellung(?:en)?|auftr[aä]ge?|positionen|monat|jahr|month|year"
    r"|januar|jänner|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember|january|february|march|may"
    r"|june|july|october|december|q[1-4]|kw|\d[\d.,/\s-]*)\b\)?[\s:.]*)+(?:\w+[\s:.]*){0,2}"
)
_LONGER = rf"(?i)[*=\-\s]*{_WORDS}[\s:]+(?:(?:aller|der|des|für|of|for|all|im|in)\s+)?{_MORE}"
_BEGINS = rf"(?i)[*=\-\s]*{_WORDS}[\s:].*"
_NOTES = (
    r"(?i)(?:(?:stand|erstellt|gedruckt|exportiert|druckdatum|seite|page|quelle|source|hinweise?|anmerkung(?:en)?|legende"
    r"|zeitraum|generated|printed|created|exported|alle (?:preise|beträge|angaben|werte)|all (?:prices|amounts|values)"
    r"|ende der liste|end of (?:report|list|file))\b.*|[*©].*|\d+ (?:datens|zeilen|eintr|kunden|positionen|rechnungen|"
    r"rows|records|entries|customers|items|orders).*)"
)
_RULED = r"[-=_*.+|\s]+"
_NUMBER_LIKE = r"[-+−(]?\s*(?:€|eur|\$)?\s*[\d.,'’\s]*\d[\d.,'’\s]*[-−)]?\s*(?:€|eur|%|\$)?|-?[\d.,]*,--?"
_AMOUNT = (
    "TRY_CAST(replace(regexp_replace(regexp_replace({0}, '[.,](\\d{{1,2}})\\D*$', '#\\1'), '[^0-9#-]', '', 'g'), "
    "'#', '.') AS DECIMAL(18, 2))"
)


def set_aside(
    db: duckdb.DuckDBPyConnection, source: Source, *, layout: Layout, fields: Sequence[Mapped], options: dict[str, Any]
) -> Source:
    """Remark the rows that are no records, and give the source without them."""
    given = [one for one in fields if one.place >= 0]
    if source.dialect.format not in _FORMATS or not given:
        return source
    kept = {part.strip() for part in str(options.get("keep_aside", "")).split(",")}
    key = _key(layout, given)
    names = ", ".join(map(literal, source.dialect.header))
    db.execute(f"CREATE TEMP TABLE heading AS SELECT [{names}] AS names")
    db.execute(f"CREATE TEMP TABLE seen AS {_seen_sql(source, key, given)}")
    foot = _foot_sql(db, source, key, given)
    db.execute(f"CREATE TEMP TABLE aside AS {_kinds_sql(key, given, foot=foot, is_of_orders=layout.documents)}")
    _prove(db, source)
    wanted = [kind for kind in (TOTAL, HEADING, NOTE) if not kept & {kind, "all"}]
    db.execute(f"DELETE FROM aside WHERE kind NOT IN ({_listed(wanted)})")
    remark = f"SELECT row, '', label, 'row_' || kind, NULL, '{ASIDE}' FROM aside"
    problems.add(db, remark)
    if engine.count(db, "SELECT count(*) FROM aside"):
        source = replace(source, table=f"(SELECT * FROM {source.table} WHERE row NOT IN (SELECT row FROM aside))")
    if layout.documents and not layout.spread and key is not None and not kept & {FILLED, "all"}:
        source = _filled(db, source, key, given)
    db.execute("DROP TABLE seen; DROP TABLE heading")
    return source


def _key(layout: Layout, given: Sequence[Mapped]) -> Mapped | None:
    """Name the column that tells rows apart."""
    keys = [one for one in given if one.field.type == KEY]
    needed = [one for one in keys if one.field.name in layout.required]
    return next(iter(needed or keys), None)


def _cell(place: int) -> str:
    return f"trim(c{place}, ' \t\u00a0')"


def _seen_sql(source: Source, key: Mapped | None, given: Sequence[Mapped]) -> str:
    """Give the query for the rows that may be none: without a key, with a word for one, with hardly anything else."""
    width = len(source.dialect.header)
    cells = ", ".join(_cell(place) for place in range(width))
    others = [one for one in given if one is not key]
    nothing_else = " AND ".join(f"{_cell(one.place)} = ''" for one in others) or "false"
    words = f"regexp_full_match({{0}}, {literal(_BEGINS)}) OR regexp_full_match({{0}}, {literal(_EXACT)})"
    ruled = f"regexp_full_match({_cell(0)}, {literal(_RULED)})"
    tests = ["bad IS NOT NULL", nothing_else, words.format(_cell(0)), ruled]
    heading = [f"{_cell(place)} = {literal(source.dialect.header[place])}" for place in range(min(width, 2))]
    tests.append(" AND ".join(heading))
    if key is not None:
        tests += [f"{_cell(key.place)} = ''", words.format(_cell(key.place)) if key.place else "false"]
    return (
        "SELECT row, cells, list_filter(cells, lambda x: x <> '') AS filled, filled[1] AS label "
        f"FROM (SELECT row, [{cells}] AS cells FROM {source.table} WHERE (bad IS NULL OR bad = 'row_width') "
        f"AND ({' OR '.join(f'({one})' for one in tests)})) WHERE len(filled) > 0"
    )


def _foot_sql(db: duckdb.DuckDBPyConnection, source: Source, key: Mapped | None, given: Sequence[Mapped]) -> str:
    """Give the SQL that tells what stands below all records: in a cell or two, and where a number should be, words."""
    if key is None or len(given) <= 2:
        return "false"
    bottom = f"SELECT count(*) FROM seen WHERE row > (SELECT max(row) FROM {source.table}) - {_FOOT_ROWS}"
    if not engine.count(db, bottom):
        return "false"
    cells = ", ".join(f"c{place}" for place in range(len(source.dialect.header)))
    records = (
        f"SELECT max(row) FROM {source.table} WHERE row NOT IN (SELECT row FROM seen) AND trim(concat({cells})) <> ''"
    )
    last = engine.row(db, records)[0] or 0
    said = f"cells[{key.place + 1}]"
    rest = " AND ".join(f"cells[{one.place + 1}] = ''" for one in given if one is not key)
    return (
        f"row > {last} AND len(filled) <= 2 AND {rest} AND ({said} = '' OR regexp_matches({said}, '\\w\\W*\\s+\\w|:'))"
    )


def _kinds_sql(key: Mapped | None, given: Sequence[Mapped], *, foot: str, is_of_orders: bool) -> str:
    """Give the query that says which kind each of them is; `maybe` are totals that arithmetic must prove."""
    at = key.place + 1 if key is not None else 0
    no_key = f"cells[{at}] = ''" if at else "true"
    is_key = f"(cells[{at}] = label OR {no_key})" if at else "len(texts) = 1"
    # "2";"records downloaded" is one note in two cells.
    is_note = f"(regexp_full_match(label, {literal(_NOTES)}) OR regexp_full_match(whole, {literal(_NOTES)}))"
    if key is not None and len(given) > 2:  # of a list of two columns, one may well be empty
        no_name = no_key if is_of_orders else "false"  # a customer without a number is refused, not overlooked
        is_note += f" OR ({no_name} OR len(string_split(label, ' ')) > 2) AND len(filled) = 1 AND len(texts) = 1"
    amounts = [one.place + 1 for one in given if one.field.type in (NUMBER, MONEY)]
    has_amount = " OR ".join(f"cells[{place}] <> ''" for place in amounts) or "len(filled) > len(texts)"
    # Goods may have the number "SIGMA"; a total has no name.
    has_no_name = "true" if is_of_orders else r"len(list_filter(texts, lambda x: NOT regexp_matches(x, '^\d'))) = 1"
    has_word = f"len(list_filter(texts, lambda x: regexp_full_match(x, {literal(_EXACT)}))) > 0"
    return f"""
        SELECT row, label, CASE
            WHEN list_aggregate(list_transform(filled, lambda x: regexp_full_match(x, {literal(_RULED)})), 'bool_and')
                THEN '{NOTE}'
            WHEN is_heading THEN '{HEADING}'
            WHEN {is_key} AND regexp_full_match(label, {literal(_EXACT)}) AND ({has_no_name}) THEN '{TOTAL}'
            WHEN {is_key} AND len(texts) = 1 AND regexp_full_match(label, {literal(_LONGER)}) THEN '{TOTAL}'
            WHEN {no_key} AND {bool(at)} AND {has_word} THEN '{TOTAL}'
            WHEN len(texts) = 1 AND label = texts[1] AND regexp_full_match(label, {literal(_BEGINS)}) THEN 'maybe'
            WHEN len(texts) = 0 AND {no_key} AND ({has_amount}) THEN 'maybe'
            WHEN len(filled) <= 2 AND ({is_note}) THEN '{NOTE}'
            WHEN {foot} THEN '{NOTE}'
        END AS kind
        FROM (
            SELECT *, array_to_string(filled, ' ') AS whole,
                list_filter(filled, lambda x: NOT regexp_full_match(lower(x), {literal(_NUMBER_LIKE)})) AS texts,
                len(filled) > 1 AND len(list_distinct(filled)) = len(
                    list_intersect(filled, (SELECT names FROM heading))) AS is_heading
            FROM seen)
        WHERE kind IS NOT NULL"""


def _prove(db: duckdb.DuckDBPyConnection, source: Source) -> None:
    """Take as totals those of which an amount is what the rows above, or those since the last total, come to."""
    if not engine.count(db, "SELECT count(*) FROM aside WHERE kind = 'maybe'"):
        return
    for place in range(len(source.dialect.header)):
        db.execute(f"""
            WITH told AS (
                SELECT row, {_AMOUNT.format(f"c{place}")} AS amount, row IN (
                    SELECT row FROM aside WHERE kind IN ('{TOTAL}', 'maybe')) AS may
                FROM {source.table} WHERE row NOT IN (SELECT row FROM aside WHERE kind IN ('{HEADING}', '{NOTE}'))),
            summed AS (
                SELECT row, amount, may, sum(CASE WHEN NOT may THEN amount END) OVER w AS above,
                    count(CASE WHEN NOT may THEN amount END) OVER w AS rows
                FROM told WINDOW w AS (ORDER BY row ROWS UNBOUNDED PRECEDING)),
            parted AS (
                SELECT *, above - coalesce(lag(above) OVER w, 0) AS part, rows - coalesce(lag(rows) OVER w, 0) AS parts
                FROM summed WHERE may WINDOW w AS (ORDER BY row))
            UPDATE aside SET kind = '{TOTAL}' WHERE kind = 'maybe' AND row IN (
                SELECT row FROM parted
                WHERE amount <> 0 AND (amount = above AND rows > 1 OR amount = part AND parts > 1))""")


def _filled(db: duckdb.DuckDBPyConnection, source: Source, key: Mapped, given: Sequence[Mapped]) -> Source:
    """Give rows that go on with the order above what stands in its first row only."""
    shared = sorted({one.place for one in given if one.field.name not in _OF_LINES})
    goods = [one.place for one in given if one.field.name in ("product_number", "product_name", "position")]
    same = " AND ".join(f"l.cells[{place + 1}] IN ('', trim(a.c{place}))" for place in shared if place != key.place)
    says = " OR ".join(f"l.cells[{place + 1}] <> ''" for place in goods) or "true"
    db.execute(f"""
        CREATE TEMP TABLE filled AS
        SELECT l.row, a.row AS anchor FROM seen l
        ASOF JOIN (SELECT * FROM {source.table} WHERE bad IS NULL AND {_cell(key.place)} <> '') a ON l.row > a.row
        WHERE l.cells[{key.place + 1}] = '' AND ({says}) AND {same or "true"}
            AND l.row NOT IN (SELECT row FROM aside)""")
    count, first = engine.row(db, "SELECT count(*), min(row) FROM filled")
    if not count:
        return source
    problems.add(db, f"SELECT {first}, '', '', 'row_filled', json_object('rows', {count}), '{FLAGGED}'")
    mended = ", ".join(f"CASE WHEN f.row IS NULL THEN s.c{place} ELSE a.c{place} END AS c{place}" for place in shared)
    return replace(
        source,
        table=f"(SELECT s.* REPLACE ({mended}) FROM {source.table} s LEFT JOIN filled f ON f.row = s.row "
        f"LEFT JOIN {source.table} a ON a.row = f.anchor)",
    )


def _listed(kinds: Sequence[str]) -> str:
    return ", ".join(map(literal, kinds)) or "''"
