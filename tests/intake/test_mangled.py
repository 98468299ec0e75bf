"""Mangled files: an answer for each, never a traceback. Ten thousand of them: `bench/intake_mangled.py`."""

import json

import pytest

from stammkunde.intake import check, recognise
from stammkunde.intake.formats import FileNotUsable
from tests.intake import dialects
from tests.intake.mangling import mangled
from tests.intake.reading import FILES, TODAY

SOLD = dialects.lines(8)
SPOKEN = [
    dialects.Spoken(),
    dialects.Spoken(separator=",", decimal=".", day="%Y-%m-%d", german=False, amounts="unit_gross"),
    dialects.Spoken(form="jsonl"),
    dialects.Spoken(form="xlsx"),
]


def originals(folder) -> list[bytes]:
    """Give small files of every form, and the shops' exports."""
    written = [dialects.write(SOLD, how, folder).read_bytes() for how in SPOKEN]
    return written + [path.read_bytes() for path in sorted(FILES.glob("*.csv"))]


@pytest.mark.slow
@pytest.mark.long
def test_three_hundred_mangled_files_are_answered(tmp_path):
    answers = []

    for number, content in enumerate(mangled(originals(tmp_path), seed=13, count=300)):
        path = tmp_path / f"mangled-{number}"
        path.write_bytes(content)
        answers.append(answer(path, checks=not number % 10))

    assert len({type(one) for one in answers}) == 2  # some are read, some refused in words


def answer(path, *, checks: bool) -> str | recognise.Recognition:
    """Look at a file, and check it whole where it can be used; refusals can be kept."""
    try:
        found = recognise.recognise(path, today=TODAY)
        json.dumps(found.as_dict())
        if checks and found.usable:
            checked = check.check(
                path, layout=found.layout, columns=found.columns, options=found.options,
                out_dir=path.parent / "out", today=TODAY,
            )  # fmt: skip
            json.dumps(checked.as_dict())
    except FileNotUsable as refused:
        return json.dumps(refused.detail)
    return found
