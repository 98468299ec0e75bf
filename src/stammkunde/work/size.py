"""How much memory this process holds: what a data refresh has filled does not go back by itself."""

import os
from pathlib import Path

LARGE_MB = 300  # half as much again as a worker that has just started


def is_large() -> bool:
    """Tell whether this process holds much more than when it started; where the system does not say so, it does not."""
    return held_mb() > LARGE_MB


def held_mb() -> int:
    """Give the memory of this process, in megabytes; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20
