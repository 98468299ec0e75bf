"""
By what words files name somebody of the staff: address, name in either order, last name, initials, or what an
administrator has written down of their short names and numbers.
"""

import re
from collections.abc import Iterable, Iterator

from stammkunde.team.models import Staff

BETWEEN = " / "  # what else is said of the same person
_SIGNS = re.compile(r"[\s.,;/_-]+")
_TITLES = re.compile(r"^(herrn?|frau|mrs?|ms|hr|fr|dr|prof)\.?\s+", re.IGNORECASE)
_MARKS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def as_word(text: str) -> str:
    """Write a word so that what means the same is the same: "Herr Müller, Jan" is "mueller jan", and "007" is "7"."""
    rest, before = text.strip(), ""
    while rest != before:
        rest, before = _TITLES.sub("", rest), rest
    word = _SIGNS.sub(" ", rest.casefold().translate(_MARKS)).strip()
    return (word.lstrip("0") or "0") if word.isdecimal() else word


def find(words: Iterable[str]) -> dict[str, int]:
    """
    Tell who is meant by each word, or by several about one person: "Meier / 07". What means nobody, or is said of
    more than one, is left out.

    What was written down beats names, whole names beat parts of them, and who may sign in beats who may not.
    """
    meant: dict[str, dict[int, set[int]]] = {}
    for staff in Staff.objects.order_by("pk"):
        for rank, said in enumerate(_words(staff)):
            for word in said:
                meant.setdefault(word, {}).setdefault(2 * rank + (not staff.is_active), set()).add(staff.pk)
    found: dict[str, int] = {}
    for text in words:
        for part in text.split(BETWEEN):
            ranks = meant.get(as_word(part))
            likeliest = ranks[min(ranks)] if ranks else ()
            if len(likeliest) == 1:
                found.setdefault(text, next(iter(likeliest)))
    return found


def _words(staff: Staff) -> Iterator[set[str]]:
    """Give what somebody is called, the surest first."""
    yield {as_word(staff.email), *(as_word(one) for one in re.split(r"[,;\n]", staff.known_as) if one.strip())}
    parts = as_word(staff.name).split()
    if not parts:
        return
    first, last = parts[:-1], parts[-1]
    yield {" ".join(parts), " ".join([last, *first])}
    yield {as_word(staff.email.partition("@")[0])}
    yield {last, f"{parts[0][0]} {last}", f"{last} {parts[0][0]}", "".join(one[0] for one in parts)} if first else set()
