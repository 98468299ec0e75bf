"""
Lines of orders: what was bought, by whom, and what it came to in cents, net of VAT and discounts.

Amounts are whole numbers from here on (millionths, and their products), so that nothing is lost before the one rounding
per line, half away from zero.
"""

from typing import Any

import duckdb

from stammkunde.intake.check import incomplete, problems
from stammkunde.intake.check.given import Mapped
from stammkunde.intake.check.kinds import Kinds
from stammkunde.intake.check.result import FLAGGED, REFUSED
from stammkunde.intake.formats import engine
from stammkunde.intake.formats.engine import literal
from stammkunde.intake.layouts import Layout
from stammkunde.store.layouts import MOMENT

_NOT_PRODUCTS = (
    "post", "postage", "dot", "m", "d", "s", "b", "c2", "cruk", "pads", "manual", "bank charges", "amazonfee", "adjust",
    "versand", "versandkosten", "porto", "fracht", "verpackung", "nachnahme", "rabatt", "skonto", "gutschein", "trinkgeld",  # noqa: E501
    "pfand", "spende", "gebühr", "gebuehr", "mahngebühr", "shipping", "freight", "carriage", "discount", "coupon",
    "voucher", "fee", "fees", "tip", "gift card", "giftcard", "handling",
)  # fmt: skip
_LETTERS = 6  # a code of letters alone is hardly longer than this, unless it names a product


def price(
    db: duckdb.DuckDBPyConnection,
    *,
    layout: Layout,
    fields: list[Mapped],
    options: dict[str, Any],
    unknown: str,
    kinds: Kinds,
) -> None:
    """Make `priced` from `typed`: one row per line, with keys, kind and cents; `unknown` are the fields without column."""  # noqa: E501
    names = {one.field.name for one in fields} | layout.values.keys()
    column = next((one.column for one in fields if one.field.name in _PRICES), "")
    moments = {f"{one.field.name}_day" for one in fields if one.field.type == MOMENT}
    kept = ", ".join(sorted({"row", "origin", *names, *moments, *kinds.words}) + list(_MADE))
    db.execute(f"CREATE VIEW amounts AS {_amounts_sql(layout, names, options)}")
    lacks = "SELECT count(*) FROM typed WHERE position IS NULL"
    has_positions = "position" in names and not engine.count(db, lacks)
    db.execute(
        f"CREATE TABLE priced_given AS SELECT {kept} FROM ({_priced_sql(names, options, has_positions=has_positions)})"
    )
    kinds.set_aside("priced_given", cents="revenue_cents")
    _refuse_without_amount(db, column)
    if "line_refunded" in names or "order_refunded" in names:
        db.execute(f"CREATE TEMP VIEW refundable AS SELECT *{unknown} FROM priced_given")
        _add_refunds(db, kept)
    db.execute("DROP VIEW amounts; DROP VIEW typed; DROP TABLE typed_given")
    db.execute(f"CREATE VIEW priced AS SELECT *{unknown} FROM priced_given")
    _remark(db, fields, column)


# What pricing adds to the file's own fields.
_MADE = (
    "fault", "buyer_number", "product_code", "units", "sign", "charged", "revenue_cents", "gross_cents",
    "discount_cents", "cost_cents", "line_kind", "line_key", "order_status", "shipping_cents",
    "order_source", "product_source", "customer_source", "not_a_product",
)  # fmt: skip
_PRICES = ("unit_price", "line_total", "line_net", "line_gross")


def _amounts_sql(layout: Layout, names: set[str], options: dict[str, Any]) -> str:
    """Give each line its keys and its amount in the file's terms, and how much of it is ours."""
    sign = f"CASE WHEN document_type IN {_TAKES_BACK} AND amount_ > 0 THEN -1 ELSE 1 END"
    if _is_net(names):
        return _net_amounts_sql(layout, names)
    return f"""
        WITH keyed AS (
            SELECT *, {_buyer(layout, names)} AS buyer_number,
                left(coalesce(product_number, product_name), 100) AS product_code,
                coalesce(quantity, 1) AS quantity_,
                {"micro(coalesce(quantity, 1)) * micro(unit_price)" if "unit_price" in names else _UNKNOWN} AS list_
            FROM typed),
        sane AS (
            SELECT * REPLACE (CASE WHEN {_too_much("list_")} THEN NULL ELSE list_ END AS list_),
                {_cost_too_large(names)} AS too_much
            FROM keyed),
        counted AS (
            SELECT *, CASE
                WHEN line_net IS NOT NULL THEN micro(line_net) * 1000000
                WHEN line_gross IS NOT NULL THEN micro(line_gross) * 1000000
                WHEN line_total IS NOT NULL THEN micro(line_total) * 1000000
                ELSE list_ - {_discount(options)} END AS amount_
            FROM sane),
        signed AS (SELECT *, {sign} AS sign FROM counted)
        SELECT * EXCLUDE (amount_, too_much), amount_ * sign AS amount,
            CASE WHEN too_much OR {_too_much("amount_")} THEN 'number_too_large'
                WHEN amount_ IS NULL THEN 'missing_value' {_tax_missing(options)} END AS fault,
            coalesce(micro(line_subtotal) * 1000000, list_) * sign AS list, {_order_amount(names)} AS order_amount,
            {_tax(options)}
        FROM signed"""


