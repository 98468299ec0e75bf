"""
Who the customers are.

`source` is where a row comes from, `ORIGIN:KEY`, unique: importing the same fact again finds the same row.
`imported_by` is the import that wrote the row last, and empty once a person has changed it.

What a customer allows is in `Consent` (what was said, appended only) and `ContactPreference` (what is wished now).
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from stammkunde.team.models import Settings


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
    mobile = models.CharField(_("mobile phone"), max_length=60, default="", db_default="", blank=True)
    street = models.CharField(_("street"), max_length=250, default="", blank=True)
    postcode = models.CharField(_("postcode"), max_length=20, default="", blank=True)
    city = models.CharField(_("city"), max_length=120, default="", blank=True)
    country = models.CharField(_("country"), max_length=80, default="", blank=True)
    region = models.CharField(_("region"), max_length=120, default="", blank=True)
    industry = models.CharField(_("industry"), max_length=120, default="", blank=True)
    segment = models.CharField(_("segment"), max_length=120, default="", blank=True)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)  # flat: name → text
    since_on = models.DateField(_("customer since"), null=True, blank=True)
    is_multiplier = models.BooleanField(
        _("multiplier"), default=False, db_default=False
    )  # well connected: tells others
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("responsible"),
        null=True,
        blank=True,
        db_index=False,  # `customer_by_owner` begins with it
        on_delete=models.SET_NULL,
        related_name="customers",
    )
    search = models.TextField(
        default="", editable=False
    )  # lower case: name, number, e-mail, city, phone, contact persons
    imported_by = models.BigIntegerField(null=True, editable=False)
    updated_at = models.DateTimeField()

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
            models.Index(
                fields=["since_on"],
                name="customer_since_known",
                condition=models.Q(since_on__isnull=False),  # many know it of nobody: no reason to read them all
            ),
            models.Index(fields=["postcode"], name="customer_by_postcode"),
            models.Index(fields=["id"], name="customer_multiplier", condition=models.Q(is_multiplier=True)),
            models.Index(Lower("email"), name="customer_by_mailbox"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rings_at(self) -> str:
        """Give the number that is called."""
        return self.phone or self.mobile


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
    mobile = models.CharField(_("mobile phone"), max_length=60, default="", db_default="", blank=True)
    birthday_on = models.DateField(_("birthday"), null=True, blank=True)
    imported_by = models.BigIntegerField(null=True, editable=False)
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ["last_name", "first_name", "pk"]
        constraints = [models.CheckConstraint(condition=~models.Q(source=""), name="contact_person_has_source")]
        indexes = [
            models.Index(fields=["birthday_on"], name="contact_person_by_birthday"),
            models.Index(Lower("email"), name="contact_person_by_mailbox"),
        ]

    def __str__(self) -> str:
        return " ".join(part for part in (self.title, self.first_name, self.last_name) if part)

    @property
    def rings_at(self) -> str:
        """Give the number that is called."""
        return self.phone or self.mobile


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
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["customer", "-created_at"], name="note_timeline")]


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    POST = "post", _("Post")
    PHONE = "phone", _("Phone")
    MESSAGE = "message", _("Text message")  # SMS, WhatsApp and the like


class Purpose(models.TextChoices):
    SERVICE = "service", _("Orders and requests")
    THANKS = "thanks", _("Thanks")
    SURVEY = "survey", _("Surveys and reviews")
    ADVERTISING = "advertising", _("Offers")
    NEWSLETTER = "newsletter", _("Newsletter")


class AppendedOnly(Exception):
    """A record of consent is evidence: what has changed is a new record."""


class OptIn(models.Model):
    """
    A question on its way to somebody's mailbox and back: may we, for what its records (`asked`) name?

    What is kept of the token is a digest. `links.optin_token` makes it again from `nonce` and the installation's secret
    key, for whoever writes the mail.
    """

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="optins")
    contact_person = models.ForeignKey(
        ContactPerson, null=True, blank=True, on_delete=models.SET_NULL, related_name="optins"
    )
    email = models.CharField(_("e-mail"), max_length=254)  # normalized
    nonce = models.CharField(max_length=43)
    token_digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)  # its mail is planned
    sent_at = models.DateTimeField(null=True)  # its mail has left
    in_bulk = models.BooleanField(db_default=False, default=False)  # many are asked at once, and it may have to wait

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(email=""), name="optin_has_email")]
        indexes = [
            models.Index(fields=["expires_at"], name="optin_to_send", condition=models.Q(sent_at__isnull=True)),
            models.Index(fields=["email", "created_at"], name="optin_by_mailbox"),
            models.Index(fields=["created_at"], name="optin_by_age"),
        ]


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Refuses what would change many records at once."""

    def update(self, **_fields: Any) -> int:
        raise AppendedOnly

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendedOnly

    def unask(self) -> None:
        """Remove questions that were put to nobody, for their mail never left: they are no evidence of anything."""
        unsent = self.filter(state=Consent.State.ASKED, optin__isnull=False, optin__sent_at=None, answer=None)
        models.QuerySet.delete(unsent)

    def attach(self, person: ContactPerson) -> int:
        """Lead the records of a contact person who was removed to the row that is back."""
        mine = self.filter(customer=person.customer_id, contact_person=None, person_source=person.source)
        return models.QuerySet.update(mine, contact_person=person)


