"""The columns of rows that somebody works on, for any app's tables."""

from datetime import datetime

from django.db import models

from stammkunde.work.holders import is_gone

MOST_CLAIMS = 3


class Leased(models.Model):
    """A row that one worker at a time may hold."""

    lease_until = models.DateTimeField(null=True, blank=True)
    leased_by = models.CharField(max_length=80, default="")

    class Meta:
        abstract = True

    def is_held(self, *, now: datetime) -> bool:
        """Tell whether somebody works on it, as far as anybody can know; a lease without a holder is a pause."""
        return self.lease_until is not None and self.lease_until > now and not is_gone(self.leased_by)


class CountedClaims(Leased):
    """A row that may kill whoever works on it: `claims` counts the claims in a row that came to no end."""

    claims = models.PositiveSmallIntegerField(db_default=0)

    class Meta:
        abstract = True

    @property
    def kills_workers(self) -> bool:
        """Tell whether nobody came back from it so often that it must be set aside, with a reason that people see."""
        return self.claims >= MOST_CLAIMS
