"""Pages on which nothing is hidden, though much on them looks as if it were."""

import math

from tests.leaks.sample import CHINESE, passed
from tests.leaks.scans import paper
from tests.leaks.syntax import GAP, LEFT, Document, box, letter, one_page, quoted, show
from tests.leaks.written.nested import annotated, type_3


@passed()
def letter_of_one_page(word: str) -> bytes:
    """An ordinary letter in fonts that every reader has."""
    return one_page(f"{letter()} {show(word)}")


@passed(proof="absent")
def properly_redacted(word: str) -> bytes:
    """The name is gone and the black box stays."""
    del word
    return one_page(f"{letter()} {box()}")


@passed(proof="absent")
def properly_redacted_with_a_code(word: str) -> bytes:
    """The name is gone, and the box says why in white letters."""
    del word
    return one_page(f"{letter()} {box()} {show('B-7', LEFT + 20, state='1 g', size=9)}")


@passed()
def white_heading_on_black(word: str) -> bytes:
    """A heading in white letters on a black bar."""
    return one_page(f"{letter()} {box(60, 790, 475, 30)} {show(word, 72, 799, size=16, state='1 g')}")


@passed()
def small_print_in_light_grey(word: str) -> bytes:
    """The address of the printer, small and grey, at the foot."""
    return one_page(f"{letter()} {show(f'Printed by {word} and Sons', 72, 40, size=5.5, state='0.6 g')}")


@passed()
def colours_on_colours(word: str) -> bytes:
    """Yellow letters on green ground, dark red ones on pale red."""
    first = box(60, 500, 475, 24, paint="0.1 0.4 0.2 rg") + show(word, 72, 508, state="1 0.9 0.3 rg")
    second = box(60, 460, 475, 24, paint="1 0.85 0.85 rg") + show("as agreed", 72, 468, state="0.5 0 0 rg")
    return one_page(f"{letter()} {first} {second}")


@passed()
def highlighted_in_yellow(word: str) -> bytes:
    """A yellow box over the name in the blend mode Multiply."""
    states = "/ExtGState << /G1 << /BM /Multiply >> >>"
    return one_page(f"{letter()} {show(word)} {box(paint='/G1 gs 1 1 0.2 rg')}", resources=states)


@passed()
def highlight_annotation(word: str) -> bytes:
    """A highlight annotation whose appearance is yellow and multiplied."""
    document = Document()
    appearance = document.form(
        "/G1 gs 1 1 0 rg 0 0 70 16 re f",
        "/Group << /S /Transparency >>",
        resources="/ExtGState << /G1 << /BM /Multiply >> >>",
        bounds="0 0 70 16",
    )
    x, y = LEFT - 2, GAP - 4
    points = f"[{x} {y + 16} {x + 70} {y + 16} {x} {y} {x + 70} {y}]"
    note = document.add(
        f"<< /Type /Annot /Subtype /Highlight /Rect [{x} {y} {x + 70} {y + 16}] /F 4 /QuadPoints {points} "
        f"/C [1 1 0] /AP << /N {appearance} >> >>"
    )
    document.page(f"{letter()} {show(word)}", f"/Annots [{note}]")
    return document.finish()


@passed()
def half_transparent_box(word: str) -> bytes:
    """A grey box of 40 per cent over the name, which can be read through it."""
    states = "/ExtGState << /G1 << /ca 0.4 >> >>"
    return one_page(f"{letter()} {show(word)} {box(paint='/G1 gs 0.5 g')}", resources=states)


@passed()
def table_with_filled_cells(word: str) -> bytes:
    """Rows in two colours with words upon them."""
    rows = []
    for number in range(8):
        y = 500 - 18 * number
        rows.append(box(60, y - 5, 475, 18, paint=f"{0.9 if number % 2 else 0.75} g"))
        rows.append(show(f"{number + 1}. {word if number == 4 else 'an answer'}", 72, y))
    return one_page(f"{letter()} {' '.join(rows)}")


@passed()
def watermark_beneath(word: str) -> bytes:
    """A large pale word lies slantwise beneath the text."""
    turned = f"q {math.cos(1):.3f} {math.sin(1):.3f} {-math.sin(1):.3f} {math.cos(1):.3f} 120 200 cm"
    return one_page(f"{turned} {show('COPY', 0, 0, size=150, state='0.88 g')} Q {letter()} {show(word)}")


@passed()
def transparent_watermark_over_all(word: str) -> bytes:
    """A large word of 15 per cent lies over the text."""
    states = "/ExtGState << /G1 << /ca 0.15 >> >>"
    mark = f"q 0.7 0.7 -0.7 0.7 150 300 cm {show('DRAFT', 0, 0, size=120, state='/G1 gs')} Q"
    return one_page(f"{letter()} {show(word)} {mark}", resources=states)


