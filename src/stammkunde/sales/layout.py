"""What products cost from which day on, as a list of its own. `docs/guide/import.md` lists every column."""

from stammkunde.store.layouts import DAY, KEY, MONEY, Column, Field, Layout, Table

PRODUCT_COSTS = Layout(
    name="product_costs",
    de="Einkaufspreise",
    en="Product costs",
    fields=(
        Field(
            name="product_number", de="Artikelnummer", en="Product number", type=KEY, max_length=100, required=True,
            also=("Artikel-Nr.", "Artikel-Nr", "ArtNr", "Artikelnr", "SKU", "Item number"), example="A-100",
        ),
        Field(
            name="cost", de="Einkaufspreis", en="Cost", type=MONEY, required=True, example="7.40",
            above_nothing=True,
            also=("EK", "EK-Preis", "EK netto", "Einstandspreis", "Selbstkosten", "Unit cost", "Purchase price"),
        ),
        Field(
            name="cost_from_on", de="Einkaufspreis gilt ab", en="Cost holds from", type=DAY, example="2026-01-01",
            also=("EK gilt ab", "EK gültig ab", "Gültig ab", "Gilt ab", "Valid from", "Effective from"),
        ),
    ),
    marks=("EK gültig ab", "EK gilt ab", "Einkaufspreis gilt ab", "Cost holds from", "Gültig ab", "Gilt ab",
           "Valid from", "Effective from"),
    tables=(
        Table(
            name="product_costs",
            needs=("cost",),
            # A price of nothing is how programs write that nobody has said one.
            source=(
                "CASE WHEN cost > 0 THEN origin || ':' || product_number || '@' || coalesce(cost_from_on, today) END"
            ),
            columns=(
                Column(name="product_source", sql="origin || ':' || product_number", needs=("product_number",)),
                Column(name="holds_from_on", sql="coalesce(cost_from_on, today)", needs=("cost",)),
                Column(name="cost_e4", sql="e4(cost)", needs=("cost",)),
            ),
        ),
    ),
)  # fmt: skip
