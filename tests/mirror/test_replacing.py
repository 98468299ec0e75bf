"""A question that a newer one of the same asker replaces ends at once; those of others go on."""

import threading
from time import perf_counter

import pytest

from stammkunde.mirror import engine, replacing
from stammkunde.mirror.replacing import Replaced

LONG = "SELECT sum(hash(a.range + b.range)) FROM range(1000000) a, range(1000000) b"
SHORT = "SELECT sum(hash(range)) FROM range(10000000)"


class Asking(threading.Thread):
    """Ask on a thread of its own, and keep what came of it."""

    def __init__(self, asker, question):
        super().__init__()
        self.asker, self.question, self.begun, self.came = asker, question, threading.Event(), None
        self.start()
        self.begun.wait()

    def run(self):
        try:
            with replacing.former(self.asker):
                self.begun.set()
                self.came = engine.connection().sql(self.question).fetchall()
        except Replaced as problem:
            self.came = problem


def test_a_question_that_is_replaced_ends_at_once_and_no_other_one_does():
    usual = engine.connection()
    long, other = Asking("anna", LONG), Asking("bert", SHORT)

    began = perf_counter()
    with replacing.former("anna"):
        ended = perf_counter() - began
        assert engine.connection().sql("SELECT 1").fetchall() == [(1,)]
    long.join(timeout=10)
    other.join(timeout=60)

    assert isinstance(long.came, Replaced)
    assert ended < 1  # a few hundredths of a second, on a machine that does nothing else
    assert other.came[0][0] > 0
    assert engine.connection() is usual


def test_what_fails_by_itself_is_not_called_replaced():
    with pytest.raises(engine.duckdb.Error), replacing.former("anna"):
        engine.connection().sql("SELECT nothing").fetchall()

    assert replacing._running == {}
