"""The checkpoint: three lines that others can check, the same from every clone; and the form of a letter's proof."""

import json
import os
import subprocess
import tempfile
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from tlog_scales.signing import PlainEd25519Signer, Vkey
from tlog_scales.tlog import Checkpoint as TheirCheckpoint

from publisher import checkpoint, publish
from publisher.checkpoint import MAX_HASHES, MAX_PROOF, Checkpoint, LetterProof, read, read_unsigned, sign
from publisher.signatures import note, sshsig
from publisher.signatures.keys import AllowedSigner, KeySigner, SignatureError, generate_private_key, load_private_key
from publisher.signatures.note import unbase64, vkey
from tests import second_auditor
from tests.builders import ORIGIN, Archive, change, git
from tests.command import files_of, letterbook
from tests.test_keys import wait_for
from tests.test_note import SPKI, line_mutations, mutations
from tests.test_regressions import reseal
from tests.tools import need

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = KeySigner(PRIVATE)
HEAD = Checkpoint(origin=ORIGIN, size=64, root=bytes(range(32)))
GOOD = sign(HEAD, KEY)
NAMESPACES = ("letterbook-files@v1", "letterbook-index@v1")
FIRST = "2019-02-18-harbour-to-acme"


def listed(*namespaces: str, principal: str = "publisher", signer: KeySigner = KEY) -> AllowedSigner:
    return AllowedSigner(principals=(principal,), namespaces=namespaces or NAMESPACES, key=signer.public_key)


# -- three lines -----------------------------------------------------------------------------------------------

origins = st.from_regex(r"[a-z0-9.-]{1,20}(/[A-Za-z0-9._-]{1,20}){0,3}", fullmatch=True)
sizes = st.integers(0, 2**53 - 1)
hashes = st.binary(min_size=32, max_size=32)
checkpoints = st.builds(Checkpoint, origin=origins, size=sizes, root=hashes)


@given(checkpoints)
def test_every_checkpoint_is_read_back(made: Checkpoint) -> None:
    assert Checkpoint.parse(made.format()) == made
    assert made.format().count("\n") == 3


@given(checkpoints)
def test_a_checkpoint_cannot_pass_for_what_a_file_is_signed_with(made: Checkpoint) -> None:
    assert not made.format().encode().startswith(sshsig.MAGIC)


@given(st.text(st.sampled_from("aS0=/\n +"), max_size=12), st.data())
def test_there_is_no_second_way_to_write_a_checkpoint(part: str, data: st.DataObject) -> None:
    text = HEAD.format()
    at = data.draw(st.integers(0, len(text)))
    changed = text[:at] + part + text[at + data.draw(st.integers(0, 3)) :]
    try:
        found = Checkpoint.parse(changed)
    except ValueError:
        return
    assert found.format() == changed


ROOT_LINE = b64encode(HEAD.root).decode("ascii")


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "\n\n\n", f"{ORIGIN}\n64\n{ROOT_LINE}", f"{ORIGIN}\n64\n{ROOT_LINE}\n\n", f"{ORIGIN}\n64\n",
        f"{ORIGIN}\n64\n{ROOT_LINE}\nextension\n", f"{ORIGIN}\r\n64\r\n{ROOT_LINE}\r\n",
        f"\ufeff{ORIGIN}\n64\n{ROOT_LINE}\n",
        f"{ORIGIN}\n064\n{ROOT_LINE}\n", f"{ORIGIN}\n+64\n{ROOT_LINE}\n", f"{ORIGIN}\n-1\n{ROOT_LINE}\n",
        f"{ORIGIN}\n 64\n{ROOT_LINE}\n", f"{ORIGIN}\n6_4\n{ROOT_LINE}\n", f"{ORIGIN}\n00\n{ROOT_LINE}\n",
        f"{ORIGIN}\n\u0666\u0664\n{ROOT_LINE}\n", f"{ORIGIN}\n{2**53}\n{ROOT_LINE}\n",
        f"{ORIGIN}\n{'9' * 5000}\n{ROOT_LINE}\n",
        f"{ORIGIN}\n64.0\n{ROOT_LINE}\n", f"{ORIGIN}\n\n{ROOT_LINE}\n", f"{ORIGIN}\n64\n{ROOT_LINE[:-1]}\n",
        f"{ORIGIN}\n64\n{ROOT_LINE[:-4]}\n", f"{ORIGIN}\n64\nAAAA{ROOT_LINE}\n", f"{ORIGIN}\n64\n{HEAD.root.hex()}\n",
        f"{ORIGIN}\n64\n{ROOT_LINE[:-2]}9=\n", f"SSHSIG\n64\n{ROOT_LINE}\n", f"Letterbook.example\n64\n{ROOT_LINE}\n",
        f"a b\n64\n{ROOT_LINE}\n", f"a+b\n64\n{ROOT_LINE}\n", f"a//b\n64\n{ROOT_LINE}\n",
        f"{'a' * 201}\n64\n{ROOT_LINE}\n",
    ],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        Checkpoint.parse(text)
    with pytest.raises(ValueError):  # noqa: PT011
        read_unsigned(text.encode())


