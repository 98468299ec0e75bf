"""
How much customers may spend within a time: the whole distribution, not the mean alone.

Given that a customer still buys, her rate and her chance to stop follow from the count of purchases and the age alone,
and what she spends is a scale of her own (gamma + total spent) times a number without unit. So a few hundred
combinations of count and age are played through once, and every customer reads her bounds from the nearest ones.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from stammkunde.insight.value.bgnbd import BetaGeometric
from stammkunde.insight.value.gammagamma import GammaGamma
from stammkunde.insight.value.history import Floats
from stammkunde.insight.value.nbd import Nbd
from stammkunde.insight.value.paretonbd import ParetoNbd

DRAWS = 2_000
SEED = 1
RING = 65_536  # amounts drawn one after the other, of which any neighbours are as good as others
AGES = 24
MOST_EXACT_COUNTS = 24
Places = NDArray[np.int64]
LEVELS = np.linspace(0.0, 1.0, 201)

# counts, ages and times ahead, one a draw → purchases in that time, and what money spent on them is worth today
Play = Callable[[np.random.Generator, Floats, Floats, Floats], tuple[Floats, Floats]]
# purchases in the time ahead, one a draw, and the count so far → what they cost together
Cost = Callable[[np.random.Generator, Floats, float], Floats]


@dataclass(frozen=True, eq=False)
class Drawn:
    """Amounts of purchases as they were, over their mean: what stands for a model of amounts where none fits."""

    amounts: Floats


@dataclass(frozen=True, eq=False)
class Played:
    """Who was played through before, by all that decides how it goes: quantiles of purchases, and of spending."""

    known: Mapping[str, tuple[Floats, Floats]] = field(default_factory=dict)
    used: dict[str, tuple[Floats, Floats]] = field(default_factory=dict)  # known or new: what the next time may know

    def together(self, names: Sequence[str], fresh: Mapping[str, tuple[Floats, Floats]]) -> tuple[Floats, Floats]:
        """Put quantiles of purchases, and of spending, together in the order of names; and note that they were used."""
        theirs = {name: fresh[name] if name in fresh else self.known[name] for name in names}
        self.used.update(theirs)
        bought, spent = zip(*theirs.values(), strict=True)
        return np.stack(bought), np.stack(spent)


@dataclass(frozen=True, eq=False)
class Near:
    """Whom of those who are played customers are like: the younger one's row, and how far on to the next, the older."""

    row: Places
    part: Floats


@dataclass(frozen=True, eq=False)
class Spread:
    """Quantiles of purchases, and of spending over scale, if customers like given ones still buy: by row and level."""

    near: Near
    bought: Floats  # shape (rows, levels)
    spent: Floats  # shape (rows, levels)

    def at(self, level: float, *, alive: Floats, scale: Floats) -> Floats:
        """
        Read what customers spend at most with a given probability.

        Args:
            level: the probability, between 0 and 1.
            alive: probability of still buying, shape (n,).
            scale: gamma plus the total spent so far, shape (n,).

        Returns:
            amounts, shape (n,), in the unit of the scale; 0 where stopping alone is likelier than the level.
        """
        return scale * _read(self.spent, self.near, level, alive)

    def purchases_at(self, level: float, *, alive: Floats) -> Floats:
        """
        Read how often customers buy at most with a given probability.

        Args:
            level: the probability, between 0 and 1.
            alive: probability of still buying, shape (n,).

        Returns:
            whole numbers, shape (n,).
        """
        return np.rint(_read(self.bought, self.near, level, alive))


