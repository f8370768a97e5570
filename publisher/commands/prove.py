"""letterbook prove: one version of one record as a C2SP tlog-proof, which letterbook verify-proof checks offline."""

import hashlib
import json
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publisher import checkpoint, merkle, schema
from publisher.checkpoint import Checkpoint, LetterProof
from publisher.errors import RepositoryError, UnavailableError, UsageError
from publisher.git import Repository
from publisher.index import Entry, Index
from publisher.provenance import Revision
from publisher.signatures.note import Note
from publisher.site import Site, open_site
from publisher.snapshot import is_published_path
from publisher.text import visible
from publisher.write import require_file, write_file

_PUBLIC = "public"
_NOT_THERE = "name a publication: the folder that 'letterbook publish' wrote, or its address"


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """A publication's log: its index, the leaves that follow from it, and the checkpoint that covers just those."""

    index: Index
    leaves: tuple[bytes, ...]
    checkpoint: bytes

    @classmethod
    def read(cls, site: Site) -> "Published":
        """Read index.json and log/checkpoint. Raises UnavailableError if one is missing, ValueError if one is wrong.

        No signature is looked at: whoever verifies the proof has the keys.
        """
        data, note = (_read(site, path) for path in ("index.json", checkpoint.PATH))
        index, leaves = _index(data)
        try:
            head = Checkpoint.parse(Note.parse(note).text)
        except ValueError as fault:
            raise ValueError(f"{checkpoint.PATH} cannot be read: {fault}") from fault
        root = merkle.root_of(map(merkle.leaf_hash, leaves))
        if head != Checkpoint(origin=index.archive.origin, size=len(leaves), root=root):
            raise ValueError(f"{checkpoint.PATH} is not the checkpoint of the log that follows from index.json")
        return cls(index=index, leaves=leaves, checkpoint=note)

    def prove(self, seq: int) -> LetterProof:
        """Make the inclusion proof of one leaf."""
        tree = merkle.Tree([merkle.leaf_hash(leaf) for leaf in self.leaves])
        hashes = merkle.inclusion(tree.node, seq, tree.size)
        return LetterProof(index=seq, hashes=tuple(hashes), extra=self.leaves[seq], checkpoint=self.checkpoint)


def prove(name: str, *, rev: int | None, site: str | None, out: Path | None) -> int:
    """Write the proof of a record's newest version, or of another; return 1 if the publication is wrong."""
    if out is not None:
        require_file(out)
    opened = open_site(_default_site() if site is None else site)
    try:
        published = Published.read(opened)
    except ValueError as fault:
        _say(f"error: {opened.name}: {fault}")
        _say("hint: 'letterbook verify' says what is wrong with a publication")
        return 1
    key, revision = _version(published.index, name, rev)
    data = published.prove(revision.seq).format()
    advice = _hand_over(published, opened, key, revision, out)
    if out is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        write_file(out, data)
    for line in advice:
        _say(line)
    return 0


def _default_site() -> str:
    try:
        folder = Repository.find(Path.cwd()).root / _PUBLIC
    except RepositoryError:
        folder = None
    if folder is None or not folder.is_dir():
        raise UsageError(f"there is no publication here in a folder {_PUBLIC}", "name one with --site DIR_OR_URL")
    return str(folder)


def _read(site: Site, path: str) -> bytes:
    data = site.read(path)
    if data is None:
        raise UnavailableError(f"{site.name} holds no {path}", _NOT_THERE)
    return data


def _index(data: bytes) -> tuple[Index, tuple[bytes, ...]]:
    """Read an index that nobody vouches for, and the leaves that follow from it."""
    try:
        value: Any = json.loads(data)
        if schema.is_valid("index", value):
            index = Index.from_bytes(data)
            return index, tuple(index.leaves())
    except (KeyError, TypeError, ValueError, RecursionError) as fault:
        raise ValueError(f"index.json cannot be read: {fault}") from fault
    raise ValueError("index.json does not fit its schema")


def _version(index: Index, name: str, rev: int | None) -> tuple[str, Revision]:
    """Return a record's key, and its newest version or the one that is asked for."""
    key = name if name in index.provenances else f"letters/{name}"
    if key not in index.provenances:
        raise UsageError(f"no record {name!r} is in this publication", "letters.csv lists the letters' ids")
    revisions = index.provenances[key].revisions
    number = len(revisions) if rev is None else rev
    if not 1 <= number <= len(revisions):
        raise UsageError(f"{key} has no version {rev}", f"its versions are 1 to {len(revisions)}")
    revision = revisions[number - 1]
    if revision.op == "remove":
        earlier = "name an earlier version with --rev: 'letterbook history' lists them"
        raise UsageError(f"version {number} of {key} is its removal: there are no bytes to prove", earlier)
    return key, revision


# -- what to hand over ---------------------------------------------------------------------------------------


def _hand_over(published: Published, site: Site, key: str, revision: Revision, out: Path | None) -> list[str]:
    """Say what is proved, and what has to go with it."""
    stem, origin = key.rpartition("/")[2], published.index.archive.origin
    file = f"{stem}.tlog-proof" if out is None else str(out)
    command = f"letterbook verify-proof {shlex.quote(file)} --record RECORD --keys ALLOWED_SIGNERS --origin {origin}"
    head = f"leaf {revision.seq} of the {len(published.leaves)} leaves of {origin}"
    return [
        f"version {revision.rev} of {key}: {head}",
        "hand over together:",
        f"  the proof: {'this output, saved as ' if out is None else ''}{file}",
        f"  the record: {_where(published.index, site, key, revision)}",
        "The archive's key list has to come by another way: a list that comes with the proof proves nothing.",
        f"check it: {command}",
        published.index.archive.disclaimer,
    ]


def _where(index: Index, site: Site, key: str, revision: Revision) -> str:
    """Say where the bytes of a version are: published, in git only, or gone."""
    if revision.erased is not None:
        return "erased; only somebody who kept its bytes can show them"
    folder, _, stem = key.rpartition("/")
    folders: dict[str, tuple[Entry[Any], ...]] = {"letters": index.letters, "assessments": index.assessments}
    entry = next((entry for entry in folders.get(folder, index.tables) if entry.id == stem), None)
    if entry is None or revision != index.provenances[key].revisions[-1]:
        listing = f"git ls-tree -r --name-only {revision.commit} records/"
        return f"not published; in a clone, git show {revision.commit}:PATH (for PATH: {listing})"
    path = entry.record.path
    data = site.read(path) if is_published_path(path) else None
    if data is not None and hashlib.sha256(data).hexdigest() == revision.sha256:
        return f"{path}, as it is published at {site.name}"
    return f"not published; in a clone, git show {shlex.quote(f'{index.source.commit}:{path}')}"


def _say(line: str) -> None:
    print("".join(visible(line)), file=sys.stderr)
