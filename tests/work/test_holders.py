import os
import subprocess
import sys

import pytest

from stammkunde import work
from stammkunde.work import holders


def test_every_claim_has_a_holder_of_its_own_that_fits_the_column():
    mine = {work.me() for _ in range(50)}

    assert len(mine) == 50
    assert {len(one.split(" ")) for one in mine} == {3}
    assert max(len(one) for one in mine) <= 80


def test_holder_is_gone_when_its_process_is():
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    host = work.me().split(" ")[0]
    holder = f"{host} {process.pid} abc"
    assert not work.is_gone(holder)

    process.communicate(b"\n")

    assert work.is_gone(holder)


@pytest.mark.parametrize("holder", ["", "print run 7", "elsewhere 999999999 abc", "vm:17:abc", "somebody"])
def test_holder_that_nobody_can_look_after_is_not_gone(holder):
    assert not work.is_gone(holder)


def test_holder_of_somebody_else_is_alive(monkeypatch):
    def not_allowed(process, signal):
        raise PermissionError

    monkeypatch.setattr(holders.os, "kill", not_allowed)

    assert not work.is_gone(f"{holders._host()} {os.getpid()} abc")


def test_number_of_a_process_that_was_given_again_is_not_its_former_holder():
    host, process, token = work.me().split(" ")
    born, _dash, chance = token.partition("-")

    assert len(born) == 8
    assert not work.is_gone(f"{host} {process} {born}-{chance}")
    assert work.is_gone(f"{host} {process} 00000000-{chance}"), "a container gives its workers the same numbers again"
