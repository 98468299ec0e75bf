"""What changes plays: preparing a campaign, letting plays run, thanking for purchases."""

from stammkunde.plays.services.preparing import (
    Campaign,
    NothingToSay,
    ask_governor,
    choose,
    create_campaign,
)
from stammkunde.plays.services.running import (
    NotPossible,
    finish_what_is_over,
    has_to_plan,
    pause,
    plan_next,
    resume,
    start,
    stop,
)
from stammkunde.plays.services.thanking import NotPureThanks, create_thanks, enrol_buyers, has_to_enrol
from stammkunde.plays.services.trouble import (
    DISGUISED,
    FAILED,
    NO_WORDS,
    SET_ASIDE,
    UNKNOWN_FILTERS,
    note_trouble,
    try_again,
)

__all__ = [
    "DISGUISED",
    "FAILED",
    "NO_WORDS",
    "SET_ASIDE",
    "UNKNOWN_FILTERS",
    "Campaign",
    "NotPossible",
    "NotPureThanks",
    "NothingToSay",
    "ask_governor",
    "choose",
    "create_campaign",
    "create_thanks",
    "enrol_buyers",
    "finish_what_is_over",
    "has_to_enrol",
    "has_to_plan",
    "note_trouble",
    "pause",
    "plan_next",
    "resume",
    "start",
    "stop",
    "try_again",
]
