"""What a document hides or gives away, found before it is published (the optional extra `pdf`).

A file is hostile: PDFs and pictures are read in a process of their own, with limits on its time, its memory and
what it may decode. A crash, a hang or a limit is a Discovery. Nothing here returns the hidden words but `reveal`.
"""

from publisher.documents import plain, sandbox
from publisher.documents.codes import discovery
from publisher.documents.values import Box, Discovery, Inspection, Limits
from publisher.errors import LetterbookError, RefusedError
from publisher.media import media_type

__all__ = ["Box", "Discovery", "Inspection", "Limits", "inspect", "is_available", "reveal", "scrub"]

is_available = sandbox.is_available


def inspect(data: bytes, *, limits: Limits | None = None) -> Inspection:
    """Say what a file hides; raises LetterbookError where the extra that reads PDFs is not installed."""
    limits = limits or Limits()
    kind = media_type(data[:4096])
    if not data:
        return Inspection(media_type=kind, discoveries=(discovery("unreadable-document", "the file is empty"),))
    if len(data) > limits.size:
        what = f"the file has {len(data)} bytes; the limit of its size is {limits.size}"
        return Inspection(media_type=kind, discoveries=(discovery("document-limit", what),))
    if kind == "text/plain":
        return Inspection(media_type=kind, discoveries=tuple(plain.look(data)))
    if kind not in sandbox.READ:
        return Inspection(media_type=kind, discoveries=(plain.unwanted(kind),))
    return sandbox.inspect(data, kind, limits)


def reveal(data: bytes, *, limits: Limits | None = None) -> tuple[tuple[Discovery, str], ...]:
    """Return what is hidden in words: for a terminal alone, never for a log."""
    kind = media_type(data[:4096])
    return sandbox.reveal(data, kind, limits or Limits()) if kind in sandbox.READ else ()


def scrub(data: bytes, *, limits: Limits | None = None) -> bytes:
    """Return the file without its metadata, and the pages as they were, pixel by pixel.

    Refuses (RefusedError) while anything else is hidden, for to mend that silently could bring it back; and where the
    file that it made shows anything else, or still holds what it was to lose.
    """
    limits = limits or Limits()
    kind = media_type(data[:4096])
    if kind not in sandbox.READ:
        raise RefusedError(f"a file of type {kind} has no metadata to take out", "leave out --scrub")
    before = inspect(data, limits=limits)
    if hidden := sorted({d.code for d in before.discoveries if d.severity == "error"} - SCRUBBED):
        raise RefusedError(
            f"the file hides more than metadata: {', '.join(hidden)}", "make the file again without that, then scrub it"
        )
    clean = sandbox.scrub(data, kind, limits)
    after = inspect(clean, limits=limits)
    left = sorted({d.code for d in after.discoveries if d.code in SCRUBBED or d.severity == "error"})
    if left or after.pages != before.pages:
        raise LetterbookError(
            f"scrubbing did not work: {', '.join(left) or 'the file has other pages'}",
            "take the metadata out with the program that made the file",
        )
    return clean


SCRUBBED = frozenset(
    {"document-metadata", "user-path", "image-metadata", "image-location", "private-data", "thumbnail"}
)
"""What `scrub` takes out."""
