"""PDF written by hand: numbered objects, one content stream a page, a cross-reference table (ISO 32000-1, 7.5)."""

import zlib

A4 = "0 0 595 842"
FONTS = (
    "/F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> "
    "/F2 << /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >> "
    "/F3 << /Type /Font /Subtype /Type1 /BaseFont /Times-Roman /Encoding /WinAnsiEncoding >>"
)

OPENING = (
    "Harbour Trust",
    "12 March 2019",
    "To the board of Acme Mills",
    "We thank you for your letter of 18 February, which we read with care.",
    "You ask who took part in the meeting at the quay. It was",
)
CLOSING = (
    "Please tell us by the end of April what the mill means to do about it.",
    "We shall publish your answer beside this letter.",
    "Yours faithfully, the trustees",
)
LEFT, TOP, LEADING = 72, 760, 20
GAP = TOP - LEADING * len(OPENING)
"""The height of the line that stands between the opening and the closing: here the name goes. In points."""


def quoted(text: str) -> str:
    """Return a literal string (7.3.4.2)."""
    return "(" + text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") + ")"


def show(text: str, x: float = LEFT, y: float = GAP, *, size: float = 11, font: str = "F1", state: str = "") -> str:
    """Return the operators that show a line of text; `state` goes before it, inside the text object."""
    return f"q BT /{font} {size:g} Tf {state} {x:g} {y:g} Td {quoted(text)} Tj ET Q"


def box(x: float = LEFT - 2, y: float = GAP - 4, width: float = 70, height: float = 16, *, paint: str = "0 g") -> str:
    """Return the operators that fill a box; by default it covers a name of nine letters in the gap."""
    return f"q {paint} {x:g} {y:g} {width:g} {height:g} re f Q"


def letter() -> str:
    """Return the lines before and after the gap."""
    lines = [show(text, y=TOP - LEADING * number) for number, text in enumerate(OPENING)]
    lines += [show(text, y=GAP - LEADING * number) for number, text in enumerate(CLOSING, 1)]
    return "\n".join(lines)


class Document:
    """Objects that are numbered as they are added; the catalog is written last."""

    def __init__(self) -> None:
        self.objects: list[bytes] = []
        self.pages: list[str] = []
        self.tree = self.add(b"")

    def add(self, body: str | bytes) -> str:
        """Add an object and return the reference to it."""
        self.objects.append(body if isinstance(body, bytes) else body.encode("latin-1"))
        return f"{len(self.objects)} 0 R"

    def stream(self, data: str | bytes, entries: str = "", *, packed: bool = True) -> str:
        """Add a stream, deflated unless it is said to be packed in another way."""
        body = data if isinstance(data, bytes) else data.encode("latin-1")
        if packed:
            body, entries = zlib.compress(body), f"/Filter /FlateDecode {entries}"
        return self.add(f"<< /Length {len(body)} {entries} >>\nstream\n".encode("latin-1") + body + b"\nendstream")

    def form(self, content: str, entries: str = "", *, resources: str = "", bounds: str = A4) -> str:
        """Add a form XObject."""
        inner = f"/Resources << /Font << {FONTS} >> {resources} >>"
        return self.stream(content, f"/Type /XObject /Subtype /Form /BBox [{bounds}] {inner} {entries}")

    def image(self, pixels: bytes, width: int, height: int, space: str = "/DeviceGray") -> str:
        """Add an image of eight bits a component."""
        kind = f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /BitsPerComponent 8 /ColorSpace {space}"
        return self.stream(pixels, kind)

    def jpeg(self, data: bytes, width: int, height: int, space: str = "/DeviceGray") -> str:
        """Add an image that is a JPEG file."""
        kind = f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /BitsPerComponent 8 /ColorSpace {space}"
        return self.stream(data, f"{kind} /Filter /DCTDecode", packed=False)

    def page(self, content: str, entries: str = "", *, resources: str = "", bounds: str = A4, fonts: str = "") -> str:
        """Add a page with one content stream."""
        stream = self.stream(content)
        page = self.add(
            f"<< /Type /Page /Parent {self.tree} /MediaBox [{bounds}] /Contents {stream} "
            f"/Resources << /Font << {FONTS} {fonts} >> {resources} >> {entries} >>"
        )
        self.pages.append(page)
        return page

    def finish(self, catalog: str = "", info: str = "") -> bytes:
        """Return the file."""
        kids = " ".join(self.pages)
        self.objects[0] = f"<< /Type /Pages /Kids [{kids}] /Count {len(self.pages)} >>".encode()
        root = self.add(f"<< /Type /Catalog /Pages {self.tree} {catalog} >>")
        trailer = f"/Root {root}"
        if info:
            trailer += f" /Info {self.add(f'<< {info} >>')}"
        return written(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", dict(enumerate(self.objects, 1)), trailer)


def written(before: bytes, objects: dict[int, bytes], trailer: str, previous: int | None = None) -> bytes:
    """Return `before` and after it the objects, their cross-reference table and a trailer.

    With the place of an earlier table this is an incremental update (7.5.6).
    """
    out = bytearray(before)
    places: dict[int, int] = {}
    for number, body in objects.items():
        places[number] = len(out)
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += b"xref\n"
    if previous is None:
        out += b"0 1\n0000000000 65535 f \n"
    for number, place in places.items():
        out += f"{number} 1\n{place:010} 00000 n \n".encode()
    size = max(objects) + 1
    earlier = "" if previous is None else f" /Prev {previous}"
    out += f"trailer\n<< /Size {size} {trailer}{earlier} >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def one_page(content: str, entries: str = "", *, resources: str = "", bounds: str = A4, fonts: str = "") -> bytes:
    """Return a file of one page, without further ado."""
    document = Document()
    document.page(content, entries, resources=resources, bounds=bounds, fonts=fonts)
    return document.finish()
