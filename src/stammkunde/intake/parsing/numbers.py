"""Numbers as people and programs write them: 1.234,50 €, 12,-, (5.00), 2 Stk, USt 7 %."""

from typing import Any

from stammkunde.intake.formats.engine import literal
from stammkunde.store.layouts import MONEY, Field

DECIMAL = "DECIMAL(18, 6)"  # what a number is kept as
SIGNS = {"€": ("EUR",), "£": ("GBP",), "¥": ("JPY", "CNY"), "$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD", "MXN")}
_CODES = "EURO?|USD|GBP|CHF|S?FR|PLN|CZK|SEK|DKK|NOK|HUF|JPY|CAD|AUD"
# Rates of VAT in Germany, Austria, Switzerland and their neighbours, today and in former years.
TAX_RATES = (
    0, 2.1, 2.5, 2.6, 3, 3.7, 3.8, 4, 5, 5.5, 6, 7, 7.6, 7.7, 8, 8.1, 9, 9.5, 10, 12, 13, 14, 15, 16, 17, 18, 19, 19.6,
    20, 21, 22, 23, 24, 25, 27,
)  # fmt: skip
_UNITS = (
    "stk", "stck", "st", "stück", "stueck", "pcs", "pc", "pce", "piece", "pieces", "ea", "each", "x", "×", "mal", "kg",
    "g", "gr", "mg", "t", "l", "ltr", "liter", "litre", "ml", "cl", "m", "cm", "mm", "km", "lfm", "qm", "m2", "m²",
    "cbm", "m3", "m³", "h", "std", "stunde", "stunden", "hour", "hours", "min", "tag", "tage", "day", "days", "monat",
    "monate", "month", "months", "karton", "kartons", "ktn", "krt", "kiste", "kisten", "pack", "pck", "packung",
    "packungen", "pkt", "paket", "pakete", "box", "boxes", "dose", "dosen", "flasche", "flaschen", "fl", "sack",
    "beutel", "palette", "paletten", "pal", "rolle", "rollen", "satz", "set", "sets", "paar", "pair", "pairs", "bund",
    "blatt", "bogen", "psch", "pauschal", "unit", "units", "einheit", "einheiten", "ve", "vpe",
)  # fmt: skip
_TAX_WORDS = "ust|mwst|mehrwertsteuer|umsatzsteuer|vat|tax|inkl|incl|zzgl|satz"
_NO_TAX = ("steuerfrei", "frei", "ohne", "exempt", "tax free", "reverse charge", "befreit")
_SIDES = r"(?i)[\d\s.,)-](h|haben|cr|s|soll|dr)\.?$"  # credit and debit, behind an amount

MACROS = rf"""
-- Divide whole numbers, rounding half away from zero.
CREATE MACRO ratio(n, d) AS CASE WHEN n >= 0 THEN (2 * n + d) // (2 * d) ELSE -((2 * -n + d) // (2 * d)) END;
-- Numbers are below a thousand million: their millionths are below 2 ** 53, so a double holds each of them exactly.
CREATE MACRO millionths(v) AS CAST(round(CAST(v AS DOUBLE) * 1000000) AS BIGINT);
CREATE MACRO micro(v) AS CAST(millionths(v) AS HUGEINT);
CREATE MACRO cents(v) AS CAST(ratio(millionths(v), 10000) AS BIGINT);
CREATE MACRO e4(v) AS CAST(ratio(millionths(v), 100) AS BIGINT);

-- Write digits and signs of other alphabets plainly; all dashes are a minus.
CREATE MACRO plainly(t) AS translate(t, '０１２３４５６７８９．，＋−–—‐‑‒－﹣', '0123456789.,+--------');
CREATE MACRO bare(t) AS regexp_replace(regexp_replace(regexp_replace(plainly(t),
    '(?i)\b({_CODES})\b\.?|^[*=]+|[*"]+$|[\s\x{{a0}}\x{{202f}}\x{{2009}}''’´`€$£¥"]', '', 'g'), '^\+', ''),
    '[.,]-{{1,2}}$', '');
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
    WHEN regexp_full_match(u, '\d+([.,]\d+)?[eE][-+]?\d{{1,3}}')
        THEN TRY_CAST(TRY_CAST(replace(u, ',', '.') AS DOUBLE) AS DECIMAL(24, 6))
    WHEN mark = ',' THEN TRY_CAST(pointed(translate(u, ',.', '.,')) AS DECIMAL(24, 6))
    ELSE TRY_CAST(pointed(u) AS DECIMAL(24, 6)) END;
CREATE MACRO is_tax_rate(v) AS v IN ({", ".join(map(str, TAX_RATES))});
"""


