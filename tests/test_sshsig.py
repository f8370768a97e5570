"""SSHSIG: byte for byte what ssh-keygen makes, and never accepted where ssh-keygen would refuse it."""

import hashlib
import struct
import subprocess
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from publisher.errors import SigningError
from publisher.signatures import armour, pack, sshsig
from publisher.signatures.keys import (
    AllowedSigner,
    KeySigner,
    PublicKey,
    Signer,
    format_allowed_signers,
    load_private_key,
)
from publisher.signatures.sshsig import MAX_SIZE, Signature, SignatureError, dearmour
from tests.tools import need

NAMESPACE = "letterbook-keys@v1"  # its length gives base64 that ends in padding
MESSAGE = b'{"format":"letterbook-index/1"}\n'
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = KeySigner(PRIVATE)
OTHER = KeySigner(Ed25519PrivateKey.from_private_bytes(bytes(32)))
NEUTRAL = PublicKey(raw=(1).to_bytes(32, "little"))  # the neutral point of the curve "signs" anything
ORDER = 2**252 + 27742317777372353535851937790883648493


@dataclass(frozen=True, kw_only=True)
class FidoSigner:
    """A security key in software (PROTOCOL.u2f)."""

    flags: int = 1
    counter: int = 7
    application: str = "ssh:"

    @property
    def public_key(self) -> PublicKey:
        return PublicKey(raw=KEY.public_key.raw, application="ssh:")

    def sign(self, data: bytes) -> bytes:
        state = struct.pack(">BI", self.flags, self.counter)
        application = hashlib.sha256(self.application.encode()).digest()
        raw = PRIVATE.sign(application + state + hashlib.sha256(data).digest())
        return pack(b"sk-ssh-ed25519@openssh.com", raw) + state


@dataclass(frozen=True, kw_only=True)
class FixedSigner:
    """Returns one signature blob whatever it is asked to sign."""

    blob: bytes
    public_key: PublicKey = KEY.public_key

    def sign(self, data: bytes) -> bytes:
        return self.blob


FIDO = FidoSigner()
ALLOWED = tuple(
    AllowedSigner(principals=("publisher",), namespaces=(NAMESPACE, "other"), key=key)
    for key in (KEY.public_key, FIDO.public_key, NEUTRAL)
)


def build(
    *,
    signer: Signer = KEY,
    magic: bytes = b"SSHSIG",
    version: int = 1,
    key: bytes | None = None,
    namespace: bytes = NAMESPACE.encode(),
    reserved: bytes = b"",
    hash_name: bytes = b"sha512",
    signs: Mapping[str, bytes] | None = None,
    blob: Callable[[bytes], bytes] = lambda blob: blob,
    tail: bytes = b"",
) -> bytes:
    """An armoured signature, sound but for what is given; `signs` overrides what the key really signs."""
    algorithm = hash_name.rstrip(b"\0").decode().lower()
    digest = hashlib.new(algorithm, MESSAGE).digest() if algorithm in hashlib.algorithms_available else b""
    fields = {"namespace": namespace, "reserved": reserved, "hash": hash_name, "digest": digest}
    signature = blob(signer.sign(b"SSHSIG" + pack(*(fields | dict(signs or {})).values())))
    strings = [signer.public_key.blob if key is None else key, namespace, reserved, hash_name, signature]
    return armour("SSH SIGNATURE", magic + struct.pack(">I", version) + pack(*strings) + tail)


def wrapped(body: bytes, width: int = 70) -> bytes:
    """Armour around any text, in lines of `width`."""
    lines = [body[start : start + width] for start in range(0, len(body), width)]
    return b"\n".join([b"-----BEGIN SSH SIGNATURE-----", *lines, END])


def larger_s(blob: bytes) -> bytes:
    """The same signature with the order of the group added to S, which fools who does not check S."""
    return blob[:-32] + (int.from_bytes(blob[-32:], "little") + ORDER).to_bytes(32, "little")


def typed(name: bytes) -> Callable[[bytes], bytes]:
    """The same signature under another type."""
    return lambda blob: pack(name, blob[-64:])


