"""Points from the command line: rules, who collects, booking by hand, and the proof of the ledger."""

from datetime import date
from typing import TYPE_CHECKING

import click

from stammkunde import cli

if TYPE_CHECKING:
    from stammkunde.customers.models import Customer


@click.group(name="points")
def command() -> None:
    """Let customers collect points: write rules, let them join, book by hand, prove the ledger."""
    cli.setup()


def _day(_context: click.Context, _parameter: click.Parameter, value: str) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"'{value}' is no day. Write it like 2026-11-30.") from None


@command.command()
@click.argument("code")
@click.option("--name", required=True, help="What people call it, such as: One point for each euro.")
@click.option("--points", "points_num", type=click.IntRange(0, 10_000), default=1, help="So many points …")
@click.option(
    "--cents", "points_den", type=click.IntRange(1, 10_000_000), default=100, help="… for so many cents, net."
)
@click.option(
    "--from", "holds_from_on", callback=_day, default="", help="The first day of orders that it is for; today."
)
@click.option("--delivery-days", type=click.IntRange(0, 365), default=3, help="Where no day of delivery is known.")
@click.option("--return-days", type=click.IntRange(0, 730), default=14, help="Points are confirmed after so many days.")
@click.option("--years", type=click.IntRange(3, 50), default=3, help="Points end with so many years after that.")
def rule(code: str, holds_from_on: date | None, **said: int | str) -> None:
    """Write the rule CODE, or another version of it; the worker then books what purchases earn by it."""
    from django.core.exceptions import ValidationError  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from stammkunde.loyalty import services  # noqa: PLC0415
    from stammkunde.loyalty.models import Rule  # noqa: PLC0415

    now = timezone.now()
    version = Rule(code=code, holds_from_on=holds_from_on or timezone.localdate(now), **said)
    try:
        services.write_rule(version=version, now=now, staff=None)
    except ValidationError as problem:
        raise click.ClickException("; ".join(problem.messages)) from None
    click.echo(
        f"Rule {version.code}, for orders from {version.holds_from_on} on: "
        f"{version.points_num} for each {version.points_den} cents."
    )


@command.command()
@click.argument("customer")
def join(customer: str) -> None:
    """Let a CUSTOMER, by number or source, collect points for purchases from today on; repeating it is harmless."""
    from django.utils import timezone  # noqa: PLC0415

    from stammkunde.loyalty import services  # noqa: PLC0415

    found = _customer(customer)
    account = services.join(customer=found, now=timezone.now())
    click.echo(f"{found.name} collects points since {account.joined_on}.")


@command.command()
@click.argument("customer")
@click.argument("points", type=int)
@click.option("--reason", required=True, help="Stands on the account and in the audit trail.")
@click.option("--key", required=True, help="Any word for this booking: sent again, it is booked once.")
def book(customer: str, points: int, reason: str, key: str) -> None:
    """Give a CUSTOMER so many POINTS, or take some: `-- -50`."""
    from django.utils import timezone  # noqa: PLC0415

    from stammkunde.loyalty import services  # noqa: PLC0415

    found, now = _customer(customer), timezone.now()
    try:
        receipt = services.book_by_hand(
            account_id=_account_id(found), points=points, reason=reason, key=key, now=now, staff=None
        )
    except services.NotEnoughPoints as refused:
        raise click.ClickException(f"{found.name} has {refused.available} points.") from None
    except services.KeyUsedForSomethingElse:
        raise click.ClickException(f"The key '{key}' stands for another booking. Take another one.") from None
    except (services.NotANumberOfPoints, services.BadKey, services.ReasonMissing) as refused:
        raise click.ClickException(str(refused.__doc__)) from None
    click.echo(f"{found.name} has {receipt.available} points, {receipt.pending} to be confirmed.")


@command.command()
@click.option("--guard", is_flag=True, help="First put back the triggers that guard it, where somebody took them off.")
def check(guard: bool) -> None:
    """Prove the whole ledger; name the first row that does not fit, and end with 1."""
    from django.db import connection, transaction  # noqa: PLC0415

    from stammkunde.loyalty import checking, triggers  # noqa: PLC0415

    if guard and triggers.missing(connection):
        with transaction.atomic():
            triggers.put_back(connection)
    found = checking.check()
    if found.flaw:
        raise click.ClickException(f"The ledger does not fit: {found.flaw}.")
    click.echo(f"{found.rows} rows of the ledger fit.")


def _customer(said: str) -> "Customer":
    from django.db.models import Q  # noqa: PLC0415

    from stammkunde.customers.models import Customer  # noqa: PLC0415

    some = list(Customer.objects.filter(Q(source=said) | Q(number=said))[:2])
    if not some:
        raise click.ClickException(f"There is no customer '{said}'.")
    if len(some) > 1:
        raise click.ClickException(
            f"Several customers have the number '{said}'. Say the source, such as {some[0].source}."
        )
    return some[0]


def _account_id(customer: "Customer") -> int:
    from stammkunde.loyalty import queries  # noqa: PLC0415

    account = queries.account_of(customer.source)
    if account is None:
        raise click.ClickException(f"{customer.name} collects no points: 'stammkunde points join' first.")
    return account.pk
