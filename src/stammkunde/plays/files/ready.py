"""The ready-made plays that come along, in the order of the catalogue."""

import json
from functools import cache
from pathlib import Path

from stammkunde.plays.files.parts import PlayFile
from stammkunde.plays.files.reading import read

FOLDER = Path(__file__).parents[1] / "ready"
ORDER = (
    "service-check",
    "promise-kept",
    "alarm",
    "stay-in-touch-a",
    "stay-in-touch-b",
    "stay-in-touch-c",
    "own-offer",
    "ask-review",
    "points-reminder",
    "after-complaint",
    "easy-terms",
    "birthday",
    "birthday-call",
    "years",
    "invite-community",
    "learn-to-use",
    "season",
    "news",
    "bring-a-friend",
    "invite-event",
    "perk-a",
    "perk",
    "reorder",
    "ask-why",
    "welcome",
    "second-purchase",
    "rhythm-a",
    "rhythm",
    "win-back",
    "thanks",
    "thank-you-day",
    "after-project",
    "contract-notice",
    "before-contract-end",
)


@cache
def ready() -> tuple[PlayFile, ...]:
    """Give all of them."""
    return tuple(read(json.loads((FOLDER / f"{key}.json").read_text(encoding="utf-8"))) for key in ORDER)


def find(key: str) -> PlayFile | None:
    """Find one by its key."""
    return next((one for one in ready() if one.key == key), None)
