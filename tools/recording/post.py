"""The mails that left, kept and told as text."""

import io
from email import message_from_bytes, policy
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from recording import words


class Post:
    """Keeps the mails that leave instead of giving them to a server."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []

    def open(self) -> None:
        backend = import_string(settings.EMAIL_BACKEND)

        def keep(_backend: Any, *, sender: str, recipient: str, text: bytes) -> str:
            self.mails.append(text)
            return f"250 kept for {recipient} from {sender}"

        backend.hand_over = keep

    def told(self) -> list[tuple[str, str]]:
        """Give each mail as address and text: heads, plain words, and what the HTML says."""
        found = [message_from_bytes(mail, policy=policy.default) for mail in self.mails]
        return sorted((str(mail["To"]), _text(mail)) for mail in found)


def _text(mail: Any) -> str:
    said = io.StringIO()
    for name, value in sorted(mail.items()):
        said.write(f"{name}: {value}\n")
    for kind in ("plain", "html"):
        part = mail.get_body((kind,))
        if part is not None:
            text = part.get_content().replace("\r\n", "\n")
            said.write(f"\n[{kind}]\n{text if kind == 'plain' else words.read(text)}")
    return said.getvalue()
