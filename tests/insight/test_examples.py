"""Examples in the docstrings of the library, and on the pages about its methods, give what they say."""

import doctest
import importlib
import inspect
import pkgutil
import re
from datetime import datetime
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from stammkunde import insight
from stammkunde.insight.periods import day
from tests.insight.value import simulate

METHODS = Path(__file__).parents[2] / "docs" / "methods"
MODULES = sorted(one.name for one in pkgutil.walk_packages(insight.__path__, "stammkunde.insight."))
PAGES = sorted(set(METHODS.glob("*.md")) - {METHODS / "hillstrom.md"})  # on other data: experiments/test_hillstrom.py
PARSER = doctest.DocTestParser()


FIRST = datetime(2009, 1, 1, 10)  # noqa: DTZ001 - naive: what files hold


def docstrings():
    """Give each docstring of the library with its module: of modules, classes, functions and methods."""
    for name in ("stammkunde.insight", *MODULES):
        for found in doctest.DocTestFinder(parser=PARSER, exclude_empty=False).find(
            importlib.import_module(name), name
        ):
            yield found.name, name, inspect.cleandoc(found.docstring or "")


MODULE_OF = {name: module for name, module, _ in docstrings()}
TEXTS = {name: text for name, _, text in docstrings()} | {
    path.name: re.sub(r"(?m)^```$", "", path.read_text(encoding="utf-8")) for path in PAGES
}
WITH_EXAMPLES = [name for name, text in TEXTS.items() if PARSER.get_examples(text)]


@pytest.fixture(scope="module")
def played():
    """Three years of orders of 1,400 customers; of the half in Austria more leave."""
    germany = pl.from_arrow(simulate.lines(n=700, days=1074, r=0.8, alpha=40.0, a=0.5, b=6.0, seed=3))
    austria = pl.from_arrow(simulate.lines(n=700, days=1074, r=0.8, alpha=40.0, a=1.5, b=3.0, seed=4))
    moved = austria.with_columns(pl.col("customer_id") + 700, pl.col("order_id") + germany.height)
    return pl.concat([germany, moved])


@pytest.fixture(scope="module")
def shop(played, tmp_path_factory):
    """The folder that examples take for granted."""
    folder = tmp_path_factory.mktemp("shop")
    named = pl.format("K{}", pl.col("customer_id").cast(pl.String).str.zfill(4))
    orders = played.sort("customer_id", "order_id").select(
        named.alias("CustomerID"),
        (pl.lit(FIRST) + pl.duration(days="ordered_on")).alias("InvoiceDate"),
        (pl.col("revenue_cents") / 100).alias("Amount"),
    )
    orders.write_parquet(folder / "orders.parquet")
    pl.DataFrame({"industry": ["hotel", "bakery"]}).write_parquet(folder / "prospects.parquet")
    return folder


@pytest.fixture(scope="module")
def names(played):
    """What examples take for granted: facts until today, and contracts with who left."""
    ids = list(range(1400))
    half = [number < 700 for number in ids]
    customers = {
        "customer_id": ids,
        "country": ["DE" if german else "AT" for german in half],
        "industry": ["hotel" if german else "bakery" for german in half],
        "region": ["north" if number % 2 else "south" for number in ids],
    }
    facts = insight.facts(played.to_arrow(), customers=pa.table(customers))
    contracts = pa.table({"tenure": [1 + number % 60 for number in range(600)]})
    left = np.random.default_rng(5).random(600) < np.where(np.arange(600) % 60 < 12, 0.6, 0.15)
    return {"facts": facts, "today": day(1073), "table": contracts, "left": left}


@pytest.mark.slow
@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_examples_give_what_they_say(name, shop, names, monkeypatch):
    monkeypatch.chdir(shop)
    module = {} if name.endswith(".md") else vars(importlib.import_module(MODULE_OF[name]))
    said: list[str] = []

    doctest.DocTestRunner(verbose=False, optionflags=doctest.NORMALIZE_WHITESPACE).run(
        PARSER.get_doctest(TEXTS[name], module | names, name, name, 0), out=said.append
    )

    assert "".join(said) == ""


def test_code_is_an_example_that_runs():
    """What is not run is not believed; `library.md` is run as one program (`test_library.py`)."""
    block = {True: re.compile(r"```python\n(.*)"), False: re.compile(r"\n\n    (\S.*)")}  # of a page; of a docstring
    blocks = {name: block[name.endswith(".md")].findall(text) for name, text in TEXTS.items() if name != "library.md"}

    assert [name for name, found in blocks.items() if any(not line.startswith(">>> ") for line in found)] == []
    assert len(WITH_EXAMPLES) > 9
