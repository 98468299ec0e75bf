"""Customers who behave exactly as the models suppose, so that a fit must find the parameters again."""

import numpy as np
import pyarrow as pa


def bg_nbd(*, n: int, r: float, alpha: float, a: float, b: float, age: int, seed: int, first_may_leave: bool = False):
    """Play the story of BG/NBD, or MBG/NBD, for n customers; times in days, rounded up to whole ones."""
    random = np.random.default_rng(seed)
    rate = random.gamma(r, 1 / alpha, n)
    leaves = random.beta(a, b, n)
    ages = random.integers(age // 2, age, n).astype(float)
    x, t_x = np.zeros(n), np.zeros(n)
    now, here = np.zeros(n), np.ones(n, bool)
    if first_may_leave:
        here = random.random(n) >= leaves
    while here.any():
        now = now + random.exponential(1 / rate)
        here &= now < ages
        x[here] += 1
        t_x[here] = now[here]
        here &= random.random(n) >= leaves
    return x, t_x, ages


def pareto_nbd(*, n: int, r: float, alpha: float, s: float, beta: float, age: int, seed: int):
    random = np.random.default_rng(seed)
    rate = random.gamma(r, 1 / alpha, n)
    gone_after = random.exponential(1 / random.gamma(s, 1 / beta, n))
    ages = random.integers(age // 2, age, n).astype(float)
    until = np.minimum(ages, gone_after)
    x = random.poisson(rate * until)
    t_x = np.where(x > 0, until * random.random(n) ** (1 / np.maximum(x, 1)), 0.0)  # the last of x uniform moments
    t_x = np.minimum(np.ceil(t_x), ages)
    return x.astype(float), t_x, ages


def gamma_gamma(*, n: int, p: float, q: float, gamma: float, seed: int):
    random = np.random.default_rng(seed)
    x = random.integers(1, 12, n)
    rate = random.gamma(q, 1 / gamma, n)
    return x, random.gamma(p * x, 1 / rate) / x


def lines(
    *,
    n: int,
    days: int,
    r: float,
    alpha: float,
    a: float,
    b: float,
    seed: int,
    arriving: float = 0.5,
    season: float = 0.0,
) -> pa.Table:
    """
    Play n customers who buy as in BG/NBD and Gamma-Gamma; order lines.

    They arrive over a share of the time; `season` is by how much more (and less) than usual is bought at its height.
    """
    random = np.random.default_rng(seed)
    rate, leaves = random.gamma(r, 1 / alpha, n), random.beta(a, b, n)
    usual = 5.0 / random.gamma(4.0, 1 / 6000.0, n)
    now, here = random.integers(0, int(days * arriving), n).astype(float), np.ones(n, bool)
    who, when = [], []
    while here.any():
        who.append(np.flatnonzero(here))
        when.append(np.ceil(now[here]).astype(np.int32))
        now = _later(now, random.exponential(1 / rate), season)
        here &= (random.random(n) >= leaves) if len(who) > 1 else True
        here &= now < days
    customer, day = np.concatenate(who), np.concatenate(when)
    cents = np.maximum(random.gamma(5.0, usual[customer] / 5.0).astype(np.int64), 1)
    return pa.table(
        {
            "order_id": np.arange(len(customer)),
            "customer_id": customer.astype(np.int64),
            "product_id": np.ones(len(customer), np.int64),
            "ordered_on": day,
            "ordered_month": day // 30,
            "channel": ["shop"] * len(customer),
            "kind": ["sale"] * len(customer),
            "quantity": np.ones(len(customer)),
            "revenue_cents": cents * 2,
            "cost_cents": cents,
        }
    )


def _later(now: np.ndarray, wait: np.ndarray, season: float) -> np.ndarray:
    """Let time run faster in season: find when as much of it has gone by as is waited for."""
    if not season:
        return now + wait
    year = 364.0
    grid = np.arange(0.0, 20_000.0)
    gone = grid + season * year / (2 * np.pi) * (1 - np.cos(2 * np.pi * grid / year))
    return np.interp(np.interp(now, grid, gone) + wait, gone, grid)
