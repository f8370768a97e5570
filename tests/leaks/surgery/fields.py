"""Forms and comments: values that show, values that do not, and who wrote what."""

from tests.leaks.sample import TEXT, blocked, passed, reported
from tests.leaks.syntax import FONTS, GAP, LEFT, Document, box, letter, quoted, show

FIELD = ("hidden-field", *TEXT)


def formed(value: str, shown: str, entries: str = "/F 4", *, text: str = "") -> bytes:
    """Return a letter with a text field in its gap: what it holds, what its appearance shows."""
    document = Document()
    look = document.form(
        f"/Tx BMC q BT /F1 11 Tf 0 g 2 4 Td {quoted(shown)} Tj ET Q EMC" if shown else "", bounds="0 0 120 16"
    )
    field = document.add(
        f"<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /V {quoted(value)} /DA (/F1 11 Tf 0 g) {entries} "
        f"/Rect [{LEFT} {GAP - 4} {LEFT + 120} {GAP + 12}] /AP << /N {look} >> >>"
    )
    document.page(f"{letter()} {text}", f"/Annots [{field}]")
    return document.finish(f"/AcroForm << /Fields [{field}] /DR << /Font << {FONTS} >> >> /DA (/F1 11 Tf 0 g) >>")


def noted(kind: str, *, appearance: str = "1 0.9 0.4 rg 0 0 16 16 re f", text: str = "") -> bytes:
    """Return a letter with one annotation in its margin."""
    document = Document()
    look = document.form(appearance, bounds="0 0 16 16")
    note = document.add(f"<< /Type /Annot /Rect [520 700 536 716] /F 4 {kind} /AP << /N {look} >> >>")
    document.page(f"{letter()} {text}", f"/Annots [{note}]")
    return document.finish()


@blocked(*FIELD)
def hidden_field_with_a_value(word: str) -> bytes:
    """A text field with the flag Hidden holds the name."""
    return formed(word, word, "/F 2")


@blocked(*FIELD)
def field_without_a_look(word: str) -> bytes:
    """A text field holds the name, and its appearance is empty."""
    return formed(word, "", "/F 36")


@blocked(*FIELD)
def field_that_is_not_for_the_eye(word: str) -> bytes:
    """A text field is printed and not shown."""
    return formed(word, word, "/F 36")


@blocked(*FIELD)
def field_that_stands_on_no_page(word: str) -> bytes:
    """A field of the form holds the name and has no place on any page."""
    document = Document()
    field = document.add(f"<< /FT /Tx /T (owner) /V {quoted(word)} >>")
    document.page(f"{letter()} {box()}")
    return document.finish(f"/AcroForm << /Fields [{field}] >>")


@blocked(*FIELD)
def field_that_shows_something_else(word: str) -> bytes:
    """The field's value is the name, and its appearance says a code."""
    return formed(word, "[B-7]")


@blocked(*FIELD)
def field_whose_default_is_the_name(word: str) -> bytes:
    """The field shows a code, and goes back to the name when the form is reset."""
    return formed("[B-7]", "[B-7]", f"/F 4 /DV {quoted(word)}")


@blocked(*TEXT)
def field_painted_over(word: str) -> bytes:
    """A form field's appearance, an opaque box, lies over the printed name."""
    document = Document()
    look = document.form("0 g 0 0 120 16 re f", bounds="0 0 120 16")
    field = document.add(
        f"<< /Type /Annot /Subtype /Widget /FT /Tx /T (cover) /F 4 /DA (/F1 11 Tf 0 g) "
        f"/Rect [{LEFT - 2} {GAP - 4} {LEFT + 118} {GAP + 12}] /AP << /N {look} >> >>"
    )
    document.page(f"{letter()} {show(word)}", f"/Annots [{field}]")
    return document.finish(f"/AcroForm << /Fields [{field}] >>")


@reported()
def comment_with_an_author(word: str) -> bytes:
    """A note in the margin names who wrote it, and says what no page shows."""
    return noted(f"/Subtype /Text /T {quoted(word)} /Contents (Ask them before we publish.) /Name /Note")


@reported()
def comment_with_the_name(word: str) -> bytes:
    """A note in the margin says who is meant by the black box."""
    return noted(f"/Subtype /Text /T (Clerk) /Contents {quoted(f'That is {word}.')} /Name /Note", text=box())


@reported()
def highlight_with_an_author(word: str) -> bytes:
    """A highlight that hides nothing names its author and has a comment."""
    kind = f"/Subtype /Square /T {quoted(word)} /Contents {quoted('See the file.')}"
    return noted(kind, appearance="0.5 w 1 1 14 14 re S")


@reported()
def comment_in_rich_text(word: str) -> bytes:
    """The comment is in the rich text of a free text annotation that shows another."""
    rich = f"<body xmlns='http://www.w3.org/1999/xhtml'><p>{word}</p></body>"
    return noted(f"/Subtype /FreeText /DA (/F1 9 Tf) /Contents (x) /RC {quoted(rich)}")


@reported()
def signature_with_a_name(word: str) -> bytes:
    """A signature field is filled: the signer's name stands in it, and shows on no page."""
    document = Document()
    value = document.add(
        f"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /Name {quoted(word)} "
        "/Contents <00> /ByteRange [0 0 0 0] >>"
    )
    field = document.add(
        f"<< /Type /Annot /Subtype /Widget /FT /Sig /T (signature) /V {value} /Rect [0 0 0 0] /F 132 >>"
    )
    document.page(f"{letter()} {box()}", f"/Annots [{field}]")
    return document.finish(f"/AcroForm << /SigFlags 3 /Fields [{field}] >>")


@passed()
def form_with_a_value_that_shows(word: str) -> bytes:
    """A text field shows the name that it holds."""
    return formed(word, word)


@passed()
def form_that_was_left_empty(word: str) -> bytes:
    """An empty text field beside a printed name."""
    return formed("", "", text=show(word, 300, 300))


@passed()
def boxes_that_are_ticked(word: str) -> bytes:
    """Two boxes to tick, one of them ticked; the look of the other state is in the file and shows nothing new."""
    document = Document()
    ticked = document.form("0 G 0.5 0.5 11 11 re S BT /F1 11 Tf 2.5 2 Td (x) Tj ET", bounds="0 0 12 12")
    bare = document.form("0 G 0.5 0.5 11 11 re S", bounds="0 0 12 12")
    looks = f"/AP << /N << /Yes {ticked} /Off {bare} >> >>"
    fields = [
        document.add(
            f"<< /Type /Annot /Subtype /Widget /FT /Btn /T (box{at}) /V /{state} /AS /{state} /F 4 "
            f"/Rect [{LEFT} {300 - 20 * at} {LEFT + 12} {312 - 20 * at}] {looks} >>"
        )
        for at, state in enumerate(("Yes", "Off"))
    ]
    labels = f"{show(word, LEFT + 20, 302)} {show('somebody else', LEFT + 20, 282)}"
    document.page(f"{letter()} {labels}", f"/Annots [{' '.join(fields)}]")
    return document.finish(f"/AcroForm << /Fields [{' '.join(fields)}] >>")
