"""Bodies on their way in: counted, timed, and whole before anybody works on them; files go on while they come."""

import asyncio
import io
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from stammkunde.ui import bodies as limits

BODY_SECONDS = 30.0  # for what everybody may send
STALL_SECONDS = 30.0  # without a byte of what is larger
LEAST_BYTES_PER_SECOND = 8 << 10  # of a larger body
MOST_IN_MEMORY_BYTES = 256 << 20  # of all larger bodies that are arriving
REST_SECONDS = 2.0
Receive = Callable[[], Awaitable[dict[str, Any]]]


class Left(Exception):
    """Whoever sent the request is gone."""


class Memory:
    """Counts what bodies that are arriving take, so that many at once are refused before memory runs out."""

    def __init__(self) -> None:
        self.taken_bytes = 0

    def take(self, size_bytes: int) -> None:
        """
        Count so many bytes more.

        :raises Refused: if there are too many already
        """
        if self.taken_bytes + size_bytes > MOST_IN_MEMORY_BYTES:
            raise limits.busy()
        self.taken_bytes += size_bytes

    def free(self, size_bytes: int) -> None:
        self.taken_bytes -= size_bytes


MEMORY = Memory()


def seconds(size_bytes: int) -> float:
    """Give how long a body of this size may take."""
    return BODY_SECONDS if size_bytes <= limits.SMALL_BYTES else STALL_SECONDS + size_bytes / LEAST_BYTES_PER_SECOND


async def read(receive: Receive, *, limit: int) -> bytes:
    """
    Read a body whole.

    :raises Refused: if it is longer than the limit, or takes too long
    :raises Left: if it is broken off
    """
    found = bytearray()
    try:
        async with asyncio.timeout(seconds(limit)):
            while True:
                block, is_last = await _next(receive)
                found += block
                if len(found) > limit:
                    raise limits.too_large(limit)
                if is_last:
                    return bytes(found)
    except TimeoutError:
        raise limits.too_slow() from None


async def _next(receive: Receive) -> tuple[bytes, bool]:
    """Give the next piece of a body, and whether it is the last."""
    async with asyncio.timeout(STALL_SECONDS):
        message = await receive()
    if message["type"] == "http.disconnect":
        raise Left
    return message.get("body", b""), not message.get("more_body", False)


async def drain(receive: Receive) -> None:
    """Take in a little more of a body that was refused: whoever still sends reads no answer."""
    with suppress(TimeoutError, Left):
        async with asyncio.timeout(REST_SECONDS):
            while not (await _next(receive))[1]:
                pass


class Arriving(io.RawIOBase):
    """A body that a thread reads while it arrives: files of people who may bring some."""

    def __init__(self, receive: Receive, *, size_bytes: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._receive = receive
        self._until = self._loop.time() + seconds(size_bytes)
        self._left = b""
        self.is_whole = False

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int:
        """
        Give the next bytes, as many as there are, none at the end.

        :raises OSError: if it is broken off, or takes too long
        """
        if not self._left and not self.is_whole:
            try:
                self._left = asyncio.run_coroutine_threadsafe(self._more(), self._loop).result()
            except (TimeoutError, Left, RuntimeError) as problem:
                raise OSError("the upload was broken off") from problem
        size = min(len(room), len(self._left))
        room[:size] = self._left[:size]
        self._left = self._left[size:]
        return size

    async def _more(self) -> bytes:
        async with asyncio.timeout_at(self._until):
            while True:
                block, self.is_whole = await _next(self._receive)
                if block or self.is_whole:
                    return block
