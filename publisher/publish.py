"""A publication as bytes: build(index, contents) makes them, seal(files, log, seal) signs them; write.py writes them.

A publication is a function of the commit, the key and Letterbook's version. Only `*.sig`, `log/checkpoint`,
`keys/allowed_signers` and the SHA256SUMS lines that name them depend on the key.
"""

import hashlib
import re
from collections import ChainMap
from collections.abc import Container, Mapping
from dataclasses import dataclass

from publisher import checkpoint, schema
from publisher.checkpoint import Checkpoint
from publisher.errors import RefusedError
from publisher.examine import Examined
from publisher.formats import FORMATS
from publisher.git import Repository
from publisher.index import Index, LogHead
from publisher.letter import Letter
from publisher.record import MAX_BYTES
from publisher.signatures import sshsig
from publisher.signatures.chain import Chain, files_in
from publisher.signatures.keys import AllowedSigner, Signer, format_allowed_signers
from publisher.snapshot import KEYS, Snapshot, is_published_path

INDEX_NAMESPACE = checkpoint.NAMESPACE
FILES_NAMESPACE = "letterbook-files@v1"
PRINCIPAL = checkpoint.PRINCIPAL
SUMS = "SHA256SUMS"
_SUMS_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9._/-]+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Seal:
    """What a publication is sealed with: a key, and the archive's own key lists by published path.

    `trusted` is false for a development key, which nobody has listed.
    """

    signer: Signer
    key_lists: Mapping[str, bytes]
    trusted: bool


# -- build ---------------------------------------------------------------------------------------------------


