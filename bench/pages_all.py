"""
How long pages take: warm, the first after a data refresh, and with a window or segment that nobody has asked for yet;
how large answers are, how soon an export begins, and how much memory the three processes of `serve` hold.

    python bench/refresh_full.py --size 0.2 --step facts          # 1.0: one million customers
    python bench/refresh_full.py --size 0.2 --step learn
    python bench/pages_all.py --runs 20

Uses the database of the environment (`STAMMKUNDE_DATA_DIR`, `DATABASE_URL`), as `refresh_full.py` left it. Everything
goes through Django's test client, so all is counted but the network. Each page is given as median and 95th percentile
by the clock, and as processor time of this process (PostgreSQL's own is not in it). What was kept of answers is thrown
away first, as after a data refresh.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import django

EMAIL = "bench@example.org"
FIRST = {"overview": "/", "products": "/products/", "today": "/today/", "warnings": "/warnings/"}
FREE = {
    "overview, another window": "/?days=77",
    "overview, a segment": "/?segment=country:Schweiz",
    "overview, a segment in another window": "/?days=77&segment=segment:Gold",
    "overview, a segment of its own": "/?segment=attr_Quelle:Messe",
    "products, a segment": "/products/?segment=country:Schweiz",
}
WARM = {
    "overview": "/",
    "overview, months": "/?period=2026-09",
    "overview, a segment": "/?segment=country:Schweiz",
    "products": "/products/",
    "product": "/products/1/",
    "today": "/today/",
    "today, everybody's": "/today/?who=all",
    "warnings": "/warnings/",
    "warnings, A and red": "/warnings/?level=red&abc=A",
    "proof of warnings": "/warnings/proof/",
    "customers": "/customers/",
    "customers, by name": "/customers/?sort=name",
    "customers, two filters": "/customers/?stage=lost&country=Schweiz",
    "customers, two rare filters": "/customers/?region=Region+7&stage=returned",
    "customers behind a figure": "/customers/?behind=lost",
    "search": "/customers/?q=kunde+77",
    "customer with most orders": "/customers/1/",
    "customer": "/customers/100/",
    "lost customers": "/lost/",
    "ideal customer": "/ideal-customer/",
    "time budget": "/time/",
    "settings": "/settings/",
}
CHART = "/charts/cohorts.json"
TAKEN = {"Excel": "xlsx", "CSV": "csv"}


def made_ready() -> None:
    """Bring the tables up to date, let the database look at them, and close what a killed worker left open."""
    from django.core.management import call_command  # noqa: PLC0415

    from stammkunde.signals.models import Generation  # noqa: PLC0415
    from stammkunde.store import statistics as tables  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    Generation.objects.filter(status="running").update(status="failed")
    tables.gather()


def signed_in() -> object:
    from django.test import Client  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from stammkunde.team.models import Staff  # noqa: PLC0415

    asked = {"name": "B", "role": "administrator", "created_at": timezone.now(), "hours_per_week": 20}
    staff, _made = Staff.objects.get_or_create(email=EMAIL, defaults=asked)
    client = Client(SERVER_NAME="127.0.0.1", HTTP_ACCEPT_ENCODING="gzip")
    client.force_login(staff)
    client.get("/settings/")  # loads the program
    return client


def asked(client: object, path: str) -> tuple[float, float, object]:
    """Ask for a page: milliseconds by the clock and of the processor, and the answer."""
    began, worked = time.perf_counter(), time.process_time()
    answer = client.get(path)
    took = (time.perf_counter() - began) * 1000, (time.process_time() - worked) * 1000
    assert answer.status_code == 200, (path, answer.status_code)
    return *took, answer


def first(_runs: int) -> Iterable[dict]:
    """Ask as the first one after a data refresh, when nothing is kept but what the worker asked ahead."""
    from django.conf import settings  # noqa: PLC0415

    shutil.rmtree(settings.DATA_DIR / "cache", ignore_errors=True)
    client = signed_in()
    _ask_ahead()
    for name, path in (FIRST | FREE).items():
        clock, worked, _answer = asked(client, path)
        yield {"first": name, "ms": round(clock), "cpu_ms": round(worked)}


def _ask_ahead() -> None:
    """Do what the worker does after a data refresh."""
    from django.utils import timezone  # noqa: PLC0415

    from stammkunde.figures import ahead  # noqa: PLC0415

    began, worked = time.perf_counter(), time.process_time()
    while ahead.sweep(now=timezone.now()):
        pass
    print(json.dumps({"ahead": round(time.perf_counter() - began, 1), "cpu_s": round(time.process_time() - worked, 1)}))


def warm(runs: int) -> Iterable[dict]:
    client = signed_in()
    for name, path in WARM.items():
        for _ in range(2):
            asked(client, path)
        taken = [asked(client, path) for _ in range(runs)]
        clocks, worked = sorted(one[0] for one in taken), [one[1] for one in taken]
        size = len(taken[-1][2].content)
        p95 = clocks[min(int(len(clocks) * 0.95), len(clocks) - 1)]
        yield {
            "warm": name,
            "p50_ms": round(statistics.median(clocks), 1),
            "p95_ms": round(p95, 1),
            "cpu_ms": round(statistics.median(worked), 1),
            "best_cpu_ms": round(min(worked), 1),
            "kb": round(size / 1000, 1),
        }
    _clock, _worked, answer = asked(client, CHART)
    yield {"warm": "chart of cohorts", "kb": round(len(answer.content) / 1000, 1)}


def export(_runs: int) -> Iterable[dict]:
    """Take all customers along: when the first byte came, and the last."""
    client = signed_in()
    for name, form in TAKEN.items():
        began, worked = time.perf_counter(), time.process_time()
        answer = client.post("/customers/", {"format": form})
        pieces = iter(answer.streaming_content)
        size = len(next(pieces))
        soon = time.perf_counter() - began
        size += sum(map(len, pieces))
        yield {
            "export": name,
            "first_byte_s": round(soon, 2),
            "last_byte_s": round(time.perf_counter() - began, 1),
            "cpu_s": round(time.process_time() - worked, 1),
            "mb": round(size / 1e6, 1),
        }


def memory(_runs: int) -> Iterable[dict]:
    """Serve as installed, open a few pages, and read what each process holds."""
    from http.client import HTTPConnection  # noqa: PLC0415

    port = 8765
    serving = subprocess.Popen(
        [sys.executable, "-m", "stammkunde", "serve", "--port", str(port)], stdout=subprocess.DEVNULL
    )
    client = signed_in()
    cookie = "; ".join(f"{name}={one.value}" for name, one in client.cookies.items())
    try:
        deadline = time.monotonic() + 600
        while not _answers(port) and time.monotonic() < deadline:
            time.sleep(0.5)
        yield from _held("after the start", serving.pid)
        for path in WARM.values():
            connection = HTTPConnection("127.0.0.1", port, timeout=120)
            connection.request("GET", path, headers={"Cookie": cookie, "Host": "127.0.0.1"})
            connection.getresponse().read()
            connection.close()
        yield from _held("after all pages", serving.pid)
    finally:
        serving.terminate()
        serving.wait()


def _answers(port: int) -> bool:
    from http.client import HTTPConnection, HTTPException  # noqa: PLC0415

    try:
        connection = HTTPConnection("127.0.0.1", port, timeout=2)
        connection.request("GET", "/health/", headers={"Host": "localhost"})
        return b'"ok"' in connection.getresponse().read()
    except (OSError, HTTPException):
        return False


def _held(when: str, parent: int) -> Iterable[dict]:
    """Read the memory of a process and of all below it."""
    for pid in [parent, *_below(parent)]:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
        kinds = [one for one in ("stammkunde.front", "work", "serve") if one in words]
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        held = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
        peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
        yield {"memory": when, "process": kinds[0] if kinds else words[0], "mb": held // 1024, "peak_mb": peak // 1024}


def _below(parent: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, above = int(path.parent.name), int(path.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        if above == parent:
            found += [pid, *_below(pid)]
    return found


STEPS = {"first": first, "warm": warm, "export": export, "memory": memory}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--step", choices=STEPS)
    wanted = parser.parse_args()
    if not wanted.step:
        for step in STEPS:  # each in a process of its own: what one loads must not warm the next
            subprocess.run([sys.executable, __file__, "--runs", str(wanted.runs), "--step", step], check=True)
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stammkunde.settings")
    django.setup()
    made_ready()
    for line in STEPS[wanted.step](wanted.runs):
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
