"""The proof of one letter: made from a publication, checked by somebody who has nothing but three files."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tlog_scales.tlog import InclusionProof

from publisher.checkpoint import Checkpoint, LetterProof, sign
from publisher.commands.prove import Published
from publisher.commands.verify_proof import Case
from publisher.index import Index, canonical
from publisher.log import Leaf
from publisher.merkle import Tree, inclusion, leaf_hash
from publisher.signatures.keys import AllowedSigner, KeySigner, generate_private_key, load_private_key
from publisher.site import FolderSite
from tests.builders import ORIGIN, Archive, change, letter_path, to_yaml
from tests.command import LETTERBOOK, Done, letterbook
from tests.conftest import AMENDED, BROKEN, REMOVED, TAKEN_BACK, Eventful
from tests.test_note import line_mutations, mutations

NAMESPACES = ("letterbook-files@v1", "letterbook-index@v1")
KEY = KeySigner(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
LISTED = AllowedSigner(principals=("publisher",), namespaces=NAMESPACES, key=KEY.public_key)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The eventful archive and its publication, and the key list that somebody got by another way."""

    clone: Path
    site: Path
    keys: Path
    commits: dict[str, str]

    def prove(self, *arguments: str | Path) -> Done:
        return letterbook(self.clone, "prove", "--site", self.site, *arguments)

    @property
    def index(self) -> Index:
        return Index.from_bytes((self.site / "index.json").read_bytes())


@pytest.fixture(scope="module")
def scene(eventful: Eventful, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    folder = tmp_path_factory.mktemp("scene")
    (folder / "key").write_bytes(generate_private_key("scene"))
    clone = eventful.archive.copy(folder / "clone")
    done = letterbook(clone, "publish", "--out", folder / "site", "--key", folder / "key")
    assert done.status == 0, done.err
    (folder / "keys").write_bytes((folder / "site" / "keys" / "allowed_signers").read_bytes())
    return Scene(clone=clone, site=folder / "site", keys=folder / "keys", commits=eventful.commits)


@pytest.fixture
def empty() -> Iterator[Path]:
    """A folder that is inside no repository."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def handed_over(scene: Scene, folder: Path) -> tuple[Path, Path, Path]:
    """The three files as they reach somebody: the proof, the record, and the key list."""
    assert scene.prove(AMENDED, "--out", folder / "letter.tlog-proof").status == 0
    shutil.copy(scene.site / letter_path(AMENDED), folder / "letter.yaml")
    shutil.copy(scene.keys, folder / "keys")
    return folder / "letter.tlog-proof", folder / "letter.yaml", folder / "keys"


def verify(folder: Path, *arguments: str | Path, **environment: str) -> Done:
    return letterbook(folder, "verify-proof", *arguments, **environment)


def judged(proof: bytes, record: bytes, *keys: AllowedSigner) -> Case:
    """Judge a proof without a process of its own."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(record)
        file.flush()
        with Path(file.name).open("rb") as opened:
            case = Case(file=proof, record=opened, keys=keys or (LISTED,))
            case.judge()
    return case


def statuses(case: Case) -> list[str]:
    return [step.status for step in case.steps]


def log_of(*leaves: bytes, origin: str = ORIGIN) -> list[bytes]:
    """Proofs of all leaves of a log that we sign ourselves."""
    tree = Tree([leaf_hash(leaf) for leaf in leaves])
    note = sign(Checkpoint(origin=origin, size=tree.size, root=tree.root()), KEY)
    return [
        LetterProof(
            index=at, hashes=tuple(inclusion(tree.node, at, tree.size)), extra=leaf, checkpoint=note
        ).format()
        for at, leaf in enumerate(leaves)
    ]  # fmt: skip


def leaf_of(data: bytes, seq: int, **fields: Any) -> Leaf:
    """The leaf of some bytes."""
    base: dict[str, Any] = {"at": "2021-01-05T10:00:00Z", "key": "letters/a", "op": "add", "rev": 1, "seq": seq}
    return Leaf(**(base | {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)} | fields))


# -- a person with three files ---------------------------------------------------------------------------------


