"""
Texts turned into values by the engine: numbers, days, moments, choices, e-mail addresses.

Each distinct text is parsed once. `parsed` gives a query with one row per text: the text, its value (NULL if it has
none), and `code`, `detail` (JSON text) and `severity` of what is wrong with it. `MACROS` must stand in the connection.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings

from stammkunde.intake.formats.engine import literal
from stammkunde.intake.parsing import dates, numbers
from stammkunde.intake.parsing.numbers import DECIMAL
from stammkunde.store.layouts import CHOICE, CURRENCY, DAY, EMAIL, KEY, MOMENT, MONEY, NUMBER, TEXT, Field

PARSED = (NUMBER, MONEY, MOMENT, DAY, CHOICE, EMAIL, CURRENCY)
# Characters that nobody sees, and letters and digits as wide as Chinese ones.
_UNSEEN = r"[\x{200b}\x{200e}\x{200f}\x{2060}\x{feff}\x{ad}]"
_WIDE = "".join(chr(0xFF01 + at) for at in range(94))
_TEXTS = rf"""
CREATE MACRO tidy(t) AS nfc_normalize(regexp_replace(t, '{_UNSEEN}', '', 'g'));
CREATE MACRO one_blank(t) AS trim(regexp_replace(t,
    '[\s\x{{a0}}\x{{2000}}-\x{{200a}}\x{{202f}}\x{{3000}}]+', ' ', 'g'));
CREATE MACRO key_of(t) AS one_blank(translate(tidy(t), {literal(_WIDE)}, {literal("".join(map(chr, range(33, 127))))}));
"""
MACROS = _TEXTS + numbers.MACROS + dates.MACROS

# What programs write where there is nothing.
NOTHING = ("nan", "null", "none", "<na>", "nat", "#n/a", "#n/v", "#nv", "n/a", "\\n")
_NO_VALUE = (*NOTHING, "-", "–", "—", "--", "?", "k.a.", "k. a.", "keine", "keine angabe", "unbekannt", "unknown", "na")


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How the values of a column are written, and what they are measured against."""

    today: date
    decimal: str = "."
    date_order: str = "dmy"
    credit: str = ""  # of amounts with a side (H and S): whether credit is plus or minus
    times: int = 1  # 100 where percent are written as fractions
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
    """Write an identifier as it is meant: 17850.0 is 17850, and what looks the same is the same."""
    plain = (
        rf"CASE WHEN regexp_full_match({text}, '\d+\.0+') THEN split_part({text}, '.', 1) ELSE ltrim({text}, '''') END"
    )
    return f"CASE WHEN {_is_odd(text)} THEN nullif(key_of(ltrim({text}, '''')), '') ELSE {plain} END"


def name_text(text: str, *, name: bool) -> str:
    """Write a text so that what looks the same is the same; of names, with one blank between words."""
    tidy = f"one_blank(tidy({text}))" if name else f"tidy({text})"
    odd = _is_odd(text) if name else f"strlen({text}) <> length({text})"
    return f"CASE WHEN {odd} THEN nullif({tidy}, '') ELSE {text} END"


def _is_odd(text: str) -> str:
    return f"strlen({text}) <> length({text}) OR contains({text}, '  ')"


def parsed(one: Field, texts: str, how: Reading) -> str:
    """Give the query that parses the texts of a field; `texts` is a query with one column, `text`, without repeats."""
    return {
        NUMBER: numbers.parsed, MONEY: numbers.parsed, MOMENT: dates.parsed, DAY: dates.parsed, CHOICE: _choices,
        EMAIL: _emails, CURRENCY: _currencies,
    }[one.type](one, texts, how)  # fmt: skip


def _currencies(_one: Field, texts: str, how: Reading) -> str:
    words = [how.currency.lower(), *(["euro"] if how.currency == "EUR" else [])]
    words += [sign for sign, codes in numbers.SIGNS.items() if how.currency in codes]
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


def options_of(options: dict[str, Any], *, today: date) -> Reading:
    """Take what is known about the file's values; what is not is as everywhere in the company."""
    return Reading(
        today=today,
        decimal="," if options.get("decimal") == "," else ".",
        date_order="mdy" if options.get("date_order") == "mdy" else "dmy",
        currency=str(options.get("currency") or settings.CURRENCY).upper(),
        time_zone=str(options.get("time_zone") or settings.TIME_ZONE),
    )


__all__ = [
    "DECIMAL",
    "MACROS",
    "NOTHING",
    "PARSED",
    "Reading",
    "key_text",
    "name_text",
    "options_of",
    "parsed",
    "trimmed",
    "value_text",
]
