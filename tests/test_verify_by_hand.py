"""docs/verify-by-hand.md is run exactly as it is printed, and each of its blocks catches what it is there for."""

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from publisher import checkpoint
from publisher.checkpoint import Checkpoint
from publisher.index import Index, canonical
from publisher.log import root
from publisher.publish import FILES_NAMESPACE, INDEX_NAMESPACE, SUMS, format_sums, parse_sums
from publisher.signatures import sshsig
from publisher.signatures.keys import KeySigner, generate_private_key, load_private_key
from tests.builders import CLEAN, Archive, change, git, letter_path
from tests.command import letterbook
from tests.erasing import erased
from tests.tools import need

PAGE = Path(__file__).parent.parent / "docs" / "verify-by-hand.md"
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
FIRST = "2019-02-18-harbour-to-acme"
MOVED = "2019-04-01-harbour-to-quayside"


@dataclass(frozen=True, kw_only=True)
class Desk:
    """An auditor's folder: site/, archive/ and allowed_signers, and the publisher's key to forge with."""

    folder: Path
    signer: KeySigner

    @property
    def site(self) -> Path:
        return self.folder / "site"

    def copy(self, folder: Path) -> "Desk":
        shutil.copytree(self.folder, folder, symlinks=True)
        return Desk(folder=folder, signer=self.signer)

    def seal(self) -> None:
        """Sign index.json and SHA256SUMS again with the true key, after something was changed."""
        index = (self.site / "index.json").read_bytes()
        (self.site / "index.json.sig").write_bytes(sshsig.sign(self.signer, index, INDEX_NAMESPACE))
        paths = parse_sums((self.site / SUMS).read_bytes())
        sums = format_sums({path: hashlib.sha256((self.site / path).read_bytes()).hexdigest() for path in paths})
        (self.site / SUMS).write_bytes(sums)
        (self.site / f"{SUMS}.sig").write_bytes(sshsig.sign(self.signer, sums, FILES_NAMESPACE))

    def run(self) -> tuple[int | None, str]:
        """Run every block as printed, in one shell; return the number of the block that failed, or None."""
        for tool in ("bash", "git", "ssh-keygen", "sha256sum", "jq", "openssl", "python3"):
            need(tool)
        script = "".join(f"echo BLOCK {number} >&2\n{block}" for number, block in enumerate(BLOCKS, 1))
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.folder, env=CLEAN, capture_output=True, text=True, check=False,
        )  # fmt: skip
        said = done.stdout + done.stderr
        reached = int(re.findall(r"^BLOCK (\d+)$", done.stderr, re.MULTILINE)[-1])
        return (None if done.returncode == 0 else reached), said


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("desk")
    archive = Archive(folder / "origin")
    archive.begin()
    archive.letter(FIRST)
    archive.letter("2019-03-01-acme-to-harbour", title="Ein Brief über die Häfen")
    archive.commit()
    archive.branch("side")
    archive.letter(MOVED)
    archive.assess(FIRST)
    archive.commit()
    archive.switch("main")
    archive.letter(FIRST, summary="Asks more.", changes=[change("addition")])
    archive.commit(at="2020-01-01T00:00:00Z")
    archive.merge("side")
    archive.move(letter_path(MOVED), f"records/letters/elsewhere/{MOVED}.yaml")
    archive.delete(f"records/assessments/{FIRST}.yaml")
    archive.commit()
    key = folder / "key"
    key.write_bytes(generate_private_key("test"))
    key.chmod(0o600)
    done = letterbook(archive.folder, "publish", "--out", folder / "desk" / "site", "--key", key)
    assert done.status == 0, done.err
    archive.clone(folder / "desk" / "archive")
    shutil.copy(folder / "desk" / "site" / "keys" / "allowed_signers", folder / "desk" / "allowed_signers")
    return Desk(folder=folder / "desk", signer=load_private_key(key.read_bytes()))


def test_the_page_as_printed_passes_twice(desk: Desk, tmp_path: Path) -> None:
    at = desk.copy(tmp_path / "desk")
    assert len(BLOCKS) >= 8
    failed, said = at.run()
    assert failed is None, said
    assert (at.folder / "kept-checkpoint").read_text() == "".join(
        (at.site / "log/checkpoint").read_text().splitlines(keepends=True)[:3]
    )
    failed, said = at.run()
    assert failed is None, said


def edit_index(at: Desk, old: str, new: str) -> None:
    data = (at.site / "index.json").read_text(encoding="utf-8")
    assert old in data
    (at.site / "index.json").write_text(data.replace(old, new, 1), encoding="utf-8")
    at.seal()