def test_three_files_are_enough(scene: Scene, empty: Path) -> None:
    proof, record, keys = handed_over(scene, empty)
    revision = scene.index.provenances[f"letters/{AMENDED}"].revisions[-1]
    done = verify(empty, proof, "--record", record, "--keys", keys, PATH="/nonexistent", HOME="/nonexistent")
    assert (done.status, done.err) == (0, "")
    assert [line[:4] for line in done.out.splitlines()[:4]] == ["ok  "] * 4
    assert f"{proof}: verified\n" in done.out
    where = f"landed as leaf {revision.seq}, stamped {revision.published_at}, of the log {ORIGIN}"
    signed = f"of {scene.index.log.size} leaves, signed by {letterbook_fingerprint(scene)}.\n"
    assert f"Proved: these bytes are version {revision.rev} of letters/{AMENDED}; they {where} {signed}" in done.out
    assert "Not proved: that it is the newest version; that a letter was sent, received or true" in done.out


def letterbook_fingerprint(scene: Scene) -> str:
    return load_private_key((scene.keys.parent / "key").read_bytes()).public_key.fingerprint


def test_it_needs_neither_git_nor_a_network(scene: Scene, empty: Path) -> None:
    proof, record, keys = handed_over(scene, empty)
    program = (
        "import sys; from publisher.cli import main; status = main(sys.argv[1:]); "
        "print(sorted({'socket', 'urllib.request', 'git', 'subprocess'} & sys.modules.keys())); sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "verify-proof", proof, "--record", record, "--keys", keys],
        cwd=empty, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "[]"), done.stderr


def test_a_proof_is_of_the_log_that_is_asked_for(scene: Scene, empty: Path) -> None:
    proof, record, keys = handed_over(scene, empty)
    arguments: list[str | Path] = [proof, "--record", record, "--keys", keys]
    asked = verify(empty, *arguments, "--origin", ORIGIN)
    assert (asked.status, "You did not say which log" in asked.out) == (0, False)
    plain = verify(empty, *arguments)
    assert (plain.status, f"You did not say which log: {ORIGIN} is what" in plain.out) == (0, True)
    other = verify(empty, *arguments, "--origin", "letterbook.example/another")
    words = f"FAIL 1 checkpoint: the checkpoint is of the log '{ORIGIN}', not of 'letterbook.example/another'"
    assert (other.status, words in other.out, "Proved:" in other.out) == (1, True, False)
    for origin in ("", "https://letters.example/", "Letterbook", "x" * 201, "a\nb"):
        done = verify(empty, *arguments, "--origin", origin)
        assert (done.status, done.out, done.err.count("hint:")) == (2, "", 1), origin


def test_a_program_can_read_the_outcome(scene: Scene, empty: Path) -> None:
    proof, record, keys = handed_over(scene, empty)
    good = json.loads(verify(empty, proof, "--record", record, "--keys", keys, "--format", "json").out)
    assert (good["exit"], [step["status"] for step in good["steps"]]) == (0, ["passed"] * 4)
    assert good["leaf"]["key"] == f"letters/{AMENDED}"
    assert good["log"] == json.loads((scene.site / "index.json").read_bytes())["log"]
    assert good["signed_by"] == letterbook_fingerprint(scene)
    record.write_bytes(record.read_bytes() + b"\n")
    bad = json.loads(verify(empty, proof, "--record", record, "--keys", keys, "--format", "json").out)
    assert (bad["exit"], [step["status"] for step in bad["steps"]]) == (1, ["passed"] * 3 + ["failed"])
    assert (bad["leaf"], bad["log"], bad["signed_by"]) == (None, None, "")


def test_another_record_is_not_the_one_that_was_proved(scene: Scene, empty: Path) -> None:
    proof, record, keys = handed_over(scene, empty)
    data = record.read_bytes()
    for other in (
        data[:-1],
        data.replace(b"Acme", b"Acne", 1),
        b"",
        (scene.site / "records/parties.yaml").read_bytes(),
    ):
        record.write_bytes(other)
        done = verify(empty, proof, "--record", record, "--keys", keys)
        assert (done.status, "FAIL 4 record" in done.out, "NOT verified" in done.out) == (1, True, True)
        assert "Proved:" not in done.out


def test_another_key_list_verifies_nothing(scene: Scene, empty: Path) -> None:
    proof, record, keys = handed_over(scene, empty)
    good = keys.read_text()
    for text in ("", LISTED.format() + "\n", good.replace("index@v1", "keys@v1"), good.replace("publisher ", "root ")):
        keys.write_text(text)
        done = verify(empty, proof, "--record", record, "--keys", keys)
        assert (done.status, "FAIL 1 checkpoint" in done.out) == (1, True), text
        assert done.out.count("--   ") == 3
    keys.write_text("publisher ssh-ed25519 AAAA\n")
    done = verify(empty, proof, "--record", record, "--keys", keys)
    assert (done.status, done.err.count("hint:")) == (2, 1)


