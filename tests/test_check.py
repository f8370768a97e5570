"""check knows what was published: what may not change, what must be said, and which fault can no longer be mended."""

import json
import os
import shutil
from pathlib import Path

import pytest

from publisher import checks, schema
from publisher.examine import examine
from publisher.history import History
from publisher.snapshot import Snapshot
from tests.builders import Archive, archive_info, change, git, letter_path, parties, threads, to_yaml
from tests.command import Done, letterbook

FIRST, SECOND = "2019-02-18-harbour-to-acme", "2019-03-01-harbour-to-quayside"
PATH = letter_path(FIRST)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    found = Archive(tmp_path / "archive")
    found.begin()
    found.letter(FIRST)
    found.letter(SECOND)
    found.commit()
    return found


def check(archive: Archive, *arguments: str) -> list[tuple[str, str, str]]:
    """Return (code, severity, path) of every finding; the exit status must follow from them."""
    done = letterbook(archive.folder, "check", "--format", "json", *arguments)
    found = [(row["code"], row["severity"], row["path"]) for row in json.loads(done.out)["findings"]]
    assert done.status == int(any(severity == "error" for _, severity, _ in found)), done
    return found


def text(archive: Archive, *arguments: str) -> Done:
    return letterbook(archive.folder, "check", *arguments)


def test_nothing_found(archive: Archive) -> None:
    done = text(archive)
    assert (done.status, done.out, done.err) == (0, "", "2 letters checked, nothing found\n")


def test_a_removed_letter_is_an_error_with_the_way_back(archive: Archive) -> None:
    archive.delete(PATH)
    assert check(archive) == [("letter-removed", "error", PATH)]
    hint = text(archive).out
    assert f"git checkout {archive.head[:12]} -- {PATH}" in hint
    assert "status: withdrawn" in hint
    archive.git("checkout", "HEAD", "--", PATH)
    assert check(archive) == []


def test_a_renamed_letter_is_told_from_a_removed_one(archive: Archive) -> None:
    other = "2019-02-18-harbour-to-acme-optics"
    archive.delete(PATH)
    archive.letter(other)
    assert check(archive) == [("letter-renamed", "error", PATH)]
    assert f"name it {FIRST} again" in text(archive).out


def test_another_letter_in_its_place_is_no_rename(archive: Archive) -> None:
    archive.delete(PATH)
    archive.letter("2019-02-19-acme-to-tides", title="Other", summary="Other.", kind="statement", language="es",
                   from_=[{"party": "acme-optics"}], to=[{"public": True}], sources=[{"title": "Other"}],
                   questions=None, questions_extent="none")  # fmt: skip
    assert check(archive) == [("letter-removed", "error", PATH)]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"summary": "Asks something else."}, "change-without-note"),
        ({"status": "withdrawn"}, "withdrawal-without-note"),
        ({"status": "withdrawn", "changes": [change("correction")]}, "withdrawal-without-note"),
        ({"status": "withdrawn", "changes": [change("withdrawal")]}, None),
        ({"summary": "Asks something else.", "changes": [change("correction")]}, None),
        ({"summary": "Asks something else.", "changes": [change("editorial")]}, None),
    ],
)
def test_every_change_says_so(archive: Archive, fields: dict[str, object], code: str | None) -> None:
    archive.letter(FIRST, **fields)
    if code == "withdrawal-without-note" and "changes" not in fields:
        assert [found[0] for found in check(archive)] == ["missing-field", code]
        return
    assert check(archive) == ([(code, "error", PATH)] if code else [])


def test_earlier_notes_stay(archive: Archive) -> None:
    archive.letter(FIRST, summary="Once.", changes=[change("correction", "Said once.")])
    archive.commit()
    for notes in ([change("correction", "Said otherwise."), change("editorial")], [change("editorial")]):
        archive.letter(FIRST, summary="Twice.", changes=notes)
        assert check(archive) == [("changes-rewritten", "error", PATH)]
    archive.letter(
        FIRST, summary="Twice.", changes=[change("correction", "Said once."), change("correction", "Again.")]
    )
    assert check(archive) == []


def test_reinstating_says_so(archive: Archive) -> None:
    archive.withdraw(FIRST)
    archive.commit()
    archive.letter(FIRST, changes=[change("withdrawal", "Taken back."), change("correction")])
    assert check(archive) == [("reinstatement-without-note", "error", PATH)]
    archive.letter(FIRST, changes=[change("withdrawal", "Taken back."), change("reinstatement")])
    assert check(archive) == []


def test_an_id_is_never_used_again(archive: Archive) -> None:
    archive.delete(PATH)
    archive.commit()
    archive.letter(FIRST, summary="Another letter.")
    assert sorted(row[:2] for row in check(archive)) == [("id-reused", "error"), ("letter-removed", "warning")]
    archive.letter(FIRST, changes=[change("reinstatement")])
    assert [row[:2] for row in check(archive)] == [("letter-removed", "warning")]


