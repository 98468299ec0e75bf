"""
What other programs write: a folder each, read from its `layout.toml`.

    de, en      what the kind of file is called
    like        which of our kinds it is like, and so which fields and tables it has
    marks       headings that tell it, of which three must be there (all, if it has fewer)
    headings    our field → the program's headings for it, in all languages and versions
    words       of a field with choices: our value → the program's words, before those that are known everywhere
    values      our field → SQL over the fields, where the program says it otherwise than we do
    only        SQL over the fields: the rows that mean something (a creditor is no customer); others are set aside
    otherwise   of a field with choices: what an unknown word means (status and document type are asked else)
    options     how its values are written, the origin, and whether it holds each order whole
    needs       fields without which a row says nothing, beside those of the kind
    buyer       which field tells who bought, the first that is known
    found_by    SQL of the e-mail address by which people are found who are here under other keys
    spread      fields of the order stand on one of its rows and count for all
    packed      a pattern: columns whose cells hold items of an order
    refused     a code: known, and nothing to import

Beside it lie `sample.csv` (made up) and `right.json`: what comes of it, reckoned by hand.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from stammkunde.intake.layouts.documents import DOCUMENTS, FLAT
from stammkunde.intake.layouts.own import CONTACT_PERSONS, CUSTOMERS, PRODUCTS
from stammkunde.intake.layouts.subscribers import SUBSCRIBERS
from stammkunde.intake.layouts.vocabulary import ORDER_FIELDS
from stammkunde.store.layouts import Field, Layout

FOLDER = Path(__file__).parent
_LIKE = {one.name: one for one in (FLAT, DOCUMENTS, CUSTOMERS, CONTACT_PERSONS, PRODUCTS, SUBSCRIBERS)}
_OF_LINES = ("line_", "product_", "position", "quantity", "unit_", "discount_", "tax_rate", "document_type")


@cache
def foreign() -> tuple[Layout, ...]:
    """Give the kinds of file that other programs write, by name."""
    return tuple(read(path.parent) for path in sorted(FOLDER.glob("*/layout.toml")))


def read(folder: Path) -> Layout:
    """Read a kind of file from its folder."""
    told = tomllib.loads((folder / "layout.toml").read_text(encoding="utf-8"))
    like = _LIKE[told["like"]]
    known = {one.name: one for one in (*ORDER_FIELDS, *FLAT.fields, *like.fields)}
    values = {**like.values, **told.get("values", {})}
    headings = told["headings"]
    # What the program has no heading for can be chosen by hand, or is worked out.
    others = dict.fromkeys((*values, *(one.name for one in like.fields)))
    names = (*headings, *(name for name in others if name not in headings))
    fields = tuple(_field(known[name], headings.get(name, []), told) for name in names)
    return replace(
        like,
        name=folder.name,
        de=told["de"],
        en=told["en"],
        fields=fields,
        marks=tuple(told["marks"]),
        options={"origin": folder.name, **told.get("options", {})},
        foreign=True,
        refused=told.get("refused", ""),
        spread=told.get("spread", False),
        buyer=tuple(told.get("buyer", like.buyer)),
        packed=told.get("packed", ""),
        values=values,
        tables=(replace(like.tables[0], found_by=told.get("found_by", "")), *like.tables[1:]),
        only=told.get("only", ""),
    )


def _field(one: Field, headings: list[str], told: Mapping[str, Any]) -> Field:
    words = told.get("words", {}).get(one.name, {})
    return replace(
        one,
        also=tuple(headings),
        choices=_choices(one.choices, words),
        otherwise=told.get("otherwise", {}).get(one.name, one.otherwise),
        required=(one.required or one.name in told.get("needs", ())) and bool(headings),
        order_level=one.order_level or (bool(told.get("spread")) and not one.name.startswith(_OF_LINES)),
    )


def _choices(known: Mapping[str, tuple[str, ...]], words: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """Put the program's words first: what it means by one counts, whatever others mean."""
    own = {word.casefold() for said in words.values() for word in said}
    others = {ours: [word for word in said if word.casefold() not in own] for ours, said in known.items()}
    return {ours: (*words.get(ours, ()), *others.get(ours, ())) for ours in dict.fromkeys((*known, *words))}
