"""Ways in which a Parquet file is damaged."""

from pathlib import Path


def scramble(file: Path) -> None:
    """Put other bytes in the place of all values; the file's length, beginning and end stay."""
    content = file.read_bytes()
    end = _description(content)
    file.write_bytes(content[:4] + b"\xa7" * (len(content) - end - 4) + content[-end:])


def lose_the_description(file: Path) -> None:
    """Put zeros in the place of what describes the values."""
    content = file.read_bytes()
    end = _description(content)
    file.write_bytes(content[:-end] + b"\x00" * (end - 8) + content[-8:])


def _description(content: bytes) -> int:
    return int.from_bytes(content[-8:-4], "little") + 8


def cut_off(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-20])


def remove(file: Path) -> None:
    file.unlink()


WAYS = (scramble, cut_off, remove, lose_the_description)
