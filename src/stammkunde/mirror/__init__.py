"""
The columnar mirror of the facts: Parquet files that insight reads, derived and rebuildable at any time.

`build` brings it up to date, `manifest` says which files belong to it, `engine` reads them. Files are never changed:
what is new gets a directory of its own, and one rename makes the new manifest the one that counts.
"""

from stammkunde.mirror.build import FactsInMotion, MirrorDiffers, bring_up_to_date
from stammkunde.mirror.damage import noticed, sound, throw_away
from stammkunde.mirror.engine import Tables, tables
from stammkunde.mirror.manifest import Manifest, NoMirror, read
from stammkunde.mirror.versions import facts_version, stale_parts

__all__ = [
    "FactsInMotion",
    "Manifest",
    "MirrorDiffers",
    "NoMirror",
    "Tables",
    "bring_up_to_date",
    "facts_version",
    "noticed",
    "read",
    "sound",
    "stale_parts",
    "tables",
    "throw_away",
]
