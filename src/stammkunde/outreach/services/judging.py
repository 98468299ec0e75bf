"""Advertising under a purpose that needs no consent does not leave, unless somebody with the right says why not."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from stammkunde.outreach import clarity
from stammkunde.outreach.claims import Claim, Shop
from stammkunde.outreach.content import Text
from stammkunde.outreach.models import MessageSettings, Template
from stammkunde.team import policy
from stammkunde.team import queries as team
from stammkunde.team.models import Staff

SHORTEST_REASON = 10  # characters: "ok" is none


class CountsAsAdvertising(Exception):
    """The words hold what needs consent, and their purpose says that they need none; `claims` name it."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        self.claims = tuple(dict.fromkeys(claims))
        super().__init__(*sorted({one.code for one in self.claims}))


def shop() -> Shop:
    """Give where things are bought, by the settings."""
    ours = MessageSettings.of(team.company())
    return Shop.read("\n".join((ours.shop_addresses, ours.shop_url)), ours.shop_service_pages)


def argued(template: Template | None) -> frozenset[str]:
    """Give the sentences of a template of which somebody has said that they advertise nothing."""
    return frozenset(template.argued.get("sentences", ())) if template else frozenset()


def disguised(texts: Iterable[Text], *, purpose: str, argued: Collection[str] = ()) -> list[Claim]:
    """Give what makes words advertising under a purpose that needs no consent; empty: nothing does."""
    if purpose not in clarity.PURE:
        return []
    where = shop()
    found = [one for text in texts for one in clarity.refusals(text, purpose=purpose, shop=where, argued=argued)]
    return list(dict.fromkeys(found))


def refuse_disguised(texts: Iterable[Text], *, purpose: str, argued: Collection[str] = ()) -> None:
    """
    Let nothing pass that advertises under a purpose that needs no consent.

    :raises CountsAsAdvertising: naming what does
    """
    found = disguised(texts, purpose=purpose, argued=argued)
    if found:
        raise CountsAsAdvertising(found)


def argue(found: Sequence[Claim], *, because: str, by: Staff, now: datetime) -> dict[str, Any]:
    """
    Take a reason why words advertise nothing; give what is kept with them.

    :raises CountsAsAdvertising: if there is no reason, no right to give one, or something that no reason mends
    """
    is_reason = len(because.strip()) >= SHORTEST_REASON and policy.may(by, policy.PURPOSE_JUDGE)
    if not is_reason or not all(one.is_arguable for one in found):
        raise CountsAsAdvertising(found)
    sentences = sorted({one.sentence for one in found})
    return {"because": because.strip()[:500], "by": by.name, "at": now.isoformat(), "sentences": sentences}
