"""letterbook publish: make a publication of a commit, sealed with a key, in a folder."""

import gc
import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from publisher import publish as publishing
from publisher import schema
from publisher.commands.check import incoming
from publisher.commands.progress import Progress
from publisher.errors import RefusedError, SigningError, UnavailableError
from publisher.examine import examine_commit
from publisher.git import INTAKE, Repository
from publisher.history import History
from publisher.index import Index
from publisher.publish import FILES_NAMESPACE, INDEX_NAMESPACE, PRINCIPAL, KeyLists, Seal, index_of, key_lists
from publisher.reports import REPORTS
from publisher.signatures import sshsig
from publisher.signatures.agent import AgentSigner
from publisher.signatures.chain import MAX_LISTS
from publisher.signatures.keys import (
    AllowedSigner,
    PublicKey,
    SignatureError,
    Signer,
    generate_private_key,
    load_private_key,
)
from publisher.site import Site, open_site
from publisher.write import published_names, repair, write

NAMESPACES = {INDEX_NAMESPACE, FILES_NAMESPACE}
_DAY = 24 * 60 * 60
_DEVELOPMENT_KEY = "letterbook-development-key"


def publish(commit: str, *, out: Path, key: Path | None, previous: str | None, allow_mass_change: bool) -> int:
    """Publish a commit; return 1 and write nothing if its records have errors."""
    repository = Repository.find(Path.cwd())
    repository.require_whole()
    repair(out)
    published_names(out)
    name = repository.resolve(commit)
    if repository.tree(name, INTAKE):
        raise RefusedError(
            f"this commit holds {INTAKE}: it is a private intake's, and is not published",
            "take letters over into the public archive with 'letterbook promote'",
        )
    with Progress() as progress:
        progress.step("reading the history and checking the records")
        examined = examine_commit(repository, name)
        if examined.findings:
            sys.stderr.write(REPORTS["text"](examined.findings, examined.snapshot.files))
        if examined.errors:
            print("nothing was published", file=sys.stderr)
            return 1
        _refuse_future(examined.history)
        lists = key_lists(examined.snapshot)
        signer = _signer(repository, key, lists.signers, listed=lists.newest is not None)
        index = index_of(repository, name, examined)
        before = _guard(index, examined.history, previous, str(out), signer, lists, allow_mass_change)
        if found := incoming(repository, name, before):
            sys.stderr.write(REPORTS["text"](found, {}))
            print("nothing was published", file=sys.stderr)
            return 1
        gc.freeze()  # what was read stays to the end: it need not be looked through for circles again
        progress.step("rendering")
        files = publishing.build(index, publishing.contents_of(examined, repository))
        own = {} if lists.newest is None else {"keys/allowed_signers": lists.newest}
        seal = Seal(signer=signer, key_lists={**lists.published, **own}, trusted=key is not None)
        progress.step("writing")
        written = write(publishing.seal(files, index.log, seal), out)
    print(
        f"{out}: {len(index.letters)} letters of commit {name[:12]}, "
        f"{written.changed} files written, {written.unchanged} unchanged, {written.pruned} pruned",
        file=sys.stderr,
    )
    return 0


def _refuse_future(history: History) -> None:
    newest = max(commit.time for commit in history.line)
    if newest > time.time() + _DAY:
        raise RefusedError(
            "a commit of this line is dated more than a day in the future, and every later letter would be too",
            "set the clock of the machine that committed it right and commit again; "
            "if this machine's clock is wrong, set that",
        )


def _signer(
    repository: Repository, key: Path | None, listed_keys: tuple[AllowedSigner, ...], *, listed: bool
) -> Signer:
    if key is None and listed:
        raise SigningError("this archive lists its keys: it is published with one of them", "give it with --key FILE")
    signer = _development_signer(repository) if key is None else _from_file(key)
    if listed and not any(
        entry.key == signer.public_key and PRINCIPAL in entry.principals and set(entry.namespaces) >= NAMESPACES
        for entry in listed_keys
    ):
        raise SigningError(
            f"the key {signer.public_key.fingerprint} is not in the archive's newest key list for both signatures",
            f"use a listed key, or commit a new list with namespaces={','.join(sorted(NAMESPACES))}",
        )
    return signer


