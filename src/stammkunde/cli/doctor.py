"""Look the installation over, and say what to do about what is wrong."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from stammkunde import cli

if TYPE_CHECKING:
    from stammkunde.signals.models import Generation

OK, WARNING, PROBLEM = "ok", "warning", "problem"
MARKS = {OK: "✓", WARNING: "!", PROBLEM: "✗"}
LITTLE_ROOM_BYTES = 2 * 1024**3
NO_ROOM_BYTES = 256 * 1024**2
OLDEST_POSTGRES = 14
CLOCKS_DIFFER = timedelta(minutes=1)
FIGURES_LAG = timedelta(days=2)
UNSEALED_LAG = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was looked at, how it is, and the cure where it is not well."""

    what: str
    level: str = OK
    cure: str = ""


def check_settings() -> Iterator[Finding]:
    from stammkunde import config  # noqa: PLC0415

    known = {setting.name for setting in config.SETTINGS} | {"STAMMKUNDE_REQUIRE", "STAMMKUNDE_TEST_DATABASE_URL"}
    known |= {f"{name}_FILE" for name in known} | {"STAMMKUNDE_SHARED_DATA"}
    unknown = sorted(name for name in os.environ if name.startswith("STAMMKUNDE_") and name not in known)
    if unknown:
        yield Finding(
            what=f"Settings that nobody reads: {', '.join(unknown)}",
            level=WARNING,
            cure="Correct the name; all settings are in docs/operate/configure.md.",
        )
    else:
        yield Finding(what="Settings: every one is known and can be used")


def check_data_dir() -> Iterator[Finding]:
    from django.conf import settings  # noqa: PLC0415

    path = Path(settings.DATA_DIR)
    if not os.access(path, os.W_OK | os.X_OK):
        yield Finding(what=f"Data directory {path} cannot be written", level=PROBLEM, cure=f"chown -R $(id -un) {path}")
    elif path.stat().st_mode & 0o077:
        yield Finding(
            what=f"Data directory {path} is open to other users of this machine",
            level=WARNING,
            cure=f"chmod 700 {path}",
        )
    else:
        yield Finding(what=f"Data directory {path}")
    yield from _check_room(path)


