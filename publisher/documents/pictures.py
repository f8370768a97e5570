"""PNG and JPEG files: what they carry beside the picture, after its end, and under what is transparent."""

import io
import warnings
from collections.abc import Iterator

from PIL import Image, UnidentifiedImageError

from publisher.documents.codes import discovery
from publisher.documents.compare import greys
from publisher.documents.hidden import Found
from publisher.documents.metadata import of_picture
from publisher.documents.values import LimitError, Limits


def look(data: bytes, limits: Limits) -> Iterator[Found]:
    """Yield what a picture hides; raises LimitError for one that is too large."""
    Image.MAX_IMAGE_PIXELS = None  # the limit is ours
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as picture:
                pixels = picture.width * picture.height
                if pixels > limits.image_pixels:
                    raise LimitError(f"the picture has {pixels} pixels; the limit is {limits.image_pixels}")
                picture.load()
                yield from of_picture(picture)
                yield from _under(picture)
                frames = getattr(picture, "n_frames", 1)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        yield discovery("unreadable-document", "the picture is damaged"), ""
        return
    end = end_of_png(data) if data.startswith(b"\x89PNG") else end_of_jpeg(data)
    if rest := data[end:].strip(b"\0\r\n"):
        yield discovery("trailing-data", "bytes stand after the end of the picture", characters=len(rest)), ""
    elif frames > 1:
        yield discovery("trailing-data", f"the file holds {frames} pictures, of which viewers show one"), ""


def _under(picture: Image.Image) -> Iterator[Found]:
    """Yield whether pixels that are wholly transparent still hold a picture."""
    if picture.mode not in {"RGBA", "LA"}:
        return
    alpha = picture.getchannel("A")
    if greys(alpha)[0] > 0:
        return
    nothing = alpha.point([255] + [0] * 255)
    greyed = picture.convert("RGB").convert("L")
    histogram = greyed.histogram(mask=nothing)
    if sum(count > 0 for count in histogram) > 8:
        yield discovery("covered-pixels", "transparent parts of the picture hold pixels that differ"), ""


def end_of_png(data: bytes) -> int:
    """Return where the last chunk of a PNG ends."""
    at = 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        name = data[at + 4 : at + 8]
        at += 12 + length
        if name == b"IEND":
            return at
    return len(data)


def end_of_jpeg(data: bytes) -> int:
    """Return where the first picture of a JPEG file ends: after the marker that says so, not within a segment."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker == 0xD9:
            return at + 2
        elif marker == 0x01 or 0xD0 <= marker <= 0xD8:
            at += 2
        elif marker == 0xDA:
            at += 2 + int.from_bytes(data[at + 2 : at + 4])
            while at + 1 < len(data) and not (data[at] == 0xFF and data[at + 1] not in {0, *range(0xD0, 0xD8)}):
                at = data.find(b"\xff", at + 1)
                if at < 0:
                    return len(data)
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return len(data)
