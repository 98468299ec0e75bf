"""
The early warning as a sales manager meets it: who may be leaving and why, a task of it, and how far to trust it all.

A wholesaler without known costs, made up: 360 customers who buy every month or two, some of whom stop. Everything else
is real: `stammkunde serve` with its worker, a database of its own, and Chromium.
"""

import csv
import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from stammkunde.ui import writing
from tests.journeys.steps import LONG, ask, bring, sign_in, words

pytestmark = pytest.mark.browser

FIRST, LAST = date(2024, 1, 1), date(2025, 12, 31)
HEADINGS = ("Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country")
SHOWN = "signals_customersignal WHERE generation_id = (SELECT generation_id FROM signals_current)"
WARNED = f"{SHOWN} AND risk_level IN ('red', 'amber')"


@pytest.fixture
def export(tmp_path) -> Path:
    path = tmp_path / "rechnungen.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file)
        write.writerow(HEADINGS)
        write.writerows(
            (f"R{number:06}", "BOHNEN", "Kaffeebohnen", quantity, f"{on} 10:00:00", "12.50", customer, "Germany")
            for number, (customer, on, quantity) in enumerate(purchases())
        )
    return path


def purchases() -> Iterator[tuple[str, date, int]]:
    """Give customers who keep a rhythm of their own and stop by chance, each with what they bought on which day."""
    chance = random.Random(3)
    for number in range(360):
        gap, stops = chance.choice((20, 30, 45)), chance.choice((0.02, 0.05, 0.15))
        on = FIRST + timedelta(days=chance.randrange(500))
        while on <= LAST:
            yield f"Kunde {number:03}", on, chance.randrange(1, 20)
            if chance.random() < stops:
                break
            on += timedelta(days=max(round(chance.gauss(gap, gap / 5)), 1))


def test_early_warning_from_orders_to_a_task_and_its_proof(installation, page, export):
    _, password, database = installation
    sign_in(page, password)
    bring(page, export)
    page.get_by_role("link", name="Zu Ihren Kennzahlen").wait_for(timeout=LONG)
    page.get_by_role("link", name="Zu Ihren Kennzahlen").click()
    page.get_by_role("heading", name="Was vor Ihnen liegt").wait_for(timeout=LONG)  # it comes without being asked

    at_risk, cents = ask(database, f"SELECT count(*), sum(margin_at_risk_cents) FROM {WARNED}")
    ahead = plain(page.get_by_role("region", name="Was vor Ihnen liegt").inner_text())
    assert at_risk > 0
    assert f"Gefährdeter Umsatz {plain(writing.money(cents, places=0))} " in ahead
    assert f"Gefährdete Kunden {at_risk} " in ahead

    page.goto("/warnings/")
    worst = page.locator("[data-item]").first
    name, reason = (worst.locator(part).first.inner_text() for part in (".title", ".reason-text"))
    top = ask(database, f"SELECT max(margin_at_risk_cents) FROM {WARNED}")[0]
    assert plain(writing.money(top, places=0)) in plain(worst.inner_text())

    worst.locator(".title").click()
    page.get_by_role("heading", name="Was das Risiko erhöht").wait_for()
    assert page.get_by_role("heading", name=name, exact=True).is_visible()
    assert reason in words(page)
    page.get_by_role("region", name="Risiko").get_by_role("button", name="Aufgabe anlegen").click()
    page.get_by_role("region", name="Nächster Schritt").get_by_text(name).wait_for()

    page.goto("/today/")
    assert name in page.get_by_role("region", name="Fällige Aufgaben").inner_text()

    page.goto("/warnings/proof/")
    tested = latest_test(database)
    told = f"hätten wir {tested['warned']} Kunden gewarnt; {tested['warned_left']} davon"
    assert told in words(page)
    right, by_chance = tested["warned_left"] / tested["warned"], tested["left"] / tested["customers"]
    assert right > by_chance


def plain(text: str) -> str:
    return " ".join(text.split())


def latest_test(database: Path) -> dict:
    shown = "SELECT forecast FROM signals_generation WHERE id = (SELECT generation_id FROM signals_current)"
    tests = json.loads(ask(database, shown)[0])["risk"]["back_tests"]
    return max((test for test in tests if test["warned"]), key=lambda test: test["as_of"])
