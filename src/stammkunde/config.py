"""
What can be set from the environment: one table, read once, refused with a clear message when wrong.

Every setting `NAME` may also be given as `NAME_FILE`, the path of a file that holds the value.
`docs/operate/configure.md` documents each; a test holds the two together.
"""

import base64
import binascii
import fcntl
import gc
import os
import secrets
import stat
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

KEY_FILE = "secret-key"
DATABASE = "stammkunde.sqlite3"
PRIVATE = (KEY_FILE, DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm")
OF_OTHERS = 0o077  # what group and others may do


def look_for_garbage_seldom() -> None:
    """Look for circles of objects seldom: rows by the thousand are none, and Python would look again and again."""
    gc.set_threshold(100_000, 50, 50)


class BadSetting(ValueError):
    """A setting from the environment cannot be used; the message names it and the cure."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    name: str
    default: str
    parse: Callable[[str], Any]
    about: str


def _text(value: str) -> str:
    return value


def _flag(value: str) -> bool:
    if value.lower() in {"1", "true", "yes", "on"}:
        return True
    if value.lower() in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError(f"{value!r} is neither yes nor no; write 'yes' or 'no'")


def _whole(value: str) -> int:
    if not value.isdecimal() or int(value) < 1:
        raise ValueError(f"{value!r} is not a whole number above zero")
    return int(value)


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"{value!r} is not an IANA time zone; write for example 'Europe/Berlin'") from None
    return value


def _public_url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query):
        raise ValueError(
            f"{value!r} is not an address to begin links with; write for example 'https://crm.example.org'"
        )
    return value.rstrip("/")


def _currency(value: str) -> str:
    if len(value) != 3 or not value.isalpha():
        raise ValueError(f"{value!r} is not a currency code of three letters; write for example 'EUR'")
    return value.upper()


def _words(value: str) -> list[str]:
    return [word.strip() for word in value.split(",") if word.strip()]


_DATABASE_HINT = "write 'postgresql://USER:PASSWORD@HOST:PORT/NAME'"


def _database(value: str) -> dict[str, Any]:
    """Turn a database address into Django's settings; empty means SQLite in the data directory."""
    if not value:
        return {}
    import dj_database_url  # noqa: PLC0415 (loads parts of Django)

    scheme = value.partition(":")[0]
    if scheme not in {"postgres", "postgresql"}:
        raise ValueError(f"{scheme!r} is not a database we know; leave it empty for SQLite, or {_DATABASE_HINT}")
    try:
        found = dj_database_url.parse(value, conn_max_age=60, conn_health_checks=True)
    except ValueError:
        raise ValueError(f"this is no address; {_DATABASE_HINT}, special characters as %40 and the like") from None
    if not found["NAME"]:
        raise ValueError(f"the address names no database; {_DATABASE_HINT}")
    if unknown := sorted(found.get("OPTIONS", {}).keys() - _options_of_postgresql()):
        raise ValueError(f"{', '.join(unknown)} is no option of PostgreSQL; write for example '?sslmode=require'")
    return {**found, "PORT": str(found["PORT"])}


def _options_of_postgresql() -> set[str]:
    import psycopg.pq  # noqa: PLC0415 (needed for PostgreSQL only)

    return {one.keyword.decode() for one in psycopg.pq.Conninfo.get_defaults()}


MAIL_PROVIDERS = {
    "brevo": "brevo",
    "mailersend": "mailersend",
    "mailgun": "mailgun",
    "mailjet": "mailjet",
    "mailtrap": "mailtrap",
    "mandrill": "mandrill",
    "postal": "postal",
    "postmark": "postmark",
    "resend": "resend",
    "sendgrid": "sendgrid",
    "sparkpost": "sparkpost",
    "unisender-go": "unisender_go",
}
_MAIL_HINT = "write 'smtp://USER:PASSWORD@HOST:587', 'smtps://…:465', or 'PROVIDER://?api_key=…'"


def _mail(value: str) -> dict[str, Any]:
    """Turn a mail server's address, or a provider's name and keys, into Django's settings; empty: no mail."""
    if not value:
        return {}
    parts = urlsplit(value)
    given = {name: values[-1] for name, values in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()}
    if parts.scheme in MAIL_PROVIDERS:
        name = MAIL_PROVIDERS[parts.scheme]
        secret = given.pop("webhook_secret", "")  # of whoever reports bounces
        options = {f"{name.upper()}_{option.upper()}": text for option, text in given.items()}
        options |= {"WEBHOOK_SECRET": secret} if secret else {}
        return {"EMAIL_BACKEND": f"anymail.backends.{name}.EmailBackend", "ANYMAIL": options}
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError(f"this names no mail server; {_MAIL_HINT}")
    if unknown := set(given) - {"tls"}:
        raise ValueError(f"{', '.join(sorted(unknown))} is not known here; {_MAIL_HINT}, and '?tls=no' for none")
    secure = parts.scheme == "smtps"
    starttls = not secure and _flag(given.get("tls", "yes"))
    return {
        "EMAIL_BACKEND": "stammkunde.outreach.smtp.Backend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if secure else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": secure,
        "EMAIL_USE_TLS": starttls,
    }


_MAILBOX_HINT = "write 'imaps://USER:PASSWORD@HOST/FOLDER', or 'imap://…' with STARTTLS"


def _mailbox(value: str) -> dict[str, Any]:
    """Turn a mailbox's address into what reads it; empty: none is read."""
    if not value:
        return {}
    try:
        parts = urlsplit(value)
        port, given = parts.port, parse_qs(parts.query, strict_parsing=bool(parts.query))
    except ValueError:
        raise ValueError(f"this is no address; {_MAILBOX_HINT}") from None
    if parts.scheme not in {"imap", "imaps"} or not (parts.hostname and parts.username and parts.password):
        raise ValueError(f"this names no mailbox with user and password; {_MAILBOX_HINT}")
    if unknown := set(given) - {"tls"}:
        raise ValueError(f"{', '.join(sorted(unknown))} is not known here; {_MAILBOX_HINT}, and '?tls=no' for none")
    folder = unquote(parts.path.strip("/")) or "INBOX"
    if not (folder.isascii() and folder.isprintable()) or set(folder) & {'"', "\\"}:
        raise ValueError("the folder's name may have plain letters, digits and spaces only; choose another folder")
    secure = parts.scheme == "imaps"
    starts = _flag(given.get("tls", ["yes"])[-1])
    return {
        "host": parts.hostname,
        "port": port or (993 if secure else 143),
        "tls": "always" if secure else "start" if starts else "never",
        "user": unquote(parts.username),
        "password": unquote(parts.password),
        "folder": folder,
    }


def _mail_address(value: str) -> str:
    name, at, domain = value.rpartition("@")
    if value and not (name and at and "." in domain and value.isascii() and not set(value) & set(' <>,;:"()[]\\')):
        raise ValueError(f"{value!r} is no e-mail address; write for example 'bounces+@firma.example'")
    return value


def _whole_or_none(value: str) -> int | None:
    return _whole(value) if value else None


_TWILIO = ("account_sid", "auth_token", "from")


def _texting(value: str) -> str:
    """Take the address of whoever takes text messages: https://…, or twilio://?… with all that it needs."""
    parts = urlsplit(value)
    if parts.scheme != "twilio":
        return _web_address(value)
    given = {name for name, values in parse_qs(parts.query).items() if values[-1].strip()}
    if given != set(_TWILIO) or parts.netloc:
        raise ValueError("write 'twilio://?account_sid=AC…&auth_token=…&from=%2B49…'")
    return value


def _web_address(value: str) -> str:
    if value and (urlsplit(value).scheme not in {"http", "https"} or not urlsplit(value).hostname):
        raise ValueError(f"{value!r} is not an address; write for example 'https://example.org/hook'")
    return value


def _signing_secret(value: str) -> str:
    """Take a secret as in Standard Webhooks."""
    text = value.removeprefix("whsec_")
    try:
        size = len(base64.b64decode(text, validate=True))
    except binascii.Error:
        size = 0
    if value and (text == value or not 24 <= size <= 64):
        raise ValueError("a secret is 'whsec_' and 24 to 64 bytes in base64; make one: openssl rand -base64 32")
    return value


SETTINGS = (
    Setting(
        name="STAMMKUNDE_DATA_DIR",
        default="data",
        parse=_text,
        about="where database, mirror, uploads and secret key live",
    ),
    Setting(
        name="DATABASE_URL",
        default="",
        parse=_database,
        about="PostgreSQL address; empty: SQLite in the data directory",
    ),
    Setting(
        name="STAMMKUNDE_HOSTS",
        default="localhost,127.0.0.1,[::1]",
        parse=_words,
        about="host names the pages answer to",
    ),
    Setting(name="STAMMKUNDE_HTTPS", default="no", parse=_flag, about="served over HTTPS: secure cookies and HSTS"),
    Setting(
        name="STAMMKUNDE_PUBLIC_URL",
        default="",
        parse=_public_url,
        about="where customers reach this installation: links in mails begin with it",
    ),
    Setting(name="STAMMKUNDE_TIME_ZONE", default="Europe/Berlin", parse=_zone, about="the company's time zone"),
    Setting(name="STAMMKUNDE_CURRENCY", default="EUR", parse=_currency, about="the one currency of this installation"),
    Setting(
        name="STAMMKUNDE_LANGUAGE",
        default="de",
        parse=_text,
        about="language of pages before a person chooses: de or en",
    ),
    Setting(name="STAMMKUNDE_UPLOAD_LIMIT_MB", default="4096", parse=_whole, about="largest file that may be uploaded"),
    Setting(name="STAMMKUNDE_MEMORY_MB", default="1024", parse=_whole, about="memory the columnar engine may use"),
    Setting(
        name="STAMMKUNDE_EMAIL_URL",
        default="",
        parse=_mail,
        about="mail server or provider; empty: no e-mail leaves",
    ),
    Setting(name="STAMMKUNDE_EMAIL_CONNECTIONS", default="4", parse=_whole, about="mails that leave at the same time"),
    Setting(
        name="STAMMKUNDE_EMAIL_DOMAIN_PER_MINUTE",
        default="",
        parse=_whole_or_none,
        about="mails to one domain in a minute, per worker; empty: no limit",
    ),
    Setting(
        name="STAMMKUNDE_EMAIL_EVENTS_SECRET",
        default="",
        parse=_signing_secret,
        about="secret of those who report bounces and complaints; empty: nobody may",
    ),
    Setting(
        name="STAMMKUNDE_EMAIL_BOUNCES_URL",
        default="",
        parse=_mailbox,
        about="mailbox where mails come back, read by IMAP; empty: none is read",
    ),
    Setting(
        name="STAMMKUNDE_EMAIL_BOUNCES_TO",
        default="",
        parse=_mail_address,
        about="address to which mails come back; empty: the sender's",
    ),
    Setting(
        name="STAMMKUNDE_WEBHOOK_URL",
        default="",
        parse=_texting,
        about="where text messages are handed over; empty: none leave",
    ),
    Setting(
        name="STAMMKUNDE_WEBHOOK_SECRET",
        default="",
        parse=_signing_secret,
        about="secret that signs webhooks",
    ),
    Setting(name="STAMMKUNDE_DEBUG", default="no", parse=_flag, about="for developers: tracebacks in the browser"),
)


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s level=%(levelname)s logger=%(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
}


def read(environ: Mapping[str, str]) -> dict[str, Any]:
    """
    Read every setting from the environment.

    :raises BadSetting: if a value cannot be used, or a file named by `…_FILE` cannot be read
    """
    values = {}
    for setting in SETTINGS:
        raw = _raw(environ, setting)
        try:
            values[setting.name] = setting.parse(raw)
        except ValueError as problem:
            raise BadSetting(f"{setting.name}: {problem}.") from None
    if values["STAMMKUNDE_LANGUAGE"] not in {"de", "en"}:
        raise BadSetting("STAMMKUNDE_LANGUAGE: write 'de' or 'en'.")
    return values


def _raw(environ: Mapping[str, str], setting: Setting) -> str:
    path = environ.get(f"{setting.name}_FILE")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as problem:
            raise BadSetting(f"{setting.name}_FILE: cannot read {path!r}: {problem.strerror}.") from None
    return environ.get(setting.name, setting.default).strip()


def keep_private(data_dir: Path) -> None:
    """Make the data directory for its owner only, or make it so where it was there beforehand, with a lax mode."""
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in (data_dir, *(data_dir / name for name in PRIVATE)):
        with suppress(OSError):  # not there, or not ours to change: `stammkunde doctor` says so
            mode = stat.S_IMODE(path.stat().st_mode)
            if mode & OF_OTHERS:
                path.chmod(mode & ~OF_OTHERS)


def secret_key(data_dir: Path) -> str:
    """
    Read the installation's secret key, and make it (readable by the owner only) on the first start.

    Of two first starts at once both get the same; an empty file, as a kill or a full disk leaves it, is filled.
    """
    path = data_dir / KEY_FILE
    with suppress(FileNotFoundError):
        if key := path.read_text(encoding="utf-8").strip():
            return key
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        key = file.read().strip()
        if not key:
            key = secrets.token_urlsafe(50)
            file.write(key)
            file.flush()
            os.fsync(file.fileno())
    return key
