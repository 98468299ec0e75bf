"""How numbers, money and time are written in the language of the page. Unknown is a dash, never a zero."""

import re
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.utils import formats, timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

UNKNOWN = "–"
SPACE = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
GERMAN_MARKS = str.maketrans(",.", ".,")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_E164 = re.compile(r"\+[1-9]\d{6,14}")
SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "CHF": "CHF"}


def number(value: object, *, places: int = 0) -> str:
    """Write a number with grouped thousands and so many places after the decimal mark."""
    exact = _decimal(value)
    if exact is None:
        return UNKNOWN
    rounded = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{abs(rounded):,.{places}f}"  # twice as quick as the general way
    if _german():
        text = text.translate(GERMAN_MARKS)
    return f"{MINUS}{text}" if rounded < 0 else text


def money(amount_cents: object, *, places: int = 2) -> str:
    """Write cents as an amount in the installation's currency."""
    exact = _decimal(amount_cents)
    if exact is None:
        return UNKNOWN
    text = number(exact / 100, places=places)
    symbol = SYMBOLS.get(settings.CURRENCY, settings.CURRENCY)
    if _german() or len(symbol) > 1:
        return f"{text}{SPACE}{symbol}"
    return f"{MINUS}{symbol}{text[1:]}" if text.startswith(MINUS) else f"{symbol}{text}"


def phone(written: str) -> str:
    """Write a phone number that is kept in E.164 for people: +49 30 1234567; any other as it stands."""
    if not _E164.fullmatch(written):
        return written
    import phonenumbers  # noqa: PLC0415 (pages without numbers need no tables)

    try:
        number = phonenumbers.parse(written)
    except phonenumbers.NumberParseException:
        return written
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def percent(share: object, *, places: int = 1) -> str:
    """Write a share of 0 to 1 in percent."""
    exact = _decimal(share)
    if exact is None:
        return UNKNOWN
    text = number(exact * 100, places=places)
    return f"{text}{SPACE}%" if _german() else f"{text}%"


def day(on: date | None) -> str:
    """Write a day: 21.11.2026, or 21 Nov 2026 in English."""
    if on is None:
        return UNKNOWN
    local = _local(on)
    if _german():
        return f"{local.day:02}.{local.month:02}.{local.year:04}"
    return f"{local.day} {MONTHS[local.month - 1]} {local.year:04}"


def moment(at: datetime | None) -> str:
    """Write a moment in the company's time zone: 21.11.2026, 14:05."""
    if at is None:
        return UNKNOWN
    return f"{day(at)}, {formats.date_format(_local(at), 'H:i')}"


def in_unit(value: Any, unit: str) -> str:
    """Write a cell of a table, where there is little room: by one of the units of `ui.tables`."""
    if unit in {"text", "given"}:
        return UNKNOWN if value in (None, "") else str(value)
    if unit == "cents":
        return money(value, places=0)
    if unit == "share":
        return percent(value, places=0)
    if unit == "day":
        return day(value)
    return moment(value) if unit == "moment" else number(value, places=1 if unit in {"times", "ratio"} else 0)


def ago(then: date, *, now: datetime) -> str:
    """Say how long ago (or ahead) something is, as people say it."""
    if isinstance(then, datetime) and abs(now - then) < timedelta(hours=1):
        return _minutes(int((now - then).total_seconds() // 60))
    days = (_on(now) - _on(then)).days
    if isinstance(then, datetime) and days == 0:
        return formats.date_format(_local(then), "H:i")
    return _past(days) if days >= 0 else _future(-days)


def _minutes(minutes: int) -> str:
    if minutes < 0:
        return ngettext("in %(n)s minute", "in %(n)s minutes", -minutes) % {"n": -minutes}
    if minutes == 0:
        return _("just now")
    return ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes) % {"n": minutes}


def _past(days: int) -> str:
    if days < 2:
        return _("yesterday") if days else _("today")
    if days < 60:
        return _("%(n)s days ago") % {"n": days}
    if days < 730:
        return _("%(n)s months ago") % {"n": round(days / 30.44)}
    return _("%(n)s years ago") % {"n": number(days / 365.25, places=0)}


def _future(days: int) -> str:
    if days == 1:
        return _("tomorrow")
    if days < 60:
        return _("in %(n)s days") % {"n": days}
    if days < 730:
        return _("in %(n)s months") % {"n": round(days / 30.44)}
    return _("in %(n)s years") % {"n": number(days / 365.25, places=0)}


def _decimal(value: object) -> Decimal | None:
    if value is None or value == "":
        return None
    try:
        exact = Decimal(str(value))
    except InvalidOperation:
        return None
    return exact if exact.is_finite() else None


def _german() -> bool:
    return (get_language() or "").startswith("de")


def _local(when: date) -> date:
    return timezone.localtime(when) if isinstance(when, datetime) and timezone.is_aware(when) else when


def _on(when: date) -> date:
    local = _local(when)
    return local.date() if isinstance(local, datetime) else local
