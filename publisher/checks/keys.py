"""The archive's own key lists can be read, let a key sign both things that are signed, and name nobody."""

import re
from collections.abc import Iterator

from publisher.archive import Archive
from publisher.finding import Finding, Location
from publisher.history import History
from publisher.record import MAX_BYTES
from publisher.signatures.keys import KeyListError, parse_allowed_signers
from publisher.snapshot import KEYS

SIGNED = frozenset({"letterbook-index@v1", "letterbook-files@v1"})
_NAME = re.compile(r"[0-9]+\.allowed_signers")
_ADDRESS = re.compile(r"[^\s@=\",]+@[^\s@=\",]+")
_LETTERBOOK = re.compile(r"letterbook-[a-z]+@v[0-9]+")


def listed(archive: Archive, _: History) -> Iterator[Finding]:
    """Yield a finding for a list that cannot be read, has no key for a publication, or holds an address."""
    for path, data in archive.others.items():
        if not path.startswith(KEYS) or not path.endswith(".allowed_signers"):
            continue
        lines = data.decode("utf-8", "replace").split("\n")
        if not _NAME.fullmatch(path.removeprefix(KEYS)) or len(data) > MAX_BYTES:
            yield _finding(path, 1, "bad-key-list", "this is no numbered list of keys", "name it 1.allowed_signers")
            continue
        try:
            signers = parse_allowed_signers(data)
        except KeyListError as fault:
            yield _finding(
                path, fault.line, "bad-key-list", fault.message, "docs/format.md, section 8, says what a line is"
            )
            continue
        if not any(set(signer.namespaces) >= SIGNED for signer in signers):
            names = ",".join(sorted(SIGNED))
            hint = f'write publisher namespaces="{names}" before the key'
            yield _finding(path, 1, "bad-key-list", "no key of this list may sign a publication", hint)
        for number, line in enumerate(lines, 1):
            if any(not _LETTERBOOK.fullmatch(found) for found in _ADDRESS.findall(line)):
                hint = "delete the comment behind the key: the list is published as it is"
                yield _finding(path, number, "address-in-key-list", "this line holds what looks like an address", hint)


def _finding(path: str, line: int, code: str, message: str, hint: str) -> Finding:
    location = Location(path=path, line=max(line, 1), end_line=max(line, 1))
    return Finding(code=code, message=message, location=location, hint=hint)
