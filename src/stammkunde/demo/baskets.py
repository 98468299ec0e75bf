"""What is in the baskets: goods that go together, in their season, at the customer's price; some of it comes back."""

from dataclasses import dataclass

import numpy as np

from stammkunde.demo.catalogue import GROUPS, HEAVY_CENTS, catalogue
from stammkunde.demo.purchases import COMPANY, PERSON

MORE_LINES = np.array([1.2, 2.4])  # beside the first
MOST_LINES = 8
TOGETHER = 0.55  # share of further lines that go with the first
FAVOURITE = 0.3  # share of first lines from the group that the customer likes best
DEARER_PER_HALF_YEAR = 1.017
DISCOUNTS, DISCOUNT_CHANCES = np.array([0.0, 0.05, 0.08, 0.12]), (0.4, 0.3, 0.2, 0.1)  # of firms, agreed
SALE_MONTHS, SALE_DISCOUNT, SALE_SHARE = (2, 11), 0.10, 0.35  # private customers with a voucher
STRUCK = 0.006  # share of lines that are taken back before delivery
RETURNED = np.array([0.055, 0.014])

SALE, CANCELLATION, RETURN = "sale", "cancellation", "return"


@dataclass(frozen=True, kw_only=True)
class Lines:
    """Order lines as columns; `order` is the place of the order they belong to."""

    order: np.ndarray
    product: np.ndarray
    quantity: np.ndarray
    revenue_cents: np.ndarray
    discount_cents: np.ndarray
    cost_cents: np.ndarray
    cost_known: np.ndarray

    def take(self, rows: np.ndarray, *, order: np.ndarray, sign: int = 1) -> "Lines":
        """Choose lines for other orders; with sign −1 they take back what was sold."""
        return Lines(
            order=order,
            product=self.product[rows],
            quantity=sign * self.quantity[rows],
            revenue_cents=sign * self.revenue_cents[rows],
            discount_cents=sign * self.discount_cents[rows],
            cost_cents=sign * self.cost_cents[rows],
            cost_known=self.cost_known[rows],
        )


def lines(
    rng: np.random.Generator, *, customer: np.ndarray, kind: np.ndarray, month: np.ndarray, half_years: np.ndarray
) -> Lines:
    """Fill the baskets. All arguments have one row an order; `customer` decides taste and discount."""
    count = np.minimum(1 + rng.poisson(MORE_LINES[kind]), MOST_LINES)
    order = np.repeat(np.arange(len(kind)), count)
    first = np.arange(len(order)) == np.repeat(np.cumsum(count) - count, count)
    group = _groups(rng, customer=customer, kind=kind, month=month, order=order, first=first)
    product = _products(rng, group)
    kept = _once_an_order(order, product)
    order, product = order[kept], product[kept]
    quantity = _quantities(rng, kind=kind[order], product=product)
    rate = _discounts(rng, customer=customer, kind=kind, month=month)[order]
    return _priced(order=order, product=product, quantity=quantity, rate=rate, half_years=half_years[order])


def freight(goods: Lines, *, orders: int, kind: np.ndarray) -> Lines:
    """Add the carrier to heavy orders of private customers: a line, but no good."""
    total = np.bincount(goods.order, goods.revenue_cents, orders)
    heavy = np.flatnonzero((total > HEAVY_CENTS) & (kind == PERSON))
    place = np.full(len(heavy), catalogue().freight)
    return _priced(
        order=heavy,
        product=place,
        quantity=np.ones(len(heavy)),
        rate=np.zeros(len(heavy)),
        half_years=np.zeros(len(heavy)),
    )


def together(*parts: Lines) -> Lines:
    """Put lines of several kinds one after the other."""
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in Lines.__dataclass_fields__}
    return Lines(**columns)


def _groups(
    rng: np.random.Generator,
    *,
    customer: np.ndarray,
    kind: np.ndarray,
    month: np.ndarray,
    order: np.ndarray,
    first: np.ndarray,
) -> np.ndarray:
    """Choose the group of each line: the first by season and taste, more of them to go with the first."""
    alone = _by_chance(rng, SEASONAL[kind[order], month[order]])
    likes = (customer * 7919 + 13) % len(GROUPS)  # a taste that stays
    group = np.where(first & (rng.random(len(order)) < FAVOURITE), likes[order], alone)
    leading = np.repeat(group[first], np.bincount(order))
    fitting = _by_chance(rng, GO_TOGETHER[leading])
    return np.where(~first & (rng.random(len(order)) < TOGETHER), fitting, group)


