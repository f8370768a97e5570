"""Files that Typst makes: a modern typesetter, tagged by default, which shapes every script."""

from functools import lru_cache
from typing import Literal

import typst

from tests.leaks import fonts
from tests.leaks.sample import ARABIC, CHINESE, blocked, passed, reported
from tests.leaks.syntax import CLOSING, OPENING

Standard = Literal["1.7", "a-2b"]

PREAMBLE = """
#set page(width: 595pt, height: 842pt, margin: 72pt)
#set text(font: ("Libertinus Serif", "DejaVu Sans", "Droid Sans Fallback"), size: 11pt)
#let gap(body) = block(width: 160pt, height: 18pt, body)
#let over(body, cover) = gap[#body#place(top + left, dx: -3pt, dy: -5pt, cover)]
"""


@lru_cache(maxsize=1)
def typefaces() -> typst.Fonts:
    """Return Typst's own fonts and ours, and none else that this machine may have."""
    folders = [fonts.LATIN.parent, fonts.CHINESE.parent]
    return typst.Fonts(include_system_fonts=False, font_paths=folders)


def made(inner: str, before: str = "", standard: Standard = "1.7", tags: bool = True) -> bytes:
    """Return a letter with something in its gap, in the markup of Typst."""
    lines = "\n\n".join((*OPENING, inner, *CLOSING))
    source = f"{PREAMBLE}{before}\n{lines}\n"
    return typst.compile(
        source.encode(),
        font_paths=typefaces(),
        format="pdf",
        pdf_standards=standard,
        pdf_tags=tags,
        timestamp=1_552_348_800,
    )


@blocked()
def black_box_over_a_name(word: str) -> bytes:
    """A black box is placed over the name."""
    return made(f"#over[{word}][#box(fill: black, width: 100pt, height: 19pt)]")


@blocked()
def black_box_without_tags(word: str) -> bytes:
    """The same in a file without tags."""
    return made(f"#over[{word}][#box(fill: black, width: 100pt, height: 19pt)]", tags=False)


@blocked()
def rounded_gradient_over_a_name(word: str) -> bytes:
    """A box with round corners and a gradient from blue to red over the name."""
    cover = "#box(fill: gradient.linear(blue, red), radius: 6pt, width: 100pt, height: 19pt)"
    return made(f"#over[{word}][{cover}]")


@blocked()
def curve_over_a_name(word: str) -> bytes:
    """A closed curve with a dark fill over the name."""
    curve = "#curve(fill: maroon, curve.move((0pt, 0pt)), curve.line((100pt, -3pt)), "
    curve += "curve.cubic((125pt, 5pt), (118pt, 20pt), (96pt, 22pt)), curve.line((-4pt, 21pt)), curve.close())"
    return made(f"#over[{word}][{curve}]")


@blocked(words=ARABIC)
def black_box_over_arabic(word: str) -> bytes:
    """A black box over a name in Arabic, shaped and from right to left."""
    return made(f'#over[#text(lang: "ar", dir: rtl)[{word}]][#box(fill: black, width: 165pt, height: 22pt)]')


@blocked(words=CHINESE)
def black_box_over_chinese(word: str) -> bytes:
    """A black box over a name in Chinese."""
    return made(f"#over[{word}][#box(fill: black, width: 100pt, height: 19pt)]")


@blocked()
def white_name(word: str) -> bytes:
    """The name is set in white on white paper."""
    return made(f"#gap[#text(fill: white)[{word}]]")


@blocked()
def name_in_the_colour_of_the_page(word: str) -> bytes:
    """The page is pale yellow, and so is the name."""
    return made(f'#gap[#text(fill: rgb("#fff4d0"))[{word}]]', '#set page(fill: rgb("#fff4d0"))')


@blocked()
def name_in_clear_ink(word: str) -> bytes:
    """The name is set in a colour without opacity."""
    return made(f'#gap[#text(fill: rgb("#00000000"))[{word}]]')


@blocked()
def name_outside_of_a_clip(word: str) -> bytes:
    """A box that clips holds the name far below its lower edge."""
    return made(f"#gap[#box(clip: true, width: 150pt, height: 12pt)[an answer #v(40pt) {word}]]")


@blocked()
def name_off_the_page(word: str) -> bytes:
    """The name is placed to the left of the paper."""
    return made(f"#gap[#place(dx: -300pt)[{word}]]")


@blocked(proof="partly")
def name_as_dust(word: str) -> bytes:
    """The name is set in a size of half a point."""
    return made(f"#gap[#text(size: 0.5pt)[{word}]]")


@blocked(proof="partly")
def name_scaled_to_nothing(word: str) -> bytes:
    """The name is scaled to a fiftieth of its size."""
    return made(f"#gap[#scale(2%)[{word}]]")


@blocked()
def table_cell_that_is_filled(word: str) -> bytes:
    """A cell of a table is painted over by a later one."""
    table = f"#table(columns: (110pt, 90pt), rows: 24pt, [Name], [Part], [{word}], [warden])"
    cover = "#place(top + left, dy: 24pt, rect(fill: gray, width: 110pt, height: 24pt))"
    return made(f"#block(height: 70pt)[{table}{cover}]")


