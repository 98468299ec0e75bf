"""The web server as `stammkunde serve` starts it: python -m stammkunde.front HOST PORT THREADS."""

import logging
import os
import resource
import signal
import sys

import uvicorn

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stammkunde.settings")

MOST_FILES = 8192  # connections, and what answers and databases keep open


def main(host: str, port: str, threads: str) -> None:
    import django  # noqa: PLC0415

    django.setup()
    from stammkunde.front import application, connections  # noqa: PLC0415
    from stammkunde.intake import apart  # noqa: PLC0415

    least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if most == resource.RLIM_INFINITY else min(MOST_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(least, wanted), most))
    app = application.front(threads=int(threads))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ended)  # the server raises them anew when it has stopped
    uvicorn.run(app, host=host, port=int(port), **connections.options())
    apart.end()
    logging.shutdown()
    os._exit(0)  # pages that are still being made are not waited for


def _ended(_number: int, _frame: object) -> None:
    """Go on to the end."""


if __name__ == "__main__":
    main(*sys.argv[1:])
