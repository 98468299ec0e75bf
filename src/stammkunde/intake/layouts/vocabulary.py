"""Fields and words that several layouts share, German and English. `docs/guide/import.md` lists every column."""

from typing import Any

from stammkunde.store.layouts import (
    CHOICE,
    CURRENCY,
    DAY,
    EMAIL,
    KEY,
    MOMENT,
    MONEY,
    NUMBER,
    PHONE,
    Column,
    Field,
    Table,
)

CUSTOMER_NUMBERS = (
    "Kunden-Nr.", "Kunden-Nr", "Kundennr", "KdNr", "Kd.-Nr.", "Kunde Nr", "Kunden ID", "KundenID", "Debitor",
    "Debitorennummer", "Debitor-Nr.", "Adressnummer", "Geschäftspartner-Nr.", "Geschäftspartnernummer", "GP-Nr.",
    "CustomerID", "Customer ID", "Customer No", "Customer No.",
    "Client ID", "Account number", "customer_id", "customer_number", "cust_id",
)  # fmt: skip
PRODUCT_NUMBERS = (
    "Artikel-Nr.", "Artikel-Nr", "ArtNr", "Art.-Nr.", "Artikelnr", "Produktnummer", "Produkt-Nr.", "SKU", "StockCode",
    "Stock code", "Item number", "Item no", "Item no.", "Product ID", "product_id", "Article number", "EAN", "GTIN",
)  # fmt: skip
ORDER_NUMBERS = (
    "Bestell-Nr.", "Bestellnr", "Auftragsnummer", "Auftrags-Nr.", "Auftragsnr", "Auftrag", "Rechnungsnummer",
    "Rechnungs-Nr.", "RechnungsNr", "Re-Nr.", "ReNr", "RgNr", "Rg.-Nr.", "Rechnung", "Belegnummer", "Beleg-Nr.",
    "Belegnr", "Beleg",
    "Vorgangsnummer", "InvoiceNo", "Invoice", "Invoice number", "Invoice No.", "Order ID", "Order No", "Order No.",
    "OrderID", "order_id", "Document number", "Transaction ID", "Bon-Nr.", "Bonnummer",
)  # fmt: skip
ORDER_DATES = (
    "Datum", "Belegdatum", "Rechnungsdatum", "Auftragsdatum", "Bestellt am", "Verkauft am", "Kaufdatum",
    "Buchungsdatum", "Zeitpunkt", "BelegDat", "RgDat", "Rg-Datum", "Re-Datum", "AuftrDat", "BestellDat",
    "InvoiceDate", "Invoice date", "Order date", "OrderDate", "order_date", "Date",
    "Created at", "Purchase date", "Transaction date", "Timestamp",
)  # fmt: skip

