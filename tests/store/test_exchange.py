import signal
import subprocess
import sys
import tempfile
import threading

import pyarrow as pa
import pytest
from django.db import connection

from stammkunde.store.bulk import exchange

HOLD = """
import sys, time
from pathlib import Path
import django
from django.conf import settings
settings.configure(DATA_DIR=Path(sys.argv[1]))
from stammkunde.store.bulk import exchange
with exchange.folder() as folder:
    (folder / "rows.sqlite3").write_text("on its way")
    print(folder, flush=True)
    time.sleep(60)
"""


@pytest.fixture(autouse=True)
def _own_folders(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def holder(settings):
    """Another process that has rows on their way, and where they are."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(settings.DATA_DIR)], stdout=subprocess.PIPE, text=True)
    yield process, process.stdout.readline().strip()
    process.kill()
    process.wait()
    process.stdout.close()


def _look_in():
    with exchange.folder():
        pass


def folders(settings):
    return sorted(str(one) for one in (settings.DATA_DIR / "exchange").iterdir())


def test_folder_is_gone_afterwards_whatever_happens(settings):
    with pytest.raises(FileNotFoundError), exchange.folder() as folder:  # noqa: PT012 (the file is the point)
        (folder / "rows.sqlite3").write_text("rows")
        (folder / "other.sqlite3").read_text()

    assert folders(settings) == []


def test_folder_of_a_living_process_stays_and_of_a_killed_one_goes(settings, holder):
    process, place = holder
    with exchange.folder() as mine:
        assert folders(settings) == sorted([place, str(mine)])

    process.send_signal(signal.SIGKILL)
    process.wait()

    with exchange.folder() as mine:
        assert folders(settings) == [str(mine)]


def test_folder_that_is_made_is_not_taken_for_one_that_was_left(settings, monkeypatch):
    made, other = tempfile.TemporaryDirectory, threading.Thread(target=_look_in)

    def and_somebody_comes(**given):
        place = made(**given)
        if not other.ident:
            other.start()
            other.join(0.2)  # waits for its turn
        return place

    monkeypatch.setattr(exchange.tempfile, "TemporaryDirectory", and_somebody_comes)
    with exchange.folder() as mine:
        assert mine.is_dir()
    other.join()


@pytest.mark.django_db(transaction=True)
def test_file_is_attached_with_its_rows_and_let_go_of(tmp_path):
    if connection.vendor != "sqlite":
        pytest.skip("SQLite only")
    rows = pa.table({"row": [1, 2], "name": ["Ä", None], "cents": [5, -7]})
    exchange.fill(
        tmp_path / "some", rows=rows.to_reader(), columns={"row": "INTEGER PRIMARY KEY", "name": "", "cents": ""}
    )

    with exchange.attached(tmp_path / "some"), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM exchange.rows ORDER BY row")
        assert cursor.fetchall() == [(1, "Ä", 5), (2, None, -7)]

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA database_list")
        assert "exchange" not in [name for _number, name, _file in cursor.fetchall()]
