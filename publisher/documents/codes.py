"""Every code that a look into a document can give: whether it blocks, whether it can be waived, and what helps."""

from dataclasses import dataclass

from publisher.documents.values import Box, Discovery
from publisher.finding import Severity


@dataclass(frozen=True, kw_only=True, slots=True)
class Code:
    """How grave a discovery is, whether a record may accept it, and one concrete fix."""

    severity: Severity
    hint: str
    waivable: bool = True


_REDACT = "redact it with a tool that removes the words, then export a new PDF; a box drawn over words hides nothing"
_FLAT = "print or export the document to a new PDF"
_SCRUB = "'letterbook add --scrub' takes it out"

CODES: dict[str, Code] = {
    "hidden-text": Code(severity="error", hint=_REDACT),
    "invisible-text": Code(severity="error", hint=_REDACT),
    "text-outside-page": Code(severity="error", hint="cutting a page hides its margin and keeps it: " + _FLAT),
    "tiny-text": Code(severity="error", hint="take the text out, or make it large enough to read"),
    "hidden-words": Code(severity="error", hint=f"the words stand beside the page, for readers of the file: {_FLAT}"),
    "hidden-field": Code(severity="error", hint="empty the field, then " + _FLAT),
    "lost-revision": Code(severity="error", hint=f"the earlier state can be got back: {_FLAT}"),
    "orphan-objects": Code(severity="error", hint=f"what was deleted is still in the file: {_FLAT}"),
    "unapplied-redaction": Code(severity="error", hint="apply the redaction marks, then save the file as a new one"),
    "embedded-file": Code(severity="error", hint="take the attached file out; add it as a document of its own"),
    "active-content": Code(severity="error", hint=_FLAT, waivable=False),
    "encrypted-document": Code(severity="error", hint="save the file without a password", waivable=False),
    "unreadable-document": Code(severity="error", hint=_FLAT, waivable=False),
    "document-limit": Code(severity="error", hint="make the file smaller or split it", waivable=False),
    "unwanted-media-type": Code(
        severity="error", hint="make a PDF of it: a PDF can be checked for what it hides", waivable=False
    ),
    "invisible-characters": Code(severity="error", hint="take them out, or make a PDF of the text"),
    "image-location": Code(severity="error", hint=f"the place where a picture was taken stands in it: {_SCRUB}"),
    "trailing-data": Code(severity="error", hint=f"bytes after the end of a file show nowhere: {_FLAT}"),
    "covered-pixels": Code(
        severity="warning", hint="the picture's covered part can be got back: cut it out of the picture"
    ),
    "unjudged-text": Code(severity="warning", hint="look at these pages by hand, or export the PDF with its fonts"),
    "earlier-revision": Code(severity="warning", hint=_FLAT),
    "document-metadata": Code(severity="warning", hint=_SCRUB),
    "user-path": Code(severity="warning", hint=_SCRUB),
    "image-metadata": Code(severity="warning", hint=_SCRUB),
    "private-data": Code(severity="warning", hint=_SCRUB),
    "thumbnail": Code(severity="warning", hint=_SCRUB),
    "comment": Code(severity="warning", hint="delete the comments that are not meant for readers, then " + _FLAT),
    "signature": Code(severity="warning", hint="make sure that the signer's certificate may be public"),
    "contact-details": Code(severity="warning", hint="redact it: contact details are never published"),
    "alternative-text": Code(severity="warning", hint="take the words out of the alternative text"),
    "bookmark": Code(severity="warning", hint="take the words out of bookmarks and names, or " + _FLAT),
}


def discovery(
    code: str, message: str, *, page: int | None = None, box: Box | None = None, characters: int = 0
) -> Discovery:
    """Return a discovery of a known code."""
    known = CODES[code]
    return Discovery(
        code=code, severity=known.severity, message=message, hint=known.hint, page=page, box=box, characters=characters
    )
