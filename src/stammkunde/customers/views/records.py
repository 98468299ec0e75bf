"""Entering and changing customers, contact persons and notes."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stammkunde.customers import policy as customers_policy
from stammkunde.customers import resembling, services
from stammkunde.customers.forms import ContactPersonForm, CustomerForm, NoteForm
from stammkunde.customers.models import ContactPerson, Customer, Note
from stammkunde.team import drafts, policy
from stammkunde.team.access import StaffRequest, needs
from stammkunde.ui import given

REMOVED = "contact_person_removed"  # kept in the session, so that the last removal can be taken back
form_view = require_http_methods(["GET", "HEAD", "POST"])


@form_view
@needs(policy.CUSTOMERS_EDIT)
def new(request: StaffRequest) -> HttpResponse:
    form = CustomerForm(request.POST or None, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            customer = services.create_customer(fields=form.facts, now=timezone.now(), staff=request.user)
        except services.NumberTaken:
            form.add_error("number", _("This customer number is taken. Choose another one, or leave it empty."))
        else:
            messages.success(request, _("%(name)s has been added.") % {"name": customer})
            _hint(request, customer)
            return redirect("customer", customer.pk)
    hints = reverse("customers-resembling")
    return _form(request, form, title=_("Add customer"), back=reverse("customers"), hints=hints)


def _hint(request: StaffRequest, customer: Customer) -> None:
    """Say afterwards, too, whom the new customer resembles: who works without JavaScript has seen no hint."""
    said = {name: getattr(customer, name) for name in ("name", "email", "phone", "street", "postcode")}
    others = [one.customer.name for one in resembling.to(said) if one.customer != customer]
    if others:
        messages.info(request, _("Resembles: %(names)s.") % {"names": ", ".join(others)})


@form_view
@needs(policy.CUSTOMERS_EDIT)
def edit(request: StaffRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=pk)
    form = CustomerForm(request.POST or None, instance=customer, today=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        services.change_customer(customer_id=pk, fields=form.facts, now=timezone.now(), staff=request.user)
        messages.success(request, _("Saved."))
        return redirect("customer", pk)
    return _form(request, form, title=_("Edit customer"), back=reverse("customer", args=[pk]), customer=customer)


@form_view
@needs(policy.CUSTOMERS_EDIT)
def new_person(request: StaffRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=pk)
    form = ContactPersonForm(request.POST or None, today=timezone.localdate(), country=customer.country)
    if request.method == "POST" and form.is_valid():
        person = services.add_contact_person(customer_id=pk, fields=form.facts, now=timezone.now(), staff=request.user)
        messages.success(request, _("%(name)s has been added.") % {"name": person})
        return redirect("customer", pk)
    return _form(request, form, title=_("Add contact person"), back=reverse("customer", args=[pk]), customer=customer)


@form_view
@needs(policy.CUSTOMERS_EDIT)
def edit_person(request: StaffRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(ContactPerson.objects.select_related("customer"), pk=pk)
    country, today = person.customer.country, timezone.localdate()
    form = ContactPersonForm(request.POST or None, instance=person, today=today, country=country)
    back = reverse("customer", args=[person.customer_id])
    if request.method == "POST" and form.is_valid():
        services.change_contact_person(person_id=pk, fields=form.facts, now=timezone.now(), staff=request.user)
        messages.success(request, _("Saved."))
        return redirect(back)
    title = _("Edit contact person")
    return _form(
        request,
        form,
        title=title,
        back=back,
        customer=person.customer,
        remove=reverse("contact-person-remove", args=[pk]),
    )


@require_POST
@needs(policy.CUSTOMERS_EDIT)
def remove_person(request: StaffRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(ContactPerson, pk=pk)
    request.session[REMOVED] = services.remove_contact_person(person_id=pk, now=timezone.now(), staff=request.user)
    undo = reverse("contact-person-restore")
    messages.success(request, _("%(name)s has been removed.") % {"name": person}, extra_tags=f"undo:{undo}")
    return redirect("customer", person.customer_id)


@require_POST
@needs(policy.CUSTOMERS_EDIT)
def restore_person(request: StaffRequest) -> HttpResponse:
    kept = request.session.pop(REMOVED, None)
    if kept is None:
        messages.info(request, _("There is nothing to put back any more."))
        return redirect("customers")
    person = services.restore_contact_person(kept=kept, now=timezone.now(), staff=request.user)
    messages.success(request, _("%(name)s is back.") % {"name": person})
    return redirect("customer", person.customer_id)


@require_POST
@needs(policy.CUSTOMERS_EDIT)
def add_note(request: StaffRequest, pk: int) -> HttpResponse:
    customer = get_object_or_404(Customer, pk=pk)
    form = NoteForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The note is empty or longer than 4,000 characters. Write what was seen or heard."))
        drafts.refused(request)
        return redirect("customer", pk)
    person = given.row(request.POST.get("contact_person", ""))
    services.add_note(
        customer_id=pk,
        contact_person=get_object_or_404(customer.contact_persons, pk=person) if person else None,
        text=form.cleaned_data["text"],
        matters=request.POST.get("kind") == Note.Kind.MATTERS,
        now=timezone.now(),
        staff=request.user,
    )
    messages.success(request, _("Written down."))
    return redirect("customer", pk)


@form_view
@needs(policy.CUSTOMERS_EDIT)
def edit_note(request: StaffRequest, pk: int) -> HttpResponse:
    note = _own_note(request, pk)
    form = NoteForm(request.POST or None, instance=note)
    back = reverse("customer", args=[note.customer_id])
    if request.method == "POST" and form.is_valid():
        services.change_note(note_id=pk, text=form.cleaned_data["text"], staff=request.user, changed_at=timezone.now())
        messages.success(request, _("Saved."))
        return redirect(back)
    title, delete = _("Edit note"), reverse("note-delete", args=[pk])
    return _form(request, form, title=title, back=back, customer=note.customer, remove=delete)


@require_POST
@needs(policy.CUSTOMERS_EDIT)
def delete_note(request: StaffRequest, pk: int) -> HttpResponse:
    note = _own_note(request, pk)
    services.delete_note(note_id=pk, now=timezone.now(), staff=request.user)
    messages.success(request, _("The note has been deleted."))
    return redirect("customer", note.customer_id)


def _own_note(request: StaffRequest, pk: int) -> Note:
    note = get_object_or_404(Note.objects.select_related("customer"), pk=pk)
    if not customers_policy.may_change_note(request.user, note):
        raise PermissionDenied("only the author may change a note")
    return note


def _form(
    request: StaffRequest,
    form: Any,
    *,
    title: str,
    back: str,
    customer: Customer | None = None,
    remove: str = "",
    hints: str = "",
) -> HttpResponse:
    status = 422 if form.errors else 200
    context = {"form": form, "page_title": title, "back": back, "customer": customer, "remove": remove, "hints": hints}
    return render(request, "customers/form.html", context, status=status)
