"""
Unsubscribing with one click.

Mail programs post `List-Unsubscribe=One-Click` to the address in the mail's header (RFC 8058): without cookies, maybe
twice, maybe years later. People get a page with a button.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from stammkunde.customers import links, policy, queries, services, visitors, wording
from stammkunde.customers.links import Subscription
from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.customers.services import Evidence, Recipient
from stammkunde.team import public
from stammkunde.ui.links import BadLink

ONE_CLICK = "One-Click"


@public.by_link("unsubscribe")
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    link = links.read_unsubscribe(token)
    if link.customer_id == links.NOBODY:
        return visitors.tried(request)
    try:
        customer, person = visitors.recipient(link.customer_id, link.contact_person_id)
    except BadLink:  # whoever is gone gets no more mail
        with public.speaking(request):
            return public.show(request, "portal/unsubscribed.html", {"is_gone": True})
    if request.method == "POST":
        return _end(request, link)
    return _show(request, link, customer, person)


def _end(request: HttpRequest, link: Subscription) -> HttpResponse:
    one_click = request.POST.get("List-Unsubscribe") == ONE_CLICK
    everything = request.POST.get("what") == "all" and not link.is_revoked
    purposes = policy.PROMOTIONAL if everything else [link.purpose]
    now = timezone.now()
    services.withdraw(
        recipient=Recipient(customer_id=link.customer_id, contact_person_id=link.contact_person_id),
        cells=[(link.channel, str(purpose)) for purpose in purposes],
        evidence=Evidence(
            happened_at=now,
            origin=wording.ONE_CLICK if one_click else wording.UNSUBSCRIBE_PAGE,
            proof=visitors.proof(request),
        ),
        now=now,
        staff=None,
    )
    return HttpResponse("OK", content_type="text/plain") if one_click else redirect(request.get_full_path())


def _show(request: HttpRequest, link: Subscription, customer: Customer, person: ContactPerson | None) -> HttpResponse:
    said = queries.blocked_purposes(customer=customer, person=person, channel=link.channel)
    is_done = link.purpose in said
    with visitors.speaking(request, customer, person):
        context = {
            "what": wording.purpose_name(link.purpose),
            "how": wording.how(link.channel),
            "is_all_done": said.issuperset(policy.PROMOTIONAL),
            "preferences_url": "" if link.is_revoked else _preferences(customer, person),
        }
        return public.show(request, f"portal/unsubscribe{'d' if is_done else ''}.html", context)


def _preferences(customer: Customer, person: ContactPerson | None) -> str:
    version = links.link_version(customer.pk, person.pk if person else None)
    return links.preferences_path(customer=customer, contact_person=person, version=version)
