"""
Files checked whole: every value typed, every row accepted, flagged or refused, and nothing in the database touched.

`check` reads a file by a layout and leaves typed tables in a directory: `customers.parquet`, `contact_persons.parquet`,
`consents.parquet`, `products.parquet`, `orders.parquet`, `lines.parquet` (those that the layout fills), `problems.parquet` and `raw.parquet`
(the file's rows as text, of a Parquet file the refused ones only, for the download of what was refused).
"""  # noqa: E501

from stammkunde.intake.check.kept import Kept
from stammkunde.intake.check.refused import keep_refused, write_refused
from stammkunde.intake.check.result import Checked, Problem
from stammkunde.intake.check.run import check
from stammkunde.intake.formats import FileNotUsable

__all__ = ["Checked", "FileNotUsable", "Kept", "Problem", "check", "keep_refused", "write_refused"]
