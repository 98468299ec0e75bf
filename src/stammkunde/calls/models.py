"""What was said on the phone, and what to say."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from stammkunde.customers.models import ContactPerson, Customer, FormOfAddress
from stammkunde.outreach.models import Message
from stammkunde.tasks.models import Task


class Outcome(models.TextChoices):
    REACHED = "reached", _("Reached")
    NOT_REACHED = "not_reached", _("Not reached")
    CALL_BACK = "call_back", _("Call back later")
    WANTS_OFFER = "wants_offer", _("Wants an offer")
    COMPLAINT = "complaint", _("Complaint")
    NOT_INTERESTED = "not_interested", _("Not interested")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    NO_MORE_CALLS = "no_more_calls", _("Wants no more calls")


class Call(models.Model):
    """
    A call and what came of it. How long it took is said by its task, and only there.

    A call that was taken back stays, with when; the task it finished is open again.
    """

    key = models.CharField(max_length=60, unique=True)  # of the form: sending it twice records one call
    customer = models.ForeignKey(Customer, db_index=False, on_delete=models.CASCADE, related_name="calls")
    contact_person = models.ForeignKey(
        ContactPerson, null=True, blank=True, on_delete=models.SET_NULL, related_name="calls"
    )
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="calls")
    happened_at = models.DateTimeField(_("when"))
    outcome = models.CharField(_("outcome"), max_length=15, choices=Outcome.choices)
    note = models.TextField(_("note"), max_length=4000, default="", blank=True)
    goals = models.JSONField(_("goals reached"), default=list, blank=True)  # in the guide's words
    task = models.ForeignKey(Task, null=True, on_delete=models.SET_NULL, related_name="calls")  # that it finished
    next_task = models.OneToOneField(Task, null=True, blank=True, on_delete=models.SET_NULL, related_name="planned_by")
    message = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="calls")  # that it became
    contact_source = models.CharField(max_length=200, default="", editable=False)  # of the contact that it became
    undone_at = models.DateTimeField(null=True, blank=True)
    guided_at = models.DateTimeField(null=True, editable=False)  # the guide was followed as it stood then

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="call_outcome_known"),
            models.UniqueConstraint(fields=["task"], condition=Q(undone_at__isnull=True), name="call_of_task_once"),
        ]
        indexes = [models.Index(fields=["customer", "-happened_at"], name="call_timeline")]


class Draft(models.Model):
    """What somebody is writing down during a call, until it is over."""

    staff = models.ForeignKey(settings.AUTH_USER_MODEL, db_index=False, on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    note = models.TextField(max_length=4000, default="", blank=True)
    goals = models.JSONField(default=list, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff", "customer"], name="draft_once")]


class Guide(models.Model):
    """A guide in the company's own words; it takes the place of the ready-made one (`guides`)."""

    class Kind(models.TextChoices):
        RISK = "risk", _("Customer at risk")
        SILENT = "silent", _("Gone quiet")
        BIRTHDAY = "birthday", _("Birthday")
        THANKS = "thanks", _("Thanks")
        WIN_BACK = "win_back", _("Win back")
        USE = "use", _("How it is being used")
        FREE = "free", _("Any reason")

    kind = models.CharField(_("occasion"), max_length=10, choices=Kind.choices)
    language = models.CharField(_("language"), max_length=5)
    form = models.CharField(_("form of address"), max_length=5, choices=FormOfAddress.choices)
    opening = models.TextField(_("opening"), max_length=1000)
    questions = models.JSONField(_("questions"), default=list)  # in the order in which they are asked
    goals = models.JSONField(_("goals"), default=list)  # the goal first, then what is worth having as well
    offer = models.TextField(_("what to offer"), max_length=1000, default="", blank=True)
    avoid = models.TextField(_("what not to say"), max_length=1000, default="", blank=True)
    closing = models.TextField(_("closing"), max_length=1000, default="", blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "language", "form"], name="guide_once")]


class EarlierGuide(models.Model):
    """What a guide said until it was changed: a call that was open then is led, and told of, by these words."""

    kind = models.CharField(max_length=10, choices=Guide.Kind.choices)
    language = models.CharField(max_length=5)
    form = models.CharField(max_length=5, choices=FormOfAddress.choices)
    texts = models.JSONField()
    until_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["kind", "language", "form", "until_at"], name="guide_until")]
