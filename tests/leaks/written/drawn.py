"""Scanned pages: a picture that fills the page, with or without the invisible text of a recognition over it."""

from PIL import Image

from tests.leaks.sample import blocked, passed, reported
from tests.leaks.scans import COVER, HEIGHT, WIDTH, jpeg, recognised, scan
from tests.leaks.syntax import Document


def scanned(picture: Image.Image, over: str = "", under: str = "") -> bytes:
    """Return a page that a picture fills, with operators after it or before."""
    document = Document()
    space = "/DeviceRGB" if picture.mode == "RGB" else "/DeviceGray"
    image = document.jpeg(jpeg(picture), *picture.size, space)
    content = f"{under} q {WIDTH} 0 0 {HEIGHT} 0 0 cm /I1 Do Q {over}"
    document.page(content, resources=f"/XObject << /I1 {image} >>")
    return document.finish()


def bar() -> str:
    """Return a black box over the name."""
    left, bottom, right, top = COVER
    return f"q 0 g {left} {bottom} {right - left} {top - bottom} re f Q"


@blocked()
def blackened_scan_that_kept_its_text(word: str) -> bytes:
    """The name is blackened in the picture, and the recognised text still holds it."""
    return scanned(scan("", blacked=True), recognised(word))


@blocked()
def whitened_scan_that_kept_its_text(word: str) -> bytes:
    """The name is painted out in the picture with the colour of paper, and the recognised text still holds it."""
    return scanned(scan(""), recognised(word))


@blocked()
def blackened_skewed_scan_that_kept_its_text(word: str) -> bytes:
    """As before, and the scan lies askew by a degree and a half."""
    return scanned(scan("", blacked=True, skew=1.5), recognised(word, skew=1.5))


@blocked()
def text_beneath_the_scan(word: str) -> bytes:
    """The recognised text is painted first and in black, and the blackened picture over it."""
    return scanned(scan("", blacked=True), under=recognised(word).replace("3 Tr", "0 Tr"))


@blocked()
def box_over_a_recognised_scan(word: str) -> bytes:
    """A black box lies over the scan; beneath it are both the recognised name and its pixels."""
    return scanned(scan(word), recognised(word) + bar())


@blocked()
def scan_with_a_second_text(word: str) -> bytes:
    """The recognised text fits the scan, and a further invisible line stands where the paper is empty."""
    extra = f"q BT 3 Tr /F1 11 Tf 72 300 Td (as told by {word}) Tj ET Q"
    return scanned(scan("the clerk"), recognised("the clerk") + extra)


@passed(proof="shown picture")
def scan_without_text(word: str) -> bytes:
    """A scan of a letter, as a machine in an office makes it; the name can be read by eye only."""
    return scanned(scan(word))


@passed()
def recognised_scan(word: str) -> bytes:
    """A scan with the invisible text that recognition laid exactly over the ink."""
    return scanned(scan(word), recognised(word))


@passed()
def recognised_scan_a_little_off(word: str) -> bytes:
    """The recognised text lies two points too far up and to the right, as real recognition does."""
    return scanned(scan(word), recognised(word, shift=(2.0, 2.0)))


@passed()
def recognised_scan_askew(word: str) -> bytes:
    """The paper lay askew in the scanner, and the recognised text follows it."""
    return scanned(scan(word, skew=2.0), recognised(word, skew=2.0, shift=(0.5, -1.0)))


@passed()
def recognised_scan_askew_with_straight_text(word: str) -> bytes:
    """The paper lay a little askew and the recognised text is straight: the ends of lines drift by a few points."""
    return scanned(scan(word, skew=0.4), recognised(word))


@passed()
def recognised_scan_in_colour(word: str) -> bytes:
    """A scan in colour on yellowish paper."""
    return scanned(scan(word, colour=True, skew=-0.7), recognised(word, skew=-0.7))


@passed()
def recognised_scan_with_visible_text_beneath(word: str) -> bytes:
    """Some programs paint the recognised text in black and the picture over it."""
    return scanned(scan(word), under=recognised(word).replace("3 Tr", "0 Tr"))


@passed(proof="absent")
def properly_redacted_scan(word: str) -> bytes:
    """The name is blackened in the picture and was never recognised."""
    del word
    return scanned(scan("", blacked=True, skew=0.8), recognised("", skew=0.8))


@passed(proof="absent")
def properly_redacted_scan_with_a_box(word: str) -> bytes:
    """The name is blackened in the picture, gone from the text, and a box lies over the black as well."""
    del word
    return scanned(scan("", blacked=True), recognised("") + bar())


@reported(proof="hidden picture")
def box_over_the_pixels_of_a_scan(word: str) -> bytes:
    """A box lies over a scan without text: the pixels beneath can be taken out of the file."""
    return scanned(scan(word), bar())
