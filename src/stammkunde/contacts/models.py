"""What was said with whom: every contact, whoever began it and by whatever way. Appended only."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stammkunde.customers.models import AppendedOnly, ContactPerson, Customer, Purpose

HAND = "hand"  # the origin of contacts that people write down


class Direction(models.TextChoices):
    OUT = "out", _("from us")
    IN = "in", _("from the customer")


class Way(models.TextChoices):
    EMAIL = "email", _("E-mail")
    POST = "post", _("Post")
    PHONE = "phone", _("Phone")
    MESSAGE = "message", _("Text message")
    MEETING = "meeting", _("Visit or meeting")


class Outcome(models.TextChoices):
    SENT = "sent", pgettext_lazy("contact", "Sent")  # whether it was read is not known, and not guessed
    REACHED = "reached", pgettext_lazy("contact", "Reached")
    NOT_REACHED = "not_reached", pgettext_lazy("contact", "Not reached")


class ContactQuerySet(models.QuerySet["Contact"]):
    """Refuses what would change many records at once."""

    def standing(self) -> "ContactQuerySet":
        """Keep what counts: neither what was taken back, nor the rows that say so."""
        return self.filter(voids=None, voided_by=None)

    def update(self, **_fields: Any) -> int:
        raise AppendedOnly

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendedOnly


class Contact(models.Model):
    """
    One contact with a customer, as a fact.

    `source` keeps it from being recorded twice, and says where it comes from (`outreach:17`). What turned out to be
    wrong is taken back by another row (`voids`), so that what was said yesterday can be told from what is known today.
    """

    source = models.CharField(max_length=200, unique=True)
    customer = models.ForeignKey(Customer, db_index=False, on_delete=models.PROTECT, related_name="contacts")
    contact_person = models.ForeignKey(
        ContactPerson, null=True, blank=True, on_delete=models.SET_NULL, related_name="contacts"
    )
    person_name = models.CharField(max_length=310, default="", blank=True)  # outlives the contact person's row
    direction = models.CharField(_("who began"), max_length=3, choices=Direction.choices)
    channel = models.CharField(_("way"), max_length=10, choices=Way.choices)
    happened_at = models.DateTimeField(_("when"))
    happened_on = models.DateField()  # the local day, fixed when recorded
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose.choices, default="", blank=True)
    about = models.CharField(_("about"), max_length=200, default="", blank=True)
    note = models.TextField(_("note"), max_length=4000, default="", blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, default=Outcome.REACHED)
    takes_slot = models.BooleanField(default=False)  # counts for how often somebody may be contacted
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)  # where no task says them
    cost_cents = models.PositiveIntegerField(_("cost"), null=True, blank=True)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    role = models.CharField(_("role"), max_length=20, default="", blank=True)  # of who had it, as it was then
    recorded_at = models.DateTimeField()
    voids = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="voided_by")
    imported_by = models.BigIntegerField(null=True, editable=False)

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(source=""), name="contact_has_source"),
            models.CheckConstraint(condition=Q(direction__in=["out", "in"]), name="contact_direction_known"),
            models.CheckConstraint(
                condition=Q(channel__in=["email", "post", "phone", "message", "meeting"]), name="contact_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["sent", "reached", "not_reached"]), name="contact_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(direction="out") | Q(takes_slot=False), name="contact_of_theirs_is_free"
            ),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__range=(1, 1440)), name="contact_minutes_sane"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-happened_at"], name="contact_timeline"),
            models.Index(fields=["happened_on"], name="contact_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.happened_on:%Y-%m-%d}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """
        Append the record.

        :raises AppendedOnly: if it is there already
        """
        if not self._state.adding:
            raise AppendedOnly(self.pk)
        super().save(*args, **kwargs)

    def delete(self, *_args: Any, **_kwargs: Any) -> Any:
        """
        Refuse: what happened stays.

        :raises AppendedOnly: always
        """
        raise AppendedOnly(self.pk)
