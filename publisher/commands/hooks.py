"""letterbook hooks: write the hooks that check a commit and a push, or take them away; and what is done at a push."""

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from publisher import hooks as files
from publisher.commands.check import incoming
from publisher.errors import UnavailableError, UsageError
from publisher.finding import Finding
from publisher.git import Repository
from publisher.outgoing import Outgoing, judge
from publisher.porcelain import hooks_folder
from publisher.reports import REPORTS

_MAIN = ("HEAD", "main", "master")


def install(start: Path | None = None) -> int:
    """Write both hooks where git looks for them, in the repository that one stands in or that `start` is in."""
    repository = Repository.find(start or Path.cwd(), light=True)
    folder = hooks_folder(repository.root)
    changed = files.install(folder, _program(), within=(repository.root, repository.git_dir))
    print(f"written: {', '.join(changed)} in {folder}" if changed else "both hooks are there already", file=sys.stderr)
    return 0


def uninstall() -> int:
    """Remove what `install` wrote."""
    repository = Repository.find(Path.cwd(), light=True)
    removed = files.uninstall(hooks_folder(repository.root))
    print(f"removed: {', '.join(removed)}" if removed else "there was no hook of Letterbook's", file=sys.stderr)
    return 0


def pre_push(arguments: Sequence[str]) -> int:
    """Judge what is about to be pushed; return 1 if any of it must not be made public.

    git says on standard input which refs are pushed (githooks, "pre-push"); pre-commit says it of one ref, in the
    environment.
    """
    remote, refs = _asked(arguments)
    repository = Repository.find(Path.cwd())
    repository.require_whole()
    found: dict[Finding, None] = {}
    sources: dict[str, bytes] = {}
    for local, theirs, name in refs:
        push = _outgoing(repository, remote, local, theirs, name)
        findings, read = judge(repository, push)
        found |= dict.fromkeys([*findings, *incoming(repository, push.tip, push.base)])
        sources |= read
    if found:
        sys.stdout.write(REPORTS["text"](list(found), sources))
    return int(any(finding.severity == "error" for finding in found))


def _asked(arguments: Sequence[str]) -> tuple[str, list[tuple[str, str, str]]]:
    """Return the remote, and of each ref that is pushed: what to push, what the remote has, its name there."""
    environment = os.environ
    if name := environment.get("PRE_COMMIT_REMOTE_NAME"):
        local = environment.get("PRE_COMMIT_TO_REF") or environment.get("PRE_COMMIT_LOCAL_BRANCH") or "HEAD"
        theirs = environment.get("PRE_COMMIT_FROM_REF", "")
        return name, [(local, theirs, environment.get("PRE_COMMIT_REMOTE_BRANCH", ""))]
    if not arguments or sys.stdin.isatty():
        raise UsageError("git runs this as its pre-push hook", "'letterbook hooks install' writes the hook")
    return arguments[0], list(_refs(sys.stdin))


def _refs(rows: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    for row in rows:
        parts = row.rstrip("\n").split(" ")
        if len(parts) != 4:
            raise UnavailableError(f"this is no line of git's about a push: {row!r}", "let git run the hook")
        _, local, name, theirs = parts
        if local.strip("0"):  # nothing but zeros: the ref is deleted there
            yield local, theirs, name


def _outgoing(repository: Repository, remote: str, local: str, theirs: str, name: str) -> Outgoing:
    """Say what counts as published: the remote's default branch, and without one what the ref was there."""
    tip = repository.resolve(local)
    tips = repository.remote_tips(remote)
    there = repository.find_commit(theirs) if theirs.strip("0") else None
    default = next((tips[branch] for branch in _MAIN if branch in tips), None)
    if there is not None and (default is None or _is_default(name, tips)):
        default = there
    base = repository.merge_base(tip, default) if default else None
    return Outgoing(name=local, tip=tip, base=base, known=sorted({*tips.values(), *([there] if there else [])}))


def _is_default(name: str, tips: Mapping[str, str]) -> bool:
    branch = name.removeprefix("refs/heads/")
    if "HEAD" in tips:
        return tips.get(branch) == tips["HEAD"] and branch in _MAIN
    return branch == next((each for each in _MAIN if each in tips), "")


def _program() -> Path:
    """Where this very letterbook is."""
    beside = Path(sys.executable).with_name("letterbook")
    found = str(beside) if beside.is_file() else shutil.which("letterbook")
    if found is None:
        raise UnavailableError("letterbook is not installed as a command", "install it with pip, then try again")
    return Path(found).absolute()