@blocked()
def covered_in_a_drawing(word: str) -> bytes:
    """The name and the box over it are both in an SVG drawing."""
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' width='200' height='30'><text x='4' y='20' font-size='12' "
        f"font-family='DejaVu Sans'>{word}</text><rect x='0' y='4' width='150' height='22' fill='#222'/></svg>"
    )
    return made(f'#image(bytes("{svg}"), format: "svg", width: 200pt)')


@blocked("embedded-file")
def file_in_the_file(word: str) -> bytes:
    """A text file is attached."""
    return made(f'#gap[]#pdf.attach("notes.txt", bytes("name: {word}"), relationship: "supplement")')


@reported("document-metadata", "user-path")
def author_of_the_file(word: str) -> bytes:
    """The author of the file is named in its metadata and nowhere else."""
    return made("#gap[#box(fill: black, width: 90pt, height: 12pt)]", f'#set document(author: "{word}")')


@reported()
def alternative_text_of_a_picture(word: str) -> bytes:
    """The alternative text of a picture names who is on it."""
    shape = "<rect width='60' height='30' fill='#888'/>"
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' width='60' height='30'>{shape}</svg>"
    return made(f'#image(bytes("{svg}"), format: "svg", width: 60pt, alt: "A portrait of {word}")')


@passed()
def letter(word: str) -> bytes:
    """An ordinary letter, tagged, with ligatures."""
    return made(f"#gap[{word}] The office found a difficult, baffling offer of five flags.")


@passed()
def letter_for_keeping(word: str) -> bytes:
    """The same letter as PDF/A."""
    return made(f"#gap[{word}]", '#set document(title: "Harbour Trust")', standard="a-2b")


@passed(proof="absent")
def redacted(word: str) -> bytes:
    """The name is gone and the box stands there."""
    del word
    return made("#gap[#box(fill: black, width: 90pt, height: 12pt)]")


@passed(proof="absent")
def hidden_by_the_typesetter(word: str) -> bytes:
    """Typst's own way to hide words leaves their space and nothing of them in the file."""
    return made(f"#gap[#hide[{word}]]", tags=False)


@passed(words=ARABIC)
def letter_in_arabic(word: str) -> bytes:
    """A paragraph in Arabic, shaped and from right to left."""
    return made(f'#text(lang: "ar", dir: rtl)[إلى مجلس أمناء المرفأ، تحية طيبة من {word} وبعد]')


@passed(words=CHINESE)
def letter_in_chinese(word: str) -> bytes:
    """A paragraph in Chinese."""
    return made(f'#text(lang: "zh")[致港口信托基金会：{word}已收到您的来信，谨此致谢。]')


@passed()
def thin_letters(word: str) -> bytes:
    """A light typeface in a small size and a middle grey."""
    return made(f'#gap[#text(font: "New Computer Modern", size: 7pt, fill: luma(45%))[{word} and others]]')


@passed()
def white_on_a_dark_page(word: str) -> bytes:
    """A page in dark grey with pale letters."""
    return made(f"#gap[{word}]", "#set page(fill: luma(15%))\n#set text(fill: luma(90%))")


@passed()
def marked_lines(word: str) -> bytes:
    """Words that are highlighted, struck, underlined, overlined, small capitals and raised."""
    return made(f"#highlight[{word}] #strike[{word}] #underline[word] #overline[word] #smallcaps[Word] 2#super[nd]")


@passed()
def formulas_and_notes(word: str) -> bytes:
    """Formulas, a footnote, and numbers of pages."""
    return made(
        f"$ integral_0^1 sqrt(x) / (1 + x^2) dif x $ {word}#footnote[As it was told.]", '#set page(numbering: "1/1")'
    )


@passed()
def table_in_stripes(word: str) -> bytes:
    """A table with a dark head and stripes."""
    fill = "fill: (_, y) => if y == 0 { navy } else if calc.odd(y) { luma(230) } else { white }"
    return made(
        f"#table(columns: 2, {fill}, text(fill: white)[Name], text(fill: white)[Part], [{word}], [a], [b], [c])"
    )


@passed()
def turned_and_mirrored(word: str) -> bytes:
    """Words that stand on their side, and words in a frame that is turned a little."""
    return made(f"#rotate(-90deg, reflow: true)[{word}] #rotate(8deg)[#rect[turned a little]]")


@passed()
def letters_filled_with_a_gradient(word: str) -> bytes:
    """Large letters are filled with a gradient, and others have an edge."""
    big = f"#text(size: 30pt, fill: gradient.linear(navy, teal))[{word}]"
    return made(f"{big} #text(size: 30pt, fill: white, stroke: 0.8pt + black)[edge]")


@passed()
def watermark_behind(word: str) -> bytes:
    """A pale word lies behind the text of the page."""
    mark = "#set page(background: rotate(40deg, text(110pt, fill: luma(88%))[DRAFT]))"
    return made(f"#gap[{word}]", mark)


@passed()
def headings_with_bookmarks(word: str) -> bytes:
    """Headings that are bookmarks, a table of contents with links, and a link to the web."""
    return made(f'#outline()\n= Statement of {word}\n#link("https://harbour.example/")[the page]\n= Answer')


@passed()
def drawing_with_words(word: str) -> bytes:
    """An SVG drawing with words on coloured ground."""
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' width='200' height='30'><rect width='200' height='30' fill='#246'/>"
        f"<text x='4' y='20' font-size='12' fill='#fff' font-family='DejaVu Sans'>{word}</text></svg>"
    )
    return made(f'#image(bytes("{svg}"), format: "svg", width: 200pt)')
