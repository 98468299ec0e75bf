"""The demo company: into the database, or only as files."""

import logging
from datetime import date, datetime, timedelta
from pathlib import Path

import click

from stammkunde import cli


@click.command(name="demo")
@click.option("--customers", default=5_000, show_default=True, type=click.IntRange(10), help="How many customers.")
@click.option("--seed", default=1, show_default=True, help="Another number, another company; the same, the same.")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), help="The last day of the three years.  [default: yesterday]"
)
@click.option(
    "--write", type=click.Path(file_okay=False, path_type=Path), help="Only write Parquet files to this directory."
)
@click.option("--if-empty", is_flag=True, help="Do nothing where there are data already.")
def command(*, customers: int, seed: int, until: datetime | None, write: Path | None, if_empty: bool) -> None:
    """
    Make a demo company: a German house and garden shop with three years of books and of work.

    It refuses a database in use. Killed half-way, the same command clears away what is there of it and starts anew.
    """
    cli.setup()
    from django.utils import timezone  # noqa: PLC0415

    last = until.date() if until else timezone.localdate() - timedelta(days=1)
    if write:
        _write(write, customers=customers, seed=seed, until=last)
    else:
        with cli.in_turn():  # a second one would take the first for one that was killed
            _load(customers=customers, seed=seed, until=last, if_empty=if_empty)


def _write(directory: Path, *, customers: int, seed: int, until: date) -> None:
    from stammkunde.demo import files  # noqa: PLC0415

    rows = files.write(directory, customers=customers, seed=seed, until=until)
    said = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in rows.items())
    click.echo(f"{directory}: {said}")


def _load(*, customers: int, seed: int, until: date, if_empty: bool) -> None:
    from django.conf import settings  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from stammkunde.demo import incoming, load, unfinished  # noqa: PLC0415

    cli.open_database()
    logging.getLogger("stammkunde").setLevel(logging.WARNING)
    directory = settings.DATA_DIR / "demo"
    if unfinished.is_there(directory):
        click.echo("A demo company was not finished here. Clearing it away and starting anew …")
        unfinished.clear()
    if not load.is_empty():
        if if_empty:
            return
        raise click.ClickException(
            "There are data already, and the demo company would mix with them. "
            "Name another place: STAMMKUNDE_DATA_DIR=demo-data stammkunde demo"
        )
    unfinished.begin(directory)
    _write(directory, customers=customers, seed=seed, until=until)
    try:
        load.load(directory, seed=seed, until=until, now=timezone.now(), say=click.echo)
    except incoming.DemoIncomplete as problem:
        raise click.ClickException(str(problem)) from None
    unfinished.end(directory)
    click.echo("The demo company is there.")
