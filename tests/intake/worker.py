"""
A worker in a process of its own, which may kill itself at its n-th statement.

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


def work(*, import_id: int, largest: int = 40, kill_at: int = 0) -> None:
    """Work on an import; die before a statement, or after it where its number is negative."""
    pace.LARGEST, pace.SMALLEST, pace.GAP_SECONDS = largest, 5, 0.0
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
