"""
Uploads go straight to their place on disk, block by block: never whole in memory, never twice on the disk.

Django would otherwise write to its temporary folder first, which may be small, and copy from there.
"""

import secrets
import shutil
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from stammkunde.intake.services.receiving import NoRoom, TooLarge, check_room
from stammkunde.team.access import StaffRequest
from stammkunde.ui.bodies import takes_files

if TYPE_CHECKING:
    UploadedBytes = UploadedFile[bytes]
else:
    UploadedBytes = UploadedFile


class Upload(UploadedBytes):
    """A file that has arrived: where it lies, or why it was refused."""

    def __init__(self, *, name: str, path: Path, refusal: TooLarge | NoRoom | None, size: int) -> None:
        super().__init__(name=name, size=size)
        self.path = path
        self.refusal = refusal
        self.is_taken = False  # whoever takes it over must say so, or it is swept away


class StraightToDisk(FileUploadHandler):
    """Write each file to a folder of its own below UPLOAD_DIR; stop writing where it is too large or the disk full."""

    chunk_size = 1024 * 1024

    def __init__(self, request: StaffRequest | None = None) -> None:
        super().__init__(request)
        self.begun: list[Path] = []
        self.done: list[Upload] = []

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        folder = Path(settings.UPLOAD_DIR) / secrets.token_urlsafe(12)
        folder.mkdir(parents=True, mode=0o700)
        self.begun.append(folder)
        self.path, self.size_bytes = folder / "file", 0
        self.refusal: TooLarge | NoRoom | None = None
        self.out = self.path.open("xb")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - Django's signature
        if self.refusal is None:
            self._write(raw_data)

    def _write(self, block: bytes) -> None:
        self.size_bytes += len(block)
        try:
            check_room(self.size_bytes, len(block), self.path)
        except (TooLarge, NoRoom) as refusal:
            self.refusal = refusal
            self.out.truncate(0)
            return
        self.out.write(block)

    def file_complete(self, file_size: int) -> Upload:
        self.out.close()
        upload = Upload(name=self.file_name or "", path=self.path, refusal=self.refusal, size=file_size)
        self.done.append(upload)
        return upload

    def sweep(self) -> None:
        """Remove what nobody took: refused, forged, or broken off by the sender."""
        taken = {upload.path.parent for upload in self.done if upload.is_taken}
        for folder in self.begun:
            if folder not in taken:
                shutil.rmtree(folder, ignore_errors=True)


def arrived(request: StaffRequest, name: str) -> list[Upload]:
    """Give what one field of the form sent to a view that is `streamed`."""
    return [file for file in request.FILES.getlist(name) if isinstance(file, Upload)]


def streamed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """
    Let a view's uploads go straight to disk.

    The check against forged requests reads the form and so takes the uploads in: it must come after the handler.
    """

    @takes_files
    @csrf_exempt
    @wraps(view)
    def receiving(request: StaffRequest, *args: object, **kwargs: object) -> HttpResponse:
        handler = StraightToDisk(request)
        request.upload_handlers = [handler]
        try:
            return csrf_protect(view)(request, *args, **kwargs)
        finally:
            handler.sweep()

    return receiving
