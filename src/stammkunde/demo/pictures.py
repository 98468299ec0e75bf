"""The demo company's pictures, drawn by rule: its logo, and a garden in spring for the top of a mail."""

from io import BytesIO
from random import Random

from PIL import Image, ImageDraw, ImageFont

GREEN, LEAF, SUN = "#2f6b3a", "#7fb35a", "#f2c14e"
FINER = 4  # drawn this much bigger, so that edges become smooth
PETALS = ("#e4572e", "#f2c14e", "#d1495b", "#ffffff", "#b388eb")


def logo() -> bytes:
    """Draw the logo: a leaf of two halves beside the name."""
    picture = Image.new("RGB", (440 * FINER, 112 * FINER), "white")
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle(_box(34, 8, 88, 72), 40 * FINER, GREEN, corners=(True, False, True, False))
    draw.rounded_rectangle(_box(4, 44, 46, 88), 30 * FINER, LEAF, corners=(False, True, False, True))
    draw.line(_box(40, 76, 40, 106), fill=GREEN, width=6 * FINER)
    bold = ImageFont.load_default(64 * FINER)
    draw.text((104 * FINER, 12 * FINER), "Grunwerk", fill=GREEN, font=bold)
    left = 104 + int(bold.getlength("Gr")) // FINER  # the font has no ü
    for dot in (left + 6, left + 20):
        draw.ellipse(_box(dot, 19, dot + 7, 26), fill=GREEN)
    draw.text((107 * FINER, 78 * FINER), "Haus & Garten", fill="#55624f", font=ImageFont.load_default(24 * FINER))
    return _file(picture)


def spring() -> bytes:
    """Draw hills, a sun and a meadow in flower."""
    picture = Image.new("RGB", (1040 * 2, 400 * 2), "#dceff8")
    draw, chance = ImageDraw.Draw(picture), Random("spring")  # noqa: S311 (a picture)
    draw.ellipse((1580, 90, 1840, 350), fill=SUN)
    for left, top, right, colour in (
        (-300, 380, 1300, "#a8cf8e"),
        (700, 330, 2500, "#8fc07a"),
        (-200, 520, 2300, LEAF),
    ):
        draw.ellipse((left, top, right, top + 1100), fill=colour)
    for _flower in range(150):
        x, y = chance.randrange(2080), chance.randrange(600, 800)
        size = 6 + (y - 600) // 16
        draw.line((x, y, x, y + size * 3), fill=GREEN, width=3)
        draw.ellipse((x - size, y - size, x + size, y + size), fill=chance.choice(PETALS))
        draw.ellipse((x - size // 3, y - size // 3, x + size // 3, y + size // 3), fill=GREEN)
    return _file(picture)


def _box(left: int, top: int, right: int, bottom: int) -> tuple[int, int, int, int]:
    return left * FINER, top * FINER, right * FINER, bottom * FINER


def _file(picture: Image.Image) -> bytes:
    file = BytesIO()
    picture.resize((picture.width * 2 // FINER, picture.height * 2 // FINER), Image.Resampling.LANCZOS).save(
        file, "PNG"
    )
    return file.getvalue()
