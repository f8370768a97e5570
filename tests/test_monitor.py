"""A monitor's memory: what it may hold, what is never written into it, and two monitors with one memory."""

import hashlib
import json
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.audit import Audit, Newer, SeenList
from publisher.commands.verify import _keep
from publisher.git import Repository
from publisher.signatures.keys import Signer, generate_private_key, load_private_key
from publisher.site import FolderSite
from publisher.steps import run
from publisher.steps.memory import State, remember
from publisher.write import alone
from tests.attacks.forge import ROOTS, THIEF, Publication, listed, signed_by
from tests.builders import DAY, Archive
from tests.command import LETTERBOOK, Done, letterbook

PAGE = Path(__file__).parent.parent / "docs" / "audit.md"
A, B = "2019-02-18-harbour-to-acme", "2019-03-01-acme-to-harbour"
ROOT_KEYS = [root.public_key for root in ROOTS.values()]
NOTE = b"letterbook.example/x\n1\n" + b"A" * 43 + b"=\n"
LATEST = 253_402_300_799


# -- the file --------------------------------------------------------------------------------------------------


seen_lists = st.builds(
    SeenList, number=st.integers(1, 1000), sha256=st.text("0123456789abcdef", min_size=64, max_size=64)
)
notes = st.sampled_from((NOTE, NOTE + "\n— letterbook.example/x ".encode() + b"A" * 90 + b"==\n"))


@given(seen=st.integers(0, LATEST), keys=st.none() | seen_lists, note=notes)
def test_a_state_is_read_as_it_was_written(seen: int, keys: SeenList | None, note: bytes) -> None:
    state = State(seen=seen, note=note, keys=keys)
    assert State.parse(state.format()) == state
    kept = remember(state.format(), "x", now=seen + 3 * DAY)
    assert (kept.days, kept.keys, kept.seen) == (3, keys, seen)


@given(at=st.integers(0, 200), byte=st.integers(0, 255))
def test_what_is_read_is_written_so_again(at: int, byte: int) -> None:
    data = State(seen=1_600_000_000, note=NOTE, keys=SeenList(number=12, sha256="0a" * 32)).format()
    for other in (data[:at] + bytes([byte]) + data[at + 1 :], data[:at] + bytes([byte]) + data[at:], data[:at]):
        try:
            state = State.parse(other)
        except ValueError:
            continue
        assert state.format() == other


KEYS = b"keys 2 " + b"ab" * 32 + b"\n"
SEEN = b"seen 2026-01-05T10:00:00Z\n"