CUSTOMER_KINDS = {
    "company": ("Firma", "Unternehmen", "Geschäftskunde", "B2B", "Business", "Organisation", "Gewerbe", "Gewerblich"),
    "person": ("Privat", "Privatkunde", "Privatperson", "B2C", "Endkunde", "Consumer", "Individual", "Private"),
}
YES_OR_NO = {
    "yes": ("ja", "j", "x", "1", "wahr", "true", "y", "✓"),
    "no": ("nein", "n", "0", "falsch", "false", "-"),
}
PRODUCT_KINDS = {
    "product": ("Produkt", "Artikel", "Ware", "Item"),
    "other": ("Sonstiges", "Versand", "Porto", "Gebühr", "Dienstleistung", "Fee", "Shipping", "Postage"),
}
STATUSES = {
    "open": (
        "offen", "in Bearbeitung", "wartend", "In Wartestellung", "Zahlung ausstehend", "processing", "on-hold",
        "pending", "pending payment", "authorized", "new", "neu", "wc-processing", "wc-on-hold", "wc-pending",
        "partially_paid", "partially paid", "überfällig", "overdue", "teilbezahlt", "teilweise bezahlt", "gemahnt",
        "unbezahlt", "unpaid", "bestätigt", "confirmed", "versandbereit", "ready to ship", "teilgeliefert",
        "teilweise geliefert", "partially shipped", "sales order", "Verkaufsauftrag", "in progress",
        "Zahlung eingegangen", "Zahlung akzeptiert",
        "Payment accepted", "Versand wird vorbereitet", "Wird vorbereitet", "Warten auf Zahlung",
    ),
    "completed": (
        "abgeschlossen", "erledigt", "bezahlt", "geliefert", "versendet", "versandt", "fakturiert", "berechnet", "paid",
        "shipped", "delivered", "complete", "closed", "fulfilled", "refunded", "rückerstattet", "erstattet",
        "partially_refunded", "partially refunded", "wc-completed", "wc-refunded", "zugestellt", "ausgeliefert",
        "abgerechnet", "gebucht", "verbucht", "beglichen", "vollständig", "geschlossen", "done", "invoiced",
        "dispatched", "archived",
    ),
    "cancelled": (
        "storniert", "Storno", "abgebrochen", "fehlgeschlagen", "canceled", "failed", "voided", "void", "trash",
        "expired", "wc-cancelled", "wc-failed", "cancel", "abgelehnt", "declined", "rejected", "gelöscht", "deleted",
        "zurückgezogen", "Zahlungsfehler", "Payment error",
    ),
    "offer": ("Angebot", "Angebot gesendet", "quotation", "quotation sent", "quote"),
    "draft": ("Entwurf", "Rechnungsentwurf", "checkout-draft", "wc-checkout-draft", "auto-draft", "Vorlage"),
}  # fmt: skip
LINE_KINDS = {
    "sale": (
        "Verkauf", "Rechnung", "Umsatz", "Invoice", "RE", "RG", "AR", "Ausgangsrechnung", "Schlussrechnung",
        "Barverkauf", "Kassenbon", "Bon", "Quittung", "Receipt", "Position",
    ),
    "order": (
        "Auftrag", "Bestellung", "Auftragsbestätigung", "AB", "Kundenauftrag", "Order confirmation", "Sales order",
    ),
    "return": (
        "Retoure", "Gutschrift", "Rückgabe", "Rücksendung", "Erstattung", "Refund", "Credit note", "Credit", "GS",
        "Returned", "Credit memo", "Rechnungsgutschrift", "Warengutschrift", "GU",
    ),
    "cancellation": ("Storno", "Stornierung", "Stornorechnung", "Cancelled", "Canceled", "Void"),
    "adjustment": ("Korrektur", "Correction", "Buchung"),
    "correction": ("Rechnungskorrektur", "Korrekturrechnung", "Corrected invoice", "Invoice correction", "RK"),
    "offer": ("Angebot", "AN", "AG", "Kostenvoranschlag", "Kalkulation", "Quote", "Quotation", "Estimate"),
    "delivery": ("Lieferschein", "LS", "Lieferung", "Delivery note", "Delivery", "Packing slip", "Shipment"),
    "draft": ("Entwurf", "Rechnungsentwurf", "Proforma", "Proformarechnung", "Pro forma invoice", "Proforma invoice"),
}  # fmt: skip
LEFT_OUT = "none"  # what somebody says of rows that are to count nothing
NO_SALES = ("offer", "delivery", "draft", LEFT_OUT)  # kinds of documents, and states of orders
ROLES = {
    "decision_maker": ("Entscheider", "Entscheiderin", "Decision maker"),
    "executive": ("Geschäftsführung", "Geschäftsführer", "Geschäftsführerin", "Inhaber", "Inhaberin", "Leitung", "CEO"),
    "purchasing": ("Einkauf", "Einkäufer", "Einkäuferin", "Buyer", "Purchaser"),
    "user": ("Anwender", "Anwenderin", "Nutzer", "Nutzerin", "End user"),
    "influencer": ("Einflussnehmer", "Beeinflusser", "Berater", "Advisor"),
    "other": ("Sonstige", "Sonstiges", "Andere"),
}


