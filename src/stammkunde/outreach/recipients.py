"""
Who is written to at customers, on a channel and for a purpose: the one place where this is decided for all.

Campaigns, thanks, whoever writes by hand and the preview ask here; the rule is `customers.policy.choose`.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date

from stammkunde.customers import policy
from stammkunde.customers import queries as customers
from stammkunde.customers import wording as permissions
from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.customers.policy import Candidate, Chosen, Permission, Wanted
from stammkunde.customers.queries import Recipient
from stammkunde.outreach import channels
from stammkunde.outreach.models import MessageSettings, Undeliverable
from stammkunde.sales import queries as sales
from stammkunde.team import queries as team

Addressed = tuple[Recipient, str, str]  # who, which role, at which address


def wanted(*, purpose: str, role: str = "", to_several: bool = False) -> Wanted:
    """Say whom somebody wants to write to, within what the company allows."""
    most = MessageSettings.of(team.company()).cap_persons if to_several else 1
    return Wanted(purpose=purpose, role=role, most=most)


def choose(*, customer_ids: Collection[int], channel: str, whom: Wanted, today: date) -> dict[int, tuple[Chosen, ...]]:
    """Choose who is written to at each of these customers; the number of queries does not grow with them."""
    allowed = _allowed(customer_ids, channel, whom, today=today)
    return among(allowed, customer_ids=customer_ids, channel=channel, whom=whom)


def meant(*, recipients: Collection[Recipient], channel: str, whom: Wanted, today: date) -> dict[Recipient, Chosen]:
    """
    Choose who is written to where somebody certain may be meant, whose birthday it is for instance.

    Nobody else at a company is written to in her place; a private customer is, as it is she or her household.
    """
    ids = {customer_id for customer_id, _person in recipients}
    known, everybody = _everybody(_allowed(ids, channel, whom, today=today), ids, channel)
    return {
        (pk, person_id): _meant(everybody[pk], person_id, _is_firm(known[pk]), whom) for pk, person_id in recipients
    }


def _meant(some: list[Candidate], person_id: int | None, is_firm: bool, whom: Wanted) -> Chosen:
    own = [one for one in some if person_id is not None and one.person_id == person_id]
    chosen = policy.choose(own or some, is_firm=is_firm, wanted=whom)[0]
    if not own or chosen.is_allowed or is_firm:
        return chosen
    return policy.choose([one for one in some if one.person_id is None], is_firm=is_firm, wanted=whom)[0]


def _allowed(
    customer_ids: Collection[int], channel: str, whom: Wanted, *, today: date
) -> Mapping[Recipient, Permission]:
    return customers.permissions(
        customer_ids=customer_ids,
        channel=channels.get(channel).reaches,
        purpose=whom.purpose,
        buyers=sales.buyers(customer_ids=customer_ids),
        today=today,
    )


def reached(*, customer_ids: Collection[int], ways: Collection[str], purpose: str, today: date) -> dict[str, set[int]]:
    """Tell for several channels at which of these customers anybody may be written to, where something arrives."""
    known = Customer.objects.in_bulk(customer_ids)
    people = {one.pk: one for one in ContactPerson.objects.filter(customer__in=known)}
    named = {channels.get(name).reaches: name for name in ways}
    addresses: dict[str, list[tuple[int, str]]] = {name: [] for name in ways}
    allowed = customers.allowed(
        customer_ids=known, channels=named, purpose=purpose, buyers=sales.buyers(customer_ids=known), today=today
    )
    for (pk, person_id), reaches in allowed:
        person = people.get(person_id) if person_id else None
        if pk in known and (person_id is None or person):  # somebody may have come since
            address = channels.get(named[reaches]).address(known[pk], person)
            addresses[named[reaches]].append((pk, address))
    return {name: _arriving(name, some) for name, some in addresses.items()}


def _arriving(channel: str, addressed: Collection[tuple[int, str]]) -> set[int]:
    shut = {"", *_shut(channel, {address for _pk, address in addressed if address})}
    return {pk for pk, address in addressed if address not in shut}


def among(
    allowed: Mapping[Recipient, Permission], *, customer_ids: Collection[int], channel: str, whom: Wanted
) -> dict[int, tuple[Chosen, ...]]:
    """Choose who is written to where it is known of everybody whether they may be."""
    known, everybody = _everybody(allowed, customer_ids, channel)
    return {pk: policy.choose(some, is_firm=_is_firm(known[pk]), wanted=whom) for pk, some in everybody.items()}


def _everybody(
    allowed: Mapping[Recipient, Permission], customer_ids: Collection[int], channel: str
) -> tuple[dict[int, Customer], dict[int, list[Candidate]]]:
    """Give everybody at these customers who could be written to."""
    known = Customer.objects.in_bulk(customer_ids)
    everybody: dict[int, list[Candidate]] = {pk: [] for pk in known}
    for one, candidate in _candidates(list(_addressed(known, channel)), channel, allowed):
        everybody[one].append(candidate)
    return known, everybody


def _is_firm(customer: Customer) -> bool:
    return customer.kind == Customer.Kind.COMPANY


def words(chosen: Mapping[str, str], *, name: str, purpose: str) -> str:
    """Say who is written to and why: “Anna Weber, Einkauf: hat in Newsletter eingewilligt”."""
    role = str(ContactPerson.Role(chosen["role"]).label) if chosen["role"] in ContactPerson.Role.values else ""
    who = ", ".join(part for part in (name, role) if part)
    return f"{who}: {permissions.ground(chosen['reason'], purpose)}"


def _addressed(known: Mapping[int, Customer], channel: str) -> Iterator[Addressed]:
    way = channels.get(channel)
    for one in known.values():
        yield (one.pk, None), "", way.address(one, None)
    for person in ContactPerson.objects.filter(customer__in=known).order_by("pk"):
        address = way.address(known[person.customer_id], person)
        yield (person.customer_id, person.pk), person.role, address


def _candidates(
    found: list[Addressed], channel: str, allowed: Mapping[Recipient, Permission]
) -> Iterator[tuple[int, Candidate]]:
    shut = _shut(channel, {address for _who, _role, address in found if address})
    for who, role, address in found:
        if who in allowed:  # somebody may have come since
            reached_at = "" if address in shut else address
            yield who[0], Candidate(person_id=who[1], role=role, permission=allowed[who], address=reached_at)


def _shut(channel: str, addresses: Iterable[str]) -> set[str]:
    rows = Undeliverable.objects.filter(channel=channel, address__in=addresses)
    return set(rows.values_list("address", flat=True))
