"""
What an import would change: its checked tables compared with the database, as files in the import's own folder.

Everything set-based happens in DuckDB, on Parquet, in one dialect for both databases: references are resolved, rows
are told apart (new, changed, unchanged, refused), new ids are reserved. Nothing in the system of record is locked, and
nothing is left in it when the import is killed. Keys are compared and ordered by their bytes, whatever a database's
collation says.
"""

from stammkunde.intake.staging.compare import compare
from stammkunde.intake.staging.difference import Counts, Difference, Named
from stammkunde.intake.staging.folder import attempt_dir, work_dir
from stammkunde.intake.staging.problems import problems
from stammkunde.intake.staging.retiring import Retire

__all__ = ["Counts", "Difference", "Named", "Retire", "attempt_dir", "compare", "problems", "work_dir"]
