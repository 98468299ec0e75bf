"""
What the amounts of a file are, by reckoning: the price of a piece or of the whole line, with or without VAT, and
whether a column of VAT holds rates or amounts. Decided where all rows fit one reading, and no other.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import duckdb

from stammkunde.intake.check.given import Mapped
from stammkunde.intake.formats.engine import row
from stammkunde.intake.parsing import Reading, parsed

# In Germany, Austria and Switzerland, today and in former years. Others are believed where a row names them.
RATES = (19, 7, 16, 5, 20, 13, 10, 8.1, 2.6, 3.8, 7.7, 2.5, 3.7)
_CENT = 0.011  # by which a tax may be off, as it was rounded
_MOST, _FEW = 0.98, 0.5  # of the rows that can be reckoned: so many fit what is so, and so few what is not
_NEAR = (0.3, 1.6)  # an amount differs from price by quantity by discount and VAT, but not by a thousand times


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """Where a file's numbers are: by field, the table that its texts are parsed in."""

    fields: Mapping[str, Mapped]
    exact: frozenset[str]  # fields whose numbers stand in the file as numbers

    def has(self, *names: str) -> bool:
        return set(names) <= set(self.fields)

    def value(self, name: str, *, table: str = "") -> str:
        """Give the SQL for a field's number."""
        text = f"{table or f'p_{name}'}.value"
        number = f"coalesce(g.{self.fields[name].value}, {text})" if name in self.exact else text
        return f"CAST({number} AS DOUBLE)"

    def source(self, tables: Mapping[str, str]) -> str:
        """Give what stands after FROM: the rows, and the tables that hold the numbers of fields."""
        joins = (f"LEFT JOIN {table} ON g.{self.fields[name].raw} = {table}.text" for name, table in tables.items())
        return f"given g {' '.join(joins)}"


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A reading that all rows fit: of the price ("unit", "line"; empty: it does not matter) and of the amount."""

    price_of: str
    basis: str


def marks(
    db: duckdb.DuckDBPyConnection, amounts: Amounts, opened: Mapping[str, Mapped], readings: Mapping[str, Reading]
) -> dict[str, str]:
    """Find the marks of open columns with which quantity × price comes near to the amount of the line."""
    total = next((one for one in ("line_total", "line_net", "line_gross") if amounts.has(one)), "")
    concerned = [name for name in ("quantity", "unit_price", total) if name in opened]
    if not total or not amounts.has("quantity", "unit_price") or not concerned:
        return {}
    tables = {name: f"p_{name}" for name in ("quantity", "unit_price", total)}
    for name in tables:
        for mark in (",", ".") if name in opened else ():
            how = Reading(today=readings[name].today, decimal=mark, currency=readings[name].currency)
            one = amounts.fields[name]
            db.execute(f"CREATE OR REPLACE TEMP TABLE m_{name}_{_word(mark)} AS "
                       f"{parsed(one.field, f'SELECT text FROM d_{name}', how)}")  # fmt: skip
    fitting = []
    for chosen in product((",", "."), repeat=len(concerned)):
        tried = tables | {name: f"m_{name}_{_word(mark)}" for name, mark in zip(concerned, chosen, strict=True)}
        q, p, t = (amounts.value(name, table=tried[name]) for name in tables)
        ratio = f"{t} / nullif({q} * {p}, 0)"
        n, fits = row(db, f"SELECT count({ratio}), count(*) FILTER (abs({ratio}) BETWEEN {_NEAR[0]} AND {_NEAR[1]}) "
                          f"FROM {amounts.source(tried)}")  # fmt: skip
        if n and fits >= _MOST * n:
            fitting.append(dict(zip(concerned, chosen, strict=True)))
    return fitting[0] if len(fitting) == 1 else {}


def _word(mark: str) -> str:
    return "comma" if mark == "," else "point"


def fitting(db: duckdb.DuckDBPyConnection, amounts: Amounts, *, tax: str, rate: bool) -> Fit | None:
    """
    Find the one reading of the amounts in which each row's VAT is right.

    Args:
        db: has `given`, and the tables of parsed texts.
        amounts: where the numbers are.
        tax: the table with the VAT's amounts, read from `line_tax` or from `tax_rate`.
        rate: whether each row says its rate, too.
    """
    readings = list(_readings(amounts))
    column = "line_tax" if amounts.has("line_tax") else "tax_rate"
    tables = {name: f"p_{name}" for name in _NEEDED if amounts.has(name)} | {column: tax}
    if rate and column != "tax_rate":
        tables["tax_rate"] = "p_tax_rate"
    t = amounts.value(column, table=tax)
    r = amounts.value("tax_rate") if rate and column != "tax_rate" else ""
    tests = [_fits(amount, t, r, basis) for _price_of, basis, amount in readings]
    if not tests:
        return None
    reckoned = f"{t} <> 0"
    counted = ", ".join(f"count(*) FILTER ({reckoned} AND {one})" for one in tests)
    n, *fits = row(db, f"SELECT count(*) FILTER ({reckoned}), {counted} FROM {amounts.source(tables)}")
    best = [reading[:2] for reading, fit in zip(readings, fits, strict=True) if n and fit >= _MOST * n]
    bases = {basis for _price_of, basis in best}
    if len(bases) != 1:
        return None
    kinds = {price_of for price_of, _basis in best}
    return Fit(price_of=kinds.pop() if len(kinds) == 1 else "", basis=bases.pop())


_NEEDED = ("quantity", "unit_price", "line_total", "line_net", "line_gross", "line_discount", "discount_percent")


def _readings(amounts: Amounts) -> Iterator[tuple[str, str, str]]:
    """Give the readings that are possible: of the price, of the amount, and the SQL for the amount of a line."""
    for name, basis in (("line_net", "net"), ("line_gross", "gross")):
        if amounts.has(name):
            yield "", basis, amounts.value(name)
            return
    if amounts.has("line_total"):
        yield from (("", basis, amounts.value("line_total")) for basis in ("net", "gross"))
        return
    if not amounts.has("unit_price"):
        return
    price = amounts.value("unit_price")
    quantity = f"coalesce({amounts.value('quantity')}, 1)" if amounts.has("quantity") else "1"
    less = ""
    if amounts.has("line_discount"):
        less = f" - coalesce(abs({amounts.value('line_discount')}), 0)"
    elif amounts.has("discount_percent"):
        less = f" * (1 - coalesce(abs({amounts.value('discount_percent')}), 0) / 100)"
    for basis in ("net", "gross"):
        yield "unit", basis, f"({quantity} * {price}{less})"
        yield "line", basis, f"({price}{less})"


def _fits(amount: str, tax: str, rate: str, basis: str) -> str:
    def share(of: str) -> str:
        return f"{of} / 100.0" if basis == "net" else f"{of} / (100.0 + {of})"

    known = [share(rate)] if rate else [share(str(one)) for one in RATES]
    off = ", ".join(f"abs(abs({tax}) - abs({amount}) * {one})" for one in known)
    return f"least({off}) <= {_CENT}"


def of_pieces(db: duckdb.DuckDBPyConnection, amounts: Amounts, key: str) -> str:
    """Say whether a price is that of a piece or of a line, by products that were bought in several quantities."""
    tables = {name: f"p_{name}" for name in ("quantity", "unit_price")}
    q, p = amounts.value("quantity"), amounts.value("unit_price")
    unit, line = row(
        db,
        f"""SELECT count(*) FILTER (low = high), count(*) FILTER (share_high - share_low < 0.011) FROM (
            SELECT min(p) AS low, max(p) AS high, min(p / q) AS share_low, max(p / q) AS share_high FROM (
                SELECT g.{key} AS product, {q} AS q, {p} AS p FROM {amounts.source(tables)})
            WHERE q > 0 AND p > 0 GROUP BY product HAVING count(DISTINCT q) > 1)""",
    )
    if unit and not line:
        return "unit"
    return "line" if line and not unit else ""


def matters(db: duckdb.DuckDBPyConnection, amounts: Amounts) -> bool:
    """Tell whether there is a quantity other than one."""
    q = amounts.value("quantity")
    return bool(row(db, f"SELECT bool_or(abs({q}) <> 1) FROM {amounts.source({'quantity': 'p_quantity'})}")[0])


def discount_signs(db: duckdb.DuckDBPyConnection, amounts: Amounts, name: str) -> tuple[int, int]:
    """Count the discounts that have the sign of what they are taken from, and the other one."""
    tables = {one: f"p_{one}" for one in (name, "quantity", "unit_price") if amounts.has(one)}
    base = "1"
    if name == "line_discount":
        base = f"{amounts.value('unit_price')}" + (f" * {amounts.value('quantity')}" if amounts.has("quantity") else "")
    signed = f"sign({amounts.value(name)}) * sign({base})"
    same, other = row(db, f"SELECT count(*) FILTER ({signed} > 0), count(*) FILTER ({signed} < 0) "
                          f"FROM {amounts.source(tables)}")  # fmt: skip
    return same, other
