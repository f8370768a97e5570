"""What acts when it is opened or clicked, and files within the file."""

from tests.leaks.sample import blocked, passed
from tests.leaks.syntax import LEFT, Document, box, letter, quoted, show

ACTIVE = "active-content"


def acting(catalog: str, word: str = "", page: str = "") -> bytes:
    """Return a letter with something in its catalog or in the entries of its page."""
    document = Document()
    document.page(f"{letter()} {show(word) if word else box()}", page)
    return document.finish(catalog)


@blocked(ACTIVE)
def script_at_opening(word: str) -> bytes:
    """A script runs when the file is opened."""
    return acting(f"/OpenAction << /S /JavaScript /JS {quoted(f'app.alert({word!r})')} >>")


@blocked(ACTIVE)
def script_in_a_stream(word: str) -> bytes:
    """The script is a stream, named among the scripts of the document."""
    document = Document()
    document.page(f"{letter()} {box()}")
    script = document.stream(f"var owner = '{word}';")
    return document.finish(f"/Names << /JavaScript << /Names [(one) << /S /JavaScript /JS {script} >>] >> >>")


@blocked(ACTIVE)
def script_when_a_page_is_left(word: str) -> bytes:
    """The page has a script for when it is closed."""
    return acting("", page=f"/AA << /C << /S /JavaScript /JS {quoted(f'log({word!r})')} >> >>")


@blocked(ACTIVE)
def script_behind_a_link(word: str) -> bytes:
    """A link whose first action is harmless is followed by a script."""
    action = f"/A << /S /URI /URI (https://harbour.example/) /Next << /S /JavaScript /JS {quoted(word)} >> >>"
    return acting("", page=f"/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 90 90] {action} >>]")


@blocked(ACTIVE)
def script_in_an_address(word: str) -> bytes:
    """A link whose address is a script."""
    action = f"/A << /S /URI /URI {quoted(f'javascript:tell({word})')} >>"
    return acting("", page=f"/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 90 90] {action} >>]")


@blocked(ACTIVE)
def program_that_is_started(word: str) -> bytes:
    """A program is started when the file is opened."""
    return acting(f"/OpenAction << /S /Launch /F {quoted(f'{word}.exe')} >>")


@blocked(ACTIVE)
def form_that_is_sent(word: str) -> bytes:
    """A button sends the form's values to an address."""
    document = Document()
    address = f"https://harbour.example/{word}"
    shape = document.form("0.8 g 0 0 80 20 re f", bounds="0 0 80 20")
    button = document.add(
        f"<< /Type /Annot /Subtype /Widget /FT /Btn /Ff 65536 /T (send) /Rect [{LEFT} 200 {LEFT + 80} 220] /F 4 "
        f"/AP << /N {shape} >> /A << /S /SubmitForm /F << /FS /URL /F {quoted(address)} >> >> >>"
    )
    document.page(letter(), f"/Annots [{button}]")
    return document.finish(f"/AcroForm << /Fields [{button}] >>")


@blocked(ACTIVE, "embedded-file")
def film_that_plays(word: str) -> bytes:
    """A rich media annotation, with its film in the file."""
    media = f"/RichMediaContent << /Assets << /Names [{quoted(word)} << /Type /Filespec /F (film.swf) >>] >> >>"
    return acting("", page=f"/Annots [<< /Type /Annot /Subtype /RichMedia /Rect [9 9 60 60] {media} >>]")


@blocked(ACTIVE, "embedded-file", "hidden-words", "hidden-field")
def form_in_another_language(word: str) -> bytes:
    """An XFA form, with the name in its data; readers without XFA show the page and nothing of it."""
    document = Document()
    document.page(f"{letter()} {box()}")
    data = document.stream(f"<xfa:datasets xmlns:xfa='http://www.xfa.org/schema/xfa-data/1.0/'>{word}</xfa:datasets>")
    return document.finish(f"/AcroForm << /Fields [] /XFA [(datasets) {data}] >>")


@blocked("embedded-file")
def file_in_the_file(word: str) -> bytes:
    """A text file is embedded, with the name in it."""
    document = Document()
    document.page(f"{letter()} {box()}")
    inner = document.stream(f"present: {word}\n", "/Type /EmbeddedFile")
    spec = f"<< /Type /Filespec /F (notes.txt) /UF (notes.txt) /EF << /F {inner} >> >>"
    return document.finish(f"/Names << /EmbeddedFiles << /Names [(notes.txt) {spec}] >> >>")


@blocked("embedded-file")
def file_behind_a_pin(word: str) -> bytes:
    """A text file is attached to a place on the page."""
    document = Document()
    inner = document.stream(f"present: {word}\n", "/Type /EmbeddedFile")
    spec = f"<< /Type /Filespec /F (notes.txt) /EF << /F {inner} >> >>"
    pin = document.form("0.5 g 0 0 9 9 re f", bounds="0 0 9 9")
    note = f"<< /Type /Annot /Subtype /FileAttachment /Rect [500 700 509 709] /F 4 /FS {spec} /AP << /N {pin} >> >>"
    document.page(f"{letter()} {box()}", f"/Annots [{note}]")
    return document.finish()


@blocked("embedded-file")
def file_that_belongs_to_the_page(word: str) -> bytes:
    """A spreadsheet is associated with the page, as in an electronic invoice."""
    document = Document()
    inner = document.stream(f"name;role\n{word};warden\n", "/Type /EmbeddedFile /Subtype /text#2Fcsv")
    spec = document.add(f"<< /Type /Filespec /F (data.csv) /AFRelationship /Source /EF << /F {inner} >> >>")
    document.page(f"{letter()} {box()}", f"/AF [{spec}]")
    return document.finish()


@passed()
def opens_at_its_first_page(word: str) -> bytes:
    """The file asks to be opened at its first page, fitted to the window."""
    document = Document()
    page = document.page(f"{letter()} {show(word)}")
    return document.finish(f"/OpenAction [{page} /Fit] /PageMode /UseNone /ViewerPreferences << /FitWindow true >>")


@passed()
def opens_by_an_action(word: str) -> bytes:
    """The same by an action that goes to a page."""
    document = Document()
    page = document.page(f"{letter()} {show(word)}")
    return document.finish(f"/OpenAction << /S /GoTo /D [{page} /XYZ null null 0] >> /Lang (en-GB)")


@passed()
def numbered_with_labels(word: str) -> bytes:
    """The pages have labels in small Roman numbers."""
    return acting("/PageLabels << /Nums [0 << /S /r >>] >> /PageLayout /OneColumn", word)
