"""What a file says of itself and of its pictures: metadata, thumbnails, private data, where a photograph was taken."""

import io

from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from tests.leaks.fonts import SERIF
from tests.leaks.sample import blocked, passed, reported
from tests.leaks.scans import scan
from tests.leaks.syntax import Document, box, letter, quoted, show

ARTIST, DESCRIPTION, GPS = 0x013B, 0x010E, 0x8825


def described(info: str = "", catalog: str = "", page: str = "") -> bytes:
    """Return a letter without a name, with something about it."""
    document = Document()
    document.page(f"{letter()} {box()}", page)
    return document.finish(catalog, info)


def packet(inner: str) -> str:
    """Return an XMP packet (ISO 16684-1)."""
    return (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<rdf:Description rdf:about="">{inner}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    )


def exif(word: str = "", *, place: bool = False) -> bytes:
    """Return what a camera writes: perhaps whose it is, perhaps where it was."""
    found = Image.Exif()
    if word:
        found[ARTIST] = word
    if place:
        found.get_ifd(GPS).update({1: "N", 2: (12.0, 34.0, 56.0), 3: "W", 4: (23.0, 45.0, 6.0)})
        found[GPS] = found.get_ifd(GPS)
    return found.tobytes()


def photograph(about: bytes = b"", comment: str = "") -> bytes:
    """Return a JPEG of nothing in particular."""
    out = io.BytesIO()
    picture = Image.frombytes("L", (96, 96), bytes((x * y) % 200 for y in range(96) for x in range(96))).convert("RGB")
    picture.save(out, "JPEG", quality=80, exif=about, comment=comment.encode())
    return out.getvalue()


def pictured(jpeg: bytes, entries: str = "") -> bytes:
    """Return a letter with a photograph."""
    document = Document()
    kind = "/Type /XObject /Subtype /Image /Width 96 /Height 96 /BitsPerComponent 8 /ColorSpace /DeviceRGB"
    image = document.stream(jpeg, f"{kind} /Filter /DCTDecode {entries}", packed=False)
    document.page(f"{letter()} {box()} q 96 0 0 96 72 300 cm /I1 Do Q", resources=f"/XObject << /I1 {image} >>")
    return document.finish()


@reported("document-metadata", "user-path")
def author_in_the_information(word: str) -> bytes:
    """The document information names an author whom no page names."""
    return described(f"/Author {quoted(word)} /Producer (Typewriter 1.0)")


@reported("user-path", "document-metadata")
def path_in_the_title(word: str) -> bytes:
    """The title is the path of the file on somebody's machine."""
    path = rf"C:\Users\{word}\Desktop\answer-final.docx"
    return described(f"/Title {quoted(path)}")


@reported("user-path", "document-metadata")
def path_in_an_entry_of_its_own(word: str) -> bytes:
    """An entry that no standard knows holds a path."""
    return described(f"/SourceFile {quoted(f'/home/{word}/letters/answer.odt')}")


@reported("document-metadata")
def creator_in_the_packet(word: str) -> bytes:
    """The XMP packet names a creator whom nothing else names."""
    document = Document()
    document.page(f"{letter()} {box()}")
    inner = f"<dc:creator><rdf:Seq><rdf:li>{word}</rdf:li></rdf:Seq></dc:creator>"
    stream = document.stream(packet(inner), "/Type /Metadata /Subtype /XML", packed=False)
    return document.finish(f"/Metadata {stream}")


@reported()
def packet_of_a_picture(word: str) -> bytes:
    """A picture in the file has an XMP packet of its own."""
    document = Document()
    inner = f"<dc:creator><rdf:Seq><rdf:li>{word}</rdf:li></rdf:Seq></dc:creator>"
    about = document.stream(packet(inner), "/Type /Metadata /Subtype /XML", packed=False)
    image = document.stream(
        bytes(range(64)),
        "/Type /XObject /Subtype /Image /Width 8 /Height 8 /BitsPerComponent 8 /ColorSpace /DeviceGray "
        f"/Metadata {about}",
    )
    document.page(f"{letter()} q 96 0 0 96 72 300 cm /I1 Do Q", resources=f"/XObject << /I1 {image} >>")
    return document.finish()


