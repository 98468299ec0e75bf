"""The audit trail from the command line: its last seal to keep elsewhere, its proof, what must be erased."""

import re

import click

from stammkunde import cli


@click.group(name="audit")
def command() -> None:
    """Seal the audit trail, prove it, erase what it tells of somebody. Reading it is for the page „Audit trail“."""
    cli.setup()


@command.command()
def seal() -> None:
    """Seal what waits, and print the last seal: kept elsewhere, it vouches for everything before it."""
    from django.utils import timezone  # noqa: PLC0415

    from stammkunde.team import sealing  # noqa: PLC0415
    from stammkunde.team.models import Seal  # noqa: PLC0415

    sealing.seal_all(now=timezone.now())
    last = Seal.objects.last()
    if last is None:
        raise click.ClickException("There is nothing to seal yet: nobody has done anything.")
    click.echo(f"Entries until {last.until_at:%Y-%m-%d %H:%M:%S} UTC are sealed. Keep this line elsewhere:")
    click.echo(last.anchor)


def _anchor(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if value and not re.fullmatch(r"[1-9]\d{0,8}:[0-9a-f]{64}", value):
        raise click.BadParameter("a seal is a number, a colon and 64 signs, as 'stammkunde audit seal' prints it.")
    return value


@command.command()
@click.option(
    "--anchor", default="", callback=_anchor, help="A seal that was kept elsewhere: is it still in the chain?"
)
def check(anchor: str) -> None:
    """Prove the whole trail; name the first entry that does not fit, and end with 1."""
    from stammkunde.team import sealing  # noqa: PLC0415

    found = sealing.check(anchor=anchor)
    click.echo(f"{found.entries} entries in {found.seals} seals fit; {found.erased} of them are erased.")
    if found.flaw:
        raise click.ClickException(f"What follows does not: {found.flaw}.")


@command.command()
@click.argument("thing")
@click.argument("number", type=click.IntRange(min=1))
@click.option("--why", required=True, help="Why it is erased; stands in the trail.")
def erase(thing: str, number: int, why: str) -> None:
    """Erase what entries tell about a THING with a NUMBER, such as: customer 17. The chain stays whole."""
    from django.utils import timezone  # noqa: PLC0415

    from stammkunde.team import sealing  # noqa: PLC0415

    known = sealing.things()
    if thing not in known:
        told = f"It tells of: {', '.join(known)}." if known else "It tells of nothing yet."
        raise click.ClickException(f"The trail tells of no '{thing}' with a number. {told}")
    count = sealing.erase(thing=thing, thing_id=number, why=why, by=None, now=timezone.now())
    if count:
        click.echo(f"{count} entries about {thing} {number} tell nothing any more.")
    else:
        click.echo(f"Nothing is erased: the trail has no entry about {thing} {number} that tells anything.")


@command.command("erase-searches")
@click.option("--why", required=True, help="Why they are erased; stands in the trail.")
def erase_searches(why: str) -> None:
    """Erase what entries of exports tell that hold words that were searched for, as older versions kept them."""
    from django.utils import timezone  # noqa: PLC0415

    from stammkunde.team import sealing  # noqa: PLC0415

    count = sealing.erase_searches(why=why, by=None, now=timezone.now())
    click.echo(f"{count} entries with words that were searched for tell nothing any more.")
