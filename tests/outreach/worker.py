"""A worker that hands mail over to a server on loopback until it is killed."""

import sys
import time
from datetime import timedelta

from django.conf import settings
from django.db import OperationalError, connections
from django.utils import timezone

from stammkunde.outreach import policy, working


def work(*, port: int) -> None:
    """Sweep until killed."""
    settings.EMAIL_BACKEND = "stammkunde.outreach.smtp.Backend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
    settings.EMAIL_HOST_USER, settings.EMAIL_IS_SET, settings.EMAIL_TIMEOUT = "", True, 20
    settings.PUBLIC_URL = "https://kunden.example"
    policy.FIRST_BACK_OFF = timedelta(seconds=0.2)
    while True:
        try:
            busy = working.sweep(now=timezone.now())
        except OperationalError as problem:
            sys.stderr.write(f"{problem}\n")
            connections.close_all()
            busy = False
        if not busy:
            time.sleep(0.05)
