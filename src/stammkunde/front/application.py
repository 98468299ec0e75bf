"""A request's way: its body, whoever may send it, a thread that answers it, and the answer."""

import asyncio
import io
import logging
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation

from stammkunde.front import bodies, gate
from stammkunde.front.answers import BLOCK_BYTES, Answer, File, Gone, Send
from stammkunde.front.bodies import Arriving, Left, Receive
from stammkunde.ui import bodies as limits

log = logging.getLogger(__name__)
Wsgi = Callable[..., Any]


class Front:
    """Stands before a WSGI application, as an ASGI application."""

    def __init__(self, pages: Wsgi, *, threads: int, folder: Path) -> None:
        self._pages = pages
        self._folder = folder  # of answers that are read more slowly than they are written
        self._threads = ThreadPoolExecutor(threads, "page")
        self._uploads = ThreadPoolExecutor(threads, "upload")

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        environ = environment(scope)
        try:
            await self._answer(environ, scope, receive, send)
        except Left:
            return
        except limits.Refused as refusal:
            with translation.override(gate.language(environ)):
                text = str(refusal)
            await _refuse(refusal.status, text, receive, send)

    async def _answer(self, environ: dict[str, Any], scope: dict[str, Any], receive: Receive, send: Send) -> None:
        size, view = _size(environ), gate.view_of(environ["PATH_INFO"])
        is_for_files = limits.is_for_files(view)
        if not is_for_files and (size is None or size <= limits.SMALL_BYTES):
            await self._read(environ, receive, send, limit=limits.SMALL_BYTES)
            return
        if size is None:
            raise limits.without_length()
        if size > (limit := limits.most(view)):
            raise limits.too_large(limit)
        await asyncio.get_running_loop().run_in_executor(self._threads, _ask_for, environ, view)
        if is_for_files:
            scope["state"]["is_let_in"] = True
            await self._bring(environ, receive, send, size=size)
            return
        bodies.MEMORY.take(size)
        try:
            await self._read(environ, receive, send, limit=size)
        finally:
            bodies.MEMORY.free(size)

    async def _read(self, environ: dict[str, Any], receive: Receive, send: Send, *, limit: int) -> None:
        """Answer a request of which the body is read beforehand."""
        body = await bodies.read(receive, limit=limit)
        environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        answer = Answer(self._folder)
        self._threads.submit(_work, self._pages, environ, answer)
        watching = asyncio.ensure_future(_watch(receive, answer))
        try:
            is_whole = await answer.leave(send)
        finally:
            watching.cancel()
        if is_whole:
            await send({"type": "http.response.body"})

    async def _bring(self, environ: dict[str, Any], receive: Receive, send: Send, *, size: int) -> None:
        """Answer a request of which the body goes to its place while it arrives."""
        arriving = Arriving(receive, size_bytes=size)
        environ["wsgi.input"] = io.BufferedReader(arriving, BLOCK_BYTES)
        answer = Answer(self._folder)
        self._uploads.submit(_work, self._pages, environ, answer)
        if not await answer.leave(send):
            return
        if not arriving.is_whole:
            await bodies.drain(receive)
        await send({"type": "http.response.body"})


def environment(scope: dict[str, Any]) -> dict[str, Any]:
    """Give a request's head as WSGI wants it; a header with a line below would pass for one that a proxy sets."""
    client, server = scope.get("client") or ("", 0), scope.get("server") or ("localhost", 80)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": File,
    }
    for name, value in scope["headers"]:
        if b"_" not in name:
            key = name.decode("latin-1").upper().replace("-", "_")
            key = key if key in {"CONTENT_LENGTH", "CONTENT_TYPE"} else f"HTTP_{key}"
            text = value.decode("latin-1")
            environ[key] = f"{environ[key]}{';' if key == 'HTTP_COOKIE' else ','}{text}" if key in environ else text
    return environ


def _size(environ: dict[str, Any]) -> int | None:
    """Give the size of the body that is to come; None: nobody says."""
    if "HTTP_TRANSFER_ENCODING" in environ:
        return None
    return int(environ.get("CONTENT_LENGTH") or 0)  # h11 has seen to it that it is a number


def _ask_for(environ: dict[str, Any], view: Callable[..., Any] | None) -> None:
    if view is None:
        raise limits.not_signed_in()
    gate.refuse_strangers(environ, view)


def _work(pages: Wsgi, environ: dict[str, Any], answer: Answer) -> None:
    """Answer a request, in a thread; nobody works for whoever has gone while waiting for one."""
    if answer.is_gone:
        return
    with suppress(Gone):
        try:
            response = pages(environ, answer.begin)
            if isinstance(response, File):
                answer.give(response)
                return
            try:
                for block in response:
                    answer.write(block)
            finally:
                response.close()
            answer.end()
        except Gone:
            raise
        except BaseException:
            log.exception("path=%s broke off", environ["PATH_INFO"])
            answer.break_off()


async def _watch(receive: Receive, answer: Answer) -> None:
    """Stop whoever writes an answer when nobody waits for it any more."""
    while (await receive())["type"] != "http.disconnect":
        pass
    answer.abandon()


async def _refuse(status: int, why: str, receive: Receive, send: Send) -> None:
    text = why.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(text)).encode()),
        (b"connection", b"close"),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text, "more_body": True})
    await bodies.drain(receive)
    await send({"type": "http.response.body"})


def front(*, threads: int) -> Front:
    """Stand before the pages."""
    from stammkunde.wsgi import application  # noqa: PLC0415 - loads all of them

    folder = Path(settings.UPLOAD_DIR)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    gate.view_of("/")  # the map of addresses is loaded before anybody asks
    return Front(application, threads=threads, folder=folder)
