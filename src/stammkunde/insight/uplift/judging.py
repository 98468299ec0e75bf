"""Learning gains on one half of the customers, and judging them on the other, who played no part in it."""

from dataclasses import dataclass

import numpy as np

from stammkunde.insight.drivers.traits import Trait
from stammkunde.insight.late import special
from stammkunde.insight.lifetime import Z95
from stammkunde.insight.uplift.design import Design, Group
from stammkunde.insight.uplift.taking import Bools, Numbers, Played
from stammkunde.insight.value.history import Floats

PICKED = 3  # traits that a half may name
RIDGE = 1e-6  # of a column's spread, so that columns which say the same share what they tell


@dataclass(frozen=True)
class Between:
    """A figure with its 90 % interval, in units of the outcome a customer."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Gap:
    """How much more customers with a trait gained than those without, judged where it was not chosen."""

    trait: Trait
    share: float  # of the customers of whom it is known
    having: Between  # gain of those who have it
    lacking: Between
    difference: Between
    p: float  # corrected for what else was looked at
    picked: int  # splits in which the learning half named it


@dataclass(frozen=True, eq=False)
class Judged:
    """What one split says."""

    qini: float
    error: float
    p: float  # one-sided
    halves: Floats  # shape (3, 2): better half, rest, difference; value and standard error
    picked: dict[int, Floats]  # by group: having, lacking, difference; likewise


def judge(played: Played, design: Design, *, learning: Bools) -> Judged:
    """
    Learn on one half who gains most, and judge on the other whether they do.

    Args:
        played: the customers, shape (n,).
        design: their traits.
        learning: who belongs to the learning half, shape (n,).

    Returns:
        what the other half says; traits are those that the learning half finds most telling.

    Source: doubly robust scores after Robins, Rotnitzky & Zhao (1994), JASA 89, 846-866; Qini after Radcliffe
        (2007), Direct Marketing Analytics Journal, 14-21, as the mean of scores weighted by rank.
    """
    models = [_learn(played, design, learning & arm) for arm in (played.treated, ~played.treated)]
    chosen = _choose(design.groups, _scores(played, design, models, learning), learning)
    judged = ~learning
    psi = _scores(played, design, models, judged)
    predicted = design.columns[judged] @ (models[0] - models[1])
    rank = _ranks(-predicted)
    weighted = (0.5 - rank) * (psi - psi.mean())
    qini, error = float(((0.5 - rank) * psi).mean()), float(weighted.std(ddof=1) / np.sqrt(len(psi)))
    return Judged(
        qini,
        error,
        float(special.ndtr(-qini / error)) if error > 0 else 1.0,
        _apart(psi, rank < 0.5, np.ones(len(psi), bool)),
        {at: _apart(psi, group.has[judged], _known(group, judged)) for at, group in chosen.items()},
    )


def halve(played: Played, dice: np.random.Generator) -> Bools:
    """
    Draw a half of each arm of each draw.

    Args:
        played: the customers, shape (n,).
        dice: what chance comes from.

    Returns:
        who belongs to the half, shape (n,).
    """
    learning = np.zeros(len(played.treated), bool)
    stratum = 2 * played.draw + played.treated
    for which in np.unique(stratum):
        rows = dice.permutation(np.flatnonzero(stratum == which))
        learning[rows[: len(rows) // 2]] = True
    return learning


def _learn(played: Played, design: Design, rows: Bools) -> Floats:
    """Fit what comes of customers of one arm, by least squares."""
    x = design.columns[rows]
    squares = x.T @ x
    diagonal = np.einsum("ii->i", squares)
    diagonal[1:] += RIDGE * len(x) + 1.0
    return np.asarray(np.linalg.solve(squares, x.T @ played.outcome[rows]), np.float64)


def _scores(played: Played, design: Design, models: list[Floats], rows: Bools) -> Floats:
    """Estimate each customer's gain: the models' difference, set right by what came of her."""
    x, y, z, p = design.columns[rows], played.outcome[rows], played.treated[rows], played.share[rows]
    with_it: Floats = x @ models[0]
    without: Floats = x @ models[1]
    psi: Floats = with_it - without + np.where(z, (y - with_it) / p, -(y - without) / (1 - p))
    return psi


def _choose(groups: tuple[Group, ...], psi: Floats, rows: Bools) -> dict[int, Group]:
    """Find the traits that tell most, as far as the learning half knows."""
    telling = []
    for at, group in enumerate(groups):
        found = _apart(psi, group.has[rows], _known(group, rows))[2]
        telling.append((-abs(found[0]) / found[1] if found[1] > 0 else 0.0, at))
    return {at: groups[at] for strength, at in sorted(telling)[:PICKED] if strength < 0}


def _known(group: Group, rows: Bools) -> Bools:
    return np.ones(int(rows.sum()), bool) if group.known is None else group.known[rows]


def _apart(psi: Floats, has: Bools, known: Bools) -> Floats:
    """Give mean and standard error of those who have it, of those who lack it, and of the difference."""
    sides = [psi[has & known], psi[~has & known]]
    if min(len(side) for side in sides) < 2:  # one has no spread
        return np.zeros((3, 2))
    means = [side.mean() for side in sides]
    errors = [side.std(ddof=1) / np.sqrt(len(side)) for side in sides]
    return np.array([*zip(means, errors, strict=True), (means[0] - means[1], np.hypot(*errors))])


def _ranks(x: Floats) -> Floats:
    """Rank between 0 and 1, the least first; those alike share the middle of their ranks."""
    _, place, count = np.unique(x, return_inverse=True, return_counts=True)
    ends: Numbers = np.cumsum(count)
    ranks: Floats = (ends - count / 2)[place] / len(x)
    return ranks


def between(figures: Floats) -> Between:
    """
    Put what several splits say of one figure together: medians of the figure and of the ends of its 95 % intervals.

    Args:
        figures: value and standard error of each split, shape (splits, 2).

    Returns:
        the figure with its 90 % interval: medians over splits cost half of the certainty.

    Source: Chernozhukov, Demirer, Duflo & Fernandez-Val (2018), NBER working paper 24678.
    """
    value, error = figures.T
    low, middle, high = (float(np.median(value + side * Z95 * error)) for side in (-1, 0, 1))
    return Between(middle, low, high)


def together(p: list[float]) -> float:
    """
    Put the p-values of several splits together: twice their median.

    Args:
        p: a p-value a split.

    Returns:
        the p-value of all.

    Source: Meinshausen, Meier & Bühlmann (2009), JASA 104, 1671-1681.
    """
    return float(min(1.0, 2 * np.median(p)))


def gap(group: Group, rows: list[Floats], *, splits: int) -> Gap:
    """
    Say what a trait goes with, by the splits whose learning half named it.

    Args:
        group: who has it.
        rows: what these splits say, shape (3, 2) each.
        splits: how many there were; in the others it counts as not found.

    Returns:
        the gains of both sides.
    """
    figures = np.array(rows)
    value, error = figures[:, 2].T
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.nan_to_num(2 * special.ndtr(-np.abs(value / error)), nan=1.0)
    corrected = [*np.minimum(1.0, PICKED * p), *[1.0] * (splits - len(rows))]
    known = np.ones(len(group.has), bool) if group.known is None else group.known
    having, lacking, difference = (between(figures[:, side]) for side in range(3))
    return Gap(group.trait, float(group.has[known].mean()), having, lacking, difference, together(corrected), len(rows))
