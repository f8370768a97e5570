"""What a PDF carries beside its pages: programs, attached files, redaction marks, comments, signatures."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary

from publisher.documents.codes import discovery
from publisher.documents.hidden import Found
from publisher.documents.values import Box
from publisher.documents.walk import Objects, text_of

ACTIVE = {
    "/JavaScript": "JavaScript",
    "/Launch": "a command that starts a program",
    "/SubmitForm": "a form that sends what is filled in",
    "/ImportData": "a command that reads a file",
    "/GoToE": "a link into an attached file",
    "/GoToR": "a link to another file",
    "/Rendition": "a film or a sound",
    "/Movie": "a film",
    "/Sound": "a sound",
    "/RichMediaExecute": "a program",
    "/GoTo3DView": "a 3D model",
    "/Hide": "a command that hides what is shown",
    "/SetOCGState": "a command that switches layers",
    "/ResetForm": "a command that empties fields",
}
PLAYED = {"/Movie", "/Sound", "/Screen", "/3D", "/RichMedia"}
RUN = re.compile(r"(?i)\s*(?:javascript|vbscript|data|file)\s*:")
HIDDEN, NO_VIEW = 2, 32


def look(pdf: pikepdf.Pdf, objects: Objects) -> Iterator[Found]:
    """Yield what is found beside the pages."""
    yield from _active(pdf, objects)
    yield from _attached(objects)
    for number, page in enumerate(pdf.pages, 1):
        yield from _annotations(page, number)
    yield from _kept(objects)


def _active(pdf: pikepdf.Pdf, objects: Objects) -> Iterator[Found]:
    found: Counter[str] = Counter()
    for item in objects.reachable:
        kind = str(item.get("/S", "")) if isinstance(item.get("/S"), pikepdf.Name) else ""
        if kind in ACTIVE and item.get("/Type", "/Action") == "/Action":
            found[ACTIVE[kind]] += 1
        elif kind == "/URI" and RUN.match(text_of(item.get("/URI"))):
            found["an address that runs a script or opens a file"] += 1
        elif "/JS" in item and kind != "/JavaScript":
            found["JavaScript"] += 1
        if item.get("/Type") == "/Annot" and str(item.get("/Subtype")) in PLAYED:
            found["a film, a sound or a model"] += 1
        if "/XFA" in item:
            found["an XFA form, which is a program"] += 1
    opening = pdf.Root.get("/OpenAction")
    if isinstance(opening, Dictionary) and opening.get("/S") == "/URI":
        found["an address that is opened by itself"] += 1
    for what, count in sorted(found.items()):
        yield discovery("active-content", f"the file holds {what}{_times(count)}"), ""


def _times(count: int) -> str:
    return f", {count} times" if count > 1 else ""


def _attached(objects: Objects) -> Iterator[Found]:
    files = {
        item["/EF"].objgen if item["/EF"].objgen != (0, 0) else id(item) for item in objects.reachable if "/EF" in item
    }
    if files:
        yield discovery("embedded-file", f"other files are attached to the file{_times(len(files))}"), ""


def _annotations(page: pikepdf.Page, number: int) -> Iterator[Found]:
    """Yield redaction marks, and comments with an author or a text, of one page."""
    annotations = page.obj.get("/Annots")
    if not isinstance(annotations, Array):
        return
    comments: list[str] = []
    for item in annotations:
        kind = str(item.get("/Subtype", "")) if isinstance(item, Dictionary) else ""
        if kind == "/Redact":
            what = "a redaction is marked here and not applied: the text below it is still there"
            yield discovery("unapplied-redaction", what, page=number, box=_box(page, item)), ""
        elif kind not in {"/Link", "/Widget", "/Popup", ""}:
            text = " ".join(filter(None, (text_of(item.get(key)) for key in ("/T", "/Contents", "/RC", "/Subj"))))
            hidden = int(item.get("/F", 0)) & (HIDDEN | NO_VIEW)
            if hidden and (text.strip() or "/AP" in item):
                what = "a comment or a drawn text is set not to show"
                yield discovery("hidden-words", what, page=number, characters=len(text)), text
            elif text.strip():
                comments.append(text)
    if comments:
        what = f"comments with an author or a text{_times(len(comments))}"
        yield discovery("comment", what, page=number, characters=sum(map(len, comments))), " ".join(comments)


def _box(page: pikepdf.Page, item: Any) -> Box | None:
    """Return an annotation's place on an unrotated page, from the top left; None where it has none."""
    try:
        left, bottom, right, top = (float(side) for side in item["/Rect"])
        edge = [float(side) for side in page.cropbox]
    except (KeyError, TypeError, ValueError):
        return None
    return round(left - edge[0], 1), round(edge[3] - top, 1), round(right - edge[0], 1), round(edge[3] - bottom, 1)


def _kept(objects: Objects) -> Iterator[Found]:
    """Yield what programs leave in a file for themselves, and signatures."""
    pieces = sum("/PieceInfo" in item for item in objects.reachable)
    if pieces:
        yield discovery("private-data", f"a program left data of its own in the file{_times(pieces)}"), ""
    thumbnails = sum("/Thumb" in item for item in objects.reachable)
    if thumbnails:
        what = f"small pictures of pages, which may show an earlier state{_times(thumbnails)}"
        yield discovery("thumbnail", what), ""
    signatures = sum("/ByteRange" in item and "/Contents" in item for item in objects.reachable)
    if signatures:
        yield discovery("signature", f"a digital signature names its signer{_times(signatures)}"), ""
