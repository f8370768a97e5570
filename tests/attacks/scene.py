"""What every attack is played in: one archive with its keys, three publications of it, a clone, and what was kept.

    keys      old (list 1), new (list 2): publishers; a, b, c: roots, two of which vouch; thief: listed nowhere
    line      the tables, letters, an amendment, a merge, a withdrawal, a removed assessment, a scan, list 2
    sites     a publication of three commits of it, the first two by the old key, the last by the new one

A Desk is one attack's own folder, with copies of what it tampers with, and with its victims: an auditor or a reader
(`audit`), staff who judge a pull request (`check`), and whoever publishes (`publish`).
"""

import hashlib
import io
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from publisher.cli import main
from publisher.signatures.keys import Signer, generate_private_key, load_private_key
from tests.attacks import defences
from tests.attacks.attack import Result
from tests.attacks.forge import ROOTS, A, B, Publication, listed, signed_by
from tests.builders import Archive, change
from tests.command import Done

FIRST, SECOND, THIRD = "2019-02-18-harbour-to-acme", "2019-03-01-acme-to-harbour", "2019-04-01-harbour-to-quayside"
MERGED, SCANNED = "2019-05-01-quayside-to-harbour", "2019-06-01-harbour-to-ministry"
PAGE = f"letters/{FIRST}/index.html"
ASKED = ("since", "newer")
"""The steps that are made only for somebody who asks for them, and gives what they need."""

SCAN = b"%PDF-1.7\nThe letter as it was sent.\n"


# -- the scene -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The archive, three publications of it, the clone of an auditor, and who holds which key."""

    folder: Path
    archive: Archive
    clone: Path
    sites: tuple[Path, Path, Path]
    old: Signer
    new: Signer
    lists: tuple[bytes, bytes]

    @classmethod
    def build(cls, folder: Path) -> "Scene":
        """Tell the story of the archive, and publish it three times on the way."""
        keys = [folder / name for name in ("old", "new")]
        for key in keys:
            key.write_bytes(generate_private_key(key.name))
            key.chmod(0o600)
        old, new = (load_private_key(key.read_bytes()) for key in keys)
        roots = [root.public_key for root in ROOTS.values()]
        lists = listed(1, [old.public_key], roots), listed(2, [new.public_key], roots)
        archive = Archive(folder / "archive")
        sites = folder / "site-0", folder / "site-1", folder / "site-2"
        for number, (chapter, site) in enumerate(zip((_begin, _go_on, _end), sites, strict=True)):
            chapter(archive, lists)
            done = command(archive.folder, "publish", "--out", site, "--key", keys[number == 2])
            assert done.status == 0, done.err
        clone = archive.clone(folder / "clone")
        return cls(folder=folder, archive=archive, clone=clone, sites=sites, old=old, new=new, lists=lists)

    @contextmanager
    def desk(self, off: str | None) -> Iterator["Desk"]:
        """Yield a folder for one attack, in which the defence `off` is taken away."""
        with tempfile.TemporaryDirectory(prefix="attack-", dir=self.folder) as folder, defences.without(off):
            yield Desk(scene=self, folder=Path(folder))


def _begin(archive: Archive, lists: tuple[bytes, ...]) -> None:
    archive.tables()
    _list_keys(archive, 1, lists[0])
    archive.commit("Begin")
    archive.letter(FIRST)
    archive.letter(SECOND, summary="Regrets the delay.")
    archive.assess(FIRST)
    archive.commit("Letters")


def _go_on(archive: Archive, _: tuple[bytes, ...]) -> None:
    archive.letter(FIRST, summary="Asks more.", changes=[change("addition")])
    archive.letter(THIRD)
    archive.commit("Amend")
    archive.branch("side")
    archive.letter(MERGED)
    archive.commit("On the side")
    archive.letter(MERGED, summary="Answers.", changes=[change("correction")])
    archive.commit("On the side again")
    archive.switch("main")
    archive.write("README.md", "The letters.\n")
    archive.commit("Meanwhile")
    archive.merge("side")


def _end(archive: Archive, lists: tuple[bytes, ...]) -> None:
    archive.withdraw(THIRD)
    archive.commit("Withdraw")
    archive.delete(f"records/assessments/{FIRST}.yaml")
    archive.commit("Remove an assessment")
    scan = {
        "file": "scan.pdf", "sha256": hashlib.sha256(SCAN).hexdigest(), "size": len(SCAN), "role": "original",
        "media_type": "application/pdf", "rights": "own", "rights_note": "Written by us.",
    }  # fmt: skip
    archive.write("records/documents/scan.pdf", SCAN)
    archive.letter(SCANNED, documents=[scan])
    archive.commit("A scan")
    _list_keys(archive, 2, lists[1])
    archive.commit("Publish with another key")


def _list_keys(archive: Archive, number: int, data: bytes) -> None:
    archive.write(f"records/keys/{number}.allowed_signers", data)
    for name, signature in signed_by(data, {"a": A, "b": B}, number).items():
        archive.write(f"records/keys/{name}", signature)


