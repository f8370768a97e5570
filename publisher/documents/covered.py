"""Pixels of a picture that the page covers or cuts off: they are in the file all the same."""

from collections.abc import Iterator

from PIL import Image, ImageFilter

from publisher.documents.codes import discovery
from publisher.documents.compare import greys
from publisher.documents.hidden import Found
from publisher.documents.pages import LEAST_SCALE, Rendered, pictures_alone
from publisher.documents.values import Box, Limits

CELL = 8
"""Points: the side of the squares that are compared."""

SCALE = 1.0
"""Pixels a point."""

BUSY, CALM = 60, 10
"""Of 255: the range of greys in a square that shows something, and in one that shows nothing."""

LEAST = 3
"""Squares that must be covered before it is told."""


def look(data: bytes, limits: Limits) -> Iterator[Found]:
    """Yield the pages on which a picture shows something, alone, where the page as a whole shows nothing."""
    seen = Rendered(data)
    pages = [at for at in range(len(seen)) if seen.has_pictures(at)]
    if not pages:
        return
    alone = pictures_alone(data)
    for at in pages:
        scale = min(SCALE, seen.scale(at, limits))
        if scale < LEAST_SCALE:
            continue
        squares = list(_covered(seen.picture(at, scale), alone.picture(at, scale, annotations=False), scale))
        if len(squares) >= LEAST:
            lefts, tops, rights, bottoms = zip(*squares, strict=True)
            box = (min(lefts), min(tops), max(rights), max(bottoms))
            what = f"part of a picture is covered or cut off ({len(squares)} places)"
            yield discovery("covered-pixels", what, page=at + 1, box=box), ""


def _covered(seen: Image.Image, alone: Image.Image, scale: float) -> Iterator[Box]:
    side = max(round(CELL * scale), 2)
    shown, held = (picture.convert("L").filter(ImageFilter.BoxBlur(1)) for picture in (seen, alone))
    for top in range(0, seen.height - side, side):
        for left in range(0, seen.width - side, side):
            square = (left, top, left + side, top + side)
            low, high = greys(held.crop(square))
            if high - low < BUSY:
                continue
            low, high = greys(shown.crop(square))
            if high - low <= CALM:
                yield left / scale, top / scale, (left + side) / scale, (top + side) / scale
