"""`stammkunde kpis`: the figures of a period, straight from the facts; needs neither server nor worker."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from stammkunde import cli
from stammkunde.cli.refresh import bring_up_the_mirror

COLUMNS = ("kpi", "period", "slice", "value", "numerator", "denominator", "n", "reason", "remark", "coverage")
OF_MARGINS = ("margin_stage", "unallocated_cents")


@click.command()
@click.option("--period", "periods", multiple=True, help="2011, 2011-Q3 or 2011-09; may be repeated.  [last quarter]")
@click.option("--activity-days", type=click.IntRange(1, 3650), help="Whoever bought within so many days is a customer.")
@click.option("--by", help="Slice by: country, segment, channel, cohort_year, attr_… and others.")
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", show_default=True)
def command(*, periods: tuple[str, ...], activity_days: int | None, by: str | None, form: str) -> None:
    """Count the figures of a period."""
    cli.setup()
    from stammkunde.insight.errors import CannotAnswer  # noqa: PLC0415
    from stammkunde.signals import answers, margins, queries  # noqa: PLC0415
    from stammkunde.signals.wording import NO_ORDERS  # noqa: PLC0415

    bring_up_the_mirror()
    try:
        wanted = periods or (answers.last_complete(grain="quarter"),)
        figures = answers.figures(periods=wanted, by=by, activity_days=activity_days)
        left_out = answers.unallocated(periods=wanted, by=by or "")
    except CannotAnswer as problem:
        raise click.ClickException(str(problem)) from None
    except answers.NoFacts:
        raise click.ClickException(str(NO_ORDERS)) from None
    if form == "table":
        click.echo("\n".join([_table(figures), *_left_out(left_out, by=by or "")]))
        return
    stage = margins.stage_name(queries.current())
    rows = [row_of(one) | margins.of_figure(one, stage=stage, left_out=left_out) for one in figures]
    click.echo(WRITERS[form](rows))


def _left_out(found: Mapping[str, Any], *, by: str) -> Iterator[str]:
    """Say of each period what margins by channel or by category leave out, so that the slices reconcile."""
    from django.conf import settings  # noqa: PLC0415
    from django.utils import translation  # noqa: PLC0415

    from stammkunde.signals import margins  # noqa: PLC0415

    with translation.override(settings.LANGUAGE_CODE):
        told = {period: margins.left_out(one, by=by) for period, one in found.items()}
        yield from (f"{period}: {text}" for period, text in told.items() if text)


def row_of(figure: Any) -> dict[str, Any]:
    """Turn a figure into what JSON and CSV say of it."""
    row = {name: getattr(figure, name) for name in COLUMNS if name != "slice"}
    sliced = {"by": figure.slice_by, "value": figure.slice} if figure.slice_by else None
    return {name: sliced if name == "slice" else row[name] for name in COLUMNS}


def _json(rows: Sequence[dict[str, Any]]) -> str:
    return json.dumps(rows, ensure_ascii=False, indent=2)


def _csv(rows: Sequence[dict[str, Any]]) -> str:
    out = io.StringIO()
    names = [*COLUMNS[:2], "slice_by", "slice_value", *COLUMNS[3:], *OF_MARGINS]
    writer = csv.DictWriter(out, names, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        sliced = row.pop("slice") or {"by": "", "value": ""}
        writer.writerow(row | {"slice_by": sliced["by"], "slice_value": sliced["value"]})
    return out.getvalue().rstrip("\n")


def _table(figures: Sequence[Any]) -> str:
    from django.conf import settings  # noqa: PLC0415
    from django.utils import translation  # noqa: PLC0415

    from stammkunde.signals import wording as signals  # noqa: PLC0415

    with translation.override(settings.LANGUAGE_CODE):
        return _aligned([[str(word) for word in signals.HEADINGS], *(_worded(figure) for figure in figures)])


def _worded(figure: Any) -> list[str]:
    from stammkunde.figures import wording  # noqa: PLC0415
    from stammkunde.segments import slices  # noqa: PLC0415
    from stammkunde.signals.wording import AT_START  # noqa: PLC0415

    meaning = wording.BY_KPI.get(figure.kpi)
    return [
        str(meaning.name if meaning else AT_START),
        figure.period,
        str(slices.label(figure.slice_by, figure.slice)) if figure.slice_by else "",
        _value(figure.kpi, figure.value) if figure.value is not None else str(wording.reason(figure.reason)),
        _calculation(figure),
        _number(figure.n),
        wording.remark(figure.remark, kpi=figure.kpi),
    ]


def _value(kpi: str, value: float) -> str:
    from django.utils.translation import get_language  # noqa: PLC0415

    if kpi.endswith("_rate"):
        share = _number(100 * value, 2)
        return f"{share}%" if get_language() == "en" else f"{share} %"
    if kpi.endswith("_cents"):
        return _money(value)
    return _number(value, 0 if kpi.startswith("customers") else 1)


def _calculation(figure: Any) -> str:
    if figure.denominator is None or figure.numerator is None:
        return ""
    money = figure.kpi.endswith("_cents")
    return f"{_money(figure.numerator) if money else _number(figure.numerator)} / {_number(figure.denominator)}"


def _money(cents: float) -> str:
    from django.conf import settings  # noqa: PLC0415

    return f"{_number(cents / 100, 2)} {'€' if settings.CURRENCY == 'EUR' else settings.CURRENCY}"


def _number(value: float, digits: int = 0) -> str:
    from django.utils.formats import number_format  # noqa: PLC0415

    return number_format(round(value, digits), digits, force_grouping=True)  # it cuts off, we round


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    """Set rows in columns, numbers to the right; a column that says nothing is left out."""
    shown = [place for place in range(len(rows[0])) if any(row[place] for row in rows[1:])]
    widths = {place: max(len(row[place]) for row in rows) for place in shown}
    lines = [
        "  ".join(f"{row[place]:{'>' if 3 <= place < 6 else '<'}{widths[place]}}" for place in shown).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "-" * max(len(line) for line in lines), *lines[1:]])


WRITERS = {"json": _json, "csv": _csv}
