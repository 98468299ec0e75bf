"""What changes plays: preparing a campaign, letting plays run, thanking for purchases."""

from stammkunde.plays.services.calling import ByPhone, create_call_campaign, create_mixed_campaign
from stammkunde.plays.services.fixed_cost import MOST_CENTS, set_fixed_cost
from stammkunde.plays.services.preparing import (
    Campaign,
    NothingToSay,
    choose,
    create_campaign,
    ways_of,
)
from stammkunde.plays.services.rounds import Question, create_consent_campaign
from stammkunde.plays.services.running import (
    GRACE,
    NotPossible,
    finish_what_is_over,
    go_on_with_what_came_back,
    has_to_plan,
    may_be_taken_back,
    pause,
    plan_next,
    reschedule,
    resume,
    start,
    stop,
    take_back,
)
from stammkunde.plays.services.sharing import count_click, end_share, share
from stammkunde.plays.services.thanking import NotPureThanks, create_thanks, due, enrol_buyers, has_to_enrol
from stammkunde.plays.services.trouble import (
    DISGUISED,
    FAILED,
    NO_WORDS,
    SET_ASIDE,
    UNKNOWN_FILTERS,
    note_trouble,
    try_again,
)
from stammkunde.plays.services.turns import shares
from stammkunde.plays.services.ways import ask_governor

__all__ = [
    "DISGUISED",
    "FAILED",
    "GRACE",
    "MOST_CENTS",
    "NO_WORDS",
    "SET_ASIDE",
    "UNKNOWN_FILTERS",
    "ByPhone",
    "Campaign",
    "NotPossible",
    "NotPureThanks",
    "NothingToSay",
    "Question",
    "ask_governor",
    "choose",
    "count_click",
    "create_call_campaign",
    "create_campaign",
    "create_consent_campaign",
    "create_mixed_campaign",
    "create_thanks",
    "due",
    "end_share",
    "enrol_buyers",
    "finish_what_is_over",
    "go_on_with_what_came_back",
    "has_to_enrol",
    "has_to_plan",
    "may_be_taken_back",
    "note_trouble",
    "pause",
    "plan_next",
    "reschedule",
    "resume",
    "set_fixed_cost",
    "share",
    "shares",
    "start",
    "stop",
    "take_back",
    "try_again",
    "ways_of",
]
