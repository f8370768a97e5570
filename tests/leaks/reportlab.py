"""Files that ReportLab makes: its canvas, its tables and its paragraphs."""

import io
from collections.abc import Callable

from PIL import Image
from reportlab.lib.colors import Color, HexColor, black, white
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from tests.leaks import fonts
from tests.leaks.sample import ARABIC, CHINESE, blocked, passed, reported
from tests.leaks.scans import jpeg, scan
from tests.leaks.syntax import CLOSING, GAP, LEADING, LEFT, OPENING, TOP

SIZE = (595, 842)


def drawn(draw: Callable[[Canvas], None], *, font: str = "Helvetica", size: float = 11) -> bytes:
    """Return a letter on which something more is drawn."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=SIZE, invariant=1)
    for name, path in (("Sans", fonts.LATIN), ("Serif", fonts.SERIF), ("Han", fonts.CHINESE)):
        pdfmetrics.registerFont(TTFont(name, str(path)))
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas.setFont(font, size)
    for number, text in enumerate(OPENING):
        canvas.drawString(LEFT, TOP - LEADING * number, text)
    for number, text in enumerate(CLOSING, 1):
        canvas.drawString(LEFT, GAP - LEADING * number, text)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def cover(canvas: Canvas, colour: Color = black, width: float = 90) -> None:
    """Fill a box over the gap."""
    canvas.setFillColor(colour)
    canvas.rect(LEFT - 2, GAP - 5, width, 17, stroke=0, fill=1)


def told(*story: object) -> bytes:
    """Return what a flow of paragraphs and tables becomes."""
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=SIZE, invariant=1, leftMargin=72, rightMargin=72).build(list(story))
    return out.getvalue()


def covered_in(word: str, font: str, size: float = 11) -> bytes:
    """Return a letter whose name is set in a font and covered."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont(font, size)
        canvas.drawString(LEFT, GAP, word)
        cover(canvas)

    return drawn(draw)


@blocked()
def black_box_over_a_name(word: str) -> bytes:
    """A black rectangle over a name in Helvetica."""
    return covered_in(word, "Helvetica")


@blocked()
def black_box_over_an_embedded_font(word: str) -> bytes:
    """A black rectangle over a name in an embedded TrueType font."""
    return covered_in(word, "Sans")


@blocked(words=CHINESE)
def black_box_over_chinese(word: str) -> bytes:
    """A black rectangle over Chinese letters of an embedded font."""
    return covered_in(word, "Han", 14)


@blocked(words=CHINESE)
def black_box_over_chinese_without_its_font(word: str) -> bytes:
    """A black rectangle over Chinese letters of a font that is not embedded."""
    return covered_in(word, "STSong-Light", 14)


@blocked(words=ARABIC)
def black_box_over_arabic(word: str) -> bytes:
    """A black rectangle over Arabic letters, which stand one by one, from right to left, as old programs set them."""
    return covered_in(word[::-1], "Sans", 13)


@blocked()
def rounded_grey_box(word: str) -> bytes:
    """A grey box with round corners over the name."""

    def draw(canvas: Canvas) -> None:
        canvas.drawString(LEFT, GAP, word)
        canvas.setFillColor(HexColor("#808080"))
        canvas.roundRect(LEFT - 4, GAP - 6, 90, 19, 8, stroke=0, fill=1)

    return drawn(draw)


@blocked()
def picture_over_a_name(word: str) -> bytes:
    """A photograph is placed over the name."""

    def draw(canvas: Canvas) -> None:
        canvas.drawString(LEFT, GAP, word)
        picture = Image.frombytes("L", (32, 8), bytes((at * 53) % 180 for at in range(256)))
        canvas.drawImage(ImageReader(picture), LEFT - 4, GAP - 5, 90, 18)

    return drawn(draw)


@blocked()
def white_name(word: str) -> bytes:
    """The name is set in white on white paper."""

    def draw(canvas: Canvas) -> None:
        canvas.setFillColor(white)
        canvas.drawString(LEFT, GAP, word)

    return drawn(draw)


@blocked()
def name_without_opacity(word: str) -> bytes:
    """The name is set with an opacity of nothing."""

    def draw(canvas: Canvas) -> None:
        canvas.setFillAlpha(0)
        canvas.drawString(LEFT, GAP, word)

    return drawn(draw)


@blocked()
def name_that_is_not_painted(word: str) -> bytes:
    """The name is set in the rendering mode that paints nothing, on a page that is no scan."""
    return drawn(lambda canvas: canvas.drawString(LEFT, GAP, word, mode=3))


@blocked()
def name_below_the_page(word: str) -> bytes:
    """The name is set below the lower edge of the page."""
    return drawn(lambda canvas: canvas.drawString(LEFT, -30, word))


@blocked()
def black_cell_of_a_table(word: str) -> bytes:
    """A cell of a table has black ground and black letters."""
    rows = [["Name", "Part"], [word, "warden"], ["the clerk", "keeper of the book"]]
    style = [("BACKGROUND", (0, 1), (0, 1), black), ("TEXTCOLOR", (0, 1), (0, 1), black)]
    return told(Table(rows, colWidths=[120, 200], style=TableStyle(style)))


