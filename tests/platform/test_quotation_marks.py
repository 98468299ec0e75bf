"""German is quoted „so“ and English “so”, in catalogues, in code and on pages; what is optional is called so."""

import ast
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

SOURCE = Path(__file__).parents[2] / "src" / "stammkunde"
CATALOGUES = sorted(SOURCE.glob("*/locale/de/LC_MESSAGES/django.po"))
WORDED = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy", "npgettext"}
OF_BOTH = {"calls/guides.py", "outreach/starters.py"}  # texts of both languages side by side, checked for their pairs
SIGNS = {"customers/search.py", "intake/formats/judging.py"}  # lists of signs, and no words
TAG = re.compile(r"<[^>]*>|{%.*?%}|{{.*?}}", re.DOTALL)
TRANSLATED = re.compile(r"{%\s*blocktranslate.*?endblocktranslate\s*%}", re.DOTALL)
COMMENT = re.compile(r"{%\s*comment.*?endcomment\s*%}", re.DOTALL)


def wrong_in_german(text: str) -> bool:
    """Say whether marks are straight or English: each „ is closed by “, and nothing else opens or closes."""
    bare = TAG.sub("", text)
    marks = "".join(sign for sign in bare if sign in '„“”"')
    single = "".join(sign for sign in bare if sign in "‚‘")
    return bool(marks.replace("„“", "")) or bool(single.replace("‚‘", "")) or bool(re.search(r"(^|\s)'\w", bare))


def wrong_pairs(text: str) -> bool:
    """Say whether marks of either language are left open, mixed or straight."""
    return bool(re.sub("„“|“”", "", "".join(sign for sign in text if sign in "„“”")))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Meinten Sie „Weber“?", False),
        ('<a href="/">„Weber“</a> und %(name)s', False),
        ("Meinten Sie “Weber”?", True),
        ('Meinten Sie "Weber"?', True),
        ("Meinten Sie „Weber”?", True),
        ("Meinten Sie 'Weber'?", True),
        ("die ‚kleine‘ Lösung", False),
        ("Hat’s geklappt", False),
    ],
)
def test_marks_are_told_apart(text, wrong):
    assert wrong_in_german(text) == wrong


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parents[3].name)
def test_catalogue_is_quoted_in_german(path):
    with path.open("rb") as file:
        messages = [one for one in read_po(file, locale="de") if one.id]
    said = [text for one in messages for text in ([one.string] if isinstance(one.string, str) else one.string)]

    assert [text for text in said if wrong_in_german(text)] == []
    assert [text for text in said if "freiwillig)" in text] == []


def test_what_code_quotes_is_translated():
    """English marks outside of a message would stand on German pages."""
    assert [found for path in sorted(SOURCE.rglob("*.py")) for found in _untranslated(path)] == []


def _untranslated(path: Path) -> list[str]:
    place, tree = str(path.relative_to(SOURCE)), ast.parse(path.read_text(encoding="utf-8"))
    if place in SIGNS or place.startswith("insight/"):
        return []
    calls = [one for one in ast.walk(tree) if isinstance(one, ast.Call) and getattr(one.func, "id", "") in WORDED]
    translated = {id(inner) for call in calls for inner in ast.walk(call)}
    texts = [one for one in ast.walk(tree) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    docs = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
    wrong = wrong_pairs if place in OF_BOTH else lambda text: ("“" in text and "„" not in text) or "”" in text
    return [
        f"{place}:{one.lineno}: {one.value[:60]}"
        for one in texts
        if id(one) not in translated | docs and wrong(one.value)
    ]


def test_what_pages_quote_is_translated():
    """Marks between tags stand on pages of both languages."""
    found = {}
    for path in sorted(SOURCE.rglob("templates/**/*.html")):
        bare = TAG.sub("", TRANSLATED.sub("", COMMENT.sub("", path.read_text(encoding="utf-8"))))
        if any(sign in bare for sign in "„“”"):
            lines = [line.strip() for line in bare.splitlines() if re.search("[„“”]", line)]
            found[str(path.relative_to(SOURCE))] = lines

    assert found == {}
