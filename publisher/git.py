"""The git repository: the only module that asks git anything, by plumbing commands through GitPython's command object.

(launch.py starts it without GitPython where that matters, and porcelain.py commits as the person at the desk would.)

Every command runs in a scrubbed environment (nothing of the caller's but the absolute folders of PATH), with the
repository's own configuration disarmed as far as git allows. GitPython only ever adds to the environment, so `env -i`
starts each git with exactly what stands in `ENVIRONMENT`. Object ids are strings of hex digits; every blob and commit
that is read is hashed again, so a forged loose object cannot pass for another.

GitPython's Repo and its object database are not used: they cannot read SHA-256 repositories.
"""

import hashlib
import os
import shutil
import signal
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, cast

from publisher.errors import RepositoryError, UsageError
from publisher.layout import require_files

if TYPE_CHECKING:
    from git import Git

    from publisher.launch import Launcher

ObjectFormat = Literal["sha1", "sha256"]

LAST_SECOND = 253_402_300_799  # 9999-12-31T23:59:59Z
MAX_COMMIT = 1 << 20
INTAKE = "intake.yaml"  # at the root of a private intake repository: see intake.py
_NOTHING: Mapping[str, str] = {}
START_SECONDS = 20.0  # for the first command, which reads the configuration and whatever that includes

ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",  # a promisor remote of a hostile clone would run commands
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "HOME": os.devnull,
    "LC_ALL": "C",
    "TZ": "UTC",
}
DISARMED = (
    "advice.graftFileDeprecated=false",  # which would come before every error
    "core.commitGraph=false",  # a forged commit-graph shortens the line
    "core.hooksPath=",
    "core.fsmonitor=false",
    "core.pager=cat",
    "core.quotePath=false",
    "core.useReplaceRefs=false",
    "gc.auto=0",
    "log.showSignature=false",
    "protocol.allow=never",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class LineCommit:
    """One commit of the first-parent line: `time` is the committer time in seconds since 1970, UTC."""

    id: str
    parent: str | None
    time: int


@dataclass(frozen=True, slots=True)
class Change:
    """What one commit did to one path, against its first parent; a mode of 000000 says that there is no file."""

    path: str
    mode: str
    blob: str
    old_mode: str
    old_blob: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TreeEntry:
    """One file of a tree or of the index."""

    path: str
    mode: str
    id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Blob:
    """One blob (or another object) as read: `data` is None where it is larger than the reader asked for."""

    id: str
    size: int
    sha256: str
    data: bytes | None
    head: bytes


class Repository:
    """A git repository on disk, asked by plumbing commands only; nothing in it is ever run.

    Nothing in it is written either, but by `begin` and `commit_all`, which are for an archive that is new.
    """

    def __init__(self, root: Path, *, index_file: str | None = None, light: bool = False) -> None:
        self.root = root
        self._environment = dict(ENVIRONMENT, PATH=absolute_path())
        if index_file is not None:
            self._environment["GIT_INDEX_FILE"] = index_file
        self._launcher = _launcher(root, self._environment) if light else None
        self._git = self._launcher or _command_object(root)
        self.foresee(_PARTIAL, _REMOTES, _commit_named("HEAD"))
        self.object_format, self.git_dir, self._own_git_dir = self._what_it_is()

    @classmethod
    def find(cls, start: Path, *, index_file: str | None = None, light: bool = False) -> "Repository":
        """Return the repository that holds the folder `start`; raises RepositoryError where there is none.

        `light` starts git without GitPython, which takes longer to load than a small check to run
        (docs/decisions/0014-git-without-gitpython-in-a-hook.md); what git gets to see is the same.
        """
        here = start.resolve()
        if not here.is_dir():
            raise UsageError(f"{start} is not a folder", "name a folder that is a git repository or inside one")
        for folder in (here, *here.parents):
            if (folder / ".git").exists() or _is_bare(folder):
                return cls(folder, index_file=index_file, light=light)
        raise RepositoryError(
            f"{start} is not inside a git repository",
            "stand in a clone of the archive, or name one; a new archive begins with 'git init'",
        )

    def foresee(self, *commands: Sequence[str]) -> None:
        """Start commands whose answers will be asked for soon, where git is started lightly: Python goes on loading."""
        if self._launcher is not None:
            for arguments in commands:
                self._launcher.begin(self._command(arguments))

    # -- running git ---------------------------------------------------------------------------------------

    @classmethod
    def begin(cls, root: Path) -> "Repository":
        """Make a repository of a folder, on the branch `main`, without anybody's template."""
        made = cls.__new__(cls)
        made.root, made._environment = root, dict(ENVIRONMENT, PATH=absolute_path())
        made._launcher, made._git = None, _command_object(root)
        made._run("init", "--quiet", "--initial-branch=main", "--template=", ".")
        return cls(root)

    def commit_all(self, name: str, address: str, *, time: int, message: str) -> str:
        """Commit everything in the work tree and return the commit: at +0000, and without hooks.

        Later commits that are made in this clone are by the same name and address.
        """
        person = {
            f"GIT_{who}_{what}": value
            for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", name), ("EMAIL", address), ("DATE", f"@{time} +0000"))
        }
        self._run("config", "user.name", name)
        self._run("config", "user.email", address)
        self._run("add", "--all")
        self._run("commit", "--quiet", "--no-verify", "--message", message, extra=person)
        return self.resolve("HEAD")

    def _command(self, arguments: Sequence[str], extra: Mapping[str, str] = _NOTHING) -> list[str]:
        command: list[str] = []
        if extra or self._launcher is None:
            variables = (f"{name}={value}" for name, value in {**self._environment, **extra}.items())
            command += [program("env"), "-i", *variables]
        command.append("git")
        for setting in (*DISARMED, f"safe.directory={self.root}"):
            command += ["-c", setting]
        return [*command, *arguments]

    def _run(
        self,
        *arguments: str,
        feed: bytes = b"",
        accept: tuple[int, ...] = (0,),
        seconds: float | None = None,
        extra: Mapping[str, str] = _NOTHING,
    ) -> tuple[int, bytes]:
        with _file_of(feed) as source:
            status, output, complaint = self._git.execute(
                self._command(arguments, extra),
                istream=source,
                with_extended_output=True,
                with_exceptions=False,
                stdout_as_string=False,
                strip_newline_in_stdout=False,
                kill_after_timeout=seconds,
            )
        if seconds is not None and status == -signal.SIGKILL:
            raise RepositoryError(
                f"git did not end within {seconds:g} seconds of reading this clone's configuration",
                "its git directory, or a file that its configuration includes, holds something that is no file",
            )
        if status not in accept:
            raise RepositoryError(
                f"git {arguments[0]} failed: {_first_line(complaint) or f'exit status {status}'}",
                "check the clone with 'git fsck --full'",
            )
        return status, output

    def _stream(self, *arguments: str, feed: BinaryIO) -> Iterator[BinaryIO]:
        """Yield the standard output of one running git once; raise RepositoryError if it ends badly."""
        process = self._git.execute(self._command(arguments), istream=feed, as_process=True)
        try:
            yield process.stdout
            complaint = process.stderr.read()
            status = process.proc.wait() if process.proc else 0
        finally:
            process.stdout.close()
            process.stderr.close()
        if status:
            text = _first_line(complaint.decode("utf-8", "replace"))
            raise RepositoryError(f"git {arguments[0]} failed: {text}", "check the clone with 'git fsck --full'")

    # -- what kind of repository this is -------------------------------------------------------------------

    def _what_it_is(self) -> tuple[ObjectFormat, Path, Path]:
        """Return the object format, the git directory that all work trees share, and that of this work tree."""
        asked = "--show-object-format", "--path-format=absolute", "--git-common-dir", "--git-dir"
        _, output = self._run("rev-parse", *asked, seconds=START_SECONDS)
        name, *folders = output.removesuffix(b"\n").split(b"\n")
        if len(folders) != 2:  # one of them has a line break in its name
            folders = [self._run("rev-parse", "--path-format=absolute", each)[1][:-1] for each in asked[2:]]
        common, own = (Path(os.fsdecode(folder)) for folder in folders)
        return "sha256" if name == b"sha256" else "sha1", common, own

    def require_work_tree(self) -> None:
        """Raise UsageError for a bare repository, which has a history and no files on disk."""
        if not (self.root / ".git").exists():
            raise UsageError("this repository is bare: there are no files here to look at", "name a commit: --at HEAD")

    def require_whole(self) -> None:
        """Raise RepositoryError unless the whole history is here, in files: not shallow, not grafted, not partial."""
        folder = self.git_dir
        require_files(folder, self._own_git_dir)
        if (folder / "shallow").exists():
            raise RepositoryError(
                "this clone is shallow: its history is cut off, so every date would be wrong",
                "run 'git fetch --unshallow' (in a workflow: fetch-depth: 0)",
            )
        grafts = folder / "info" / "grafts"
        if grafts.exists() and grafts.read_bytes().strip():
            raise RepositoryError(
                "this clone has grafts: they show a history that was never committed",
                "remove the file info/grafts in its git directory",
            )
        status, _ = self._run(*_PARTIAL, accept=(0, 1))
        if status == 0 or any((folder / "objects" / "pack").glob("*.promisor")):
            raise RepositoryError(
                "this clone is partial: it lacks objects and would fetch them from wherever its configuration says",
                "make a full clone with 'git clone' and no --filter",
            )

    def fsck(self) -> None:
        """Raise RepositoryError unless every object is what its name says (git fsck --full)."""
        status, output = self._run("config", "-z", "--get-regexp", r"^fsck\.", accept=(0, 1))
        kept = [row.partition(b"\n") for row in output.split(b"\0") if row] if status == 0 else []
        if quiet := [name.decode("ascii", "replace") for name, _, value in kept if value.lower() != b"error"]:
            raise RepositoryError(
                "this clone's configuration keeps objects from git fsck",
                f"remove {quiet[0]} from it, or make a clone of your own",
            )
        self._run("fsck", "--full", "--no-dangling", "--no-progress")

    def refuse_faulty(self, tip: str, base: str | None) -> None:
        """Raise RepositoryError if git's own rules are broken by an object that `tip` leads to and `base` does not.

        The rules are those of git-fsck for a transfer, in which warnings count too. They are asked by unpacking the
        objects beside this repository, in a folder that is gone afterwards.
        """
        with tempfile.TemporaryDirectory(prefix="letterbook-") as folder, _file_of(b"") as feed:
            beside = Path(folder)
            self._run("init", "--quiet", "--bare", f"--object-format={self.object_format}", "--template=", folder)
            (beside / "objects" / "info").mkdir(exist_ok=True)
            (beside / "objects" / "info" / "alternates").write_bytes(os.fsencode(self.git_dir / "objects") + b"\n")
            feed.write(f"{tip}\n".encode() + (f"^{base}\n".encode() if base else b""))
            feed.seek(0)
            pack = beside / "new.pack"
            for output in self._stream("pack-objects", "--revs", "--stdout", "--quiet", feed=feed):
                with pack.open("wb") as file:
                    shutil.copyfileobj(output, file)
            with pack.open("rb") as packed:
                for output in Repository(beside)._stream("index-pack", "--strict", "--stdin", feed=packed):
                    output.read()

    # -- commits -------------------------------------------------------------------------------------------

    def resolve(self, revision: str) -> str:
        """Return the id of the commit that `revision` names; raises UsageError if there is none."""
        found = self.find_commit(revision)
        if found is None:
            raise UsageError(f"there is no commit {revision!r} here", "'git log --oneline' lists what there is")
        return found

    def find_commit(self, revision: str) -> str | None:
        """Return the id of the commit that `revision` names, or None."""
        if not revision or revision.startswith("-") or "\0" in revision:
            return None
        status, output = self._run(*_commit_named(revision), accept=(0, 1, 128))
        return output.decode("ascii").strip() if status == 0 else None

    def tree_of(self, commit: str) -> str:
        """Return the id of a commit's tree."""
        return self._run("rev-parse", "--verify", f"{commit}^{{tree}}")[1].decode("ascii").strip()

    def line(self, commit: str, *, since: str | None = None) -> list[LineCommit]:
        """Return the first-parent line that ends in `commit`, oldest first; without what `since` leads to.

        Raises RepositoryError for a date that no calendar with years of four digits has.
        """
        without = [f"^{since}"] if since else []
        _, output = self._run("rev-list", "--first-parent", "--reverse", "--timestamp", "--parents", commit, *without)
        commits = []
        for row in output.decode("ascii").splitlines():
            time, name, *parents = row.split(" ")
            if int(time) > LAST_SECOND:
                raise RepositoryError(f"commit {name} is dated after the year 9999", "commit again with a true date")
            commits.append(LineCommit(id=name, parent=parents[0] if parents else None, time=int(time)))
        return commits

    def merge_base_with_remote(self) -> str | None:
        """Return the merge base of HEAD and the default branch of the remote (origin, else another), or None."""
        head = self.find_commit("HEAD")
        default = None if head is None else self._remote_default(head)
        if head is None or default is None or default == head:
            return default
        return self.merge_base(head, default)

    def published(self) -> str | None:
        """Return the commit up to which a record counts as published: the merge base with the remote, else HEAD.

        None in a private intake repository, in which nothing is published.
        """
        if (self.root / INTAKE).is_file():
            return None
        return self.merge_base_with_remote() or self.find_commit("HEAD")

    def branch(self) -> str | None:
        """Return the name of the branch that the next commit goes to, also of one without a commit; None on none."""
        status, output = self._run("symbolic-ref", "--quiet", "--short", "HEAD", accept=(0, 1))
        return output.decode("utf-8", "replace").strip() if status == 0 else None

    def remote(self) -> str | None:
        """Return the name of the remote to push to: origin, else another one; None where there is none."""
        status, output = self._run("config", "-z", "--name-only", "--get-regexp", r"^remote\..*\.url$", accept=(0, 1))
        if status == 1:
            return None
        names = [
            key.removeprefix("remote.").removesuffix(".url") for key in output.decode("utf-8", "replace").split("\0")
        ]
        return "origin" if "origin" in names else names[0]

    def _remote_default(self, head: str) -> str | None:
        """Return the tip of a remote's default branch; where no remote says which that is, of its main or master."""
        _, output = self._run(*_REMOTES)
        rows = [row.split(" ", 1) for row in output.decode("utf-8", "surrogateescape").splitlines()]
        tips = {ref: name for name, ref in rows if ref.count("/") == 3}
        for branch in ("HEAD", "main", "master"):
            found = [ref for ref in tips if ref.endswith(f"/{branch}")]
            found.sort(key=lambda ref: (not ref.startswith("refs/remotes/origin/"), ref))
            tip = tips[found[0]] if found else None
            if tip is not None and (tip == head or (tip := self.find_commit(tip)) is not None):
                return tip
        return None

    def new_commits(self, tip: str, known: Iterable[str]) -> list[LineCommit]:
        """Return every commit that `tip` leads to and none of the `known` ones does, parents first."""
        feed = "".join([f"{tip}\n", *(f"^{name}\n" for name in known)]).encode()
        asked = "rev-list", "--reverse", "--topo-order", "--timestamp", "--parents", "--stdin"
        rows = [row.split(" ") for row in self._run(*asked, feed=feed)[1].decode("ascii").splitlines()]
        return [LineCommit(id=row[1], parent=row[2] if len(row) > 2 else None, time=int(row[0])) for row in rows]

    def remote_tips(self, remote: str) -> dict[str, str]:
        """Return the branches of a remote as they were last seen, by name, with the commit of each."""
        prefix = f"refs/remotes/{remote}/"
        rows = (row.split(" ", 1) for row in self._run(*_REMOTES)[1].decode("utf-8", "surrogateescape").splitlines())
        found = {ref.removeprefix(prefix): name for name, ref in rows if ref.startswith(prefix)}
        return {branch: name for branch, name in found.items() if self.find_commit(name) == name}

    def merge_base(self, one: str, other: str) -> str | None:
        """Return the best common ancestor of two commits, or None."""
        status, output = self._run("merge-base", one, other, accept=(0, 1))
        return output.decode("ascii").split("\n")[0] if status == 0 else None

    def commit_objects(self, tip: str, *known: str | None) -> Iterator[tuple[str, bytes]]:
        """Yield every commit that `tip` leads to, and none of the `known` does: its id and its bytes.

        The bytes are hashed again.

        Raises RepositoryError for one of more than MAX_COMMIT bytes.
        """
        with _file_of(b"") as feed:
            feed.write(f"{tip}^{{commit}}\n".encode())
            feed.writelines(f"^{name}^{{commit}}\n".encode() for name in known if name)
            feed.seek(0)
            for ids in self._stream("rev-list", "--stdin", feed=feed):
                for output in self._stream("cat-file", "--batch", "--buffer", feed=ids):
                    while header := output.readline():
                        found = self._read_object("commit", header, output, MAX_COMMIT)
                        if found.data is None:
                            raise RepositoryError(
                                f"commit {found.id} is larger than {MAX_COMMIT} bytes", "nobody writes such a commit"
                            )
                        yield found.id, found.data

    def tags(self, name: str) -> Iterator[tuple[str, bytes]]:
        """Yield the annotated tags that `name` names, from the outermost inwards: id and bytes, hashed again.

        Raises RepositoryError for one of more than MAX_COMMIT bytes.
        """
        while self._run("cat-file", "--batch-check=%(objecttype)", feed=f"{name}\n".encode())[1] == b"tag\n":
            with _file_of(f"{name}\n".encode()) as feed:
                for output in self._stream("cat-file", "--batch", feed=feed):
                    found = self._read_object("tag", output.readline(), output, MAX_COMMIT)
            if found.data is None:
                raise RepositoryError(f"tag {found.id} is larger than {MAX_COMMIT} bytes", "nobody writes such a tag")
            yield found.id, found.data
            name = found.data.partition(b"\n")[0].removeprefix(b"object ").decode("ascii", "replace")

    # -- trees and blobs -----------------------------------------------------------------------------------

    def changes(
        self, commits: Iterable[LineCommit], folder: str, *, kinds: str = ""
    ) -> Iterator[tuple[str, list[Change]]]:
        """Yield, for each commit that touched `folder`, its id and every changed path against its first parent.

        `kinds` are letters of git's --diff-filter: only changes of these kinds are looked for.
        """
        with _file_of(b"") as feed:
            for commit in commits:
                feed.write(f"{commit.id} {commit.parent}\n".encode() if commit.parent else f"{commit.id}\n".encode())
            feed.seek(0)
            for output in self._stream(
                "diff-tree",
                "--stdin",
                "-r",
                "-z",
                "--raw",
                "--no-renames",
                "--root",
                "--no-abbrev",
                *([f"--diff-filter={kinds}"] if kinds else []),
                "--",
                folder,
                feed=feed,
            ):
                yield from _parse_raw(output)

    def tree(self, commit: str, folder: str) -> list[TreeEntry]:
        """Return every file below `folder` in a commit's tree, in byte order of paths.

        Raises RepositoryError for a tree that holds one name twice.
        """
        _, output = self._run("ls-tree", "-r", "-z", "--full-tree", commit, "--", folder)
        entries = [_tree_entry(row) for row in output.split(b"\0") if row]
        if len({entry.path for entry in entries}) != len(entries):
            raise one_name_twice(commit)
        return entries

    def staged(self, folder: str) -> list[TreeEntry]:
        """Return every file below `folder` in the index (what the next commit will hold)."""
        entries = []
        for row in self.staged_rows(folder).split(b"\0"):
            if row:
                head, _, path = row.partition(b"\t")
                mode, name, stage = head.decode("ascii").split(" ")
                if stage != "0":
                    raise _in_conflict(path)
                entries.append(TreeEntry(path=_decode_path(path), mode=mode, id=name))
        return entries

    def staged_rows(self, folder: str) -> bytes:
        """Return the rows of the index below `folder` as git-ls-files writes them: mode, id, stage, tab, path, NUL."""
        return self._run(*staged_rows(folder))[1]

    def staged_changes(self, commit: str, folder: str) -> list[Change]:
        """Return every path below `folder` in which the index differs from a commit."""
        _, output = self._run(*staged_changes(commit, folder))
        rows = iter(output.split(b"\0"))
        changes = []
        for row in rows:
            if row:
                old_mode, mode, old_blob, blob, status = (part.decode("ascii") for part in row[1:].split(b" "))
                path = next(rows)
                if status == "U":
                    raise _in_conflict(path)
                changes.append(Change(_decode_path(path), mode, blob, old_mode, old_blob))
        return changes

    def blobs(self, ids: Iterable[str], *, keep: int) -> Iterator[Blob]:
        """Yield the blobs in the order asked for, hashed again; `data` is kept up to `keep` bytes."""
        with _file_of(b"") as feed:
            feed.writelines(f"{name}\n".encode() for name in ids)
            feed.seek(0)
            for output in self._stream("cat-file", "--batch", "--buffer", feed=feed):
                while header := output.readline():
                    yield self._read_object("blob", header, output, keep)

    def _read_object(self, expected: str, header: bytes, output: BinaryIO, keep: int) -> Blob:
        name, _, rest = header.decode("ascii", "replace").strip().partition(" ")
        kind, _, length = rest.partition(" ")
        if kind != expected:
            raise RepositoryError(
                f"object {name} is {kind or 'missing'}, not a {expected}", "check the clone with 'git fsck --full'"
            )
        size = int(length)
        identity, content = hashlib.new(self.object_format, f"{kind} {size}\0".encode()), hashlib.sha256()
        kept: list[bytes] = []
        left = size
        while left:
            chunk = output.read(min(left, 1 << 20))
            if not chunk:
                raise RepositoryError(f"git ended before {kind} {name} did", "check the clone with 'git fsck --full'")
            identity.update(chunk)
            content.update(chunk)
            if size <= keep or not kept:
                kept.append(chunk)
            left -= len(chunk)
        output.read(1)
        if identity.hexdigest() != name:
            raise RepositoryError(
                f"object {name} does not hold what its name says",
                "the clone was tampered with or is damaged: clone again",
            )
        data = b"".join(kept)
        return Blob(
            id=name,
            size=size,
            sha256=content.hexdigest(),
            data=data if size <= keep else None,
            head=data[:4096],
        )

    def contents(self, blobs: Mapping[str, str]) -> Mapping[str, bytes]:
        """Return a mapping from SHA-256 to bytes that reads each blob of `blobs` (SHA-256 to id) when asked."""
        return _Contents(self, blobs)

    def blob_id(self, data: bytes) -> str:
        """Return the id that git gives a file of these bytes in this repository."""
        return hashlib.new(self.object_format, b"blob %d\0" % len(data) + data).hexdigest()


class _Contents(Mapping[str, bytes]):
    """Blobs by the SHA-256 of their bytes, read from git one at a time and not kept."""

    def __init__(self, repository: Repository, blobs: Mapping[str, str]) -> None:
        self._repository, self._blobs = repository, blobs

    def __getitem__(self, sha256: str) -> bytes:
        (blob,) = self._repository.blobs([self._blobs[sha256]], keep=1 << 40)
        if blob.data is None or blob.sha256 != sha256:
            raise RepositoryError(f"blob {blob.id} does not hold {sha256}", "check the clone with 'git fsck --full'")
        return blob.data

    def __iter__(self) -> Iterator[str]:
        return iter(self._blobs)

    def __len__(self) -> int:
        return len(self._blobs)


_PARTIAL = "config", "--get-regexp", r"^(extensions\.partialclone|remote\..*\.(promisor|partialclonefilter))$"
_REMOTES = "for-each-ref", "--format=%(objectname) %(refname)", "refs/remotes/"


def _commit_named(revision: str) -> tuple[str, ...]:
    return "rev-parse", "--quiet", "--verify", "--end-of-options", f"{revision}^{{commit}}"


def staged_rows(folder: str) -> tuple[str, ...]:
    """The arguments of git that list the index below a folder."""
    return "ls-files", "--stage", "-z", "--full-name", "--", f":(top,literal){folder}"


def staged_changes(commit: str, folder: str) -> tuple[str, ...]:
    """The arguments of git that list in what the index differs from a commit."""
    options = "--cached", "-z", "--raw", "--no-renames", "--no-abbrev", "--ita-visible-in-index"
    return "diff-index", *options, commit, "--", f":(top,literal){folder}"


def absolute_path() -> str:
    """PATH without what depends on the folder one stands in: that may be a clone, with a `git` of its own."""
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(folder for folder in folders if Path(folder).is_absolute())


def program(name: str) -> str:
    """Return where a program is; RepositoryError if it is not installed."""
    found = shutil.which(name, path=absolute_path())
    if found is None:
        raise RepositoryError(f"{name} is not installed", "install git 2.31 or newer, in an absolute folder of PATH")
    return found


def _in_conflict(path: bytes) -> RepositoryError:
    message = f"{_decode_path(path)} is in conflict: there are several versions of it"
    return RepositoryError(message, "settle the merge and 'git add' the file")


def one_name_twice(commit: str) -> RepositoryError:
    """What to raise for a commit of which every reader could take another file for the true one."""
    message = f"a tree of commit {commit} holds one name twice"
    return RepositoryError(message, "no git writes such a tree, and 'git fsck --full' finds it: leave the commit out")


def _launcher(root: Path, environment: Mapping[str, str]) -> "Launcher":
    program("git")
    from publisher.launch import Launcher  # imported here: what never runs git loads nothing that could

    return Launcher(root, environment)


def _command_object(root: Path) -> "Git":
    program("git")
    own = {
        "GIT_PYTHON_REFRESH": "quiet",
        "PATH": absolute_path(),
    }  # loading GitPython runs git, in the environment as it is
    theirs = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("GIT_") or name == "PATH"}
    os.environ.update(own)
    try:
        from git import Git  # imported here: it costs more to load than everything else together
    finally:
        for name in own:
            del os.environ[name]
        os.environ.update(theirs)

    return Git(str(root))


