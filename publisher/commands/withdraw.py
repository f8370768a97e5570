"""letterbook withdraw: leave of a published letter its id and the reason, and take its own documents away."""

import time
from collections.abc import Sequence

from publisher import compose
from publisher.checks.documents import document_path
from publisher.commands.amend import Subject, good_note, note_given, subject
from publisher.commands.ask import say
from publisher.commands.desk import Change, Desk, deliver, handing_in, next_steps, refused, require_commit
from publisher.errors import RefusedError, UsageError
from publisher.letter import Letter
from publisher.record import MAX_BYTES, parse
from publisher.snapshot import DOCUMENTS
from publisher.write import write_file

PENDING_REVIEW = "Withdrawn while it is being reviewed."
"""The reason that readers see where nobody has had time for one: it accuses nobody, and promises nothing."""


def withdraw(name: str, *, reason: str, pending_review: bool, commit: bool | None) -> int:
    """Withdraw one letter; nothing is written if anything is refused, or if the person says no."""
    if reason and pending_review:
        raise UsageError("--reason and --pending-review exclude each other", "--pending-review has a reason of its own")
    desk = Desk.open()
    require_commit(desk, commit)
    record = subject(desk, name)
    if record.kind != "letter":
        raise UsageError(
            f"records/{record.key}.yaml is no letter", "only letters are withdrawn; see 'letterbook correct'"
        )
    if record.is_withdrawn:
        change = _uncommitted(desk, record)
        return _handed(desk, record, change, _wanted(desk, commit) if pending_review else commit)
    try:
        if record.published is None:
            return _unpublished(desk, record, commit)
        change = _withdrawal(desk, record, PENDING_REVIEW if pending_review else _reason(desk, record, reason))
        if refused(desk, change.pending):
            return 1
        _tell(desk, record, change)
        if not pending_review and not reason and not _agreed(desk, "Withdraw it?"):
            say("\nNothing was written.")
            return 0
    except KeyboardInterrupt:
        say("\nNothing was written.")
        raise
    _keep_edits(desk, record)
    status = _handed(desk, record, change, _wanted(desk, commit) if pending_review else commit)
    if status == 0 and pending_review and commit is None and not desk.can_commit:
        raise RefusedError(
            f"{record.id} is withdrawn in the file, and that is not committed: {desk.obstacle}",
            f"then type it again: letterbook withdraw {record.id} --pending-review",
        )
    return status


def _handed(desk: Desk, record: Subject, change: Change, wanted: bool | None) -> int:
    """Write it, commit it if that is wanted, and say what comes next."""
    committed = deliver(desk, change, wanted=wanted)
    say("\nReaders still see the letter until this is handed in and the archive is published again.")
    next_steps([
        *handing_in(desk, committed=committed, name=f"withdraw-{record.id}", paths=list(change.pending.files)),
        (f"letterbook correct {record.id} --reinstate", "takes the withdrawal back"),
    ])  # fmt: skip
    return 0


def _wanted(desk: Desk, commit: bool | None) -> bool | None:
    """On a Friday night nobody is asked: commit unless that was declined or cannot be done."""
    return True if commit is None and desk.can_commit else commit


def _uncommitted(desk: Desk, record: Subject) -> Change:
    """Return what is to be committed of a withdrawal that is in the file already; UsageError where nothing is."""
    head = desk.repository.find_commit("HEAD")
    entries = {entry.path: entry.id for entry in desk.repository.tree(head, "records/")} if head else {}
    if entries.get(record.path) in (None, desk.repository.blob_id(record.data)):
        raise UsageError(f"{record.id} is withdrawn already", "'letterbook correct --reinstate' would take that back")
    (blob,) = desk.repository.blobs([entries[record.path]], keep=MAX_BYTES)
    before = parse(blob.data or b"")[0] or {}
    named = [DOCUMENTS + each["file"] for each in before.get("documents", ())]
    gone = [path for path in named if path in entries and path not in desk.snapshot.attachments]
    say(f"\n{record.id} is withdrawn in the file already, and that is not committed yet.")
    files: dict[str, bytes | None] = {record.path: record.data, **dict.fromkeys(gone)}
    return Change(pending=desk.pending(files), message=f"Withdraw the letter {record.id}\n")


