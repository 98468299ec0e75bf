"""
A door for analysts: purchases from whatever table is at hand, with columns as they happen to be called.

    >>> from stammkunde import insight
    >>> facts = insight.purchases("orders.parquet", customer="CustomerID", date="InvoiceDate", revenue="Amount")
    >>> min(insight.named(facts, insight.buying.days(facts))["customer"].to_pylist())
    'K0000'
"""

from typing import Any, Literal
from zoneinfo import ZoneInfo

import duckdb
import narwhals as nw
import pyarrow as pa
import pyarrow.compute as pc

from stammkunde.insight.errors import ColumnMissing, InvalidInput, WrongType
from stammkunde.insight.frames import (
    Facts,
    Frame,
    Table,
    arrow,
    counted,
    hold,
    on_the_clock_of,
    open_table,
    rows,
    whole_parts,
)
from stammkunde.insight.frames import facts as checked

AMOUNTS = ("revenue", "quantity", "price", "cost")
MEANINGS = ("customer", "date", *AMOUNTS, "order", "product", "channel")
MOST = 1e15  # no amount is larger; what is infinite is
_HALF_UP = 0.5 + 1e-6  # a float of 1.005 is a little less than it looks


def purchases(
    table: Table,
    *,
    customer: str,
    date: str,
    revenue: str | None = None,
    zone: str | None = None,
    empty: Literal["refuse", "leave_out"] = "refuse",
    **more: str,
) -> Facts:
    """
    Turn any table with customers, days and money into facts.

    Args:
        table: a path of a Parquet file, a DuckDB relation, a Polars, PySpark or pandas frame, a PyArrow table.
        customer: the column that tells customers apart, numbers or text; empty: a guest.
        date: the column with the day or moment of the purchase.
        revenue: the column with the revenue of the line in units of the currency; or leave it to quantity and price.
        zone: the place whose days count, as "Europe/Berlin", where moments come with a time zone. Needed there, as no
            engine keeps the zone they were written in; without a meaning where moments are those of the place already.
        empty: what becomes of lines without a day or an amount ("not a number" is empty, too): refused, or left out. An
            empty cost is an unknown cost.
        **more: further columns by what they mean: quantity (1 where not named; below zero: a return), price (of one
            piece), order, product (numbers or text), cost (of the line, in units of the currency), channel.

    Returns:
        the facts. Lines with quantity and revenue above zero are sales, below zero returns, others adjustments.

    Raises:
        ColumnMissing: the table has no column of that name.
        WrongType: the column with the day holds no days, or one with amounts no numbers.
        InvalidInput: neither revenue nor price is named, a further name means nothing here, the zone is missing,
            needless or unknown, or amounts or days are empty or infinite.
    """
    source = open_table(table, duckdb.connect())
    columns = {"customer": customer, "date": date, **({} if revenue is None else {"revenue": revenue}), **more}
    _check(source, columns)
    source = _filled(_on_local_days(source, date, zone), columns, empty=empty)
    lines = _with_kind(source.select(*_lines(columns, _customer(source, customer))))
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
    strange = sorted(set(columns) - set(MEANINGS))
    if strange:
        raise InvalidInput(f"'{strange[0]}' means nothing here. Choose from {', '.join(sorted(MEANINGS))}.")
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
    for meaning in AMOUNTS:
        if meaning in columns and not (kind := found[columns[meaning]]).is_numeric() and kind != nw.Unknown:
            raise WrongType(f"Column '{columns[meaning]}' for the {meaning} holds {kind}. Give numbers.")


def _on_local_days(source: Frame, date: str, zone: str | None) -> Frame:
    """Bring moments to the clock of the place that is asked for, never to that of the machine or the engine."""
    kind: Any = source.collect_schema()[date]
    has_zone = kind == nw.Datetime and kind.time_zone is not None
    if has_zone and zone is None:
        raise InvalidInput(
            f"Column '{date}' holds moments with a time zone, and the day on which they fall depends on the place. "
            "Say whose days count: zone='Europe/Berlin', or zone='UTC'."
        )
    if zone is None:
        return source
    if not has_zone:
        raise InvalidInput(f"Column '{date}' has no time zone, so its days are taken as they are. Leave out the zone.")
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):  # OSError: the name of a folder of zones
        raise InvalidInput(f"No time zone is called '{zone}'. Write one as 'Europe/Berlin' or 'UTC'.") from None
    return on_the_clock_of(source, column=date, zone=zone)


