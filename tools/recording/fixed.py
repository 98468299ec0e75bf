"""
What would differ from one run to the next, held fast: the clock, chance, keys, names of machine and process.

The demo company takes its last day as an argument, but moments that tables fill in themselves (`auto_now`) and the
views' own look at the clock can be had in no other way than by holding `django.utils.timezone.now`. It must happen
before the product is loaded, which takes some of these functions by name.
"""

import concurrent.futures  # noqa: F401 (it, and the next, take the true clock along, to wait by)
import os
import queue  # noqa: F401
import random
import re
import secrets
import socket
import subprocess  # noqa: F401
import threading  # noqa: F401
import time
import uuid
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import django.core.signing
import django.utils.timezone

LAST_DAY = "2026-11-23"  # of the demo company's books
BEGIN = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)  # a Tuesday, nine o'clock in Berlin
SECRET_KEY = "recorded, and good for nothing else"
MASKED = [  # what cannot be held, and says nothing
    (re.compile(r"/calls/calendar/[^/\s›]+\.ics"), "/calls/calendar/….ics"),  # hangs on a password's salt
    (re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}\b"), "…"),  # of a form, sent once
]


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self) -> None:
        self.at = BEGIN

    def __call__(self) -> datetime:
        return self.at

    def go_on(self, **length: float) -> None:
        self.at += timedelta(**length)


clock = Clock()


def environment(data_dir: Path, *, database: str = "") -> None:
    """Say where the installation is and what it is called; before Django's settings are read."""
    for name in [one for one in os.environ if one.startswith("STAMMKUNDE_")]:
        del os.environ[name]
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "stammkunde.settings",
        "DATABASE_URL": database,
        "STAMMKUNDE_DATA_DIR": str(data_dir),
        "STAMMKUNDE_HOSTS": "localhost",
        "STAMMKUNDE_PUBLIC_URL": "https://kunden.example",
        "STAMMKUNDE_EMAIL_URL": "smtp://127.0.0.1:9?tls=no",
        "STAMMKUNDE_EMAIL_CONNECTIONS": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }
    data_dir.mkdir(parents=True)
    (data_dir / "secret-key").write_text(SECRET_KEY)


def hold() -> None:
    """Hold clock and chance; before the product is loaded."""
    django.utils.timezone.now = clock
    django.core.signing.time = SimpleNamespace(time=lambda: clock.at.timestamp())  # noqa: PLW0108 (it goes on)
    drawn = Drawn()
    uuid.uuid4 = lambda: uuid.UUID(bytes=drawn("uuid4", 16), version=4)
    secrets.token_hex = lambda size=32: drawn("token_hex", size).hex()
    secrets.token_urlsafe = lambda size=32: drawn("token_urlsafe", size).hex()
    random.random = lambda: 0.5
    time.monotonic = lambda: 0.0  # work takes no time, so that moments written during it are those it began with
    socket.gethostname = lambda: "machine"


class Drawn:
    """Gives the same bytes in the same order, for each way of asking by itself."""

    def __init__(self) -> None:
        self._asked: dict[str, int] = defaultdict(int)

    def __call__(self, way: str, size: int) -> bytes:
        self._asked[way] += 1
        blocks = [sha256(f"{way} {self._asked[way]} {place}".encode()).digest() for place in range(size // 32 + 1)]
        return b"".join(blocks)[:size]


def masked(said: str) -> str:
    for pattern, shown in MASKED:
        said = pattern.sub(shown, said)
    return said
