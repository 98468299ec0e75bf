"""What changes imports: a file is received, started, published by whoever holds the lease, undone, discarded."""

from stammkunde.intake.lease import LostLease
from stammkunde.intake.services.bringing import MOST_ROWS, NoRows, TooManyRows, UnknownFields, bring
from stammkunde.intake.services.receiving import NoRoom, TooLarge, receive
from stammkunde.intake.services.requests import NotNow, discard, save_mapping, start, undo
from stammkunde.intake.services.running import run, stop, sweep
from stammkunde.intake.services.splitting import ALONE, split
from stammkunde.intake.services.starting import new_key, put_together, start_together
from stammkunde.intake.undo import CannotUndo

__all__ = [
    "ALONE",
    "MOST_ROWS",
    "CannotUndo",
    "LostLease",
    "NoRoom",
    "NoRows",
    "NotNow",
    "TooLarge",
    "TooManyRows",
    "UnknownFields",
    "bring",
    "discard",
    "new_key",
    "put_together",
    "receive",
    "run",
    "save_mapping",
    "split",
    "start",
    "start_together",
    "stop",
    "sweep",
    "undo",
]
