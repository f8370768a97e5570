"""Scans as machines in offices make them: one bit, strips, layers, and text in a font without letters (Tesseract's)."""

import io
import random
import zlib
from collections.abc import Callable
from functools import lru_cache

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from PIL import Image, ImageDraw, ImageFont

from tests.leaks.fonts import SERIF
from tests.leaks.sample import blocked, passed
from tests.leaks.scans import COVER, DPI, HEIGHT, SIZE, WIDTH, jpeg, lines, paper, recognised, scan
from tests.leaks.syntax import GAP, LEFT, Document, letter, quoted
from tests.leaks.written.drawn import scanned

WHOLE = f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm /I1 Do Q"


# -- a font without letters ----------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def letterless() -> bytes:
    """Return a TrueType font with one glyph, which is empty."""
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "empty"])
    builder.setupCharacterMap({})
    builder.setupGlyf({name: TTGlyphPen(None).glyph() for name in (".notdef", "empty")})
    builder.setupHorizontalMetrics(dict.fromkeys((".notdef", "empty"), (500, 0)))
    builder.setupHorizontalHeader(ascent=1000, descent=0)
    builder.setupNameTable({"familyName": "Letterless", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.updateHead(created=0, modified=0)
    builder.font.recalcTimestamp = False
    out = io.BytesIO()
    builder.font.save(out)
    return out.getvalue()


def letterless_font(document: Document) -> str:
    """Add the font in the way Tesseract does: every code is its own Unicode value, and every glyph is the empty one."""
    file = document.stream(letterless(), f"/Length1 {len(letterless())}")
    descriptor = document.add(
        "<< /Type /FontDescriptor /FontName /Letterless /Flags 5 /FontBBox [0 0 500 1000] /ItalicAngle 0 /Ascent 1000 "
        f"/Descent 0 /CapHeight 1000 /StemV 80 /FontFile2 {file} >>"
    )
    glyphs = document.stream(b"\x00\x01" * 65536)
    inner = document.add(
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Letterless /DW 500 /CIDSystemInfo << /Registry (Adobe) "
        f"/Ordering (Identity) /Supplement 0 >> /FontDescriptor {descriptor} /CIDToGIDMap {glyphs} >>"
    )
    unicode = document.stream(
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Adobe-UCS def /CMapType 2 def "
        "1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfrange <0000> <FFFF> <0000> endbfrange "
        "endcmap CMapName currentdict /CMap defineresource pop end end"
    )
    return document.add(
        f"<< /Type /Font /Subtype /Type0 /BaseFont /Letterless /Encoding /Identity-H /DescendantFonts [{inner}] "
        f"/ToUnicode {unicode} >>"
    )


def laid(word: str, mode: int = 3) -> str:
    """Return the operators that lay the recognised lines over a scan, in the font without letters."""
    font = ImageFont.truetype(str(SERIF), 100, layout_engine=ImageFont.Layout.BASIC)
    out = [f"q BT {mode} Tr"]
    for line in lines(word):
        before = 0.0
        for text in line.text.split():
            wide = font.getlength(text) * SIZE / 100
            stretch = 100 * wide / (len(text) * 0.5 * SIZE)
            code = text.encode("utf-16-be").hex()
            out.append(f"/G1 {SIZE:g} Tf {stretch:.2f} Tz 1 0 0 1 {line.x + before:.2f} {line.y:.2f} Tm <{code}> Tj")
            before += wide + font.getlength(" ") * SIZE / 100
    return "\n".join([*out, "ET Q"])


def tesseract(picture: Image.Image | None, word: str, *, before: str = "") -> bytes:
    """Return a page with perhaps a scan, and recognised text in the font without letters."""
    document = Document()
    font = letterless_font(document)
    resources = ""
    if picture:
        resources = f"/XObject << /I1 {document.jpeg(jpeg(picture), *picture.size)} >>"
        before = WHOLE
    document.page(f"{before} {laid(word)}", resources=resources, fonts=f"/G1 {font}")
    return document.finish()


@passed()
def scan_recognised_without_letters(word: str) -> bytes:
    """What Tesseract makes: invisible text in a font whose glyphs are empty."""
    return tesseract(scan(word), word)


@passed(proof="absent")
def redacted_scan_recognised_without_letters(word: str) -> bytes:
    """The name was blackened before the scan was recognised."""
    del word
    return tesseract(scan("", blacked=True), "")


@blocked()
def blackened_scan_recognised_without_letters(word: str) -> bytes:
    """The name was blackened after the scan was recognised, in a font whose glyphs are empty."""
    return tesseract(scan("", blacked=True), word)


@blocked()
def empty_letters_on_an_empty_page(word: str) -> bytes:
    """Text in a font whose glyphs are empty, and no scan beneath it."""
    return tesseract(None, word)


@blocked()
def empty_letters_among_others(word: str) -> bytes:
    """A letter that can be read, and in its gap a name in a font of Type 3 whose glyphs draw nothing."""
    document = Document()
    empty = document.stream("700 0 d0")
    letters = sorted(set(word))
    differences = " ".join(f"{ord(char)} /{char}" for char in letters)
    procedures = " ".join(f"/{char} {empty}" for char in letters)
    font = document.add(
        "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 700 800] /FontMatrix [0.001 0 0 0.001 0 0] "
        f"/CharProcs << {procedures} >> /Encoding << /Type /Encoding /Differences [{differences}] >> /FirstChar 65 "
        f"/LastChar 122 /Widths [{'700 ' * 58}] /Resources << >> >>"
    )
    content = f"{letter()} BT /T3 11 Tf {LEFT} {GAP} Td {quoted(word)} Tj ET"
    document.page(content, fonts=f"/T3 {font}")
    return document.finish()


# -- pictures of other kinds ---------------------------------------------------------------------------------------


def bilevel(picture: Image.Image, over: str) -> bytes:
    """Return a page with a scan of one bit a pixel."""
    document = Document()
    bits = picture.point([0] * 140 + [255] * 116).convert("1", dither=Image.Dither.NONE)
    image = document.stream(
        bits.tobytes(),
        f"/Type /XObject /Subtype /Image /Width {bits.width} /Height {bits.height} /BitsPerComponent 1 "
        "/ColorSpace /DeviceGray",
    )
    document.page(f"{WHOLE} {over}", resources=f"/XObject << /I1 {image} >>")
    return document.finish()


@passed()
def scan_of_one_bit(word: str) -> bytes:
    """A scan in black and white, as a fax sends it, with recognised text."""
    return bilevel(scan(word), recognised(word))


@blocked()
def blackened_scan_of_one_bit(word: str) -> bytes:
    """The same with a blackened name that is still in the text."""
    return bilevel(scan("", blacked=True), recognised(word))


def in_strips(picture: Image.Image, over: str) -> bytes:
    """Return a page whose scan is cut into strips."""
    document = Document()
    names, content = [], []
    high = 100
    for top in range(0, picture.height, high):
        part = picture.crop((0, top, picture.width, min(top + high, picture.height)))
        names.append(f"/S{top} {document.image(part.tobytes(), *part.size)}")
        low = HEIGHT - (top + part.height) * HEIGHT / picture.height
        content.append(f"q {WIDTH} 0 0 {part.height * HEIGHT / picture.height:.4f} 0 {low:.4f} cm /S{top} Do Q")
    document.page("\n".join([*content, over]), resources=f"/XObject << {' '.join(names)} >>")
    return document.finish()


@passed()
def scan_in_strips(word: str) -> bytes:
    """A scan that its program cut into strips, with recognised text."""
    return in_strips(scan(word), recognised(word))


@blocked()
def whitened_scan_in_strips(word: str) -> bytes:
    """The same with a name that was painted out and is still in the text."""
    return in_strips(scan(""), recognised(word))


@passed()
def scan_in_layers(word: str) -> bytes:
    """A coarse picture of the paper, and over it the ink as a stencil: how small files of scans are made."""
    document = Document()
    ground = paper().resize((120, 170))
    ink = scan(word).point([255] * 140 + [0] * 116).convert("1", dither=Image.Dither.NONE)
    image = document.jpeg(jpeg(ground), *ground.size)
    stencil = document.stream(
        zlib.compress(ink.tobytes()),
        f"/Type /XObject /Subtype /Image /Width {ink.width} /Height {ink.height} /BitsPerComponent 1 "
        "/ImageMask true /Decode [1 0] /Filter /FlateDecode",
        packed=False,
    )
    content = f"{WHOLE} q 0.1 g {WIDTH} 0 0 {HEIGHT} 0 0 cm /M1 Do Q {recognised(word)}"
    document.page(content, resources=f"/XObject << /I1 {image} /M1 {stencil} >>")
    return document.finish()


@passed()
def coarse_scan(word: str) -> bytes:
    """A scan of 72 pixels to the inch, pale and blurred, with recognised text."""
    picture = scan(word).resize((WIDTH, HEIGHT)).point([110 + value * 135 // 255 for value in range(256)])
    return scanned(picture, recognised(word))


def with_more(picture: Image.Image, more: Callable[[ImageDraw.ImageDraw], None]) -> Image.Image:
    """Return a scan on which more is drawn, in pixels."""
    picture = picture.copy()
    more(ImageDraw.Draw(picture))
    return picture


def pixel(x: float, y: float) -> tuple[float, float]:
    """Return where a point of the page lies in the picture."""
    return x * DPI / 72, (HEIGHT - y) * DPI / 72


def label(x: float, y: float, text: str, size: float, fill: int) -> Callable[[ImageDraw.ImageDraw], None]:
    """Return what prints a text into the picture."""
    font = ImageFont.truetype(str(SERIF), size * DPI / 72, layout_engine=ImageFont.Layout.BASIC)
    return lambda draw: draw.text(pixel(x, y), text, fill=fill, font=font, anchor="ls")


def spoken(text: str, x: float, y: float, size: float) -> str:
    """Return an invisible line as wide as the same line in the font of the scans."""
    font = ImageFont.truetype(str(SERIF), 100, layout_engine=ImageFont.Layout.BASIC)
    stretch = font.getlength(text) / len(text) / 0.6
    return f"q BT 3 Tr /F2 {size:g} Tf {stretch:.2f} Tz {x:g} {y:g} Td {quoted(text)} Tj ET Q"


@passed()
def scan_with_a_white_heading(word: str) -> bytes:
    """The scanned page has a black bar with white letters, and the recognised text lies over it."""

    def more(draw: ImageDraw.ImageDraw) -> None:
        draw.rectangle([pixel(60, 320), pixel(400, 290)], fill=20)
        label(72, 299, word, 16, 235)(draw)

    return scanned(with_more(scan("the clerk"), more), recognised("the clerk") + spoken(word, 72, 299, 16))


@blocked()
def scan_with_a_code_where_the_name_was(word: str) -> bytes:
    """In the scan a black bar with a code in white stands over the name, which is still in the text."""

    def more(draw: ImageDraw.ImageDraw) -> None:
        left, bottom, right, top = COVER
        draw.rectangle([pixel(left, top), pixel(right, bottom)], fill=10)
        label(left + 20, GAP, "(b)(6)", 9, 240)(draw)

    return scanned(with_more(scan(""), more), recognised(word))


@passed(proof="absent")
def scan_with_a_code_that_was_recognised(word: str) -> bytes:
    """A white bar with an edge and a code stands where the name was, and only the code is in the text."""
    del word

    def more(draw: ImageDraw.ImageDraw) -> None:
        left, bottom, right, top = COVER
        draw.rectangle([pixel(left, top), pixel(right, bottom)], fill=250, outline=20)
        label(left + 20, GAP, "(b)(6)", 9, 30)(draw)

    text = recognised("") + spoken("(b)(6)", COVER[0] + 20, GAP, 9)
    return scanned(with_more(scan(""), more), text)


@passed()
def scan_with_specks(word: str) -> bytes:
    """Specks of dirt and a ruled line, which recognition took for full stops, commas and dashes."""
    places = [(random.Random(at).uniform(60, 500), random.Random(at + 99).uniform(60, 480)) for at in range(12)]

    def more(draw: ImageDraw.ImageDraw) -> None:
        for x, y in places:
            left, top = pixel(x, y + 1.5)
            draw.ellipse([left, top, left + 2.5, top + 2.5], fill=90)
        draw.line([pixel(72, 250), pixel(500, 250)], fill=60, width=2)

    rubbish = "".join(spoken("." if at % 2 else ",", x, y, 8) for at, (x, y) in enumerate(places))
    return scanned(with_more(scan(word), more), recognised(word) + rubbish + spoken("________________", 72, 250, 11))


@passed()
def scan_that_was_misread(word: str) -> bytes:
    """Recognition read other letters than those that stand there; a reader sees the right ones."""
    read = (
        recognised(word).replace("(mill)", "(miIl)").replace("(trustees)", "(trusfees)").replace("(March)", "(Nlarch)")
    )
    return scanned(scan(word), read)
