"""A till in a process of its own, which may die at one of its statements."""

import os
import signal

from django.db import connection
from django.utils import timezone

from stammkunde.loyalty import services, working


def sell(*, account_id: int, first: int, last: int, kill_at: int = 0) -> None:
    """Book 7 points by hand and spend 5, for each number; sent again and again, with the same keys."""
    _die_at(kill_at)
    for number in range(first, last):
        now = timezone.now()
        services.book_by_hand(account_id=account_id, points=7, reason="x", key=f"plus-{number}", now=now, staff=None)
        services.redeem(account_id=account_id, points=5, key=f"minus-{number}", now=now)


def sweep(*, kill_at: int = 0) -> None:
    _die_at(kill_at)
    while working.sweep(now=timezone.now()):
        pass


def _die_at(statement: int) -> None:
    """Die before the statement of that number; those of a transaction are gone then."""
    met = 0

    def count(execute, sql, params, many, context):
        nonlocal met
        met += 1
        if met == statement:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    if statement:
        connection.execute_wrappers.append(count)
