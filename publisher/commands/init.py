"""letterbook init: a new archive for an organisation, ready to commit."""

import shlex
import sys
import time
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path

from publisher.errors import UsageError
from publisher.examine import examine
from publisher.git import Repository
from publisher.history import History
from publisher.reports import REPORTS
from publisher.seed import NO_OWNERS, NOBODY, Answers, files
from publisher.snapshot import FOLDER, Snapshot
from publisher.write import write_new

MESSAGE = "Begin the archive"


def init(folder: Path, given: Mapping[str, str | None], *, commit: bool) -> int:
    """Write a new archive into a folder and, if it is wanted, commit it; nothing is written if anything is refused."""
    answers = _answers(given)
    made = files(answers)
    snapshot = Snapshot(files={path: data for path, data in made.items() if path.startswith(FOLDER)})
    examined = examine(snapshot, History().pending(snapshot))
    if examined.findings:
        sys.stderr.write(REPORTS["text"](examined.findings, snapshot.files))
    if examined.errors:
        print("nothing was written", file=sys.stderr)
        return 1
    write_new(made, folder)
    print(f"{folder}: a new archive of {len(made)} files", file=sys.stderr)
    if commit:
        name, address = answers.role
        made_commit = Repository.begin(folder.absolute()).commit_all(
            name, address, time=int(time.time()), message=MESSAGE
        )
        print(f"commit {made_commit[:12]} by {name}", file=sys.stderr)
    _say_what_next(folder, answers, committed=commit)
    return 0


def _answers(given: Mapping[str, str | None]) -> Answers:
    """Return the answers; UsageError that names all that are missing."""
    needed = [field.name for field in fields(Answers) if field.default is MISSING]
    missing = [name for name in needed if not given.get(name)]
    if missing:
        said = ", ".join(f"--{name}" for name in missing)
        raise UsageError(f"a new archive cannot do without {said}", "'letterbook init --help' says what each holds")
    return Answers(**{name: value for name, value in given.items() if value})


def _say_what_next(folder: Path, answers: Answers, *, committed: bool) -> None:
    steps = [f"cd {shlex.quote(str(folder))}"]
    if not committed:
        steps += ["git init --initial-branch=main", "git add --all", f"git commit --message '{MESSAGE}'"]
    steps += ["letterbook hooks install", "letterbook check", "letterbook publish --out public"]
    print("\nNext:", *(f"  {step}" for step in steps), sep="\n", file=sys.stderr)
    print("Then docs/keys.md, for a key of your own, and docs/operate.md.", file=sys.stderr)
    if answers.action == NOBODY:
        print(f"Write into .github/workflows, for {NOBODY[:16]}, which commit of Letterbook to use.", file=sys.stderr)
    if answers.owners == NO_OWNERS:
        print(f"Write into .github/CODEOWNERS, for {NO_OWNERS}, who must agree to changes.", file=sys.stderr)
