"""
What is kept for a while and can be made again: entries of the cache, and sealed files.

Both are pickles, so a class that has moved, or bytes that are damaged, would break pages for as long as they are kept.
Here what cannot be read counts as not there, and names carry a digest of the program: another version never meets what
this one kept, and nobody has to count anything up.
"""

import hashlib
import hmac
import logging
import pickle
from collections.abc import Callable
from functools import cache as once
from pathlib import Path
from typing import Any, TypeVar, cast

from django.conf import settings
from django.core.cache import cache
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.filebased import FileBasedCache

Thing = TypeVar("Thing")

log = logging.getLogger(__name__)

_SEAL_BYTES = hashlib.sha256().digest_size


@once
def program(part: str = "") -> str:
    """Give a digest of the program's own source, or of a part of it."""
    root, digest = Path(__file__).parents[1] / part, hashlib.sha256()
    for file in sorted(root.rglob("*.py")):
        digest.update(f"{file.relative_to(root)}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def key(name: str, prefix: str, version: int) -> str:
    """Name an entry of the cache (the setting KEY_FUNCTION)."""
    return f"{prefix}:{version}:{program()}:{name}"


class Entries(FileBasedCache):
    """The cache, in files; an entry that cannot be read or written is told of, and is not there."""

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except Exception as problem:  # noqa: BLE001 (damaged bytes make a pickle fail in every way)
            self._forget(key, problem, version)
            return default

    def set(self, key: str, value: Any, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        try:
            super().set(key, value, timeout, version)
        except OSError as problem:  # a full or read-only disk: whoever asks next works it out again
            log.warning("kept=%s cannot be kept: %s", key, problem)

    def delete(self, key: str, version: int | None = None) -> bool:
        try:
            return bool(super().delete(key, version))
        except OSError as problem:
            log.warning("kept=%s cannot be removed: %s", key, problem)
            return False

    def has_key(self, key: str, version: int | None = None) -> bool:
        try:
            return bool(super().has_key(key, version))
        except Exception as problem:  # noqa: BLE001
            self._forget(key, problem, version)
            return False

    def touch(self, key: str, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        try:
            return bool(super().touch(key, timeout, version))
        except Exception as problem:  # noqa: BLE001
            self._forget(key, problem, version)
            return False

    def _forget(self, key: str, problem: Exception, version: int | None) -> None:
        log.warning("kept=%s cannot be read any more: %s", key, type(problem).__name__)
        self.delete(key, version)


def or_made(key: str, make: Callable[[], Thing], *, seconds: int, among: BaseCache = cache) -> Thing:
    """Give what is kept under a key, or make it and keep it for so long."""
    return cast("Thing", among.get_or_set(key, make, seconds))


def seal(thing: object, *, name: str) -> bytes:
    """Make bytes of a thing that this installation alone can open, under the same name."""
    content = pickle.dumps(thing)
    return _seal(content, name) + content


def unseal(sealed: bytes, *, name: str) -> Any:
    """Give what was sealed; None where it is not ours, has another name, or cannot be read."""
    found, content = sealed[:_SEAL_BYTES], sealed[_SEAL_BYTES:]
    if not hmac.compare_digest(found, _seal(content, name)):
        log.warning("sealed=%s by another version, or not by us", name)
        return None
    try:
        return pickle.loads(content)  # noqa: S301 (sealed by ourselves)
    except Exception as problem:  # noqa: BLE001
        log.warning("sealed=%s cannot be read any more: %s", name, type(problem).__name__)
        return None


def _seal(content: bytes, name: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), f"stammkunde {name} ".encode() + content, "sha256")
