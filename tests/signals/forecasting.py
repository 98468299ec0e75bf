"""A generation that forecasts, as a refresh leaves it: for the tests of the pages that show value and risk."""

from datetime import date, timedelta

from django.utils import timezone

from stammkunde.signals.models import Current, CustomerSignal, EarlyWarning, Generation
from stammkunde.team.models import Staff
from tests import factories

AS_OF = date(2026, 11, 20)
SILENT = {"code": "silent", "gap_days": 31, "silent_days": 58, "odds_factor": 2.4}
SPENDS_LESS = {"code": "spends_less", "recent_cents": 7_600, "earlier_cents": 98_700, "odds_factor": 1.2}
LATE = {"code": "late_deliveries", "late_deliveries": 2, "deliveries": 5, "odds_factor": 1.5}


def counts(customers: int, left: int, warned: int, warned_left: int) -> dict[str, int]:
    """What warnings were worth among some customers, each of those who left worth 1,000 euro a year."""
    told = {"customers": customers, "left": left, "warned": warned, "warned_left": warned_left}
    return told | {"left_cents": left * 100_000, "warned_left_cents": warned_left * 100_000}


def back_test(*, as_of: str = "2026-03-31", rule: str = "additive", **changes) -> dict:
    return {
        "as_of": as_of,
        "rule": rule,
        "customers": 4_120,
        "left": 640,
        "warned": 412,
        "warned_left": 271,
        "left_cents": 64_000_000,
        "warned_left_cents": 27_100_000,
        "days_ahead": 38.0,
        "calibration_error": 0.021,
        "calibration": [
            {"customers": 2_060, "expected": 0.05, "left": 0.04},
            {"customers": 2_060, "expected": 0.3, "left": 0.27},
        ],
        "lift_curve": [{"share": 0.0, "found": 0.0}, {"share": 0.1, "found": 0.42}, {"share": 1.0, "found": 1.0}],
        "by_class": [
            {"class": "A", **counts(400, 30, 20, 12)},
            {"class": "B", **counts(0, 0, 0, 0)},
            {"class": "C", **counts(3_720, 610, 392, 259)},
        ],
        "by_light": [
            {"light": "red", **counts(80, 60, 80, 60)},
            {"light": "amber", **counts(332, 211, 332, 211)},
            {"light": "green", **counts(3_708, 369, 0, 0)},
        ],
        "choices": [{"percent": 5, **counts(4_120, 640, 206, 150)}, {"percent": 12, **counts(4_120, 640, 412, 271)}],
    } | changes


def quality(auc: float) -> dict:
    return {
        "customers": 9_600,
        "left": 2_400,
        "auc": auc,
        "auc_error": 0.006,
        "average_precision": 0.5,
        "top_precision": 0.66,
        "log_loss": 0.5,
        "calibration_error": 0.021,
    }


def forecast(**changes) -> dict:
    """What a refresh says of how it worked out value and risk; `changes` take the place of parts."""
    return {
        "value": {
            "basis": "margin",
            "rule": "model",
            "horizon_days": 365,
            "share": 0.8,
            "clv_days": 1095,
            "discount": 0.1,
            "refusal": None,
            "customers": 5_000,
            "back_test": None,
        },
        "risk": {
            "rule": "additive",
            "by": "time",
            "horizon_days": 90,
            "activity_days": 180,
            "base_share": 0.16,
            "refusal": None,
            "suggestion": {
                "horizon_days": 90,
                "median_gap_days": 42.0,
                "covered_gap_days": 83.0,
                "covered_share": 0.77,
                "repeat_buyers": 3_120,
                "shortened": False,
            },
            "refused": [{"column": "industry", "code": "predicts_too_well", "measure": 0.97}],
            "qualities": {"silence": quality(0.62), "additive": quality(0.781)},
            "back_tests": [back_test(), back_test(as_of="2025-12-31", rule="value", warned=300, warned_left=150)],
        },
        "levels": {
            "red": 1,
            "amber": 2,
            "base_share": 0.16,
            "contacts": 10,
            "warned_percent": 12,
            "choices": [{"percent": 5, "red": 1, "amber": 0}, {"percent": 12, "red": 1, "amber": 2}],
        },
    } | changes


def generation(**changes) -> Generation:
    """The shown generation, with a forecast and an earlier day to compare with."""
    fields = {"status": "done", "as_of_on": AS_OF, "activity_days": 180, "before_on": date(2026, 11, 13)}
    made = Generation.objects.create(**fields | {"forecast": forecast()} | changes, started_at=timezone.now())
    Current.objects.create(pk=1, generation=made)
    return made


def signal(of: Generation, customer=None, **fields) -> CustomerSignal:
    """A customer at risk, silent for 58 days, with 1,234 euro at stake."""
    at_risk = {
        "stage": "at_risk",
        "abc_class": "A",
        "value_rank": 1,
        "first_on": date(2024, 1, 10),
        "last_on": AS_OF - timedelta(days=fields.get("silent_days", 58)),
        "gap_days": 31,
        "silent_days": 58,
        "overdue_days": 27,
        "purchase_days": 20,
        "revenue_cents": 900_000,
        "revenue_year_cents": 400_000,
        "yearly_cents": 199_000,
        "expected_purchases": 3.4,
        "expected_cents": 150_000,
        "expected_low_cents": 60_000,
        "expected_high_cents": 280_000,
        "clv_cents": 345_600,
        "clv_low_cents": 120_000,
        "clv_high_cents": 700_000,
        "risk": 0.62,
        "risk_level": "red",
        "margin_at_risk_cents": 123_400,
        "risk_before": 0.5,
        "risk_reasons": [SILENT, LATE, SPENDS_LESS],
    }
    return CustomerSignal.objects.create(generation=of, customer=customer or factories.customer(), **at_risk | fields)


def warn(of: CustomerSignal, **fields) -> EarlyWarning:
    """Warn about a customer, as a refresh does."""
    about = {
        "warned_on": date(2026, 11, 13),
        "horizon_days": 90,
        "level": of.risk_level or "red",
        "risk": of.risk,
        "margin_at_risk_cents": of.margin_at_risk_cents,
        "last_on": of.last_on,
        "reasons": of.risk_reasons or [],
    }
    return EarlyWarning.objects.create(customer=of.customer, **about | fields)


def four(generation: Generation, *, owned_by: Staff) -> Generation:
    """Four open warnings, one of them of an unknown amount; and one who has bought again."""
    facts = {
        "Anton": {"risk": 1 / 3, "margin_at_risk_cents": 900, "silent_days": 20, "risk_level": "amber"},
        "Berta": {"risk": 0.9, "margin_at_risk_cents": 500, "silent_days": 90},
        "Cäsar": {"risk": 1 / 3, "margin_at_risk_cents": None, "silent_days": 40, "abc_class": "B"},
        "Dora": {"risk": 0.5, "margin_at_risk_cents": 900, "silent_days": 40},
        "Emil": {},
    }
    warned = {"Anton": 3, "Berta": 1, "Cäsar": 9, "Dora": 3, "Emil": 2}
    for name, fields in facts.items():
        owner = owned_by if name in {"Anton", "Dora"} else None
        one = signal(generation, factories.customer(name=name, owner=owner), **fields)
        outcome = {"outcome": "bought", "closed_on": AS_OF} if name == "Emil" else {}
        warn(one, warned_on=AS_OF - timedelta(days=warned[name]), **outcome)
    return generation
