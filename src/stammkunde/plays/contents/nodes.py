"""Reading JSON piece by piece: what is wrong is collected with its place and its cure, so that all is said at once."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

KEY = re.compile(r"[a-z][a-z0-9-]{0,19}")
LONGEST_NAME = 200
MOST_IN_A_LIST = 200


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong, where (`steps.2.latest_days`), as a code and in words with the cure."""

    place: str
    code: str
    text: str


class InvalidContent(ValueError):
    """The content of a play cannot be used; `problems` says all that is wrong with it."""

    def __init__(self, problems: Collection[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(" ".join(f"{one.place or '.'}: {one.text}" for one in problems))


class Node:
    """A place in the JSON; what it reads is either right, or a problem is noted and a harmless value given."""

    def __init__(self, value: Any, place: str, problems: list[Problem]) -> None:
        self.value, self.place, self.problems = value, place, problems

    def wrong(self, code: str, text: str, name: str = "") -> None:
        self.problems.append(Problem(place=self._at(name), code=code, text=text))

    def _at(self, name: object) -> str:
        return ".".join(str(one) for one in (self.place, name) if one != "")

    def _inner(self, name: object, value: Any) -> "Node":
        return Node(value, self._at(name), self.problems)

    def object(self, allowed: Collection[str]) -> bool:
        """Look whether this is an object with none but these fields."""
        if not isinstance(self.value, Mapping):
            self.wrong("not_an_object", _("An object with fields is expected here."))
            self.value = {}
            return False
        for name in self.value:
            if name not in allowed:
                known = ", ".join(sorted(allowed))
                self.wrong("unknown_field", _("This field is unknown; there are: %(known)s.") % {"known": known}, name)
        return True

    def has(self, name: str) -> bool:
        return self.value.get(name) is not None

    def node(self, name: str, default: Any = None) -> "Node":
        found = self.value.get(name)
        return self._inner(name, default if found is None else found)

    def each(self, name: str) -> "Iterator[Node]":
        """Give what is in a list, in its order; without the field there is nothing in it."""
        found = self.value.get(name)
        if found is None:
            return
        if not isinstance(found, (list, tuple)):
            self.wrong("not_a_list", _("A list is expected here."), name)
            return
        if len(found) > MOST_IN_A_LIST:
            self.wrong("too_many", _("%(most)d entries at most.") % {"most": MOST_IN_A_LIST}, name)
            return
        for number, one in enumerate(found):
            yield self._inner(f"{name}.{number}", one)

    def whole(self, name: str, *, least: int, most: int, default: int | None = None) -> int:
        found = self.whole_or_none(name, least=least, most=most)
        if found is not None:
            return found
        if default is None and not self.has(name):
            self._missing(name)
        return least if default is None else default

    def whole_or_none(self, name: str, *, least: int, most: int) -> int | None:
        found = self.value.get(name)
        if found is None:
            return None
        if isinstance(found, int) and not isinstance(found, bool) and least <= found <= most:
            return found
        self._not_between(name, least, most, _("A whole number from %(least)s to %(most)s is expected here."))
        return None

    def real(self, name: str, *, least: float, most: float, default: float) -> float:
        found = self.value.get(name)
        if found is None:
            return default
        if isinstance(found, (int, float)) and not isinstance(found, bool) and least <= found <= most:
            return float(found)
        self._not_between(name, least, most, _("A number from %(least)s to %(most)s is expected here."))
        return default

    def _not_between(self, name: str, least: float, most: float, text: str) -> None:
        self.wrong("not_between", text % {"least": least, "most": most}, name)

    def flag(self, name: str, *, default: bool = False) -> bool:
        found = self.value.get(name, default)
        if isinstance(found, bool):
            return found
        self.wrong("not_a_flag", _("true or false is expected here."), name)
        return default

    def text(self, name: str, *, longest: int = LONGEST_NAME, required: bool = False) -> str:
        found = self.value.get(name, "")
        if not isinstance(found, str):
            self.wrong("not_a_text", _("A text is expected here."), name)
            return ""
        if len(found) > longest:
            self.wrong("too_long", _("%(most)d characters at most.") % {"most": longest}, name)
        if required and not found.strip():
            self._missing(name)
        return found.strip()

    def _missing(self, name: str) -> None:
        self.wrong("missing", _("This has to be said."), name)

    def choice(self, name: str, known: Collection[str], *, default: str = "") -> str:
        found = self.value.get(name, default)
        if isinstance(found, str) and found in known:
            return found
        text = _("One of these is expected here: %(known)s.") % {"known": ", ".join(known)}
        self.wrong("unknown_choice", text, name)
        return default or next(iter(known))

    def ref(self, name: str) -> int | str | None:
        """Read which row is meant, by its number or by its name; None: none is."""
        found = self.value.get(name)
        return None if found is None else self.node(name).as_ref()

    def as_ref(self) -> int | str | None:
        found = self.value
        if isinstance(found, int) and not isinstance(found, bool) and found > 0:
            return found
        if isinstance(found, str) and 0 < len(found.strip()) <= LONGEST_NAME:
            return found.strip()
        self.wrong("not_a_reference", _("The number of a row here, or its name, is expected."))
        return None

    def rule(self) -> dict[str, Any]:
        """Take a rule as it stands; what it says is judged where groups are known (`plays.groups`)."""
        if isinstance(self.value, dict) and self.value:
            return self.value
        self.wrong("not_a_rule", _("A condition is expected here, as an object."))
        return {}
