"""Pictures and pages that were cut, not shortened: what the frame leaves out is still in the file."""

import io

import pikepdf
from reportlab.pdfgen.canvas import Canvas

from tests.leaks.sample import blocked, passed, reported
from tests.leaks.scans import COVER, HEIGHT, WIDTH, jpeg, scan
from tests.leaks.surgery.revised import saved
from tests.leaks.syntax import GAP, TOP, Document, letter, one_page, show


def opened(data: bytes) -> pikepdf.Pdf:
    """Open a file that is to be changed."""
    return pikepdf.open(io.BytesIO(data))


def closed(document: pikepdf.Pdf) -> bytes:
    """Return a changed file."""
    out = io.BytesIO()
    document.save(out, deterministic_id=True)
    return out.getvalue()


def laid(under: pikepdf.Pdf, over: pikepdf.Pdf, *places: str) -> bytes:
    """Lay a page over another at each place, a matrix, as a form XObject."""
    page = under.pages[0]
    form = under.copy_foreign(over.pages[0].as_form_xobject())
    page.add_resource(form, pikepdf.Name.XObject, pikepdf.Name.Laid)
    painted = " ".join(f"q {place} cm /Laid Do Q" for place in places)
    page.contents_add(painted.encode("latin-1"))
    return closed(under)


@reported(proof="hidden picture")
def scan_cut_by_the_crop_box(word: str) -> bytes:
    """The lower part of a scan, with the name, lies outside of what is shown."""
    document = Document()
    picture = scan(word)
    image = document.jpeg(jpeg(picture), *picture.size)
    content = f"q {WIDTH} 0 0 {HEIGHT} 0 0 cm /I1 Do Q"
    crop = f"/CropBox [0 {GAP + 16} {WIDTH} {HEIGHT}]"
    document.page(content, crop, resources=f"/XObject << /I1 {image} >>")
    return document.finish()


@reported(proof="hidden picture")
def scan_cut_by_a_path(word: str) -> bytes:
    """A clipping path leaves out the strip of the scan in which the name stands."""
    document = Document()
    picture = scan(word)
    image = document.jpeg(jpeg(picture), *picture.size)
    _, bottom, _, top = COVER
    clip = f"0 {top} {WIDTH} {HEIGHT} re 0 0 {WIDTH} {bottom} re W n"
    document.page(f"q {clip} {WIDTH} 0 0 {HEIGHT} 0 0 cm /I1 Do Q", resources=f"/XObject << /I1 {image} >>")
    return document.finish()


@blocked()
def page_cut_by_hand(word: str) -> bytes:
    """The letter's page was cropped in a reader, above the line with the name."""
    with opened(one_page(f"{letter()} {show(word)}")) as document:
        document.pages[0].cropbox = pikepdf.Array([0, GAP + 16, 595, 842])
        return closed(document)


@blocked()
def page_laid_over_a_page(word: str) -> bytes:
    """A second page, with a box where the name stands, was laid over the first."""
    cover = io.BytesIO()
    canvas = Canvas(cover, pagesize=(WIDTH, HEIGHT), invariant=1)
    canvas.rect(60, GAP - 6, 300, 20, stroke=0, fill=1)
    canvas.save()
    with opened(one_page(f"{letter()} {show(word)}")) as document, opened(cover.getvalue()) as other:
        return laid(document, other, "1 0 0 1 0 0")


@blocked()
def two_pages_on_one_sheet(word: str) -> bytes:
    """Two pages are printed on one sheet, and the black box came along with the name beneath."""
    inner = one_page(f"{letter()} {show(word)} q 0 g 60 {GAP - 6} 200 20 re f Q")
    with pikepdf.new() as document, opened(inner) as other:
        document.add_blank_page(page_size=(842, 595))
        return laid(document, other, "0.7 0 0 0.7 0 0", "0.7 0 0 0.7 421 0")


@passed()
def two_clean_pages_on_one_sheet(word: str) -> bytes:
    """Two pages are printed on one sheet, small and whole."""
    with pikepdf.new() as document, opened(one_page(f"{letter()} {show(word)}")) as other:
        document.add_blank_page(page_size=(842, 595))
        return laid(document, other, "0.7 0 0 0.7 0 0", "0.7 0 0 0.7 421 0")


@passed()
def pages_put_together(word: str) -> bytes:
    """Pages of three files were put together."""
    with pikepdf.new() as document:
        for text in (word, "the clerk", "the warden"):
            with opened(one_page(f"{letter()} {show(text)}")) as other:
                document.pages.append(other.pages[0])
        return closed(document)


@passed()
def margins_cut_without_loss(word: str) -> bytes:
    """The empty margin was cropped; nothing stands there."""
    with opened(one_page(f"{letter()} {show(word)}")) as document:
        document.pages[0].cropbox = pikepdf.Array([40, 40, 560, TOP + 30])
        return closed(document)


@passed()
def content_in_many_streams(word: str) -> bytes:
    """The content of the page is an array of streams, cut between operators."""
    parts = [letter(), show(word), show("and others", y=300)]
    with opened(one_page("")) as document:
        streams = [document.make_stream(part.encode("latin-1")) for part in parts]
        document.pages[0].Contents = pikepdf.Array(streams)
        return closed(document)


@passed()
def tidied_by_a_program(word: str) -> bytes:
    """The file was saved anew, its streams unpacked."""
    return saved(one_page(f"{letter()} {show(word)}"), compress_streams=False, normalize_content=True)
