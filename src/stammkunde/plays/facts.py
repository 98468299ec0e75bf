"""What hangs on facts: who was enrolled goes along, unless something may have left already."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stammkunde.outreach.models import Message
from stammkunde.plays.models import Enrolment
from stammkunde.store.facts import Hanging

_LEFT = Q(message__begun_at__isnull=False) | Q(message__state=Message.State.CLAIMED)

HANGING = (
    Hanging(model=Enrolment, column="customer", label=_("Participations"), hold=_LEFT),
    Hanging(model=Enrolment, column="contact_person", label=_("Participations"), hold=_LEFT),
)
