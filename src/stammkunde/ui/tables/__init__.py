"""
Tables: one definition of the columns, from which page, CSV, Excel and the API's rows are made.

A list of columns is all there is to a table. `cells` asks a row for what stands in it, `answer` gives a file to take
along, `write` writes one for the command line.
"""

from stammkunde.ui.tables.cells import UNITS, Dialect, cell_text, defused
from stammkunde.ui.tables.columns import Column, cells, records, seen
from stammkunde.ui.tables.files import FORMATS, answer, chosen_format, file_name, to_take_along, write
from stammkunde.ui.tables.separated import csv_lines

__all__ = [
    "FORMATS",
    "UNITS",
    "Column",
    "Dialect",
    "answer",
    "cell_text",
    "cells",
    "chosen_format",
    "csv_lines",
    "defused",
    "file_name",
    "records",
    "seen",
    "to_take_along",
    "write",
]
