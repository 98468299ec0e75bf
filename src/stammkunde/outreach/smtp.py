"""SMTP that says exactly how far it came: before the text left, a break is harmless; after it, nobody can tell."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.mail.backends.smtp import EmailBackend

from stammkunde.outreach.channels import BadAddress, ChannelDown, Leaves, PermanentFailure, TemporaryFailure, Unclear

NO_SUCH_ADDRESS = ("5.1.1", "5.1.2", "5.1.3", "5.1.10", "5.2.1")  # enhanced status codes, RFC 3463
BROKEN = (smtplib.SMTPServerDisconnected, OSError)


class Backend(EmailBackend):
    """Django's own, with one message at a time over one connection, which is opened anew when it broke."""

    def hand_over(self, *, sender: str, recipient: str, text: bytes, leaves: Leaves) -> str:
        """
        Give one mail to the server, and return what it answered; `leaves` is called right before its text leaves.

        :raises TemporaryFailure: if it did not leave and may later
        :raises PermanentFailure: if it did not leave and never will
        :raises Unclear: if the connection broke after the text had left
        """
        server = self._server()
        with self._nothing_left():
            server.ehlo_or_helo_if_needed()
            self._expect(server.mail(sender))
            self._expect(server.rcpt(recipient), of_recipient=True)
            self._expect(server.docmd("DATA"), good=3)
            leaves()
        try:
            server.send(_quoted(text))
            answer = server.getreply()
        except BROKEN as problem:
            self._hang_up()
            raise Unclear(str(problem) or type(problem).__name__) from problem
        self._expect(answer)
        return _words(answer[1])

    def _server(self) -> smtplib.SMTP:
        if self.connection is None:
            try:
                self.open()
            except (smtplib.SMTPException, OSError) as problem:
                raise ChannelDown(str(problem) or type(problem).__name__) from problem
        assert self.connection is not None  # open, or it raised
        return self.connection

    @contextmanager
    def _nothing_left(self) -> Iterator[None]:
        try:
            yield
        except BROKEN as problem:
            self._hang_up()
            raise TemporaryFailure(str(problem) or type(problem).__name__) from problem

    def _expect(self, answer: tuple[int, bytes], *, good: int = 2, of_recipient: bool = False) -> None:
        code, words = answer[0], _words(answer[1])
        if code // 100 == good:
            return
        if code == 421:
            self._hang_up()
            raise TemporaryFailure(f"{code} {words}")
        self._reset()
        if code // 100 == 4:
            raise TemporaryFailure(f"{code} {words}")
        if of_recipient and words.startswith(NO_SUCH_ADDRESS):
            raise BadAddress(f"{code} {words}")
        raise PermanentFailure(f"{code} {words}")

    def _reset(self) -> None:
        try:
            assert self.connection is not None  # it has just answered
            self.connection.rset()
        except BROKEN:
            self._hang_up()

    def _hang_up(self) -> None:
        try:
            if self.connection is not None:
                self.connection.close()
        finally:
            self.connection = None


def _words(answer: bytes) -> str:
    return answer.decode("utf-8", "replace")


def _quoted(text: bytes) -> bytes:
    """Double dots that begin a line, and end the text (RFC 5321, 4.5.2)."""
    if not text.endswith(b"\r\n"):
        text += b"\r\n"
    if text.startswith(b"."):
        text = b"." + text
    return text.replace(b"\r\n.", b"\r\n..") + b".\r\n"
