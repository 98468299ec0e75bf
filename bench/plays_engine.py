# ruff: noqa: PLC0415 - Django is loaded once it is configured
"""
Many who are due in a measure at once: how long until each has her letter planned, and how long a page's write waits.

    python bench/plays_engine.py [--due 10000] [--workers 1] [--kills 60]
    DATABASE_URL=postgresql://… python bench/plays_engine.py --due 10000 --workers 4      # on an empty database

Everybody stands at a step that says something by letter: the governor judges each one. Beside it, something is written
twenty times a second, as a page does. Each worker and the page are processes of their own. On SQLite one planner works
at a time, however many there are. With kills, workers are killed within eight seconds, and others take their
place, until so many were; then what came of it is counted: nothing twice, nothing lost, everybody moved once.
"""

import argparse
import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
NOW = datetime(2026, 11, 24, 11, tzinfo=UTC)
EVERY_SECONDS = 0.05


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--due", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--inside", choices=["worker", "page"], help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        _django()
        print(json.dumps({"worker": worker, "page": page}[asked.inside]()))
        return 0
    with tempfile.TemporaryDirectory() as directory:
        os.environ["STAMMKUNDE_DATA_DIR"] = directory
        _django()
        fill(asked.due)
        if asked.kills:
            return kill(asked.due, asked.workers, asked.kills)
        report(asked.due, *run(asked.workers))
    return 0


