"""Played companies."""

import numpy as np


def company(seed, n=400, share=0.3, effect=5.0):
    """Give what customers brought, whether they were treated, and what was expected of them."""
    dice = np.random.default_rng(seed)
    expected = dice.gamma(0.8, 60.0, n)
    treated = dice.random(n) >= share
    return expected * dice.gamma(2.0, 0.5, n) + effect * treated, treated, expected
