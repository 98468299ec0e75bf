"""An installation of its own, served for real, and a browser that looks at it."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest


@pytest.fixture
def installation(tmp_path):
    """Serve a new installation; gives its address, the password of the first start, and its database."""
    data, log = tmp_path / "data", tmp_path / "log"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("STAMMKUNDE_")}
    environment |= {"STAMMKUNDE_DATA_DIR": str(data), "DATABASE_URL": "", "PYTHONPATH": os.pathsep.join(sys.path)}
    with log.open("w", encoding="utf-8") as out:
        served = subprocess.Popen(
            [sys.executable, "-m", "stammkunde", "serve", "--port", str(port)],
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd=tmp_path,
        )
        try:
            yield f"http://127.0.0.1:{port}", _password(log, served), data / "stammkunde.sqlite3"
        finally:
            served.send_signal(signal.SIGTERM)
            served.wait(timeout=30)


def _password(log: Path, served: subprocess.Popen) -> str:
    for _ in range(240):
        found = re.search(r"Passwor[td]\s+(\S+)", log.read_text(encoding="utf-8"))
        if found:
            return found[1]
        assert served.poll() is None, log.read_text(encoding="utf-8")
        time.sleep(0.5)
    raise AssertionError(log.read_text(encoding="utf-8"))


@pytest.fixture
def page(chromium, installation, tmp_path):
    complaints: list[str] = []
    context = chromium.new_context(base_url=installation[0], locale="de-DE", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.on("console", lambda said: complaints.append(f"{said.text} {said.location}") if said.type == "error" else None)
    yield page
    context.close()
    assert complaints == [], (tmp_path / "log").read_text(encoding="utf-8")[-8000:]  # what the server said about it
