"""Real customers on a day: what the product's own models expected of them, and what they brought in 91 days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import narwhals as nw
import numpy as np

import risk_quality
from stammkunde.insight.frames import arrow, total
from stammkunde.insight.periods import day_number
from stammkunde.insight.value import worth

WINDOW = 91
DAYS = {
    "cdnow": date(1998, 3, 31),
    "online_retail": date(2011, 9, 9),
    "complete_journey": date(2017, 9, 30),
    "adventureworks": date(2017, 3, 31),
}
MARGINS = {"cdnow": 0.4, "online_retail": 0.4, "complete_journey": 0.25}  # of revenue, where no cost is known
B2B = 30_000


@dataclass(frozen=True)
class World:
    """Customers: `y` euro within the window, `x` euro expected the evening before."""

    name: str
    y: np.ndarray
    x: np.ndarray

    @property
    def correlation(self) -> float:
        return float(np.corrcoef(self.x, self.y)[0, 1])

    def draw(self, dice: np.random.Generator, runs: int, n: int, share: float) -> tuple[np.ndarray, ...]:
        """Let so many companies of n customers hold out a share: outcomes, expected, treated, shape (runs, n)."""
        who = dice.integers(0, len(self.y), (runs, n))
        return self.y[who], self.x[who], dice.random((runs, n)) >= share


def worlds(folder: Path | None, only: list[str]) -> Iterator[World]:
    for name in only:
        if name == "b2b":
            yield played()
        elif folder is not None and (folder / name).is_dir():
            yield real(name, folder / name)
        else:
            print(f"{name}: absent, skipped")


def real(name: str, folder: Path) -> World:
    facts, as_of = risk_quality.ORDERS[name](folder), DAYS[name]
    model = worth.fit(facts, as_of=as_of, horizon_days=WINDOW)
    expected = worth.customers(facts, model, horizon_days=WINDOW, share=None)
    share = MARGINS.get(name)
    first, last = day_number(as_of) + 1, day_number(as_of) + WINDOW
    brought = arrow(
        facts.lines.filter(nw.col("ordered_on") >= first, nw.col("ordered_on") <= last)
        .group_by("customer_id")
        .agg(total("revenue_cents", name="revenue"), total("cost_cents", name="cost"))
    ).to_pylist()
    margin = {row["customer_id"]: share * row["revenue"] if share else row["revenue"] - row["cost"] for row in brought}
    y = np.array([margin.get(customer, 0.0) for customer in expected["customer_id"].to_pylist()])
    return World(name, y / 100, expected["expected_cents"].to_numpy(zero_copy_only=False) * (share or 1.0) / 100)


def played() -> World:
    """Companies that buy by chance, at rates and for amounts of their own; by returns some bring less than nothing."""
    dice = np.random.default_rng(12)
    rate, amount = dice.gamma(0.5, 2.2, B2B), dice.lognormal(4.3, 1.25, B2B)
    bought = dice.poisson(rate)
    y = np.where(bought > 0, amount * dice.gamma(np.maximum(2.0 * bought, 1), 0.5), 0.0)
    returned = dice.random(B2B) < 0.03
    known = dice.poisson(4 * rate)  # of the year before
    x = (known + 0.5) / (4 + 1 / 2.2) * amount * np.exp(dice.normal(0, 0.2, B2B))
    return World("b2b", np.where(returned, -0.3 * y, y), x)
