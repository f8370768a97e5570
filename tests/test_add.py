"""letterbook add: a file is looked into first, and attached to its letter only if it hides nothing."""

import hashlib
import io
import os
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from publisher.record import parse
from tests.builders import Archive, letter_path
from tests.command import Done, files_of, letterbook
from tests.leaks.syntax import GAP, LEFT, box, letter, one_page, show
from tests.terminal import Person

LETTER = "2019-02-18-harbour-to-acme"
RIGHTS = ("--rights", "own", "--rights-note", "Written by us.")
SECRET = "Quibberly"
PLACED = f"records/documents/2019/{LETTER}.pdf"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = Archive(tmp_path / "archive")
    made.begin()
    made.letter(LETTER)
    made.commit()
    return made


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    path = tmp_path / "a scan.pdf"
    path.write_bytes(one_page(letter()))
    return path


@pytest.fixture
def leak(tmp_path: Path) -> Path:
    path = tmp_path / "leak.pdf"
    path.write_bytes(one_page(f"{letter()} {show(SECRET, LEFT, GAP)} {box()}"))
    return path


def add(archive: Archive, file: Path, *arguments: str) -> Done:
    return letterbook(archive.folder, "add", file, "--letter", LETTER, *arguments)


def documents(archive: Archive) -> list[dict[str, object]]:
    document, _ = parse((archive.folder / letter_path(LETTER)).read_bytes())
    assert document is not None
    found: list[dict[str, object]] = document.get("documents", [])
    return found


def test_a_clean_file_is_hashed_named_placed_and_entered(archive: Archive, clean: Path) -> None:
    before = files_of(archive.folder / "records")
    done = add(archive, clean, *RIGHTS)
    assert done.status == 0, done
    assert done.out.splitlines() == [PLACED, letter_path(LETTER)]
    assert "What to do next" in done.err
    data = clean.read_bytes()
    assert (archive.folder / PLACED).read_bytes() == data
    assert documents(archive) == [{
        "file": f"2019/{LETTER}.pdf", "sha256": hashlib.sha256(data).hexdigest(), "size": len(data),
        "media_type": "application/pdf", "pages": 1, "role": "original",
        "rights": "own", "rights_note": "Written by us.",
    }]  # fmt: skip
    after = files_of(archive.folder / "records")
    record = f"letters/2019/{LETTER}.yaml"
    assert {path for path in after if before.get(path) != after[path]} == {record, f"documents/2019/{LETTER}.pdf"}
    assert letterbook(archive.folder, "check").status == 0


def test_a_published_letter_gets_a_note_of_what_was_added(archive: Archive, clean: Path) -> None:
    assert add(archive, clean, *RIGHTS, "--note", "The scan is new.").status == 0
    document, _ = parse((archive.folder / letter_path(LETTER)).read_bytes())
    assert document is not None
    assert document["changes"][-1] == {"kind": "addition", "note": "The scan is new."}


def test_a_second_file_gets_a_name_of_its_own_and_the_same_file_is_refused(archive: Archive, clean: Path) -> None:
    assert add(archive, clean, *RIGHTS).status == 0
    again = add(archive, clean, *RIGHTS)
    assert (again.status, "already" in again.err) == (3, True)
    clean.write_bytes(one_page(letter() + " "))
    done = add(archive, clean, *RIGHTS)
    assert done.out.splitlines()[0] == f"records/documents/2019/{LETTER}-2.pdf"
    assert len(documents(archive)) == 2


def test_a_file_that_hides_a_name_is_refused_and_nothing_is_written(archive: Archive, leak: Path) -> None:
    before = files_of(archive.folder / "records")
    done = add(archive, leak, *RIGHTS)
    assert done.status == 1
    assert "error[hidden-text]: page 1" in done.err and "(9 characters)" in done.err
    assert SECRET.casefold() not in (done.out + done.err).casefold()
    assert files_of(archive.folder / "records") == before


def test_a_waiver_with_a_reason_lets_it_in_and_check_accepts_it(archive: Archive, leak: Path) -> None:
    done = add(archive, leak, *RIGHTS, "--waive", "hidden-text", "--reason", "The name is an invented one.")
    assert done.status == 0, done
    assert documents(archive)[0]["waivers"] == [{"code": "hidden-text", "reason": "The name is an invented one."}]
    assert letterbook(archive.folder, "check").status == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--waive", "hidden-text"), "each --waive needs one --reason"),
        (("--waive", "active-content", "--reason", "No."), "active-content cannot be waived"),
        (("--waive", "hiden-text", "--reason", "No."), "there is no finding called hiden-text"),
        (("--waive", "tiny-text", "--reason", "No."), "nothing of this kind was found in the file: tiny-text"),
        ((), "a document cannot do without --rights, --rights-note"),
    ],
)
def test_what_will_not_do_is_said_before_anything_is_written(
    archive: Archive, clean: Path, arguments: tuple[str, ...], said: str
) -> None:
    before = files_of(archive.folder / "records")
    done = add(archive, clean, *arguments)
    assert done.status == 2 and said in done.err
    assert files_of(archive.folder / "records") == before


