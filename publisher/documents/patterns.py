"""Text that patterns and masks draw: no page's text layer has it, so the page is compared with itself without it."""

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Dictionary, Stream
from PIL import ImageChops

from publisher.documents.codes import discovery
from publisher.documents.compare import LEAST_CONTRAST, LUMINANCE, greys
from publisher.documents.fields import literal
from publisher.documents.hidden import Found, Pictures
from publisher.documents.pages import Rendered
from publisher.documents.streams import SHOW
from publisher.documents.values import Limits
from publisher.documents.walk import Objects

MOST = 8
"""Patterns that are looked at one by one."""


def look(objects: Objects, pictures: Pictures, limits: Limits) -> Iterator[Found]:
    """Yield the texts of patterns and masks that make no difference to any page."""
    for stream in _with_text(objects)[:MOST]:
        words = literal(stream)
        if not _matters(pictures, stream.objgen, limits):
            what = "a pattern or a mask draws text that cannot be seen"
            yield discovery("hidden-text", what, characters=sum(map(str.isalnum, words))), words


def _with_text(objects: Objects) -> list[Stream]:
    found: dict[tuple[int, int], Any] = {}
    for item in objects.reachable:
        if isinstance(item, Stream) and item.get("/PatternType") == 1:
            found[item.objgen] = item
        elif isinstance(item, Dictionary) and item.get("/S") in {"/Alpha", "/Luminosity"} and "/G" in item:
            found[item["/G"].objgen] = item["/G"]
    return [stream for stream in found.values() if isinstance(stream, Stream) and literal(stream).strip()]


def _matters(pictures: Pictures, objgen: tuple[int, int], limits: Limits) -> bool:
    """Whether any page looks different without the text of a stream."""
    with pikepdf.Pdf.open(io.BytesIO(pictures.data), suppress_warnings=True) as pdf:
        stream = pdf.get_object(objgen)
        kept = [each for each in pikepdf.parse_content_stream(stream) if str(each.operator) not in SHOW]
        stream.write(pikepdf.unparse_content_stream(kept))
        out = io.BytesIO()
        pdf.save(out)
    without = Rendered(out.getvalue())
    for at in range(len(without)):
        scale = without.scale(at, limits)
        difference = ImageChops.difference(pictures.seen.picture(at, scale), without.picture(at, scale))
        if greys(difference.convert("L", LUMINANCE))[1] >= LEAST_CONTRAST:
            return True
    return False
