"""
Files as they come: which kind they are, and their rows as text with the line they stand on.

`sniff` looks at the beginning; `open_source` reads the whole file, in a stream, into one Parquet file of text columns;
a Parquet file is read where it lies.
Line numbers are those a person sees: in text files the physical line on which the row starts (a quoted cell may span
several), in Excel the row of the sheet, in Parquet the n-th row plus one, as if there were a heading above.
"""

from stammkunde.intake.formats.dialect import Dialect, FileNotUsable
from stammkunde.intake.formats.sniff import sha256, sniff
from stammkunde.intake.formats.source import Source, given_rows, open_source

__all__ = ["Dialect", "FileNotUsable", "Source", "given_rows", "open_source", "sha256", "sniff"]