def test_moves_and_reformatting_need_no_note(archive: Archive) -> None:
    archive.move(PATH, f"records/letters/2019/02/{FIRST}.yaml")
    assert check(archive) == []
    data = archive.read(letter_path(SECOND))
    archive.write(letter_path(SECOND), b"# a comment\n" + data)
    assert check(archive) == []


def test_what_only_lies_in_landed_history_is_a_warning(archive: Archive) -> None:
    archive.letter(FIRST, summary="Changed in silence.")
    archive.commit()
    archive.delete(letter_path(SECOND))
    archive.commit()
    rows = check(archive)
    assert sorted(row[:2] for row in rows) == [("change-without-note", "warning"), ("letter-removed", "warning")]


# -- bases and snapshots -----------------------------------------------------------------------------------------


def test_the_base_is_the_merge_base_with_the_remote(archive: Archive, tmp_path: Path) -> None:
    clone = archive.clone(tmp_path / "clone")
    work = Archive.__new__(Archive)
    work.folder, work.clock, work.commits = clone, archive.clock, 0
    work.letter(FIRST, summary="Changed in silence.")
    work.commit()
    assert check(work) == [("change-without-note", "error", PATH)], "committed, but not landed yet"
    assert check(work, "--base", "HEAD") == [("change-without-note", "warning", PATH)]
    assert check(work, "--at", "HEAD^") == []
    assert check(work, "--at", "HEAD", "--base", "HEAD^") == [("change-without-note", "error", PATH)]


def test_staged_is_what_the_next_commit_holds(archive: Archive) -> None:
    archive.letter(FIRST, summary="Changed in silence.")
    assert check(archive, "--staged") == []
    archive.git("add", "--all")
    archive.git("checkout", "HEAD", "--", "README.md", accept=(0, 1))
    shutil.copyfile(archive.folder / letter_path(SECOND), archive.folder / "kept")
    archive.write(PATH, archive.git("show", f"HEAD:{PATH}") + "\n")
    assert check(archive) == []
    assert check(archive, "--staged") == [("change-without-note", "error", PATH)]
    assert text(archive, "--staged", "--at", "HEAD").status == 2


def test_staged_obeys_the_index_that_a_hook_names(archive: Archive, tmp_path: Path) -> None:
    archive.letter(FIRST, summary="Changed in silence.")
    other = str(tmp_path / "index")
    archive.git("read-tree", "HEAD", GIT_INDEX_FILE=other)
    archive.git("add", "--all", GIT_INDEX_FILE=other)
    done = letterbook(archive.folder, "check", "--staged", GIT_INDEX_FILE=other)
    assert (done.status, "change-without-note" in done.out) == (1, True)
    assert letterbook(archive.folder, "check", "--staged").status == 0


