"""Which characters the bytes of a text file stand for."""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from stammkunde.intake.formats.dialect import FileNotUsable

CHUNK_BYTES = 1 << 20
REPLACED = "\ufffd"  # what stands for bytes that fit no character
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_ALIASES = {"windows-1252": "cp1252", "latin-1": "cp1252", "iso-8859-1": "cp1252", "ansi": "cp1252", "utf8": "utf-8"}


@dataclass(kw_only=True)
class _Tally:
    multibyte: int = 0
    broken: int = 0


def detect(path: Path, *, upto_bytes: int | None = None) -> str:
    """
    Find the encoding of a text file: a byte order mark, else UTF-8 where it fits, else Windows-1252.

    A file that is mostly UTF-8 stays UTF-8; its broken characters are then remarked row by row.

    :raises FileNotUsable: if it is no text
    """
    with path.open("rb") as file:
        head = file.read(1 << 16)
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    if wide := _wide(head):
        return wide
    if len(_CONTROL.findall(head)) > max(2, len(head) // 50):
        raise FileNotUsable("binary")
    tally = _survey(path, upto_bytes)
    return "utf-8" if tally.multibyte >= tally.broken else "cp1252"


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
            _count(tally, decode(chunk))
    if left is None:
        _count(tally, decode(b"", True))
    return tally


def _count(tally: _Tally, text: str) -> None:
    if text.isascii():
        return
    broken = text.count(REPLACED)
    tally.broken += broken
    tally.multibyte += len(_BEYOND_ASCII.findall(text)) - broken