def unsigned_index(at: Desk) -> None:
    data = (at.site / "index.json").read_bytes()
    (at.site / "index.json").write_bytes(data.replace(b"dredging", b"drudging", 1))


def changed_page(at: Desk) -> None:
    (at.site / "index.html").write_bytes(b"<p>changed")


def smuggled_file(at: Desk) -> None:
    (at.site / "extra.html").write_bytes(b"<p>smuggled")


def smuggled_link(at: Desk) -> None:
    (at.site / "link").symlink_to("/etc/passwd")


def sloppy_json(at: Desk) -> None:
    edit_index(at, '{"archive":', '{ "archive":')


def other_commit(at: Desk) -> None:
    git(at.folder / "archive", "checkout", "--quiet", "HEAD^")


def shallow(at: Desk) -> None:
    origin = at.folder / "archive"
    origin.rename(at.folder / "whole")
    git(at.folder, "clone", "--quiet", "--depth", "1", (at.folder / "whole").as_uri(), "archive")


def letter_left_out(at: Desk) -> None:
    index = json.loads((at.site / "index.json").read_bytes())
    index["letters"].pop()
    (at.site / "index.json").write_bytes(canonical(index) + b"\n")
    at.seal()


def forged_date(at: Desk) -> None:
    index = json.loads((at.site / "index.json").read_bytes())
    index["letters"][0]["provenance"]["revisions"][0]["published_at"] = "2018-01-01T00:00:00Z"
    (at.site / "index.json").write_bytes(canonical(index) + b"\n")
    at.seal()


def forged_checkpoint(at: Desk) -> None:
    size = json.loads((at.site / "index.json").read_bytes())["log"]["size"]
    origin = (at.site / "log/checkpoint").read_text().split("\n")[0]
    head = Checkpoint(origin=origin, size=size, root=bytes(32))
    (at.site / "log/checkpoint").write_bytes(checkpoint.sign(head, at.signer))
    at.seal()


def unsigned_checkpoint(at: Desk) -> None:
    data = (at.site / "log/checkpoint").read_bytes()
    (at.site / "log/checkpoint").write_bytes(data[:-8] + b"AAAAAA=\n")
    at.seal()


def other_memory(at: Desk) -> None:
    origin, _, root = (at.site / "log/checkpoint").read_text().split("\n")[:3]
    (at.folder / "kept-checkpoint").write_text(f"{origin}\n3\n{root}\n")


def longer_memory(at: Desk) -> None:
    origin, size, root = (at.site / "log/checkpoint").read_text().split("\n")[:3]
    (at.folder / "kept-checkpoint").write_text(f"{origin}\n{int(size) + 1}\n{root}\n")


@pytest.mark.parametrize(
    ("tamper", "block"),
    [
        (unsigned_index, 1), (changed_page, 2), (smuggled_file, 2), (smuggled_link, 2), (sloppy_json, 3),
        (other_commit, 4), (shallow, 4), (letter_left_out, 5), (forged_date, 6), (forged_checkpoint, 7),
        (unsigned_checkpoint, 7), (other_memory, 8), (longer_memory, 8),
    ],
)  # fmt: skip
def test_each_block_catches_what_it_is_there_for(
    desk: Desk, tmp_path: Path, tamper: Callable[[Desk], None], block: int
) -> None:
    at = desk.copy(tmp_path / "desk")
    tamper(at)
    failed, said = at.run()
    assert failed == block, said


# -- erasures, and what a publisher may write into the index -----------------------------------------------------


@pytest.fixture(scope="module")
def erased_desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """An archive of which one version was erased under law, with the odd names that git takes."""
    folder = tmp_path_factory.mktemp("erased")
    archive = Archive(folder / "origin")
    archive.begin()
    archive.letter(FIRST)
    archive.commit()
    archive.letter(FIRST, summary="Asks more.", changes=[change("addition")])
    archive.commit()
    archive = erased(archive, folder / "erasing", f"letters/{FIRST}", 1)
    odd = ("records/notes/a\tb.yaml", "records/letters/.yaml")
    for path in odd:
        archive.write(path, b"id: odd\n")
    _add_latin1(archive)
    archive.git("commit", "--quiet", "--message", "odd names")
    archive.git("rm", "--quiet", "-r", "--cached", "records/notes", odd[1], ":(glob)records/letters/h*fen.yaml")
    archive.git("commit", "--quiet", "--message", "and gone again")
    archive.git("reset", "--quiet", "--hard", "HEAD")
    first, second = (folder / name for name in ("first", "second"))
    for key in (first, second):
        key.write_bytes(generate_private_key("test"))
        key.chmod(0o600)
    done = letterbook(archive.folder, "publish", "--out", folder / "desk" / "site", "--key", second)
    assert done.status == 0, done.err
    archive.clone(folder / "desk" / "archive")
    own = (folder / "desk" / "site" / "keys" / "allowed_signers").read_text()
    other = load_private_key(first.read_bytes()).public_key
    row = next(line for line in own.splitlines() if line.startswith("publisher "))
    listed = " ".join([*row.split(" ")[:2], other.format().split(" ")[0], other.format().split(" ")[1]])
    (folder / "desk" / "allowed_signers").write_text(f"{listed}\n{own}")
    return Desk(folder=folder / "desk", signer=load_private_key(second.read_bytes()))


