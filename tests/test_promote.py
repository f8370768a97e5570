"""letterbook promote: a letter leaves the private intake on its day, with what it names and nothing else."""

import hashlib
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from publisher.errors import RefusedError
from publisher.intake import holds
from tests.builders import Archive, archive_info, change, letter, letter_path, parties, threads, to_yaml
from tests.command import Done, files_of, letterbook

FIRST, SECOND = "2019-02-18-harbour-to-acme", "2019-03-01-acme-to-harbour"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a4944415408d763f80f00010101001bb6ee560000"
    "000049454e44ae426082"
)
ROLE = {"name": "Harbour archive", "email": "archive@letterbook.example"}
SECRET = "Jane Doe of the harbour office told us"


def day(days: int) -> str:
    return (datetime.now(UTC).date() + timedelta(days=days)).isoformat()


@pytest.fixture
def intake(tmp_path: Path) -> Archive:
    """Two drafts and a party and a thread that the public archive lacks; one draft may go since today."""
    archive = Archive(tmp_path / "intake")
    archive.write("records/archive.yaml", archive_info(name="Intake"))
    listed = parties()
    listed["parties"].append({"id": "pilot-union", "name": "Pilot Union", "kind": "civil-society"})
    archive.write("records/parties.yaml", listed)
    archive.write(
        "records/threads.yaml",
        threads(
            threads=[*threads()["threads"], {"id": "pilots", "title": "The pilots"}, {"id": "secret", "title": SECRET}]
        ),
    )
    archive.write(
        letter_path(FIRST), f"# {SECRET}\n{to_yaml(letter(FIRST, thread='pilots', to=[{'party': 'pilot-union'}]))}"
    )
    archive.letter(SECOND, summary=SECRET)
    archive.write(
        "intake.yaml",
        {"holds": [{"letter": FIRST, "until": day(0), "note": SECRET}, {"letter": SECOND, "until": day(1)}]},
    )
    archive.git("config", "user.name", "Jane Doe")
    archive.commit(f"{SECRET}: draft")
    return archive


@pytest.fixture
def public(tmp_path: Path) -> Archive:
    archive = Archive(tmp_path / "the public's copy")
    archive.tables()
    archive.write("records/archive.yaml", archive_info(identities=[ROLE]))
    archive.commit()
    return archive


def promote(intake: Archive, public: Archive, name: str = FIRST, *flags: str) -> Done:
    return letterbook(intake.folder, "promote", name, "--to", public.folder, *flags)


def records(archive: Archive) -> dict[str, bytes]:
    return {path: data for path, data in files_of(archive.folder).items() if not path.startswith(".git/")}


def test_a_letter_goes_with_the_party_and_the_thread_that_it_names(intake: Archive, public: Archive) -> None:
    before = records(public)
    done = promote(intake, public)
    assert done.status == 0, done.err
    after = records(public)
    changed = {path for path in after if after[path] != before.get(path)}
    assert changed == {letter_path(FIRST), "records/parties.yaml", "records/threads.yaml"} == set(done.out.split())
    assert yaml.safe_load(after[letter_path(FIRST)]) == letter(FIRST, thread="pilots", to=[{"party": "pilot-union"}])
    assert [entry["id"] for entry in yaml.safe_load(after["records/threads.yaml"])["threads"]][1:] == ["pilots"]
    assert yaml.safe_load(after["records/parties.yaml"])["parties"][-1]["id"] == "pilot-union"
    assert letterbook(public.folder, "check").status == 0
    assert f"cd {shlex.quote(str(public.folder))}\n" in done.err


def test_nothing_of_the_intake_leaks(intake: Archive, public: Archive) -> None:
    done = promote(intake, public, FIRST, "--commit")
    assert done.status == 0, done.err
    everything = b"".join(
        [*files_of(public.folder).values(), public.git("log", "--all", "--format=raw", "-p").encode()]
    )
    for word in ("Jane", SECRET, intake.head, "Intake", "intake", day(0) + "T", "+0545 Intake"):
        assert word.encode() not in everything, word
    author = public.git("log", "-1", "--format=%an <%ae> %ad|%cn <%ce> %cd|%s", "--date=format:%z")
    role = f"{ROLE['name']} <{ROLE['email']}> +0000"
    assert author == f"{role}|{role}|Add {FIRST}"
    assert public.git("status", "--short") == ""
    assert letterbook(public.folder, "publish", "--out", "public").status == 0


def refused(done: Done, public: Archive, before: dict[str, bytes], *words: str, status: int = 3) -> bool:
    return (done.status, done.out, records(public) == before) == (status, "", True) and all(
        w in done.err for w in words
    )


def test_before_its_day_a_letter_stays(intake: Archive, public: Archive) -> None:
    before = records(public)
    assert refused(promote(intake, public, SECOND), public, before, f"held until {day(1)}", "hint:")


def test_a_letter_without_a_day_stays(intake: Archive, public: Archive) -> None:
    before = records(public)
    intake.write("intake.yaml", {"holds": []})
    assert promote(intake, public).status == 0, "what is not committed does not count"
    public.rewrite("HEAD")
    public.git("clean", "-qfd")
    intake.commit()
    assert refused(promote(intake, public), public, before, "names no day")


def test_only_what_is_committed_goes(intake: Archive, public: Archive) -> None:
    intake.letter(FIRST, summary="Not agreed yet.")
    assert promote(intake, public).status == 0
    assert b"Not agreed" not in public.read(letter_path(FIRST))


