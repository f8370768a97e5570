"""What changed between two versions: nothing left out, nothing made up, in words, and at a cost that is bounded."""

import copy
import json
import time
from collections import Counter
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from publisher.formats import phrases
from publisher.formats.book import Book
from publisher.formats.diff import CELLS, LEFT_OUT, LONGEST, Line, Piece, cut, differences, pieces, shortened
from publisher.formats.fields import Item, known_by
from tests.correspondence import assessment, change, harbour, letter, question, reported

NEWS = "https://harbour.example/news/1"
BOOK = Book(harbour().index())
FIELDS = (
    "id", "title", "kind", "from", "to", "dates", "sent", "date", "basis", "note", "questions", "label", "text",
    "asked_of", "relations", "letter", "party", "outcomes", "question", "by", "outcome", "sources", "url", "linked",
    "changes", "language", "made up", "",
)  # fmt: skip
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from(["", " ", "1", "2019-02", "stated", "acme-optics", "a b", "a  b", "answered", "en", "\u202e"])
    | st.text(max_size=12)
)


def grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4)


VALUES = st.recursive(LEAVES, grown, max_leaves=12)
DOCUMENTS = st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=5)


def lines(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """The differences as a reader sees them."""
    return [said(line) for line in differences(BOOK, old, new)]


def said(line: Line) -> str:
    if line.kind == "added":
        return f"{line.what} added: {line.after}" if line.after else f"{line.what} added"
    if line.kind == "removed":
        return f"{line.what} removed: {line.before}" if line.before else f"{line.what} removed"
    return f"{line.what}: {line.before} → {line.after}"


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def bare(document: dict[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in document.items() if field not in LEFT_OUT}


# -- nothing left out, nothing made up -------------------------------------------------------------------------


@given(DOCUMENTS, DOCUMENTS)
@example({"a": True}, {"a": 1})
@example({"a": []}, {})
@example({"a": [1, 1, 2]}, {"a": [1, 2, 1]})
@example({"changes": 1}, {})
@example({"a": ["x", None]}, {"a": [None, "x"]})
def test_there_is_a_line_exactly_where_two_documents_differ(old: dict[str, Any], new: dict[str, Any]) -> None:
    found = differences(BOOK, old, new)
    assert (not found) == (canonical(bare(old)) == canonical(bare(new)))
    assert differences(BOOK, old, copy.deepcopy(old)) == ()


@given(DOCUMENTS, DOCUMENTS)
@settings(max_examples=300)
def test_the_lines_say_enough_to_make_the_new_version_from_the_old_one(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    """So every leaf that differs is covered by a line, and no line says more than what differs."""
    made, found = bare(copy.deepcopy(old)), differences(BOOK, old, new)
    gone = [line for line in found if line.kind == "removed"]
    for line in [*reversed(gone), *(line for line in found if line.kind != "removed")]:
        apply(made, line)
    assert canonical(unlisted(made)) == canonical(unlisted(bare(new)))


def unlisted(value: Any) -> Any:
    """The same without fields that hold an empty list: their items are gone, and that is all that readers are told."""
    if isinstance(value, dict):
        return {field: unlisted(inner) for field, inner in value.items() if inner != []}
    return [unlisted(inner) for inner in value] if isinstance(value, list) else value


def apply(document: Any, line: Line) -> None:
    """Carry out one line. Items are found as diff finds them: by what they are known by."""
    *way, last = line.path
    field = ""
    holder = document
    for step in way:
        if isinstance(step, str):
            field, holder = step, holder.setdefault(step, [])
        else:
            holder = holder[where(field, holder, step)]
    if isinstance(last, str):
        if line.kind == "order":
            order(last, holder[last], line)
        elif line.kind == "removed":
            del holder[last]
        else:
            holder[last] = line.new
        return
    if line.kind == "order":
        order(field, holder[where(field, holder, last)], line)
    elif line.kind == "added":
        holder.insert(min(line.place, len(holder)), line.new)
    else:
        at = where(field, holder, last)
        holder[at : at + 1] = [] if line.kind == "removed" else [line.new]


def where(field: str, items: list[Any], item: Item) -> int:
    counts: Counter[str] = Counter()
    for at, value in enumerate(items):
        name = known_by(field, value)
        if (name, counts[name]) == (item.known_by, item.nth):
            return at
        counts[name] += 1
    raise AssertionError(f"no {item} in {items}")


def order(field: str, items: list[Any], line: Line) -> None:
    places = sorted(where(field, items, item) for item in line.new)
    for at, value in zip(places, [items[where(field, items, item)] for item in line.new], strict=True):
        items[at] = value


@given(DOCUMENTS, DOCUMENTS)
def test_every_line_is_one_line_and_shows_that_something_differs(old: dict[str, Any], new: dict[str, Any]) -> None:
    for line in differences(BOOK, old, new):
        assert line.what
        for text in (line.what, line.before, line.after):
            assert phrases.shown(text) == text and len(text.splitlines()) <= 1
        if line.kind in ("changed", "order"):
            assert line.before != line.after


# -- in words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (
            {"dates": {"sent": {"date": "2019-02", "basis": "reported"}}},
            ["Date sent: 18 February 2019 (stated) → February 2019 (reported)"],
        ),
        (
            {"dates": {"sent": {"date": "2019-02-18", "basis": "stated", "note": "By the stamp."}}},
            ["Date sent: 18 February 2019 (stated) → 18 February 2019 (stated). By the stamp."],
        ),
        (
            {"questions": [question("2", text="Why?")]},
            ["Question 2 added: Why? (wording: paraphrase)"],
        ),
        (
            {"to": [{"party": "quayside-fund", "people": [{"role": "Chair"}]}]},
            [
                "Addressee Acme Optics removed",
                "Addressee Quayside Fund added: person addressed: role: Chair",
            ],
        ),
        (
            {"to": [{"party": "acme-optics", "as": "Acme Optics, Lenses"}]},
            ["Addressee Acme Optics, name in the letter added: Acme Optics, Lenses"],
        ),
        ({"kind": "open-letter"}, ["Kind: letter → open letter"]),
        ({"language": ["en", "he"]}, ["Language: English → English; Hebrew"]),
        ({"title": "Questions"}, ["Title: Questions about the works: a → Questions"]),
        (
            {"sources": []},
            [f"Source {NEWS} removed: title: News of the harbour"],
        ),
        (
            {"relations": [{"kind": "replies-to", "letter": "2019-03-01-acme-to-institute", "basis": "stated"}]},
            ["Relation [Reply on the lenses] added: kind: Replies to; basis: stated"],
        ),
        ({"changes": [change("correction", "A date.")]}, []),
        ({"new_field": {"deep": [1, None]}}, ["New field added: deep: 1; nothing"]),
    ],
)  # fmt: skip
def test_changes_are_said_in_the_archives_words(fields: dict[str, Any], expected: list[str]) -> None:
    assert lines(letter("a"), letter("a", **fields)) == expected


