"""The check in a hook starts git without GitPython: git sees the same, nothing planted runs, and it costs little."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from publisher.commands.check import check
from publisher.deleted import ever_deleted
from publisher.errors import RepositoryError
from publisher.git import ENVIRONMENT, Blob, Repository
from tests.bench_staged import crowd, stage_one
from tests.builders import Archive, change, git, letter_path
from tests.command import LETTERBOOK, letterbook
from tests.test_git_environment import SETTINGS, plant

FIRST, SECOND = "2019-02-18-harbour-to-acme", "2019-03-01-harbour-to-quayside"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    found = Archive(tmp_path / "archive")
    found.begin()
    found.letter(FIRST)
    found.letter(SECOND)
    found.commit()
    return found


def spy(folder: Path) -> tuple[str, Path]:
    """Put a `git` first into a PATH that notes its environment and arguments; returns the PATH and where they are."""
    folder.mkdir()
    noted = folder / "noted"
    real = next(Path(place) / "git" for place in os.environ["PATH"].split(":") if (Path(place) / "git").is_file())
    script = folder / "git"
    script.write_text(
        f'#!{sys.executable}\nimport json, os, sys\nrow = json.dumps([dict(os.environ), sys.argv[1:]])\n'
        f'open({str(noted)!r}, "a").write(row + "\\n")\nos.execv({str(real)!r}, ["git", *sys.argv[1:]])\n'
    )  # fmt: skip
    script.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}", noted


def test_git_gets_to_see_the_same(archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    for light in (False, True):
        path, noted = spy(tmp_path / f"light-{light}")
        monkeypatch.setenv("PATH", path)
        monkeypatch.setenv("GIT_DIR", "/nowhere")
        monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
        monkeypatch.setenv("LD_LIBRARY_PATH", "/nowhere")
        repository = Repository.find(archive.folder, index_file="/tmp/an index", light=light)
        repository.require_whole()
        repository.resolve("HEAD")
        repository.tree(archive.head, "records/")
        rows = [json.loads(row) for row in noted.read_text().splitlines()]
        ours = [(environment, asked) for environment, asked in rows if "-c" in asked]  # GitPython asks for the version
        for environment, _ in ours:
            assert environment.pop("PATH") == path
            environment.pop("LC_CTYPE", None)  # which the spy's own Python sets
            assert environment == {**ENVIRONMENT, "GIT_INDEX_FILE": "/tmp/an index"}
        seen.append({tuple(asked) for _, asked in ours})
    assert seen[0] <= seen[1], "it asks what is asked otherwise, and looks ahead"


def test_a_hostile_configuration_runs_nothing(archive: Archive, tmp_path: Path) -> None:
    trace, command = tmp_path / "trace", tmp_path / "planted.sh"
    command.write_text(f'#!/bin/sh\necho "$0 $*" >> "{trace}"\n', "utf-8")
    command.chmod(0o755)
    archive.letter(FIRST, summary="Changed in silence.")
    archive.git("add", "--all")
    plant(archive.folder, str(command), trace, SETTINGS)
    done = letterbook(archive.folder, "check", "--staged")
    assert (done.status, "change-without-note" in done.out) == (1, True)
    assert not trace.exists()


@pytest.mark.parametrize(("summary", "slow"), [("Sound.", set()), (None, {"jsonschema"})])
def test_nothing_slow_is_loaded(archive: Archive, summary: str | None, slow: set[str]) -> None:
    archive.letter("2019-04-01-new", summary=summary)
    archive.git("add", "--all")
    program = [sys.executable, "-X", "importtime", LETTERBOOK, "check", "--staged"]
    done = subprocess.run(program, cwd=archive.folder, capture_output=True, text=True, check=False)
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines() if "|" in line}
    assert {"publisher", "yaml", "jsonschema_rs"} <= loaded
    assert {"git", "jsonschema", "cryptography", "feedgen", "lxml", "jinja2", "pikepdf"} & loaded == slow


def test_it_says_how_much_was_judged(archive: Archive) -> None:
    assert letterbook(archive.folder, "check", "--staged").err == "nothing is staged below records/, nothing found\n"
    archive.letter("2019-04-01-new")
    archive.git("add", "--all")
    assert letterbook(archive.folder, "check", "--staged").err == "1 staged file checked, nothing found\n"


def test_a_merge_in_conflict_is_said_plainly(archive: Archive) -> None:
    archive.branch("other")
    archive.letter(FIRST, summary="One.")
    archive.commit()
    archive.switch("main")
    archive.letter(FIRST, summary="Two.")
    archive.commit()
    archive.git("merge", "other", accept=(1,))
    done = letterbook(archive.folder, "check", "--staged")
    assert (done.status, "in conflict" in done.err) == (3, True)


# -- what was deleted ----------------------------------------------------------------------------------------------


def test_an_id_that_was_removed_is_known_though_the_line_grows(archive: Archive) -> None:
    kept = archive.folder / ".git" / "letterbook-deleted"
    archive.delete(letter_path(FIRST))
    archive.commit()
    archive.letter(FIRST, summary="Another letter.")
    archive.git("add", "--all")
    for _ in range(2):
        assert "id-reused" in letterbook(archive.folder, "check", "--staged").out
        assert archive.head.encode() in kept.read_bytes()
    archive.git("reset", "--quiet")
    archive.delete(letter_path(FIRST))
    archive.letter("2019-05-01-other")
    archive.commit()
    archive.letter(FIRST, summary="Another letter.")
    archive.git("add", "--all")
    assert "id-reused" in letterbook(archive.folder, "check", "--staged").out
    assert archive.head.encode() in kept.read_bytes()


@pytest.mark.parametrize("damage", ["other line", "cut", "altered", "unreadable", "folder"])
def test_what_is_remembered_is_believed_only_if_it_fits(archive: Archive, damage: str) -> None:
    kept = archive.folder / ".git" / "letterbook-deleted"
    start = archive.head
    archive.branch("side")
    archive.delete(letter_path(FIRST))
    archive.commit()
    if damage == "other line":
        assert ever_deleted(Repository(archive.folder), archive.head, [f"letters/{FIRST}"])
        archive.switch("main")
        assert archive.head == start
        archive.delete(letter_path(SECOND))
        archive.commit()
    else:
        ever_deleted(Repository(archive.folder), start, [])
        data = kept.read_bytes()
        if damage == "folder":
            kept.unlink()
            kept.mkdir()
        else:
            bad = {"cut": data[:40], "altered": data + b"letters/x\n", "unreadable": b"\xff\n\n\n"}[damage]
            kept.write_bytes(bad)
    wanted = {"letters/x", f"letters/{FIRST}", f"letters/{SECOND}"}
    gone = SECOND if damage == "other line" else FIRST
    assert ever_deleted(Repository(archive.folder), archive.head, wanted) == {f"letters/{gone}"}


# -- bases ---------------------------------------------------------------------------------------------------------


def test_what_an_earlier_commit_of_the_branch_changed_is_judged_too(archive: Archive, tmp_path: Path) -> None:
    clone = archive.clone(tmp_path / "clone")
    work = Archive.__new__(Archive)
    work.folder, work.clock, work.commits = clone, archive.clock, 0
    work.letter(FIRST, summary="Changed in silence.")
    work.commit()
    work.letter(SECOND, summary="Put right.", changes=[change("correction")])
    git(clone, "add", "--all")
    done = letterbook(clone, "check", "--staged", "--format", "json")
    assert [row["code"] for row in json.loads(done.out)["findings"]] == ["change-without-note"]
    assert letterbook(clone, "check", "--staged", "--base", "HEAD").status == 0


# -- cost ----------------------------------------------------------------------------------------------------------


def test_what_it_reads_does_not_grow_with_the_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`make bench` shows the seconds, beside what it takes to load two libraries."""
    read: list[str] = []
    blobs = Repository.blobs

    def noted(self: Repository, ids: Iterable[str], *, keep: int) -> Iterator[Blob]:
        wanted = list(ids)
        read.extend(wanted)
        return blobs(self, wanted, keep=keep)

    monkeypatch.setattr(Repository, "blobs", noted)
    counts = []
    for letters in (30, 600):
        folder = crowd(tmp_path / f"crowd-{letters}", letters)
        stage_one(folder)
        monkeypatch.chdir(folder)
        read.clear()
        assert check([], base=None, at=None, staged=True, form="text") == 0
        counts.append(len(read))
    assert counts[0] == counts[1] < 10


def test_a_configuration_that_never_ends_is_not_waited_for(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe = archive.folder.parent / "pipe"
    os.mkfifo(pipe)
    archive.git("config", "include.path", str(pipe))
    monkeypatch.setattr("publisher.git.START_SECONDS", 1.0)
    with pytest.raises(RepositoryError, match="did not end within 1 seconds"):
        Repository.find(archive.folder, light=True)
    left = subprocess.run(["pgrep", "-f", f"safe.directory={archive.folder}"], capture_output=True, check=False)
    running = [Path(f"/proc/{number}/stat").read_text().split()[2] for number in left.stdout.decode().split()]
    assert set(running) <= {"Z"}, "what was started ahead is ended too"
