"""The worked example of the documentation, on the data that stay outside of the repository."""

import doctest
import re
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "methods" / "hillstrom.md"


def test_the_worked_example_gives_what_it_says(shared_data, monkeypatch):
    monkeypatch.chdir(shared_data / "hillstrom")
    text = re.sub(r"(?m)^```$", "", PAGE.read_text(encoding="utf-8"))
    said: list[str] = []

    test = doctest.DocTestParser().get_doctest(text, {}, PAGE.name, PAGE.name, 0)
    doctest.DocTestRunner(verbose=False).run(test, out=said.append)

    assert "".join(said) == ""
    assert len(test.examples) > 15
