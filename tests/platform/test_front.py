"""The web server under attack: whoever dawdles or sends too much holds nothing that others need."""

import asyncio
import http.client
import socket
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from multiprocessing import process, util

import pytest
import uvicorn

from stammkunde.front import __main__ as web
from stammkunde.front import application, bodies, connections, gate
from stammkunde.front.answers import Answer, File, Gone
from stammkunde.front.application import Front
from tests import processes

PATIENCE_SECONDS = 20
HUGE_BYTES = 16 << 20  # more than sockets hold
MANY = 8  # more than there are threads


def pages(environ, start_response):
    """Answer as the pages do, and say what arrived."""
    path = environ["PATH_INFO"]
    if path == "/large":
        start_response("200 OK", [("Content-Type", "text/plain")])
        return Large()
    if path == "/huge":
        start_response("200 OK", [("Content-Length", str(HUGE_BYTES))])
        return environ["wsgi.file_wrapper"](BytesIO(bytes(HUGE_BYTES)))
    if path == "/file":
        start_response("200 OK", [("Content-Length", "300000")])
        return environ["wsgi.file_wrapper"](BytesIO(b"f" * 300_000))
    seen, size = environ.get("HTTP_X_FORWARDED_FOR", "nothing"), len(environ["wsgi.input"].read())
    text = seen if path == "/head" else str(size)
    start_response("200 OK", [("Content-Length", str(len(text))), ("Set-Cookie", " a=b")])
    return Blocks([text.encode()])


def test_whoever_has_gone_before_the_answer_leaves_nothing_behind(tmp_path):
    async def gone():
        answer = Answer(tmp_path)
        leaving = asyncio.ensure_future(answer.leave(None))
        await asyncio.sleep(0)
        answer.abandon()
        assert await asyncio.wait_for(leaving, PATIENCE_SECONDS) is False
        file = BytesIO(b"f")
        for late in (lambda: answer.write(b"x"), lambda: answer.give(File(file))):
            with pytest.raises(Gone):
                late()
        assert file.closed

    with ThreadPoolExecutor(1) as beside:  # a browser of the tests may have a loop of its own here
        beside.submit(asyncio.run, gone()).result()


class Blocks(list):
    def close(self):
        pass


class Large:
    """An answer of 32 MB that counts how far it is written."""

    written = 0

    def __iter__(self):
        Large.written = 0
        for _block in range(32):
            yield b"x" * 2**20
            Large.written += 1

    def close(self):
        pass


@pytest.fixture
def serve(monkeypatch, tmp_path):
    """Serve with one thread and short deadlines; give the port."""
    monkeypatch.setattr(bodies, "REST_SECONDS", 0.2)
    for name, seconds in {"HEAD_SECONDS": 0.5, "REST_SECONDS": 0.5, "STALL_SECONDS": 0.5}.items():
        monkeypatch.setattr(connections, name, seconds)
    started = []

    def start(app=None):
        listening = socket.create_server(("127.0.0.1", 0))
        front = app or (lambda: Front(pages, threads=1, folder=tmp_path))
        config = uvicorn.Config(Late(front), **connections.options())
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        started.append((server, thread))
        return listening.getsockname()[1]

    yield start
    for server, thread in started:
        server.should_exit = server.force_exit = True
        thread.join(PATIENCE_SECONDS)


class Late:
    """The front, made in the loop that runs it."""

    def __init__(self, make):
        self.make, self.made = make, None

    async def __call__(self, scope, receive, send):
        self.made = self.made or self.make()
        await self.made(scope, receive, send)


def dial(port, text=b"", *, little=False):
    line = socket.socket()
    if little:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.settimeout(PATIENCE_SECONDS)
    line.connect(("127.0.0.1", port))
    line.sendall(text)
    return line


def ask(port, path="/", body=None, headers=None):
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    line.request("POST" if body is not None else "GET", path, body=body, headers=headers or {})
    answer = line.getresponse()
    found = answer.status, answer.read()
    line.close()
    return found


def rest(line):
    """Read until the other side ends it."""
    found = b""
    try:
        while block := line.recv(65536):
            found += block
    except ConnectionResetError:
        pass
    finally:
        line.close()
    return found


def test_requests_go_through_and_the_connection_is_kept(serve):
    line = http.client.HTTPConnection("127.0.0.1", serve(), timeout=PATIENCE_SECONDS)

    for body, said in ((b"abc", b"3"), (None, b"0"), (iter([b"ab", b"cd"]), b"4"), (b"x" * 60_000, b"60000")):
        line.request("POST" if body else "GET", "/size", body=body)
        answer = line.getresponse()
        assert (answer.status, answer.read(), answer.headers["Set-Cookie"]) == (200, said, "a=b")
    line.close()


def test_files_and_answers_that_are_larger_than_memory_arrive_whole(serve):
    port = serve()

    assert ask(port, "/file") == (200, b"f" * 300_000)
    assert ask(port, "/large") == (200, b"x" * (32 << 20))


def test_headers_that_pass_for_a_proxys_are_dropped(serve):
    port = serve()

    assert ask(port, "/head", headers={"X_Forwarded_For": "1.2.3.4"}) == (200, b"nothing")
    assert ask(port, "/head", headers={"X-Forwarded-For": "1.2.3.4"}) == (200, b"1.2.3.4")


