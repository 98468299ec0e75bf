"""What hangs on facts: figures and warnings were derived from them, and go along."""

from django.utils.translation import gettext_lazy as _

from stammkunde.signals.models import CustomerSignal, EarlyWarning, StageChange
from stammkunde.store.facts import GOES, Hanging

HANGING = (
    Hanging(model=CustomerSignal, column="customer", label=_("Figures"), hold=GOES),
    Hanging(model=EarlyWarning, column="customer", label=_("Early warnings"), hold=GOES),
    Hanging(model=StageChange, column="customer", label=_("Stages"), hold=GOES),
)
