"""How a file is written, and the one refusal of a whole file."""

from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any


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
class Dialect:
    """
    How a file is written. `header` are the columns' names, made unique; `header_row` is the line they stand on.

    `strict` is false where bytes do not fit the encoding: such rows are refused one by one.
    """

    format: str  # csv | excel | parquet | jsonl
    header: tuple[str, ...] = ()
    header_row: int = 1
    encoding: str = ""
    delimiter: str = ""
    sheets: tuple[str, ...] = ()
    sheet: str = ""
    sample: tuple[tuple[str, ...], ...] = field(default=(), repr=False)  # the first rows, as text

    def as_dict(self) -> dict[str, Any]:
        """Give what a page shows about the file."""
        return {name: value for name, value in asdict(self).items() if name != "sample"}
