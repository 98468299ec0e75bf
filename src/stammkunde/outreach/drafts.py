"""Words while somebody is writing them: read from a form, changed block by block, and judged before they are kept."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, cast

from django.utils.translation import gettext as _

from stammkunde.outreach import content, knowing, naming, own_html
from stammkunde.outreach.content import PARTS, Block, Kind, Text
from stammkunde.ui import given

MOST_BLOCKS = 12
MOST_SIGNS = {"subject": 200, "preview": 200, "title": 120, "label": 60, "url": 500, "text": 4000, "picture": 60}
ALL_SIGNS = 8_000  # of all blocks together: the preview's link holds them
ADDED = ("text", "offer", "button", "picture")
KINDS = (*ADDED, "html")


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
        count = min(given.whole(many, most=999) or 0, MOST_BLOCKS)
        blocks = (_block(posted, place) for place in range(count))
        return cls(
            subject=naming.stored(posted.get("subject", "").strip()),
            preview=naming.stored(posted.get("preview", "").strip()),
            blocks=tuple(naming.in_block(block, naming.stored) for block in blocks if block is not None),
        )

    def shown(self) -> "Draft":
        """Call its fields as the page does, for whoever writes."""
        return replace(
            self,
            subject=naming.shown(self.subject),
            preview=naming.shown(self.preview),
            blocks=tuple(naming.in_block(block, naming.shown) for block in self.blocks),
        )

    @property
    def text(self) -> Text:
        return Text(subject=self.subject, preview=self.preview, blocks=self.blocks)

    @property
    def is_html(self) -> bool:
        return any(block.kind == "html" for block in self.blocks)

    def act(self, act: str) -> "Draft":
        """Add, move or remove a block: `add-offer`, `up-2`, `down-0`, `remove-1`; anything else changes nothing."""
        what, _dash, which = act.partition("-")
        if what == "add" and which in ADDED and len(self.blocks) < MOST_BLOCKS:
            blocks = (*self.blocks, Block(kind=cast(Kind, which)))
            return replace(self, blocks=blocks, touched=len(blocks) - 1)
        place = self.place(which)
        if place is None:
            return self
        rest = [block for at, block in enumerate(self.blocks) if at != place]
        if what == "remove":
            return replace(self, blocks=tuple(rest))
        to = {"up": place - 1, "down": place + 1}.get(what, place)
        to = max(0, min(to, len(rest)))
        rest.insert(to, self.blocks[place])
        return replace(self, blocks=tuple(rest), touched=to)

    def place(self, which: str) -> int | None:
        """Read the place of a block from what a button says; None where there is none."""
        return given.whole(which, most=len(self.blocks) - 1)

    def as_html(self) -> "Draft":
        """Begin a mail of own HTML, unless this is one."""
        return self if self.is_html else replace(self, blocks=(Block(kind="html"),))

    def put(self, place: int, **said: str) -> "Draft":
        """Put something into the block at a place."""
        blocks = [replace(one, **cast(Any, said)) if at == place else one for at, one in enumerate(self.blocks)]
        return replace(self, blocks=tuple(blocks), touched=place)

    def problems(self) -> dict[str, str]:
        """Say what must be mended before it can be kept, by the name of its field."""
        return dict(self._problems())

    def plain(self) -> dict[str, Any]:
        """Give it as plain values, for a link."""
        blocks = [{name: said for name, said in asdict(block).items() if said} for block in self.blocks]
        return {"subject": self.subject, "preview": self.preview, "blocks": blocks}

    def rows(self, problems: Mapping[str, str]) -> list[Row]:
        """Lay the blocks out for a page, each with what must be mended in it."""
        return [
            Row(
                place=place,
                block=block,
                problems={name: problems.get(f"block-{place}-{name}", "") for name in PARTS},
                is_touched=place == self.touched,
            )
            for place, block in enumerate(self.blocks)
        ]

    def _problems(self) -> Iterator[tuple[str, str]]:
        if not self.subject:
            yield "subject", _("Say what it is about.")
        if not self.blocks:
            yield "blocks", _("Add a block: there is no text yet.")
        if sum(len(block.text) for block in self.blocks if block.kind != "html") > ALL_SIGNS:
            yield "blocks", _("That is too long: at most %(n)s characters.") % {"n": ALL_SIGNS}
        for name, said in (("subject", self.subject), ("preview", self.preview)):
            yield from _unfit(name, said, most=MOST_SIGNS[name])
        if len(self.blocks) > 1 and self.is_html:
            yield "blocks", _("Own HTML stands alone: nothing can be beside it.")
        for place, block in enumerate(self.blocks):
            for name in MOST_SIGNS.keys() & PARTS:
                most = own_html.MOST_SIGNS if (block.kind, name) == ("html", "text") else MOST_SIGNS[name]
                yield from _unfit(f"block-{place}-{name}", getattr(block, name), most=most)
            yield from _lacks(place, block)


def _block(posted: Mapping[str, str], place: int) -> Block | None:
    said = {name: posted.get(f"block-{place}-{name}", "").strip() for name in ("kind", *PARTS)}
    said["picture"] = said["picture"] if content.is_picture(said["picture"]) else ""
    said["text"] = said["text"].replace("\r\n", "\n")
    return Block(**cast(dict[str, Any], said)) if said["kind"] in KINDS else None


def _unfit(field_name: str, said: str, *, most: int) -> Iterator[tuple[str, str]]:
    if len(said) > most:
        yield field_name, _("At most %(n)s characters.") % {"n": most}
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
    if block.kind == "html" and not block.text:
        yield f"block-{place}-text", _("Paste the HTML of your mail, or upload it.")
    if block.kind == "picture":
        yield from _lacks_of_picture(place, block)
    if block.kind == "button" and not content.address(block.url, {}):
        yield f"block-{place}-url", _("Give the whole address, beginning with https://")


def _lacks_of_picture(place: int, block: Block) -> Iterator[tuple[str, str]]:
    if not block.picture:
        yield f"block-{place}-picture", _("Choose a picture, or upload one.")
    if not block.label and not block.is_bare:
        yield f"block-{place}-label", _("Say what it shows: many mail programs show no pictures at first.")
    if block.url and not content.address(block.url, {}):
        yield f"block-{place}-url", _("Give the whole address, beginning with https://")