def test_what_cannot_be_read_is_three(scene: Scene, empty: Path) -> None:
    proof, record, keys = handed_over(scene, empty)
    (empty / "link").symlink_to(record)
    (empty / "link-to-proof").symlink_to(proof)
    os.mkfifo(empty / "pipe")
    missing = empty / "missing"
    for arguments in (
        (missing, "--record", record, "--keys", keys), (proof, "--record", missing, "--keys", keys),
        (proof, "--record", record, "--keys", missing), (proof, "--record", empty / "link", "--keys", keys),
        (empty / "link-to-proof", "--record", record, "--keys", keys), (proof, "--record", empty, "--keys", keys),
        (proof, "--record", empty / "pipe", "--keys", keys), (empty, "--record", record, "--keys", keys),
        (proof, "--record", "/dev/zero", "--keys", keys), (proof, "--record", record, "--keys", empty),
    ):  # fmt: skip
        done = verify(empty, *arguments)
        assert (done.status, done.out, done.err.count("hint:")) == (3, "", 1), arguments
    (empty / "keys-by-link").symlink_to(keys)
    assert verify(empty, proof, "--record", record, "--keys", empty / "keys-by-link").status == 0
    assert verify(empty, proof).status == 2


def test_what_is_no_proof_is_one(scene: Scene, empty: Path) -> None:
    proof, record, keys = handed_over(scene, empty)
    for data in (b"", proof.read_bytes() + b"x" * (1 << 20), record.read_bytes(), b"\x1b]0;owned\x07\xff"):
        proof.write_bytes(data)
        done = verify(empty, proof, "--record", record, "--keys", keys)
        assert (done.status, "FAIL 1 checkpoint: this is no proof of a letter" in done.out) == (1, True)
        assert "\x1b" not in done.out


# -- every version of an eventful archive ----------------------------------------------------------------------


def bytes_of(scene: Scene, key: str, commit: str) -> bytes:
    """The bytes of a key at a commit, by the way that prove names."""
    stem = f"/{key}.yaml".rpartition("/")[2]
    listing = subprocess.run(
        ["git", "ls-tree", "-r", "--name-only", commit, "records/"],
        cwd=scene.clone, capture_output=True, text=True, check=True,
    ).stdout.split("\n")  # fmt: skip
    path = min(path for path in listing if path.rpartition("/")[2] == stem and f"/{key.partition('/')[0]}" in path)
    show = ["git", "show", f"{commit}:{path}"]
    return subprocess.run(show, cwd=scene.clone, capture_output=True, check=True).stdout


def test_every_version_that_has_bytes_is_proved(scene: Scene) -> None:
    published = Published.read(FolderSite(str(scene.site)))
    (entry,) = [AllowedSigner.parse(line) for line in scene.keys.read_text().splitlines() if line[0] != "#"]
    unread = proved = 0
    for key, provenance in published.index.provenances.items():
        for revision in provenance.revisions:
            if revision.op == "remove":
                continue
            record = bytes_of(scene, key, revision.commit)
            case = judged(published.prove(revision.seq).format(), record, entry)
            readable = "cannot be read" not in case.steps[-1].says
            assert statuses(case)[:3] == ["passed"] * 3
            assert case.is_verified == readable, (key, revision.rev)
            assert readable or key == f"letters/{BROKEN}"
            unread += not readable
            proved += readable
            assert not judged(published.prove(revision.seq).format(), record + b"#", entry).is_verified
    removals = sum(Leaf.parse(leaf).op == "remove" for leaf in published.leaves)
    assert (unread, unread + proved + removals) == (6, len(published.leaves))


def test_another_library_follows_the_proof(scene: Scene) -> None:
    published = Published.read(FolderSite(str(scene.site)))
    root = bytes.fromhex(published.index.log.root)
    for seq, leaf in enumerate(published.leaves):
        made = published.prove(seq)
        theirs = InclusionProof(seq, len(published.leaves), list(made.hashes))
        theirs.check(leaf_hash(leaf), root)
        with pytest.raises(Exception):  # noqa: B017, PT011
            theirs.check(leaf_hash(leaf + b" "), root)


