"""The pages of a PDF as pictures: as a reader sees them, without their text, their text alone, their pictures alone."""

import ctypes
import io
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

import pikepdf
import pypdfium2
import pypdfium2.raw as pdfium
from PIL import Image

from publisher.documents.streams import DEEPEST, OnlyPictures, OnlyText, Redrawing, WithoutText, carried
from publisher.documents.values import Box, Limits

SCALE = 2.0
"""Pixels a point: 144 to the inch, enough for text of 3 points."""

SCANNED = 0.6
"""The share of a page that pictures cover where it is taken for a scan."""

LEAST_SCALE = 0.4
"""Below this the text of a page cannot be told from its ground, and the page is not judged."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Glyph:
    """One glyph of the text layer: what it says, its pixels (tight and loose), what shows it and how."""

    character: str
    at: int
    tight: Box
    loose: Box
    number: int
    tags: int

    @property
    def centre(self) -> tuple[float, float]:
        left, top, right, bottom = self.loose
        return (left + right) / 2, (top + bottom) / 2


class Rendered:
    """A PDF open for rendering, page by page."""

    def __init__(self, data: bytes) -> None:
        self.document = pypdfium2.PdfDocument(data)
        self.document.init_forms()

    def __len__(self) -> int:
        return len(self.document)

    def scale(self, page: int, limits: Limits) -> float:
        """How many pixels a point gets on a page, so that the picture keeps to the limit."""
        width, height = self.document.get_page_size(page)
        area = max(width * height, 1.0)
        return float(min(SCALE, (limits.page_pixels / area) ** 0.5))

    def picture(self, page: int, scale: float, *, annotations: bool = True) -> Image.Image:
        """Return a page as a picture in RGB."""
        loaded = self.document[page]
        try:
            bitmap = loaded.render(scale=scale, rev_byteorder=True, draw_annots=annotations, may_draw_forms=annotations)
            picture: Image.Image = bitmap.to_pil().convert("RGB")
            bitmap.close()
        finally:
            loaded.close()
        return picture

    def glyphs(self, page: int, scale: float) -> list[Glyph | str]:
        """Return the glyphs of a page in reading order, with the blanks between them."""
        loaded = self.document[page]
        try:
            return list(_glyphs(loaded, scale))
        finally:
            loaded.close()

    def has_font(self, page: int, at: int) -> bool:
        """Whether the file holds the font of a page's glyph `at`."""
        loaded = self.document[page]
        text = loaded.get_textpage()
        try:
            shown = pdfium.FPDFText_GetTextObject(text, at)
            font = pdfium.FPDFTextObj_GetFont(shown) if shown else None
            return bool(font) and pdfium.FPDFFont_GetIsEmbedded(font) == 1
        finally:
            text.close()
            loaded.close()

    def text(self, page: int) -> str:
        """Return what the text layer of a page says."""
        loaded = self.document[page]
        try:
            text = loaded.get_textpage()
            said: str = text.get_text_bounded()
            text.close()
        finally:
            loaded.close()
        return said

    def has_pictures(self, page: int) -> bool:
        """Whether a page, or a form that it draws, draws a picture."""
        loaded = self.document[page]
        try:
            return any(True for _ in loaded.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=8))
        finally:
            loaded.close()

    def picture_boxes(self, page: int, scale: float) -> list[Box]:
        """Return the places of a page's pictures, in pixels."""
        loaded = self.document[page]
        try:
            affine = _Affine(loaded, scale)
            return [affine.around(matrix) for matrix in _pictures(loaded)]
        finally:
            loaded.close()

    def scan(self, page: int, scale: float) -> list[Box]:
        """Return the places of a page's pictures if together they cover most of it, as those of a scan do."""
        boxes = self.picture_boxes(page, scale)
        width, height = self.document.get_page_size(page)
        side = scale / 24
        points = [((x + 0.5) * width * side, (y + 0.5) * height * side) for x in range(24) for y in range(24)]
        return boxes if sum(any(holds(box, point) for box in boxes) for point in points) > SCANNED * len(points) else []

    def close(self) -> None:
        """Give back the memory."""
        self.document.close()


