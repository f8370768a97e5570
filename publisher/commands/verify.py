"""letterbook verify: audit a publication against its own signatures, against git, and against what you kept."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from publisher import checkpoint
from publisher.audit import Audit, Memory, Newer, Step
from publisher.commands.progress import Progress
from publisher.errors import UnavailableError, UsageError
from publisher.git import Repository
from publisher.publish import SUMS
from publisher.signatures.keys import KeyListError
from publisher.signatures.lists import trust
from publisher.site import Site, open_file, open_site
from publisher.steps import run
from publisher.steps.index import erased
from publisher.steps.memory import State, reached, remember
from publisher.text import visible
from publisher.write import alone, require_file, write_file

_MARKS = {"passed": "ok  ", "failed": "FAIL", "not checked": "--  "}
_PROVES = ("This proves what this archive published and in which order, not that a letter was sent, received or true.",)
_NO_KEYS = (
    "The key was taken from the publication itself, which proves nothing about who signed: "
    "give the archive's key list with --keys."
)
_NO_MEMORY = (
    "Nothing was compared with an earlier visit: keep log/checkpoint or index.json, and give it with --since then."
)
_MOVING = "The publication changed while it was read, and again while it was read once more: run again."
_REMEMBERED = ("keys", "index-signature", "index", "log")
_SEALS = ("index.json", "index.json.sig", SUMS, f"{SUMS}.sig")


def verify(
    site: str,
    *,
    repository: Path | None,
    keys: Path | None,
    since: str | None,
    state: Path | None,
    newer: str | None,
    fsck: bool,
    form: str,
) -> int:
    """Audit a publication; return 0 if every step passed, 1 if one failed, 3 if one could not be checked."""
    if since is not None and state is not None:
        raise UsageError("--since and --state both say what you remember", "give one of them")
    if newer is not None and state is not None:
        raise UsageError("--newer is for an old publication, and --state keeps the newest", "leave one of them out")
    if newer is not None and keys is None:
        raise UsageError("--newer needs to know which keys are current", "give the newest key list with --keys")
    opened, trusted, vouches = open_site(site), _keys(keys), None if newer is None else _newer(newer)
    with _alone(state):
        now = int(time.time())
        memory = _memory(since, now) if since is not None else _state(state, now)
        audit, notes = _run(
            partial(
                Audit,
                site=opened,
                open_repository=lambda: Repository.find(repository or Path.cwd()),
                keys=trusted,
                fsck=fsck,
                since=memory,
                newer=vouches,
                now=now,
            )
        )
        notes += _keep(audit, state, now)
    if keys is None:
        notes.insert(0, _NO_KEYS)
    if memory is None and state is None:
        notes.append(_NO_MEMORY)
    sys.stdout.write(_as_json(audit, notes) if form == "json" else _as_text(audit, notes))
    return audit.exit_status


def _run(begin: Callable[[], Audit]) -> tuple[Audit, list[str]]:
    """Run an audit, and once more if it failed while the publication was replaced; return what to say of that, too.

    Whoever serves the publication can have it read twice so, never a failure forgotten.
    """
    with Progress() as progress:
        for _ in range(2):
            audit = begin()
            before = {path: audit.read(path) for path in _SEALS}
            run(audit, progress=progress.step)
            if audit.exit_status != 1 or not _is_replaced(audit.site, before):
                return audit, []
    return audit, [_MOVING]


def _is_replaced(site: Site, before: dict[str, bytes | None]) -> bool:
    try:
        return any(site.read(path) != data for path, data in before.items())
    except UnavailableError:
        return False


# -- what was asked ------------------------------------------------------------------------------------------


def _keys(path: Path | None) -> bytes | None:
    if path is None:
        return None
    try:
        data = path.read_bytes()
        trust(data)
    except OSError as fault:
        raise UnavailableError(
            f"{path} could not be read: {fault.strerror}", "name a list of allowed signers"
        ) from fault
    except KeyListError as fault:
        raise UsageError(f"{path}: {fault}", "docs/format.md says what a list of keys looks like") from fault
    return data


def _memory(name: str, now: int) -> Memory:
    data = open_file(name)
    if data is None:
        raise UnavailableError(f"there is no {name}", "name a checkpoint or an index.json that you kept")
    try:
        return remember(data, name, now=now)
    except ValueError as fault:
        raise UsageError(
            f"{name} is nothing that can be remembered: {fault}",
            "name a checkpoint, its first three lines, a file that --state wrote, or an index.json",
        ) from fault


@contextmanager
def _alone(state: Path | None) -> Iterator[None]:
    """Let two monitors with one state take turns: each compares with what the one before it kept."""
    if state is None:
        yield
        return
    require_file(state)
    with alone(state, lambda: print(f"waiting for another run that uses {state}", file=sys.stderr)):
        yield


def _state(path: Path | None, now: int) -> Memory | None:
    if path is None:
        return None
    require_file(path)
    return _memory(str(path), now) if path.exists() else None


def _newer(name: str) -> Newer:
    folder, _, _ = name.rpartition("/")
    data = open_file(name)
    if data is None:
        raise UnavailableError(f"there is no {name}", "name the log/checkpoint of a newer publication, or its address")
    return Newer(source=name, checkpoint=data, read=lambda path: open_site(folder or ".").read(path))


def _keep(audit: Audit, path: Path | None, now: int) -> list[str]:
    """Write the monitor's state if nothing failed and there is news; return what there is to say of it."""
    if path is None:
        return []
    kept = audit.since
    if kept is not None and audit.has("since", "failed"):
        return [f"{path} was left as it is: it is the proof of what you saw before."]
    if audit.checkpoint is None or not _is_to_be_remembered(audit):
        return [f"{path} was left as it is: what does not verify is nothing to remember."]
    state = State(seen=now, note=audit.checkpoint, keys=reached(audit))
    if kept is None:
        write_file(path, state.format())
        return [f"{path} did not exist: this checkpoint was kept, and compared with nothing."]
    is_same = checkpoint.read_unsigned(audit.checkpoint) == kept.checkpoint
    if is_same and kept.seen is not None:
        state = replace(state, seen=kept.seen)
    if not is_same or state.keys != kept.keys:
        write_file(path, state.format())
    return []


