"""What stands on a sheet: content of a message, put into lines, parts and codes."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import segno
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stammkunde.outreach.content import SCHEMES
from stammkunde.ui import typesetting, writing
from stammkunde.ui.typesetting import breakable, clean

MOTIFS = {
    "blossom": gettext_lazy("Blossom"),
    "hills": gettext_lazy("Hills in the evening"),
    "waves": gettext_lazy("Waves"),
    "confetti": gettext_lazy("Confetti"),
    "ribbon": gettext_lazy("Gift ribbon"),
    "tiles": gettext_lazy("Tiles"),
}
FORMATS = {"a6": gettext_lazy("A6 (148 × 105 mm)"), "dl": gettext_lazy("DIN long (210 × 105 mm)")}
LONGEST_LINE = 64  # of an address: six of them fit into what a message keeps
FOOT_COLUMNS = 3
LONGEST_NAME = 60  # a longer line below the closing is no name
LINES_OF_A_PAGE, LINES_OF_A_PANEL = 20, 7
LONGEST_TARGET = 800  # bytes: squares of a longer one are too small to scan


@dataclass(frozen=True, kw_only=True)
class Options:
    """What a template says about its looks."""

    motif: str = "blossom"
    format: str = "a6"
    signature: bool = True  # room for it, and a name below

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> "Options":
        """Read what a template keeps; what is unknown is as usual."""
        usual = cls()
        return cls(
            motif=said["motif"] if said.get("motif") in MOTIFS else usual.motif,
            format=said["format"] if said.get("format") in FORMATS else usual.format,
            signature=bool(said.get("signature", usual.signature)),
        )


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who writes: as it stands on every piece of a print run."""

    name: str
    address: str  # lines: street, postcode and city
    imprint: str = ""
    phone: str = ""
    email: str = ""
    link: str = ""  # behind QR codes of vouchers; {code} stands for the code

    def data(self) -> dict[str, Any]:
        return {
            "name": clean(self.name),
            "return_line": " · ".join(typesetting.lines("\n".join((self.name, self.address)))),
            "lines": typesetting.lines("\n".join((self.name, self.address))),
            "foot": _columns(typesetting.lines(self.imprint)),
        }


@dataclass(frozen=True, kw_only=True)
class Reader:
    """To whom: lines of the address, and what the letter says beside them."""

    lines: tuple[str, ...]
    number: str = ""
    contact: str = ""
    may_object: bool = True  # to post like this: it says how


def postal_lines(*, company: str, person: str, street: str, postcode: str, city: str, country: str) -> tuple[str, ...]:
    """Give the lines of an address by DIN 5008; `country` is empty at home."""
    place = " ".join(one for one in (postcode, city) if one)
    wanted = (company, person, street, place, country.upper())
    return tuple(_short(clean(one)) for one in wanted if one.strip())


def piece(*, content: Mapping[str, Any], language: str, reader: Reader, sender: Sender) -> dict[str, Any]:
    """
    Put a message into what its sheet needs, except the date on it.

    :raises KeyError: if it has neither blocks nor a text
    """
    with translation.override(language):
        code = clean(str(content.get("code") or ""))
        options = Options.read(content.get("options") or {})
        blocks = list(_blocks(content, link=_link(sender.link, code), code=code))
        named = _take_names(blocks) if options.signature else []
        subject = clean(str(content.get("subject") or ""))
        return {
            "language": language,
            "lines": [breakable(clean(line)) for line in reader.lines],
            "facts": [[name, value] for name, value in _facts(reader, sender) if value],
            "subject": breakable(subject),
            "subject_short": subject if len(subject) <= 70 else subject[:69] + "…",
            "page_word": _("Page"),
            "may_break": _lines_at_most(blocks) > LINES_OF_A_PAGE,
            "blocks": blocks,
            "voucher": {"label": _("Your voucher code"), "code": code} if code else None,
            "signers": named or [clean(reader.contact or sender.name)] if options.signature else [],
            "objection": _objection(sender) if reader.may_object else "",
            "motif": options.motif,
            "format": options.format,
        }


def _take_names(blocks: list[dict[str, Any]]) -> list[str]:
    """Take the names below the closing away from the last words, so that there is room to sign between the two."""
    last = blocks[-1]["parts"][-1] if blocks and blocks[-1]["kind"] == "text" and blocks[-1]["parts"] else None
    if last is None or last["points"] or any(len(line) > LONGEST_NAME for line in last["lines"]):
        return []
    lines: list[str] = last["lines"]
    last["lines"] = lines[:1]
    return lines[1:]


