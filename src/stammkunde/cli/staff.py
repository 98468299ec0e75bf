"""Accounts from the command line: the first administrator, another person, a new password."""

import secrets
from typing import TYPE_CHECKING

import click

from stammkunde import cli

if TYPE_CHECKING:
    from stammkunde.team.models import Staff

FIRST_EMAIL = "admin@localhost"


def first_administrator() -> tuple[str, str] | None:
    """
    Make an administrator where nobody may sign in as one, and give e-mail and password: this once, in clear.

    Repeating changes nothing: once there is an administrator, there is nothing to give.
    """
    from stammkunde.team.models import Staff  # noqa: PLC0415

    administrators = Staff.objects.filter(role=Staff.Role.ADMINISTRATOR, is_active=True)
    if any(staff.has_usable_password() for staff in administrators):
        return None
    staff = Staff.objects.filter(email=FIRST_EMAIL).first()
    if staff is None:
        staff = Staff(email=FIRST_EMAIL, name="Administrator")
    staff.role, staff.is_active = Staff.Role.ADMINISTRATOR, True
    return staff.email, give_password(staff, action="staff.first_administrator")


def give_password(staff: "Staff", *, action: str) -> str:
    """Give a member of staff a new random password, and note that it happened; the password itself is kept nowhere."""
    from django.db import transaction  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from stammkunde.team import services  # noqa: PLC0415

    password, now = secrets.token_urlsafe(12), timezone.now()
    staff.set_password(password)
    staff.password_is_given = True
    with transaction.atomic():
        staff.created_at = staff.created_at or now
        staff.save()
        services.end_access(staff, now=now)
        services.record(staff=None, action=action, at=now, thing="staff", thing_id=staff.pk, label=staff.email)
    return password


@click.group(name="staff")
def command() -> None:
    """Add people, and give them passwords. The rest is on the page „Staff“."""
    cli.setup()


@command.command()
@click.argument("email")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", default="sales", show_default=True, help="What the person may do.")
@click.option("--hours", type=click.IntRange(0, 80), help="Hours a week for customers. Not given: 20 in sales, else 0.")
def add(email: str, name: str, role: str, hours: int | None) -> None:
    """Add a person, and print the password once."""
    from django.core.exceptions import ValidationError  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from stammkunde.team import policy  # noqa: PLC0415
    from stammkunde.team.models import Staff  # noqa: PLC0415

    staff = Staff(email=email.strip().lower(), name=name, role=role, created_at=timezone.now())
    staff.hours_per_week = policy.usual_hours(role) if hours is None else hours
    staff.set_unusable_password()
    try:
        staff.full_clean()
    except ValidationError as problem:
        said = "; ".join(f"{field}: {' '.join(texts)}" for field, texts in problem.message_dict.items())
        raise click.ClickException(f"{said} Roles are: {', '.join(Staff.Role.values)}.") from None
    _say(staff, give_password(staff, action="staff.added"))


@command.command()
@click.argument("email")
def password(email: str) -> None:
    """Give a person a new password, and print it once. Whoever is signed in with the old one is signed out."""
    from stammkunde.team.models import Staff  # noqa: PLC0415

    staff = Staff.objects.filter(email=email.strip().lower()).first()
    if staff is None:
        known = ", ".join(Staff.objects.order_by("email").values_list("email", flat=True)[:20]) or "nobody yet"
        raise click.ClickException(f"Nobody here has the e-mail {email!r}. Known: {known}.")
    _say(staff, give_password(staff, action="staff.password_given"))
    if not staff.is_active:
        click.echo("This person may not sign in at present; an administrator can allow it on the page „Staff“.")


def _say(staff: "Staff", password: str) -> None:
    click.echo(f"Sign in as  {staff.email}")
    click.echo(f"Password    {password}   (shown this once)")
