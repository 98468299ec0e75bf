"""
Pages made by Typst: letters, postcards, proofs.

Texts reach Typst as data and never as source, so there is nothing to break out of. Only fonts that come with Typst are
used, and a file has no date of its own: the same data give the same bytes, on every machine.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal

LONGEST_WORD = 40  # longer ones may break anywhere
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_LONG = re.compile(rf"(\S{{{LONGEST_WORD}}})(?=\S)")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class CannotSet(Exception):
    """Typst refused the pages; the message is what it said."""


def clean(text: str) -> str:
    """Put a text on one line, without signs that cannot be printed."""
    return " ".join(_UNPRINTABLE.sub(" ", text).split())


def breakable(text: str) -> str:
    """Let what is too long for a line break."""
    return _LONG.sub("\\1\u200b", text)


def lines(text: str) -> list[str]:
    """Give the lines of a text, ready to be set."""
    return [line for line in (breakable(clean(one)) for one in text.splitlines()) if line]


def pages(
    package: str, name: str, form: Literal["pdf", "png"], data: Mapping[str, Any], *, ppi: int | None = None
) -> bytes | list[bytes]:
    """
    Set data by the source `name`.typ of a package; several pages as pictures are a list.

    :raises CannotSet: if Typst refuses
    """
    import typst  # noqa: PLC0415 (most processes set nothing)

    source = files(package)
    try:
        # several pages as pictures are a list, of which its types do not tell
        made: bytes | list[bytes] = typst.compile(
            str(source / f"{name}.typ"),
            root=str(source),
            font_paths=_fonts(),
            format=form,
            ppi=ppi,
            sys_inputs={"data": json.dumps(data)},
            timestamp=LONG_AGO,
            pdf_tags=False,
        )
    except typst.TypstError as problem:
        raise CannotSet(str(problem)) from problem
    return made


@cache
def _fonts() -> Any:
    import typst  # noqa: PLC0415

    return typst.Fonts(include_system_fonts=False)
