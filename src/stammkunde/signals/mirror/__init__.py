"""
The columnar mirror of the facts: Parquet files that insight reads, derived and rebuildable at any time.

`build` brings it up to date, `manifest` says which files belong to it, `engine` reads them. Files are never changed:
what is new gets a directory of its own, and one rename makes the new manifest the one that counts.
"""

from stammkunde.signals.mirror.build import FactsInMotion, MirrorDiffers, bring_up_to_date
from stammkunde.signals.mirror.engine import Tables, tables
from stammkunde.signals.mirror.manifest import Manifest, NoMirror, read
from stammkunde.signals.mirror.versions import facts_version, stale_parts

__all__ = [
    "FactsInMotion",
    "Manifest",
    "MirrorDiffers",
    "NoMirror",
    "Tables",
    "bring_up_to_date",
    "facts_version",
    "read",
    "stale_parts",
    "tables",
]
