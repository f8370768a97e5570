"""Names within something else: forms, hand-drawn fonts, annotations, marked content."""

from tests.leaks.sample import TEXT, blocked, reported
from tests.leaks.syntax import GAP, LEFT, TOP, Document, box, letter, one_page, quoted, show

RECT = f"[{LEFT - 2} {GAP - 4} {LEFT + 68} {GAP + 12}]"


def annotated(content: str, entries: str, appearance: str = "0 g 0 0 70 16 re f") -> bytes:
    """Return a page with one annotation over the gap, with an appearance or without."""
    document = Document()
    shown = ""
    if appearance:
        shown = f"/AP << /N {document.form(appearance, bounds='0 0 70 16')} >>"
    note = document.add(f"<< /Type /Annot /Rect {RECT} /F 4 {entries} {shown} >>")
    document.page(content, f"/Annots [{note}]")
    return document.finish()


@blocked()
def form_under_a_box(word: str) -> bytes:
    """The name is in a form XObject, and the box in another."""
    document = Document()
    inner = document.form(show(word, 0, 4), bounds="0 0 100 20")
    outer = document.form(f"q 1 0 0 1 {LEFT} {GAP - 4} cm /X1 Do Q", resources=f"/XObject << /X1 {inner} >>")
    cover = document.form(box())
    document.page(f"{letter()} /X1 Do /X2 Do", resources=f"/XObject << /X1 {outer} /X2 {cover} >>")
    return document.finish()


@blocked("orphan-objects", *TEXT)
def form_that_is_never_painted(word: str) -> bytes:
    """A form XObject with the name is left among the page's resources, and nothing paints it."""
    document = Document()
    unused = document.form(show(word, 0, 4))
    document.page(f"{letter()} {box()}", resources=f"/XObject << /X1 {unused} >>")
    return document.finish()


@blocked()
def hand_drawn_font_under_a_box(word: str) -> bytes:
    """The name is set in a font of Type 3, and a box lies over it."""
    document = Document()
    document.page(f"{letter()} {show(word, font='T3')} {box(width=100)}", fonts=f"/T3 {type_3(document, word)}")
    return document.finish()


def type_3(document: Document, word: str) -> str:
    """Add a font whose letters are little ladders, one for each letter of a word."""
    letters = sorted(set(word))
    glyphs = {
        char: document.stream(
            f"700 0 0 0 700 800 d1 {(ord(char) % 7) * 60} 0 90 700 re f 0 {ord(char) % 5 * 130} 600 90 re f"
        )
        for char in letters
    }
    procedures = " ".join(f"/{char} {stream}" for char, stream in glyphs.items())
    differences = " ".join(f"{ord(char)} /{char}" for char in letters)
    first, last = ord(letters[0]), ord(letters[-1])
    widths = " ".join("700" for _ in range(first, last + 1))
    rows = " ".join(f"<{ord(char):02x}> <{ord(char):04x}>" for char in letters)
    unicode = document.stream(
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /L def /CMapType 2 def "
        "1 begincodespacerange <00> <ff> endcodespacerange "
        f"{len(letters)} beginbfchar {rows} endbfchar endcmap end end"
    )
    return document.add(
        "<< /Type /Font /Subtype /Type3 /FontBBox [0 0 700 800] /FontMatrix [0.001 0 0 0.001 0 0] "
        f"/CharProcs << {procedures} >> /Encoding << /Type /Encoding /Differences [{differences}] >> "
        f"/FirstChar {first} /LastChar {last} /Widths [{widths}] /ToUnicode {unicode} /Resources << >> >>"
    )


@blocked()
def square_annotation_over_a_name(word: str) -> bytes:
    """A square annotation with a black appearance lies over the name; a click removes it."""
    return annotated(f"{letter()} {show(word)}", "/Subtype /Square /IC [0 0 0] /C [0 0 0]")


@blocked()
def stamp_over_a_name(word: str) -> bytes:
    """A red stamp with a word of its own lies over the name."""
    stamp = "0.7 0.1 0.1 rg 0 0 70 16 re f 1 g BT /F1 9 Tf 6 5 Td (CLOSED) Tj ET"
    return annotated(f"{letter()} {show(word)}", "/Subtype /Stamp /Name /Confidential", stamp)


