"""Companies that the early warning was not made for: a season, a sudden turn, leaving that is announced."""

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from tests.insight.value import simulate

YEAR_DAYS = 365.25


def steady(*, n: int, seed: int, days: int = 900) -> pa.Table:
    """Everybody buys and stops as BG/NBD says: the world of the value model."""
    return simulate.lines(n=n, days=days, r=0.8, alpha=40, a=0.5, b=3, seed=seed)


def seasonal(*, n: int, seed: int, days: int = 1400) -> pa.Table:
    """Four times as many purchases before Christmas as in spring; a third buys in that season alone."""
    random = np.random.default_rng(seed)
    return _played(random, n=n, days=days, waves=np.where(random.random(n) < 1 / 3, 1.0, 0.3))


def turned(*, n: int, seed: int, days: int = 1100) -> pa.Table:
    """From one day on, 200 days before the end, customers leave four times as quickly as ever before."""
    random = np.random.default_rng(seed)
    return _played(random, n=n, days=days, turns_on=days - 200)


def announced(*, n: int, seed: int, days: int = 1000) -> pa.Table:
    """Whoever leaves has bought less, and less often, and sent more back, for three months before."""
    random = np.random.default_rng(seed)
    return _played(random, n=n, days=days, fades_days=90.0)


WORLDS: dict[str, Callable[..., pa.Table]] = {
    "steady": steady,
    "seasonal": seasonal,
    "turned": turned,
    "announced": announced,
}


def _played(
    random: np.random.Generator,
    *,
    n: int,
    days: int,
    waves: np.ndarray | float = 0.0,
    turns_on: int | None = None,
    fades_days: float = 0.0,
) -> pa.Table:
    joins = random.uniform(-0.3, 0.7, n) * days
    leaves = _leaves(random, joins, random.gamma(2.0, 1 / 800.0, n), days if turns_on is None else turns_on)
    who, when = _purchases(random, joins, np.minimum(leaves, days), random.lognormal(np.log(35), 0.6, n))
    kept = (when >= 0) & (random.random(len(who)) < _season(when, np.broadcast_to(waves, n)[who]))
    near = np.clip((leaves[who] - when) / max(fades_days, 1e-9), 0, 1)  # 1 well before she leaves, 0 at the end
    kept &= random.random(len(who)) < 0.2 + 0.8 * near
    who, when, near = who[kept], when[kept], near[kept]
    cents = np.maximum(random.gamma(5.0, 1000.0, n)[who] * random.gamma(3.0, 1 / 3, len(who)) * (0.3 + 0.7 * near), 1)
    back = random.random(len(who)) < 0.05 + 0.4 * (1 - near)
    return pa.concat_tables(
        [_lines(who, when, cents.astype(np.int64), "sale"), _lines(who[back], when[back], -cents[back] / 2, "return")]
    )


def _leaves(random: np.random.Generator, joins: np.ndarray, hazard: np.ndarray, turns_on: int) -> np.ndarray:
    """Draw the day of leaving; from `turns_on` on, four days pass in one."""
    leaves = joins + random.exponential(1 / hazard)
    early = np.maximum(joins, turns_on)
    return np.where(leaves > early, early + (leaves - early) / 4, leaves)


def _purchases(
    random: np.random.Generator, joins: np.ndarray, until: np.ndarray, gap: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    regular = random.choice([1.0, 4.0], len(joins))  # half buy at random, half keep to their rhythm
    now, here, who, when = joins.copy(), joins < until, [], []
    while here.any():
        who.append(np.flatnonzero(here))
        when.append(now[here])
        now = now + random.gamma(regular, gap / regular)
        here &= now < until
    return np.concatenate(who), np.concatenate(when)


def _season(when: np.ndarray, waves: np.ndarray) -> np.ndarray:
    """Give the share of purchases that take place at a time of the year: 1 in the season, 1 - waves half a year off."""
    high = (1 + np.cos(2 * np.pi * (when / YEAR_DAYS - 0.93))) / 2
    return 1 - waves * (1 - high) ** 0.5


def _lines(who: np.ndarray, when: np.ndarray, cents: np.ndarray, kind: str) -> pa.Table:
    day = np.floor(when).astype(np.int32)
    sign = -1 if kind == "return" else 1
    return pa.table(
        {
            "order_id": np.arange(len(who)) + (0 if kind == "sale" else 10_000_000),
            "customer_id": who.astype(np.int64),
            "product_id": 1 + (who * 7 + day) % 20,
            "ordered_on": day,
            "ordered_month": (day // 30).astype(np.int32),
            "channel": np.where(who % 3 == 0, "web", "shop"),
            "kind": [kind] * len(who),
            "quantity": np.full(len(who), float(sign)),
            "revenue_cents": cents.astype(np.int64),
            "cost_cents": (cents * 0.6).astype(np.int64),
        }
    )
