"""Files that fpdf2 makes: cells, shapes, its own annotations and its tables."""

import io
from collections.abc import Callable
from datetime import UTC, datetime

from fpdf import FPDF
from fpdf.enums import TextMode
from PIL import Image

from tests.leaks import fonts
from tests.leaks.sample import CHINESE, TEXT, blocked, passed, reported
from tests.leaks.syntax import CLOSING, OPENING

LEFT, GAP = 25, 70
"""Where the name stands, in millimetres from the upper left corner."""


def drawn(draw: Callable[[FPDF], None], *, before: Callable[[FPDF], None] | None = None) -> bytes:
    """Return a letter on which something more is drawn."""
    pdf = FPDF()
    pdf.set_creation_date(datetime(2019, 3, 12, tzinfo=UTC))
    pdf.add_font("Sans", fname=fonts.LATIN)
    pdf.add_font("Han", fname=fonts.CHINESE)
    pdf.set_auto_page_break(False)
    pdf.add_page()
    if before:
        before(pdf)
    pdf.set_font("Times", size=11)
    for number, text in enumerate((*OPENING, "", *CLOSING)):
        pdf.text(LEFT, GAP - 7 * len(OPENING) + 7 * number, text)
    draw(pdf)
    return bytes(pdf.output())


def named(word: str, font: str = "Times", size: float = 11) -> Callable[[FPDF], None]:
    """Return what prints the name in the gap."""

    def draw(pdf: FPDF) -> None:
        pdf.set_font(font, size=size)
        pdf.text(LEFT, GAP, word)

    return draw


def then(*steps: Callable[[FPDF], object]) -> Callable[[FPDF], None]:
    """Return steps as one."""

    def draw(pdf: FPDF) -> None:
        for step in steps:
            step(pdf)

    return draw


def cover(pdf: FPDF, **options: object) -> None:
    """Fill a box over the gap."""
    pdf.rect(LEFT - 1, GAP - 5, 40, 7, style="F", **options)  # type: ignore[arg-type]


@blocked()
def black_box_over_a_name(word: str) -> bytes:
    """A black rectangle over the name."""
    return drawn(then(named(word), cover))


@blocked()
def rounded_blue_box(word: str) -> bytes:
    """A blue box with round corners over the name."""
    return drawn(
        then(named(word), lambda pdf: pdf.set_fill_color(30, 60, 160), lambda pdf: cover(pdf, round_corners=True))
    )


@blocked()
def black_box_over_an_embedded_font(word: str) -> bytes:
    """A black rectangle over a name in an embedded font."""
    return drawn(then(named(word, "Sans"), cover))


@blocked(words=CHINESE)
def black_box_over_chinese(word: str) -> bytes:
    """A black rectangle over a Chinese name."""
    return drawn(then(named(word, "Han"), cover))


@blocked()
def polygon_over_a_name(word: str) -> bytes:
    """A polygon of five corners over the name."""

    def draw(pdf: FPDF) -> None:
        pdf.set_fill_color(40, 40, 40)
        points = [(LEFT - 3, GAP - 2), (LEFT + 4, GAP - 8), (LEFT + 38, GAP - 6), (LEFT + 34, GAP + 4), (LEFT, GAP + 3)]
        pdf.polygon(points, style="F")

    return drawn(then(named(word), draw))


@blocked()
def picture_over_a_name(word: str) -> bytes:
    """A picture with colours is placed over the name."""

    def draw(pdf: FPDF) -> None:
        picture = Image.new("RGB", (40, 8), (200, 180, 90))
        pdf.image(picture, LEFT - 2, GAP - 5, 40, 8)

    return drawn(then(named(word), draw))


@blocked()
def cell_in_one_colour(word: str) -> bytes:
    """A cell whose ground and letters have the same green."""

    def draw(pdf: FPDF) -> None:
        pdf.set_fill_color(20, 120, 60)
        pdf.set_text_color(20, 120, 60)
        pdf.set_xy(LEFT, 160)
        pdf.cell(80, 9, word, fill=True)

    return drawn(draw)


@blocked()
def name_not_painted(word: str) -> bytes:
    """The text mode that paints nothing."""

    def draw(pdf: FPDF) -> None:
        with pdf.local_context(text_mode=TextMode.INVISIBLE):
            pdf.text(LEFT, GAP, word)

    return drawn(draw)


@blocked()
def name_without_opacity(word: str) -> bytes:
    """The name is set with no opacity at all."""

    def draw(pdf: FPDF) -> None:
        with pdf.local_context(fill_opacity=0):
            pdf.text(LEFT, GAP, word)

    return drawn(draw)


@blocked()
def name_left_of_the_page(word: str) -> bytes:
    """The name stands to the left of the paper."""
    return drawn(lambda pdf: pdf.text(-60, 100, word))


@blocked(proof="partly")
def name_in_dust(word: str) -> bytes:
    """The name is set four tenths of a point high."""

    def draw(pdf: FPDF) -> None:
        pdf.set_font("Times", size=0.4)
        pdf.text(LEFT, 200, word)

    return drawn(draw)


