"""What the pages for developers name is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "stammkunde"
PAGES = sorted((ROOT / "docs" / "develop").glob("*.md"))
FIRST = {path.stem for path in SOURCE.iterdir()}
NAMED = re.compile(r"`(\w+(?:[./]\w+)+)`")
WHERE = re.compile(r"^\| .+\? \| (.+) \|$", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_places_that_a_page_names_are_there(page):
    assert [name for name in NAMED.findall(page.read_text(encoding="utf-8")) if not _is_there(name)] == []


def test_fourteen_questions_are_answered_with_places():
    answers = WHERE.findall((ROOT / "docs" / "develop" / "map.md").read_text(encoding="utf-8"))

    assert len(answers) >= 14
    assert [answer for answer in answers if not re.search(r"`[\w./-]+`", answer)] == []


def test_place_that_is_gone_is_noticed():
    assert _is_there("intake.undo")
    assert _is_there("team.policy.RIGHTS")
    assert not _is_there("intake.redo")
    assert not _is_there("team.policy.LEFTS")


def _is_there(name: str) -> bool:
    """Tell whether a name such as `team.policy.Sight` leads somewhere; what begins with no app is not ours to judge."""
    first, *others = re.split(r"[./]", name.removesuffix(".py"))
    if first not in FIRST or (ROOT / name).exists() or (SOURCE / first / "templates" / name).exists():
        return True
    place = _below(SOURCE, first)
    for part in others:
        inner = _below(place, part)
        if inner is None:
            return _says(place, part)
        place = inner
    return True


def _below(place: Path, name: str) -> Path | None:
    return next((one for one in (place / name, place / f"{name}.py") if one.exists()), None)


def _says(place: Path, name: str) -> bool:
    """Tell whether a module, or one of a package, has this name."""
    files = [place] if place.is_file() else place.glob("*.py")
    return any(re.search(rf"\b{name}\b", path.read_text(encoding="utf-8")) for path in files)
