"""The web server as `stammkunde serve` starts it: python -m stammkunde.front HOST PORT THREADS."""

import os
import resource
import sys

import uvicorn

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stammkunde.settings")

MOST_FILES = 8192  # connections, and what answers and databases keep open


def main(host: str, port: str, threads: str) -> None:
    import django  # noqa: PLC0415

    django.setup()
    from stammkunde.front import application, connections  # noqa: PLC0415

    least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if most == resource.RLIM_INFINITY else min(MOST_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(least, wanted), most))
    app = application.front(threads=int(threads))
    uvicorn.run(app, host=host, port=int(port), **connections.options())


if __name__ == "__main__":
    main(*sys.argv[1:])