def serve_until_told(*, folder, port):
    """Serve as `stammkunde serve` does, with a folder as readers of files have one."""
    tempfile.tempdir = str(folder)
    process.current_process()._config.pop("tempdir", None)
    util.get_temp_dir()
    application.front = lambda *, threads: Late(lambda: Front(pages, threads=threads, folder=folder))
    web.main("127.0.0.1", str(port), "1")


def test_a_stop_leaves_no_temporary_folder_behind(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = processes.start(serve_until_told, folder=tmp_path, port=port)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (answer := _asked(port)):
        assert time.monotonic() < deadline
    assert answer == (200, b"0")
    assert [path.name[:5] for path in tmp_path.iterdir()] == ["pymp-"]

    server.terminate()
    server.join(PATIENCE_SECONDS)

    assert server.exitcode == 0
    assert list(tmp_path.iterdir()) == []


def _asked(port):
    try:
        return ask(port)
    except OSError:
        return None


def test_slow_heads_are_dropped(serve):
    port = serve()
    lines = [dial(port, b"GET / HTTP/1.1\r\nHo") for _one in range(MANY)]

    assert ask(port) == (200, b"0")
    assert [rest(line) for line in lines] == [b""] * MANY


def test_slow_bodies_hold_no_thread_and_are_told(serve, monkeypatch):
    monkeypatch.setattr(bodies, "BODY_SECONDS", 1.0)
    port = serve()
    lines = [dial(port, b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nab") for _one in range(MANY)]

    assert ask(port) == (200, b"0")
    assert {rest(line).split(b"\r\n")[0] for line in lines} == {b"HTTP/1.1 408 Request Timeout"}


def test_slow_reading_holds_no_thread_and_is_dropped(serve, monkeypatch):
    dropped, drop = threading.Semaphore(0), connections.Connection._drop
    monkeypatch.setattr(connections.Connection, "_drop", lambda line: (drop(line), dropped.release()))
    port = serve()
    lines = [dial(port, b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n", little=True) for _one in range(3)]

    assert ask(port) == (200, b"0"), "three answers of 32 MB are written, though nobody reads them"
    assert all(dropped.acquire(timeout=PATIENCE_SECONDS) for _line in lines)
    assert all(len(rest(line)) < 32 << 20 for line in lines)


def test_many_that_dawdle_make_room_for_who_does_not(serve, monkeypatch):
    monkeypatch.setattr(connections, "MOST", 4)
    monkeypatch.setattr(connections, "HEAD_SECONDS", 600.0)
    port = serve()
    lines = [dial(port, b"GET / HT") for _one in range(MANY)]

    assert ask(port) == (200, b"0")
    assert rest(lines[0]) == b"", "the first has waited longest"
    for line in lines[1:]:
        line.close()


def test_many_that_read_slowly_make_room_as_well(serve, monkeypatch):
    monkeypatch.setattr(connections, "MOST", 4)
    monkeypatch.setattr(connections, "STALL_SECONDS", 600.0)
    port = serve()
    lines = [dial(port, b"GET /huge HTTP/1.1\r\nHost: a\r\n\r\n", little=True) for _one in range(MANY)]

    assert ask(port) == (200, b"0")
    assert len(rest(lines[0])) < HUGE_BYTES, "the first has waited longest"
    for line in lines[1:]:
        line.close()


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/sign-in/", 150 << 20, 413),
        ("/sign-in/", 100 << 10, 401),
        ("/imports/upload/", 150 << 20, 401),
        ("/imports/upload/", 10, 401),
        ("/api/v1/imports", 150 << 20, 401),
        ("/api/v1/rows/orders", 1 << 20, 401),
        ("/nowhere/", 100 << 10, 413),
    ],
)
def test_more_than_a_little_is_refused_unread(serve, path, size, status, tmp_path):
    port = serve()
    line = dial(port, f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n".encode())

    found = rest(line)

    assert found.startswith(f"HTTP/1.1 {status} ".encode())
    assert found.split(b"\r\n\r\n", 1)[1].endswith(b".")
    assert list(tmp_path.iterdir()) == []


def test_a_body_without_length_is_counted(serve):
    port = serve()
    head = b" HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    line = dial(port, b"POST /sign-in/" + head)
    block = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"

    line.sendall(block + block)

    assert rest(line).startswith(b"HTTP/1.1 413 ")
    assert rest(dial(port, b"POST /imports/upload/" + head)).startswith(b"HTTP/1.1 411 ")


def test_files_of_who_may_bring_them_go_on_while_they_arrive(serve, monkeypatch):
    monkeypatch.setattr(gate, "refuse_strangers", lambda environ, view: None)
    port = serve()
    line = dial(port, b"POST /imports/upload/ HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n" + b"x" * 100_000)

    assert ask(port, "/size") == (200, b"0"), "uploads have threads of their own"
    line.sendall(b"x" * 200_000)

    assert line.recv(65536).startswith(b"HTTP/1.1 200 OK")
    line.close()


def test_an_upload_that_breaks_off_ends_its_thread(serve, monkeypatch):
    monkeypatch.setattr(gate, "refuse_strangers", lambda environ, view: None)
    port = serve()
    head = b"POST /imports/upload/ HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n"

    dial(port, head + b"x").close()

    assert rest(dial(port, head.replace(b"Host", b"Connection: close\r\nHost") + b"xyz")).endswith(b"\r\n\r\n3")
