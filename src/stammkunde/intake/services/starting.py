"""Several files at once: put together, and started in the order in which they refer to each other."""

import secrets
from datetime import datetime

from stammkunde.intake import together
from stammkunde.intake.models import Import
from stammkunde.intake.services.requests import NotNow, start
from stammkunde.team.models import Staff


def put_together() -> str:
    """Let all files that wait be imported together; give the key by which they are found."""
    keys = [key for key in together.waiting().values_list("together", flat=True).order_by("-pk") if key]
    key = keys[0] if keys else new_key()
    together.waiting().update(together=key)
    return key


def new_key() -> str:
    return secrets.token_urlsafe(12)


def start_together(*, key: str, now: datetime, staff: Staff | None = None) -> list[Import]:
    """
    Queue those of the files that can be imported, and give them; repeating it starts none twice.

    One of which something is open stays as it is, and so do those whose rows refer to it.
    """
    started = []
    for one in together.planned(together.of(key)):
        if one.is_ready:
            try:
                started.append(start(import_id=one.incoming.pk, now=now, waits=True, staff=staff))
            except NotNow:  # somebody was quicker
                continue
    return started