def _from_file(path: Path) -> Signer:
    try:
        data = path.read_bytes()
    except OSError as fault:
        raise UnavailableError(
            f"the key {path} could not be read: {fault.strerror}", "name a private key file"
        ) from fault
    if path.suffix == ".pub":
        socket = os.environ.get("SSH_AUTH_SOCK")
        if not socket:
            raise SigningError(
                "a public key signs through ssh-agent, and none is running here",
                "start one, or give the private key",
            )
        try:
            public_key = PublicKey.parse(data.decode("utf-8").strip())
        except ValueError as fault:
            raise SigningError(
                f"{path} is no public key: {fault}", "give a .pub file as ssh-keygen writes it"
            ) from fault
        return AgentSigner(socket, public_key)
    return load_private_key(data)


def _development_signer(repository: Repository) -> Signer:
    path = repository.git_dir / _DEVELOPMENT_KEY
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(generate_private_key("letterbook development key"))
    print(
        f"signing with the development key {path}: nobody should trust it; "
        "sign for others with --key and a key of your own",
        file=sys.stderr,
    )
    return _from_file(path)


def _guard(
    index: Index,
    history: History,
    named: str | None,
    out: str,
    signer: Signer,
    lists: KeyLists,
    allow: bool,
) -> str | None:
    """Hold the new index against the publication before it; return that one's commit if we believe it and have it.

    Every key that the archive ever listed is believed here: it can only make us refuse more.
    """
    if named is None and not (Path(out) / "index.json").is_file():
        return None
    site = open_site(named or out)
    data, signature = site.read("index.json"), site.read("index.json.sig")
    if named is not None and (data is None or signature is None):
        raise UnavailableError(f"{named} holds no signed index.json", "name the publication before this one")
    own = AllowedSigner(principals=(PRINCIPAL,), namespaces=(INDEX_NAMESPACE,), key=signer.public_key)
    believed = data is not None and signature is not None and _is_believed(data, signature, (*lists.all_signers, own))
    if not believed and named is not None:
        raise RefusedError(
            f"{named} is not signed by a key of this archive, so nothing guards what was published before",
            "name the publication before this one: a folder that you keep, or its address",
        )
    earlier = _read(site, data, believed=believed)
    if earlier is None:
        return None
    line = {commit.id for commit in history.line}
    publishing.guard(index, line, earlier, allow_mass_change=allow)
    _guard_lists(site, lists.published)
    return earlier.source.commit if believed and earlier.source.commit in line else None


def _read(site: Site, data: bytes | None, *, believed: bool) -> Index | None:
    """Read the index of an earlier publication, of another archive's or an unknown key's too: it may be compared.

    A comparison can only make us refuse more. What cannot be read at all, and nobody we know signed, is passed over.
    """
    try:
        if not believed and not schema.is_valid("index", json.loads(data or b"")):
            raise ValueError("an index of nobody we know has to fit our own schema")  # noqa: TRY301
        earlier = Index.from_bytes(data or b"")
        earlier.leaves()
        return earlier  # noqa: TRY300
    except (KeyError, TypeError, ValueError, RecursionError) as fault:
        if believed:
            raise RefusedError(
                f"{site.name}: its index is signed with a key of this archive and cannot be read by this version",
                "publish into an empty folder, or with the version of Letterbook that made it",
            ) from fault
    print(f"{site.name}: not signed by a key of this archive, so it is not compared with", file=sys.stderr)
    return None


def _guard_lists(site: Site, published: Mapping[str, bytes]) -> None:
    """Every key list of the earlier publication must be in this one, byte by byte."""
    for number in range(1, MAX_LISTS + 1):
        path = f"keys/{number}.allowed_signers"
        earlier = site.read(path)
        if earlier is None:
            return
        if published.get(path) != earlier:
            raise RefusedError(
                f"the earlier publication has another key list {number}, and a published list never changes",
                f"bring back records/{path} as it was published, and write what is new as the next list",
            )


def _is_believed(data: bytes, signature: bytes, keys: tuple[AllowedSigner, ...]) -> bool:
    try:
        sshsig.verify_allowed(signature, data, INDEX_NAMESPACE, keys)
    except SignatureError:
        return False
    return True
