"""Which characters the bytes of a text file stand for."""

import codecs
import re
from dataclasses import dataclass, field
from pathlib import Path

from stammkunde.intake.formats import judging, mending
from stammkunde.intake.formats.dialect import FileNotUsable

CHUNK_BYTES = 1 << 20
REPLACED = "\ufffd"  # what stands for bytes that fit no character
ERRORS = mending.MIXED
_JUDGED_BYTES = 1 << 17  # of lines that are no UTF-8
_LONGEST_LINE = 2000
_BY_CHANCE = 3
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_ALIASES = {"windows-1252": "cp1252", "latin-1": "cp1252", "iso-8859-1": "cp1252", "ansi": "cp1252", "utf8": "utf-8"}


@dataclass(kw_only=True)
class _Tally:
    multibyte: int = 0
    broken: int = 0
    doubled: int = 0
    lines: list[bytes] = field(default_factory=list)  # that are no UTF-8
    kept_bytes: int = 0


@dataclass(frozen=True, kw_only=True)
class Found:
    """The encoding of a file, and what is to be told of it."""

    name: str
    remarks: tuple[str, ...] = ()


def detect(path: Path, *, upto_bytes: int | None = None) -> Found:
    """
    Find the encoding of a text file: a byte order mark, else UTF-8 where it fits, else the one in which it says most.

    A file that is mostly UTF-8 stays UTF-8; what is not in it is read as Windows-1252.

    :raises FileNotUsable: if it is no text
    """
    with path.open("rb") as file:
        head = file.read(1 << 16)
    for mark, name in _BOMS:
        if head.startswith(mark) and name != "utf-8-sig":
            return Found(name=name)
    if wide := _wide(head):
        return Found(name=wide)
    if len(_CONTROL.findall(head)) > max(2, len(head) // 50):
        raise FileNotUsable("binary")
    tally = _survey(path, upto_bytes)
    if tally.broken > tally.multibyte and not _is_mixed(tally):
        name = judging.judge(tally.lines)
        return Found(name=name, remarks=() if name == judging.USUAL[0] else ("encoding_judged",))
    told = [("encoding_doubled", tally.doubled), ("encoding_mixed", tally.broken)]
    name = mending.TWICE if tally.doubled else "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"
    return Found(name=name, remarks=tuple(code for code, count in told if count))


def _is_mixed(tally: _Tally) -> bool:
    """Tell whether so much is UTF-8 that it cannot be by chance."""
    return tally.multibyte > _BY_CHANCE and 10 * tally.multibyte > tally.broken


def chosen(name: str) -> str:
    """
    Resolve the encoding that a person chose.

    :raises FileNotUsable: if there is none of that name
    """
    name = _ALIASES.get(name.strip().lower(), name.strip().lower())
    try:
        known = codecs.lookup(name).name
        "".encode(known)  # hex, zip and the like are no text encodings
    except (LookupError, ValueError, TypeError):
        raise FileNotUsable("encoding_unknown", encoding=name) from None
    return "utf-8-sig" if known == "utf-8" else known


def _wide(head: bytes) -> str:
    """Tell UTF-16 without a byte order mark by its zero bytes, which all stand on one side."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    enough = max(2, len(head) // 5)
    if odd > enough and even * 10 < odd:
        return "utf-16-le"
    if even > enough and odd * 10 < even:
        return "utf-16-be"
    return ""


def _survey(path: Path, upto_bytes: int | None) -> _Tally:
    """Count characters beyond ASCII that are UTF-8, and bytes that are not."""
    tally, left = _Tally(), upto_bytes
    decode = codecs.getincrementaldecoder("utf-8")(errors="replace").decode
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES if left is None else min(left, CHUNK_BYTES)):
            left = None if left is None else left - len(chunk)
            _count(tally, decode(chunk), chunk)
    if left is None:
        _count(tally, decode(b"", True), b"")
    return tally


def _count(tally: _Tally, text: str, chunk: bytes) -> None:
    if text.isascii():
        return
    broken = text.count(REPLACED)
    tally.broken += broken
    tally.multibyte += len(_BEYOND_ASCII.findall(text)) - broken
    if any(sign in text for sign in "ÃÂâ"):
        tally.doubled += mending.doubled(text)
    if broken and tally.kept_bytes < _JUDGED_BYTES:
        lines = [line[:_LONGEST_LINE] for line in re.split(rb"[\r\n]+", chunk) if not line.isascii()] or [chunk]
        tally.lines += lines[: 1 + _JUDGED_BYTES // max(1, *map(len, lines))]
        tally.kept_bytes = sum(map(len, tally.lines))
