"""A worker that hands mail over to a server on loopback until it is killed, or dies of what it hands over."""

import os
import signal
import sys
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import OperationalError, connections
from django.utils import timezone

from stammkunde.outreach import paper, policy, working
from stammkunde.outreach.channels import Leaves, Receipt, Rendered
from stammkunde.outreach.channels.email import Email
from stammkunde.outreach.models import Message
from stammkunde.team.models import Company
from tests.outreach.planning import NOW


def work(*, port: int) -> None:
    """Sweep until killed."""
    _set_up(port)
    while True:
        try:
            busy = working.sweep(now=timezone.now())
        except OperationalError as problem:
            sys.stderr.write(f"{problem}\n")
            connections.close_all()
            busy = False
        if not busy:
            time.sleep(0.05)


def die_of(*, port: int, at: str) -> None:
    """Sweep until nothing is due, and die of the poison while it is rendered, or when it is handed over."""
    _set_up(port)
    render, hand_over = Email.render, Email.hand_over

    def deadly(message: Message, now_at: str) -> None:
        if message.content["text"] == "poison" and at == now_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def render_or_die(self: Email, message: Message, house: Company) -> Rendered:
        deadly(message, "render")
        return render(self, message, house)

    def hand_over_or_die(self: Email, message: Message, rendered: Rendered, line: object, leaves: Leaves) -> Receipt:
        leaves()
        deadly(message, "hand_over")
        return hand_over(self, message, rendered, line, leaves)

    Email.render, Email.hand_over = render_or_die, hand_over_or_die
    while working.sweep(now=timezone.now()):
        pass


def die_of_sheets(*, subject: str) -> None:
    """Sweep until nothing is due, and die of setting a file that holds a certain letter."""
    pdf = paper.pdf

    def pdf_or_die(kind: str, *, pieces: Sequence[Any], **more: Any) -> bytes:
        if any(one["subject"] == subject for one in pieces):
            os.kill(os.getpid(), signal.SIGKILL)
        return pdf(kind, pieces=pieces, **more)

    paper.pdf = pdf_or_die
    while working.sweep(now=NOW, clock=lambda: NOW):
        pass


def _set_up(port: int) -> None:
    settings.EMAIL_BACKEND = "stammkunde.outreach.smtp.Backend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, False
    settings.EMAIL_HOST_USER, settings.EMAIL_IS_SET, settings.EMAIL_TIMEOUT = "", True, 20
    settings.PUBLIC_URL = "https://kunden.example"
    policy.FIRST_BACK_OFF = timedelta(seconds=0.2)
