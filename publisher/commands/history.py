"""letterbook history: every landed revision of one record, with what it meant."""

import json
import sys
from pathlib import Path

from publisher.errors import UsageError
from publisher.git import Repository
from publisher.history import History
from publisher.provenance import Provenance
from publisher.snapshot import Snapshot


def history(name: str, *, form: str) -> int:
    """Print the revisions of a letter (by id) or of any record (by key); oldest first."""
    repository = Repository.find(Path.cwd())
    repository.require_whole()
    commit = repository.resolve("HEAD")
    by_key = History.of(repository, commit, Snapshot.at(repository, commit)).by_key
    key = name if name in by_key else f"letters/{name}"
    if key not in by_key:
        raise UsageError(
            f"no record {name!r} ever landed on this line", "'ls records/letters/*' lists the letters' ids"
        )
    provenance = Provenance.of(by_key[key])
    sys.stdout.write(_as_json(key, provenance) if form == "json" else _as_text(provenance))
    return 0


def _as_json(key: str, provenance: Provenance) -> str:
    return json.dumps({"key": key, **provenance.to_mapping()}, indent=1) + "\n"


def _as_text(provenance: Provenance) -> str:
    rows = [
        f"{revision.rev:>3}  {revision.published_at}  {revision.meaning:<10}  seq {revision.seq}  "
        f"commit {revision.commit[:12]}  {revision.sha256 or 'removed'}"
        f"{f'  erased ({revision.erased})' if revision.erased else ''}"
        for revision in provenance.revisions
    ]
    return "\n".join(rows) + "\n"