def parsed(one: Field, texts: str, how: Any) -> str:
    """Give the query that parses texts into numbers (`parsing.parsed`)."""
    value = f"CASE WHEN is_minus(s) THEN -1 ELSE 1 END * magnitude(u, {literal(how.decimal)})"
    value = f"{how.times} * {value}" if how.times != 1 else value
    other = "NULL"
    if one.type == MONEY:
        other = _other_currency(how.currency)
        value = f"{_side(how)} * {value}" if how.credit else value
    if one.name == "tax_rate":
        value = f"CASE WHEN lower(text) IN ({', '.join(map(literal, _NO_TAX))}) THEN 0 ELSE {_percent(value)} END"
    return f"""
        WITH seen AS (
            SELECT text, CAST({value} AS DECIMAL(24, 6)) AS value, {other} AS other FROM ({unsigned(one, texts)}))
        SELECT text,
            CASE WHEN other IS NULL AND abs(value) < {one.largest} THEN CAST(value AS {DECIMAL}) END AS value,
            CASE WHEN other IS NOT NULL THEN 'other_currency' WHEN value IS NULL THEN 'not_a_number'
                WHEN abs(value) >= {one.largest} THEN 'number_too_large' END AS code,
            CASE WHEN other IS NOT NULL THEN json_object('found', other, 'expected', {literal(how.currency)})
                WHEN value IS NULL THEN json_object('decimal', {literal(how.decimal)}) ELSE '{{}}' END AS detail,
            'refused' AS severity
        FROM seen"""


def unsigned(one: Field, texts: str) -> str:
    """Give the query that adds to each text what is left of it without words (`s`), and without its sign (`u`)."""
    return (
        "SELECT text, s, CASE WHEN s NOT LIKE '-%-' THEN unsigned(s) END AS u "
        f"FROM (SELECT text, bare({_figure(one)}) AS s FROM ({texts}))"
    )


def _figure(one: Field) -> str:
    """Give the SQL that takes away what may stand beside a figure of this kind."""
    if one.type == MONEY:
        return r"regexp_replace(text, '(?i)([\d.,)-])\s*(h|haben|cr|s|soll|dr)\.?$', '\1')"
    if one.name.endswith("quantity"):
        units = "|".join(_UNITS)
        return rf"regexp_replace(regexp_replace(text, '(?i)([\d.,])\s*({units})\.?$', '\1'), '(?i)^[x×]\s*(\d)', '\1')"
    if one.name == "tax_rate":
        return f"replace(regexp_replace(text, '(?i)({_TAX_WORDS})[.:-]?', '', 'g'), '%', '')"
    return "replace(text, '%', '')"


def _side(how: Any) -> str:
    """Give the SQL for the sign of an amount with its side: credit adds where `how.credit` is plus."""
    credit, debit = ("1", "-1") if how.credit == "plus" else ("-1", "1")
    side = f"lower(regexp_extract(text, {literal(_SIDES)}, 1))"
    return f"CASE WHEN {side} IN ('h', 'haben', 'cr') THEN {credit} WHEN {side} = '' THEN 1 ELSE {debit} END"


def sides(texts: str) -> str:
    """Give the query that counts the amounts on either side: credit, debit."""
    return (
        f"SELECT count(*) FILTER (side IN ('h', 'haben', 'cr')), count(*) FILTER (side IN ('s', 'soll', 'dr')) "
        f"FROM (SELECT lower(regexp_extract(text, {literal(_SIDES)}, 1)) AS side FROM ({texts}))"
    )


def _percent(value: str) -> str:
    """Give the SQL for a rate of VAT: no country has one below 1 %, so 0.19 and 1.19 are 19 %."""
    return f"""(SELECT CASE
        WHEN v > 0 AND v < 1 THEN v * 100
        WHEN v > 1 AND v < 1.3 AND NOT is_tax_rate(v) AND is_tax_rate((v - 1) * 100) THEN (v - 1) * 100
        ELSE v END FROM (SELECT {value} AS v))"""


def _other_currency(own: str) -> str:
    """Give the SQL for the sign or code of a currency in `text` that is not ours, else NULL."""
    ours = [own.lower(), *(["euro"] if own == "EUR" else []), *(["fr", "sfr"] if own == "CHF" else [])]
    ours += [sign for sign, codes in SIGNS.items() if own in codes]
    found = rf"lower(regexp_extract(text, '(?i)[€$£¥]|\b(?:{_CODES})\b'))"
    return f"CASE WHEN {found} NOT IN ('', {', '.join(map(literal, ours))}) THEN upper({found}) END"


def evidence(one: Field, texts: str) -> str:
    """
    Give the query that counts how the texts of a field are marked.

    `comma`, `point`: their decimal mark can only be this; `with_comma`, `with_point`: they read as thousands as well,
    or would be too large.
    """
    large = f"TRY_CAST(regexp_replace(u, '[.,]', '') AS DOUBLE) >= {one.largest}"
    comma = (
        r"regexp_full_match(u, '\d*,(\d{1,2}|\d{4,})|0+,\d+|\d{4,},\d{3}|\d{1,3}(\.\d{3})+,\d*|\d{1,3}(\.\d{3}){2,}')"
    )
    point = (
        r"regexp_full_match(u, '\d*\.(\d{1,2}|\d{4,})|0+\.\d+|\d{4,}\.\d{3}|\d{1,3}(,\d{3})+\.\d*|\d{1,3}(,\d{3}){2,}')"
    )
    return rf"""
        SELECT count(*) FILTER ({comma} OR with_comma AND {large}), count(*) FILTER ({point} OR with_point AND {large}),
            count(*) FILTER (with_comma), count(*) FILTER (with_point)
        FROM (SELECT u, regexp_full_match(u, {literal(EITHER.format(mark=","))}) AS with_comma,
            regexp_full_match(u, {literal(EITHER.format(mark="[.]"))}) AS with_point FROM ({unsigned(one, texts)}))"""


EITHER = r"[1-9]\d{{0,2}}{mark}\d{{3}}"  # 1.250 is 1250, or one and a quarter
