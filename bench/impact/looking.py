"""Figures 4 to 6: opening the page daily, four looks against one, and customers needed."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from impact.worlds import World
from stammkunde.insight import experiments
from stammkunde.insight.errors import NotEnoughData
from stammkunde.insight.experiments import Drawn, Look

DAYS, CUSTOMERS, SHARE = 90, 1_000, 0.1
ONCE = experiments.look(ripe=CUSTOMERS, planned=CUSTOMERS, plan="once")
RIGHT = experiments.check_split([Drawn(CUSTOMERS, 100, SHARE)])


class Daily(NamedTuple):
    """Shares of runs in which a null play is ever said to work, and whether a verdict changed when no look was due."""

    rolling: float
    once: float
    welch: float
    changed: bool


def daily(world: World, runs: int, dice: np.random.Generator) -> Daily:
    """Open the page on each of 90 days; a ninetieth of the customers becomes ripe each day."""
    ripe = [round(CUSTOMERS * (day + 1) / DAYS) for day in range(DAYS)]
    rolling = once = changed = 0
    welch = np.zeros(runs, dtype=bool)
    y, x, z = world.draw(dice, runs, CUSTOMERS, SHARE)
    for run in range(runs):
        said = opened(y[run], x[run], z[run], ripe)
        rolling += "works" in {code for code, _ in said}
        changed += any(was != now and not due for (was, _), (now, due) in pairwise(said))
        once += verdict(y[run], x[run], z[run], ONCE) == "works"
    for count in ripe:
        told = np.minimum((~z[:, :count]).sum(1), z[:, :count].sum(1)) >= experiments.FEWEST
        if told.any():
            found = experiments.differences(y[told, :count], treated=z[told, :count])
            error = found.welch()
            welch[told] |= found.raw > error.se * error.multiple(0.9)
    return Daily(rolling / runs, once / runs, float(welch.mean()), bool(changed))


def opened(y: np.ndarray, x: np.ndarray, z: np.ndarray, ripe: list[int]) -> list[tuple[str, bool]]:
    """Give what the page says on each day, and whether a look was due; between looks the last verdict stays."""
    said, taken, last = [], 0, "running"
    for count in ripe:
        look = experiments.look(ripe=count, planned=CUSTOMERS, taken=taken)
        if look.due:
            last = verdict(y[:count], x[:count], z[:count], look)
            taken = look.number
        said.append((last, look.due))
    return said


def verdict(y: np.ndarray, x: np.ndarray, z: np.ndarray, look: Look) -> str:
    try:
        effect = experiments.estimate(y, treated=z, covariate=x)
    except NotEnoughData:
        effect = None
    worth = experiments.worth_having(float(y.mean()))
    return experiments.judge(effect, look=look, split=RIGHT, worth=worth).code


def power(world: World, draws: int, dice: np.random.Generator) -> tuple[float, float, float, float]:
    """Give the power of one look and of four, after which share of customers it is found, and their false alarms."""
    n, share = 2_000, 0.3
    effect = experiments.smallest_visible(
        customers=n, share=share, spread=float(world.y.std()), correlation=world.correlation
    )
    one = four = at = false = 0.0
    at_once = max(500_000 // n, 1)
    for start in range(0, draws, at_once):
        y, x, z = world.draw(dice, min(at_once, draws - start), n, share)
        changed = y + effect * z
        found = _at_looks(changed, x, z)
        last = experiments.differences(changed, treated=z, covariate=x)
        one += (last.effect > last.error().se * last.error().multiple(0.9)).sum()
        four += found.any(0).sum()
        at += ((found.argmax(0) + 1) / 4)[found.any(0)].sum()
        false += _at_looks(y, x, z).any(0).sum()
    return one / draws, four / draws, at / max(four, 1), false / draws


def _at_looks(y: np.ndarray, x: np.ndarray, z: np.ndarray) -> np.ndarray:
    found = []
    for number, multiple in enumerate(experiments.obrien_fleming(experiments.LOOKS)):
        n = y.shape[1] * (number + 1) // experiments.LOOKS
        seen = experiments.differences(y[:, :n], treated=z[:, :n], covariate=x[:, :n])
        found.append(seen.effect > multiple * seen.error().se)
    return np.array(found)


def again(world: World, runs: int, dice: np.random.Generator) -> tuple[float, float]:
    """Let plays that cannot be told name the customers they need, and play each again with so many."""
    n, share = 1_000, 0.3
    visible = experiments.smallest_visible(
        customers=n, share=share, spread=float(world.y.std()), correlation=world.correlation
    )
    worth = visible / 2
    found, needed = [], []
    for y, x, z in zip(*world.draw(dice, runs, n, share), strict=True):
        effect = experiments.estimate(y + worth * z, treated=z, covariate=x)
        said = experiments.judge(effect, look=ONCE, split=RIGHT, worth=worth)
        if said.needed is None:
            continue
        needed.append(n + said.needed.more)
        more = world.draw(dice, 1, needed[-1], share)
        seen = experiments.estimate(more[0][0] + worth * more[2][0], treated=more[2][0], covariate=more[1][0])
        found.append(seen.low > 0)
    return float(np.mean(found)), float(np.median(needed))
