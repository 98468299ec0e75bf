"""Our own tables: customers, contact persons, products, orders, lines. `docs/guide/import.md` lists every column."""

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
    CUSTOMER_KINDS,
    CUSTOMER_NAME,
    DELIVERED_ON,
    DOCUMENT_TOTALS,
    IS_COMPANY,
    LINE_FIELDS,
    LINES,
    ORDERED_AT,
    PRODUCT_KINDS,
    PROMISED_ON,
    ROLES,
    STATUS,
    YES_OR_NO,
    customer_fields,
    customer_name,
    customer_number,
    order_number,
    plain,
    product_number,
    text,
)
from stammkunde.sales.layout import PRODUCT_COSTS
from stammkunde.store.layouts import CHOICE, DAY, KEY, MONEY, Column, Field, Layout, Table

CUSTOMERS = Layout(
    name="customers",
    de="Kunden",
    en="Customers",
    fields=(
        customer_number(required=True),
        customer_name(),
        Field(
            name="kind", de="Art", en="Kind", type=CHOICE, choices=CUSTOMER_KINDS,
            also=("Kundenart", "Kundentyp", "Customer type", "Type", "Typ"), example="Firma",
        ),
        *customer_fields(),
        Field(
            name="since_on", de="Kunde seit", en="Customer since", type=DAY, past=True, example="2019-05-01",
            earliest_year=1800,
            also=("Kundenseit", "Angelegt am", "Erfasst am", "Since", "Created on", "Registered on", "Registriert am"),
        ),
        *OWNER_FIELDS,
        Field(
            name="multiplier", de="Multiplikator", en="Multiplier", type=CHOICE, choices=YES_OR_NO, otherwise="no",
            also=("Multiplikatorin", "Meinungsführer", "Empfehler", "Influencer", "Is multiplier"), example="ja",
        ),
        *CONTACT_FIELDS,
    ),
    functions=(person_part,),
    one_of=(("customer_name", "company", "last_name"),),
    tables=(
        Table(
            name="customers",
            source="origin || ':' || customer_number",
            unique=True,
            columns=(
                Column(name="number", sql="customer_number", needs=("customer_number",)),
                Column(
                    name="name",
                    sql=CUSTOMER_NAME,
                    needs=("customer_name", "company", "last_name"),
                ),
                Column(
                    name="kind",
                    sql=f"coalesce(kind, {CUSTOMER_KIND})",
                    needs=("kind", "customer_name", "company", "last_name"),
                ),
                *ADDRESS,
                plain("since_on"),
                Column(name="owner_word", sql=OWNER_WORD, needs=OWNER),
                Column(name="is_multiplier", sql="multiplier = 'yes'", needs=("multiplier",), empty="false"),
            ),
        ),
        contact_persons(
            customer="origin || ':' || customer_number", beside=CUSTOMER_NAME, of_company=f"({IS_COMPANY})"
        ),
    ),
)  # fmt: skip

CONTACT_PERSONS = Layout(
    name="contact_persons",
    de="Ansprechpartner",
    en="Contact persons",
    fields=(
        customer_number(required=True),
        Field(
            name="contact_number", de="Ansprechpartnernummer", en="Contact number", type=KEY, max_length=100,
            also=("Ansprechpartner-Nr.", "Kontaktnummer", "Kontakt-ID", "Contact ID", "contact_id"), example="10001-1",
        ),
        Field(name="salutation", de="Anrede", en="Salutation", max_length=30, example="Frau"),
        Field(name="title", de="Titel", en="Title", also=("Akademischer Titel",), max_length=60, example="Dr."),
        *(one for one in customer_fields() if one.name == "first_name"),
        Field(
            name="last_name", de="Nachname", en="Last name", max_length=120, required=True, example="Muster",
            also=("Lastname", "Surname", "Familienname", "Zuname", "Ansprechpartner", "Contact person", "Name"),
        ),
        Field(
            name="role", de="Rolle", en="Role", type=CHOICE, choices=ROLES, otherwise="other",
            also=("Funktion", "Position", "Abteilung", "Job title", "Function"), example="Einkauf",
        ),
        *(one for one in customer_fields() if one.name in {"email", "phone", "mobile"}),
        Field(
            name="birthday_on", de="Geburtstag", en="Birthday", type=DAY, past=True, example="1980-05-17",
            earliest_year=1900,
            also=("Geburtsdatum", "Geb.-Datum", "geboren am", "Date of birth", "Birth date", "DOB"),
        ),
    ),
    marks=("Anrede", "Salutation", "Geburtstag", "Geburtsdatum", "Birthday", "Date of birth", "Rolle", "Role",
           "Ansprechpartner", "Contact person", "Ansprechpartnernummer", "Contact number"),
    tables=(
        Table(
            name="contact_persons",
            source=(
                "origin || ':' || coalesce(contact_number, customer_number || '/' || "
                "coalesce(lower(email), lower(concat_ws(' ', first_name, last_name))))"
            ),
            unique=True,
            columns=(
                Column(name="customer_source", sql="origin || ':' || customer_number", needs=("customer_number",)),
                text("salutation"),
                text("title"),
                text("first_name"),
                text("last_name"),
                Column(name="role", sql="role", needs=("role",), empty="'other'"),
                text("email"),
                text("phone"),
                text("mobile"),
                plain("birthday_on"),
            ),
        ),
    ),
)  # fmt: skip

