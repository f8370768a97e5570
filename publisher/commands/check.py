"""letterbook check: judge the records on disk, staged or committed, as one pending revision each on top of a base."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.errors import RepositoryError, UsageError
from publisher.finding import Finding, Location
from publisher.git import Repository, staged_changes, staged_rows

if TYPE_CHECKING:
    from publisher.examine import Examined


def check(paths: Sequence[str], *, base: str | None, at: str | None, staged: bool, form: str) -> int:
    """Report every fault of every file; return 1 if one of them is an error, else 0."""
    if at is not None and staged:
        raise UsageError("--at and --staged name two different things to check", "give one of them")
    index_file = os.environ.get("GIT_INDEX_FILE") if staged else None
    repository = Repository.find(Path.cwd(), index_file=index_file, light=staged)
    if at is None:
        repository.require_work_tree()
    repository.require_whole()
    commit = base_of(repository, base)
    examined = _examine_staged(repository, commit) if staged else _examine(repository, commit, at=at, staged=staged)
    findings = [*examined.findings, *_disclosed(repository, examined, commit)]
    if not staged:
        findings += incoming(repository, repository.resolve(at) if at else repository.find_commit("HEAD"), commit)
    findings += _identities(repository, examined, commit, at=at, staged=staged)
    if at is None and not staged:
        findings += _stale_schemas(repository.root)
    findings = _below(findings, paths, repository.root)
    if findings or form != "text":
        from publisher.reports import REPORTS

        sys.stdout.write(REPORTS[form](findings, examined.snapshot.files))
    errors = any(finding.severity == "error" for finding in findings)
    if not findings:
        print(f"{_checked(examined)}, nothing found", file=sys.stderr)
    return 1 if errors else 0


def _checked(examined: "Examined") -> str:
    if examined.only is None:
        return f"{counted(len(examined.archive.letters))} checked"
    files = len(examined.only)
    return f"{files} staged file{'s' * (files != 1)} checked" if files else "nothing is staged below records/"


def counted(letters: int) -> str:
    """Return a number of letters in words."""
    return f"{letters} letter{'s' * (letters != 1)}"


def incoming(repository: Repository, tip: str | None, base: str | None) -> list[Finding]:
    """Find what would stand in the history for ever once the commits since `base` have landed, and fail every audit.

    It is not looked for where nothing landed yet, or nothing is new.
    """
    if tip is None or base is None or tip == base:
        return []
    from publisher.commits import broken  # what reads keys takes longer to load than a small check to run

    found = [
        Finding(
            code="broken-signature",
            message=f"commit {name}: {why}",
            location=Location(path=f"commit {name[:12]}"),
            hint="sign it again ('git commit --amend -S') or take the signature off before it is merged",
        )
        for name, why in broken(repository, tip, base)
    ]
    try:
        repository.refuse_faulty(tip, base)
    except RepositoryError as fault:
        found.append(
            Finding(
                code="faulty-object",
                message=fault.message,
                location=Location(path=f"commit {tip[:12]}"),
                hint="'git fsck --strict' names the object: make its commit again before it is merged",
            )
        )
    return found


def base_of(repository: Repository, base: str | None) -> str | None:
    """Return the commit on top of which files are judged: the one that is named, or else the likeliest."""
    if base is not None:
        return repository.resolve(base)
    return repository.published()


def _examine(repository: Repository, commit: str | None, *, at: str | None, staged: bool) -> "Examined":
    from publisher.examine import examine
    from publisher.history import History
    from publisher.snapshot import Snapshot

    if at is not None:
        snapshot = Snapshot.at(repository, repository.resolve(at))
    elif staged:
        snapshot = Snapshot.staged(repository)
    else:
        snapshot = Snapshot.on_disk(repository.root)
    landed = History.of(repository, commit, Snapshot.at(repository, commit)) if commit else History()
    return examine(snapshot, landed.pending(snapshot))


def _examine_staged(repository: Repository, commit: str | None) -> "Examined":
    """Examine what is staged: only that, where it can be judged by itself; what is slow to load comes after git."""
    if commit is not None:
        repository.foresee(staged_changes(commit, "records/"), staged_rows("records/"))
        from publisher import narrow

        narrowed = narrow.staged(repository, commit)
        if narrowed is not None:
            return narrowed
    return _examine(repository, commit, at=None, staged=True)


def _identities(
    repository: Repository, examined: "Examined", base: str | None, *, at: str | None, staged: bool
) -> list[Finding]:
    """Look at who made the commits since the base, and who would make the next one if there is anything to commit."""
    info = examined.archive.info
    if info is None or not info.identities:
        return []
    from publisher import identities
    from publisher.porcelain import next_idents

    found = []
    tip = None if staged else repository.resolve(at) if at else repository.find_commit("HEAD")
    if tip is not None and tip != base:
        found += identities.of_commits(repository, info, tip, [base] if base else [])
    is_pending = bool(examined.only) or any(version.commit is None for version in examined.history.versions)
    if at is None and is_pending:
        found += identities.of_idents(info, identities.NEXT, next_idents(repository.root))
    return found


def _disclosed(repository: Repository, examined: "Examined", base: str | None) -> list[Finding]:
    """Look into the documents, where there are any."""
    from publisher.snapshot import DOCUMENTS

    if not any(path.startswith(DOCUMENTS) for path in examined.archive.attachments):
        return []
    from publisher.disclosure import disclosed

    return disclosed(repository, examined.archive, base)


def _below(findings: list[Finding], paths: Sequence[str], root: Path) -> list[Finding]:
    if not paths:
        return findings
    wanted = []
    for path in paths:
        place = Path(path).absolute()
        if not os.path.lexists(place) and not any(f.location.path == os.path.relpath(place, root) for f in findings):
            raise UsageError(f"there is no {path} here", "name files or folders of the archive")
        if not place.resolve().is_relative_to(root):
            raise UsageError(f"{path} is outside the archive {root}", "name files or folders of the archive")
        wanted.append(
            Path(os.path.normpath(place)).relative_to(root)
            if place.is_relative_to(root)
            else place.resolve().relative_to(root)
        )
    return [f for f in findings if any(Path(f.location.path).is_relative_to(place) for place in wanted)]


def _stale_schemas(root: Path) -> list[Finding]:
    """Warn of copies in the archive's own schema/ that are not the schemas which judge."""
    from publisher import schema

    found = []
    for kind in schema.KINDS:
        copy = root / "schema" / f"{kind}.schema.json"
        if copy.is_file() and copy.read_bytes() != schema.text(kind):
            found.append(
                Finding(
                    code="stale-schema",
                    message="this copy for editors is not the schema that judges",
                    location=Location(path=f"schema/{copy.name}"),
                    severity="warning",
                    hint="copy it anew from the installed package",
                )
            )
    return found
