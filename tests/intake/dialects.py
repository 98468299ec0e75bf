"""
One company, written in many dialects: whatever a file looks like, its cents are the same.

The company sells in whole euro net at 19 and 7 percent, so that gross prices are exact to the cent.
"""

import csv
import io
import json
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

PRODUCTS = (
    ("A-100", "Röstkaffee, 1 kg", 12, 7), ("A-205", "Espressomaschine", 1_300, 19), ("B-310", "Tasse „Größe L“", 9, 19),
    ("B-311", "Kanne; emailliert", 45, 19), ("C-007", "Wasserfilter", 28, 19),
)  # fmt: skip
CUSTOMERS = (
    ("10001", "Müller & Söhne GmbH", "Köln"),
    ("10002", "Jürgen Groß", "Fürth"),
    ("10003", "Café Olé", "Jülich"),
)


@dataclass(frozen=True, kw_only=True)
class Line:
    order: str
    day: date
    customer: tuple[str, str, str]
    product: tuple[str, str, int, int]
    quantity: int


@dataclass(frozen=True, kw_only=True)
class Spoken:
    """How a program writes its export."""

    form: str = "csv"  # csv | xlsx | jsonl | json
    separator: str = ";"
    decimal: str = ","
    grouping: str = ""  # what parts thousands
    day: str = "%d.%m.%Y"
    encoding: str = "utf-8"
    german: bool = True
    amounts: str = "unit_net"  # unit_net | unit_gross | line_net | line_gross
    per: str = "line"  # a row a line, or a row a document
    currency: str = ""  # behind each amount
    further: int = 0  # columns that nobody needs
    title: bool = False  # a title above the heading


HEADINGS = {
    "order": ("Rechnungsnummer", "Invoice number"),
    "day": ("Rechnungsdatum", "Invoice date"),
    "customer": ("Kundennummer", "Customer number"),
    "name": ("Kunde", "Customer name"),
    "city": ("Ort", "City"),
    "product": ("Artikelnummer", "SKU"),
    "product_name": ("Artikelbezeichnung", "Product name"),
    "quantity": ("Menge", "Quantity"),
    "unit_net": ("Einzelpreis netto", "Unit price net"),
    "unit_gross": ("Einzelpreis brutto", "Unit price gross"),
    "line_net": ("Nettobetrag", "Net amount"),
    "line_gross": ("Bruttobetrag", "Gross amount"),
    "tax": ("MwSt %", "VAT %"),
}


def lines(count: int = 40) -> list[Line]:
    """Give what the company sold in some weeks of 2025."""
    return [
        Line(
            order=f"R-{2025_000 + at // 2}",
            day=date(2025, 3, 1) + timedelta(days=at // 2),
            customer=CUSTOMERS[at // 2 % len(CUSTOMERS)],
            product=PRODUCTS[at % len(PRODUCTS)],
            quantity=1 + at % 4,
        )
        for at in range(count)
    ]


def cents(sold: list[Line]) -> int:
    return sum(one.quantity * one.product[2] * 100 for one in sold)


def write(sold: list[Line], how: Spoken, folder: Path) -> Path:
    """Write the company's lines as the program would."""
    columns = _columns(how)
    rows = [_row(one, how) for one in _documents(sold, how)]
    path = folder / f"export.{how.form}"
    heading = [HEADINGS[one][0 if how.german else 1] for one in columns] + [f"Feld {n}" for n in range(how.further)]
    table = [[row[one] for one in columns] + [f"x{n}" for n in range(how.further)] for row in rows]
    _WRITERS[how.form](path, heading, table, how)
    return path


def _columns(how: Spoken) -> tuple[str, ...]:
    money = ("tax", how.amounts) if how.amounts.endswith("gross") else (how.amounts,)
    if how.per == "document":
        return ("order", "day", "customer", "name", "city", *money)
    return ("order", "day", "customer", "name", "city", "product", "product_name", "quantity", *money)


def _documents(sold: list[Line], how: Spoken) -> list[list[Line]]:
    """Give what stands in one row; documents of several VAT rates stand in a row a rate."""
    if how.per == "line":
        return [[one] for one in sold]
    found: dict[tuple[str, int], list[Line]] = {}
    for one in sold:
        found.setdefault((one.order, one.product[3] if how.amounts.endswith("gross") else 0), []).append(one)
    return list(found.values())


def _row(together: list[Line], how: Spoken) -> dict[str, Any]:
    first = together[0]
    rate = first.product[3]
    net = sum(Decimal(one.product[2] * one.quantity) for one in together)
    unit = Decimal(first.product[2])
    gross = Decimal(100 + rate) / 100
    number, name, city = first.customer
    return {
        "order": first.order, "day": first.day, "customer": number, "name": name, "city": city,
        "product": first.product[0], "product_name": first.product[1], "quantity": first.quantity, "tax": rate,
        "unit_net": unit, "unit_gross": unit * gross, "line_net": net, "line_gross": net * gross,
    }  # fmt: skip


def _text(value: Any, how: Spoken) -> str:
    if isinstance(value, date):
        return value.strftime(how.day)
    if isinstance(value, Decimal):
        text = f"{value:,.2f}".translate(str.maketrans({",": how.grouping, ".": how.decimal}))
        return f"{text} {how.currency}" if how.currency else text
    return str(value)


def _csv(path: Path, heading: list[str], table: list[list[Any]], how: Spoken) -> None:
    out = io.StringIO()
    if how.title:
        out.write("Umsatzliste März 2025\r\n\r\n")
    writer = csv.writer(out, delimiter=how.separator)
    writer.writerow(heading)
    writer.writerows([_text(cell, how) for cell in row] for row in table)
    path.write_bytes(out.getvalue().encode(how.encoding, "replace"))


def _xlsx(path: Path, heading: list[str], table: list[list[Any]], how: Spoken) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet, dated = book.add_worksheet(), book.add_format({"num_format": "dd.mm.yyyy"})
        top = 2 if how.title else 0
        if how.title:
            sheet.write(0, 0, "Umsatzliste März 2025")
        sheet.write_row(top, 0, heading)
        for down, row in enumerate(table, start=top + 1):
            for right, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(down, right, cell, dated)
                else:
                    sheet.write(down, right, float(cell) if isinstance(cell, Decimal) else cell)


def _objects(heading: list[str], table: list[list[Any]]) -> list[dict[str, Any]]:
    def plain(cell: Any) -> Any:
        return cell.isoformat() if isinstance(cell, date) else float(cell) if isinstance(cell, Decimal) else cell

    return [{name: plain(cell) for name, cell in zip(heading, row, strict=True)} for row in table]


def _jsonl(path: Path, heading: list[str], table: list[list[Any]], _how: Spoken) -> None:
    path.write_text("".join(json.dumps(one) + "\n" for one in _objects(heading, table)), encoding="utf-8")


def _json(path: Path, heading: list[str], table: list[list[Any]], _how: Spoken) -> None:
    path.write_text(json.dumps(_objects(heading, table)), encoding="utf-8")


_WRITERS = {"csv": _csv, "xlsx": _xlsx, "jsonl": _jsonl, "json": _json}
