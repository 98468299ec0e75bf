"""
A worker in a process of its own, which may kill itself at its n-th statement, or may die of what it works on.

Dying at a statement is dying at any instant that matters: before it, or after it and before what follows. SIGKILL
leaves no chance to tidy up.
"""

import os
import signal
from itertools import count

from django.db import connection
from django.utils import timezone

from stammkunde.intake import services
from stammkunde.store.bulk import pace
from stammkunde.work import Lease, models


def work(*, import_id: int, largest: int = 40, kill_at: int = 0) -> None:
    """Work on an import; die before a statement, or after it where its number is negative."""
    pace.LARGEST, pace.SMALLEST, pace.GAP_SECONDS = largest, 5, 0.0
    models.MOST_CLAIMS = 10**6  # how often is not the question where it dies at random
    numbers = count(1)

    def fatal(execute, sql, params, many, context):
        number = next(numbers)
        if number == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        result = execute(sql, params, many, context)
        if -number == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    with connection.execute_wrapper(fatal):
        services.run(import_id=import_id, now=timezone.now())


def die_of(*, import_id: int, step: str, after: int) -> None:
    """Work on an import that is fatal beyond so much of a step: die before that is noted, when it is written."""
    pace.LARGEST, pace.SMALLEST, pace.GAP_SECONDS = 40, 5, 0.0
    tell, advance = Lease.tell, Lease.advance

    def deadly(reached, done):
        if reached == step and done > after:
            os.kill(os.getpid(), signal.SIGKILL)

    def tell_or_die(self, reached, done, total):
        deadly(reached, done)
        tell(self, reached, done, total)

    def advance_or_die(self, **changes):
        deadly(changes.get("step"), changes.get("done", 0))
        advance(self, **changes)

    Lease.tell, Lease.advance = tell_or_die, advance_or_die
    services.run(import_id=import_id, now=timezone.now())