def sized(size: int) -> Callable[[bytes], bytes]:
    """The same signature, cut or filled with nulls."""
    return lambda blob: pack(b"ssh-ed25519", blob[-64:].ljust(size, b"\0")[:size])


END = b"-----END SSH SIGNATURE-----\n"
GOOD = build()
LINES = GOOD.splitlines()
BODY = b"".join(LINES[1:-1])
PLAIN, FIDO_TYPE, RAW = b"ssh-ed25519", b"sk-ssh-ed25519@openssh.com", KEY.public_key.raw
NEUTRAL_BLOB = pack(PLAIN, NEUTRAL.raw + bytes(32))

ACCEPTED = {
    "plain": GOOD,
    "sha256": build(hash_name=b"sha256"),
    "security key": build(signer=FIDO),
    "security key, sha256": build(signer=FIDO, hash_name=b"sha256"),
    "security key, PIN entered": build(signer=FidoSigner(flags=5)),
    "security key, counter 0": build(signer=FidoSigner(counter=0)),
    "security key, highest counter": build(signer=FidoSigner(counter=2**32 - 1)),
}
REFUSED = {
    "nothing": b"",
    "text before": b"hello\n" + GOOD,
    "blank line before": b"\n" + GOOD,
    "byte order mark before": b"\xef\xbb\xbf" + GOOD,
    "text after": GOOD + b"hello\n",
    "blank line after": GOOD + b"\n",
    "null after": GOOD + b"\0",
    "space after": GOOD[:-1] + b" \n",
    "another signature after": GOOD + GOOD,
    "oversize": GOOD + b"\n" * MAX_SIZE,
    "no final newline": GOOD[:-1],
    "Windows line ends": GOOD.replace(b"\n", b"\r\n"),
    "Windows line ends inside": b"\n".join([LINES[0], *(line + b"\r" for line in LINES[1:-1]), END]),
    "old Mac line ends": GOOD.replace(b"\n", b"\r"),
    "lines of 76": wrapped(BODY, 76),
    "lines of 64": wrapped(BODY, 64),
    "lines of 69": wrapped(BODY, 69),
    "one line": wrapped(BODY, 10_000),
    "blank line inside": b"\n".join([*LINES[:-1], b"", END]),
    "blank line first": b"\n".join([LINES[0], b"", *LINES[1:-1], END]),
    "indented": GOOD.replace(b"\n", b"\n "),
    "space inside": wrapped(BODY[:10] + b" " + BODY[10:]),
    "tab at the end of a line": GOOD.replace(b"\n" + END, b"\t\n" + END),
    "null inside": wrapped(BODY[:10] + b"\0" + BODY[10:]),
    "form feed inside": wrapped(BODY[:10] + b"\f" + BODY[10:]),
    "stray character inside": wrapped(BODY[:10] + b"!" + BODY[10:]),
    "padding left out": wrapped(BODY.rstrip(b"=")),
    "padding added": wrapped(BODY + b"="),
    "text after padding": wrapped(BODY + b"AAAA"),
    "spare bits set": wrapped(BODY[:-2] + bytes([BODY[-2] + 1]) + b"="),
    "PEM header": b"\n".join([LINES[0], b"Hash: SHA512", b"", *LINES[1:-1], END]),
    "other label": GOOD.replace(b"SSH SIGNATURE", b"PGP SIGNATURE"),
    "small letters": GOOD.replace(b"BEGIN", b"begin"),
    "four dashes": GOOD.replace(b"-----END", b"----END"),
    "no last line": GOOD.removesuffix(END),
    "no first line": b"\n".join([*LINES[1:-1], END]),
    "no body": wrapped(b""),
    "bytes without armour": dearmour(GOOD),
    "other magic": build(magic=b"SSHSIH"),
    "no magic": build(magic=b""),
    "version 0": build(version=0),
    "version 2": build(version=2),
    "highest version": build(version=2**32 - 1),
    "trailing byte": build(tail=b"\0"),
    "trailing string": build(tail=pack(b"more")),
    "trailing byte in the key": build(key=pack(PLAIN, RAW) + b"\0"),
    "key of 31 bytes": build(key=pack(PLAIN, RAW[:31])),
    "key of 33 bytes": build(key=pack(PLAIN, RAW + b"\0")),
    "null after the type of the key": build(key=pack(PLAIN + b"\0", RAW)),
    "no key": build(key=b""),
    "key without bytes": build(key=pack(PLAIN)),
    "key says RSA": build(key=pack(b"ssh-rsa", RAW)),
    "key says certificate": build(key=pack(b"ssh-ed25519-cert-v01@openssh.com", RAW)),
    "another key": build(key=OTHER.public_key.blob),
    "key that is not listed": build(signer=OTHER),
    "for another namespace": build(namespace=b"other"),
    "claims the namespace": build(signs={"namespace": b"other"}),
    "empty namespace": build(namespace=b""),
    "null after the namespace": build(namespace=NAMESPACE.encode() + b"\0"),
    "null after the namespace, not signed": build(
        namespace=NAMESPACE.encode() + b"\0", signs={"namespace": NAMESPACE.encode()}
    ),
    "namespace in capitals": build(namespace=NAMESPACE.upper().encode()),
    "reserved": build(reserved=b"x"),
    "reserved, not signed": build(reserved=b"x", signs={"reserved": b""}),
    "md5": build(hash_name=b"md5"),
    "sha1": build(hash_name=b"sha1"),
    "sha384": build(hash_name=b"sha384"),
    "sha3-512": build(hash_name=b"sha3_512"),
    "no hash": build(hash_name=b""),
    "hash in capitals": build(hash_name=b"SHA512"),
    "hash as a pattern": build(hash_name=b"sha*"),
    "null after the hash": build(hash_name=b"sha512\0"),
    "null after the hash, not signed": build(hash_name=b"sha512\0", signs={"hash": b"sha512"}),
    "claims sha256": build(hash_name=b"sha256", signs={"hash": b"sha512"}),
    "short digest": build(signs={"digest": hashlib.sha512(MESSAGE).digest()[:32]}),
    "another message": build(signs={"digest": hashlib.sha512(MESSAGE + b" ").digest()}),
    "trailing byte in the signature": build(blob=lambda blob: blob + b"\0"),
    "signature of 63 bytes": build(blob=sized(63)),
    "signature of 65 bytes": build(blob=sized(65)),
    "signature of no bytes": build(blob=sized(0)),
    "no signature": build(blob=lambda blob: b""),
    "signature cut short": build(blob=lambda blob: blob[:-1]),
    "signature says RSA": build(blob=typed(b"rsa-sha2-512")),
    "signature says security key": build(blob=typed(FIDO_TYPE)),
    "null after the type of the signature": build(blob=typed(PLAIN + b"\0")),
    "S too large": build(blob=larger_s),
    "length beyond the end": armour("SSH SIGNATURE", b"SSHSIG\0\0\0\1\xff\xff\xff\xff" + dearmour(GOOD)[14:]),
    "security key, no touch": build(signer=FidoSigner(flags=0)),
    "security key, PIN but no touch": build(signer=FidoSigner(flags=4)),
    "security key, another application": build(signer=FidoSigner(application="ssh:x")),
    "security key, application not in the key": build(signer=FIDO, key=pack(FIDO_TYPE, RAW)),
    "security key, empty application": build(signer=FidoSigner(application=""), key=pack(FIDO_TYPE, RAW, b"")),
    "security key, null in the application": build(signer=FIDO, key=pack(FIDO_TYPE, RAW, b"ssh:\0")),
    "security key, trailing byte in the key": build(signer=FIDO, key=FIDO.public_key.blob + b"\0"),
    "security key, touch claimed": build(signer=FidoSigner(flags=0), blob=lambda blob: blob[:-5] + b"\1" + blob[-4:]),
    "security key, counter changed": build(signer=FIDO, blob=lambda blob: blob[:-1] + b"\0"),
    "security key, no counter": build(signer=FIDO, blob=lambda blob: blob[:-4]),
    "security key, trailing byte": build(signer=FIDO, blob=lambda blob: blob + b"\0"),
    "security key, signature of a plain key": build(key=FIDO.public_key.blob),
    "plain key, signature of a security key": build(signer=FIDO, key=KEY.public_key.blob),
}
EITHER = {"neutral point": build(signer=FixedSigner(blob=NEUTRAL_BLOB, public_key=NEUTRAL))}


