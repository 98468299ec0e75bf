"""
The kinds of file that we understand. A new one is a table of facts that declares it, or what another program writes: a
folder of data in `foreign`.

An entry names fields (with the headings they go by), and for each database table the SQL over the typed fields that
fills it. Recognising, typing, checking, templates and the guide's tables work from the entry alone.
"""

from stammkunde.intake.layouts.attributes import attributes, with_attributes
from stammkunde.intake.layouts.consents import CONSENTS
from stammkunde.intake.layouts.documents import DOCUMENTS, FLAT
from stammkunde.intake.layouts.foreign import foreign
from stammkunde.intake.layouts.own import CONTACT_PERSONS, CUSTOMERS, LINES_LAYOUT, ORDERS, PRODUCTS
from stammkunde.store import facts
from stammkunde.store.layouts import Column, Field, Layout, Table
from stammkunde.ui import tables

OF_TABLES = (CUSTOMERS, CONTACT_PERSONS, PRODUCTS, ORDERS, LINES_LAYOUT, CONSENTS)
OTHERS = (DOCUMENTS, FLAT, *foreign())


class UnknownLayout(LookupError):
    """There is no layout of that name."""


def get(name: str) -> Layout:
    """
    Find a layout by its name.

    :raises UnknownLayout: if there is none
    """
    found = next((one for one in known() if one.name == name), None)
    if found is None:
        raise UnknownLayout(name)
    return found


def own() -> tuple[Layout, ...]:
    """Give the kinds of file that are a table of ours each: there is a template of each."""
    return (*OF_TABLES, *(table.layout for table in facts.tables().values() if table.layout))


def known() -> tuple[Layout, ...]:
    """Give every kind of file that we understand."""
    return (*own(), *OTHERS)


def order(name: str) -> int:
    """Give the place of a kind among files that come together: what others refer to first, what is unknown last."""
    names = [one.name for one in known()]
    return names.index(name) if name in names else len(names)


def others(language: str) -> list[str]:
    """Name what is understood beside our own tables, each program once: "JTL-Wawi"."""
    labels = [one.label(language) for one in OTHERS if not one.refused]
    return list(dict.fromkeys(label.partition(":")[0] for label in labels))


def template_csv(name: str, *, language: str) -> str:
    """Write the template of one of our own tables: its headings in `de` or `en`, and one row as an example."""
    fields = get(name).fields
    example = [_example(one, german=language.startswith("de")) for one in fields]
    columns = [tables.Column(label=one.label(language), unit="given") for one in fields]
    dialect = tables.Dialect.of(language)
    return "".join(tables.csv_lines(columns=columns, rows=[example], dialect=dialect, marked=False))


def _example(one: Field, *, german: bool) -> str:
    if one.type in {"number", "money"} and german:
        return one.example.replace(".", ",")
    if one.choices and not german:
        return next((ours for ours, words in one.choices.items() if one.example in (ours, *words)), "")
    return one.example


__all__ = [
    "Column",
    "Field",
    "Layout",
    "Table",
    "UnknownLayout",
    "attributes",
    "foreign",
    "get",
    "known",
    "others",
    "own",
    "template_csv",
    "with_attributes",
]
