"""What changes messages: planning, arranging, claiming and handing over, and what people and providers say later."""

from stammkunde.outreach.services.claiming import begin, claim, record, release, take_over
from stammkunde.outreach.services.holding_out import hold_out
from stammkunde.outreach.services.later import (
    count_as_sent,
    lift_undeliverable,
    note_bounce,
    note_complaint,
    note_delivery,
    send_again,
    stop,
)
from stammkunde.outreach.services.planning import KeyTaken, Plan, forecast, plan_message, plan_messages
from stammkunde.outreach.services.settling import look_again, settle

__all__ = [
    "KeyTaken",
    "Plan",
    "begin",
    "claim",
    "count_as_sent",
    "forecast",
    "hold_out",
    "lift_undeliverable",
    "look_again",
    "note_bounce",
    "note_complaint",
    "note_delivery",
    "plan_message",
    "plan_messages",
    "record",
    "release",
    "send_again",
    "settle",
    "stop",
    "take_over",
]
