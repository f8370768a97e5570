"""letterbook keys: every key list of the archive, who signed it, and whether all of it holds."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from publisher.archive import Archive
from publisher.checks.keys import listed
from publisher.finding import Finding
from publisher.git import Repository
from publisher.history import History, key_files_of
from publisher.reports import REPORTS
from publisher.signatures.chain import Chain, Link, files_in
from publisher.signatures.keys import FIDO, PublicKey
from publisher.snapshot import KEYS, Snapshot
from publisher.text import visible

_NONE = (
    "This archive lists no keys yet. It is published with a development key, which nobody should trust; "
    "docs/keys.md says how to list the first key."
)


def keys(*, at: str | None, form: str) -> int:
    """Show the key lists on disk, or those of a commit; return 1 if something does not hold, else 0."""
    repository = Repository.find(Path.cwd())
    repository.require_whole()
    if at is not None:
        base: str | None = repository.resolve(at)
        snapshot = Snapshot.at(repository, repository.resolve(at))
    else:
        base = repository.merge_base_with_remote() or repository.find_commit("HEAD")  # what is published, for check too
        snapshot = Snapshot.on_disk(repository.root)
    archive, _ = Archive.of(snapshot)
    found = [fault for fault in snapshot.faults if fault.location.path.startswith(KEYS)]
    found += listed(archive, History(key_files=key_files_of(repository, base) if base else ()))
    chain = Chain.of(files_in(snapshot.files, KEYS))
    if form == "json":
        sys.stdout.write(json.dumps(_as_mapping(chain, found), indent=1) + "\n")
    else:
        sys.stdout.write("".join("".join(visible(row)) + "\n" for row in _as_text(chain, found)))
        sys.stdout.write(REPORTS["text"](found, snapshot.files))
    return int(_is_broken(found))


def _is_broken(found: Sequence[Finding]) -> bool:
    return any(finding.severity == "error" for finding in found)


# -- for people ----------------------------------------------------------------------------------------------


def _as_text(chain: Chain, found: Sequence[Finding]) -> list[str]:
    if not chain.links and not _is_broken(found):
        return [_NONE]
    rows = [row for link in chain.links for row in _link_rows(link, is_current=link is chain.links[-1])]
    return [*rows, "NOT all of this holds" if _is_broken(found) else "everything holds"]


def _link_rows(link: Link, *, is_current: bool) -> list[str]:
    names = {root.fingerprint: root for root in (*(link.previous.roots if link.previous else ()), *link.listed.roots)}
    rows = [f"list {link.listed.number}{' (current)' if is_current else ''}"]
    rows += [f"  publisher  {_named(entry.key)}" for entry in link.listed.publishers]
    rows += [f"  root       {_named(root)}, {_kind(root)}" for root in link.listed.roots]
    if link.listed.roots:
        rows.append(f"  threshold  {link.listed.threshold} of {len(link.listed.roots)} roots")
    for fingerprint in sorted({*link.before, *link.own}):
        whose = [f"list {link.previous.number}"] if link.previous and fingerprint in link.before else []
        whose += ["this list"] if fingerprint in link.own else []
        rows.append(f"  signed by  {_named(names[fingerprint])}, root of {' and '.join(whose)}")
    return [*rows, f"  vouched    {_vouched(link)}", ""]


def _vouched(link: Link) -> str:
    if link.listed.number > 1 and link.previous is None:
        return "cannot be told: the list before is missing or faulty"
    if link.previous is None:
        return "by nobody: it is the first list, and readers must get it from you"
    if not link.previous.roots:
        return f"by nobody: list {link.previous.number} has no roots, and readers must get this one from you"
    done, needed = len(link.before), link.previous.threshold
    return f"{'yes' if link.is_vouched else 'NO'}: {done} of {needed} roots of list {link.previous.number} signed it"


def _named(key: PublicKey) -> str:
    return f"{key.fingerprint} {key.comment}".rstrip()


def _kind(key: PublicKey) -> str:
    return "security key" if key.type == FIDO else "plain key"


# -- for programs --------------------------------------------------------------------------------------------


def _as_mapping(chain: Chain, found: Sequence[Finding]) -> dict[str, Any]:
    newest = chain.newest
    report = json.loads(REPORTS["json"](found, {}))
    return {
        "lists": [_link_mapping(link) for link in chain.links],
        "current": newest.number if newest else None,
        "holds": not _is_broken(found),
        "findings": report["findings"],
    }


def _link_mapping(link: Link) -> dict[str, Any]:
    return {
        "number": link.listed.number,
        "publishers": [_key_mapping(entry.key) for entry in link.listed.publishers],
        "roots": [_key_mapping(root) for root in link.listed.roots],
        "threshold": link.listed.threshold,
        "signed_by": {"before": list(link.before), "own": list(link.own)},
    }


def _key_mapping(key: PublicKey) -> dict[str, str]:
    return {"fingerprint": key.fingerprint, "comment": key.comment, "kind": _kind(key)}
