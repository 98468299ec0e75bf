"""Connections: dropped where the other side dawdles, and the one that dawdles longest where there are many."""

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 15.0  # for a head, from the first moment of the connection
KEPT_SECONDS = 30  # without a request; then it is closed
REST_SECONDS = 45.0  # for the next head, or for the rest of an answer that is written
STALL_SECONDS = 30.0  # in which the 48 kB between full and nearly empty must be read
MOST = 2000


class Connection(H11Protocol):
    """A connection with a deadline for whatever the other side must do next."""

    transport: asyncio.Transport
    deadline: asyncio.TimerHandle | None = None
    since = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.since = self.loop.time()
        self._give(HEAD_SECONDS)
        if len(self.connections) > MOST:
            self._make_room()

    def handle_events(self) -> None:
        super().handle_events()
        if self._is_at_work and not self.flow.write_paused:
            self._settle()

    def on_response_complete(self) -> None:
        self.since = self.loop.time()
        self._give(REST_SECONDS)
        super().on_response_complete()

    def pause_writing(self) -> None:
        super().pause_writing()
        self.since = self.loop.time()
        self._give(STALL_SECONDS)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._is_at_work:
            self._settle()

    def connection_lost(self, exc: Exception | None) -> None:
        self._settle()
        super().connection_lost(exc)

    @property
    def _is_at_work(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    @property
    def _may_go(self) -> bool:
        """Tell whether we wait for the other side, with no file of somebody who may bring it."""
        if not self._is_at_work or self.flow.write_paused:
            return True
        return self.cycle.more_body and not self.cycle.scope["state"].get("is_let_in")

    def _make_room(self) -> None:
        """Drop whichever dawdles longest; who reads an answer dawdles from the moment at which it is not taken up."""
        others = [cast("Connection", one) for one in self.connections if one is not self]
        if waiting := [one for one in others if one._may_go]:  # noqa: SLF001 - our own kind
            min(waiting, key=lambda one: one.since).transport.abort()

    def _give(self, seconds: float) -> None:
        self._settle()
        self.deadline = self.loop.call_later(seconds, self._drop)

    def _settle(self) -> None:
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None

    def _drop(self) -> None:
        self.deadline = None
        self.transport.abort()


def options() -> dict[str, Any]:
    """Give how the server is to run its connections."""
    return {
        "http": Connection,
        "ws": "none",
        "lifespan": "off",
        "proxy_headers": False,  # Django reads them, where the installation says that there is a proxy
        "server_header": False,
        "access_log": False,
        "log_config": None,
        "timeout_keep_alive": KEPT_SECONDS,
        "timeout_graceful_shutdown": 5,
        "h11_max_incomplete_event_size": 32 << 10,
    }
