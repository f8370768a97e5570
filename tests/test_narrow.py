"""A check of what is staged says what a check of everything would say of it: held together over random changes."""

import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from publisher import narrow
from publisher.examine import Examined, examine, examine_commit
from publisher.finding import Finding
from publisher.git import Repository
from publisher.history import History
from publisher.snapshot import FOLDER, Snapshot
from tests.builders import Archive, change, letter, letter_path, parties
from tests.worlds import GONE, PDF, TAKEN_BACK, World, changes, identifier, relation, scan

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPzPGJ7IZ0GZ9mbDNrm1cYrK3vhGxhBdTDpJzNKZ0yVq"
SPACES = 'namespaces="letterbook-index@v1,letterbook-files@v1"'
SEEDS = int(os.environ.get("LETTERBOOK_SEEDS", "2"))
CHANGES = 50
LANDED = {
    "letter-removed", "letter-renamed", "change-without-note", "changes-rewritten", "withdrawal-without-note",
    "reinstatement-without-note", "id-reused",
}  # fmt: skip
"""Codes that, as warnings, speak of landed history."""


def whole(repository: Repository, base: str) -> Examined:
    snapshot = Snapshot.staged(repository)
    return examine(snapshot, History.of(repository, base, Snapshot.at(repository, base)).pending(snapshot))


def told(findings: tuple[Finding, ...], *, severity: str = "", paths: set[str] | None = None) -> list[str]:
    """Return findings in full, in order; of a severity, about some paths; without those about landed history."""
    return sorted(
        repr(finding)
        for finding in findings
        if severity in ("", finding.severity)
        and (paths is None or finding.location.path in paths)
        and not (finding.severity == "warning" and finding.code in LANDED)
    )


def compare(world: World, *, clean: bool) -> bool:
    """Hold the narrow check against the whole one; returns whether there was a narrow one."""
    repository = Repository.find(world.archive.folder, index_file=str(world.index), light=True)
    found = narrow.staged(repository, world.base)
    if found is None:
        return False
    full = whole(repository, world.base)
    touched = {change.path for change in repository.staged_changes(world.base, FOLDER)}
    assert set(told(found.findings)) <= set(told(full.findings)), "it said what the whole check does not say"
    assert told(found.findings, paths=touched) == told(full.findings, paths=touched)
    if clean:
        assert told(found.findings, severity="error") == told(full.findings, severity="error")
    return True


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize("faulty", [False, True])
def test_it_says_what_the_whole_check_says(tmp_path: Path, seed: int, faulty: bool) -> None:
    world = World.make(tmp_path / "archive", seed, faulty=faulty)
    repository = Repository.find(world.archive.folder)
    assert bool(examine_commit(repository, world.base).errors) == faulty
    narrowed = 0
    for done in changes(world, seed, CHANGES):
        try:
            narrowed += compare(world, clean=not faulty)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {done}") from error
    assert narrowed > CHANGES // 4, "most changes can be judged by themselves"


# -- what must not be judged by itself -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> World:
    """Letter 1 replies to 0, and 2 to 1; 3 has a scan; 4 replies to one that was taken back; 1 is assessed."""
    archive = Archive(tmp_path_factory.mktemp("chain") / "archive")
    archive.tables()
    for name in (GONE, TAKEN_BACK):
        archive.letter(name)
    archive.commit()
    archive.delete(letter_path(GONE))
    archive.withdraw(TAKEN_BACK)
    fields: dict[int, dict[str, Any]] = {
        0: {}, 1: {"relations": [relation("replies-to", identifier(0))]},
        2: {"relations": [relation("replies-to", identifier(1))]}, 3: {"documents": [scan(PDF, "scan.pdf")]},
        4: {"relations": [relation("replies-to", TAKEN_BACK)]},
    }  # fmt: skip
    for number, more in fields.items():
        archive.letter(identifier(number), **more)
    archive.write(letter_path(identifier(3)), archive.read(letter_path(identifier(3))) + b"uncertainty: See page #4\n")
    archive.write("records/documents/scan.pdf", PDF)
    archive.write("records/keys/1.allowed_signers", f"publisher {SPACES} {KEY}\n")
    archive.assess(identifier(1))
    archive.commit()
    archive.letter(identifier(4), **fields[4], summary="Put right.", changes=[change("correction")])
    archive.commit()
    world = World(archive=archive, index=archive.folder.parent / "index", base=archive.head, documents={})
    world.remember()
    return world


def found_again(world: World, number: int, **fields: Any) -> tuple[str, dict[str, Any]]:
    """Return the path of a letter, and its document with other fields and a note."""
    path = letter_path(identifier(number))
    merged = {**world.documents[path], "changes": [change("correction")], **fields}
    return path, {name: value for name, value in merged.items() if value is not None}


