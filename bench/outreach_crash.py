# ruff: noqa: PLC0415 - Django is loaded once the database is named
"""
Are messages lost or doubled when workers are killed? The proof of `tests/outreach/test_crash.py` at full size.

    python bench/outreach_crash.py --messages 10000 --workers 4 --kills 40
    DATABASE_URL=postgresql://… python bench/outreach_crash.py …        # an empty database of its own

A mail server on loopback drops connections, refuses for now and for good; workers are killed by SIGKILL at random
instants. Ends with 1 where an advertising mail arrived twice, or anything is unaccounted for.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.inside:
        return measure(asked)
    with tempfile.TemporaryDirectory() as directory:
        path = os.pathsep.join((str(ROOT / "src"), str(ROOT)))
        environ = os.environ | {"STAMMKUNDE_DATA_DIR": directory, "PYTHONPATH": path}
        command = [sys.executable, __file__, *sys.argv[1:], "--inside"]
        return subprocess.run(command, env=environ, check=False).returncode


def measure(asked: argparse.Namespace) -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "stammkunde.settings"
    import logging

    import django

    django.setup()
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    from django.core.management import call_command
    from tests.outreach import crash
    from tests.outreach.planning import company, everybody

    call_command("migrate", interactive=False, verbosity=0)
    company()
    people = list(everybody(asked.messages))
    people[7].email = "nobody@mail.example"
    people[7].save()
    crash.plan(people)
    outcome = crash.torment(crash.Server(seed=asked.seed), workers=asked.workers, kills=asked.kills, patience=3600)
    for name, value in vars(outcome).items():
        print(f"{name:18} {value}")
    faults = [outcome.twice, outcome.lost, outcome.unlisted, outcome.undone, outcome.service_missing]
    well = not any(faults) and sum(outcome.states.values()) == asked.messages and crash.every_state_has_its_history()
    print("every message is accounted for" if well else "NOT every message is accounted for")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
