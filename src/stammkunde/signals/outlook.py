"""
What is to be expected of every customer: value and risk, by models that are known, and how far to trust them.

Attributes of customers are left out of the risk: they are not dated, so that what was noted after somebody had left
would teach the model what it cannot know in time. What nobody could try on the past is no probability: then the risk
stays unknown, and silence alone warns.
"""

from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from stammkunde.insight import risk
from stammkunde.insight.frames import Facts
from stammkunde.insight.value import worth
from stammkunde.insight.value.spending import Played
from stammkunde.signals.learning import HORIZON_DAYS, Learnt

CLV_DAYS = 3 * 365
SHARE = 0.8  # how sure the bounds are
DISCOUNT = 0.1  # a year

VALUES = pa.schema(
    [
        ("customer_id", pa.int64()),
        ("expected_purchases", pa.float64()),
        ("expected_cents", pa.int64()),
        ("expected_low_cents", pa.int64()),
        ("expected_high_cents", pa.int64()),
        ("clv_cents", pa.int64()),
        ("clv_low_cents", pa.int64()),
        ("clv_high_cents", pa.int64()),
    ]
)
RISKS = pa.schema([("customer_id", pa.int64()), ("risk", pa.float64())])
_NAMED = {"low_cents": "expected_low_cents", "high_cents": "expected_high_cents"}
_QUALITIES = (
    "customers", "left", "auc", "auc_error", "average_precision", "top_precision", "log_loss", "calibration_error",
)  # fmt: skip
_VALUE_TRIED = (
    "horizon_days", "laid", "past_days", "short_past", "customers", "observed", "model", "rate", "model_error",
    "rate_error",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """Values and risks, one row a customer, with what is told about them (`Generation.forecast`)."""

    values: pa.Table
    risks: pa.Table  # customer_id and risk; without rows where the risk is unknown
    model: risk.RiskModel | None
    signs: pa.Table | None  # what the model knows of each customer, to explain her
    forecast: dict[str, Any]

    @property
    def base_share(self) -> float | None:
        """The share of all customers that leaves within the horizon; None where the risk is unknown."""
        return self.model.base_share if self.model and self.risks.num_rows else None

    @property
    def horizon_days(self) -> int | None:
        """How far ahead the risk looks; None where nobody has bought."""
        return self.model.horizon_days if self.model else None

    def reasons(self, customer_ids: pa.Array) -> list[list[dict[str, Any]]]:
        """Explain customers, in the order given; nothing for whom the model does not know."""
        if self.model is None or self.signs is None:
            return [[] for _ in customer_ids]
        place = pc.index_in(customer_ids, value_set=self.signs["customer_id"])
        told = iter(risk.give_reasons(self.model, self.signs.take(place.drop_null())))
        return [next(told) if known else [] for known in place.is_valid().to_pylist()]


def look_ahead(
    facts: Facts, *, as_of: date, learnt: Learnt, share: float | None = SHARE, played: Played | None = None
) -> Outlook:
    """
    Apply what was learnt, today or some days ago, to the customers of a day; refusals are told in the forecast.

    `share` says how sure the bounds are; without, there are none. `played`: who was played through for them before.
    """
    model = learnt.risk
    signs = risk.signs(facts, model, as_of=as_of) if model else None
    values = _values(facts, learnt.value and replace(learnt.value, as_of=as_of), share=share, played=played)
    nobody = {"refusal": {"code": "nobody_bought"}}
    return Outlook(
        values=values,
        risks=_risks(model, signs),
        model=model,
        signs=signs,
        forecast={
            "value": _told_of_value(learnt.value, customers=values.num_rows) if learnt.value else nobody,
            "risk": _told_of_risk(model) if model else nobody,
            "model": learnt.told,
        },
    )


def _values(facts: Facts, fitted: worth.Worth | None, *, share: float | None, played: Played | None) -> pa.Table:
    if fitted is None:
        return VALUES.empty_table()
    found = worth.customers(
        facts, fitted, horizon_days=HORIZON_DAYS, share=share, discount=DISCOUNT, clv_days=CLV_DAYS, played=played
    )
    renamed = found.rename_columns([_NAMED.get(name, name) for name in found.column_names])
    return renamed.select(VALUES.names).cast(VALUES)


def _told_of_value(fitted: worth.Worth, *, customers: int) -> dict[str, Any]:
    tried = fitted.back_test
    return {
        "basis": fitted.basis,
        "rule": fitted.rule,
        "horizon_days": HORIZON_DAYS,
        "share": SHARE,
        "clv_days": CLV_DAYS,
        "discount": DISCOUNT,
        "refusal": _refusal(fitted.refusal),
        "customers": customers,
        "level": {name: getattr(fitted.level, name) for name in ("kind", "factor", "spread")},
        "back_test": tried and _told_of_value_test(tried),
    }


def _told_of_value_test(tried: worth.BackTest) -> dict[str, Any]:
    days = {name: getattr(tried, name).isoformat() for name in ("as_of", "first_on", "last_on")}
    return days | {name: getattr(tried, name) for name in _VALUE_TRIED}


def _refusal(refusal: Any) -> dict[str, Any] | None:
    return None if refusal is None else {"code": refusal.code, **refusal.numbers}


def _risks(model: risk.RiskModel | None, signs: pa.Table | None) -> pa.Table:
    chance = risk.probability(model, signs) if model and signs is not None else None
    if chance is None or signs is None:
        return RISKS.empty_table()
    return pa.table({"customer_id": signs["customer_id"], "risk": chance}, schema=RISKS)


def _told_of_risk(fitted: risk.RiskModel) -> dict[str, Any]:
    verdict = fitted.verdict
    return {
        "rule": fitted.rule,
        "by": verdict.by,
        "horizon_days": fitted.horizon_days,
        "activity_days": fitted.activity_days,
        "base_share": fitted.base_share,
        "level": asdict(fitted.level),
        "refusal": _refusal(fitted.refusal),
        "suggestion": fitted.suggestion and asdict(fitted.suggestion),
        "refused": [asdict(column) for column in fitted.refused],
        "qualities": {
            rule: {name: getattr(quality, name) for name in _QUALITIES} for rule, quality in verdict.qualities.items()
        },
    }
