"""What changes messages: planning, arranging, claiming and handing over, and what people and providers say later."""

from stammkunde.outreach.services.claiming import Result, begin, claim, may_repeat, record, release, take_over
from stammkunde.outreach.services.filling import (
    Filled,
    NothingWritten,
    choose_words,
    contents,
    style_of,
    values,
    words,
    write_to,
)
from stammkunde.outreach.services.handwritten import foresee, plan_of, send
from stammkunde.outreach.services.holding_out import hold_out
from stammkunde.outreach.services.judging import CountsAsAdvertising, argued, disguised, refuse_disguised, shop
from stammkunde.outreach.services.later import (
    NotUnclear,
    count_as_sent,
    lift_undeliverable,
    note_bounce,
    note_complaint,
    note_delivery,
    send_again,
    stop,
    stop_one,
)
from stammkunde.outreach.services.optins import plan_optins
from stammkunde.outreach.services.pausing import pause, resume
from stammkunde.outreach.services.pictures import PictureGone, PictureInUse, add_picture, delete_picture
from stammkunde.outreach.services.planning import KeyTaken, Plan, forecast, plan_message, plan_messages
from stammkunde.outreach.services.printing import NotOnPaper, RunIsOver
from stammkunde.outreach.services.settling import look_after, look_again, settle
from stammkunde.outreach.services.telling import tell_call
from stammkunde.outreach.services.templating import (
    NameTaken,
    archive,
    change_template,
    create_starters,
    create_template,
    duplicate,
    put_words,
    take_out,
    take_words_away,
)

__all__ = [
    "CountsAsAdvertising",
    "Filled",
    "KeyTaken",
    "NameTaken",
    "NotOnPaper",
    "NotUnclear",
    "NothingWritten",
    "PictureGone",
    "PictureInUse",
    "Plan",
    "Result",
    "RunIsOver",
    "add_picture",
    "archive",
    "argued",
    "begin",
    "change_template",
    "choose_words",
    "claim",
    "contents",
    "count_as_sent",
    "create_starters",
    "create_template",
    "delete_picture",
    "disguised",
    "duplicate",
    "forecast",
    "foresee",
    "hold_out",
    "lift_undeliverable",
    "look_after",
    "look_again",
    "may_repeat",
    "note_bounce",
    "note_complaint",
    "note_delivery",
    "pause",
    "plan_message",
    "plan_messages",
    "plan_of",
    "plan_optins",
    "put_words",
    "record",
    "refuse_disguised",
    "release",
    "resume",
    "send",
    "send_again",
    "settle",
    "shop",
    "stop",
    "stop_one",
    "style_of",
    "take_out",
    "take_over",
    "take_words_away",
    "tell_call",
    "values",
    "words",
    "write_to",
]
