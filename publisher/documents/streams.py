"""Content streams written anew, so that a page shows its text alone, or everything but its text.

OnlyText makes of every page what its text layer implies: each show operator in (nearly) black, filled, with no clip,
no layer, no transparency, and nothing else on the page. WithoutText leaves out the show operators alone. OnlyPictures
leaves the pictures, whole. Each changes an open Pdf in place: pages, and every form that pages or forms draw. Text in
tiling patterns and in annotations is left as it is.
"""

from collections.abc import Mapping, Set
from decimal import Decimal
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name, Operator

from publisher.documents.values import LimitError

SHOW = {"Tj", "TJ", "'", '"'}
_KEPT = "BT ET Tf Td TD Tm T* Tc Tw Tz TL Ts Tr Tj TJ ' \" q Q cm Do gs BDC BMC EMC w"
_FILLING = {0: 0, 1: 1, 2: 2, 3: 0, 4: 0, 5: 1, 6: 2, 7: 0}
"""Each text rendering mode without its clip, and the invisible ones filled: a hollow letter stays hollow."""

INVISIBLE, LAYERED, TRANSPARENT = 1, 2, 4
"""Tags of a shown text."""

NUMBERS = 2**15
"""How many show operators of a page can be told apart."""

DARK = 63
"""Of 255: the palest that OnlyText makes a text, whose colour says its tags (3 bits) and its number (15 bits)."""

DEEPEST = 24
DEEPEST_STATE = 10_000
_EVERYWHERE = [-1_000_000, -1_000_000, 1_000_000, 1_000_000]


def colour_of(number: int, tags: int) -> tuple[int, int, int]:
    """Return the dark colour that carries a show operator's number and tags."""
    code = (number % NUMBERS) * 8 + tags
    return code >> 12, code >> 6 & DARK, code & DARK


def carried(red: int, green: int, blue: int) -> tuple[int, int]:
    """Read the number and the tags back."""
    code = (red & DARK) << 12 | (green & DARK) << 6 | blue & DARK
    return code >> 3, code & 7


class Redrawing:
    """One way of drawing the pages of a Pdf, changed in place; a form that several pages draw is changed once."""

    def __init__(self, pdf: pikepdf.Pdf, wanted: Mapping[int, Set[int]] | None = None) -> None:
        self.pdf = pdf
        self.wanted = wanted
        self.seen: set[tuple[int, int]] = set()
        self.within: list[tuple[int, int]] = []
        self.number = 0
        self.now: Set[int] | None = None

    def pages(self) -> None:
        """Redraw every page; with `wanted`, only the pages and there only the show operators that it names."""
        for at, page in enumerate(self.pdf.pages):
            if self.wanted is not None and at not in self.wanted:
                continue
            self.number = 0
            self.now = None if self.wanted is None else self.wanted[at]
            instructions = self.redraw(page, page.resources, 0)
            page.obj.Contents = self.pdf.make_stream(pikepdf.unparse_content_stream(instructions))
            if self.alone:
                for key in {"/Group", "/Annots"} & page.obj.keys():
                    del page.obj[key]

    def shows(self) -> bool:
        """Count a show operator, and say whether it is one of those that are wanted."""
        self.number += 1
        return self.now is None or self.number - 1 in self.now

    alone = True
    """Whether nothing of the page but the wanted is left."""

    def redraw(self, stream: Any, resources: Any, depth: int) -> list[Any]:
        raise NotImplementedError

    def form(self, form: Any, resources: Any, depth: int) -> None:
        """Redraw a form in place, once."""
        if form.objgen in self.within:
            raise LimitError("a form draws itself, without end; the limit is once")
        if form.objgen in self.seen:
            return
        self.seen.add(form.objgen)
        self.within.append(form.objgen)
        if depth > DEEPEST:
            raise LimitError(f"forms are drawn within forms more than {DEEPEST} deep, which is the limit")
        instructions = self.redraw(form, form.get("/Resources", resources), depth + 1)
        self.within.pop()
        form.write(pikepdf.unparse_content_stream(instructions))
        if self.alone:
            form.BBox = _EVERYWHERE
            for key in ("/Group", "/OC"):
                if key in form:
                    del form[key]


def xobject(resources: Any, name: Any) -> Any | None:
    """Return the stream that `Do` draws under a name, or None."""
    try:
        found = resources["/XObject"][str(name)]
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return found if isinstance(found, pikepdf.Stream) else None


class WithoutText(Redrawing):
    """Everything but text."""

    alone = False

    def redraw(self, stream: Any, resources: Any, depth: int) -> list[Any]:
        """Return the instructions of a stream without those that show text."""
        kept: list[Any] = []
        modes = _Modes()
        for instruction in pikepdf.parse_content_stream(stream):
            operator = str(instruction.operator)
            if operator in SHOW and self.shows():
                modes.dropped()
                continue
            modes.follow(operator, instruction)
            if operator == "Do" and instruction.operands:
                drawn = xobject(resources, instruction.operands[0])
                if drawn is not None and drawn.get("/Subtype") == "/Form":
                    self.form(drawn, resources, depth)
            kept.append(instruction)
            if operator == "ET":
                kept += modes.end()
        return kept


