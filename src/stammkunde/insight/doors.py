"""
A door for analysts: purchases from whatever table is at hand, with columns as they happen to be called.

    >>> from stammkunde import insight
    >>> facts = insight.purchases("orders.parquet", customer="CustomerID", date="InvoiceDate", revenue="Amount")
    >>> min(insight.named(facts, insight.buying.days(facts))["customer"].to_pylist())
    'K0000'
"""

from typing import Any

import duckdb
import narwhals as nw
import pyarrow as pa
import pyarrow.compute as pc

from stammkunde.insight.errors import ColumnMissing, InvalidInput, WrongType
from stammkunde.insight.frames import Facts, Frame, Table, arrow, hold, open_table
from stammkunde.insight.frames import facts as checked

_HALF_UP = 0.5 + 1e-6  # a float of 1.005 is a little less than it looks


def purchases(
    table: Table,
    *,
    customer: str,
    date: str,
    revenue: str | None = None,
    quantity: str | None = None,
    price: str | None = None,
    **more: str,
) -> Facts:
    """
    Turn any table with customers, days and money into facts.

    Args:
        table: a path of a Parquet file, a DuckDB relation, a Polars, PySpark or pandas frame, a PyArrow table.
        customer: the column that tells customers apart, numbers or text; empty: a guest.
        date: the column with the day or moment of the purchase.
        revenue: the column with the revenue of the line in units of the currency; or leave it to quantity and price.
        quantity: the column with the quantity; 1 where None. Below zero: a return.
        price: the column with the price of one piece.
        **more: further columns by what they mean: order, product (numbers or text), cost (of the line, in units of the
            currency), channel.

    Returns:
        the facts. Lines with quantity and revenue above zero are sales, below zero returns, others adjustments.

    Raises:
        ColumnMissing: the table has no column of that name.
        WrongType: the column with the day holds no days.
        InvalidInput: neither revenue nor price is named, or a further name means nothing here.
    """
    source = open_table(table, duckdb.connect())
    named = {"customer": customer, "date": date, "revenue": revenue, "quantity": quantity, "price": price, **more}
    columns = {meaning: column for meaning, column in named.items() if column is not None}
    _check(source, columns)
    lines = _with_kind(source.select(*_lines(columns)))
    names = {key: _numbers(lines, key) for key in ("customer_id", "order_id", "product_id")}
    for key, numbers in names.items():
        lines = _numbered(lines, key, numbers)
    if any(numbers is not None for numbers in names.values()):
        lines = hold(lines)  # so that text keys are looked up once
    customers, products = names["customer_id"], names["product_id"]
    return checked(
        lines.to_native(),
        customers=None if customers is None else _customers(customers).to_native(),
        products=None if products is None else _products(products).to_native(),
    )


def named(facts: Facts, answer: pa.Table | Frame) -> pa.Table:
    """
    Give the customers of an answer the names that the table of purchases has for them.

    Args:
        facts: from `purchases`.
        answer: any answer with customer_id.

    Returns:
        the answer, fetched, customer before customer_id; the number itself, where customers were numbers already.

    Raises:
        ColumnMissing: the answer has no customer_id.
    """
    table = answer if isinstance(answer, pa.Table) else arrow(answer)
    if "customer_id" not in table.column_names:
        raise ColumnMissing(f"There is no column 'customer_id'. Found {', '.join(table.column_names)}.")
    names = table["customer_id"]
    if "customer" in facts.attributes() and facts.customers is not None:
        known = arrow(facts.customers.select("customer_id", "customer"))
        names = known["customer"].take(pc.index_in(names, value_set=known["customer_id"]))
    return table.add_column(0, "customer", names)


def _check(source: Frame, columns: dict[str, str]) -> None:
    allowed = {"customer", "date", "revenue", "quantity", "price", "order", "product", "cost", "channel"}
    strange = sorted(set(columns) - allowed)
    if strange:
        raise InvalidInput(f"'{strange[0]}' means nothing here. Choose from {', '.join(sorted(allowed))}.")
    if "revenue" not in columns and "price" not in columns:
        raise InvalidInput("Name the column with the revenue, or the columns with quantity and price.")
    found = dict(source.collect_schema())
    for meaning, column in columns.items():
        if column not in found:
            raise ColumnMissing(f"There is no column '{column}' for the {meaning}. Found {', '.join(found)}.")
    if not isinstance(found[columns["date"]], nw.Date | nw.Datetime):
        raise WrongType(
            f"Column '{columns['date']}' holds {found[columns['date']]}. Give dates or timestamps: convert text first."
        )


