"""check looks into every document that is not published yet, wherever it lies, and leaks nothing of what it found."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from publisher.reports import REPORTS
from tests.builders import Archive, letter_path
from tests.command import Done, letterbook
from tests.leaks import KINDS
from tests.leaks.syntax import GAP, LEFT, box, letter, one_page, show

LETTER = "2019-02-18-harbour-to-acme"
SECRET = "Quibberly"
LEAK = one_page(f"{letter()} {show(SECRET, LEFT, GAP)} {box()}")
CLEAN = one_page(letter())
NAME = "2019/scan.pdf"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = Archive(tmp_path / "archive")
    made.begin()
    made.letter("2019-01-01-harbour-to-acme")
    made.commit()
    return made


def entry(data: bytes, name: str = NAME, **fields: Any) -> dict[str, Any]:
    return {
        "file": name, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "media_type": "application/pdf",
        "role": "original", "rights": "own", "rights_note": "Ours.",
    } | fields  # fmt: skip


def attach(archive: Archive, data: bytes, **fields: Any) -> None:
    path = archive.folder / "records/documents" / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    archive.letter(LETTER, documents=[entry(data, **fields)])


def check(archive: Archive, *arguments: str) -> list[tuple[str, str, str]]:
    done = letterbook(archive.folder, "check", "--format", "json", *arguments)
    found = [(row["code"], row["severity"], row["path"]) for row in json.loads(done.out)["findings"]]
    assert done.status == int(any(severity == "error" for _, severity, _ in found)), done
    return found


HIDDEN = [("hidden-text", "error", letter_path(LETTER))]


def test_a_pending_document_is_looked_into_on_disk_staged_and_at_a_commit(archive: Archive) -> None:
    base = archive.head
    attach(archive, LEAK)
    assert check(archive) == HIDDEN
    archive.git("add", "-A")
    assert check(archive, "--staged") == HIDDEN
    archive.commit()
    assert check(archive, "--base", base, "--at", "HEAD") == HIDDEN
    assert check(archive, "--base", base) == HIDDEN


def test_the_finding_stands_at_the_entry_of_the_document(archive: Archive) -> None:
    attach(archive, LEAK)
    out = letterbook(archive.folder, "check").out
    assert f"file: {NAME}" in out
    assert "error[hidden-text]: page 1, " in out and "pt from the top: " in out and "(9 characters)" in out


def test_what_is_published_is_not_looked_into_again(archive: Archive) -> None:
    attach(archive, LEAK)
    archive.commit()
    assert check(archive) == []


def test_a_file_that_no_letter_names_yet_is_looked_into_too(archive: Archive) -> None:
    attach(archive, LEAK)
    archive.delete(letter_path(LETTER))
    path = f"records/documents/{NAME}"
    assert check(archive) == [("hidden-text", "error", path), ("unused-document", "warning", path)]


def test_a_clean_document_passes(archive: Archive) -> None:
    attach(archive, CLEAN, pages=1)
    assert check(archive) == []


def test_a_wrong_number_of_pages_is_told(archive: Archive) -> None:
    attach(archive, CLEAN, pages=3)
    assert check(archive) == [("wrong-pages", "error", letter_path(LETTER))]


def test_a_waiver_accepts_one_code_for_these_bytes(archive: Archive) -> None:
    waiver = {"code": "hidden-text", "reason": "The name is invented."}
    attach(archive, LEAK, waivers=[waiver])
    assert check(archive) == []
    attach(archive, CLEAN, waivers=[waiver])
    assert check(archive) == [("unused-waiver", "warning", letter_path(LETTER))]


def test_what_acts_by_itself_is_never_accepted(archive: Archive) -> None:
    (kind,) = [one for one in KINDS if one.name == "script in an address"]
    attach(archive, kind.sample().data, waivers=[{"code": "active-content", "reason": "We like it."}])
    assert sorted({code for code, _, _ in check(archive)}) == ["active-content", "cannot-be-waived"]


# -- without the extra -----------------------------------------------------------------------------------------

WITHOUT = "import sys; sys.modules['pikepdf'] = None; from publisher.cli import main; sys.exit(main(sys.argv[1:]))"
"""Python's own way to make an import fail: as on a machine that lacks the extra."""


def without_extra(archive: Archive, *arguments: str) -> Done:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, *arguments], cwd=archive.folder, capture_output=True, text=True, check=False
    )
    return Done(status=done.returncode, out=done.stdout, err=done.stderr)


def test_without_the_extra_check_says_that_nobody_looked_and_add_refuses(archive: Archive, tmp_path: Path) -> None:
    attach(archive, LEAK)
    done = without_extra(archive, "check")
    assert done.status == 0 and "warning[document-not-inspected]" in done.out and "letterbook[pdf]" in done.out
    file = tmp_path / "leak.pdf"
    file.write_bytes(LEAK)
    done = without_extra(archive, "add", str(file), "--letter", LETTER, "--rights", "own", "--rights-note", "Ours.")
    assert done.status == 3 and "letterbook[pdf]" in done.err


def test_a_check_without_new_documents_imports_nothing_that_reads_them(archive: Archive) -> None:
    attach(archive, CLEAN)
    archive.commit()
    script = (
        "import sys; from publisher.cli import main; main(['check']); "
        "print(sorted({'pikepdf', 'pypdfium2', 'PIL', 'publisher.documents.worker'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=archive.folder, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


# -- no report leaks -------------------------------------------------------------------------------------------

LEAKING = [
    "black box over a name",
    "white on white",
    "never painted",
    "half a point high",
    "beside the page",
    "layer that is off",
    "replacement text says more than the page",
    "bookmark names what was redacted",
    "field that shows something else",
    "comment with the name",
    "author in the information",
    "path in the title",
]


def test_no_report_holds_a_hidden_word(archive: Archive) -> None:
    """Words planted in every place that is looked at; the names of files and records do not hold them."""
    kinds = [next(kind for kind in KINDS if kind.name == name) for name in LEAKING]
    entries = []
    for number, kind in enumerate(kinds):
        data = kind.sample().data
        path = archive.folder / f"records/documents/2019/{number}.pdf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        entries.append(entry(data, f"2019/{number}.pdf"))
    archive.letter(LETTER, documents=entries)
    secrets = {kind.sample().secret.casefold() for kind in kinds}
    for form in REPORTS:
        done = letterbook(archive.folder, "check", "--format", form)
        told = (done.out + done.err).casefold()
        assert done.status == 1 and "hidden-text" in told
        assert not [secret for secret in secrets if secret in told or secret[::-1] in told], form
