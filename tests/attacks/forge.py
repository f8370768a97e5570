"""What an attacker works with: keys, key lists and signatures over them, and a publication to be sealed again."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from publisher import checkpoint
from publisher.index import LogHead, canonical
from publisher.publish import FILES_NAMESPACE, INDEX_NAMESPACE, SUMS, format_sums
from publisher.signatures import sshsig
from publisher.signatures.keys import KeySigner, PublicKey, Signer
from publisher.signatures.lists import NAMESPACE as KEYS_NAMESPACE


def key_of(number: int) -> KeySigner:
    """Return a key that is the same in every run."""
    return KeySigner(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))


A, B, C, THIEF, STAFF = (key_of(number) for number in (1, 2, 3, 4, 5))
ROOTS = {"a": A, "b": B, "c": C}


def listed(number: int, publishers: Iterable[PublicKey], roots: Iterable[PublicKey], threshold: int = 2) -> bytes:
    """Return a numbered key list."""
    lines = [f'publisher namespaces="{FILES_NAMESPACE},{INDEX_NAMESPACE}" {key.format()}' for key in publishers]
    lines += [f'root,threshold-{threshold},list-{number} namespaces="{KEYS_NAMESPACE}" {key.format()}' for key in roots]
    return "".join(f"{line}\n" for line in lines).encode()


def signed_by(data: bytes, signers: Mapping[str, Signer], number: int) -> dict[str, bytes]:
    """Return the files that hold signatures over a key list."""
    return {f"{number}.{name}.sig": sshsig.sign(signer, data, KEYS_NAMESPACE) for name, signer in signers.items()}


@dataclass(frozen=True)
class Publication:
    """A publication in a folder, to be tampered with and sealed again."""

    folder: Path

    def read(self, path: str) -> bytes:
        """Return a file's bytes."""
        return (self.folder / path).read_bytes()

    def write(self, path: str, data: bytes) -> None:
        """Write a file."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.write_bytes(data)

    def replace(self, path: str, old: bytes, new: bytes) -> None:
        """Replace the first occurrence of some bytes in a file, which must be there."""
        data = self.read(path)
        assert old in data, (path, old)
        self.write(path, data.replace(old, new, 1))

    @property
    def index(self) -> dict[str, Any]:
        """The index as a JSON value."""
        found: dict[str, Any] = json.loads(self.read("index.json"))
        return found

    def letter(self, name: str, index: dict[str, Any]) -> dict[str, Any]:
        """Return a letter's entry of an index."""
        (found,) = [entry for entry in index["letters"] if entry["id"] == name]
        entry: dict[str, Any] = found
        return entry

    def put_index(self, index: Mapping[str, Any] | bytes) -> None:
        """Write another index."""
        self.write("index.json", index if isinstance(index, bytes) else canonical(index) + b"\n")

    def sign_index(self, signer: Signer, namespace: str = INDEX_NAMESPACE) -> None:
        """Sign the index, whoever may."""
        self.write("index.json.sig", sshsig.sign(signer, self.read("index.json"), namespace))

    def sign_checkpoint(self, signer: Signer, head: LogHead | Mapping[str, Any]) -> None:
        """Sign a checkpoint of any head."""
        origin, size, root = (
            (head.origin, head.size, head.root)
            if isinstance(head, LogHead)
            else (head["origin"], head["size"], head["root"])
        )
        signed = checkpoint.Checkpoint(origin=origin, size=size, root=bytes.fromhex(root))
        self.write(checkpoint.PATH, checkpoint.sign(signed, signer))

    def sign_sums(self, signer: Signer, namespace: str = FILES_NAMESPACE) -> None:
        """List every file that is there, and sign the list."""
        paths = {file.relative_to(self.folder).as_posix() for file in self.folder.rglob("*") if file.is_file()}
        sums = {path: hashlib.sha256(self.read(path)).hexdigest() for path in paths - {SUMS, f"{SUMS}.sig"}}
        self.write(SUMS, format_sums(sums))
        self.write(f"{SUMS}.sig", sshsig.sign(signer, self.read(SUMS), namespace))

    def sign(self, signer: Signer) -> None:
        """Sign index and list of files; the checkpoint stays."""
        self.sign_index(signer)
        self.sign_sums(signer)