@pytest.mark.parametrize(
    "data",
    [
        b"", KEYS + SEEN + NOTE, SEEN + KEYS + KEYS + NOTE, SEEN + KEYS.replace(b"2", b"02", 1) + NOTE, SEEN + KEYS,
        SEEN + KEYS.replace(b"2", b"1001", 1) + NOTE, SEEN + KEYS.replace(b"2", b"0", 1) + NOTE,
        SEEN + KEYS.upper() + NOTE, SEEN + b"keys 2\n" + NOTE, SEEN + b"\n" + NOTE, SEEN + KEYS + b"keys\n",
        SEEN.replace(b"01-05", b"02-30") + NOTE, SEEN.replace(b"10:", b"24:") + NOTE, SEEN.replace(b"Z", b"") + NOTE,
        SEEN.replace(b":00Z", b":60Z") + NOTE, SEEN.replace(b"2026", b"1969") + NOTE, SEEN.replace(b"\n", b"\r\n"),
        SEEN + NOTE + b"more\n", SEEN + KEYS + b"{}\n",
    ],
)  # fmt: skip
def test_no_other_text_is_a_state(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        State.parse(data)


def test_values_that_no_state_has() -> None:
    for value in ({"seen": -1}, {"seen": LATEST + 1}, {"note": b"x\n"}, {"keys": SeenList(number=0, sha256="0" * 64)}):
        with pytest.raises(ValueError, match=r"."):
            State(**({"seen": 0, "note": NOTE} | value))  # type: ignore[arg-type]


def test_the_page_shows_a_state() -> None:
    (found,) = re.findall(r"```text\n(seen .*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    head, _, _ = found.partition("\n\n")
    state = State.parse(f"{head}\n".encode())
    assert state.keys is not None and state.keys.number == 2


# -- what is kept ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Rotated:
    """An archive that published twice by one key, and, without any other letter, once by the next one.

    `lists` are files with list 1 and list 2, which two of three roots signed.
    """

    archive: Archive
    sites: tuple[Path, Path, Path]
    keys: tuple[Path, Path]
    signers: tuple[Signer, Signer]
    lists: tuple[Path, Path]

    def verify(self, site: Path, *arguments: str | Path, keys: int | None = 1) -> Done:
        given: list[str | Path] = [] if keys is None else ["--keys", self.lists[keys - 1]]
        where = self.archive.folder
        return letterbook(where, "verify", site, "--repo", where, *given, *arguments, "--format", "json")


def since(done: Done) -> dict[str, Any]:
    (step,) = [step for step in json.loads(done.out)["steps"] if step["name"] == "since"]
    found: dict[str, Any] = step
    return found


def failing(done: Done) -> set[str]:
    return {step["name"] for step in json.loads(done.out)["steps"] if step["status"] == "failed"}


@pytest.fixture(scope="module")
def rotated(tmp_path_factory: pytest.TempPathFactory) -> Rotated:
    scratch = tmp_path_factory.mktemp("rotated")
    keys = scratch / "key-1", scratch / "key-2"
    for key in keys:
        key.write_bytes(generate_private_key("test"))
        key.chmod(0o600)
    one, two = (load_private_key(key.read_bytes()) for key in keys)
    lists = listed(1, [one.public_key], ROOT_KEYS), listed(2, [two.public_key], ROOT_KEYS)
    archive = Archive(scratch / "archive")
    archive.tables()
    add_list(archive, 1, lists[0])
    archive.letter(A)
    archive.commit()
    sites = scratch / "site-0", scratch / "site-1", scratch / "site-2"
    for number, site in enumerate(sites):
        if number == 1:
            archive.letter(B)
        elif number == 2:
            add_list(archive, 2, lists[1])
        if number:
            archive.commit()
        done = letterbook(archive.folder, "publish", "--out", site, "--key", keys[number == 2])
        assert done.status == 0, done.err
    files = scratch / "list-1", scratch / "list-2"
    for file, data in zip(files, lists, strict=True):
        file.write_bytes(data)
    return Rotated(archive=archive, sites=sites, keys=keys, signers=(one, two), lists=files)


def add_list(archive: Archive, number: int, data: bytes) -> None:
    archive.write(f"records/keys/{number}.allowed_signers", data)
    for name, signature in signed_by(data, {"a": ROOTS["a"], "b": ROOTS["b"]}, number).items():
        archive.write(f"records/keys/{name}", signature)


def edited(rotated: Rotated, number: int, folder: Path) -> Path:
    """Return a publication with a page edited, sealed again with the true key: its log is as good as it was."""
    site = Publication(shutil.copytree(rotated.sites[number], folder))
    site.write(f"letters/{A}/index.html", b"<p>Nobody wrote anything.\n")
    site.sign(rotated.signers[number == 2])
    return site.folder


def test_what_fails_in_any_step_is_not_remembered(rotated: Rotated, tmp_path: Path) -> None:
    state = tmp_path / "state"
    done = rotated.verify(edited(rotated, 1, tmp_path / "site"), "--state", state)
    assert (done.status, failing(done), "nothing to remember" in done.out) == (1, {"files-rebuilt"}, True)
    assert not state.exists()
    assert rotated.verify(rotated.sites[0], "--state", state).status == 0
    before = state.read_bytes()
    done = rotated.verify(tmp_path / "site", "--state", state)
    assert (failing(done), since(done)["says"][:7]) == ({"files-rebuilt"}, "extends")
    assert state.read_bytes() == before


def test_an_old_publication_is_never_remembered(rotated: Rotated, tmp_path: Path) -> None:
    state, newer = tmp_path / "state", rotated.sites[2] / "log/checkpoint"
    done = rotated.verify(rotated.sites[0], "--newer", newer, "--state", state, keys=2)
    assert (done.status, done.err.count("hint:"), state.exists()) == (2, 1, False)


def test_what_a_retired_key_signed_is_not_remembered(rotated: Rotated, tmp_path: Path) -> None:
    note = (rotated.sites[2] / "log/checkpoint").read_bytes()
    audit = Audit(
        site=FolderSite(str(rotated.sites[0])),
        open_repository=lambda: Repository.find(rotated.archive.folder),
        keys=rotated.lists[1].read_bytes(),
        newer=Newer(source="x", checkpoint=note, read=FolderSite(str(rotated.sites[2] / "log")).read),
    )
    run(audit)
    assert [step.name for step in audit.steps if step.status != "passed"] == []
    assert "nothing to remember" in _keep(audit, tmp_path / "state", 1_700_000_000)[0]
    assert not (tmp_path / "state").exists()


# -- which list was reached ------------------------------------------------------------------------------------


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def led(rotated: Rotated, state: Path) -> State:
    """Let a monitor who has list 1 see the second publication and then the third; return its memory."""
    assert rotated.verify(rotated.sites[1], "--state", state).status == 0
    first = State.parse(state.read_bytes())
    assert first.keys == SeenList(number=1, sha256=sha256(rotated.lists[0]))
    state.write_bytes(State(seen=first.seen - DAY, note=first.note, keys=first.keys).format())
    assert rotated.verify(rotated.sites[2], "--state", state).status == 0
    second = State.parse(state.read_bytes())
    assert second.keys == SeenList(number=2, sha256=sha256(rotated.lists[1]))
    assert second.seen == first.seen - DAY, "the log is the one that was seen a day ago"
    return second


def test_a_rotation_that_was_followed_is_not_forgotten(rotated: Rotated, tmp_path: Path) -> None:
    state = tmp_path / "state"
    kept = led(rotated, state)
    for keys in (1, None):
        for option in ("--state", "--since"):
            done = rotated.verify(rotated.sites[1], option, state, keys=keys)
            assert (done.status, failing(done)) == (1, {"since"}), (keys, option)
            assert "rollback: you were led to key list 2 before" in since(done)["says"]
            (difference,) = since(done)["differences"]
            assert (difference["what"], difference["expected"]) == ("keys", "list 2")
            assert rotated.verify(rotated.sites[2], option, state, keys=keys).status == 0
    assert State.parse(state.read_bytes()) == kept
    assert rotated.verify(rotated.sites[2], "--state", state, keys=2).status == 0
    assert State.parse(state.read_bytes()) == kept


def test_both_are_told_if_log_and_lists_are_rolled_back(rotated: Rotated, tmp_path: Path) -> None:
    led(rotated, tmp_path / "state")
    says = since(rotated.verify(rotated.sites[0], "--since", tmp_path / "state"))["says"]
    assert re.fullmatch(r"rollback: you remember \d+ leaves.*; rollback: you were led to key list 2 .*", says)


def test_another_list_of_the_same_number_is_told(rotated: Rotated, tmp_path: Path) -> None:
    led(rotated, tmp_path / "state")
    site, other = (
        Publication(shutil.copytree(rotated.sites[2], tmp_path / "site")),
        listed(2, [THIEF.public_key], ROOT_KEYS),
    )
    site.write("keys/2.allowed_signers", other)
    site.write("keys/allowed_signers", other)
    for name, signature in signed_by(other, {"a": ROOTS["a"], "b": ROOTS["b"]}, 2).items():
        site.write(f"keys/{name}", signature)
    site.sign_checkpoint(THIEF, site.index["log"])
    site.sign(THIEF)
    done = rotated.verify(site.folder, "--since", tmp_path / "state")
    assert "since" in failing(done) and "key list 2 is not the one that you remember" in since(done)["says"]


def test_a_list_without_roots_leads_nowhere_and_is_not_remembered(rotated: Rotated, tmp_path: Path) -> None:
    """It does not say its number: whoever publishes could give it any."""
    archive = Archive(tmp_path / "archive")
    archive.tables()
    archive.write("records/keys/1.allowed_signers", listed(1, [rotated.signers[0].public_key], []))
    archive.commit()
    done = letterbook(archive.folder, "publish", "--out", tmp_path / "site", "--key", rotated.keys[0])
    assert done.status == 0, done.err
    for _ in range(2):
        arguments: list[str | Path] = [
            "--keys",
            tmp_path / "site/keys/1.allowed_signers",
            "--state",
            tmp_path / "state",
        ]
        assert letterbook(archive.folder, "verify", tmp_path / "site", *arguments).status == 0
        assert State.parse((tmp_path / "state").read_bytes()).keys is None


# -- where it is written ---------------------------------------------------------------------------------------


def test_a_state_is_a_plain_file_in_a_folder_that_is_there(rotated: Rotated, tmp_path: Path) -> None:
    real, folder = tmp_path / "real", tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "dangling").symlink_to(tmp_path / "target")
    assert rotated.verify(rotated.sites[0], "--state", real).status == 0
    (tmp_path / "link").symlink_to(real)
    before = real.read_bytes()
    for place in (tmp_path / "dangling", tmp_path / "link", folder, tmp_path / "nowhere" / "state"):
        done = rotated.verify(rotated.sites[1], "--state", place)
        assert (done.status, done.out, done.err.count("hint:")) == (2, "", 1), place
    assert real.read_bytes() == before
    assert (tmp_path / "dangling").is_symlink() and not (tmp_path / "target").exists()


def test_two_monitors_with_one_memory_take_turns(rotated: Rotated, tmp_path: Path) -> None:
    """The second reads what the first wrote, though it began before that was written."""
    state = tmp_path / "state"
    command = [LETTERBOOK, "verify", str(rotated.sites[0]), "--keys", str(rotated.lists[0]), "--state", str(state)]
    with alone(state):
        second = subprocess.Popen(command, cwd=rotated.archive.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert second.stderr is not None
        assert b"waiting for another run" in second.stderr.readline()
        time.sleep(0.2)
        assert second.poll() is None
        state.write_bytes(State(seen=1, note=(rotated.sites[1] / "log/checkpoint").read_bytes()).format())
    out, _ = second.communicate(timeout=60)
    assert (second.returncode, b"rollback: you remember" in out) == (1, True)


def test_many_monitors_at_once_leave_one_whole_memory(rotated: Rotated, tmp_path: Path) -> None:
    state = tmp_path / "state"
    command = [LETTERBOOK, "verify", str(rotated.sites[1]), "--keys", str(rotated.lists[0]), "--state", str(state)]
    runs = [
        subprocess.Popen(command, cwd=rotated.archive.folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for _ in range(4)
    ]
    said = [run.communicate(timeout=120)[0] for run in runs]
    assert [run.returncode for run in runs] == [0] * 4
    assert sum(b"did not exist" in out for out in said) == 1
    assert State.parse(state.read_bytes()).note == (rotated.sites[1] / "log/checkpoint").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".state.lock", "state"]