@blocked()
def cut_out_of_a_frame(word: str) -> bytes:
    """The name lies outside of the clip within which it is drawn."""

    def draw(pdf: FPDF) -> None:
        with pdf.rect_clip(LEFT, 200, 40, 20):
            pdf.text(LEFT, GAP, word)

    return drawn(draw)


@blocked("embedded-file")
def file_in_the_file(word: str) -> bytes:
    """A text file is embedded."""

    def draw(pdf: FPDF) -> None:
        cover(pdf)
        day = datetime(2019, 3, 12, tzinfo=UTC)
        pdf.embed_file(
            bytes=f"name: {word}".encode(),
            basename="notes.txt",
            creation_date=day,
            modification_date=day,
            compress=True,
        )

    return drawn(draw)


@reported("comment", *TEXT)
def note_in_the_margin(word: str) -> bytes:
    """A note in the margin holds the name, and its author."""
    return drawn(then(cover, lambda pdf: pdf.text_annotation(180, 40, text=f"ask {word}", title="Clerk")))


@reported("document-metadata", "user-path")
def keywords_of_the_file(word: str) -> bytes:
    """The keywords of the file hold the name."""
    return drawn(then(cover, lambda pdf: pdf.set_keywords(f"harbour {word}")))


@passed()
def letter(word: str) -> bytes:
    """An ordinary letter in Times."""
    return drawn(named(word))


@passed()
def letter_in_an_embedded_font(word: str) -> bytes:
    """A name in an embedded font, with ligatures nearby."""
    return drawn(then(named(word, "Sans"), lambda pdf: pdf.text(LEFT, 150, "office, afflicted, ﬁnal ﬂow")))


@passed(words=CHINESE)
def letter_in_chinese(word: str) -> bytes:
    """A Chinese name in an embedded font."""
    return drawn(named(word, "Han"))


@passed(proof="absent")
def redacted(word: str) -> bytes:
    """The name is gone and the box stands there."""
    del word
    return drawn(cover)


@passed()
def highlighted(word: str) -> bytes:
    """The name is highlighted in yellow by an annotation."""

    def draw(pdf: FPDF) -> None:
        pdf.set_xy(LEFT, 150)
        with pdf.highlight("See the letter", title="", type="Highlight"):
            pdf.cell(text=f"as {word} said")

    return drawn(draw)


@passed()
def table_with_a_head(word: str) -> bytes:
    """A table with a dark head and filled rows."""

    def draw(pdf: FPDF) -> None:
        pdf.set_xy(LEFT, 140)
        with pdf.table(width=120, cell_fill_color=(225, 235, 245), cell_fill_mode="ROWS") as table:
            for line in (("Name", "Part"), (word, "warden"), ("the clerk", "guest"), ("the cook", "guest")):
                table.row(line)

    return drawn(draw)


@passed()
def words_before_a_box_of_colour(word: str) -> bytes:
    """White words on a dark box, black words on a light one, grey words on white."""

    def draw(pdf: FPDF) -> None:
        for at, (ground, ink) in enumerate((((20, 30, 60), 255), ((240, 230, 200), 0), ((255, 255, 255), 130))):
            pdf.set_fill_color(*ground)
            pdf.set_text_color(ink)
            pdf.set_xy(LEFT, 150 + 12 * at)
            pdf.cell(90, 10, f"{word} {at}", fill=True)

    return drawn(draw)


@passed()
def watermark(word: str) -> bytes:
    """A pale word lies turned beneath the letter."""

    def before(pdf: FPDF) -> None:
        pdf.set_font("Helvetica", "B", 90)
        pdf.set_text_color(225)
        with pdf.rotation(50, 60, 200):
            pdf.text(40, 200, "COPY")
        pdf.set_text_color(0)

    return drawn(named(word), before=before)


@passed()
def links_and_bookmarks(word: str) -> bytes:
    """A heading that the bookmarks repeat, and a link to the web."""

    def draw(pdf: FPDF) -> None:
        pdf.start_section("Harbour Trust")
        pdf.set_xy(LEFT, 150)
        pdf.cell(text=f"see {word}", link="https://harbour.example/")

    return drawn(draw)


@passed()
def outlined_and_filled(word: str) -> bytes:
    """Letters that are only outlined, and letters that are stroked and filled."""

    def draw(pdf: FPDF) -> None:
        pdf.set_font("Helvetica", size=30)
        for at, mode in enumerate((TextMode.STROKE, TextMode.FILL_STROKE)):
            with pdf.local_context(text_mode=mode, line_width=0.3):
                pdf.text(LEFT, 160 + 20 * at, word)

    return drawn(draw)


@passed()
def picture_beside_a_name(word: str) -> bytes:
    """A picture with a transparent ground lies partly over the name, like a signature."""

    def draw(pdf: FPDF) -> None:
        picture = Image.new("RGBA", (200, 60), (0, 0, 0, 0))
        for x in range(190):
            for y in range(3):
                picture.putpixel((x, y + 25 + (x % 40) // 2), (20, 20, 90, 255))
        out = io.BytesIO()
        picture.save(out, "PNG")
        pdf.image(out, LEFT + 5, GAP - 8, 50, 15)

    return drawn(then(named(word), draw))
