"""
Who the customers are.

`source` is where a row comes from, `ORIGIN:KEY`, unique: importing the same fact again finds the same row.
`imported_by` is the import that wrote the row last, and empty once a person has changed it.
"""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Customer(models.Model):
    class Kind(models.TextChoices):
        COMPANY = "company", _("Company")
        PERSON = "person", _("Person")

    source = models.CharField(max_length=200, unique=True)
    number = models.CharField(_("customer number"), max_length=100)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.PERSON)
    name = models.CharField(_("name"), max_length=250)
    email = models.CharField(_("e-mail"), max_length=254, default="", blank=True)
    phone = models.CharField(_("phone"), max_length=60, default="", blank=True)
    street = models.CharField(_("street"), max_length=250, default="", blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, default="", blank=True)
    city = models.CharField(_("city"), max_length=120, default="", blank=True)
    country = models.CharField(_("country"), max_length=80, default="", blank=True)
    region = models.CharField(_("region"), max_length=120, default="", blank=True)
    industry = models.CharField(_("industry"), max_length=120, default="", blank=True)
    segment = models.CharField(_("segment"), max_length=120, default="", blank=True)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)  # flat: name → text
    since_on = models.DateField(_("customer since"), null=True, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("responsible"),
        null=True,
        blank=True,
        db_index=False,  # `customer_by_owner` begins with it
        on_delete=models.SET_NULL,
        related_name="customers",
    )
    search = models.TextField(default="", editable=False)  # lower case: name, number, e-mail, city, contact persons
    imported_by = models.BigIntegerField(null=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(source=""), name="customer_has_source"),
            models.CheckConstraint(condition=models.Q(kind__in=["company", "person"]), name="customer_kind_known"),
        ]
        indexes = [
            models.Index(fields=["name", "id"], name="customer_by_name"),
            models.Index(fields=["owner", "id"], name="customer_by_owner"),
            models.Index(fields=["country", "id"], name="customer_by_country"),
            models.Index(fields=["region", "id"], name="customer_by_region"),
            models.Index(fields=["industry", "id"], name="customer_by_industry"),
            models.Index(fields=["segment", "id"], name="customer_by_segment"),
            models.Index(fields=["since_on"], name="customer_by_since"),
        ]

    def __str__(self) -> str:
        return self.name


class ContactPerson(models.Model):
    class Role(models.TextChoices):
        DECISION_MAKER = "decision_maker", _("Decision maker")
        EXECUTIVE = "executive", _("Executive")
        PURCHASING = "purchasing", _("Purchasing")
        USER = "user", _("User")
        INFLUENCER = "influencer", _("Influencer")
        OTHER = "other", _("Other")

    source = models.CharField(max_length=200, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contact_persons")
    salutation = models.CharField(_("salutation"), max_length=30, default="", blank=True)
    title = models.CharField(_("title"), max_length=60, default="", blank=True)
    first_name = models.CharField(_("first name"), max_length=120, default="", blank=True)
    last_name = models.CharField(_("last name"), max_length=120)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.OTHER)
    email = models.CharField(_("e-mail"), max_length=254, default="", blank=True)
    phone = models.CharField(_("phone"), max_length=60, default="", blank=True)
    birthday_on = models.DateField(_("birthday"), null=True, blank=True)
    imported_by = models.BigIntegerField(null=True, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["last_name", "first_name", "pk"]
        constraints = [models.CheckConstraint(condition=~models.Q(source=""), name="contact_person_has_source")]
        indexes = [models.Index(fields=["birthday_on"], name="contact_person_by_birthday")]

    def __str__(self) -> str:
        return " ".join(part for part in (self.title, self.first_name, self.last_name) if part)


class Note(models.Model):
    """What was seen, heard or matters to someone: added bit by bit, with who and when (R-K3)."""

    class Kind(models.TextChoices):
        NOTE = "note", _("Note")
        MATTERS = "matters", _("What matters to them")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="notes")
    contact_person = models.ForeignKey(
        ContactPerson, null=True, blank=True, on_delete=models.SET_NULL, related_name="notes"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.NOTE)
    text = models.TextField(_("note"), max_length=4000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["customer", "-created_at"], name="note_timeline")]


class Change(models.Model):
    """How often a part of this app's facts has changed. The mirror compares the number with the one it holds."""

    part = models.CharField(max_length=20, primary_key=True)  # "customers"
    version = models.BigIntegerField(default=0)
