"""How a file is written, and the one refusal of a whole file."""

from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any


def figure(text: str) -> str:
    """Write a program's number so that its point is not taken for one that parts thousands: 1.125 as 1.1250."""
    return f"{text}0" if text[-4:-3] == "." else text


class FileNotUsable(Exception):
    """
    Nothing of the file can be imported.

    `code` and `detail` are worded by `intake.wording.problem_text`; they are what `Import.error` stores.
    """

    def __init__(self, code: str, **detail: Any) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    def __reduce__(self) -> tuple[Any, ...]:
        """Say how it is made again on the other side, of a process that reads apart."""
        return partial(FileNotUsable, self.code, **self.detail), ()


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Something to be told of the file as a whole, or of where it begins in it; worded by `wording.problem_text`."""

    code: str
    detail: dict[str, Any] = field(default_factory=dict)
    row: int = 0


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """
    How a file is written. `header` are the columns' names, made unique; `header_row` is the line they stand on.

    `remarks` tell what was mended or left out while reading.
    """

    format: str  # csv | excel | parquet | jsonl | json
    header: tuple[str, ...] = ()
    header_row: int = 1
    encoding: str = ""
    delimiter: str = ""
    escaped: bool = False  # a quotation mark within a cell has a backslash before it
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    others: tuple[str, ...] = ()  # sheets in which something stands as well, with their rows
    rows: int | None = None  # as the sheet itself says
    parts: tuple[str, ...] = ()  # the tables of an archive, of which this is one
    part: str = ""
    exploded: str = ""  # the list in a JSON record of which each entry is a row
    remarks: tuple[Remark, ...] = ()
    sample: tuple[tuple[str, ...], ...] = field(default=(), repr=False)  # the first rows, as text

    def values(self, column: str, *, rows: int | None = None) -> tuple[str, ...]:
        """Give what stands in a column in the first rows, trimmed; nothing where a row ends before it."""
        place = self.header.index(column)
        return tuple(row[place].strip() if place < len(row) else "" for row in self.sample[:rows])

    def as_dict(self) -> dict[str, Any]:
        """Give what a page shows about the file."""
        return {name: value for name, value in asdict(self).items() if name != "sample"}