@passed()
def letters_over_a_photograph(word: str) -> bytes:
    """White letters with a dark edge upon a picture of many greys."""
    document = Document()
    pixels = bytes(60 + (x * y) % 90 for y in range(64) for x in range(64))
    image = document.image(pixels, 64, 64)
    content = f"{letter()} q 400 0 0 200 72 200 cm /I1 Do Q {show(word, 100, 300, size=24, state='1 g')}"
    document.page(content, resources=f"/XObject << /I1 {image} >>")
    return document.finish()


@passed()
def underlined_and_struck_through(word: str) -> bytes:
    """A line under the name and another through its middle."""
    lines = f"q 0.7 w {LEFT} {GAP - 2} m {LEFT + 60} {GAP - 2} l {LEFT} {GAP + 3.5} m {LEFT + 60} {GAP + 3.5} l S Q"
    return one_page(f"{letter()} {show(word)} {lines}")


@passed()
def signature_beside_a_name(word: str) -> bytes:
    """A picture with a transparent ground, a signature, overlaps the printed name a little."""
    document = Document()
    stroke = bytes(0 if abs(y - 16 - 10 * math.sin(x / 9)) < 1.5 else 255 for y in range(32) for x in range(128))
    mask = document.image(bytes(255 - value for value in stroke), 128, 32)
    image = document.stream(
        bytes([20, 20, 90]) * (128 * 32),
        "/Type /XObject /Subtype /Image /Width 128 /Height 32 /BitsPerComponent 8 /ColorSpace /DeviceRGB "
        f"/SMask {mask}",
    )
    content = f"{letter()} {show(word, y=300)} q 120 0 0 40 100 292 cm /I1 Do Q"
    document.page(content, resources=f"/XObject << /I1 {image} >>")
    return document.finish()


@passed()
def turned_by_a_quarter(word: str) -> bytes:
    """A page that is shown turned by three quarters."""
    return one_page(f"{letter()} {show(word)}", "/Rotate 270")


@passed()
def landscape(word: str) -> bytes:
    """A page that is wider than high."""
    return one_page(f"{show('Annex', 72, 500)} {show(word, 600, 300)}", bounds="0 0 842 595")


@passed()
def page_numbers_at_the_edge(word: str) -> bytes:
    """The number of the page and a name stand four points from the edge of what is shown."""
    content = f"{letter()} {show('7', 297, 34, size=9)} {show(word, 480, 34, size=9)}"
    return one_page(content, "/CropBox [20 30 575 830]")


@passed()
def bounds_that_begin_elsewhere(word: str) -> bytes:
    """The paper begins at minus one hundred in both directions."""
    content = f"q 1 0 0 1 -100 -100 cm {letter()} {show(word)} Q"
    return one_page(content, bounds="-100 -100 495 742")


@passed()
def bold_by_a_stroke(word: str) -> bytes:
    """Letters that are filled and stroked, to look bold."""
    return one_page(f"{letter()} {show(word, state='2 Tr 0.4 w')}")


@passed()
def bold_by_printing_twice(word: str) -> bytes:
    """The name is printed twice, a third of a point apart."""
    return one_page(f"{letter()} {show(word)} {show(word, LEFT + 0.3)}")


@passed()
def with_a_shadow(word: str) -> bytes:
    """A grey copy of the name lies beneath it, a point lower and to the right."""
    return one_page(f"{letter()} {show(word, LEFT + 1, GAP - 1, state='0.7 g')} {show(word)}")


@passed()
def outlined_letters(word: str) -> bytes:
    """Only the edges of the letters are drawn."""
    return one_page(f"{letter()} {show(word, size=24, state='1 Tr 0.6 w')}")


@passed()
def letters_that_clip_a_pattern(word: str) -> bytes:
    """The letters are a clip through which stripes are painted."""
    stripes = " ".join(f"{72 + 3 * step} 380 2 60 re" for step in range(80))
    clipped = f"q BT /F1 40 Tf 7 Tr 72 400 Td {quoted(word)} Tj ET 0 g {stripes} f Q"
    return one_page(f"{letter()} {clipped}")


@passed()
def hand_drawn_font(word: str) -> bytes:
    """The name is set in a font of Type 3."""
    document = Document()
    document.page(f"{letter()} {show(word, font='T3')}", fonts=f"/T3 {type_3(document, word)}")
    return document.finish()


