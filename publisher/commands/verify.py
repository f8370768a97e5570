"""letterbook verify: audit a publication against its own signatures, against git, and against what you kept."""

import json
import sys
import time
from pathlib import Path

from publisher import checkpoint
from publisher.audit import Audit, Memory, Newer, Step
from publisher.commands.progress import Progress
from publisher.errors import UnavailableError, UsageError
from publisher.git import Repository
from publisher.signatures.keys import KeyListError
from publisher.signatures.lists import trust
from publisher.site import open_file, open_site
from publisher.steps import run
from publisher.steps.memory import State, remember
from publisher.text import visible
from publisher.write import write_file

_MARKS = {"passed": "ok  ", "failed": "FAIL", "not checked": "--  "}
_PROVES = ("This proves what this archive published and in which order, not that a letter was sent, received or true.",)
_NO_KEYS = (
    "The key was taken from the publication itself, which proves nothing about who signed: "
    "give the archive's key list with --keys."
)
_NO_MEMORY = (
    "Nothing was compared with an earlier visit: keep log/checkpoint or index.json, and give it with --since then."
)
_REMEMBERED = ("keys", "index-signature", "index", "log")


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
    if newer is not None and keys is None:
        raise UsageError("--newer needs to know which keys are current", "give the newest key list with --keys")
    now = int(time.time())
    audit = Audit(
        site=open_site(site),
        open_repository=lambda: Repository.find(repository or Path.cwd()),
        keys=_keys(keys),
        fsck=fsck,
        since=_memory(since, now) if since is not None else _state(state, now),
        newer=None if newer is None else _newer(newer),
        now=now,
    )
    with Progress() as progress:
        run(audit, progress=progress.step)
    notes = [] if keys else [_NO_KEYS]
    notes += _keep(audit, state, now)
    if audit.since is None and state is None:
        notes.append(_NO_MEMORY)
    sys.stdout.write(_as_json(audit, notes) if form == "json" else _as_text(audit, notes))
    return audit.exit_status


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


def _state(path: Path | None, now: int) -> Memory | None:
    if path is None or not path.exists():
        return None
    return _memory(str(path), now)


def _newer(name: str) -> Newer:
    folder, _, _ = name.rpartition("/")
    data = open_file(name)
    if data is None:
        raise UnavailableError(f"there is no {name}", "name the log/checkpoint of a newer publication, or its address")
    return Newer(source=name, checkpoint=data, read=lambda path: open_site(folder or ".").read(path))


def _keep(audit: Audit, path: Path | None, now: int) -> list[str]:
    """Write the monitor's state if the log is sound and new; return what there is to say of it."""
    if path is None or audit.checkpoint is None or not all(audit.has(name) for name in _REMEMBERED):
        return [] if path is None else [f"{path} was left as it is: what was found is nothing to remember."]
    if audit.since is None:
        write_file(path, State(seen=now, note=audit.checkpoint).format())
        return [f"{path} did not exist: this checkpoint was kept, and compared with nothing."]
    if not audit.has("since"):
        return [f"{path} was left as it is: it is the proof of what you saw before."]
    if checkpoint.read_unsigned(audit.checkpoint) != audit.since.checkpoint:
        write_file(path, State(seen=now, note=audit.checkpoint).format())
    return []


# -- what is said --------------------------------------------------------------------------------------------


def _as_text(audit: Audit, notes: list[str]) -> str:
    rows = [row for step in audit.steps for row in _step_rows(step)]
    verdict = {0: "verified", 1: "NOT verified", 3: "not everything could be checked"}[audit.exit_status]
    rows += ["", f"{audit.site.name}: {verdict}", *notes, *_PROVES]
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
        "steps": steps, "notes": [*notes, *_PROVES],
    }  # fmt: skip
    return json.dumps(report, indent=1) + "\n"
