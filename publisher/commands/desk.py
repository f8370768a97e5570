"""What the commands for staff share: the archive as it lies here, and a change written and offered for a commit."""

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os.path import relpath
from pathlib import Path
from shlex import quote

from publisher.archive import Archive
from publisher.commands.ask import Terminal, is_answered, say, shown
from publisher.commands.progress import Progress
from publisher.errors import LetterbookError, RefusedError, RepositoryError, UsageError
from publisher.examine import examine
from publisher.finding import Finding
from publisher.git import Repository
from publisher.history import History
from publisher.letter import Identity
from publisher.pending import Pending
from publisher.porcelain import Order, commit, is_listed, own_identity, signs
from publisher.reports import REPORTS
from publisher.snapshot import Snapshot


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The archive on disk, its published history, and who can be asked."""

    repository: Repository
    snapshot: Snapshot
    history: History
    archive: Archive
    terminal: Terminal | None

    @classmethod
    def open(cls, start: Path | None = None) -> "Desk":
        """Open the archive that one stands in, or that `start` is in, from whichever of its folders."""
        repository = Repository.find(start or Path.cwd())
        repository.require_whole()
        with Progress() as progress:
            progress.step("reading the archive")
            snapshot, base = Snapshot.on_disk(repository.root), repository.published()
            landed = History.of(repository, base, Snapshot.at(repository, base)) if base else History()
            archive, _ = Archive.of(snapshot)
        if "archive" not in archive.records:
            raise UsageError(
                f"{repository.root} holds no archive that can be read",
                "stand in a clone of the archive; 'letterbook check' says what is wrong with its records/archive.yaml",
            )
        return cls(
            repository=repository, snapshot=snapshot, history=landed, archive=archive,
            terminal=Terminal() if is_answered() else None,
        )  # fmt: skip

    @property
    def root(self) -> Path:
        """The archive's folder."""
        return self.repository.root

    @property
    def role(self) -> Identity | None:
        """Whom commits are made as: the first of the archive's own identities."""
        info = self.archive.info
        return info.identities[0] if info and info.identities else None

    @property
    def can_commit(self) -> bool:
        """Whether a commit can be made here in the archive's own name."""
        return _obstacle(self) is None

    @property
    def obstacle(self) -> str:
        """Why no commit can be made here, and what to do about it; "" if one can."""
        why = _obstacle(self)
        return f"{why.message}. {why.hint[:1].upper()}{why.hint[1:]}" if why else ""

    def pending(self, files: Mapping[str, bytes | None]) -> Pending:
        """Return a change of these files."""
        return Pending(files=files, seen=self.snapshot)

    def faults_of(self, pending: Pending) -> tuple[list[Finding], Mapping[str, bytes]]:
        """Return what would be wrong because of a change, and the files it would be wrong in."""
        snapshot = pending.onto(self.snapshot)
        with Progress() as progress:
            progress.step("checking what would be written")
            found = examine(snapshot, self.history.pending(snapshot)).findings
            old = examine(self.snapshot, self.history.pending(self.snapshot)).findings if found else ()
        known = {(f.code, f.location.path, f.message) for f in old if f.location.path not in pending.files}
        return [f for f in found if (f.code, f.location.path, f.message) not in known], snapshot.files


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A change that is ready: its files, and the message of its commit."""

    pending: Pending
    message: str


def refused(desk: Desk, pending: Pending) -> bool:
    """Say what would be wrong with a change; whether that keeps it from being written."""
    found, sources = desk.faults_of(pending)
    if found:
        sys.stderr.write(REPORTS["text"](found, sources))
    if any(finding.severity == "error" for finding in found):
        say("nothing was written")
        return True
    return False


def require_commit(desk: Desk, wanted: bool | None) -> None:
    """Raise UsageError or RefusedError now, before anything is written, if a commit is wanted that cannot be made."""
    if wanted and (why := _obstacle(desk)):
        raise why


def _obstacle(desk: Desk) -> LetterbookError | None:
    """Return why no commit can be made here, or None."""
    if desk.role is None:
        return UsageError(
            "records/archive.yaml names nobody to commit as",
            "list a name and an address that give no person away under identities, or leave out --commit",
        )
    if desk.repository.find_commit("MERGE_HEAD") is not None:
        return RefusedError("a merge is going on here", "finish it first ('git commit'), or leave out --commit")
    for name, what in (("CHERRY_PICK_HEAD", "cherry-pick"), ("REVERT_HEAD", "revert")):
        if desk.repository.find_commit(name) is not None:
            return RefusedError(
                f"a {what} is going on here",
                f"finish it first ('git {what} --continue'; '--abort' takes it back), or leave out --commit",
            )
    if any((desk.repository.git_dir / name).exists() for name in ("rebase-merge", "rebase-apply")):
        return RefusedError(
            "a rebase is going on here",
            "finish it first ('git rebase --continue'; '--abort' takes it back), or leave out --commit",
        )
    if desk.repository.branch() is None:
        return RefusedError(
            "this clone stands on no branch (detached HEAD): a commit would be lost",
            "go to one first, for example 'git switch main', or leave out --commit",
        )
    return None


def deliver(desk: Desk, change: Change, *, wanted: bool | None) -> bool:
    """Write a change, name its files on standard output, and commit it if that is wanted (None: ask, if one can).

    Whether there is a commit now. Raises RepositoryError if git refused to make one; the files are written then.
    """
    change.pending.write(desk.root)
    for path in change.pending.files:
        print(shown(path))
    sys.stdout.flush()
    try:
        return _committed(desk, change, wanted)
    except KeyboardInterrupt:
        say("\nThe files are written; nothing was committed.")
        raise


def _committed(desk: Desk, change: Change, wanted: bool | None) -> bool:
    obstacle = _obstacle(desk)
    if wanted is None and desk.terminal is not None and obstacle is None and desk.role is not None:
        say(
            "\nA commit is the step by which git remembers the change. The name and the address on it are public "
            f"for ever, so it is made as {desk.role.name} <{desk.role.email}>, not in your name."
        )
        wanted = desk.terminal.confirm("Commit it now?", default=True)
    elif wanted is None and obstacle is not None and desk.terminal is not None:
        say(f"\nNot committed: {obstacle.message}. {obstacle.hint[:1].upper()}{obstacle.hint[1:]}.")
    if not wanted or desk.role is None:
        _warn_of_own_name(desk)
        return False
    if signs(desk.root):
        say(
            "\nwarning: git signs the commit (commit.gpgSign). The key is public for ever with it: a key of your own "
            "tells who made the commit."
        )
    paths = list(change.pending.files)
    order = Order(paths=paths, message=change.message, identity=desk.role, time=int(time.time()))
    try:
        commit(desk.root, order)
    except RepositoryError as fault:
        raise RepositoryError(fault.message, f"{fault.hint}: git add {' '.join(paths)}; git commit") from fault
    done = desk.repository.find_commit("HEAD") or ""
    say(f"\nCommitted as {desk.role.name} ({done[:12]}).")
    return True


def _warn_of_own_name(desk: Desk) -> None:
    """Warn of a commit by hand in a name that the archive does not list."""
    own = own_identity(desk.root)
    if own is not None and not is_listed(desk.archive.info, own.name, own.email):
        say(
            f"\nwarning: git would commit here as {own.name} <{own.email}>, which is none of the archive's identities "
            "and would be public for ever. Let letterbook make the commit (--commit), or set user.name and user.email "
            "in this clone."
        )


def next_steps(steps: Sequence[tuple[str, str]]) -> None:
    """Say what to do next: each step as a command to type and what it does."""
    say("\nWhat to do next:")
    for command, what in steps:
        print(f"  {shown(command)}", file=sys.stderr)
        say(what, indent=6)


def handing_in(desk: Desk, *, committed: bool, name: str, paths: Sequence[str]) -> list[tuple[str, str]]:
    """Return the steps from files on disk to a pull request, to be typed in the folder of the archive."""
    here = Path.cwd()
    steps = [(f"cd {quote(relpath(desk.root, here))}", "goes to the archive's folder")] * (desk.root in here.parents)
    if not committed:
        steps += [(f"git add {' '.join(paths)}", "takes the files into the next commit"), ("git commit", "makes it")]
    if (remote := desk.repository.remote()) is not None:
        steps.append((
            f"git push {remote} HEAD:refs/heads/{name}",
            "hands it in; then open a pull request on the repository's web page, where others look at it",
        ))  # fmt: skip
    else:
        steps.append(("letterbook publish --out public", "publishes what is committed, here on this machine"))
    return steps
