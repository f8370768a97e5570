"""Whatever stands in a clone's configuration or around the process: the same commit gives the same index, and
nothing that was planted runs. What would give another history is refused, with its repair."""

import os
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from publisher.errors import RepositoryError, UsageError
from publisher.examine import examine_commit
from publisher.git import LAST_SECOND, Repository
from publisher.publish import contents_of, index_of
from publisher.snapshot import Snapshot
from tests import second_auditor
from tests.builders import Archive, git, letter_path, seconds
from tests.conftest import AMENDED, MOVED, Eventful, tell

READ = "import sys; from tests.test_git_environment import everything; sys.stdout.buffer.write(everything(sys.argv[1]))"


def everything(folder: Path | str) -> bytes:
    """The index of HEAD, after everything that Letterbook asks of git was asked."""
    repository = Repository.find(Path(folder))
    repository.require_whole()
    repository.fsck()
    commit = repository.resolve("HEAD")
    examined = examine_commit(repository, commit)
    index = index_of(repository, commit, examined)
    contents = contents_of(examined, repository)
    for attachment in examined.snapshot.attachments.values():
        assert len(contents[attachment.sha256]) == attachment.size
    assert Snapshot.staged(repository).files.keys() <= examined.snapshot.files.keys() | {"records/archive.yaml"}
    repository.merge_base_with_remote()
    return index.to_bytes()


@pytest.fixture(scope="module")
def expected(eventful: Eventful) -> bytes:
    """The index of the eventful archive, as it is where nothing is hostile."""
    return everything(eventful.archive.folder)


@pytest.fixture
def copy(eventful: Eventful, tmp_path: Path) -> Path:
    """A copy of the eventful archive, to be tampered with."""
    return eventful.archive.copy(tmp_path / "copy")


@pytest.fixture
def trap(tmp_path: Path) -> tuple[str, Path]:
    """A command that leaves a trace if anybody runs it, and where the trace would be."""
    trace, command = tmp_path / "trace", tmp_path / "planted.sh"
    command.write_text(f'#!/bin/sh\necho "$0 $*" >> "{trace}"\n', "utf-8")
    command.chmod(0o755)
    return str(command), trace


# -- hostile configuration -------------------------------------------------------------------------------------

SETTINGS: list[tuple[str, str]] = [
    ("core.fsmonitor", "{command}"),
    ("core.hooksPath", "{hooks}"),
    ("core.pager", "{command}"),
    ("core.sshCommand", "{command}"),
    ("core.editor", "{command}"),
    ("core.askPass", "{command}"),
    ("core.gitProxy", "{command}"),
    ("core.alternateRefsCommand", "{command}"),
    ("core.attributesFile", "{attributes}"),
    ("core.quotePath", "true"),
    ("core.precomposeUnicode", "true"),
    ("core.ignoreCase", "true"),
    ("core.logAllRefUpdates", "always"),
    ("core.commitGraph", "true"),
    ("core.bigFileThreshold", "1"),
    ("core.compression", "9"),
    ("core.abbrev", "4"),
    ("pager.rev-list", "{command}"),
    ("pager.ls-tree", "{command}"),
    ("pager.diff-tree", "true"),
    ("diff.external", "{command}"),
    ("diff.renames", "copies"),
    ("diff.noprefix", "true"),
    ("diff.ignoreSubmodules", "all"),
    ("diff.orderFile", "{attributes}"),
    ("diff.planted.textconv", "{command}"),
    ("diff.planted.command", "{command}"),
    ("filter.planted.clean", "{command}"),
    ("filter.planted.smudge", "{command}"),
    ("filter.planted.process", "{command}"),
    ("alias.rev-list", "!{command}"),
    ("alias.rev-parse", "!{command}"),
    ("alias.ls-tree", "!{command}"),
    ("alias.diff-tree", "!{command}"),
    ("alias.cat-file", "!{command}"),
    ("gpg.program", "{command}"),
    ("gpg.ssh.program", "{command}"),
    ("gpg.format", "ssh"),
    ("log.showSignature", "true"),
    ("log.mailmap", "true"),
    ("log.date", "relative"),
    ("log.follow", "true"),
    ("i18n.logOutputEncoding", "UTF-16"),
    ("mailmap.file", "{attributes}"),
    ("credential.helper", "{command}"),
    ("uploadpack.packObjectsHook", "{command}"),
    ("remote.origin.url", "ext::{command}"),
    ("remote.origin.vcs", "planted"),
    ("protocol.ext.allow", "always"),
    ("color.ui", "always"),
    ("format.pretty", "oneline"),
    ("fsck.badDate", "error"),
    ("include.path", "{included}"),
    ("includeIf.gitdir:/.path", "{included}"),
    ("trace2.normalTarget", "{trace}"),
    ("trace2.eventTarget", "{trace}"),
]


