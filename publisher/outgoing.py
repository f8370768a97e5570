"""What a push makes public: the tip as it would be published, and everything in the commits on the way to it.

A name that one commit adds and the next one removes is pushed all the same. So besides the tip, which is checked as
a whole, every record, key list and document of the commits that the remote does not have is looked through for what
must never be public, and every other file for being a private key. Their other faults are nobody's business once the
tip has none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from publisher.archive import Archive
from publisher.checks import keys, privacy
from publisher.contacts import contacts_in
from publisher.disclosure import disclosed
from publisher.examine import examine
from publisher.finding import Finding, Location
from publisher.git import LineCommit, Repository, TreeEntry
from publisher.history import History
from publisher.identities import of_commits, of_tags
from publisher.record import MAX_BYTES
from publisher.snapshot import FOLDER, KEYS, Snapshot, is_plain, of_entries

EVERYWHERE = ":/"
"""The pathspec of all files (gitglossary)."""
MAX_KEY = 16 * 1024
_FIDO = "sk-ssh-ed25519@openssh.com"  # a kind of key, and no address
_HINT = "it would be public in the history though a later commit takes it out: make these commits anew without it"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outgoing:
    """One ref that is pushed: what it names, perhaps a tag; its tip; what counts as published; what the remote has."""

    name: str
    tip: str
    base: str | None
    known: Sequence[str]


def judge(repository: Repository, push: Outgoing) -> tuple[list[Finding], Mapping[str, bytes]]:
    """Return everything that is wrong with what a ref makes public, and the files of its tip."""
    snapshot = Snapshot.at(repository, push.tip)
    commits = repository.new_commits(push.tip, push.known)
    archive = Archive()
    found: list[Finding] = []
    if snapshot.files or (push.base is not None and repository.tree(push.base, FOLDER)):
        landed = History.of(repository, push.base, Snapshot.at(repository, push.base)) if push.base else History()
        examined = examine(snapshot, landed.pending(snapshot))
        archive = examined.archive
        found += [*examined.findings, *disclosed(repository, archive, push.base)]
    found += of_commits(repository, archive.info, push.tip, push.known)
    found += of_tags(repository, archive.info, push.name)
    found += _between(repository, commits, {*snapshot.blobs.values()}, push)
    return found, snapshot.files


def _between(
    repository: Repository, commits: Sequence[LineCommit], seen: set[str], push: Outgoing
) -> Iterator[Finding]:
    """Yield what must not be public in files of the commits, but for those that stand at the tip or in the base."""
    if push.base is not None:
        seen |= {entry.id for entry in repository.tree(push.base, FOLDER)}
    for commit, changes in repository.changes(commits, EVERYWHERE):
        entries = [TreeEntry(path=c.path, mode=c.mode, id=c.blob) for c in changes if is_plain(c.mode)]
        new = [entry for entry in entries if entry.id not in seen]
        seen |= {entry.id for entry in new}
        if records := [entry for entry in new if entry.path.startswith(FOLDER)]:
            blobs = {blob.id: blob for blob in repository.blobs([entry.id for entry in records], keep=MAX_BYTES)}
            yield from _secrets(repository, of_entries(records, blobs, commit), push.base)
        if others := [entry for entry in new if not entry.path.startswith(FOLDER)]:
            yield from _keys(repository, commit, others)


def _keys(repository: Repository, commit: str, entries: Sequence[TreeEntry]) -> Iterator[Finding]:
    """Find private keys outside the records: one that was made in the clone, and committed with everything else."""
    paths = {entry.id: entry.path for entry in entries}
    for blob in repository.blobs(list(paths), keep=MAX_KEY):
        if keys.is_private(blob.data or b""):
            message = f"{paths[blob.id]} as that commit has it: this is a private key: it belongs in no repository"
            yield Finding(
                code="private-key", message=message, location=Location(path=f"commit {commit[:12]}"), hint=_HINT
            )


def _secrets(repository: Repository, snapshot: Snapshot, base: str | None) -> Iterator[Finding]:
    """Look through some files of one commit."""
    archive, _ = Archive.of(snapshot)
    found = [*privacy.contacts(archive, History()), *disclosed(repository, archive, base)]
    if any(path.startswith(KEYS) for path in (*archive.others, *archive.attachments)):
        found += [finding for finding in keys.listed(archive, History()) if finding.code == "private-key"]
    read = {record.path for record in archive.records.values()}
    for path, data in snapshot.files.items():
        if path not in read:  # it is no sound record, and may hold anything
            text = data.decode("utf-8", "replace").replace(_FIDO, "")
            found += [_contact(code, what, path) for line in text.splitlines() for code, what, _ in contacts_in(line)]
    for finding in found:
        where = f"commit {(snapshot.commit or '')[:12]}"
        message = f"{finding.location.path} as that commit has it: {finding.message}"
        yield replace(finding, message=message, location=Location(path=where), hint=_HINT)


def _contact(code: str, what: str, path: str) -> Finding:
    return Finding(code=code, message=f"this text holds what looks like {what}", location=Location(path=path))