def _lines_at_most(blocks: list[dict[str, Any]]) -> int:
    """Estimate generously how many lines a letter takes: what is surely one page need not look at page numbers."""
    texts: list[str] = [line for one in blocks for part in one["parts"] for line in (*part["lines"], "")]
    texts += [one[name] for one in blocks for name in ("title", "label")]
    panels = [one for one in blocks if one["kind"] != "text"]
    return sum(len(text) // 60 + 1 for text in texts) + LINES_OF_A_PANEL * len(panels)


def _objection(sender: Sender) -> str:
    """Say how to object, as Art. 21 (4) GDPR wants it of whoever advertises."""
    where = clean(sender.email or sender.phone)
    if not where:
        return _("If you want no more post like this, tell us: you may object at any time.")
    return _("If you want no more post like this, tell us: %(where)s. You may object at any time.") % {"where": where}


def finished(sheet: Mapping[str, Any], *, on: date) -> dict[str, Any]:
    """Add the date, and squares for what a telephone scans."""
    with translation.override(str(sheet["language"])):
        dated = [[_("Date"), writing.day(on)], *sheet["facts"]]
    blocks = [{**one, "qr": squares(one["qr"]) if one["qr"] else None} for one in sheet["blocks"]]
    return {**sheet, "facts": dated, "blocks": blocks}


def _facts(reader: Reader, sender: Sender) -> Iterator[tuple[str, str]]:
    yield _("Your contact"), clean(reader.contact)
    yield _("Phone"), clean(sender.phone)
    yield _("E-mail"), clean(sender.email)
    yield _("Customer number"), _short(clean(reader.number))


def _blocks(content: Mapping[str, Any], *, link: str, code: str) -> Iterator[dict[str, Any]]:
    """Join the button to the offer before it, so that the code to scan stands beside what it is for."""
    given = content["blocks"] if "blocks" in content else [{"kind": "text", "text": content["text"]}]
    found: list[dict[str, Any]] = []
    for one in given:
        if one["kind"] == "picture":  # paper has its own
            continue
        if one["kind"] == "button" and found and found[-1]["kind"] == "offer" and not found[-1]["url"]:
            found[-1] = {**found[-1], "url": one["url"], "label": one["label"]}
        else:
            kind = "text" if one["kind"] == "html" else one["kind"]
            found.append({"text": "", "title": "", "url": "", "label": "", **one, "kind": kind})
    if code and not any(one["kind"] == "offer" for one in found):
        found.append({"kind": "offer", "text": "", "title": "", "url": "", "label": ""})
    for one in found:
        yield _block(one, link=link, code=code)


def _block(one: Mapping[str, Any], *, link: str, code: str) -> dict[str, Any]:
    is_offer = one["kind"] == "offer"
    target = clean(one["url"] or (link if is_offer else ""))
    return {
        "kind": one["kind"],
        "title": breakable(clean(one["title"])),
        "parts": list(_parts(one["text"])),
        "label": breakable(clean(one["label"])),
        "qr": target if len(target.encode()) <= LONGEST_TARGET else "",
        "code": is_offer and bool(code),
    }


def _parts(text: str) -> Iterator[dict[str, Any]]:
    """Tell paragraphs and lists apart, as `content.without_markup` writes them."""
    for part in re.split(r"\n\s*\n", text):
        lines = [line for line in (breakable(clean(one)) for one in part.splitlines()) if line]
        points = bool(lines) and all(line.startswith("- ") for line in lines)
        if lines:
            yield {"points": points, "lines": [line[2:] for line in lines] if points else lines}


@lru_cache(maxsize=64)  # many sheets lead to the same page
def squares(text: str) -> dict[str, Any]:
    """Give a QR code as runs of dark squares by row: (start, length)."""
    code = segno.make_qr(text, error="m", boost_error=False)
    matrix = [bytes(row) for row in code.matrix]
    return {"size": len(matrix), "rows": [_runs(row) for row in matrix]}


def _runs(row: bytes) -> list[tuple[int, int]]:
    return [(found.start(), found.end() - found.start()) for found in re.finditer(rb"\x01+", row)]


def _link(link: str, code: str) -> str:
    """Lead to where a voucher is taken in, with its code; empty where there is neither."""
    target = link.replace("{code}", quote(code, safe=""))
    return target if code and target.partition(":")[0].lower() in SCHEMES else ""


def _columns(lines: list[str]) -> list[list[str]]:
    each = max(-(-len(lines) // FOOT_COLUMNS), 1)
    return [lines[start : start + each] for start in range(0, len(lines), each)]


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_LINE else text[: LONGEST_LINE - 1] + "…"
