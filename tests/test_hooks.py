"""The hooks, run by git itself: what is committed and what is pushed is checked, however it is committed or pushed."""

import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from publisher import hooks
from tests.builders import CLEAN, Archive, change, git, letter_path
from tests.command import LETTERBOOK, Done, letterbook

FIRST, SECOND = "2019-02-18-harbour-to-acme", "2019-03-01-harbour-to-quayside"
SECRET = "ada@home.example"


def archive_at(folder: Path, *, installed: bool = True) -> Archive:
    found = Archive(folder)
    found.begin()
    found.letter(FIRST)
    found.commit()
    if installed:
        assert letterbook(found.folder, "hooks", "install").status == 0
    return found


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """An archive with a remote that has all of it, and the hooks."""
    found = archive_at(tmp_path / "an 'odd' archive")
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "remote.git")
    found.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    assert run(found, "push", "--quiet", "-u", "origin", "main").status == 0
    return found


def run(archive: Archive, *arguments: str, folder: Path | None = None, **environment: str) -> Done:
    """Run git with hooks, as a person would; returns how it ended."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder or archive.folder, env=CLEAN | environment, capture_output=True, check=False
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return Done(status=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())


def written(folder: Path) -> list[Path]:
    """Return the hooks of a folder, without git's samples."""
    return sorted(path for path in folder.iterdir() if path.suffix != ".sample")


def commits(archive: Archive) -> int:
    return int(archive.git("rev-list", "--count", "HEAD"))


# -- installing ----------------------------------------------------------------------------------------------------


def test_installing_twice_is_installing_once(tmp_path: Path) -> None:
    archive = archive_at(tmp_path / "archive", installed=False)
    folder = archive.folder / ".git" / "hooks"
    assert "written: pre-commit, pre-push" in letterbook(archive.folder, "hooks", "install").err
    before = {path.name: (path.read_bytes(), path.stat().st_ino) for path in written(folder)}
    assert set(before) == {"pre-commit", "pre-push"}
    assert all(path.stat().st_mode & 0o777 == 0o755 for path in written(folder))
    assert "there already" in letterbook(archive.folder / "records", "hooks", "install").err
    assert {path.name: (path.read_bytes(), path.stat().st_ino) for path in written(folder)} == before
    assert "removed: pre-commit, pre-push" in letterbook(archive.folder, "hooks", "uninstall").err
    assert written(folder) == []
    assert "no hook" in letterbook(archive.folder, "hooks", "uninstall").err


@pytest.mark.parametrize("name", ["pre-commit", "pre-push"])
@pytest.mark.parametrize("kind", ["file", "link", "folder", "dangling"])
def test_somebody_elses_hook_is_left_alone(tmp_path: Path, name: str, kind: str) -> None:
    archive = archive_at(tmp_path / "archive", installed=False)
    hook = archive.folder / ".git" / "hooks" / name
    hook.parent.mkdir(exist_ok=True)
    if kind == "file":
        hook.write_text("#!/bin/sh\necho theirs\n")
    elif kind == "folder":
        hook.mkdir()
    else:
        ours = tmp_path / "ours"
        if kind == "link":
            ours.write_text(hooks.text(name, Path(LETTERBOOK)))
        hook.symlink_to(ours)
    before = hook.lstat().st_ino, hook.lstat().st_mtime_ns
    done = letterbook(archive.folder, "hooks", "install")
    assert (done.status, f"letterbook {hooks.RUNS[name]} || exit 1" in done.err) == (3, True)
    assert [path.name for path in written(hook.parent)] == [name]
    assert (hook.lstat().st_ino, hook.lstat().st_mtime_ns) == before
    assert letterbook(archive.folder, "hooks", "uninstall").status == 0
    assert os.path.lexists(hook)


def test_a_hook_of_an_earlier_version_is_written_anew(tmp_path: Path) -> None:
    archive = archive_at(tmp_path / "archive")
    hook = archive.folder / ".git" / "hooks" / "pre-commit"
    hook.write_text(hooks.text("pre-commit", Path("/gone/letterbook")))
    assert "written: pre-commit in" in letterbook(archive.folder, "hooks", "install").err
    assert LETTERBOOK in hook.read_text()


def test_the_folder_that_git_is_told_of_is_used(tmp_path: Path) -> None:
    archive = archive_at(tmp_path / "archive", installed=False)
    archive.git("config", "core.hooksPath", ".githooks")
    assert letterbook(archive.folder / "records", "hooks", "install").status == 0
    assert sorted(path.name for path in (archive.folder / ".githooks").iterdir()) == ["pre-commit", "pre-push"]
    archive.git("config", "core.hooksPath", str(tmp_path / "everybodys"))
    done = letterbook(archive.folder, "hooks", "install")
    assert (done.status, "check --staged || exit 1" in done.err) == (3, True)
    assert not (tmp_path / "everybodys").exists()


