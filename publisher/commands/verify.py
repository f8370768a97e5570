"""letterbook verify: audit a publication against its own signatures and against git."""

import json
import sys
from pathlib import Path

from publisher.audit import Audit, Step, rebuild
from publisher.commands.progress import Progress
from publisher.errors import LetterbookError, RepositoryError, UnavailableError, UsageError
from publisher.git import Repository
from publisher.signatures.keys import AllowedSigner, KeyListError, parse_allowed_signers
from publisher.site import open_site
from publisher.text import visible

_MARKS = {"passed": "ok  ", "failed": "FAIL", "not checked": "--  "}
_PROVES = ("This proves what this archive published and in which order, not that a letter was sent, received or true.",)
_NO_KEYS = (
    "The key was taken from the publication itself, which proves nothing about who signed: "
    "give the archive's key list with --keys."
)


def verify(site: str, *, repository: Path | None, keys: Path | None, fsck: bool, form: str) -> int:
    """Audit a publication; return 0 if every step passed, 1 if one failed, 3 if one could not be checked."""
    audit = Audit(site=open_site(site), keys=_keys(keys))
    with Progress() as progress:
        progress.step("reading the publication")
        audit.open()
        progress.step("rebuilding it from git")
        _compare(audit, repository, fsck=fsck)
    notes = [] if keys else [_NO_KEYS]
    sys.stdout.write(_as_json(audit, notes) if form == "json" else _as_text(audit, notes))
    return audit.exit_status


def _compare(audit: Audit, folder: Path | None, *, fsck: bool) -> None:
    try:
        found = Repository.find(folder or Path.cwd())
        found.require_whole()
    except LetterbookError as fault:
        audit.skip_git(f"{fault.message}; {fault.hint}")
        return
    if not fsck:
        audit.skip("repository", "git fsck was left out (--no-fsck)")
    elif not audit.attempt("repository", "the clone is whole and its objects are what their names say", found.fsck):
        audit.skip_git("the clone cannot be trusted")
        return
    if audit.index is None:
        audit.skip_git("the index was not read")
        return
    if _on_line(audit, found, audit.index["source"]["commit"]):
        try:
            audit.compare(lambda commit: rebuild(found, commit))
        except RepositoryError as fault:
            audit.skip_git(f"{fault.message}; {fault.hint}")
    else:
        audit.skip_git("the commit was not found on the line")


def _on_line(audit: Audit, repository: Repository, commit: str) -> bool:
    """Make step 6: the commit stands on the first-parent line of HEAD or of the remote's default branch."""
    if repository.find_commit(commit) != commit:
        audit.skip("commit", f"index.json, source.commit: there is no commit {commit} in this clone; run 'git fetch'")
        return False
    for tip in ("HEAD", "refs/remotes/origin/HEAD"):
        end = repository.find_commit(tip)
        if end is not None and any(entry.id == commit for entry in repository.line(end)):
            audit.attempt("commit", f"commit {commit} stands on the first-parent line of {tip}", lambda: None)
            return True
    audit.fail(
        "commit", "the commit is not on the first-parent line of this clone's branch: its history was rewritten",
        "index.json", "source.commit", commit,
    )  # fmt: skip
    return False


def _keys(path: Path | None) -> tuple[AllowedSigner, ...] | None:
    if path is None:
        return None
    try:
        return parse_allowed_signers(path.read_bytes())
    except OSError as fault:
        raise UnavailableError(
            f"{path} could not be read: {fault.strerror}", "name a list of allowed signers"
        ) from fault
    except KeyListError as fault:
        raise UsageError(
            f"{path}: {fault}", "docs/format.md, section 8, says what a list of keys looks like"
        ) from fault


def _as_text(audit: Audit, notes: list[str]) -> str:
    rows = [row for step in audit.steps for row in _step_rows(step)]
    verdict = {0: "verified", 1: "NOT verified", 3: "not everything could be checked"}[audit.exit_status]
    rows += ["", f"{audit.site.name}: {verdict}", *notes, *_PROVES]
    return "".join("".join(visible(row)) + "\n" for row in rows)


def _step_rows(step: Step) -> list[str]:
    rows = [f"{_MARKS[step.status]} {step.number} {step.name}: {step.says}"]
    for difference in step.differences:
        place = f"{difference.what}: {difference.field}" if difference.field else difference.what
        rows.append(f"       {place}")
        if difference.published:
            rows.append(f"         published: {difference.published}")
        if difference.expected:
            rows.append(f"         expected:  {difference.expected}")
    return rows


def _as_json(audit: Audit, notes: list[str]) -> str:
    steps = [
        {
            "number": step.number, "name": step.name, "status": step.status, "says": step.says,
            "differences": [
                {"what": d.what, "field": d.field, "published": d.published, "expected": d.expected}
                for d in step.differences
            ],
        }
        for step in audit.steps
    ]  # fmt: skip
    report = {
        "site": audit.site.name, "exit": audit.exit_status, "signed_by": audit.signed_by,
        "steps": steps, "notes": [*notes, *_PROVES],
    }  # fmt: skip
    return json.dumps(report, indent=1) + "\n"
