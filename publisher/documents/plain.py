"""Files that need no library: plain text, and what is refused with advice."""

from collections import Counter
from collections.abc import Iterator

from publisher.contacts import contacts_in
from publisher.documents.codes import discovery
from publisher.documents.values import Discovery
from publisher.text import blemishes

_ADVICE = {
    "application/zip": "this looks like a word processor's or a spreadsheet's file, or an archive",
    "application/octet-stream": "this is no file that can be looked into",
}
_NAMES = {"bidi-control": "marks that turn the direction of reading", "tag-character": "invisible tag characters"}


def unwanted(kind: str) -> Discovery:
    """Refuse a type that keeps revisions, comments and authors where no reader sees them."""
    return discovery("unwanted-media-type", _ADVICE.get(kind, f"files of type {kind} are not published"))


def look(data: bytes) -> Iterator[Discovery]:
    """Yield what a text file holds that does not show, and contact details."""
    text = data.decode("utf-8", "replace")
    odd: Counter[str] = Counter()
    for fault in blemishes(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\t", " ").replace("\f", " ")):
        odd[fault.code] += fault.end - fault.start
    for code, count in sorted(odd.items()):
        what = _NAMES.get(code, code.replace("-", " ") + "s")
        yield discovery("invisible-characters", f"the text holds characters that do not show: {what}", characters=count)
    yield from contact_details(text)


def contact_details(text: str, page: int | None = None) -> Iterator[Discovery]:
    """Yield one discovery for each kind of contact detail in what a reader sees."""
    for _, what, count in contacts_in(text):
        times = "" if count == 1 else f", {count} times"
        yield discovery("contact-details", f"the text shows what looks like {what}{times}", page=page)
