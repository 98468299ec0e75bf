"""A worker in a process of its own that dies of one template, whatever it does with it."""

import os
import signal
from typing import Any

from django.utils import timezone

from stammkunde.plays import working
from stammkunde.plays.services import preparing, thanking


def die_of(*, play_id: int) -> None:
    """Do what is due, and die of one play: while its customers are chosen, enrolled, asked about or planned."""
    for module, name in ((preparing, "recipients"), (thanking, "recipients"), (preparing, "plan")):
        setattr(module, name, _deadly(getattr(module, name), play_id))
    while any([working.choose(now=timezone.now()), working.sweep(now=timezone.now())]):
        pass


def _deadly(whole: Any, play_id: int) -> Any:
    def die(play: Any, *given: Any, **named: Any) -> Any:
        if play.pk == play_id:
            os.kill(os.getpid(), signal.SIGKILL)
        return whole(play, *given, **named)

    return die