def _glyphs(page: Any, scale: float) -> Iterator[Glyph | str]:
    """Yield each glyph; a blank or a line's end, which pdfium works out from the gaps, is a text."""
    to_pixels = _Affine(page, scale)
    text = page.get_textpage()
    sides = [ctypes.c_double() for _ in range(4)]
    pointers = [ctypes.byref(side) for side in sides]
    rectangle = pdfium.FS_RECTF()
    colour = [ctypes.c_uint() for _ in range(4)]
    shades = [ctypes.byref(part) for part in colour]
    for at in range(pdfium.FPDFText_CountChars(text)):
        code = pdfium.FPDFText_GetUnicode(text, at)
        if pdfium.FPDFText_IsGenerated(text, at) == 1:
            yield "\n" if code in {10, 13} else " "
            continue
        if not pdfium.FPDFText_GetCharBox(text, at, *pointers):
            continue
        left, right, bottom, top = (side.value for side in sides)
        tight = to_pixels.box(left, bottom, right, top)
        if pdfium.FPDFText_GetLooseCharBox(text, at, rectangle):
            loose = to_pixels.box(rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
        else:
            loose = tight
        known = pdfium.FPDFText_GetFillColor(text, at, *shades)
        number, tags = carried(*(part.value for part in colour[:3])) if known else (0, 0)
        character = chr(code) if code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"
        yield Glyph(character=character, at=at, tight=tight, loose=loose, number=number, tags=tags)
    text.close()


def holds(box: Box, point: tuple[float, float]) -> bool:
    """Whether a point lies in a box."""
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


Matrix = tuple[float, float, float, float, float, float]


def _pictures(page: Any) -> Iterator[Matrix]:
    """Yield the matrix of every picture on a page, in forms too, which puts the unit square in its place."""
    top = [pdfium.FPDFPage_GetObject(page, at) for at in range(pdfium.FPDFPage_CountObjects(page))]
    waiting: list[tuple[Any, Matrix, int]] = [(item, (1, 0, 0, 1, 0, 0), 0) for item in top]
    while waiting:
        item, outer, depth = waiting.pop()
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind not in {pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM}:
            continue
        own = pdfium.FS_MATRIX()
        if not pdfium.FPDFPageObj_GetMatrix(item, own):
            continue
        matrix = _times((own.a, own.b, own.c, own.d, own.e, own.f), outer)
        if kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            yield matrix
        elif depth < DEEPEST:
            inner = range(pdfium.FPDFFormObj_CountObjects(item))
            waiting += [(pdfium.FPDFFormObj_GetObject(item, at), matrix, depth + 1) for at in inner]


def _times(inner: Matrix, outer: Matrix) -> Matrix:
    a, b, c, d, e, f = inner
    g, h, i, j, k, m = outer
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m


class _Affine:
    """From a page's own coordinates, which go up, to pixels of its picture, which go down; rotation included."""

    def __init__(self, page: Any, scale: float) -> None:
        width, height = page.get_size()
        self.width, self.height = width * scale, height * scale
        fine = 16
        size = (round(self.width * fine), round(self.height * fine))
        across, down = ctypes.c_int(), ctypes.c_int()

        def device(x: float, y: float) -> tuple[float, float]:
            pdfium.FPDF_PageToDevice(page, 0, 0, *size, 0, x, y, ctypes.byref(across), ctypes.byref(down))
            return across.value / fine, down.value / fine

        (self.e, self.f), (ax, ay), (bx, by) = device(0, 0), device(1000, 0), device(0, 1000)
        self.a, self.b = (ax - self.e) / 1000, (ay - self.f) / 1000
        self.c, self.d = (bx - self.e) / 1000, (by - self.f) / 1000

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """Return the upright box in pixels around a box of the page."""
        corners = [self.point(x, y) for x in (left, right) for y in (bottom, top)]
        across, down = [x for x, _ in corners], [y for _, y in corners]
        return min(across), min(down), max(across), max(down)

    def around(self, matrix: Matrix) -> Box:
        """Return the upright box in pixels around the unit square that a matrix puts in its place."""
        a, b, c, d, e, f = matrix
        across, down = [e, e + a, e + c, e + a + c], [f, f + b, f + d, f + b + d]
        return self.box(min(across), min(down), max(across), max(down))

    def point(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f


Wanted = Mapping[int, Set[int]]
"""For each page, from 0, the numbers of the show operators that are meant; other pages are left as they are."""


def text_alone(data: bytes, wanted: Wanted | None = None) -> Rendered:
    """Every page with its text and nothing else."""
    return _redrawn(data, OnlyText, wanted)


def without_text(data: bytes, wanted: Wanted | None = None) -> Rendered:
    """Every page without its text."""
    return _redrawn(data, WithoutText, wanted)


def pictures_alone(data: bytes) -> Rendered:
    """Every page with its pictures and nothing else."""
    return _redrawn(data, OnlyPictures, None)


def _redrawn(data: bytes, way: type[Redrawing], wanted: Wanted | None) -> Rendered:
    with pikepdf.Pdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
        way(pdf, wanted).pages()
        out = io.BytesIO()
        pdf.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return Rendered(out.getvalue())
