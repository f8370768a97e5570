"""Keys: read and written as OpenSSH does, lists read in one way only, and an agent that is not believed."""

import os
import socket
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.errors import SigningError
from publisher.signatures import armour, pack, sshsig
from publisher.signatures.agent import MAX_REPLY, AgentSigner
from publisher.signatures.keys import (
    AllowedSigner,
    KeyListError,
    KeySigner,
    PublicKey,
    SignatureError,
    format_allowed_signers,
    generate_private_key,
    load_private_key,
    parse_allowed_signers,
)
from tests.tools import need

NAMESPACE = "letterbook-index@v1"
MESSAGE = b"hello\n"
KEY = KeySigner(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
LINE = KEY.public_key.format()
BASE64 = LINE.split()[1]
RSA = "ssh-rsa " + "AAAAB3NzaC1yc2EAAAADAQABAAAAIQDFWLlQ5hHkGp4rS8R0pQ3pV0V3x3FpZrUuQ4Nn0bM5Dw=="


def keygen(*arguments: str | Path) -> str:
    done = subprocess.run([need("ssh-keygen"), *map(str, arguments)], capture_output=True, check=True)
    return done.stdout.decode()


def stock_accepts(allowed: bytes, folder: Path) -> bool:
    """Whether ssh-keygen, given this list, accepts a good signature by KEY."""
    (folder / "allowed").write_bytes(allowed)
    (folder / "sig").write_bytes(sshsig.sign(KEY, MESSAGE, NAMESPACE))
    who = ["-f", "allowed", "-I", "publisher", "-n", NAMESPACE, "-s", "sig"]
    command = [need("ssh-keygen"), "-Y", "verify", *who]
    return subprocess.run(command, cwd=folder, input=MESSAGE, capture_output=True, check=False).returncode == 0


def ours_accepts(allowed: bytes) -> bool:
    try:
        signers = parse_allowed_signers(allowed)
        sshsig.verify_allowed(sshsig.sign(KEY, MESSAGE, NAMESPACE), MESSAGE, NAMESPACE, signers)
    except (KeyListError, SignatureError):
        return False
    return True


# Public keys


@pytest.mark.parametrize("comment", ["", "publisher@example.org", "two words", "Zoë"])
def test_public_key_is_what_keygen_prints(tmp_path: Path, comment: str) -> None:
    keygen("-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", tmp_path / "key")
    text = (tmp_path / "key.pub").read_text("utf-8")
    key = PublicKey.parse(text)
    assert key.comment == comment
    assert key.format() == text.rstrip()
    assert key.fingerprint == keygen("-l", "-f", tmp_path / "key.pub").split()[1]


def test_fingerprint_of_a_security_key(tmp_path: Path) -> None:
    key = PublicKey(raw=KEY.public_key.raw, application="ssh:letterbook", comment="token")
    (tmp_path / "key.pub").write_text(key.format() + "\n")
    assert keygen("-l", "-f", tmp_path / "key.pub").split() == [
        "256",
        key.fingerprint,
        "token",
        "(ED25519-SK)",
    ]
    assert PublicKey.parse(key.format()) == key


def test_comment_is_no_part_of_a_key() -> None:
    assert PublicKey.parse(f"{LINE} one") == PublicKey.parse(f"{LINE} two") == KEY.public_key
    assert len({PublicKey.parse(f"{LINE} one"), PublicKey.parse(f"{LINE} two")}) == 1


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", "looks like"),
        ("ssh-ed25519", "looks like"),
        (f" {LINE}", "base64"),
        (f"ssh-ed25519 {BASE64}=", "base64"),
        (f"ssh-ed25519 {BASE64[:-1]}", "base64"),
        (f"ssh-ed25519 {BASE64}!", "base64"),
        (f"ssh-ed25519 {BASE64[:-4]}", "ends too soon"),
        (f"ssh-ed25519 {BASE64}AAAA", "something follows"),
        (f"sk-ssh-ed25519@openssh.com {BASE64}", "the line says sk-ssh"),
        (RSA, "the key is 'ssh-rsa'"),
        (f"{LINE} a\x07b", "one line"),
        (f"{LINE}\n{LINE}", "base64|one line"),
        (f"{LINE} {'x' * 20_000}", "too long"),
    ],
)
def test_public_key_refused(line: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        PublicKey.parse(line)


def test_a_security_key_names_its_application() -> None:
    with pytest.raises(ValueError, match="no application"):
        PublicKey.from_blob(pack(b"sk-ssh-ed25519@openssh.com", KEY.public_key.raw, b""))


def test_a_key_off_the_curve_verifies_nothing() -> None:
    off = PublicKey(raw=(2).to_bytes(32, "little"))
    with pytest.raises(SignatureError):
        off.verify(pack(b"ssh-ed25519", off.raw + bytes(32)), b"")


# Lists of keys

GOOD_LISTS = {
    "one line": f'publisher namespaces="{NAMESPACE}" {LINE}\n',
    "no final newline": f'publisher namespaces="{NAMESPACE}" {LINE}',
    "comments and blank lines": f'# Zoë\n\n \t\n  # x\npublisher namespaces="{NAMESPACE}" {LINE}\n\n',
    "comment of a key": f'publisher namespaces="{NAMESPACE}" {LINE} "Zoë" and others # 2\n',
    "several names": f'root@x.org,publisher namespaces="a,{NAMESPACE},b" {LINE}\n',
    "wide spaces": f'\tpublisher  namespaces="{NAMESPACE}"\t\tssh-ed25519  {BASE64}  note \n',
    "second line": f'root namespaces="other" {LINE}\npublisher namespaces="{NAMESPACE}" {LINE}\n',
}
BAD_LISTS = {
    "no namespaces": (f"publisher {LINE}\n", 1, "could sign anything"),
    "no namespaces, with comment": (f"publisher {LINE} me\n", 1, "could sign anything"),
    "namespaces empty": (f'publisher namespaces="" {LINE}\n', 1, "namespace ''"),
    "namespaces with a gap": (f'publisher namespaces="a,,b" {LINE}\n', 1, "namespace ''"),
    "namespaces with a space": (f'publisher namespaces="a, {NAMESPACE}" {LINE}\n', 1, "namespace ' letter"),
    "namespaces without quotes": (f"publisher namespaces={NAMESPACE} {LINE}\n", 1, "in quotes"),
    "namespaces twice": (f'publisher namespaces="{NAMESPACE}",namespaces="x" {LINE}\n', 1, "once"),
    "namespaces in capitals": (f'publisher NAMESPACES="{NAMESPACE}" {LINE}\n', 1, "unknown option"),
    "namespaces as a pattern": (f'publisher namespaces="letterbook-*" {LINE}\n', 1, "no patterns"),
    "namespaces negated": (f'publisher namespaces="!{NAMESPACE},*" {LINE}\n', 1, "no patterns"),
    "quotes left open": (f'publisher namespaces="{NAMESPACE} {LINE}\n', 1, "looks like"),
    "valid-before": (f'publisher valid-before="20300101",namespaces="a" {LINE}\n', 1, "log vouches"),
    "valid-after": (f'publisher namespaces="a",valid-after="20200101Z" {LINE}\n', 1, "log vouches"),
    "valid-after in capitals": (
        f'publisher namespaces="a",VALID-AFTER="20200101Z" {LINE}\n',
        1,
        "log vouches",
    ),
    "cert-authority": (f'publisher cert-authority,namespaces="a" {LINE}\n', 1, "name each key"),
    "unknown option": (f'publisher namespaces="a",no-touch-required {LINE}\n', 1, "unknown option"),
    "comma at the end": (f'publisher namespaces="{NAMESPACE}", {LINE}\n', 1, "unknown option"),
    "principal as a pattern": (f'* namespaces="{NAMESPACE}" {LINE}\n', 1, "principal '\\*'"),
    "principal negated": (f'!publisher namespaces="{NAMESPACE}" {LINE}\n', 1, "principal '!pub"),
    "principal in quotes": (f'"publisher" namespaces="{NAMESPACE}" {LINE}\n', 1, "principal '\"pub"),
    "principal empty": (f'publisher, namespaces="{NAMESPACE}" {LINE}\n', 1, "principal ''"),
    "principals too many": (
        f"publisher,{'x' * 255}," * 4 + f'y namespaces="{NAMESPACE}" {LINE}\n',
        1,
        "too many",
    ),
    "principal missing": (f'namespaces="{NAMESPACE}" {LINE}\n', 1, "could sign anything"),
    "only a key": (f"{LINE}\n", 1, "looks like"),
    "key missing": (f'publisher namespaces="{NAMESPACE}"\n', 1, "looks like"),
    "key damaged": (f'publisher namespaces="{NAMESPACE}" {LINE[:-2]}\n', 1, "base64|too soon"),
    "key of another type": (f'publisher namespaces="{NAMESPACE}" {RSA}\n', 1, "'ssh-rsa'"),
    "fault in a later line": (f'publisher namespaces="{NAMESPACE}" {LINE}\n\nx\n', 3, "looks like"),
    "Windows line ends": (f'# keys\r\npublisher namespaces="{NAMESPACE}" {LINE}\r\n', 1, "control"),
    "null": (f'publisher namespaces="{NAMESPACE}" {LINE}\0\n', 1, "control"),
    "null before": (f'# x\n\0publisher namespaces="{NAMESPACE}" {LINE}\n', 2, "control"),
    "byte order mark": (f'\ufeffpublisher namespaces="{NAMESPACE}" {LINE}\n', 1, "control"),
    "broken onto two lines": (f'publisher\nnamespaces="{NAMESPACE}" {LINE}\n', 1, "looks like"),
    "too long": ("#" * 70_000, 1, "longer than"),
}


@pytest.mark.parametrize("name", GOOD_LISTS)
def test_list_accepted_as_by_stock(name: str, tmp_path: Path) -> None:
    data = GOOD_LISTS[name].encode()
    assert ours_accepts(data)
    assert stock_accepts(data, tmp_path)


@pytest.mark.parametrize("name", BAD_LISTS)
def test_list_refused_with_a_reason(name: str) -> None:
    text, line, reason = BAD_LISTS[name]
    with pytest.raises(KeyListError, match=reason) as caught:
        parse_allowed_signers(text.encode())
    assert caught.value.line == line
    assert str(caught.value) == f"line {line}: {caught.value.message}"


def test_list_that_is_not_text() -> None:
    with pytest.raises(KeyListError, match="line 2: this is not UTF-8"):
        parse_allowed_signers(b"# keys\n\xff\n")


def test_lists_for_somebody_or_something_else(tmp_path: Path) -> None:
    for text in ("", f'root namespaces="{NAMESPACE}" {LINE}\n', f'publisher namespaces="other" {LINE}\n'):
        parse_allowed_signers(text.encode())
        assert not ours_accepts(text.encode())
        assert not stock_accepts(text.encode(), tmp_path)


@settings(deadline=None, max_examples=300)
@given(
    st.sampled_from(sorted(GOOD_LISTS)),
    st.integers(0, 200),
    st.integers(0, 2),
    st.text('!*?,#"= \t\n\\aA0.@-', max_size=3),
)
def test_no_list_is_read_looser_than_by_stock(name: str, place: int, drop: int, added: str) -> None:
    text = GOOD_LISTS[name]
    changed = (text[:place] + added + text[place + drop :]).encode()
    if ours_accepts(changed):
        with tempfile.TemporaryDirectory() as folder:
            assert stock_accepts(changed, Path(folder))


names = st.from_regex(r"[A-Za-z0-9._@+-]{1,20}", fullmatch=True)
texts = st.text(max_size=20).map(str.strip).filter(str.isprintable)
public_keys = st.builds(
    PublicKey,
    raw=st.binary(min_size=32, max_size=32),
    application=st.just("") | names,
    comment=texts,
)
some_names = st.lists(names, min_size=1, max_size=4).map(tuple)
signers = st.builds(AllowedSigner, principals=some_names, namespaces=some_names, key=public_keys)


@given(st.lists(signers, max_size=4), st.lists(texts, max_size=3))
def test_list_reads_what_it_writes(wanted: list[AllowedSigner], comments: list[str]) -> None:
    data = format_allowed_signers(wanted, comments)
    found = parse_allowed_signers(data)
    assert list(found) == wanted
    assert format_allowed_signers(found, comments) == data
    assert data.count(b"\n") == len(wanted) + len(comments)


@given(st.text(max_size=80) | st.sampled_from(sorted(GOOD_LISTS)).map(GOOD_LISTS.__getitem__), st.data())
def test_any_list_is_read_or_refused(text: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(text)))
    try:
        found = parse_allowed_signers((text[:cut] + data.draw(st.text(max_size=2)) + text[cut:]).encode())
    except KeyListError:
        return
    assert parse_allowed_signers(format_allowed_signers(found)) == found