@reported("private-data", "hidden-words", "orphan-objects")
def private_data_of_a_program(word: str) -> bytes:
    """A drawing program keeps its own copy of the page, with the name, beside the page."""
    document = Document()
    private = document.stream(f"%!PS {letter()} {show(word)}")
    pieces = f"/PieceInfo << /Drawer << /LastModified (D:20190312) /Private << /Data {private} >> >> >>"
    document.page(f"{letter()} {box()}", pieces)
    return document.finish()


@reported("thumbnail", proof="hidden picture")
def thumbnail_from_before(word: str) -> bytes:
    """The page's thumbnail is large, and was made before the name was taken out."""
    document = Document()
    small = scan(word).crop((60, 60, 500, 400))
    thumb = document.image(small.tobytes(), *small.size)
    document.page(f"{letter()} {box()}", f"/Thumb {thumb}")
    return document.finish()


@reported("image-metadata", "image-location")
def owner_of_the_camera(word: str) -> bytes:
    """A photograph in the file names whose camera it was."""
    return pictured(photograph(exif(word)))


@blocked("image-location")
def place_of_a_photograph(word: str) -> bytes:
    """A photograph in the file holds the place where it was taken, and a name."""
    return pictured(photograph(exif(word, place=True)))


@blocked("image-location")
def photograph_with_its_place(word: str) -> bytes:
    """A JPEG by itself holds the place where it was taken, and a name."""
    return photograph(exif(word, place=True))


@reported("image-metadata")
def photograph_with_a_remark(word: str) -> bytes:
    """A JPEG by itself has a remark."""
    return photograph(comment=f"Desk of {word}")


@reported("image-metadata", "image-location", "trailing-data")
def photograph_with_a_small_one_in_it(word: str) -> bytes:
    """The EXIF data of a JPEG holds a small picture from before the name was blackened, with a remark."""
    small = Image.new("L", (160, 40), 255)
    ImageDraw.Draw(small).text((4, 8), word, fill=0, font=ImageFont.truetype(str(SERIF), 20))
    thumb = io.BytesIO()
    small.save(thumb, "JPEG", quality=80, comment=word.encode())
    about = Image.Exif()
    about[DESCRIPTION] = "page 1"
    data = about.tobytes() + thumb.getvalue()
    return photograph(data)


@reported("image-metadata", "document-metadata")
def picture_with_a_text_chunk(word: str) -> bytes:
    """A PNG by itself names its author in a text chunk."""
    out = io.BytesIO()
    chunks = PngInfo()
    chunks.add_text("Author", word)
    scan("", blacked=True).save(out, "PNG", pnginfo=chunks)
    return out.getvalue()


@blocked("trailing-data")
def photograph_with_a_tail(word: str) -> bytes:
    """Behind the end of a JPEG stands text."""
    return photograph() + f"\nfrom the desk of {word}\n".encode()


@passed(proof="shown picture")
def photograph_by_itself(word: str) -> bytes:
    """A JPEG of a printed page, with nothing in it but the picture."""
    out = io.BytesIO()
    scan(word).save(out, "JPEG", quality=80)
    return out.getvalue()


@passed(proof="shown picture")
def picture_by_itself(word: str) -> bytes:
    """A PNG of a printed page, with its resolution and nothing else."""
    out = io.BytesIO()
    scan(word).save(out, "PNG", dpi=(110, 110))
    return out.getvalue()


@passed()
def letter_with_a_title_and_a_program(word: str) -> bytes:
    """The information holds a title that the page shows, the program's name and two dates."""
    document = Document()
    document.page(f"{letter()} {show(word)}")
    dates = "/CreationDate (D:20190312120000Z) /ModDate (D:20190312120000Z)"
    return document.finish("", f"/Title (Harbour Trust) /Producer (Typewriter 1.0) {dates}")