def _add_latin1(archive: Archive) -> None:
    """Add a record's path that is not UTF-8, which no record has."""
    blob = archive.git("hash-object", "-w", "--stdin", feed=b"id: odd\n")
    archive.git("add", "--all")
    archive.git("update-index", "--index-info", feed=f"100644 {blob}\t".encode() + b"records/letters/h\xe4fen.yaml\n")


def test_an_honest_archive_with_odd_names_two_keys_and_an_erasure_passes(erased_desk: Desk, tmp_path: Path) -> None:
    at = erased_desk.copy(tmp_path / "desk")
    failed, said = at.run()
    assert failed is None, said


def resealed(at: Desk, change_index: Callable[[dict[str, Any]], None]) -> None:
    """Change the index, and make a log and a checkpoint of it that agree with it: all but git does."""
    value = json.loads((at.site / "index.json").read_bytes())
    change_index(value)
    index = Index.from_mapping(value)
    head = Checkpoint(origin=index.log.origin, size=index.log.size, root=root(index.leaves()))
    value["log"]["root"] = head.root.hex()
    (at.site / "index.json").write_bytes(canonical(value) + b"\n")
    (at.site / "log/checkpoint").write_bytes(checkpoint.sign(head, at.signer))
    at.seal()


def lied_of_an_erasure(index: dict[str, Any]) -> None:
    entry = next(table for table in index["tables"] if table["key"] == "erasures")["table"]["erasures"][0]
    revision = next(e for e in index["letters"] if e["id"] == FIRST)["provenance"]["revisions"][0]
    entry["sha256"] = revision["sha256"] = "b" * 64


def erased_what_is_there(index: dict[str, Any]) -> None:
    entries = next(table for table in index["tables"] if table["key"] == "erasures")["table"]["erasures"]
    revision = next(e for e in index["letters"] if e["id"] == FIRST)["provenance"]["revisions"][1]
    entries.append({**entries[0], "rev": 2})
    revision |= {"sha256": entries[0]["sha256"], "size": entries[0]["size"], "erased": "court-order"}


def listed_for_nothing(index: dict[str, Any]) -> None:
    entries = next(table for table in index["tables"] if table["key"] == "erasures")["table"]["erasures"]
    entries.append({**entries[0], "rev": 9})


def erased_twice(index: dict[str, Any]) -> None:
    entries = next(table for table in index["tables"] if table["key"] == "erasures")["table"]["erasures"]
    entries.append(entries[0])


@pytest.mark.parametrize("lie", [lied_of_an_erasure, erased_what_is_there, listed_for_nothing, erased_twice])
def test_an_erasure_is_believed_only_where_git_has_its_stub(
    erased_desk: Desk, tmp_path: Path, lie: Callable[[dict[str, Any]], None]
) -> None:
    at = erased_desk.copy(tmp_path / "desk")
    resealed(at, lie)
    failed, said = at.run()
    assert failed == 6, said


@pytest.mark.parametrize("commit", [".*", "HEAD", "--all", "^[0-9a-f]*"])
def test_what_the_index_calls_a_commit_is_no_pattern_and_no_option(desk: Desk, tmp_path: Path, commit: str) -> None:
    at = desk.copy(tmp_path / "desk")
    index = json.loads((at.site / "index.json").read_bytes())
    index["source"]["commit"] = commit
    (at.site / "index.json").write_bytes(canonical(index) + b"\n")
    at.seal()
    failed, said = at.run()
    assert failed == 4, said


@pytest.mark.parametrize("path", ["letters/SHA256SUMS.html", "SHA256SUMS.html", "log/SHA256SUMS"])
def test_no_name_hides_a_file_that_is_not_listed(desk: Desk, tmp_path: Path, path: str) -> None:
    at = desk.copy(tmp_path / "desk")
    (at.site / path).write_bytes(b"<p>smuggled")
    failed, said = at.run()
    assert failed == 2, said
