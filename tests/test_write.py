"""Writing is all or nothing, never twice, and touches only what an earlier publication named."""

import hashlib
import multiprocessing
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from publisher.errors import UnavailableError, UsageError
from publisher.publish import SUMS, format_sums
from publisher.write import alone, write, write_file


def sealed(**files: str) -> dict[str, bytes]:
    """A small set of files that looks like a publication."""
    data = {"index.json": b"{}\n", **{name.replace("__", "/"): text.encode() for name, text in files.items()}}
    data[SUMS] = format_sums({path: hashlib.sha256(content).hexdigest() for path, content in data.items()})
    return data


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_new_folder_holds_exactly_the_files(tmp_path: Path) -> None:
    files = sealed(a="1", letters__x="2")
    written = write(files, tmp_path / "public")
    assert contents(tmp_path / "public") == files
    assert (written.changed, written.unchanged, written.pruned) == (4, 0, 0)
    assert [path.name for path in tmp_path.iterdir()] == ["public"]


def test_a_second_run_writes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    write(sealed(a="1"), folder)
    before = {path: path.stat() for path in (folder, *folder.rglob("*"))}
    written = write(sealed(a="1"), folder)
    after = {path: path.stat() for path in (folder, *folder.rglob("*"))}
    assert (written.changed, written.pruned) == (0, 0)
    for path, stat in before.items():
        assert (after[path].st_ino, after[path].st_mtime_ns) == (stat.st_ino, stat.st_mtime_ns)