def test_what_is_published_already_stays_as_it_is(intake: Archive, public: Archive) -> None:
    public.letter(FIRST)
    public.commit()
    before = records(public)
    assert refused(promote(intake, public), public, before, "in the public archive already")


def test_notes_on_changes_that_nobody_saw_do_not_go(intake: Archive, public: Archive) -> None:
    intake.letter(FIRST, changes=[change("correction", SECRET)])
    intake.commit()
    before = records(public)
    assert refused(promote(intake, public), public, before, "notes on changes")


def test_what_the_public_archive_would_not_take_is_refused_whole(intake: Archive, public: Archive) -> None:
    reply = [{"kind": "replies-to", "letter": SECOND, "basis": "stated"}]
    intake.letter(FIRST, thread="pilots", relations=reply)
    intake.commit()
    before = records(public)
    assert refused(promote(intake, public), public, before, "unknown-letter", "nothing was written", status=1)


def test_a_document_goes_with_its_letter_and_is_looked_into(intake: Archive, public: Archive) -> None:
    entry = {
        "file": "scan.png", "sha256": hashlib.sha256(PNG).hexdigest(), "size": len(PNG), "media_type": "image/png",
        "role": "original", "rights": "own", "rights_note": "We wrote it.",
    }  # fmt: skip
    intake.letter(FIRST, documents=[entry])
    intake.write("records/documents/scan.png", PNG)
    intake.write("records/documents/other.png", PNG + b"\0")
    intake.commit()
    done = promote(intake, public)
    assert done.status == 0, done.err
    assert public.read("records/documents/scan.png") == PNG
    assert not (public.folder / "records" / "documents" / "other.png").exists()
    assert letterbook(public.folder, "check").status == 0


def test_a_document_that_hides_something_keeps_its_letter_back(intake: Archive, public: Archive) -> None:
    hides = PNG[:-12] + bytes.fromhex("0000000c") + b"tEXtAuthor\0Jane!" + bytes(4) + PNG[-12:]
    entry = {
        "file": "scan.pdf", "sha256": hashlib.sha256(hides).hexdigest(), "size": len(hides),
        "media_type": "application/pdf",
        "role": "original", "rights": "own", "rights_note": "We wrote it.",
    }  # fmt: skip
    intake.letter(FIRST, documents=[entry])
    intake.write("records/documents/scan.pdf", hides)
    intake.commit()
    before = records(public)
    done = promote(intake, public)
    assert done.status == 1 and records(public) == before and "nothing was written" in done.err


def test_what_came_back_goes_if_it_is_wanted(intake: Archive, public: Archive) -> None:
    intake.assess(FIRST)
    intake.commit()
    assert promote(intake, public, FIRST, "--assessment").status == 0
    assert (public.folder / "records" / "assessments" / f"{FIRST}.yaml").is_file()
    assert letterbook(public.folder, "check").status == 0


def test_what_somebody_left_in_the_way_is_kept(intake: Archive, public: Archive) -> None:
    (public.folder / letter_path(FIRST)).parent.mkdir(parents=True)
    (public.folder / letter_path(FIRST)).symlink_to("elsewhere.yaml")
    before = records(public)
    done = promote(intake, public)
    assert done.status != 0 and records(public) == before
    assert (public.folder / letter_path(FIRST)).is_symlink()


def test_the_wrong_folder_is_refused(intake: Archive, public: Archive, tmp_path: Path) -> None:
    before = records(public)
    assert letterbook(intake.folder, "promote", FIRST, "--to", intake.folder).status == 2
    other = intake.copy(tmp_path / "other")
    assert letterbook(intake.folder, "promote", FIRST, "--to", other).status == 2
    assert refused(letterbook(public.folder, "promote", FIRST, "--to", intake.folder), public, before, "no intake")
    assert letterbook(intake.folder, "promote", FIRST, "--to", tmp_path).status == 3


def test_in_an_intake_drafts_change_without_notes_and_nothing_is_published(intake: Archive, tmp_path: Path) -> None:
    intake.letter(SECOND, summary="Another draft.")
    assert letterbook(intake.folder, "check").status == 0
    intake.commit()
    done = letterbook(intake.folder, "publish", "--out", tmp_path / "site")
    assert (done.status, "private intake" in done.err, (tmp_path / "site").exists()) == (3, True, False)
    (intake.folder / "intake.yaml").unlink()
    intake.letter(SECOND, summary="And another.")
    assert letterbook(intake.folder, "check").status == 1, "in a public archive that takes a note"


WRONG = [
    b"", b"holds: {}\n", b"holds:\n  - {letter: x}\n", b"holds:\n  - {letter: x, until: '2019-02-30'}\n",
    b"holds:\n  - {letter: x, until: 2019}\n", b"holds:\n  - {letter: x, until: '20190220'}\n",
    b"holds:\n  - {letter: x, until: '2019-02-20'}\n  - {letter: x, until: '2019-02-21'}\n", b"\xff", b"holds: [*a]\n",
    b"holds: []\nother: x\n",
]  # fmt: skip


@pytest.mark.parametrize("data", WRONG)
def test_a_list_of_days_that_leaves_anything_open_lets_nothing_out(data: bytes) -> None:
    with pytest.raises(RefusedError):
        holds(data)
