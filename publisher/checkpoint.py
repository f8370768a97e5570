"""The few lines that are signed (C2SP tlog-checkpoint), and the proof of one letter that ends in them (tlog-proof).

    letterbook.example/harbour-letters              c2sp.org/tlog-proof@v1
    64                                              extra eyJhdCI6...            the leaf
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=    index 17
                                                    gSKyXoYZUgZ6jduWYrkDO...     its sibling first
    — letterbook.example/harbour-letters Az3grl...
                                                    letterbook.example/harbour-letters

The key is the one that signs index.json, and its name in the note is the log's origin. A note has no namespaces,
and needs none here: what an SSH key signs for a file begins with the letters SSHSIG, and an origin, the first line
of what is signed here, begins with a small letter, a digit, a dot or a hyphen. So neither can pass for the other.
"""

import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from publisher.signatures import note
from publisher.signatures.keys import AllowedSigner, PublicKey, SignatureError, Signer
from publisher.signatures.note import Note, unbase64

PATH = "log/checkpoint"
PRINCIPAL = "publisher"
NAMESPACE = "letterbook-index@v1"
"""A listed key may sign checkpoints if it may sign an index."""

MAX_PROOF = 256 * 1024
MAX_HASHES = 63
MAX_INTEGER = 2**53

_ORIGIN = re.compile(r"[a-z0-9.-]+(/[A-Za-z0-9._-]+)*")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,15}")
_TITLE = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoint:
    """A log at one size: the archive's origin, the number of leaves, and the RFC 6962 root, 32 bytes."""

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        if len(self.origin) > 200 or not _ORIGIN.fullmatch(self.origin):
            raise ValueError("the first line is no origin, such as letterbook.example/harbour-letters")
        if not 0 <= self.size < MAX_INTEGER:
            raise ValueError(f"a log of {self.size} leaves is impossible")
        if len(self.root) != 32:
            raise ValueError(f"a root has 32 bytes, this one has {len(self.root)}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the three lines. Raises ValueError, also for extension lines, which nobody can audit."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3]:
            raise ValueError("a checkpoint is three lines, each ended by a newline: origin, size and root")
        return cls(origin=lines[0], size=_number(lines[1]), root=unbase64(lines[2]))

    def format(self) -> str:
        """The three lines, exact inverse of parse."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode('ascii')}\n"


def sign(checkpoint: Checkpoint, signer: Signer) -> bytes:
    """The checkpoint as a signed note, by the name of its origin. Raises SigningError."""
    return note.sign(signer, checkpoint.origin, checkpoint.format())


def read(data: bytes, keys: Iterable[AllowedSigner], origin: str | None = None) -> tuple[Checkpoint, PublicKey]:
    """The checkpoint, if a key that is listed to sign an index signed it, and the key as it is listed.

    With `origin` it must be of that log. Raises SignatureError.
    """
    first = data[:256].partition(b"\n")[0].decode("utf-8", "replace")
    if origin is not None and first != origin:
        raise SignatureError(f"the checkpoint is of the log {first!r}, not of {origin!r}")
    listed = [entry.key for entry in keys if PRINCIPAL in entry.principals and NAMESPACE in entry.namespaces]
    text, key = note.verify(data, first, listed)
    try:
        return Checkpoint.parse(text), key
    except ValueError as error:
        raise SignatureError(f"the note is signed, but is no checkpoint: {error}") from None


def read_unsigned(data: bytes) -> Checkpoint:
    """A checkpoint that somebody kept: its three lines alone, or the note, whose signatures are not looked at.

    Raises ValueError.
    """
    text = Note.parse(data).text if b"\n\n" in data else data.decode("utf-8")
    return Checkpoint.parse(text)


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterProof:
    """What proves offline that a leaf stands in a log; nothing is verified here.

    `index` is the leaf's place, `hashes` its inclusion proof (RFC 6962, section 2.1.1: 32 bytes each, the leaf's
    sibling first), `extra` the bytes of the leaf, `checkpoint` the signed note.
    """

    index: int
    hashes: tuple[bytes, ...]
    extra: bytes
    checkpoint: bytes

    def __post_init__(self) -> None:
        if not 0 <= self.index < MAX_INTEGER:
            raise ValueError(f"there is no leaf {self.index}")
        if len(self.hashes) > MAX_HASHES or any(len(item) != 32 for item in self.hashes):
            raise ValueError(f"a proof has at most {MAX_HASHES} hashes of 32 bytes")
        if not self.extra:
            raise ValueError("the proof holds no leaf")
        if len(self.format()) > MAX_PROOF:
            raise ValueError(f"the proof is longer than {MAX_PROOF} bytes")

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """Read a proof; the first empty line parts it from the checkpoint. Raises ValueError."""
        if len(data) > MAX_PROOF:
            raise ValueError(f"the proof is longer than {MAX_PROOF} bytes")
        head, blank, checkpoint = data.partition(b"\n\n")
        title, *lines = head.decode("ascii").split("\n")
        if not blank or title != _TITLE:
            raise ValueError(f"a proof begins with the line {_TITLE} and goes on after an empty line")
        if len(lines) < 2 or not lines[0].startswith("extra ") or not lines[1].startswith("index "):
            raise ValueError("the second line of a proof is extra with the leaf, and the third is index with its place")
        return cls(
            index=_number(lines[1].removeprefix("index ")),
            hashes=tuple(unbase64(line) for line in lines[2:]),
            extra=unbase64(lines[0].removeprefix("extra ")),
            checkpoint=checkpoint,
        )

    def format(self) -> bytes:
        """The proof as a file, exact inverse of parse."""
        hashes = "".join(f"{b64encode(item).decode('ascii')}\n" for item in self.hashes)
        extra = b64encode(self.extra).decode("ascii")
        return f"{_TITLE}\nextra {extra}\nindex {self.index}\n{hashes}\n".encode("ascii") + self.checkpoint


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError("a number is not written in decimal digits without leading zeros")
    return int(text)
