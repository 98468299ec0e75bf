"""How often facts have changed."""

from django.db import models


class Change(models.Model):
    """The version of a part of the facts: of a whole table (`customers`), or of a month of one (`orders:2011-09`)."""

    part = models.CharField(max_length=60, primary_key=True)
    version = models.BigIntegerField(default=0)
