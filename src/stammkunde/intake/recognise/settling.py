"""How the values of a file are written, as its first rows show; what they do not show is asked."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stammkunde.intake import parsing
from stammkunde.intake.asking import Question
from stammkunde.intake.check.priced import tax_known
from stammkunde.intake.formats import Dialect, Source, engine, open_source
from stammkunde.intake.layouts import Layout

LOOK_ROWS = 2000


@dataclass(frozen=True, kw_only=True)
class Settled:
    options: dict[str, Any]
    ambiguous: tuple[str, ...]  # columns whose dates read as day first and as month first
    asked: tuple[Question, ...]  # also what is answered by now


def settle(
    path: Path | str,
    kind: Layout,
    given: dict[str, str],
    options: dict[str, Any],
    dialect: Dialect,
    *,
    work: Path,
    memory_mb: int,
) -> Settled:
    """Propose how values are written, from the first rows; leave open what they do not show."""
    proposed = kind.options | {"origin": kind.options.get("origin", "files")}
    if kind.documents:
        proposed.setdefault("price_basis", _basis(given))
    known = proposed | options
    source = open_source(path, work_dir=work, options=options, limit=LOOK_ROWS)
    with engine.connect(memory_mb=memory_mb, work_dir=work) as db:
        db.execute(parsing.MACROS)
        numbers = _texts(kind, given, dialect, source, {"number", "money"})
        if "decimal" not in known and numbers:
            found = parsing.decimal_evidence(db, " UNION ".join(numbers.values()))
            if found[","] != found["."]:
                proposed["decimal"] = max(found, key=found.__getitem__)
        days = {
            column: parsing.date_evidence(db, texts)
            for column, texts in _texts(kind, given, dialect, source, {"moment", "day"}).items()
        }
    first, second = (sum(one[order] for one in days.values()) for order in ("dmy", "mdy"))
    if "date_order" not in known and first != second:
        proposed["date_order"] = "dmy" if first > second else "mdy"
    known = proposed | options
    ambiguous = () if "date_order" in known else tuple(column for column, one in days.items() if one["either"])
    asked = () if not kind.documents or tax_known(set(given), known) else (Question(option="tax_rate"),)
    return Settled(options=known, ambiguous=ambiguous, asked=asked)


def _basis(given: dict[str, str]) -> str:
    """Guess from the heading of the price whether it includes VAT; without a hint it does not."""
    headings = " ".join(given.get(name, "") for name in ("unit_price", "line_total")).casefold()
    return "gross" if re.search(r"brutto|gross|inkl|incl", headings) else "net"


def _texts(kind: Layout, given: dict[str, str], dialect: Dialect, source: Source, types: set[str]) -> dict[str, str]:
    """Give, by column, the query for its distinct texts among the first rows."""
    fields = {one.name: one for one in kind.fields}
    queries = {}
    for name, column in given.items():
        if name in fields and fields[name].type in types and column in dialect.header:
            cell = f"trim(c{dialect.header.index(column)})"
            queries[column] = (
                f"SELECT DISTINCT {cell} AS text FROM {source.table} WHERE {cell} <> '' AND strlen({cell}) < 400"
            )
    return queries