def _is_bare(folder: Path) -> bool:
    return all((folder / name).exists() for name in ("HEAD", "objects", "refs"))


def _file_of(data: bytes) -> BinaryIO:
    file = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115 - the caller closes it
    file.write(data)
    file.seek(0)
    return file


def _first_line(text: str | bytes) -> str:
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    rows = [row for row in text.splitlines() if row.strip()]
    line = next((row for row in rows if row.startswith(("fatal:", "error"))), rows[0] if rows else "")
    return "".join(character if character.isprintable() else "?" for character in line)


def _decode_path(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")


def _tree_entry(row: bytes) -> TreeEntry:
    head, _, path = row.partition(b"\t")
    mode, _kind, name = head.decode("ascii").split(" ")
    return TreeEntry(path=_decode_path(path), mode=mode, id=name)


def _fields(output: BinaryIO) -> Iterator[bytes]:
    rest = b""
    while chunk := output.read(1 << 16):
        *fields, rest = (rest + chunk).split(b"\0")
        yield from fields


def _parse_raw(output: BinaryIO) -> Iterator[tuple[str, list[Change]]]:
    """Parse `diff-tree --stdin -z --raw`: a commit id, then pairs of ':modes ids status' and path."""
    commit, changes = "", list[Change]()
    fields = _fields(output)
    for field in fields:
        if field[:1] == b":":
            old_mode, mode, old_blob, blob, _ = (part.decode("ascii") for part in field[1:].split(b" "))
            changes.append(Change(_decode_path(next(fields)), mode, blob, old_mode, old_blob))
            continue
        if commit:
            yield commit, changes
        commit, changes = field.decode("ascii").strip(), []
    if commit:
        yield commit, changes