def test_before_the_first_commit(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    for name, table in (("archive", archive_info()), ("parties", parties()), ("threads", threads())):
        archive.write(f"records/{name}.yaml", table)
    archive.letter(FIRST)
    assert check(archive) == []


def test_paths_narrow_the_report(archive: Archive) -> None:
    archive.letter(FIRST, thread="nothing", changes=[change("correction")])
    archive.letter(SECOND, thread="nothing", changes=[change("correction")])
    assert len(check(archive)) == 2
    assert check(archive, PATH) == [("unknown-thread", "error", PATH)]
    assert check(archive, "records/threads.yaml") == []
    assert text(archive, "records/letters/2019/typo.yaml").status == 2
    assert text(archive, "--base", "").status == 2
    below = letterbook(archive.folder / "records", "check", "letters", "--format", "json")
    assert json.loads(below.out)["errors"] == 2
    assert text(archive, "/etc").status == 2


def test_a_shallow_clone_is_refused(archive: Archive, tmp_path: Path) -> None:
    clone = archive.clone(tmp_path / "clone", "--depth", "1")
    done = letterbook(clone, "check")
    assert (done.status, "git fetch --unshallow" in done.err) == (3, True)


# -- files that are no records -----------------------------------------------------------------------------------


def test_links_and_submodules_and_pointers_are_refused(archive: Archive) -> None:
    archive.link(f"records/letters/2019/{FIRST}-link.yaml", f"{FIRST}.yaml")
    archive.write("records/documents/scan.pdf", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    os.mkfifo(archive.folder / "records" / "pipe.yaml")
    found = {row[:2] for row in check(archive)}
    expected = {
        ("symlink", "error"),
        ("lfs-pointer", "error"),
        ("special-file", "error"),
        ("unused-document", "warning"),
    }
    assert found == expected
    (archive.folder / "records" / "pipe.yaml").unlink()
    archive.git("update-index", "--add", "--cacheinfo", f"160000,{archive.head},records/letters/module")
    archive.commit()
    archive.git("update-index", "--add", "--cacheinfo", f"160000,{archive.head},records/letters/module")
    assert ("submodule", "error") in {row[:2] for row in check(archive, "--staged")}


def test_stray_files_and_old_schemas_are_warnings(archive: Archive) -> None:
    archive.write("records/notes.txt", "To do.\n")
    archive.write("schema/letter.schema.json", schema.text("letter"))
    archive.write("schema/parties.schema.json", "{}\n")
    assert sorted(row[:2] for row in check(archive)) == [("stale-schema", "warning"), ("stray-file", "warning")]


def test_a_crowded_folder_is_a_warning(archive: Archive) -> None:
    files = {f"records/letters/2019/a{number}.yaml": b"" for number in range(2001)}
    codes = {finding.code for finding in examine(Snapshot(files=files), History()).findings}
    assert "crowded-folder" in codes
    assert archive.head


def test_a_table_may_change_without_a_note(archive: Archive) -> None:
    archive.write("records/threads.yaml", to_yaml({"threads": [{"id": "harbour-dredging", "title": "Renamed"}]}))
    assert check(archive) == []


def test_every_check_has_a_promise_and_is_run() -> None:
    assert len(set(checks.CHECKS.values())) == len(checks.CHECKS)


def test_github_annotations(archive: Archive) -> None:
    archive.letter(FIRST, thread="nothing\n::error::forged", changes=[change("correction")])
    done = text(archive, "--format", "github")
    assert done.status == 1
    assert all(line.startswith("::error file=records/") for line in done.out.splitlines())


def test_hostile_configuration_runs_nothing(archive: Archive, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\ntouch {trace}\n")
    script.chmod(0o755)
    for name in ("core.fsmonitor", "core.sshCommand", "diff.external", "core.pager", "gpg.program", "core.editor"):
        git(archive.folder, "config", name, str(script))
    assert check(archive) == []
    assert not trace.exists()


def test_of_a_record_that_cannot_be_read_only_that_is_said(archive: Archive) -> None:
    archive.write(PATH, "id: [\n")
    assert [row[0] for row in check(archive)] == ["yaml-syntax"]


def test_origin_and_authority_are_fixed_for_life(archive: Archive) -> None:
    archive.write("records/archive.yaml", archive_info(name="Renamed"))
    assert check(archive) == []
    archive.write(
        "records/archive.yaml", archive_info(origin="elsewhere.example/x", authority="elsewhere.example,2026")
    )
    assert check(archive) == [("identity-changed", "error", "records/archive.yaml")] * 2


@pytest.mark.parametrize("setting", ["upstream", "no HEAD"])
def test_the_base_is_found_at_other_remotes_too(archive: Archive, tmp_path: Path, setting: str) -> None:
    clone = archive.clone(tmp_path / "clone")
    if setting == "upstream":
        git(clone, "remote", "rename", "origin", "upstream")
    else:
        git(clone, "remote", "set-head", "origin", "--delete")
    git(clone, "rm", "-q", PATH)
    git(clone, "commit", "-q", "-m", "gone")
    done = letterbook(clone, "check")
    assert (done.status, "letter-removed" in done.out) == (1, True)


KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPzPGJ7IZ0GZ9mbDNrm1cYrK3vhGxhBdTDpJzNKZ0yVq"
SPACES = 'namespaces="letterbook-index@v1,letterbook-files@v1"'


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("1", f"publisher {SPACES} {KEY}\n", None),
        ("1", f"# the first key\npublisher {SPACES} {KEY}\n", None),
        ("1", "garbage\n", "bad-key-list"),
        ("first", f"publisher {SPACES} {KEY}\n", "bad-key-list"),
        ("1", f'publisher namespaces="letterbook-index@v1" {KEY}\n', "publisher-namespaces"),
        ("1", f"publisher {SPACES} {KEY} ada@laptop\n", "address-in-key-list"),
        ("1", f"# ada@harbour.example\npublisher {SPACES} {KEY}\n", "address-in-key-list"),
    ],
)
def test_key_lists_can_be_used_and_name_nobody(archive: Archive, name: str, text: str, code: str | None) -> None:
    path = archive.write(f"records/keys/{name}.allowed_signers", text)
    assert check(archive) == ([(code, "error", path)] if code else [])


def test_a_bare_repository_has_no_files_and_no_letter_is_called_gone(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    archive.begin()
    archive.letter("2019-02-18-harbour-to-acme")
    archive.commit()
    bare = archive.clone(tmp_path / "bare.git", "--bare")
    done = letterbook(bare, "check")
    assert (done.status, done.out, "--at HEAD" in done.err) == (2, "", True)
    assert letterbook(bare, "check", "--at", "HEAD").status == 0
