"""Figures 7, 9, 11 and 12: pooling traps, reaching by consent, ranking, speed."""

import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from stammkunde.insight import experiments
from stammkunde.insight.experiments import Drawn

ENTRIES, MILLION = 10, 1_000_000


def cycles(runs: int, dice: np.random.Generator, n: int = 2_000) -> tuple[float, float]:
    """Let a null play take each customer ten times: coverage by first entries, and by a row for each entry."""
    first = rows = 0
    for _ in range(runs):
        rate = dice.gamma(0.7, 30.0, n)
        margins = rate[:, None] * dice.gamma(1.0, 1.0, (n, ENTRIES))
        z, expected = dice.random(n) >= 0.1, rate * dice.lognormal(0, 0.5, n)
        found = experiments.estimate(margins[:, 0], treated=z, covariate=expected)
        first += found.low <= 0 <= found.high
        plain = experiments.differences(margins.ravel(), treated=np.repeat(z, ENTRIES))
        rows += abs(plain.raw) <= plain.welch().se * plain.welch().multiple(0.9)
    return first / runs, rows / runs


def splits(runs: int, dice: np.random.Generator, people: int = 1_800) -> tuple[float, float]:
    """Look daily for 90 days at a share of 10 %: how often 7 % is ever called wrong, and how often the right one is."""
    found = []
    for true in (0.07, 0.1):
        held_out = np.cumsum(dice.random((runs, people)) < true, axis=1)[:, people // 90 - 1 :: people // 90]
        enrolled = np.arange(1, 91) * (people // 90)
        flagged = [any(map(_wrong, enrolled.tolist(), run)) for run in held_out.tolist()]
        found.append(float(np.mean(flagged)))
    return found[0], found[1]


@cache
def _wrong(enrolled: int, held_out: int) -> bool:
    return experiments.check_split([Drawn(enrolled, held_out, 0.1)]).wrong


def consent(runs: int, dice: np.random.Generator) -> tuple[float, float, float, float]:
    """
    Reach those who bring more rather than others, with ten euro for each who is reached.

    Gives the bias per reached and its coverage, and both for the reached against the held out.
    """
    truth, n, ours, naive, covered, its = 10.0, 5_000, [], [], [], []
    for _ in range(runs):
        rate = dice.gamma(0.7, 40.0, n)
        z = dice.random(n) >= 0.3
        reached = z & (dice.random(n) < 0.15 + 0.6 * np.argsort(np.argsort(rate)) / n)
        y = rate * dice.gamma(1.0, 1.0, n) + truth * reached
        found = experiments.estimate(
            y, treated=z, covariate=rate * dice.lognormal(0, 0.5, n), reached_share=float(reached.sum() / z.sum())
        )
        effect, low, high = found.per_reached
        ours.append(effect - truth)
        covered.append(low <= truth <= high)
        alone = reached | ~z
        plain = experiments.differences(y[alone], treated=z[alone])
        naive.append(plain.raw - truth)
        its.append(abs(plain.raw - truth) <= plain.welch().se * plain.welch().multiple(0.9))
    return float(np.mean(ours)) / truth, float(np.mean(covered)), float(np.mean(naive)) / truth, float(np.mean(its))


def ranking(runs: int, dice: np.random.Generator) -> tuple[float, float, float, dict[int, float]]:
    """
    Rank 20 null plays: what the best of them seems to bring, the same shrunk, and the best of the shrunk.

    And the coverage of 95 % intervals of all plays, where they differ.
    """
    best = np.zeros((runs, 3))
    for run in range(runs):
        errors = dice.uniform(0.7, 6.0, 20)
        seen = dice.normal(0, errors)
        shrunk = experiments.shrink(seen, errors=errors).effect
        best[run] = seen.max(), shrunk[seen.argmax()], shrunk.max()
    covered = {}
    for count in (5, 10, 20):
        held = []
        for _ in range(runs):
            errors, truth = dice.uniform(0.7, 6.0, count), dice.normal(1, 2, count)
            found = experiments.shrink(dice.normal(truth, errors), errors=errors, confidence=0.95)
            held.append((found.low <= truth) & (truth <= found.high))
        covered[count] = float(np.mean(held))
    return *map(float, best.mean(0)), covered


def speed(dice: np.random.Generator, plays: int = 100) -> tuple[tuple[float, float], ...]:
    """
    Give seconds, by the clock and by the processor: what others do at the same time counts in the former alone.

    Of a million rows in memory, from a Parquet file, and for so many plays of a million each from it.
    """
    x = np.rint(dice.gamma(0.5, 8_000.0, MILLION)).astype(np.int64)
    y, z = np.rint(x * dice.gamma(1.0, 1.0, MILLION)).astype(np.int64), dice.random(MILLION) >= 0.1
    experiments.estimate(y[:1_000], treated=z[:1_000], covariate=x[:1_000])  # loads scipy
    rows = _taken(lambda: experiments.estimate(y, treated=z, covariate=x))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "play.parquet"
        pq.write_table(pa.table({"outcome": y, "treated": z, "expected": x}), path)
        times = [_taken(lambda: experiments.estimate_table(path, covariate="expected")) for _ in range(plays)]
    return rows, times[0], tuple(map(sum, zip(*times, strict=True)))


def _taken(work: Callable[[], object]) -> tuple[float, float]:
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - processor
