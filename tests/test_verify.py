"""Verifying: whatever is changed in a publication is found and named, by our auditor and by the second one."""

import hashlib
import json
import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from publisher.audit import Audit, Rebuilt
from publisher.examine import examine_commit
from publisher.git import Repository
from publisher.index import canonical
from publisher.publish import FILES_NAMESPACE, INDEX_NAMESPACE, SUMS, format_sums, parse_sums
from publisher.signatures import sshsig
from publisher.signatures.keys import (
    AllowedSigner,
    Signer,
    format_allowed_signers,
    generate_private_key,
    load_private_key,
)
from publisher.steps import STEPS, run
from publisher.steps.rebuilt import rebuild
from tests import second_auditor
from tests.builders import Archive, change, git
from tests.command import Done, files_of, letterbook

ROOT = Path(__file__).parent.parent
FIRST = "2019-02-18-harbour-to-acme"
SLICES = 16
ELSEWHERE = {"repository", "commit", "commit-signatures", "dates", "since", "newer"}
"""The steps that need a clone or a memory, and are tested by themselves."""


@dataclass(frozen=True, kw_only=True)
class Memory:
    """A publication in memory."""

    files: dict[str, bytes]
    name: str = "memory"

    def read(self, path: str) -> bytes | None:
        return self.files.get(path)

    def paths(self) -> set[str]:
        return set(self.files)


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """A publication of the real archive, the key it is signed with, and what git says of it, twice."""

    folder: Path
    site: Path
    files: dict[str, bytes]
    signer: Signer
    allowed: AllowedSigner
    rebuilt: Rebuilt
    again: dict[str, Any]

    def resealed(self, index: bytes) -> dict[str, bytes]:
        """Return the publication with another index, everything sealed again with the true key."""
        sums = parse_sums(self.files[SUMS])
        files = self.files | {"index.json": index, "index.json.sig": sshsig.sign(self.signer, index, INDEX_NAMESPACE)}
        for path in ("index.json", "index.json.sig"):
            sums[path] = hashlib.sha256(files[path]).hexdigest()
        files[SUMS] = format_sums(sums)
        return files | {f"{SUMS}.sig": sshsig.sign(self.signer, files[SUMS], FILES_NAMESPACE)}

    def audit(self, files: dict[str, bytes]) -> Audit:
        """Audit a publication in memory against what git says."""
        audit = Audit(
            site=Memory(files=files),
            open_repository=lambda: Repository.find(self.folder),
            keys=format_allowed_signers((self.allowed,)),
            rebuilt=self.rebuilt,
        )
        run(audit, steps=[step for step in STEPS if step.name not in ELSEWHERE])
        return audit


def seal_of(folder: Path, scratch: Path) -> Sealed:
    key = scratch / "key"
    key.write_bytes(generate_private_key("test"))
    key.chmod(0o600)
    done = letterbook(folder, "publish", "--out", scratch / "public", "--key", key)
    assert done.status == 0, done.err
    signer = load_private_key(key.read_bytes())
    repository = Repository.find(folder)
    commit = repository.resolve("HEAD")
    return Sealed(
        folder=folder, site=scratch / "public", files=files_of(scratch / "public"), signer=signer,
        allowed=AllowedSigner(
            principals=("publisher",), namespaces=(INDEX_NAMESPACE, FILES_NAMESPACE), key=signer.public_key
        ),
        rebuilt=rebuild(repository, examine_commit(repository, commit)), again=second_auditor.rebuild(folder, commit),
    )  # fmt: skip


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    """This repository's own records, landed in a history of their own."""
    scratch = tmp_path_factory.mktemp("real")
    archive = Archive(scratch / "archive")
    shutil.copytree(ROOT / "records", archive.folder / "records")
    archive.commit()
    return seal_of(archive.folder, scratch)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Sealed:
    """A small archive with something of everything."""
    scratch = tmp_path_factory.mktemp("small")
    archive = Archive(scratch / "archive")
    archive.begin()
    archive.letter(FIRST)
    archive.letter("2019-03-01-acme-to-harbour")
    archive.letter("2019-04-01-acme-to-harbour")
    archive.assess(FIRST)
    archive.commit()
    archive.letter(FIRST, summary="Asks again.", changes=[change("correction")])
    archive.withdraw("2019-03-01-acme-to-harbour")
    archive.delete("records/letters/2019/2019-04-01-acme-to-harbour.yaml")
    archive.commit()
    return seal_of(archive.folder, scratch)