def test_unchanged_files_keep_their_inode_and_named_ones_are_pruned(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    write(sealed(kept="1", gone="2", changed="3"), folder)
    (folder / "CNAME").write_text("somebody else's")
    inode = (folder / "kept").stat().st_ino
    written = write(sealed(kept="1", changed="4"), folder)
    assert (folder / "kept").stat().st_ino == inode
    assert not (folder / "gone").exists()
    assert (folder / "changed").read_text() == "4"
    assert (folder / "CNAME").read_text() == "somebody else's"
    assert (written.unchanged, written.pruned) == (2, 1)


def test_an_empty_folder_of_somebody_else_may_be_filled(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    write(sealed(a="1"), folder)
    (folder / "letters").mkdir()
    (folder / "inbox").mkdir()
    write(sealed(a="1", letters__x="2"), folder)
    assert (folder / "letters/x").read_text() == "2"
    assert (folder / "inbox").is_dir()


@pytest.mark.parametrize(("theirs", "ours"), [("letters", "letters__x"), ("letters/x", "letters")])
def test_somebody_else_s_file_is_neither_lost_nor_moved(tmp_path: Path, theirs: str, ours: str) -> None:
    folder = tmp_path / "public"
    write(sealed(a="1"), folder)
    (folder / theirs).parent.mkdir(exist_ok=True)
    (folder / theirs).write_text("precious")
    before = contents(folder)
    with pytest.raises(UnavailableError):
        write(sealed(a="2", **{ours: "2"}), folder)
    assert contents(folder) == before


@pytest.mark.parametrize("names", [["file"], [SUMS], ["index.json", SUMS]])
def test_a_folder_that_is_no_publication_is_refused(tmp_path: Path, names: list[str]) -> None:
    folder = tmp_path / "precious"
    folder.mkdir()
    for name in names:
        (folder / name).write_text("precious\n")
    with pytest.raises(UsageError, match="holds no Letterbook publication"):
        write(sealed(), folder)
    assert {path.name for path in folder.iterdir()} == set(names)


def test_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "public").symlink_to("real")
    with pytest.raises(UsageError, match="real folder"):
        write(sealed(), tmp_path / "public")


def test_checksums_cannot_make_us_prune_outside(tmp_path: Path) -> None:
    folder, outside = tmp_path / "public", tmp_path / "outside"
    write(sealed(a="1"), folder)
    outside.write_text("precious")
    (folder / SUMS).write_text(f"{'0' * 64}  ../outside\n{'0' * 64}  index.json\n")
    with pytest.raises(UsageError):
        write(sealed(a="2"), folder)
    assert outside.read_text() == "precious"


def test_a_failure_leaves_the_old_publication(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    old = sealed(a="1")
    write(old, folder)
    clash = {**sealed(a="2"), "a/b": b"a file cannot stand below a file"}
    with pytest.raises(UnavailableError):
        write(clash, folder)
    assert contents(folder) == old
    assert [path.name for path in tmp_path.iterdir()] == ["public"]


@pytest.mark.parametrize("nth", [1, 2])
def test_an_interruption_at_either_rename_is_repaired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    folder = tmp_path / "public"
    old, new = sealed(a="1"), sealed(a="2", b="3")
    write(old, folder)
    calls = 0
    rename: Callable[[Path, Path], Path] = Path.rename

    def interrupted(self: Path, target: Path) -> Path:
        nonlocal calls
        calls += 1
        if calls == nth:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(new, folder)
    monkeypatch.undo()
    write(new, folder)
    assert contents(folder) == new
    assert [path.name for path in tmp_path.iterdir()] == ["public"]


def test_a_killed_run_is_repaired_even_if_nothing_is_to_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "public"
    files = sealed(a="1")
    write(files, folder)
    folder.rename(tmp_path / ".public.letterbook-old")
    (tmp_path / ".public.letterbook-new").mkdir()
    written = write(files, folder)
    assert written.changed == 0
    assert contents(folder) == files
    assert [path.name for path in tmp_path.iterdir()] == ["public"]


# -- one file --------------------------------------------------------------------------------------------------


def test_one_file_is_written_and_replaced(tmp_path: Path) -> None:
    for data in (b"1", b"", b"3" * 100_000):
        write_file(tmp_path / "file", data)
        assert (tmp_path / "file").read_bytes() == data
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("there", [True, False])
def test_nothing_is_written_through_a_link(tmp_path: Path, there: bool) -> None:
    target = tmp_path / "target"
    if there:
        target.write_text("precious")
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(UsageError, match="symbolic link"):
        write_file(tmp_path / "link", b"1")
    assert (tmp_path / "link").is_symlink()
    assert contents(tmp_path) == ({"link": b"precious", "target": b"precious"} if there else {})


def test_what_lies_beside_a_file_is_not_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever guesses the name of the new file, and puts a link there, gains nothing."""
    monkeypatch.setattr("publisher.write.secrets.token_hex", lambda _: "guessed")
    (tmp_path / "precious").write_text("precious")
    (tmp_path / ".letterbook-guessed").symlink_to("precious")
    with pytest.raises(UnavailableError, match="could not be written"):
        write_file(tmp_path / "file", b"1")
    assert (tmp_path / "precious").read_text() == "precious"
    assert not (tmp_path / "file").exists()


@pytest.mark.parametrize("name", [".", "folder", "nowhere/file"])
def test_what_is_no_file_is_not_replaced(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(UsageError):
        write_file(tmp_path / name, b"1")
    assert contents(tmp_path) == {}


def test_a_failure_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    write_file(tmp_path / "file", b"1")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UnavailableError, match="No space left"):
        write_file(tmp_path / "file", b"2")
    assert contents(tmp_path) == {"file": b"1"}
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def add(path: Path, times: int) -> None:
    for _ in range(times):
        with alone(path):
            write_file(path, b"%d" % (int(path.read_bytes()) + 1))


def test_whoever_is_alone_is_alone(tmp_path: Path) -> None:
    write_file(tmp_path / "count", b"0")
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=add, args=(tmp_path / "count", 50)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert (tmp_path / "count").read_bytes() == b"150"


def test_everything_is_written_where_there_are_no_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows has no fcntl, and opens no folder."""
    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setattr("publisher.locks._HAS_LOCKS", False)
    write(sealed(a="1"), tmp_path / "public")
    with alone(tmp_path / "file"):
        write_file(tmp_path / "file", b"1")
    assert (tmp_path / "file").read_bytes() == b"1"
    assert (tmp_path / "public" / "a").read_bytes() == b"1"


def test_no_module_needs_what_windows_lacks() -> None:
    """fcntl, and flags of open(2), are asked for where they are used, and done without where they are missing."""
    program = (
        "import os, sys; sys.modules['fcntl'] = None; "
        "[delattr(os, name) for name in ('O_NOFOLLOW', 'O_NONBLOCK')]; "
        "import publisher.write, publisher.commands.verify_proof"
    )
    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", program]) == 0
