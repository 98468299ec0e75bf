"""
Whether what is said of plays is true: effects, looks, traps, ranking and speed, Welch's interval beside ours.

    python bench/experiments.py [FOLDER] [--draws 1000] [--only NAME …] [--without-speed]

FOLDER (or the variable STAMMKUNDE_SHARED_DATA) holds one folder a data set; what is absent is skipped. Customers are
those of a day, what was expected of them is what the product's own models said on that day, and what they brought are
the 91 days after it (`impact/worlds.py`). Companies of n customers are drawn from them, again and again. For whom
a play works (figure 10) is another benchmark: `uplift.py`.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from impact import looking, same, traps
from impact.worlds import DAYS, World, worlds

NAMES = [*DAYS, "b2b"]


class Figure(NamedTuple):
    number: str
    what: str
    found: str
    asked: str
    holds: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=os.environ.get("STAMMKUNDE_SHARED_DATA"))
    parser.add_argument("--draws", type=int, default=1_000)
    parser.add_argument("--only", nargs="*", choices=NAMES, default=NAMES)
    parser.add_argument("--without-speed", action="store_true")
    given = parser.parse_args()
    start, figures = time.perf_counter(), []
    dice = np.random.default_rng(14)
    folder = None if given.folder is None else Path(given.folder)
    shown = [_shown(world) for world in worlds(folder, given.only)]
    aa = {world.name: same.cells(world, given.draws, dice) for world in shown}
    _print_cells(aa)
    figures = [*_aa(aa), *_planted(shown, given.draws, dice), *_width(shown, aa)]
    figures += [*_looking(shown, given.draws, dice), *_traps(given.draws, dice)]
    if not given.without_speed:
        figures += _speed(dice)
    _print(figures)
    print(f"\n{given.draws} draws, {time.perf_counter() - start:.0f} s; {sum(not one.holds for one in figures)} missed")
    sys.exit(not all(one.holds for one in figures))


def _shown(world: World) -> World:
    y = world.y
    skewness = float(((y - y.mean()) ** 3).mean() / y.std() ** 3)
    print(
        f"{world.name:17}{len(y):>7,} customers, nothing {np.mean(y == 0):.1%}, below 0 {np.mean(y < 0):.1%}, "
        f"mean {y.mean():.2f}, sd {y.std():.1f}, skewness {skewness:.1f}, correlation {world.correlation:.2f}"
    )
    return world


def _print_cells(aa: dict[str, list[same.Cell]]) -> None:
    print('\nNothing changed: coverage of the 90 % interval / false "works", in %, ours and Welch\'s')
    print(f"{'':12}" + "".join(f"{name:>26}" for name in aa))
    for place in range(len(same.SIZES) * len(same.SHARES)):
        row = [found[place] for found in aa.values()]
        if not row:
            return
        told = (
            f"{100 * c.covered:.1f}/{100 * c.false:.1f}   {100 * c.welch_covered:.1f}/{100 * c.welch_false:.1f}"
            for c in row
        )
        print(f"{row[0].n:>5,} {row[0].share:>5.0%}" + "".join(f"{cell:>26}" for cell in told))


def _aa(aa: dict[str, list[same.Cell]]) -> Iterator[Figure]:
    every = [cell for found in aa.values() for cell in found]
    ours, welch = (np.array([getattr(c, name) for c in every]) for name in ("covered", "welch_covered"))
    false, its = (np.array([getattr(c, name) for c in every]) for name in ("false", "welch_false"))
    beside = f"Welch {welch.min():.1%}, {welch.mean():.1%}"
    yield Figure("1", "coverage, least, mean", f"{ours.min():.1%}, {ours.mean():.1%} ({beside})", "≥ 87 %, ≥ 90 %",
                 ours.min() >= 0.87 and ours.mean() >= 0.9)  # fmt: skip
    beside = f"Welch {its.max():.1%}, {its.mean():.1%}"
    yield Figure("1", "false “works”, most, mean", f"{false.max():.1%}, {false.mean():.1%} ({beside})", "≤ 7 %, ≤ 4 %",
                 false.max() <= 0.07 and false.mean() <= 0.04)  # fmt: skip


def _planted(shown: list[World], draws: int, dice: np.random.Generator) -> Iterator[Figure]:
    found = [(world.name, *row) for world in shown for row in same.planted(world, draws, dice)]
    covered, welch = min(found, key=lambda row: row[2]), min(row[5] for row in found)
    errors, shares = max(found, key=lambda row: abs(row[3])), max(found, key=lambda row: abs(row[4]))
    yield Figure("2", "coverage of effects, least", f"{covered[2]:.1%} ({covered[0]}, {covered[1]}; Welch {welch:.1%})",
                 "≥ 87 %", covered[2] >= 0.87)  # fmt: skip
    yield Figure("2", "bias, most, in its errors", f"{errors[3]:+.1f} ({errors[0]}, {errors[1]})", "≤ 3",
                 abs(errors[3]) <= 3)  # fmt: skip
    yield Figure("2", "bias, most, of the mean", f"{shares[4]:+.1%} ({shares[0]}, {shares[1]})", "≤ 3 %",
                 abs(shares[4]) <= 0.03)  # fmt: skip


def _width(shown: list[World], aa: dict[str, list[same.Cell]]) -> Iterator[Figure]:
    half = [(world, cell) for world in shown for cell in aa[world.name] if cell.share == 0.5]
    own = max(cell.width / cell.own_width for _, cell in half)
    yield Figure("3", "width at 50 %, by own errors", f"× {own:.3f} at most", "≤ 1.05", own <= 1.05)
    welch = [cell.width / cell.welch_width for world, cell in half if world.correlation >= 0.7]
    if welch:
        yield Figure("3", "width at 50 %, by Welch's", f"× {max(welch):.2f} at most, correlation ≥ .7", "≤ .85",
                     max(welch) <= 0.85)  # fmt: skip


def _looking(shown: list[World], draws: int, dice: np.random.Generator) -> Iterator[Figure]:
    runs = max(draws * 3 // 10, 20)
    for world in shown:
        found = looking.daily(world, runs, dice)
        said = f"{found.rolling:.1%} rolling, {found.once:.1%} once ({world.name}; Welch daily {found.welch:.0%})"
        yield Figure("4", "null play ever “works”", said, "≤ 7 %, no change between looks",
                     max(found.rolling, found.once) <= 0.07 and not found.changed)  # fmt: skip
    for world in shown:
        one, four, at, false = looking.power(world, draws, dice)
        said = f"{four:.2f} against {one:.2f}, found after {at:.0%} of customers, false {false:.1%} ({world.name})"
        yield Figure("5", "power of four looks", said, "≥ .95 × one", four >= 0.95 * one)
    for world in shown:
        share, customers = looking.again(world, draws, dice)
        said = f"found in {share:.1%} with {customers:,.0f} in the middle ({world.name})"
        yield Figure("6", "customers needed", said, "75 to 88 %", 0.75 <= share <= 0.88)


def _traps(draws: int, dice: np.random.Generator) -> Iterator[Figure]:
    first, rows = traps.cycles(draws, dice)
    yield Figure("7", "ten entries, coverage", f"{first:.1%} (a row for each: {rows:.1%})", "≥ 88 %", first >= 0.88)
    wrong, right = traps.splits(5 * draws, dice)
    yield Figure("7", "wrong split found, false", f"{wrong:.1%}, {right:.2%}", "≥ 85 %, ≤ 1 %",
                 wrong >= 0.85 and right <= 0.01)  # fmt: skip
    bias, covered, naive, its = traps.consent(draws, dice)
    said = f"{bias:+.1%}, covered {covered:.1%} (reached against held out: {naive:+.0%}, {its:.0%})"
    yield Figure("9", "bias per reached", said, "≤ 5 %", abs(bias) <= 0.05)
    plain, shrunk, best, kept = traps.ranking(draws, dice)
    said = f"seems to bring {plain:.1f}, shrunk {shrunk:.2f} (best of the shrunk {best:.2f})"
    yield Figure("11", "best of 20 null plays", said, "≤ .6", shrunk <= 0.6)
    said = ", ".join(f"{share:.1%} of {count}" for count, share in kept.items())
    yield Figure(
        "11", "coverage over all plays", said, "92 to 98 %", all(0.92 <= share <= 0.98 for share in kept.values())
    )


def _speed(dice: np.random.Generator) -> Iterator[Figure]:
    rows, table, plays = traps.speed(dice)
    said = f"{rows[1]:.2f} s in memory, {table[1]:.2f} s from Parquet (by the clock {rows[0]:.2f}, {table[0]:.2f})"
    yield Figure("12", "a million customers", said, "≤ 1 s, ≤ 3 s", rows[1] <= 1 and table[1] <= 3)
    said = f"{plays[1]:.1f} s from sums (by the clock {plays[0]:.1f})"
    yield Figure("12", "100 plays of a million", said, "≤ 30 s", plays[1] <= 30)


def _print(figures: list[Figure]) -> None:
    print("\nAcceptance")
    for one in figures:
        print(f"{one.number:>3}  {one.what:28}{one.found:76}{one.asked:31}{'holds' if one.holds else 'MISSED'}")


if __name__ == "__main__":
    main()
