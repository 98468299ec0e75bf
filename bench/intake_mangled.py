"""
Read ten thousand mangled files as uploads are read: each by a reader of its own, bounded in memory and time.

    python bench/intake_mangled.py [--files 10000] [--seed 1] [--cases FOLDER]

Originals are the company of `tests/intake/dialects.py` in every form, the shops' exports of the tests, and the files of
`--cases` where given. Nothing may end otherwise than read, or refused in words, and none may take over ten seconds of
the processor; whatever does is kept in `mangled-failed` and told, and the command ends with 1.
"""

import argparse
import os
import sys
import tempfile
from collections import Counter
from datetime import date
from multiprocessing import forkserver
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
LONGEST_SECONDS = 10
MOST_BYTES = 200_000  # of an original: it is about strange files, not about large ones


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"STAMMKUNDE_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "stammkunde.settings"}
        import django  # noqa: PLC0415

        django.setup()
        from stammkunde.intake import apart  # noqa: PLC0415

        try:
            told = run(given, Path(folder))
        finally:
            apart.end()
    for outcome, count in told.most_common():
        print(f"{count:7,}  {outcome}")
    sys.exit(bool(told["failed"] or told["too slow"]))


def run(given: argparse.Namespace, folder: Path) -> Counter[str]:
    from tests.intake.mangling import mangled  # noqa: PLC0415

    told: Counter[str] = Counter()
    slowest = 0.0
    for number, content in enumerate(mangled(originals(given.cases, folder), seed=given.seed, count=given.files)):
        path = folder / f"mangled-{number}"
        path.write_bytes(content)
        began = taken_seconds()
        outcome = read(path, folder)
        seconds = taken_seconds() - began
        slowest = max(slowest, seconds)
        told[outcome.partition(":")[0]] += 1
        if seconds > LONGEST_SECONDS:
            told["too slow"] += 1
        if outcome.startswith("failed") or seconds > LONGEST_SECONDS:
            keep = Path("mangled-failed")
            keep.mkdir(exist_ok=True)
            (keep / f"{given.seed}-{number}").write_bytes(content)
            print(f"{number}: {outcome}, {seconds:.1f} s", flush=True)
        path.unlink()
    print(f"slowest: {slowest:.1f} s")
    return told


def taken_seconds() -> float:
    """Say how much of the processor readers have taken: they are children of the process that they are forked from."""
    pid = forkserver._forkserver._forkserver_pid
    if pid is None:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def originals(cases: Path | None, folder: Path) -> list[bytes]:
    from tests.intake.test_mangled import originals as small  # noqa: PLC0415

    found = small(folder)
    for path in sorted(cases.iterdir()) if cases else ():
        if path.is_file() and path.stat().st_size <= MOST_BYTES:
            found.append(path.read_bytes())
    return found


def read(path: Path, folder: Path) -> str:
    """Recognise a file and, where it is usable, check it whole; say what came of it."""
    from stammkunde.intake import apart  # noqa: PLC0415
    from stammkunde.intake.formats import FileNotUsable  # noqa: PLC0415

    today = date(2026, 11, 30)
    try:
        found = apart.recognise(path, today=today, memory_mb=512)
        if not found.usable:
            return "asked"
        apart.check(
            path, layout=found.layout, columns=found.columns, options=found.options, out_dir=folder / "out",
            today=today, memory_mb=512, progress=lambda *_told: None,
        )  # fmt: skip
    except FileNotUsable as refused:
        return f"refused ({refused.code})"
    except Exception as problem:  # noqa: BLE001 - that is what is looked for
        return f"failed: {type(problem).__name__}: {str(problem)[:150]}"
    return "read"


if __name__ == "__main__":
    main()