class Consent(models.Model):
    """
    What somebody said about being contacted: appended, and neither changed nor deleted; only a question whose mail
    never left goes (`unask`).

    What counts is the latest record of a person, channel and purpose (`policy.standing`). `person_source` is the
    contact person's `source` (empty: the customer herself) and outlives the person's row, as the name does.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("asked, not confirmed yet")
        GIVEN = "given", _("given")
        WITHDRAWN = "withdrawn", _("withdrawn")
        OBJECTED = "objected", _("objected")
        EXPIRED = "expired", _("expired")

    class Basis(models.TextChoices):
        DOUBLE_OPT_IN = "double_opt_in", _("confirmed by e-mail (double opt-in)")
        WRITTEN = "written", _("in writing")
        ONLINE = "online", _("online form, not confirmed")
        SPOKEN = "spoken", _("spoken")
        IMPORTED = "imported", _("taken over with its evidence")
        UNPROVEN = "unproven", _("taken over without evidence")

    source = models.CharField(max_length=200, unique=True)
    customer = models.ForeignKey(Customer, db_index=False, on_delete=models.PROTECT, related_name="consents")
    contact_person = models.ForeignKey(
        ContactPerson, null=True, blank=True, on_delete=models.SET_NULL, related_name="consents"
    )
    person_source = models.CharField(max_length=200, default="", blank=True)
    person_name = models.CharField(_("contact person"), max_length=310, default="", blank=True)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose.choices)
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    basis = models.CharField(_("how"), max_length=15, choices=Basis.choices, default="", blank=True)
    origin = models.CharField(_("origin"), max_length=250)  # where it was said: "trade fair, 12 May", "preference page"
    wording = models.TextField(_("wording shown"), default="", blank=True)
    proof = models.JSONField(_("proof"), default=dict, blank=True)  # flat: name → text
    address = models.CharField(_("address"), max_length=254, default="", blank=True)  # normalized; empty: any
    happened_at = models.DateTimeField(_("when"))
    optin = models.ForeignKey(OptIn, null=True, blank=True, on_delete=models.PROTECT, related_name="asked")
    asked = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="answer"
    )  # the question that this answers: there is one answer at most
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    recorded_at = models.DateTimeField(editable=False)
    imported_by = models.BigIntegerField(null=True, editable=False)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(source=""), name="consent_has_source"),
            models.CheckConstraint(condition=models.Q(channel__in=Channel.values), name="consent_channel_known"),
            models.CheckConstraint(condition=models.Q(purpose__in=Purpose.values), name="consent_purpose_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=["asked", "given", "withdrawn", "objected", "expired"]),
                name="consent_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    basis__in=["", "double_opt_in", "written", "online", "spoken", "imported", "unproven"]
                ),
                name="consent_basis_known",
            ),
            models.CheckConstraint(condition=~models.Q(state="given", basis=""), name="consent_given_says_how"),
            models.CheckConstraint(condition=~models.Q(origin=""), name="consent_has_origin"),
            models.CheckConstraint(
                condition=models.Q(contact_person__isnull=True) | ~models.Q(person_source=""),
                name="consent_names_its_person",
            ),
            models.CheckConstraint(
                condition=models.Q(asked__isnull=True) | models.Q(state="given"), name="consent_answer_is_given"
            ),
            models.CheckConstraint(
                condition=models.Q(optin__isnull=True) | models.Q(state="asked"), name="consent_of_optin_is_asked"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "channel", "purpose"], name="consent_of_customer"),
            models.Index(fields=["address", "channel"], name="consent_of_address", condition=~models.Q(address="")),
        ]

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
        Refuse: evidence stays.

        :raises AppendedOnly: always
        """
        raise AppendedOnly(self.pk)


