"""What an auditor kept: extension, rewriting, rollback, split view, and an old publication under a retired key."""

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

from publisher.signatures.keys import generate_private_key, load_private_key
from publisher.steps.memory import State
from tests.builders import DAY, Archive, change
from tests.command import Done, letterbook
from tests.erasing import adopt

A, B, C = "2019-02-18-harbour-to-acme", "2019-03-01-acme-to-harbour", "2019-04-01-harbour-to-quayside"


@dataclass(frozen=True, kw_only=True)
class Told:
    """An archive that published three times, with its key."""

    archive: Archive
    commits: tuple[str, ...]
    sites: tuple[Path, ...]
    key: Path
    keys: Path

    def verify(self, site: Path, *arguments: str | Path, repo: Path | None = None) -> Done:
        where = repo or self.archive.folder
        return letterbook(where, "verify", site, "--repo", where, "--keys", self.keys, *arguments)

    def publish(self, folder: Path, out: Path) -> Path:
        done = letterbook(folder, "publish", "--out", out, "--key", self.key)
        assert done.status == 0, done.err
        return out


def notes(number: int) -> list[dict[str, str]]:
    return [change("addition", f"Addition {at}.") for at in range(number)]


def new_key(path: Path) -> Path:
    path.write_bytes(generate_private_key("test"))
    path.chmod(0o600)
    return path


def key_list(key: Path) -> Path:
    line = load_private_key(key.read_bytes()).public_key.format()
    path = key.with_suffix(".allowed")
    path.write_text(f'publisher namespaces="letterbook-files@v1,letterbook-index@v1" {line}\n')
    return path


def tell(scratch: Path) -> Told:
    archive = Archive(scratch / "archive")
    archive.begin()
    key = new_key(scratch / "key")
    told = Told(archive=archive, commits=(), sites=(), key=key, keys=key_list(key))
    commits, sites = [], []
    for number, name in enumerate((A, B, C)):
        archive.letter(name)
        if number:
            archive.letter(A, summary=f"Asks more, {number}.", changes=notes(number))
        commits.append(archive.commit(name))
        sites.append(told.publish(archive.folder, scratch / f"site{number}"))
    return Told(archive=archive, commits=tuple(commits), sites=tuple(sites), key=key, keys=told.keys)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return tell(tmp_path_factory.mktemp("told"))


@pytest.fixture
def rewritten(told: Told, tmp_path: Path) -> Told:
    """The same archive with its first letter rewritten after it was published, signed with the true key."""
    archive = Archive(tmp_path / "forged")
    archive.begin()
    for number, name in enumerate((A, B, C)):
        archive.letter(name, **({"summary": "Asks nothing."} if name == A else {}))
        if number:
            archive.letter(A, summary=f"Asks more, {number}.", changes=notes(number))
        archive.commit(name)
    site = told.publish(archive.folder, tmp_path / "site")
    return Told(archive=archive, commits=(), sites=(site,), key=told.key, keys=told.keys)


def since(done: Done) -> dict[str, Any]:
    """Return the step `since` of a JSON report."""
    (step,) = [step for step in json.loads(done.out)["steps"] if step["name"] == "since"]
    found: dict[str, Any] = step
    return found


def kept_forms(site: Path, folder: Path) -> Iterator[Path]:
    """Yield what an auditor may have kept of a publication: the signed checkpoint, three lines, the index, a state."""
    note = (site / "log/checkpoint").read_bytes()
    yield site / "log/checkpoint"
    (folder / "three").write_bytes(b"".join(note.splitlines(keepends=True)[:3]))
    yield folder / "three"
    yield site / "index.json"
    (folder / "state").write_bytes(State(seen=1_600_000_000, note=note).format())
    yield folder / "state"


def test_a_later_publication_extends_every_form_of_memory(told: Told, tmp_path: Path) -> None:
    for site in told.sites:
        for kept in kept_forms(site, tmp_path):
            done = told.verify(told.sites[-1], "--since", kept, "--format", "json")
            assert done.status == 0, (kept, done.out)
            assert since(done)["says"].startswith("unchanged" if site == told.sites[-1] else "extends")


def test_a_rewritten_history_is_caught_by_every_form_and_the_index_says_where(
    told: Told, rewritten: Told, tmp_path: Path
) -> None:
    (forged,) = rewritten.sites
    assert rewritten.verify(forged).status == 0, "nothing but memory shows it"
    for kept in kept_forms(told.sites[0], tmp_path):
        done = rewritten.verify(forged, "--since", kept, "--format", "json")
        step = since(done)
        assert (done.status, step["status"], "rewritten" in step["says"]) == (1, "failed", True)
        places = {d["field"]: d for d in step["differences"]}
        if kept.name == "index.json":
            assert A in places["leaf 3"]["expected"] and places["leaf 3"]["published"] != places["leaf 3"]["expected"]
        else:
            assert "keep index.json" in places["leaf"]["published"]


