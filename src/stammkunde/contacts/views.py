"""Writing down what was said with a customer, and taking it back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from stammkunde.contacts import services
from stammkunde.contacts.forms import ContactForm
from stammkunde.contacts.models import HAND, Contact
from stammkunde.customers.models import Customer
from stammkunde.team import policy
from stammkunde.team.access import StaffRequest, needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs(policy.CUSTOMERS_EDIT)
def add(request: StaffRequest, pk: int) -> HttpResponse:
    customer, now = get_object_or_404(Customer, pk=pk), timezone.now()
    form = ContactForm(request.POST or None, customer=customer, now=now)
    if request.method == "POST" and form.is_valid():
        contact = services.write_down(
            customer=customer,
            person=form.cleaned_data.get("contact_person"),
            said=form.said(staff=request.user),
            staff=request.user,
            now=now,
        )
        undo = reverse("contact-take-back", args=[contact.pk])
        messages.success(request, _("The contact is written down."), extra_tags=f"undo:{undo}")
        return redirect("customer", pk)
    back = reverse("customer", args=[pk])
    return render(request, "contacts/add.html", {"form": form, "customer": customer, "back": back})


@require_POST
@needs(policy.CUSTOMERS_EDIT)
def take_back(request: StaffRequest, pk: int) -> HttpResponse:
    contact = get_object_or_404(Contact.objects.filter(source__startswith=f"{HAND}:"), pk=pk)
    services.take_back(contact_id=contact.pk, staff=request.user, now=timezone.now())
    messages.success(request, _("The contact is taken back."))
    return redirect("customer", contact.customer_id)
