"""Ed25519 keys as OpenSSH writes them: public keys, lists of the keys that may sign, and private keys.

    ssh-ed25519 AAAAC3Nza... comment                                               a public key
    publisher namespaces="letterbook-index@v1" ssh-ed25519 AAAAC3Nza... comment    a line of a list

A list is ssh-keygen's ALLOWED SIGNERS file, narrowed until it can be read in one way only: names are literal,
`namespaces` is required and is the only option. What is accepted here means the same to stock ssh-keygen.
"""

import re
import secrets
import struct
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal, Protocol, Self

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_ssh_private_key

from publisher.errors import SigningError
from publisher.signatures import Reader, armour, pack

KeyType = Literal["ssh-ed25519", "sk-ssh-ed25519@openssh.com"]
PLAIN: KeyType = "ssh-ed25519"
FIDO: KeyType = "sk-ssh-ed25519@openssh.com"

MAX_LIST = 64 * 1024
MAX_LINE = 16 * 1024
USER_PRESENT = 0x01
MAKE_A_KEY = "make one with: ssh-keygen -t ed25519"
USE_THE_AGENT = "add an ed25519 key to ssh-agent with ssh-add, and give its public key (the .pub file) instead"

NAME = re.compile(r"[A-Za-z0-9._@+-]{1,255}")
_SIGN_BIT = 1 << 255
_FIELD = 2**255 - 19
_EIGHTH = 2707385501144840649318225287225658788936804267575313519463743609750303402022
_WEAK = frozenset({0, 1, _EIGHTH, _FIELD - _EIGHTH, _FIELD - 1, _FIELD, _FIELD + 1})
"""The points of small order, without their sign: anybody signs for such a key (Chalkias and others, 2020)."""

_APPLICATION = re.compile(r"[!-~]{1,255}")
_LINE = re.compile(r'[ \t]*(?P<principals>[^ \t]+)[ \t]+(?P<options>(?:[^ \t"]|"[^"]*")+)[ \t]+(?P<key>.+)')
_REFUSED_OPTIONS = {
    "valid-after": "dates are refused, the log vouches for the past",
    "valid-before": "dates are refused, the log vouches for the past",
    "cert-authority": "certificates are refused, name each key",
}


class SignatureError(ValueError):
    """A signature that does not verify, in plain words."""


