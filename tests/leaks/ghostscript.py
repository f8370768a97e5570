"""Files that Ghostscript distils from PostScript, as a printer driver does, or from another PDF."""

import re
import subprocess

from tests.leaks.sample import blocked, passed, reported
from tests.leaks.syntax import CLOSING, GAP, LEADING, LEFT, OPENING, TOP, quoted
from tests.leaks.written import clean, covered, drawn
from tests.tools import need

RUN = re.compile(rb"(?<=\(D:)\d{14}|(?<=>)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d|(?<=uuid:)[0-9a-f-]{36}")
"""What differs from run to run: dates and identifiers, in the information and the XMP packet."""

ID = re.compile(rb"/ID \[.*?\]\n>>\nstartxref", re.DOTALL)
"""The identifiers in the trailer, written in whichever of two ways is shorter."""


def distilled(source: bytes, *options: str) -> bytes:
    """Return what pdfwrite makes of PostScript or PDF, with ones where it writes what differs from run to run."""
    quiet = ["-q", "-dSAFER", "-dBATCH", "-dNOPAUSE"]
    command = [need("gs"), *quiet, "-sDEVICE=pdfwrite", "-sOutputFile=-", *options, "-"]
    done = subprocess.run(command, input=source, capture_output=True, check=True, env={"TZ": "UTC"})
    same = RUN.sub(lambda found: re.sub(rb"[0-9A-Fa-f]", b"1", found[0]), done.stdout)
    return ID.sub(b"/ID [<%s><%s>]\n>>\nstartxref" % (b"1" * 32, b"1" * 32), same)


def shown(text: str, x: float = LEFT, y: float = GAP, font: str = "Helvetica", size: float = 11) -> str:
    """Return PostScript that shows a line."""
    return f"/{font} {size:g} selectfont {x:g} {y:g} moveto {quoted(text)} show"


def filled(
    paint: str = "0 setgray", x: float = LEFT - 2, y: float = GAP - 4, width: float = 70, height: float = 16
) -> str:
    """Return PostScript that fills a box, by default over the gap."""
    return f"gsave {paint} {x:g} {y:g} {width:g} {height:g} rectfill grestore"


def printed(inner: str) -> bytes:
    """Return a letter in PostScript, distilled, with something more on it."""
    lines = [shown(text, y=TOP - LEADING * number) for number, text in enumerate(OPENING)]
    lines += [shown(text, y=GAP - LEADING * number) for number, text in enumerate(CLOSING, 1)]
    head = "%!PS-Adobe-3.0\n<< /PageSize [595 842] >> setpagedevice\n"
    return distilled((head + "\n".join([*lines, inner, "showpage"]) + "\n").encode("latin-1"))


@blocked()
def black_box_over_a_name(word: str) -> bytes:
    """A black box over the name, printed to a PDF."""
    return printed(f"{shown(word)} {filled()}")


@blocked()
def blot_over_a_name(word: str) -> bytes:
    """A disc and a box in brown over the name."""
    blot = f"gsave 0.4 0.3 0.2 setrgbcolor {LEFT + 66} {GAP + 4} 14 0 360 arc fill grestore"
    return printed(f"{shown(word)} {filled('0.4 0.3 0.2 setrgbcolor')} {blot}")


@blocked()
def white_name(word: str) -> bytes:
    """The name is printed in white."""
    return printed(f"gsave 1 setgray {shown(word)} grestore")


@blocked()
def picture_over_a_name(word: str) -> bytes:
    """A picture of four greys over the name."""
    image = f"gsave {LEFT - 2} {GAP - 4} translate 70 16 scale 2 2 8 [2 0 0 2 0 0] {{<405060a0>}} image grestore"
    return printed(f"{shown(word)} {image}")


@blocked()
def box_in_a_file_distilled_again(word: str) -> bytes:
    """A PDF with a box over the name is distilled anew, which mends nothing."""
    return distilled(covered.black_box_over_a_name(word))


@blocked()
def scan_distilled_again(word: str) -> bytes:
    """A blackened scan that kept its text is distilled anew, which mends nothing."""
    return distilled(drawn.blackened_scan_that_kept_its_text(word))


@blocked()
def words_beside_the_crop(word: str) -> bytes:
    """The name stands on the paper and to the right of what is shown of it."""
    return printed(f"{shown(word, 515, 400)} [/CropBox [0 0 500 842] /PAGE pdfmark")


@reported("document-metadata", "user-path")
def title_of_a_print_job(word: str) -> bytes:
    """The title is the name that the printing program gave to the job."""
    path = quoted(f"file:///home/{word}/answer.odt")
    return printed(f"{filled()} [/Title {path} /DOCINFO pdfmark")


@reported("comment", "hidden-words")
def note_by_a_mark(word: str) -> bytes:
    """A note in the margin, made with pdfmark."""
    return printed(f"{filled()} [/Rect [500 700 520 720] /Contents {quoted(word)} /Title (Clerk) /ANN pdfmark")


@passed()
def letter(word: str) -> bytes:
    """An ordinary letter, printed to a PDF."""
    return printed(shown(word))


@passed()
def letter_in_type_1(word: str) -> bytes:
    """A letter with three Type 1 fonts, small and large."""
    return printed(f"{shown(word, font='Times-Italic', size=8)} {shown(word, y=300, font='Courier-Bold', size=20)}")


@passed(proof="absent")
def redacted(word: str) -> bytes:
    """The name is gone and the box stands there."""
    del word
    return printed(filled())


@passed()
def recognised_scan_distilled_again(word: str) -> bytes:
    """A scan with its recognised text, distilled anew."""
    return distilled(drawn.recognised_scan(word))


@passed()
def table_distilled_again(word: str) -> bytes:
    """A table with filled cells, distilled anew."""
    return distilled(clean.table_with_filled_cells(word))


@passed()
def type_3_distilled_again(word: str) -> bytes:
    """Letters drawn by hand, distilled anew."""
    return distilled(clean.hand_drawn_font(word))


@passed()
def white_on_black(word: str) -> bytes:
    """A heading in white on a black bar."""
    return printed(f"{filled(y=780, width=400, height=24)} gsave 1 setgray {shown(word, y=787, size=14)} grestore")


@passed(proof="shown picture")
def letters_as_outlines(word: str) -> bytes:
    """A letter whose words were turned into outlines: there is no text in the file at all."""
    return distilled(clean.letter_of_one_page(word), "-dNoOutputFonts")