def command(folder: Path, *arguments: str | Path) -> Done:
    """Run letterbook in a folder, in this process, so that a defence can be taken away from it."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8") for _ in range(2))
    hook = sys.excepthook
    try:
        with chdir(folder), redirect_stdout(out), redirect_stderr(err):
            status = main([str(argument) for argument in arguments])
    finally:
        sys.excepthook = hook
    return Done(status=status, out=_text(out), err=_text(err))


def _text(stream: io.TextIOWrapper) -> str:
    stream.flush()
    written = stream.buffer
    assert isinstance(written, io.BytesIO)
    return written.getvalue().decode("utf-8", "replace")


# -- one attack's own folder ---------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Desk:
    """A folder for one attack: copies of what it tampers with, and its victims."""

    scene: Scene
    folder: Path

    # what is tampered with

    def site(self, number: int = 2) -> Publication:
        """Return a copy of a publication."""
        return Publication(shutil.copytree(self.scene.sites[number], self.folder / f"site-{number}"))

    def clone(self) -> Path:
        """Return a copy of the auditor's clone."""
        return shutil.copytree(self.scene.clone, self.folder / "clone", symlinks=True)

    def archive(self) -> Archive:
        """Return a copy of the archive itself, in which one can go on."""
        found = Archive.__new__(Archive)
        found.folder = self.scene.archive.copy(self.folder / "archive")
        found.clock, found.commits = self.scene.archive.clock, self.scene.archive.commits
        return found

    def file(self, name: str, data: bytes) -> Path:
        """Write a file beside everything else."""
        place = self.folder / name
        place.write_bytes(data)
        return place

    # victims

    def publish(self, folder: Path, name: str = "published", *arguments: str | Path, key: str = "new") -> Done:
        """Publish what a folder holds, as whoever has the key does."""
        where = self.scene.folder / key  # or any absolute path
        return command(folder, "publish", "--out", self.folder / name, "--key", where, *arguments)

    def audit(
        self,
        site: Publication | Path | str,
        *arguments: str | Path,
        clone: Path | None = None,
        keys: bytes | None = b"",
    ) -> Result:
        """Verify a publication with a clone, or as a reader who has none; by default with the newest list of keys.

        An auditor with a clone is satisfied by status 0 alone; a reader without one if no
        step fails, and what they asked for was checked.
        """
        where = site.folder if isinstance(site, Publication) else site
        options: list[str | Path] = [*arguments, "--format", "json"]
        if keys is not None:
            options += ["--keys", self.file("keys", keys or self.scene.lists[1])]
        with tempfile.TemporaryDirectory() as nowhere:
            options += ["--repo", clone or nowhere]
            done = command(Path(nowhere), "verify", where, *options)
        return verdict(done, whole=clone is not None)

    def check(self, folder: Path, *arguments: str | Path) -> Result:
        """Judge a pull request; it is caught by the errors that are found."""
        done = command(folder, "check", *arguments)
        return found(done)


def verdict(done: Done, *, whole: bool) -> Result:
    """Return how an audit ended, from its report as JSON."""
    if not done.out:
        return Result(caught=True, by=frozenset({"refused"}), said=done.err.partition("\n")[0])
    steps = json.loads(done.out)["steps"]
    wrong = [step for step in steps if step["status"] == "failed"]
    asked = [step for step in steps if step["status"] == "not checked" and (whole or step["name"] in ASKED)]
    wrong = wrong or asked[:1]
    said = _first(wrong[0]) if wrong else ""
    return Result(caught=bool(wrong), by=frozenset(f"verify: {step['name']}" for step in wrong), said=said)


def _first(step: dict[str, Any]) -> str:
    """Return what a step says, and the first thing that it names."""
    places = [f"{found['what']} {found['field']}".strip() for found in step["differences"][:1]]
    return ": ".join([step["name"], *places, step["says"]])


def found(done: Done) -> Result:
    """Return how checking or publishing ended, by the errors that it found."""
    codes = re.findall(r"^error\[([a-z0-9-]+)\]: (.*)$", done.out + done.err, re.MULTILINE)
    said = codes[0][1] if codes else done.err.partition("\n")[0]
    return Result(caught=done.status != 0, by=frozenset(f"finding: {code}" for code, _ in codes), said=said)


def refused(done: Done, by: str) -> Result:
    """Return how a command that is refused ended, and by what."""
    said = next((row.removeprefix("error: ") for row in done.err.splitlines() if row.startswith("error: ")), "")
    return Result(caught=done.status != 0, by=frozenset({by}) if done.status else frozenset(), said=said)


def harmless(*, happened: bool, said: str, by: frozenset[str] = frozenset()) -> Result:
    """Return how an attack ended that is caught by having no effect; `by` is what its victim complained of."""
    return Result(caught=not happened, by=by, said=said)
