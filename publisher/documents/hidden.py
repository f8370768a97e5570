"""Text that a page holds and does not show: the ink that its text layer implies against the pixels that a reader sees.

A page is rendered as seen, again without its text, and its text alone in black. Where the text alone has ink, and
taking the text away changed nothing that an eye could tell, the file holds letters that cannot be seen. No idea of a
rectangle is needed. Two things are no leak: text laid invisibly over a scan that shows it (OCR), and letters that are
shown at the same place by other means (as outlines, or twice).
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Literal, NamedTuple

from publisher.documents.codes import discovery
from publisher.documents.compare import Page, Word, around, classes
from publisher.documents.pages import LEAST_SCALE, Glyph, Rendered, holds, text_alone, without_text
from publisher.documents.streams import INVISIBLE, LAYERED, TRANSPARENT
from publisher.documents.values import Discovery, Limits

Found = tuple[Discovery, str]
"""What is told, and the words that `reveal` alone tells."""

Kind = Literal["outside", "tiny", "invisible", "blank", "unjudged", "layered", "transparent", "covered"]

_SAID: dict[Kind, tuple[str, str]] = {
    "outside": ("text-outside-page", "text stands beyond the page's edge, where no reader sees it"),
    "tiny": ("tiny-text", "text is too small to be read"),
    "invisible": ("invisible-text", "invisible text lies where the page shows no writing"),
    "blank": ("invisible-text", "text is set in a font that shows nothing, where the page shows no writing"),
    "unjudged": ("unjudged-text", "a font is neither in the file nor on this machine: its text cannot be compared"),
    "layered": ("hidden-text", "text stands in a layer that does not show"),
    "transparent": ("hidden-text", "text is transparent"),
    "covered": ("hidden-text", "text cannot be seen: it is covered, cut off, or has the colour of its ground"),
}
MOST = 20
"""Discoveries told of one page; the rest are counted together."""


BATCH = 40
"""Pages with text over text that are taken together, for each needs the file redrawn more than once."""


def look(pictures: "Pictures", limits: Limits) -> Iterator[Found]:
    """Yield every stretch of text that a PDF holds and does not show."""
    waiting: list[_Sheet] = []
    for at in range(len(pictures.seen)):
        scale = pictures.seen.scale(at, limits)
        words = list(_words(pictures.alone.glyphs(at, scale)))
        if words and scale < LEAST_SCALE:
            what = f"the page is too large to compare: the limit is {limits.page_pixels} pixels"
            yield discovery("document-limit", what, page=at + 1), ""
        elif words:
            sheet = _Sheet(at, scale, words, classes(words))
            if len(sheet.groups) == 1:
                yield from _told(Reader(sheet, [pictures.page(sheet)], pictures))
            else:
                waiting.append(sheet)
        if len(waiting) == BATCH or (waiting and at + 1 == len(pictures.seen)):
            for sheet, pages in zip(waiting, pictures.grouped(waiting), strict=True):
                yield from _told(Reader(sheet, pages, pictures))
            waiting.clear()


class _Sheet(NamedTuple):
    """A page before it is compared: its number from 0, pixels a point, its words, its show operators in classes."""

    at: int
    scale: float
    words: list[Word]
    groups: list[set[int]]


class Pictures:
    """A PDF drawn in the ways that are compared, each made when it is first needed."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.seen = Rendered(data)
        self.alone = text_alone(data)

    @cached_property
    def bare(self) -> Rendered:
        """The file without any text."""
        return without_text(self.data)

    def page(self, sheet: _Sheet) -> Page:
        """Return one page compared with itself without its text."""
        ground = self.bare.picture(sheet.at, sheet.scale)
        alone = self.alone.picture(sheet.at, sheet.scale, annotations=False)
        return Page(self.seen.picture(sheet.at, sheet.scale), ground, alone, ground, sheet.scale)

    def grouped(self, sheets: list[_Sheet]) -> Iterator[list[Page]]:
        """Yield for each page the comparisons with itself without each class of its text."""
        without: list[tuple[Rendered, Rendered]] = []
        for number in range(max(len(sheet.groups) for sheet in sheets)):
            wanted = {sheet.at: sheet.groups[number] for sheet in sheets if number < len(sheet.groups)}
            without.append((text_alone(self.data, wanted), without_text(self.data, wanted)))
        for at, scale, _, groups in sheets:
            seen, ground = self.seen.picture(at, scale), self.bare.picture(at, scale)
            yield [
                Page(seen, bare.picture(at, scale), alone.picture(at, scale, annotations=False), ground, scale)
                for alone, bare in without[: len(groups)]
            ]


def _words(glyphs: Sequence[Glyph | str]) -> Iterator[Word]:
    """Put glyphs together up to a blank or a leap: a word that is broken over two lines is two here."""
    word = Word()
    for glyph in glyphs:
        if isinstance(glyph, str) or glyph.character.isspace():
            if word.glyphs:
                yield word
                word = Word()
            continue
        if word.glyphs and _leaps(word.glyphs[-1], glyph):
            yield word
            word = Word()
        word.glyphs.append(glyph)
    if word.glyphs:
        yield word


