"""How a cell is written for table programs: no signs, no grouping, and nothing that they would carry out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language

# `given` is a cell of somebody's own file, kept as it was: a number stays one, so that it can be read again.
UNITS = ("text", "given", "number", "ratio", "times", "cents", "share", "days", "day", "moment")
TEXTS = frozenset({"text", "given"})
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How a language separates cells, marks decimals and writes days."""

    delimiter: str
    decimal_mark: str
    day: str

    @staticmethod
    def of(language: str | None) -> "Dialect":
        return GERMAN if (language or "").startswith("de") else ENGLISH

    @staticmethod
    def here() -> "Dialect":
        """Give the dialect of the language at hand."""
        return Dialect.of(get_language())


GERMAN = Dialect(delimiter=";", decimal_mark=",", day="%d.%m.%Y")
ENGLISH = Dialect(delimiter=",", decimal_mark=".", day="%Y-%m-%d")


def cell_text(value: Any, *, unit: str, dialect: Dialect) -> str:
    """Write a cell; unknown is empty."""
    if value is None:
        return ""
    if unit in TEXTS:
        return str(value) if unit == "given" and _is_number(str(value)) else defused(str(value))
    if unit == "day":
        return str(value.strftime(dialect.day))
    if unit == "moment":
        return local(value).isoformat(sep=" ", timespec="seconds")
    return _number(value, unit=unit).replace(".", dialect.decimal_mark)


def defused(text: str) -> str:
    """Keep table programs from carrying out a text that looks like a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def local(at: datetime) -> datetime:
    """Give a moment by the company's clock."""
    return timezone.localtime(at) if timezone.is_aware(at) else at


def _is_number(text: str) -> bool:
    """Say whether a text is a number or a phone number: a sign and digits, grouped or not."""
    return "".join(text[1:].replace(".", "").replace(",", "").split()).isdigit()


def _number(value: Any, *, unit: str) -> str:
    if unit == "cents":
        return f"{float(value) / 100:.2f}"
    if unit == "share":
        return f"{float(value):.6f}"
    return str(int(value)) if float(value).is_integer() else str(float(value))
