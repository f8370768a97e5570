"""Files that cairo makes: drawings in SVG, turned into PDF by rsvg-convert."""

import base64
import io
import subprocess

from PIL import Image

from tests.leaks.sample import ARABIC, CHINESE, blocked, passed
from tests.leaks.scans import jpeg, scan
from tests.leaks.syntax import CLOSING, OPENING
from tests.tools import need

GAP = 180
"""Where the name stands, in points from the top."""


def converted(inner: str, *, before: str = "", defs: str = "", width: int = 595, height: int = 842) -> bytes:
    """Return a letter as a drawing, with something more on it."""
    lines = (*OPENING, "", *CLOSING)
    texts = "".join(
        f"<text x='72' y='{GAP + 20 * (at - len(OPENING))}'>{line}</text>" for at, line in enumerate(lines) if line
    )
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='{width}pt' "
        f"height='{height}pt' viewBox='0 0 {width} {height}' font-family='DejaVu Sans, Droid Sans Fallback' "
        f"font-size='10'><defs>{defs}</defs>{before}{texts}{inner}</svg>"
    )
    command = [need("rsvg-convert"), "-f", "pdf"]
    environment = {"SOURCE_DATE_EPOCH": "1552348800", "TZ": "UTC", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"}
    return subprocess.run(command, input=svg.encode(), capture_output=True, check=True, env=environment).stdout


def name(word: str, *, x: float = 72, y: float = GAP, more: str = "") -> str:
    """Return the name as text."""
    return f"<text x='{x}' y='{y}' {more}>{word}</text>"


def cover(more: str = "fill='#000'", *, width: float = 80) -> str:
    """Return a box over the name."""
    return f"<rect x='69' y='{GAP - 12}' width='{width}' height='16' {more}/>"


def embedded(data: bytes, kind: str, *, x: float, y: float, width: float, height: float) -> str:
    """Return a picture."""
    text = base64.b64encode(data).decode()
    place = f"x='{x}' y='{y}' width='{width}' height='{height}' preserveAspectRatio='none'"
    return f"<image {place} xlink:href='data:image/{kind};base64,{text}'/>"


@blocked()
def black_box_over_a_name(word: str) -> bytes:
    """A black rectangle over the name."""
    return converted(name(word) + cover())


@blocked()
def rounded_box_over_a_name(word: str) -> bytes:
    """A box with round corners in dark red over the name."""
    return converted(name(word) + cover("rx='7' fill='#611'"))


@blocked()
def blot_over_a_name(word: str) -> bytes:
    """A blot of curves over the name."""
    return converted(f"{name(word)}<path fill='#333' d='M60 {GAP} q-6 -22 40 -20 t60 14 q0 26 -60 18 t-40 -12z'/>")


@blocked()
def gradient_over_a_name(word: str) -> bytes:
    """A gradient over the name."""
    stops = "<stop offset='0' stop-color='#fff'/><stop offset='1' stop-color='#00f'/>"
    return converted(name(word) + cover("fill='url(#g)'"), defs=f"<linearGradient id='g'>{stops}</linearGradient>")


@blocked()
def stroke_over_a_name(word: str) -> bytes:
    """A line as wide as the letters are high over the name."""
    return converted(
        f"{name(word)}<path d='M70 {GAP - 4} h80' stroke='#000' stroke-width='15' stroke-linecap='round'/>"
    )


@blocked()
def picture_over_a_name(word: str) -> bytes:
    """A picture over the name."""
    out = io.BytesIO()
    Image.frombytes("L", (16, 4), bytes(at * 3 for at in range(64))).save(out, "PNG")
    return converted(name(word) + embedded(out.getvalue(), "png", x=69, y=GAP - 12, width=80, height=16))


@blocked()
def white_name(word: str) -> bytes:
    """The name is white on white paper."""
    return converted(name(word, more="fill='#fff'"))


@blocked()
def name_in_the_colour_of_its_ground(word: str) -> bytes:
    """The name has the colour of the box that lies beneath it."""
    return converted(cover("fill='#284'") + name(word, more="fill='#284'"))


@blocked()
def name_clipped_away(word: str) -> bytes:
    """A clipping path leaves out the last word of a line."""
    clip = f"<clipPath id='c'><rect x='60' y='{GAP - 12}' width='70' height='17'/></clipPath>"
    return converted(name(f"an answer, by {word}", more="clip-path='url(#c)'"), defs=clip)


@blocked()
def box_over_turned_text(word: str) -> bytes:
    """The name and the box over it are turned by 30 degrees."""
    return converted(f"<g transform='rotate(30 72 {GAP}) translate(60 200)'>{name(word)}{cover()}</g>")


@blocked(proof="partly")
def name_in_dust(word: str) -> bytes:
    """The name is four tenths of a point high."""
    return converted(name(word, more="font-size='.4'"))


@blocked(words=ARABIC)
def black_box_over_arabic(word: str) -> bytes:
    """A black rectangle over a name in Arabic."""
    return converted(name(word) + cover())


@blocked(words=CHINESE)
def black_box_over_chinese(word: str) -> bytes:
    """A black rectangle over a name in Chinese."""
    return converted(name(word) + cover())


@blocked()
def text_beneath_a_scan(word: str) -> bytes:
    """A blackened scan lies over text that holds the name."""
    return converted(name(word) + embedded(jpeg(scan("", blacked=True)), "jpeg", x=0, y=0, width=595, height=842))


@passed()
def letter(word: str) -> bytes:
    """An ordinary letter."""
    return converted(name(word))


@passed(proof="absent")
def redacted(word: str) -> bytes:
    """The name is gone and the box stands there."""
    del word
    return converted(cover())


@passed(words=ARABIC)
def letter_in_arabic(word: str) -> bytes:
    """A name in Arabic."""
    return converted(name(word, more="font-size='14'"))


@passed(words=CHINESE)
def letter_in_chinese(word: str) -> bytes:
    """A name in Chinese."""
    return converted(name(word, more="font-size='14'"))


@passed()
def words_on_colours(word: str) -> bytes:
    """White words on a dark bar, dark words on a pale one."""
    grounds = ((400, "#124"), (430, "#fe9"))
    bars = "".join(f"<rect x='60' y='{y}' width='300' height='22' fill='{fill}'/>" for y, fill in grounds)
    return converted(bars + name(word, y=415, more="fill='#fff'") + name("as agreed", y=445, more="fill='#420'"))


@passed()
def half_transparent_box(word: str) -> bytes:
    """A yellow box of a half over the name."""
    return converted(name(word) + cover("fill='#fe0' fill-opacity='.5'"))


@passed(proof="shown picture")
def outlined_letters(word: str) -> bytes:
    """Large letters of which only the edges are drawn."""
    return converted(name(word, y=420, more="font-size='36' fill='none' stroke='#000' stroke-width='.8'"))


@passed()
def letters_with_a_gradient(word: str) -> bytes:
    """Large letters that are filled with a gradient."""
    stops = "<stop offset='0' stop-color='#000'/><stop offset='1' stop-color='#07a'/>"
    defs = f"<linearGradient id='g'>{stops}</linearGradient>"
    return converted(name(word, y=420, more="font-size='36' fill='url(#g)'"), defs=defs)


@passed()
def watermark_beneath(word: str) -> bytes:
    """A large pale word lies turned beneath the letter."""
    mark = "<text x='90' y='650' font-size='120' fill='#e2e2e2' transform='rotate(-50 90 650)'>COPY</text>"
    return converted(name(word), before=mark)


@passed()
def words_over_a_photograph(word: str) -> bytes:
    """White letters over a dark picture."""
    out = io.BytesIO()
    Image.frombytes("L", (64, 64), bytes(20 + (x * y) % 80 for y in range(64) for x in range(64))).save(out, "PNG")
    picture = embedded(out.getvalue(), "png", x=72, y=400, width=300, height=150)
    return converted(picture + name(word, x=90, y=480, more="font-size='24' fill='#fff'"))


@passed()
def words_along_a_curve(word: str) -> bytes:
    """Each letter is turned a little more than the one before it."""
    letters = "".join(
        f"<text x='{100 + 14 * at}' y='500' transform='rotate({3 * at} {100 + 14 * at} 500)'>{char}</text>"
        for at, char in enumerate(word)
    )
    return converted(letters + name(word))


@passed()
def diagram_with_labels(word: str) -> bytes:
    """Circles, arrows and labels, some of them within the circles."""
    parts = [
        f"<circle cx='{120 + 130 * at}' cy='500' r='48' fill='{fill}' stroke='#000'/>"
        + name(text, x=88 + 130 * at, y=503, more=f"fill='{ink}'")
        for at, (fill, ink, text) in enumerate(
            (("#fff", "#000", word), ("#345", "#fff", word), ("#bcd", "#000", "the clerk"))
        )
    ]
    return converted("".join(parts) + "<path d='M168 500 h34' stroke='#000' stroke-width='2'/>")


@passed()
def landscape(word: str) -> bytes:
    """A wide page."""
    return converted(name(word), width=842, height=595)
