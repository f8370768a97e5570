"""Scans: a letter as a grey picture with the grain of paper, and the invisible text that recognition lays over it.

Places are in points from the lower left corner of an A4 page, as in syntax.py; pictures have DPI pixels to the inch.
"""

import io
import math
import random
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont
from reportlab.pdfbase.pdfmetrics import stringWidth

from tests.leaks.fonts import SERIF
from tests.leaks.syntax import CLOSING, GAP, LEADING, LEFT, OPENING, TOP, quoted

DPI = 110
WIDTH, HEIGHT = 595, 842
SIZE = 11.0
PIXELS = (round(WIDTH * DPI / 72), round(HEIGHT * DPI / 72))
COVER = (LEFT - 3, GAP - 5, LEFT + 75, GAP + 12)
"""What a box over the name covers: left, bottom, right, top, in points."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Printed:
    """One printed line: its text and where its baseline begins."""

    text: str
    x: float
    y: float


def lines(word: str) -> list[Printed]:
    """Return the lines of a letter with this word in its gap; without a word the gap is empty."""
    texts = [(text, TOP - LEADING * number) for number, text in enumerate(OPENING)]
    texts += [(word, GAP)] if word else []
    texts += [(text, GAP - LEADING * number) for number, text in enumerate(CLOSING, 1)]
    return [Printed(text=text, x=LEFT, y=y) for text, y in texts]


@lru_cache(maxsize=4)
def paper(colour: bool = False) -> Image.Image:
    """Return empty paper with its grain, the same each time."""
    noise = random.Random(7).randbytes(PIXELS[0] * PIXELS[1])
    grey = Image.frombytes("L", PIXELS, noise).point([232 + value // 16 for value in range(256)])
    return (
        Image.merge("RGB", (grey, grey, grey.point([value - 14 for value in range(14)] + list(range(242)))))
        if colour
        else grey
    )


def scan(word: str, *, skew: float = 0.0, blacked: bool = False, colour: bool = False) -> Image.Image:
    """Return the picture of a printed letter, turned by `skew` degrees; blacked means that the name was blackened."""
    ink = Image.new("L", PIXELS, 255)
    draw = ImageDraw.Draw(ink)
    font = ImageFont.truetype(str(SERIF), SIZE * DPI / 72, layout_engine=ImageFont.Layout.BASIC)
    for line in lines(word):
        draw.text(_pixel(line.x, line.y), line.text, fill=30, font=font, anchor="ls")
    if blacked:
        left, bottom, right, top = COVER
        draw.rectangle([_pixel(left, top), _pixel(right, bottom)], fill=8)
    ink = ink.rotate(skew, resample=Image.Resampling.BICUBIC, fillcolor=255).filter(ImageFilter.GaussianBlur(0.5))
    ground = paper(colour)
    return ImageChops.multiply(ground, ink.convert("RGB") if colour else ink)


def _pixel(x: float, y: float) -> tuple[float, float]:
    return x * DPI / 72, (HEIGHT - y) * DPI / 72


def jpeg(picture: Image.Image, quality: int = 70, exif: bytes = b"") -> bytes:
    """Return a picture as a JPEG file."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, exif=exif, dpi=(DPI, DPI))
    return out.getvalue()


def recognised(word: str, *, skew: float = 0.0, shift: tuple[float, float] = (0.0, 0.0)) -> str:
    """Return the operators that lay invisible text over a scan, word by word, each as wide as it is printed.

    The text is turned with the scan and then shifted, in points, as real recognition misses by a little.
    """
    font = ImageFont.truetype(str(SERIF), 100, layout_engine=ImageFont.Layout.BASIC)
    turn = math.radians(skew)
    out = ["q BT 3 Tr"]
    for line in lines(word):
        before = 0.0
        for text in line.text.split():
            wide = font.getlength(text) * SIZE / 100
            x, y = _turned(line.x + before, line.y, turn)
            stretch = 100 * wide / stringWidth(text, "Helvetica", SIZE)
            matrix = f"{math.cos(turn):.5f} {math.sin(turn):.5f} {-math.sin(turn):.5f} {math.cos(turn):.5f}"
            place = f"{x + shift[0]:.2f} {y + shift[1]:.2f}"
            out.append(f"/F1 {SIZE:g} Tf {stretch:.2f} Tz {matrix} {place} Tm {quoted(text)} Tj")
            before += wide + font.getlength(" ") * SIZE / 100
    return "\n".join([*out, "ET Q"])


def _turned(x: float, y: float, turn: float) -> tuple[float, float]:
    """Turn a point about the middle of the page."""
    x, y = x - WIDTH / 2, y - HEIGHT / 2
    return (
        x * math.cos(turn) - y * math.sin(turn) + WIDTH / 2,
        x * math.sin(turn) + y * math.cos(turn) + HEIGHT / 2,
    )
