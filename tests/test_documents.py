"""What a document hides is found, by a process that ends whatever it is given, and told without a hidden word."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from publisher.documents import Inspection, Limits, inspect, reveal, scrub
from publisher.documents.codes import CODES
from publisher.errors import RefusedError
from tests.leaks import KINDS, Kind
from tests.leaks.hostile import HOSTILE
from tests.leaks.syntax import GAP, LEFT, box, letter, one_page, show

DOCS = Path(__file__).parent.parent / "docs" / "documents.md"
SECRET = "Quibberly"
LEAK = one_page(f"{letter()} {show(SECRET, LEFT, GAP)} {box()}")


def kind(producer: str, name: str) -> Kind:
    (found,) = [one for one in KINDS if (one.producer, one.name) == (producer, name)]
    return found


def codes(inspection: Inspection) -> set[str]:
    return {discovery.code for discovery in inspection.discoveries}


# -- what is told ----------------------------------------------------------------------------------------------


def test_a_covered_name_is_told_by_page_place_and_length_and_not_by_its_letters() -> None:
    seen = inspect(LEAK)
    (found,) = seen.discoveries
    assert (seen.media_type, seen.pages, seen.blocked) == ("application/pdf", 1, True)
    assert (found.code, found.severity, found.page, found.characters) == ("hidden-text", "error", 1, len(SECRET))
    assert found.box is not None
    left, top, right, bottom = found.box
    assert abs(left - LEFT) < 2 and left < right and abs(bottom - (842 - GAP)) < 8 and top < bottom
    assert SECRET.casefold() not in repr(seen).casefold()


def test_the_place_is_counted_from_the_top_left_of_a_turned_page_as_it_is_seen() -> None:
    turned = one_page(f"{letter()} {show(SECRET, LEFT, GAP)} {box()}", "/Rotate 90")
    (found,) = inspect(turned).discoveries
    assert found.box is not None
    left, top, right, bottom = found.box
    assert abs(left - GAP) < 8 and abs(top - LEFT) < 2, "a quarter to the right puts the left edge on top"
    assert bottom - top > right - left, "the name runs downwards"


def test_the_same_page_without_the_box_or_without_the_name_tells_nothing() -> None:
    assert inspect(one_page(f"{letter()} {show(SECRET, LEFT, GAP)}")).discoveries == ()
    assert inspect(one_page(f"{letter()} {box()}")).discoveries == ()


def test_a_word_that_is_broken_over_two_lines_is_seen_in_both() -> None:
    """pdfium gives such a word as one, whose box would lie over all the words of both lines."""
    first, second = "Please tell us by the end of April about the decla-", "rations of the mill, and of its owner."
    broken = f"{show(first, LEFT, GAP)} {show(second, LEFT, GAP - 14)}"
    assert inspect(one_page(f"{letter()} {broken}")).discoveries == ()
    hidden = inspect(one_page(f"{letter()} {broken} {box(LEFT - 2, GAP - 18, 60, 14)}"))
    assert codes(hidden) == {"hidden-text"}


def test_hidden_words_are_given_to_who_asks_for_them() -> None:
    ((found, words),) = reveal(LEAK)
    assert found.code == "hidden-text" and words == SECRET


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"Write to a@example.org.", "contact-details"),
        (b"Call +44 20 7946 0000.", "contact-details"),
        ("left\u202eright".encode(), "invisible-characters"),
        (b"bell \x07", "invisible-characters"),
        ("tag \U000e0041".encode(), "invisible-characters"),
    ],
)
def test_plain_text_is_looked_at_too(content: bytes, code: str) -> None:
    assert codes(inspect(content)) == {code}
    assert inspect(b"An ordinary letter.\r\n\tYours\f").discoveries == ()


def test_contact_details_on_a_page_are_a_warning_without_the_details() -> None:
    seen = inspect(one_page(f"{letter()} {show('Call +44 20 7946 0000 or write to clerk@harbour.example', 72, 100)}"))
    assert [(d.code, d.severity, d.page) for d in seen.discoveries] == [("contact-details", "warning", 1)] * 2
    assert "7946" not in repr(seen) and "clerk" not in repr(seen)


@pytest.mark.parametrize("head", [b"PK\x03\x04", b"GIF89a", b"\xd0\xcf\x11\xe0", b"II*\x00"])
def test_other_types_are_refused_with_advice(head: bytes) -> None:
    (found,) = inspect(head + bytes(200)).discoveries
    assert found.code == "unwanted-media-type" and "make a PDF of it" in found.hint


def test_the_page_of_documents_lists_every_code_as_it_is() -> None:
    text = DOCS.read_text("utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (.*) \| (blocks|warns)(, never waived)? \|$", text, re.MULTILINE)
    assert {code: (told, how, never) for code, told, how, never in rows} == {
        code: (
            known.told,
            "blocks" if known.severity == "error" else "warns",
            "" if known.waivable else ", never waived",
        )
        for code, known in CODES.items()
    }
    limits = Limits()
    for number in (limits.seconds, limits.objects, limits.pages, limits.image_pixels, limits.page_pixels):
        assert re.search(rf"\| {number}( s)? \|", text), number
    for size in (limits.size, limits.memory, limits.inflated):
        assert f"| {size // 2**20} MiB |" in text


# -- limits ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "limits", "said"),
    [
        ("pattern of tiny cells", Limits(seconds=2), "the limit of 2 seconds"),
        ("ten thousand pages", Limits(), "the file has 10000 pages; the limit is 1000"),
        ("bomb within a bomb", Limits(inflated=2**25), "the file unpacks to more than 32 MiB, which is the limit"),
        ("png of thirty thousand pixels", Limits(), "the picture has 900000000 pixels; the limit is 100000000"),
        ("picture of thirty thousand pixels", Limits(), "a picture has 900000000 pixels; the limit is 100000000"),
        ("hundred thousand annotations", Limits(objects=10_000), "more than 10000 objects, which is the limit"),
    ],
)
def test_a_limit_is_named(name: str, limits: Limits, said: str) -> None:
    (found,) = inspect(HOSTILE[name](), limits=limits).discoveries
    assert found.code == "document-limit" and said in found.message


def test_a_file_larger_than_its_limit_is_not_read() -> None:
    (found,) = inspect(LEAK, limits=Limits(size=100)).discoveries
    assert found.code == "document-limit" and f"the file has {len(LEAK)} bytes; the limit" in found.message


def test_too_little_memory_is_told_and_ends_nothing_else() -> None:
    (found,) = inspect(LEAK, limits=Limits(memory=2**26)).discoveries
    assert found.code in {"document-limit", "unreadable-document"} and "memory" in found.message
    assert "64 MiB" in found.message


def test_the_process_has_nothing_of_our_environment_and_writes_no_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "pikepdf.py").write_text("raise SystemExit('taken from the environment')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert codes(inspect(LEAK)) == {"hidden-text"}
    script = (
        "import sys; from publisher.documents import worker; from publisher.documents.values import Limits\n"
        "worker.confine(Limits())\n"
        "with open(sys.argv[1], 'w') as file: file.write('hidden')"
    )
    written = tmp_path / "written"
    done = subprocess.run([sys.executable, "-I", "-c", script, written], capture_output=True, check=False)
    assert b"File too large" in done.stderr and written.read_bytes() == b""


# -- broken files ----------------------------------------------------------------------------------------------

SEEDS = [
    LEAK,
    one_page(letter()),
    kind("surgery", "file in the file").sample().data,
    kind("written", "box over a part of a word").sample().data,
]
SEVERAL = """
import json, sys
from publisher.documents import worker
from publisher.documents.values import Limits
worker.confine(Limits())
sizes = json.loads(sys.stdin.buffer.readline())
for size in sizes:
    pages, found = worker.look(sys.stdin.buffer.read(size), "application/pdf", Limits())
    print(json.dumps(sorted({known.code for known, _ in found})), flush=True)
