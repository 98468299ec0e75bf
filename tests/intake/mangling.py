"""Files as they arrive from the world: cut off, doubled, stirred, wrongly saved. Seeded, so each can be made again."""

import random
from collections.abc import Callable, Iterator

Mangle = Callable[[random.Random, bytes], bytes]

STRANGE = (
    b"\x00",
    b"\xff",
    b'"',
    b"'",
    b";",
    b",",
    b"\t",
    b"\r",
    b"\n",
    b"=",
    b"-",
    "“".encode(),
    "\u200b".encode(),
    b"\x1a",
)


def mangled(originals: list[bytes], *, seed: int, count: int) -> Iterator[bytes]:
    """Yield so many files, each one of the originals with up to three mishaps."""
    chance = random.Random(seed)
    for _ in range(count):
        content = chance.choice(originals)
        for mishap in chance.sample(MISHAPS, chance.randint(1, 3)):
            content = mishap(chance, content)
        yield content


def cut(chance: random.Random, content: bytes) -> bytes:
    return content[: chance.randint(0, len(content))]


def without_beginning(chance: random.Random, content: bytes) -> bytes:
    return content[chance.randint(0, min(len(content), 200)) :]


def strange_bytes(chance: random.Random, content: bytes) -> bytes:
    for _ in range(chance.randint(1, 12)):
        at = chance.randint(0, len(content))
        content = content[:at] + chance.choice(STRANGE) * chance.randint(1, 3) + content[at:]
    return content


def flipped_bytes(chance: random.Random, content: bytes) -> bytes:
    mutable = bytearray(content)
    for _ in range(chance.randint(1, 12)):
        if mutable:
            mutable[chance.randrange(len(mutable))] = chance.randrange(256)
    return bytes(mutable)


def lines_stirred(chance: random.Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


def lines_doubled(chance: random.Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    return b"".join(line * chance.choice((0, 1, 1, 1, 2)) for line in lines)


def separator_changed(chance: random.Random, content: bytes) -> bytes:
    return content.replace(chance.choice((b";", b",", b"\t")), chance.choice((b";", b",", b"\t", b"|", b"  ", b"")))


def digits_changed(chance: random.Random, content: bytes) -> bytes:
    digit = chance.choice(b"0123456789").to_bytes()
    return content.replace(digit, chance.choice((b"", b"9" * 30, b"1e9", b"-", b" ", b"0,0,", b"\xd9\xa1")))


def saved_wrongly(chance: random.Random, content: bytes) -> bytes:
    """Decode by one encoding and write by another, as editors do."""
    text = content.decode(chance.choice(("utf-8", "cp1252", "cp850", "mac_roman")), "replace")
    return text.encode(chance.choice(("utf-8", "utf-16", "cp1252", "utf-8-sig", "utf-16-be")), "replace")


def repeated(chance: random.Random, content: bytes) -> bytes:
    return content * chance.randint(2, 4)


MISHAPS: list[Mangle] = [
    cut, without_beginning, strange_bytes, flipped_bytes, lines_stirred, lines_doubled, separator_changed,
    digits_changed, saved_wrongly, repeated,
]  # fmt: skip