class KeyListError(ValueError):
    """A list of keys that cannot be accepted: the line, counted from 1, and what is wrong there."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line
        self.message = message


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicKey:
    """One Ed25519 key: `raw` is its 32 bytes; a FIDO key has an application ("ssh:"), a plain key has none.

    Two keys are equal whatever their comments say.
    """

    raw: bytes
    application: str = ""
    comment: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if len(self.raw) != 32:
            raise ValueError(f"an Ed25519 key has 32 bytes, this one has {len(self.raw)}")
        if self.application and not _APPLICATION.fullmatch(self.application):
            raise ValueError("the key's application is not plain text")
        if self.comment != self.comment.strip() or not self.comment.isprintable():
            raise ValueError("the key's comment is not one line of text")

    @classmethod
    def from_blob(cls, blob: bytes, comment: str = "") -> Self:
        """The key of a key blob (RFC 8709, section 4; for FIDO keys PROTOCOL.u2f). Raises ValueError."""
        reader = Reader(blob)
        key_type = reader.string().decode("ascii", "replace")
        if key_type not in (PLAIN, FIDO):
            raise ValueError(f"the key is {key_type[:64]!r}: keys are {PLAIN}, or {FIDO} on a security key")
        raw = reader.string()
        application = reader.string().decode("ascii", "replace") if key_type == FIDO else ""
        if key_type == FIDO and not application:
            raise ValueError("the security key names no application")
        reader.end()
        return cls(raw=raw, application=application, comment=comment)

    @classmethod
    def parse(cls, line: str) -> Self:
        """A public key line: type, base64, and perhaps a comment; one final newline. Raises ValueError."""
        if len(line) > MAX_LINE:
            raise ValueError("the line is too long")
        fields = re.split("[ \t]+", line.removesuffix("\n").rstrip(" \t"), maxsplit=2)
        if len(fields) < 2:
            raise ValueError(f'a public key looks like "{PLAIN} AAAA... comment"')
        try:
            blob = b64decode(fields[1], validate=True)
        except ValueError:
            blob = b""
        if b64encode(blob).decode("ascii") != fields[1] or not blob:
            raise ValueError("the key is not plain base64")
        key = cls.from_blob(blob, *fields[2:])
        if fields[0] != key.type:
            raise ValueError(f"the line says {fields[0]}, but the key is {key.type}")
        return key

    def format(self) -> str:
        """The public key line, without a newline."""
        return f"{self.type} {b64encode(self.blob).decode('ascii')} {self.comment}".rstrip()

    @property
    def type(self) -> KeyType:
        """The key's type as OpenSSH names it."""
        return FIDO if self.application else PLAIN

    @property
    def blob(self) -> bytes:
        """The key blob, exact inverse of from_blob."""
        application = [self.application.encode("ascii")] if self.application else []
        return pack(self.type.encode("ascii"), self.raw, *application)

    @property
    def is_weak(self) -> bool:
        """Whether it is a point of small order: then anybody makes a signature by it, over anything."""
        return int.from_bytes(self.raw, "little") % _SIGN_BIT in _WEAK

    @property
    def fingerprint(self) -> str:
        """As `ssh-keygen -l` prints it: SHA256:, then base64 without padding."""
        return "SHA256:" + b64encode(sha256(self.blob).digest()).decode("ascii").rstrip("=")

    def split(self, signature: bytes) -> tuple[bytes, bytes]:
        """A signature blob by this key as its 64 bytes and, of a FIDO key, flags and counter (5 bytes).

        RFC 8709, section 6, and PROTOCOL.u2f. Raises SignatureError for any other shape.
        """
        head = pack(self.type.encode("ascii")) + struct.pack(">I", 64)
        raw, state = signature[len(head) :][:64], signature[len(head) + 64 :]
        if not signature.startswith(head) or len(raw) != 64 or len(state) != (5 if self.application else 0):
            raise SignatureError(f"this is not the shape of a signature by a key of type {self.type}")
        return raw, state

    def verify(self, signature: bytes, data: bytes) -> None:
        """Check a signature blob over `data`; raises SignatureError. A FIDO key must have been touched."""
        raw, state = self.split(signature)
        if self.is_weak:
            raise SignatureError("anybody can sign with this key, so its signatures are worth nothing")
        if self.application:
            if not state[0] & USER_PRESENT:
                raise SignatureError("nobody touched the security key when it signed")
            data = sha256(self.application.encode("ascii")).digest() + state + sha256(data).digest()
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(raw, data)
        except InvalidSignature:
            raise SignatureError("the signature is not by this key over these bytes") from None


@dataclass(frozen=True, kw_only=True, slots=True)
class AllowedSigner:
    """One line of a list: who (the -I of ssh-keygen), for what, and with which key."""

    principals: tuple[str, ...]
    namespaces: tuple[str, ...]
    key: PublicKey

    def __post_init__(self) -> None:
        for what, names in (("principal", self.principals), ("namespace", self.namespaces)):
            if not names:
                raise ValueError(f"no {what} is named")
            for name in names:
                if not NAME.fullmatch(name):
                    raise ValueError(f"{what} {name!r}: name it in letters, digits and . _ @ + - (no patterns)")
            if len(",".join(names)) > 1000:
                raise ValueError(f"too many {what}s in one line")

    @classmethod
    def parse(cls, line: str) -> Self:
        """One line without its newline. Raises ValueError."""
        if len(line) > MAX_LINE:
            raise ValueError("the line is too long")
        match = _LINE.fullmatch(line)
        if not match:
            raise ValueError('a line looks like: publisher namespaces="letterbook-index@v1" ssh-ed25519 AAAA...')
        return cls(
            principals=tuple(match["principals"].split(",")),
            namespaces=_namespaces(match["options"]),
            key=PublicKey.parse(match["key"]),
        )

    def format(self) -> str:
        """The line, without a newline."""
        return f'{",".join(self.principals)} namespaces="{",".join(self.namespaces)}" {self.key.format()}'


