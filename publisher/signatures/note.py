"""Signed notes: a text, an empty line, and a line for each signature (C2SP signed-note v1.0.0).

    letterbook.example/harbour-letters
    64
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

    — letterbook.example/harbour-letters Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1g...

Only Ed25519 (type 0x01) is made and checked here. Its key ID is the first four bytes of SHA-256(name, newline, 0x01,
the key's 32 bytes), and it signs the text itself, with its final newline. Other signatures are carried and ignored.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Self

from publisher.errors import SigningError
from publisher.signatures import pack
from publisher.signatures.keys import MAKE_A_KEY, PLAIN, PublicKey, SignatureError, Signer

MAX_SIZE = 64 * 1024
MAX_SIGNATURES = 16
ED25519 = b"\x01"

_LINE = re.compile("\u2014 ([^ ]+) ([^ ]+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class NoteSignature:
    """One line: who is said to have signed, which of their keys (4 bytes), and the bare signature."""

    name: str
    key_id: bytes
    blob: bytes

    def __post_init__(self) -> None:
        if not _is_name(self.name):
            raise ValueError(f"{self.name!r} is no key name: it is empty, or holds a blank or a plus")
        if len(self.key_id) != 4 or not self.blob:
            raise ValueError("a signature is a key ID of four bytes and at least one byte more")

    @classmethod
    def parse(cls, line: str) -> Self:
        """One line without its newline. Raises ValueError."""
        found = _LINE.fullmatch(line)
        if found is None:
            raise ValueError("a signature line is an em dash, a key name and base64, with one blank between them")
        data = unbase64(found[2])
        return cls(name=found[1], key_id=data[:4], blob=data[4:])

    def format(self) -> str:
        """The line, without a newline."""
        return f"\u2014 {self.name} {b64encode(self.key_id + self.blob).decode('ascii')}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """A text that ends with a newline, and what is said to be signatures of it; nothing is verified here."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def __post_init__(self) -> None:
        if not self.text.endswith("\n"):
            raise ValueError("the text does not end with a newline")
        if any(character < " " and character != "\n" for character in self.text):
            raise ValueError("the text holds a control character")
        if not 1 <= len(self.signatures) <= MAX_SIGNATURES:
            raise ValueError(f"a note has 1 to {MAX_SIGNATURES} signatures, this one has {len(self.signatures)}")
        if len(self.format()) > MAX_SIZE:
            raise ValueError(f"the note is longer than {MAX_SIZE} bytes")

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a note; the last empty line parts the text from the signatures. Raises ValueError."""
        if len(data) > MAX_SIZE:
            raise ValueError(f"the note is longer than {MAX_SIZE} bytes")
        text, blank, lines = data.decode("utf-8").rpartition("\n\n")
        if not blank or not lines.endswith("\n"):
            raise ValueError("a note is a text, an empty line, and signature lines that end with a newline")
        signatures = tuple(NoteSignature.parse(line) for line in lines.removesuffix("\n").split("\n"))
        return cls(text=f"{text}\n", signatures=signatures)

    def format(self) -> bytes:
        """The note, exact inverse of parse."""
        lines = "".join(f"{signature.format()}\n" for signature in self.signatures)
        return f"{self.text}\n{lines}".encode()


def key_id(name: str, key: PublicKey) -> bytes:
    """The four bytes that name an Ed25519 key together with its name; they are short, and prove nothing."""
    return sha256(name.encode() + b"\n" + ED25519 + key.raw).digest()[:4]


def vkey(name: str, key: PublicKey) -> str:
    """The verifier key, as other programs for signed notes take it: name+hex of the key ID+base64 of type and key."""
    return f"{name}+{key_id(name, key).hex()}+{b64encode(ED25519 + key.raw).decode('ascii')}"


def sign(signer: Signer, name: str, text: str) -> bytes:
    """A note with one signature, by `name`.

    Raises SigningError, also for a security key and where what the signer returns does not verify; ValueError for a
    name or a text that no note can have.
    """
    key = signer.public_key
    if key.type != PLAIN:
        message = "a security key cannot sign a note: its signature covers more than the text"
        raise SigningError(message, MAKE_A_KEY)
    data = text.encode()
    try:
        blob = signer.sign(data)
        key.verify(blob, data)
    except SignatureError as error:
        raise SigningError(f"the signer returned a signature that does not verify: {error}") from None
    raw, _ = key.split(blob)
    signature = NoteSignature(name=name, key_id=key_id(name, key), blob=raw)
    return Note(text=text, signatures=(signature,)).format()


def verify(data: bytes, name: str, keys: Iterable[PublicKey]) -> tuple[str, PublicKey]:
    """The text of a note that one of `keys` signed by that name, and the key. Raises SignatureError.

    A signature with the name and the key ID of a known key must verify, and stand there once, else the whole
    note is refused. Others are ignored. Security keys cannot sign notes, and count as unknown.
    """
    try:
        note = Note.parse(data)
    except ValueError as error:
        raise SignatureError(f"the note cannot be read: {error}") from None
    known = [key for key in keys if key.type == PLAIN] if _is_name(name) else []
    found: list[PublicKey] = []
    for signature in note.signatures:
        candidates = [key for key in known if signature.name == name and signature.key_id == key_id(name, key)]
        if candidates:
            found.append(_signed_by(candidates, signature.blob, note.text))
    if not found:
        raise SignatureError(f"the note is not signed by a key that is listed, in the name of {name!r}")
    if len({key.raw for key in found}) != len(found):
        raise SignatureError("the note is signed twice by one key")
    return note.text, found[0]


def _signed_by(candidates: Iterable[PublicKey], blob: bytes, text: str) -> PublicKey:
    """The key that signed; several are known by one key ID only if somebody searched for such keys."""
    for key in candidates:
        try:
            key.verify(pack(PLAIN.encode("ascii"), blob), text.encode())
        except SignatureError:
            continue
        return key
    raise SignatureError("the note has a signature in the name of a listed key that does not verify")


def unbase64(text: str) -> bytes:
    """The bytes of base64 (RFC 4648, section 4) in its one canonical form. Raises ValueError for any other."""
    try:
        data = b64decode(text, validate=True)
    except ValueError:
        data = b""
    if b64encode(data).decode("ascii") != text:
        raise ValueError("something is not base64, or not in its canonical form")
    return data


def _is_name(name: str) -> bool:
    """Whether a key can have this name: not empty, no Unicode space, no control character, no plus."""
    return bool(name) and not any(character.isspace() or character < " " or character == "+" for character in name)