def _check_room(path: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(path).free
    said = f"Disk: {free / 1024**3:.1f} GB free"
    level = PROBLEM if free < NO_ROOM_BYTES else WARNING if free < LITTLE_ROOM_BYTES else OK
    yield Finding(what=said, level=level, cure="" if level == OK else "Make room: imports need three times the file.")


def check_secret_key() -> Iterator[Finding]:
    from django.conf import settings  # noqa: PLC0415

    path = Path(settings.DATA_DIR) / "secret-key"
    if path.stat().st_mode & 0o077:
        yield Finding(what="Secret key can be read by other users", level=PROBLEM, cure=f"chmod 600 {path}")
    elif len(path.read_text(encoding="utf-8").strip()) < 50:
        yield Finding(
            what="Secret key is too short",
            level=PROBLEM,
            cure=f"rm {path} and start again: a new one is made, and everybody signs in anew.",
        )
    else:
        yield Finding(what="Secret key is readable by its owner only")


def check_database() -> Iterator[Finding]:
    from django.db import DatabaseError, connection  # noqa: PLC0415

    try:
        connection.ensure_connection()
    except DatabaseError as problem:
        yield Finding(
            what=f"Database does not answer: {str(problem).strip()}",
            level=PROBLEM,
            cure="Start it, or correct DATABASE_URL.",
        )
        return
    yield from _check_postgres() if connection.vendor == "postgresql" else _check_sqlite()


def _check_postgres() -> Iterator[Finding]:
    from django.db import connection  # noqa: PLC0415

    version = connection.get_database_version()[0]
    if version < OLDEST_POSTGRES:
        yield Finding(what=f"PostgreSQL {version} is too old", level=PROBLEM, cure="Upgrade to 14 or later.")
    else:
        yield Finding(what=f"Database: PostgreSQL {version}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_schema_privilege(current_schema(), 'CREATE'), current_user, current_database()")
        may_create, user, name = cursor.fetchone()
    if not may_create:
        yield Finding(
            what=f"User {user} may not create tables in {name}",
            level=PROBLEM,
            cure=f"As administrator of the database: GRANT CREATE ON SCHEMA public TO {user};",
        )


def _check_sqlite() -> Iterator[Finding]:
    from django.db import connection  # noqa: PLC0415

    path = Path(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        (mode,) = cursor.execute("PRAGMA journal_mode").fetchone()
    if not os.access(path, os.W_OK):
        yield Finding(what=f"Database {path} cannot be written", level=PROBLEM, cure=f"chown $(id -un) {path}*")
    elif mode != "wal":
        yield Finding(
            what=f"Database {path} is not in WAL mode but '{mode}': readers would wait for writers",
            level=WARNING,
            cure="Put the data directory on a local disk; network file systems cannot do WAL.",
        )
    else:
        yield Finding(what=f"Database: SQLite, {path.stat().st_size / 1024**2:.0f} MB")


def check_migrations() -> Iterator[Finding]:
    from django.db import connection  # noqa: PLC0415
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    from stammkunde.store import oldest  # noqa: PLC0415

    try:
        oldest.refuse_older(connection)
    except oldest.TooOld as problem:
        yield Finding(what="Tables are too old for this version", level=PROBLEM, cure=str(problem))
        return
    executor = MigrationExecutor(connection)
    missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if missing:
        yield Finding(
            what=f"Database lacks {missing} changes of its tables",
            level=PROBLEM,
            cure="Start 'stammkunde serve': it brings the tables up to date first.",
        )
    else:
        yield Finding(what="Tables are up to date")


def check_clock(now: datetime) -> Iterator[Finding]:
    from django.conf import settings  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    yield Finding(what=f"Time zone {settings.TIME_ZONE}: it is {now.astimezone():%H:%M} here")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            (theirs,) = cursor.fetchone()
        if abs(theirs - now) > CLOCKS_DIFFER:
            yield Finding(
                what=f"The database's clock differs by {abs(theirs - now)}",
                level=PROBLEM,
                cure="Let both machines ask a time server; leases rely on it.",
            )


def check_staff() -> Iterator[Finding]:
    from stammkunde.team.models import Staff  # noqa: PLC0415

    administrators = Staff.objects.filter(role=Staff.Role.ADMINISTRATOR, is_active=True)
    if any(staff.has_usable_password() for staff in administrators):
        yield Finding(what="Somebody can sign in as administrator")
    else:
        yield Finding(
            what="Nobody can sign in as administrator",
            level=PROBLEM,
            cure="stammkunde staff add EMAIL --name NAME --role administrator",
        )


def check_worker(now: datetime) -> Iterator[Finding]:
    from stammkunde.work import workers as known  # noqa: PLC0415

    workers = known.living(now=now)
    if workers:
        yield Finding(what=f"Worker: {', '.join(workers)}")
    else:
        yield Finding(
            what="No worker: imports wait and figures grow old",
            level=WARNING,
            cure="Start 'stammkunde serve', or 'stammkunde work' beside your own web server.",
        )


def check_imports() -> Iterator[Finding]:
    from stammkunde.intake.models import Import  # noqa: PLC0415

    waiting = Import.objects.filter(status=Import.Status.QUEUED).count()
    failed = Import.objects.order_by("-pk").filter(status=Import.Status.FAILED).first()
    yield Finding(what=f"Imports: {waiting} waiting")
    if failed and not Import.objects.filter(pk__gt=failed.pk, status=Import.Status.DONE).exists():
        yield Finding(
            what=f"The last import failed: {failed.file_name}",
            level=WARNING,
            cure=f"See the page /imports/{failed.pk}/.",
        )


def check_figures(now: datetime) -> Iterator[Finding]:
    from stammkunde.signals import queries  # noqa: PLC0415

    status = queries.status()
    if status.failed:
        yield Finding(
            what=f"The last refresh of the figures failed: {(status.failed.error or {}).get('text', '')}",
            level=PROBLEM,
            cure="stammkunde refresh --rebuild",
        )
    elif status.current is None:
        yield Finding(what="Figures: none yet", level=WARNING, cure="Import a file; the worker computes them then.")
    elif status.is_stale and status.current.finished_at and status.current.finished_at < now - FIGURES_LAG:
        yield Finding(
            what=f"Figures are of {status.current.finished_at:%Y-%m-%d}, and facts have changed since",
            level=WARNING,
            cure="Start a worker, or call 'stammkunde refresh'.",
        )
    else:
        yield Finding(what=f"Figures up to {status.current.as_of_on}")
        risk = queries.forecast().get("risk") or {}
        yield _early_warning(risk)
        yield from _not_kept(status.current, has_model=risk.get("base_share") is not None)


def _not_kept(current: "Generation", *, has_model: bool) -> Iterator[Finding]:
    """Say what a refresh could not keep beside its figures, as on a full disk."""
    from stammkunde.signals import diary, explaining  # noqa: PLC0415

    lost = [
        name
        for name, is_there in (
            ("reasons for whom nobody is warned about", not has_model or explaining.is_kept(current.pk)),
            ("this day of the history", current.as_of_on in diary.days()),
        )
        if not is_there
    ]
    if lost:
        yield Finding(
            what=f"Figures are shown, but not kept beside them: {' and '.join(lost)}",
            level=WARNING,
            cure="Make room on the disk, then call 'stammkunde refresh'.",
        )


def _early_warning(risk: Mapping[str, Any]) -> Finding:
    """Say whether there is a probability behind the warnings; where there is none, time is the only cure."""
    if risk.get("base_share") is None:
        return Finding(what="Early warning: too little past for probabilities; silence warns instead")
    auc = risk["qualities"][risk["rule"]]["auc"]
    return Finding(what=f"Early warning: rule {risk['rule']}, area under the curve {auc:.2f}")


def check_languages() -> Iterator[Finding]:
    """Look whether what is said in German is compiled: it is not in git."""
    from django.apps import apps  # noqa: PLC0415
    from django.conf import settings  # noqa: PLC0415

    folders = [*settings.LOCALE_PATHS, *(Path(app.path) / "locale" for app in apps.get_app_configs())]
    said = [path for folder in folders for path in Path(folder).glob("*/LC_MESSAGES/*.po")]
    if all(path.with_suffix(".mo").exists() for path in said):
        yield Finding(what="Pages speak German and English")
    else:
        yield Finding(what="Some pages speak no German", level=PROBLEM, cure="make .make/run, then start again.")


def check_public_url() -> Iterator[Finding]:
    """Look whether pages answer to the host that links in mails begin with."""
    from django.conf import settings  # noqa: PLC0415
    from django.http.request import split_domain_port, validate_host  # noqa: PLC0415

    if not settings.PUBLIC_URL:
        return  # `check_mail` says so where it matters
    host, _port = split_domain_port(urlsplit(settings.PUBLIC_URL).netloc)
    if validate_host(host, settings.ALLOWED_HOSTS):
        yield Finding(what=f"Links for customers begin with {settings.PUBLIC_URL}")
    else:
        yield Finding(
            what=f"Links for customers begin with {settings.PUBLIC_URL}, and no page answers to this host",
            level=PROBLEM,
            cure=f"Add {host} to STAMMKUNDE_HOSTS.",
        )


def check_mail() -> Iterator[Finding]:
    """Sign in at the mail server without sending anything."""
    from django.utils import translation  # noqa: PLC0415

    from stammkunde.outreach import channels, wording  # noqa: PLC0415
    from stammkunde.team import queries  # noqa: PLC0415

    email = channels.get("email")
    missing = email.missing(queries.company())
    if missing:
        with translation.override("en"):
            said = wording.reason({"code": missing})
        yield Finding(what=f"Mail does not leave: {said}", level=WARNING, cure="See docs/operate/mail.md.")
        return
    try:
        with email.line() as line:
            line.open()
    except Exception as problem:  # noqa: BLE001 (whatever the mail server or its library says)
        yield Finding(what=f"Mail server: {problem}", level=PROBLEM, cure="Correct STAMMKUNDE_EMAIL_URL.")
    else:
        yield Finding(what="Mail server answers")


def check_bounces() -> Iterator[Finding]:
    """Sign in at the mailbox where mails come back, without reading any, and say when it was last read."""
    from django.utils import translation  # noqa: PLC0415

    from stammkunde.mailbox import imap, queries, wording  # noqa: PLC0415
    from stammkunde.outreach import bouncing  # noqa: PLC0415

    box = bouncing.box()
    if box is None:
        return
    known = queries.standing(box.name)
    with translation.override("en"):
        said = f"last read {known.read_at:%Y-%m-%d %H:%M} UTC" if known and known.read_at else "not read yet"
        counts = wording.counts(queries.counted(known)) if known else ""
        try:
            with imap.opened(box.address):
                yield Finding(what=f"Mailbox of bounces: {said}{f'; {counts}' if counts else ''}")
        except imap.CannotRead as problem:
            told = wording.problem(problem.said, place=box.address.place, setting=bouncing.SETTING)
            yield Finding(what=f"Mailbox of bounces, {said}: {problem.code}", level=PROBLEM, cure=told)


def check_messages() -> Iterator[Finding]:
    from stammkunde.outreach import queries  # noqa: PLC0415

    unclear = queries.unclear()
    if unclear:
        yield Finding(
            what=f"Messages that may or may not have arrived: {unclear}",
            level=WARNING,
            cure="Decide on the page /messages/?state=unknown.",
        )


def check_trail(now: datetime) -> Iterator[Finding]:
    """Prove the audit trail, entry by entry."""
    from stammkunde.team import sealing  # noqa: PLC0415

    found = sealing.check()
    waiting = sealing.unsealed().first()
    if found.flaw:
        yield Finding(
            what=f"Audit trail: {found.flaw}",
            level=PROBLEM,
            cure="Somebody changed the database by hand. Compare with a backup: docs/operate/trail.md.",
        )
    elif waiting and waiting.at < now - UNSEALED_LAG:
        yield Finding(
            what=f"Audit trail: nothing is sealed since {waiting.at:%Y-%m-%d %H:%M}",
            level=WARNING,
            cure="Start a worker, or call 'stammkunde audit seal'.",
        )
    else:
        yield Finding(what=f"Audit trail: {found.entries} entries in {found.seals} seals fit")


def check_points() -> Iterator[Finding]:
    """Prove the ledger of points, row by row, and that the database still guards it."""
    from stammkunde.loyalty import checking  # noqa: PLC0415

    found = checking.check()
    if found.flaw:
        yield Finding(
            what=f"Points: {found.flaw}",
            level=PROBLEM,
            cure="Somebody changed the database by hand. See docs/operate/points.md.",
        )
    else:
        yield Finding(what=f"Points: {found.rows} rows of the ledger fit")


def check_tokens(now: datetime) -> Iterator[Finding]:
    """Name the programs that soon will be locked out."""
    from stammkunde.team import tokens  # noqa: PLC0415

    for token in tokens.ending(now=now).select_related("staff"):
        yield Finding(
            what=f"Token '{token.name}' of {token.staff.email} expires on {token.expires_at:%Y-%m-%d}",
            level=WARNING,
            cure="Let its person make a new one on the page of tokens, and take this one back.",
        )


def examine(*, now: datetime) -> Iterator[Finding]:
    """Check one thing after the other; what needs the database is left out where it does not answer or lacks tables."""
    first: tuple[Callable[[], Iterator[Finding]], ...] = (
        check_settings,
        check_data_dir,
        check_secret_key,
        check_languages,
    )
    for check in first:
        yield from check()
    for check in (check_database, check_migrations):
        found = list(check())
        yield from found
        if any(finding.level == PROBLEM for finding in found):
            return
    yield from check_clock(now)
    yield from check_staff()
    yield from check_worker(now)
    yield from check_imports()
    yield from check_public_url()
    yield from check_mail()
    yield from check_bounces()
    yield from check_messages()
    yield from check_figures(now)
    yield from check_tokens(now)
    yield from check_trail(now)
    yield from check_points()


@click.command(name="doctor")
def command() -> None:
    """Check the installation and say what to do. Ends with 1 where there is a problem; warnings alone end with 0."""
    cli.setup()
    from django.utils import timezone  # noqa: PLC0415

    levels = []
    for finding in examine(now=timezone.now()):
        levels.append(finding.level)
        click.echo(f"{MARKS[finding.level]} {finding.what}")
        if finding.cure:
            click.echo(f"    → {finding.cure}")
    problems, warnings = levels.count(PROBLEM), levels.count(WARNING)
    click.echo(f"\n{problems} problems, {warnings} warnings.")
    sys.exit(1 if problems else 0)