PRODUCTS = Layout(
    name="products",
    de="Artikel",
    en="Products",
    fields=(
        product_number(required=True),
        Field(
            name="product_name", de="Bezeichnung", en="Name", required=True, example="Kaffee, 1 kg",
            also=("Artikelbezeichnung", "Artikelname", "Artikel", "Produkt", "Produktname", "Beschreibung", "Product",
                  "Product name", "Description", "Title"),
        ),
        Field(
            name="product_category", de="Warengruppe", en="Category", max_length=120, example="Kaffee",
            also=("Kategorie", "Artikelgruppe", "Produktgruppe", "Product category", "Product group"),
        ),
        Field(
            name="product_kind", de="Art", en="Kind", type=CHOICE, choices=PRODUCT_KINDS, otherwise="product",
            also=("Artikelart", "Product kind", "Type"), example="Ware",
        ),
        Field(
            name="price", de="Preis", en="Price", type=MONEY, example="12.90",
            also=("VK", "Verkaufspreis", "VK netto", "Listenpreis", "Preis netto", "Nettopreis", "Unit price", "Price",
                  "Einzelpreis", "List price"),
        ),
        Field(
            name="cost", de="Einkaufspreis", en="Cost", type=MONEY, example="7.40", above_nothing=True,
            also=("EK", "EK-Preis", "EK netto", "Einstandspreis", "Selbstkosten", "Herstellkosten", "Unit cost",
                  "Purchase price", "Cost price", "Cost per item"),
        ),
        PRODUCT_COSTS.field("cost_from_on"),
    ),
    tables=(
        Table(
            name="products",
            source="origin || ':' || product_number",
            unique=True,
            columns=(
                Column(name="number", sql="product_number", needs=("product_number",)),
                Column(name="name", sql="product_name", needs=("product_name",)),
                text("category", "product_category"),
                Column(name="kind", sql="product_kind", needs=("product_kind",)),
                Column(name="price_e4", sql="e4(price)", needs=("price",)),
            ),
        ),
        *PRODUCT_COSTS.tables,
    ),
)  # fmt: skip

ORDERS = Layout(
    name="orders",
    de="Bestellungen",
    en="Orders",
    fields=(
        order_number(),
        customer_number(),
        ORDERED_AT,
        CHANNEL,
        STATUS,
        PROMISED_ON,
        DELIVERED_ON,
        Field(
            name="shipping", de="Versandkosten", en="Shipping", type=MONEY, example="4.90",
            also=("Versand", "Porto", "Versand netto", "Frachterlös", "Shipping charged", "Postage"),
        ),
        Field(
            name="shipping_cost", de="Versandaufwand", en="Shipping cost", type=MONEY, example="3.80",
            also=("Frachtkosten", "Eigene Versandkosten", "Carrier cost", "Shipping expense"),
        ),
        CURRENCY_FIELD,
    ),
    marks=("Bestelldatum", "Order date", "Status", "Kanal", "Channel"),
    tables=(
        Table(
            name="orders",
            source="origin || ':' || order_number",
            unique=True,
            columns=(
                Column(name="number", sql="order_number", needs=("order_number",)),
                Column(name="customer_source", sql="origin || ':' || customer_number", needs=("customer_number",)),
                plain("ordered_at"),
                Column(name="ordered_on", sql="ordered_at_day", needs=("ordered_at",)),
                text("channel"),
                Column(name="status", sql="status", needs=("status",), empty="'completed'"),
                plain("promised_on"),
                plain("delivered_on"),
                Column(name="shipping_cents", sql="cents(shipping)", needs=("shipping",)),
                Column(name="shipping_cost_cents", sql="cents(shipping_cost)", needs=("shipping_cost",)),
            ),
        ),
    ),
)  # fmt: skip

LINES_LAYOUT = Layout(
    name="lines",
    de="Positionen",
    en="Lines",
    documents=True,
    fields=(order_number(), *LINE_FIELDS, CURRENCY_FIELD, *DOCUMENT_TOTALS),
    one_of=(("unit_price", "line_net", "line_gross", "line_total"),),
    tables=(LINES,),
)
