"""Files that hold too much of what is good: pages, annotations, letters, levels."""

from tests.leaks.hostile.entered import hostile, raw
from tests.leaks.syntax import GAP, LEFT, Document, letter, one_page, show


@hostile
def ten_thousand_pages() -> bytes:
    """Ten thousand pages that share one content stream."""
    document = Document()
    stream = document.stream(show("again"))
    for _ in range(10_000):
        document.pages.append(
            document.add(f"<< /Type /Page /Parent {document.tree} /MediaBox [0 0 595 842] /Contents {stream} >>")
        )
    return document.finish()


@hostile
def hundred_thousand_annotations() -> bytes:
    """A page with a hundred thousand little squares as annotations."""
    document = Document()
    shape = document.form("0 g 0 0 3 3 re f", bounds="0 0 3 3")
    places = ((at % 500, at % 800) for at in range(100_000))
    kind = f"/Type /Annot /Subtype /Square /AP << /N {shape} >>"
    notes = " ".join(f"<< {kind} /Rect [{x} {y} {x + 3} {y + 3}] >>" for x, y in places)
    document.page(f"{show('again', LEFT, GAP)}", f"/Annots [{notes}]")
    return document.finish()


@hostile
def million_letters() -> bytes:
    """A page on which a million letters are printed over each other."""
    return one_page(f"q BT /F1 8 Tf 72 400 Td ({'m' * 500}) Tj " + f"0 0 Td ({'m' * 500}) Tj " * 1999 + "ET Q")


@hostile
def deep_arrays() -> bytes:
    """An array within an array, fifty thousand deep."""
    return raw(
        {
            1: "<< /Type /Catalog /Pages 2 0 R /Deep " + "[" * 50_000 + "]" * 50_000 + " >>",
            2: "<< /Type /Pages /Kids [] /Count 0 >>",
        }
    )


@hostile
def endless_saves() -> bytes:
    """A content stream that saves the graphics state a million times."""
    return one_page("q " * 1_000_000 + letter())


@hostile
def pattern_of_tiny_cells() -> bytes:
    """A tiling pattern with cells of a millionth of a point fills the page."""
    document = Document()
    kind = "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 8 8] /XStep 0.000001 /YStep 0.000001"
    pattern = document.stream("0 g 0 0 4 4 re f", f"{kind} /Resources << >>")
    document.page(f"{letter()} q /Pattern cs /P1 scn 0 0 595 842 re f Q", resources=f"/Pattern << /P1 {pattern} >>")
    return document.finish()


@hostile
def forms_that_multiply() -> bytes:
    """Each of twenty forms paints the next one ten times: ten to the twentieth paintings in all."""
    document = Document()
    form = document.form(show("again"))
    for _ in range(20):
        form = document.form("/X1 Do " * 10, resources=f"/XObject << /X1 {form} >>")
    document.page(f"{letter()} /X1 Do", resources=f"/XObject << /X1 {form} >>")
    return document.finish()