_UNKNOWN = "NULL::HUGEINT"
_TAKES_BACK = "('return', 'cancellation', 'correction')"  # whatever the sign that it is written with


def _cost_too_large(names: set[str]) -> str:
    """Give the SQL for a line whose list price or whose cost is beyond all measure."""
    cost = _too_much("micro(quantity_) * micro(unit_cost)") if "unit_cost" in names else "false"
    return f"coalesce({_too_much('list_')}, false) OR coalesce({cost}, false)"


def _is_net(names: set[str]) -> bool:
    """Tell whether the lines' net amounts are all that the file says about money: nothing has to be worked out."""
    told = {"unit_price", "line_gross", "line_total", "line_tax", "line_subtotal", "order_subtotal"}
    return "line_net" in names and not names & told


def _too_much(amount: str) -> str:
    """Give the SQL for an amount (in millionths of millionths) that cannot be true, and would not fit later on."""
    return f"abs({amount}) >= 1000000000::HUGEINT * 1000000000000"


def _net_amounts_sql(layout: Layout, names: set[str]) -> str:
    """Give the same as `_amounts_sql` in the plain case, without arithmetic on wide numbers."""
    sign = f"CASE WHEN document_type IN {_TAKES_BACK} AND line_net > 0 THEN -1 ELSE 1 END"
    too_large = f"WHEN {_cost_too_large(names)} THEN 'number_too_large'" if "unit_cost" in names else ""
    return f"""
        SELECT *, CASE {too_large} WHEN line_net IS NULL THEN 'missing_value' END AS fault
        FROM (
            SELECT *, {_buyer(layout, names)} AS buyer_number,
                left(coalesce(product_number, product_name), 100) AS product_code,
                coalesce(quantity, 1) AS quantity_, {_UNKNOWN} AS list_, {sign} AS sign
            FROM typed)"""


def _order_amount(names: set[str]) -> str:
    return "sum(amount_) OVER (PARTITION BY order_number)" if "order_subtotal" in names else "NULL::HUGEINT"


def _discount(options: dict[str, Any]) -> str:
    """Give the SQL for what is taken off a line; some write it with a minus."""
    sign = "-1" if options.get("discounts") == "negative" else "1"
    return f"{sign} * coalesce(micro(line_discount) * 1000000, ratio(list_ * micro(discount_percent), 100000000), 0)"


def _buyer(layout: Layout, names: set[str]) -> str:
    """Give the SQL for who bought: a number or an address; in a list without either, the name."""
    known = [name for name in layout.buyer if name in names]
    if not known and "customer_name" in names:
        return "left(customer_name, 100)"
    # A shop writes 0 for who has no account.
    return f"left(coalesce({', '.join(f'''nullif({name}, '0')''' for name in known) or 'NULL'}, NULL), 100)"


def _tax(options: dict[str, Any]) -> str:
    """Give the SQL for `net_n / net_d`, the share of an amount that is not VAT, and the tax that stands in the file."""
    if options.get("price_basis") == "order":
        return (
            f"CASE WHEN {_INCLUDED} THEN micro(order_total) - micro(order_tax) ELSE 1::HUGEINT END AS net_n, "
            f"CASE WHEN {_INCLUDED} THEN micro(order_total) ELSE 1::HUGEINT END AS net_d, 0::HUGEINT AS tax"
        )
    gross = _gross(options)
    return (
        f"CASE WHEN {gross} AND line_tax IS NULL THEN 100000000::HUGEINT ELSE 1::HUGEINT END AS net_n, "
        f"CASE WHEN {gross} AND line_tax IS NULL THEN micro(100 + {_rate(options)}) ELSE 1::HUGEINT END AS net_d, "
        f"CASE WHEN {gross} AND line_tax IS NOT NULL THEN micro(line_tax) * 1000000 ELSE 0::HUGEINT END AS tax"
    )