def test_every_work_tree_has_them(archive: Archive, tmp_path: Path) -> None:
    other = tmp_path / "other tree"
    archive.git("worktree", "add", "--quiet", "-b", "side", str(other))
    letterbook(archive.folder, "hooks", "uninstall")
    assert letterbook(other, "hooks", "install").status == 0
    assert (archive.folder / ".git" / "hooks" / "pre-commit").is_file()
    work = Archive.__new__(Archive)
    work.folder, work.clock, work.commits = other, archive.clock, 0
    work.letter(SECOND, thread="nothing")
    work.git("add", "--all")
    done = run(work, "commit", "-m", "x")
    assert (done.status, "unknown-thread" in done.err + done.out) == (1, True)


@pytest.mark.parametrize("name", hooks.RUNS)
@pytest.mark.parametrize("program", ["/a b/letter'book", "/$HOME/`x`/\\n", "-n"])
def test_a_hook_is_plain_sh(tmp_path: Path, name: str, program: str) -> None:
    file = tmp_path / "hook"
    file.write_text(hooks.text(name, Path(program)))
    assert subprocess.run(["sh", "-n", str(file)], check=False).returncode == 0
    other = tmp_path / "letterbook"
    other.write_text('#!/bin/sh\nprintf "%s," "$@"\n')
    other.chmod(0o755)
    path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    done = subprocess.run(["sh", str(file), "a b", "c"], env=path, capture_output=True, text=True, check=True)
    assert done.stdout == {"pre-commit": "check,--staged,", "pre-push": "hooks,pre-push,a b,c,"}[name]


@pytest.mark.parametrize("there", [True, False])
def test_where_that_letterbook_is_gone_the_one_in_path_is_run(archive: Archive, there: bool) -> None:
    hook = archive.folder / ".git" / "hooks" / "pre-commit"
    hook.write_text(hooks.text("pre-commit", Path("/gone/letterbook")))
    archive.letter(SECOND, thread="nothing")
    archive.git("add", "--all")
    path = f"{Path(LETTERBOOK).parent}:/usr/bin:/bin" if there else "/usr/bin:/bin"
    done = run(archive, "commit", "-m", "x", PATH=path)
    assert done.status == 1
    assert ("unknown-thread" in done.err + done.out) == there
    assert ("nothing was checked" in done.err) != there


def test_hooks_keep_the_rights_of_a_program(archive: Archive) -> None:
    mode = (archive.folder / ".git" / "hooks" / "pre-push").stat().st_mode
    assert stat.S_IXUSR & mode and not stat.S_IWGRP & mode


# -- committing ----------------------------------------------------------------------------------------------------


def test_a_commit_is_made_only_of_what_is_right(archive: Archive) -> None:
    before = commits(archive)
    archive.letter(SECOND, thread="nothing")
    archive.git("add", "--all")
    done = run(archive, "commit", "-m", "x")
    assert (done.status, commits(archive)) == (1, before)
    assert "error[unknown-thread]" in done.err + done.out
    archive.letter(SECOND)
    assert run(archive, "commit", "-m", "x").status == 1, "what is staged counts, not what lies on disk"
    archive.git("add", "--all")
    assert run(archive, "commit", "-m", "x").status == 0


def test_a_commit_of_everything_or_of_some_paths(archive: Archive) -> None:
    path = archive.letter(SECOND)
    archive.git("add", "--all")
    assert run(archive, "commit", "-m", "x").status == 0
    archive.letter(SECOND, thread="nothing")
    assert run(archive, "commit", "-a", "-m", "x").status == 1
    archive.git("add", "--all")
    archive.letter(FIRST, summary="Put right.", changes=[change("correction")])
    assert run(archive, "commit", "-m", "x", "--", letter_path(FIRST)).status == 0, "what else is staged stays out"
    assert run(archive, "commit", "-m", "x", "--", path).status == 1
    below = archive.folder / "records"
    assert run(archive, "commit", "-m", "x", "--", path.removeprefix("records/"), folder=below).status == 1


def test_a_commit_that_only_deletes(archive: Archive) -> None:
    archive.git("rm", "--quiet", letter_path(FIRST))
    done = run(archive, "commit", "-m", "x")
    assert (done.status, "letter-removed" in done.err + done.out) == (1, True)


def test_amending_what_was_not_pushed_needs_no_note(archive: Archive) -> None:
    archive.letter(SECOND)
    archive.git("add", "--all")
    assert run(archive, "commit", "-m", "x").status == 0
    archive.letter(SECOND, summary="Other words.")
    archive.git("add", "--all")
    assert run(archive, "commit", "--amend", "-m", "x").status == 0
    archive.letter(FIRST, summary="Other words.")
    archive.git("add", "--all")
    done = run(archive, "commit", "--amend", "-m", "x")
    assert (done.status, "change-without-note" in done.err + done.out) == (1, True)