@pytest.mark.parametrize("name", [AMENDED, f"letters/{AMENDED}", "parties", "archive", f"assessments/{AMENDED}"])
def test_a_record_has_the_names_that_history_takes(scene: Scene, empty: Path, name: str) -> None:
    assert letterbook(scene.clone, "history", name).status == 0
    done = scene.prove(name, "--out", empty / "proof")
    (where,) = [line for line in done.err.splitlines() if line.startswith("  the record: ")]
    path = where.removeprefix("  the record: ").partition(",")[0]
    assert (done.status, done.out) == (0, "")
    assert verify(empty, "proof", "--record", scene.site / path, "--keys", scene.keys).status == 0


def test_an_earlier_version_comes_from_git(scene: Scene, empty: Path) -> None:
    done = scene.prove(AMENDED, "--rev", "1", "--out", empty / "proof")
    commit = scene.index.provenances[f"letters/{AMENDED}"].first.commit
    assert f"not published; in a clone, git show {commit}:PATH" in done.err
    (empty / "record").write_bytes(bytes_of(scene, f"letters/{AMENDED}", commit))
    done = verify(empty, "proof", "--record", "record", "--keys", scene.keys)
    assert (done.status, f"version 1 of letters/{AMENDED}" in done.out) == (0, True)


def test_a_file_that_is_not_the_record_is_not_handed_over(scene: Scene, tmp_path: Path) -> None:
    shutil.copytree(scene.site, tmp_path / "site")
    forged(tmp_path / "site", letter_path(AMENDED), lambda data: data + b"# added\n")
    done = letterbook(tmp_path, "prove", AMENDED, "--site", "site")
    assert (done.status, f"not published; in a clone, git show {scene.index.source.commit}:" in done.err) == (0, True)


def test_a_withdrawn_letter_comes_from_git(scene: Scene, empty: Path) -> None:
    done = scene.prove(TAKEN_BACK, "--out", empty / "proof")
    spot = f"{scene.index.source.commit}:{letter_path(TAKEN_BACK)}"
    assert f"not published; in a clone, git show {spot}" in done.err
    data = subprocess.run(["git", "show", spot], cwd=scene.clone, capture_output=True, check=True).stdout
    (empty / "record").write_bytes(data)
    assert verify(empty, "proof", "--record", "record", "--keys", scene.keys).status == 0


def test_a_removal_has_nothing_to_prove(scene: Scene) -> None:
    done = scene.prove(REMOVED)
    assert (done.status, done.out, "is its removal" in done.err, done.err.count("hint:")) == (2, "", True, 1)
    assert scene.prove(REMOVED, "--rev", "1").status == 0