def build(index: Index, contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return every published file that does not depend on a key, by path; `contents` holds bytes by SHA-256."""
    if not schema.is_valid("index", index.to_mapping()):
        raise ValueError("the index does not fit its own schema")
    files = {"index.json": index.to_bytes()}
    for name, render in FORMATS.items():
        rendered = render(index, contents)
        if taken := files.keys() & rendered.keys():
            raise ValueError(f"the format {name} renders {min(taken)}, which another one rendered before")
        files |= rendered
    for path in files:
        if not is_published_path(path):
            raise ValueError(f"{path!r} is not a path that can be published")
    return files


def contents_of(examined: Examined, repository: Repository) -> Mapping[str, bytes]:
    """Return the bytes of a commit's records, their earlier versions, and documents by SHA-256.

    Documents are read when asked for. A version that was erased, or that is larger than a record may be, is left out.
    """
    snapshot = examined.snapshot
    records = {hashlib.sha256(data).hexdigest(): data for data in snapshot.files.values()}
    documents = {attachment.sha256: attachment.blob for attachment in snapshot.attachments.values()}
    versions = earlier_versions(examined, repository, records)
    return ChainMap(records, versions, repository.contents(documents))  # type: ignore[arg-type]


def earlier_versions(examined: Examined, repository: Repository, known: Container[str]) -> dict[str, bytes]:
    """Return the bytes of all landed versions by SHA-256, without those that are `known` or were erased."""
    blobs = dict.fromkeys(
        version.blob
        for version in examined.history.versions
        if version.blob and version.erased is None and version.sha256 not in known and version.size <= MAX_BYTES
    )
    read = repository.blobs(blobs, keep=MAX_BYTES) if blobs else ()
    return {blob.sha256: blob.data for blob in read if blob.data is not None}


def index_of(repository: Repository, commit: str, examined: Examined) -> Index:
    """Build the index of a commit that was examined and found without errors."""
    tree = repository.tree_of(commit)
    return Index.of(examined.archive, examined.history, tree=tree, object_format=repository.object_format)


# -- seal ----------------------------------------------------------------------------------------------------


def seal(files: Mapping[str, bytes], head: LogHead, sealed_by: Seal) -> dict[str, bytes]:
    """Return the files with key lists, the checkpoint of the log, checksums and signatures."""
    signer = sealed_by.signer
    signed = Checkpoint(origin=head.origin, size=head.size, root=bytes.fromhex(head.root))
    sealed = {**files, **sealed_by.key_lists}
    sealed[checkpoint.PATH] = checkpoint.sign(signed, signer)
    sealed["index.json.sig"] = sshsig.sign(signer, files["index.json"], INDEX_NAMESPACE)
    if "keys/allowed_signers" not in sealed:
        sealed["keys/allowed_signers"] = _own_list(sealed_by)
    sealed[SUMS] = format_sums({path: hashlib.sha256(data).hexdigest() for path, data in sealed.items()})
    sealed[f"{SUMS}.sig"] = sshsig.sign(signer, sealed[SUMS], FILES_NAMESPACE)
    return sealed


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyLists:
    """The archive's own lists of keys: copies by published path, with the signatures over them; and who may publish.

    `newest` are the bytes of the newest list, `signers` its publishers, `all_signers` those of every list.
    """

    published: dict[str, bytes]
    newest: bytes | None
    signers: tuple[AllowedSigner, ...]
    all_signers: tuple[AllowedSigner, ...]


def key_lists(snapshot: Snapshot) -> KeyLists:
    """Return the key lists under records/keys/ of a snapshot without faults."""
    files = files_in(snapshot.files, KEYS)
    chain = Chain.of(files)
    return KeyLists(
        published={f"keys/{name}": data for name, data in files.items()},
        newest=chain.newest.data if chain.newest else None,
        signers=chain.newest.publishers if chain.newest else (),
        all_signers=tuple(entry for link in chain.links for entry in link.listed.publishers),
    )


def _own_list(sealed_by: Seal) -> bytes:
    signer = AllowedSigner(
        principals=(PRINCIPAL,),
        namespaces=(INDEX_NAMESPACE, FILES_NAMESPACE),
        key=sealed_by.signer.public_key,
    )
    comments = ["The archive lists no key of its own; this is the key that signed the publication."]
    if not sealed_by.trusted:
        comments = ["DEVELOPMENT KEY: made on one machine for trying things out. Nobody should trust it."]
    return format_allowed_signers((signer,), comments=comments)


def format_sums(sums: Mapping[str, str]) -> bytes:
    """Return SHA256SUMS, as `sha256sum -c` reads it: sorted by the bytes of the paths."""
    return "".join(f"{sums[path]}  {path}\n" for path in sorted(sums, key=str.encode)).encode()


def parse_sums(data: bytes) -> dict[str, str]:
    """Return what format_sums wrote, SHA-256 by path. Raises ValueError for any other text."""
    sums = {}
    for number, line in enumerate(data.decode("ascii").split("\n")[:-1], 1):
        found = _SUMS_LINE.fullmatch(line)
        if found is None or not is_published_path(found[2]):
            raise ValueError(f"line {number} is not a checksum and a published path")
        sums[found[2]] = found[1]
    if format_sums(sums) != data:
        raise ValueError("the lines are not sorted, not unique, or not ended by a newline")
    return sums


# -- guard ---------------------------------------------------------------------------------------------------


def guard(index: Index, line: set[str], previous: Index, *, allow_mass_change: bool) -> None:
    """Raise RefusedError where publishing `index` would break what `previous` promised.

    `line` holds the commits of the new first-parent line. The earlier log must be a prefix of the new one. The
    line must contain the earlier commit, unless it was rewritten for a reason that shows: versions were erased
    since, or the repository has another object format. Not more than max(3, 10 %) letters may be lost or withdrawn.
    A publication of another archive, which is known by its log's origin, is never followed.
    """
    if previous.log.origin != index.log.origin:
        raise RefusedError(
            f"the earlier publication is of another archive, {previous.log.origin}",
            "publish into a folder of its own; an archive's origin is fixed for life",
        )
    is_prefix = index.leaves()[: previous.log.size] == previous.leaves()
    if previous.source.commit in line:
        if not is_prefix:
            raise RefusedError(
                "the log of the earlier publication is not the beginning of the new one, as every checkpoint needs it",
                "entries of records/erasures.yaml stay as they were published: write them so again (docs/erasure.md)",
            )
    elif not is_prefix or not _is_rewritten_openly(previous, index):
        raise RefusedError(
            f"the earlier publication is of commit {previous.source.commit}, which is not on this line of history",
            "merge onto the published branch instead of rewriting it, or of making it a second parent; where the law "
            "demanded a rewrite, list what was erased in records/erasures.yaml with the values that it had "
            "(docs/erasure.md)",
        )
    before = _published(previous)
    lost = sorted(before - _published(index))
    if len(lost) > max(3, len(before) // 10) and not allow_mass_change:
        raise RefusedError(
            f"{len(lost)} of {len(before)} published letters would be lost or withdrawn at once, among them {lost[0]}",
            "if that is meant, publish once with --allow-mass-change",
        )


def _published(index: Index) -> set[str]:
    return {entry.id for entry in index.letters if isinstance(entry.letter, Letter)}


def _is_rewritten_openly(previous: Index, index: Index) -> bool:
    """Whether the new index itself says why earlier commits have other ids now."""
    imported = previous.source.object_format != index.source.object_format
    return imported or bool(_erased(index) - _erased(previous))


def _erased(index: Index) -> set[tuple[str, int]]:
    return {
        (key, revision.rev)
        for key, provenance in index.provenances.items()
        for revision in provenance.revisions
        if revision.erased is not None
    }


def index_leaves(index: Index) -> list[bytes]:
    """Return all leaves of the log, rebuilt from an index alone."""
    return index.leaves()
