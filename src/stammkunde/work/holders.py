"""Who holds a claim: a process of a machine."""

import os
import secrets
import socket


def me() -> str:
    """Name this process for one claim, as no other claim is named."""
    return f"{_host()} {os.getpid()} {secrets.token_hex(4)}"


def is_gone(holder: str) -> bool:
    """Tell whether a holder was a process of this machine that is known to be dead, and need not be waited for."""
    host, process, *_rest = [*holder.split(" "), ""]
    return host == _host() and process.isdecimal() and not _lives(int(process))


def _host() -> str:
    return socket.gethostname()[:40].replace(" ", "-")


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