def test_a_merge_that_was_settled_is_checked(archive: Archive) -> None:
    archive.branch("side")
    archive.letter(SECOND, summary="One.")
    archive.commit()
    archive.switch("main")
    archive.letter(SECOND, summary="Two.")
    archive.commit()
    assert run(archive, "merge", "side").status == 1
    archive.letter(SECOND, thread="nothing")
    archive.git("add", "--all")
    assert run(archive, "commit", "-m", "x").status == 1
    archive.letter(SECOND, summary="Both.")
    archive.git("add", "--all")
    assert run(archive, "commit", "-m", "x").status == 0


def test_a_rebase_goes_through_and_the_push_looks_at_it(archive: Archive) -> None:
    archive.branch("side")
    archive.letter(SECOND)
    archive.commit()
    archive.switch("main")
    archive.letter("2019-04-01-other")
    archive.commit()
    archive.switch("side")
    assert run(archive, "rebase", "--quiet", "main").status == 0
    assert run(archive, "push", "--quiet", "origin", "side").status == 0


# -- pushing -------------------------------------------------------------------------------------------------------


def pushed(archive: Archive, *arguments: str) -> Done:
    done = run(archive, "push", "--quiet", "origin", *arguments)
    assert SECRET not in done.out + done.err
    return done


def there(archive: Archive, ref: str) -> str:
    return git(archive.folder.parent / "remote.git", "rev-parse", "--verify", "--quiet", ref, accept=(0, 1, 128))


@pytest.mark.parametrize("where", ["record", "comment", "unreadable", "key list", "document"])
@pytest.mark.parametrize("ref", ["main", "side", "v1"])
def test_what_a_later_commit_takes_out_is_found_all_the_same(archive: Archive, where: str, ref: str) -> None:
    archive.branch("side") if ref == "side" else None
    if where == "record":
        path = archive.letter(SECOND, summary=f"Write to {SECRET}.")
    elif where == "comment":
        path = archive.letter(SECOND)
        archive.write(path, archive.read(path) + f"# from {SECRET}\n".encode())
    elif where == "unreadable":
        path = archive.write(letter_path(SECOND), f"id: [\nsummary: from {SECRET}\n")
    elif where == "key list":
        path = archive.write("records/keys/1.allowed_signers", f"# {SECRET}\n")
    else:
        path = archive.write("records/documents/scan.pdf", b"%PDF-1.4\nnothing that anybody could read\n")
    name = archive.commit()
    archive.delete(path)
    archive.letter("2019-04-01-other")
    archive.commit()
    if ref == "v1":
        archive.git("tag", "-a", "-m", "x", "v1")
    done = pushed(archive, ref)
    assert (done.status, f"commit {name[:12]}" in done.out + done.err) == (1, True)
    assert there(archive, ref) != archive.head


def test_a_document_that_gives_a_name_away_counts_as_such(archive: Archive) -> None:
    archive.write("records/keys/root.key", "-----BEGIN OPENSSH PRIVATE KEY-----\nx\n")
    archive.commit()
    archive.delete("records/keys/root.key")
    archive.commit()
    done = pushed(archive, "main")
    assert (done.status, "private-key" in done.out + done.err) == (1, True)


def test_a_private_key_is_not_pushed_wherever_it_lies(archive: Archive, tmp_path: Path) -> None:
    archive.write("docs/keys.md", "A key begins with\n-----BEGIN OPENSSH PRIVATE KEY-----\nand is kept at home.\n")
    archive.write("docs/picture.bin", bytes(1 << 20))
    archive.commit()
    assert pushed(archive, "main").status == 0
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(tmp_path / "key")], check=True)
    archive.write("my key", (tmp_path / "key").read_bytes())
    name = archive.commit()
    archive.delete("my key")
    archive.commit()
    done = pushed(archive, "main")
    said = done.out + done.err
    assert (done.status, "error[private-key]: my key as that commit has it" in said, name[:12] in said) == (
        1,
        True,
        True,
    )


def test_what_is_right_is_pushed_and_what_was_pushed_is_not_looked_at_again(archive: Archive) -> None:
    archive.letter(SECOND, summary=f"Write to {SECRET}.")
    archive.commit()
    archive.git("push", "--quiet", "--no-verify", "origin", "main:other")
    archive.letter(SECOND)
    archive.commit()
    archive.git("fetch", "--quiet", "origin")
    assert pushed(archive, "main").status == 0, "the remote has that commit already"
    assert there(archive, "main") == archive.head
    assert pushed(archive, "main").status == 0