def _filled(source: Frame, columns: dict[str, str], *, empty: str) -> Frame:
    """Refuse what is infinite; refuse or leave out what is empty. One look at the table for both."""
    if empty not in {"refuse", "leave_out"}:
        raise InvalidInput(f"Empty values can be refused or left out: 'refuse' or 'leave_out', not '{empty}'.")
    amounts = {meaning: columns[meaning] for meaning in AMOUNTS if meaning in columns}
    empties = {meaning: _is_empty(column) for meaning, column in amounts.items() if meaning != "cost"}
    empties["date"] = nw.col(columns["date"]).dt.year().is_null()  # infinite days have no year either
    endless = {meaning: ~_is_empty(column) & ~(_size(column) <= MOST) for meaning, column in amounts.items()}
    found = rows(
        source.select(
            *[counted(is_so, name=f"empty {meaning}") for meaning, is_so in empties.items()],
            *[counted(is_so, name=f"endless {meaning}") for meaning, is_so in endless.items()],
        )
    )[0]
    for meaning, column in columns.items():
        which = f"Column '{column}' for the {meaning} is"
        if found.get(f"endless {meaning}"):
            raise InvalidInput(f"{which} infinite, or beyond 10^15, in {found[f'endless {meaning}']} lines. Mend them.")
        if found.get(f"empty {meaning}") and empty == "refuse":
            lines = found[f"empty {meaning}"]
            raise InvalidInput(f"{which} empty in {lines} lines. Fill them, or leave them out: empty='leave_out'.")
    return source.filter(~nw.any_horizontal(*empties.values(), ignore_nulls=True))


def _is_empty(column: str) -> nw.Expr:
    amount = nw.col(column).cast(nw.Float64)
    return amount.is_null() | amount.is_nan()


def _size(column: str) -> nw.Expr:
    return nw.col(column).cast(nw.Float64).abs()


def _customer(source: Frame, column: str) -> nw.Expr:
    """Name who bought; the empty text and "not a number" are guests, as is what is empty."""
    kind: Any = source.collect_schema()[column]
    who = nw.col(column)
    if kind == nw.String:
        return nw.when(who != "").then(who)
    return nw.when(~who.is_nan()).then(who) if kind.is_float() else who


def _lines(columns: dict[str, str], customer: nw.Expr) -> list[nw.Expr]:
    year, month, day = _calendar(nw.col(columns["date"]))
    quantity = _number(columns.get("quantity"), 1.0)
    revenue = _number(columns["revenue"], 0.0) if "revenue" in columns else quantity * _number(columns["price"], 0.0)
    nothing = nw.lit(None)
    cost = _cost(columns["cost"]) if "cost" in columns else nothing.cast(nw.Int64)
    return [
        customer.alias("customer_id"),
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
    leap = whole_parts(years, 4) - whole_parts(years, 100) + whole_parts(years, 400)
    return years * 365 + leap + whole_parts(months * 153 + 2, 5) + day - 1 - 719468


def _calendar(moment: nw.Expr) -> tuple[nw.Expr, nw.Expr, nw.Expr]:
    return moment.dt.year().cast(nw.Int64), moment.dt.month().cast(nw.Int64), moment.dt.day().cast(nw.Int64)


def _stand_in(columns: dict[str, str]) -> nw.Expr:
    """Without order numbers, all that a customer buys at one moment is one order."""
    return nw.concat_str(
        nw.col(columns["customer"]).cast(nw.String), nw.col(columns["date"]).cast(nw.String), separator=" "
    )


def _number(column: str | None, without: float | None) -> nw.Expr:
    return nw.lit(without) if column is None else nw.col(column).cast(nw.Float64)


def _cost(column: str) -> nw.Expr:
    return nw.when(~_is_empty(column)).then(_cents(_number(column, None)))


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