def test_items_are_matched_by_what_they_are_known_by() -> None:
    old = letter("a", questions=[question("1"), question("2", asked_of=["acme-optics"])])
    new = letter("a", questions=[question("2", asked_of=["acme-optics", "quayside-fund"]), question("1", text="So?")])
    assert lines(old, new) == [
        "Question 2, asked of Quayside Fund added",
        "Question 1, text: What of point 1? → So?",
        "Question: order: Question 1, Question 2 → Question 2, Question 1",
    ]


def test_outcomes_are_named_by_question_and_party() -> None:
    old = assessment("a", reported("1", "refused", by="acme-optics"), reported(None, "no-reply-known"))
    new = assessment("a", reported("1", "answered", by="acme-optics"), reported(None, "no-reply-known", as_of="2020"))
    assert lines(old, new) == [
        "Outcome of question 1 (Acme Optics), outcome: refused → answered",
        "Outcome of the letter as a whole, as of: 1 June 2019 → 2020",
    ]


def test_long_texts_are_compared_word_by_word() -> None:
    old = "Asks about the works in the harbour, and about the lenses of the old lighthouse."
    new = "Asks about the dredging works in the harbour, and about the lamps of the old lighthouse."
    (line,) = differences(BOOK, letter("a", summary=old), letter("a", summary=new))
    changed = [(piece.sort, piece.text) for piece in line.pieces if piece.sort != "same"]
    assert changed == [("new", " dredging"), ("gone", " lenses"), ("new", " lamps")]


