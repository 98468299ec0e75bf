"""An answer on its way: written by a thread as fast as it can, sent by the loop as fast as it is read."""

import asyncio
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

IN_MEMORY_BYTES = 1 << 20  # what is written further goes to disk
BLOCK_BYTES = 64 << 10
Send = Callable[[dict[str, Any]], Awaitable[None]]


class Gone(Exception):
    """Whoever asked is no longer there: nobody needs the rest of the answer."""


class File:
    """What a view answers with a file that lies there already (`wsgi.file_wrapper`): the loop reads it by itself."""

    def __init__(self, file: BinaryIO, _block_bytes: int = BLOCK_BYTES) -> None:
        self.file = file

    def __iter__(self) -> Iterator[bytes]:
        while block := self.file.read(BLOCK_BYTES):
            yield block

    def close(self) -> None:
        self.file.close()


class Answer:
    """Head and body of an answer: a thread writes it, the loop lets it leave."""

    def __init__(self, folder: Path) -> None:
        self._loop = asyncio.get_running_loop()
        self._more = asyncio.Event()
        self._lock = threading.Lock()
        self._folder = folder
        self._kept: Any = None  # what is written and not sent
        self._sent = self._written = 0
        self._file: File | None = None
        self._head: dict[str, Any] | None = None
        self._is_whole = self._is_broken = self.is_gone = False

    # --- the thread's side

    def begin(self, status: str, headers: list[tuple[str, str]], _problem: object = None) -> Callable[[bytes], None]:
        """Take status and headers, as WSGI's `start_response`."""
        given = [(name.lower().encode("latin-1"), value.strip().encode("latin-1")) for name, value in headers]
        self._head = {"type": "http.response.start", "status": int(status[:3]), "headers": given}
        return self.write

    def write(self, block: bytes) -> None:
        """
        Take a piece of the body.

        :raises Gone: if nobody reads any more
        """
        with self._lock:
            if self.is_gone:
                raise Gone
            if self._kept is None:
                self._kept = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES, dir=str(self._folder))  # noqa: SIM115 - `leave` closes
            self._kept.seek(self._written)
            self._kept.write(block)
            self._written += len(block)
        self._tell()

    def give(self, file: File) -> None:
        """
        Take a file that is the body.

        :raises Gone: if nobody reads any more
        """
        with self._lock:
            if self.is_gone:
                file.close()
                raise Gone
            self._file = file
        self.end()

    def end(self) -> None:
        self._is_whole = True
        self._tell()

    def break_off(self) -> None:
        self._is_broken = True
        self._tell()

    def _tell(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._more.set)
        except RuntimeError:  # the server has stopped
            raise Gone from None

    # --- the loop's side

    def abandon(self) -> None:
        """Let both sides know that nobody reads any more."""
        self.is_gone = True
        self._more.set()

    async def leave(self, send: Send) -> bool:
        """Send the answer while it is written, and tell whether it left whole."""
        try:
            return await self._leave(send)
        finally:
            self.abandon()
            with self._lock:
                if self._file is not None:
                    self._file.close()
                if self._kept is not None:
                    self._kept.close()

    async def _leave(self, send: Send) -> bool:
        has_begun = False
        while True:
            await self._more.wait()
            self._more.clear()
            if self.is_gone:
                return False
            if self._head is not None and not has_begun:
                await send(self._head)
                has_begun = True
            while not self.is_gone and (block := self._next()):
                await send({"type": "http.response.body", "body": block, "more_body": True})
            if self._is_broken:
                return False
            if self._is_whole and self._sent == self._written:
                for block in self._file or ():
                    if self.is_gone:
                        return False
                    await send({"type": "http.response.body", "body": block, "more_body": True})
                return True

    def _next(self) -> bytes:
        """Give the next piece; what is read whole makes room for what comes."""
        with self._lock:
            if self._sent == self._written:
                return b""
            self._kept.seek(self._sent)
            block: bytes = self._kept.read(BLOCK_BYTES)
            self._sent += len(block)
            if self._sent == self._written:
                self._kept.seek(0)
                self._kept.truncate()
                self._sent = self._written = 0
            return block
