"""`stammkunde prospects`: score a list of prospects by their likeness to the best customers."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stammkunde import cli
from stammkunde.cli.refresh import bring_up_the_mirror

if TYPE_CHECKING:
    from stammkunde.insight.profile import Rule


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="…csv or …xlsx.")
def command(*, file: Path, output: Path) -> None:
    """Score a list of prospects, best first, with reasons."""
    if output.suffix not in {".csv", ".xlsx"}:
        raise click.ClickException(f"'{output}' ends in '{output.suffix}'. End it in .csv or .xlsx.")
    cli.setup()
    from django.conf import settings  # noqa: PLC0415
    from django.utils import translation  # noqa: PLC0415

    bring_up_the_mirror()
    with translation.override(settings.LANGUAGE_CODE):
        click.echo(_score(file, output))


def _score(file: Path, output: Path) -> str:
    from django.utils.translation import gettext as _  # noqa: PLC0415

    from stammkunde.figures import prospects  # noqa: PLC0415
    from stammkunde.intake.formats import FileNotUsable  # noqa: PLC0415
    from stammkunde.ui import tables, writing  # noqa: PLC0415

    rules = _rules()
    try:
        with tempfile.TemporaryDirectory(prefix="prospects-") as folder:
            found = prospects.scored(file, rules=rules, work_dir=Path(folder))
    except (FileNotUsable, prospects.TooMany, prospects.NoColumn) as refusal:
        raise click.ClickException(prospects.refusal_text(refusal)) from None
    tables.write(output, columns=prospects.columns(found), rows=prospects.lines(found))
    lacking = ", ".join(prospects.column_name(name) for name in found.missing) or "–"
    used = ", ".join(prospects.column_name(name) for _heading, name in found.used)
    return _(
        "%(n)s scored by %(used)s (right in %(right)s of 100 pairs), %(refused)s not read; missing columns: "
        "%(missing)s; written to %(file)s"
    ) % {
        "used": used,
        "right": writing.number(100 * found.right),
        "n": writing.number(len(found.rows)),
        "refused": writing.number(len(found.refused)),
        "missing": lacking,
        "file": output,
    }


def _rules() -> "list[Rule]":
    from stammkunde.figures import prospects  # noqa: PLC0415
    from stammkunde.signals import answers  # noqa: PLC0415
    from stammkunde.signals.wording import NO_ORDERS  # noqa: PLC0415

    try:
        found = answers.profile()
    except answers.NoFacts:
        raise click.ClickException(str(NO_ORDERS)) from None
    if isinstance(found, answers.TooLittle):
        numbers = ", ".join(f"{name} {number}" for name, number in found.numbers.items())
        raise click.ClickException(f"There is too little to compare yet ({found.code}: {numbers}).")
    if not prospects.rules(found):
        assert found.refusal is not None  # one of the two is there
        raise click.ClickException(found.refusal.text)
    return prospects.rules(found)
