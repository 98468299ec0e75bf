"""What people do about it: tasks, done, snoozed, noted."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from stammkunde.customers.models import Customer
from stammkunde.team.models import Settings


class Task(models.Model):
    """
    Something to do. A task written by a person has no key; a suggestion of the work list becomes a row
    once somebody acted on it, and its key (`kind:customer:cycle`) keeps it from being suggested again.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", pgettext_lazy("task", "Done")
        DISMISSED = "dismissed", _("Dismissed")

    key = models.CharField(max_length=120, unique=True, null=True)
    kind = models.CharField(max_length=30, default="task")
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.CASCADE, related_name="tasks")
    title = models.CharField(_("what is to do"), max_length=200)
    note = models.TextField(_("note"), max_length=4000, default="", blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="tasks"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    due_on = models.DateField(_("due"), null=True, blank=True)
    due_time = models.TimeField(_("time of day"), null=True, blank=True)  # here, not at the customer's
    is_urgent = models.BooleanField(_("urgent"), default=False)
    is_complaint = models.BooleanField(_("complaint"), default=False)  # while it is open, nothing is advertised
    snoozed_until_on = models.DateField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField()
    finished_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    finished_at = models.DateTimeField(null=True, blank=True)
    finished_on = models.DateField(null=True, blank=True)  # the local day, fixed when finished
    finished_role = models.CharField(max_length=20, default="", blank=True)  # of who did it, as it was then
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)  # that it took; empty: not said

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(due_time__isnull=True) | Q(due_on__isnull=False), name="task_time_has_day"
            ),
            models.CheckConstraint(
                condition=Q(minutes__isnull=True) | Q(minutes__range=(1, 1440), finished_at__isnull=False),
                name="task_minutes_sane",
            ),
            models.CheckConstraint(
                condition=Q(state="open", finished_at__isnull=True) | (~Q(state="open") & Q(finished_at__isnull=False)),
                name="task_finished_has_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_on"], name="task_due"),
            models.Index(fields=["customer", "-created_at"], name="task_timeline"),
            models.Index(fields=["customer"], condition=Q(state="open", is_complaint=True), name="task_open_complaint"),
            models.Index(fields=["finished_at"], name="task_finished", condition=Q(finished_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.title


class TimeSettings(Settings):
    """How much time customers are given, and how it is split over their classes."""

    minutes_per_contact = models.PositiveSmallIntegerField(_("minutes per contact"), default=24)
    # All three empty: as proposed from the figures.
    time_a_percent = models.PositiveSmallIntegerField(_("time for A customers in percent"), null=True, blank=True)
    time_b_percent = models.PositiveSmallIntegerField(_("time for B customers in percent"), null=True, blank=True)
    time_c_percent = models.PositiveSmallIntegerField(_("time for C customers in percent"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes_per_contact__range=(5, 240)), name="tasks_minutes_per_contact_sane"
            ),
            models.CheckConstraint(
                condition=Q(time_a_percent__isnull=True, time_b_percent__isnull=True, time_c_percent__isnull=True)
                | Q(
                    time_a_percent__isnull=False,
                    time_b_percent__isnull=False,
                    time_c_percent__isnull=False,
                    time_c_percent=models.Value(100) - models.F("time_a_percent") - models.F("time_b_percent"),
                ),
                name="tasks_time_adds_up",
            ),
        ]

    @property
    def time_split(self) -> tuple[int, int, int] | None:
        """Give the percent of the time for A, B and C customers; None where the proposal holds."""
        a, b, c = self.time_a_percent, self.time_b_percent, self.time_c_percent
        return None if a is None or b is None or c is None else (a, b, c)