def _products(rng: np.random.Generator, group: np.ndarray) -> np.ndarray:
    """Choose a product of the group: a few sell much, most sell little."""
    goods = catalogue()
    starts = np.searchsorted(goods.group[:-1], np.arange(len(GROUPS)))
    sizes = np.bincount(goods.group[:-1])
    shelf = (sizes[group] + 1.0) ** rng.random(len(group)) - 1  # log-uniform: the first sell best
    product: np.ndarray = starts[group] + np.minimum(np.floor(shelf), sizes[group] - 1).astype(np.int64)
    return product


def _once_an_order(order: np.ndarray, product: np.ndarray) -> np.ndarray:
    """Keep the first of several lines with the same product."""
    _values, first = np.unique(order * len(catalogue().names) + product, return_index=True)
    return np.sort(first)


def _quantities(rng: np.random.Generator, *, kind: np.ndarray, product: np.ndarray) -> np.ndarray:
    goods = catalogue()
    cheap = np.clip(12_0000 / goods.price_e4[product], 0.05, 3.0)  # of dear things people take one
    bulk = np.array([group.bulk for group in GROUPS] + [1.0])[goods.group[product]]
    more = np.where(kind == COMPANY, bulk * np.minimum(cheap, 1.2), cheap * 0.8)
    quantity: np.ndarray = 1.0 + rng.poisson(more)
    return quantity


def _discounts(rng: np.random.Generator, *, customer: np.ndarray, kind: np.ndarray, month: np.ndarray) -> np.ndarray:
    steps = np.cumsum(DISCOUNT_CHANCES)
    agreed = DISCOUNTS[np.searchsorted(steps, (customer * 104_729 % 10_007) / 10_007)]
    voucher = np.isin(month + 1, SALE_MONTHS) & (rng.random(len(kind)) < SALE_SHARE)
    return np.where(kind == COMPANY, agreed, np.where(voucher, SALE_DISCOUNT, 0.0))


def _priced(
    *, order: np.ndarray, product: np.ndarray, quantity: np.ndarray, rate: np.ndarray, half_years: np.ndarray
) -> Lines:
    """Price the lines in whole cents; everything gets a little dearer with time."""
    goods = catalogue()
    dearer = DEARER_PER_HALF_YEAR**half_years
    full = np.rint(quantity * np.rint(goods.price_e4[product] * dearer / 100)).astype(np.int64)
    off = np.rint(full * rate).astype(np.int64)
    return Lines(
        order=order,
        product=product,
        quantity=quantity,
        revenue_cents=full - off,
        discount_cents=off,
        cost_cents=np.rint(quantity * goods.cost_e4[product] * dearer / 100).astype(np.int64),
        cost_known=goods.cost_known[product],
    )


def _by_chance(rng: np.random.Generator, steps: np.ndarray) -> np.ndarray:
    """Choose a place in each row of rising steps that end in 1."""
    place: np.ndarray = np.minimum((rng.random(len(steps))[:, None] > steps).sum(axis=1), steps.shape[1] - 1)
    return place


def _seasonal() -> np.ndarray:
    """Chances of each group by kind of customer and month, added up: shape (2, 12, groups)."""
    season = np.array([group.season for group in GROUPS]).T
    liking = np.array([[group.persons for group in GROUPS], [group.companies for group in GROUPS]])
    chances = liking[:, None, :] * season[None, :, :]
    return np.cumsum(chances / chances.sum(axis=2, keepdims=True), axis=2)


def _go_together() -> np.ndarray:
    """Chances of each group beside another, added up: shape (groups, groups)."""
    place = {group.name: number for number, group in enumerate(GROUPS)}
    chances = np.full((len(GROUPS), len(GROUPS)), 0.1) + np.eye(len(GROUPS)) * 1.5
    for group in GROUPS:
        for other, weight in group.together.items():
            chances[place[group.name], place[other]] += weight
    return np.cumsum(chances / chances.sum(axis=1, keepdims=True), axis=1)


SEASONAL = _seasonal()
GO_TOGETHER = _go_together()