def test_what_was_kept_is_read_without_its_signatures() -> None:
    assert read_unsigned(GOOD) == HEAD
    assert read_unsigned(HEAD.format().encode()) == HEAD
    assert read_unsigned(GOOD[:-10] + b"AAAAAAAA=\n") == HEAD
    for data in (GOOD[:-1], GOOD + b"\n", GOOD + b"more\n", b"\xff", GOOD.replace(b"\n", b"\r\n"), b"extra\n" + GOOD):
        with pytest.raises(ValueError):  # noqa: PT011
            read_unsigned(data)


def test_the_example_of_the_specification() -> None:
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    name = "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8="
    found = read_unsigned(f"{text}\n\u2014 example.com/behind-the-sofa {name}\n".encode())
    assert (found.origin, found.size, found.format()) == ("example.com/behind-the-sofa", 20852163, text)


# -- signatures ------------------------------------------------------------------------------------------------


def test_the_listed_key_is_believed() -> None:
    assert read(GOOD, [listed()]) == (HEAD, KEY.public_key)
    assert read(GOOD, [listed("letterbook-index@v1")], ORIGIN) == (HEAD, KEY.public_key)


@pytest.mark.parametrize(
    "entry",
    [
        listed("letterbook-files@v1"), listed("letterbook-keys@v1"), listed(principal="root"),
        listed(signer=KeySigner(Ed25519PrivateKey.from_private_bytes(bytes(32)))),
    ],
)  # fmt: skip
def test_no_other_key_is_believed(entry: AllowedSigner) -> None:
    with pytest.raises(SignatureError, match="not signed by a key that is listed"):
        read(GOOD, [entry])
    assert read(GOOD, [entry, listed()]) == (HEAD, KEY.public_key)


def test_a_checkpoint_of_another_log_is_refused() -> None:
    with pytest.raises(SignatureError, match="is of the log"):
        read(GOOD, [listed()], "letterbook.example/other")
    by_another_name = note.sign(KEY, "letterbook.example/other", HEAD.format())
    with pytest.raises(SignatureError, match="not signed by a key that is listed"):
        read(by_another_name, [listed()])


@pytest.mark.parametrize("text", [f"{ORIGIN}\n", f"{HEAD.format()}extension\n", f"{ORIGIN}\n064\n{ROOT_LINE}\n"])
def test_a_signed_note_that_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(SignatureError, match="no checkpoint"):
        read(note.sign(KEY, ORIGIN, text), [listed()])


def test_no_change_of_a_checkpoint_is_accepted() -> None:
    for changed in {*mutations(GOOD), *line_mutations(GOOD)} - {GOOD}:
        with pytest.raises(SignatureError):
            read(changed, [listed()])


@given(checkpoints)
def test_another_library_verifies_ours_and_we_verify_theirs(made: Checkpoint) -> None:
    ours = sign(made, KEY)
    theirs = TheirCheckpoint.make_signed(made.origin, made.size, made.root, [PlainEd25519Signer(made.origin, PRIVATE)])
    assert theirs.serialize().encode() == ours
    read_by_them = TheirCheckpoint.from_text(ours.decode())
    read_by_them.verify(Vkey.from_string(vkey(made.origin, KEY.public_key)))
    assert (read_by_them.origin, read_by_them.size, read_by_them.root_hash) == (made.origin, made.size, made.root)
    assert read(ours, [listed()], made.origin) == (made, KEY.public_key)


# -- as it is published ----------------------------------------------------------------------------------------


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    path.write_bytes(generate_private_key("test key"))
    path.chmod(0o600)
    return path


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    found = Archive(tmp_path / "archive")
    found.begin()
    found.letter(FIRST)
    found.commit()
    found.letter(FIRST, summary="Asks again.", changes=[change("correction")])
    found.commit()
    return found


def published(folder: Path, out: Path, key: Path, **environment: str) -> bytes:
    done = letterbook(folder, "publish", "--out", out, "--key", key, **environment)
    assert done.status == 0, done.err
    return (out / "log" / "checkpoint").read_bytes()


