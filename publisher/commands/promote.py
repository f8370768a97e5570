"""letterbook promote: take a letter from a private intake repository into a clone of the public archive."""

import shlex
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from publisher.checks.documents import document_path
from publisher.commands.ask import say
from publisher.commands.desk import Change, Desk, deliver, handing_in, next_steps, refused, require_commit
from publisher.disclosure import disclosed
from publisher.errors import RefusedError, UsageError
from publisher.git import INTAKE, Repository
from publisher.intake import Intake, carried
from publisher.letter import Letter
from publisher.reports import REPORTS


def promote(name: str, *, to: Path, assessment: bool, commit: bool) -> int:
    """Write a letter into the public clone; nothing is written if anything is refused. The clock may only refuse."""
    repository = Repository.find(Path.cwd())
    repository.require_whole()
    head = repository.find_commit("HEAD")
    if head is None:
        raise RefusedError("nothing is committed here", "commit the letter first")
    intake = Intake.at(repository, head)
    letter = intake.letter(name, datetime.now(UTC).date())
    desk = _public(to, repository)
    require_commit(desk, commit or None)
    pending = desk.pending(carried(intake, letter, desk.archive, assessment=assessment))
    if _hides(intake, letter) or refused(desk, pending):
        return 1
    committed = deliver(desk, Change(pending=pending, message=f"Add {name}"), wanted=commit)
    next_steps([
        (f"cd {shlex.quote(str(to))}", "goes to the public archive"),
        ("letterbook serve", "shows the letter as readers will see it, on this machine alone"),
        *handing_in(desk, committed=committed, name=name, paths=list(pending.files)),
    ])  # fmt: skip
    return 0


def _public(to: Path, repository: Repository) -> Desk:
    desk = Desk.open(to)
    if desk.repository.git_dir == repository.git_dir or desk.root == repository.root:
        raise UsageError(f"{to} is the intake itself", "name a clone of the public archive")
    if (desk.root / INTAKE).exists():
        raise UsageError(f"{to} is an intake too: it holds {INTAKE}", "name a clone of the public archive")
    return desk


def _hides(intake: Intake, letter: Letter) -> bool:
    """Say what the letter's documents would disclose; whether that keeps it back."""
    paths = {document_path(document) for document in letter.documents}
    attachments = {path: file for path, file in intake.archive.attachments.items() if path in paths}
    found = disclosed(intake.repository, replace(intake.archive, attachments=attachments), None)
    if found:
        sys.stderr.write(REPORTS["text"](found, {}))
    if any(finding.severity == "error" for finding in found):
        say("nothing was written")
        return True
    return False
