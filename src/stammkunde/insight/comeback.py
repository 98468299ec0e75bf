"""
Which products bring customers back.

For every product: of the customers whose first purchase contained it, how many bought anything again within a given
time? They are compared with others who first bought in the same quarter and as many different products, but not this
one. The difference is that of Mantel and Haenszel over these strata. It is an association, not a proof: who chooses a
product may differ in ways that the strata do not see.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import narwhals as nw

from stammkunde.insight import buying
from stammkunde.insight.errors import InvalidInput, NotEnoughData
from stammkunde.insight.frames import Facts, Frame, counted, rows, whole_parts
from stammkunde.insight.lifetime import Z95
from stammkunde.insight.periods import day_number
from stammkunde.insight.slices import is_sale

BASKETS = (1, 3, 9)  # up to 1, 2–3, 4–9, and more different products in the first purchase
LEAST_FIRST_BUYERS = 30

Cell = tuple[int, int]  # first buyers, and those of them who came back


@dataclass(frozen=True)
class Comeback:
    """How often first buyers of a product came back, beside comparable others."""

    product_id: int
    n: int  # first buyers who could be followed long enough and have comparable others
    returned: int
    share: float
    share_of_others: float  # weighted as the product's own first buyers are spread over the strata
    difference: float
    low: float  # 95 % interval of the difference
    high: float

    @property
    def is_clear(self) -> bool:
        """Tell whether the interval leaves out "no difference"."""
        return self.low > 0 or self.high < 0


def products(
    facts: Facts, *, as_of: date, within_days: int = 180, least_first_buyers: int = LEAST_FIRST_BUYERS
) -> list[Comeback]:
    """
    Compare how often first buyers of each product came back.

    Args:
        facts: the facts; later lines are left out.
        as_of: the day up to which facts are complete. Only customers who first bought `within_days` before it, or
            earlier, could be followed and count.
        within_days: how long to wait for the second purchase.
        least_first_buyers: products with fewer first buyers are left out.

    Returns:
        the products, the largest difference first; ties by product_id.

    Raises:
        InvalidInput: within_days is below 1.
        NotEnoughData: fewer than `least_first_buyers` customers could be followed long enough.
    Source: Mantel & Haenszel (1959), Journal of the National Cancer Institute 22, 719-748; variance of the risk
        difference by Greenland & Robins (1985), Biometrics 41, 55-68.
    """
    if within_days < 1:
        raise InvalidInput(f"Wait at least one day for the second purchase, not {within_days}.")
    known, latest = facts.until(as_of), day_number(as_of) - within_days
    baskets = known.keep(("first baskets", within_days, latest), lambda: _baskets(known, latest, within_days))
    everyone = {row["stratum"]: (row["n"], row["returned"]) for row in rows(_counted(_buyers(baskets), "stratum"))}
    if sum(n for n, _ in everyone.values()) < least_first_buyers:
        raise NotEnoughData(
            f"Fewer than {least_first_buyers} customers could be followed for {within_days} days after their first "
            "purchase. Wait for less, or for more customers."
        )
    of_product: dict[int, dict[int, Cell]] = {}
    for row in rows(_counted(baskets, "product_id", "stratum")):
        of_product.setdefault(row["product_id"], {})[row["stratum"]] = (row["n"], row["returned"])
    found = (compared(product, cells, everyone) for product, cells in of_product.items())
    enough = [comeback for comeback in found if comeback is not None and comeback.n >= least_first_buyers]
    return sorted(enough, key=lambda comeback: (-comeback.difference, comeback.product_id))


def compared(product_id: int, cells: Mapping[int, Cell], everyone: Mapping[int, Cell]) -> Comeback | None:
    """
    Compare the first buyers of a product with the others of the same strata.

    Args:
        product_id: the product.
        cells: first buyers of the product and those who came back, by stratum.
        everyone: all first buyers and those who came back, by stratum.

    Returns:
        the comparison over strata that have both; None where there are none.
    Source: Greenland & Robins (1985), Biometrics 41, 55-68.
    """
    pairs = [
        (n, back, everyone[stratum][0] - n, everyone[stratum][1] - back)
        for stratum, (n, back) in sorted(cells.items())
        if everyone[stratum][0] > n
    ]
    if not pairs:
        return None
    n, returned = sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
    expected = sum(own * back / others for own, _, others, back in pairs)
    difference, error = _risk_difference(pairs)
    return Comeback(
        product_id=product_id,
        n=n,
        returned=returned,
        share=returned / n,
        share_of_others=expected / n,
        difference=difference,
        low=max(-1.0, difference - Z95 * error),
        high=min(1.0, difference + Z95 * error),
    )


def _risk_difference(pairs: Iterable[tuple[int, int, int, int]]) -> tuple[float, float]:
    top = bottom = spread = 0.0
    for own, back, others, others_back in pairs:
        both = own + others
        top += (back * others - others_back * own) / both
        bottom += own * others / both
        # half a customer on either side: a stratum where all or none came back is not certainty
        p, q = (back + 0.5) / (own + 1), (others_back + 0.5) / (others + 1)
        spread += (own * others / both) ** 2 * (p * (1 - p) / own + q * (1 - q) / others)
    return top / bottom, math.sqrt(spread) / bottom


def _baskets(facts: Facts, latest: int, within_days: int) -> Frame:
    """List the products of first purchases, with the stratum and whether the customer came back in time."""
    first = buying.days(facts).filter((nw.col("nth") == 1) & (nw.col("day") <= latest))
    back = ~nw.col("after").is_null() & (nw.col("after") - nw.col("day") <= within_days)
    followed = first.select(
        "customer_id", "day", whole_parts(nw.col("month"), 3).alias("quarter"), back.alias("returned")
    )
    lines = facts.lines.filter(is_sale() & ~nw.col("product_id").is_null())
    bought = lines.select("customer_id", nw.col("ordered_on").alias("day"), "product_id").unique()
    placed = bought.join(followed, on=["customer_id", "day"], how="inner")
    size = nw.col("product_id").count().over("customer_id")
    sized = placed.with_columns(size.alias("size"))
    bucket = nw.lit(0)
    for limit in BASKETS:
        bucket = bucket + nw.when(nw.col("size") > limit).then(nw.lit(1)).otherwise(nw.lit(0))
    stratum = (nw.col("quarter") * (len(BASKETS) + 1) + bucket).cast(nw.Int64).alias("stratum")
    return sized.select("customer_id", "product_id", "returned", stratum)


def _buyers(baskets: Frame) -> Frame:
    return baskets.select("customer_id", "returned", "stratum").unique()


def _counted(frame: Frame, *keys: str) -> Frame:
    return frame.group_by(*keys).agg(nw.len().cast(nw.Int64).alias("n"), counted(nw.col("returned"), name="returned"))
