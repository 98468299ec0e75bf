"""
Style sheets, scripts and pictures under names that hold a hash of their content: browsers keep them for years.

`serve` collects them when it starts: no step to remember. Where nothing was collected, plain names are used.
"""

import hashlib
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

LEFT_OUT = ["redoc*"]  # another face of the API's description, which no page has
STAMP = "collected"


class Hashed(CompressedManifestStaticFilesStorage):  # type: ignore[misc] # which tells no types
    """WhiteNoise's storage: hashed names, gzipped beside; a plain name until `collect` has made them."""

    def stored_name(self, name: str) -> str:
        try:
            return str(super().stored_name(name))
        except ValueError:
            return name

    def create_compressor(self, **given: Any) -> Compressor:
        """Leave maps of sources as they are, as nobody but developers asks for them: it takes a third of the time."""
        return Compressor(**given | {"extensions": [*Compressor.SKIP_COMPRESS_EXTENSIONS, "map"]})


def collect() -> bool:
    """Bring the collected files up to date; say whether there was anything to do. Safe to kill and to repeat."""
    stamp, wanted = Path(settings.STATIC_ROOT) / STAMP, _digest()
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return False
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=LEFT_OUT)
    stamp.write_text(wanted, encoding="ascii")
    return True


def _digest() -> str:
    """Name what all installed files hold."""
    digest = hashlib.sha256()
    for finder in finders.get_finders():
        for name, storage in finder.list(LEFT_OUT):
            digest.update(f"{name}\0".encode())
            digest.update(Path(storage.path(name)).read_bytes())
    return digest.hexdigest()
