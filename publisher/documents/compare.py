"""One page in pictures, and what they say of a glyph: is there ink, does it show, does something else show it."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import cast

from PIL import Image, ImageChops, ImageFilter, ImageStat

from publisher.documents.pages import Glyph
from publisher.documents.streams import DARK
from publisher.documents.values import Box

LEAST_CONTRAST = 14
"""Of 255: a text that differs less from its ground is not seen. White is 255, the palest grey that counts 241."""

LUMINANCE = (0.42, 0.46, 0.22, 0.0)
"""How much a difference in red, green and blue counts: pale yellow on white is no contrast."""

COVERED, COVERED_LARGE, LARGE = 0.38, 0.85, 30.0
"""The share of a glyph's ink that must be gone; one of LARGE points can be read from less than half."""

TINY = 2.2
"""Points from ascender to descender: what is smaller cannot be read."""

SCAN_CONTRAST = 40
"""Of 255: the range of greys in a place of a scan that shows a letter."""

BAR = 60
"""Of 255: how much a cover differs from paper."""

_MARKED = [255 * (level > 40) for level in range(256)]

INK = 40
"""Of 255: a glyph with less is blank."""

MOST_CLASSES = 4
"""How many texts over each other are told apart."""

LIKENESS = 0.6
"""The correlation of a word's ink with pixels that show it by other means."""


@dataclass(kw_only=True, slots=True)
class Word:
    """Glyphs without a blank between them."""

    glyphs: list[Glyph] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What the glyphs say."""
        return "".join(glyph.character for glyph in self.glyphs)

    @property
    def letters(self) -> list[Glyph]:
        """The glyphs that mean something alone: letters, digits, and those that nothing is known of."""
        return [glyph for glyph in self.glyphs if means(glyph.character)]

    @property
    def numbers(self) -> set[int]:
        """The show operators that write the word."""
        return {glyph.number for glyph in self.glyphs}

    @property
    def box(self) -> Box:
        """The box around the word's ink."""
        return around([glyph.tight for glyph in self.glyphs])

    @property
    def upright(self) -> bool:
        """Whether the word is written from top to bottom, or from bottom to top."""
        (left, top), (right, bottom) = self.glyphs[0].centre, self.glyphs[-1].centre
        return abs(bottom - top) > abs(right - left)


def means(character: str) -> bool:
    """Whether a character tells something: a letter, a digit, or one without a meaning that is known."""
    return (
        unicodedata.category(character)[0] in "LN"
        or unicodedata.category(character) in {"Co", "Cn", "Cs"}
        or (character in "\x00\ufffd")
    )


