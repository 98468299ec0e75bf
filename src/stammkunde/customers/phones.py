"""
Phone numbers as people write them: +49 (0)30 / 123-45, 0049 30 12345 and 030 12345 are one. Pure.

What is compared are the digits within a country, without the zeros in front: 3012345. The same number in two countries
is taken for one; whoever looks for it sees both. It is found without its area code, too: 1234567.
"""

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from stammkunde.customers import countries

if TYPE_CHECKING:
    import phonenumbers

HERE = "DE"  # where a number without a country is taken to be, unless the customer's country is known
# Calling codes, none of which begins another: +1, +49, +351
_CODE = "1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[0-9][0-9][0-9]"
_ABROAD = re.compile(r"\s*\(?(\+|00)")
_WRITTEN = re.compile(r"[\d\s()/.+\-–]+")
LEAST_DIGITS = 5  # fewer may be anything
LEAST_NUMBER = 10**LEAST_DIGITS
_AREAS = range(2, 6)  # so many digits may be an area code, where nothing is between it and the rest
# What is after the area code, where something is in between: +49 (0)30 / 123-45 → 123-45
_LOCAL = (
    rf"^\s*(?:\(?(?:\+|00)\s?(?:{_CODE})\)?)?[\s/.\-–]*(?:\(0\))?[\s(]*0?[0-9]{{1,5}}"
    r"[\s()/.\-–]*[\s()/.\-–]([0-9].*)"
)
_LOCALLY = re.compile(_LOCAL, re.ASCII)

_PLAIN_SQL = (  # `plain` in the engine of imports; {} is the column
    r"ltrim(CASE WHEN regexp_matches({}, '^\s*\(?(\+|00)') "
    r"THEN regexp_replace(ltrim(regexp_replace({}, '[^0-9]', '', 'g'), '0'), '^(" + _CODE + r")', '') "
    r"ELSE regexp_replace({}, '[^0-9]', '', 'g') END, '0')"
)


def plain(written: str) -> str:
    """Give the digits of a number within its country, without zeros in front; empty where there are none."""
    digits = re.sub("[^0-9]", "", written)
    if _ABROAD.match(written):
        digits = re.sub(f"^({_CODE})", "", digits.lstrip("0"))
    return digits.lstrip("0")


_LOCAL_SQL = f"regexp_replace(regexp_extract({{}}, '{_LOCAL}', 1), '[^0-9]', '', 'g')"
_SHORTER_SQL = ", ".join(
    f"CASE WHEN {_LOCAL_SQL} = '' AND length({_PLAIN_SQL}) >= {digits + LEAST_DIGITS} "
    f"THEN substr({_PLAIN_SQL}, {digits + 1}) END"
    for digits in _AREAS
)
SQL = (  # `words` in the engine of imports
    f"concat_ws(' ', nullif({_PLAIN_SQL}, ''), "
    f"CASE WHEN length({_LOCAL_SQL}) >= {LEAST_DIGITS} THEN {_LOCAL_SQL} END, {_SHORTER_SQL})"
)


def words(written: str) -> str:
    """Give what a number is found by: the whole, and without its area code; imports write the same in bulk."""
    whole, local = plain(written), _LOCALLY.match(written)
    parts = [re.sub("[^0-9]", "", local[1])] if local else [whole[digits:] for digits in _AREAS]
    return " ".join([*([whole] if whole else []), *(one for one in parts if len(one) >= LEAST_DIGITS)])


def typed(text: str) -> list[str]:
    """
    Give the beginnings of numbers that somebody may mean; none where what is typed is no number.

    Without a plus or zeros in front, the country's code may be among the digits: 49301234567.
    """
    digits = re.sub("[^0-9]", "", text)
    if len(digits) < LEAST_DIGITS or not _WRITTEN.fullmatch(text.strip()):
        return []
    return list(dict.fromkeys(found for found in (plain(text), plain(f"+{digits}")) if len(found) >= LEAST_DIGITS - 1))


def kept(written: str, *, country: str = "", home: str = HERE) -> str:
    """
    Write a number as it is kept, in E.164: +493012345.

    Empty where it is not plainly one number: with words or an extension, or without its area code. `home` is where a
    number is taken to be if its country is unknown.
    """
    digits = _SIGNS.sub("", _LABEL.sub("", written))
    region = countries.code(country) or home
    if region in _QUICK and (found := _QUICK[region].fullmatch(digits)) and len(found[1]) in _lengths(region):
        return f"+{_CALLING[region]}{found[1]}"
    return _kept(digits, region) if re.fullmatch(r"\+?\d+", digits) else ""


# Between digits, and what is not dialled from abroad: +49 (0)30
_SIGNS = re.compile(r"(?<=\d)[\s(]*\(0\)|[\s()/.\-–]+")
_LABEL = re.compile(r"^\s*(tel(efon)?|(tele)?phone|fon|mobile?|handy|t|m)\b[.:]*\s*", re.IGNORECASE)
# Most numbers by far need none of the tables of the world: here they begin with one zero, or with the country.
_CALLING = {"DE": "49", "AT": "43", "CH": "41"}
_QUICK = {region: re.compile(rf"(?:0|\+{code}|00{code})([1-9]\d+)") for region, code in _CALLING.items()}
_MOST_DIGITS = 15
_WITHOUT_ZERO = 9  # digits: fewer, and it is more likely the area code that is missing


@cache
def _lengths(region: str) -> frozenset[int]:
    """Give how many digits a number of a country may have."""
    import phonenumbers  # noqa: PLC0415 (as below)

    code, digits = int(_CALLING[region]), range(LEAST_DIGITS + 1, _MOST_DIGITS + 1)
    some = {one: phonenumbers.PhoneNumber(country_code=code, national_number=10 ** (one - 1)) for one in digits}
    return frozenset(one for one, number in some.items() if phonenumbers.is_possible_number(number))


def _kept(digits: str, region: str) -> str:
    import phonenumbers  # noqa: PLC0415 (as below)

    number = _read(digits, region)
    if number is None or number.national_number < LEAST_NUMBER:
        return ""
    is_whole = digits.startswith(("+", "0"))
    if not (phonenumbers.is_possible_number(number) if is_whole else phonenumbers.is_valid_number(number)):
        return ""
    has_zero = not is_whole and phonenumbers.ndd_prefix_for_region(region, True) == "0"
    if has_zero and len(str(number.national_number)) < _WITHOUT_ZERO:
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


@lru_cache(maxsize=10_000)
def e164(written: str, *, country: str = "") -> str:
    """Write a number as the whole world knows it, +491713920001; empty where it can be none."""
    import phonenumbers  # noqa: PLC0415 (its tables are large, and few need them)

    number = _read(written, country)
    if number is None or not phonenumbers.is_possible_number(number) or number.national_number < LEAST_NUMBER:
        return ""
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


@lru_cache(maxsize=10_000)
def is_mobile(written: str, *, country: str = "") -> bool:
    """Tell whether a number is one of mobile phones; where numbers do not tell (as in the USA), it may be."""
    import phonenumbers  # noqa: PLC0415 (as above)

    number = _read(written, country)
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return number is not None and phonenumbers.number_type(number) in kinds


def _read(written: str, country: str) -> "phonenumbers.PhoneNumber | None":
    import phonenumbers  # noqa: PLC0415 (as above)

    try:
        return phonenumbers.parse(written, countries.code(country) or HERE)
    except phonenumbers.NumberParseException:
        return None
