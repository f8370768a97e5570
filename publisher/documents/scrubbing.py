"""A file made again without its metadata, its pages and pixels as they were.

Nothing that a reader sees is touched, and nothing that is hidden either: who asks makes sure that nothing is. Two runs
give the same bytes.
"""

import io
from collections.abc import Iterator

import pikepdf
from pikepdf import Array, Name, Stream
from PIL import ExifTags, Image

from publisher.documents.pages import Rendered
from publisher.documents.values import Limits
from publisher.documents.walk import Objects

KEYS = ("/Metadata", "/PieceInfo", "/Thumb", "/LastModified")
CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs"}
"""The chunks of a PNG that decide what it looks like."""


class RefusalError(Exception):
    """Inside the worker: the file cannot be scrubbed without changing it; the message says why."""


def scrub(data: bytes, kind: str, limits: Limits) -> bytes:
    """Return the file without its metadata; raises RefusalError where that would change what is seen."""
    if kind == "application/pdf":
        clean = _pdf(data, limits)
        same = _same_pages(data, clean, limits)
    elif kind == "image/png":
        clean = b"".join(_png(data))
        same = _same_picture(data, clean)
    else:
        clean = jpeg(data)
        same = _same_picture(data, clean)
    if not same:
        raise RefusalError("without its metadata the file looks different")
    return clean


def _pdf(data: bytes, limits: Limits) -> bytes:
    with pikepdf.Pdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
        for item in Objects(pdf, limits).reachable:
            if "/ByteRange" in item and "/Contents" in item:
                raise RefusalError("taking anything out would break the file's digital signature")
            for key in KEYS:
                if key in item:
                    del item[key]
            if isinstance(item, Stream) and item.get("/Subtype") == "/Image" and _is_jpeg(item):
                item.write(jpeg(item.read_raw_bytes()), filter=Name.DCTDecode)
        if "/Info" in pdf.trailer:
            del pdf.trailer["/Info"]
        out = io.BytesIO()
        pdf.save(out, deterministic_id=True, fix_metadata_version=False)
    return out.getvalue()


def _is_jpeg(item: Stream) -> bool:
    named = item.get("/Filter")
    alone = named[0] if isinstance(named, Array) and len(named) == 1 else named
    return bool(alone == "/DCTDecode") and "/DecodeParms" not in item


def _same_pages(one: bytes, other: bytes, limits: Limits) -> bool:
    """Whether two files show the same pixels on every page."""
    before, after = Rendered(one), Rendered(other)
    if len(before) != len(after):
        return False
    for at in range(len(before)):
        scale = before.scale(at, limits)
        if before.picture(at, scale).tobytes() != after.picture(at, scale).tobytes():
            return False
    return True


def _same_picture(one: bytes, other: bytes) -> bool:
    with Image.open(io.BytesIO(one)) as before, Image.open(io.BytesIO(other)) as after:
        return (
            (before.mode, before.size) == (after.mode, after.size)
            and before.getexif().get(ExifTags.Base.Orientation, 1) == after.getexif().get(ExifTags.Base.Orientation, 1)
            and before.tobytes() == after.tobytes()
        )


def _png(data: bytes) -> Iterator[bytes]:
    """Yield the parts of a PNG that decide what it looks like."""
    yield data[:8]
    at = 8
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4])
        if data[at + 4 : at + 8] in CHUNKS:
            yield data[at:end]
        at = end


def jpeg(data: bytes) -> bytes:
    """Return a JPEG with the segments that decide what it looks like, its orientation included, bit for bit."""
    segments = list(_segments(data))
    if not segments:
        return data
    kept = [segment for segment in segments if _counts(segment)]
    return b"\xff\xd8" + _orientation(data) + b"".join(kept)


def _segments(data: bytes) -> Iterator[bytes]:
    """Yield the segments of a JPEG after its first marker; the last is everything from the first scan on."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        if data[at + 1] == 0xDA:
            yield data[at:]
            return
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        yield data[at:end]
        at = end


def _counts(segment: bytes) -> bool:
    marker, content = segment[1], segment[4:]
    if marker == 0xFE:
        return False
    if 0xE0 <= marker <= 0xEF:
        return content.startswith((b"JFIF\0", b"ICC_PROFILE\0", b"Adobe"))
    return True


def _orientation(data: bytes) -> bytes:
    """Return an EXIF segment that says how a picture is to be turned, and nothing else; empty where it is upright."""
    with Image.open(io.BytesIO(data)) as picture:
        turned = picture.getexif().get(ExifTags.Base.Orientation, 1)
    if turned not in range(2, 9):
        return b""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turned
    content = exif.tobytes()
    return b"\xff\xe1" + (len(content) + 2).to_bytes(2) + content