@blocked()
def typewriter_note_over_a_name(word: str) -> bytes:
    """A free text annotation with a white ground and an innocent word lies over the name."""
    text = "1 g 0 0 70 16 re f 0 g BT /F1 9 Tf 6 5 Td (a trustee) Tj ET"
    entries = "/Subtype /FreeText /Contents (a trustee) /DA (/F1 9 Tf 0 g)"
    return annotated(f"{letter()} {show(word)}", entries, text)


@blocked()
def black_highlight_over_a_name(word: str) -> bytes:
    """The name is highlighted in black."""
    x, y = LEFT - 2, GAP - 4
    points = f"[{x} {y + 16} {x + 70} {y + 16} {x} {y} {x + 70} {y}]"
    return annotated(f"{letter()} {show(word)}", f"/Subtype /Highlight /QuadPoints {points} /C [0 0 0]")


@blocked()
def ink_annotation_over_a_name(word: str) -> bytes:
    """The name is struck out with a broad pen, as an ink annotation."""
    ink = "16 w 1 J 6 8 m 64 8 l S"
    return annotated(f"{letter()} {show(word)}", f"/Subtype /Ink /InkList [[{LEFT} {GAP} {LEFT + 60} {GAP}]]", ink)


@blocked("unapplied-redaction", proof="shown")
def redaction_mark_that_was_never_applied(word: str) -> bytes:
    """The name is marked for redaction, and nobody applied it: another viewer would show a box."""
    return annotated(f"{letter()} {show(word)}", "/Subtype /Redact /IC [0 0 0] /OverlayText (B-7)", "")


@blocked("hidden-field", *TEXT)
def annotation_whose_text_is_hidden(word: str) -> bytes:
    """A free text annotation with the name in its appearance has the flag Hidden."""
    text = f"BT /F1 9 Tf 2 5 Td {quoted(word)} Tj ET"
    entries = f"/Subtype /FreeText /F 2 /Contents {quoted(word)} /DA (/F1 9 Tf)"
    return annotated(letter(), entries.replace("/F 2", ""), text).replace(b"/F 4", b"/F 2")


@blocked()
def replacement_text_says_more_than_the_page(word: str) -> bytes:
    """Marked content shows a code and carries the name as its ActualText, which every copy and search gives."""
    content = f"{letter()} /Span << /ActualText {quoted(word)} >> BDC {show('[B-7]')} EMC"
    return one_page(content)


@reported()
def alternative_text_says_more_than_the_page(word: str) -> bytes:
    """A figure's alternative text, read aloud and never seen, holds the name."""
    document = Document()
    figure = document.add(f"<< /Type /StructElem /S /Figure /Alt {quoted(f'Portrait of {word}')} /K 0 >>")
    root = document.add(f"<< /Type /StructTreeRoot /K {figure} >>")
    document.page(f"{letter()} /Figure << /MCID 0 >> BDC {box(y=GAP - 120, height=60, paint='0.8 g')} EMC")
    return document.finish(f"/StructTreeRoot {root} /MarkInfo << /Marked true >>")


@reported()
def bookmark_names_what_was_redacted(word: str) -> bytes:
    """The text is gone from the page, and a bookmark still names it."""
    document = Document()
    page = document.page(f"{letter()} {box()}")
    item = len(document.objects) + 2
    root = document.add(f"<< /Type /Outlines /First {item} 0 R /Last {item} 0 R /Count 1 >>")
    document.add(f"<< /Title {quoted(f'Statement of {word}')} /Parent {root} /Dest [{page} /XYZ 0 {TOP} 0] >>")
    return document.finish(f"/Outlines {root}")


@reported()
def destination_names_what_was_redacted(word: str) -> bytes:
    """The text is gone from the page, and the name of a link's target still holds it."""
    document = Document()
    page = document.page(f"{letter()} {box()}")
    return document.finish(f"/Names << /Dests << /Names [{quoted(f'sec.{word}')} [{page} /Fit]] >> >>")
