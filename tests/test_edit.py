"""Changes of a record's text: what was meant, and not a byte elsewhere; or an error, and never a wrong file."""

import copy
import random
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from publisher import compose, edit
from publisher.record import parse
from publisher.strict import Pointer, spans
from tests.builders import letter, reformatted, to_yaml
from tests.strategies import HOSTILE, documents

PATH = "records/letters/2019/x.yaml"
BY_HAND = b"""\
# yaml-language-server: $schema=../../../schema/letter.schema.json
id: x
title: "Letter"   # as printed
title_basis: supplied
kind: 'letter'
from:
  - party: harbour-institute
    # she signed alone
    signatories:
      - role: "Director"  # of studies
to: [{party: acme-optics}, {public: true}]
thread: harbour-dredging
dates: {sent: {date: "2019-02-18", basis: stated}}
language: en
summary: >-   # ours
  Asks what the dredging
  is for.

# what it asks
questions:
- label: "1"
  text: |-
    What is it for?
  wording: paraphrase
- label: "2"

  text: How long?
  wording: paraphrase
questions_extent: complete

sources:
  -
    url: https://harbour-institute.example/x
availability: described
"""


def _shared(a: str, b: str) -> int:
    return next((at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def changed(old: bytes, new: bytes) -> tuple[str, str]:
    """Return the one stretch that differs, as it was and as it is."""
    a, b = old.decode(), new.decode()
    start = _shared(a, b)
    end = min(_shared(a[::-1], b[::-1]), len(a) - start, len(b) - start)
    return a[start : len(a) - end], b[start : len(b) - end]


@pytest.mark.parametrize(
    ("pointer", "value", "old", "new"),
    [
        (("title",), "Note", "Letter", "Note"),
        (("kind",), "reply", "'letter'", "reply"),
        (("language",), ["en", "fr"], "en", "[en, fr]"),
        (("dates", "sent", "date"), "2019-02", "-18", ""),
        (("dates", "sent", "note"), "As printed.", "", ', note: "As printed."'),
        (("dates", "received"), {"date": "2019", "basis": "stated"}, "", ', received: {date: "2019", basis: stated}'),
        (("from", 0, "signatories", 0, "role"), "Head", "Director", "Head"),
        (("from", 0, "signatories", 0, "name"), "A", "", 'name: "A"\n        '),
        (("from", 0, "as"), "HI", "", 'as: "HI"\n    '),
        (("questions", 0, "text"), "Why?", "|-\n    What is it for?", '"Why?"'),
        (("questions", 1, "asked_of"), ["acme-optics"], "", "asked_of: [acme-optics]\n  "),
        (("relations",), [{"kind": "replies-to", "letter": "z", "basis": "stated"}], "",
         "relations:\n  - kind: replies-to\n    letter: z\n    basis: stated\n"),
        (("sources", 0, "title"), "A page", "", '    title: "A page"\n'),
        (("uncertainty",), "Much.", "", 'uncertainty: "Much."\n'),
        (("to", 1), {"class": "lenders"}, "public: true", 'class: "lenders"'),
    ],
)  # fmt: skip
def test_a_change_touches_only_its_place(pointer: Pointer, value: Any, old: str, new: str) -> None:
    done = edit.put(BY_HAND, PATH, pointer, value)
    assert changed(BY_HAND, done) == (old, new)
    assert edit.look(parse(done)[0], pointer) == value


def test_a_comment_behind_a_folded_text_stays() -> None:
    long = "Asks what the dredging is for, who pays for it, and whether the lenses of the old lighthouse will be kept."
    done = edit.put(BY_HAND, PATH, ("summary",), long).decode()
    assert "summary: >-   # ours\n  Asks what the dredging is for, who pays" in done
    assert 'summary: "Short."   # ours\n\n# what it asks\n' in edit.put(BY_HAND, PATH, ("summary",), "Short.").decode()
    assert "  # as printed\n" in edit.put(BY_HAND, PATH, ("title",), long * 2).decode()


def test_items_are_added_and_removed() -> None:
    question = {"label": "3", "text": "Who pays?", "wording": "paraphrase"}
    done = edit.append(BY_HAND, PATH, ("questions",), question)
    assert changed(BY_HAND, done) == ("", '- label: "3"\n  text: "Who pays?"\n  wording: paraphrase\n')
    assert edit.remove(done, PATH, ("questions", 2)) == BY_HAND
    assert b'label: "1"' not in edit.remove(BY_HAND, PATH, ("questions", 0))
    assert b"to: [{party: acme-optics}]" in edit.remove(BY_HAND, PATH, ("to", 1))
    assert b"to: [{public: true}]" in edit.remove(BY_HAND, PATH, ("to", 0))
    assert b"sources: []\n" in edit.remove(BY_HAND, PATH, ("sources", 0))
    note = {"kind": "correction", "note": "Right now."}
    done = edit.append(BY_HAND, PATH, ("changes",), note)
    assert done == BY_HAND + b'changes:\n  - kind: correction\n    note: "Right now."\n'
    assert edit.append(done, PATH, ("changes",), note) == done + b'  - kind: correction\n    note: "Right now."\n'
    assert edit.remove(edit.remove(done, PATH, ("changes", 0)), PATH, ("changes",)) == BY_HAND


def test_the_first_field_of_an_item_can_go() -> None:
    done = edit.remove(edit.put(BY_HAND, PATH, ("sources", 0, "title"), "T"), PATH, ("sources", 0, "url"))
    assert edit.look(parse(done)[0], ("sources",)) == [{"title": "T"}]
    done = edit.remove(BY_HAND, PATH, ("questions", 1, "label"))
    assert edit.look(parse(done)[0], ("questions", 1)) == {"text": "How long?", "wording": "paraphrase"}


@pytest.mark.parametrize("pointer", [("nothing", "below"), ("title", "below"), ("title", 0), ("questions", 7), ()])
def test_what_is_not_there_cannot_be_changed(pointer: Pointer) -> None:
    with pytest.raises(edit.EditError):
        edit.put(BY_HAND, PATH, pointer, "x")
    with pytest.raises(edit.EditError):
        edit.remove(BY_HAND, PATH, pointer)


@pytest.mark.parametrize("data", [b"a: b\r\n", b"\xef\xbb\xbfa: b\n", b"a: [b\n", b"a: \xff\n", b"", b"- a\n"])
def test_a_file_that_must_be_mended_first_is_left_alone(data: bytes) -> None:
    with pytest.raises(edit.EditError):
        edit.put(data, PATH, ("a",), "x")


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "data",
    [BY_HAND, to_yaml(letter("x")).encode(), reformatted(to_yaml(letter("x")).encode())],
    ids=["hand", "block", "flow"],
)
def test_hostile_texts_are_put_anywhere(text: str, data: bytes) -> None:
    for pointer in (("title",), ("summary",), ("from", 0, "as"), ("questions", 0, "text"), ("sources", 0, "note")):
        assert edit.look(parse(edit.put(data, PATH, pointer, text))[0], pointer) == text


def styles(document: dict[str, Any], chance: random.Random) -> bytes:
    """Write a document in some style of YAML, with comments strewn between its fields."""
    if chance.random() < 0.4:
        text = compose.record(PATH, document).decode()
    else:
        text = yaml.safe_dump(
            document, sort_keys=chance.random() < 0.5, allow_unicode=chance.random() < 0.5,
            indent=chance.choice([2, 4]), width=chance.choice([40, 80, 1000]),
            default_flow_style=chance.choice([True, False, None]),
            default_style=chance.choice([None, None, '"', "'", "|"]),
        )  # fmt: skip
    for name in document:
        start = spans(text)[name,].key[0]
        commented = f"{text[:start]}# about {name}\n{text[start:]}"
        if chance.random() < 0.3 and text[start - 1] == "\n" and parse(commented.encode())[0] == document:
            text = commented
    return text.encode()


def pointers(value: Any, above: Pointer = ()) -> list[Pointer]:
    """Return the pointer of every value below a document."""
    parts: Any = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    return [found for part in parts for found in [(*above, part), *pointers(value[part], (*above, part))]]


def one_change(
    data: bytes, document: dict[str, Any], other: dict[str, Any], chance: random.Random
) -> tuple[bytes, dict[str, Any], str]:
    """Make one change by chance; returns the text, the document that was meant, and what was done."""
    meant = copy.deepcopy(document)
    known = pointers(document)
    do = chance.choice(["put", "remove", "append", "field"])
    lists = [each for each in known if isinstance(edit.look(document, each), list)]
    missing = [name for name in other if name not in document]
    if do == "append" and lists:
        at = chance.choice(lists)
        value = copy.deepcopy(chance.choice([*(other.get(str(at[-1])) or []), "text", {"role": "x"}]))
        edit.look(meant, at).append(value)
        return edit.append(data, PATH, at, value), meant, do
    if do == "field" and missing:
        name = chance.choice(missing)
        meant[name] = other[name]
        return edit.put(data, PATH, (name,), other[name]), meant, do
    at = chance.choice(known)
    above = edit.look(meant, at[:-1])
    if do == "remove" and len(document) > 1:
        del above[at[-1]]
        return edit.remove(data, PATH, at), meant, do
    value = copy.deepcopy(edit.look(other, chance.choice(pointers(other))))
    above[at[-1]] = value
    return edit.put(data, PATH, at, value), meant, "put"


@settings(
    max_examples=80, phases=(Phase.explicit, Phase.reuse, Phase.generate), suppress_health_check=list(HealthCheck),
    deadline=None,
)  # fmt: skip
@given(documents("letter"), documents("letter"), st.randoms(use_true_random=False))
def test_any_change_in_any_style_says_what_was_meant_and_keeps_the_rest(
    document: dict[str, Any], other: dict[str, Any], chance: random.Random
) -> None:
    data = styles(document, chance)
    own_style = data.startswith(b"# yaml-language-server")
    for _ in range(4):
        try:
            new, meant, did = one_change(data, document, other, chance)
        except edit.EditError:
            assert not own_style
            return
        assert parse(new)[0] == meant
        was, now = changed(data, new)
        if did in ("append", "field"):
            assert was == "" or was.strip() in ("[]", "{}", "[", "]") or was in now
        data, document = new, meant