@given(public_keys)
def test_public_key_reads_what_it_writes(key: PublicKey) -> None:
    assert PublicKey.parse(key.format()) == key
    assert PublicKey.parse(key.format()).comment == key.comment
    assert PublicKey.from_blob(key.blob) == key


def test_comment_of_a_list_is_one_line() -> None:
    with pytest.raises(ValueError, match="one line"):
        format_allowed_signers([], ["development\npublisher"])


# Private keys


@pytest.mark.parametrize("comment", ["", "development key", *("x" * size for size in range(1, 9))])
def test_stock_uses_a_generated_key(tmp_path: Path, comment: str) -> None:
    file = tmp_path / "key"
    file.write_bytes(generate_private_key(comment))
    file.chmod(0o600)
    signer = load_private_key(file.read_bytes())
    assert PublicKey.parse(keygen("-y", "-f", file)) == signer.public_key
    assert PublicKey.parse(keygen("-y", "-f", file)).comment == comment
    (tmp_path / "message").write_bytes(MESSAGE)
    keygen("-Y", "sign", "-q", "-f", file, "-n", "x", tmp_path / "message")
    assert (tmp_path / "message.sig").read_bytes() == sshsig.sign(signer, MESSAGE, "x")


def test_generated_keys_differ() -> None:
    assert generate_private_key("") != generate_private_key("")
    with pytest.raises(ValueError, match="one line"):
        generate_private_key("a\nb")


