"""docs/verify-by-hand.md is run exactly as it is printed, and each of its blocks catches what it is there for."""

import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from publisher import checkpoint
from publisher.checkpoint import Checkpoint
from publisher.index import canonical
from publisher.publish import FILES_NAMESPACE, INDEX_NAMESPACE, SUMS, format_sums, parse_sums
from publisher.signatures import sshsig
from publisher.signatures.keys import KeySigner, generate_private_key, load_private_key
from tests.builders import CLEAN, Archive, change, git, letter_path
from tests.command import letterbook
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
