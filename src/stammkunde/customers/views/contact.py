"""What customers allow and wish, written down by us."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from stammkunde.customers import queries, services, wording
from stammkunde.customers.forms import AskForm, ConsentForm, WishesForm, WithdrawalForm
from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.customers.policy import PROMOTIONAL
from stammkunde.customers.services import Evidence, Recipient
from stammkunde.customers.views.records import form_view
from stammkunde.team import policy
from stammkunde.team import queries as team
from stammkunde.team.access import StaffRequest, needs
from stammkunde.ui import given


@form_view
@needs(policy.CUSTOMERS_EDIT)
def record(request: StaffRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=pk)
    form = ConsentForm(request.POST or None, customer=customer, now=timezone.now(), initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        made = services.record_consent(
            recipient=form.recipient,
            cells=form.cells,
            basis=form.cleaned_data["basis"],
            evidence=form.evidence,
            now=timezone.now(),
            staff=request.user,
        )
        messages.success(request, _("Consent recorded.") if made else _("This was on record already."))
        return redirect("customer-contact", pk)
    lead = _("Without proof, consent is worth nothing: write down what was said, when and where.")
    return _form(request, form, customer, title=_("Record consent"), lead=lead)


@form_view
@needs(policy.CUSTOMERS_EDIT)
def withdraw(request: StaffRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=pk)
    initial = _initial(request) | {"purposes": [str(one) for one in PROMOTIONAL]}
    form = WithdrawalForm(request.POST or None, customer=customer, now=timezone.now(), initial=initial)
    if request.method == "POST" and form.is_valid():
        made = services.withdraw(
            recipient=form.recipient, cells=form.cells, evidence=form.evidence, now=timezone.now(), staff=request.user
        )
        messages.success(request, _("Recorded. It holds from now on.") if made else _("This was on record already."))
        return redirect("customer-contact", pk)
    lead = _("What is recorded for the customer as a whole holds for every contact person there.")
    return _form(request, form, customer, title=_("Record withdrawal or objection"), lead=lead)


@form_view
@needs(policy.CUSTOMERS_EDIT)
def ask(request: StaffRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=pk)
    form = AskForm(request.POST or None, customer=customer, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        problem = _ask(request, customer, form)
        if not problem:
            messages.success(request, _("The mail with the link to confirm will leave in a moment."))
            return redirect("customer-contact", pk)
        form.add_error("person", problem)
    lead = _("They get a mail with a link. Only the click on it makes it consent (double opt-in).")
    return _form(request, form, customer, title=_("Ask for consent by e-mail"), lead=lead)


def _ask(request: StaffRequest, customer: Customer, form: AskForm) -> str:
    """Ask, or say why it cannot be done."""
    now = timezone.now()
    language = queries.language(customer=customer, person=form.contact_person)
    with translation.override(language or translation.get_language()):
        wordings = {cell: wording.sentence(*cell, company=team.company().known_as) for cell in form.cells}
    evidence = Evidence(happened_at=now, origin=form.cleaned_data["origin"].strip())
    try:
        services.ask_optin(recipient=form.recipient, wordings=wordings, evidence=evidence, now=now, staff=request.user)
    except services.NoEmail:
        return _("There is no e-mail address. Add one first.")
    except services.NothingToAsk:
        return _("All of this has been confirmed already.")
    except services.Objected:
        return _("They have withdrawn or objected. They can allow it again themselves, on their preference page.")
    return ""


@form_view
@needs(policy.CUSTOMERS_EDIT)
def wishes(request: StaffRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=pk)
    person = _person(customer, request.GET.get("person", ""))
    preference = queries.preference(customer_id=pk, contact_person_id=person.pk if person else None)
    form = WishesForm(request.POST or None, instance=preference)
    if request.method == "POST" and form.is_valid():
        services.change_preference(
            recipient=_recipient(customer, person), fields=form.facts, changed_at=timezone.now(), staff=request.user
        )
        messages.success(request, _("Saved."))
        return redirect("customer-contact", pk)
    title = _("Contact preferences of %(name)s") % {"name": person or customer}
    lead = _("What they wish comes on top of what is lawful; it never allows more.")
    return _form(request, form, customer, title=title, lead=lead)


@require_POST
@needs(policy.CUSTOMERS_EDIT)
def revoke(request: StaffRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=pk)
    person = _person(customer, request.POST.get("person", ""))
    services.revoke_links(recipient=_recipient(customer, person), now=timezone.now(), staff=request.user)
    messages.success(request, _("The old links lead nowhere now. Here is a new one."))
    return redirect("customer-contact", pk)


def _person(customer: Customer, pk: str) -> ContactPerson | None:
    number = given.row(pk)
    return get_object_or_404(customer.contact_persons, pk=number) if number else None


def _recipient(customer: Customer, person: ContactPerson | None) -> Recipient:
    return Recipient(customer_id=customer.pk, contact_person_id=person.pk if person else None)


def _initial(request: StaffRequest) -> dict[str, Any]:
    """Take from the address whom and which way it is about."""
    chosen = {"person": request.GET.get("person"), "channels": request.GET.getlist("channel")}
    return {"happened_at": timezone.now()} | {name: value for name, value in chosen.items() if value}


def _form(request: StaffRequest, form: Any, customer: Customer, *, title: str, lead: str) -> HttpResponse:
    context = {
        "form": form,
        "page_title": title,
        "lead": lead,
        "customer": customer,
        "back": reverse("customer-contact", args=[customer.pk]),
    }
    return render(request, "customers/form.html", context, status=422 if form.errors else 200)