@blocked()
def box_on_a_turned_page(word: str) -> bytes:
    """A black box over the name, on a page that is shown upside down."""

    def draw(canvas: Canvas) -> None:
        canvas.drawString(LEFT, GAP, word)
        cover(canvas)
        canvas.setPageRotation(180)

    return drawn(draw)


@blocked()
def scan_with_a_line_more(word: str) -> bytes:
    """A scan without recognised text, and one invisible line of text where the paper is empty."""

    def draw(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(io.BytesIO(jpeg(scan("")))), 0, 0, *SIZE)
        canvas.drawString(LEFT, 200, word, mode=3)

    return drawn(draw)


@reported()
def bookmark_with_a_name(word: str) -> bytes:
    """The page shows a box, and a bookmark the name."""

    def draw(canvas: Canvas) -> None:
        cover(canvas)
        canvas.bookmarkPage("one")
        canvas.addOutlineEntry(f"Letter to {word}", "one")

    return drawn(draw)


@reported("document-metadata", "user-path")
def author_of_the_file(word: str) -> bytes:
    """The author of the file is named in its information and nowhere else."""

    def draw(canvas: Canvas) -> None:
        canvas.setAuthor(word)
        cover(canvas)

    return drawn(draw)


@passed()
def letter(word: str) -> bytes:
    """An ordinary letter in Helvetica."""
    return drawn(lambda canvas: canvas.drawString(LEFT, GAP, word))


@passed()
def letter_in_an_embedded_font(word: str) -> bytes:
    """An ordinary letter in an embedded serif font."""
    return drawn(lambda canvas: canvas.drawString(LEFT, GAP, word), font="Serif")


@passed(words=CHINESE)
def letter_in_chinese(word: str) -> bytes:
    """Chinese letters of an embedded font."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Han", 14)
        canvas.drawString(LEFT, GAP, word)
        canvas.drawString(LEFT, 300, "致港口信托基金会的信")

    return drawn(draw)


@passed(words=CHINESE)
def letter_in_chinese_without_its_font(word: str) -> bytes:
    """Chinese letters of a font that is not embedded."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont("STSong-Light", 14)
        canvas.drawString(LEFT, GAP, word)

    return drawn(draw)


@passed(words=ARABIC)
def letter_in_arabic(word: str) -> bytes:
    """Arabic letters of an embedded font."""

    def draw(canvas: Canvas) -> None:
        canvas.setFont("Sans", 13)
        canvas.drawString(LEFT, GAP, word[::-1])

    return drawn(draw)


@passed(proof="absent")
def redacted(word: str) -> bytes:
    """The name is gone, and a box stands where it was."""
    del word
    return drawn(cover)


@passed()
def table_in_colours(word: str) -> bytes:
    """A table whose head is white on dark blue, and whose rows alternate."""
    rows = [["Name", "Part"], [word, "warden"], *([f"person {at}", "guest"] for at in range(12))]
    style = [
        ("BACKGROUND", (0, 0), (-1, 0), HexColor("#203060")),
        ("TEXTCOLOR", (0, 0), (-1, 0), white),
        ("ROWBACKGROUNDS", (0, 1), (-1, -1), [HexColor("#e8eef8"), white]),
        ("GRID", (0, 0), (-1, -1), 0.4, HexColor("#808080")),
    ]
    return told(Table(rows, colWidths=[120, 200], style=TableStyle(style)))


@passed()
def paragraphs_with_everything(word: str) -> bytes:
    """Paragraphs over two pages with bold, struck, underlined, raised, coloured and linked words."""
    styles = getSampleStyleSheet()
    text = (
        f"We met <b>{word}</b> and <strike>nobody</strike> <u>the clerk</u><super>1</super>, "
        '<font color="#a03010">who</font> said <font backColor="#ffff66">yes</font> '
        '<link href="https://harbour.example/">on the page</link>. '
    )
    return told(Paragraph("Report", styles["Title"]), *[Paragraph(text * 4, styles["BodyText"])] * 12, Spacer(1, 9))


@passed()
def form_with_a_visible_value(word: str) -> bytes:
    """A text field that shows its value."""

    def draw(canvas: Canvas) -> None:
        canvas.acroForm.textfield(name="who", value=word, x=LEFT, y=300, width=200, height=24, fontSize=12)

    return drawn(draw)


@passed()
def words_over_a_scan(word: str) -> bytes:
    """A stamp of receipt is printed in red over a scan without recognised text."""

    def draw(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(io.BytesIO(jpeg(scan("the clerk")))), 0, 0, *SIZE)
        canvas.setFillColor(HexColor("#b01020"))
        canvas.setFont("Helvetica-Bold", 14)
        canvas.drawString(300, 500, f"RECEIVED {word}")

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=SIZE, invariant=1)
    draw(canvas)
    canvas.save()
    return out.getvalue()


@passed()
def landscape_in_columns(word: str) -> bytes:
    """A wide page with three columns of small print."""

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(842, 595), invariant=1)
    canvas.setFont("Times-Roman", 6.5)
    for column in range(3):
        for row in range(60):
            text = word if (column, row) == (1, 30) else f"item {row} of the list, as was agreed"
            canvas.drawString(50 + 250 * column, 550 - 8.5 * row, text)
    canvas.save()
    return out.getvalue()
