"""
Write down what the product shows and keeps, so that two versions can be compared: before a move and after it.

    python tools/record.py OUT                 a folder of plain text files about the code on PYTHONPATH
    python tools/record.py --compare A B       what differs between two such folders; ends with 1 if anything does

It makes a small demo company and a story in a data directory of its own, holds the clock, and opens every page as
every role. Nothing in it depends on which module something is in; `recording/aliases.py` is the one table to change.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from recording import comparing, fixed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", nargs="?", type=Path, help="the folder to write; it must not be there yet")
    parser.add_argument("--compare", nargs=2, type=Path, metavar=("A", "B"))
    parser.add_argument("--lines", type=int, default=40, help="of each file's difference at most")
    parser.add_argument("--only", default="", help="of the pages, those whose name begins so")
    parser.add_argument("--schema-of", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.compare:
        return comparing.show(*given.compare, most=given.lines)
    if given.out is None:
        parser.error("say where to write, or --compare A B")
    if given.schema_of:
        return _schema_of(given.schema_of, given.out)
    if given.out.exists():
        parser.error(f"{given.out} is there already")
    server = os.environ.get("STAMMKUNDE_TEST_DATABASE_URL") or os.environ.get("DATABASE_URL") or ""
    with tempfile.TemporaryDirectory(prefix="recording-") as folder:
        given.out.mkdir(parents=True)
        if server.startswith("postgres"):
            command = [sys.executable, __file__, str(given.out), "--schema-of", server]
            subprocess.run(command, check=True)
        _record(given.out, Path(folder) / "data", only=given.only)
    files = sum(1 for path in given.out.rglob("*") if path.is_file())
    print(f"{given.out}: {files} files, {time.process_time():.0f} s of processor time")
    return 0


def _record(out: Path, data: Path, *, only: str) -> None:
    fixed.environment(data)
    fixed.hold()
    from recording import whole  # noqa: PLC0415 (now that clock and chance are held)

    whole.record(out, only=only)


def _schema_of(server: str, out: Path) -> int:
    """Make the tables in a new database of a PostgreSQL server, and write down what they are."""
    name = f"recording_{os.getpid()}"
    with psycopg.connect(**conninfo_to_dict(server) | {"dbname": "postgres"}, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            with tempfile.TemporaryDirectory(prefix="recording-") as folder:
                fixed.environment(Path(folder) / "data", database=f"{server.rpartition('/')[0]}/{name}")
                from recording import whole  # noqa: PLC0415 (now that it knows the database)

                whole.migrate()
                whole.write_schema(out)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