def test_the_names_are_those_of_the_index() -> None:
    assert checkpoint.NAMESPACE == publish.INDEX_NAMESPACE
    assert checkpoint.PRINCIPAL == publish.PRINCIPAL


def test_openssl_verifies_a_published_checkpoint(archive: Archive, key: Path, tmp_path: Path) -> None:
    data = published(archive.folder, tmp_path / "public", key)
    head = json.loads((tmp_path / "public" / "index.json").read_bytes())["log"]
    text, _, line = data.decode().partition("\n\n")
    assert text == f"{head['origin']}\n{head['size']}\n{b64encode(bytes.fromhex(head['root'])).decode()}"
    assert head["size"] == 5
    raw = load_private_key(key.read_bytes()).public_key.raw
    (tmp_path / "key.der").write_bytes(SPKI + raw)
    (tmp_path / "text").write_text(f"{text}\n")
    (tmp_path / "signature").write_bytes(unbase64(line.split(" ")[2].strip())[4:])
    command = [need("openssl"), "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key.der", "-rawin"]
    command += ["-in", "text", "-sigfile", "signature"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    sums = (tmp_path / "public" / "SHA256SUMS").read_text()
    assert "  log/checkpoint\n" in sums


def test_the_checkpoint_is_the_same_from_every_clone(archive: Archive, key: Path, tmp_path: Path) -> None:
    clone, imported = archive.clone(tmp_path / "clone"), archive.imported(tmp_path / "imported")
    for setting, value in {
        "core.autocrlf": "true", "core.abbrev": "5", "core.fsmonitor": f"touch {tmp_path}/ran", "core.hooksPath": "/",
        "gpg.format": "ssh", "gpg.ssh.program": f"{tmp_path}/ran", "user.signingKey": "somebody",
    }.items():  # fmt: skip
        git(clone, "config", setting, value)
    hostile = {
        "TZ": "Asia/Kathmandu", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "7", "COLUMNS": "20",
        "GIT_DIR": str(tmp_path), "GIT_AUTHOR_NAME": "Somebody", "SOURCE_DATE_EPOCH": "1", "SSH_AUTH_SOCK": "/dev/null",
    }  # fmt: skip
    expected = published(archive.folder, tmp_path / "one", key)
    assert published(clone, tmp_path / "two", key, **hostile) == expected
    assert published(imported, tmp_path / "three", key) == expected
    assert not (tmp_path / "ran").exists()


def test_the_agent_signs_the_same_checkpoint(archive: Archive, key: Path, tmp_path: Path) -> None:
    expected = published(archive.folder, tmp_path / "one", key)
    public = key.with_suffix(".pub")
    public.write_text(load_private_key(key.read_bytes()).public_key.format() + "\n")
    with tempfile.TemporaryDirectory(prefix="lb") as short:
        path = Path(short) / "agent"
        with subprocess.Popen([need("ssh-agent"), "-D", "-a", str(path)], stdout=subprocess.DEVNULL) as process:
            wait_for(path)
            environment = os.environ | {"SSH_AUTH_SOCK": str(path)}
            subprocess.run([need("ssh-add"), "-q", str(key)], env=environment, check=True)
            found = published(archive.folder, tmp_path / "two", public, SSH_AUTH_SOCK=str(path))
            process.terminate()
    assert found == expected
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")


def test_another_key_signs_the_same_lines(archive: Archive, key: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(generate_private_key("other"))
    one = published(archive.folder, tmp_path / "one", key)
    two = published(archive.folder, tmp_path / "two", other)
    assert one.partition(b"\n\n")[0] == two.partition(b"\n\n")[0]
    assert one != two


@pytest.mark.parametrize(
    "change_of",
    [
        lambda data: b"", lambda data: data + b"\n", lambda data: data + data.splitlines()[-1] + b"\n",
        lambda data: data.replace(b"\n5\n", b"\n4\n"), lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: data[:-1],
        lambda data: data.replace(b"letterbook", b"notebook"), lambda data: data.partition(b"\n\n")[0] + b"\n",
        lambda data: note.sign(KEY, ORIGIN, data.decode().partition("\n\n")[0] + "\n"),
        lambda data: data.replace(b"=\n", b"\n"), None,
    ],
)  # fmt: skip
def test_the_second_auditor_names_another_checkpoint(
    archive: Archive, key: Path, tmp_path: Path, change_of: Callable[[bytes], bytes] | None
) -> None:
    """Also where it is sealed with the true key."""
    site = tmp_path / "public"
    data = published(archive.folder, site, key)
    assert second_auditor.audit(archive.folder, site) == []
    if change_of is None:
        (site / "log" / "checkpoint").unlink()
        reseal(site, load_private_key(key.read_bytes()), drop=("log/checkpoint",))
    else:
        assert change_of(data) != data
        (site / "log" / "checkpoint").write_bytes(change_of(data))
        reseal(site, load_private_key(key.read_bytes()))
    assert [line.partition(":")[0] for line in second_auditor.audit(archive.folder, site)] == ["log/checkpoint"]


# -- the form of a proof ---------------------------------------------------------------------------------------

proofs = st.builds(
    LetterProof,
    index=sizes,
    hashes=st.lists(hashes, max_size=MAX_HASHES).map(tuple),
    extra=st.binary(min_size=1),
    checkpoint=st.just(GOOD) | st.binary(),
)
PROOF = LetterProof(index=5, hashes=(bytes(32), b"\1" * 32), extra=b'{"at":1}', checkpoint=GOOD)
FORM = PROOF.format()

FROM_THE_SPECIFICATION = """\
c2sp.org/tlog-proof@v1
extra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6kYXJ3aW4tYXJ
index 73894
gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=
RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=
AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=

example.com/fancylog
109482
sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=

"""  # its signatures are left out there


def test_the_example_of_a_proof() -> None:
    found = LetterProof.parse(FROM_THE_SPECIFICATION.encode())
    assert (found.index, len(found.hashes), found.extra[:10]) == (73894, 5, b"age-v1.2.1")
    assert found.checkpoint.startswith(b"example.com/fancylog\n109482\n")
    assert found.format() == FROM_THE_SPECIFICATION.encode()


@given(proofs)
def test_every_proof_is_read_back(made: LetterProof) -> None:
    assert LetterProof.parse(made.format()) == made


@given(proofs, st.data())
def test_there_is_no_second_way_to_write_a_proof(made: LetterProof, data: st.DataObject) -> None:
    changed = bytearray(made.format())
    for _ in range(data.draw(st.integers(1, 3))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.sampled_from(list(b"\n +=AB0\x80\r")))
    try:
        found = LetterProof.parse(bytes(changed))
    except ValueError:
        return
    assert found.format() == changed


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\n\n", FORM.replace(b"extra ", b""), FORM.replace(b"index ", b""),
        FORM.replace(b"@v1", b"@v2"), FORM.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + FORM, b"\n" + FORM,
        FORM.replace(b"extra ", b"extra"), FORM.replace(b"extra ", b"extra  "), FORM.replace(b"extra ", b"Extra "),
        FORM.replace(b"extra eyJhdCI6MX0=\n", b""), FORM.replace(b"extra eyJhdCI6MX0=", b"extra "),
        FORM.replace(b"eyJhdCI6MX0=", b"eyJhdCI6MX1="), FORM.replace(b"eyJhdCI6MX0=", b"eyJhdCI6MX0"),
        FORM.replace(b"index 5", b"index 05"), FORM.replace(b"index 5", b"index -5"),
        FORM.replace(b"index 5", b"index"),
        FORM.replace(b"index 5", b"index " + b"9" * 17), FORM.replace(b"index 5\n", b""),
        FORM.replace(b"index 5", b"index 5 "),
        FORM.replace(b"index 5\n", b"index 5\nindex 5\n"), FORM.replace(b"AAA=\n", b"AAA=\nAAAA\n", 1),
        FORM.replace(b"AAA=\n", b"AAA=\n" + b64encode(bytes(31)) + b"\n", 1), FORM.partition(b"\n\n")[0] + b"\n",
        FORM.replace(b"AAA=\n", b"AAA=\n" + (b64encode(bytes(32)) + b"\n") * MAX_HASHES, 1),
        FORM + b"x" * MAX_PROOF, FORM.replace(b"AAA=\n", b"AAA= \n", 1), FORM.replace(b"AAA=\n", b"AAB=\n", 1),
    ],
)  # fmt: skip
def test_what_is_no_proof_is_refused(data: bytes) -> None:
    assert data != FORM
    with pytest.raises(ValueError):  # noqa: PT011
        LetterProof.parse(data)


def test_a_log_of_one_leaf_needs_no_hash() -> None:
    alone = LetterProof(index=0, hashes=(), extra=b"{}", checkpoint=GOOD)
    assert alone.format() == b"c2sp.org/tlog-proof@v1\nextra e30=\nindex 0\n\n" + GOOD
    assert LetterProof.parse(alone.format()) == alone
