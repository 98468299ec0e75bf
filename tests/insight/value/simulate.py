"""Customers who behave exactly as the models suppose, so that a fit must find the parameters again."""

import numpy as np


def bg_nbd(*, n: int, r: float, alpha: float, a: float, b: float, age: int, seed: int):
    """Play the story of BG/NBD for n customers; times in days, rounded up to whole ones."""
    random = np.random.default_rng(seed)
    rate = random.gamma(r, 1 / alpha, n)
    leaves = random.beta(a, b, n)
    ages = random.integers(age // 2, age, n).astype(float)
    x, t_x = np.zeros(n), np.zeros(n)
    now, here = np.zeros(n), np.ones(n, bool)
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
