"""A clone can be as hostile as it likes: no command of Letterbook runs anything in it, reaches a network, changes
the clone, or waits for ever. Each trap is shown to be real with stock git, which steps into it.

What stands here besides tests/test_git_environment.py: the real commands, a listening socket, the whole clone compared
before and after, and traps that are no configuration.
"""

import hashlib
import os
import shutil
import socket
import stat
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from publisher.errors import RepositoryError
from publisher.git import Repository
from publisher.signatures import sshsig
from tests.builders import CLEAN, Archive, git
from tests.command import LETTERBOOK
from tests.test_commits import attach, header
from tests.test_git_environment import forge_commit_graph
from tests.test_sshsig import KEY

FIRST, SECOND = "2019-02-18-harbour-to-acme", "2019-03-01-harbour-to-quayside"
DEVELOPMENT_KEY = Path(".git/letterbook-development-key")
WAIT = 120  # seconds until a command counts as hanging, on a machine with much else to do

HOOKS = (
    "applypatch-msg", "commit-msg", "fsmonitor-watchman", "p4-changelist", "p4-post-changelist", "p4-pre-submit",
    "p4-prepare-changelist", "post-applypatch", "post-checkout", "post-commit", "post-index-change", "post-merge",
    "post-receive", "post-rewrite", "post-update", "pre-applypatch", "pre-auto-gc", "pre-commit", "pre-merge-commit",
    "pre-push", "pre-rebase", "pre-receive", "prepare-commit-msg", "proc-receive", "push-to-checkout",
    "reference-transaction", "sendemail-validate", "update",
)  # fmt: skip
COMMANDS = (
    "add", "blame", "branch", "cat-file", "checkout", "commit", "config", "diff", "diff-tree", "env", "fetch",
    "for-each-ref", "fsck", "gc", "log", "ls-files", "ls-tree", "merge-base", "rev-list", "rev-parse", "show",
    "status", "upload-pack", "verify-commit",
)  # fmt: skip

