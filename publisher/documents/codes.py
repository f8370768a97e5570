"""Every code that a look into a document can give: what it is, whether it blocks or can be waived, what helps."""

from dataclasses import dataclass

from publisher.documents.values import Box, Discovery
from publisher.finding import Severity


@dataclass(frozen=True, kw_only=True, slots=True)
class Code:
    """What is found under a code, how grave it is, one concrete fix, and whether a record may accept it."""

    told: str
    severity: Severity = "error"
    hint: str
    waivable: bool = True

    @property
    def is_scrubbed(self) -> bool:
        """Whether `--scrub` takes it out."""
        return self.hint.endswith(_SCRUB)


_FLAT = "print or export the document to a new PDF"
_REDACT = "redact it with a tool that removes the words, then export a new PDF; a box drawn over words hides nothing"
_SCRUB = "'letterbook add --scrub' takes it out"

CODES: dict[str, Code] = {
    "hidden-text": Code(
        told="Text that a page holds and a reader cannot see: covered, cut off, transparent, in a layer that does not "
        "show, or in the colour of its ground.",
        hint=_REDACT,
    ),
    "invisible-text": Code(
        told="Invisible text, as OCR lays it over scans, where the page shows no writing: a scan that was blackened "
        "and kept its words.",
        hint=_REDACT,
    ),
    "text-outside-page": Code(
        told="Text beyond the page's edge.", hint=f"cutting a page hides its margin and keeps it: {_FLAT}"
    ),
    "tiny-text": Code(
        told="Text too small or too narrow to be read.", hint="take the text out, or make it large enough to read"
    ),
    "hidden-words": Code(
        told="Words for readers of the file alone: replacement text that says more than the page, and comments that "
        "are set not to show.",
        hint=f"the words stand beside the page: {_FLAT}",
    ),
    "hidden-field": Code(
        told="A form field that holds other words than it shows, choices and states that are not on included.",
        hint=f"empty the field, then {_FLAT}",
    ),
    "lost-revision": Code(
        told="An earlier state of the file, kept in it, with words or pictures that the last one lost.",
        hint=f"the earlier state can be got back: {_FLAT}",
    ),
    "orphan-objects": Code(
        told="Text, pictures, comments or pages that the file keeps and no page draws.",
        hint=f"what was deleted is still in the file: {_FLAT}",
    ),
    "unapplied-redaction": Code(
        told="A redaction that was marked and never applied.",
        hint="apply the redaction marks, then save the file as a new one",
    ),
    "embedded-file": Code(
        told="Other files attached to the file.",
        hint="take the attached file out; add it as a document of its own",
    ),
    "image-location": Code(
        told="The place on earth where a picture was taken.",
        hint=f"the place where a picture was taken stands in it: {_SCRUB}",
    ),
    "trailing-data": Code(
        told="Bytes after the end of a file, or further pictures in a picture's file.",
        hint=f"bytes after the end of a file show nowhere: {_FLAT}",
    ),
    "invisible-characters": Code(
        told="Characters of a text file that do not show, or that turn the direction of reading.",
        hint="take them out, or make a PDF of the text",
    ),
    "active-content": Code(
        told="JavaScript, commands that start programs or send data, films, forms that are programs.",
        hint=_FLAT,
        waivable=False,
    ),
    "encrypted-document": Code(
        told="A file that is encrypted, whether or not a password is asked for.",
        hint="save the file without a password",
        waivable=False,
    ),
    "unreadable-document": Code(
        told="A file that is empty, damaged, or breaks what reads it.", hint=_FLAT, waivable=False
    ),
    "document-limit": Code(
        told="A file that exceeds a limit of size, memory, time, pages or pixels; the message says which.",
        hint="make the file smaller or split it",
        waivable=False,
    ),
    "unwanted-media-type": Code(
        told="A file that is no PDF, PNG, JPEG or plain text, such as one of a word processor.",
        hint="make a PDF of it: a PDF can be checked for what it hides",
        waivable=False,
    ),
    "covered-pixels": Code(
        told="A part of a picture that is covered, cut off or transparent, and still in the file.",
        severity="warning",
        hint="the covered part can be got back: cut it out of the picture",
    ),
    "earlier-revision": Code(
        told="An earlier state of the file that holds nothing which the last one lost.", severity="warning", hint=_FLAT
    ),
    "document-metadata": Code(
        told="Authors, keywords and the like in the properties of the file or in its XMP.",
        severity="warning",
        hint=_SCRUB,
    ),
    "user-path": Code(
        told="Paths of the machine on which the file was made, which name users.", severity="warning", hint=_SCRUB
    ),
    "image-metadata": Code(told="EXIF, XMP or comments in a picture.", severity="warning", hint=_SCRUB),
    "private-data": Code(
        told="Data that a program left in the file for itself, and remarks between its objects.",
        severity="warning",
        hint=_SCRUB,
    ),
    "thumbnail": Code(
        told="Small pictures of pages, which may show an earlier state.", severity="warning", hint=_SCRUB
    ),
    "comment": Code(
        told="Comments with an author or a text.",
        severity="warning",
        hint=f"delete the comments that are not meant for readers, then {_FLAT}",
    ),
    "signature": Code(
        told="A digital signature, which names its signer.",
        severity="warning",
        hint="make sure that the signer's certificate may be public",
    ),
    "alternative-text": Code(
        told="Alternative text, which is read aloud, with words that no page shows.",
        severity="warning",
        hint="take the words out of the alternative text",
    ),
    "bookmark": Code(
        told="Bookmarks, or names of places, layers and pages, with words that no page shows.",
        severity="warning",
        hint=f"take the words out of bookmarks and names, or {_FLAT}",
    ),
    "unjudged-text": Code(
        told="Text in a font that is not in the file and not on this machine: it cannot be compared.",
        severity="warning",
        hint="look at these pages by hand, or export the PDF with its fonts",
    ),
    "contact-details": Code(
        told="Mail addresses and telephone numbers in what a reader sees.",
        severity="warning",
        hint="redact it: contact details are never published",
    ),
}


def discovery(
    code: str, message: str, *, page: int | None = None, box: Box | None = None, characters: int = 0
) -> Discovery:
    """Return a discovery of a known code."""
    known = CODES[code]
    return Discovery(
        code=code, severity=known.severity, message=message, hint=known.hint, page=page, box=box, characters=characters
    )
