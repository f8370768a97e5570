"""Erasing as docs/erasure.md does it: its own erase.py between git fast-export and git fast-import."""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from publisher import log
from publisher.examine import examine, examine_commit
from publisher.git import Repository
from publisher.history import History
from publisher.index import Index
from publisher.provenance import Provenance, trace
from publisher.publish import index_of
from publisher.snapshot import Snapshot
from tests import second_auditor
from tests.builders import CLEAN, Archive, change, git

PAGE = Path(__file__).parent.parent / "docs" / "erasure.md"
LIST = "records/erasures.yaml"
FIRST, SECOND, GONE = "2019-02-18-harbour-to-acme", "2019-03-01-harbour-to-quayside", "2019-04-01-harbour-to-ministry"
SIDE = "2019-05-01-quayside-to-harbour"
KEY = f"letters/{FIRST}"
SECRET = "lantern under the third pier"
CLEANED = [change("correction", "A sentence was taken out.")]


def script() -> str:
    """Return erase.py as the page prints it."""
    (found,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


def history_of(folder: Path, commit: str = "HEAD") -> History:
    """Return the history of a commit of a repository."""
    repository = Repository.find(folder)
    name = repository.resolve(commit)
    return History.of(repository, name, Snapshot.at(repository, name))


def adopt(folder: Path, archive: Archive) -> Archive:
    """Return a repository that is there already as an archive that goes on from the clock of another one."""
    found = Archive.__new__(Archive)
    found.folder, found.clock, found.commits = folder, archive.clock, archive.commits
    return found


def rewritten(
    archive: Archive, folder: Path, key: str, *what: int | str, reason: str = "court-order"
) -> tuple[Archive, list[dict[str, Any]]]:
    """Erase revisions of one key, and documents, in a copy of a repository; return it, and the entries to be listed."""
    folder.mkdir(parents=True)
    provenance = Provenance.of(history_of(archive.folder).by_key[key])
    (folder / "erase.py").write_text(script(), encoding="utf-8")
    (folder / "history.json").write_text(json.dumps({"key": key, **provenance.to_mapping()}), encoding="utf-8")
    export = ["git", "fast-export", "--all", "--show-original-ids", "--reencode=no", "--signed-tags=strip"]
    before = subprocess.run(export, cwd=archive.folder, env=CLEAN, capture_output=True, check=True).stdout
    command = [sys.executable, "erase.py", "history.json", reason, *map(str, what)]
    after = subprocess.run(command, cwd=folder, input=before, capture_output=True, check=True).stdout
    work = folder / "work"
    work.mkdir()
    form = archive.git("rev-parse", "--show-object-format")
    git(work, "init", "--quiet", "--initial-branch=main", f"--object-format={form}")
    git(work, "fast-import", "--quiet", feed=after)
    git(work, "reset", "--quiet", "--hard", "main")
    entries: list[dict[str, Any]] = yaml.safe_load((folder / "entries.yaml").read_text(encoding="utf-8"))
    return adopt(work, archive), entries


def list_them(archive: Archive, *entries: dict[str, Any]) -> str:
    """Write records/erasures.yaml with these entries; returns its path."""
    return archive.write(LIST, {"erasures": list(entries)})


def read_list(archive: Archive) -> list[dict[str, Any]]:
    document = second_auditor.document_of(archive.read(LIST))
    assert document is not None
    entries: list[dict[str, Any]] = document["erasures"]
    return entries


def erased(archive: Archive, folder: Path, key: str, *what: int | str, reason: str = "court-order") -> Archive:
    """Erase revisions of one key in a copy of a repository, and commit the list of them."""
    found, entries = rewritten(archive, folder, key, *what, reason=reason)
    known = read_list(found) if (found.folder / LIST).exists() else []
    list_them(found, *known, *entries)
    found.commit("List what was erased")
    return found


def leaves(folder: Path, commit: str = "HEAD") -> list[bytes]:
    """The log of a commit."""
    return log.leaves(trace(history_of(folder, commit)))


def root(entries: list[bytes]) -> str:
    """The root of a log, in hex."""
    return second_auditor.root([entry.decode() for entry in entries])


def versions(folder: Path) -> list[tuple[str, int, str, str, str | None]]:
    """(key, rev, sha256, meaning, erased) of all revisions that are no removal."""
    return [
        (key, revision.rev, revision.sha256 or "", revision.meaning, revision.erased)
        for key, provenance in trace(history_of(folder)).items()
        for revision in provenance.revisions
        if revision.sha256
    ]


def findings(folder: Path, *, pending: bool = False) -> list[tuple[str, str]]:
    """(code, severity) of what check finds in HEAD as it landed, or in the files on disk on top of it."""
    repository = Repository.find(folder)
    if not pending:
        found = examine_commit(repository, repository.resolve("HEAD")).findings
    else:
        snapshot = Snapshot.on_disk(folder)
        found = examine(snapshot, history_of(folder).pending(snapshot)).findings
    return [(finding.code, finding.severity) for finding in found]


def index_at(folder: Path) -> Index:
    repository = Repository.find(folder)
    examined = examine_commit(repository, repository.resolve("HEAD"))
    assert not examined.errors, examined.findings
    return index_of(repository, repository.resolve("HEAD"), examined)


def assert_nowhere(folder: Path, sha256: str) -> None:
    """The bytes are in no object of the repository."""
    rows = second_auditor.git(folder, "cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectname)")
    blobs = [row.split()[1] for row in rows.decode().splitlines() if row.startswith("blob ")]
    found = [hashlib.sha256(data).hexdigest() for _, data in second_auditor.objects(folder, blobs)]
    assert sha256 not in found and found


def secretive(folder: Path) -> Archive:
    """Two versions of a letter hold what is to go, the third does not."""
    archive = Archive(folder)
    archive.begin()
    archive.letter(FIRST, summary=f"Asks about the {SECRET}.")
    archive.letter(SECOND)
    archive.commit()
    archive.letter(FIRST, summary=f"Asks again about the {SECRET}.", changes=[change("editorial")])
    archive.commit()
    archive.letter(FIRST, changes=[change("editorial"), *CLEANED])
    archive.commit()
    return archive
