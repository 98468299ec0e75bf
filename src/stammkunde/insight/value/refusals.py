"""Models that may not fit: tried in turn, and where none does, why, with the numbers, and what is done instead."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from stammkunde.insight.errors import CannotAnswer, DoesNotFit, InvalidInput, NotEnoughData
from stammkunde.insight.value.bgnbd import FEWEST_REPEATERS, BetaGeometric, fit_bg_nbd, fit_mbg_nbd
from stammkunde.insight.value.buyers import column
from stammkunde.insight.value.gammagamma import FEWEST, GammaGamma, fit_gamma_gamma
from stammkunde.insight.value.history import History
from stammkunde.insight.value.nbd import FEWEST_PURCHASES, Nbd, fit_nbd
from stammkunde.insight.value.paretonbd import ParetoNbd, fit_pareto_nbd

Basis = Literal["margin", "revenue"]
Model = Literal["bg_nbd", "mbg_nbd", "pareto_nbd"]
Purchases = BetaGeometric | ParetoNbd | Nbd
RefusalCode = Literal[
    "few_purchases",
    "few_repeaters",
    "no_variation",
    "too_many_days",
    "few_amounts",
    "few_positive",
    "amounts_alike",
    "no_mean",
]
FITS: dict[Model, Callable[[History], Purchases]] = {
    "bg_nbd": fit_bg_nbd,
    "mbg_nbd": fit_mbg_nbd,
    "pareto_nbd": fit_pareto_nbd,
}


@dataclass(frozen=True)
class Refusal:
    """
    Why a model is missing, with the numbers, and in words with what is done instead.

    Of purchases, where nothing can be expected of anybody: few_purchases (purchases, needed). Of purchases, instead of
    which a rate is used that is drawn towards everybody's: few_repeaters (repeaters, needed), no_variation (customers,
    repeaters), too_many_days (customers). Of amounts, instead of which all amounts that there were stand for
    everybody's: few_amounts (customers, needed), few_positive (positive, customers, needed), amounts_alike (customers),
    no_mean (customers).
    """

    code: RefusalCode
    numbers: dict[str, int]
    text: str


def try_purchases(seen: History, models: Sequence[Model]) -> tuple[Purchases | None, Refusal | None]:
    """
    Fit the first model of purchases that can be fitted.

    Args:
        seen: the customers' histories.
        models: which to try, in this order.

    Returns:
        the model, or why there is none.

    Raises:
        InvalidInput: no model is named, or an unknown one.
    """
    if not models or any(name not in FITS for name in models):
        raise InvalidInput(f"Name models to try, of {', '.join(FITS)}.")
    refusal = None
    for name in models:
        try:
            return FITS[name](seen), None
        except CannotAnswer as reason:
            refusal = _of_purchases(seen, reason)
    return None, refusal


def try_rate(seen: History) -> tuple[Nbd | None, Refusal | None]:
    """
    Fit the rate that is used where no model can be, or where it comes closer.

    Args:
        seen: the customers' histories.

    Returns:
        the rate, drawn towards everybody's, or why there is none.
    """
    try:
        return fit_nbd(seen), None
    except NotEnoughData as reason:
        numbers = {"purchases": round(float(seen.weight @ seen.frequency)), "needed": FEWEST_PURCHASES}
        return None, Refusal("few_purchases", numbers, f"{reason} Nothing is expected of anybody.")


def try_amounts(past: pa.Table, basis: Basis) -> tuple[GammaGamma | None, Refusal | None]:
    """
    Fit the model of amounts to everybody who brought anything so far.

    Args:
        past: from `buyers.buyers`.
        basis: margin or revenue.

    Returns:
        the model, or why there is none.
    """
    bought, spent = column(past, "purchase_days"), column(past, f"{basis}_cents")
    positive = spent > 0
    try:
        model = fit_gamma_gamma(bought[positive], spent[positive] / bought[positive])
        return _with_mean(model, fewest=int(bought.min())), None
    except CannotAnswer as reason:
        return None, _of_amounts(len(bought), int(positive.sum()), reason)


def _with_mean(model: GammaGamma, *, fewest: int) -> GammaGamma:
    """Refuse a model under which whoever has the fewest purchases has no mean to expect."""
    if model.p * fewest + model.q <= 1:
        shape = f"{'q' if fewest == 0 else 'p + q'} = {model.p * fewest + model.q:.3g}"
        raise InvalidInput(f"With {shape} no mean can be expected of customers with {fewest} known amounts.")
    return model


def _of_purchases(seen: History, reason: CannotAnswer) -> Refusal:
    instead = "A rate of each customer, drawn towards everybody's, is used instead."
    numbers = {"customers": round(seen.customers), "repeaters": round(seen.repeaters)}
    if isinstance(reason, NotEnoughData):
        numbers = {"repeaters": numbers["repeaters"], "needed": FEWEST_REPEATERS}
        return Refusal("few_repeaters", numbers, f"{reason} {instead}")
    if isinstance(reason, DoesNotFit):
        return Refusal("no_variation", numbers, f"{reason} {instead}")
    return Refusal("too_many_days", numbers, f"{reason} {instead}")


def _of_amounts(customers: int, positive: int, reason: CannotAnswer) -> Refusal:
    instead = "All amounts that there were stand for everybody's instead."
    if isinstance(reason, NotEnoughData) and customers >= FEWEST:
        numbers = {"positive": positive, "customers": customers, "needed": FEWEST}
        text = f"{positive} of {customers} customers brought more than nothing; the model needs {FEWEST}."
        return Refusal("few_positive", numbers, f"{text} {instead}")
    if isinstance(reason, NotEnoughData):
        return Refusal("few_amounts", {"customers": customers, "needed": FEWEST}, f"{reason} {instead}")
    code: RefusalCode = "amounts_alike" if isinstance(reason, DoesNotFit) else "no_mean"
    return Refusal(code, {"customers": customers}, f"{reason} {instead}")