@pytest.mark.parametrize("cipher", ["aes256-ctr", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com"])
def test_passphrase_points_to_the_agent(tmp_path: Path, cipher: str) -> None:
    keygen("-q", "-t", "ed25519", "-N", "secret", "-Z", cipher, "-f", tmp_path / "key")
    with pytest.raises(SigningError, match="passphrase") as caught:
        load_private_key((tmp_path / "key").read_bytes())
    assert "ssh-add" in caught.value.hint


@pytest.mark.parametrize("kind", [("rsa", "1024"), ("rsa", "2048"), ("ecdsa", "256")])
def test_only_ed25519(tmp_path: Path, kind: tuple[str, str]) -> None:
    keygen("-q", "-t", kind[0], "-b", kind[1], "-N", "", "-f", tmp_path / "key")
    with pytest.raises(SigningError, match=r"keys are ed25519 \(others are not deterministic\)"):
        load_private_key((tmp_path / "key").read_bytes())


def test_no_security_key() -> None:
    blob = PublicKey(raw=KEY.public_key.raw, application="ssh:").blob
    data = b"openssh-key-v1\0" + pack(b"none", b"none", b"") + struct.pack(">I", 1) + pack(blob, b"")
    with pytest.raises(SigningError, match=r"keys are ed25519 \(others are not deterministic\)"):
        load_private_key(armour("OPENSSH PRIVATE KEY", data))


def test_what_is_no_private_key() -> None:
    pkcs8 = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    good = generate_private_key("")
    for data in (
        b"",
        b"\0" * 100,
        LINE.encode(),
        pkcs8,
        good[:150],
        good.replace(b"b3BlbnNzaC1", b"b3BlbnNzaC2"),
    ):
        with pytest.raises(SigningError, match="damaged") as caught:
            load_private_key(data)
        assert "ssh-keygen" in caught.value.hint


# The agent


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder whose path is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="lb") as folder:
        yield Path(folder)


def wait_for(path: Path) -> None:
    for _ in range(500):
        if path.exists():
            return
        time.sleep(0.01)
    pytest.fail(f"{path} did not appear")


@pytest.fixture
def agent(short_path: Path) -> Iterator[str]:
    """The socket of a real, empty ssh-agent."""
    path = short_path / "agent"
    with subprocess.Popen([need("ssh-agent"), "-D", "-a", str(path)], stdout=subprocess.DEVNULL) as process:
        wait_for(path)
        yield str(path)
        process.terminate()


def test_an_agent_signs_the_same_bytes(agent: str, tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_bytes(generate_private_key("x"))
    file.chmod(0o600)
    environment = os.environ | {"SSH_AUTH_SOCK": agent}
    subprocess.run([need("ssh-add"), "-q", str(file)], env=environment, check=True)
    signer = load_private_key(file.read_bytes())
    theirs = AgentSigner(agent, signer.public_key)
    for message in (b"", MESSAGE, bytes(200_000)):
        assert sshsig.sign(theirs, message, NAMESPACE) == sshsig.sign(signer, message, NAMESPACE)


def test_an_agent_without_the_key(agent: str) -> None:
    with pytest.raises(SigningError, match="would not sign") as caught:
        AgentSigner(agent, KEY.public_key).sign(MESSAGE)
    assert KEY.public_key.fingerprint in caught.value.message
    assert "ssh-add" in caught.value.hint


def test_no_agent(short_path: Path) -> None:
    (short_path / "file").write_bytes(b"")
    for path in (short_path / "absent", short_path / "file", short_path / ("x" * 200), "", "null\0"):
        with pytest.raises(SigningError, match="cannot be reached") as caught:
            AgentSigner(str(path), KEY.public_key).sign(MESSAGE)
        assert "SSH_AUTH_SOCK" in caught.value.hint


@contextmanager
def impostor(path: Path, answer: bytes, *, hang: bool = False) -> Iterator[AgentSigner]:
    """A signer whose agent gives one answer, whatever it is asked."""
    done = threading.Event()

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(answer)
            if hang:
                done.wait(10)

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        yield AgentSigner(str(path), KEY.public_key, wait=0.2 if hang else 10)
        done.set()
        thread.join()


def message(kind: int, body: bytes) -> bytes:
    return pack(bytes([kind]) + body)


SIGNATURE = KEY.sign(MESSAGE)


def test_an_honest_answer_is_taken(short_path: Path) -> None:
    with impostor(short_path / "agent", message(14, pack(SIGNATURE))) as signer:
        assert signer.sign(MESSAGE) == SIGNATURE


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "hung up"),
        (b"\0\0", "hung up"),
        (message(14, pack(SIGNATURE))[:-1], "hung up"),
        (struct.pack(">I", 0), "0 bytes"),
        (struct.pack(">I", MAX_REPLY + 1), "4097 bytes"),
        (struct.pack(">I", 2**32 - 1), "4294967295 bytes"),
        (message(5, b""), "would not sign"),
        (message(6, b""), "type 6"),
        (message(12, pack(SIGNATURE)), "type 12"),
        (message(14, b""), "too soon"),
        (message(14, b"\xff\xff\xff\xff" + SIGNATURE), "too soon"),
        (message(14, pack(SIGNATURE) + b"\0"), "something follows"),
        (message(14, pack(b"")), "shape"),
        (message(14, pack(pack(b"ssh-rsa", bytes(64)))), "shape"),
        (message(14, pack(KEY.sign(b"something else"))), "not by this key"),
    ],
)
def test_a_bad_answer_is_refused(short_path: Path, answer: bytes, reason: str) -> None:
    with (
        impostor(short_path / "agent", answer) as signer,
        pytest.raises(SigningError, match=reason) as caught,
    ):
        signer.sign(MESSAGE)
    assert caught.value.hint


def test_a_silent_agent_is_given_up(short_path: Path) -> None:
    with (
        impostor(short_path / "agent", b"", hang=True) as signer,
        pytest.raises(SigningError, match="timed out"),
    ):
        signer.sign(MESSAGE)


def test_a_security_key_signs_no_publication() -> None:
    with pytest.raises(SigningError, match="not deterministic"):
        AgentSigner("unused", PublicKey(raw=KEY.public_key.raw, application="ssh:"))


def test_a_missing_tool_fails_in_ci_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="nothing is skipped in CI"):
        need("no-such-tool")
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="not installed"):
        need("no-such-tool")
