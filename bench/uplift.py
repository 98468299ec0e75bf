"""
For whom a play works: how often something is found where nothing is, what is found where something is, and how quickly.

Run `python bench/uplift.py [--runs 400] [--shared ../shared/data]`. Noise is drawn by chance, and on the customers of
Hillstrom's test who got no mail, half of whom are called contacted; without that file only the former.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from stammkunde.insight import uplift

PER_ARM = 2_000
KNOWN = ("recency", "history", "mens", "womens", "zip_code", "newbie", "channel")
MADE = ("spent", "orders", "age", "region", "channel")
Draw = Callable[[np.random.Generator], pl.DataFrame]


def made(dice: np.random.Generator, *, held_out: float = 0.5, each: int = PER_ARM) -> pl.DataFrame:
    """Draw customers whose skewed margins follow from what is known of them, and whom the play does not change."""
    n = round(each / held_out)
    spent, orders = dice.lognormal(3, 1.2, n), dice.poisson(2, n)
    contacted = np.arange(n) >= each
    margin = np.where(dice.random(n) < 0.4, dice.lognormal(2, 1, n) * (1 + spent / 40 + orders), 0.0)
    words = {name: np.array(["a", "b", "c", "d"])[dice.integers(0, 4, n)] for name in ("region", "channel")}
    known = {"spent": spent, "orders": orders, "age": dice.normal(50, 12, n), **words}
    return pl.DataFrame({**known, "outcome": margin, "contacted": contacted})


def of_hillstrom(path: Path, outcome: str) -> Draw:
    """Call half of customers contacted who got no mail."""
    rest = pl.read_parquet(path).filter(pl.col("segment") == "No E-Mail").with_columns(outcome=pl.col(outcome))

    def drawn(dice: np.random.Generator) -> pl.DataFrame:
        rows = rest[dice.permutation(rest.height)[: 2 * PER_ARM]]
        return rows.with_columns(contacted=pl.arange(2 * PER_ARM) < PER_ARM)

    return drawn


def noise(name: str, draw: Draw, traits: tuple[str, ...], runs: int) -> None:
    """Say how often something is found in noise."""
    found = [
        uplift.find(draw(np.random.default_rng(seed)), treated="contacted", outcome="outcome", traits=traits)
        for seed in range(runs)
    ]
    clear = sum(one.is_clear for one in found)
    told = sum(bool(one.gaps) for one in found)
    print(f"noise, {name}: {clear} of {runs} clear ({clear / runs:.1%}), a trait told in {told}")


def named_noise(name: str, runs: int, *, held_out: float, each: int) -> None:
    """Say how often a named segment is clear in noise."""
    clear = 0
    for seed in range(runs):
        table = made(np.random.default_rng(seed), held_out=held_out, each=each).with_columns(
            a=pl.col("region") == "a", big=pl.col("spent") > 40, often=pl.col("orders") > 2
        )
        said = uplift.segments(table, treated="contacted", outcome="outcome", segments=["a", "big", "often"])
        clear += any(one.is_clear for one in said.segments)
    print(f"three named segments, {name}: {clear} of {runs} runs with a clear one ({clear / runs:.1%})")


def hillstrom(path: Path) -> None:
    """Say for whom the two mails of Hillstrom's test work."""
    for mail in ("Womens", "Mens"):
        table = pl.read_parquet(path).filter(pl.col("segment").is_in([f"{mail} E-Mail", "No E-Mail"]))
        table = table.with_columns(contacted=pl.col("segment") == f"{mail} E-Mail")
        for outcome in ("visit", "conversion", "spend"):
            found = uplift.find(table, treated="contacted", outcome=outcome, traits=KNOWN)
            gaps = "; ".join(
                f"{gap.trait.name} {gap.trait.value} {gap.having.value:+.4f}, others {gap.lacking.value:+.4f}"
                for gap in found.gaps
            )
            apart = found.difference
            print(
                f"{mail}, {outcome}: Qini {found.qini:.5f} (se {found.qini_error:.5f}), p {found.p:.1g}, better half "
                f"{apart.value:+.4f} ({apart.low:+.4f} to {apart.high:+.4f}); {gaps or 'nobody named'}"
            )


def speed(customers: int, traits: int) -> None:
    """Say how long many customers take."""
    dice = np.random.default_rng(0)
    names = [f"t{at}" for at in range(traits)]
    columns = {
        name: dice.normal(size=customers) if at % 5 < 3 else dice.integers(0, 9, customers).astype(str)
        for at, name in enumerate(names)
    }
    outcome, contacted = dice.lognormal(0, 2, customers), dice.random(customers) < 0.9
    table = pl.DataFrame({**columns, "outcome": outcome, "contacted": contacted})
    clock, processor = time.perf_counter(), time.process_time()
    uplift.find(table, treated="contacted", outcome="outcome", traits=names)
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    print(f"{customers:,} customers, {traits} traits, 11 splits: {processor:.1f} s of the processor, {clock:.1f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=400)
    parser.add_argument("--shared", type=Path, default=Path(__file__).parents[2] / "shared" / "data")
    given = parser.parse_args()
    file = given.shared / "hillstrom" / "hillstrom.parquet"
    speed(100_000, 20)
    noise("2,000 in each arm, skewed margins", made, MADE, given.runs)
    noise(
        "2,000 held out of 20,000, skewed margins",
        lambda dice: made(dice, held_out=0.1),
        MADE,
        given.runs // 4,
    )
    if file.exists():
        for outcome in ("visit", "spend"):
            noise(f"2,000 in each arm, {outcome} of Hillstrom's", of_hillstrom(file, outcome), KNOWN, given.runs)
        hillstrom(file)
    named_noise("1,000 in each arm", given.runs, held_out=0.5, each=1_000)
    named_noise("100 held out of 1,000", given.runs, held_out=0.1, each=100)