def _leaps(one: Glyph, other: Glyph) -> bool:
    """Whether a glyph stands further from the one before than three of their size."""
    (left, top), (right, bottom) = one.centre, other.centre
    size = max(side for box in (one.loose, other.loose) for side in (box[2] - box[0], box[3] - box[1]))
    return max(abs(right - left), abs(bottom - top)) > 3 * max(size, 1)


class Reader:
    """Goes through the words of a page and says which of them, or which part of one, does not show."""

    def __init__(self, sheet: _Sheet, pages: list[Page], pictures: "Pictures") -> None:
        self.scan, self.alone = pictures.seen.scan(sheet.at, sheet.scale), pictures.alone
        self.sheet, self.words, self.pages, self.page = sheet, sheet.words, pages, pages[0]
        self.shown: dict[str, list[Word]] = {}

    def hidden(self) -> Iterator[tuple[int, Kind, list[Glyph]]]:
        """Yield the number of each word that does not show, why, and the glyphs that are concerned."""
        suspects: list[tuple[int, Kind, list[Glyph]]] = []
        for number, word in enumerate(self.words):
            suspect = self._suspect(word)
            if suspect is None:
                self.shown.setdefault(word.text, []).append(word)
            else:
                suspects.append((number, *suspect))
        over_scan: list[tuple[int, Kind, list[Glyph]]] = []
        for number, kind, glyphs in suspects:
            word = self.words[number]
            if kind in {"outside", "tiny"}:
                yield number, kind, glyphs
            elif self._page(word.glyphs[0]).shows_likeness(word) or self._is_said_again(word):
                continue
            elif self._can_be_of_a_scan(kind, word) and self._page(word.glyphs[0]).shows_writing(word):
                over_scan.append((number, kind, glyphs))
            else:
                yield number, kind, glyphs
        calm = sum(self.page.is_calm_beside(self.words[number]) for number, _, _ in over_scan)
        if over_scan and calm < 0.3 * len(over_scan):
            yield from over_scan

    def _suspect(self, word: Word) -> tuple[Kind, list[Glyph]] | None:
        """Say what is wrong with a word, before it is asked whether the page shows it by other means."""
        letters = word.letters
        if not letters:
            return None
        if outside := [glyph for glyph in letters if self.page.is_outside(glyph)]:
            return "outside", outside
        if self.page.is_tiny(word):
            return "tiny", letters
        if blank := [glyph for glyph in letters if self._page(glyph).is_blank(glyph)]:
            return self._blank(blank[0]), blank
        if not (lost := [glyph for glyph in letters if self._page(glyph).is_lost(glyph)]):
            return None
        tags = lost[0].tags
        if tags & INVISIBLE:
            return "invisible", lost
        return "layered" if tags & LAYERED else "transparent" if tags & TRANSPARENT else "covered", lost

    def _blank(self, glyph: Glyph) -> Kind:
        """Say why a glyph has no ink."""
        if glyph.tags & INVISIBLE:
            return "invisible"
        return "blank" if self.alone.has_font(self.sheet.at, glyph.at) else "unjudged"

    def _page(self, glyph: Glyph) -> Page:
        """Return the comparison that is about a glyph."""
        pairs = zip(self.pages, self.sheet.groups, strict=True)
        return next((page for page, group in pairs if glyph.number in group), self.page)

    def _can_be_of_a_scan(self, kind: Kind, word: Word) -> bool:
        """Whether a word is invisible, or stands beneath a scan: OCR programs do the one or the other."""
        return kind in {"invisible", "blank"} or any(holds(box, word.letters[0].centre) for box in self.scan)

    def _is_said_again(self, word: Word) -> bool:
        """Whether the same word is shown at the same place."""
        left, top, right, bottom = around([glyph.loose for glyph in word.glyphs])
        for other in self.shown.get(word.text, ()):
            box = around([glyph.loose for glyph in other.glyphs])
            if box[0] < right and left < box[2] and box[1] < bottom and top < box[3]:
                return True
        return False


def _told(reader: Reader) -> Iterator[Found]:
    """Put words that follow each other together, and yield one discovery for each stretch."""
    stretches: list[tuple[Kind, int, list[Glyph], list[str]]] = []
    page, scale = reader.sheet.at + 1, reader.sheet.scale
    for number, kind, glyphs in sorted(reader.hidden(), key=lambda entry: entry[0]):
        words = "".join(glyph.character for glyph in glyphs)
        if stretches and stretches[-1][0] == kind and stretches[-1][1] >= number - 1:
            _, _, before, said = stretches.pop()
            stretches.append((kind, number, [*before, *glyphs], [*said, words]))
        else:
            stretches.append((kind, number, glyphs, [words]))
    for kind, _, glyphs, said in stretches[:MOST]:
        code, message = _SAID[kind]
        left, top, right, bottom = (round(side / scale, 1) for side in around([glyph.loose for glyph in glyphs]))
        box = (left, top, right, bottom)
        yield discovery(code, message, page=page, box=box, characters=len(glyphs)), " ".join(said)
    for kind in sorted({kind for kind, _, _, _ in stretches[MOST:]}):
        more = [glyphs for other, _, glyphs, _ in stretches[MOST:] if other == kind]
        said_more = " ".join(" ".join(said) for other, _, _, said in stretches[MOST:] if other == kind)
        what = f"{_SAID[kind][1]}; {len(more)} more places"
        yield discovery(_SAID[kind][0], what, page=page, characters=sum(map(len, more))), said_more
