"""A change of several files: all of it or nothing, whatever fails on the way, over nobody else's work."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from publisher.errors import RefusedError, UnavailableError
from publisher.pending import Pending
from publisher.snapshot import Snapshot
from tests.command import files_of

OLD = {"records/parties.yaml": b"a: 1\n", "records/documents/x.pdf": b"%PDF-1", "records/letters/y.yaml": b"b: 2\n"}
CHANGE = {
    "records/parties.yaml": b"a: 3\n", "records/documents/x.pdf": None, "records/letters/2019/new.yaml": b"c: 4\n",
    "records/documents/2019/new.pdf": b"%PDF-2",
}  # fmt: skip


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for path, data in OLD.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    return tmp_path


def test_it_is_written_as_a_whole_and_leaves_nothing_behind(root: Path) -> None:
    change = Pending(files=CHANGE, seen=Snapshot.on_disk(root))
    expected = change.onto(Snapshot.on_disk(root))
    change.write(root)
    kept = {path: data for path, data in (OLD | CHANGE).items() if data is not None}
    assert files_of(root) == kept
    assert Snapshot.on_disk(root) == expected


@pytest.mark.parametrize("stop", range(8))
@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()], ids=["full", "ctrl-c"])
def test_a_failure_half_way_leaves_everything_as_it_was(
    root: Path, monkeypatch: pytest.MonkeyPatch, stop: int, fault: BaseException
) -> None:
    change, folders = Pending(files=CHANGE, seen=Snapshot.on_disk(root)), sorted(root.rglob("*"))
    moves, rename, sync = [0], Path.rename, os.fsync

    def counted() -> None:
        moves[0] += 1
        if moves[0] == stop + 1:
            raise fault

    def synced(file: int) -> None:
        counted()
        sync(file)

    def renamed(self: Path, target: Path) -> Path:
        counted()
        return rename(self, target)

    def linked(target: Path, second: Path) -> None:
        counted()
        second.hardlink_to(target)

    monkeypatch.setattr(Path, "rename", renamed)
    monkeypatch.setattr("os.fsync", synced)
    monkeypatch.setattr("publisher.pending._link", linked)
    with pytest.raises(UnavailableError if isinstance(fault, OSError) else KeyboardInterrupt):
        change.write(root)
    monkeypatch.undo()
    assert files_of(root) == OLD
    assert sorted(root.rglob("*")) == folders
    change.write(root)


def test_what_somebody_else_wrote_meanwhile_stays(root: Path) -> None:
    change = Pending(files=CHANGE, seen=Snapshot.on_disk(root))
    (root / "records/parties.yaml").write_bytes(b"a: 9\n")
    with pytest.raises(RefusedError, match="changed by somebody else"):
        change.write(root)
    (root / "records/parties.yaml").write_bytes(OLD["records/parties.yaml"])
    (root / "records/letters/2019").mkdir()
    (root / "records/letters/2019/new.yaml").write_bytes(b"d: 1\n")
    with pytest.raises(RefusedError, match="is there already"):
        change.write(root)
    assert files_of(root) == OLD | {"records/letters/2019/new.yaml": b"d: 1\n"}


def test_no_link_leads_out_of_the_archive(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (root / "records/letters/2019").symlink_to(elsewhere)
    with pytest.raises(RefusedError, match="symbolic link"):
        Pending(files=CHANGE, seen=Snapshot.on_disk(root)).write(root)
    assert files_of(elsewhere) == {} and (root / "records/documents/x.pdf").exists()


KILLED = """
import os, signal, sys
from pathlib import Path
from publisher.pending import Pending
from publisher.snapshot import Snapshot
from tests.test_pending import CHANGE

left = [int(sys.argv[2])]

def dying(step):
    def run(*arguments, **named):
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return step(*arguments, **named)
    return run

for name in ("rename", "replace", "unlink", "hardlink_to"):
    setattr(Path, name, dying(getattr(Path, name)))
root = Path(sys.argv[1])
Pending(files=CHANGE, seen=Snapshot.on_disk(root)).write(root)
"""


@pytest.mark.parametrize("stop", range(9))
def test_a_run_that_is_killed_takes_no_file_away_that_stays(root: Path, stop: int) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(root), str(stop)], check=False)
    assert done.returncode in (0, -signal.SIGKILL)
    for path, data in OLD.items():
        found = (root / path).read_bytes() if (root / path).exists() else None
        assert found in (data, CHANGE.get(path, data)), path


WAITING = """
import sys, time
from pathlib import Path
from publisher import pending
from publisher.errors import RefusedError
from publisher.snapshot import Snapshot

root, word = Path(sys.argv[1]), sys.argv[2]
change = pending.Pending(files={"records/parties.yaml": word.encode()}, seen=Snapshot.on_disk(root))
write = pending._write
pending._write = lambda *arguments: (write(*arguments), time.sleep(1))
print("ready", flush=True)
sys.stdin.readline()
try:
    change.write(root)
except RefusedError:
    sys.exit(3)
"""


def test_of_two_changes_at_once_one_is_refused_and_none_is_lost(root: Path) -> None:
    words = ("one", "two")
    running = [
        subprocess.Popen([sys.executable, "-c", WAITING, str(root), word], stdin=-1, stdout=-1, text=True)
        for word in words
    ]
    for each in running:
        assert each.stdout is not None and each.stdout.readline() == "ready\n"
    for each in running:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    for each in running:
        each.communicate()
    states = dict(zip(words, (each.returncode for each in running), strict=True))
    assert sorted(states.values()) == [0, 3]
    assert states[(root / "records/parties.yaml").read_text()] == 0
