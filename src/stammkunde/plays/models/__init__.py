"""
What we do for whom: a play says what is said on which channel, an enrolment says to whom, and who is left alone.

A campaign chooses its customers once, from a filtered list; a thank-you enrols whoever bought, day by day; a measure
leads whoever enters it through steps (`PlayVersion` says which, `StepRun` what came of each).
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.outreach.models import Message, Template
from stammkunde.plays.models.campaigns import CallPlan as CallPlan
from stammkunde.plays.models.campaigns import CallTurn as CallTurn
from stammkunde.plays.models.campaigns import ConsentPlan as ConsentPlan
from stammkunde.plays.models.campaigns import ShareClicks as ShareClicks
from stammkunde.plays.models.campaigns import ShareLink as ShareLink
from stammkunde.plays.models.replays import Replay as Replay
from stammkunde.plays.models.replays import ReplayWeek as ReplayWeek
from stammkunde.team.models import Settings
from stammkunde.work.models import CountedClaims, Leased


class Play(CountedClaims):
    class Kind(models.TextChoices):
        CAMPAIGN = "campaign", _("Campaign")
        THANKS = "thanks", _("Thank-you")
        MEASURE = "measure", _("Measure")  # runs over time, step by step

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("play", "Draft")  # a measure that nobody has started
        PREPARING = "preparing", pgettext_lazy("play", "In preparation")  # choosing customers, asking the governor
        READY = "ready", pgettext_lazy("play", "Ready")  # nothing has been sent; somebody has to start it
        RUNNING = "running", pgettext_lazy("play", "Running")
        PAUSED = "paused", pgettext_lazy("play", "Paused")
        STOPPED = "stopped", pgettext_lazy("play", "Stopped")
        DONE = "done", pgettext_lazy("play", "Done")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=80)
    # A measure has its templates in its steps
    template = models.ForeignKey(
        Template, verbose_name=_("template"), null=True, on_delete=models.PROTECT, related_name="plays"
    )
    status = models.CharField(max_length=10, choices=Status.choices)
    audience = models.JSONField(default=dict)  # the filters of the customer list; `home` reads them
    audience_text = models.CharField(max_length=500, default="", blank=True)  # the filters in words
    # Whom at a company it is for; None: as the template says
    wanted_role = models.CharField(max_length=20, null=True, blank=True)
    to_several = models.BooleanField(null=True, blank=True)
    spends_on_c = models.BooleanField(_("letters and calls to C customers, too"), default=False)
    holdout_share = models.FloatField(_("left alone, to compare"), default=0.0)
    valid_days = models.PositiveSmallIntegerField(_("days until it is too late"), default=14)
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    chosen_at = models.DateTimeField(null=True)  # when all customers of the audience were chosen
    trouble = models.CharField(max_length=20, default="", blank=True)  # code: why workers cannot go on for now
    trouble_detail = models.JSONField(default=dict, db_default={}, blank=True)  # numbers, the import, the last error
    failures = models.PositiveSmallIntegerField(default=0, db_default=0)  # enrolments that failed in a row
    entered_upto = models.JSONField(default=dict, db_default={}, blank=True)  # up to where entries were taken
    after_on = models.DateField(null=True)  # a thank-you is for purchases from this day on
    delay_days = models.PositiveSmallIntegerField(_("days after the purchase"), default=1)
    # What it costs as a whole, whoever it reaches: printing, an agency
    fixed_cost_cents = models.PositiveBigIntegerField(default=0, db_default=0)
    fixed_cost_for = models.CharField(max_length=80, default="", db_default="", blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)  # a measure that lists do not show any more
    press = models.CharField(max_length=40, default="", db_default="")  # of a button, that made it: pressed twice, once

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="play_has_name"),
            models.CheckConstraint(
                condition=Q(holdout_share__gte=0, holdout_share__lte=0.5), name="play_holdout_is_a_share"
            ),
            models.CheckConstraint(condition=Q(valid_days__range=(1, 365)), name="play_valid_days_sane"),
            models.CheckConstraint(
                condition=~Q(kind="thanks") | Q(after_on__isnull=False), name="play_thanks_has_first_day"
            ),
            models.CheckConstraint(
                condition=Q(kind="measure") | Q(template__isnull=False), name="play_campaign_has_template"
            ),
            models.UniqueConstraint(fields=["press"], condition=~Q(press=""), name="play_made_once"),
        ]
        indexes = [models.Index(fields=["status"], name="play_by_status")]

    def __str__(self) -> str:
        return self.name

    @property
    def origin(self) -> str:
        """Name what its messages belong to."""
        return f"play:{self.pk}"

    @property
    def says(self) -> Template:
        """Give what a campaign or thank-you says first; a measure says several things, in its steps."""
        assert self.template is not None  # a constraint says so
        return self.template


class Way(models.Model):
    """
    What a campaign says by another way to whoever cannot be reached by those before; the first is the play's template.
    """

    play = models.ForeignKey(Play, db_index=False, on_delete=models.CASCADE, related_name="ways")
    place = models.PositiveSmallIntegerField()  # 2, 3, …
    template = models.ForeignKey(Template, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["play", "place"]
        constraints = [
            models.UniqueConstraint(fields=["play", "place"], name="way_place_once"),
            models.CheckConstraint(condition=Q(place__gte=2), name="way_comes_after_the_first"),
        ]


class PlayVersion(models.Model):
    """
    What a measure says of itself from a moment on (`plays.contents`).

    Once somebody has entered, it never changes: whoever goes through it stays on it.
    """

    play = models.ForeignKey(Play, db_index=False, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField()
    segment_id = models.BigIntegerField(null=True)  # the group that it is for; its own where it has conditions
    from_at = models.DateTimeField(null=True)  # since when new ones enter it; None: a draft
    changed_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # The second person, where one is wanted (`MeasureSettings`)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    before = models.JSONField(null=True)  # what it said before the last change, which may be taken back
    agreed_to = models.JSONField(default=dict, db_default={}, blank=True)  # digests of all that the yes was about

    class Meta:
        ordering = ["play", "number"]
        constraints = [models.UniqueConstraint(fields=["play", "number"], name="play_version_once")]


class Brought(models.Model):
    """A file of a measure that names what is not here, until whoever brought it has said who is meant."""

    data = models.JSONField()
    answers = models.JSONField(default=dict, blank=True)
    play = models.ForeignKey(Play, null=True, on_delete=models.CASCADE, related_name="+")  # another version of it
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    press = models.CharField(max_length=40, default="", db_default="")  # of the button, that brought it

    class Meta:
        constraints = [models.UniqueConstraint(fields=["press"], condition=~Q(press=""), name="brought_once")]


class Wanted(models.Model):
    """An act on a measure that is too large for one person: who wanted it first, and for how many."""

    class Act(models.TextChoices):
        RESUME = "resume"
        MOVE = "move"

    play = models.ForeignKey(Play, db_index=False, on_delete=models.CASCADE, related_name="wanted")
    act = models.CharField(max_length=10, choices=Act.choices)
    version = models.PositiveIntegerField()  # the number of the version that ran then
    count = models.PositiveIntegerField()
    staff = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["play", "act"], name="wanted_once")]


class Enrolment(models.Model):
    """
    Somebody in a play, once per cycle: a campaign has one, a thank-you one for every day of purchase, a measure one
    for every order, year or entering that begins it.

    Where several people of a customer are written to, each has a place, chosen together at one moment.
    """

    class Arm(models.TextChoices):
        TREATED = "treated", pgettext_lazy("arm", "Contacted")
        HELD_OUT = "held_out", pgettext_lazy("arm", "Left alone, to compare")

    class State(models.TextChoices):
        ADMITTED = "admitted", pgettext_lazy("enrolment", "Waits for admission")  # not drawn yet
        READY = "ready", pgettext_lazy("enrolment", "Next step is due")
        ACTING = "acting", pgettext_lazy("enrolment", "Step under way")
        WAITING = "waiting", pgettext_lazy("enrolment", "Waits")
        CLOSED = "closed", pgettext_lazy("enrolment", "Over")

    play = models.ForeignKey(Play, db_index=False, on_delete=models.CASCADE, related_name="enrolments")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="enrolments")
    contact_person = models.ForeignKey(
        ContactPerson, null=True, blank=True, on_delete=models.SET_NULL, related_name="enrolments"
    )
    cycle = models.CharField(max_length=40)
    place = models.PositiveSmallIntegerField(default=1, db_default=1)
    why = models.JSONField(null=True)  # {"role", "reason"}: why this person, when it was decided
    way = models.PositiveSmallIntegerField(default=1, db_default=1)  # by which of the play's ways: the place of it
    arm = models.CharField(max_length=10, choices=Arm.choices, default="", blank=True)  # empty: not drawn yet
    entered_at = models.DateTimeField()
    # Before anything is sent: what the governor says (`outcome`), or what the template lacks (`fields_missing`).
    forecast = models.JSONField(null=True)
    code = models.CharField(max_length=40, default="", blank=True)  # why not, or how it ended; empty: neither
    planned_at = models.DateTimeField(null=True)  # when its message was planned, or found to have no words
    message = models.OneToOneField(Message, null=True, on_delete=models.PROTECT, related_name="enrolment")
    # Of a measure, whose state is never empty:
    state = models.CharField(max_length=10, choices=State.choices, default="", db_default="", blank=True)
    version = models.ForeignKey(PlayVersion, null=True, on_delete=models.PROTECT, related_name="enrolments")
    source = models.CharField(max_length=220, default="", db_default="", blank=True)  # what began it, in full
    subject = models.CharField(max_length=220, default="", db_default="", blank=True)  # what it is about, if a row
    travels = models.JSONField(default=dict, db_default={}, blank=True)  # fields of that row
    zero_at = models.DateTimeField(null=True)  # time zero: when it was drawn
    gain_cents = models.BigIntegerField(default=0, db_default=0)  # expected of it when it was admitted
    at_step = models.CharField(max_length=20, default="", db_default="", blank=True)
    since_at = models.DateTimeField(null=True)  # since when it stands there: what happened really, not when it was seen
    due_at = models.DateTimeField(null=True)
    waits_for = models.CharField(max_length=40, default="", db_default="", blank=True)  # a kind of fact
    waits_key = models.CharField(max_length=120, default="", db_default="", blank=True)  # a message or a task
    moved = models.PositiveIntegerField(default=0, db_default=0)  # counts moves: whoever read it earlier is too late
    goal_source = models.CharField(max_length=220, default="", db_default="", blank=True)
    goal_undone_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)  # when what began it was found to be gone
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["play", "customer", "cycle", "place"], name="enrolment_once_per_cycle"),
            models.UniqueConstraint(
                fields=["play", "customer", "subject"],
                condition=~Q(state="") & Q(closed_at=None),
                name="enrolment_open_once",
            ),
            models.CheckConstraint(
                condition=~Q(arm="held_out") | Q(message__isnull=True), name="enrolment_held_out_is_left_alone"
            ),
            models.CheckConstraint(
                condition=~Q(arm="") | Q(state__in=["admitted", "closed"]), name="enrolment_open_is_drawn"
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False) & ~Q(code="")
                | ~Q(state="closed") & Q(closed_at=None),
                name="enrolment_closed_says_why",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["", "closed"]) | Q(due_at__isnull=False), name="enrolment_open_is_due"
            ),
            models.CheckConstraint(condition=Q(state="") | Q(version__isnull=False), name="enrolment_has_version"),
        ]
        indexes = [
            models.Index(
                fields=["play", "id"], condition=Q(arm="treated", planned_at=None, state=""), name="enrolment_to_plan"
            ),
            models.Index(fields=["play", "id"], condition=Q(forecast__isnull=True), name="enrolment_to_ask"),
            models.Index(fields=["play", "code", "id"], name="enrolment_by_code"),
            models.Index(
                fields=["due_at", "-gain_cents", "id"],
                condition=Q(closed_at=None) & ~Q(state=""),
                name="enrolment_due",
            ),
            models.Index(
                fields=["play", "due_at"], condition=Q(closed_at=None) & ~Q(state=""), name="enrolment_due_of_play"
            ),
            models.Index(fields=["play", "id"], condition=Q(closed_at=None) & ~Q(state=""), name="enrolment_open_in"),
            models.Index(fields=["customer"], condition=Q(closed_at=None) & ~Q(state=""), name="enrolment_open_of"),
            models.Index(fields=["play", "entered_at"], condition=~Q(state=""), name="enrolment_entered"),
            models.Index(fields=["waits_key"], condition=~Q(waits_key=""), name="enrolment_by_key"),
        ]


class Planner(Leased):
    """Who plans steps where only one worker at a time may (SQLite): one row, held for a batch."""

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="planner_is_one_row")]


class Exclusive(models.Model):
    """
    A set of measures of which a customer is in one at a time (`contents.exclusive`).

    Whoever lets somebody into one of them holds the row, so that two workers never let her into two.
    """

    key = models.CharField(primary_key=True, max_length=100)


class StepRun(models.Model):
    """A step that somebody came to, once: what was planned for it, and what came of it."""

    class State(models.TextChoices):
        ACTING = "acting", pgettext_lazy("step", "Under way")
        DONE = "done", pgettext_lazy("step", "Done")
        SKIPPED = "skipped", pgettext_lazy("step", "Skipped")
        FAILED = "failed", pgettext_lazy("step", "Failed")

    enrolment = models.ForeignKey(Enrolment, db_index=False, on_delete=models.CASCADE, related_name="steps")
    step_key = models.CharField(max_length=20)
    kind = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State.choices)
    code = models.CharField(max_length=40, default="", blank=True)  # why skipped or failed, or by what a wait ended
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # when it happened really
    key = models.CharField(max_length=120, default="", blank=True)  # of its message or task
    minutes = models.PositiveSmallIntegerField(default=0)  # of somebody's day that were reserved
    on = models.DateField(null=True)  # that day
    owner = models.ForeignKey(  # whose day it is
        settings.AUTH_USER_MODEL, null=True, db_index=False, on_delete=models.SET_NULL, related_name="+"
    )
    cost_cents = models.IntegerField(default=0)  # expected
    result = models.JSONField(default=dict)  # which way, with what was seen; what each way by channel said

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "step_key"], name="step_run_once"),
            models.CheckConstraint(
                condition=Q(state="acting") | Q(ended_at__isnull=False), name="step_run_ended_has_moment"
            ),
        ]
        indexes = [
            models.Index(fields=["on", "owner"], condition=Q(minutes__gt=0), name="step_run_of_day"),
        ]


class MeasureSettings(Settings):
    """Above how many customers, or how much money, a measure wants a second person's yes; None: one person decides."""

    second_entries = models.PositiveIntegerField(_("second yes above so many customers"), null=True, blank=True)
    second_cents = models.PositiveBigIntegerField(_("second yes above so much money"), null=True, blank=True)
