"""Who was played through is kept for the next refresh, for the same program, and a broken file is none."""

import errno

import numpy as np
import pytest

from stammkunde.insight.value.spending import Played
from stammkunde.signals import played
from stammkunde.store import kept

ENTRY = (np.array([1.0, 2.0]), np.array([0.5, 0.1 + 0.2]))


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MIRROR_DIR = tmp_path
    return tmp_path


def test_what_was_used_is_known_the_next_time_to_the_last_digit():
    assert played.known().known == {}

    played.keep(Played(known={"left": ENTRY}, used={"used": ENTRY}))

    found = played.known()
    assert list(found.known) == ["used"]
    assert [part.tolist() for part in found.known["used"]] == [part.tolist() for part in ENTRY]
    assert found.used == {}


def test_a_refresh_that_needed_nobody_leaves_what_is_kept():
    played.keep(Played(used={"used": ENTRY}))

    played.keep(Played())

    assert list(played.known().known) == ["used"]


def test_another_program_and_a_broken_file_know_nobody(folder, monkeypatch):
    played.keep(Played(used={"used": ENTRY}))
    whole = (folder / "played.npz").read_bytes()

    for broken in (b"", b"not a file of numbers", whole[: len(whole) // 2]):
        (folder / "played.npz").write_bytes(broken)
        assert played.known().known == {}

    (folder / "played.npz").write_bytes(whole)
    assert list(played.known().known) == ["used"]
    monkeypatch.setattr(kept, "program", lambda _part: "another")
    assert played.known().known == {}


def test_a_full_disk_stops_no_refresh_and_leaves_what_was_kept(folder, monkeypatch):
    played.keep(Played(used={"used": ENTRY}))

    def full(file, **_parts):
        file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    played.keep(Played(used={"later": ENTRY}))

    assert [file.name for file in folder.iterdir()] == ["played.npz"]
    assert list(played.known().known) == ["used"]
