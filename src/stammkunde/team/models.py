"""Who works here and where they are signed in, what the company decided, and who did what."""

import json
from datetime import timedelta
from typing import Any, Self

from django.apps import apps
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _


class StaffQuerySet(BaseUserManager["Staff"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Staff":
        staff = self.model(email=email.strip().lower(), **fields)
        staff.set_password(password)
        staff.save(using=self._db)
        return staff


class Staff(AbstractBaseUser):
    """A person who signs in. Rights follow from the role (`team.policy`)."""

    class Role(models.TextChoices):
        ADMINISTRATOR = "administrator", _("Administrator")
        MANAGEMENT = "management", _("Management")
        SALES = "sales", _("Sales")
        MARKETING = "marketing", _("Marketing")
        SERVICE = "service", _("Service")
        ANALYST = "analyst", _("Analyst (read-only)")

    class Theme(models.TextChoices):
        SYSTEM = "system", _("As the device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.SALES)
    language = models.CharField(_("language"), max_length=5, blank=True, default="")
    theme = models.CharField(_("appearance"), max_length=10, choices=Theme.choices, default=Theme.SYSTEM)
    hours_per_week = models.PositiveSmallIntegerField(_("hours per week for customers"), default=0)
    signature = models.TextField(_("signature below your mails"), max_length=600, db_default="", blank=True)
    known_as = models.CharField(_("known in files as"), max_length=200, default="", db_default="", blank=True)
    gets_replies = models.BooleanField(_("replies to my mails come to me"), db_default=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    password_is_given = models.BooleanField(default=False)  # by the command line: to be changed first
    created_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = StaffQuerySet()

    # Where a program acts for a person: what its token is called, and what it leaves of her rights
    token_name = ""
    token_rights: frozenset[str] | None = None

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name or self.email


class Session(AbstractBaseSession):
    """A browser in which somebody is signed in. What its columns say is copied from what is kept of it (`sessions`)."""

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="sessions")
    since_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    device = models.CharField(max_length=300, default="")

    class Meta(AbstractBaseSession.Meta):
        ordering = ["-seen_at", "session_key"]

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        store: type[SessionBase] = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
        return store

    @property
    def handle(self) -> str:
        """Give the name by which pages speak of it: the key itself would open it."""
        return salted_hmac("team.sessions", self.session_key).hexdigest()[:20]


class Company(models.Model):
    """Who the company is, and as whom it writes. One row; beside it stands what it decided, in the apps' `Settings`."""

    name = models.CharField(_("company"), max_length=200, default="")
    # As whom it writes to customers, and what their pages say of it
    sender_name = models.CharField(_("sender"), max_length=120, default="", blank=True)
    sender_email = models.EmailField(_("sender's e-mail"), default="", blank=True)
    imprint = models.TextField(_("imprint"), max_length=2000, default="", blank=True)
    privacy_url = models.URLField(_("privacy notice"), default="", blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="company_is_one_row"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def known_as(self) -> str:
        """Give the name by which customers know it: mails bear it, and what they agree to names it."""
        return self.sender_name or self.name


class Settings(models.Model):
    """
    What one app lets the company decide: a row beside the company's, declared by the app that reads it.

    No two columns of all these rows have the same name: whoever changes one need not say whose it is.
    """

    company = models.OneToOneField(Company, primary_key=True, on_delete=models.CASCADE, related_name="%(app_label)s")

    class Meta:
        abstract = True

    @classmethod
    def of(cls, company: Company) -> Self:
        """Give the app's row, before the first save its defaults; `team.queries.company` has read it along."""
        return getattr(company, cls._meta.app_label, None) or cls(company=company)

    @classmethod
    def stored(cls, company: Company) -> Self:
        """Give the app's row to change it, made where there is none."""
        return cls._default_manager.get_or_create(company=company)[0]

    @staticmethod
    def every() -> "list[type[Settings]]":
        """Give the rows of all apps."""
        return [model for model in apps.get_models() if issubclass(model, Settings)]


def _between(low: int, high: int) -> list[Any]:
    return [MinValueValidator(low), MaxValueValidator(high)]


class AccessSettings(Settings):
    """How long people stay signed in, while they do nothing and at all; and what programs may do with their tokens."""

    idle_hours = models.PositiveSmallIntegerField(_("hours without activity"), default=8, validators=_between(1, 72))
    longest_days = models.PositiveSmallIntegerField(_("days at most"), default=14, validators=_between(1, 30))
    administrator_idle_hours = models.PositiveSmallIntegerField(
        _("administrators: hours without activity"), default=2, validators=_between(1, 24)
    )
    administrator_longest_hours = models.PositiveSmallIntegerField(
        _("administrators: hours at most"), default=12, validators=_between(1, 72)
    )
    token_longest_days = models.PositiveSmallIntegerField(
        _("days that a token lasts at most"), default=365, validators=_between(1, 730)
    )
    calls_per_minute = models.PositiveSmallIntegerField(
        _("calls of a program a minute at most"), default=300, validators=_between(1, 10_000)
    )

    class Meta:
        db_table = "team_sessionsettings"  # as its constraints are called
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    idle_hours__range=(1, 72),
                    longest_days__range=(1, 30),
                    administrator_idle_hours__range=(1, 24),
                    administrator_longest_hours__range=(1, 72),
                ),
                name="team_session_limits_sane",
            ),
            models.CheckConstraint(
                condition=models.Q(token_longest_days__range=(1, 730), calls_per_minute__range=(1, 10_000)),
                name="team_token_limits_sane",
            ),
        ]

    def limits(self, staff: Staff) -> tuple[timedelta, timedelta]:
        """Give how long a session of this person lasts without activity, and at most."""
        if staff.role == Staff.Role.ADMINISTRATOR:
            return timedelta(hours=self.administrator_idle_hours), timedelta(hours=self.administrator_longest_hours)
        return timedelta(hours=self.idle_hours), timedelta(days=self.longest_days)


class Seal(models.Model):
    """What proves a block of the audit trail, and by the seal before it all that went before (`sealing`)."""

    number = models.PositiveIntegerField(primary_key=True)
    sealed_at = models.DateTimeField()
    until_at = models.DateTimeField()
    entries = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)

    class Meta:
        ordering = ["number"]

    @property
    def anchor(self) -> str:
        """Give what is kept elsewhere: whoever exchanges the trail cannot make a chain that holds it."""
        return f"{self.number}:{self.digest}"


