"""What changes plays: preparing a campaign, letting plays run, thanking for purchases."""

from stammkunde.plays.services.preparing import (
    NothingToSay,
    ask_governor,
    choose,
    chosen,
    claim_choosing,
    create_campaign,
)
from stammkunde.plays.services.running import (
    NotPossible,
    finish_what_is_over,
    pause,
    plan_next,
    resume,
    start,
    stop,
)
from stammkunde.plays.services.thanking import NotPureThanks, create_thanks, enrol_buyers
from stammkunde.plays.services.trouble import FAILED, NO_WORDS, UNKNOWN_FILTERS, note_trouble

__all__ = [
    "FAILED",
    "NO_WORDS",
    "UNKNOWN_FILTERS",
    "NotPossible",
    "NotPureThanks",
    "NothingToSay",
    "ask_governor",
    "choose",
    "chosen",
    "claim_choosing",
    "create_campaign",
    "create_thanks",
    "enrol_buyers",
    "finish_what_is_over",
    "note_trouble",
    "pause",
    "plan_next",
    "resume",
    "start",
    "stop",
]
