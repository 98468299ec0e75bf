"""What changes messages: planning, arranging, claiming and handing over, and what people and providers say later."""

from stammkunde.outreach.services.claiming import Result, begin, claim, may_repeat, record, release, take_over
from stammkunde.outreach.services.holding_out import hold_out
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
from stammkunde.outreach.services.planning import KeyTaken, Plan, forecast, plan_message, plan_messages
from stammkunde.outreach.services.settling import look_after, look_again, settle
from stammkunde.outreach.services.writing import NothingWritten, Written, contents

__all__ = [
    "KeyTaken",
    "NotUnclear",
    "NothingWritten",
    "Plan",
    "Result",
    "Written",
    "begin",
    "claim",
    "contents",
    "count_as_sent",
    "forecast",
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
    "plan_optins",
    "record",
    "release",
    "resume",
    "send_again",
    "settle",
    "stop",
    "stop_one",
    "take_over",
]