# A shop's prices include VAT if the total is the goods and the shipping, without the tax on top.
_INCLUDED = (
    "order_tax > 0 AND order_total > order_tax "
    "AND abs(order_total - order_subtotal - coalesce(order_shipping, 0)) < 0.015"
)


def _gross(options: dict[str, Any]) -> str:
    always = options.get("price_basis") == "gross"
    return "line_net IS NULL" if always else "line_net IS NULL AND line_gross IS NOT NULL"


def _rate(options: dict[str, Any]) -> str:
    rate: Any = options.get("tax_rate")
    return f"coalesce(tax_rate, {float(rate):.6f})" if _is_rate(rate) else "tax_rate"


def _tax_missing(options: dict[str, Any]) -> str:
    """Give the SQL that finds rows with VAT in them of which nobody knows how much."""
    if options.get("price_basis") == "order" or _is_rate(options.get("tax_rate")):
        return ""
    return f"WHEN {_gross(options)} AND line_tax IS NULL AND (tax_rate IS NULL OR tax_rate < 0) THEN 'tax_missing'"


def _is_rate(rate: Any) -> bool:
    try:
        return 0 <= float(rate) < 100
    except (TypeError, ValueError):
        return False


def tax_known(names: set[str], options: dict[str, Any]) -> bool:
    """Tell whether gross amounts can be turned into net ones."""
    gross = options.get("price_basis") == "gross" or ("line_gross" in names and "line_net" not in names)
    return not gross or bool(names & {"line_net", "line_tax", "tax_rate"}) or _is_rate(options.get("tax_rate"))


def _refuse_without_amount(db: duckdb.DuckDBPyConnection, column: str) -> None:
    problems.add(db, f"SELECT row, {literal(column)}, '', fault, NULL, '{REFUSED}' FROM priced_given "
                     "WHERE fault IS NOT NULL")  # fmt: skip
    incomplete.add(db, "SELECT order_source FROM priced_given WHERE fault IS NOT NULL")
    db.execute("DELETE FROM priced_given WHERE fault IS NOT NULL")


def _shipping(names: set[str]) -> str:
    if "order_subtotal" not in names:
        return "cents(order_shipping)"
    return (
        "CASE WHEN net_d > 1 AND order_subtotal IS NOT NULL "
        "THEN TRY_CAST(ratio(micro(order_shipping) * net_n, net_d * 10000) AS BIGINT) ELSE cents(order_shipping) END"
    )


def _priced_sql(names: set[str], options: dict[str, Any], *, has_positions: bool) -> str:
    """Give each line its cents, its kind and its key; if every line has its position, nothing is counted."""
    occurrence = "row_number() OVER (PARTITION BY order_number, product_code ORDER BY row)"
    counted = f"coalesce(product_code, '–') || '#' || {occurrence}"
    key = "position" if has_positions else f"coalesce({'position' if 'position' in names else 'NULL'}, {counted})"
    net = "ratio((amount - tax * sign) * net_n, net_d * 10000000000)"
    # A shop's order-wide discount lies on its lines in proportion: the order's net goods, shared out by amount.
    goods = "ratio(micro(order_subtotal) * net_n, net_d)"
    shared = f"CASE WHEN order_subtotal IS NULL OR order_amount <= 0 THEN {net} ELSE "
    shared += f"ratio(CAST(amount AS HUGEINT) * {goods}, CAST(order_amount AS HUGEINT) * 10000) END"
    revenue = shared if "order_subtotal" in names else net
    listed = "ratio(list * net_n, net_d * 10000000000)" if names & {"unit_price", "line_subtotal"} else "NULL"
    listed = f"CASE WHEN fault IS NULL AND tax = 0 THEN TRY_CAST({listed} AS BIGINT) END"
    amount = "amount"
    if _is_net(names):
        revenue, listed, amount = "cents(line_net) * sign", "NULL::BIGINT", "(micro(line_net) * 1000000 * sign)"
    return f"""
        WITH sums AS (
            SELECT * REPLACE (coalesce(fault, CASE WHEN revenue_cents IS NULL THEN 'number_too_large' END) AS fault) FROM (
                SELECT *, TRY_CAST(CASE WHEN fault IS NULL THEN {revenue} END AS BIGINT) AS revenue_cents,
                    {listed} AS list_cents,
                    CASE WHEN sign < 0 OR quantity_ < 0 OR document_type = 'return' AND revenue_cents < 0
                        THEN -abs(quantity_) ELSE quantity_ END AS units
                FROM amounts)),
        kinds AS (SELECT *, {_KIND} AS line_kind FROM sums)
        SELECT *, CASE WHEN line_kind = 'adjustment'
                THEN TRY_CAST(coalesce(unit_price, {amount} // 1000000000000) AS DECIMAL(24, 4)) END AS charged,
            {key} AS line_key, {_status(names)} AS order_status, {_shipping(names)} AS shipping_cents,
            origin || ':' || order_number AS order_source,
            origin || ':' || product_code AS product_source,
            origin || ':' || buyer_number AS customer_source,
            list_cents - revenue_cents AS discount_cents, {_with_tax(names, options)} AS gross_cents,
            CASE WHEN fault IS NULL THEN {_COST} END AS cost_cents, {_NOT_A_PRODUCT} AS not_a_product
        FROM kinds"""  # noqa: E501


