"""How a mail, letter or postcard looks, before or after it leaves."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.safestring import SafeString

from stammkunde.customers.models import Purpose
from stammkunde.outreach import channels, dress, foot, paper, queries
from stammkunde.outreach.brand import Face
from stammkunde.outreach.channels import paper as on_paper
from stammkunde.outreach.models import Message
from stammkunde.team.models import Company


def mail(message: Message, company: Company) -> SafeString:
    """Dress a mail as it left or would leave, its message saved or not; the links to unsubscribe lead nowhere."""
    way = "" if message.purpose == Purpose.SERVICE else "#"
    face = Face.worn(message, company)
    below = foot.of(message, face, unsubscribe=way, preferences=way)
    look = face.look(purpose=message.purpose, is_preview=True)
    return dress.html(message.content, look=look, foot=below, language=message.language)


@dataclass(frozen=True, kw_only=True)
class Preview:
    """One sheet: as it was printed, else as it would be today."""

    kind: str
    sheet: dict[str, Any]
    sender: dict[str, Any]
    on: date

    @classmethod
    def of(cls, message: Message, company: Company, *, today: date) -> "Preview":
        """
        Take a message, which need not be saved.

        :raises KeyError: if it has no content
        """
        run = queries.run_of(message) if message.pk else None
        piece = run.pieces.filter(message=message).first() if run else None
        if run is not None and piece is not None:
            return cls(kind=run.channel, sheet=piece.sheet, sender=run.sender, on=run.dated_on)
        sheet = channels.get(message.channel).render(message, company).body
        return cls(kind=message.channel, sheet=sheet, sender=on_paper.sender(company).data(), on=today)

    def pictures(self, *, window: bool = False) -> list[bytes]:
        """
        Give each page as PNG; `window` draws what the envelope and the post need free.

        :raises paper.CannotSet: if it cannot be set
        """
        return paper.pictures(self.kind, sender=self.sender, piece=self.sheet, on=self.on, window=window)

    def pdf(self) -> bytes:
        """
        Give the pages as PDF.

        :raises paper.CannotSet: if it cannot be set
        """
        return paper.pdf(self.kind, sender=self.sender, pieces=[self.sheet], on=self.on)