def _is_to_be_remembered(audit: Audit) -> bool:
    """Whether no step failed, what a memory rests on was checked, and a key signed that is current."""
    rests = (*_REMEMBERED, "since") if audit.since is not None else _REMEMBERED
    is_current = any(entry.key.fingerprint == audit.signed_by for entry in audit.current)
    return audit.exit_status != 1 and is_current and all(audit.has(name) for name in rests)


# -- what is said --------------------------------------------------------------------------------------------


def _as_text(audit: Audit, notes: list[str]) -> str:
    rows = [row for step in audit.steps for row in _step_rows(step)]
    verdict = {0: "verified", 1: "NOT verified", 3: "not everything could be checked"}[audit.exit_status]
    rows += ["", f"{audit.site.name}: {verdict}", *notes, *_open(audit), *_PROVES]
    return "".join("".join(visible(row)) + "\n" for row in rows)


def _step_rows(step: Step) -> list[str]:
    rows = [f"{_MARKS[step.status]} {step.number} {step.name}: {step.outcome.says}"]
    if step.status == "passed":
        rows += [f"       proves: {step.proves}", f"       open:   {step.leaves_open}"]
    rows += [f"       note:   {fact}" for fact in step.outcome.facts]
    for difference in step.differences:
        place = f"{difference.what}: {difference.field}" if difference.field else difference.what
        rows.append(f"       {place}")
        if difference.published:
            rows.append(f"         published: {difference.published}")
        if difference.expected:
            rows.append(f"         expected:  {difference.expected}")
    return rows


def _erased(audit: Audit) -> list[tuple[str, int, str]]:
    return [] if audit.index is None else erased(audit.index)


def _open(audit: Audit) -> list[str]:
    """Say what nobody can check any more: what an erased version was."""
    count = len(_erased(audit))
    if not count:
        return []
    what = "hash of 1 erased version is" if count == 1 else f"hashes of {count} erased versions are"
    return [f"Open: the {what} the archive's word, unless you compared with what you kept before they were erased."]


def _as_json(audit: Audit, notes: list[str]) -> str:
    steps = [
        {
            "number": step.number, "name": step.name, "status": step.status, "says": step.outcome.says,
            "proves": step.proves, "leaves_open": step.leaves_open, "facts": list(step.outcome.facts),
            "differences": [
                {"what": d.what, "field": d.field, "published": d.published, "expected": d.expected}
                for d in step.differences
            ],
        }
        for step in audit.steps
    ]  # fmt: skip
    log = None if audit.index is None else audit.index["log"]
    report = {
        "site": audit.site.name, "exit": audit.exit_status, "signed_by": audit.signed_by, "log": log,
        "erased": [{"key": key, "rev": rev, "reason": reason} for key, rev, reason in _erased(audit)],
        "steps": steps, "notes": [*notes, *_open(audit), *_PROVES],
    }  # fmt: skip
    return json.dumps(report, indent=1) + "\n"
