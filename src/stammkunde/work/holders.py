"""Who holds a claim: a process of a machine."""

import hashlib
import os
import secrets
import socket
from functools import lru_cache
from pathlib import Path


def me() -> str:
    """Name this process for one claim, as no other claim is named."""
    process = os.getpid()
    return f"{_host()} {process} {_born(process)}-{secrets.token_hex(4)}"


def is_gone(holder: str) -> bool:
    """
    Tell whether a holder was a process of this machine that is known to be dead, and need not be waited for.

    A number is given again, in a container within moments: whoever has it now must have begun when the holder did.
    """
    host, process, token, *_rest = [*holder.split(" "), "", ""]
    if host != _host() or not process.isdecimal():
        return False
    return not _lives(int(process)) or _began_otherwise(int(process), token)


def _began_otherwise(process: int, token: str) -> bool:
    born, dash, _chance = token.partition("-")
    now = _born(process)
    return bool(dash and born and now) and born != now


def _host() -> str:
    return socket.gethostname()[:40].replace(" ", "-")


def _born(process: int) -> str:
    """Name the moment at which a process began, and since when its machine runs; empty where nobody tells."""
    try:
        began = (
            Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
        )
    except (OSError, IndexError):
        return ""
    return hashlib.sha256(f"{boot()} {began}".encode()).hexdigest()[:8]


@lru_cache
def boot() -> str:
    """Name this run of the machine; empty where nobody tells."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
