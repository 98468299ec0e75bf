"""Words while somebody is writing them: read from a form, changed block by block, and judged before they are kept."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, cast

from django.utils.translation import gettext as _

from stammkunde.outreach import content, knowing
from stammkunde.outreach.content import Block, Kind, Text

MOST_BLOCKS = 12
MOST_SIGNS = {"subject": 200, "preview": 200, "title": 120, "label": 60, "url": 500, "text": 4000}
ALL_SIGNS = 8_000  # of all blocks together: the preview's link holds them
KINDS = ("text", "offer", "button")


@dataclass(frozen=True, kw_only=True)
class Row:
    """A block on a page."""

    place: int
    block: Block
    problems: Mapping[str, str]
    is_touched: bool


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The words as typed. `touched` is the block that was added or moved last."""

    subject: str = ""
    preview: str = ""
    blocks: tuple[Block, ...] = field(default=())
    touched: int | None = None

    @classmethod
    def of(cls, text: Text) -> "Draft":
        return cls(subject=text.subject, preview=text.preview, blocks=text.blocks)

    @classmethod
    def read(cls, posted: Mapping[str, str]) -> "Draft":
        """Read what a form holds; what cannot be a block is left out."""
        many = posted.get("blocks", "")
        count = min(int(many), MOST_BLOCKS) if many.isdecimal() and len(many) < 4 else 0
        blocks = (_block(posted, place) for place in range(count))
        return cls(
            subject=posted.get("subject", "").strip(),
            preview=posted.get("preview", "").strip(),
            blocks=tuple(block for block in blocks if block is not None),
        )

    @property
    def text(self) -> Text:
        return Text(subject=self.subject, preview=self.preview, blocks=self.blocks)

    def act(self, act: str) -> "Draft":
        """Add, move or remove a block: `add-offer`, `up-2`, `down-0`, `remove-1`; anything else changes nothing."""
        what, _dash, which = act.partition("-")
        if what == "add" and which in KINDS and len(self.blocks) < MOST_BLOCKS:
            blocks = (*self.blocks, Block(kind=cast(Kind, which)))
            return replace(self, blocks=blocks, touched=len(blocks) - 1)
        place = int(which) if which.isdecimal() and len(which) < 4 else -1
        if not 0 <= place < len(self.blocks):
            return self
        rest = [block for at, block in enumerate(self.blocks) if at != place]
        if what == "remove":
            return replace(self, blocks=tuple(rest))
        to = {"up": place - 1, "down": place + 1}.get(what, place)
        to = max(0, min(to, len(rest)))
        rest.insert(to, self.blocks[place])
        return replace(self, blocks=tuple(rest), touched=to)

    def problems(self) -> dict[str, str]:
        """Say what must be mended before it can be kept, by the name of its field."""
        return dict(self._problems())

    def plain(self) -> dict[str, Any]:
        """Give it as plain values, for a link."""
        blocks = [{name: said for name, said in asdict(block).items() if said} for block in self.blocks]
        return {"subject": self.subject, "preview": self.preview, "blocks": blocks}

    def rows(self, problems: Mapping[str, str]) -> list[Row]:
        """Lay the blocks out for a page, each with what must be mended in it."""
        names = ("title", "text", "label", "url")
        return [
            Row(
                place=place,
                block=block,
                problems={name: problems.get(f"block-{place}-{name}", "") for name in names},
                is_touched=place == self.touched,
            )
            for place, block in enumerate(self.blocks)
        ]

    def _problems(self) -> Iterator[tuple[str, str]]:
        if not self.subject:
            yield "subject", _("Say what it is about.")
        if not self.blocks:
            yield "blocks", _("Add a block: there is no text yet.")
        if sum(len(block.text) for block in self.blocks) > ALL_SIGNS:
            yield "blocks", _("That is too long: at most %(n)s characters.") % {"n": ALL_SIGNS}
        for name, said in (("subject", self.subject), ("preview", self.preview)):
            yield from _unfit(name, name, said)
        for place, block in enumerate(self.blocks):
            for name in ("title", "text", "label", "url"):
                yield from _unfit(f"block-{place}-{name}", name, getattr(block, name))
            yield from _lacks(place, block)


def _block(posted: Mapping[str, str], place: int) -> Block | None:
    said = {name: posted.get(f"block-{place}-{name}", "").strip() for name in ("kind", "text", "title", "label", "url")}
    said["text"] = said["text"].replace("\r\n", "\n")
    return Block(**cast(dict[str, Any], said)) if said["kind"] in KINDS else None


def _unfit(field_name: str, name: str, said: str) -> Iterator[tuple[str, str]]:
    if len(said) > MOST_SIGNS[name]:
        yield field_name, _("At most %(n)s characters.") % {"n": MOST_SIGNS[name]}
    unknown = knowing.unknown(Text(subject=said))
    if unknown:
        names = ", ".join(f"{{{one}}}" for one in unknown)
        yield field_name, _("There is no field %(names)s. Below is the list of all fields.") % {"names": names}


def _lacks(place: int, block: Block) -> Iterator[tuple[str, str]]:
    if block.kind == "text" and not block.text:
        yield f"block-{place}-text", _("This block is empty: write something, or remove it.")
    if block.kind == "offer" and not block.title:
        yield f"block-{place}-title", _("Say in one line what the customer gets.")
    if block.kind == "button" and not block.label:
        yield f"block-{place}-label", _("Say what happens on a click.")
    if block.kind == "button" and not content.address(block.url, {}):
        yield f"block-{place}-url", _("Give the whole address, beginning with https://")
