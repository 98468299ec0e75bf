"""What hangs on facts: a call that took place, and what somebody is writing down, keep whom they are about."""

from django.utils.translation import gettext_lazy as _

from stammkunde.calls.models import Call, Draft
from stammkunde.store.facts import Hanging

HANGING = (
    Hanging(model=Call, column="customer", label=_("Calls")),
    Hanging(model=Call, column="contact_person", label=_("Calls")),
    Hanging(model=Draft, column="customer", label=_("Calls")),
)
