"""One PDF looked into from all sides: whether it can be read, its pages, what stands beside them, what was deleted."""

import io
from collections.abc import Iterator
from typing import NamedTuple

import pikepdf
import pypdfium2

from publisher.documents import beside, covered, fields, hidden, leftovers, metadata, patterns, revisions, structure
from publisher.documents.codes import discovery
from publisher.documents.hidden import Found
from publisher.documents.plain import contact_details
from publisher.documents.values import Limits
from publisher.documents.walk import Objects, guard

_MENDED = "the file is damaged, and each reader would mend it in its own way"


class Looked(NamedTuple):
    """How many pages a file has, where that is known, and what was found."""

    pages: int | None
    found: list[Found]


def look(data: bytes, limits: Limits) -> Looked:
    """Look into a PDF; what cannot be read is a discovery. Raises LimitError where a limit is exceeded."""
    try:
        with pikepdf.Pdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
            return _look(pdf, data, limits)
    except pikepdf.PasswordError:
        return Looked(None, [_alone("encrypted-document", "the file is locked with a password")])
    except (pikepdf.PdfError, pikepdf.DataDecodingError, pypdfium2.PdfiumError):
        return Looked(None, [_alone("unreadable-document", "the file is damaged, or is no PDF")])


def _alone(code: str, message: str) -> Found:
    return discovery(code, message), ""


def _look(pdf: pikepdf.Pdf, data: bytes, limits: Limits) -> Looked:
    if pdf.is_encrypted:
        return Looked(None, [_alone("encrypted-document", "the file is encrypted, though no password is asked for")])
    if any("reconstruct" in str(warning) for warning in pdf.get_warnings()):
        return Looked(None, [_alone("unreadable-document", _MENDED)])
    count = len(pdf.pages)
    if count > limits.pages:
        what = f"the file has {count} pages; the limit is {limits.pages}"
        return Looked(count, [_alone("document-limit", what)])
    if count == 0:
        return Looked(None, [_alone("unreadable-document", "the file has no page")])
    objects = Objects(pdf, limits)
    guard(objects)
    pictures = hidden.Pictures(data)
    if len(pictures.seen) != count:
        return Looked(None, [_alone("unreadable-document", "two readers see two different files in it")])
    found = sorted(_found(pdf, objects, pictures, limits), key=lambda pair: pair[0].page or 0)
    if any("recover" in str(warning) or "reconstruct" in str(warning) for warning in pdf.get_warnings()):
        found.insert(0, _alone("unreadable-document", _MENDED))
    return Looked(count, found)


def _found(pdf: pikepdf.Pdf, objects: Objects, pictures: hidden.Pictures, limits: Limits) -> Iterator[Found]:
    texts = [pictures.alone.text(at) for at in range(len(pictures.alone))]
    yield from structure.look(pdf, objects)
    yield from fields.look(pdf, objects)
    yield from beside.look(pdf, objects, "\n".join(texts))
    yield from metadata.look(pdf, objects)
    earlier = revisions.prefixes(pictures.data)
    yield from leftovers.look(pdf, objects, pictures.data, 1 + len(earlier))
    yield from revisions.look(pictures.data, earlier, limits)
    yield from hidden.look(pictures, limits)
    yield from patterns.look(objects, pictures, limits)
    yield from covered.look(pictures, limits)
    for number, text in enumerate(texts, 1):
        yield from ((found, "") for found in contact_details(text, number))