SETTINGS: dict[str, str] = {
    "blame.ignoreRevsFile": "{nowhere}",
    "browser.planted.cmd": "{command}",
    "browser.planted.path": "{command}",
    "column.ui": "always",
    "commit.gpgSign": "true",
    "commit.template": "{nowhere}",
    "core.alternateRefsCommand": "{command}",
    "core.askPass": "{command}",
    "core.attributesFile": "{attributes}",
    "core.autocrlf": "true",
    "core.checkStat": "minimal",
    "core.commitGraph": "true",
    "core.deltaBaseCacheLimit": "1",
    "core.editor": "{command}",
    "core.excludesFile": "{nowhere}",
    "core.fsmonitor": "{command}",
    "core.gitProxy": "{command}",
    "core.hooksPath": "{hooks}",
    "core.logAllRefUpdates": "always",
    "core.multiPackIndex": "true",
    "core.notesRef": "refs/heads/main",
    "core.packedGitWindowSize": "1",
    "core.pager": "{command}",
    "core.preloadIndex": "true",
    "core.sharedRepository": "0777",
    "core.splitIndex": "true",
    "core.sshCommand": "{command}",
    "core.trustctime": "false",
    "core.untrackedCache": "true",
    "credential.helper": "!{command}",
    "credential.http://127.0.0.1:{port}.helper": "{command}",
    "diff.external": "{command}",
    "diff.guitool": "planted",
    "diff.planted.cachetextconv": "true",
    "diff.planted.command": "{command}",
    "diff.planted.textconv": "{command}",
    "diff.tool": "planted",
    "difftool.planted.cmd": "{command}",
    "difftool.prompt": "false",
    "fetch.fsckObjects": "true",
    "fetch.writeCommitGraph": "true",
    "filter.planted.clean": "{command}",
    "filter.planted.process": "{command}",
    "filter.planted.required": "true",
    "filter.planted.smudge": "{command}",
    "format.signature": "{command}",
    "fsck.badDate": "error",
    "gc.auto": "1",
    "gc.autoDetach": "false",
    "gpg.openpgp.program": "{command}",
    "gpg.program": "{command}",
    "gpg.ssh.allowedSignersFile": "{nowhere}",
    "gpg.ssh.defaultKeyCommand": "{command}",
    "gpg.ssh.program": "{command}",
    "gpg.x509.program": "{command}",
    "guitool.planted.cmd": "{command}",
    "help.autoCorrect": "immediate",
    "help.browser": "planted",
    "http.cookieFile": "{nowhere}",
    "http.proxy": "http://127.0.0.1:{port}",
    "imap.tunnel": "{command}",
    "include.path": "{included}",
    "includeIf.gitdir:/.path": "{included}",
    "includeIf.onbranch:**.path": "{included}",
    "init.templateDir": "{hooks}",
    "instaweb.httpd": "{command}",
    "interactive.diffFilter": "{command}",
    "log.mailmap": "true",
    "log.showSignature": "true",
    "maintenance.auto": "true",
    "mailmap.file": "{nowhere}",
    "man.planted.cmd": "{command}",
    "man.viewer": "planted",
    "merge.planted.driver": "{command} %A",
    "merge.tool": "planted",
    "mergetool.planted.cmd": "{command}",
    "notes.rewriteRef": "refs/heads/main",
    "pack.threads": "1",
    "pager.planted": "{command}",
    "protocol.allow": "always",
    "protocol.ext.allow": "always",
    "push.gpgSign": "if-asked",
    "receive.autoGC": "true",
    "receive.procReceiveRefs": "refs",
    "remote.elsewhere.fetch": "+refs/heads/*:refs/remotes/elsewhere/*",
    "remote.elsewhere.receivepack": "{command}",
    "remote.elsewhere.uploadpack": "{command}",
    "remote.elsewhere.url": "git://127.0.0.1:{port}/planted",
    "remote.origin.proxy": "http://127.0.0.1:{port}",
    "remote.origin.url": "ext::{command}",
    "remote.origin.vcs": "planted",
    "safe.bareRepository": "all",
    "safe.directory": "*",
    "sendemail.sendmailCmd": "{command}",
    "sendemail.smtpServer": "{command}",
    "sendemail.toCmd": "{command}",
    "sequence.editor": "{command}",
    "ssh.variant": "ssh",
    "stash.showPatch": "true",
    "status.submoduleSummary": "true",
    "submodule.planted.active": "true",
    "submodule.planted.update": "!{command}",
    "submodule.planted.url": "ext::{command}",
    "submodule.recurse": "true",
    "tar.planted.command": "{command}",
    "trace2.eventTarget": "{trace}",
    "trace2.normalTarget": "{trace}",
    "trace2.perfTarget": "{trace}",
    "trailer.planted.cmd": "{command}",
    "trailer.planted.command": "{command}",
    "transfer.fsckObjects": "true",
    "uploadpack.packObjectsHook": "{command}",
    "url.ext::{command} .insteadOf": "https://",
    "url.git://127.0.0.1:{port}/.pushInsteadOf": "git@",
    "web.browser": "planted",
    **{f"alias.{name}": "!{command}" for name in COMMANDS},
    **{f"pager.{name}": "{command}" for name in COMMANDS},
}
"""What names a command, a host or a file in git's documentation of its configuration, and what leads there."""


@dataclass
class Trap:
    """What was planted leaves its name in `trace`, or calls at `port`, where `calls` counts who called."""

    folder: Path
    port: int
    calls: list[str] = field(default_factory=list)

    @property
    def trace(self) -> Path:
        return self.folder / "trace"

    @property
    def command(self) -> Path:
        return self.folder / "planted.sh"

    @property
    def hooks(self) -> Path:
        return self.folder / "hooks"

    def set(self) -> None:
        """Write what is planted beside a clone: the command, hooks, attributes, and a file to include."""
        script(self.command, self.trace)
        self.hooks.mkdir()
        for hook in HOOKS:
            script(self.hooks / hook, self.trace)
        attributes = "* diff=planted filter=planted merge=planted text eol=crlf working-tree-encoding=UTF-16\n"
        (self.folder / "attributes").write_text(attributes, "utf-8")
        (self.folder / "included").write_text(
            f"[core]\n\tfsmonitor = {self.command}\n\tpager = {self.command}\n[alias]\n\tplanted = !{self.command}\n",
            "utf-8",
        )

    def fill(self, text: str) -> str:
        """Put this trap's places into a setting."""
        places = {name: self.folder / name for name in ("trace", "hooks", "attributes", "included", "nowhere")}
        for name, value in {"command": self.command, "port": self.port, **places}.items():
            text = text.replace(f"{{{name}}}", str(value))
        return text

    @property
    def is_untouched(self) -> bool:
        return not self.trace.exists() and not self.calls