def test_a_rollback_is_caught_by_every_form(told: Told, tmp_path: Path) -> None:
    for kept in kept_forms(told.sites[2], tmp_path):
        done = told.verify(told.sites[0], "--since", kept, "--format", "json")
        assert (done.status, "rollback" in since(done)["says"]) == (1, True)


def test_a_split_view_is_caught_by_every_form(told: Told, rewritten: Told, tmp_path: Path) -> None:
    for kept in kept_forms(told.sites[2], tmp_path):
        done = rewritten.verify(rewritten.sites[0], "--since", kept, "--format", "json")
        assert (done.status, "split view" in since(done)["says"]) == (1, True)


def test_another_archive_is_no_extension(told: Told, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("letterbook.example/other\n1\n" + "A" * 43 + "=\n")
    done = told.verify(told.sites[0], "--since", tmp_path / "kept", "--format", "json")
    assert (done.status, "another log" in since(done)["says"]) == (1, True)


def test_nothing_follows_from_an_empty_log(told: Told, tmp_path: Path) -> None:
    origin = (told.sites[0] / "log/checkpoint").read_text().splitlines()[0]
    empty = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    (tmp_path / "kept").write_text(f"{origin}\n0\n{empty}\n")
    done = told.verify(told.sites[0], "--since", tmp_path / "kept", "--format", "json")
    assert (done.status, since(done)["status"]) == (3, "not checked")


def test_what_cannot_be_remembered_is_a_wrong_argument(told: Told, tmp_path: Path) -> None:
    texts = ("", "x\n", "{}", '{"log":', "seen now\n", "a\n1\nAA==\n", "[]", "{" * 100_000)
    for text in texts:
        (tmp_path / "kept").write_text(text)
        done = told.verify(told.sites[0], "--since", tmp_path / "kept")
        assert (done.status, "hint:" in done.err) == (2, True), text[:20]
    assert told.verify(told.sites[0], "--since", tmp_path / "nothing").status == 3
    assert told.verify(told.sites[0], "--since", told.sites[0] / "index.json", "--state", tmp_path / "s").status == 2


# -- a monitor -----------------------------------------------------------------------------------------------


def test_a_monitor_remembers_and_is_not_alarmed_by_quiet(told: Told, tmp_path: Path) -> None:
    state = tmp_path / "state"
    first = told.verify(told.sites[0], "--state", state)
    assert (first.status, "did not exist" in first.out) == (0, True)
    kept = State.parse(state.read_bytes())
    assert kept.note == (told.sites[0] / "log/checkpoint").read_bytes()
    old = State(seen=kept.seen - 40 * DAY, note=kept.note).format()
    state.write_bytes(old)
    quiet = told.verify(told.sites[0], "--state", state)
    assert (quiet.status, "newest for 40 days" in quiet.out) == (0, True)
    assert state.read_bytes() == old, "a quiet archive does not restart the count"
    later = told.verify(told.sites[2], "--state", state)
    assert (later.status, "extends" in later.out) == (0, True)
    assert State.parse(state.read_bytes()).note == (told.sites[2] / "log/checkpoint").read_bytes()


def test_a_monitor_keeps_its_proof_when_it_is_lied_to(told: Told, rewritten: Told, tmp_path: Path) -> None:
    state = tmp_path / "state"
    told.verify(told.sites[1], "--state", state)
    before = state.read_bytes()
    assert rewritten.verify(rewritten.sites[0], "--state", state).status == 1
    assert told.verify(told.sites[0], "--state", state).status == 1
    assert state.read_bytes() == before


def test_a_monitor_without_a_clone_keeps_its_state(told: Told, tmp_path: Path) -> None:
    state = tmp_path / "state"
    done = letterbook(tmp_path, "verify", told.sites[0], "--keys", told.keys, "--state", state)
    assert (done.status, state.exists()) == (3, True)


def test_what_is_badly_signed_is_not_remembered(told: Told, tmp_path: Path) -> None:
    site = shutil.copytree(told.sites[0], tmp_path / "site")
    (site / "index.json.sig").write_bytes((told.sites[1] / "index.json.sig").read_bytes())
    state = tmp_path / "state"
    done = told.verify(site, "--state", state)
    assert (done.status, state.exists(), "nothing to remember" in done.out) == (1, False, True)


# -- the line ------------------------------------------------------------------------------------------------


def test_a_remembered_index_holds_the_line_though_the_log_is_the_same(told: Told, tmp_path: Path) -> None:
    """A rebase that keeps every date leaves the log as it was; the commit that was published is gone all the same."""
    again = Archive(tmp_path / "again")
    again.begin()
    for number, name in enumerate((A, B, C)):
        again.letter(name)
        if number:
            again.letter(A, summary=f"Asks more, {number}.", changes=notes(number))
        again.commit(f"{name}, in other words")
    site = told.publish(again.folder, tmp_path / "site")
    assert told.verify(site, "--since", told.sites[0] / "log/checkpoint", repo=again.folder).status == 0
    done = told.verify(site, "--since", told.sites[0] / "index.json", "--format", "json", repo=again.folder)
    assert (done.status, "first-parent line" in since(done)["says"]) == (1, True)


def test_a_rollback_is_told_though_the_log_is_the_same(told: Told, tmp_path: Path) -> None:
    """A later commit that landed no version leaves the log as it was; who kept its index knows that it was there."""
    archive = adopt(told.archive.copy(tmp_path / "archive"), told.archive)
    archive.write("README.md", "The letters.\n")
    later = archive.commit("Say what this is")
    site = told.publish(archive.folder, tmp_path / "site")
    assert told.verify(site, "--since", told.sites[2] / "index.json", repo=archive.folder).status == 0
    for repo in (archive.folder, told.archive.folder):
        done = told.verify(told.sites[2], "--since", site / "index.json", "--format", "json", repo=repo)
        assert done.status == 1, done.out
        ahead = repo == archive.folder
        assert ("rollback: the commit that you remember" in since(done)["says"]) == ahead, "this clone knows of it"
        assert since(done)["differences"][0]["expected"] == later
    done = letterbook(tmp_path, "verify", told.sites[2], "--keys", told.keys, "--since", site / "index.json")
    assert (done.status, "takes a clone to see" in done.out) == (3, True)


def test_a_foxtrot_merge_is_refused_by_publish_and_caught_by_verify(tmp_path: Path) -> None:
    told = tell(tmp_path)
    archive = told.archive
    archive.branch("side", told.commits[0])
    archive.letter("2019-06-01-harbour-to-acme")
    archive.commit("On the side")
    archive.foxtrot("side")
    out = shutil.copytree(told.sites[2], tmp_path / "public")
    done = letterbook(archive.folder, "publish", "--out", out, "--key", told.key)
    assert (done.status, "not on this line" in done.err) == (3, True)
    forged = told.publish(archive.folder, tmp_path / "forged")
    assert told.verify(forged).status == 0, "nothing but memory shows it"
    for kept in kept_forms(told.sites[2], tmp_path):
        assert told.verify(forged, "--since", kept).status == 1
    assert told.verify(told.sites[2]).status == 1, "the published commit is not on the line any more"


# -- keys that were retired ------------------------------------------------------------------------------------


@pytest.fixture
def rotated(told: Told, tmp_path: Path) -> tuple[Path, Path]:
    """A publication of the same archive by another key, and that key's list."""
    key = new_key(tmp_path / "next")
    done = letterbook(told.archive.folder, "publish", "--out", tmp_path / "current", "--key", key)
    assert done.status == 0, done.err
    return tmp_path / "current", key_list(key)


def test_an_old_publication_is_good_because_it_is_a_part_of_the_current_log(
    told: Told, rotated: tuple[Path, Path]
) -> None:
    current, keys = rotated
    arguments: list[str | Path] = ["--repo", told.archive.folder, "--keys", keys]
    assert letterbook(told.archive.folder, "verify", told.sites[0], *arguments).status == 1
    done = letterbook(told.archive.folder, "verify", told.sites[0], *arguments, "--newer", current / "log/checkpoint")
    assert done.status == 0, done.out
    assert "only step newer vouches" in done.out


def test_an_index_forged_with_a_retired_key_is_no_part_of_the_current_log(
    told: Told, rewritten: Told, rotated: tuple[Path, Path]
) -> None:
    current, keys = rotated
    done = letterbook(
        rewritten.archive.folder, "verify", rewritten.sites[0], "--keys", keys, "--newer", current / "log/checkpoint",
        "--format", "json",
    )  # fmt: skip
    assert done.status == 1
    failing = [step["name"] for step in json.loads(done.out)["steps"] if step["status"] == "failed"]
    assert failing == ["newer"]


def test_a_newer_checkpoint_must_be_newer_and_signed_by_a_current_key(told: Told, rotated: tuple[Path, Path]) -> None:
    current, _ = rotated
    done = told.verify(told.sites[2], "--newer", told.sites[0] / "log/checkpoint")
    assert (done.status, "not newer" in done.out) == (1, True)
    done = told.verify(told.sites[0], "--newer", current / "log/checkpoint")
    assert (done.status, "current key" in done.out) == (1, True)
    assert letterbook(told.archive.folder, "verify", told.sites[0], "--newer", current / "log/checkpoint").status == 2


def test_over_http(told: Told, tmp_path: Path) -> None:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(told.sites[2]))) as http:
        threading.Thread(target=http.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{http.server_port}"
        done = told.verify(told.sites[0], "--newer", f"{address}/log/checkpoint")
        assert done.status == 0, done.out
        done = told.verify(told.sites[2], "--since", f"{address}/log/checkpoint")
        assert (done.status, "unchanged" in done.out) == (0, True)
        assert told.verify(told.sites[2], "--since", f"{address}/nothing").status == 3
        http.shutdown()
