"""The web server as `stammkunde serve` starts it: python -m stammkunde.front HOST PORT THREADS."""

import logging
import os
import resource
import signal
import sys
from typing import Any

import uvicorn

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stammkunde.settings")

LOCK_SECONDS = 30
MAIL_SECONDS = 2  # for mails that are on their way when the server ends
MOST_FILES = 8192  # connections, and what answers and databases keep open


def main(host: str, port: str, threads: str) -> None:
    import django  # noqa: PLC0415

    django.setup()
    from django.db import connections as databases  # noqa: PLC0415

    from stammkunde.front import application, connections  # noqa: PLC0415
    from stammkunde.intake import apart  # noqa: PLC0415
    from stammkunde.team import forgotten  # noqa: PLC0415

    least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if most == resource.RLIM_INFINITY else min(MOST_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(least, wanted), most))
    databases.settings["default"] = waits_no_longer(databases.settings["default"])
    app = application.front(threads=int(threads))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ended)  # the server raises them anew when it has stopped
    uvicorn.run(app, host=host, port=int(port), **connections.options())
    apart.end()
    forgotten.finish(seconds=MAIL_SECONDS)
    logging.shutdown()
    os._exit(0)  # pages that are still being made are not waited for


def waits_no_longer(database: dict[str, Any]) -> dict[str, Any]:
    """Let pages wait for somebody else's lock as long on PostgreSQL as on SQLite, and then say so."""
    if not database["ENGINE"].endswith("postgresql"):
        return database
    given = database.get("OPTIONS") or {}
    options = f"{given.get('options', '')} -c lock_timeout={LOCK_SECONDS}s".strip()
    return {**database, "OPTIONS": {**given, "options": options}}


def _ended(_number: int, _frame: object) -> None:
    """Go on to the end."""


if __name__ == "__main__":
    main(*sys.argv[1:])
