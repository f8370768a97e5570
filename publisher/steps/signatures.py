"""The signatures over index.json and over SHA256SUMS, by one key that is listed."""

from publisher.audit import ABSENT, Audit, Difference, Outcome, failed, passed, unchecked
from publisher.publish import FILES_NAMESPACE, INDEX_NAMESPACE, SUMS
from publisher.signatures import sshsig
from publisher.signatures.keys import SignatureError


def index(audit: Audit) -> Outcome:
    """Check index.json.sig over the bytes of index.json."""
    return _signed(audit, "index.json", INDEX_NAMESPACE)


def sums(audit: Audit) -> Outcome:
    """Check SHA256SUMS.sig over the bytes of SHA256SUMS, by the key that signed the index."""
    return _signed(audit, SUMS, FILES_NAMESPACE)


def _signed(audit: Audit, path: str, namespace: str) -> Outcome:
    if not audit.allowed:
        return unchecked("there is no list of keys to check with")
    data, signature = audit.read(path), audit.read(f"{path}.sig")
    for name, found in ((path, data), (f"{path}.sig", signature)):
        if found is None:
            return failed(f"{name} is missing", [Difference(what=name, published=ABSENT)])
    assert data is not None and signature is not None
    try:
        key = sshsig.verify(signature, data, namespace).fingerprint
        allowed = sshsig.verify_allowed(signature, data, namespace, audit.allowed)
    except SignatureError as fault:
        return failed(f"{path} is not signed by a key that is listed: {fault}", [Difference(what=path)])
    if audit.signed_by and audit.signed_by != key:
        return failed(f"{path} is signed by another key than index.json", [Difference(what=path)])
    audit.signed_by = key
    current = any(entry.key == allowed for entry in audit.current)
    retired = () if current else ("that key is not a current one: only step newer vouches for this publication",)
    return passed(f"{path} is signed for {namespace} by {key}", *retired)
