"""The installation as a whole: real processes, a database of their own, a free port."""

import fcntl
import gzip
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

PATIENCE_SECONDS = 150  # a busy machine is no failure


@pytest.fixture
def port():
    return _free_port()


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def home(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def serve(home, port, tmp_path):
    """Start `stammkunde serve`; whatever a test leaves running is killed."""
    started = []

    def start(port=port):
        log = (tmp_path / f"log-{len(started)}").open("w+", encoding="utf-8")
        command = [sys.executable, "-m", "stammkunde", "serve", "--port", str(port)]
        process = subprocess.Popen(
            command,
            env=_environment(home),
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd=tmp_path,
        )
        started.append((process, log))
        return process, Path(log.name)

    yield start
    for process, log in started:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=20)
        log.close()


def _environment(home):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STAMMKUNDE_")}
    return kept | {"STAMMKUNDE_DATA_DIR": str(home), "DATABASE_URL": "", "PYTHONPATH": os.pathsep.join(sys.path)}


def _until(what, reason):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if answer := what():
            return answer
        time.sleep(0.1)
    raise AssertionError(f"waited in vain: {reason}")


def _health(port):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/")
        return json.loads(connection.getresponse().read())
    except OSError:
        return None
    finally:
        connection.close()


def _answer(port, path):
    """Give the headers and the text of an answer, which must be compressed."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    content = gzip.decompress(answer.read()).decode()
    connection.close()
    return answer.headers, content


def _is_well(port):
    return (_health(port) or {}).get("status") == "ok"


def _workers(home):
    folder = home / "workers"
    return {int(path.name.rsplit("-", 1)[1]) for path in folder.iterdir()} if folder.is_dir() else set()


def _lives(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"


@pytest.mark.long
def test_serve_answers_restarts_a_killed_worker_and_ends_when_told(serve, home, port):
    process, log = serve()
    _until(lambda: _is_well(port), "the pages do not answer")
    (first,) = _workers(home)
    _headers, page = _answer(port, "/sign-in/")
    kept, _sheet = _answer(port, re.search(r'href="(/static/[^"]+\.css)"', page)[1])
    assert "immutable" in kept["Cache-Control"]
    assert b"pydantic_core" not in Path(f"/proc/{process.pid}/maps").read_bytes(), "the parent loads no Django"

    os.kill(first, signal.SIGKILL)
    second = _until(lambda: next(iter(_workers(home) - {first}), None), "no new worker")
    _until(lambda: "Stop with Ctrl-C." in log.read_text(encoding="utf-8"), "the address is not said")
    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=15) == 0
    assert not _lives(second)
    assert _health(port) is None
    assert _workers(home) == {first}, "the worker that ended by itself has signed off"


@pytest.mark.long
def test_two_first_starts_at_once_make_one_installation_and_tell_its_password_once(serve, home, port):
    home.mkdir(mode=0o755)
    with (home / "starting").open("a") as third:
        fcntl.flock(third, fcntl.LOCK_EX)
        (process, log), (other, other_log) = serve(), serve(port=_free_port())
        logs = [log, other_log]
        for one in logs:
            _until(lambda one=one: "Another start is at work" in one.read_text(encoding="utf-8"), "it does not wait")
    for one in logs:
        _until(lambda one=one: "Stop with Ctrl-C." in one.read_text(encoding="utf-8"), "the address is not said")
    for one in (process, other):
        one.send_signal(signal.SIGINT)
        assert one.wait(timeout=15) == 0
    said = [one.read_text(encoding="utf-8") for one in logs]

    assert sum("shown this once" in one for one in said) == 1
    assert sum("stammkunde staff password EMAIL" in one for one in said) == 1
    assert "Traceback" not in "".join(said)
    (password,) = (one.split("Password")[1].split()[0] for one in said if "shown this once" in one)
    files = [path for path in home.rglob("*") if path.is_file()]
    assert [path for path in files if password.encode() in path.read_bytes()] == [], "in clear"
    assert [path for path in (home, *files) if path.stat().st_mode & 0o077] == [], "open to others"


@pytest.mark.long
def test_serve_that_is_killed_leaves_no_orphans_and_starts_anew_at_once(serve, home, port):
    process, _log = serve()
    _until(lambda: _is_well(port), "the pages do not answer")
    (worker,) = _workers(home)

    with socket.create_connection(("127.0.0.1", port)) as sending:
        sending.sendall(b"POST /sign-in/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900\r\n\r\nemail=eva")
        process.kill()
        process.wait()
        again, log = serve()
        _until(lambda: "Stop with Ctrl-C." in log.read_text(encoding="utf-8"), "it does not start anew")

    assert again.poll() is None
    assert not _lives(worker)
    assert _is_well(port)


def test_serve_refuses_a_port_that_is_taken(home, port):
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        command = [sys.executable, "-m", "stammkunde", "serve", "--port", str(port)]
        ended = subprocess.run(command, env=_environment(home), capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert f"Error: Cannot listen on 127.0.0.1:{port}" in ended.stderr
    assert "Traceback" not in ended.stderr
