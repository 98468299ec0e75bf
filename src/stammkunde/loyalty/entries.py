"""Points by hand that wait for a second person, on the work list of those who may agree."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from stammkunde.customers.models import Customer
from stammkunde.loyalty import listing
from stammkunde.loyalty.models import Proposal
from stammkunde.tasks.worklist import Asked, Entries, Item, Kind, Section, not_taken_up
from stammkunde.team import policy
from stammkunde.team.policy import Sight
from stammkunde.ui import writing

POINTS = Section(name="points", heading=gettext_lazy("Points that wait for a second person"), order=39, beside=True)
MOST = 3


def _rows(asked: Asked, _room: int) -> list[Item]:
    found = listing.waiting()
    if asked.owner:
        found = found.exclude(asked_by=asked.owner)
    some = list(found[:MOST])
    whose = Customer.objects.filter(source__in=[one.account.customer_source for one in some])
    customers = {one.source: one for one in whose}
    return not_taken_up([_item(one, customers, asked) for one in some], today=asked.today)


def _item(one: Proposal, customers: dict[str, Customer], asked: Asked) -> Item:
    customer = customers.get(one.account.customer_source)
    return Item(
        kind="points",
        key=f"points:{one.pk}:",
        under=POINTS,
        reason={"points": one.points, "by": str(one.asked_by), "because": one.reason},
        name=customer.name if customer else "",
        url=reverse("customer-points", args=[customer.pk]) if customer else reverse("points"),
        minutes=asked.lengths.least,
    )


def _again(proposal_id: int, asked: Asked) -> Item | None:
    return next((one for one in _rows(asked, MOST) if one.key == f"points:{proposal_id}:"), None)


def _words(item: Item, _sight: Sight) -> str:
    points = item.reason["points"]
    told = {"by": item.reason["by"], "n": writing.number(abs(points)), "because": item.reason["because"]}
    if points > 0:
        said = ngettext(
            "%(by)s wants to give %(n)s point: %(because)s", "%(by)s wants to give %(n)s points: %(because)s", points
        )
    else:
        said = ngettext(
            "%(by)s wants to take %(n)s point: %(because)s", "%(by)s wants to take %(n)s points: %(because)s", -points
        )
    return said % told


def _title(item: Item) -> str:
    return _("Agree to points for %(name)s, or refuse") % {"name": item.name}


ENTRIES = (
    Entries(
        name="points",
        order=29,
        kinds=(Kind(name="points", icon="gift", words=_words, title=_title, again=_again),),
        rows=_rows,
        right=policy.POINTS_AGREE,
    ),
)
