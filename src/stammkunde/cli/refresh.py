"""`stammkunde refresh`: bring mirror, figures and customers' rows up to date now."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

import click

from stammkunde import cli


@click.command()
@click.option("--rebuild", is_flag=True, help="Read all facts anew instead of those that changed.")
@click.option(
    "--learn",
    type=click.Choice(["due", "now", "missing"]),
    default="due",
    show_default=True,
    help="Learn who leaves anew weekly and where the past has changed, now, or only where no model is known.",
)
def command(*, rebuild: bool, learn: str) -> None:
    """Compute all figures anew from the facts."""
    cli.setup()
    from django.utils import timezone  # noqa: PLC0415

    from stammkunde.signals import policy, queries, services, wording  # noqa: PLC0415

    with _prepared():
        now, when = timezone.now(), policy.Learn(learn)
        with Bar() as bar:
            made = services.refresh(as_of=services.as_of(now=now), now=now, progress=bar, learn=when, rebuild=rebuild)
        click.echo(str(wording.DONE) % {"day": made.as_of_on.isoformat(), "days": made.activity_days})
        for line in wording.outlook_texts(made.forecast, **queries.expected_now()):
            click.echo(line)


def bring_up_the_mirror() -> None:
    """Migrate the database and mirror what has changed, before a question is answered."""
    from django.utils import timezone  # noqa: PLC0415

    from stammkunde.signals import services  # noqa: PLC0415

    with _prepared(), Bar() as bar:
        services.refresh_mirror(now=timezone.now(), progress=bar)


@contextmanager
def _prepared() -> Iterator[None]:
    """Migrate, speak the installation's language, and end with a plain sentence where a refresh cannot be."""
    from django.conf import settings  # noqa: PLC0415
    from django.utils import translation  # noqa: PLC0415

    from stammkunde.signals import services, wording  # noqa: PLC0415

    cli.open_database()
    logging.getLogger("stammkunde").setLevel(logging.WARNING)
    with translation.override(settings.LANGUAGE_CODE):
        try:
            yield
        except (services.RefreshRunning, services.FactsInMotion, services.MirrorDiffers) as refusal:
            raise click.ClickException(str(wording.refusal_text(refusal))) from None


class Bar:
    """One line on the terminal that says what is going on and how far it is; nothing where nobody watches."""

    WIDTH = 30

    def __init__(self) -> None:
        self._step, self._stream = "", sys.stderr

    def __call__(self, step: str, done: int, total: int) -> None:
        if not self._stream.isatty():
            if step != self._step:
                self._stream.write(f"{self._worded(step)}\n")
            self._step = step
            return
        filled = int(self.WIDTH * done / total) if total else self.WIDTH
        share = f"{100 * done // total:3d} %" if total else "100 %"
        self._stream.write(f"\r\x1b[K{self._worded(step):<28} [{'█' * filled:<{self.WIDTH}}] {share}")
        self._step = step
        self._stream.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        if self._stream.isatty() and self._step:
            self._stream.write("\r\x1b[K")

    def _worded(self, step: str) -> str:
        from stammkunde.signals import wording  # noqa: PLC0415

        return str(wording.step_text(step))