def test_the_tip_is_checked_as_a_whole(archive: Archive) -> None:
    archive.git("rm", "--quiet", letter_path(FIRST))
    archive.commit()
    done = pushed(archive, "main")
    assert (done.status, "letter-removed" in done.out + done.err) == (1, True)
    done = pushed(archive, "HEAD:refs/heads/new-branch")
    assert (done.status, "letter-removed" in done.out + done.err) == (1, True)


def test_a_branch_may_change_what_it_pushed_before_without_a_note(archive: Archive) -> None:
    archive.branch("side")
    archive.letter(SECOND)
    archive.commit()
    assert pushed(archive, "side").status == 0
    archive.letter(SECOND, summary="Other words.")
    archive.commit()
    assert pushed(archive, "side").status == 0
    archive.rewrite("HEAD^")
    archive.letter(SECOND, summary="Others yet.")
    archive.commit()
    assert pushed(archive, "--force", "side").status == 0
    assert pushed(archive, "--delete", "side").status == 0


def test_several_refs_and_refs_that_are_no_archive(archive: Archive) -> None:
    archive.git("checkout", "--quiet", "--orphan", "pages")
    archive.git("rm", "--quiet", "-r", "--force", ".")
    archive.write("index.html", "<p>Nothing.</p>\n")
    archive.commit()
    assert pushed(archive, "pages").status == 0
    archive.switch("main")
    archive.letter(SECOND, thread="nothing")
    archive.commit()
    assert pushed(archive, "pages:other", "main").status == 1
    assert there(archive, "other") != archive.git("rev-parse", "pages")


def test_the_first_push_of_an_archive(tmp_path: Path) -> None:
    archive = archive_at(tmp_path / "archive")
    git(tmp_path, "init", "--quiet", "--bare", "remote.git")
    archive.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    archive.letter(SECOND, summary=f"Write to {SECRET}.")
    archive.commit()
    archive.letter(SECOND)
    archive.commit()
    assert pushed(archive, "main").status == 1
    archive.git("reset", "--quiet", "--soft", "HEAD^^")
    archive.commit()
    assert pushed(archive, "main").status == 0


def test_somebody_else_than_the_archive_is_a_warning(archive: Archive) -> None:
    from tests.builders import archive_info

    listed = [{"name": "The archive", "email": "role@letterbook.example"}]
    archive.write("records/archive.yaml", archive_info(identities=listed))
    archive.commit()
    done = pushed(archive, "main")
    assert (done.status, "warning[author-identity]" in done.out + done.err) == (0, True)


@pytest.mark.parametrize("is_nested", [False, True])
def test_a_tag_that_shows_somebody_is_a_warning(archive: Archive, is_nested: bool) -> None:
    from tests.builders import archive_info

    listed = [{"name": "The archive", "email": "role@letterbook.example"}]
    archive.write("records/archive.yaml", archive_info(identities=listed))
    archive.commit()
    role: dict[str, Any] = {
        "GIT_COMMITTER_NAME": "The archive",
        "GIT_COMMITTER_EMAIL": "role@letterbook.example",
        "TZ": "UTC",
    }
    person: dict[str, Any] = {"GIT_COMMITTER_NAME": "Ada Example", "GIT_COMMITTER_EMAIL": SECRET, "TZ": "Asia/Tokyo"}
    run(archive, "push", "--quiet", "--no-verify", "origin", "main")
    run(archive, "fetch", "--quiet")
    assert run(archive, "tag", "-a", "-m", "One", "ours", "main", **role).status == 0
    done = pushed(archive, "ours")
    assert (done.status, "author-identity" in done.out + done.err) == (0, False)
    assert run(archive, "tag", "-a", "-m", f"For {SECRET}", "theirs", "main", **person).status == 0
    if is_nested:
        run(archive, "tag", "-a", "-m", "Two", "outer", "theirs", **role)
    done = pushed(archive, "outer" if is_nested else "theirs")
    said = " ".join((done.out + done.err).split())
    assert done.status == 0 and "the tagger is not among the archive's identities" in said
    assert "the tagger's time zone is not +0000" in said and "the message holds what looks like a mail address" in said
    assert "Ada" not in said and SECRET not in said


def test_by_hand_it_says_who_runs_it(archive: Archive) -> None:
    assert letterbook(archive.folder, "hooks", "pre-push").status == 2
    assert letterbook(archive.folder, "hooks", "install", "more").status == 2
    done = subprocess.run(
        [LETTERBOOK, "hooks", "pre-push", "origin"], cwd=archive.folder, input="nonsense\n", text=True,
        capture_output=True, check=False,
    )  # fmt: skip
    assert (done.returncode, "let git run the hook" in done.stderr) == (3, True)