def test_standard_output_takes_the_proof_alone(scene: Scene, empty: Path) -> None:
    with (empty / "proof").open("wb") as out:
        command = [LETTERBOOK, "prove", AMENDED, "--site", str(scene.site)]
        environment = os.environ | {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
        subprocess.run(command, cwd=empty, env=environment, stdout=out, stderr=subprocess.DEVNULL, check=True)
    scene.prove(AMENDED, "--out", empty / "file")
    assert (empty / "proof").read_bytes() == (empty / "file").read_bytes()
    assert LetterProof.parse((empty / "file").read_bytes()).format() == (empty / "file").read_bytes()


def test_what_goes_with_the_proof_is_said(scene: Scene, empty: Path) -> None:
    done = scene.prove(AMENDED, "--out", empty / "a b.tlog-proof")
    for words in (
        f"the proof: {empty}/a b.tlog-proof", f"the record: {letter_path(AMENDED)}, as it is published at {scene.site}",
        "The archive's key list has to come by another way",
        f"letterbook verify-proof '{empty}/a b.tlog-proof' --record RECORD --keys ALLOWED_SIGNERS --origin {ORIGIN}\n",
    ):  # fmt: skip
        assert words in done.err


# -- where prove looks, and what it refuses --------------------------------------------------------------------


def test_the_default_is_the_folder_public(scene: Scene, empty: Path) -> None:
    for folder in (scene.clone, empty):
        done = letterbook(folder, "prove", AMENDED)
        assert (done.status, "--site" in done.err, done.err.count("hint:")) == (2, True, 1)
    shutil.copytree(scene.clone, empty / "clone")
    shutil.copytree(scene.site, empty / "clone" / "public")
    done = letterbook(empty / "clone" / "records", "prove", AMENDED, "--out", empty / "proof")
    assert (done.status, (empty / "proof").exists()) == (0, True)


def test_a_publication_on_the_web(scene: Scene, empty: Path) -> None:
    handler = partial(SimpleHTTPRequestHandler, directory=str(scene.site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        done = letterbook(empty, "prove", AMENDED, "--site", address, "--out", "proof")
        server.shutdown()
    assert (done.status, f"as it is published at {address}" in done.err) == (0, True), done.err
    scene.prove(AMENDED, "--out", empty / "same")
    assert (empty / "proof").read_bytes() == (empty / "same").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["no-such-letter"], "no record"), ([AMENDED, "--rev", "0"], "has no version 0"),
        ([AMENDED, "--rev", "-1"], "has no version -1"), ([AMENDED, "--rev", "99"], "its versions are 1 to"),
        ([AMENDED, "--rev", "one"], "invalid int"), (["\x1b[31m"], "no record"), (["letters/"], "no record"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_two(scene: Scene, arguments: list[str], words: str) -> None:
    done = scene.prove(*arguments)
    assert (done.status, done.out, words in done.err) == (2, "", True)
    assert "\x1b" not in done.err


def test_the_output_is_a_file_or_nothing(scene: Scene, empty: Path) -> None:
    os.mkfifo(empty / "pipe")
    (empty / "link").symlink_to("elsewhere")
    for out in (empty, empty / "pipe", empty / "link", "/dev/null", "/", "."):
        done = letterbook(empty, "prove", AMENDED, "--site", scene.site, "--out", out)
        assert (done.status, "hint:" in done.err) == (2, True), out
    assert Path("/dev/null").is_char_device()
    (empty / "kept").write_text("kept")
    assert scene.prove("no-such-letter", "--out", empty / "kept").status == 2
    assert (empty / "kept").read_text() == "kept"
    assert scene.prove(AMENDED, "--out", empty / "kept").status == 0
    assert (empty / "kept").read_bytes().startswith(b"c2sp.org/tlog-proof@v1\n")
    assert sorted(path.name for path in empty.iterdir()) == ["kept", "link", "pipe"]


def forged(site: Path, path: str, alter: Callable[[bytes], bytes]) -> None:
    data = (site / path).read_bytes()
    assert alter(data) != data
    (site / path).write_bytes(alter(data))


def edited(data: bytes, *place: str | int, value: Any) -> bytes:
    index = json.loads(data)
    found = index
    for part in place[:-1]:
        found = found[part]
    found[place[-1]] = value
    return canonical(index) + b"\n"


REVISION = ("letters", 0, "provenance", "revisions", 0)


@pytest.mark.parametrize(
    ("path", "alter"),
    [
        ("index.json", lambda _: b""), ("index.json", lambda _: b"[" * 100_000),
        ("index.json", lambda data: data + b" "),
        ("index.json", lambda data: data.replace(b'"title":"', b'"title":"\\ud800', 1)),
        ("index.json", lambda _: b'"\\ud800"\n'), ("index.json", lambda _: b"{}\n"), ("index.json", lambda _: b"\xff"),
        ("index.json", lambda data: edited(data, *REVISION, "sha256", value="0" * 64)),
        ("index.json", lambda data: edited(data, *REVISION, "rev", value=2)),
        ("index.json", lambda data: edited(data, *REVISION, "seq", value=0)),
        ("index.json", lambda data: edited(data, "archive", "origin", value="letterbook.example/other")),
        ("log/checkpoint", lambda _: b""), ("log/checkpoint", lambda data: data.partition(b"\n\n")[0] + b"\n"),
        ("log/checkpoint", lambda data: data.replace(b"letterbook", b"notebook")),
        ("log/checkpoint", lambda data: sign(Checkpoint(origin=ORIGIN, size=1, root=bytes(32)), KEY)),
        ("log/checkpoint", lambda data: b"x" * (1 << 15)),
        ("log/checkpoint", lambda data: data.replace(b"\n", b"\r\n")),
    ],
)  # fmt: skip
def test_a_publication_that_is_wrong_proves_nothing(
    scene: Scene, tmp_path: Path, path: str, alter: Callable[[bytes], bytes]
) -> None:
    shutil.copytree(scene.site, tmp_path / "site")
    forged(tmp_path / "site", path, alter)
    done = letterbook(tmp_path, "prove", AMENDED, "--site", "site", "--out", "proof")
    assert (done.status, path in done.err, done.err.count("hint:")) == (1, True, 1), done.err
    assert not (tmp_path / "proof").exists()


@pytest.mark.parametrize("path", ["index.json", "log/checkpoint"])
def test_a_publication_that_is_not_there_is_three(scene: Scene, tmp_path: Path, path: str) -> None:
    shutil.copytree(scene.site, tmp_path / "site")
    (tmp_path / "site" / path).unlink()
    for site in ("site", "nowhere"):
        done = letterbook(tmp_path, "prove", AMENDED, "--site", site)
        assert (done.status, done.out, done.err.count("hint:")) == (3, "", 1)


def test_no_file_outside_the_publication_is_named(scene: Scene, tmp_path: Path) -> None:
    shutil.copytree(scene.site, tmp_path / "site")
    shutil.copy(scene.site / letter_path(AMENDED), tmp_path / "elsewhere")
    at = next(at for at, entry in enumerate(scene.index.letters) if entry.id == AMENDED)
    forged(
        tmp_path / "site", "index.json",
        lambda data: edited(data, "letters", at, "record", "path", value="records/../../elsewhere"),
    )  # fmt: skip
    done = letterbook(tmp_path, "prove", AMENDED, "--site", "site")
    assert (done.status, "not published; in a clone" in done.err) == (0, True)


def test_no_name_of_a_publication_acts_on_a_terminal(scene: Scene, tmp_path: Path) -> None:
    shutil.copytree(scene.site, tmp_path / "\x1b[31msite")
    for status in (0, 1):
        done = letterbook(tmp_path, "prove", AMENDED, "--site", "\x1b[31msite", "--out", "\x1b[31mproof")
        assert (done.status, "[U+001B]" in done.err, "\x1b" in done.err) == (status, True, False)
        (tmp_path / "\x1b[31msite" / "log" / "checkpoint").write_bytes(b"\x1b")


# -- tampering -------------------------------------------------------------------------------------------------

RECORD = to_yaml({"id": "a", "title": "A letter"}).encode()
OTHERS = [leaf_of(b"x", at, key="letters/x", op="revise", rev=at + 1).format() for at in range(6)]
PROOF = log_of(*OTHERS[:4], leaf_of(RECORD, 4).format(), OTHERS[5])[4]


def test_the_true_one_is_verified() -> None:
    case = judged(PROOF, RECORD)
    assert statuses(case) == ["passed"] * 4
    assert len(LetterProof.parse(PROOF).hashes) == 2


def test_no_change_of_a_proof_is_accepted() -> None:
    changes = {changed for changed in (*mutations(PROOF), *line_mutations(PROOF)) if changed != PROOF}
    assert len(changes) > 10_000
    for changed in changes:
        assert not judged(changed, RECORD).is_verified, changed


def test_no_change_of_a_record_is_accepted() -> None:
    for changed in mutations(RECORD):
        if changed != RECORD:
            assert not judged(PROOF, changed).is_verified, changed


@pytest.mark.parametrize(
    ("step", "change_of"),
    [
        (1, {"checkpoint": sign(Checkpoint(origin=ORIGIN, size=6, root=bytes(32)), KEY) + b"more\n"}),
        (2, {"index": 3}), (2, {"extra": leaf_of(RECORD, 3).format()}),
        (2, {"extra": leaf_of(RECORD, 4).format() + b" "}),
        (2, {"extra": b"{}"}), (2, {"extra": b"\xff"}), (2, {"extra": b"[" * 100_000}),
        (3, {"hashes": ()}), (3, {"hashes": LetterProof.parse(PROOF).hashes[::-1]}), (3, {"hashes": (bytes(32),) * 2}),
        (3, {"hashes": (*LetterProof.parse(PROOF).hashes, bytes(32))}),
        (3, {"extra": leaf_of(RECORD, 4, rev=2, op="revise").format()}),
        (3, {"extra": leaf_of(RECORD, 4, at="2020-01-05T10:00:00Z").format()}),
        (3, {"checkpoint": sign(Checkpoint(origin=ORIGIN, size=6, root=bytes(32)), KEY)}),
        (3, {"index": 6, "extra": leaf_of(RECORD, 6).format()}),
    ],
)  # fmt: skip
def test_the_step_that_fails_is_the_right_one(step: int, change_of: dict[str, Any]) -> None:
    case = judged(replace(LetterProof.parse(PROOF), **change_of).format(), RECORD)
    assert statuses(case) == ["passed"] * (step - 1) + ["failed"] + ["not checked"] * (4 - step)


@pytest.mark.parametrize(
    ("data", "fields", "words"),
    [
        (RECORD, {"key": "letters/b"}, 'says that it is "a"'),
        (RECORD, {"key": "assessments/a"}, "says that it is null"),
        (b"id: [\n", {}, "cannot be read"), (b"id: a\nid: b\n", {}, "cannot be read"), (b"- a\n", {}, "cannot be read"),
        (b"id: 1\n", {"key": "letters/1"}, "says that it is 1"), (b"id: true\n", {"key": "letters/True"}, "true"),
        (b"id: a\n" + b"# " + b"x" * 2**20, {}, "cannot be read"), (RECORD, {"size": len(RECORD) + 1}, "the leaf says"),
    ],
)  # fmt: skip
def test_a_record_says_itself_whose_it_is(data: bytes, fields: dict[str, Any], words: str) -> None:
    """Also where the archive itself signed that it is somebody else's."""
    (proof,) = log_of(leaf_of(data, 0, **fields).format())
    case = judged(proof, data)
    assert statuses(case) == ["passed"] * 3 + ["failed"]
    assert words in case.steps[3].says


@pytest.mark.parametrize("key", ["parties", "archive", "erasures", "other/x"])
def test_of_other_records_the_bytes_are_enough(key: str) -> None:
    (proof,) = log_of(leaf_of(b"x: 1\n", 0, key=key).format())
    assert judged(proof, b"x: 1\n").is_verified


def test_a_removal_proves_no_bytes() -> None:
    gone = Leaf(at="2021-01-05T10:00:00Z", key="letters/a", op="remove", rev=2, seq=1)
    proof = log_of(leaf_of(RECORD, 0).format(), gone.format())[1]
    for data in (RECORD, b""):
        case = judged(proof, data)
        assert statuses(case) == ["passed"] * 3 + ["failed"]
        assert "is of a removal" in case.steps[3].says


def test_a_leaf_says_its_own_place() -> None:
    """Also where the archive itself signed it at another."""
    proof = log_of(leaf_of(RECORD, 1).format(), leaf_of(RECORD, 0).format())[0]
    case = judged(proof, RECORD)
    assert (statuses(case)[:2], "says that it is leaf 1" in case.steps[1].says) == (["passed", "failed"], True)


def test_nothing_in_a_log_acts_on_a_terminal(empty: Path) -> None:
    key = "notes/\x1b[31m\u202e\u200b"
    (proof,) = log_of(leaf_of(RECORD, 0, key=key).format())
    (empty / "\x1bproof").write_bytes(proof)
    (empty / "record").write_bytes(RECORD)
    (empty / "keys").write_text(LISTED.format() + "\n")
    for form in ("text", "json"):
        done = verify(empty, "\x1bproof", "--record", "record", "--keys", "keys", "--format", form)
        assert done.status == 0
        assert not {"\x1b", "\u202e", "\u200b"} & set(done.out)


def test_an_earlier_checkpoint_still_proves(tmp_path: Path) -> None:
    """What was handed over once stays good when the log grows."""
    archive = Archive(tmp_path / "archive")
    archive.begin()
    archive.letter(AMENDED)
    archive.commit()
    (tmp_path / "key").write_bytes(generate_private_key("x"))
    for name in ("one", "two"):
        assert letterbook(archive.folder, "publish", "--out", tmp_path / name, "--key", tmp_path / "key").status == 0
        assert (
            letterbook(tmp_path, "prove", AMENDED, "--rev", "1", "--site", name, "--out", f"{name}.proof").status == 0
        )
        shutil.copy(archive.folder / letter_path(AMENDED), tmp_path / f"{name}.yaml")
        archive.letter(AMENDED, summary="Asks again.", changes=[change("correction")])
        archive.commit()
    assert (tmp_path / "one.proof").read_bytes() != (tmp_path / "two.proof").read_bytes()
    for name in ("one", "two"):
        done = verify(tmp_path, f"{name}.proof", "--record", "one.yaml", "--keys", "two/keys/allowed_signers")
        assert done.status == 0