"""


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """A file in which bits, digits and pieces were changed."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(data) - 1))
        way = draw(st.sampled_from(("flip", "cut", "copy", "digit")))
        if way == "flip":
            data[at] ^= 1 << draw(st.integers(0, 7))
        elif way == "cut":
            del data[at : at + draw(st.integers(1, 40))]
        elif way == "copy":
            data[at:at] = data[: draw(st.integers(1, 40))]
        else:
            digits = [place for place, byte in enumerate(data) if 48 <= byte < 58]
            data[draw(st.sampled_from(digits))] = draw(st.integers(48, 57))
    return bytes(data)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(broken(), min_size=6, max_size=6))
def test_a_broken_file_is_a_finding_and_no_exception(files: list[bytes]) -> None:
    """One process looks into several: none ends in an exception of Python; where pdfium itself falls, that is told."""
    head = json.dumps([len(data) for data in files]).encode() + b"\n"
    done = subprocess.run(
        [sys.executable, "-I", "-c", SEVERAL], input=head + b"".join(files), capture_output=True, check=False
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    if done.returncode < 0:
        fallen = files[len(done.stdout.splitlines())]
        assert codes(inspect(fallen)) & {"unreadable-document", "document-limit"}


# -- scrubbing -------------------------------------------------------------------------------------------------

METADATA = [
    ("surgery", "author in the information"),
    ("surgery", "creator in the packet"),
    ("surgery", "private data of a program"),
    ("surgery", "thumbnail from before"),
    ("surgery", "owner of the camera"),
    ("surgery", "place of a photograph"),
    ("surgery", "photograph with its place"),
    ("surgery", "photograph with a small one in it"),
    ("surgery", "picture with a text chunk"),
    ("surgery", "remark between objects"),
]


@pytest.mark.parametrize(("producer", "name"), METADATA)
def test_scrubbing_takes_the_metadata_out_and_twice_gives_the_same_bytes(producer: str, name: str) -> None:
    sample = kind(producer, name).sample()
    assert inspect(sample.data).discoveries
    clean = scrub(sample.data)
    assert inspect(clean).discoveries == ()
    assert clean == scrub(sample.data) == scrub(clean)
    assert sample.secret.encode() not in clean


@pytest.mark.parametrize("name", ["black box over a name", "redaction mark that was never applied"])
def test_scrubbing_is_refused_while_anything_is_hidden(name: str) -> None:
    with pytest.raises(RefusedError, match="the file hides more than metadata"):
        scrub(kind("written", name).sample().data)


def test_scrubbing_does_not_break_a_signature() -> None:
    with pytest.raises(RefusedError, match="digital signature"):
        scrub(kind("surgery", "signature with a name").sample().data)