def customer_fields(prefix: str = "", *, order_level: bool = False) -> tuple[Field, ...]:
    """Name the fields about a customer that customer lists and lists of invoices share."""

    def one(name: str, de: str, en: str, *also: str, **more: Any) -> Field:
        return Field(name=prefix + name, de=de, en=en, also=also, order_level=order_level, **more)

    return (
        one("company", "Firma", "Company", "Firmenname", "Unternehmen", "Organisation", "Company name", "Firma 1"),
        one("first_name", "Vorname", "First name", "Firstname", "Given name", max_length=120),
        one("last_name", "Nachname", "Last name", "Lastname", "Surname", "Familienname", "Zuname", max_length=120),
        one("email", "E-Mail", "E-mail", "Email", "Mail", "E-Mail-Adresse", "Email address", "Mailadresse",
            type=EMAIL, max_length=254, example="einkauf@muster.example"),
        one("phone", "Telefon", "Phone", "Tel", "Tel.", "Telefonnummer", "Rufnummer", "Phone number", "Telephone",
            type=PHONE, max_length=60, example="+49 30 1234567"),
        one("mobile", "Mobiltelefon", "Mobile phone", "Mobil", "Mobilnummer", "Mobilfunk", "Handy", "Handynummer",
            "Mobile", "Mobile number", "Cell phone", "Cell", type=PHONE, max_length=60, example="+49 171 3920001"),
        one("street", "Straße", "Street", "Strasse", "Straße und Hausnummer", "Anschrift", "Adresse", "Address",
            "Address 1", "Street address", example="Hauptstraße 1"),
        one("postcode", "PLZ", "Postcode", "Postleitzahl", "Zip", "Zip code", "Postal code", max_length=20,
            example="10115"),
        one("city", "Ort", "City", "Stadt", "Town", "Wohnort", max_length=120, example="Berlin"),
        one("country", "Land", "Country", "Länderkennzeichen", "Staat", "Ländercode", max_length=80,
            example="Deutschland"),
        one("region", "Region", "Region", "Bundesland", "Gebiet", "Vertriebsgebiet", "State", "Province", "Kanton",
            max_length=120, example="Ost"),
        one("industry", "Branche", "Industry", "Sector", "Wirtschaftszweig", max_length=120, example="Handel"),
        one("segment", "Segment", "Segment", "Kundengruppe", "Kundensegment", "Customer group", "Preisgruppe",
            max_length=120, example="Stammkunde"),
    )  # fmt: skip


def customer_number(**more: Any) -> Field:
    return Field(
        name="customer_number", de="Kundennummer", en="Customer number", type=KEY, also=CUSTOMER_NUMBERS,
        max_length=100, example="10001", **more,
    )  # fmt: skip


def customer_name(**more: Any) -> Field:
    return Field(
        name="customer_name", de="Name", en="Name", example="Muster GmbH",
        also=("Kunde", "Kundenname", "Customer", "Customer name", "Name 1", "Full name", "Vollständiger Name",
              "Name des Geschäftspartners", "Geschäftspartner"), **more,
    )  # fmt: skip


def product_number(**more: Any) -> Field:
    return Field(
        name="product_number", de="Artikelnummer", en="Product number", type=KEY, also=PRODUCT_NUMBERS,
        max_length=100, example="A-100", **more,
    )  # fmt: skip


def order_number(**more: Any) -> Field:
    return Field(
        name="order_number", de="Bestellnummer", en="Order number", type=KEY, also=ORDER_NUMBERS, required=True,
        max_length=100, example="2024-0001", **more,
    )  # fmt: skip


CURRENCY_FIELD = Field(
    name="currency", de="Währung", en="Currency", type=CURRENCY, example="EUR", order_level=True,
    also=("Währungscode", "Currency code", "order_currency"),
)  # fmt: skip
STATUS = Field(
    name="status", de="Status", en="Status", type=CHOICE, choices=STATUSES, otherwise="completed", order_level=True,
    also=("Bestellstatus", "Auftragsstatus", "Order status"), example="abgeschlossen",
)  # fmt: skip
CHANNEL = Field(
    name="channel", de="Kanal", en="Channel", max_length=60, order_level=True, example="Onlineshop",
    also=("Vertriebsweg", "Vertriebskanal", "Verkaufskanal", "Sales channel", "Shop", "Filiale", "Store"),
)  # fmt: skip
PROMISED_ON = Field(
    name="promised_on", de="Zugesagter Liefertermin", en="Delivery promised", type=DAY, order_level=True,
    also=("Liefertermin", "Wunschtermin", "Zugesagt am", "Promised date", "Promised on", "Due date"),
    example="2024-03-08",
)  # fmt: skip
DELIVERED_ON = Field(
    name="delivered_on", de="Geliefert am", en="Delivered", type=DAY, order_level=True, past=True,
    also=("Lieferdatum", "Ausgeliefert am", "Zugestellt am", "Delivery date", "Delivered on", "Delivered at"),
    example="2024-03-07",
)  # fmt: skip
ORDERED_AT = Field(
    name="ordered_at", de="Bestelldatum", en="Order date", type=MOMENT, also=ORDER_DATES, required=True,
    order_level=True, past=True, example="2024-03-01",
)  # fmt: skip


