import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.intake.reading import FILES, checked, remarks, rows, write

pytestmark = pytest.mark.slow


def copied(folder, name):
    """Copy a file of the repository, so that what comes of it is written elsewhere."""
    folder.mkdir(exist_ok=True)
    return Path(shutil.copy(FILES / name, folder))


def lines_of(path):
    return rows(path, "lines", "order_source", "key", "kind", "quantity", "revenue_cents", "discount_cents")


def test_shopify_orders_are_net_of_vat_and_discounts(tmp_path):
    path = copied(tmp_path, "shopify.csv")
    found = checked(path)

    assert found.revenue_cents == 15000
    assert lines_of(path) == [
        ("shopify:#1001", "K-1#1", "sale", 1.0, 4500, 500),
        ("shopify:#1001", "T-1#1", "sale", 5.0, 4500, 500),
        ("shopify:#1002", "T-1#1", "sale", 4.0, 4000, 0),
        ("shopify:#1002", "refund", "return", -1.0, -1000, None),
        ("shopify:#1003", "T-1#1", "sale", 1.0, 1000, 0),
        ("shopify:#1004", "T-1#1", "sale", 2.0, 2000, 0),
    ]


def test_shopify_fields_of_the_first_row_count_for_the_whole_order(tmp_path):
    path = copied(tmp_path, "shopify.csv")
    found = checked(path)

    assert found.guest_orders == 1
    assert rows(path, "orders", "number", "customer_source", "status", "channel", "ordered_on", "shipping_cents") == [
        ("#1001", "shopify:einkauf@muster.example", "completed", "web", date(2024, 3, 1), 0),
        ("#1002", "shopify:mara@beispiel.example", "completed", "web", date(2024, 3, 2), 412),
        ("#1003", "shopify:mara@beispiel.example", "cancelled", "web", date(2024, 3, 5), 412),
        ("#1004", None, "completed", "pos", date(2024, 3, 31), 0),
    ]
    assert rows(path, "customers", "name", "kind", "postcode", "region") == [
        ("Muster GmbH", "company", "10115", "Berlin"), ("Mara Beispiel", None, "01067", "Nordrhein-Westfalen"),
    ]  # fmt: skip


def test_shopify_without_taxes_in_its_prices_is_net_already(tmp_path):
    text = (FILES / "shopify.csv").read_text(encoding="utf-8")
    path = write(tmp_path, text.replace("EUR,23.80,0.00,3.80,23.80", "EUR,23.80,0.00,4.52,28.32"))

    checked(path)

    assert rows(path, "lines", "order_source", "revenue_cents")[-1] == ("shopify:#1004", 2380)


def test_a_shops_order_is_imported_whole_or_not_at_all(tmp_path):
    text = (FILES / "shopify.csv").read_text(encoding="utf-8")
    path = write(tmp_path, text.replace('1,"Kanne', 'viele,"Kanne'))

    found = checked(path)

    assert remarks(found)[:2] == [(5, "", "order_incomplete"), (6, "Lineitem quantity", "not_a_number")]
    assert [number for (number,) in rows(path, "orders", "number")] == ["#1002", "#1003", "#1004"]


def test_woocommerce_orders_with_refunds_and_guests(tmp_path):
    path = copied(tmp_path, "woocommerce.csv")
    found = checked(path)

    assert lines_of(path) == [
        ("woocommerce:711", "901", "sale", 4.0, 3600, 400),
        ("woocommerce:711", "902", "sale", 1.0, 4768, 600),
        ("woocommerce:712", "903", "sale", 2.0, 2000, 0),
        ("woocommerce:712", "903:refund", "return", -1.0, -1000, None),
        ("woocommerce:713", "904", "sale", 1.0, 1000, 0),
    ]
    assert remarks(found) == [(6, "order_currency", "other_currency")]
    assert rows(path, "orders", "number", "customer_source", "status", "ordered_on") == [
        ("711", "woocommerce:eva@muster.example", "completed", date(2024, 5, 1)),
        ("712", "woocommerce:mara@beispiel.example", "completed", date(2024, 5, 2)),
        ("713", None, "cancelled", date(2024, 5, 3)),
    ]


def test_woocommerce_items_packed_into_one_cell_give_the_same_lines(tmp_path):
    packed, plain = (copied(tmp_path / name, f"{name}.csv") for name in ("woocommerce_packed", "woocommerce"))

    checked(packed)
    checked(plain)

    assert lines_of(packed) == lines_of(plain)[:2]


PARTNERS = """\
Belegnr.;Buchungsdatum;Geschäftspartner-Nr.;Name des Geschäftspartners;Artikelnummer;Menge;Zeilensumme
1;03.11.25;C20000;Muster, Anna;A-1;2,000;20,00 EUR
1;03.11.25;C20000;Muster, Anna;A-2;1.250,000;1.250,00 EUR
"""
TURNOVER = """\
Kunde;Rechnung;Datum;Artikel;Menge;E-Preis;Gesamt
Muster, Anna;RE-1;3. November 2025;Schere;2;10,00;20,00
;;;Kanne;1;20,00;20,00
;;;Zwischensumme;;;40,00
Ott GmbH;RE-2;14. Dezember 2025;Spaten;1;1.000,00;1.000,00
"""
SHORT = "BelegNr|BelegDat|KdNr|ArtNr|Netto EUR\n1|03.11.25|7|K|19,00\n2|03.11.25|7|K|10,00-\n"


@pytest.mark.parametrize(("text", "cents"), [(PARTNERS, 127000), (TURNOVER, 104000), (SHORT, 900)])
def test_lists_of_merchandise_programs_are_recognised_with_their_buyers(tmp_path, text, cents):
    found = checked(write(tmp_path, text))

    assert (found.layout, found.revenue_cents, found.guest_orders, found.refused) == ("flat", cents, 0, 0)
