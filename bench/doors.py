"""
Attack the web server on this machine as strangers might, and see how long the others wait meanwhile.

    python bench/doors.py [--server front] [--server granian]

Each server answers from an empty company of its own, with four threads. During each attack, a page is asked for ten
times; its longest wait is printed (null: it was not answered within 10 seconds), and the bytes that the attack left
on the disk. Granian, which served the pages before, is the peer; it is left out where it is not installed.
"""

import argparse
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS = 10.0
SLOW, MANY = 8, 1500
HUGE_BYTES = 150 << 20
GRANIAN = ["-m", "granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "4", "--no-ws"]
Lines = list[socket.socket]
FORM = (  # the form is read before anybody looks at its token
    f"Host: localhost\r\nCookie: csrftoken={'a' * 32}\r\nContent-Type: multipart/form-data; boundary=x\r\n"
)


def command(server: str, port: int) -> list[str]:
    if server == "front":
        return [sys.executable, "-m", "stammkunde.front", "127.0.0.1", str(port), "4"]
    return [sys.executable, *GRANIAN, "--port", str(port), "--log-level", "error", "stammkunde.wsgi:application"]


def dial(port: int, text: bytes, *, little: bool = False) -> socket.socket:
    line = socket.socket()
    if little:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.settimeout(PATIENCE_SECONDS)
    line.connect(("127.0.0.1", port))
    line.sendall(text)
    return line


def slow_heads(port: int) -> Lines:
    return [dial(port, b"GET / HTTP/1.1\r\nHos") for _one in range(MANY)]


def slow_bodies(port: int) -> Lines:
    head = f"POST /sign-in/ HTTP/1.1\r\n{FORM}Content-Length: 1000\r\n\r\n--x"
    return [dial(port, head.encode()) for _one in range(SLOW)]


def slow_bodies_to_uploads(port: int) -> Lines:
    head = f"POST /imports/upload/ HTTP/1.1\r\n{FORM}Content-Length: 100000000\r\n\r\n--x"
    return [dial(port, head.encode()) for _one in range(SLOW)]


def without_length(port: int) -> Lines:
    head = f"POST /sign-in/ HTTP/1.1\r\n{FORM}Transfer-Encoding: chunked\r\n\r\n3\r\n--x\r\n"
    return [dial(port, head.encode()) for _one in range(SLOW)]


def huge_body(port: int) -> Lines:
    """Send a file to the page where one signs in."""
    head = (
        f"POST /sign-in/ HTTP/1.1\r\n{FORM}"
        f"Content-Length: {HUGE_BYTES}\r\n\r\n--x\r\nContent-Disposition: form-data; name=f; filename=f\r\n\r\n"
    )
    line = dial(port, head.encode())
    try:
        for _block in range(HUGE_BYTES // 65536 - 1):
            line.sendall(b"x" * 65536)
    except OSError:
        pass  # it was refused
    return [line]


ATTACKS: tuple[Callable[[int], Lines], ...] = (
    slow_heads, slow_bodies, slow_bodies_to_uploads, without_length, huge_body,
)  # fmt: skip


def longest_wait(port: int) -> float | None:
    """Ask for a page ten times; give the longest wait in seconds, None if one was in vain."""
    waits = []
    for _one in range(10):
        begun = time.perf_counter()
        try:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
            line.request("GET", "/sign-in/", headers={"Host": "localhost"})
            line.getresponse().read()
            line.close()
        except (OSError, http.client.HTTPException):
            return None
        waits.append(time.perf_counter() - begun)
    return round(max(waits), 3)


def disk_bytes(process: subprocess.Popen[bytes], *folders: Path) -> int:
    """Sum the files below folders, and those without a name that the server and its children keep open."""
    named = sum(one.stat().st_size for folder in folders for one in folder.rglob("*") if one.is_file())
    below = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True, check=False
    )
    pids = [process.pid, *map(int, below.stdout.split())]
    opened = [one for pid in pids for one in Path(f"/proc/{pid}/fd").iterdir()]
    return named + sum(map(_nameless_bytes, opened))


def _nameless_bytes(opened: Path) -> int:
    try:
        return opened.stat().st_size if "(deleted)" in str(opened.readlink()) else 0
    except FileNotFoundError:
        return 0  # closed meanwhile


def attack(server: str) -> None:
    with tempfile.TemporaryDirectory() as place, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port, home, temporary = free.getsockname()[1], Path(place) / "data", Path(place) / "tmp"
        free.close()
        temporary.mkdir()
        own = {"STAMMKUNDE_DATA_DIR": str(home), "DATABASE_URL": "", "TMPDIR": str(temporary)}
        environ = os.environ | own | {"DJANGO_SETTINGS_MODULE": "stammkunde.settings", "PYTHONPATH": str(ROOT / "src")}
        subprocess.run([sys.executable, "-m", "django", "migrate", "-v0"], env=environ, check=True)
        process = subprocess.Popen(command(server, port), env=environ)
        try:
            while longest_wait(port) is None:
                time.sleep(0.2)
            for one in ATTACKS:
                before = disk_bytes(process, home / "uploads", temporary)
                lines = one(port)
                wait = longest_wait(port)
                left = disk_bytes(process, home / "uploads", temporary) - before
                print(
                    json.dumps({"server": server, "attack": one.__name__, "longest_wait_s": wait, "disk_bytes": left})
                )
                for line in lines:
                    line.close()
        finally:
            process.terminate()
            process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", action="append", choices=("front", "granian"))
    for server in parser.parse_args().server or ("front", "granian"):
        if server == "front" or find_spec("granian"):
            attack(server)


if __name__ == "__main__":
    main()
