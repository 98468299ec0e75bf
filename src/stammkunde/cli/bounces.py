"""`stammkunde bounces`: read the mailbox where mails come back now; the worker does it every two minutes."""

import click

from stammkunde import cli


@click.command()
def command() -> None:
    """Read the mailbox where mails come back, and note what became of messages."""
    cli.setup()
    from django.conf import settings  # noqa: PLC0415
    from django.utils import timezone, translation  # noqa: PLC0415

    from stammkunde.mailbox import queries, services, wording  # noqa: PLC0415
    from stammkunde.outreach import bouncing  # noqa: PLC0415

    box = bouncing.box()
    if box is None:
        raise click.ClickException(f"No mailbox is set: {bouncing.SETTING}. See docs/operate/mail.md.")
    cli.open_database()
    with translation.override(settings.LANGUAGE_CODE):
        try:
            known = services.read_now(box, now=timezone.now())
        except services.IsBeingRead:
            raise click.ClickException("The worker is reading the mailbox at this moment; try again.") from None
        if known.problem:
            said = wording.problem(known.problem, place=box.address.place, setting=bouncing.SETTING)
            raise click.ClickException(said)
        click.echo(f"{box.address.place}: {wording.counts(queries.counted(known)) or '0'}")
