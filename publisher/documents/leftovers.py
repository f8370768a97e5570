"""What was deleted and is still there: objects that nothing leads to, pictures and texts that no page draws."""

import hashlib
import re
import zlib
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Dictionary, Stream

from publisher.documents.codes import discovery
from publisher.documents.hidden import Found
from publisher.documents.streams import xobject
from publisher.documents.walk import Objects, text_of

OWN = {"/ObjStm", "/XRef"}
"""Streams that hold a file together; nothing leads to them."""

_OBJECT = re.compile(rb"(?<![0-9])([0-9]{1,8})[ \r\n\t]{1,4}([0-9]{1,5})[ \r\n\t]{1,4}obj\b")
_REMARK = re.compile(rb"endobj[ \r\n\t]{1,8}%(?!%EOF|% Original object ID)([^\r\n]*[A-Za-z]{3}[^\r\n]*)")
_SHOWS = re.compile(rb"[)>\]]\s*(?:Tj|TJ|'|\")(?=\s|$)")


def look(pdf: pikepdf.Pdf, objects: Objects, data: bytes, revisions: int) -> Iterator[Found]:
    """Yield the texts and pictures that a file keeps and never shows; `revisions` tells who looks at older objects."""
    known = {_digest(stream) for stream in objects.streams()}
    loose = [item for item in objects.orphans if not _is_own(item)]
    kept = [
        what for item in loose if (what := _holds(item)) and not (isinstance(item, Stream) and _digest(item) in known)
    ]
    yield from _counted(kept, "that nothing in the file leads to")
    yield from _counted([*_undrawn(pdf, objects), *_unpaged(pdf, objects)], "that no page draws")
    if remarks := [match[1] for match in _REMARK.finditer(data)]:
        what = f"remarks stand between the objects of the file, {len(remarks)} of them"
        words = " ".join(remark.decode("latin-1") for remark in remarks)
        yield discovery("private-data", what, characters=len(words)), words
    if revisions == 1:
        yield from _counted(list(_unlisted(pdf, data)), "that the file's own list leaves out")


def _counted(kept: list[str], where: str) -> Iterator[Found]:
    if kept:
        counts = [(what, kept.count(what)) for what in ("text", "picture", "comment", "page") if what in kept]
        names = " and ".join(f"{count} {what}{'s' * (count > 1)}" for what, count in counts)
        yield discovery("orphan-objects", f"the file holds {names} {where}"), ""


def _is_own(item: Any) -> bool:
    return str(item.get("/Type", "")) in OWN


def _digest(stream: Stream) -> bytes:
    return hashlib.sha256(stream.read_raw_bytes()).digest()


def _holds(item: Any) -> str:
    """Say whether a loose object holds a text, a picture or a comment; empty where it holds none."""
    if isinstance(item, Dictionary):
        return "comment" if item.get("/Subtype") and "/Rect" in item and text_of(item.get("/Contents")).strip() else ""
    if item.get("/Subtype") == "/Image":
        return "picture"
    return "text" if _shows_text(item) else ""


def _shows_text(stream: Stream) -> bool:
    try:
        return bool(_SHOWS.search(stream.read_bytes()))
    except pikepdf.PdfError:
        return False


def _undrawn(pdf: pikepdf.Pdf, objects: Objects) -> Iterator[str]:
    """Yield what stands in a page's resources, to be drawn, and is drawn nowhere."""
    drawn: set[tuple[int, int]] = set()
    offered: dict[tuple[int, int], Any] = {}
    masks: set[tuple[int, int]] = set()
    for page in pdf.pages:
        drawn |= _draws(page, page.resources)
    for item in objects.reachable:
        for key in ("/SMask", "/Mask", "/Thumb", "/G", "/Alternates"):
            if isinstance(item.get(key), Stream):
                masks.add(item[key].objgen)
        if isinstance(item.get("/XObject"), Dictionary):
            offered |= {stream.objgen: stream for stream in item["/XObject"].values() if isinstance(stream, Stream)}
        if isinstance(item, Stream) and (item.get("/Subtype") == "/Form" or item.get("/PatternType") == 1):
            drawn |= _draws(item, item.get("/Resources"))
        if item.get("/Subtype") == "/Type3" and isinstance(item.get("/CharProcs"), Dictionary):
            for glyph in item["/CharProcs"].values():
                drawn |= _draws(glyph, item.get("/Resources")) if isinstance(glyph, Stream) else set()
    for objgen in offered.keys() - drawn - masks:
        if what := _holds(offered[objgen]):
            yield what


def _unpaged(pdf: pikepdf.Pdf, objects: Objects) -> Iterator[str]:
    """Yield the pages that are in no page tree, such as templates."""
    paged = {page.obj.objgen for page in pdf.pages}
    for item in objects.reachable:
        if item.get("/Type") in {"/Page", "/Template"} and "/Contents" in item and item.objgen not in paged:
            yield "page"


def _draws(stream: Any, resources: Any) -> set[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    for instruction in pikepdf.parse_content_stream(stream, "Do"):
        named = xobject(resources, instruction.operands[0]) if instruction.operands else None
        if named is not None:
            found.add(named.objgen)
    return found


def _unlisted(pdf: pikepdf.Pdf, data: bytes) -> Iterator[str]:
    """Yield what stands in the bytes of a file as an object, and is not in its list of objects, or is there twice."""
    listed = {item.objgen for item in pdf.objects if isinstance(item, pikepdf.Object) and item.objgen != (0, 0)}
    seen: dict[tuple[int, int], int] = {}
    starts = list(_OBJECT.finditer(data))
    for at, match in enumerate(starts):
        name = (int(match[1]), int(match[2]))
        seen[name] = seen.get(name, 0) + 1
        if name in listed and seen[name] == 1:
            continue
        end = starts[at + 1].start() if at + 1 < len(starts) else len(data)
        body = data[match.end() : end]
        if what := _raw(body):
            yield what


def _raw(body: bytes) -> str:
    head, mark, rest = body.partition(b"stream")
    if not mark:
        return ""
    if b"/Image" in head:
        return "picture"
    content = rest.lstrip(b"\r\n").partition(b"endstream")[0]
    if b"/FlateDecode" in head:
        try:
            content = zlib.decompressobj().decompress(content, 2**24)
        except zlib.error:
            return ""
    return "text" if _SHOWS.search(content) else ""
