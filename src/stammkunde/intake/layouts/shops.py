"""Exports of shop systems. Their headings never change with the language, so they are matched as they are."""

from dataclasses import replace
from typing import Any

from stammkunde.intake.layouts.documents import CUSTOMERS, ORDERS, PRODUCTS, money
from stammkunde.intake.layouts.vocabulary import CHANNEL, CURRENCY_FIELD, LINES, ORDERED_AT, STATUS, STATUSES
from stammkunde.store.layouts import CHOICE, EMAIL, KEY, MOMENT, MONEY, NUMBER, Field, Layout


def said(name: str, de: str, en: str, *also: str, **more: Any) -> Field:
    """Name a field that stands once per order."""
    return Field(name=name, de=de, en=en, also=also, order_level=True, **more)


def buyer(
    *, street: str, postcode: str, city: str, region: str, country: str, company: str, phone: str
) -> tuple[Field, ...]:
    """Name the buyer's address by the shop's own headings."""
    return (
        said("company", "Firma", "Company", company),
        said("street", "Straße", "Street", street),
        said("postcode", "PLZ", "Postcode", postcode, max_length=20),
        said("city", "Ort", "City", city, max_length=120),
        said("region", "Bundesland", "Region", region, max_length=120),
        said("country", "Land", "Country", country, max_length=80),
        said("phone", "Telefon", "Phone", phone, max_length=60),
    )


SHOPIFY = Layout(
    name="shopify",
    de="Shopify-Bestellungen",
    en="Shopify orders",
    documents=True,
    spread=True,
    buyer=("email", "customer_number"),
    options={"origin": "shopify", "price_basis": "order", "decimal": ".", "date_order": "ymd"},
    marks=("Lineitem quantity", "Lineitem name", "Lineitem price", "Financial Status", "Fulfillment Status"),
    fields=(
        said("order_number", "Bestellnummer", "Order number", "Name", type=KEY, required=True, max_length=100),
        said("email", "E-Mail", "E-mail", "Email", type=EMAIL, max_length=254),
        replace(ORDERED_AT, also=("Created at",)),
        said("cancelled_at", "Storniert am", "Cancelled at", "Cancelled at", type=MOMENT),
        said(
            "status", "Zahlungsstatus", "Financial status", "Financial Status", type=CHOICE, choices=STATUSES,
            otherwise="completed",
        ),
        replace(CURRENCY_FIELD, also=("Currency",)),
        money("order_subtotal", "Zwischensumme", "Subtotal", "Subtotal"),
        money("order_shipping", "Versand", "Shipping", "Shipping"),
        money("order_tax", "Steuern", "Taxes", "Taxes"),
        money("order_total", "Gesamtbetrag", "Total", "Total"),
        money("order_refunded", "Erstattet", "Refunded amount", "Refunded Amount"),
        replace(CHANNEL, also=("Source",)),
        Field(name="quantity", de="Menge", en="Quantity", type=NUMBER, also=("Lineitem quantity",), required=True),
        Field(name="product_name", de="Artikel", en="Product", also=("Lineitem name",)),
        Field(name="unit_price", de="Einzelpreis", en="Unit price", type=MONEY, also=("Lineitem price",), required=True),  # noqa: E501
        Field(name="product_number", de="SKU", en="SKU", type=KEY, also=("Lineitem sku",), max_length=100),
        money("line_discount", "Positionsrabatt", "Line discount", "Lineitem discount", order_level=False),
        said("customer_name", "Name", "Customer name", "Billing Name"),
        *buyer(
            street="Billing Street", postcode="Billing Zip", city="Billing City", region="Billing Province Name",
            country="Billing Country", company="Billing Company", phone="Billing Phone",
        ),
    ),
    tables=(CUSTOMERS, PRODUCTS, ORDERS, LINES),
)  # fmt: skip

WOOCOMMERCE = Layout(
    name="woocommerce",
    de="WooCommerce-Bestellungen",
    en="WooCommerce orders",
    documents=True,
    spread=True,
    buyer=("email", "customer_number"),
    packed="line_items",
    options={"origin": "woocommerce", "price_basis": "net", "decimal": ".", "date_order": "ymd"},
    marks=("item_quantity", "item_total", "item_name", "line_items", "order_currency", "billing_first_name"),
    fields=(
        said(
            "order_number", "Bestellnummer", "Order number", "order_number_formatted", "order_number", "order_id",
            type=KEY, required=True, max_length=100,
        ),
        replace(ORDERED_AT, also=("date", "order_date", "date_created")),
        replace(STATUS, also=("status", "order_status")),
        replace(CURRENCY_FIELD, also=("order_currency",)),
        said("customer_number", "Kundennummer", "Customer number", "customer_id", "customer_user", type=KEY,
             max_length=100),
        said("email", "E-Mail", "E-mail", "billing_email", "customer_email", type=EMAIL, max_length=254),
        said("first_name", "Vorname", "First name", "billing_first_name", max_length=120),
        said("last_name", "Nachname", "Last name", "billing_last_name", max_length=120),
        *buyer(
            street="billing_address_1", postcode="billing_postcode", city="billing_city", region="billing_state",
            country="billing_country", company="billing_company", phone="billing_phone",
        ),
        money("order_shipping", "Versand", "Shipping", "shipping_total"),
        money("order_tax", "Steuern", "Taxes", "tax_total"),
        money("order_total", "Gesamtbetrag", "Total", "order_total"),
        money("order_refunded", "Erstattet", "Refunded total", "refunded_total"),
        Field(name="position", de="Position", en="Position", type=KEY, also=("item_id",), max_length=100),
        Field(name="product_number", de="SKU", en="SKU", type=KEY, also=("item_sku",), max_length=100),
        Field(name="product_name", de="Artikel", en="Product", also=("item_name",)),
        Field(name="quantity", de="Menge", en="Quantity", type=NUMBER, also=("item_quantity",), required=True),
        money("line_total", "Summe", "Item total", "item_total", order_level=False),
        money("line_subtotal", "Summe vor Rabatt", "Item subtotal", "item_subtotal", order_level=False),
        money("line_refunded", "Erstattet (Position)", "Item refunded", "item_refunded", order_level=False),
        Field(
            name="line_refunded_quantity", de="Erstattete Menge", en="Refunded quantity", type=NUMBER,
            also=("item_refunded_qty",),
        ),
    ),
    one_of=(("line_total",),),
    tables=(CUSTOMERS, PRODUCTS, ORDERS, LINES),
)  # fmt: skip
