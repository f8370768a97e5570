"""Signed notes: what others made is read, what we make others verify, and nothing but a whole true note is believed."""

import subprocess
from base64 import b64encode
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from tlog_scales.signing import NoteSignature as TheirSignature
from tlog_scales.signing import Vkey

from publisher.errors import SigningError
from publisher.signatures import note, pack
from publisher.signatures.keys import KeySigner, PublicKey, SignatureError
from publisher.signatures.note import (
    MAX_SIGNATURES,
    MAX_SIZE,
    Note,
    NoteSignature,
    key_id,
    sign,
    unbase64,
    verify,
    vkey,
)
from tests.test_sshsig import FIDO, ORDER, FixedSigner
from tests.tools import need

NAME = "letterbook.example/harbour-letters"
TEXT = f"{NAME}\n64\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
KEY = KeySigner(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = KeySigner(Ed25519PrivateKey.from_private_bytes(bytes(32)))
GOOD = sign(KEY, NAME, TEXT)
SPKI = bytes.fromhex("302a300506032b6570032100")

FROM_THE_SPECIFICATION = """\
Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC\
+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
"""  # C2SP signed-note; it does not print the key

FROM_GO = """\
If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""  # the documentation of golang.org/x/mod/sumdb/note
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


def check(data: bytes) -> tuple[str, PublicKey]:
    """Verify as a reader does who knows two keys, one of which signed."""
    return verify(data, NAME, [OTHER.public_key, KEY.public_key])


def line(name: str = NAME, signer: KeySigner = KEY, text: str = TEXT) -> NoteSignature:
    """A signature over a text, by any name."""
    blob = signer.sign(text.encode())[-64:]
    return NoteSignature(name=name, key_id=key_id(name, signer.public_key), blob=blob)


def with_lines(*signatures: NoteSignature) -> bytes:
    return Note(text=TEXT, signatures=signatures).format()


# -- what others made ------------------------------------------------------------------------------------------


def test_the_example_of_the_specification() -> None:
    found = Note.parse(FROM_THE_SPECIFICATION.encode())
    assert found.text == FROM_THE_SPECIFICATION.rpartition("\n—")[0]
    assert found.text.endswith("sole:\n\ned è subito sera.\n")
    (signature,) = found.signatures
    assert (signature.name, signature.key_id.hex(), len(signature.blob)) == (
        "quasimodo.example/salvatore",
        "367ba04b",
        64,
    )
    assert found.format() == FROM_THE_SPECIFICATION.encode()


def test_a_note_that_go_signed() -> None:
    name, number, base64 = GO_KEY.split("+")
    key = PublicKey(raw=unbase64(base64)[1:])
    text, signed_by = verify(FROM_GO.encode(), name, [key])
    assert (text, signed_by) == (FROM_GO.partition("\n\n")[0] + "\n", key)
    assert (key_id(name, key).hex(), vkey(name, key)) == (number, GO_KEY)


# -- what we make ----------------------------------------------------------------------------------------------


def test_openssl_verifies_what_we_sign(tmp_path: Path) -> None:
    (tmp_path / "key.der").write_bytes(SPKI + KEY.public_key.raw)
    (tmp_path / "text").write_bytes(GOOD.partition(b"\n\n")[0] + b"\n")
    (tmp_path / "signature").write_bytes(unbase64(GOOD.decode().split(" ")[-1].strip())[4:])
    command = [need("openssl"), "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key.der", "-rawin"]
    command += ["-in", "text", "-sigfile", "signature"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    (tmp_path / "text").write_bytes(GOOD.partition(b"\n\n")[0])
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode != 0


def test_another_library_reads_the_line_and_the_verifier_key() -> None:
    theirs = TheirSignature.from_line(GOOD.decode().splitlines()[-1])
    assert Vkey.from_string(vkey(NAME, KEY.public_key)).match(theirs)
    assert theirs.serialize() == line().format()


def test_the_same_key_and_text_give_the_same_bytes() -> None:
    assert sign(KEY, NAME, TEXT) == GOOD
    assert check(GOOD) == (TEXT, KEY.public_key)


def test_a_security_key_signs_no_note() -> None:
    with pytest.raises(SigningError, match="security key"):
        sign(FIDO, NAME, TEXT)
    with pytest.raises(SignatureError, match="not signed by a key that is listed"):
        verify(GOOD, NAME, [PublicKey(raw=KEY.public_key.raw, application="ssh:")])


@pytest.mark.parametrize("blob", [b"", OTHER.sign(TEXT.encode()), KEY.sign(b"something else"), b"\0" * 64], ids=len)
def test_a_signer_is_not_believed(blob: bytes) -> None:
    with pytest.raises(SigningError, match="does not verify"):
        sign(FixedSigner(blob=blob, public_key=KEY.public_key), NAME, TEXT)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("", TEXT), ("a b", TEXT), ("a+b", TEXT), ("a\u00a0b", TEXT), ("a\u2003b", TEXT), ("a\x85b", TEXT),
        ("a\nb", TEXT), ("a\0b", TEXT), (NAME, ""), (NAME, "no newline"), (NAME, "a\r\n"), (NAME, "a\tb\n"),
        (NAME, "x" * MAX_SIZE + "\n"),
    ],
)  # fmt: skip
def test_what_no_note_can_hold_is_not_signed(name: str, text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        sign(KEY, name, text)


# -- form ------------------------------------------------------------------------------------------------------

names = st.text(st.characters(min_codepoint=33, exclude_categories=["Cs"]), min_size=1, max_size=20).filter(
    lambda name: not any(character.isspace() or character == "+" for character in name)
)
texts = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]) | st.just("\n")).map(
    lambda text: f"{text}\n"
)
lines = st.builds(NoteSignature, name=names, key_id=st.binary(min_size=4, max_size=4), blob=st.binary(min_size=1))
notes = st.builds(Note, text=texts, signatures=st.lists(lines, min_size=1, max_size=MAX_SIGNATURES).map(tuple))


@given(notes)
def test_every_note_is_read_back(made: Note) -> None:
    assert Note.parse(made.format()) == made


@given(lines)
def test_every_signature_line_is_read_back(made: NoteSignature) -> None:
    assert NoteSignature.parse(made.format()) == made


@given(notes, st.data())
def test_what_is_read_is_what_would_be_written(made: Note, data: st.DataObject) -> None:
    """Whatever bytes are taken for a note, there is no second way to write the same."""
    changed = bytearray(made.format())
    for _ in range(data.draw(st.integers(1, 3))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.sampled_from(list(b"\n +=AB\x80\xe2")))
    try:
        found = Note.parse(bytes(changed))
    except ValueError:
        return
    assert found.format() == changed


@given(texts, st.sampled_from([KEY, OTHER]))
def test_every_text_can_be_signed(text: str, signer: KeySigner) -> None:
    assert verify(sign(signer, NAME, text), NAME, [KEY.public_key, OTHER.public_key]) == (text, signer.public_key)


@pytest.mark.parametrize(
    "text", ["QQ", "QQ=", "QR==", "QQ===", "QQ==\n", " QQ==", "Q Q==", "QQ==QQ==", "__8=", "-_8=", "é", "\ud800", "="]
)
def test_base64_has_one_form(text: str) -> None:
    with pytest.raises(ValueError, match="base64"):
        unbase64(text)


# -- tampering -------------------------------------------------------------------------------------------------


def mutations(data: bytes) -> Iterator[bytes]:
    """Every bit flipped, every byte dropped or doubled, and what might be overlooked put in everywhere."""
    for at in range(len(data)):
        yield from (data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :] for bit in range(8))
        yield data[:at] + data[at + 1 :]
        yield data[:at] + data[at : at + 1] + data[at:]
    for extra in (b"\n", b"\r", b" ", b"+", b"=", b"A", b"0", b"\0", b"\t", b"\xc2\xa0", b"\xef\xbb\xbf"):
        yield from (data[:at] + extra + data[at:] for at in range(len(data) + 1))


def line_mutations(data: bytes) -> Iterator[bytes]:
    """Every line dropped, doubled, or in the place of another."""
    rows = data.splitlines(keepends=True)
    for at in range(len(rows)):
        yield b"".join(rows[:at] + rows[at + 1 :])
        yield b"".join(rows[: at + 1] + rows[at:])
        yield b"".join([*rows[: at + 1], b"\n", *rows[at + 1 :]])
        yield b"".join([*rows[:at], rows[at].removesuffix(b"\n") + b"\r\n", *rows[at + 1 :]])
    for one, two in combinations(range(len(rows)), 2):
        swapped = list(rows)
        swapped[one], swapped[two] = rows[two], rows[one]
        yield b"".join(swapped)
    yield data.replace(b"\n", b"\r\n")
    yield data.replace("\u2014".encode(), b"-")
    yield data.replace("\u2014".encode(), b"--")
    yield data.replace("\u2014".encode(), "\u2013".encode())
    yield data.replace("\u2014 ".encode(), "\u2014\u00a0".encode())
    yield data[:-1]
    yield data + data
    yield b""


def test_no_change_of_a_note_is_accepted() -> None:
    changes = {changed for changed in (*mutations(GOOD), *line_mutations(GOOD)) if changed != GOOD}
    assert len(changes) > 4000
    for changed in changes:
        with pytest.raises(SignatureError):
            check(changed)


def test_no_change_beside_an_unknown_signature_changes_what_is_read() -> None:
    stranger = KeySigner(Ed25519PrivateKey.from_private_bytes(b"\7" * 32))
    both = with_lines(line("witness.example", stranger), line())
    accepted = 0
    for changed in {*mutations(both), *line_mutations(both)}:
        try:
            found = check(changed)
        except SignatureError:
            continue
        accepted += 1
        assert found == (TEXT, KEY.public_key)
        assert line().format() in changed.decode()
    assert accepted > 100  # of the unknown signature nothing is believed, and nothing is expected


@pytest.mark.parametrize(
    "unknown",
    [
        line("witness.example"),  # the known key by another name
        line(signer=KeySigner(Ed25519PrivateKey.from_private_bytes(b"\7" * 32))),  # another key by the known name
        NoteSignature(name="witness.example", key_id=key_id(NAME, KEY.public_key), blob=b"\1"),  # the ID alone
        NoteSignature(name=NAME, key_id=b"\0\0\0\0", blob=b"x" * 5000),  # the name alone
    ],
)
def test_unknown_signatures_are_ignored(unknown: NoteSignature) -> None:
    for signatures in ((unknown, line()), (line(), unknown), (unknown, unknown, line())):
        assert check(with_lines(*signatures)) == (TEXT, KEY.public_key)
    with pytest.raises(SignatureError, match="not signed by a key that is listed"):
        check(with_lines(unknown))


@pytest.mark.parametrize(
    "blob",
    [
        OTHER.sign(TEXT.encode())[-64:], KEY.sign(TEXT.encode() + b"\n")[-64:], line().blob[:-1], line().blob + b"\0",
        b"\0" * 64,
        line().blob[:32] + (int.from_bytes(line().blob[32:], "little") + ORDER).to_bytes(32, "little"),
    ],
)  # fmt: skip
def test_one_false_signature_of_a_known_key_spoils_the_note(blob: bytes) -> None:
    forged = NoteSignature(name=NAME, key_id=key_id(NAME, KEY.public_key), blob=blob)
    good = line(signer=OTHER)
    assert check(with_lines(good)) == (TEXT, OTHER.public_key)
    for signatures in ((forged,), (forged, good), (good, forged)):
        with pytest.raises(SignatureError, match="does not verify"):
            check(with_lines(*signatures))


def test_two_known_keys_may_sign_but_none_twice() -> None:
    assert check(with_lines(line(), line(signer=OTHER))) == (TEXT, KEY.public_key)
    assert check(with_lines(line(signer=OTHER), line())) == (TEXT, OTHER.public_key)
    with pytest.raises(SignatureError, match="twice"):
        check(with_lines(line(), line()))


def test_two_keys_with_one_key_id_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody may have searched for such a key; it cannot sign for the other, and does not stand in its way."""
    monkeypatch.setattr(note, "key_id", lambda _name, _key: b"same")
    assert check(sign(KEY, NAME, TEXT)) == (TEXT, KEY.public_key)
    assert check(sign(OTHER, NAME, TEXT)) == (TEXT, OTHER.public_key)
    forged = NoteSignature(name=NAME, key_id=b"same", blob=b"\0" * 64)
    with pytest.raises(SignatureError, match="does not verify"):
        check(with_lines(forged))


def test_sixteen_signatures_are_accepted_and_no_more() -> None:
    strangers = [NoteSignature(name=f"witness{at}.example", key_id=b"1234", blob=b"x" * 3000) for at in range(15)]
    whole = with_lines(*strangers, line())
    assert check(whole) == (TEXT, KEY.public_key)
    with pytest.raises(SignatureError, match="1 to 16"):
        check(whole + strangers[0].format().encode() + b"\n")


def test_a_huge_note_is_not_read() -> None:
    long = sign(KEY, NAME, TEXT + "x" * (MAX_SIZE - len(GOOD) - 1) + "\n")
    assert len(long) == MAX_SIZE
    assert check(long)[1] == KEY.public_key
    with pytest.raises(SignatureError, match="longer than"):
        check(long.replace(b"x", b"xx", 1))


@pytest.mark.parametrize("name", ["", "a b", "a+b", "\n", "other.example"])
def test_a_name_that_nobody_can_have_signs_nothing(name: str) -> None:
    with pytest.raises(SignatureError, match="not signed by a key that is listed"):
        verify(GOOD, name, [KEY.public_key])


def test_nobody_is_known() -> None:
    with pytest.raises(SignatureError, match="not signed by a key that is listed"):
        verify(GOOD, NAME, [])


@pytest.mark.parametrize(
    "row",
    [
        f"— {NAME}", f"— {NAME} ", f"—  {NAME} AAAAAAA=", f"— {NAME}  AAAAAAA=", f"— {NAME} AAAAAAA= ",
        f" — {NAME} AAAAAAA=",
        f"— {NAME} AAAAAA==", f"— {NAME} AAAA", f"— {NAME} AAAAAAB=", f"— {NAME} AAAAAAA", f"— {NAME}\tAAAAAAA=",
        "— a+b AAAAAAA=", "— a\u2028b AAAAAAA=", "—  AAAAAAA=", f"- {NAME} AAAAAAA=", f"– {NAME} AAAAAAA=",
        f"— {NAME} AAAAAAA= more",
    ],
)  # fmt: skip
def test_a_line_that_is_no_signature_spoils_the_note(row: str) -> None:
    assert b64encode(bytes(5)) == b"AAAAAAA="
    assert check(GOOD + f"— {NAME} AAAAAAA=\n".encode()) == (TEXT, KEY.public_key)
    for changed in (GOOD + f"{row}\n".encode(), GOOD.replace("\u2014".encode(), f"{row}\n\u2014".encode())):
        with pytest.raises(SignatureError, match="cannot be read"):
            check(changed)


def test_the_signature_is_over_the_text_with_its_newline() -> None:
    raw = Note.parse(GOOD).signatures[0].blob
    KEY.public_key.verify(pack(b"ssh-ed25519", raw), TEXT.encode())
    with pytest.raises(SignatureError):
        KEY.public_key.verify(pack(b"ssh-ed25519", raw), TEXT.rstrip("\n").encode())
