"""Every figure is the same on every engine."""

from collections.abc import Callable
from datetime import date
from typing import Any

import narwhals as nw
import pytest

from stammkunde.insight import (
    Facts,
    buying,
    classes,
    cohorts,
    comeback,
    drivers,
    kpis,
    lifetime,
    money,
    outcomes,
    periods,
    products,
    profile,
    recency,
    rfm,
    rhythm,
    risk,
    shelf,
    slices,
    value,
)
from stammkunde.insight.drivers.traits import FAMILIES, View
from stammkunde.insight.frames import Frame, arrow, hold
from stammkunde.insight.value import worth

from .conftest import AS_OF, eventful, on_arrow, on_duckdb, on_polars

pytestmark = pytest.mark.slow

MONTHS = periods.between(date(2010, 11, 1), date(2012, 7, 31), grain="month")
PERIODS = [*MONTHS, *(periods.parse(text) for text in ("2011-Q1", "2011-Q2", "2012-Q3", "2010", "2011", "2012"))]


def plain(frame: Frame) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = arrow(frame).to_pylist()
    return sorted(found, key=lambda row: tuple(str(value) for value in row.values()))


def traits(facts: Facts) -> dict[str, list[dict[str, Any]]]:
    view = View(facts, periods.day_number(AS_OF), 90)
    read = {name: family.read(view, "country") for name, family in FAMILIES.items()}
    return {name: plain(found) for name, found in read.items() if found is not None}


def sharing(facts: Facts) -> list[int]:
    found = (drivers.Trait("attribute", "country", "DE"), drivers.Trait("tenure", "", "100.."))
    return list(drivers.sharing(facts, found, as_of=AS_OF, activity_days=200).to_pylist())


def best(facts: Facts) -> list[int]:
    return profile.best_ids(facts, profile.Best(AS_OF, value_days=300, kept_days=200))


READINGS = (
    *risk.REGISTERED,
    risk.Sign(name="complaints", kinds=("complaint",), read="times", within_days=200),
    risk.Sign(name="complained_days", kinds=("complaint",), read="days_since"),
    risk.Sign(name="rated", kinds=("rating", "complaint"), read="total", below=2),
    risk.Sign(name="bad_ratings", kinds=("rating",), read="times", within_days=300, below=1, of="ratings"),
    risk.Sign(name="unheard", kinds=("visit",), read="times"),
)


def signs(facts: Facts) -> list[dict[str, Any]]:
    return risk.features(facts, as_of=AS_OF, activity_days=200, signs=READINGS).to_pylist()


def far_ahead(facts: Facts) -> risk.RiskModel:
    """Learn from fewer evenings, all of which are worked out alike: on Spark each takes its time."""
    return risk.fit(facts, as_of=AS_OF, activity_days=90, horizon_days=200)


def figures(by: str | None, *, as_of: date | None = AS_OF) -> Callable[[Facts], Any]:
    return lambda facts: kpis.figures(facts, periods=PERIODS, activity_days=90, by=by, as_of=as_of)


def at_once(facts: Facts) -> list[Any]:
    together = slices.put_together(facts, by=["country", "segment"])
    assert together.alike is not None
    return [figures(by)(together) for by in ("country", "segment")]


def from_a_shelf(facts: Facts) -> Any:
    known = facts.until(AS_OF)
    return figures("country")(known.with_shelf({name: hold(table) for name, table in shelf.tables(known).items()}))


def after_second(facts: Facts) -> list[dict[str, Any]]:
    second = buying.days(facts).filter(nw.col("nth") == 2)
    day = nw.col("day")
    entries = second.select(nw.col("customer_id").alias("entry_id"), "customer_id", (day + 1).alias("first_on"))
    return plain(outcomes.within(facts, entries.with_columns((nw.col("first_on") + 90).alias("last_on"))))