def script(path: Path, trace: Path) -> None:
    """Write a command that leaves a trace: its own name, and what it was given."""
    path.write_text(f'#!/bin/sh\necho "$0 $*" >> "{trace}"\nexit 1\n', "utf-8")
    path.chmod(0o755)


def listen(calls: list[str]) -> tuple[socket.socket, int]:
    """Listen on a port of this machine, note every call and hang up."""
    server = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                caller, address = server.accept()
            except OSError:
                return
            calls.append(str(address))
            caller.close()

    threading.Thread(target=accept, daemon=True).start()
    return server, server.getsockname()[1]


@pytest.fixture
def trap(tmp_path: Path) -> Iterator[Trap]:
    calls: list[str] = []
    server, port = listen(calls)
    folder = tmp_path / "beside"
    folder.mkdir()
    found = Trap(folder, port, calls)
    found.set()
    yield found
    server.close()


@dataclass(frozen=True)
class Whole:
    """An archive that nothing is wrong with, its publication, and a proof from it."""

    archive: Archive
    site: Path


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    folder = tmp_path_factory.mktemp("whole")
    archive = Archive(folder / "archive")
    archive.write(".gitattributes", "* diff=planted filter=planted merge=planted\n")
    archive.begin()
    archive.letter(FIRST)
    archive.assess(FIRST)
    archive.commit()
    archive.branch("side")
    archive.letter(SECOND)
    archive.commit()
    archive.switch("main")
    archive.commit()
    archive.merge("side")
    for kind in ("PGP SIGNATURE", "SIGNED MESSAGE", "SSH SIGNATURE"):
        data = f"{archive.git('cat-file', 'commit', archive.commit())}\n".encode()
        armoured = f"-----BEGIN {kind}-----\nabc\n-----END {kind}-----\n".encode()
        signature = sshsig.sign(KEY, data, "git") if kind == "SSH SIGNATURE" else armoured
        signed = attach(data, header(b"gpgsig", signature))
        archive.rewrite(archive.git("hash-object", "-t", "commit", "-w", "--stdin", feed=signed))
    archive.commit()
    assert run(archive.folder, "publish", "--out", folder / "site") == 0
    (archive.folder / DEVELOPMENT_KEY).unlink()
    return Whole(archive, folder / "site")


@pytest.fixture
def clone(whole: Whole, tmp_path: Path) -> Path:
    """A copy of the archive, to be made hostile."""
    return whole.archive.copy(tmp_path / "clone")


# -- running and comparing -------------------------------------------------------------------------------------


def run(folder: Path, *arguments: str | Path, path: str = "") -> int:
    """Run letterbook in a folder, with more before PATH; its exit status."""
    environment = os.environ | {"PATH": path + os.environ["PATH"]}
    done = subprocess.run(
        [LETTERBOOK, *map(str, arguments)],
        cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=WAIT, check=False,
    )  # fmt: skip
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    assert done.returncode in {0, 1, 2, 3}
    return done.returncode


def commands(inside: Path, outside: Path, whole: Whole, clone: Path) -> dict[str, tuple[Path, list[str | Path]]]:
    """Every command that reads a clone: where it is run, and its arguments."""
    return {
        "check": (inside, ["check"]),
        "check --staged": (inside, ["check", "--staged"]),
        "check --at": (inside, ["check", "--at", "HEAD", "--format", "json"]),
        "publish": (inside, ["publish", "--out", outside / "out"]),
        "history": (inside, ["history", FIRST]),
        "keys": (inside, ["keys"]),
        "prove": (inside, ["prove", FIRST]),
        "verify inside": (inside, ["verify", whole.site]),
        "verify outside": (outside, ["verify", whole.site, "--repo", clone]),
    }