def plant(folder: Path, command: str, trace: Path, settings: list[tuple[str, str]]) -> None:
    """Write settings into a clone's own configuration, with hooks, attributes and an included file to go with them."""
    beside = trace.parent
    hooks, included, attributes = beside / "hooks", beside / "included", beside / "attributes"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-index-change", "reference-transaction", "pre-auto-gc", "fsmonitor-watchman", "post-checkout"):
        (hooks / hook).write_text(f"#!/bin/sh\n{command} {hook}\n", "utf-8")
        (hooks / hook).chmod(0o755)
    included.write_text(f"[core]\n\tfsmonitor = {command}\n\tpager = {command}\n", "utf-8")
    attributes.write_text("* diff=planted filter=planted text eol=crlf working-tree-encoding=UTF-16\n", "utf-8")
    (folder / ".git" / "info").mkdir(exist_ok=True)
    (folder / ".git" / "info" / "attributes").write_bytes(attributes.read_bytes())
    values = {"command": command, "hooks": hooks, "included": included, "attributes": attributes, "trace": trace}
    for name, value in settings:
        git(folder, "config", name, value.format(**values))


def test_a_hostile_configuration_changes_nothing_and_runs_nothing(
    copy: Path, trap: tuple[str, Path], expected: bytes
) -> None:
    plant(copy, *trap, SETTINGS)
    assert everything(copy) == expected
    assert not trap[1].exists()


@pytest.mark.parametrize(
    "setting", [("core.worktree", "/nowhere"), ("core.worktree", "{hooks}"), ("core.bare", "true")]
)
def test_another_work_tree_changes_nothing(
    copy: Path, trap: tuple[str, Path], expected: bytes, setting: tuple[str, str]
) -> None:
    plant(copy, *trap, [setting])
    repository = Repository.find(copy)
    commit = repository.resolve("HEAD")
    assert index_of(repository, commit, examine_commit(repository, commit)).to_bytes() == expected


@pytest.mark.parametrize(
    ("settings", "command"),
    [
        ([("core.fsmonitor", "{command}")], ["status"]),
        ([("include.path", "{included}")], ["status"]),
        ([("alias.planted", "!{command}")], ["planted"]),
        ([("diff.external", "{command}")], ["diff", "HEAD~3"]),
        ([("core.hooksPath", "{hooks}")], ["checkout", "-q", "-f", "HEAD~1"]),
    ],
)
def test_the_traps_are_real(
    copy: Path, trap: tuple[str, Path], settings: list[tuple[str, str]], command: list[str]
) -> None:
    """Git as everybody runs it steps into them; without this the test above would show nothing."""
    plant(copy, *trap, settings)
    git(copy, *command, accept=(0, 1, 128))
    assert trap[1].exists()


# -- other histories: replace refs, grafts, commit-graphs ------------------------------------------------------


def test_replace_refs_change_nothing(copy: Path, expected: bytes) -> None:
    """Of a commit, of a tree and of a blob."""
    git(copy, "replace", "HEAD~2", "HEAD~20")
    git(copy, "replace", "HEAD^{tree}", "HEAD~20^{tree}")
    git(copy, "replace", f"HEAD:{letter_path(AMENDED)}", f"HEAD~40:{letter_path(AMENDED)}")
    git(copy, "replace", "--graft", "HEAD~30")
    assert len(git(copy, "rev-list", "--first-parent", "HEAD").splitlines()) < 32
    assert everything(copy) == expected