@passed()
def spaces_and_soft_hyphens(word: str) -> bytes:
    """Spaces at the ends of lines, empty strings, and hyphens that only a line break would show."""
    content = f"{letter()} {show(word + '   ')} {show('     ', y=200)} {show('', y=180)} {show(chr(0xA0) * 3, y=160)}"
    return one_page(content)


@passed()
def picture_of_paper_beneath(word: str) -> bytes:
    """A picture of grained paper fills the page beneath the text."""
    document = Document()
    grain = paper().resize((300, 424))
    image = document.image(grain.tobytes(), 300, 424)
    content = f"q 595 0 0 842 0 0 cm /I1 Do Q {show(word, y=400)} {show('on our own paper', y=380)}"
    document.page(content, resources=f"/XObject << /I1 {image} >>")
    return document.finish()


@passed()
def many_pages(word: str) -> bytes:
    """Six pages, the name on the fifth."""
    document = Document()
    for number in range(6):
        document.page(f"{letter()} {show(word if number == 4 else 'the clerk')} {show(str(number), 297, 30)}")
    return document.finish()


@passed()
def links_to_other_pages(word: str) -> bytes:
    """A link to an address of the web, and one to a page of the file."""
    return annotated(
        f"{letter()} {show(word)}",
        "/Subtype /Link /Border [0 0 0] /A << /S /URI /URI (https://harbour.example/letters/) >>",
        "",
    )


@passed()
def visible_comment_box(word: str) -> bytes:
    """A free text annotation that shows the words that it holds."""
    text = f"BT /F1 11 Tf 2 4 Td {quoted(word)} Tj ET"
    return annotated(letter(), f"/Subtype /FreeText /Contents {quoted(word)} /DA (/F1 11 Tf 0 g)", text)


@passed()
def layer_that_is_on(word: str) -> bytes:
    """The name is on a layer, and the layer is shown."""
    document = Document()
    layer = document.add("<< /Type /OCG /Name (Text) >>")
    document.page(f"{letter()} /OC /L1 BDC {show(word)} EMC", resources=f"/Properties << /L1 {layer} >>")
    return document.finish(f"/OCProperties << /OCGs [{layer}] /D << /Order [{layer}] >> >>")


@passed()
def replacement_text_that_the_page_shows(word: str) -> bytes:
    """A word is broken over two lines, and its ActualText puts it together, as tagged files do."""
    broken = (
        f"/Span << /ActualText {quoted(word)} >> BDC {show(word[:4] + '-', 500, GAP)} {show(word[4:], LEFT, 400)} EMC"
    )
    return one_page(f"{letter()} {broken}")


@passed()
def tagged_with_an_artifact(word: str) -> bytes:
    """Marked content for those who listen, and a page number as an artifact."""
    document = Document()
    content = f"/P << /MCID 0 >> BDC {letter()} {show(word)} EMC /Artifact BMC {show('1', 297, 30)} EMC"
    page = document.page(content, "/StructParents 0")
    paragraph = document.add(f"<< /Type /StructElem /S /P /Pg {page} /K 0 >>")
    root = document.add(f"<< /Type /StructTreeRoot /K {paragraph} >>")
    return document.finish(f"/StructTreeRoot {root} /MarkInfo << /Marked true >> /Lang (en)")


@passed(words=CHINESE)
def chinese_in_a_font_that_is_not_embedded(word: str) -> bytes:
    """Chinese letters in a font of the collection that every reader is to have."""
    document = Document()
    text = word.encode("utf-16-be").hex()
    font = cid_font(document)
    document.page(f"{letter()} BT /C1 14 Tf {LEFT} {GAP} Td <{text}> Tj ET", fonts=f"/C1 {font}")
    return document.finish()


@passed(words=CHINESE)
def chinese_from_top_to_bottom(word: str) -> bytes:
    """Chinese letters in vertical writing."""
    document = Document()
    text = word.encode("utf-16-be").hex()
    font = cid_font(document, "V")
    document.page(f"{show('Annex')} BT /C1 16 Tf 300 500 Td <{text}> Tj ET", fonts=f"/C1 {font}")
    return document.finish()


def cid_font(document: Document, direction: str = "H") -> str:
    """Add a font of Adobe's collection for simplified Chinese, without its letters."""
    descriptor = document.add(
        "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
        "/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
    )
    inner = document.add(
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /FontDescriptor "
        f"{descriptor} /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> >>"
    )
    return document.add(
        f"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light-UniGB-UCS2-{direction} "
        f"/Encoding /UniGB-UCS2-{direction} /DescendantFonts [{inner}] >>"
    )
