"""Names that nothing covers and that nobody sees: by their colour, their size, their place, their layer."""

from tests.leaks.sample import TEXT, blocked
from tests.leaks.syntax import GAP, LEFT, Document, box, letter, one_page, show


@blocked()
def white_on_white(word: str) -> bytes:
    """The name is printed in white on the paper."""
    return one_page(f"{letter()} {show(word, state='1 g')}")


@blocked()
def nearly_white_on_white(word: str) -> bytes:
    """The name is printed in a grey that is one hundredth darker than the paper."""
    return one_page(f"{letter()} {show(word, state='0.99 g')}")


@blocked()
def colour_of_its_ground(word: str) -> bytes:
    """A blue name on a box of the same blue."""
    return one_page(f"{letter()} {box(paint='0.2 0.3 0.6 rg')} {show(word, state='0.2 0.3 0.6 rg')}")


@blocked()
def black_on_black(word: str) -> bytes:
    """A black box lies beneath the black name: the order is another, what is seen is the same."""
    return one_page(f"{letter()} {box()} {show(word)}")


@blocked()
def fully_transparent(word: str) -> bytes:
    """The name is painted with an opacity of nothing."""
    states = "/ExtGState << /G1 << /ca 0 >> >>"
    return one_page(f"{letter()} {show(word, state='/G1 gs')}", resources=states)


@blocked()
def never_painted(word: str) -> bytes:
    """Text rendering mode 3 on a page that is no scan."""
    return one_page(f"{letter()} {show(word, state='3 Tr')}")


@blocked()
def clipped_by_its_own_mode(word: str) -> bytes:
    """Text rendering mode 7: the letters only clip, and nothing is painted through them."""
    return one_page(f"{letter()} {show(word, state='7 Tr')}")


@blocked(proof="partly")
def half_a_point_high(word: str) -> bytes:
    """The name is set in a size of half a point, at the end of a line."""
    return one_page(f"{letter()} {show(word, 400, size=0.5)}")


@blocked(proof="partly")
def squeezed_to_a_line(word: str) -> bytes:
    """The name is squeezed to a hundredth of its width."""
    return one_page(f"{letter()} q 0.01 0 0 1 480 0 cm {show(word, 0)} Q")


@blocked()
def beside_the_page(word: str) -> bytes:
    """The name is set to the right of the paper's edge."""
    return one_page(f"{letter()} {show(word, 640)}")


@blocked()
def beside_the_crop_box(word: str) -> bytes:
    """The name lies on the paper and outside of the part that is shown."""
    return one_page(f"{letter()} {show(word, 300, 30)}", "/CropBox [0 60 595 842]")


@blocked()
def clipped_away(word: str) -> bytes:
    """A clipping path leaves the name out."""
    return one_page(f"{letter()} q 0 0 50 50 re W n {show(word)} Q")


@blocked()
def layer_that_is_off(word: str) -> bytes:
    """The name is on a layer that is switched off; a click shows it."""
    document = Document()
    layer = document.add("<< /Type /OCG /Name (Draft) >>")
    document.page(f"{letter()} /OC /L1 BDC {show(word)} EMC", resources=f"/Properties << /L1 {layer} >>")
    return document.finish(f"/OCProperties << /OCGs [{layer}] /D << /OFF [{layer}] /Order [{layer}] >> >>")


@blocked()
def layers_all_off_but_one(word: str) -> bytes:
    """The base state of all layers is off, and the name is on one that nobody switched on."""
    document = Document()
    layer, other = (document.add(f"<< /Type /OCG /Name ({name}) >>") for name in ("Names", "Letter"))
    content = f"/OC /L2 BDC {letter()} EMC /OC /L1 BDC {show(word)} EMC"
    document.page(content, resources=f"/Properties << /L1 {layer} /L2 {other} >>")
    return document.finish(f"/OCProperties << /OCGs [{layer} {other}] /D << /BaseState /OFF /ON [{other}] >> >>")


@blocked()
def layer_for_printers_only(word: str) -> bytes:
    """The name is on a layer that is printed and not shown."""
    document = Document()
    usage = "/Usage << /View << /ViewState /OFF >> /Print << /PrintState /ON >> >>"
    layer = document.add(f"<< /Type /OCG /Name (Print) {usage} >>")
    document.page(f"{letter()} /OC /L1 BDC {show(word)} EMC", resources=f"/Properties << /L1 {layer} >>")
    events = " ".join(f"<< /Event /{event} /Category [/{event}] /OCGs [{layer}] >>" for event in ("View", "Print"))
    return document.finish(f"/OCProperties << /OCGs [{layer}] /D << /AS [{events}] >> >>")


@blocked()
def faded_by_a_mask(word: str) -> bytes:
    """A soft mask that is black everywhere takes the name away."""
    document = Document()
    group = "/Group << /S /Transparency /CS /DeviceGray >>"
    mask = document.form("0 g 0 0 595 842 re f", group)
    states = f"/ExtGState << /G1 << /SMask << /Type /Mask /S /Luminosity /G {mask} >> >> >>"
    document.page(f"{letter()} q /G1 gs {show(word)} Q", resources=states)
    return document.finish()


@blocked()
def lightened_away(word: str) -> bytes:
    """The blend mode Lighten lets black letters leave no trace on white paper."""
    states = "/ExtGState << /G1 << /BM /Lighten >> >>"
    paper = "q 1 g 0 0 595 842 re f Q"
    return one_page(f"{paper} {letter()} {show(word, state='/G1 gs')}", resources=states)


@blocked()
def white_on_a_picture_of_paper(word: str) -> bytes:
    """A picture of white paper fills the page; the name is white upon it."""
    document = Document()
    image = document.image(b"\xfe" * 64, 8, 8)
    content = f"q 595 0 0 842 0 0 cm /I1 Do Q {letter()} {show(word, state='1 g')}"
    document.page(content, resources=f"/XObject << /I1 {image} >>")
    return document.finish()


@blocked("orphan-objects", *TEXT)
def on_a_page_that_is_never_shown(word: str) -> bytes:
    """A page lies in the file as a template, by name, and stands in no page tree."""
    document = Document()
    document.page(letter())
    template = document.page(f"{letter()} {show(word, LEFT, GAP)}")
    document.pages.remove(template)
    return document.finish(f"/Names << /Templates << /Names [(Annex) {template}] >> >>")
