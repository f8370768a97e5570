"""letterbook init: a new archive for an organisation, ready to commit; asked for on a terminal what no flag gives."""

import shlex
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from functools import partial
from pathlib import Path

from publisher.commands import hooks
from publisher.commands.ask import SlipError, Terminal, is_answered, say
from publisher.errors import UsageError
from publisher.examine import Examined, examine
from publisher.git import Repository
from publisher.history import History
from publisher.reports import REPORTS
from publisher.seed import NO_OWNERS, NOBODY, Answers, files
from publisher.snapshot import FOLDER, Snapshot
from publisher.write import require_new, write_new

MESSAGE = "Begin the archive"
EXAMPLES: Mapping[str, str] = {
    "name": "The Harbour letters",
    "publisher": "Harbour Institute",
    "origin": "letterbook.example/harbour-letters",
    "authority": "letterbook.example,2026",
    "site": "https://letterbook.example/",
    "language": "en",
    "licence": "CC0-1.0 for the archive's own words",
    "identity": "Harbour archive <archive@letterbook.example>",
}
"""An answer to each question, in the order in which they are asked."""

QUESTIONS: Mapping[str, str] = {
    "name": "What is the archive called?",
    "publisher": "Who publishes it?",
    "origin": "The name of its log, which never changes: a domain of yours and a path, such as {example}.",
    "authority": "A domain of yours, and a year in which it was yours; this never changes either.",
    "site": "The address that it will be published at, with a slash at the end:",
    "language": "The language that it is written in, such as en:",
    "licence": "The licence of its own words (not of the letters):",
    "identity": "Who commits? Not a person: name and address are public for ever. For example {example}.",
}


def init(folder: Path, given: Mapping[str, str | None], *, commit: bool | None) -> int:
    """Write a new archive into a folder and, if it is wanted, commit it; nothing is written if anything is refused."""
    require_new(folder)
    terminal = Terminal() if is_answered() else None
    answers = _answers(given, terminal)
    made = files(answers)
    examined = _examined(made)
    if examined.findings:
        sys.stderr.write(REPORTS["text"](examined.findings, examined.snapshot.files))
    if examined.errors:
        print("nothing was written", file=sys.stderr)
        return 1
    write_new(made, folder)
    print(f"{folder}: a new archive of {len(made)} files", file=sys.stderr)
    name, address = answers.role
    if commit is None and terminal is not None:
        commit = terminal.confirm(f"Make a git repository of it, and commit it as {name} <{address}>?", default=True)
    if commit:
        done = Repository.begin(folder.absolute()).commit_all(name, address, time=int(time.time()), message=MESSAGE)
        print(f"commit {done[:12]} by {name}", file=sys.stderr)
    hooked = commit and terminal is not None and terminal.confirm("Check each commit and push there?", default=True)
    if hooked:
        hooks.install(folder.absolute())
    _say_what_next(folder, answers, committed=bool(commit), hooked=bool(hooked))
    return 0


def _examined(made: Mapping[str, bytes]) -> Examined:
    snapshot = Snapshot(files={path: data for path, data in made.items() if path.startswith(FOLDER)})
    return examine(snapshot, History().pending(snapshot))


# -- answers ---------------------------------------------------------------------------------------------------


def _answers(given: Mapping[str, str | None], terminal: Terminal | None) -> Answers:
    """Return the answers, asking for those that are missing; UsageError that names them where nobody can be asked."""
    found = {name: value for name, value in given.items() if value}
    needed = [field.name for field in fields(Answers) if field.default is MISSING]
    missing = [name for name in EXAMPLES if name in needed and name not in found]
    if missing and terminal is None:
        said = ", ".join(f"--{name}" for name in missing)
        raise UsageError(f"a new archive cannot do without {said}", "'letterbook init --help' says what each holds")
    if missing:
        Answers(**{**EXAMPLES, **found})  # a flag that is wrong is said before anything is asked
        say("Some questions about the new archive. Ctrl-C ends this, and nothing is written.")
    for name in missing:
        if terminal is not None:
            question = QUESTIONS[name].format(example=EXAMPLES[name])
            found[name] = terminal.ask(question, partial(_judged, name), old=_proposed(name, found))
    return Answers(**found)


def _judged(name: str, text: str) -> str:
    """Take one answer; SlipError for what `check` would say of it."""
    try:
        made = files(Answers(**{**EXAMPLES, name: text}))
    except UsageError as fault:
        raise SlipError(fault.message, fault.hint) from fault
    for finding in _examined(made).findings:
        raise SlipError(finding.message, finding.hint)
    return text


def _proposed(name: str, found: Mapping[str, str]) -> str:
    """Return what the answer may well be, for the person to keep or change."""
    domain = found.get("origin", "").partition("/")[0]
    year = time.gmtime().tm_year
    likely = {
        "authority": f"{domain},{year}",
        "site": f"https://{domain}/",
        "language": EXAMPLES["language"],
        "licence": EXAMPLES["licence"],
        "identity": f"{found.get('name', '')} <archive@{domain}>",
    }
    return likely.get(name, "") if domain else ""


# -- what next -------------------------------------------------------------------------------------------------


def _say_what_next(folder: Path, answers: Answers, *, committed: bool, hooked: bool) -> None:
    steps = [f"  {step}" for step in _steps(folder, committed=committed, hooked=hooked)]
    print("\nNext:", *steps, sep="\n", file=sys.stderr)
    print("Then docs/operate.md, which begins with a key of your own.", file=sys.stderr)
    if answers.action == NOBODY:
        print(f"Write into .github/workflows, for {NOBODY[:16]}, which commit of Letterbook to use.", file=sys.stderr)
    if answers.owners == NO_OWNERS:
        print(f"Write into .github/CODEOWNERS, for {NO_OWNERS}, who must agree to changes.", file=sys.stderr)


def _steps(folder: Path, *, committed: bool, hooked: bool) -> Iterator[str]:
    yield f"cd {shlex.quote(str(folder))}"
    if not committed:
        yield from ("git init --initial-branch=main", "git add --all", f"git commit --message '{MESSAGE}'")
    if not hooked:
        yield "letterbook hooks install"
    yield from ("letterbook check", "letterbook publish --out public")