def _namespaces(options: str) -> tuple[str, ...]:
    """The names in `namespaces="a,b"`, the one option there may be; ValueError explains any other."""
    if match := re.fullmatch(r'namespaces="([^"]*)"', options):
        return tuple(match[1].split(","))
    for name in re.findall(r"(?:^|,)([A-Za-z0-9@.-]+)", options):
        if name.lower() in _REFUSED_OPTIONS:
            raise ValueError(f"the option {name} is refused: {_REFUSED_OPTIONS[name.lower()]}")
    if options.startswith(("ssh-", "sk-", "ecdsa-")):
        raise ValueError('namespaces="..." is missing: without it the key could sign anything')
    raise ValueError(f'unknown option {options!r}: the only one is namespaces="a,b", once and in quotes')


def parse_allowed_signers(data: bytes) -> tuple[AllowedSigner, ...]:
    """Read a list of keys; blank lines and lines that start with # mean nothing. Raises KeyListError."""
    if len(data) > MAX_LIST:
        raise KeyListError(1, f"the list is longer than {MAX_LIST} bytes")
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise KeyListError(data.count(b"\n", 0, error.start) + 1, "this is not UTF-8 text") from None
    signers = []
    for number, line in enumerate(lines, start=1):
        if not line.replace("\t", " ").isprintable():
            raise KeyListError(number, "there is a control character (a Windows line end, perhaps)")
        if line.strip(" \t") and not line.lstrip(" \t").startswith("#"):
            try:
                signers.append(AllowedSigner.parse(line))
            except ValueError as error:
                raise KeyListError(number, str(error)) from None
    return tuple(signers)


def format_allowed_signers(signers: Iterable[AllowedSigner], comments: Iterable[str] = ()) -> bytes:
    """A list that parse_allowed_signers reads back; each comment becomes a line of its own at the top."""
    lines = [f"# {comment}".rstrip() for comment in comments]
    if not all(line.isprintable() for line in lines):
        raise ValueError("a comment is not one line of text")
    return "".join(f"{line}\n" for line in [*lines, *(signer.format() for signer in signers)]).encode("utf-8")


class Signer(Protocol):
    """Whatever can sign with one key."""

    @property
    def public_key(self) -> PublicKey:
        """The key it signs with."""

    def sign(self, data: bytes) -> bytes:
        """A signature blob over `data` (RFC 8709, section 6). Raises SigningError."""


class KeySigner:
    """Signs with a private key held in memory."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_key = PublicKey(raw=key.public_key().public_bytes_raw())

    def sign(self, data: bytes) -> bytes:
        """A signature blob over `data` (RFC 8709, section 6)."""
        return pack(PLAIN.encode("ascii"), self._key.sign(data))


def load_private_key(data: bytes) -> KeySigner:
    """Read an OpenSSH private key file that has no passphrase. Raises SigningError; never shows the key."""
    kinds = "keys are ed25519 (others are not deterministic)"
    try:
        key = load_ssh_private_key(data, password=None)
    except TypeError:
        raise SigningError("the private key has a passphrase", USE_THE_AGENT) from None
    except UnsupportedAlgorithm as error:  # an unknown cipher of the passphrase, or an unknown kind of key
        message = f"the private key has a passphrase or is of another kind ({error}): {kinds}"
        raise SigningError(message, USE_THE_AGENT) from None
    except ValueError:
        raise SigningError("this is not an OpenSSH private key, or it is damaged", MAKE_A_KEY) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise SigningError(f"the private key is not ed25519: {kinds}", MAKE_A_KEY)
    return KeySigner(key)


def generate_private_key(comment: str) -> bytes:
    """A new private key file without a passphrase (OpenSSH's PROTOCOL.key), for development."""
    key = Ed25519PrivateKey.generate()
    public = PublicKey(raw=key.public_key().public_bytes_raw(), comment=comment)
    check = secrets.token_bytes(4)
    pair = key.private_bytes_raw() + public.raw
    secret = check + check + pack(PLAIN.encode("ascii"), public.raw, pair, comment.encode("utf-8"))
    secret += bytes(range(1, 1 + -len(secret) % 8))
    head = b"openssh-key-v1\0" + pack(b"none", b"none", b"") + struct.pack(">I", 1)
    return armour("OPENSSH PRIVATE KEY", head + pack(public.blob, secret))