def spread(  # noqa: PLR0913 (all that decides how customers go on, and who is known already)
    purchases: BetaGeometric | ParetoNbd | Nbd,
    money: GammaGamma | Drawn,
    *,
    frequency: Floats,
    age: Floats,
    horizon: float,
    discount: float = 0.0,
    unsure: float = 0.0,
    played: Played | None = None,
) -> Spread:
    """
    Play customers through the horizon, of every count and age that some of the given ones are like.

    Args:
        purchases: the fitted model of purchases.
        money: the fitted model of amounts, or amounts to draw from; these are in scales.
        frequency: repeat purchases of the customers, shape (n,), n above 0.
        age: time from first purchase to today, shape (n,).
        horizon: how far ahead, above 0, in the unit of time of the model.
        discount: how much less money counts when it comes one unit of time later: e to this power.
        unsure: standard deviation of the logarithm of the horizon, where the level of all purchases is not known.
        played: who was played through before, and need not be again.

    Returns:
        the distribution of these customers; the same at every call, and whoever else is among them.
    """
    played = played or Played()
    counts = _counts(int(frequency.max()))
    log_ages = np.linspace(np.log(purchases.alpha), np.log(purchases.alpha + max(float(age.max()), 1.0)), AGES)
    places, near = _near(counts, log_ages, frequency, np.log(purchases.alpha + age))
    decides = _decides(purchases, money, (horizon, discount, unsure))
    sorts = [_Sort(place, counts[place // AGES], np.exp(log_ages[place % AGES])) for place in places.tolist()]
    names = [f"{decides} {one.place} {one.count:.0f} {float(one.older)!r}" for one in sorts]
    new = {name: one for name, one in zip(names, sorts, strict=True) if name not in played.known}
    play, cost = _play(purchases, discount, horizon), _cost(money)
    bought, spent = (np.empty((len(new), DRAWS)) for _ in range(2))
    for row, one in enumerate(new.values()):
        random = np.random.default_rng([SEED, one.place])
        x, t = np.full(DRAWS, one.count), np.full(DRAWS, one.older - purchases.alpha)
        ahead = horizon * np.exp(unsure * random.standard_normal(DRAWS)) if unsure else np.full(DRAWS, float(horizon))
        bought[row], worth = play(random, x, t, ahead)
        spent[row] = worth * cost(random, bought[row], one.count)
    fresh = dict(zip(new, zip(_quantiles(bought), _quantiles(spent), strict=True), strict=True))
    return Spread(near, *played.together(names, fresh))


@dataclass(frozen=True)
class _Sort:
    """Customers of a count and an age on the grid, and where on it: the age as alpha plus the days, by `np.exp`."""

    place: int
    count: float
    older: float


def _decides(purchases: BetaGeometric | ParetoNbd | Nbd, money: GammaGamma | Drawn, numbers: tuple[float, ...]) -> str:
    """Name what decides how customers of a count and an age go on, besides these and the program."""
    amounts = money.amounts.tobytes() if isinstance(money, Drawn) else repr(money).encode()
    return hashlib.sha256(repr((purchases, numbers, np.__version__)).encode() + amounts).hexdigest()[:24]


def _near(counts: Floats, log_ages: Floats, frequency: Floats, log_age: Floats) -> tuple[Places, Near]:
    """Find the counts and ages that are most like those of customers: which of all there are, and who is like which."""
    count = np.searchsorted((counts[1:] + counts[:-1]) / 2, frequency)
    width = (log_ages[-1] - log_ages[0]) / (AGES - 1)
    beyond = np.clip((log_age - log_ages[0]) / width, 0, AGES - 1)
    younger = np.minimum(beyond.astype(np.int64), AGES - 2)
    place = count * AGES + younger
    places = np.union1d(place, place + 1)  # next to each younger age, the older one
    return places, Near(np.searchsorted(places, place), beyond - younger)


def _quantiles(drawn: Floats) -> Floats:
    """Read the quantiles of each row, as `np.quantile` gives them: so many are found quicker in sorted rows."""
    rows = np.sort(drawn, axis=1)
    place = LEVELS * (DRAWS - 1)
    low = np.minimum(place.astype(np.int64), DRAWS - 2)
    part, below, above = place - low, rows[:, low], rows[:, low + 1]
    step = above - below
    found: Floats = np.where(part >= 0.5, above - step * (1 - part), below + step * part)
    return found


def _cost(money: GammaGamma | Drawn) -> Cost:
    """Choose what purchases of customers who bought `count` times more than once cost together, over their scale."""
    if isinstance(money, Drawn):
        return _neighbours(money.amounts)

    def cost(random: np.random.Generator, bought: Floats, count: float) -> Floats:
        spent = random.gamma(np.maximum(money.p * bought, 1e-300)) * (bought > 0)
        return spent / random.gamma(money.p * (count + 1) + money.q, size=spent.shape)

    return cost


def _neighbours(amounts: Floats) -> Cost:
    """Draw as many amounts as there are purchases, and add them up: neighbours on a ring that was drawn once."""
    ring = amounts[np.random.default_rng(SEED).integers(len(amounts), size=RING)]
    until = np.concatenate([[0.0], np.cumsum(np.concatenate([ring, ring]))])

    def cost(random: np.random.Generator, bought: Floats, _count: float) -> Floats:
        start, (rounds, rest) = random.integers(RING, size=bought.shape), np.divmod(bought.astype(np.int64), RING)
        spent: Floats = until[start + rest] - until[start] + rounds * until[RING]
        return spent

    return cost


def _play(purchases: BetaGeometric | ParetoNbd | Nbd, discount: float, horizon: float) -> Play:
    """Choose how a customer goes on; money that comes within `horizon` is discounted as if time ran evenly to it."""
    if isinstance(purchases, BetaGeometric):
        return _bg_nbd(purchases, discount, horizon)
    if isinstance(purchases, ParetoNbd):
        return _pareto_nbd(purchases, discount, horizon)
    return _nbd(purchases, discount, horizon)


def _read(quantiles: Floats, near: Near, level: float, alive: Floats) -> Floats:
    """Read at a level between the two ages and the two levels around it; stopping comes below every purchase."""
    inner = np.clip((level - (1 - alive)) / np.maximum(alive, 1e-12), 0.0, 1.0) * (len(LEVELS) - 1)
    low = np.minimum(inner.astype(np.int64), len(LEVELS) - 2)
    inner -= low
    flat, at = quantiles.ravel(), near.row * len(LEVELS) + low
    younger, older = (flat[at + step] * (1 - inner) + flat[at + step + 1] * inner for step in (0, len(LEVELS)))
    read: Floats = np.where(level > 1 - alive, younger * (1 - near.part) + older * near.part, 0.0)
    return read


def _counts(most: int) -> Floats:
    few = np.arange(min(most, MOST_EXACT_COUNTS) + 1)
    many = np.geomspace(MOST_EXACT_COUNTS, max(most, MOST_EXACT_COUNTS + 1), 20).round()
    return np.unique(np.concatenate([few, many])).astype(np.float64)


def _bg_nbd(model: BetaGeometric, discount: float, horizon: float) -> Play:
    """Purchases end with the time ahead, or with the one after which the customer stops."""
    shift = 1 if model.first_may_leave else 0

    def play(random: np.random.Generator, x: Floats, t: Floats, ahead: Floats) -> tuple[Floats, Floats]:
        rate = random.gamma(model.r + x) / (model.alpha + t)
        chance = np.maximum(random.beta(model.a, model.b + x + shift), 1e-12)
        until_stop = np.maximum(
            np.ceil(np.log(1 - random.random(x.shape)) / np.log1p(-np.minimum(chance, 1 - 1e-12))), 1
        )
        would_buy = random.poisson(rate * ahead)
        bought: Floats = np.minimum(would_buy, until_stop)
        if not discount:
            return bought, np.ones_like(bought)
        stopped = would_buy >= until_stop
        end = np.full_like(bought, horizon)  # or the moment of the last purchase, the k-th of n at random
        end[stopped] *= random.beta(until_stop[stopped], (would_buy - until_stop + 1)[stopped])
        return bought, _worth(random, bought, end, discount, last_at_end=stopped)

    return play


def _pareto_nbd(model: ParetoNbd, discount: float, horizon: float) -> Play:
    """Purchases end with the time ahead, or when the customer stops unseen."""

    def play(random: np.random.Generator, x: Floats, t: Floats, ahead: Floats) -> tuple[Floats, Floats]:
        rate = random.gamma(model.r + x) / (model.alpha + t)
        leaving = random.gamma(np.full_like(x, model.s)) / (model.beta + t)
        end = np.minimum(random.exponential(size=x.shape) / np.maximum(leaving, 1e-300), ahead)
        bought: Floats = random.poisson(rate * end).astype(np.float64)
        nobody = np.zeros(x.shape, dtype=bool)
        if not discount:
            return bought, np.ones_like(bought)
        return bought, _worth(random, bought, end * (horizon / ahead), discount, last_at_end=nobody)

    return play


def _nbd(model: Nbd, discount: float, horizon: float) -> Play:
    """Purchases go on at a steady rate."""

    def play(random: np.random.Generator, x: Floats, t: Floats, ahead: Floats) -> tuple[Floats, Floats]:
        bought: Floats = random.poisson(random.gamma(model.r + x) / (model.alpha + t) * ahead).astype(np.float64)
        if not discount:
            return bought, np.ones_like(bought)
        end, nobody = np.full_like(bought, horizon), np.zeros(x.shape, dtype=bool)
        return bought, _worth(random, bought, end, discount, last_at_end=nobody)

    return play


def _worth(
    random: np.random.Generator, bought: Floats, end: Floats, discount: float, *, last_at_end: NDArray[np.bool_]
) -> Floats:
    """
    Give what an average purchase is worth today: all come at random moments before the end, one perhaps at the end.

    One moment is drawn for all of them, and its distance from the mean shrunk by the root of their number, so that mean
    and variance are right, and with a single purchase everything is.
    """
    free = np.maximum(bought - last_at_end, 0.0)
    far = discount * np.maximum(end, 1e-12)
    mean = -np.expm1(-far) / far
    drawn = np.exp(-far * random.random(end.shape))
    total = free * mean + np.sqrt(free) * (drawn - mean) + last_at_end * np.exp(-far)
    worth: Floats = total / np.maximum(bought, 1.0)
    return worth
