"""What is asked of git, and of a clone."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

import publisher.git
import publisher.history
import publisher.snapshot
from publisher.errors import RepositoryError
from publisher.git import Change, Repository, TreeEntry
from publisher.history import Content, _Replay
from publisher.snapshot import Snapshot
from tests.attacks.defences.table import DEFENCES, Disarm, defence


@defence("environment: env -i")
def _(patch: pytest.MonkeyPatch) -> None:
    command = Repository._command

    def in_the_callers(repository: Repository, *asked: Any) -> list[str]:
        program, scrubbed, *rest = command(repository, *asked)
        assert scrubbed == "-i"
        return [program, *rest]

    patch.setattr(Repository, "_command", in_the_callers)


@defence("fsck")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Repository, "fsck", lambda _: None)


@defence("git: every blob hashed again")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(publisher.git, "hashlib", SimpleNamespace(new=lambda *_: Agreeable(), sha256=hashlib.sha256))


class Agreeable:
    """A hash that is whatever it should be."""

    def update(self, _: bytes) -> None:
        """Look away."""

    def hexdigest(self) -> "Agreeable":
        """Return what equals everything."""
        return self

    def __ne__(self, _: object) -> bool:
        return False


@contextmanager
def collision() -> Iterator[None]:
    """Let two files have one git id, as a collision in SHA-1 would: neither git nor a second look tells them apart."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("fsck", "git: every blob hashed again"):
            DEFENCES[name](patch)
        yield


@defence("format: SHA-256 beside git's id")
def _(patch: pytest.MonkeyPatch) -> None:
    """Give each earlier version a hash of its git id in the place of a hash of its bytes."""
    facts = publisher.history._facts

    def by_id(
        repository: Repository, blobs: set[str], compared: set[str], snapshot: Snapshot
    ) -> Iterator[tuple[str, tuple[str, int, Content | None]]]:
        current = set(snapshot.blobs.values())
        for name, (sha256, size, content) in facts(repository, blobs, compared, snapshot):
            yield name, (sha256 if name in current else hashlib.sha256(name.encode()).hexdigest(), size, content)

    patch.setattr(publisher.history, "_facts", by_id)


@defence("git: one name, one file")
def _(patch: pytest.MonkeyPatch) -> None:
    land = _Replay.land

    def tree(repository: Repository, commit: str, folder: str) -> list[TreeEntry]:
        _, output = repository._run("ls-tree", "-r", "-z", "--full-tree", commit, "--", folder)
        return [publisher.git._tree_entry(row) for row in output.split(b"\0") if row]

    def believed(replay: _Replay, commit: str, changes: list[Change]) -> None:
        was = [replay.files.get(change.path, "") for change in changes]
        modes = ["100644" if old else "000000" for old in was]
        found = [
            replace(change, old_mode=mode, old_blob=old) for change, mode, old in zip(changes, modes, was, strict=True)
        ]
        land(replay, commit, found)

    patch.setattr(Repository, "tree", tree)
    patch.setattr(_Replay, "land", believed)


@defence("fsck: its own settings")
def _(patch: pytest.MonkeyPatch) -> None:
    run = Repository._run

    def deaf(repository: Repository, *arguments: str, **options: Any) -> tuple[int, bytes]:
        return (1, b"") if r"^fsck\." in arguments else run(repository, *arguments, **options)

    patch.setattr(Repository, "_run", deaf)


def _whole(words: str) -> Disarm:
    """Return what lets a clone pass that `require_whole` refuses with these words."""

    def disarm(patch: pytest.MonkeyPatch) -> None:
        require = Repository.require_whole

        def lenient(repository: Repository) -> None:
            try:
                require(repository)
            except RepositoryError as fault:
                if words not in fault.message:
                    raise

        patch.setattr(Repository, "require_whole", lenient)

    return disarm


DEFENCES |= {
    "whole: shallow": _whole("this clone is shallow"),
    "whole: grafts": _whole("this clone has grafts"),
    "whole: partial": _whole("this clone is partial"),
}
