"""Names with something over them that hides them: boxes, paths, pictures, patterns."""

from tests.leaks.sample import LETTERS, blocked
from tests.leaks.syntax import GAP, LEFT, TOP, Document, box, letter, one_page, show


@blocked()
def black_box_over_a_name(word: str) -> bytes:
    """A black rectangle is filled over the name."""
    return one_page(f"{letter()} {show(word)} {box()}")


@blocked()
def white_box_over_a_name(word: str) -> bytes:
    """A white rectangle is filled over the name, so that the page shows a gap."""
    return one_page(f"{letter()} {show(word)} {box(paint='1 g')}")


@blocked(proof="partly")
def box_over_the_upper_half(word: str) -> bytes:
    """A bar covers the upper part of the letters; their feet can be seen."""
    return one_page(f"{letter()} {show(word)} {box(y=GAP + 3, height=10)}")


@blocked()
def irregular_shape_over_a_name(word: str) -> bytes:
    """A blot of curves, drawn as by hand, lies over the name."""
    blot = f"{LEFT - 5} {GAP} m {LEFT - 9} {GAP + 24} {LEFT + 60} {GAP + 22} {LEFT + 80} {GAP + 9} c "
    blot += f"{LEFT + 84} {GAP - 12} {LEFT + 10} {GAP - 18} {LEFT - 5} {GAP} c f"
    return one_page(f"{letter()} {show(word)} q 0.1 0.1 0.3 rg {blot} Q")


@blocked()
def grey_box_with_an_edge(word: str) -> bytes:
    """A grey box with a black edge, painted in one stroke and fill."""
    edged = f"q 0.6 g 0 G 1.5 w {LEFT - 2} {GAP - 4} 70 16 re B Q"
    return one_page(f"{letter()} {show(word)} {edged}")


@blocked()
def thick_line_over_a_name(word: str) -> bytes:
    """A line as wide as the letters are high is drawn through the name, as a marker does."""
    return one_page(f"{letter()} {show(word)} q 16 w 1 J {LEFT + 2} {GAP + 4} m {LEFT + 62} {GAP + 4} l S Q")


@blocked()
def many_thin_lines_over_a_name(word: str) -> bytes:
    """Thin lines side by side cover the name; none of them is a box."""
    lines = " ".join(
        f"{LEFT - 2} {GAP - 4 + step * 0.7:g} m {LEFT + 68} {GAP - 4 + step * 0.7:g} l" for step in range(23)
    )
    return one_page(f"{letter()} {show(word)} q 1 w {lines} S Q")


@blocked()
def gradient_over_a_name(word: str) -> bytes:
    """A shading from dark to light is painted over the name."""
    function = "<< /FunctionType 2 /Domain [0 1] /C0 [0.1 0.2 0.5] /C1 [0.8 0.9 1] /N 1 >>"
    shading = f"<< /ShadingType 2 /ColorSpace /DeviceRGB /Coords [{LEFT} 0 {LEFT + 70} 0] /Function {function} >>"
    painted = f"q {LEFT - 2} {GAP - 4} 70 16 re W n /S1 sh Q"
    return one_page(f"{letter()} {show(word)} {painted}", resources=f"/Shading << /S1 {shading} >>")


@blocked()
def pattern_over_a_name(word: str) -> bytes:
    """A tiling pattern of opaque little squares is filled over the name."""
    document = Document()
    cell = "0.3 g 0 0 4 4 re f 0.7 g 4 0 4 4 re f 0.7 g 0 4 4 4 re f 0.3 g 4 4 4 4 re f"
    kind = "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 8 8] /XStep 8 /YStep 8 /Resources << >>"
    pattern = document.stream(cell, kind)
    content = f"{letter()} {show(word)} q /Pattern cs /P1 scn {LEFT - 2} {GAP - 4} 70 16 re f Q"
    document.page(content, resources=f"/Pattern << /P1 {pattern} >>")
    return document.finish()