class _Modes:
    """Follows the rendering mode, for text that clips what is drawn after it leaves nothing of that when it is gone."""

    def __init__(self) -> None:
        self.mode = 0
        self.kept: list[int] = []
        self.clips = False

    def follow(self, operator: str, instruction: Any) -> None:
        """Keep to the graphics state."""
        if operator == "q" and len(self.kept) < DEEPEST_STATE:
            self.kept.append(self.mode)
        elif operator == "Q" and self.kept:
            self.mode = self.kept.pop()
        elif operator == "Tr":
            self.mode = mode_of(list(instruction.operands))

    def dropped(self) -> None:
        """Note that a text was left out."""
        self.clips = self.clips or self.mode >= 4

    def end(self) -> list[Any]:
        """Return what stands for the clip of the texts that were left out: a clip to nothing."""
        clips, self.clips = self.clips, False
        nowhere: list[Any] = [([-99_999, -99_999, 1, 1], Operator("re")), ([], Operator("W")), ([], Operator("n"))]
        return nowhere if clips else []


class OnlyPictures(Redrawing):
    """Nothing but pictures, whole: no clip and no layer."""

    def redraw(self, stream: Any, resources: Any, depth: int) -> list[Any]:
        """Return the instructions of a stream that draw pictures."""
        kept: list[Any] = []
        for instruction in pikepdf.parse_content_stream(stream, "q Q cm Do BI ID EI"):
            if str(instruction.operator) == "Do":
                drawn = xobject(resources, instruction.operands[0] if instruction.operands else None)
                if drawn is None:
                    continue
                if drawn.get("/Subtype") == "/Form":
                    self.form(drawn, resources, depth)
            kept.append(instruction)
        return kept


class OnlyText(Redrawing):
    """Nothing but text, all of it, in a black that carries tags."""

    def redraw(self, stream: Any, resources: Any, depth: int) -> list[Any]:
        """Return the instructions of a stream that show text, in a state of their own."""
        self._fonts(resources)
        state = _State()
        kept: list[Any] = [([0], Operator("g")), ([0], Operator("G"))]
        for instruction in pikepdf.parse_content_stream(stream, _KEPT):
            operator, operands = str(instruction.operator), list(instruction.operands)
            if operator in SHOW:
                if self.shows():
                    kept += [*state.colours(self.number - 1), instruction]
            elif operator == "Do":
                drawn = xobject(resources, operands[0] if operands else None)
                if drawn is not None and drawn.get("/Subtype") == "/Form":
                    self.form(drawn, resources, depth)
                    kept.append(instruction)
            elif operator == "gs":
                kept += state.graphics(resources, operands)
            elif operator in {"BDC", "BMC", "EMC"}:
                state.mark(operator, operands)
            elif operator == "Tr":
                kept.append(state.mode(operands))
            else:
                state.stack(operator)
                kept.append(instruction)
        return kept

    def _fonts(self, resources: Any) -> None:
        """Let the glyphs of Type 3 fonts, which are drawn like pages, take the colour of the text."""
        try:
            fonts = list(resources["/Font"].values())
        except (KeyError, TypeError, ValueError, AttributeError):
            return
        for font in fonts:
            if isinstance(font, Dictionary) and font.get("/Subtype") == "/Type3" and "/CharProcs" in font:
                for glyph in font.CharProcs.values():
                    if isinstance(glyph, pikepdf.Stream) and glyph.objgen not in self.seen:
                        self.seen.add(glyph.objgen)
                        glyph.write(pikepdf.unparse_content_stream(_uncoloured(glyph)))


_COLOURS = {"g", "G", "rg", "RG", "k", "K", "cs", "CS", "sc", "SC", "scn", "SCN", "gs", "ri", "W", "W*"}


def _uncoloured(glyph: Any) -> list[Any]:
    return [i for i in pikepdf.parse_content_stream(glyph) if str(i.operator) not in _COLOURS]


def mode_of(operands: list[Any]) -> int:
    """Return the text rendering mode that `Tr` sets."""
    try:
        return int(operands[0])
    except (IndexError, TypeError, ValueError):
        return 0


class _State:
    """What of the graphics state decides whether a text can be seen."""

    def __init__(self) -> None:
        self.tags = 0
        self.kept: list[int] = []
        self.marks: list[bool] = []

    def colours(self, number: int) -> list[Any]:
        """Set the colour that carries the number and the tags."""
        colour = colour_of(number, self.tags | LAYERED * any(self.marks))
        short = [round(Decimal(part) / 255, 5) for part in colour]
        return [(short, Operator("rg")), (short, Operator("RG"))]

    def stack(self, operator: str) -> None:
        if operator == "q" and len(self.kept) < DEEPEST_STATE:
            self.kept.append(self.tags)
        elif operator == "Q" and self.kept:
            self.tags = self.kept.pop()

    def mode(self, operands: list[Any]) -> Any:
        mode = mode_of(operands)
        self.tags = self.tags & ~INVISIBLE | INVISIBLE * (mode in {3, 7})
        return ([_FILLING.get(mode, 0)], Operator("Tr"))

    def mark(self, operator: str, operands: list[Any]) -> None:
        if operator == "EMC":
            if self.marks:
                self.marks.pop()
        elif len(self.marks) < DEEPEST_STATE:
            self.marks.append(operator == "BDC" and bool(operands) and str(operands[0]) == "/OC")

    def graphics(self, resources: Any, operands: list[Any]) -> list[Any]:
        """Read the transparency of a graphics state, and keep of it the font that it may set."""
        try:
            state = resources["/ExtGState"][str(operands[0])]
            alpha = float(state.get("/ca", 1))
            font = state.get("/Font")
        except (KeyError, IndexError, TypeError, ValueError, AttributeError):
            return []
        if "/ca" in state:
            self.tags = self.tags & ~TRANSPARENT | TRANSPARENT * (alpha < 0.1)
        if font is None or len(font) != 2:
            return []
        name = Name(f"/LetterbookFont{abs(hash(font[0].objgen)) % 1_000_000}")
        resources.setdefault("/Font", Dictionary())[str(name)] = font[0]
        return [([name, font[1]], Operator("Tf"))]
