"""
The main job as a new user does it: sign in, drop a real export, watch it, read the retention, open a customer.

Everything is real: `stammkunde serve` with its worker, a database of its own, the 541,909 lines of Online Retail as
CSV, and Chromium. Nothing of Django runs in the test itself.
"""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

pytestmark = pytest.mark.browser

CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
LONG = 180_000  # milliseconds that an import of half a million lines may take on a slow machine


@pytest.fixture
def export(shared_data, tmp_path) -> Path:
    path = tmp_path / "online_retail.csv"
    source = shared_data / "online_retail" / "online_retail.parquet"
    duckdb.sql(f"COPY (SELECT * FROM '{source}') TO '{path}' (HEADER, DELIMITER ',')")
    return path


@pytest.fixture
def installation(tmp_path):
    """Serve a new installation; gives its address, the password of the first start, and its database."""
    data, log = tmp_path / "data", tmp_path / "log"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STAMMKUNDE_")}
    environment |= {"STAMMKUNDE_DATA_DIR": str(data), "DATABASE_URL": "", "PYTHONPATH": os.pathsep.join(sys.path)}
    with log.open("w", encoding="utf-8") as out:
        served = subprocess.Popen(
            [sys.executable, "-m", "stammkunde", "serve", "--port", str(port)],
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd=tmp_path,
        )
        try:
            yield f"http://127.0.0.1:{port}", _password(log, served), data / "stammkunde.sqlite3"
        finally:
            served.send_signal(signal.SIGTERM)
            served.wait(timeout=30)


def _password(log: Path, served: subprocess.Popen) -> str:
    for _ in range(240):
        found = re.search(r"Passwor[td]\s+(\S+)", log.read_text(encoding="utf-8"))
        if found:
            return found[1]
        assert served.poll() is None, log.read_text(encoding="utf-8")
        time.sleep(0.5)
    raise AssertionError(log.read_text(encoding="utf-8"))


@pytest.fixture
def page(installation, tmp_path):
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        context = browser.new_context(base_url=installation[0], locale="de-DE", viewport={"width": 1440, "height": 900})
        context.set_default_timeout(60_000)
        page = context.new_page()
        page.on(
            "console", lambda said: complaints.append(f"{said.text} {said.location}") if said.type == "error" else None
        )
        yield page
        browser.close()
    assert complaints == [], (tmp_path / "log").read_text(encoding="utf-8")[-8000:]  # what the server said about it


def bring(page, export: Path) -> None:
    page.goto("/imports/")
    page.locator("#files").set_input_files(export)
    page.get_by_role("button", name="Hochladen und ansehen").click()
    page.get_by_role("button", name="Importieren", exact=True).click()


def words(page) -> str:
    return page.locator("main").inner_text().replace("\u00a0", " ")


def ask(database: Path, sql: str) -> tuple:
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchone()


def test_main_job_from_a_file_to_figures_and_back(installation, page, export):
    _, password, database = installation

    page.goto("/")
    page.get_by_label("E-Mail").fill("admin@localhost")
    page.get_by_label("Passwort").fill(password)
    page.get_by_role("button", name="Anmelden").click()
    bring(page, export)
    page.get_by_role("progressbar").first.wait_for()
    page.get_by_role("link", name="Zu Ihren Kennzahlen").wait_for(timeout=LONG)

    assert page.get_by_text("9.747.747,93").is_visible()
    assert ask(database, "SELECT count(*), sum(revenue_cents) FROM sales_line") == (541_909, 974_774_793)
    assert ask(database, "SELECT count(*) FROM customers_customer") == (4372,)

    for _ in range(180):  # figures are computed by the worker, without being asked
        page.goto("/?period=2011-Q3&days=180")
        if page.get_by_text("81,2 %").count():
            break
        page.wait_for_timeout(1000)
    body = words(page)
    assert "81,2 %" in body
    assert "Von 2.724 Kunden zu Beginn sind 2.211 geblieben" in body
    assert "714" in body

    page.goto("/customers/")
    page.locator("main a[href^='/customers/']").filter(has_text=re.compile(r"\d{5}")).first.click()
    page.get_by_role("heading", name="Bestellungen").wait_for()

    page.goto("/profile/")
    page.locator("main").get_by_role("button", name="English").click()
    page.get_by_role("heading", name="My profile").wait_for()
    page.goto("/?period=2011-Q3&days=180")
    assert "81.2%" in words(page)
    assert "Retention rate" in words(page)

    bring_again(page, export)
    assert ask(database, "SELECT count(*), sum(revenue_cents) FROM sales_line") == (541_909, 974_774_793)
    take_back(page)
    left = [ask(database, f"SELECT count(*) FROM {table}")[0] for table in FACTS]
    assert left == [0] * len(FACTS)


FACTS = ("sales_line", "sales_order", "sales_product", "customers_contactperson", "customers_customer")


def bring_again(page, export: Path) -> None:
    page.goto("/imports/")
    page.locator("#files").set_input_files(export)
    page.get_by_role("button", name="Upload and look").click()
    page.get_by_role("button", name="Import this file").click()
    page.get_by_text("Nothing new in this file.").wait_for(timeout=LONG)


def take_back(page) -> None:
    page.goto("/imports/")
    page.get_by_role("link", name="online_retail.csv").last.click()
    page.get_by_role("button", name="Undo import").click()
    page.locator("#undo").get_by_role("button", name="Undo import").click()
    page.get_by_text("This import was undone").wait_for(timeout=LONG)
