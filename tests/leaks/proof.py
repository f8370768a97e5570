"""What a sample is, seen without the detector: whether the file holds a word anywhere, and whether a reader sees it."""

import io
import re
import subprocess
import unicodedata
import zlib
from collections.abc import Iterator

import pikepdf
import pypdfium2
from PIL import Image, ImageChops

from tests.leaks.sample import Kind
from tests.tools import need

SCALE = 1.5
"""Pixels a point: 108 to the inch."""

PLAIN = 40
"""A pixel is seen to differ if it does by more than this, of 255."""

POPPLER_DIFFERS = {
    "layer for printers only": "Poppler does not heed what a layer is used for",
    "chinese in a font that is not embedded": "Poppler wants the package poppler-data for it",
    "letter in chinese without its font": "Poppler wants the package poppler-data for it",
    "chinese from top to bottom": "Poppler wants the package poppler-data for it",
}

ENOUGH = 30
"""Pixels that differ plainly where another name stands."""


def found(data: bytes, word: str) -> bool:
    """Whether a word stands anywhere in a file: text, objects, earlier revisions, streams that nothing refers to."""
    wanted = [word, word[::-1], *(word.encode(name).decode("latin-1") for name in ("utf-8", "utf-16-be", "utf-16-le"))]
    return any(one in text or one in "".join(text.split()) for text in _texts(data) for one in wanted)


def _texts(data: bytes) -> Iterator[str]:
    yield data.decode("latin-1")
    if b"%PDF-" not in data[:1024]:
        return
    yield from _pages(data)
    yield poppler(data)
    yield from _objects(data)
    yield from _streams(data)
    for end in re.finditer(rb"%%EOF\s*", data):
        if end.end() < len(data):
            yield from _pages(data[: end.end()])


def _pages(data: bytes) -> Iterator[str]:
    """Yield the text of every page as PDFium reads it, its ligatures and shaped letters as plain ones."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return
    for page in document:
        yield unicodedata.normalize("NFKC", page.get_textpage().get_text_bounded())
        yield unicodedata.normalize("NFKC", page.get_textpage().get_text_range())
    document.close()


def poppler(data: bytes) -> str:
    """Return the text of a file as Poppler reads it."""
    command = [need("pdftotext"), "-q", "-enc", "UTF-8", "-raw", "-", "-"]
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    return unicodedata.normalize("NFKC", done.stdout.decode("utf-8", "replace"))


def _objects(data: bytes) -> Iterator[str]:
    """Yield every string and every stream, unpacked, of every object that the cross-reference table knows."""
    with pikepdf.open(io.BytesIO(data)) as document:
        for one in document.objects:
            if isinstance(one, pikepdf.Stream):
                try:
                    yield one.read_bytes().decode("latin-1")
                except pikepdf.PdfError:
                    yield one.read_raw_bytes().decode("latin-1")
            if isinstance(one, pikepdf.Object):
                yield from _strings(one, 0)
        yield from _strings(document.trailer, 0)


def _strings(one: object, depth: int) -> Iterator[str]:
    if depth > 8 or not isinstance(one, pikepdf.Object) or (depth and one.is_indirect):
        return
    if isinstance(one, pikepdf.String):
        yield bytes(one).decode("latin-1")
        yield str(one)
    elif isinstance(one, pikepdf.Name):
        yield str(one)
    elif isinstance(one, pikepdf.Array):
        for each in one.as_list():
            yield from _strings(each, depth + 1)
    elif isinstance(one, (pikepdf.Dictionary, pikepdf.Stream)):
        for _, each in one.items():
            yield from _strings(each, depth + 1)


def _streams(data: bytes) -> Iterator[str]:
    """Yield whatever can be inflated between stream and endstream, whether or not anything refers to it."""
    for start in re.finditer(rb"stream\r?\n", data):
        try:
            yield zlib.decompressobj().decompress(data[start.end() :], 2**22).decode("latin-1")
        except zlib.error:
            continue


def seen(data: bytes) -> list[Image.Image]:
    """Return the pages as PDFium shows them, annotations and forms included; of a picture the picture itself."""
    if b"%PDF-" not in data[:1024]:
        return [Image.open(io.BytesIO(data)).convert("RGB")]
    document = pypdfium2.PdfDocument(data)
    if document.get_formtype() < pypdfium2.raw.FORMTYPE_XFA_FULL:  # of XFA this build of PDFium knows nothing
        document.init_forms()
    pages = [page.render(scale=SCALE, may_draw_forms=True).to_pil().convert("RGB") for page in document]
    document.close()
    return pages


def seen_by_poppler(data: bytes) -> list[Image.Image]:
    """Return the pages as Poppler shows them; of a picture the picture itself."""
    if b"%PDF-" not in data[:1024]:
        return seen(data)
    command = [need("pdftoppm"), "-q", "-cropbox", "-r", f"{SCALE * 72:g}", "-"]
    done = subprocess.run(command, input=data, capture_output=True, check=True)
    pages, rest = [], done.stdout
    while rest:
        header, _, body = rest.partition(b"\n255\n")
        width, height = map(int, header.split()[1:3])
        pages.append(Image.frombytes("RGB", (width, height), body[: 3 * width * height]))
        rest = body[3 * width * height :]
    return pages


def differing(one: list[Image.Image], other: list[Image.Image]) -> int:
    """Return how many pixels differ plainly between two renderings; other sizes differ wholly."""
    if [page.size for page in one] != [page.size for page in other]:
        return sum(width * height for width, height in (page.size for page in one))
    total = 0
    for left, right in zip(one, other, strict=True):
        histogram = ImageChops.difference(left, right).convert("L").histogram()
        total += sum(histogram[PLAIN:])
    return total


def pictures(data: bytes) -> list[Image.Image]:
    """Return the pictures that a file holds, in the order of their objects; of a picture itself."""
    if b"%PDF-" not in data[:1024]:
        return seen(data)
    with pikepdf.open(io.BytesIO(data)) as document:
        streams = [one for one in document.objects if isinstance(one, pikepdf.Stream)]
        images = [one for one in streams if one.get("/Subtype") == "/Image"]
        return [pikepdf.PdfImage(image).as_pil_image().convert("RGB") for image in images]


def doubts(kind: Kind) -> list[str]:
    """Return what a kind of sample claims and is not; nothing where it is what it says."""
    first, second = kind.sample(0), kind.sample(1)
    wrong = [] if kind.make(first.secret) == first.data else ["the file is another one each time"]
    pictured = kind.proof.endswith("picture")
    holds = kind.proof != "absent" and not pictured
    for one, other in ((first, second), (second, first)):
        if found(one.data, one.secret) != holds:
            wrong.append(f"the file {'does not hold' if holds else 'holds'} its name")
        if found(one.data, other.secret):
            wrong.append("the file holds the other name")
    if kind.proof == "hidden picture" and differing(pictures(first.data), pictures(second.data)) < ENOUGH:
        wrong.append("the pictures do not hold the name")
    for viewer in (seen,) if kind.name in POPPLER_DIFFERS else (seen, seen_by_poppler):
        apart = differing(viewer(first.data), viewer(second.data))
        if kind.proof.startswith(("hidden", "absent")) and apart:
            wrong.append(f"{apart} pixels tell the name ({viewer.__name__})")
        if kind.proof.startswith("shown") and apart < ENOUGH:
            wrong.append(f"only {apart} pixels tell the name ({viewer.__name__})")
    return wrong
