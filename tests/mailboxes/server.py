"""A mail server of a few lines on loopback: enough of IMAP to sign in, look for mails and read them."""

import base64
import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from stammkunde.mailbox import imap

PASSWORD = "gehéim"


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.mails: dict[int, bytes] = {}
        self.arrived: dict[int, date] = {}  # the others just now
        self.validity = 7
        self.asked: list[str] = []
        self.claims: int | None = None  # what it says of a mail's size instead of the truth

    @property
    def address(self) -> imap.Address:
        return imap.Address(
            host="127.0.0.1", port=self.server_address[1], tls="never", user="b", password=PASSWORD, folder="INBOX"
        )


class _Talk(socketserver.StreamRequestHandler):
    server: Server

    def handle(self) -> None:
        self._say("* OK ready")
        for line in self.rfile:
            tag, _space, asked = line.decode().strip().partition(" ")
            self.server.asked.append(asked)
            self._say(f"{tag} {self._answer(asked)}")

    def _answer(self, asked: str) -> str:
        command = asked.upper()
        if command.startswith("CAPABILITY"):
            self._say("* CAPABILITY IMAP4rev1 AUTH=PLAIN")
        elif command.startswith("AUTHENTICATE"):
            self._say("+ ")
            said = self.rfile.readline()
            if base64.b64decode(said).decode().split("\0")[2] != PASSWORD:
                return "NO wrong password"
        elif command.startswith("EXAMINE"):
            if '"INBOX"' not in asked:
                return "NO no such folder"
            self._say(f"* {len(self.server.mails)} EXISTS")
            self._say(f"* OK [UIDVALIDITY {self.server.validity}] as ever")
        elif command.startswith("UID SEARCH"):
            since = re.search(r" SINCE (\S+)", asked)
            self._search(int(re.search(r"UID (\d+):", asked)[1]), since=since[1] if since else "01-Jan-1970")
        elif command.startswith("UID FETCH"):
            self._fetch(int(asked.split()[2]), int(re.search(r"<0\.(\d+)>", asked)[1]))
        return "OK done"

    def _search(self, first: int, *, since: str) -> None:
        found = [uid for uid in self.server.mails if uid >= first] or sorted(self.server.mails)[-1:]
        earliest = datetime.strptime(since, "%d-%b-%Y").date()  # noqa: DTZ007 (a day)
        new = [uid for uid in found if self.server.arrived.get(uid, date.max) >= earliest]
        self._say("* SEARCH " + " ".join(map(str, new)))

    def _fetch(self, uid: int, most: int) -> None:
        mail = self.server.mails.get(uid)
        if mail is None:
            return
        part = mail[:most]
        size = len(part) if self.server.claims is None else self.server.claims
        self._say(f"* 1 FETCH (UID {uid} RFC822.SIZE {len(mail)} BODY[]<0> {{{size}}}")
        self.wfile.write(part + b")\r\n")

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")


@contextmanager
def running() -> Iterator[Server]:
    """Let one run on a port of its own."""
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