def text(name: str, *fields: str) -> Column:
    """Take a text as it is; an empty cell empties it."""
    return Column(name=name, sql=fields[0] if fields else name, needs=fields or (name,), empty="''")


def plain(name: str, *fields: str) -> Column:
    """Take a value as it is; an empty cell means unknown."""
    sql = fields[0] if fields else name
    return Column(name=name, sql=sql, needs=fields or (name,))


CUSTOMER_NAME = "coalesce(company, customer_name, nullif(trim(concat_ws(' ', first_name, last_name)), ''))"
# A company is who gives a company's name, or whose name ends in a legal form.
IS_COMPANY = (
    "company is not null or regexp_matches(coalesce(customer_name, last_name, ''), "
    r"'(?i)(^|[\s,.&+-])(gmbh|mbh|ag|kg|kgaa|ohg|gbr|ug|e\.?\s?k\.?|e\.?\s?v\.?|eg|se|ltd|limited|inc|llc|plc|corp|co|"
    r"b\.?v\.?|s\.?a\.?r\.?l|s\.?r\.?l|s\.?p\.?a|s\.?a\.?s|oy|ab|a/s|aps|sp\.? z o\.?o|stiftung|verein|genossenschaft)"
    r"\.?(\s|$|[,.(&])')"
)
# Who is no company may be one that we do not know: what is there stays, and a new customer is a person.
CUSTOMER_KIND = f"CASE WHEN {IS_COMPANY} THEN 'company' END"
ADDRESS = tuple(
    text(name)
    for name in (
        "email",
        "phone",
        "mobile",
        "street",
        "postcode",
        "city",
        "country",
        "region",
        "industry",
        "segment",
    )
)

