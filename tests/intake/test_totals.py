"""Control totals are what would be imported, in the figures of a report, and what the database then holds."""

import pytest
from django.urls import reverse
from django.utils import timezone

from stammkunde.intake import services, sums
from stammkunde.intake.models import Import
from stammkunde.team import tokens
from tests.intake.bringing import bring
from tests.intake.reading import FILES, checked, flat, write

LINES = (
    "R1;05.01.2024;K1;A;2;10,00",
    "R1;05.01.2024;K1;B;1;5,00",
    "R2;06.02.2024;K2;A;1;10,00",
    "G1;07.02.2024;K1;A;-1;10,00",
)


def test_sums_of_invoice_lines(tmp_path):
    _, found = flat(tmp_path, *LINES)

    told = found.totals
    assert {name: told[name] for name in ("documents", "customers", "quantity", "net", "returns", "returned")} == {
        "documents": 3, "customers": 2, "quantity": 3.0, "net": 25_00, "returns": 1, "returned": -10_00,
    }  # fmt: skip
    assert (told["gross"], told["shipping"]) == (None, None)
    assert [(one["month"], one["documents"], one["net"]) for one in told["months"]] == [
        ("2024-01", 1, 25_00), ("2024-02", 2, 0),
    ]  # fmt: skip
    assert {one["kind"]: one["net"] for one in told["kinds"]} == {"sale": 35_00, "cancellation": -10_00}
    assert sum(one["net"] for one in told["months"]) == told["net"] == found.revenue_cents


@pytest.mark.parametrize(
    ("heading", "cells"),
    [
        ("Netto;MwSt-Satz", "100,00;19"),
        ("Netto;Brutto", "100,00;119,00"),
        ("Netto;MwSt-Betrag", "100,00;19,00"),
        ("Brutto;MwSt-Satz", "119,00;19"),
        ("Brutto;MwSt-Betrag", "119,00;19,00"),
    ],
)
def test_gross_where_the_file_knows_the_tax(tmp_path, heading, cells):
    path = write(tmp_path, f"Rechnungsnummer;Datum;KdNr;Artikel-Nr.;Menge;{heading}\nR1;05.01.2024;K1;A;2;{cells}\n")

    told = checked(path, layout="flat").totals

    assert (told["net"], told["gross"]) == (100_00, 119_00)


def test_gross_is_unknown_where_one_line_does_not_say_it(tmp_path):
    path = write(tmp_path, "Rechnungsnummer;Datum;KdNr;Artikel-Nr.;Menge;Netto;MwSt-Satz\n"
                           "R1;05.01.2024;K1;A;1;10,00;19\nR2;05.01.2024;K1;A;1;10,00;\n")  # fmt: skip

    assert checked(path, layout="flat").totals["gross"] is None


def test_what_a_shop_says_of_discounts_refunds_shipping_and_cancelled_orders(tmp_path):
    path = write(tmp_path, (FILES / "shopify.csv").read_text(encoding="utf-8"))

    found = checked(path)

    told, states = found.totals, {one["status"]: one for one in found.totals["status"]}
    assert (told["documents"], told["net"], told["returned"], told["discount"], told["shipping"]) == (
        3, 140_00, -10_00, 10_00, 4_12,
    )  # fmt: skip
    assert told["gross"] == 166_60
    assert (states["cancelled"]["documents"], states["cancelled"]["net"]) == (1, 10_00)
    assert told["net"] + states["cancelled"]["net"] == found.revenue_cents


def test_lists_without_documents_have_none(tmp_path):
    path = write(tmp_path, "Kundennummer;Name\n1;Eins\n")

    assert checked(path, layout="customers").totals == {}


def rows(*orders):
    return [
        {
            "order_number": number,
            "ordered_at": f"2024-0{month}-05",
            "customer_number": "K1",
            "customer_name": "Muster GmbH",
            "product_number": "A",
            "quantity": "1",
            "unit_price": price,
        }
        for number, month, price in orders
    ]


@pytest.mark.django_db(transaction=True)
def test_kept_with_the_import_shown_before_and_afterwards_beside_what_is_there(tmp_path, client, administrator):
    bring(tmp_path, "flat", rows(("1", 1, "10"), ("2", 2, "20")))
    dry = bring(tmp_path, "flat", rows(("2", 2, "20"), ("3", 2, "30")), dry_run=True)
    administrator.language = "de"
    administrator.save()
    client.force_login(administrator)

    before = client.get(reverse("import", args=[dry.pk])).content.decode()
    services.start(import_id=dry.pk, now=timezone.now())
    done = services.run(import_id=dry.pk, now=timezone.now())
    after = client.get(reverse("import", args=[dry.pk])).content.decode()

    assert (dry.totals["net"], "held" in dry.totals) == (50_00, False)
    for shown in (before, after):
        assert "Stimmt das mit Ihrer Auswertung überein?" in shown
        assert "Februar 2024" in shown
        assert "1 dieser Belege war schon da" in shown
    assert "Belege in der Datenbank" not in before
    assert "Belege in der Datenbank" in after
    assert "Beides stimmt überein." in after
    assert done.totals["held"]["months"] == [{"month": "2024-02", "documents": 2, "quantity": 2.0, "net": 50_00}]
    assert not sums.of(done).is_more_held
    part = bring(tmp_path, "flat", rows(("3", 2, "30")))
    assert sums.of(part).is_more_held


@pytest.mark.django_db(transaction=True)
def test_programs_get_them_with_amounts_only_where_they_may_see_figures(tmp_path, client, administrator):
    incoming = bring(tmp_path, "flat", rows(("1", 1, "10")))

    def said(*scopes):
        token = tokens.create(staff=administrator, name="-".join(scopes), now=timezone.now(), scopes=scopes)
        return client.get(f"/api/v1/imports/{incoming.pk}", headers={"Authorization": f"Bearer {token}"}).json()

    assert said("imports", "figures")["totals"]["months"][0]["net"] == 10_00
    told = said("imports")["totals"]
    assert (told["documents"], "net" in told, "net" in told["months"][0]) == (1, False, False)
    assert Import.objects.get().totals["net"] == 10_00
