"""Control totals in words, as a shop or an ERP reports them: "does that agree with your own report?"."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from stammkunde.intake.models import Import
from stammkunde.intake.wording import kind_label
from stammkunde.ui import writing


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One sum of the whole file."""

    label: str
    text: str
    is_money: bool


@dataclass(frozen=True, kw_only=True)
class Part:
    """A share of it: a month, a state, a kind. `held…` is what the database has of that month."""

    label: str
    documents: int
    quantity: str
    net_cents: int | None
    gross_cents: int | None = None
    held: int | None = None
    held_cents: int | None = None
    rows: int | None = None  # of the file, where it was set aside


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What a file comes to; `origin` names whose documents the database's sums are about, once it is imported."""

    figures: list[Figure]
    months: list[Part]
    states: list[Part]
    kinds: list[Part]
    aside: list[Part]
    known: int  # documents that were there already
    origin: str

    @property
    def has_quantity(self) -> bool:
        return any(one.quantity != writing.UNKNOWN for one in self.months)

    @property
    def has_gross(self) -> bool:
        return any(one.gross_cents is not None for one in self.months)

    @property
    def is_more_held(self) -> bool:
        """Tell whether the database holds something else of a month than the file."""
        return any((one.held, one.held_cents) != (one.documents, one.net_cents) for one in self.months)


def of(incoming: Import) -> Sheet | None:
    """Word an import's control totals; None where it has none."""
    counts = incoming.counts.get("orders") or {}
    return sheet(incoming.totals, known=int(counts.get("changed", 0)) + int(counts.get("unchanged", 0)))


def sheet(totals: dict[str, Any], *, known: int = 0) -> Sheet | None:
    """Word the control totals of a check."""
    if not totals:
        return None
    held = totals.get("held") or {}
    of_months = {one["month"]: one for one in held.get("months", ())}
    return Sheet(
        figures=list(_figures(totals)) if "documents" in totals else [],
        months=[_month(one, of_months if held else None) for one in totals.get("months", ()) if one["month"]],
        states=[_part(one, kind_label(one["status"])) for one in totals.get("status", ())],
        kinds=[_part(one, kind_label(one["kind"])) for one in totals.get("kinds", ())],
        aside=[_aside(one) for one in totals.get("aside", ())],
        known=known,
        origin=held.get("origin", ""),
    )


def _figures(totals: dict[str, Any]) -> Iterator[Figure]:
    def number(label: str, name: str) -> Iterator[Figure]:
        if totals.get(name) is not None:
            yield Figure(label=label, text=_quantity(totals[name]), is_money=False)

    def money(label: str, name: str) -> Iterator[Figure]:
        if totals.get(name) is not None:
            yield Figure(label=label, text=writing.money(totals[name]), is_money=True)

    yield from number(_("Documents"), "documents")
    if totals.get("customers"):
        yield from number(_("Customers"), "customers")
    yield from number(_("Quantity"), "quantity")
    for one in totals.get("units", ()):
        label = _("Quantity, %(unit)s") % {"unit": one["unit"] or _("without a unit")}
        yield Figure(label=label, text=_quantity(one["quantity"]), is_money=False)
    yield from money(_("Net, without shipping"), "net")
    yield from money(_("Gross, without shipping"), "gross")
    yield from money(_("Discounts, taken off already"), "discount")
    if totals.get("returns"):
        yield from number(_("Lines of credit notes and returns"), "returns")
        yield from money(_("Credit notes and returns, taken off already"), "returned")
    yield from money(_("Shipping"), "shipping")


def _month(one: dict[str, Any], held: dict[str, Any] | None) -> Part:
    year, month = one["month"].split("-")
    there = (held or {}).get(one["month"], {})
    return Part(
        label=formats.date_format(date(int(year), int(month), 1), "F Y"),
        documents=one["documents"],
        quantity=_quantity(one["quantity"]),
        net_cents=one["net"],
        gross_cents=one["gross"],
        held=None if held is None else there.get("documents", 0),
        held_cents=None if held is None else there.get("net", 0),
    )


def _part(one: dict[str, Any], label: str) -> Part:
    return Part(
        label=label, documents=one["documents"], quantity=_quantity(one.get("quantity")), net_cents=one.get("net")
    )


def _aside(one: dict[str, Any]) -> Part:
    return Part(
        label=kind_label(one["kind"]),
        documents=one["documents"],
        quantity="",
        net_cents=one["cents"],
        rows=one["rows"],
    )


def _quantity(value: float | None) -> str:
    if value is None:
        return writing.UNKNOWN
    return writing.number(value, places=0 if value == round(value) else 2)