class AuditEntry(models.Model):
    """
    Who changed, exported or was refused what. Appended only.

    `salt`, `digest` and `seal` come with the seal; `erased` is what stays of a text that is erased (`sealing`).
    """

    at = models.DateTimeField(db_index=True)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    action = models.CharField(max_length=60)
    thing = models.CharField(max_length=60, default="")
    thing_id = models.BigIntegerField(null=True)
    label = models.CharField(max_length=200, default="")
    detail = models.JSONField(default=dict)
    salt = models.CharField(max_length=32, db_default="")
    digest = models.CharField(max_length=64, db_default="")
    erased = models.CharField(max_length=64, db_default="")
    seal = models.ForeignKey(Seal, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["thing", "thing_id", "-at"], name="audit_of_a_thing"),
            models.Index(fields=["id"], name="audit_not_sealed", condition=models.Q(seal=None)),
        ]


class SavedView(models.Model):
    """A list with its filters, under a name."""

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(max_length=2000)
    shared = models.BooleanField(_("for everyone"), default=False)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["staff", "page", "name"], name="saved_view_name_once")]


class Draft(models.Model):
    """
    What somebody typed into a form and has not sent; see `team.drafts`.

    Where `fields` are empty, it was sent or discarded: `ended` names the visits of the form that are over.
    """

    LONGEST_PAGE, LONGEST_FORM = 300, 60

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts")
    page = models.CharField(max_length=LONGEST_PAGE)
    form = models.CharField(max_length=LONGEST_FORM)
    about = models.BigIntegerField(null=True)  # the customer, who may be gone
    fields = models.JSONField()
    ended = models.JSONField(default=list, db_default=[])
    saved_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "page", "form"], name="draft_once_in_a_form")]

    @property
    def as_json(self) -> str:
        return json.dumps(self.fields, ensure_ascii=False)


class ApiToken(models.Model):
    """
    A person's key for her programs; what is kept is its digest.

    `scopes` (`policy.SCOPES`) say what it leaves of her rights. The calls of the minute that began at `minute_at` are
    counted in the row itself, so that counting needs no more room however many there are.
    """

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    scopes = models.JSONField(default=list)
    minute_at = models.DateTimeField(null=True)
    calls = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["staff", "name"], name="api_token_name_once")]
