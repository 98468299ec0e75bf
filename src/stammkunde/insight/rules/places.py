"""Where in a rule something is written, and how it is refused there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from stammkunde.insight.errors import InvalidRule


def sendable(text: str) -> str:
    """
    Write a text so that it can be sent and kept: half a sign, which JSON may hold, stands as its number.

    Args:
        text: any text.

    Returns:
        the text; the same where nothing is wrong with it.
    """
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


@dataclass(frozen=True)
class Place:
    """A place in a rule: `all.2.happened.where.1`."""

    parts: tuple[str, ...] = ()

    def at(self, *parts: str | int) -> "Place":
        """
        Go further in.

        Args:
            *parts: names of entries; numbers count from 1.

        Returns:
            the place there.
        """
        return Place((*self.parts, *map(str, parts)))

    def refuse(self, code: str, text: str, about: object = "") -> NoReturn:
        """
        Refuse what is written here.

        Args:
            code: what is wrong, for programs.
            text: what is wrong, and the cure.
            about: what is written here.

        Raises:
            InvalidRule: always.
        """
        place, said = (sendable(one) for one in (".".join(self.parts), str(about)))
        raise InvalidRule(sendable(text), place=place, code=code, about=said)

    def entries(self, data: Any, *, needed: Collection[str], more: Collection[str] = ()) -> Mapping[str, Any]:
        """
        Hold the entries of an object against those that it may have.

        Args:
            data: what is written here.
            needed: names that it must have.
            more: names that it may have.

        Returns:
            the object.

        Raises:
            InvalidRule: it is none, lacks an entry or has one too many.
        """
        if not isinstance(data, Mapping):
            self.refuse("no_object", f"An object is needed here, not {data!r}.", data)
        missing = [name for name in needed if name not in data]
        if missing:
            self.refuse("entry_missing", f"'{missing[0]}' is missing. Add it.", missing[0])
        strange = [name for name in data if name not in {*needed, *more}]
        if strange:
            here = ", ".join([*needed, *more])
            self.at(strange[0]).refuse("unknown_entry", f"'{strange[0]}' means nothing here. Use {here}.", strange[0])
        return data

    def listed(self, data: Any) -> list[Any]:
        """
        Expect a list that is not empty.

        Args:
            data: what is written here.

        Returns:
            the list.

        Raises:
            InvalidRule: it is none, or empty.
        """
        if not isinstance(data, list | tuple) or not data:
            self.refuse("empty_list", "A list with at least one entry is needed here. Add one, or leave it out.", data)
        return list(data)

    def whole(self, data: Any, *, least: int = 0, most: int = 100_000) -> int:
        """
        Expect a whole number.

        Args:
            data: what is written here.
            least: the smallest that is accepted.
            most: the largest that is accepted.

        Returns:
            the number.

        Raises:
            InvalidRule: it is none, or outside.
        """
        if isinstance(data, bool) or not isinstance(data, int) or not least <= data <= most:
            self.refuse("no_whole_number", f"Give a whole number from {least} to {most}, not {data!r}.", data)
        return data
