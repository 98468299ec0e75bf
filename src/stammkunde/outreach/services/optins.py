"""The mail that asks whether we may write (double opt-in): pulled from what customers are to be asked."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from stammkunde.customers import queries as customers
from stammkunde.customers import services as customers_services
from stammkunde.customers.models import Channel, OptIn, Purpose
from stammkunde.outreach import optin_mail
from stammkunde.outreach.services.planning import Plan, plan_messages
from stammkunde.team.models import Company

ORIGIN = "optin"


def plan_optins(*, company: Company, now: datetime) -> int:
    """
    Plan a mail for each question that waits, and tell how many; repeating is harmless.

    A question goes to the address that it was asked for: where the customer has another one by now, it may expire.
    """
    waiting = [one for one in customers.optins_to_send(now=now) if _is_the_address(one)]
    for optin in waiting:
        _plan(optin, company=company, now=now)
    return len(waiting)


def _is_the_address(optin: OptIn) -> bool:
    return customers.address(Channel.EMAIL, optin.customer, optin.contact_person) == optin.email


@transaction.atomic
def _plan(optin: OptIn, *, company: Company, now: datetime) -> None:
    language = customers.spoken(optin) or settings.LANGUAGE_CODE
    plan = Plan(
        customer_id=optin.customer_id,
        contact_person_id=optin.contact_person_id,
        channel="email",
        purpose=Purpose.SERVICE,
        key=f"{ORIGIN}:{optin.pk}:{optin.customer_id}:1:email",
        origin=ORIGIN,
        content=optin_mail.kept(optin, company=company, language=language),
        not_before_at=now,
        latest_at=optin.expires_at,
        language=language,
    )
    plan_messages([plan], now=now)
    customers_services.optin_taken(optin_id=optin.pk, leaves_by=now, taken_at=now)
