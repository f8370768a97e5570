"""SSHSIG: a signature over the raw bytes of a file, as `ssh-keygen -Y sign` makes it (PROTOCOL.sshsig).

    -----BEGIN SSH SIGNATURE-----
    U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAg...          base64 in lines of 70, the last may be shorter
    -----END SSH SIGNATURE-----

What is made here is byte for byte what ssh-keygen makes; what is accepted here, ssh-keygen accepts. Each step
trusts only those before it:

 1. armour     the text is exactly what armouring the bytes gives: nothing before, after or between
 2. structure  magic, version 1, an Ed25519 key, a namespace, nothing reserved, sha256 or sha512, a signature
               of the key's own type, and nothing after any of them
 3. namespace  the one that was asked for: a signature for one purpose is worth nothing for another
 4. signature  by that key, over that namespace and the hash of the message
 5. list       the key may sign for that principal in that namespace (verify_allowed only)
"""

import hashlib
from base64 import b64decode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from publisher.errors import SigningError
from publisher.signatures import Reader, armour, pack
from publisher.signatures.keys import NAME, AllowedSigner, PublicKey, SignatureError, Signer

__all__ = ["MAX_SIZE", "Signature", "SignatureError", "dearmour", "sign", "verify", "verify_allowed"]

MAX_SIZE = 4096
MAGIC = b"SSHSIG"
VERSION = (1).to_bytes(4)
HASHES = ("sha256", "sha512")
LABEL = "SSH SIGNATURE"

_BEGIN, _END = (f"-----{word} {LABEL}-----\n".encode("ascii") for word in ("BEGIN", "END"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Signature:
    """A signature and what it claims; nothing is verified until verify. `blob` is the signature blob."""

    public_key: PublicKey
    namespace: str
    hash_algorithm: str
    blob: bytes

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.namespace):
            raise ValueError(f"the namespace {self.namespace!r} is not a plain name")
        if self.hash_algorithm not in HASHES:
            raise ValueError(f"the hash {self.hash_algorithm!r} is not one of {', '.join(HASHES)}")
        self.public_key.split(self.blob)

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read the bytes inside the armour (PROTOCOL.sshsig, section 2). Raises ValueError."""
        reader = Reader(data)
        if reader.take(len(MAGIC)) != MAGIC:
            raise ValueError("it does not begin with SSHSIG")
        if reader.take(len(VERSION)) != VERSION:
            raise ValueError("its version is not 1")
        public_key = PublicKey.from_blob(reader.string())
        namespace = reader.string().decode("ascii", "replace")
        if reader.string():
            raise ValueError("the reserved field is not empty")
        hash_algorithm = reader.string().decode("ascii", "replace")
        blob = reader.string()
        reader.end()
        return cls(public_key=public_key, namespace=namespace, hash_algorithm=hash_algorithm, blob=blob)

    def format(self) -> bytes:
        """The bytes inside the armour, exact inverse of parse."""
        names = self.namespace.encode("ascii"), b"", self.hash_algorithm.encode("ascii")
        return MAGIC + VERSION + pack(self.public_key.blob, *names, self.blob)

    def verify(self, message: bytes) -> None:
        """Check the signature over this namespace and `message`. Raises SignatureError."""
        self.public_key.verify(self.blob, _to_sign(message, self.namespace, self.hash_algorithm))


def _to_sign(message: bytes, namespace: str, hash_algorithm: str) -> bytes:
    """What the key really signs (PROTOCOL.sshsig, section 3)."""
    digest = hashlib.new(hash_algorithm, message).digest()
    return MAGIC + pack(namespace.encode("ascii"), b"", hash_algorithm.encode("ascii"), digest)


def dearmour(armored: bytes) -> bytes:
    """The bytes inside the armour, exact inverse of armour(LABEL, data). Raises ValueError."""
    if len(armored) > MAX_SIZE:
        raise ValueError(f"it is longer than {MAX_SIZE} bytes")
    if not (armored.startswith(_BEGIN) and armored.endswith(_END)):
        raise ValueError("it does not begin and end with the lines of an SSH signature")
    data = b64decode(armored[len(_BEGIN) : -len(_END)])
    if armour(LABEL, data) != armored:
        raise ValueError("between its first and last line is not base64 exactly as ssh-keygen writes it")
    return data


def sign(signer: Signer, message: bytes, namespace: str) -> bytes:
    """An armoured signature over `message`, hashed with SHA-512.

    Raises SigningError, also when what the signer returns does not verify; ValueError for a namespace that
    is not a plain name.
    """
    if not NAME.fullmatch(namespace):
        raise ValueError(f"{namespace!r} is not a namespace")
    blob = signer.sign(_to_sign(message, namespace, "sha512"))
    try:
        signature = Signature(public_key=signer.public_key, namespace=namespace, hash_algorithm="sha512", blob=blob)
        signature.verify(message)
    except SignatureError as error:
        raise SigningError(f"the signer returned a signature that does not verify: {error}") from None
    return armour(LABEL, signature.format())


def verify(armored: bytes, message: bytes, namespace: str) -> PublicKey:
    """The key that signed `message` for `namespace`, whosever it is. Raises SignatureError."""
    try:
        signature = Signature.parse(dearmour(armored))
    except ValueError as error:
        raise SignatureError(f"the signature cannot be read: {error}") from None
    if signature.namespace != namespace:
        raise SignatureError(f"the signature is for {signature.namespace!r}, not for {namespace!r}")
    signature.verify(message)
    return signature.public_key


def verify_allowed(
    armored: bytes,
    message: bytes,
    namespace: str,
    allowed: Iterable[AllowedSigner],
    principal: str = "publisher",
) -> PublicKey:
    """As verify, and the key must be listed for `principal` and `namespace`; returns the key as listed."""
    key = verify(armored, message, namespace)
    for entry in allowed:
        if entry.key == key and principal in entry.principals and namespace in entry.namespaces:
            return entry.key
    raise SignatureError(f"the key {key.fingerprint} is not listed as {principal!r} for {namespace!r}")