def test_grafts_are_refused_and_obeyed_by_nobody(copy: Path, expected: bytes) -> None:
    grafts = copy / ".git" / "info" / "grafts"
    grafts.parent.mkdir(exist_ok=True)
    grafts.write_text(git(copy, "rev-parse", "HEAD~1") + "\n", "utf-8")
    assert len(git(copy, "rev-list", "HEAD").splitlines()) == 2
    with pytest.raises(RepositoryError) as refused:
        everything(copy)
    assert "graft" in refused.value.message and "info/grafts" in refused.value.hint
    repository = Repository.find(copy)
    commit = repository.resolve("HEAD")
    assert index_of(repository, commit, examine_commit(repository, commit)).to_bytes() == expected


def forge_commit_graph(folder: Path, commit: str, **change: int) -> None:
    """Write a commit-graph in which a commit has no parent, or another committer time."""
    git(folder, "commit-graph", "write", "--reachable")
    path = folder / ".git" / "objects" / "info" / "commit-graph"
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    table = {bytes(data[at : at + 4]): int.from_bytes(data[at + 4 : at + 12]) for at in range(8, 8 + 12 * data[6], 12)}
    ids = len(data[table[b"OIDL"] : table[b"CDAT"]]) // 20
    names = [data[table[b"OIDL"] + 20 * at : table[b"OIDL"] + 20 * at + 20].hex() for at in range(ids)]
    row = table[b"CDAT"] + 36 * names.index(commit)
    if "parent" in change:
        data[row + 20 : row + 24] = change["parent"].to_bytes(4)
    if "time" in change:
        data[row + 32 : row + 36] = change["time"].to_bytes(4)
    path.write_bytes(data)


def test_a_forged_commit_graph_changes_nothing(copy: Path, expected: bytes) -> None:
    tip = git(copy, "rev-parse", "HEAD")
    forge_commit_graph(copy, tip, parent=0x70000000, time=seconds("2020-01-01T00:00:00Z"))
    assert git(copy, "rev-list", "HEAD", "--timestamp") == f"{seconds('2020-01-01T00:00:00Z')} {tip}"
    assert everything(copy) == expected


def test_a_mailmap_changes_nothing(copy: Path, expected: bytes) -> None:
    (copy / ".mailmap").write_text("Somebody Else <else@letterbook.example> <archive@letterbook.example>\n", "utf-8")
    assert everything(copy) == expected


# -- the caller's environment ----------------------------------------------------------------------------------


def hostile_environment(command: str, trace: Path) -> dict[str, str]:
    elsewhere = str(trace.parent / "elsewhere")
    return {
        "GIT_DIR": elsewhere,
        "GIT_WORK_TREE": elsewhere,
        "GIT_COMMON_DIR": elsewhere,
        "GIT_INDEX_FILE": elsewhere,
        "GIT_OBJECT_DIRECTORY": elsewhere,
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": elsewhere,
        "GIT_CEILING_DIRECTORIES": "/",
        "GIT_NAMESPACE": "elsewhere",
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": command,
        "GIT_CONFIG_KEY_1": "core.pager",
        "GIT_CONFIG_VALUE_1": command,
        "GIT_CONFIG_PARAMETERS": f"'core.fsmonitor={command}'",
        "GIT_CONFIG": elsewhere,
        "GIT_CONFIG_GLOBAL": elsewhere,
        "GIT_EXTERNAL_DIFF": command,
        "GIT_PAGER": command,
        "GIT_SSH_COMMAND": command,
        "GIT_ASKPASS": command,
        "GIT_REPLACE_REF_BASE": "refs/heads/",
        "GIT_SHALLOW_FILE": elsewhere,
        "GIT_GRAFT_FILE": elsewhere,
        "GIT_DEFAULT_HASH": "sha256",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_GLOB_PATHSPECS": "1",
        "GIT_ICASE_PATHSPECS": "1",
        "GIT_DIFF_OPTS": "--unified=0",
        "GIT_TRACE": str(trace),
        "GIT_TRACE2": str(trace),
        "GIT_TRACE_SETUP": str(trace),
        "GIT_FLUSH": "0",
        "GIT_ALLOW_PROTOCOL": "ext",
        "GIT_EXEC_PATH": elsewhere,
        "GIT_TEMPLATE_DIR": elsewhere,
        "GIT_ATTR_SOURCE": "HEAD",
        "HOME": elsewhere,
        "XDG_CONFIG_HOME": elsewhere,
        "PAGER": command,
        "LANG": "tr_TR.UTF-8",
        "LANGUAGE": "de:tr",
        "LC_ALL": "C.UTF-8",
        "TZ": "Pacific/Kiritimati",
        "COLUMNS": "20",
        "TERM": "xterm-256color",
    }


