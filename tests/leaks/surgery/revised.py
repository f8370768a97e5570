"""What a file held before it was changed: earlier revisions, objects that nothing refers to, bytes around the file."""

import io
import re
import zipfile
import zlib

import pikepdf

from tests.leaks.sample import blocked, passed, reported
from tests.leaks.syntax import GAP, LEFT, Document, box, letter, one_page, quoted, show, written

CONTENT, PAGE, ROOT = 2, 3, "/Root 4 0 R"
"""The numbers of the objects of a file of one page."""


def packed(content: str) -> bytes:
    """Return the body of a content stream."""
    data = zlib.compress(content.encode("latin-1"))
    return f"<< /Length {len(data)} /Filter /FlateDecode >>\nstream\n".encode() + data + b"\nendstream"


def revised(before: bytes, objects: dict[int, bytes], trailer: str = ROOT) -> bytes:
    """Add a revision in which these objects are other ones."""
    previous = int(re.findall(rb"startxref\s+(\d+)", before)[-1])
    return written(before, objects, trailer, previous)


def saved(data: bytes, **options: object) -> bytes:
    """Return a file as pikepdf writes it, the same each time."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        document.save(out, deterministic_id=True, **options)  # type: ignore[arg-type]
    return out.getvalue()


@blocked("lost-revision")
def earlier_revision_with_the_name(word: str) -> bytes:
    """The last revision has a box and no name; the one before it has the name."""
    return revised(one_page(f"{letter()} {show(word)}"), {CONTENT: packed(f"{letter()} {box()}")})


@blocked("lost-revision")
def earlier_revision_two_steps_back(word: str) -> bytes:
    """The name was lost in the second of four revisions."""
    data = one_page(f"{letter()} {show(word)}")
    for content in (f"{letter()} {box()}", f"{letter()} {box()} {show('1', 297, 30)}", f"{letter()} {box()}"):
        data = revised(data, {CONTENT: packed(content)})
    return data


@blocked("lost-revision")
def earlier_revision_in_object_streams(word: str) -> bytes:
    """The first revision was written with compressed objects and a compressed table."""
    first = saved(one_page(f"{letter()} {show(word)}"), object_stream_mode=pikepdf.ObjectStreamMode.generate)
    with pikepdf.open(io.BytesIO(first)) as document:
        number = document.pages[0].Contents.objgen[0]
        root = f"/Root {document.Root.objgen[0]} 0 R"
    return revised(first, {number: packed(f"{letter()} {box()}")}, root)


@blocked("lost-revision")
def page_taken_out_by_a_revision(word: str) -> bytes:
    """The last revision has a page less; the page with the name is still there."""
    document = Document()
    first = document.page(letter())
    document.page(f"{letter()} {show(word)}")
    before = document.finish()
    root = f"/Root {len(document.objects)} 0 R"
    return revised(before, {1: f"<< /Type /Pages /Kids [{first}] /Count 1 >>".encode()}, root)


@blocked("lost-revision")
def note_taken_out_by_a_revision(word: str) -> bytes:
    """A free text annotation with the name was deleted, and the revision before it has it."""
    document = Document()
    text = document.form(f"BT /F1 11 Tf 2 4 Td {quoted(word)} Tj ET", bounds="0 0 90 16")
    note = document.add(
        f"<< /Type /Annot /Subtype /FreeText /Rect [{LEFT} {GAP} {LEFT + 90} {GAP + 16}] /F 4 "
        f"/Contents {quoted(word)} /DA (/F1 11 Tf 0 g) /AP << /N {text} >> >>"
    )
    page = document.page(letter(), f"/Annots [{note}]")
    before = document.finish()
    number = int(page.split()[0])
    bare = document.objects[number - 1].replace(f"/Annots [{note}]".encode(), b"")
    return revised(before, {number: bare}, f"/Root {len(document.objects)} 0 R")


@blocked("orphan-objects", "lost-revision")
def orphan_content_stream(word: str) -> bytes:
    """The old content of the page is still an object of the file, and nothing refers to it."""
    document = Document()
    document.page(f"{letter()} {box()}")
    document.stream(f"{letter()} {show(word)}")
    return document.finish()


@blocked("orphan-objects", "lost-revision")
def object_that_was_declared_free(word: str) -> bytes:
    """The table says that the old content is free; its bytes were left where they are."""
    document = Document()
    document.page(f"{letter()} {box()}")
    document.stream(f"{letter()} {show(word)}")
    data = document.finish()
    at = data.rindex(b"\n4 1\n") + 5
    return data[: at + 17] + b"f" + data[at + 18 :]


@blocked("orphan-objects", "lost-revision")
def object_that_stands_there_twice(word: str) -> bytes:
    """Two objects have the number of the content; the table knows the second."""
    content = packed(f"{letter()} {show(word)}")
    head = b"%PDF-1.7\n2 0 obj\n" + content + b"\nendobj\n"
    document = Document()
    document.page(f"{letter()} {box()}")
    document.finish()
    return written(head, dict(enumerate(document.objects, 1)), ROOT)


@blocked("orphan-objects", "lost-revision")
def page_that_was_only_unlinked(word: str) -> bytes:
    """A page was taken out of the page tree, and the file saved whole with it."""
    document = Document()
    document.page(letter())
    document.pages.remove(document.page(f"{letter()} {show(word)}"))
    return document.finish()


@blocked("trailing-data", "orphan-objects", "lost-revision")
def words_after_the_end(word: str) -> bytes:
    """Behind the mark of the end there is more."""
    return one_page(f"{letter()} {box()}") + f"\nscanned for {word} on the second floor\n".encode()


@blocked("trailing-data", "orphan-objects", "embedded-file", "lost-revision")
def archive_after_the_end(word: str) -> bytes:
    """Behind the mark of the end stands a ZIP archive: the file is both."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("notes.txt"), f"present: {word}\n")
    return one_page(f"{letter()} {box()}") + out.getvalue()


