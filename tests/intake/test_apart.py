"""Readers of foreign files: a process each, that may take so much and no more."""

import os

import pytest

from stammkunde import work
from stammkunde.intake import apart
from stammkunde.intake.formats import FileNotUsable
from tests.intake import apart_jobs as jobs

PLENTY = apart.Bounds(memory_mb=400, seconds=60)
MOMENT = apart.Bounds(memory_mb=400, seconds=0.2)


def test_a_reader_gives_what_its_function_gives():
    assert apart.read(jobs.double, bounds=PLENTY, number=21) == 42


@pytest.mark.parametrize(
    ("job", "given", "bounds", "code", "detail"),
    [
        (jobs.hoard, {"mb": 500}, PLENTY, "reader_ended", {"memory_mb": 400}),
        (jobs.break_down, {}, PLENTY, "reader_ended", {"memory_mb": 400}),
        (jobs.dawdle, {}, MOMENT, "reader_slow", {"seconds": 0}),
        (jobs.refuse, {}, PLENTY, "row_width", {"found": 3, "expected": 4}),
    ],
)
def test_a_reader_that_ends_badly_is_a_refusal(job, given, bounds, code, detail):
    with pytest.raises(FileNotUsable) as refused:
        apart.read(job, bounds=bounds, **given)

    assert (refused.value.code, refused.value.detail) == (code, detail)


def test_working_files_of_a_reader_that_died_go_with_it_and_those_of_the_dead_who_asked_with_the_next(settings):
    host, *_rest = work.me().split(" ")
    left, others = (settings.UPLOAD_DIR / f"reader-{host} {pid} abc" for pid in (2**22 + 1, os.getpid()))
    for folder in (left, others):
        (folder / "spill").mkdir(parents=True)

    with pytest.raises(FileNotUsable):
        apart.read(jobs.write_and_break_down, bounds=PLENTY)

    assert list(settings.UPLOAD_DIR.glob("reader-*")) == [others]


def test_what_nobody_expected_is_told():
    with pytest.raises(apart.ReaderFailed, match="KeyError: 'nothing'"):
        apart.read(jobs.stumble, bounds=PLENTY)


def test_what_nobody_expected_of_a_file_is_a_refusal_where_somebody_waits(monkeypatch):
    monkeypatch.setattr(apart.recognising, "recognise", jobs.stumble_over)

    with pytest.raises(FileNotUsable) as refused:
        apart.recognise("file.csv", memory_mb=256)
    assert (refused.value.code, refused.value.detail) == ("reader_failed", {"problem": "KeyError: 'file.csv'"})


def test_a_reader_tells_how_far_it_is_and_ends_where_nobody_listens_any_more():
    told = []

    assert apart.read(jobs.count, bounds=PLENTY, progress=lambda *step: told.append(step), upto=3) == 3
    assert told == [("read", 0, 3), ("read", 1, 3), ("read", 2, 3)]

    def lost(*_step):
        raise LookupError

    with pytest.raises(LookupError):
        apart.read(jobs.count, bounds=PLENTY, progress=lost, upto=10**9)


def test_a_reader_asks_for_what_only_we_know():
    assert apart.read(jobs.ask, bounds=PLENTY, known={"a": 1}.get, names=["a", "b"]) == [1, None]