LINE_FIELDS = (
    Field(
        name="position", de="Position", en="Position", type=KEY, max_length=100, example="1",
        also=("Pos", "Pos.", "Positionsnummer", "Zeile", "Line", "Line number", "Line no", "Line item ID", "item_id"),
    ),
    product_number(),
    Field(
        name="quantity", de="Menge", en="Quantity", type=NUMBER, example="2",
        also=("Anzahl", "Stück", "Stk", "Stückzahl", "Qty", "Qty.", "Units", "Count"),
    ),
    Field(
        name="unit", de="Einheit", en="Unit", max_length=30, example="",
        also=("ME", "Mengeneinheit", "Verkaufseinheit", "Einh.", "Unit of measure", "UoM", "UOM"),
    ),
    Field(
        name="unit_price", de="Einzelpreis", en="Unit price", type=MONEY, example="12.90",
        also=("Preis", "Stückpreis", "EP", "VK", "VK-Preis", "Verkaufspreis", "Einzelpreis netto", "UnitPrice", "Price",
              "Price per unit", "Item price", "Einzelpreis brutto", "Unit price net", "Net unit price",
              "Unit price gross", "Gross unit price"),
    ),
    Field(
        name="line_net", de="Netto", en="Net", type=MONEY, example="25.80",
        also=("Nettobetrag", "Nettoumsatz", "Umsatz netto", "Gesamt netto", "Netto gesamt", "Net amount", "Net total",
              "Net sales", "Net revenue", "Betrag netto", "Positionswert netto"),
    ),
    Field(
        name="line_gross", de="Brutto", en="Gross", type=MONEY, example="",
        also=("Bruttobetrag", "Bruttoumsatz", "Umsatz brutto", "Gesamt brutto", "Brutto gesamt", "Gross amount",
              "Gross total", "Betrag brutto"),
    ),
    Field(
        name="line_total", de="Betrag", en="Amount", type=MONEY, example="",
        also=("Umsatz", "Gesamtpreis", "Gesamt", "Summe", "Zeilensumme", "Positionswert", "Line total", "Total",
              "Sales", "Revenue", "Amount"),
    ),
    Field(
        name="line_discount", de="Rabatt", en="Discount", type=MONEY, example="",
        also=("Rabattbetrag", "Nachlass", "Discount amount", "Line discount"),
    ),
    Field(
        name="discount_percent", de="Rabatt %", en="Discount %", type=NUMBER, largest=101, example="",
        also=("Rabatt in %", "Rabattsatz", "Discount percent"),
    ),
    Field(
        name="tax_rate", de="MwSt-Satz", en="VAT rate", type=NUMBER, largest=101, example="",
        also=("MwSt", "MwSt.", "MwSt %", "USt", "USt.", "USt-Satz", "USt %", "Steuersatz", "VAT", "VAT %", "Tax rate"),
    ),
    Field(
        name="line_tax", de="MwSt-Betrag", en="VAT amount", type=MONEY, example="",
        also=("USt-Betrag", "Steuerbetrag", "Steuer", "Tax", "Tax amount"),
    ),
    Field(
        name="unit_cost", de="Einkaufspreis", en="Unit cost", type=MONEY, example="7.40",
        also=("EK", "EK-Preis", "EK netto", "Einstandspreis", "Stückkosten", "Cost price", "Purchase price"),
    ),
    Field(
        name="line_cost", de="Kosten", en="Cost", type=MONEY, example="",
        also=("Wareneinsatz", "EK gesamt", "Einstandswert", "Line cost", "Total cost", "COGS"),
    ),
    Field(
        name="line_margin", de="Deckungsbeitrag", en="Contribution margin", type=MONEY, example="",
        also=("DB", "DB I", "DB1", "Rohertrag", "Marge", "Margin", "Gross profit", "Profit"),
    ),
    Field(
        name="document_type", de="Belegart", en="Document type", type=CHOICE, choices=LINE_KINDS, otherwise="sale",
        also=("Vorgangsart", "Buchungsart", "Belegtyp", "Art", "Transaction type", "Type", "Kind"), example="",
    ),
    Field(
        name="returned_order", de="Retoure zu Bestellung", en="Return of order", type=KEY, max_length=100, example="",
        also=("Retoure zu", "Gutschrift zu", "Gutschrift zu Rechnung", "Storno zu", "Storno zu Rechnung",
              "Rechnungskorrektur zu", "Ursprungsbestellung", "Ursprungsauftrag", "Ursprungsrechnung", "Ursprungsbeleg",
              "Originalrechnung", "Originalbeleg", "Originalbestellung", "Return of", "Refund of", "Credit note for",
              "Original order", "Original order number", "Original invoice", "Original invoice number"),
    ),
    Field(
        name="returned_position", de="Retoure zu Position", en="Return of position", type=KEY, max_length=100,
        also=("Ursprungsposition", "Originalposition", "Original position", "Original line"), example="",
        only_with=("returned_order",),
    ),
)  # fmt: skip

# In a list of documents these are of the whole document; in a list of lines they repeat on each, and are none of its.
TOTALS = {
    "line_net": (
        "Gesamtnetto", "Summe netto", "Nettosumme", "Gesamtsumme netto", "Gesamtbetrag netto", "Rechnungsbetrag netto",
        "Auftragswert netto", "Umsatz (netto)", "Nettowert", "Warenwert netto", "Total net", "Untaxed amount",
        "Amount untaxed", "Total excl. VAT", "Total excl. tax", "Total without tax", "Subtotal excl. tax",
    ),
    "line_gross": (
        "Gesamtbrutto", "Summe brutto", "Bruttosumme", "Gesamtsumme brutto", "Gesamtbetrag brutto",
        "Rechnungsbetrag brutto", "Auftragswert brutto", "Bruttowert", "Total gross", "Total incl. VAT",
        "Total incl. tax", "Total with tax",
    ),
    "line_total": (
        "Gesamtbetrag", "Gesamtsumme", "Rechnungsbetrag", "Rechnungssumme", "Endbetrag", "Endsumme", "Belegsumme",
        "Belegbetrag", "Auftragssumme", "Auftragswert", "Bestellsumme", "Bestellwert", "Zahlbetrag", "Warenwert",
        "Grand total", "Order total", "Invoice total", "Total amount", "Order amount", "Invoice amount",
    ),
    "line_tax": ("Summe MwSt", "Summe USt", "MwSt gesamt", "USt gesamt", "Umsatzsteuer", "Mehrwertsteuer", "Total tax"),
}  # fmt: skip


