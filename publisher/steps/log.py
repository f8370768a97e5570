"""The checkpoint is the index's log, signed by the index's key, and the tiles are those of its leaves."""

import hashlib
from collections.abc import Iterator

from publisher import checkpoint
from publisher.audit import ABSENT, Audit, Difference, Outcome, failed, passed, unchecked
from publisher.checkpoint import PATH, Checkpoint
from publisher.formats import tiles
from publisher.index import Index
from publisher.signatures.keys import SignatureError


def published(audit: Audit) -> Outcome:
    """Read the checkpoint and every tile."""
    if audit.index is None or audit.leaves is None:
        return unchecked("the index was not read")
    found = [*_checkpoint(audit), *_tiles(audit)]
    if found:
        return failed("what is published of the log is not what the index says", found)
    return passed(f"the checkpoint of {len(audit.leaves)} leaves is signed by {audit.signed_by}, the tiles are theirs")


def _checkpoint(audit: Audit) -> Iterator[Difference]:
    assert audit.index is not None
    audit.checkpoint = audit.read(PATH)
    if audit.checkpoint is None:
        yield Difference(what=PATH, published=ABSENT)
        return
    keys = tuple(entry for entry in audit.allowed if entry.key.fingerprint == audit.signed_by)
    head = audit.index["log"]
    expected = Checkpoint(origin=head["origin"], size=head["size"], root=bytes.fromhex(head["root"]))
    try:
        signed, _ = checkpoint.read(audit.checkpoint, keys, head["origin"])
    except SignatureError as fault:
        yield Difference(what=PATH, field="signature", published=str(fault), expected=audit.signed_by)
        return
    if signed != expected:
        yield Difference(what=PATH, field="text", published=repr(signed.format()), expected=repr(expected.format()))
    if audit.checkpoint.count(b"\n") != expected.format().count("\n") + 2:
        yield Difference(what=PATH, field="signatures", published="more than one line", expected="one line")


def _tiles(audit: Audit) -> Iterator[Difference]:
    assert audit.index is not None
    expected = tiles.render(Index.from_mapping(audit.index), {})
    listed = {path for path in audit.published if path.startswith("log/") and path != PATH}
    for path in sorted(expected.keys() | listed):
        found = audit.read(path)
        if found != expected.get(path):
            yield Difference(what=path, field="sha256", published=_sha256(found), expected=_sha256(expected.get(path)))


def _sha256(data: bytes | None) -> str:
    return ABSENT if data is None else hashlib.sha256(data).hexdigest()
