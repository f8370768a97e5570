"""Corners of the format: patterns, masks, states of a widget, options of a list, very large and very small pages."""

from tests.leaks.sample import TEXT, blocked, passed, reported
from tests.leaks.syntax import GAP, LEFT, Document, box, letter, one_page, quoted, show
from tests.leaks.written.nested import annotated


@blocked("orphan-objects", *TEXT)
def letters_of_a_pattern_under_a_box(word: str) -> bytes:
    """The name is printed by a tiling pattern, and a box lies over it."""
    document = Document()
    kind = "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 595 842] /XStep 595 /YStep 842"
    fonts = "/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>"
    pattern = document.stream(show(word), f"{kind} /Resources << {fonts} >>")
    content = f"{letter()} q /Pattern cs /P1 scn 60 {GAP - 8} 300 20 re f Q {box()}"
    document.page(content, resources=f"/Pattern << /P1 {pattern} >>")
    return document.finish()


@blocked()
def group_without_opacity(word: str) -> bytes:
    """The name is in a transparency group, and the group is painted with an opacity of nothing."""
    document = Document()
    group = document.form(show(word), "/Group << /S /Transparency /I true >>")
    resources = f"/XObject << /X1 {group} >> /ExtGState << /G1 << /ca 0 >> >>"
    document.page(f"{letter()} q /G1 gs /X1 Do Q", resources=resources)
    return document.finish()


@blocked()
def dark_on_dark(word: str) -> bytes:
    """The name is set in a blue that is nearly black, on a box in black."""
    return one_page(f"{letter()} {box()} {show(word, state='0.03 0.03 0.06 rg')}")


@blocked()
def stroked_in_white(word: str) -> bytes:
    """Only the edges of the letters are drawn, in white on white paper."""
    return one_page(f"{letter()} {show(word, state='1 Tr 1 G 0.3 w')}")


@blocked(proof="partly")
def typed_over(word: str) -> bytes:
    """The name was typed over with several letters, until nothing could be read."""
    over = " ".join(show(letters * 9, LEFT + step, font="F2") for step, letters in enumerate("MWXHNM#M@"))
    return one_page(f"{letter()} {show(word, font='F2')} {over}")


@blocked()
def box_over_small_print_on_a_poster(word: str) -> bytes:
    """On a page of more than a metre the name is ten points high, beneath a box of its size."""
    small = f"{show(word, 1200, 1600, size=10)} {box(1198, 1596)} {show('by the quay', 1200, 1580, size=10)}"
    return one_page(f"{show('EXHIBITION', 300, 2800, size=300)} {small}", bounds="0 0 2384 3370")


@passed()
def small_print_on_a_poster(word: str) -> bytes:
    """On a page of more than a metre the name is ten points high, and so is a column of words."""
    column = " ".join(show(f"{word} and others of the quay, {at}", 1200, 1600 - 13 * at, size=10) for at in range(40))
    return one_page(f"{show('EXHIBITION', 300, 2800, size=300)} {column}", bounds="0 0 2384 3370")


@passed()
def page_of_a_business_card(word: str) -> bytes:
    """A page of five centimetres, with letters of four points."""
    return one_page(f"{show(word, 10, 60, size=9)} {show('Harbour Trust', 10, 40, size=4)}", bounds="0 0 150 90")


@blocked("hidden-field", "orphan-objects", *TEXT)
def state_that_is_not_on(word: str) -> bytes:
    """The look that a box has when it is ticked holds the name; it is not ticked."""
    document = Document()
    ticked = document.form(f"BT /F1 11 Tf 2 4 Td {quoted(word)} Tj ET", bounds="0 0 90 16")
    bare = document.form("0 G 0.5 0.5 11 11 re S", bounds="0 0 90 16")
    field = document.add(
        "<< /Type /Annot /Subtype /Widget /FT /Btn /T (tick) /V /Off /AS /Off /F 4 "
        f"/Rect [{LEFT} {GAP - 4} {LEFT + 90} {GAP + 12}] /AP << /N << /Yes {ticked} /Off {bare} >> >> >>"
    )
    document.page(letter(), f"/Annots [{field}]")
    return document.finish(f"/AcroForm << /Fields [{field}] >>")


@blocked("hidden-field", "orphan-objects", *TEXT)
def look_under_the_mouse(word: str) -> bytes:
    """An annotation shows the name as long as the mouse is over it."""
    document = Document()
    normal = document.form("0 g 0 0 90 16 re f", bounds="0 0 90 16")
    under = document.form(f"BT /F1 11 Tf 2 4 Td {quoted(word)} Tj ET", bounds="0 0 90 16")
    note = document.add(
        f"<< /Type /Annot /Subtype /Widget /FT /Btn /Ff 65536 /T (push) /F 4 "
        f"/Rect [{LEFT} {GAP - 4} {LEFT + 90} {GAP + 12}] /AP << /N {normal} /R {under} >> >>"
    )
    document.page(letter(), f"/Annots [{note}]")
    return document.finish(f"/AcroForm << /Fields [{note}] >>")


@blocked("hidden-field", *TEXT)
def choices_of_a_list(word: str) -> bytes:
    """A list shows the choice that was made, and holds the others."""
    document = Document()
    look = document.form("/Tx BMC BT /F1 11 Tf 2 4 Td (the clerk) Tj ET EMC", bounds="0 0 120 16")
    field = document.add(
        "<< /Type /Annot /Subtype /Widget /FT /Ch /Ff 131072 /T (who) /V (the clerk) /F 4 /DA (/F1 11 Tf 0 g) "
        f"/Opt [(the clerk) {quoted(word)}] /Rect [{LEFT} {GAP - 4} {LEFT + 120} {GAP + 12}] /AP << /N {look} >> >>"
    )
    document.page(letter(), f"/Annots [{field}]")
    return document.finish(f"/AcroForm << /Fields [{field}] >>")


@blocked()
def structure_says_more_than_the_page(word: str) -> bytes:
    """The replacement text of a structure element, not of the page's content, is the name."""
    document = Document()
    page = document.page(f"{letter()} /Span << /MCID 0 >> BDC {show('[B-7]')} EMC", "/StructParents 0")
    span = document.add(
        f"<< /Type /StructElem /S /Span /Pg {page} /K 0 /ActualText {quoted(word)} /E {quoted(word)} >>"
    )
    root = document.add(f"<< /Type /StructTreeRoot /K {span} >>")
    return document.finish(f"/StructTreeRoot {root} /MarkInfo << /Marked true >>")


@reported()
def link_to_a_file_of_a_person(word: str) -> bytes:
    """A link leads to a file in somebody's home."""
    link = f"/Subtype /Link /Border [0 0 0] /A << /S /URI /URI {quoted(f'file:///home/{word}/letters/a.pdf')} >>"
    return annotated(f"{letter()} {box()}", link, "")


@reported()
def layer_named_after_somebody(word: str) -> bytes:
    """A layer that is shown is named after the person whom it is about."""
    document = Document()
    layer = document.add(f"<< /Type /OCG /Name {quoted(f'Statement {word}')} >>")
    document.page(f"{letter()} /OC /L1 BDC {box()} EMC", resources=f"/Properties << /L1 {layer} >>")
    return document.finish(f"/OCProperties << /OCGs [{layer}] /D << /Order [{layer}] >> >>")


@reported()
def labels_of_pages(word: str) -> bytes:
    """The labels of the pages begin with the name."""
    document = Document()
    document.page(f"{letter()} {box()}")
    return document.finish(f"/PageLabels << /Nums [0 << /S /D /P {quoted(f'{word}-')} >>] >>")
