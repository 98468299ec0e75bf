"""What was refused, as a file to mend and to import again."""

from pathlib import Path


def write_refused(out_dir: Path, target: Path, *, language: str) -> int:
    """
    Write the refused rows of a checked import as CSV: line, column, value, reason, cure, then the row as it was.

    Reads `raw.parquet` and every `problems*.parquet` in `out_dir`, so that what publishing refuses may be added as
    `problems-publish.parquet`. One line per problem. Returns the number of lines.
    """
    raise NotImplementedError
