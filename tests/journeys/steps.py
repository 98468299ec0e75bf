"""What users do in every story, and how a story looks at what came of it."""

import sqlite3
from contextlib import closing
from pathlib import Path

OWN = "Regen am Dienstag und drei Katzen"
LONG = 180_000  # milliseconds that an import of half a million lines may take on a slow machine


def sign_in(page, password: str) -> None:
    page.goto("/")
    page.get_by_label("E-Mail").fill("admin@localhost")
    page.get_by_label("Passwort").fill(password)
    page.get_by_role("button", name="Anmelden").click()
    page.get_by_label("Jetziges Passwort").fill(password)  # a printed one is changed first
    page.get_by_label("Neues Passwort").fill(OWN)
    page.get_by_label("Noch einmal").fill(OWN)
    page.get_by_role("button", name="Passwort ändern").click()


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