def around(boxes: Sequence[Box]) -> Box:
    """The box around boxes."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def classes(words: Sequence[Word]) -> list[set[int]]:
    """Sort the show operators of a page so that no two of one class write over each other; most pages have one class.

    Where words stand over words, taking all away would change the page there although only one of them is seen.
    """
    over: dict[int, set[int]] = {number: set() for word in words for number in word.numbers}
    for one, other in _overlapping(words):
        for number in one.numbers - other.numbers:
            over[number] |= other.numbers - one.numbers
        for number in other.numbers - one.numbers:
            over[number] |= one.numbers - other.numbers
    found: list[set[int]] = []
    for number in sorted(over):
        free = next((group for group in found if not group & over[number]), None)
        if free is None and len(found) < MOST_CLASSES:
            found.append(free := set())
        (found[-1] if free is None else free).add(number)
    return found


def _overlapping(words: Sequence[Word]) -> Iterator[tuple[Word, Word]]:
    """Yield every two words of which one covers a quarter of the other."""
    placed = sorted(((word.box, word) for word in words), key=lambda pair: pair[0][1])
    open_: list[tuple[Box, Word]] = []
    for box, word in placed:
        open_ = [pair for pair in open_ if pair[0][3] > box[1]]
        for other_box, other in open_:
            wide = min(box[2], other_box[2]) - max(box[0], other_box[0])
            high = min(box[3], other_box[3]) - max(box[1], other_box[1])
            if wide > 0 and high > 0 and wide * high > 0.25 * min(_area(box), _area(other_box)):
                yield other, word
        open_.append((box, word))


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


class Page:
    """A page as seen, without some of its text, that text alone, and the page without any text; all of one size."""

    def __init__(
        self, seen: Image.Image, bare: Image.Image, alone: Image.Image, ground: Image.Image, scale: float
    ) -> None:
        self.scale = scale
        self.size = seen.size
        self.ink = alone.convert("L").point([min(255, (255 - level) * 255 // (255 - DARK)) for level in range(256)])
        difference = ImageChops.difference(seen, bare).convert("L", LUMINANCE)
        shown = difference.point([min(255, level * 255 // LEAST_CONTRAST) for level in range(256)])
        lost = ImageChops.subtract(self.ink, shown).point(_MARKED)
        if lost.getbbox() is not None:  # edges may differ by a pixel; a filter is slow, and most pages lose nothing
            lost = ImageChops.subtract(self.ink, shown.filter(ImageFilter.MaxFilter(3))).point(_MARKED)
        self.lost = ImageChops.darker(self.ink, lost)
        self.loses = self.lost.getbbox() is not None
        self._ground = ground

    @cached_property
    def ground(self) -> Image.Image:
        """The page without any text, in greys, specks smoothed."""
        return self._ground.convert("L").filter(ImageFilter.BoxBlur(1))

    @cached_property
    def paper(self) -> float:
        """The grey of the most of the page."""
        return float(ImageStat.Stat(self.ground).median[0])

    def is_outside(self, glyph: Glyph) -> bool:
        """Whether a glyph stands beyond the page's edges."""
        across, down = glyph.centre
        return not (0 <= across <= self.size[0] and 0 <= down <= self.size[1])

    def is_tiny(self, word: Word) -> bool:
        """Whether a word is too small to be read, in height or in width."""
        left, top, right, bottom = around([glyph.loose for glyph in word.glyphs])
        long, short = max(right - left, bottom - top), min(right - left, bottom - top)
        if word.upright and right - left > bottom - top:
            long, short = short, long
        return short < TINY * self.scale or (len(word.glyphs) > 3 and long / len(word.glyphs) < 0.4 * self.scale)

    def is_blank(self, glyph: Glyph) -> bool:
        """Whether a glyph has no ink."""
        return self._most(self.ink, glyph.tight) < INK

    def is_lost(self, glyph: Glyph) -> bool:
        """Whether so much of a glyph's ink makes no difference to the page that it cannot be read."""
        if not self.loses:
            return False
        lost = self._mean(self.lost, glyph.tight)
        if lost == 0:
            return False
        left, top, right, bottom = glyph.loose
        large = min(right - left, bottom - top) > LARGE * self.scale
        return lost / max(self._mean(self.ink, glyph.tight), 1.0) > (COVERED_LARGE if large else COVERED)

    def shows_likeness(self, word: Word) -> bool:
        """Whether the page without its text has the word's own shape there: outlines, or the same text as a picture."""
        box = self._pixels(word.box)
        if box is None:
            return False
        ink, ground = self.ink.crop(box), self.ground.crop(box)
        one, other = ImageStat.Stat(ink), ImageStat.Stat(ground)
        if other.stddev[0] < 6 or one.stddev[0] < 6:
            return False
        together = ImageStat.Stat(ImageChops.multiply(ink, ground)).mean[0] * 255
        covariance = together - one.mean[0] * other.mean[0]
        return abs(covariance) / (one.stddev[0] * other.stddev[0]) > LIKENESS

    def shows_writing(self, word: Word) -> bool:
        """Whether the page without its text has writing in the middle of most of a word's places, as a scan has.

        A place that is empty and has another grey than the paper counts as covered, and a few of them are enough: a
        black bar with a code in white, which is shorter than the name was, shows something in the other places.
        """
        empty = covered = 0
        letters = word.letters
        for glyph in letters:
            pixels = self._pixels(self._middle(glyph, word.upright))
            low, high = greys(self.ground.crop(pixels)) if pixels else (0, 0)
            if high - low < SCAN_CONTRAST:
                empty += 1
                covered += abs((low + high) / 2 - self.paper) > BAR
        return empty <= 0.55 * len(letters) and not (covered > 1 and covered >= 0.25 * len(letters))

    def _middle(self, glyph: Glyph, upright: bool) -> Box:
        left, top, right, bottom = glyph.loose
        if upright:
            return left + 0.3 * (right - left), top, left + 0.75 * (right - left), bottom
        return left, top + 0.3 * (bottom - top), right, top + 0.75 * (bottom - top)

    def is_calm_beside(self, word: Word) -> bool:
        """Whether the page is paler, or calmer, just above or below a word than in it, as paper between lines is."""
        left, top, right, bottom = around([glyph.loose for glyph in word.glyphs])
        if word.upright:
            wide = right - left
            beside = [(left - wide * 0.3, top, left, bottom), (right, top, right + wide * 0.3, bottom)]
        else:
            high = bottom - top
            beside = [(left, top - high * 0.3, right, top), (left, bottom, right, bottom + high * 0.3)]
        return min(self._range(box) for box in beside) < 0.6 * self._range((left, top, right, bottom))

    def _pixels(self, box: Box) -> tuple[int, int, int, int] | None:
        """Cut a box to the page, at least a pixel wide and high; None where nothing of it is on the page."""
        left, top = max(int(box[0]), 0), max(int(box[1]), 0)
        right, bottom = min(max(round(box[2]), left + 1), self.size[0]), min(max(round(box[3]), top + 1), self.size[1])
        return (left, top, right, bottom) if left < right and top < bottom else None

    def _range(self, box: Box) -> int:
        pixels = self._pixels(box)
        if pixels is None:
            return 0
        low, high = greys(self.ground.crop(pixels))
        return high - low

    def _most(self, picture: Image.Image, box: Box) -> int:
        pixels = self._pixels(box)
        return greys(picture.crop(pixels))[1] if pixels else 0

    def _mean(self, picture: Image.Image, box: Box) -> float:
        pixels = self._pixels(box)
        if pixels is None:
            return 0.0
        return float(picture.resize((1, 1), Image.Resampling.BOX, box=pixels).tobytes()[0])


def greys(picture: Image.Image) -> tuple[int, int]:
    """Return the darkest and the palest grey of a picture in greys."""
    low, high = cast(tuple[int, int], picture.getextrema())
    return low, high