def ours(armored: bytes) -> bool:
    try:
        sshsig.verify_allowed(armored, MESSAGE, NAMESPACE, ALLOWED)
    except SignatureError:
        return False
    return True


def stock(armored: bytes, folder: Path) -> bool:
    (folder / "allowed").write_bytes(format_allowed_signers(ALLOWED))
    (folder / "sig").write_bytes(armored)
    who = ["-f", folder / "allowed", "-I", "publisher", "-n", NAMESPACE, "-s", folder / "sig"]
    done = subprocess.run(
        [need("ssh-keygen"), "-Y", "verify", *map(str, who)], input=MESSAGE, capture_output=True, check=False
    )
    return done.returncode == 0


def stock_sign(file: Path, message: bytes, namespace: str) -> bytes:
    command = [need("ssh-keygen"), "-Y", "sign", "-q", "-f", str(file), "-n", namespace]
    return subprocess.run(command, input=message, capture_output=True, check=True).stdout


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """A private key made by ssh-keygen."""
    file = tmp_path / "key"
    subprocess.run([need("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", file], check=True)
    return file


@pytest.mark.parametrize("name", ACCEPTED)
def test_both_accept(name: str, tmp_path: Path) -> None:
    assert ours(ACCEPTED[name])
    assert stock(ACCEPTED[name], tmp_path)


@pytest.mark.parametrize("name", REFUSED)
def test_ours_refuses(name: str) -> None:
    assert not ours(REFUSED[name])


def test_every_case_is_another_file() -> None:
    cases = [*ACCEPTED.values(), *REFUSED.values(), *EITHER.values()]
    assert len(cases) == len(set(cases)) >= 30


@pytest.mark.parametrize("name", [*ACCEPTED, *REFUSED, *EITHER])
def test_never_looser_than_stock(name: str, tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    armored = (ACCEPTED | REFUSED | EITHER)[name]
    verdict, reference = ours(armored), stock(armored, tmp_path)
    record_property("ours", verdict)
    record_property("ssh-keygen", reference)
    assert reference or not verdict


def test_variants_of_every_kind_are_compared_with_stock(tmp_path: Path) -> None:
    """Over a hundred files: both accept, both refuse, and ours is stricter; ours alone never accepts."""
    cases = set((ACCEPTED | REFUSED | EITHER).values())
    verdicts = Counter((ours(armored), stock(armored, tmp_path)) for armored in cases)
    assert len(cases) == verdicts.total() >= 100
    assert verdicts[True, True] >= 7
    assert verdicts[False, False] >= 60
    assert verdicts[False, True] >= 20
    assert verdicts[True, False] == 0


@pytest.mark.parametrize("namespace", ["x", *("n" * size for size in range(37, 42)), "n" * 255])
@pytest.mark.parametrize("message", [b"", b"hello\n", bytes(range(256)) * 4096])
def test_signs_the_very_bytes_of_stock(key_file: Path, message: bytes, namespace: str) -> None:
    signer = load_private_key(key_file.read_bytes())
    theirs = stock_sign(key_file, message, namespace)
    assert sshsig.sign(signer, message, namespace) == theirs
    assert sshsig.verify(theirs, message, namespace) == signer.public_key


def changed_bytes(data: bytes) -> Iterator[bytes]:
    """Cut short anywhere; every bit flipped; every byte dropped, doubled or null; some put before each."""
    for place in range(len(data)):
        before, byte, after = data[:place], data[place : place + 1], data[place + 1 :]
        yield before
        for bit in range(8):
            yield before + bytes([byte[0] ^ 1 << bit]) + after
        for other in (b"", byte + byte, b"\0", b"\n" + byte, b" " + byte, b"A" + byte, b"=" + byte):
            if other != byte:
                yield before + other + after


@pytest.mark.parametrize("name", ["plain", "security key"])
def test_every_changed_byte_is_refused(name: str) -> None:
    armored = ACCEPTED[name]
    assert not [change for change in changed_bytes(armored) if change != armored and ours(change)]
    inner = [armour("SSH SIGNATURE", change) for change in changed_bytes(dearmour(armored))]
    assert not [change for change in inner if change != armored and ours(change)]


@given(st.binary(max_size=200))
def test_no_other_message(message: bytes) -> None:
    with pytest.raises(SignatureError):
        sshsig.verify(GOOD, message + b"!", NAMESPACE)


names = st.from_regex(r"[A-Za-z0-9._@+-]{1,40}", fullmatch=True)
keys = st.builds(PublicKey, raw=st.binary(min_size=32, max_size=32), application=st.just("") | names)


@st.composite
def signatures(draw: st.DrawFn) -> Signature:
    key = draw(keys)
    size = 5 if key.application else 0
    blob = pack(key.type.encode(), draw(st.binary(min_size=64, max_size=64)))
    return Signature(
        public_key=key,
        namespace=draw(names),
        hash_algorithm=draw(st.sampled_from(sshsig.HASHES)),
        blob=blob + draw(st.binary(min_size=size, max_size=size)),
    )


@given(signatures())
def test_parse_reads_what_format_writes(signature: Signature) -> None:
    assert Signature.parse(signature.format()) == signature
    assert Signature.parse(dearmour(armour("SSH SIGNATURE", signature.format()))) == signature


@given(st.binary(max_size=300) | st.sampled_from(list(changed_bytes(dearmour(GOOD)))))
def test_what_is_read_is_written_back(data: bytes) -> None:
    try:
        signature = Signature.parse(data)
    except ValueError:
        return
    assert signature.format() == data


@given(st.binary(max_size=2000))
def test_armour_and_back(data: bytes) -> None:
    assert dearmour(armour("SSH SIGNATURE", data)) == data


@given(st.binary(max_size=300) | st.binary(max_size=300).map(b64encode).map(wrapped))
def test_dearmour_and_back(text: bytes) -> None:
    try:
        data = dearmour(text)
    except ValueError:
        return
    assert armour("SSH SIGNATURE", data) == text


def test_the_list_decides() -> None:
    (entry,) = (entry for entry in ALLOWED if entry.key == KEY.public_key)
    assert sshsig.verify_allowed(GOOD, MESSAGE, NAMESPACE, [entry]) == KEY.public_key
    for who, listed in (("publisher", ()), ("root", [entry]), ("publisher", ALLOWED[1:])):
        with pytest.raises(SignatureError, match="is not listed as"):
            sshsig.verify_allowed(GOOD, MESSAGE, NAMESPACE, listed, principal=who)
    elsewhere = AllowedSigner(principals=("publisher",), namespaces=("other",), key=KEY.public_key)
    with pytest.raises(SignatureError, match="is not listed as"):
        sshsig.verify_allowed(GOOD, MESSAGE, NAMESPACE, [elsewhere])


def test_signs_only_for_a_named_purpose() -> None:
    for namespace in ("", "with space", "null\0", "n" * 256, "ü"):
        with pytest.raises(ValueError, match="is not a namespace"):
            sshsig.sign(KEY, MESSAGE, namespace)


def test_a_signer_is_not_believed() -> None:
    for blob in (b"", Signature.parse(dearmour(GOOD)).blob, pack(PLAIN, bytes(64))):
        with pytest.raises(SigningError, match="does not verify"):
            sshsig.sign(FixedSigner(blob=blob), b"something else", NAMESPACE)


def test_a_reason_is_given() -> None:
    for name, reason in (
        ("text after", "begin and end"),
        ("lines of 76", "base64"),
        ("oversize", "longer than"),
        ("version 2", "version"),
        ("reserved", "reserved"),
        ("md5", "'md5'"),
        ("for another namespace", "for 'other'"),
        ("security key, no touch", "touched"),
        ("another message", "not by this key"),
        ("signature says RSA", "shape"),
        ("trailing byte", "something follows"),
    ):
        with pytest.raises(SignatureError, match=reason):
            sshsig.verify(REFUSED[name], MESSAGE, NAMESPACE)
