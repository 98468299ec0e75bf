"""The ready-made plays that come along, in the order of the catalogue."""

import json
from functools import cache
from pathlib import Path

from stammkunde.plays.files.parts import PlayFile
from stammkunde.plays.files.reading import read

FOLDER = Path(__file__).parents[1] / "ready"
ORDER = (
    "second-purchase",
    "rhythm-a",
    "rhythm",
    "thanks",
    "thank-you-day",
    "birthday",
    "birthday-call",
    "years",
    "after-project",
)


@cache
def ready() -> tuple[PlayFile, ...]:
    """Give all of them."""
    return tuple(read(json.loads((FOLDER / f"{key}.json").read_text(encoding="utf-8"))) for key in ORDER)


def find(key: str) -> PlayFile | None:
    """Find one by its key."""
    return next((one for one in ready() if one.key == key), None)
