"""What readers are told to do in the tests."""

import os
import tempfile
import time
from pathlib import Path

from stammkunde.intake.formats import FileNotUsable


def double(number):
    return 2 * number


def hoard(mb):
    return len(bytearray(mb * 2**20))


def dawdle():
    time.sleep(600)


def break_down():
    os.abort()


def write_and_break_down():
    Path(tempfile.mkdtemp(), "rows").write_text("Anna")
    os.abort()


def refuse():
    raise FileNotUsable("row_width", found=3, expected=4)


def stumble():
    return {}["nothing"]


def count(upto, progress):
    for number in range(upto):
        progress("read", number, upto)
    return upto


def ask(known, names):
    return [known(name) for name in names]


def stumble_over(path, **given):
    return given[path]
