"""What a file says about its making: authors, paths with a user's name, a camera's data and the place of a picture."""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Stream
from PIL import ExifTags, Image, UnidentifiedImageError

from publisher.documents.codes import discovery
from publisher.documents.hidden import Found
from publisher.documents.walk import Objects, strings, text_of

ORDINARY = {"/Producer", "/Creator", "/CreationDate", "/ModDate", "/Title", "/Trapped", "/PTEX.Fullbanner"}
"""Fields of the information dictionary that name programs and times, and the title, which viewers show."""

PATH = re.compile(
    r"(?i)[a-z]:\\{1,2}(?:users|documents and settings)\\{1,2}[^\\/\s]+|(?<![\w.])/(?:users|home)/[^/\s]+"
    r"|file:/{2,3}[^\s\"<>]+|(?<![\\\w])\\\\[\w.-]+\\[\w$.-]+"
)
_ELEMENT = re.compile(
    r"(?is)<(dc:creator|dc:contributor|dc:description|dc:subject|xmp:Author|pdf:Author|pdf:Keywords|xmpRights:Owner"
    r"|photoshop:AuthorsPosition|photoshop:CaptionWriter|xmpMM:History|xmpMM:DerivedFrom|xmpMM:Ingredients"
    r"|pdfx:[\w.-]+|custom:[\w.-]+)\b[^>]*>(.*?)</\1>"
)
_ATTRIBUTE = re.compile(
    r"(?is)\b(pdf:Author|pdf:Keywords|xmp:Author|photoshop:\w+|pdfx:[\w.-]+)\s*=\s*[\"']([^\"']+)[\"']"
)
_TAG = re.compile(r"<[^>]*>")


def look(pdf: pikepdf.Pdf, objects: Objects) -> Iterator[Found]:
    """Yield what the information dictionary, XMP, strings and pictures of a PDF say about its making."""
    yield from _information(pdf)
    packets = [item for item in objects.streams() if item.get("/Type") == "/Metadata" or item.get("/Subtype") == "/XML"]
    texts = [text_of(packet) for packet in packets]
    words = [word for text in texts for word in _xmp(text)]
    if words:
        what = "the XMP metadata names people, keywords or earlier files"
        yield discovery("document-metadata", what, characters=sum(map(len, words))), " ".join(words)
    everywhere = [text for item in objects.reachable for _, text in strings(item)]
    if paths := sorted({path for text in [*texts, *everywhere] for path in PATH.findall(text)}):
        what = "the file holds paths of the machine on which it was made, which name users"
        yield discovery("user-path", what, characters=sum(map(len, paths))), " ".join(paths)
    for item in objects.streams():
        if item.get("/Subtype") == "/Image" and "/DCTDecode" in str(item.get("/Filter")):
            yield from _jpeg_within(item)


def _information(pdf: pikepdf.Pdf) -> Iterator[Found]:
    information = pdf.trailer.get("/Info")
    if not isinstance(information, pikepdf.Dictionary):
        return
    told = [(key, text) for key, text in strings(information) if key not in ORDINARY and _tells(text)]
    if told:
        names = ", ".join(sorted({key[1:] for key, _ in told if re.fullmatch(r"/[A-Za-z]{1,30}", key)})) or "fields"
        what = f"the file's properties are filled in: {names}"
        yield (
            discovery("document-metadata", what, characters=sum(len(text) for _, text in told)),
            " ".join(text for _, text in told),
        )


def _tells(text: str) -> bool:
    """Whether a property says something; some programs write that nothing was given."""
    return text.strip(" ()").casefold() not in {"", "anonymous", "unspecified", "untitled", "unknown"}


def _xmp(text: str) -> Iterator[str]:
    for _, inner in _ELEMENT.findall(text):
        if words := _TAG.sub(" ", inner).strip():
            yield " ".join(words.split())
    yield from (value for _, value in _ATTRIBUTE.findall(text) if value.strip())


def _jpeg_within(item: Stream) -> Iterator[Found]:
    filters = item.get("/Filter")
    if isinstance(filters, pikepdf.Array) and len(filters) > 1:
        return
    try:
        with Image.open(BytesIO(item.read_raw_bytes())) as picture:
            yield from of_picture(picture)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return


def of_picture(picture: Image.Image) -> Iterator[Found]:
    """Yield what a picture's own metadata gives away."""
    exif = picture.getexif()
    if exif.get_ifd(ExifTags.IFD.GPSInfo):
        yield discovery("image-location", "a picture says where on earth it was taken"), ""
    kept = [name for name in ("xmp", "XML:com.adobe.xmp", "photoshop", "comment", "Comment") if picture.info.get(name)]
    texts: list[str] = [str(value) for key, value in _text_chunks(picture)]
    harmless = {ExifTags.Base.Orientation, ExifTags.Base.XResolution, ExifTags.Base.YResolution}
    harmless |= {ExifTags.Base.ResolutionUnit, ExifTags.Base.ExifOffset, ExifTags.Base.ColorSpace}
    if kept or texts or set(exif) - harmless:
        yield (
            discovery("image-metadata", "a picture carries data about its making (EXIF, XMP or comments)"),
            " ".join(texts),
        )


def _text_chunks(picture: Image.Image) -> list[tuple[str, Any]]:
    return list(getattr(picture, "text", {}).items())
