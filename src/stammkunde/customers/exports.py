"""
Records of consent with their proof, to take along: as a table, as JSON with everything as it is kept, or to print.

What is printed stands person by person under the company's name, ready to be handed to whoever asks for it.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from stammkunde.customers import permissions, wording
from stammkunde.customers.models import Consent, Customer
from stammkunde.team import queries as team
from stammkunde.team import taking
from stammkunde.team.access import StaffRequest
from stammkunde.ui import tables, typesetting, ways, writing
from stammkunde.ui.tables import Column

FORMATS = ("json", "pdf")  # beside those of every table
MOST_ON_PAPER = 1000  # records; that many are some 170 pages, set in three seconds


def chosen_format(given: Mapping[str, Any]) -> str:
    """
    Read which format somebody wants.

    :raises BadRequest: if there is no such format
    """
    return str(given["format"]) if given.get("format") in FORMATS else tables.chosen_format(given)


def consents(
    request: StaffRequest,
    records: QuerySet[Consent],
    *,
    form: str,
    now: datetime,
    customer: Customer | None = None,
    **about: str,
) -> HttpResponseBase:
    """
    Give records of consent with their proof, and record who took them along.

    `about` says in the trail whose they are, where it is not everything of one customer or of all.
    """
    rows = records.count()
    if form == "pdf" and rows > MOST_ON_PAPER:
        told = _("That would be %(n)s records, and at most %(most)s go into a PDF. Filter the list, or take a table.")
        messages.error(request, told % {"n": writing.number(rows), "most": writing.number(MOST_ON_PAPER)})
        return redirect(ways.back(request, default="customers"))
    whose: dict[str, Any] = {"thing_id": customer.pk, "label": customer.name} if customer else {}
    whose["thing"] = "customer" if customer else "consents"
    taking.note(request, action="consents.exported", now=now, rows=rows, **whose, **about)
    name = (_("consents"), customer.number if customer else "", timezone.localdate(now))
    some = records.iterator(chunk_size=2000)
    if form == "json":
        written = StreamingHttpResponse(_json(some, now=now), content_type="application/json")
        return tables.to_take_along(written, tables.file_name(*name, form=form))
    if form == "pdf":
        made = _pdf(list(some), by=request.user.name, now=now)
        printed = HttpResponse(made, content_type="application/pdf")
        return tables.to_take_along(printed, tables.file_name(*name, form=form))
    columns = _consent()
    return tables.answer(form=form, name=name, columns=columns, rows=tables.cells(columns, some))


def _json(records: Iterator[Consent], *, now: datetime) -> Iterator[str]:
    """Write everything as it is kept, for other programs: names and codes do not depend on the language."""
    written = DjangoJSONEncoder(ensure_ascii=False)
    head = written.encode({"company": team.company().name, "made_at": now})
    yield f'{head[:-1]}, "records": ['
    for number, one in enumerate(records):
        said = {
            "customer_number": one.customer.number,
            "customer_name": one.customer.name,
            **_said(one),
            "asked": _said(one.asked) if one.asked else None,
        }
        yield f"{',' if number else ''}\n{written.encode(said)}"
    yield "\n]}\n"


def _said(one: Consent) -> dict[str, Any]:
    columns = ("channel", "purpose", "state", "basis", "happened_at", "origin", "wording", "proof", "address")
    return {
        "contact_person": _person(one),
        **{name: getattr(one, name) for name in columns},
        "recorded_by": str(one.recorded_by or ""),
        "recorded_at": one.recorded_at,
    }


def _pdf(records: list[Consent], *, by: str, now: datetime) -> bytes:
    """Set records person by person, in the language of the page."""
    company = team.company()
    whose = groupby(
        sorted(records, key=lambda one: (one.customer.name, one.customer_id, _person(one), one.happened_at, one.pk)),
        key=lambda one: (one.customer_id, _person(one)),
    )
    data = {
        "language": translation.get_language() or "de",
        "title": _("Proof of consent"),
        "company": typesetting.clean(company.name),
        "foot": typesetting.lines(company.imprint),
        "made": _("Made on %(at)s by %(by)s") % {"at": writing.moment(now), "by": typesetting.clean(by)},
        "count": ngettext("%(n)s record", "%(n)s records", len(records)) % {"n": writing.number(len(records))},
        "page": _("Page"),
        "people": [_printed(list(some)) for _who, some in whose],
    }
    made = typesetting.pages("stammkunde.customers.paper", "proofs", "pdf", data)
    assert isinstance(made, bytes)
    return made


def _printed(records: list[Consent]) -> dict[str, Any]:
    first, columns = records[0], _consent()[len(_WHOSE) :]
    return {
        "name": typesetting.breakable(typesetting.clean(_person(first) or first.customer.name)),
        "of": typesetting.clean(
            " · ".join(one for one in (first.customer.name if _person(first) else "", first.customer.number) if one)
        ),
        "records": [[[label, text] for label, text in _facts(one, columns) if text] for one in records],
    }


def _facts(one: Consent, columns: list[Column]) -> Iterator[tuple[str, list[str]]]:
    for column in columns:
        value = column.value(one)
        yield str(column.label), typesetting.lines(writing.moment(value) if column.unit == "moment" else str(value))


def _person(one: Consent) -> str:
    return one.person_name or str(one.contact_person or one.person_source)


_WHOSE = ("customer.number", "customer.name", "person")


def _consent() -> list[Column]:
    return [
        Column(label=_("Customer number"), key="customer.number"),
        Column(label=_("Name"), key="customer.name"),
        Column(label=_("Contact person"), read=_person),
        Column(label=_("Channel"), read=lambda one: one.get_channel_display()),
        Column(label=_("Purpose"), read=lambda one: one.get_purpose_display()),
        Column(label=pgettext("of consent", "State"), read=lambda one: one.get_state_display()),
        Column(label=_("How"), read=lambda one: one.get_basis_display()),
        Column(label=_("When"), key="happened_at", unit="moment"),
        Column(label=_("Origin"), read=lambda one: wording.origin(one.origin)),
        Column(label=_("Wording"), key="wording"),
        Column(label=_("How it was asked"), read=lambda one: _proof(one.asked) if one.asked else ""),
        Column(label=_("Proof"), read=_proof),
        Column(label=pgettext("of consent", "Address"), key="address"),
        Column(label=_("Recorded by"), read=lambda one: str(one.recorded_by or "")),
        Column(label=_("Recorded"), key="recorded_at", unit="moment"),
    ]


def _proof(one: Consent) -> str:
    return "; ".join(f"{permissions.proof_name(name)}: {text}" for name, text in one.proof.items())
