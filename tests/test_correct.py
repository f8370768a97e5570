"""letterbook correct and withdraw: published letters change with a note that readers see, and nothing is lost."""

import hashlib
import random
import subprocess
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from publisher.record import parse
from tests.builders import ADDRESS, AUTHOR, Archive, archive_info, letter_path
from tests.command import Done, files_of, letterbook
from tests.terminal import Person, replay
from tests.test_new import ENV, TRANSCRIPTS

FIRST = "2019-02-18-harbour-to-acme"
SECOND = "2019-03-01-acme-to-harbour"
PDF = b"%PDF-1.4 one\n"
NOTE = ("--note", "Date corrected from 18 to 19 February 2019.")


def document_of(file: str, data: bytes = PDF) -> dict[str, Any]:
    return {
        "file": file, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "media_type": "application/pdf",
        "role": "original", "rights": "own", "rights_note": "Written by the archive itself.",
    }  # fmt: skip


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Two letters that share one document, the first with one of its own and an assessment."""
    made = Archive(tmp_path / "archive")
    made.git("config", "user.name", AUTHOR)
    made.git("config", "user.email", ADDRESS)
    made.tables()
    made.write("records/archive.yaml", archive_info(identities=[{"name": AUTHOR, "email": ADDRESS}]))
    made.write("records/documents/2019/own.pdf", PDF)
    made.write("records/documents/2019/shared.pdf", PDF + b"two\n")
    own, shared = document_of("2019/own.pdf"), document_of("2019/shared.pdf", PDF + b"two\n")
    made.letter(FIRST, documents=[own, shared])
    made.letter(SECOND, documents=[shared])
    made.assess(FIRST)
    made.commit("Begin the archive", at=1_600_000_000)
    return made


def run(archive: Archive, *arguments: str, status: int = 0) -> Done:
    done = letterbook(archive.folder, *arguments)
    assert done.status == status, (arguments, done.out, done.err)
    return done


def document(archive: Archive, name: str = FIRST) -> dict[str, Any]:
    found = parse(archive.read(letter_path(name)))[0]
    assert found is not None
    return dict(found)


def meanings(archive: Archive, name: str) -> list[str]:
    return [row.split()[2] for row in letterbook(archive.folder, "history", name).out.splitlines()]


# -- correct ---------------------------------------------------------------------------------------------------


def test_a_correction_keeps_every_other_byte_and_is_told(archive: Archive) -> None:
    before = archive.read(letter_path(FIRST)).decode()
    done = run(archive, "correct", FIRST, "--set", "dates.sent.date=2019-02-19", *NOTE, "--commit")
    assert done.out == f"{letter_path(FIRST)}\n"
    assert "was 2019-02-18\n    is  2019-02-19" in done.err
    after = archive.read(letter_path(FIRST)).decode()
    kept = before.replace("'2019-02-18'", '"2019-02-19"')
    assert after == f'{kept}changes:\n  - kind: correction\n    note: "{NOTE[1]}"\n'
    assert meanings(archive, FIRST) == ["published", "amended"]
    assert archive.git("log", "-1", "--format=%B").strip() == f"Correct the letter {FIRST}\n\n{NOTE[1]}"
    run(archive, "check")


def test_an_editorial_change_and_an_addition(archive: Archive) -> None:
    run(archive, "correct", FIRST, "--set", "title=Letter to Acme", "--note", "A word.", "--editorial", "--commit")
    run(
        archive, "correct", FIRST, "--set", "uncertainty=Much.", "--note", "What is not sure.", "--addition", "--commit"
    )
    run(archive, "correct", FIRST, "--unset", "uncertainty", "--note", "It is sure.", "--commit")
    assert meanings(archive, FIRST) == ["published", "editorial", "amended", "amended"]
    assert [each["kind"] for each in document(archive)["changes"]] == ["editorial", "addition", "correction"]
    run(archive, "check")


@pytest.mark.parametrize(
    ("field", "pointer", "value"),
    [
        ("questions.1.text=What for: exactly?", ("questions", 0, "text"), "What for: exactly?"),
        ("sources.1.linked=false", ("sources", 0, "linked"), False),
        ("sources.2.title=A leaflet", ("sources", 1), {"title": "A leaflet"}),
        ("language=[en, fr]", ("language",), ["en", "fr"]),
        ("language=no", ("language",), "no"),
        ("related_reports=[One, Two]", ("related_reports",), ["One", "Two"]),
        ("documents.1.pages=3", ("documents", 0, "pages"), 3),
        (f"relations=[{{kind: refers-to, letter: {SECOND}, basis: stated}}]", ("relations", 0, "kind"), "refers-to"),
        ("summary=a = b", ("summary",), "a = b"),
        ("dates.sent.note=As printed.", ("dates", "sent", "note"), "As printed."),
    ],
)  # fmt: skip
def test_fields_by_their_names(archive: Archive, field: str, pointer: tuple[str | int, ...], value: object) -> None:
    run(archive, "correct", FIRST, "--set", field, *NOTE)
    found: Any = document(archive)
    for part in pointer:
        found = found[part]
    assert found == value
    run(archive, "check")


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--set", "title=Letter to Acme Optics"], "that is what the record says already"),
        (["--set", "titel=x"], "there is no field titel in such a record"),
        (["--set", "questions.7.note=x"], ""),
        (["--set", "sources.9.url=x"], "there is no sources.9.url in this record"),
        (["--set", "title"], "--set title has no value"),
        (["--set", "id=x"], "an id never changes"),
        (["--set", "status=withdrawn"], "'letterbook withdraw'"),
        (["--set", "changes.1.note=x"], "earlier notes stay as they were published"),
        (["--set", "documents.1.pages=three: x"], "cannot be read"),
        (["--unset", "uncertainty"], "there is no uncertainty in this record"),
        ([], "nothing is said to be changed"),
        (["--reinstate"], "is not withdrawn"),
    ],
)  # fmt: skip
def test_what_cannot_be_set_is_refused_and_nothing_changes(archive: Archive, flags: list[str], said: str) -> None:
    before = files_of(archive.folder / "records")
    done = letterbook(archive.folder, "correct", FIRST, *flags, *([] if "--reinstate" in flags else NOTE))
    assert done.status in ((1,) if said == "" else (2,)) and said in done.err, done.err
    assert files_of(archive.folder / "records") == before


@pytest.mark.parametrize(
    "field", ["dates.sent.date=03/04/2019", "dates.sent.date=2019-02-30", "from.1.party=nobody", "summary="]
)
def test_what_check_would_refuse_is_not_written(archive: Archive, field: str) -> None:
    before = files_of(archive.folder / "records")
    done = run(archive, "correct", FIRST, "--set", field, *NOTE, "--commit", status=1)
    assert "error[" in done.err and "nothing was written" in done.err
    assert files_of(archive.folder / "records") == before


def test_a_note_is_needed_and_judged(archive: Archive) -> None:
    done = run(archive, "correct", FIRST, "--set", "title=x", status=2)
    assert "a published record is changed with a note" in done.err
    done = run(archive, "correct", FIRST, "--set", "title=x", "--note", "Ask +44 20 7946 0000.", status=2)
    assert "telephone number" in done.err


def test_a_file_that_was_changed_by_hand_only_gets_its_note(archive: Archive) -> None:
    path = archive.folder / letter_path(FIRST)
    text = "# by hand\n" + path.read_text().replace("dredging is for", "dredging was for")
    path.write_text(text)
    run(archive, "correct", FIRST, *NOTE)
    assert path.read_text() == f'{text}changes:\n  - kind: correction\n    note: "{NOTE[1]}"\n'
    run(archive, "check")
    assert "has its note already" in run(archive, "correct", FIRST, status=2).err


def test_other_records_by_their_keys(archive: Archive) -> None:
    run(archive, "correct", "parties", "--set", "parties.acme-optics.name=Acme Optics AG", "--commit")
    run(archive, "correct", "threads", "--set", "threads.harbour-dredging.summary=Letters.", *NOTE, "--commit")
    run(archive, "correct", f"assessments/{FIRST}", "--set", "outcomes.1.note=Asked again.", *NOTE, "--commit")
    run(archive, "correct", "archive", "--set", "name=The letters", "--commit")
    assert "holds no notes" in run(archive, "correct", "archive", "--set", "name=x", *NOTE, status=2).err
    assert (
        "an id cannot be set" in run(archive, "correct", "parties", "--set", "parties.acme-optics.id=x", status=2).err
    )
    assert "error[identity-changed]" in run(archive, "correct", "archive", "--set", "origin=x.example", status=1).err
    assert f"did you mean {FIRST}?" in run(archive, "correct", FIRST[:-1], "--set", "title=x", status=2).err
    run(archive, "check")


def test_a_letter_that_is_not_published_needs_no_note(archive: Archive) -> None:
    archive.letter("2020-01-01-harbour-to-acme")
    done = run(archive, "correct", "2020-01-01-harbour-to-acme", "--set", "title=Another")
    assert "is not published yet: it needs no note" in done.err
    assert "changes" not in document(archive, "2020-01-01-harbour-to-acme")


def test_a_correction_on_a_terminal(archive: Archive) -> None:
    printed = (TRANSCRIPTS / "correction.txt").read_text("utf-8")
    assert replay(printed, archive.folder, ENV) == printed
    assert meanings(archive, FIRST) == ["published", "amended"]


def test_ctrl_c_at_every_question_of_a_correction_writes_nothing(archive: Archive) -> None:
    before = files_of(archive.folder / "records")
    parts = (TRANSCRIPTS / "correction.txt").read_text("utf-8").split("\n> ")
    for stop in range(1, len(parts) - 1):
        replay("\n> ".join([*parts[:stop], "^C\n"]), archive.folder, ENV)
        assert files_of(archive.folder / "records") == before, stop


# -- withdraw --------------------------------------------------------------------------------------------------


def test_withdrawing_leaves_a_stub_takes_the_letters_own_documents_and_says_what_it_does_not_do(
    archive: Archive,
) -> None:
    done = run(archive, "withdraw", FIRST, "--reason", "At the request of the sender.", "--commit")
    assert document(archive) == {
        "id": FIRST, "status": "withdrawn",
        "changes": [{"kind": "withdrawal", "note": "At the request of the sender."}],
    }  # fmt: skip
    assert sorted(done.out.split()) == ["records/documents/2019/own.pdf", letter_path(FIRST)]
    assert not (archive.folder / "records/documents/2019/own.pdf").exists()
    assert (archive.folder / "records/documents/2019/shared.pdf").exists()
    said = " ".join(done.err.split())
    assert "forks and other people's copies still hold it" in said and "docs/erasure.md" in said
    assert "is not published while the letter is withdrawn" in said
    assert meanings(archive, FIRST) == ["published", "withdrawn"]
    run(archive, "check")
    assert "is withdrawn already" in run(archive, "withdraw", FIRST, "--reason", "Again.", status=2).err
    assert "--reinstate" in run(archive, "correct", FIRST, "--set", "title=x", *NOTE, status=2).err


def test_a_lawyers_letter_on_a_friday_night_is_one_command_and_so_is_the_way_back(archive: Archive) -> None:
    before = files_of(archive.folder / "records")
    run(archive, "withdraw", FIRST, "--pending-review")
    assert archive.git("status", "--short") == ""
    assert document(archive)["changes"][-1]["note"] == "Withdrawn while it is being reviewed."
    run(archive, "publish", "--out", "public", "--allow-mass-change")
    assert b"What is the dredging for" not in (archive.folder / f"public/letters/{FIRST}/index.html").read_bytes()
    run(archive, "correct", FIRST, "--reinstate", "--commit")
    after = files_of(archive.folder / "records")
    name = letter_path(FIRST).removeprefix("records/")
    assert {path for path in after if after[path] != before.get(path)} == {name} and before.keys() == after.keys()
    assert after[name].startswith(before[name])
    assert meanings(archive, FIRST) == ["published", "withdrawn", "reinstated"]
    assert [each["kind"] for each in document(archive)["changes"]] == ["withdrawal", "reinstatement"]
    assert "is not withdrawn" in run(archive, "correct", FIRST, "--reinstate", status=2).err
    run(archive, "check")


def test_a_friday_night_as_it_looks(archive: Archive) -> None:
    printed = (TRANSCRIPTS / "friday-night.txt").read_text("utf-8")
    assert replay(printed, archive.folder, ENV) == printed


def test_a_withdrawal_with_a_reason_is_taken_back_with_one(archive: Archive) -> None:
    run(archive, "withdraw", FIRST, "--reason", "At the request of the sender.", "--commit")
    assert "published again with a note" in run(archive, "correct", FIRST, "--reinstate", status=2).err
    run(archive, "correct", FIRST, "--reinstate", "--note", "The sender agrees.", "--commit")
    run(archive, "withdraw", FIRST, "--reason", "Once more.", "--commit")
    run(archive, "correct", FIRST, "--reinstate", "--note", "And back.", "--commit")
    assert meanings(archive, FIRST) == ["published", "withdrawn", "reinstated", "withdrawn", "reinstated"]
    run(archive, "check")


def test_a_withdrawal_that_was_never_committed_is_put_back_without_a_trace(archive: Archive) -> None:
    before = files_of(archive.folder / "records")
    run(archive, "withdraw", FIRST, "--pending-review", "--no-commit")
    run(archive, "correct", FIRST, "--reinstate")
    assert files_of(archive.folder / "records") == before
    assert archive.git("status", "--short") == ""


def test_what_was_not_committed_is_kept_when_a_letter_is_withdrawn(archive: Archive) -> None:
    path = archive.folder / letter_path(FIRST)
    path.write_text(path.read_text().replace("dredging is for", "dredging was for"))
    edited = path.read_bytes()
    run(archive, "withdraw", FIRST, "--pending-review")
    (kept,) = (archive.folder / ".git/letterbook-kept").iterdir()
    assert kept.read_bytes() == edited


def test_without_a_reason_or_a_commit_that_can_be_made(archive: Archive) -> None:
    before = files_of(archive.folder / "records")
    assert "--pending-review" in run(archive, "withdraw", FIRST, status=2).err
    assert "exclude each other" in run(archive, "withdraw", FIRST, "--reason", "x", "--pending-review", status=2).err
    assert "only letters are withdrawn" in run(archive, "withdraw", "parties", "--reason", "x", status=2).err
    assert "mail address" in run(archive, "withdraw", FIRST, "--reason", "jane@x.example asked", status=2).err
    archive.git("checkout", "--quiet", "--detach")
    run(archive, "withdraw", FIRST, "--pending-review", "--commit", status=3)
    assert files_of(archive.folder / "records") == before
    done = run(archive, "withdraw", FIRST, "--pending-review", status=3)
    assert "not committed: this clone stands on no branch" in " ".join(done.err.split())
    assert document(archive)["status"] == "withdrawn"
    archive.git("checkout", "--quiet", "main")
    run(archive, "withdraw", FIRST, "--pending-review")
    assert archive.git("status", "--short") == ""


def test_a_withdrawal_that_was_not_committed_is_committed_when_it_is_typed_again(archive: Archive) -> None:
    run(archive, "withdraw", FIRST, "--pending-review", "--no-commit")
    said = " ".join(run(archive, "withdraw", FIRST, "--pending-review").err.split())
    assert "withdrawn in the file already, and that is not committed yet" in said
    assert archive.git("status", "--short") == ""
    assert meanings(archive, FIRST) == ["published", "withdrawn"]
    assert "is withdrawn already" in run(archive, "withdraw", FIRST, "--pending-review", status=2).err


def test_a_key_that_tells_who_made_the_commit_is_spoken_of(archive: Archive, tmp_path: Path) -> None:
    change = ("--set", "summary=Other words.", *NOTE, "--commit")
    assert "git signs" not in run(archive, "correct", SECOND, *change).err
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(key)], check=True)
    for name, value in (("gpg.format", "ssh"), ("user.signingKey", str(key)), ("commit.gpgSign", "yes")):
        archive.git("config", name, value)
    assert "git signs the commit" in run(archive, "correct", FIRST, *change).err
    assert "gpgsig" in archive.git("cat-file", "commit", "HEAD")


@pytest.mark.parametrize("what", ["cherry-pick", "revert", "rebase"])
def test_while_git_is_in_the_middle_of_something_no_commit_is_made(archive: Archive, what: str) -> None:
    git_dir = archive.folder / ".git"
    if what == "rebase":
        (git_dir / "rebase-merge").mkdir()
    else:
        (git_dir / f"{what.upper().replace('-', '_')}_HEAD").write_text(f"{archive.head}\n")
    before = files_of(archive.folder / "records")
    done = run(archive, "withdraw", FIRST, "--pending-review", "--commit", status=3)
    assert f"a {what} is going on here" in done.err and f"git {what} --continue" in done.err
    assert files_of(archive.folder / "records") == before


def test_a_letter_that_is_not_published_is_deleted_not_withdrawn(archive: Archive) -> None:
    name = "2020-01-01-harbour-to-acme"
    archive.write("records/documents/2020/x.pdf", PDF)
    archive.letter(name, documents=[document_of("2020/x.pdf")])
    done = run(archive, "withdraw", name, "--reason", "x", status=2)
    assert "there is nothing to withdraw" in done.err and "delete the file: records/letters/2020/" in done.err
    with Person(archive.folder, "withdraw", name) as person:
        person.answers("Delete records/letters/2020/", "n")
        assert person.ends() == 0
    assert (archive.folder / letter_path(name)).exists()
    with Person(archive.folder, "withdraw", name) as person:
        person.answers("Delete records/letters/2020/", "y")
        assert person.ends() == 0
    assert archive.git("status", "--short", "--untracked-files=all") == ""


def test_a_person_is_asked_for_the_reason_and_told_that_it_is_published(archive: Archive) -> None:
    before = files_of(archive.folder / "records")
    for stop in ("reason", "confirm"):
        with Person(archive.folder, "withdraw", FIRST) as person:
            if stop == "confirm":
                person.answers("The reason is published", "At the request of the sender.")
                person.sees("Withdraw it?", prompt=True)
            else:
                person.sees("The reason is published", prompt=True)
            person.interrupts()
            assert person.ends() == 130
        assert files_of(archive.folder / "records") == before
    with Person(archive.folder, "withdraw", FIRST) as person:
        person.answers("The reason is published", "At the request of the sender.")
        person.answers("Withdraw it?", "y")
        person.answers("Commit it now?", "")
        assert person.ends() == 0
    assert meanings(archive, FIRST) == ["published", "withdrawn"]


def test_a_letter_whose_versions_are_all_withdrawn_cannot_come_back(archive: Archive) -> None:
    archive.withdraw("2020-05-01-harbour-to-acme")
    archive.commit()
    done = run(archive, "correct", "2020-05-01-harbour-to-acme", "--reinstate", "--note", "x", status=2)
    assert "no version of" in done.err


# -- any sequence ----------------------------------------------------------------------------------------------


def step(archive: Archive, chance: random.Random, known: dict[str, list[str]]) -> None:
    """Do one thing to a letter, allowed or not, and note what it should mean."""
    name = chance.choice(sorted(known))
    is_withdrawn = known[name][-1] == "withdrawn"
    word = f"{chance.random():.9f}"
    do = chance.choice(["new", "correction", "addition", "editorial", "withdraw", "review", "reinstate"])
    if do == "new":
        done = run(
            archive, "new", "--from", "acme-optics", "--to", "harbour-institute", "--sent",
            f"20{chance.randint(10, 20)}", "--thread", "harbour-dredging", "--title", f"Re: {word}",
            "--summary", f"Says # {word}: no.",
            "--source", "- A leaflet", "--availability", "excerpt", "--question", "Why?", "--commit",
        )  # fmt: skip
        known[Path(done.out.strip()).stem] = ["published"]
    elif do in ("withdraw", "review"):
        flags = ["--pending-review"] if do == "review" else ["--reason", f"Because: {word}", "--commit"]
        run(archive, "withdraw", name, *flags, status=2 if is_withdrawn else 0)
        known[name] += [] if is_withdrawn else ["withdrawn"]
    elif do == "reinstate":
        run(
            archive,
            "correct",
            name,
            "--reinstate",
            "--note",
            f"Back {word}",
            "--commit",
            status=0 if is_withdrawn else 2,
        )
        known[name] += ["reinstated"] if is_withdrawn else []
    else:
        kind = [] if do == "correction" else [f"--{do}"]
        flags = ["--set", f"summary=It says {word}", "--note", f"Was wrong: {word}", *kind, "--commit"]
        run(archive, "correct", name, *flags, status=2 if is_withdrawn else 0)
        known[name] += [] if is_withdrawn else ["editorial" if do == "editorial" else "amended"]


@pytest.mark.parametrize("seed", range(3))
def test_after_any_sequence_the_archive_is_sound_and_means_what_was_done(archive: Archive, seed: int) -> None:
    chance = random.Random(seed)
    known = defaultdict(list, {FIRST: ["published"], SECOND: ["published"]})
    for _ in range(9):
        step(archive, chance, known)
        assert letterbook(archive.folder, "check", TZ="UTC").err.endswith("nothing found\n")
    assert {name: meanings(archive, name) for name in known} == known
    assert archive.git("status", "--short") == ""
    run(archive, "publish", "--out", "public")
    run(archive, "verify", "public", "--keys", "public/keys/allowed_signers")
