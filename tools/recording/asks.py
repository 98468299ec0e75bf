"""
Which pages are opened. Those without parameters are found in the URL map; the others have their samples here.

A sample whose name is unknown to a version is left out there, and `urls.txt` says that the name is gone.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count

from recording import addresses, aliases
from recording.visits import Ask, named

OF_CUSTOMERS = (
    "customer", "customer-edit", "customer-contact", "customer-write", "contact-person-new", "consent-record",
    "consent-withdraw", "preference-edit", "call", "customer-points",
)  # fmt: skip
PARTS_OF_CUSTOMERS = ("customer-orders", "customer-risk", "customer-timeline")
OTHERS = ("api", "chart-bundle")  # told by themselves
ROWS = {  # the page of a row: one of each kind that there is, told apart by these columns
    "contact-person-edit": ("ContactPerson", ()),
    "note-edit": ("Note", ()),
    "product": ("Product", ()),
    "import": ("Import", ("status", "layout")),
    "import-progress": ("Import", ("status",)),
    "message": ("Message", ("state", "channel", "purpose")),
    "template": ("Template", ("channel", "purpose")),
    "template-change": ("Template", ("channel",)),
    "template-gaps": ("Template", ("channel",)),
    "look": ("Look", ("is_understood",)),
    "print-run": ("PrintRun", ("state",)),
    "play": ("Play", ("kind", "status")),
    "segment": ("Segment", ("origin",)),
    "segment-edit": ("Segment", ("origin",)),
    "play-people": ("Play", ("status",)),
    "measure-brought": ("Brought", ()),
    "trial": ("Trial", ("plan",)),
    "trial-customers": ("Trial", ("plan",)),
    "staff-edit": ("Staff", ("role",)),
}
OF_MEASURES = ("measure", "measure-people", "measure-edit", "measure-trial", "measure-replay", "measure-change")
WORDED = {
    "guide": [(kind, language, form) for kind in ("risk", "birthday", "free") for language in ("de", "en")
              for form in ("sie", "du")],
    "play-ready-one": [("second-purchase",), ("rhythm",)],
    "imports-together": [("demo",)],
    "import-template": [("customers",), ("contact_persons",), ("products",), ("orders",), ("lines",), ("consents",)],
}  # fmt: skip
QUESTIONS: dict[str, list[dict[str, str]]] = {
    "overview": [
        {"period": "2025"}, {"period": "2026-Q2", "segment": "kind:company"}, {"period": "2026-10", "days": "90"},
    ],
    "products": [{"period": "2025"}, {"period": "2026-10", "segment": "kind:person"}, {"sort": "margin"}],
    "warnings": [{"state": "all"}, {"state": "aside"}, {"sort": "risk"}, {"level": "red"}],
    "customers": [
        {"q": "gart"}, {"stage": "at_risk", "sort": "at_risk"}, {"kind": "company", "sort": "revenue"},
        {"behind": "lost", "period": "2025"}, {"behind": "ideal"}, {"owner": "nobody", "level": "red"},
        {"months": "6", "sort": "silent"}, {"q": "nobody is called this"}, {"group": "1"},
    ],
    "segments": [{"state": "archived"}],
    "segment-new": [{"example": "lapsed"}, {"example": "halved"}, {"list": "country=DE"}],
    "today": [{"who": "all"}, {"who": "all", "shown": "40"}],
    "call-list": [{"who": "all"}],
    "time": [{"weeks": "12"}, {"who": "mine"}],
    "lost": [{"now": ""}],
    "ideal-customer": [{"now": ""}],
    "audit": [{"action": "export"}],
    "messages": [{"state": "refused"}],
    "templates": [{"archive": "1"}],
}  # fmt: skip
PARTS = ("customers", "lost", "ideal-customer", "overview-state")  # asked for by htmx as well


def customers() -> dict[str, Any]:
    """Choose the three customers that everything must work for."""
    every = aliases.model("Customer").objects.annotate(people=Count("contact_persons")).order_by("pk")
    wanted = {
        "consumer": every.filter(kind="person"),
        "company": every.filter(kind="company", people__gt=1),
        "alone": every.filter(kind="company", people=0),
    }
    return {name: found.first() for name, found in wanted.items()}


def every() -> list[Ask]:
    found = [*_plain(), *_asked(), *_of_customers(), *_of_rows(), *_of_measures(), *_worded()]
    return sorted((one for one in found if one), key=lambda one: one.title)


def _plain() -> Iterator[Ask | None]:
    for whole, entry in addresses.patterns():
        if "<" in whole or not entry.name or whole.startswith(OTHERS):
            continue
        if addresses.is_asked_by_get(entry.callback):
            yield named(entry.name)


def _asked() -> Iterator[Ask | None]:
    for name, questions in QUESTIONS.items():
        yield from (named(name, **one) for one in questions)
    yield from (named(name, fragment=True) for name in PARTS)


def _of_customers() -> Iterator[Ask | None]:
    for label, one in customers().items():
        if one is None:
            continue
        yield from (named(name, one.pk, label=label) for name in OF_CUSTOMERS)
        yield from (named(name, one.pk, label=label, fragment=True) for name in PARTS_OF_CUSTOMERS)
        yield named("customer", one.pk, label=label, risk="all")


def _of_rows() -> Iterator[Ask | None]:
    for name, (model, columns) in ROWS.items():
        seen: set[tuple[str, ...]] = set()
        rows = aliases.model(model).objects.order_by("pk")
        for row in rows if columns else rows[:1]:
            sort = tuple(str(getattr(row, column)) for column in columns)
            if sort not in seen:
                seen.add(sort)
                yield named(name, row.pk, label="-".join(sort) or "first")
    for row in aliases.model("Message").objects.filter(channel__in=["letter", "postcard"]).order_by("pk")[:2]:
        yield named("message-sheet", row.pk, label=row.channel)
        yield named("message-page", row.pk, 1, label=row.channel)
    for row in aliases.model("Segment").objects.exclude(name="").order_by("pk")[:1]:
        yield from (named("segment-why", row.pk, one.pk) for one in customers().values() if one)
    for row in aliases.model("Message").objects.filter(channel="email", content__has_key="text").order_by("pk")[:1]:
        yield named("message-mail", row.pk)
    for row in aliases.model("Line").objects.filter(kind="return").order_by("pk")[:1]:
        yield named("return", row.pk)


def _of_measures() -> Iterator[Ask | None]:
    """Ask for the pages of a measure in each state that there is."""
    seen: set[str] = set()
    for row in aliases.model("Play").objects.filter(kind="measure").order_by("pk"):
        if row.status not in seen:
            seen.add(row.status)
            yield from (named(name, row.pk, label=row.status) for name in OF_MEASURES)
            yield named("measure-step", row.pk, label=row.status, kind="message")


def _worded() -> Iterator[Ask | None]:
    for name, every_one in WORDED.items():
        yield from (named(name, *words) for words in every_one)