DIRECTED: dict[str, tuple[Callable[[World], None], str]] = {
    "a letter is dated after its reply": (
        lambda w: w.put(*found_again(w, 0, dates={"sent": {"date": "2019-02-01", "basis": "stated"}})),
        "reply-before-letter",
    ),
    "one that was taken back is dated after its reply": (
        lambda w: w.put(
            letter_path(TAKEN_BACK),
            letter(
                TAKEN_BACK,
                dates={"sent": {"date": "2020-02-01", "basis": "stated"}},
                changes=[change("withdrawal", "Taken back."), change("reinstatement")],
            ),
        ),
        "reply-before-letter",
    ),
    "a party is gone": (
        lambda w: w.put("records/parties.yaml", parties(parties=parties()["parties"][1:])), "unknown-party",
    ),
    "a thread is gone": (
        lambda w: w.put("records/threads.yaml", {"threads": [{"id": "other", "title": "Other"}]}), "unknown-thread",
    ),
    "the threads are gone": (lambda w: w.drop("records/threads.yaml"), "unknown-thread"),
    "a letter is gone": (lambda w: w.drop(letter_path(identifier(0))), "unknown-letter"),
    "a scan is another": (lambda w: w.put("records/documents/scan.pdf", PDF + b"more"), "wrong-sha256"),
    "a scan is gone": (lambda w: w.drop("records/documents/scan.pdf"), "missing-document"),
    "a scan is a link": (lambda w: w.put("records/documents/scan.pdf", b"x", mode="120000"), "missing-document"),
    "a question that was assessed is gone": (
        lambda w: w.put(*found_again(w, 1, questions=None, questions_extent="none")), "unknown-question",
    ),
    "a letter is dated after its assessment": (
        lambda w: w.put(*found_again(w, 1, dates={"sent": {"date": "2022", "basis": "stated"}}, relations=[])),
        "assessed-before-letter",
    ),
    "replies make a circle": (
        lambda w: w.put(*found_again(w, 0, relations=[relation("replies-to", identifier(2))])), "reply-circle",
    ),
    "an id comes back": (lambda w: w.put(letter_path(GONE), letter(GONE)), "id-reused"),
    "a version looks erased": (
        lambda w: w.put(letter_path(identifier(0)), {"id": identifier(0), "erased": {"rev": 1}}), "erased-record",
    ),
    "a key list is no key list": (lambda w: w.put("records/keys/1.allowed_signers", "garbage\n"), "bad-key-list"),
    "a key list follows one that is there": (
        lambda w: w.put("records/keys/2.allowed_signers", f"publisher {SPACES} {KEY}\n"), "",
    ),
    "an erasure is listed that was none": (
        lambda w: w.put(
            "records/erasures.yaml",
            {"erasures": [{"key": f"letters/{identifier(0)}", "rev": 1, "sha256": "0" * 64, "size": 1,
                           "reason": "court-order"}]},
        ),
        "erasure-without-stub",
    ),
    "the next version looks erased": (
        lambda w: w.put(letter_path(identifier(4)), {"id": identifier(4), "erased": {"rev": 3}}), "erased-record",
    ),
    "a name is nearly right": (
        lambda w: w.put(*found_again(w, 0, relations=[relation("refers-to", identifier(3) + "3")])), "unknown-letter",
    ),
    "the archive is gone": (lambda w: w.drop("records/archive.yaml"), "missing-archive"),
}  # fmt: skip


@pytest.mark.parametrize("name", DIRECTED)
def test_nothing_that_a_change_breaks_elsewhere_is_missed(chain: World, name: str) -> None:
    break_it, code = DIRECTED[name]
    chain.stage(random.Random(0), 0)
    break_it(chain)
    repository = Repository.find(chain.archive.folder, index_file=str(chain.index), light=True)
    full = whole(repository, chain.base)
    assert code in {finding.code for finding in full.findings if finding.severity == "error"} | {""}
    judged = narrow.staged(repository, chain.base) or full
    assert told(judged.findings, severity="error") == told(full.findings, severity="error")


def test_what_is_no_letters_any_more_is_told(chain: World) -> None:
    chain.stage(random.Random(0), 0)
    chain.put(*found_again(chain, 3, documents=None))
    repository = Repository.find(chain.archive.folder, index_file=str(chain.index), light=True)
    assert narrow.staged(repository, chain.base) is None


def test_a_scan_that_was_missing_is_no_file_of_nobody(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    archive.tables()
    archive.letter(identifier(0), documents=[scan(PDF, "scan.pdf")])
    archive.commit()
    archive.write("records/documents/scan.pdf", PDF)
    archive.git("add", "--all")
    repository = Repository.find(archive.folder, light=True)
    judged = narrow.staged(repository, archive.head) or whole(repository, archive.head)
    assert judged.findings == ()


def test_a_letter_beside_the_change_is_not_judged_with_it(chain: World) -> None:
    """Nobody read its scan, and of its comment a check of everything speaks."""
    chain.stage(random.Random(0), 0)
    chain.put(
        letter_path("2020-01-01-reply"), letter("2020-01-01-reply", relations=[relation("replies-to", identifier(3))])
    )
    repository = Repository.find(chain.archive.folder, index_file=str(chain.index), light=True)
    examined = narrow.staged(repository, chain.base)
    assert examined is not None and examined.findings == ()
