"""What hangs on facts: a message that may have left keeps whom it went to; what was only planned goes along."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stammkunde.outreach.models import AddressUse, Assignment, Message, Turn
from stammkunde.store.facts import GOES, Hanging

_LEFT = Q(begun_at__isnull=False) | Q(state=Message.State.CLAIMED)

HANGING = (
    Hanging(model=Message, column="customer", label=_("Messages"), hold=_LEFT),
    Hanging(model=Message, column="contact_person", label=_("Messages"), hold=_LEFT),
    Hanging(model=AddressUse, column="customer", label=_("Messages"), hold=GOES),
    Hanging(model=Turn, column="customer", label=_("Messages"), hold=GOES),
    # Whoever is compared stays, in either arm: to lose those left alone only would be taken for an effect.
    Hanging(model=Assignment, column="customer", label=_("Held out"), hold=Q(entered_at__isnull=False)),
)
