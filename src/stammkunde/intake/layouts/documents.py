"""Files whose rows are lines of orders, or whole documents: orders, products and customers follow from them."""

from dataclasses import replace

from stammkunde.intake.layouts.persons import (
    CONTACT_FIELDS,
    OWNER,
    OWNER_FIELDS,
    OWNER_WORD,
    contact_persons,
    person_part,
)
from stammkunde.intake.layouts.vocabulary import (
    ADDRESS,
    CHANNEL,
    CURRENCY_FIELD,
    CUSTOMER_KIND,
    CUSTOMER_NAME,
    DELIVERED_ON,
    DOCUMENT_TOTALS,
    LINE_FIELDS,
    LINES,
    ORDERED_AT,
    PROMISED_ON,
    STATUS,
    TOTALS,
    customer_fields,
    customer_name,
    customer_number,
    order_number,
    plain,
    text,
)
from stammkunde.store.layouts import Column, Field, Layout, Table

# Whoever comes later in time knows better; rows of the same moment are taken in the file's order.
LATEST = "(CAST(epoch(ordered_at) AS BIGINT) // 60) * 17179869184 + row"  # minutes, then 34 bits for the row

CUSTOMERS = Table(
    name="customers",
    source="customer_source",
    latest=LATEST,
    columns=(
        Column(name="number", sql="buyer_number", needs=("order_number",)),
        Column(name="name", sql=CUSTOMER_NAME, needs=("customer_name", "company", "last_name")),
        Column(
            name="kind", sql=CUSTOMER_KIND,
            needs=("customer_name", "company", "last_name"),
        ),
        *(Column(name=one.name, sql=one.name, needs=one.needs) for one in ADDRESS),
        Column(name="owner_hint", sql=OWNER_WORD, needs=OWNER),
    ),
)  # fmt: skip

CONTACT_PERSONS = replace(contact_persons(customer="customer_source", beside=CUSTOMER_NAME), latest=LATEST)

PRODUCTS = Table(
    name="products",
    source="product_source",
    # What a product is called on a sale counts more than what a clerk wrote on a correction.
    latest=f"CAST(line_kind = 'sale' AS BIGINT) * 2305843009213693952 + {LATEST}",
    columns=(
        Column(name="number", sql="product_code", needs=("order_number",)),
        Column(name="name", sql="product_name", needs=("product_name",)),
        text("category", "product_category"),
        Column(name="kind", sql="CASE WHEN not_a_product THEN 'other' END", needs=("order_number",)),
    ),
)

ORDERS = Table(
    name="orders",
    source="order_source",
    latest=LATEST,
    columns=(
        Column(name="number", sql="order_number", needs=("order_number",)),
        Column(name="customer_source", sql="customer_source", needs=("customer_number", "email", "customer_name")),
        plain("ordered_at"),
        Column(name="ordered_on", sql="ordered_at_day", needs=("ordered_at",)),
        text("channel"),
        Column(name="status", sql="order_status", needs=("status", "cancelled_at", "financial_status")),
        plain("promised_on"),
        plain("delivered_on"),
        Column(name="shipping_cents", sql="shipping_cents", needs=("order_shipping",)),
    ),
)

PRODUCT_NAME = Field(
    name="product_name", de="Artikelbezeichnung", en="Product name", example="Kaffee, 1 kg",
    also=("Bezeichnung", "Artikelname", "Artikel", "Produkt", "Produktname", "Beschreibung", "Description", "Product",
          "Item", "Item name", "Title"),
)  # fmt: skip
PRODUCT_CATEGORY = Field(
    name="product_category", de="Warengruppe", en="Product category", max_length=120, example="Kaffee",
    also=("Kategorie", "Artikelgruppe", "Produktgruppe", "Category", "Product group", "Department", "Vendor"),
)  # fmt: skip

FLAT = Layout(
    name="flat",
    de="Rechnungszeilen",
    en="Invoice lines",
    documents=True,
    fields=(
        order_number(),
        ORDERED_AT,
        customer_number(),
        customer_name(),
        *customer_fields(),
        PRODUCT_NAME,
        PRODUCT_CATEGORY,
        *LINE_FIELDS,
        CHANNEL,
        STATUS,
        PROMISED_ON,
        DELIVERED_ON,
        CURRENCY_FIELD,
        *DOCUMENT_TOTALS,
        *OWNER_FIELDS,
        *CONTACT_FIELDS,
    ),
    functions=(person_part,),
    one_of=(("unit_price", "line_net", "line_gross", "line_total"),),
    tables=(CUSTOMERS, CONTACT_PERSONS, PRODUCTS, ORDERS, LINES),
)


_OF_DOCUMENTS = {
    "line_net", "line_gross", "line_total", "line_tax", "tax_rate", "line_cost", "line_margin", "document_type",
    "returned_order",
}  # fmt: skip

# A document with an amount below nothing gives money back.
_KIND = "CASE WHEN document_type IS NULL AND coalesce(line_net, line_gross, line_total) < 0 THEN 'return' ELSE document_type END"  # noqa: E501

DOCUMENTS = Layout(
    name="documents",
    de="Belege (eine Zeile je Beleg)",
    en="Documents (one row each)",
    documents=True,
    fields=(
        order_number(),
        ORDERED_AT,
        customer_number(),
        customer_name(),
        *customer_fields(),
        *(
            replace(one, also=(*one.also, *TOTALS.get(one.name, ())))
            for one in LINE_FIELDS
            if one.name in _OF_DOCUMENTS
        ),
        CHANNEL,
        STATUS,
        PROMISED_ON,
        DELIVERED_ON,
        CURRENCY_FIELD,
        *OWNER_FIELDS,
        *CONTACT_FIELDS,
    ),
    functions=(person_part,),
    one_of=(("line_net", "line_gross", "line_total"),),
    tables=(CUSTOMERS, CONTACT_PERSONS, ORDERS, LINES),
    values={"document_type": _KIND},
)
