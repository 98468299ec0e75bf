"""How often facts have changed, and what their tables lack for a while."""

from django.db import models


class Change(models.Model):
    """The version of a part of the facts: of a whole table (`customers`), or of a month of one (`orders:2011-09`)."""

    part = models.CharField(max_length=60, primary_key=True)
    version = models.BigIntegerField(default=0)


class Touched(models.Model):
    """A customer about whom a fact has changed; see `touched`. Without a number: too many to name."""

    customer_id = models.BigIntegerField(null=True)  # no foreign key: facts lie above
    because = models.CharField(max_length=200)  # of the fact: `contacts:17`, `import:4`, `undo:4`


class Unmet(models.Model):
    """The same customers as measures have not looked at yet: who reads takes out, so each reader has its own rows."""

    customer_id = models.BigIntegerField(null=True)
    entered = models.BooleanField(default=False)  # whether it was looked at what it begins


class TakenOff(models.Model):
    """A secondary key that a table lacks while a first import fills it; see `bulk.keys`."""

    table = models.CharField(max_length=63)
    name = models.CharField(max_length=130)
    definition = models.TextField()
    is_index = models.BooleanField()

    def __str__(self) -> str:
        return self.name
