"""Files in which something leads back to itself."""

import zlib

from tests.leaks.hostile.entered import hostile, raw
from tests.leaks.syntax import Document, letter, one_page, written


@hostile
def page_tree_that_holds_itself() -> bytes:
    """The page tree is its own child."""
    return raw({1: "<< /Type /Catalog /Pages 2 0 R >>", 2: "<< /Type /Pages /Kids [2 0 R] /Count 1 >>"})


@hostile
def page_tree_in_a_circle() -> bytes:
    """Two nodes of the page tree are each other's children."""
    return raw(
        {
            1: "<< /Type /Catalog /Pages 2 0 R >>",
            2: "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            3: "<< /Type /Pages /Kids [2 0 R] /Parent 2 0 R /Count 1 >>",
        }
    )


@hostile
def tables_in_a_circle() -> bytes:
    """Two cross-reference tables, each of which names the other as the one before it."""
    first = one_page(letter())
    at = first.rindex(b"\nxref\n") + 1
    looped = first.replace(b" >>\nstartxref", f" /Prev {at} >>\nstartxref".encode())
    return written(looped, {6: b"(nothing)"}, "/Root 5 0 R", previous=at)


@hostile
def forms_in_a_circle() -> bytes:
    """A form XObject that paints itself, and two that paint each other."""
    document = Document()
    at = len(document.objects) + 1
    document.form("/X1 Do /X2 Do", resources=f"/XObject << /X1 {at} 0 R /X2 {at + 1} 0 R >>")
    document.form("/X1 Do", resources=f"/XObject << /X1 {at} 0 R >>")
    document.page(f"{letter()} /X1 Do", resources=f"/XObject << /X1 {at} 0 R >>")
    return document.finish()


@hostile
def object_streams_that_nest() -> bytes:
    """An object stream that extends itself, and a table that places it within itself."""
    inner = b"6 0 << /Type /ObjStm >>"
    packed = zlib.compress(inner)
    stream = f"<< /Type /ObjStm /N 1 /First 4 /Extends 6 0 R /Length {len(packed)} /Filter /FlateDecode >>\nstream\n"
    body = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 6 0 R >>\nendobj\n"
    body += b"6 0 obj\n" + stream.encode() + packed + b"\nendstream\nendobj\n"
    start = len(body)
    rows = b"".join(
        bytes(row)
        for row in (
            (0, 0, 0, 0, 0),
            (1, 0, 0, 9, 0),
            (2, 0, 0, 6, 0),
            (2, 0, 0, 6, 0),
            (2, 0, 0, 6, 0),
            (2, 0, 0, 6, 0),
            (2, 0, 0, 6, 0),
        )
    )
    table = f"<< /Type /XRef /Size 7 /W [1 3 1] /Root 1 0 R /Length {len(rows)} >>\nstream\n".encode()
    return body + b"7 0 obj\n" + table + rows + f"\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n".encode()


@hostile
def outline_in_a_circle() -> bytes:
    """Bookmarks that follow each other for ever."""
    document = Document()
    document.page(letter())
    at = len(document.objects) + 1
    document.add(f"<< /Title (One) /Next {at + 1} 0 R /Parent {at + 2} 0 R >>")
    document.add(f"<< /Title (Two) /Next {at} 0 R /Parent {at + 2} 0 R /First {at} 0 R >>")
    document.add(f"<< /Type /Outlines /First {at} 0 R /Last {at + 1} 0 R /Count 2 >>")
    return document.finish(f"/Outlines {at + 2} 0 R")


@hostile
def names_in_a_circle() -> bytes:
    """A name tree that is its own child, and a structure tree that is its own too."""
    document = Document()
    document.page(letter())
    at = len(document.objects) + 1
    document.add(f"<< /Kids [{at} 0 R {at} 0 R] >>")
    document.add(f"<< /Type /StructTreeRoot /K [{at + 1} 0 R {at + 1} 0 R] >>")
    names = f"/Names << /Dests {at} 0 R /EmbeddedFiles {at} 0 R /JavaScript {at} 0 R >>"
    return document.finish(f"{names} /StructTreeRoot {at + 1} 0 R")


@hostile
def fields_in_a_circle() -> bytes:
    """Form fields that are each other's children."""
    document = Document()
    document.page(letter())
    at = len(document.objects) + 1
    document.add(f"<< /T (a) /Kids [{at + 1} 0 R] /Parent {at + 1} 0 R >>")
    document.add(f"<< /T (b) /Kids [{at} 0 R] /Parent {at} 0 R >>")
    return document.finish(f"/AcroForm << /Fields [{at} 0 R] >>")