@reported()
def words_before_the_beginning(word: str) -> bytes:
    """Before the first line there is more."""
    return f"for {word} only\n".encode() + one_page(f"{letter()} {box()}")


@reported()
def remark_between_objects(word: str) -> bytes:
    """A remark in the syntax of PDF, which every reader skips, holds the name."""
    data = one_page(f"{letter()} {box()}")
    before, _, after = data.rpartition(b"\nxref\n")
    return (
        before
        + f"\n% made for {word}".encode()
        + b"\nxref\n"
        + after.replace(str(len(before) + 1).encode(), str(len(before) + 1 + len(f"\n% made for {word}")).encode())
    )


@passed()
def update_that_takes_nothing_away(word: str) -> bytes:
    """The second revision sets the date of change and nothing else."""
    before = one_page(f"{letter()} {show(word)}")
    return revised(before, {5: b"<< /ModDate (D:20190312120000Z) >>"}, f"{ROOT} /Info 5 0 R")


@passed()
def update_that_adds_words(word: str) -> bytes:
    """The second revision adds a line; all that the first showed is still shown."""
    before = one_page(f"{letter()} {show('the clerk')}")
    return revised(before, {CONTENT: packed(f"{letter()} {show('the clerk')} {show(word, y=300)}")})


@passed()
def update_that_turns_the_page(word: str) -> bytes:
    """The second revision turns the page that lay on its side."""
    before = one_page(f"{letter()} {show(word)}", "/Rotate 90")
    page = re.search(rb"3 0 obj\n(.*?)\nendobj", before, re.DOTALL)
    assert page is not None
    return revised(before, {PAGE: page[1].replace(b"/Rotate 90", b"/Rotate 0")})


@passed()
def laid_out_for_the_web(word: str) -> bytes:
    """A linearized file: two tables and two marks of the end in one revision."""
    return saved(one_page(f"{letter()} {show(word)}"), linearize=True)


@passed()
def compressed_objects(word: str) -> bytes:
    """A file with object streams and a compressed table."""
    return saved(one_page(f"{letter()} {show(word)}"), object_stream_mode=pikepdf.ObjectStreamMode.generate)


@passed(proof="absent")
def saved_anew_after_the_redaction(word: str) -> bytes:
    """The revision that has the name was saved anew, which leaves behind what nothing refers to."""
    return saved(earlier_revision_with_the_name(word))


@passed()
def line_after_the_end(word: str) -> bytes:
    """An empty line stands behind the mark of the end, and a byte of nothing, as some mail programs leave them."""
    return one_page(f"{letter()} {show(word)}") + b"\r\n\r\n\x00"
