"""How numbers, money, days and pieces of pages are written in templates. All of it is built in: no `{% load %}`."""

import json
from datetime import date, datetime, time

from django import template
from django.template import Engine
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from stammkunde.ui import ways, writing
from stammkunde.ui.cards import Shown
from stammkunde.ui.icons import ICONS
from stammkunde.ui.lists import Cell, ListPage
from stammkunde.ui.middleware import BY_ITSELF

register = template.Library()


@register.filter
def euro(cents: object) -> str:
    return writing.money(cents)


@register.filter
def euro0(cents: object) -> str:
    return writing.money(cents, places=0)


@register.filter
def percent(share: object, places: int = 1) -> str:
    return writing.percent(share, places=places)


@register.filter
def number(value: object, places: int = 0) -> str:
    return writing.number(value, places=places)


@register.filter
def day(on: date | None) -> str:
    return writing.day(on)


@register.filter
def moment(at: datetime | None) -> str:
    return writing.moment(at)


@register.filter
def in_unit(value: object, unit: str) -> str:
    return writing.in_unit(value, unit)


@register.filter
def ago(then: date | None, now: date | None = None) -> str:
    """Say how long ago something is, exact on hover; the day to count from may be given."""
    if then is None:
        return writing.UNKNOWN
    exact = writing.moment(then) if isinstance(then, datetime) else writing.day(then)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', then.isoformat(), exact, writing.ago(then, now=_moment(now))
    )


@register.simple_tag
def icon(name: str, size: int = 18) -> SafeString:
    """Draw an icon; it is decoration, so the words beside it must say what it means."""
    drawing = ICONS[name]
    return mark_safe(  # noqa: S308 - our own drawings
        f'<svg class="icon icon-{name}" viewBox="0 0 24 24" width="{int(size)}" height="{int(size)}" fill="none" '
        f'stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" '
        f'aria-hidden="true" focusable="false">{drawing}</svg>'
    )


@register.simple_tag(takes_context=True)
def query_string(context: Context, **changes: object) -> str:
    """Write the page's GET parameters with some changed; None or "" takes one away."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        query.pop(key, None)
        if value not in (None, ""):
            query[key] = value
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag
def cells_of(listing: ListPage, row: object) -> list[Cell]:
    """Give the cells of a row of a list page."""
    return listing.cells(row)


@register.simple_tag
def row_address(listing: ListPage, row: object) -> str:
    """Give the address of a row's own page."""
    return listing.row_address(row)


@register.simple_tag(takes_context=True)
def card(context: Context, shown: Shown) -> SafeString:
    """Show a card with what its app gives to it; what stands on the page it finds, too."""
    with context.push(**shown.context):
        return Engine.get_default().get_template(shown.template).render(context)


@register.simple_tag(takes_context=True)
def come_back(context: Context) -> SafeString:
    """Let a form lead back to this page."""
    return _way(context["request"].get_full_path())


@register.simple_tag(takes_context=True)
def keep_way(context: Context) -> SafeString:
    """Let a form lead back to where this page was to lead back to."""
    return _way(ways.wanted(context["request"]))


def _way(address: str) -> SafeString:
    return format_html('<input type="hidden" name="{}" value="{}">', ways.FIELD, address)


@register.inclusion_tag("ui/nav_item.html", takes_context=True)
def nav_item(context: Context, url_name: str, icon_name: str, label: str, key: str = "") -> dict[str, object]:
    """Lead to a page of the navigation; where the page does not exist, show nothing."""
    try:
        url = reverse(url_name)
    except NoReverseMatch:
        return {"url": ""}
    path = context["request"].path
    current = path == url or (url != "/" and path.startswith(url))
    return {"url": url, "icon_name": icon_name, "label": label, "current": current, "key": key}


@register.simple_tag
def by_itself() -> SafeString:
    """Let a part of a page that asks every few seconds say so: it is no sign that somebody is there."""
    return format_html("hx-headers='{}'", mark_safe(json.dumps({BY_ITSELF: "1"})))  # noqa: S308 (ours)


@register.filter
def undo_url(message: object) -> str:
    """Give the address that takes an act back: `messages.success(…, extra_tags="undo:/tasks/7/undo/")`."""
    tags = (getattr(message, "extra_tags", "") or "").split()
    return next((tag.removeprefix("undo:") for tag in tags if tag.startswith("undo:")), "")


@register.filter
def unlocalized(value: object) -> str:
    """Write a number for the machine: no grouping, a point as decimal mark."""
    return str(value)


@register.filter
def phone(number: str) -> str:
    """Write a phone number for people."""
    return writing.phone(str(number))


@register.filter
def tel(phone: str) -> str:
    """Write a phone number as `tel:` wants it: digits, and a plus in front where there is one."""
    digits = "".join(sign for sign in str(phone).replace("(0)", "") if sign.isdecimal())
    return f"+{digits}" if str(phone).strip().startswith("+") else digits


@register.filter
def initials(name: str) -> str:
    """Shorten a name to one or two letters."""
    words = str(name).split()
    return (words[0][:1] + words[-1][:1] if len(words) > 1 else str(name)[:2]).upper()


def _moment(now: date | None) -> datetime:
    if isinstance(now, datetime):
        return now
    if now is not None:
        return timezone.make_aware(datetime.combine(now, time(12)))
    return timezone.now()