_KIND = """CASE
    WHEN document_type IN ('return', 'cancellation', 'adjustment') THEN document_type
    WHEN document_type = 'correction' THEN 'adjustment'
    WHEN unit_price <= 0 OR revenue_cents = 0 OR units = 0 THEN 'adjustment'
    WHEN units < 0 THEN 'cancellation'
    WHEN revenue_cents < 0 THEN 'adjustment'
    ELSE 'sale' END"""

_COST = """CASE
    WHEN unit_cost IS NOT NULL THEN CAST(ratio(micro(units) * micro(unit_cost), 10000000000) AS BIGINT)
    WHEN line_cost IS NOT NULL THEN cents(line_cost) * CASE WHEN line_cost > 0 AND units < 0 THEN -1 ELSE 1 END
    WHEN line_margin IS NOT NULL
        THEN revenue_cents - cents(line_margin) * CASE WHEN line_margin > 0 AND units < 0 AND revenue_cents < 0 THEN -1 ELSE 1 END
    END"""  # noqa: E501

# Codes of letters alone are no products where most codes have digits; a shop that numbers nothing keeps its products.
_NOT_A_PRODUCT = f"""product_code IS NOT NULL AND (
    coalesce(position_kind = 'other', false) OR lower(product_code) IN ({", ".join(map(literal, _NOT_PRODUCTS))})
    OR (product_number IS NOT NULL AND length(product_code) <= {_LETTERS} AND NOT regexp_matches(product_code, '\\d')
        AND (SELECT avg(CAST(regexp_matches(code, '\\d') AS INTEGER)) > 0.8
             FROM (SELECT DISTINCT product_number AS code FROM typed))))"""


def knows_gross(names: set[str], options: dict[str, Any]) -> bool:
    """Tell whether the file may say what its lines come to with VAT."""
    told = {"line_gross", "line_tax", "tax_rate", "order_total"}
    return bool(names & told) or _is_rate(options.get("tax_rate"))


def _with_tax(names: set[str], options: dict[str, Any]) -> str:
    """Give the SQL for a line's cents with VAT, NULL where the file does not say them."""
    if not knows_gross(names, options):
        return "NULL::BIGINT"
    if options.get("price_basis") == "order":
        net = "(micro(order_total) - coalesce(micro(order_tax), 0))"
        gross = f"CASE WHEN {net} > 0 THEN ratio(CAST(revenue_cents AS HUGEINT) * micro(order_total), {net}) END"
        return f"TRY_CAST({gross} AS BIGINT)"
    rate = f"ratio(CAST(revenue_cents AS HUGEINT) * micro(100 + {_rate(options)}), 100000000)"
    amount = "" if _is_net(names) else f"WHEN {_gross(options)} THEN ratio(amount, 10000000000) "
    return (
        f"TRY_CAST(CASE WHEN line_gross IS NOT NULL THEN cents(line_gross) * sign {amount}"
        f"WHEN line_tax IS NOT NULL THEN revenue_cents + cents(line_tax) * sign ELSE {rate} END AS BIGINT)"
    )


def _status(names: set[str]) -> str:
    known = "coalesce(status, 'completed')"
    return f"CASE WHEN cancelled_at IS NOT NULL THEN 'cancelled' ELSE {known} END" if "cancelled_at" in names else known