TOKENS = st.lists(st.sampled_from(["a", " b", " c", " d", "-", " .", " é", " ש"]), max_size=30).map("".join)


@given(TOKENS | st.text(max_size=60), TOKENS | st.text(max_size=60))
def test_the_pieces_of_a_text_give_both_texts(old: str, new: str) -> None:
    found = pieces(old, new)
    assert "".join(piece.text for piece in found if piece.sort != "new") == old
    assert "".join(piece.text for piece in found if piece.sort != "gone") == new
    assert all(piece.text for piece in found)
    assert (old == new) == (not any(piece.sort != "same" for piece in found))


@given(TOKENS, TOKENS)
def test_shortened_pieces_keep_every_change(old: str, new: str) -> None:
    found = pieces(old, new)
    kept = shortened(found)
    assert [p for p in kept if p.sort != "same"] == [p for p in found if p.sort != "same"]


def test_what_both_texts_share_is_left_out_but_for_a_few_words() -> None:
    text = " ".join(f"w{number}" for number in range(100))
    found = shortened(pieces(text, text.replace("w50", "new")))
    assert [piece.text for piece in found] == [
        " …" + "".join(f" w{n}" for n in range(42, 50)),
        " w50",
        " new",
        "".join(f" w{n}" for n in range(51, 59)) + " …",
    ]
    assert cut("x" * (LONGEST + 7)).endswith(" … (7 more characters)")


# -- what was made to hurt -------------------------------------------------------------------------------------

HOSTILE = {
    "x alternating": ("x y " * 2500, "x z " * 2500),
    "x and numbers": (
        " ".join(f"x {n}" for n in range(1600)), " ".join(f"x {n}" for n in range(1600, 3200))
    ),
    "one letter": ("x " * 5000, "x " * 4999 + "y"),
    "no blanks": ("x" * 10_000, "y" * 10_000),
    "marks": (".,;" * 3333, ";.," * 3333),
    "from the right": ("שלום " * 2000, "עליכם " * 2000),
    "just within the bound": (
        " ".join(f"x {n}" for n in range(220)), " ".join(f"x {n}" for n in range(1000, 1220))
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_cost_little(name: str) -> None:
    old, new = (phrases.one_line(text) for text in HOSTILE[name])
    start = time.process_time()
    found = pieces(old, new)
    assert time.process_time() - start < 2
    assert "".join(piece.text for piece in found if piece.sort != "new") == old


def test_texts_beyond_the_bound_are_said_whole() -> None:
    most = int(CELLS**0.5) + 1
    old, new = (" ".join(f"{mark}{n % 7}" for n in range(most)) for mark in "ab")
    assert pieces(f"{old} same", f"{new} same") == (
        Piece(sort="gone", text=old), Piece(sort="new", text=new), Piece(sort="same", text=" same")
    )  # fmt: skip


def test_many_items_cost_little() -> None:
    old = {"questions": [{"label": str(n), "text": "x"} for n in range(5000)]}
    new = {"questions": [{"label": str(n), "text": "y"} for n in range(5000, 0, -1)]}
    start = time.process_time()
    found = differences(BOOK, old, new)
    assert time.process_time() - start < 5
    assert Counter(line.kind for line in found) == {"changed": 4999, "added": 1, "removed": 1, "order": 1}


def test_hostile_text_in_every_field_is_shown_and_never_acts() -> None:
    old = letter("a", questions=[question("1")], relations=[{"kind": "x", "letter": "y", "basis": "z"}])
    for poison in (
        "<script>alert(1)</script>",
        "]]>",
        "a\u202eb",
        "a\x85b\x00",
        "x" * 10_000,
        "👩‍👧 é",
        "javascript:x",
    ):
        new = json.loads(json.dumps(old).replace('"a"', json.dumps(poison)))
        new["note"] = {poison: poison}
        for line in differences(BOOK, old, new):
            assert all(phrases.shown(text) == text for text in (line.what, line.before, line.after))
