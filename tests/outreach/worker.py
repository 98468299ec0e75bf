"""
Loads Django once, forks a worker for every "start" on its input, and says its process number.

    python -m tests.outreach.worker '{"database": …, "port": 2525}'
"""

import json
import os
import sys
import time
from datetime import timedelta


def main(given: dict) -> None:
    from django.conf import settings  # noqa: PLC0415

    settings.DATABASES["default"]["NAME"] = given["database"]
    settings.EMAIL_BACKEND = "stammkunde.outreach.smtp.Backend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", given["port"], False
    settings.PUBLIC_URL = "https://kunden.example"
    settings.EMAIL_HOST_USER, settings.EMAIL_IS_SET, settings.EMAIL_TIMEOUT = "", True, 20
    settings.LOGGING_CONFIG = None
    import django  # noqa: PLC0415

    django.setup()
    from stammkunde.outreach import policy, working  # noqa: PLC0415

    assert working
    policy.FIRST_BACK_OFF = timedelta(seconds=0.2)
    for line in sys.stdin:
        order, _space, process = line.strip().partition(" ")
        if order == "reap":
            os.waitpid(int(process), 0)
            say("reaped")
        elif child := os.fork():
            say(str(child))
        else:
            work()


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def work() -> None:
    """Sweep until killed."""
    from django.db import OperationalError, connections  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from stammkunde.outreach import working  # noqa: PLC0415

    while True:
        try:
            busy = working.sweep(now=timezone.now())
        except OperationalError as problem:
            sys.stderr.write(f"{problem}\n")
            connections.close_all()
            busy = False
        if not busy:
            time.sleep(0.05)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