def _add_refunds(db: duckdb.DuckDBPyConnection, kept: str) -> None:
    """Add refunds as lines of their own: those of a position, and what is left of the order's."""
    of_line = "cents(abs(line_refunded))"
    db.execute(f"""
        INSERT INTO priced_given BY NAME SELECT {kept} FROM (
        SELECT * REPLACE (
            'return' AS line_kind, line_key || ':refund' AS line_key, -least({of_line}, revenue_cents) AS revenue_cents,
            -coalesce(nullif(abs(line_refunded_quantity), 0), 1) AS units, NULL AS cost_cents, NULL AS discount_cents,
            CAST(round(-gross_cents::DOUBLE * least({of_line}, revenue_cents) / revenue_cents) AS BIGINT)
                AS gross_cents,
            0 AS order_refunded)
        FROM refundable WHERE line_refunded <> 0 AND revenue_cents > 0 AND order_status <> 'cancelled')""")  # fmt: skip
    db.execute(f"""
        INSERT INTO priced_given BY NAME SELECT {kept} FROM (
        SELECT * EXCLUDE (left_cents, place, gross_share) REPLACE (
            'return' AS line_kind, 'refund' AS line_key, -left_cents AS revenue_cents, -1 AS units,
            CAST(round(-left_cents * gross_share) AS BIGINT) AS gross_cents,
            NULL AS cost_cents, NULL AS discount_cents, NULL AS product_code, NULL AS product_source)
        FROM (
            SELECT *, row_number() OVER (PARTITION BY order_number ORDER BY row) AS place,
                sum(gross_cents) OVER (PARTITION BY order_number)
                    / nullif(sum(revenue_cents) OVER (PARTITION BY order_number), 0) AS gross_share,
                least(
                    coalesce(CASE WHEN order_total > 0 THEN CAST(ratio(micro(order_refunded)
                        * (micro(order_total) - coalesce(micro(order_tax), 0)), micro(order_total) * 10000) AS BIGINT)
                        ELSE cents(order_refunded) END, 0)
                        + sum(CASE WHEN line_kind = 'return' THEN revenue_cents ELSE 0 END) OVER (PARTITION BY order_number),
                    sum(revenue_cents) OVER (PARTITION BY order_number)) AS left_cents
            FROM refundable WHERE order_status <> 'cancelled')
        WHERE place = 1 AND left_cents > 1)""")  # fmt: skip  # noqa: E501


def _remark(db: duckdb.DuckDBPyConnection, fields: list[Mapped], column: str) -> None:
    """Flag what is imported, but not as an ordinary sale."""
    columns = {one.field.name: one.column for one in fields}
    product = columns.get("product_number") or columns.get("product_name", "")
    buyer = columns.get("customer_number") or columns.get("email", "")
    problems.add(db, f"SELECT row, {literal(column)}, rtrim(rtrim(CAST(charged AS VARCHAR), '0'), '.'), 'price_not_positive', NULL, '{FLAGGED}' FROM priced "  # noqa: E501
                     "WHERE line_kind = 'adjustment'")  # fmt: skip
    if cost := columns.get("unit_cost") or columns.get("line_cost"):
        problems.add(db, f"SELECT row, {literal(cost)}, '0', 'line_costs_nothing', NULL, '{FLAGGED}' FROM priced "
                         "WHERE line_kind = 'sale' AND cost_cents = 0")  # fmt: skip
    units = "rtrim(rtrim(CAST(units AS VARCHAR), '0'), '.')"
    problems.add(db, f"SELECT row, '', {units}, 'sign_turned', NULL, '{FLAGGED}' FROM priced "
                     "WHERE sign < 0 AND line_key NOT LIKE '%refund'")  # fmt: skip
    problems.add(db, f"SELECT min(row), {literal(product)}, product_code, 'not_a_product', "
                     f"json_object('lines', count(*)), '{FLAGGED}' FROM priced WHERE not_a_product "
                     "GROUP BY product_code")  # fmt: skip
    if columns.keys() & {"customer_number", "email", "customer_name"}:
        problems.add(db, f"SELECT max(row), {literal(buyer)}, arg_max(buyer_number, row), 'order_of_several', "
                         f"json_object('order', order_number, 'customers', count(DISTINCT buyer_number)), '{FLAGGED}' "
                         "FROM priced GROUP BY order_number HAVING count(DISTINCT buyer_number) > 1")  # fmt: skip
    problems.add(db, f"SELECT min(row), '', order_number, 'refund_without_lines', json_object('cents', "
                     f"-sum(revenue_cents)), '{FLAGGED}' FROM priced WHERE line_key = 'refund' "
                     "AND line_kind = 'return' GROUP BY order_number")  # fmt: skip
