"""
Encodings for text that was damaged on its way, mended while it is read.

`utf_8_twice` reads UTF-8 that somebody took for Windows-1252 and wrote as UTF-8 once more ("MÃ¼ller"); what stands
right stays. The handler `as_1252` reads single rows of Windows-1252 among UTF-8, as files put together by hand have.
"""

import codecs
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

TWICE = "utf_8_twice"
MIXED = "as_1252"
_LATIN = {byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0x100)}
_BYTES = {sign: byte for byte, sign in _LATIN.items()} | {chr(byte): byte for byte in range(0x80, 0x100)}
_MORE = "".join(re.escape(_LATIN[byte]) + re.escape(chr(byte)) for byte in range(0x80, 0xC0))
_FIRST2 = "".join(_LATIN[byte] for byte in range(0xC2, 0xE0))
_FIRST3 = "".join(_LATIN[byte] for byte in range(0xE0, 0xF0))
_DOUBLED = re.compile(f"[{_FIRST2}][{_MORE}]|[{_FIRST3}][{_MORE}]{{2}}")


def doubled(text: str) -> int:
    """Count the characters that were encoded twice."""
    return sum(1 for one in _DOUBLED.finditer(text) if _once(one[0]) != one[0])


def mended(text: str) -> str:
    """Read what was encoded twice as what it was."""
    return text if text.isascii() else _DOUBLED.sub(lambda found: _once(found[0]), text)


def _once(text: str) -> str:
    try:
        return bytes(_BYTES[sign] for sign in text).decode("utf-8")
    except (UnicodeDecodeError, KeyError):
        return text


class _Decoder(codecs.IncrementalDecoder):
    """UTF-8, mended up to the last line that is whole, so that nothing is cut in two."""

    def __init__(self, errors: str = "strict") -> None:
        super().__init__(errors)
        self._utf8 = codecs.getincrementaldecoder("utf-8-sig")(errors)
        self._rest = ""

    def decode(self, data: bytes, final: bool = False) -> str:  # type: ignore[override]
        text = self._rest + self._utf8.decode(data, final)
        cut = len(text) if final else len(text.rstrip(_TAIL))
        self._rest = text[cut:]
        return mended(text[:cut])

    def reset(self) -> None:
        self._utf8.reset()
        self._rest = ""

    def getstate(self) -> tuple[bytes, int]:
        return self._utf8.getstate()[0], 0  # nobody seeks in what is read here


_TAIL = "".join(_LATIN.values()) + "".join(map(chr, range(0x80, 0xC0)))


def _decode(data: "Buffer", errors: str = "strict", /) -> tuple[str, int]:
    text = bytes(data)
    return mended(text.decode("utf-8-sig", errors)), len(text)


def _find(name: str) -> codecs.CodecInfo | None:
    if name != TWICE:
        return None
    return codecs.CodecInfo(
        name=TWICE, encode=codecs.utf_8_encode, decode=_decode, incrementaldecoder=_Decoder,
        incrementalencoder=codecs.getincrementalencoder("utf-8"),
    )  # fmt: skip


def _as_1252(problem: UnicodeError) -> tuple[str, int]:
    """Read bytes that are no UTF-8 as Windows-1252; one that begins a letter whose end is missing stays unreadable."""
    assert isinstance(problem, UnicodeDecodeError)
    if not problem.encoding.startswith("utf-8"):
        return "\ufffd", problem.end
    text = "".join(
        "\ufffd" if byte in {0xC2, 0xC3} else bytes([byte]).decode("cp1252", "replace")
        for byte in problem.object[problem.start : problem.end]
    )
    return text, problem.end


codecs.register(_find)
codecs.register_error(MIXED, _as_1252)