def _django() -> None:
    import django

    sys.path.insert(0, str(ROOT / "src"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stammkunde.settings")
    django.setup()


def fill(due: int) -> None:
    """Let so many customers stand at the first step of a measure."""
    from django.core.management import call_command

    from stammkunde.customers.models import Customer
    from stammkunde.outreach.models import MessageSettings, Template, TemplateText
    from stammkunde.plays.measures import running
    from stammkunde.plays.models import Enrolment
    from stammkunde.team.models import Company

    call_command("migrate", verbosity=0)
    company, _created = Company.objects.update_or_create(pk=1, defaults={"name": "Musterhaus"})
    MessageSettings.objects.update_or_create(company=company, defaults={"quiet_from": None, "quiet_until": None})
    numbers = range(due)
    Customer.objects.bulk_create(
        [
            Customer(
                source=f"bench:{n}", number=str(n), name=f"Kunde {n}", street=f"Weg {n}", postcode="50667", city="Köln",
                country="DE", updated_at=NOW,
            )
            for n in numbers
        ],
        batch_size=2000,
    )  # fmt: skip
    template = Template.objects.create(name="Brief", channel="letter", purpose="advertising", changed_at=NOW)
    TemplateText.objects.create(
        template=template, language="de", form="sie", subject="Neues", blocks=[{"kind": "text", "text": "Guten Tag!"}]
    )
    content = {
        "trigger": {"kind": "happened", "table": "orders"},
        "steps": [{"kind": "message", "templates": [template.pk]}, {"kind": "wait", "days": 10}],
        "goal": {"kind": "purchase"},
        "holdout": {"share": 0.1},
    }
    play = running.draft(name="Messung", content=content, staff=None, now=NOW)
    running.start(play_id=play.pk, staff=None, now=NOW)
    version = play.versions.get()
    Enrolment.objects.bulk_create(
        [
            Enrolment(
                play=play, version=version, customer_id=pk, cycle=str(pk), source=f"bench:{pk}", arm="treated",
                state="ready", entered_at=NOW, zero_at=NOW, since_at=NOW, due_at=NOW, at_step="s1",
            )
            for pk in Customer.objects.values_list("pk", flat=True)
        ],
        batch_size=2000,
    )  # fmt: skip


def run(workers: int) -> tuple[float, list[dict], dict]:
    """Let workers and a page work beside each other; give the seconds, and what each tells."""
    page_process = _start("page")
    began = time.perf_counter()
    some = [_start("worker") for _one in range(workers)]
    told = [json.loads(one.communicate()[0]) for one in some]
    seconds = time.perf_counter() - began
    page_process.stdin.write(b"over\n")
    page_process.stdin.flush()
    return seconds, told, json.loads(page_process.communicate()[0])


def _start(what: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, __file__, "--inside", what], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def kill(due: int, workers: int, kills: int) -> int:
    """Kill workers and let others take their place, each later than the leases before; count what came of it."""
    from django.db import connection

    from stammkunde.plays.measures import working  # noqa: F401 (loaded once, so that each worker begins at once)
    from stammkunde.plays.models import Enrolment

    chance, began, killed = random.Random(60), time.perf_counter(), 0
    some = [_forked(1) for _one in range(workers)]
    while killed < kills:
        for place, one in enumerate(some):
            time.sleep(chance.uniform(0.1, 8) / workers)
            one.kill()
            one.join()
            killed += 1
            some[place] = _forked(1 + 3 * killed)
    left = Enrolment.objects.filter(moved=0).count()
    for one in some:
        one.join()
    last = _forked(1 + 3 * (killed + 1))  # what waited for the lease of the dead
    last.join()
    told = _told(due)
    print(f"{connection.vendor}, {due} due, {workers} workers, {killed} kills, {time.perf_counter() - began:.0f} s")
    print(f"{left} were left after the last; {told}")
    return int(bool(told["twice"] or told["lost"] or told["moved"] != [("acting", 1)] or told["messages"] != due))


def _forked(minutes: int) -> multiprocessing.Process:
    from django.db import connection

    connection.close()
    one = multiprocessing.get_context("fork").Process(target=worker, args=(minutes,))
    one.start()
    return one


def _told(due: int) -> dict:
    from django.db.models import Count

    from stammkunde.outreach.models import Message
    from stammkunde.plays.models import Enrolment, StepRun

    messages = Message.objects.values("key").annotate(n=Count("pk"))
    runs = StepRun.objects.values("enrolment", "step_key").annotate(n=Count("pk"))
    return {
        "messages": Message.objects.count(),
        "twice": messages.filter(n__gt=1).count() + runs.filter(n__gt=1).count(),
        "lost": due - StepRun.objects.count(),
        "moved": sorted(set(Enrolment.objects.values_list("state", "moved"))),
    }


def worker(minutes: int = 1) -> dict:
    """Work until nothing is due, and time each batch's transaction."""
    from stammkunde.plays.measures import walk, working
    from stammkunde.plays.models import Enrolment

    whole, batches = walk._move, []

    def timed(*given, **named):
        began = time.perf_counter()
        moved = whole(*given, **named)
        if moved:
            batches.append(time.perf_counter() - began)
        return moved

    walk._move = timed
    later = NOW + timedelta(minutes=minutes)
    due = Enrolment.objects.filter(state="ready", due_at__lte=later)
    began, processor = time.perf_counter(), time.process_time()
    while working.sweep(now=later) or due.exists():
        pass
    seconds = time.perf_counter() - began
    return {"batches": batches, "seconds": seconds, "processor": time.process_time() - processor}


def page() -> dict:
    """Write one row again and again, as a page does, until told to stop."""
    import threading

    from django.db import transaction

    from stammkunde.customers.models import Customer

    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), over.set()), daemon=True).start()
    first, waits = Customer.objects.order_by("pk").values_list("pk", flat=True)[0], []
    while not over.wait(EVERY_SECONDS):
        began = time.perf_counter()
        with transaction.atomic():
            Customer.objects.filter(pk=first).update(name=f"Kunde {len(waits)}")
        waits.append(time.perf_counter() - began)
    return {"waits": waits}


def report(due: int, seconds: float, workers: list[dict], told: dict) -> None:
    from django.db import connection

    from stammkunde.outreach.models import Message
    from stammkunde.plays.models import Enrolment, StepRun

    batches, waits = sorted(t for one in workers for t in one["batches"]), sorted(told["waits"])
    working = max(one["seconds"] for one in workers)
    print(f"{connection.vendor}, {due} due, {len(workers)} workers, load {os.getloadavg()[0]:.0f}")
    print(
        f"{working:.1f} s ({due / working:.0f} a second), {sum(one['processor'] for one in workers):.1f} s of processor"
    )
    print(f"transaction of a batch: median {median(batches):.3f}, p95 {_p95(batches):.3f}, longest {batches[-1]:.3f} s")
    print(f"a page's write: p95 {_p95(waits):.3f}, longest {waits[-1]:.3f} s, of {len(waits)}")
    moved = set(Enrolment.objects.values_list("state", "moved"))
    acts = f"messages {Message.objects.count()}, step runs {StepRun.objects.count()}"
    print(f"{acts}, moved {moved}, {seconds:.1f} s in all")


def _p95(sorted_ones: list[float]) -> float:
    return sorted_ones[int(len(sorted_ones) * 0.95)]


if __name__ == "__main__":
    raise SystemExit(main())
