"""Consent confirmed (double opt-in): the link shows what for, and one button says yes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from stammkunde.customers import links, queries, services, visitors
from stammkunde.customers.models import Consent, OptIn
from stammkunde.customers.services import Evidence, Recipient
from stammkunde.team import public


@public.by_link("confirm")
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    if request.method == "POST":
        return _act(request, token)
    return _show(request, services.find_optin(token=token))


def _act(request: HttpRequest, token: str) -> HttpResponse:
    if request.POST.get("act") == "again":
        optin = services.find_optin(token=token)
        again = _ask_again(optin)
        return _show(request, again, state="asked_again") if again else _show(request, optin)
    try:
        services.confirm_optin(token=token, now=timezone.now(), proof=visitors.proof(request))
    except (services.OptInExpired, services.OptInVoid):
        return _show(request, services.find_optin(token=token))
    return redirect(request.get_full_path())


def _ask_again(optin: OptIn) -> OptIn | None:
    """Ask the same question anew, at the address that we know now; None where nobody can be asked, or nothing."""
    now = timezone.now()
    asked = list(optin.asked.order_by("pk"))
    if asked[0].person_source and optin.contact_person_id is None:  # her row is gone; nobody else answers for her
        return None
    whose = Recipient(customer_id=optin.customer_id, contact_person_id=optin.contact_person_id)
    wordings = {(one.channel, one.purpose): one.wording for one in asked}
    evidence = Evidence(happened_at=now, origin=asked[0].origin, proof=asked[0].proof)
    try:
        return services.ask_optin(recipient=whose, wordings=wordings, evidence=evidence, now=now, staff=None)
    except (services.NothingToAsk, services.NoEmail):
        return None


def _show(request: HttpRequest, optin: OptIn, *, state: str = "") -> HttpResponse:
    asked = list(optin.asked.order_by("pk"))
    answers = list(Consent.objects.filter(asked__in=asked).order_by("pk"))
    context: dict[str, object] = {
        "state": state or queries.optin_state(optin, now=timezone.now()),
        "sentences": list(dict.fromkeys(one.wording for one in (answers or asked))),
        "confirmed_at": answers[0].happened_at if answers else None,
        "email": public.masked(optin.email),
        "expires_at": optin.expires_at,
        "preferences_url": _preferences(optin),
    }
    with public.speaking(request, queries.spoken(optin)):
        return public.show(request, "portal/optin.html", context)


def _preferences(optin: OptIn) -> str:
    version = links.link_version(optin.customer_id, optin.contact_person_id)
    return links.preferences_path(customer=optin.customer, contact_person=optin.contact_person, version=version)
