from django.db import models

from stammkunde.customers.models import Customer
from stammkunde.team.models import Settings


class Visit(models.Model):
    """Somebody came by."""

    source = models.CharField(max_length=200, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    came_on = models.DateField()
    minutes = models.IntegerField(default=0)
    imported_by = models.BigIntegerField(null=True, editable=False)

    class Meta:
        app_label = "diary"


class Impression(models.Model):
    """What was made of a visit; somebody may have put it in writing."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="+")
    is_written = models.BooleanField(default=False)

    class Meta:
        app_label = "diary"


class DiarySettings(Settings):
    """What the company decides about visits."""

    longest_visit = models.PositiveSmallIntegerField("longest visit", default=90)

    class Meta:
        app_label = "diary"
