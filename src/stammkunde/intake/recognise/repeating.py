"""
Whether a column that is called like an amount of lines holds the totals of their documents.

"Gesamtnetto" is the line's in one program and the document's in another: not the heading tells, but price × quantity;
or, without a price, that all lines of many documents repeat one amount, whatever was bought.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import product

from stammkunde.intake.formats import Dialect
from stammkunde.intake.layouts import Layout

_TOTAL_OF = {"line_net": "document_net", "line_gross": "document_gross", "line_total": "document_total"}
_NEAR = (0.7, 1.3)  # discounts, and VAT that only one of the two contains

_BOUGHT = ("product_number", "product_name", "quantity")
_FEW = 3  # documents: fewer may repeat an amount by chance
_MOST = 0.9  # of the documents with several lines

Row = tuple[str, float, float]  # the document, price × quantity, and what stands in the column


def as_totals(kind: Layout, columns: Mapping[str, str], dialect: Dialect) -> dict[str, str]:
    """Let columns be the totals of documents where all lines of one repeat the same, and add up to it."""
    found, fields = dict(columns), {one.name for one in kind.fields}
    if "order_number" not in found:
        return found
    repeats = _repeats if "unit_price" in found else _repeats_whatever_was_bought
    for line, total in _TOTAL_OF.items():
        if line in found and total in fields and total not in found and repeats(found, found[line], dialect):
            found[total] = found.pop(line)
    return found


def _repeats_whatever_was_bought(columns: Mapping[str, str], column: str, dialect: Dialect) -> bool:
    bought = [dialect.values(one) for name, one in columns.items() if name in _BOUGHT]
    documents: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for number, amount, *what in zip(
        dialect.values(columns["order_number"]), dialect.values(column), *bought, strict=True
    ):
        if number and amount:
            documents.setdefault(number, []).append((amount, tuple(what)))
    several = [one for one in documents.values() if any(what != one[0][1] for _amount, what in one)]
    repeated = {one[0][0] for one in several}
    is_always = all(len({amount for amount, _what in one}) == 1 for one in several)
    return is_always and len(several) >= _FEW and 2 * len(repeated) > len(several)


def _repeats(columns: Mapping[str, str], column: str, dialect: Dialect) -> bool:
    named = [dialect.values(one) for one in (columns["order_number"], columns["unit_price"], column)]
    quantities = dialect.values(columns["quantity"]) if "quantity" in columns else ("",) * len(named[0])
    texts = list(zip(*named, quantities, strict=True))
    return any(_add_up(list(_read(texts, marks))) for marks in product(",.", repeat=2))


def _read(texts: list[tuple[str, ...]], marks: tuple[str, ...]) -> Iterator[Row]:
    for number, price, amount, quantity in texts:
        p, q, t = _number(price, marks[0]), _number(quantity or "1", marks[0]), _number(amount, marks[1])
        if number and p is not None and q is not None and t is not None:
            yield number, p * q, t


def _number(text: str, mark: str) -> float | None:
    digits = re.sub(r"[^\d,.\-]", "", text).replace("." if mark == "," else ",", "").replace(",", ".")
    try:
        return abs(float(digits))
    except ValueError:
        return None


def _add_up(rows: list[Row]) -> bool:
    """Tell whether all documents of several lines repeat their sum, and some line shows that it is not its own."""
    documents: dict[str, list[Row]] = {}
    for row in rows:
        documents.setdefault(row[0], []).append(row)
    several = [one for one in documents.values() if len(one) > 1]
    if len(several) > 1 and several[-1][-1] == rows[-1]:
        several.pop()  # the first rows may end within a document
    fitting = sum(1 for one in several if _is_sum(one))
    return fitting > _MOST * len(several) and any(
        not _is_near(total, own) for one in several for _number, own, total in one
    )


def _is_sum(document: list[Row]) -> bool:
    totals = {total for _number, _own, total in document}
    return len(totals) == 1 and _is_near(totals.pop(), sum(own for _number, own, _total in document))


def _is_near(amount: float, reckoned: float) -> bool:
    return reckoned > 0 and _NEAR[0] <= amount / reckoned <= _NEAR[1]
