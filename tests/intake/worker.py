"""
A worker in a process of its own, on the tests' database; it may kill itself at its n-th statement.

    python -m tests.intake.worker '{"database": …, "uploads": …, "kill_at": 17, "import": 3}'

Dying at a statement is dying at any instant that matters: before it, or after it and before what follows. SIGKILL
leaves no chance to tidy up. Prints the number of statements when it lives to the end.
"""

import json
import os
import signal
import sys
from itertools import count


def main(given: dict) -> None:
    from django.conf import settings  # noqa: PLC0415

    settings.DATABASES["default"]["NAME"] = given["database"]
    settings.UPLOAD_DIR = given["uploads"]
    import django  # noqa: PLC0415

    django.setup()
    from django.db import connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from stammkunde.intake import services  # noqa: PLC0415
    from stammkunde.store.bulk import pace  # noqa: PLC0415

    pace.LARGEST, pace.SMALLEST = given.get("largest", 40), 5
    pace.GAP_SECONDS = 0.0
    numbers = count(1)

    def fatal(execute, sql, params, many, context):
        number = next(numbers)
        if number == given.get("kill_at"):
            os.kill(os.getpid(), signal.SIGKILL)
        result = execute(sql, params, many, context)
        if -number == given.get("kill_at", 0):
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    with connection.execute_wrapper(fatal):
        services.run(import_id=given["import"], now=timezone.now())
    print(next(numbers) - 1)  # noqa: T201


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