def _lines(columns: dict[str, str]) -> list[nw.Expr]:
    year, month, day = _calendar(nw.col(columns["date"]))
    quantity = _number(columns.get("quantity"), 1.0)
    revenue = _number(columns["revenue"], 0.0) if "revenue" in columns else quantity * _number(columns["price"], 0.0)
    nothing = nw.lit(None)
    cost = _cents(_number(columns["cost"], None)) if "cost" in columns else nothing.cast(nw.Int64)
    return [
        nw.col(columns["customer"]).alias("customer_id"),
        (nw.col(columns["order"]) if "order" in columns else _stand_in(columns)).alias("order_id"),
        (nw.col(columns["product"]) if "product" in columns else nothing.cast(nw.Int64)).alias("product_id"),
        day_of(year, month, day).cast(nw.Int32).alias("ordered_on"),
        ((year - 1970) * 12 + month - 1).cast(nw.Int32).alias("ordered_month"),
        (nw.col(columns["channel"]).cast(nw.String) if "channel" in columns else nw.lit("")).alias("channel"),
        quantity.alias("quantity"),
        _cents(revenue).alias("revenue_cents"),
        cost.alias("cost_cents"),
    ]


def day_of(year: nw.Expr, month: nw.Expr, day: nw.Expr) -> nw.Expr:
    """
    Count the days since 1970-01-01 in whole numbers, which every engine does alike.

    Args:
        year: the year.
        month: the month, 1 to 12.
        day: the day of the month.

    Returns:
        the expression.

    Source: Hinnant (2013), chrono-Compatible Low-Level Date Algorithms, days_from_civil.
    """
    early = nw.when(month <= 2).then(nw.lit(1)).otherwise(nw.lit(0)).cast(nw.Int64)
    years = year - early
    months = month - 3 + early * 12
    leap = years // 4 - years // 100 + years // 400
    return years * 365 + leap + (months * 153 + 2) // 5 + day - 1 - 719468


def _calendar(moment: nw.Expr) -> tuple[nw.Expr, nw.Expr, nw.Expr]:
    return moment.dt.year().cast(nw.Int64), moment.dt.month().cast(nw.Int64), moment.dt.day().cast(nw.Int64)


def _stand_in(columns: dict[str, str]) -> nw.Expr:
    """Without order numbers, all that a customer buys at one moment is one order."""
    return nw.concat_str(
        nw.col(columns["customer"]).cast(nw.String), nw.col(columns["date"]).cast(nw.String), separator=" "
    )


def _number(column: str | None, without: float | None) -> nw.Expr:
    return nw.lit(without) if column is None else nw.col(column).cast(nw.Float64)


def _cents(amount: nw.Expr) -> nw.Expr:
    """Round to whole cents, half away from zero."""
    size = (amount.abs() * 100 + _HALF_UP).floor().cast(nw.Int64)
    return nw.when(amount < 0).then(size * -1).otherwise(size)


def _numbers(lines: Frame, key: str) -> Frame | None:
    """Give text keys numbers, in the order of the text; None where the keys are numbers already."""
    kind: Any = lines.collect_schema()[key]
    if kind.is_numeric() or kind == nw.Unknown:
        return None
    keys = lines.select(nw.col(key).cast(nw.String)).filter(~nw.col(key).is_null()).unique()
    numbered = keys.with_row_index("number", order_by=key)
    return hold(numbered.select(key, (nw.col("number").cast(nw.Int64) + 1).alias("number")))


def _numbered(lines: Frame, key: str, numbers: Frame | None) -> Frame:
    if numbers is None:
        return lines.with_columns(nw.col(key).cast(nw.Int64))
    joined = lines.with_columns(nw.col(key).cast(nw.String)).join(numbers, on=key, how="left")
    return joined.drop(key).rename({"number": key})


def _customers(numbers: Frame) -> Frame:
    return numbers.select(nw.col("number").alias("customer_id"), nw.col("customer_id").alias("customer"))


def _products(numbers: Frame) -> Frame:
    return numbers.select(
        nw.col("number").alias("product_id"),
        nw.col("product_id").alias("number"),
        *[nw.lit("").alias(column) for column in ("name", "category")],
    )


def _with_kind(lines: Frame) -> Frame:
    quantity, revenue = nw.col("quantity"), nw.col("revenue_cents")
    other = nw.when((quantity < 0) | (revenue < 0)).then(nw.lit("return")).otherwise(nw.lit("adjustment"))
    kind = nw.when((quantity > 0) & (revenue > 0)).then(nw.lit("sale")).otherwise(other)
    return lines.with_columns(kind.alias("kind"))