def scalars(value: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from scalars(item, (*place, name))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from scalars(item, (*place, at))
    else:
        yield place


def other(value: Any) -> Any:
    """Return another value of the same kind, and of the same form where it has one."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, str) and value:
        last = value[-1]
        if last == "Z" and value[-2:-1].isdigit():
            return f"{value[:-2]}{(int(value[-2]) + 1) % 10}Z"
        return value[:-1] + ("1" if last == "0" else "0" if last.isdigit() else "b" if last == "a" else "a")
    return "x"


def changed(index: dict[str, Any], place: tuple[str | int, ...]) -> dict[str, Any]:
    """Return a copy of an index with one scalar changed."""
    copy: Any = dict(index)
    found = copy
    for part in place[:-1]:
        inner = found[part]
        found[part] = dict(inner) if isinstance(inner, dict) else list(inner)
        found = found[part]
    found[place[-1]] = other(found[place[-1]])
    result: dict[str, Any] = copy
    return result


def named(index: dict[str, Any], place: tuple[str | int, ...]) -> tuple[str, str]:
    """Return the entry that a scalar belongs to and the last name on the way to it, as a report should have them."""
    words = {"letters": "id", "assessments": "id", "tables": "key", "removed": "key"}
    entry = ""
    if place[0] in words and isinstance(place[1], int):
        entry = index[place[0]][place[1]][words[str(place[0])]]
    field = next(str(part) for part in reversed(place) if isinstance(part, str))
    return entry, field


def check_scalars(sealed: Sealed, part: int) -> None:
    index = json.loads(sealed.files["index.json"])
    places = list(scalars(index))[part::SLICES]
    assert places
    for place in places:
        forged = changed(index, place)
        entry, field = named(index, place)
        audit = sealed.audit(sealed.resealed(canonical(forged) + b"\n"))
        found = [f"{d.what}: {d.field}" for step in audit.steps for d in step.differences]
        assert audit.exit_status == (3 if field == "made_by" else 1), place
        assert any(entry in line and field in line for line in found), (place, found[:5])
        if field != "made_by":
            assert any(step.status == "failed" for step in audit.steps), place
        lines = second_auditor.differences(forged, sealed.again)
        assert any(entry in line and field in line for line in lines), (place, lines[:5])


@pytest.mark.parametrize("part", range(SLICES))
def test_every_scalar_of_the_real_index_is_held_by_both_auditors(real: Sealed, part: int) -> None:
    check_scalars(real, part)


@pytest.mark.parametrize("part", range(SLICES))
def test_every_scalar_of_an_eventful_index_is_held_by_both_auditors(small: Sealed, part: int) -> None:
    check_scalars(small, part)


def test_an_unchanged_publication_passes_every_step(small: Sealed) -> None:
    audit = small.audit(small.files)
    assert [(step.name, step.status) for step in audit.steps if step.status != "passed"] == []
    assert second_auditor.audit(small.folder, small.site) == []


def verify(sealed: Sealed, site: Path, *arguments: str | Path) -> Done:
    return letterbook(sealed.folder, "verify", site, *arguments)


def test_verify_of_the_real_archive(real: Sealed) -> None:
    done = verify(real, real.site)
    assert done.status == 0, done.out
    assert "proves nothing about who signed" in done.out
    assert "not that a letter was sent, received or true" in done.out


def test_one_changed_byte_in_any_file_is_named(small: Sealed, tmp_path: Path) -> None:
    for path in small.files:
        data = small.files[path]
        audit = small.audit(small.files | {path: data[:-2] + bytes([data[-2] ^ 1]) + data[-1:]})
        named_files = {d.what for step in audit.steps for d in step.differences if step.status == "failed"}
        assert audit.exit_status == 1, path
        expected = path if path.endswith(("index.json", SUMS)) else path.removesuffix(".sig")
        if path == "keys/allowed_signers":
            continue  # trusted keys came from elsewhere; the file itself is held by SHA256SUMS
        assert expected in named_files or path in named_files, (path, named_files)


@pytest.mark.parametrize("path", ["index.html", "index.json", "index.json.sig", SUMS, f"{SUMS}.sig", "feed.atom"])
def test_the_command_names_a_changed_byte_and_a_missing_file(small: Sealed, tmp_path: Path, path: str) -> None:
    site = tmp_path / "site"
    shutil.copytree(small.site, site)
    data = (site / path).read_bytes()
    (site / path).write_bytes(data[:40] + bytes([data[40] ^ 1]) + data[41:])
    done = verify(small, site)
    assert (done.status, path.removesuffix(".sig") in done.out) == (1, True)
    (site / path).unlink()
    done = verify(small, site)
    assert (done.status, path in done.out) == (1, True)


def test_a_file_that_is_not_listed_is_named(small: Sealed, tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(small.site, site)
    (site / "letters" / "extra.html").write_text("<p>smuggled")
    done = verify(small, site)
    assert (done.status, "letters/extra.html" in done.out) == (1, True)


def test_a_page_rendered_otherwise_and_sealed_again_is_named(small: Sealed) -> None:
    files = small.files | {"index.html": small.files["index.html"] + b"<!-- -->"}
    sums = parse_sums(files[SUMS]) | {"index.html": hashlib.sha256(files["index.html"]).hexdigest()}
    files[SUMS] = format_sums(sums)
    files[f"{SUMS}.sig"] = sshsig.sign(small.signer, files[SUMS], FILES_NAMESPACE)
    audit = small.audit(files)
    assert {step.name for step in audit.steps if step.status == "failed"} == {"files-rebuilt"}
    assert [d.what for step in audit.steps for d in step.differences] == ["index.html"]


def test_the_index_is_not_parsed_before_its_signature_is_good(small: Sealed) -> None:
    audit = small.audit(small.files | {"index.json": b"{ not json"})
    steps = {step.name: step.status for step in audit.steps}
    assert steps["index-signature"] == "failed"
    assert steps["index"] == "not checked"
    assert audit.index is None


def test_an_index_that_is_signed_and_no_index_is_refused(small: Sealed) -> None:
    for data in (b"[]", b"{}\n", b'{"format":NaN}\n', b"\xff", b"[" * 100_000, b"1.5\n", b'"\\ud800"\n'):
        audit = small.audit(small.resealed(data))
        assert [step.status for step in audit.steps if step.name == "index"] == ["failed"], data[:20]
        assert audit.exit_status == 1


def test_another_key_is_refused(small: Sealed, tmp_path: Path) -> None:
    key = tmp_path / "other"
    key.write_bytes(generate_private_key("other"))
    key.chmod(0o600)
    letterbook(small.folder, "publish", "--out", tmp_path / "public", "--key", key)
    done = verify(small, tmp_path / "public", "--keys", small.site / "keys" / "allowed_signers")
    assert (done.status, "not listed" in done.out) == (1, True)


def test_without_the_commit_it_could_not_be_checked(small: Sealed, tmp_path: Path) -> None:
    elsewhere = Archive(tmp_path / "elsewhere")
    elsewhere.begin()
    done = letterbook(elsewhere.folder, "verify", small.site)
    assert (done.status, "git fetch" in done.out, "not checked" in done.out or "--" in done.out) == (3, True, True)
    (tmp_path / "nowhere").mkdir()
    assert letterbook(tmp_path / "nowhere", "verify", small.site).status == 3


def test_a_shallow_clone_could_not_be_checked_and_says_how(small: Sealed, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth", "1", small.folder.as_uri(), "clone")
    done = letterbook(tmp_path / "clone", "verify", small.site)
    assert (done.status, "git fetch --unshallow" in done.out) == (3, True)


def test_no_fsck_is_never_zero(small: Sealed) -> None:
    done = verify(small, small.site, "--no-fsck")
    assert (done.status, "fsck" in done.out) == (3, True)


def test_json_holds_every_step(small: Sealed) -> None:
    report = json.loads(verify(small, small.site, "--format", "json").out)
    assert [step["name"] for step in report["steps"]] == [step.name for step in STEPS][:13]
    assert [step["number"] for step in report["steps"]] == list(range(1, 14))
    assert all(step["proves"] and step["leaves_open"] for step in report["steps"])
    assert report["exit"] == 0


def test_from_a_bare_clone_and_from_anywhere(small: Sealed, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", small.folder.as_uri(), "bare.git")
    assert letterbook(tmp_path, "verify", small.site, "--repo", tmp_path / "bare.git").status == 0


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server(small: Sealed, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A web server on loopback that serves a copy of the publication."""
    site = tmp_path / "served"
    shutil.copytree(small.site, site)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site))) as http:
        thread = threading.Thread(target=http.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}", site
        http.shutdown()
        thread.join()


