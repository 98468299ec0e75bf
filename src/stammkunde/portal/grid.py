"""The boxes of the preference page: about what, and how. A tick is what is allowed now; a changed tick is an act."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from stammkunde.customers import wording
from stammkunde.customers.models import Channel, Purpose
from stammkunde.customers.queries import Choice
from stammkunde.customers.services import Cell

# Orders and requests are not among them: they come in any case.
PURPOSES = (Purpose.NEWSLETTER, Purpose.ADVERTISING, Purpose.SURVEY, Purpose.THANKS)


@dataclass(frozen=True, kw_only=True)
class Box:
    cell: Cell
    is_ticked: bool
    is_asked: bool  # a mail waits to be confirmed
    is_closed: bool  # somebody else decided, for everybody at this company

    @property
    def value(self) -> str:
        return ":".join(self.cell)

    @property
    def label(self) -> str:
        return wording.channel_name(self.cell[0])


@dataclass(frozen=True, kw_only=True)
class Change:
    granted: tuple[Cell, ...]
    ended: tuple[Cell, ...]


@dataclass(frozen=True, kw_only=True)
class Grid:
    boxes: tuple[Box, ...]

    @classmethod
    def of(cls, choices: Mapping[Cell, Choice]) -> Self:
        """Show a box for every way on which the person can be reached."""
        can_confirm = choices[Channel.EMAIL, Purpose.NEWSLETTER].has_address
        return cls(
            boxes=tuple(
                _box((str(channel), str(purpose)), choices[channel, purpose])
                for purpose in PURPOSES
                for channel in Channel.values
                if choices[channel, purpose].has_address and (can_confirm or channel != Channel.MESSAGE)
            )
        )

    @property
    def rows(self) -> list[tuple[str, str, list[Box]]]:
        """Give the boxes by topic: its code, its name, its boxes."""
        return [
            (str(purpose), wording.purpose_name(purpose), [box for box in self.boxes if box.cell[1] == purpose])
            for purpose in PURPOSES
            if any(box.cell[1] == purpose for box in self.boxes)
        ]

    def change(self, *, shown: Iterable[str], wanted: Iterable[str]) -> Change:
        """Tell what a filled-in page changes: only boxes that it showed, and that are there."""
        seen, ticked = set(shown), set(wanted)
        open_boxes = [box for box in self.boxes if box.value in seen and not box.is_closed]
        return Change(
            granted=tuple(box.cell for box in open_boxes if box.value in ticked and not box.is_ticked),
            ended=tuple(box.cell for box in open_boxes if box.value not in ticked and box.is_ticked),
        )


def _box(cell: Cell, choice: Choice) -> Box:
    return Box(
        cell=cell,
        is_ticked=choice.permission.allowed or choice.is_asked,
        is_asked=choice.is_asked and not choice.permission.allowed,
        is_closed=choice.is_closed,
    )