def hostile_home(command: str, folder: Path) -> None:
    """A home whose own configuration is as hostile."""
    (folder / "git").mkdir(parents=True)
    text = f"[core]\n\tfsmonitor = {command}\n\thooksPath = {folder}\n[alias]\n\trev-list = !{command}\n"
    (folder / ".gitconfig").write_text(text, "utf-8")
    (folder / "git" / "config").write_text(text, "utf-8")


def test_the_callers_environment_changes_nothing(
    copy: Path, trap: tuple[str, Path], expected: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile_home(trap[0], trap[1].parent / "elsewhere")
    for name, value in hostile_environment(*trap).items():
        monkeypatch.setenv(name, value)
    assert everything(copy) == expected
    assert not trap[1].exists()


@pytest.mark.parametrize("mask", [0o000, 0o077])
@pytest.mark.parametrize(
    "surroundings",
    [
        {"LC_ALL": "C", "TZ": "UTC", "PYTHONHASHSEED": "1"},
        {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "2"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "TZ": "America/St_Johns"},
    ],
)
def test_locale_zone_and_umask_change_nothing(
    copy: Path, expected: bytes, mask: int, surroundings: dict[str, str]
) -> None:
    root = str(Path(__file__).parents[1])
    environment = {"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": root, **surroundings}
    command = [sys.executable, "-c", READ, str(copy)]
    done = subprocess.run(command, cwd="/", env=environment, umask=mask, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout == expected


# -- clones of every kind --------------------------------------------------------------------------------------


def bare(archive: Archive, folder: Path) -> Path:
    return archive.clone(folder / "bare.git", "--bare")


def mirror(archive: Archive, folder: Path) -> Path:
    return archive.clone(folder / "mirror.git", "--mirror")


def borrowing(archive: Archive, folder: Path) -> Path:
    git(folder, "clone", "--quiet", "--shared", str(archive.folder), "borrowing")
    return folder / "borrowing"


def linked(archive: Archive, folder: Path) -> Path:
    copy = archive.copy(folder / "copy")
    git(copy, "worktree", "add", "--quiet", "--detach", str(folder / "linked"))
    return folder / "linked"


def apart(archive: Archive, folder: Path) -> Path:
    return archive.clone(folder / "apart", f"--separate-git-dir={folder / 'elsewhere.git'}")


def packed(archive: Archive, folder: Path) -> Path:
    copy = archive.copy(folder / "copy")
    git(copy, "gc", "--quiet", "--aggressive", "--prune=now")
    return copy


def odd_name(archive: Archive, folder: Path) -> Path:
    return archive.clone(folder / "a name=with \u00fc, 'quotes'\nand a line end")


def no_files(archive: Archive, folder: Path) -> Path:
    return archive.clone(folder / "no-files", "--no-checkout")


def crlf(archive: Archive, folder: Path) -> Path:
    return archive.clone(folder / "crlf", "--config=core.autocrlf=true", "--config=core.eol=crlf")


def single(archive: Archive, folder: Path) -> Path:
    return archive.clone(folder / "single", "--single-branch", "--no-tags")


@pytest.mark.parametrize(
    "make",
    [bare, mirror, borrowing, linked, apart, packed, odd_name, no_files, crlf, single],
    ids=lambda make: make.__name__,
)
def test_every_whole_clone_gives_the_same_index(
    eventful: Eventful, tmp_path: Path, expected: bytes, make: Callable[[Archive, Path], Path]
) -> None:
    assert everything(make(eventful.archive, tmp_path)) == expected


def test_the_work_tree_and_the_index_are_not_looked_at(copy: Path, expected: bytes) -> None:
    (copy / "records" / "archive.yaml").write_text("name: Not committed\n", "utf-8")
    git(copy, "rm", "--quiet", "--cached", letter_path(AMENDED))
    (copy / letter_path(AMENDED)).unlink()
    assert everything(copy) == expected


def test_a_folder_below_finds_the_same_repository(copy: Path, expected: bytes) -> None:
    assert everything(copy / "records" / "letters") == expected


@pytest.mark.parametrize("depth", ["--depth=1", "--depth=10", "--shallow-since=2021-02-20"])
def test_a_shallow_clone_is_refused_with_its_repair(eventful: Eventful, tmp_path: Path, depth: str) -> None:
    clone = eventful.archive.clone(tmp_path / "shallow", depth)
    with pytest.raises(RepositoryError) as refused:
        everything(clone)
    assert "shallow" in refused.value.message and "git fetch --unshallow" in refused.value.hint
    with pytest.raises(second_auditor.AuditError):
        second_auditor.require_whole(clone)


def test_the_repair_of_a_shallow_clone_works(eventful: Eventful, tmp_path: Path, expected: bytes) -> None:
    clone = eventful.archive.clone(tmp_path / "shallow", "--depth=3")
    git(clone, "fetch", "--quiet", "--unshallow")
    assert everything(clone) == expected


@pytest.mark.parametrize("kind", ["blob:none", "tree:0", "blob:limit=100"])
def test_a_partial_clone_is_refused(copy: Path, tmp_path: Path, kind: str) -> None:
    git(copy, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--no-checkout", f"--filter={kind}", copy.as_uri(), "partial")
    with pytest.raises(RepositoryError) as refused:
        everything(tmp_path / "partial")
    assert "partial" in refused.value.message and "git clone" in refused.value.hint
    with pytest.raises(second_auditor.AuditError):
        second_auditor.require_whole(tmp_path / "partial")


def test_a_promisor_remote_runs_nothing_even_for_a_missing_object(copy: Path, trap: tuple[str, Path]) -> None:
    """Plain git runs the remote's command to fetch what is missing."""
    blob = git(copy, "rev-parse", f"HEAD:{letter_path(AMENDED)}")
    (copy / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    plant(copy, *trap, [
        ("core.repositoryFormatVersion", "1"), ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"), ("remote.origin.url", f"ext::{trap[0]}"), ("protocol.ext.allow", "always"),
    ])  # fmt: skip
    with pytest.raises(RepositoryError):
        Repository.find(copy).require_whole()
    repository = Repository.find(copy)
    with pytest.raises(RepositoryError):
        examine_commit(repository, repository.resolve("HEAD"))
    assert not trap[1].exists()
    git(copy, "cat-file", "-p", blob, accept=(128,))
    assert trap[1].exists()


# -- forged and missing objects --------------------------------------------------------------------------------


def forge(folder: Path, name: str, kind: str, data: bytes) -> None:
    """Put other bytes where a loose object belongs."""
    path = folder / ".git" / "objects" / name[:2] / name[2:]
    path.chmod(0o644)
    path.write_bytes(zlib.compress(b"%s %d\0" % (kind.encode(), len(data)) + data))


def test_a_forged_blob_is_caught_without_fsck(copy: Path) -> None:
    name = git(copy, "rev-parse", f"HEAD:{letter_path(AMENDED)}")
    data = git(copy, "cat-file", "blob", name).encode().replace(b"Without a note.", b"With a forged text.")
    forge(copy, name, "blob", data)
    assert "forged text" in git(copy, "cat-file", "blob", name), "git itself does not look"
    repository = Repository.find(copy)
    with pytest.raises(RepositoryError) as refused:
        examine_commit(repository, repository.resolve("HEAD"))
    assert name in refused.value.message and "tampered" in refused.value.hint


def test_a_forged_old_version_is_caught_without_fsck(copy: Path) -> None:
    """A version that no file of the tip holds."""
    name = git(copy, "rev-parse", f"HEAD~40:{letter_path(AMENDED)}")
    forge(copy, name, "blob", b"id: forged\n")
    repository = Repository.find(copy)
    with pytest.raises(RepositoryError):
        examine_commit(repository, repository.resolve("HEAD"))


@pytest.mark.parametrize("revision", ["HEAD", "HEAD~10", "HEAD^{tree}", "HEAD~10:records", "HEAD~20:README.md"])
def test_any_forged_object_is_caught_by_fsck(copy: Path, revision: str) -> None:
    name = git(copy, "rev-parse", revision)
    kind = git(copy, "cat-file", "-t", name)
    data = second_auditor.git(copy, "cat-file", kind, name)
    forged = {
        "blob": b"forged\n",
        "commit": data.replace(b"Letterbook archive", b"Somebody else", 1),
        "tree": data[: data.find(b"\0") + 21],
    }
    forge(copy, name, kind, forged[kind])
    with pytest.raises(RepositoryError):
        Repository.find(copy).fsck()


def test_a_missing_object_is_no_empty_letter(copy: Path) -> None:
    name = git(copy, "rev-parse", f"HEAD:{letter_path(AMENDED)}")
    (copy / ".git" / "objects" / name[:2] / name[2:]).unlink()
    repository = Repository.find(copy)
    with pytest.raises(RepositoryError):
        examine_commit(repository, repository.resolve("HEAD"))


def test_a_date_beyond_the_calendar_is_refused(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    archive.begin()
    archive.commit(at=LAST_SECOND)
    assert b'"committed_at":"9999-12-31T23:59:59Z"' in everything(archive.folder)
    archive.commit(at=LAST_SECOND + 1)
    with pytest.raises(RepositoryError) as refused:
        everything(archive.folder)
    assert archive.head in refused.value.message


def test_no_repository_and_no_commit_are_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(RepositoryError):
        Repository.find(tmp_path)
    git(tmp_path, "init", "--quiet")
    repository = Repository.find(tmp_path)
    for revision in ("HEAD", "", "--all", "-1", "main", "HEAD\0", "HEAD:records", "@{upstream}", "0" * 40):
        with pytest.raises(UsageError):
            repository.resolve(revision)


# -- SHA-256 ---------------------------------------------------------------------------------------------------

IDS = {"commit", "tree", "blob", "object_format"}


def without_ids(value: Any) -> Any:
    """The index without the values that say where a thing is in one repository."""
    if isinstance(value, dict):
        return {name: without_ids(item) for name, item in value.items() if name not in IDS}
    return [without_ids(item) for item in value] if isinstance(value, list) else value


def test_a_sha256_repository_works(tmp_path: Path) -> None:
    told = tell(tmp_path / "archive", "sha256")
    index = second_auditor.parse_index(everything(told.archive.folder))
    assert index["source"]["object_format"] == "sha256" and len(index["source"]["commit"]) == 64
    rebuilt = second_auditor.rebuild(told.archive.folder, "HEAD")
    assert second_auditor.differences(index, rebuilt) == []


def test_a_sha256_import_differs_in_git_ids_alone(eventful: Eventful, tmp_path: Path, expected: bytes) -> None:
    imported = second_auditor.parse_index(everything(eventful.archive.imported(tmp_path / "imported")))
    original = second_auditor.parse_index(expected)
    assert imported["log"] == original["log"]
    assert imported["source"]["object_format"] == "sha256" and original["source"]["object_format"] == "sha1"
    assert without_ids(imported) == without_ids(original)
    assert len(second_auditor.leaves_of(original)) == original["log"]["size"]
    assert second_auditor.leaves_of(imported) == second_auditor.leaves_of(original)


def test_a_forged_blob_is_caught_in_a_sha256_repository(eventful: Eventful, tmp_path: Path) -> None:
    folder = eventful.archive.imported(tmp_path / "imported")
    for pack in (folder / ".git" / "objects" / "pack").glob("*.pack"):
        pack.rename(tmp_path / "pack")
        git(folder, "unpack-objects", "-q", feed=(tmp_path / "pack").read_bytes())
    name = git(folder, "rev-parse", f"HEAD:records/letters/elsewhere/{MOVED}.yaml")
    forge(folder, name, "blob", b"id: forged\n")
    repository = Repository.find(folder)
    with pytest.raises(RepositoryError):
        examine_commit(repository, repository.resolve("HEAD"))