def test_a_letter_that_is_not_here_is_told_with_the_one_that_is_meant(archive: Archive, clean: Path) -> None:
    done = letterbook(archive.folder, "add", clean, "--letter", "2019-02-18-harbor-to-acme", *RIGHTS)
    assert done.status == 2 and f"did you mean {LETTER}?" in done.err


def test_an_office_file_is_refused_with_advice(archive: Archive, tmp_path: Path) -> None:
    office = tmp_path / "letter.docx"
    office.write_bytes(b"PK\x03\x04" + bytes(100))
    done = add(archive, office, *RIGHTS)
    assert done.status == 1 and "unwanted-media-type" in done.err and "make a PDF of it" in done.err


def test_a_place_in_a_photograph_is_refused_until_it_is_scrubbed(archive: Archive, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0)}
    data = io.BytesIO()
    Image.effect_noise((40, 30), 50).save(data, "JPEG", exif=exif)
    photograph = tmp_path / "photo.jpeg"
    photograph.write_bytes(data.getvalue())
    done = add(archive, photograph, *RIGHTS)
    assert done.status == 1 and "image-location" in done.err
    done = add(archive, photograph, *RIGHTS, "--scrub")
    assert done.status == 0, done
    placed = (archive.folder / done.out.splitlines()[0]).read_bytes()
    assert b"Exif" not in placed and len(placed) < len(data.getvalue())
    assert photograph.read_bytes() == data.getvalue(), "the person's own copy is left as it was"


def test_scrubbing_is_refused_while_anything_is_hidden(archive: Archive, leak: Path) -> None:
    done = add(archive, leak, *RIGHTS, "--scrub")
    assert done.status == 3 and "the file hides more than metadata: hidden-text" in done.err
    assert not (archive.folder / PLACED).exists()


def test_hidden_words_are_revealed_to_a_terminal_and_to_nothing_else(archive: Archive, leak: Path) -> None:
    piped = add(archive, leak, "--reveal")
    assert piped.status == 2 and SECRET not in piped.out + piped.err
    environment = {name: value for name, value in os.environ.items() if name != "CI"}
    with Person(archive.folder, "add", str(leak), "--reveal", env={"CI": ""}) as person:
        person.sees(SECRET)
        assert person.ends() == 1
    with Person(archive.folder, "add", str(leak), "--reveal", env=environment | {"CI": "true"}) as person:
        assert person.ends() == 2
        assert SECRET not in person.screen
    assert not (archive.folder / PLACED).exists()


@pytest.mark.parametrize("answer", ["", "n"])
def test_on_a_terminal_it_offers_to_take_a_name_out_of_the_metadata(
    archive: Archive, tmp_path: Path, answer: str
) -> None:
    file = tmp_path / "scan.pdf"
    with pikepdf.Pdf.open(io.BytesIO(one_page(letter()))) as pdf:
        pdf.docinfo["/Author"] = SECRET
        pdf.save(file)
    before = file.read_bytes()
    with Person(archive.folder, "add", str(file), "--letter", LETTER, *RIGHTS, "--no-commit") as person:
        person.sees("Take it out?")
        person.types(answer)
        person.sees("What to do next")
        assert person.ends() == 0
    with pikepdf.Pdf.open(archive.folder / PLACED) as pdf:
        assert ("/Author" in pdf.docinfo) is bool(answer)
    assert file.read_bytes() == before


def test_on_a_terminal_it_asks_for_what_is_missing(archive: Archive, clean: Path) -> None:
    with Person(archive.folder, "add", str(clean), "--no-commit") as person:
        person.sees("Which letter does the file belong to?")
        person.types("harbour")
        person.sees(LETTER)
        person.types("1")
        person.sees("Why may the archive publish the file?")
        person.types("permission")
        person.sees("Who gave the right, when and how?")
        person.types("Sent to us by the harbour trust.")
        person.sees("What to do next")
        assert person.ends() == 0
    assert documents(archive)[0]["rights_note"] == "Sent to us by the harbour trust."