def test_over_http(small: Sealed, server: tuple[str, Path]) -> None:
    address, site = server
    done = letterbook(small.folder, "verify", address)
    assert done.status == 0, done.out
    (site / "feed.atom").write_bytes(b"<feed/>")
    (site / "letters.csv").unlink()
    done = letterbook(small.folder, "verify", address)
    assert (done.status, "feed.atom" in done.out, "letters.csv" in done.out) == (1, True, True)


def test_a_dead_address_is_not_a_fault_of_the_publication(small: Sealed) -> None:
    done = letterbook(small.folder, "verify", "http://127.0.0.1:9/")
    assert (done.status, "hint:" in done.err) == (3, True)
    assert letterbook(small.folder, "verify", "ftp://127.0.0.1/").status == 2


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """A site on which another publication takes the place of one while it is read: at SHA256SUMS.sig, so many times."""

    sites: tuple[Path, Path]
    times: int

    def verify(self, folder: Path) -> tuple[Done, list[str]]:
        """Verify it; also return every path that was asked for."""
        asked: list[str] = []
        sites, times = self.sites, self.times

        class Handler(Quiet):
            def do_GET(self) -> None:
                asked.append(self.path.lstrip("/"))
                turns = min(times, sum(path == f"{SUMS}.sig" for path in asked))
                self.directory = str(sites[turns % 2])
                super().do_GET()

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
            threading.Thread(target=http.serve_forever, daemon=True).start()
            done = letterbook(folder, "verify", f"http://127.0.0.1:{http.server_port}")
            http.shutdown()
        return done, asked


