"""
The main job as a new user does it: sign in, drop a real export, watch it, read the retention, open a customer; and the
figures once more on the command line.

Everything is real: `stammkunde serve` with its worker, a database of its own, the 541,909 lines of Online Retail as
CSV, and Chromium. Nothing of Django runs in the test itself.
"""

import re
from pathlib import Path

import duckdb
import pytest

from tests.journeys import command_line
from tests.journeys.steps import LONG, ask, bring, sign_in, words

pytestmark = pytest.mark.browser

COUNTED = "SELECT count(*) FROM signals_figure JOIN signals_current USING (generation_id)"


@pytest.fixture
def export(shared_data, tmp_path) -> Path:
    path = tmp_path / "online_retail.csv"
    source = shared_data / "online_retail" / "online_retail.parquet"
    duckdb.sql(f"COPY (SELECT * FROM '{source}') TO '{path}' (HEADER, DELIMITER ',')")
    return path


def test_main_job_from_a_file_to_figures_and_back(installation, page, export):
    _, password, database = installation

    sign_in(page, password)
    bring(page, export)
    page.get_by_role("progressbar").first.wait_for()
    page.get_by_role("link", name="Zu Ihren Kennzahlen").wait_for(timeout=LONG)

    assert page.get_by_role("cell", name="9.747.747,93 €").is_visible()
    assert ask(database, "SELECT count(*), sum(revenue_cents) FROM sales_line") == (541_909, 974_774_793)
    assert ask(database, "SELECT count(*) FROM customers_customer") == (4372,)

    for _ in range(180):  # figures are computed by the worker, without being asked
        if ask(database, COUNTED)[0]:
            break
        page.wait_for_timeout(1000)
    page.goto("/?period=2011-Q3&days=180")
    page.get_by_text("81,2 %").first.wait_for()
    body = words(page)
    assert "81,2 %" in body
    assert "Von 2.724 Kunden zu Beginn sind 2.211 geblieben" in body
    assert "714" in body
    command_line.figures_are_the_reference(database.parent)

    page.goto("/customers/")
    page.locator("main a[href^='/customers/']").filter(has_text=re.compile(r"\d{5}")).first.click()
    page.get_by_role("heading", name="Bestellungen").wait_for()

    page.goto("/profile/")
    page.locator("main").get_by_role("button", name="English").click()
    page.get_by_role("heading", name="My profile").wait_for()
    page.goto("/?period=2011-Q3&days=180")
    assert "81.2%" in words(page)
    assert "Retention rate" in words(page)

    take_back(page)
    left = [ask(database, f"SELECT count(*) FROM {table}")[0] for table in FACTS]
    assert left == [0] * len(FACTS)


FACTS = ("sales_line", "sales_order", "sales_product", "customers_contactperson", "customers_customer")


def take_back(page) -> None:
    page.goto("/imports/")
    page.get_by_role("link", name="online_retail.csv").last.click()
    page.get_by_role("button", name="Undo import").click()
    page.locator("#undo").get_by_role("button", name="Undo import").click()
    page.get_by_text("This import was undone").wait_for(timeout=LONG)
