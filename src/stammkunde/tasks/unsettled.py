"""A complaint that nobody has settled: until then nothing is advertised to the customer."""

from django.utils.translation import gettext_lazy as _

from stammkunde.customers.unsettled import Unsettled
from stammkunde.tasks import queries

UNSETTLED = (
    Unsettled(
        code="open_complaint",
        words=_("Waits until the complaint is settled."),
        of=queries.with_open_complaint,
    ),
)
