"""What form fields and annotations hold beside what they show: values, defaults, choices, states that are not on."""

import io
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Stream

from publisher.documents.beside import LEAST, words_of
from publisher.documents.codes import discovery
from publisher.documents.hidden import Found
from publisher.documents.pages import Rendered
from publisher.documents.streams import SHOW
from publisher.documents.structure import HIDDEN, NO_VIEW
from publisher.documents.walk import Objects, text_of


def look(pdf: pikepdf.Pdf, objects: Objects) -> Iterator[Found]:
    """Yield the fields that hold a text and do not show it, and the looks of annotations that are not shown."""
    forms = Forms(pdf)
    for item in objects.reachable:
        if ("/V" in item or "/DV" in item or "/Opt" in item) and _inherited(item, "/FT") in {"/Tx", "/Ch"}:
            yield from _field(item, forms)
    lost = sorted({word for page in pdf.pages for word in _other_looks(page)})
    lost = [word for word in lost if word not in forms.shown] if lost else []
    if lost:
        what = "a field or a note has looks that are not shown, with words that no page shows"
        yield discovery("hidden-field", what, characters=sum(map(len, lost))), " ".join(lost)


class Forms:
    """What a file's pages say with their fields and notes drawn onto them; worked out when it is first asked for."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self.pdf = pdf

    @cached_property
    def shown(self) -> set[str]:
        """The words."""
        out, flat = io.BytesIO(), io.BytesIO()
        self.pdf.save(out)
        with pikepdf.Pdf.open(out, suppress_warnings=True) as copy:
            copy.flatten_annotations("screen")
            copy.save(flat)
        rendered = Rendered(flat.getvalue())
        return words_of("\n".join(rendered.text(at) for at in range(len(rendered))))


def _field(item: Any, forms: Forms) -> Iterator[Found]:
    value, default = text_of(item.get("/V")), text_of(item.get("/DV"))
    widgets = [item] if "/Rect" in item else [kid for kid in item.get("/Kids", ()) if "/Rect" in kid]
    if value.strip() and not any(_is_shown(widget) for widget in widgets):
        what = "a form field holds a text and does not show it"
        yield discovery("hidden-field", what, characters=len(value)), value
        return
    held = words_of(f"{default} {value}" if any("/AP" in widget for widget in widgets) else default)
    choices = item.get("/Opt", ())
    pairs = [
        choice for choice in choices if isinstance(choice, Array) and len(choice) == 2
    ]  # what is sent, what is shown
    held -= {word for pair in pairs for word in words_of(text_of(pair[0]))}
    named = [text_of(pair[1]) for pair in pairs] + [
        text_of(each) for each in choices if isinstance(each, pikepdf.String)
    ]
    held |= {word for name in named for word in words_of(name) if len(word) >= LEAST}
    if held and (lost := sorted(held - forms.shown)):
        what = "a form field holds other words than it shows"
        yield discovery("hidden-field", what, characters=sum(map(len, lost))), " ".join(lost)


def _inherited(item: Any, key: str) -> Any:
    for _ in range(16):
        if not isinstance(item, Dictionary):
            return None
        if key in item:
            return item[key]
        item = item.get("/Parent")
    return None


def _is_shown(widget: Any) -> bool:
    try:
        left, bottom, right, top = (float(side) for side in widget["/Rect"])
        flags = int(widget.get("/F", 0))
    except (KeyError, TypeError, ValueError):
        return False
    return not flags & (HIDDEN | NO_VIEW) and abs(right - left) > 1 and abs(top - bottom) > 1


def _other_looks(page: pikepdf.Page) -> Iterator[str]:
    """Yield the words of the looks that the annotations of a page have and do not show at first."""
    annotations = page.obj.get("/Annots")
    for item in annotations if isinstance(annotations, Array) else ():
        looks = item.get("/AP") if isinstance(item, Dictionary) else None
        if not isinstance(looks, Dictionary):
            continue
        for key, look in looks.items():
            states = look.items() if isinstance(look, Dictionary) and not isinstance(look, Stream) else [("", look)]
            for state, stream in states:
                is_on = key == "/N" and state in {"", str(item.get("/AS", ""))}
                if isinstance(stream, Stream) and not is_on:
                    yield from (word for word in words_of(literal(stream)) if len(word) >= LEAST)


def literal(stream: Any) -> str:
    """Return the strings that a content stream shows, as far as its bytes are letters."""
    said: list[str] = []
    for instruction in pikepdf.parse_content_stream(stream, " ".join(sorted(SHOW))):
        for operand in instruction.operands:
            parts = list(operand) if isinstance(operand, Array) else [operand]
            said.append("".join(bytes(part).decode("latin-1") for part in parts if isinstance(part, pikepdf.String)))
    return " ".join(said)
