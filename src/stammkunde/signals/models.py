"""
What the facts say: one wide row per customer, and dated figures, both of one generation.

A generation is written in batches and becomes current by one tiny update of `Current`; older ones are swept.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from stammkunde.customers.models import Customer
from stammkunde.team.models import Settings, Staff
from stammkunde.work.models import Leased


class Generation(Leased):
    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    as_of_on = models.DateField()  # figures are counted up to and including this day
    facts_version = models.CharField(max_length=64, default="")  # of the mirror it was computed from
    activity_days = models.PositiveIntegerField(default=0)  # the window used
    step = models.CharField(max_length=40, default="")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    checkpoint = models.JSONField(default=dict)
    forecast = models.JSONField(default=dict)  # how value and risk were worked out, and how far to trust them
    before_on = models.DateField(null=True)  # the earlier day that "since last time" compares with
    error = models.JSONField(null=True, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["status"], condition=models.Q(status="running"), name="generation_one_at_a_time"
            )
        ]


class Current(models.Model):
    """Which generation is shown. One row."""

    generation = models.ForeignKey(Generation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="current_is_one_row")]


class CustomerSignal(models.Model):
    class Stage(models.TextChoices):
        PROSPECT = "prospect", _("No purchase known")
        NEW = "new", _("New")
        ACTIVE = "active", _("Active")
        AT_RISK = "at_risk", _("At risk")
        DORMANT = "dormant", _("Dormant")
        LOST = "lost", _("Lost")
        RETURNED = "returned", _("Returned")

    class Level(models.TextChoices):
        GREEN = "green", _("Green")
        AMBER = "amber", _("Amber")
        RED = "red", _("Red")

    generation = models.ForeignKey(Generation, db_index=False, on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    stage = models.CharField(max_length=10, choices=Stage.choices)
    stage_reason = models.JSONField(default=dict)  # {"code": …, numbers}, worded when shown
    returned_on = models.DateField(null=True)  # once returned, marked for good (R-K7)
    abc_class = models.CharField(max_length=1, default="")  # A, B, C; empty: nothing bought
    abc_basis = models.CharField(max_length=7, default="margin")  # margin, or revenue where costs are unknown
    value_rank = models.BigIntegerField(null=True)  # 1 is the most valuable by abc_basis
    revenue_rank = models.BigIntegerField(null=True)  # 1 brought most revenue so far
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)
    orders = models.IntegerField(default=0)
    purchase_days = models.IntegerField(default=0)
    revenue_cents = models.BigIntegerField(default=0)
    margin_cents = models.BigIntegerField(null=True)  # of lines with known cost; empty: none is known
    margin_coverage = models.FloatField(null=True)  # the share of the turnover that these lines are
    revenue_year_cents = models.BigIntegerField(default=0)  # the last 365 days
    margin_year_cents = models.BigIntegerField(null=True)
    margin_year_coverage = models.FloatField(null=True)
    gap_days = models.FloatField(null=True)  # typical days between purchases; empty with fewer than two
    gap_spread_days = models.FloatField(null=True)
    silent_days = models.IntegerField(null=True)
    due_on = models.DateField(null=True)  # when the next purchase would be usual
    overdue_days = models.IntegerField(null=True)  # past the usual rhythm; empty: not overdue
    recency_score = models.SmallIntegerField(null=True)  # RFM, 5 is best
    frequency_score = models.SmallIntegerField(null=True)
    monetary_score = models.SmallIntegerField(null=True)
    favourite_category = models.CharField(max_length=120, default="")
    last_channel = models.CharField(max_length=60, default="")
    returned_share = models.FloatField(null=True)  # returned revenue / sold revenue
    # What is to be expected; empty where an honest answer is impossible, `Generation.forecast` says why.
    yearly_cents = models.BigIntegerField(null=True)  # the worth of a year, by abc_basis: `standing.year`
    expected_purchases = models.FloatField(null=True)  # buying days within the next 365 days
    expected_cents = models.BigIntegerField(null=True)  # what they will bring, by the basis of `Generation.forecast`
    expected_low_cents = models.BigIntegerField(null=True)
    expected_high_cents = models.BigIntegerField(null=True)
    clv_cents = models.BigIntegerField(null=True)  # discounted, of the next three years
    clv_low_cents = models.BigIntegerField(null=True)
    clv_high_cents = models.BigIntegerField(null=True)
    risk = models.FloatField(null=True)  # probability of buying nothing within the horizon; empty: unknown
    risk_level = models.CharField(max_length=5, choices=Level.choices, default="", db_default="")  # empty: no customer
    margin_at_risk_cents = models.BigIntegerField(null=True)  # risk × yearly_cents
    risk_before = models.FloatField(null=True)  # by the last answers of an earlier day, see `Generation.before_on`
    risk_reasons = models.JSONField(null=True)  # codes and numbers; empty: worked out when somebody looks

    class Meta:
        constraints = [models.UniqueConstraint(fields=["generation", "customer"], name="signal_once_per_generation")]
        indexes = [
            models.Index(
                fields=["generation", "-margin_at_risk_cents", "customer"],
                name="signal_by_margin_at_risk",
                condition=models.Q(margin_at_risk_cents__isnull=False),
            ),
            models.Index(
                fields=["generation", "-expected_cents", "customer"],
                name="signal_by_expected",
                condition=models.Q(expected_cents__isnull=False),
            ),
            models.Index(
                fields=["generation", "-risk", "customer"],
                name="signal_by_risk",
                condition=models.Q(risk__isnull=False),
            ),
            models.Index(fields=["generation", "risk_level", "customer"], name="signal_by_level"),
            models.Index(fields=["generation", "-revenue_year_cents", "customer"], name="signal_by_revenue"),
            models.Index(fields=["generation", "value_rank", "customer"], name="signal_by_rank"),
            models.Index(fields=["generation", "-last_on", "customer"], name="signal_by_last_purchase"),
            models.Index(fields=["generation", "revenue_rank", "customer"], name="signal_by_revenue_rank"),
            models.Index(fields=["generation", "stage", "value_rank", "customer"], name="signal_by_stage_and_rank"),
            models.Index(
                fields=["generation", "-overdue_days", "customer"],
                name="signal_by_overdue",
                condition=models.Q(overdue_days__isnull=False),
            ),
        ]


class Figure(models.Model):
    """A dated figure: value, numerator, denominator and number of customers, for a period and a slice."""

    generation = models.ForeignKey(Generation, db_index=False, on_delete=models.CASCADE, related_name="+")
    kpi = models.CharField(max_length=40)
    period = models.CharField(max_length=10)  # 2011, 2011-Q3, 2011-09
    slice_by = models.CharField(max_length=60, default="")
    slice_value = models.CharField(max_length=120, default="")
    value = models.FloatField(null=True)  # empty: cannot be given, see `reason`
    numerator = models.FloatField(null=True)
    denominator = models.FloatField(null=True)
    n = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=40, default="")
    remark = models.CharField(max_length=40, default="")  # qualifies a value: period_unfinished, cost_partly_unknown
    coverage = models.FloatField(null=True)  # margins: share of revenue whose cost is known

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["generation", "kpi", "period", "slice_by", "slice_value"], name="figure_once_per_generation"
            )
        ]


class EarlyWarning(models.Model):
    """
    Somebody was warned about a customer. It stays: what became of it is the live back-test (R-W3).

    Open until she buys, until she has left, until she is no longer at risk, or until what it rested on is taken back.
    """

    class Outcome(models.TextChoices):
        OPEN = "open", _("Open")
        BOUGHT = "bought", _("Bought again")
        LEFT = "left", _("Left")
        CALMED = "calmed", _("No longer at risk")
        UNDONE = "undone", _("Withdrawn: the facts were taken back")

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="warnings")
    warned_on = models.DateField()
    horizon_days = models.PositiveIntegerField()  # "will not buy within so many days"
    level = models.CharField(max_length=5, choices=CustomerSignal.Level.choices)  # the highest so far
    risk = models.FloatField(null=True)
    margin_at_risk_cents = models.BigIntegerField(null=True)
    last_on = models.DateField(null=True)  # the last purchase known then: a later one, whenever it is told, is "again"
    reasons = models.JSONField(default=list)  # as known when warned
    outcome = models.CharField(max_length=6, choices=Outcome.choices, default=Outcome.OPEN)
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=models.Q(outcome="open"), name="warning_open_once_per_customer"
            ),
            models.UniqueConstraint(fields=["customer", "warned_on"], name="warning_once_per_day"),
        ]
        indexes = [
            models.Index(fields=["outcome", "warned_on", "customer"], name="warning_by_day"),
            models.Index(fields=["outcome", "last_on", "customer"], name="warning_by_last_purchase"),
        ]


class StageChange(models.Model):
    """A customer went from one lifecycle stage to another between two data refreshes (R-K7)."""

    customer = models.ForeignKey(Customer, db_index=False, on_delete=models.CASCADE, related_name="stage_changes")
    changed_on = models.DateField()
    before = models.CharField(max_length=10, choices=CustomerSignal.Stage.choices)
    after = models.CharField(max_length=10, choices=CustomerSignal.Stage.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "changed_on"], name="stage_change_once_a_day")]
        indexes = [models.Index(fields=["changed_on", "after"], name="stage_change_by_day")]


class FigureSettings(Settings):
    """How figures count, and how far ahead the early warning looks."""

    class Margin(models.TextChoices):
        GOODS = "goods", _("I: after discounts and goods")
        DELIVERY = "delivery", _("II: after shipping, payment and returns, too")
        SERVICE = "service", _("III: after service and contact time, too")

    activity_days = models.PositiveIntegerField(
        _("activity window in days"),
        null=True,
        blank=True,
        help_text=_("Whoever bought within this many days is a customer. Empty: suggested from your own order rhythm."),
    )
    no_purchase_months = models.PositiveSmallIntegerField(_("months without purchase"), default=6)
    risk_horizon_days = models.PositiveIntegerField(
        _("horizon of the early warning in days"),
        null=True,
        blank=True,
        help_text=_(
            "The early warning says who buys nothing within so many days. Empty: suggested from your own order rhythm."
        ),
    )

    warned_percent = models.PositiveSmallIntegerField(_("customers warned about at most, in percent"), default=12)
    margin_stage = models.CharField(
        _("contribution margin"), max_length=8, choices=Margin.choices, default=Margin.DELIVERY
    )
    payment_percent = models.FloatField(_("cost of payment in percent"), default=0.0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(warned_percent__range=(1, 50)), name="signals_warned_percent_sane"
            ),
            models.CheckConstraint(
                condition=models.Q(margin_stage__in=["goods", "delivery", "service"]), name="signals_margin_stage_known"
            ),
            models.CheckConstraint(
                condition=models.Q(payment_percent__range=(0, 20)), name="signals_payment_percent_sane"
            ),
            models.CheckConstraint(
                condition=models.Q(activity_days__isnull=True) | models.Q(activity_days__range=(1, 3650)),
                name="signals_activity_days_sane",
            ),
            models.CheckConstraint(
                condition=models.Q(no_purchase_months__range=(1, 120)), name="signals_no_purchase_months_sane"
            ),
            models.CheckConstraint(
                condition=models.Q(risk_horizon_days__isnull=True) | models.Q(risk_horizon_days__range=(7, 730)),
                name="signals_risk_horizon_days_sane",
            ),
        ]


class HourlyCost(models.Model):
    """What an hour of a role costs the company, from a day on; what it cost first, it cost before, too."""

    role = models.CharField(  # empty: nobody knows who it was, as in what another program kept
        _("role"), max_length=20, choices=Staff.Role.choices, default="", blank=True
    )
    holds_from_on = models.DateField(_("holds from"))
    cents = models.PositiveIntegerField(_("cost of an hour"))

    class Meta:
        ordering = ["role", "holds_from_on"]
        constraints = [
            models.UniqueConstraint(fields=["role", "holds_from_on"], name="signals_hourly_cost_once_a_day"),
            models.CheckConstraint(condition=models.Q(cents__range=(1, 100_000)), name="signals_hourly_cost_sane"),
            models.CheckConstraint(
                condition=models.Q(role__in=["", *Staff.Role.values]), name="signals_hourly_cost_of_a_role"
            ),
        ]


class YearCost(models.Model):
    """What winning customers, and keeping those there were, cost in a year; None: nobody said."""

    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    winning_cents = models.BigIntegerField(_("spent on winning customers"), null=True, blank=True)
    keeping_cents = models.BigIntegerField(_("spent on keeping customers"), null=True, blank=True)

    class Meta:
        ordering = ["year"]
        constraints = [
            models.CheckConstraint(condition=models.Q(year__range=(1990, 2100)), name="signals_year_cost_sane_year"),
            models.CheckConstraint(
                condition=models.Q(winning_cents__isnull=False) | models.Q(keeping_cents__isnull=False),
                name="signals_year_cost_says_something",
            ),
            models.CheckConstraint(
                condition=(models.Q(winning_cents__isnull=True) | models.Q(winning_cents__gte=0))
                & (models.Q(keeping_cents__isnull=True) | models.Q(keeping_cents__gte=0)),
                name="signals_year_cost_not_negative",
            ),
        ]