# What a whole document comes to, as it stands on each of its lines: they are held against it.
_AMOUNTS = ("unit_price", "line_net", "line_gross", "line_total")
DOCUMENT_TOTALS = tuple(
    Field(name=name, de=de, en=en, type=MONEY, also=TOTALS[words], only_with=_AMOUNTS)
    for name, de, en, words in (
        ("document_net", "Belegsumme netto", "Document net", "line_net"),
        ("document_gross", "Belegsumme brutto", "Document gross", "line_gross"),
        ("document_total", "Belegsumme", "Document total", "line_total"),
    )
)


def _of_order(name: str, de: str, en: str, kind: str = MONEY, **more: Any) -> Field:
    return Field(name=name, de=de, en=en, type=kind, order_level=True, **more)


# What only other programs' files say of an order and its lines.
ORDER_FIELDS = (
    _of_order("cancelled_at", "Storniert am", "Cancelled at", MOMENT),
    _of_order("order_subtotal", "Zwischensumme", "Subtotal"),
    _of_order("order_shipping", "Versand", "Shipping"),
    _of_order("order_tax", "Steuern", "Taxes"),
    _of_order("order_total", "Gesamtbetrag", "Total"),
    _of_order("order_refunded", "Erstattet", "Refunded amount"),
    _of_order("prices_are", "Preise sind", "Prices are", CHOICE, choices={"net": (), "gross": ()}),
    Field(name="line_subtotal", de="Summe vor Rabatt", en="Item subtotal", type=MONEY),
    Field(name="line_shipping_tax", de="Steuer auf den Versand", en="Tax on shipping", type=MONEY),
    Field(name="line_refunded", de="Erstattet (Position)", en="Item refunded", type=MONEY),
    Field(name="line_refunded_quantity", de="Erstattete Menge", en="Refunded quantity", type=NUMBER),
    Field(name="line_side", de="Soll/Haben", en="Debit/credit", type=CHOICE, choices={"debit": (), "credit": ()}),
    Field(name="position_kind", de="Positionsart", en="Kind of position", type=CHOICE, choices=PRODUCT_KINDS,
          otherwise="product"),
)  # fmt: skip
COSTS = ("unit_cost", "line_cost", "line_margin")
DISCOUNTS = ("line_discount", "discount_percent", "line_subtotal")
_COMES_BACK = "line_kind IN ('return', 'cancellation')"
LINES = Table(
    name="lines",
    source="order_source || '#' || line_key",
    unique=True,
    columns=(
        Column(name="order_source", sql="order_source", needs=("order_number",)),
        Column(name="key", sql="line_key", needs=("order_number",)),
        Column(
            name="product_source", sql="product_source", needs=("product_number", "product_name", "product_name_only")
        ),
        Column(name="kind", sql="line_kind", needs=("order_number",)),
        Column(name="quantity", sql="CAST(units AS DOUBLE)", needs=("order_number",)),
        Column(name="revenue_cents", sql="revenue_cents", needs=("order_number",)),
        Column(name="discount_cents", sql="discount_cents", needs=DISCOUNTS),
        Column(name="cost_cents", sql="cost_cents", needs=COSTS),
        Column(
            name="of_order",
            sql=f"CASE WHEN {_COMES_BACK} THEN origin || ':' || returned_order END",
            needs=("returned_order",),
        ),
        Column(name="of_key", sql=f"CASE WHEN {_COMES_BACK} THEN returned_position END", needs=("returned_position",)),
    ),
)

_PRODUCT_NAMES = (
    "Artikel", "Artikelbezeichnung", "Artikelname", "Artikelbeschreibung", "Produkt", "Produktname", "Positionsname",
    "Product", "Product name", "Item", "Item name",
)  # fmt: skip
_BUYERS = ("Kunde", "Kundenname", "Käufer", "Käufername", "Customer", "Customer name", "Buyer", "Buyer name")


def what_matters() -> dict[str, tuple[str, ...]]:
    """Name the headings of what no file of sales may lose, in the words of files that are about something else, too."""
    amounts = [one for one in LINE_FIELDS if one.name in {"unit_price", "line_net", "line_gross", "line_total"}]
    totals = [word for words in TOTALS.values() for word in words]
    return {
        "document": _headings(order_number()),
        "product": (*_headings(product_number()), *_PRODUCT_NAMES),
        "amount": (*(word for one in amounts for word in _headings(one)), *totals),
        "customer": (*_headings(customer_number()), *_BUYERS),
    }


def _headings(one: Field) -> tuple[str, ...]:
    return (one.de, one.en, one.name, *one.also)
