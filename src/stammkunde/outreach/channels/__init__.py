"""
The ways to reach somebody: one small file each, with the same few methods (`Channel`).

`docs/develop/channels.md` tells how to add one; `tests/outreach/test_channels.py` asks the same of all.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any, Protocol

from stammkunde.customers.models import ContactPerson, Customer
from stammkunde.outreach.models import Message
from stammkunde.team.models import Company

Leaves = Callable[[], None]
NAMES = ("email", "call", "webhook", "letter", "postcard")


class TemporaryFailure(Exception):
    """It did not leave, and may later: it is tried again until the message expires."""


class ChannelDown(TemporaryFailure):
    """Nothing at all can leave this way at the moment; the others of the batch need not be tried."""


class PermanentFailure(Exception):
    """It did not leave, and never will."""


class BadAddress(PermanentFailure):
    """The other side says that there is no such address; nothing is sent there again."""


class Unclear(Exception):
    """It may have left: the connection broke before the other side answered."""


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """What leaves: made before anything is handed over, so that what cannot be made harms nobody."""

    address: str
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What the other side said on taking it."""

    provider_id: str = ""
    cost_cents: int | None = None


class Channel(Protocol):
    """
    A way to reach somebody.

    `reaches` is what the customer allows or forbids, `disturbs` says whether quiet hours and holidays hold, `collects`
    that messages wait for a print run instead of leaving one by one, and `repeatable` that the other side recognises a
    message by its key, so that handing it over again is harmless.
    """

    name: str
    reaches: str
    disturbs: bool
    collects: bool
    repeatable: bool

    def missing(self, company: Company) -> str:
        """Give a code for what must be set up before anything can leave; empty where nothing is missing."""

    def parallel(self) -> int:
        """Tell how many messages may leave at the same time."""

    def address(self, customer: Customer, person: ContactPerson | None) -> str:
        """Give where the person is reached, normalised; empty where that is unknown."""

    def per_minute(self) -> int | None:
        """Tell how many of one group may leave in a minute; None: nothing limits it."""

    def group(self, message: Message) -> str:
        """Give what shares that rate, a mail domain for instance."""

    def render(self, message: Message, company: Company) -> Rendered:
        """Make what leaves, dated `message.rendered_at`. May read the database."""

    def line(self) -> AbstractContextManager[Any]:
        """Open what many messages share, a connection for instance; for one thread."""

    def hand_over(self, message: Message, rendered: Rendered, line: Any, leaves: Leaves) -> Receipt:
        """
        Give it to the other side. Where `parallel` is above 1, in a thread that must not touch the database.

        Calls `leaves` right before anything can have left: what a killed worker had not said leaves once more.

        :raises TemporaryFailure: if it did not leave and may later
        :raises PermanentFailure: if it did not leave and never will
        :raises Unclear: if nobody can tell
        """


@cache
def get(name: str) -> Channel:
    """
    Give a channel by its name.

    :raises KeyError: if there is none
    """
    if name not in NAMES:
        raise KeyError(f"There is no channel {name!r}; there are: {', '.join(NAMES)}.")
    channel: Channel = import_module(f"stammkunde.outreach.channels.{name}").CHANNEL
    return channel


def every() -> list[Channel]:
    """Give all channels."""
    return [get(name) for name in NAMES]


@cache
def collecting() -> tuple[str, ...]:
    """Name the channels whose messages wait for a print run."""
    return tuple(one.name for one in every() if one.collects)