ANSWERS: dict[str, Callable[[Facts], Any]] = {
    "figures": figures(None),
    "figures of all time": figures(None, as_of=None),
    "figures by country": figures("country"),
    "figures by country and segment": at_once,
    "figures by country from a shelf": from_a_shelf,
    "figures by channel": figures("channel"),
    "figures by category": figures("category"),
    "figures by cohort": figures("cohort"),
    "buying days": lambda facts: plain(buying.days(facts)),
    "stays": lambda facts: plain(buying.stays(facts, activity_days=60)),
    "lifetime": lambda facts: lifetime.lifetime(facts, as_of=AS_OF, activity_days=60, by="segment"),
    "turnover": lambda facts: money.turnover(facts, periods=PERIODS),
    "cohort matrix": lambda facts: cohorts.matrix(facts, grain="quarter"),
    "cohort matrix by channel": lambda facts: cohorts.by_slice(facts, by="channel"),
    "customers": lambda facts: plain(recency.customers(facts, as_of=AS_OF, activity_days=90)),
    "rfm": lambda facts: plain(rfm.table(facts, as_of=AS_OF)),
    "rfm grid": lambda facts: rfm.grid(rfm.table(facts, as_of=AS_OF)),
    "classes": lambda facts: plain(classes.customers(facts)),
    "classes of products": lambda facts: plain(classes.products(facts, first_on=date(2011, 3, 1), last_on=AS_OF)),
    "shares of classes": lambda facts: classes.shares(classes.customers(facts)),
    "pareto": lambda facts: classes.pareto(classes.customers(facts), points=10),
    "window": rhythm.suggest_activity_days,
    "rhythm of one": lambda facts: rhythm.of_customer(facts, customer_id=7),
    "products": lambda facts: plain(products.table(facts)),
    "tops": lambda facts: products.tops(products.table(facts), n=3),
    "flops": lambda facts: products.flops(products.table(facts), by="repurchase_share", n=3, least_buyers=2),
    "buyers": lambda facts: products.buyers(facts, product_id=2, by="country"),
    "comeback": lambda facts: comeback.products(facts, as_of=AS_OF, within_days=120, least_first_buyers=3),
    "slices": slices.names,
    "traits": traits,
    "customers with traits": sharing,
    "best customers": best,
    "worth": lambda facts: worth.customers(facts, worth.fit(facts, as_of=AS_OF)).to_pylist(),
    "by frequency": lambda facts: value.by_frequency(facts, as_of=AS_OF, horizon_days=180),
    "happenings": lambda facts: plain(facts.until(AS_OF).happenings),
    "signs": signs,
    "risk": lambda facts: risk.score(facts, risk.fit(facts, as_of=AS_OF, activity_days=90)).to_pylist(),
    "outcomes": after_second,
    "risk far ahead": lambda facts: risk.score(facts, far_ahead(facts)).to_pylist(),
}
ON_SPARK = [  # the others are made of these
    "figures by country and segment",
    "figures by country from a shelf",
    "figures by channel",
    "lifetime",
    "turnover",
    "cohort matrix",
    "customers",
    "rfm",
    "pareto",
    "window",
    "worth",
    "happenings",
    "signs",
    "risk far ahead",
    "products",
    "tops",
    "buyers",
    "comeback",
    "outcomes",
    "traits",
    "customers with traits",
    "best customers",
]


class OnDuckdb(dict[str, Any]):
    """Answers, each worked out when it is first compared with."""

    def __init__(self) -> None:
        super().__init__()
        self.facts = on_duckdb(eventful())

    def __missing__(self, name: str) -> Any:
        self[name] = ANSWERS[name](self.facts)
        return self[name]


@pytest.fixture(scope="session")
def expected() -> OnDuckdb:
    return OnDuckdb()


@pytest.mark.parametrize("name", ANSWERS)
def test_polars_gives_the_same(name, expected):
    assert ANSWERS[name](on_polars(eventful())) == expected[name]


@pytest.mark.parametrize("name", ["figures by country", "customers", "products"])
def test_tables_in_memory_give_the_same(name, expected):
    assert ANSWERS[name](on_arrow(eventful())) == expected[name]


@pytest.fixture(scope="session")
def spark_facts(on_spark):
    return on_spark(eventful())


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning", "ignore::UserWarning")
@pytest.mark.parametrize("name", ON_SPARK)
def test_spark_gives_the_same(name, expected, spark_facts):
    assert ANSWERS[name](spark_facts) == expected[name]


def test_answers_say_something(expected):
    assert [name for name in ANSWERS if not expected[name]] == []
