"""Earlier states of a file that was saved by adding to its end: what they hold and the last one lost."""

import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pikepdf
from pikepdf import Array, Dictionary, Stream

from publisher.documents.beside import words_of
from publisher.documents.codes import discovery
from publisher.documents.hidden import Found
from publisher.documents.pages import Rendered
from publisher.documents.values import LimitError, Limits
from publisher.documents.walk import Objects, text_of

_END = re.compile(rb"startxref[ \r\n\t]+([0-9]{1,12})[ \r\n\t]+%%EOF[ \t]*(?:\r\n|\r|\n)?")
MOST = 30
"""Earlier states of a file; a file with more is not looked into."""


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """What a reader of one state could get: its words and its pictures."""

    words: frozenset[str]
    pictures: frozenset[bytes]


def prefixes(data: bytes) -> list[bytes]:
    """Return the earlier states of a file, oldest first."""
    ends = list(_END.finditer(data))
    if ends and b"/Linearized" in data[:1024]:
        ends = ends[1:]  # the first of two ends is that of the part that shows the first page early
    found = [data[: end.end()] for end in ends[:-1] if int(end[1]) != 0]
    if len(found) > MOST:
        raise LimitError(f"the file was saved {len(found)} times by adding to it; the limit is {MOST}")
    return [prefix for prefix in found if _is_whole(prefix)]


def trailing(data: bytes) -> int:
    """Count the bytes after the last end of a file, blanks apart."""
    at = data.rfind(b"%%EOF")
    return len(data[at + 5 :].strip(b"\0\r\n\t ")) if at >= 0 else 0


def look(data: bytes, earlier: list[bytes], limits: Limits) -> Iterator[Found]:
    """Yield what earlier states hold and the last one lost, else that there are earlier states."""
    if extra := trailing(data):
        yield discovery("trailing-data", "bytes stand after the end of the file", characters=extra), ""
    if not earlier:
        return
    last = _state(data, limits)
    words: set[str] = set()
    pictures: set[bytes] = set()
    for prefix in earlier:
        state = _state(prefix, limits)
        words |= state.words - last.words
        pictures |= state.pictures - last.pictures
    times = f"{len(earlier)} earlier state{'s' * (len(earlier) > 1)} of the file"
    if words:
        what = f"{times} can be got back, with words that the last one lost"
        yield discovery("lost-revision", what, characters=sum(map(len, words))), " ".join(sorted(words))
    if pictures:
        yield discovery("lost-revision", f"{times} can be got back, with {len(pictures)} pictures that it lost"), ""
    if not words and not pictures:
        yield discovery("earlier-revision", f"{times} can be got back; nothing was lost since"), ""


def _is_whole(prefix: bytes) -> bool:
    """Whether bytes are a file of their own, and not one that ends within an attached file."""
    try:
        with pikepdf.Pdf.open(io.BytesIO(prefix), attempt_recovery=False, suppress_warnings=True) as pdf:
            return len(pdf.pages) > 0
    except (pikepdf.PdfError, ValueError):
        return False


def _state(data: bytes, limits: Limits) -> State:
    words: set[str] = set()
    rendered = Rendered(data)
    for at in range(len(rendered)):
        words |= words_of(rendered.text(at))
    rendered.close()
    pictures: set[bytes] = set()
    with pikepdf.Pdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
        for item in Objects(pdf, limits).reachable:
            if isinstance(item, Stream) and item.get("/Subtype") == "/Image":
                pictures.add(hashlib.sha256(item.read_raw_bytes()).digest())
            for key in ("/Contents", "/V"):
                if not isinstance(item.get(key), Array | Dictionary | Stream) and "/ByteRange" not in item:
                    words |= words_of(text_of(item.get(key)))
    return State(words=frozenset(words), pictures=frozenset(pictures))
