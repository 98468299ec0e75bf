"""Figures 1 to 3: plays that change nothing, or something known, on customers drawn from a world."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from impact.worlds import World
from stammkunde.insight import experiments
from stammkunde.insight.experiments.differences import Error

SIZES, SHARES = (200, 1_000, 5_000), (0.05, 0.1, 0.2, 0.5)
AT_ONCE = 500_000  # rows


class Cell(NamedTuple):
    """Of one size and share: coverage of the 90 % interval, false "works", mean width; Welch's; width by own errors."""

    n: int
    share: float
    covered: float
    false: float
    width: float
    welch_covered: float
    welch_false: float
    welch_width: float
    own_width: float


def cells(world: World, draws: int, dice: np.random.Generator) -> list[Cell]:
    return [cell(world, draws, dice, n, share) for n in SIZES for share in SHARES]


def cell(world: World, draws: int, dice: np.random.Generator, n: int, share: float) -> Cell:
    found = [numbers(*part) for part in parts(world, draws, dice, n, share)]
    (effect, reach), (raw, welch), own = (np.concatenate(column, axis=-1) for column in zip(*found, strict=True))
    return Cell(
        n,
        share,
        covered=float((np.abs(effect) <= reach).mean()),
        false=float((effect > reach).mean()),
        width=float(reach.mean()),
        welch_covered=float((np.abs(raw) <= welch).mean()),
        welch_false=float((raw > welch).mean()),
        welch_width=float(welch.mean()),
        own_width=float(own.mean()),
    )


def parts(world: World, draws: int, dice: np.random.Generator, n: int, share: float) -> Iterator[tuple]:
    """Give companies some at a time, without those who hold out, or treat, fewer than ten: they get no figure."""
    at_once = max(AT_ONCE // n, 1)
    for start in range(0, draws, at_once):
        y, x, z = world.draw(dice, min(at_once, draws - start), n, share)
        held_out = (~z).sum(1)
        told = (held_out >= experiments.FEWEST) & (n - held_out >= experiments.FEWEST)
        if told.any():
            yield y[told], x[told], z[told]


def numbers(y: np.ndarray, x: np.ndarray, z: np.ndarray) -> tuple:
    found = experiments.differences(y, treated=z, covariate=x)
    own = Error(np.sqrt(found.spreads[0] / found.treated + found.spreads[1] / found.held_out), found.welch().df)
    reach, welch, mine = (error.se * error.multiple(0.9) for error in (found.error(), found.welch(), own))
    return np.array([found.effect, reach]), np.array([found.raw, welch]), mine


def planted(world: World, draws: int, dice: np.random.Generator) -> Iterator[tuple[str, float, float, float, float]]:
    """Tell of each effect and share: coverage, bias in simulation errors, bias in % of the mean, Welch's coverage."""
    for name, change in CHANGES.items():
        for share in (0.1, 0.5):
            off, covered, welch = [], [], []
            for y, x, z in parts(world, draws, dice, 1_000, share):
                changed = change(y, dice)
                truth = (changed - y).mean(1)
                (effect, reach), (raw, its), _ = numbers(np.where(z, changed, y), x, z)
                off.append(effect - truth)
                covered.append(np.abs(effect - truth) <= reach)
                welch.append(np.abs(raw - truth) <= its)
            apart = np.concatenate(off)
            bias, noise = apart.mean(), apart.std() / np.sqrt(len(apart))
            said = (np.concatenate(covered).mean(), bias / noise, bias / world.y.mean(), np.concatenate(welch).mean())
            yield f"{name}, {share:.0%}", *map(float, said)


def _more(y: np.ndarray, _: np.random.Generator) -> np.ndarray:
    return 1.2 * y


def _buyers(y: np.ndarray, dice: np.random.Generator) -> np.ndarray:
    """A fifth more buyers: of those who bought nothing, as many bring what some buyer brings."""
    bought = y != 0
    return _joined(y, 0.2 * bought.mean(), dice)


def _voucher(y: np.ndarray, dice: np.random.Generator) -> np.ndarray:
    """Buyers bring a tenth less, and of a hundred customers five more buy."""
    return 0.9 * _joined(y, 0.05, dice)


def _joined(y: np.ndarray, share: float, dice: np.random.Generator) -> np.ndarray:
    nothing = y == 0
    new = nothing & (dice.random(y.shape) < share / max(nothing.mean(), 1e-9))
    return np.where(new, dice.choice(y[~nothing], y.shape), y)


CHANGES = {"margin × 1.2": _more, "20 % more buyers": _buyers, "voucher": _voucher}
