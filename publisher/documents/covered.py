"""Pixels of a picture that the page covers or cuts off: they are in the file all the same."""

from collections.abc import Iterator

from PIL import Image, ImageFilter

from publisher.documents.codes import discovery
from publisher.documents.compare import greys
from publisher.documents.hidden import Found, Pictures
from publisher.documents.pages import LEAST_SCALE, Rendered, pictures_alone
from publisher.documents.values import Box, Limits

CELL = 8
"""Points: the side of the squares that are compared."""

SCALE = 1.0
"""Pixels a point."""

BUSY, CALM = 60, 10
"""Of 255: the range of greys in a square that shows something, and in one that shows nothing."""

BLEED = 14
"""Points that a picture may reach beyond the page: 5 mm, for a printer's knife."""

LEAST = 3
"""Squares that must be covered before it is told."""


def look(pictures: Pictures, limits: Limits) -> Iterator[Found]:
    """Yield the pages on which a picture shows something, alone, where the page as a whole shows nothing."""
    seen = pictures.seen
    pages = [at for at in range(len(seen)) if seen.has_pictures(at)]
    if not pages:
        return
    alone = pictures_alone(pictures.data)
    for at in pages:
        scale = min(SCALE, seen.scale(at, limits))
        if _reaches_out(seen, at):
            yield discovery("covered-pixels", "a picture reaches beyond the page's edge", page=at + 1), ""
        if scale < LEAST_SCALE:
            continue
        squares = list(_covered(seen.picture(at, scale), alone.picture(at, scale, annotations=False), scale))
        if len(squares) >= LEAST:
            lefts, tops, rights, bottoms = zip(*squares, strict=True)
            box = (min(lefts), min(tops), max(rights), max(bottoms))
            what = f"part of a picture is covered or cut off ({len(squares)} places)"
            yield discovery("covered-pixels", what, page=at + 1, box=box), ""


def _reaches_out(seen: Rendered, at: int) -> bool:
    """Whether a picture's place goes further beyond the page than what a printer cuts off."""
    width, height = seen.document.get_page_size(at)
    return any(
        min(left, top) < -BLEED or right > width + BLEED or bottom > height + BLEED
        for left, top, right, bottom in seen.picture_boxes(at, 1.0)
    )


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