class FormOfAddress(models.TextChoices):
    SIE = "sie", _("formal (Sie)")
    DU = "du", _("informal (Du)")


class ContactPreference(models.Model):
    """What a customer (or a contact person) wishes; NULL and empty mean that nothing was said."""

    class Origin(models.TextChoices):
        CUSTOMER = "customer", _("by the customer")
        STAFF = "staff", _("by staff")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="preferences")
    contact_person = models.OneToOneField(
        ContactPerson, null=True, blank=True, on_delete=models.CASCADE, related_name="preference"
    )
    language = models.CharField(_("language"), max_length=5, default="", blank=True)
    form = models.CharField(_("form of address"), max_length=5, choices=FormOfAddress.choices, default="", blank=True)
    tone = models.CharField(_("tone"), max_length=200, default="", blank=True)
    channels = models.JSONField(_("channels"), null=True, blank=True)  # those allowed; NULL: nothing was said
    topics = models.JSONField(_("topics"), null=True, blank=True)  # purposes; NULL: nothing was said
    max_contacts = models.PositiveSmallIntegerField(_("contacts at most"), null=True, blank=True)  # 0: none
    per_days = models.PositiveSmallIntegerField(_("in days"), null=True, blank=True)
    paused_until_on = models.DateField(_("paused until"), null=True, blank=True)  # the last day of the pause
    call_from = models.TimeField(_("calls from"), null=True, blank=True)
    call_until = models.TimeField(_("calls until"), null=True, blank=True)
    call_weekdays = models.JSONField(_("days for calls"), null=True, blank=True)  # ISO: 1 Monday … 7 Sunday
    preferred_staff = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("preferred contact"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    payment = models.CharField(_("preferred payment"), max_length=120, default="", blank=True)
    delivery = models.CharField(_("preferred delivery"), max_length=120, default="", blank=True)
    email_from_sale = models.BooleanField(_("e-mail address given with a purchase"), null=True, blank=True)
    link_version = models.PositiveIntegerField(default=0, editable=False)  # links with another number lead nowhere
    links_revoked_at = models.DateTimeField(null=True, editable=False)  # nor do questions that were sent before
    origin = models.CharField(_("stated"), max_length=10, choices=Origin.choices, default=Origin.STAFF)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=models.Q(contact_person__isnull=True), name="preference_of_customer_once"
            ),
            models.CheckConstraint(condition=models.Q(form__in=["", "sie", "du"]), name="preference_form_known"),
            models.CheckConstraint(
                condition=models.Q(origin__in=["customer", "staff"]), name="preference_origin_known"
            ),
            models.CheckConstraint(
                condition=models.Q(max_contacts__isnull=True, per_days__isnull=True)
                | models.Q(max_contacts__isnull=False, per_days__isnull=False, per_days__gte=1),
                name="preference_cap_has_days",
            ),
            models.CheckConstraint(
                condition=models.Q(call_from__isnull=True, call_until__isnull=True)
                | models.Q(call_from__isnull=False, call_until__isnull=False, call_from__lt=models.F("call_until")),
                name="preference_calls_in_order",
            ),
        ]


class SignUp(models.Model):
    """
    The sign-up form for the company's website, as it was from a moment on: the latest row counts, none is changed.

    `words` are by language: `title`, `lead`, and `consent`, which is what people agree to, word for word.
    """

    is_open = models.BooleanField(_("open"), default=False)
    purposes = models.JSONField(_("for what"), default=list)
    words = models.JSONField(default=dict)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["-pk"]


class ConsentSettings(Settings):
    """How consent is asked for and proven, and who may be written to without."""

    class IpEvidence(models.TextChoices):
        CUT = "cut", _("shortened")
        FULL = "full", _("complete")
        NONE = "none", _("not kept")

    optin_days = models.PositiveSmallIntegerField(_("days to confirm"), default=14)
    ip_evidence = models.CharField(
        _("internet address in evidence"), max_length=5, choices=IpEvidence.choices, default=IpEvidence.CUT
    )
    existing_customer_email = models.BooleanField(_("e-mail to existing customers"), default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ip_evidence__in=["cut", "full", "none"]), name="customers_ip_evidence_known"
            ),
            models.CheckConstraint(condition=models.Q(optin_days__range=(1, 90)), name="customers_optin_days_sane"),
        ]
