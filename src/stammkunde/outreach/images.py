"""
Pictures as mails need them: read with care, turned upright, made small, and written anew. Pure.

Writing anew drops whatever else was in the file: where a photo was taken, with what, and previews of it.
"""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

MOST_BYTES = 8_000_000  # of what is brought
BODY_BYTES = MOST_BYTES + (1 << 20)  # with the form that it comes in
MOST_PIXELS = 40_000_000  # before anything is decoded: a small file can unfold to gigabytes
WIDEST, HIGHEST = 1200, 2400  # twice the width of the box: sharp on good screens
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
KINDS = {"png": "image/png", "jpg": "image/jpeg"}


class BadPicture(Exception):
    """It cannot be used; the message is a code: `too_big`, `too_many_pixels`, `not_read`."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """A picture as it is kept."""

    data: bytes
    ending: str  # of `KINDS`
    width: int
    height: int


def made(raw: bytes) -> Made:
    """
    Make of a file what mails show: a photo stays one, all else becomes PNG; of what moves, the first frame.

    :raises BadPicture: if it is too big, or no picture that we can read
    """
    if len(raw) > MOST_BYTES:
        raise BadPicture("too_big")
    try:
        with Image.open(BytesIO(raw), formats=FORMATS) as found:
            if found.width * found.height > MOST_PIXELS:
                raise BadPicture("too_many_pixels")
            is_photo = found.format in ("JPEG", "MPO")  # MPO: a photo with others behind it
            return _written(ImageOps.exif_transpose(found), is_photo=is_photo)
    except Image.DecompressionBombError as problem:
        raise BadPicture("too_many_pixels") from problem
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as problem:
        raise BadPicture("not_read") from problem


def _written(picture: Image.Image, *, is_photo: bool) -> Made:
    whole = picture.convert("RGB" if is_photo else "RGBA")
    whole.thumbnail((WIDEST, HIGHEST), Image.Resampling.LANCZOS)
    if not is_photo and whole.getchannel("A").getextrema() == (255, 255):
        whole = whole.convert("RGB")
    bare = Image.frombytes(whole.mode, whole.size, whole.tobytes())  # pixels, and nothing else
    file = BytesIO()
    if is_photo:
        bare.save(file, "JPEG", quality=84, optimize=True, progressive=True)
    else:
        bare.save(file, "PNG", optimize=True)
    return Made(data=file.getvalue(), ending="jpg" if is_photo else "png", width=bare.width, height=bare.height)