@pytest.fixture(scope="module")
def successive(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """An archive, and two publications of it, one after the other, by one key."""
    scratch = tmp_path_factory.mktemp("successive")
    archive = Archive(scratch / "archive")
    archive.begin()
    for number, name in enumerate((FIRST, "2019-03-01-acme-to-harbour")):
        archive.letter(name)
        archive.commit()
        done = letterbook(archive.folder, "publish", "--out", scratch / f"site-{number}")
        assert done.status == 0, done.err
    return archive.folder, scratch / "site-0", scratch / "site-1"


def test_a_publication_that_is_replaced_while_it_is_read_is_read_once_more(
    successive: tuple[Path, Path, Path],
) -> None:
    folder, *sites = successive
    done, asked = Deployed(sites=(sites[0], sites[1]), times=1).verify(folder)
    assert (done.status, "changed while" in done.out) == (0, False), done.out
    assert 2 <= asked.count("index.json") <= 4


def test_a_publication_that_is_replaced_twice_is_not_read_for_ever(successive: tuple[Path, Path, Path]) -> None:
    folder, *sites = successive
    done, asked = Deployed(sites=(sites[0], sites[1]), times=1000).verify(folder)
    assert (done.status, "NOT verified" in done.out) == (1, True)
    assert "The publication changed while it was read, and again while it was read once more: run again." in done.out
    assert asked.count("index.json") <= 4


def test_what_is_wrong_and_stays_so_is_read_once(successive: tuple[Path, Path, Path], tmp_path: Path) -> None:
    folder, site, _ = successive
    shutil.copytree(site, tmp_path / "site")
    (tmp_path / "site" / "feed.atom").write_bytes(b"<feed/>")
    done, asked = Deployed(sites=(tmp_path / "site", site), times=0).verify(folder)
    assert (done.status, "changed while" in done.out, asked.count("feed.atom")) == (1, False, 1)


def test_a_key_of_the_index_is_not_longer_than_a_path(small: Sealed) -> None:
    for size in (4096, 4097):
        index = json.loads(small.files["index.json"])
        index["removed"][0]["key"] = f"letters/{'a' * (size - 8)}"
        audit = small.audit(small.resealed(canonical(index) + b"\n"))
        assert audit.has("index", "failed"), "it is another log"
        assert (audit.index is None) == (size > 4096), "what does not fit its schema is not read on"


class Elsewhere(Quiet):
    def do_GET(self) -> None:
        """Send everybody to another host."""
        self.send_response(302)
        self.send_header("Location", "http://localhost:9/index.json")
        self.end_headers()


def test_a_redirect_to_another_host_is_not_followed(small: Sealed) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        done = letterbook(small.folder, "verify", f"http://127.0.0.1:{http.server_port}/")
        http.shutdown()
    assert (done.status, "another host" in done.err) == (3, True)