def state(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Mode, time of the last change, and hash of everything in a clone but the key that publish documents."""
    found = {}
    for path in sorted(folder.rglob("*")):
        facts = path.lstat()
        name = path.relative_to(folder).as_posix()
        if stat.S_ISDIR(facts.st_mode):
            found[name] = (facts.st_mode, 0, "")
        elif path.name != DEVELOPMENT_KEY.name:
            content = path.read_bytes() if stat.S_ISREG(facts.st_mode) else b""
            link = str(path.readlink()) if stat.S_ISLNK(facts.st_mode) else ""
            found[name] = (facts.st_mode, facts.st_mtime_ns, hashlib.sha256(content).hexdigest() + link)
    return found


def statuses(
    whole: Whole, clone: Path, trap: Trap, *, inside: Path | None = None, path: str = "", only: tuple[str, ...] = ()
) -> dict[str, int]:
    """Run every command (or only some) on a clone; nothing may run, call, or change there. Returns exit statuses."""
    outside = trap.folder / "outside"
    outside.mkdir()
    before, found = state(clone), {}
    every = commands(inside or clone, outside, whole, clone)
    for name in only or every:
        folder, arguments = every[name]
        found[name] = run(folder, *arguments, path=path)
        assert not trap.trace.exists(), f"{name}: {trap.trace.read_text('utf-8')}"
        assert trap.calls == [], f"{name} reached a network"
        assert state(clone) == before, f"{name} changed the clone"
    return found


def plant(clone: Path, trap: Trap, settings: dict[str, str] = SETTINGS, *where: str) -> None:
    """Write settings into a clone's own configuration, or into the file that `where` names."""
    for name, value in settings.items():
        git(clone, "config", *where, "--add", trap.fill(name), trap.fill(value))


PASSING = {
    "check": 0, "check --staged": 0, "check --at": 0, "publish": 0, "history": 0, "keys": 0,
    "prove": 2,  # it finds the clone, and no publication there
    "verify inside": 0, "verify outside": 0,
}  # fmt: skip
REFUSED = dict.fromkeys(PASSING, 3) | {"prove": 2}


# -- the traps are real ----------------------------------------------------------------------------------------

ASK = b"protocol=http\nhost=127.0.0.1\nusername=x\n\n"
FIRES: dict[str, tuple[list[str], list[str]]] = {
    "watching files": (["core.fsmonitor"], ["status"]),
    "an external diff": (["diff.external"], ["diff", "HEAD~6"]),
    "a diff for some files": (["diff.planted.command"], ["diff", "HEAD~6"]),
    "text of a file": (["diff.planted.textconv"], ["log", "-p"]),
    "a filter into the repository": (["filter.planted.clean"], ["add", "--renormalize", "."]),
    "a filter out of it": (["filter.planted.smudge"], ["checkout", "-f", "HEAD~6"]),
    "a filter that stays": (["filter.planted.process"], ["checkout", "-f", "HEAD~6"]),
    "a hook": (["core.hooksPath"], ["checkout", "-f", "HEAD~1"]),
    "a signature": (["gpg.program"], ["log", "--show-signature"]),
    "an X.509 signature": (["gpg.x509.program"], ["log", "--show-signature"]),
    "an SSH signature": (["gpg.ssh.program", "gpg.ssh.allowedSignersFile"], ["log", "--format=%G?"]),
    "signatures always shown": (["gpg.program", "log.showSignature"], ["log"]),
    "an editor": (["core.editor"], ["commit", "--amend", "--allow-empty"]),
    "a remote": (["remote.origin.url", "protocol.ext.allow"], ["fetch"]),
    "a remote by another name": (["url.ext::{command} .insteadOf", "protocol.ext.allow"], ["ls-remote", "https://x/"]),
    "SSH": (["core.sshCommand"], ["ls-remote", "ssh://x.example/y"]),
    "a proxy": (["core.gitProxy"], ["ls-remote", "git://x.example/y"]),
    "a network": (["remote.elsewhere.url"], ["fetch", "elsewhere"]),
    "a password": (["core.askPass"], ["credential", "fill"]),
    "a password's keeper": (["credential.helper"], ["credential", "fill"]),
    "a packer": (["tar.planted.command"], ["archive", "--format=planted", "HEAD"]),
    "an included file": (["include.path"], ["planted"]),
    "an included file, on a condition": (["includeIf.gitdir:/.path"], ["planted"]),
    "a diff tool": (["diff.tool", "difftool.planted.cmd", "difftool.prompt"], ["difftool", "HEAD~6"]),
}


@pytest.mark.parametrize("name", FIRES)
def test_stock_git_steps_into_the_trap(clone: Path, trap: Trap, name: str) -> None:
    """Without this the test below would show nothing. Git's own ways out of a hang are left open to it."""
    settings, command = FIRES[name]
    plant(clone, trap, {setting: SETTINGS[setting] for setting in settings})
    feed = ASK if command[0] == "credential" else b""
    subprocess.run(
        ["git", *command],
        cwd=clone,
        env=CLEAN,
        input=feed,
        capture_output=True,
        timeout=WAIT,
        check=False,
    )
    assert not trap.is_untouched


# -- and Letterbook does not -----------------------------------------------------------------------------------


def in_the_configuration(clone: Path, trap: Trap) -> None:
    plant(clone, trap)
    shutil.copy(trap.folder / "attributes", clone / ".git" / "info" / "attributes")


def in_the_configuration_of_a_work_tree(clone: Path, trap: Trap) -> None:
    plant(clone, trap, {"core.repositoryFormatVersion": "1", "extensions.worktreeConfig": "true"})
    plant(clone, trap, SETTINGS, "--worktree")


def in_an_included_file(clone: Path, trap: Trap) -> None:
    plant(clone, trap, SETTINGS, "--file", str(trap.folder / "more"))
    plant(clone, trap, {"include.path": str(trap.folder / "more")})


def in_hooks(clone: Path, trap: Trap) -> None:
    shutil.rmtree(clone / ".git" / "hooks", ignore_errors=True)
    shutil.copytree(trap.hooks, clone / ".git" / "hooks")


def behind_a_git_file(clone: Path, trap: Trap) -> None:
    in_the_configuration(clone, trap)
    in_hooks(clone, trap)
    (clone / ".git").rename(trap.folder / "elsewhere.git")
    (clone / ".git").write_text(f"gitdir: {trap.folder / 'elsewhere.git'}\n", "utf-8")


def with_another_work_tree(clone: Path, trap: Trap) -> None:
    in_the_configuration(clone, trap)
    plant(clone, trap, {"core.worktree": str(trap.folder)})


def with_a_repository_in_its_files(clone: Path, trap: Trap) -> None:
    git(clone, "clone", "--quiet", "--bare", ".", "inner.git")
    plant(clone / "inner.git", trap)
    git(clone / "inner.git", "config", "core.bare", "true")


def with_forged_indexes(clone: Path, trap: Trap) -> None:
    """A commit-graph that ends the line early; what should say what a pack holds is nonsense."""
    forge_commit_graph(clone, git(clone, "rev-parse", "HEAD"), parent=0x70000000)
    plant(clone, trap, {"core.commitGraph": "true", "core.multiPackIndex": "true", "pack.writeBitmaps": "true"})
    git(clone, "repack", "-a", "-d", "-b", "--quiet")
    pack = clone / ".git" / "objects" / "pack"
    (bitmap,) = pack.glob("*.bitmap")
    bitmap.chmod(0o644)
    bitmap.write_bytes(bitmap.read_bytes()[:60] + os.urandom(200))
    (pack / "multi-pack-index").write_bytes(b"MIDX\1\1\0\0" + os.urandom(200))


def with_alternates_to_nowhere(clone: Path, trap: Trap) -> None:
    info = clone / ".git" / "objects" / "info"
    info.mkdir(exist_ok=True)
    (info / "alternates").write_text(f"{trap.folder / 'nowhere'}\n../../../nowhere\n", "utf-8")
    (info / "http-alternates").write_text(f"http://127.0.0.1:{trap.port}/objects\n", "utf-8")


def with_impostors_among_its_files(clone: Path, trap: Trap) -> None:
    """Programs and modules of the names that are looked for; somebody has the folder they stand in on their PATH."""
    for name in ("git", "env", "ssh", "ssh-keygen", "gpg", "less", "pager", "vi", "ps", "pgrep", "git-rev-list"):
        script(clone / name, trap.trace)
    for name in ("git", "yaml", "sitecustomize", "usercustomize", "cryptography", "publisher", "subprocess", "site"):
        (clone / f"{name}.py").write_text(f"open({str(trap.trace)!r}, 'a').write({name!r})\n", "utf-8")


Make = Callable[[Path, Trap], None]


@pytest.mark.parametrize(
    "make",
    [
        in_the_configuration, in_the_configuration_of_a_work_tree, in_an_included_file, in_hooks, behind_a_git_file,
        with_another_work_tree, with_a_repository_in_its_files, with_alternates_to_nowhere,
    ],
    ids=lambda make: make.__name__,
)  # fmt: skip
def test_nothing_runs_and_everything_is_as_in_a_friendly_clone(
    whole: Whole, clone: Path, trap: Trap, make: Make
) -> None:
    make(clone, trap)
    assert statuses(whole, clone, trap) == PASSING


def test_forged_indexes_run_nothing_and_fsck_sees_them(whole: Whole, clone: Path, trap: Trap) -> None:
    with_forged_indexes(clone, trap)
    assert statuses(whole, clone, trap) == PASSING | {"verify inside": 3, "verify outside": 3}


def test_a_folder_that_looks_like_a_repository_runs_nothing(whole: Whole, clone: Path, trap: Trap) -> None:
    """Who stands in a bare repository among the files of the clone is in that one, whoever made it."""
    with_a_repository_in_its_files(clone, trap)
    for command in ("update", "fetch"):
        script(clone / "inner.git" / "hooks" / command, trap.trace)
    found = statuses(whole, clone, trap, inside=clone / "inner.git")
    assert found == PASSING | {"check": 2, "check --staged": 2}  # a bare repository has no files, no index


def test_programs_and_modules_among_its_files_are_not_found(whole: Whole, clone: Path, trap: Trap) -> None:
    with_impostors_among_its_files(clone, trap)
    assert statuses(whole, clone, trap, path=f".{os.pathsep}{os.pathsep}") == PASSING


PROMISES = {
    "core.repositoryFormatVersion": "1",
    "extensions.partialClone": "elsewhere",
    "remote.elsewhere.promisor": "true",
    "remote.elsewhere.partialCloneFilter": "blob:none",
    "protocol.ext.allow": "always",
}


@pytest.mark.parametrize(
    "remote",
    [
        {"url": "ext::{command}"},
        {"url": "{command}", "vcs": "ext"},
        {"url": "git://127.0.0.1:{port}/x"},
        {"url": "http://127.0.0.1:{port}/x"},
        {"url": "{here}", "uploadpack": "{command}"},
    ],
)
def test_a_promise_of_missing_objects_is_refused_and_not_collected(
    whole: Whole, clone: Path, trap: Trap, remote: dict[str, str]
) -> None:
    settings = {f"remote.elsewhere.{name}": value.replace("{here}", str(clone)) for name, value in remote.items()}
    plant(clone, trap, PROMISES | settings)
    commands = ("check", "publish", "history", "verify inside", "verify outside")
    blob = git(clone, "rev-parse", f"HEAD:records/letters/2019/{FIRST}.yaml")
    (clone / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    assert set(statuses(whole, clone, trap, only=commands).values()) == {3}
    git(clone, "cat-file", "-p", blob, accept=(128,))
    assert not trap.is_untouched, "git itself collects it"


def test_a_promisor_pack_is_refused(whole: Whole, clone: Path, trap: Trap) -> None:
    git(clone, "repack", "-a", "-d", "--quiet")
    (pack,) = (clone / ".git" / "objects" / "pack").glob("*.pack")
    pack.with_suffix(".promisor").touch()
    in_the_configuration(clone, trap)
    assert statuses(whole, clone, trap) == REFUSED


def test_an_alternate_with_forged_objects_is_not_believed(whole: Whole, clone: Path, trap: Trap) -> None:
    elsewhere = trap.folder / "objects"
    blob = git(clone, "rev-parse", f"HEAD:records/letters/2019/{FIRST}.yaml")
    (elsewhere / blob[:2]).mkdir(parents=True)
    (clone / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    data = b"id: forged\n"
    (elsewhere / blob[:2] / blob[2:]).write_bytes(zlib.compress(b"blob %d\0" % len(data) + data))
    with_alternates_to_nowhere(clone, trap)
    (clone / ".git" / "objects" / "info" / "alternates").write_text(f"{elsewhere}\n", "utf-8")
    assert git(clone, "cat-file", "blob", blob) == "id: forged", "git itself does not look"
    found = statuses(whole, clone, trap, only=("check --at", "publish", "verify inside", "verify outside"))
    assert set(found.values()) == {3}


@pytest.mark.parametrize("target", ["nowhere", "victim"])
def test_the_development_key_is_not_written_through_a_link(clone: Path, trap: Trap, target: str) -> None:
    """Nor is somebody's file taken for it."""
    victim = trap.folder / "victim"
    victim.write_text("mine\n", "utf-8")
    (clone / DEVELOPMENT_KEY).symlink_to(trap.folder / target)
    assert run(clone, "publish", "--out", trap.folder / "out") == 3
    assert not (trap.folder / "nowhere").exists()
    assert victim.read_text("utf-8") == "mine\n"


# -- nothing is waited for -------------------------------------------------------------------------------------

START = "import sys; from publisher import cli, git; git.START_SECONDS = 4.0; sys.exit(cli.main(sys.argv[1:]))"
PIPES = [
    "HEAD", "config", "config.worktree", "commondir", "index", "packed-refs", "shallow", "info/attributes",
    "info/exclude", "info/grafts", "info/sparse-checkout", "logs/HEAD", "refs/heads/main", "refs/heads/other",
    "refs/replace/x", "refs/remotes/origin/HEAD", "objects/aa/{hex}", "objects/info/alternates",
    "objects/info/commit-graph", "objects/info/packs", "objects/pack/multi-pack-index",
    "objects/pack/pack-{hex}aa.idx", "objects/pack/pack-{hex}aa.pack", "hooks/pre-commit",
    "letterbook-development-key",
]  # fmt: skip
"""What git, or Letterbook, might open."""


def ends(folder: Path, *arguments: str | Path) -> tuple[int, str]:
    """Run letterbook with little patience; its exit status and what it said. What waits for ever raises an error."""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-P", "-c", START, *map(str, arguments)],
        cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=WAIT, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr.decode()


def pipe(path: Path) -> None:
    """Put a pipe that nobody writes to where something else may be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("name", "linked"), [*((name, False) for name in PIPES), *((name, True) for name in PIPES[::6])]
)
def test_a_pipe_in_the_git_directory_is_refused(clone: Path, trap: Trap, name: str, linked: bool) -> None:
    place = clone / ".git" / name.replace("{hex}", "a" * 38)
    if name == "config.worktree":
        plant(clone, trap, {"core.repositoryFormatVersion": "1", "extensions.worktreeConfig": "true"})
    pipe(trap.folder / "pipe" if linked else place)
    if linked:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.unlink(missing_ok=True)
        place.symlink_to(trap.folder / "pipe")
    status, said = ends(clone, "publish", "--out", trap.folder / "out")
    assert status == 3, said
    assert "neither a file nor a folder" in said or "did not end within" in said or "not a git repository" in said


@pytest.mark.parametrize(
    "setting",
    [
        "include.path", "includeIf.gitdir:/.path", "core.attributesFile", "core.excludesFile", "mailmap.file",
        "diff.orderFile", "fsck.skipList", "blame.ignoreRevsFile", "commit.template", "gpg.ssh.allowedSignersFile",
        "gpg.ssh.revocationFile", "http.cookieFile", "core.worktree",
    ],
)  # fmt: skip
def test_a_pipe_elsewhere_is_not_waited_for(whole: Whole, clone: Path, trap: Trap, setting: str) -> None:
    """Refused where git would read it, else nothing at all happens."""
    pipe(trap.folder / "pipe")
    with (clone / ".git" / "config").open("a", encoding="utf-8") as config:
        section, _, name = setting.rpartition(".")
        section, _, rest = section.partition(".")
        config.write(f'[{section} "{rest}"]\n' if rest else f"[{section}]\n")
        config.write(f"\t{name} = {trap.folder / 'pipe'}\n")
    status, said = ends(clone, "check")
    audited, report = ends(clone, "verify", whole.site)
    if setting.startswith("include"):
        assert (status, audited) == (3, 3) and "did not end within 4 seconds" in said
    else:
        assert (status, audited) == (0, 3 if setting == "fsck.skipList" else 0), said + report


def test_an_endless_file_is_not_waited_for(clone: Path) -> None:
    git(clone, "config", "include.path", "/dev/zero")
    status, said = ends(clone, "check")
    assert status == 3, said


def test_a_pipe_in_a_store_that_is_borrowed_is_refused(clone: Path, trap: Trap) -> None:
    """However many lists of stores lie between."""
    stores = [trap.folder / "one", trap.folder / "two", clone / ".git" / "objects"]
    for store, target in zip(stores[1:], stores, strict=False):
        (store / "info").mkdir(parents=True, exist_ok=True)
        (store / "info" / "alternates").write_text(f"# a comment\n{os.path.relpath(target, store)}\n", "utf-8")
    (stores[0] / "aa").mkdir(parents=True)
    assert ends(clone, "check")[0] == 0
    pipe(stores[0] / "aa" / ("a" * 38))
    status, said = ends(clone, "check")
    assert status == 3 and "neither a file nor a folder" in said
    (stores[1] / "info" / "alternates").write_text(f'"{stores[0]}"\n', "utf-8")
    status, said = ends(clone, "check")
    assert status == 3 and "names an object store" in said


def test_a_pipe_in_a_git_directory_that_shares_another_is_refused(clone: Path, trap: Trap) -> None:
    own, files = trap.folder / "own", trap.folder / "files"
    own.mkdir()
    files.mkdir()
    (own / "commondir").write_text(f"{clone / '.git'}\n", "utf-8")
    (own / "HEAD").write_text("ref: refs/heads/main\n", "utf-8")
    (files / ".git").write_text(f"gitdir: {own}\n", "utf-8")
    shutil.copy(clone / ".git" / "index", own / "index")
    assert ends(files, "check", "--staged")[0] == 0
    pipe(own / "index")
    status, said = ends(files, "check", "--staged")
    assert status == 3 and "neither a file nor a folder" in said


def test_a_git_directory_that_leads_everywhere_is_refused(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = Repository.find(clone)
    repository.require_whole()
    folders = sum(path.is_dir() for path in (clone / ".git").rglob("*")) + 1
    monkeypatch.setattr("publisher.layout.MAX_FOLDERS", folders)
    repository.require_whole()
    (clone / ".git" / "refs" / "out").symlink_to(clone / "records" / "letters" / "2019", target_is_directory=True)
    with pytest.raises(RepositoryError, match=f"more than {folders} folders"):
        repository.require_whole()


def test_links_in_a_circle_and_a_watchers_socket_are_no_harm(clone: Path, trap: Trap) -> None:
    (clone / ".git" / "circle").symlink_to(".", target_is_directory=True)
    (clone / ".git" / "nowhere").symlink_to(trap.folder / "nowhere")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(clone / ".git")  # the name of a socket is short
        try:
            server.bind("fsmonitor--daemon.ipc")
        finally:
            os.chdir(here)
        assert ends(clone, "check")[0] == 0


def test_what_fsck_would_be_kept_from_is_said(whole: Whole, clone: Path, trap: Trap) -> None:
    (trap.folder / "skip").write_text(git(clone, "rev-parse", "HEAD") + "\n", "utf-8")
    git(clone, "config", "fsck.skipList", str(trap.folder / "skip"))
    with pytest.raises(RepositoryError, match="keeps objects from git fsck"):
        Repository.find(clone).fsck()
    assert run(clone, "verify", whole.site) == 3
    assert run(clone, "verify", whole.site, "--no-fsck") == 3
