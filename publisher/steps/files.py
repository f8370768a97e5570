"""Every listed file has its SHA-256, and no other file is there."""

import hashlib
from collections.abc import Iterator, Mapping

from publisher.audit import ABSENT, REQUIRED, Audit, Difference, Outcome, failed, passed, printable, unchecked
from publisher.errors import UnavailableError
from publisher.publish import FILES_NAMESPACE, INDEX_NAMESPACE, PRINCIPAL, SUMS, parse_sums
from publisher.signatures.keys import KeyListError, parse_allowed_signers

MAX_TOTAL = 2 << 30  # bytes of all files together: they are kept in memory until they were compared with what git says


def listed(audit: Audit) -> Outcome:
    """Hash every file that SHA256SUMS names."""
    sums = audit.read(SUMS)
    if sums is None or not audit.has("sums-signature"):
        return unchecked(f"{SUMS} has no good signature")
    try:
        expected = parse_sums(sums)
    except ValueError as fault:
        return failed(f"{SUMS} cannot be read: {fault}", [Difference(what=SUMS)])
    found = list(_differences(audit, expected))
    if found:
        return failed(f"{len(found)} files are not what {SUMS} says", found)
    return passed(f"all {len(expected)} listed files have their SHA-256")


def is_listed(audit: Audit, keys: bytes) -> bool:
    """Whether the key that signed stands in a key list as a publisher's, for both signatures."""
    try:
        entries = parse_allowed_signers(keys)
    except KeyListError:
        return False
    needed = {INDEX_NAMESPACE, FILES_NAMESPACE}
    publishers = [entry for entry in entries if PRINCIPAL in entry.principals]
    return any(entry.key.fingerprint == audit.signed_by and needed <= set(entry.namespaces) for entry in publishers)


def _differences(audit: Audit, expected: Mapping[str, str]) -> Iterator[Difference]:
    size = 0
    for path, sha256 in expected.items():
        data = audit.read(path)
        size += 0 if data is None else len(data)
        if size > MAX_TOTAL:
            raise UnavailableError(
                f"the files that {SUMS} names have more than {MAX_TOTAL} bytes together",
                "hash them with 'sha256sum -c' (docs/verify-by-hand.md)",
            )
        actual = ABSENT if data is None else hashlib.sha256(data).hexdigest()
        if actual != sha256:
            yield Difference(what=path, field="sha256", published=actual, expected=sha256)
    for path in sorted(REQUIRED - expected.keys()):
        yield Difference(what=path, published="(not listed)", expected=f"listed in {SUMS}")
    keys = audit.read("keys/allowed_signers")
    if keys is not None and not is_listed(audit, keys):
        yield Difference(what="keys/allowed_signers", field="key", published="(not listed)", expected=audit.signed_by)
    for path in sorted((audit.site.paths() or set()) - expected.keys() - {SUMS, f"{SUMS}.sig"}):
        yield Difference(what=printable(path), published="a file that is not listed", expected=ABSENT)