@blocked()
def picture_pasted_over_a_name(word: str) -> bytes:
    """A small picture, a stretched speckle, is pasted over the name."""
    document = Document()
    pixels = bytes((x * 37 + y * 91) % 200 for y in range(8) for x in range(32))
    image = document.image(pixels, 32, 8)
    content = f"{letter()} {show(word)} q 70 0 0 16 {LEFT - 2} {GAP - 4} cm /I1 Do Q"
    document.page(content, resources=f"/XObject << /I1 {image} >>")
    return document.finish()


@blocked()
def stencil_over_a_name(word: str) -> bytes:
    """A picture of one bit, used as a stencil in black, is pasted over the name."""
    inline = "BI /W 8 /H 2 /BPC 1 /IM true /D [0 1] ID \x00\x00 EI"
    content = f"{letter()} {show(word)} q 0 g 70 0 0 16 {LEFT - 2} {GAP - 4} cm {inline} Q"
    return one_page(content)


@blocked()
def multiplied_black_over_a_name(word: str) -> bytes:
    """A black box in the blend mode Multiply: a highlighter with black ink."""
    states = "/ExtGState << /G1 << /BM /Multiply >> >>"
    return one_page(f"{letter()} {show(word)} {box(paint='/G1 gs 0 g')}", resources=states)


@blocked()
def nearly_opaque_box_over_a_name(word: str) -> bytes:
    """A black box of 98 per cent opacity over black letters on white paper: one would have to know to see them."""
    states = "/ExtGState << /G1 << /ca 0.98 >> >>"
    return one_page(f"{letter()} {show(word)} {box(paint='/G1 gs 0 g')}", resources=states)


@blocked()
def box_on_a_rotated_page(word: str) -> bytes:
    """The page is shown turned by a quarter, and so is the box with the name beneath."""
    return one_page(f"{letter()} {show(word)} {box()}", "/Rotate 90")


@blocked()
def box_over_slanted_text(word: str) -> bytes:
    """The name runs up the page at an angle, and the box with it."""
    slanted = "q 0.866 0.5 -0.5 0.866 220 300 cm"
    return one_page(f"{letter()} {slanted} {show(word, 0, 0)} {box(-2, -4)} Q")


@blocked()
def covered_twice(word: str) -> bytes:
    """A white box over a black box over the name, and a code is printed where the name stood."""
    content = f"{letter()} {show(word)} {box()} {box(paint='1 g')} {show('[B-7]', size=9)}"
    return one_page(content)


@blocked()
def page_painted_over(word: str) -> bytes:
    """The whole page is painted white and set anew, without the name."""
    first = f"{letter()} {show(word)}"
    return one_page(f"{first} q 1 g 0 0 595 842 re f Q {letter()} {box()}")


@blocked()
def dark_glyphs_over_a_name(word: str) -> bytes:
    """A row of black squares, which are letters themselves, covers the name: text over text."""
    squares = show("nnnnnn", LEFT - 4, GAP - 5, size=22, font="F4", state="-5 Tc")
    fonts = "/F4 << /Type /Font /Subtype /Type1 /BaseFont /ZapfDingbats >>"
    return one_page(f"{letter()} {show(word)} {squares}", fonts=fonts)


@blocked()
def name_on_a_line_of_its_own_under_a_wide_bar(word: str) -> bytes:
    """A bar over whole lines, with words of no interest and the name beneath."""
    words = show(f"present were the clerk, {word} and the warden", y=TOP - 300)
    more = show("who were heard one after the other", y=TOP - 320)
    return one_page(f"{letter()} {words} {more} {box(60, TOP - 330, 460, 46)}")


@blocked(words=LETTERS)
def box_over_a_part_of_a_word(word: str) -> bytes:
    """Of a word in a fixed pitch only its middle is covered."""
    return one_page(f"{letter()} {show(word, font='F2')} {box(LEFT + 6.6 * 4, width=13.2)}")


@blocked(words=("Quibberly", "Quibzerly"))
def box_over_one_letter(word: str) -> bytes:
    """Of a word in a fixed pitch a single letter is covered."""
    return one_page(f"{letter()} {show(word, font='F2')} {box(LEFT + 6.6 * 4, width=6.6)}")