def _keep_edits(desk: Desk, record: Subject) -> None:
    """Keep what was written into the file and never committed: withdrawing replaces the file, and loses nothing."""
    head = desk.repository.find_commit("HEAD")
    known = [entry.id for entry in desk.repository.tree(head, record.path) if entry.path == record.path] if head else []
    if desk.repository.blob_id(record.data) not in known:
        kept = desk.repository.git_dir / "letterbook-kept" / f"{record.id}-{int(time.time())}.yaml"
        kept.parent.mkdir(exist_ok=True)
        write_file(kept, record.data)
        say(f"What was changed in the file and not committed is kept in {kept}.")


def _reason(desk: Desk, record: Subject, reason: str) -> str:
    if reason:
        return note_given(reason)
    if desk.terminal is None:
        raise UsageError(
            "a letter is withdrawn with a reason, and readers see it",
            'give --reason TEXT, or --pending-review, which says: "Withdrawn while it is being reviewed."',
        )
    say(f"\n{record.id}: {record.document.get('title', '')}", hang=2)
    return desk.terminal.ask("Why is it withdrawn? The reason is published: readers see it, for good.", good_note)


def _withdrawal(desk: Desk, record: Subject, reason: str) -> Change:
    note = {"kind": "withdrawal", "note": reason}
    changes = [*record.document.get("changes", ()), note]
    stub = {"id": record.id, "status": "withdrawn", "changes": changes}
    files: dict[str, bytes | None] = {record.path: compose.record(record.path, stub)}
    files |= dict.fromkeys(_own_documents(desk, record))
    return Change(pending=desk.pending(files), message=f"Withdraw the letter {record.id}\n\n{reason}\n")


def _own_documents(desk: Desk, record: Subject) -> list[str]:
    """Return the documents on disk that this letter names and no other one does."""
    others = {
        document_path(document)
        for name, letter in desk.archive.published.items() if name != record.id for document in letter.documents
    }  # fmt: skip
    own = [document_path(document) for document in Letter.from_mapping(record.document).documents]
    return [path for path in dict.fromkeys(own) if path in desk.snapshot.attachments and path not in others]


def _tell(desk: Desk, record: Subject, change: Change) -> None:
    say(f"\nReaders will see of {record.id} its id, its notes and this reason, and nothing else.")
    if gone := [path for path, data in change.pending.files.items() if data is None]:
        say(f"These files go with it, for no other letter names them: {', '.join(gone)}.")
    if f"assessments/{record.id}" in desk.archive.paths:
        say(f"records/assessments/{record.id}.yaml stays as it is; it is not published while the letter is withdrawn.")
    say(
        "It is not erased: the history of the repository, forks and other people's copies still hold it. What it takes "
        "to erase something stands in docs/erasure.md."
    )


def _agreed(desk: Desk, question: str) -> bool:
    return desk.terminal is None or desk.terminal.confirm(question, default=False)


# -- a letter that is not published ------------------------------------------------------------------------------


def _unpublished(desk: Desk, record: Subject, commit: bool | None) -> int:
    """Offer to delete a letter that never was published: there is nothing to withdraw."""
    paths = [record.path, *_own_documents(desk, record)]
    if (assessment := desk.archive.paths.get(f"assessments/{record.id}")) is not None:
        paths += assessment
    why = f"{record.id} is not published yet: there is nothing to withdraw"
    if desk.terminal is None:
        raise UsageError(why, f"delete the file: {' '.join(paths)}")
    say(f"\n{why}, and it can simply be deleted. (What was pushed, other people may have.)")
    if not desk.terminal.confirm(f"Delete {_listed(paths)}?", default=False):
        say("\nNothing was written.")
        return 0
    change = Change(pending=desk.pending(dict.fromkeys(paths)), message=f"Delete the unpublished letter {record.id}\n")
    if refused(desk, change.pending):
        return 1
    in_git = desk.repository.find_commit("HEAD") is not None and any(
        entry.path in paths for entry in desk.repository.staged("records/")
    )
    deliver(desk, change, wanted=commit if in_git else False)
    return 0


def _listed(paths: Sequence[str]) -> str:
    return paths[0] if len(paths) == 1 else f"{', '.join(paths[:-1])} and {paths[-1]}"
