"""What the amounts of a file are: settled by headings and by reckoning (`arithmetic`), or asked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb

from stammkunde.intake.asking import Answer, Question
from stammkunde.intake.check import arithmetic
from stammkunde.intake.check.arithmetic import Amounts, Fit
from stammkunde.intake.check.given import Mapped
from stammkunde.intake.formats.engine import row
from stammkunde.intake.layouts import Layout
from stammkunde.intake.parsing import Reading, numbers, parsed
from stammkunde.store.layouts import MONEY

_GROSS = re.compile(r"brutto|gross|inkl|incl", re.IGNORECASE)
_NET = re.compile(r"netto|\bnet\b|exkl|excl|ohne", re.IGNORECASE)
_PIECE = re.compile(r"einzel|stück|stueck|unit|\bep\b|\bvk|per|each|\bje\b", re.IGNORECASE)
_PRICED = ("unit_price", "line_total")


@dataclass(frozen=True, kw_only=True)
class Money:
    """What was decided."""

    fields: list[Mapped]
    exact: frozenset[str] = frozenset()
    options: dict[str, Any] = field(default_factory=dict)
    asked: tuple[Question, ...] = ()
    contradicted: str = ""
    assumed: bool = False  # prices are taken as net, which nothing says


def apart(db: duckdb.DuckDBPyConnection, layout: Layout, fields: list[Mapped]) -> list[Mapped]:
    """Take discounts that are written in percent out of a column of amounts."""
    names = {one.field.name: one for one in fields}
    one = names.get("line_discount")
    if one is None or "discount_percent" in names or not layout.documents:
        return fields
    if not row(db, f"SELECT bool_or(contains({one.raw}, '%')) FROM given")[0]:
        return fields
    db.execute("ALTER TABLE given ADD COLUMN r_discount_percent VARCHAR")
    db.execute(f"UPDATE given SET r_discount_percent = {one.raw}, {one.raw} = NULL WHERE contains({one.raw}, '%')")
    return [*fields, Mapped(field=layout.field("discount_percent"), column=one.column, place=one.place)]


def marks(
    db: duckdb.DuckDBPyConnection,
    numeric: Mapping[str, Mapped],
    exact: frozenset[str],
    opened: Mapping[str, Mapped],
    readings: Mapping[str, Reading],
) -> dict[str, str]:
    """Find by reckoning how columns are marked that do not show it themselves."""
    amounts = Amounts(fields=numeric, exact=exact)
    needed = [name for name in ("quantity", "unit_price", "line_total", "line_net", "line_gross") if name in numeric]
    for name in needed:
        _parse(db, numeric[name], readings[name])
    return arithmetic.marks(db, amounts, opened, readings)


def sides(
    db: duckdb.DuckDBPyConnection,
    numeric: Mapping[str, Mapped],
    told: Mapping[str, Any],
    readings: dict[str, Reading],
) -> list[Question]:
    """Settle, or ask, whether amounts on the side of credit (H) are plus; where all are on one side, they are."""
    asked = []
    for name, one in numeric.items():
        if one.field.type != MONEY:
            continue
        credit, debit = row(db, numbers.sides(f"SELECT text FROM d_{name}"))
        if not credit or not debit:
            continue
        option = f"credit:{one.column}"
        answer = str(told.get(option, ""))
        readings[name] = replace(readings[name], credit=answer if answer in {"plus", "minus"} else "plus")
        place, text = row(
            db,
            f"SELECT min(row), arg_min({one.raw}, row) FROM given "
            rf"WHERE regexp_matches({one.raw}, '(?i)[\d\s.,)-](h|haben|cr)\.?$')",
        )
        answers = (Answer(value="plus"), Answer(value="minus"))
        asked.append(Question(option=option, columns=(one.column,), row=place, example=text, answers=answers))
    return asked


def settle(
    db: duckdb.DuckDBPyConnection,
    *,
    layout: Layout,
    fields: list[Mapped],
    exact: frozenset[str],
    options: Mapping[str, Any],
    readings: dict[str, Reading],
) -> Money:
    """Decide what the amounts are, from the tables of parsed texts; a layout that says so itself is believed."""
    found = _Deciding(db, layout, fields, exact, options, readings)
    found.discounts()
    if "price_basis" not in layout.options and not layout.spread:
        found.prices()
    return Money(
        fields=list(found.fields.values()),
        exact=found.exact,
        options=found.made,
        asked=tuple(found.asked),
        contradicted=found.contradicted,
        assumed=found.assumed,
    )


class _Deciding:
    def __init__(
        self,
        db: duckdb.DuckDBPyConnection,
        layout: Layout,
        fields: list[Mapped],
        exact: frozenset[str],
        options: Mapping[str, Any],
        readings: dict[str, Reading],
    ) -> None:
        self.db, self.layout, self.exact, self.options, self.readings = db, layout, exact, options, readings
        self.fields = {one.field.name: one for one in fields}
        self.made: dict[str, Any] = {}
        self.asked: list[Question] = []
        self.contradicted = ""
        self.assumed = False

    @property
    def amounts(self) -> Amounts:
        return Amounts(fields=self.fields, exact=self.exact)

    def discounts(self) -> None:
        """Discounts are written as what is taken off, or with a minus; where rows do both, ask."""
        for name in ("line_discount", "discount_percent"):
            if name not in self.fields or (name == "line_discount" and "unit_price" not in self.fields):
                continue
            same, other = arithmetic.discount_signs(self.db, self.amounts, name)
            if other and not same and "discounts" not in self.options:
                self.made["discounts"] = "negative"
            elif other and same and not any(one.option == "discounts" for one in self.asked):
                self._ask("discounts", name, ("positive", "negative"))
        one = self.fields.get("discount_percent")
        if one and "unit_price" in self.fields and not set(self.fields) & {"line_total", "line_net", "line_gross"}:
            self._fractions(one)

    def _fractions(self, one: Mapped) -> None:
        """Ask whether 0.1 is a tenth of a percent or ten percent, where no cell says."""
        value = self.amounts.value("discount_percent")
        most, signed = row(
            self.db,
            f"SELECT max(abs({value})), bool_or(contains(g.{one.raw}, '%')) "
            f"FROM {self.amounts.source({'discount_percent': 'p_discount_percent'})}",
        )
        if not most or most >= 1 or signed:
            return
        option = f"percent:{one.column}"
        if self.options.get(option) == "fraction":
            self.readings["discount_percent"] = replace(self.readings["discount_percent"], times=100)
            _parse(self.db, one, self.readings["discount_percent"])
        self._ask(option, "discount_percent", ("fraction", "percent"))

    def prices(self) -> None:
        tax = self._tax_table()
        rate = "tax_rate" in self.fields
        fit = arithmetic.fitting(self.db, self.amounts, tax=tax, rate=rate) if tax else None
        if tax and "tax_rate" in self.fields and "line_tax" not in self.fields:
            fit = self._rates_or_amounts(fit)
        self._price_of(fit)
        self._basis(fit)

    def _tax_table(self) -> str:
        """Name the table with the amounts of VAT; a column of rates may be one, too, where they are no rates."""
        if "line_tax" in self.fields:
            return "p_line_tax"
        if "tax_rate" not in self.fields or "tax_rate" in self.exact:
            return ""
        unknown = "value IS NOT NULL AND NOT is_tax_rate(value) OR code = 'number_too_large'"
        if not row(self.db, f"SELECT count(*) FROM p_tax_rate WHERE {unknown}")[0]:
            return ""
        texts = "SELECT text FROM d_tax_rate"
        how = self.readings["tax_rate"]
        self.db.execute(f"CREATE TABLE p_line_tax AS {parsed(self.layout.field('line_tax'), texts, how)}")
        return "p_line_tax"

    def _rates_or_amounts(self, fit: Fit | None) -> Fit | None:
        """Take a column of VAT for amounts where they fit, or a person says so."""
        one = self.fields["tax_rate"]
        option = f"tax:{one.column}"
        if fit is None or option in self.options:
            self._ask(option, "tax_rate", ("rate", "amount"))
        if (fit is not None and option not in self.options) or self.options.get(option) == "amount":
            self.db.execute("DROP TABLE p_tax_rate; ALTER TABLE p_line_tax RENAME TO p_tax_rate")
            self._rename("tax_rate", "line_tax")
            return fit
        return None

    def _rename(self, name: str, other: str) -> None:
        """Let a column fill another field than its heading said."""
        one = self.fields[name]
        for table in ("d", "p"):
            self.db.execute(
                f"DROP TABLE IF EXISTS {table}_{other}; ALTER TABLE {table}_{name} RENAME TO {table}_{other}"
            )
        new = replace(one, field=self.layout.field(other))
        self.db.execute(f"ALTER TABLE given RENAME {one.raw} TO {new.raw}")
        if name in self.exact:
            self.db.execute(f"ALTER TABLE given RENAME {one.value} TO {new.value}")
            self.exact = self.exact - {name} | {other}
        self.fields = {other if key == name else key: new if key == name else each for key, each in self.fields.items()}
        self.readings[other] = self.readings[name]

    def _price_of(self, fit: Fit | None) -> None:
        """Say whether a price with no more than that in its heading is that of a piece."""
        one = self.fields.get("unit_price")
        others = {"line_total", "line_net", "line_gross"} & set(self.fields)
        if one is None or others or "quantity" not in self.fields or _PIECE.search(one.column):
            return
        chosen = str(self.options.get("price_of", ""))
        if not arithmetic.matters(self.db, self.amounts):
            return
        if fit and fit.price_of:
            kind = fit.price_of
        else:
            key = next(
                (self.fields[name].raw for name in ("product_number", "product_name") if name in self.fields), ""
            )
            kind = arithmetic.of_pieces(self.db, self.amounts, key) if key else ""
        if not kind or chosen:
            self._ask("price_of", "unit_price", ("unit", "line"))
        if (chosen or kind) == "line":
            self._rename("unit_price", "line_total")

    def _basis(self, fit: Fit | None) -> None:
        """Say whether prices include VAT: as told, as the rows show, as the heading says; else ask, or take them as net."""  # noqa: E501
        if "line_net" in self.fields or "line_gross" in self.fields:
            if "price_basis" not in self.options:
                self.made["price_basis"] = "net" if "line_net" in self.fields else "gross"
            return
        priced = [self.fields[name] for name in _PRICED if name in self.fields]
        heading = " ".join(one.column for one in priced)
        hint = "gross" if _GROSS.search(heading) else "net" if _NET.search(heading) else ""
        shown = fit.basis if fit else ""
        told = str(self.options.get("price_basis", ""))
        self.assumed = not shown and not hint and told in {"", "net"} and not self._has_tax(priced)
        if told:
            self.contradicted = shown if shown and shown != told else ""
            if not shown and not hint and self._has_tax(priced):
                self._ask("price_basis", priced[0].field.name, ("net", "gross"))
            return
        if (shown and hint and shown != hint) or (not shown and not hint and self._has_tax(priced)):
            self._ask("price_basis", priced[0].field.name, ("net", "gross"))
        else:
            self.made["price_basis"] = shown or hint or "net"

    def _has_tax(self, priced: list[Mapped]) -> bool:
        """
        Tell whether VAT stands beside prices that say nothing of it.

        "Einzelpreis" on an invoice is net by custom; "Preis" is either.
        """
        is_known = bool({"tax_rate", "line_tax"} & set(self.fields))
        return is_known and bool(priced) and not any(_PIECE.search(one.column) for one in priced)

    def _ask(self, option: str, name: str, values: tuple[str, ...]) -> None:
        one = self.fields[name]
        place, text = row(self.db, f"SELECT min(row), arg_min({one.raw}, row) FROM given WHERE {one.raw} IS NOT NULL")
        answers = tuple(Answer(value=value) for value in values)
        self.asked.append(
            Question(option=option, columns=(one.column,), row=place or 0, example=text or "", answers=answers)
        )


def _parse(db: duckdb.DuckDBPyConnection, one: Mapped, how: Reading) -> None:
    name = one.field.name
    db.execute(f"CREATE OR REPLACE TABLE p_{name} AS {parsed(one.field, f'SELECT text FROM d_{name}', how)}")
