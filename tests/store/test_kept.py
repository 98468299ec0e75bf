"""What is kept for a while: whatever became of it, a page is never worse off than without it."""

import errno
import logging
import sys
from dataclasses import dataclass

import pytest
from django.core.cache import cache

from stammkunde import settings as shipped
from stammkunde.store import kept


@dataclass(frozen=True)
class Answer:
    number: int


@pytest.fixture
def folder(settings, tmp_path):
    settings.CACHES = {"default": {**shipped.CACHES["default"], "LOCATION": str(tmp_path / "kept")}}
    return tmp_path / "kept"


def damage(folder, change) -> None:
    (entry,) = folder.glob("*.djcache")
    entry.write_bytes(change(entry.read_bytes()))


DAMAGES = {
    "empty": lambda content: b"",
    "cut off": lambda content: content[: len(content) // 2],
    "no bytes of ours": lambda content: b"\x00" * len(content),
    "one bit": lambda content: content[:-3] + bytes([content[-3] ^ 4]) + content[-2:],
    "in its time": lambda content: b"\xff" + content[1:],
}


def test_what_is_kept_is_found_again(folder):
    cache.set("answer", Answer(7))

    assert cache.get("answer") == Answer(7)
    assert "answer" in cache


@pytest.mark.parametrize("change", DAMAGES.values(), ids=DAMAGES)
def test_damaged_entry_is_not_there_and_is_made_again(folder, change):
    cache.set("answer", Answer(7))
    damage(folder, change)

    assert cache.get("answer") is None
    assert "answer" not in cache
    assert cache.get_or_set("answer", lambda: Answer(8)) == Answer(8)
    assert cache.get("answer") == Answer(8)


def test_entry_that_is_no_file_is_not_there(folder):
    cache.set("answer", Answer(7))
    (entry,) = folder.glob("*.djcache")
    entry.unlink()
    entry.mkdir()

    assert cache.get("answer", "made anew") == "made anew"
    assert not cache.delete("answer")
    cache.set("answer", Answer(8))
    assert "answer" not in cache


def test_disk_that_takes_nothing_keeps_nobody_from_an_answer(folder, monkeypatch, caplog):
    def full(*_given, **_named):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.mkstemp", full)

    cache.set("answer", Answer(7))
    assert cache.get_or_set("answer", lambda: Answer(8)) == Answer(8)
    assert "No space left on device" in caplog.text


def test_touching_a_damaged_entry_keeps_nothing_alive(folder):
    cache.set("answer", Answer(7))
    damage(folder, DAMAGES["no bytes of ours"])

    assert not cache.touch("answer")
    assert "answer" not in cache


def test_class_that_has_moved_is_told_of_once(folder, monkeypatch, caplog):
    cache.set("answer", Answer(7))
    monkeypatch.delattr("tests.store.test_kept.Answer")

    with caplog.at_level(logging.WARNING, logger=kept.log.name):
        found = [cache.get("answer", "made anew") for _ in range(3)]

    assert found == ["made anew"] * 3
    assert [record.getMessage() for record in caplog.records] == ["kept=answer cannot be read any more: AttributeError"]


def test_module_that_has_moved_is_a_miss_as_well(folder, monkeypatch):
    cache.set("answer", Answer(7))
    monkeypatch.setitem(sys.modules, __name__, None)

    assert cache.get("answer") is None


def test_another_program_meets_nothing_that_this_one_kept(folder, monkeypatch):
    cache.set("answer", Answer(7))
    monkeypatch.setattr(kept, "program", lambda part="": "another")

    assert cache.get("answer") is None


def test_program_is_told_by_its_source(tmp_path, monkeypatch):
    source = tmp_path / "product" / "store"
    source.mkdir(parents=True)
    monkeypatch.setattr(kept, "__file__", str(source / "kept.py"))
    digests = []
    for text in ("a = 1", "a = 2", "a = 1"):
        (source / "kept.py").write_text(text)
        digests.append(kept.program.__wrapped__())

    assert digests[0] == digests[2] != digests[1]


def test_what_is_sealed_opens_by_its_name_only(settings):
    sealed = kept.seal(Answer(7), name="answer 1")

    assert kept.unseal(sealed, name="answer 1") == Answer(7)
    assert kept.unseal(sealed, name="answer 2") is None
    settings.SECRET_KEY = "another"
    assert kept.unseal(sealed, name="answer 1") is None


@pytest.mark.parametrize("content", [b"", b"short", b"\x00" * 200])
def test_what_nobody_sealed_is_not_opened(content):
    assert kept.unseal(content, name="answer") is None


def test_sealed_class_that_has_moved_is_not_there(monkeypatch):
    sealed = kept.seal(Answer(7), name="answer")
    monkeypatch.delattr("tests.store.test_kept.Answer")

    assert kept.unseal(sealed, name="answer") is None
