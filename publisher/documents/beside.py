"""Words that stand beside the pages of a PDF: replacement and alternative texts, bookmarks, names of places."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Dictionary

from publisher.documents.codes import discovery
from publisher.documents.hidden import Found
from publisher.documents.walk import Objects, text_of

WORD = re.compile(r"[^\W\d_]{2,}")
_BROKEN = re.compile(r"[-\u2010]\s+|[\u00ad\ufffe\x02]\s*")
"""A hyphen at a line's end; the last two are how pdfium gives one."""

LEAST = 4
"""Letters of a word that counts: shorter ones are ligatures, hyphenated rests and the like."""

_USUAL = re.compile(
    r"(?:sub)*(?:section|paragraph)s?|chapter|page|part|figure|table|equation|appendix|cite|item|h?footnote|theorem"
    r"|lemma|anchor|heading|bookmark|start|contents|title|index|glo|line|loc|toc|top|bottom"
    r"|layers?|background|foreground|watermark|text|image|images|header|footer|default|ebene|calque|annotations?"
)
"""What programs call places of themselves."""


def look(pdf: pikepdf.Pdf, objects: Objects, shown: str) -> Iterator[Found]:
    """Yield words that only readers of the file get; `shown` is what the glyphs of the pages say."""
    said = words_of(shown) | words_of(_BROKEN.sub("", shown))
    alternative = [text_of(item["/Alt"]) for item in objects.reachable if "/Alt" in item]
    titles = [text_of(item["/Title"]) for item in objects.reachable if "/Title" in item and "/Parent" in item]
    for code, texts, what in (
        ("hidden-words", list(_replacing(pdf, objects)), "replacement text holds words that no page shows"),
        ("alternative-text", alternative, "alternative text, which is read aloud, holds words that no page shows"),
        ("bookmark", titles, "bookmarks hold words that no page shows"),
        (
            "bookmark",
            list(_labels(objects)),
            "names of layers or labels of pages hold words that no page shows",
        ),
        ("bookmark", list(_places(pdf)), "the names of places, to which links go, hold words that no page shows"),
    ):
        lost = sorted({word for text in texts for word in words_of(text) if len(word) >= LEAST} - said)
        if lost and (said or code != "hidden-words"):
            yield discovery(code, what, characters=sum(map(len, lost))), " ".join(lost)


def words_of(text: str) -> set[str]:
    """Return the words of a text, folded, so that two texts can be compared."""
    return set(WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def _replacing(pdf: pikepdf.Pdf, objects: Objects) -> Iterator[str]:
    """Yield the texts that every copy and search gives in place of what a page shows."""
    for item in objects.reachable:
        yield from (text_of(item[key]) for key in ("/ActualText", "/E") if key in item)
        if isinstance(item, pikepdf.Stream) and item.get("/Subtype") == "/Form":
            yield from _marked(item)
    for page in pdf.pages:
        yield from _marked(page)


def _marked(stream: Any) -> Iterator[str]:
    for instruction in pikepdf.parse_content_stream(stream, "BDC DP"):
        operands = list(instruction.operands)
        if len(operands) == 2 and isinstance(operands[1], Dictionary):
            yield from (text_of(operands[1].get(key)) for key in ("/ActualText", "/Alt", "/E"))


def _labels(objects: Objects) -> Iterator[str]:
    """Yield the names of layers, without those that programs make up, and what stands before page numbers."""
    for item in objects.reachable:
        if item.get("/Type") == "/OCG":
            yield from (
                word for word in WORD.findall(text_of(item.get("/Name")).casefold()) if not _USUAL.fullmatch(word)
            )
        elif "/P" in item and item.get("/S", "/D") in {"/D", "/R", "/r", "/A", "/a"} and "/Subtype" not in item:
            yield text_of(item["/P"])


def _places(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Yield the words of names of places, without those that programs make up."""
    names, old = pdf.Root.get("/Names"), pdf.Root.get("/Dests")
    keys = [key[1:] for key, _ in old.items()] if isinstance(old, Dictionary) else []
    waiting = [names.get("/Dests")] if isinstance(names, Dictionary) else []
    met: set[tuple[int, int]] = set()
    while waiting:
        node = waiting.pop()
        if not isinstance(node, Dictionary) or (node.objgen != (0, 0) and node.objgen in met):
            continue
        met.add(node.objgen)
        waiting += list(node.get("/Kids", ()))
        keys += [text_of(name) for name in node.get("/Names", ()) if isinstance(name, pikepdf.String)]
    for key in keys:
        yield from (word for word in WORD.findall(key.casefold()) if not _USUAL.fullmatch(word))
