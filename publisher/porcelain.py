"""A commit of some files by the person's own git: the one place that runs git as that person would.

Everything that is read from a repository goes through git.py, in an environment of its own. A commit is another
matter: it is made by the person, on their machine, so their configuration holds (a signing key, a path of hooks),
and their hooks run and judge it. See docs/decisions/0011-a-commit-is-made-by-the-persons-own-git.md.
"""

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from publisher.errors import RepositoryError
from publisher.git import program
from publisher.letter import ArchiveInfo, Identity

_IDENT = re.compile(r"(?P<name>.*) <(?P<email>[^<>]*)> [0-9]+ (?P<zone>[+-][0-9]{4})")
_PLACES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX")
_KEPT = ("GIT_CONFIG", "GIT_EXEC_PATH", "GIT_SSH", "GIT_ASKPASS", "GIT_TERMINAL_PROMPT")


def is_listed(info: ArchiveInfo | None, name: str, email: str) -> bool:
    """Whether the archive lets somebody of this name and address commit; one that lists no identity lets anybody."""
    listed = info.identities if info else ()
    return not listed or any((each.name, each.email) == (name, email) for each in listed)


def own_identity(root: Path) -> Identity | None:
    """Return the name and address that the person's git would put on a commit here; None where it knows none."""
    done = _git(root, "var", "GIT_AUTHOR_IDENT", quiet=True)
    found = _IDENT.fullmatch(done.stdout.decode("utf-8", "replace").strip()) if done.returncode == 0 else None
    return Identity(name=found["name"], email=found["email"]) if found else None


def signs(root: Path) -> bool:
    """Whether the person's git signs each commit made here (commit.gpgSign)."""
    return _git(root, "config", "--type=bool", "--get", "commit.gpgSign", quiet=True).stdout.strip() == b"true"


def hooks_folder(root: Path) -> Path:
    """Return the folder in which the person's git looks for the hooks of this repository (core.hooksPath)."""
    done = _git(root, "rev-parse", "--path-format=absolute", "--git-path", "hooks", quiet=True)
    if done.returncode != 0 or not done.stdout.strip():
        raise RepositoryError("git does not say where its hooks are", "try 'git rev-parse --git-path hooks'")
    return Path(os.fsdecode(done.stdout.removesuffix(b"\n")))


@dataclass(frozen=True, kw_only=True, slots=True)
class Ident:
    """Who a commit says made it: name, address, and the offset of their clock from UTC as git writes it."""

    name: str
    email: str
    zone: str


def next_idents(root: Path) -> dict[str, Ident]:
    """Return the author and the committer that the commit being made here will have, so far as git can say.

    Within a hook, what was asked for by `git commit --author` or by the environment is in the environment.
    """
    own = {name: value for name, value in os.environ.items() if name not in _PLACES}
    running = {
        role: subprocess.Popen(
            [program("git"), "var", f"GIT_{role.upper()}_IDENT"],
            cwd=root, env=own, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )
        for role in ("author", "committer")
    }  # fmt: skip
    found = {}
    for role, process in running.items():
        text = process.communicate()[0].decode("utf-8", "replace").strip()
        match = _IDENT.fullmatch(text) if process.returncode == 0 else None
        if match:
            found[role] = Ident(name=match["name"], email=match["email"], zone=match["zone"])
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What to commit: these paths and nothing else, with this message, by this identity, at a time in UTC (seconds)."""

    paths: Sequence[str]
    message: str
    identity: Identity
    time: int


def commit(root: Path, order: Order) -> None:
    """Commit the paths as they lie on disk; whatever else is staged stays staged and stays out of it.

    Hooks and git itself speak to standard error. Raises RepositoryError if no commit was made: the files are then as
    they were written, and the index as it was.
    """
    tracked = set(_listed(root, order.paths))
    new = [path for path in order.paths if path not in tracked and (root / path).exists()]
    paths = [path for path in order.paths if path in tracked or path in new]
    if new:
        _git(root, "add", "--intent-to-add", "--force", "--", *new)
    who = {f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER") for part, value in _facts(order).items()}
    done = _git(
        root, "commit", "--quiet", "--only", "--cleanup=whitespace", "--file=-", "--", *paths,
        feed=order.message.encode(), extra=who,
    )  # fmt: skip
    if done.returncode != 0:
        if new:
            _git(root, "rm", "--cached", "--quiet", "--ignore-unmatch", "--", *new)
        raise RepositoryError(
            "git did not make the commit: what it or a hook said stands above",
            "the files are written: mend what was found, then commit them",
        )


def _facts(order: Order) -> dict[str, str]:
    return {"NAME": order.identity.name, "EMAIL": order.identity.email, "DATE": f"@{order.time} +0000"}


def _listed(root: Path, paths: Sequence[str]) -> list[str]:
    """Return which paths git knows already."""
    output = _git(root, "ls-files", "-z", "--", *paths, quiet=True).stdout
    return [os.fsdecode(path) for path in output.split(b"\0") if path]


def _git(
    root: Path, *arguments: str, feed: bytes = b"", quiet: bool = False, extra: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run the person's git in the repository; what it says goes to standard error, or with `quiet` into the result."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name.startswith(_KEPT)}
    return subprocess.run(
        [program("git"), "--literal-pathspecs", *arguments],
        cwd=root, input=feed, env=own | dict(extra or {}) | {"TZ": "UTC"}, check=False,
        stdout=subprocess.PIPE if quiet else 2, stderr=subprocess.DEVNULL if quiet else None,
    )  # fmt: skip
