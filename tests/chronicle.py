"""Long random histories with branches and merges of every kind, written at once by `git fast-import`.

    chronicle = Chronicle(tmp_path / "archive", seed=1)
    chronicle.grow(200)          # so many commits on the first-parent line of main, whatever stands beside it
    chronicle.land()

The same seed gives the same commits on every machine. `told` counts what happened, by its name. Only the commits whose
number was given to `grow` as `sound` are sure to have records that can be published.
"""

import random
from collections import Counter
from collections.abc import Callable, Container
from dataclasses import dataclass
from pathlib import Path

from tests.builders import (
    DAY,
    START,
    Archive,
    archive_info,
    as_bytes,
    change,
    letter,
    letter_path,
    parties,
    reformatted,
    threads,
    to_yaml,
    withdrawn,
)

Files = dict[str, tuple[str, bytes]]
PLAIN, RUNNABLE = "100644", "100755"
PEOPLE = (b"Archivist <a@letterbook.example>", "J\u00fcrgen \u00c5 <j@letterbook.example>".encode("latin-1"))


@dataclass(frozen=True, kw_only=True)
class Made:
    """One commit: its mark, its files by path as (mode, bytes), and its parents' marks."""

    mark: int
    files: Files
    parents: tuple[int, ...] = ()


class Chronicle:
    """A random history of an archive; `line` is the first-parent line of main, and all ends in `archive`."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.archive = Archive(folder)
        self.told: Counter[str] = Counter()
        self.line: list[Made] = []
        self._random = random.Random(seed)
        self._stream: list[bytes] = []
        self._made: dict[int, Made] = {}
        self._open: list[tuple[Made, Made]] = []
        self._names = [f"2019-{1 + number // 28:02}-{1 + number % 28:02}-harbour-to-acme" for number in range(28)]
        self._clock = START

    def grow(self, commits: int, *, sound: Container[int] = ()) -> None:
        """Add commits to the line until it has so many."""
        acts = (self._plain, self._plain, self._plain, self._branch, self._branch, self._merge, self._empty)
        while len(self.line) < commits:
            if len(self.line) + 1 in sound or len(self.line) + 1 == commits or not self.line:
                self._advance(self._mended(self.line[-1].files if self.line else {}))
            else:
                self._random.choice(acts)()

    def land(self) -> str:
        """Write everything to the repository, go to main, and return its newest commit."""
        stream = b"".join(self._stream)
        self._stream = []
        marks = self.archive.folder.resolve() / ".git" / "marks"
        self.archive.git(
            "fast-import", "--quiet", "--force", f"--import-marks-if-exists={marks}", f"--export-marks={marks}",
            feed=stream,
        )  # fmt: skip
        self.archive.git("checkout", "--quiet", "--force", "main")
        return self.archive.head

    def foxtrot(self, back: int) -> str:
        """Merge main into a branch that left it `back` commits ago, and make that merge the newest commit of main."""
        base, tip = self.line[-1 - back], self.line[-1]
        name = "2020-01-01-acme-to-harbour"
        side = self._commit("side", base, {**base.files, letter_path(name): (PLAIN, as_bytes(letter(name)))})
        self._commit("main", side, _merged(base.files, tip.files, side.files), tip)
        return self.land()

    # -- commits -----------------------------------------------------------------------------------------------

    def _commit(self, branch: str, parent: Made | None, files: Files, *others: Made) -> Made:
        made = Made(mark=len(self._made) + 1, files=files, parents=tuple(p.mark for p in (parent, *others) if p))
        self._made[made.mark] = made
        self._clock += self._random.randint(0, DAY)
        author = self._person(self._clock + self._random.randint(-4000, 4000) * DAY // 10)
        late = self._random.random() < 0.3
        self.told["a clock that went back"] += late and branch == "main"
        committer = self._person(self._clock - self._random.randint(1, 40) * DAY * late)
        rows = [b"commit refs/heads/%s\nmark :%d\n" % (branch.encode(), made.mark)]
        rows += [b"author %s\ncommitter %s\n" % (author, committer)]
        if self._random.random() < 0.2:
            rows.append(b"encoding ISO-8859-1\n")
        rows.append(_data(b"Commit %d, \xc3\xa9\n" % made.mark))
        if parent:
            rows.append(b"from :%d\n" % parent.mark)
        rows += [b"merge :%d\n" % other.mark for other in others]
        self._stream += [*rows, *_changes(parent.files if parent else {}, files), b"\n"]
        return made

    def _person(self, seconds: int) -> bytes:
        zone = self._random.choice((b"+0000", b"-0930", b"+1400", b"+0545"))
        return b"%s %d %s" % (self._random.choice(PEOPLE), max(seconds, 0), zone)

    def _advance(self, files: Files, *others: Made) -> None:
        self.line.append(self._commit("main", self.line[-1] if self.line else None, files, *others))

    def _plain(self) -> None:
        self._advance(self._edited(self.line[-1].files))

    def _empty(self) -> None:
        self.told["an empty commit"] += 1
        self._advance(self.line[-1].files)

    def _branch(self) -> None:
        """Leave main a while ago, or another branch, and commit there; now and then merge main on the way."""
        base = self._random.choice(self.line[-12:])
        tip = self._random.choice([base, *(tip for _, tip in self._open)])
        self.told["a branch of a branch"] += tip is not base
        name = f"side-{len(self._made)}"
        for _ in range(self._random.randint(1, 4)):
            tip = self._commit(name, tip, self._edited(tip.files))
            if self._random.random() < 0.25:
                self.told["main merged into a branch"] += 1
                main = self.line[-1]
                tip = self._commit(name, tip, _merged(base.files, main.files, tip.files), main)
                base = main
        self._open.append((base, tip))

    def _merge(self) -> None:
        """Merge one or two branches into main; an evil merge changes what no side changed."""
        count = min(len(self._open), self._random.choice((1, 1, 1, 2)))
        taken = [self._open.pop(self._random.randrange(len(self._open))) for _ in range(count)]
        if not taken:
            return
        files = self.line[-1].files
        for base, tip in taken:
            files = _merged(base.files, files, tip.files)
        if self._random.random() < 0.3:
            self.told["an evil merge"] += 1
            files = self._edited(files)
        self.told["a merge of two branches"] += count == 2
        self.told["a merge"] += 1
        self._advance(files, *(tip for _, tip in taken))

    # -- files -------------------------------------------------------------------------------------------------

    def _edited(self, files: Files) -> Files:
        """Return the files after one to three edits."""
        acts: tuple[Callable[[Files, str], None], ...] = (
            self._add, self._add, self._revise, self._revise, self._move, self._remove, self._withdraw,
            self._mode, self._damage, self._reformat, self._double, self._table, self._other,
        )  # fmt: skip
        found = dict(files)
        for _ in range(self._random.randint(1, 3)):
            letters = sorted(path for path in found if path.startswith("records/letters/"))
            act = self._random.choice(acts)
            if letters or act == self._add:
                self.told[act.__name__] += 1
                act(found, self._random.choice(letters) if letters else "")
        return found

    def _add(self, files: Files, _path: str) -> None:
        self._write(files, self._random.choice(self._names))

    def _write(self, files: Files, name: str, path: str | None = None) -> None:
        notes = [
            change("correction", f"Note {self._random.randint(1, 99)}.") for _ in range(self._random.randint(0, 2))
        ]
        document = letter(name, summary=f"Text {self._random.randint(1, 99)}.", changes=notes or None)
        files[path or letter_path(name)] = (PLAIN, as_bytes(document))

    def _revise(self, files: Files, path: str) -> None:
        self._write(files, Path(path).stem, path)

    def _move(self, files: Files, path: str) -> None:
        folder = self._random.choice(("2019", "2019/spring", "elsewhere"))
        kept = files.pop(path)
        files[f"records/letters/{folder}/{Path(path).name}"] = kept

    def _remove(self, files: Files, path: str) -> None:
        del files[path]

    def _withdraw(self, files: Files, path: str) -> None:
        files[path] = (PLAIN, as_bytes(withdrawn(Path(path).stem)))

    def _mode(self, files: Files, path: str) -> None:
        mode, data = files[path]
        files[path] = (PLAIN if mode == RUNNABLE else RUNNABLE, data)

    def _damage(self, files: Files, path: str) -> None:
        files[path] = (PLAIN, files[path][1] + self._random.choice((b"\xff\n", b"id: 1\n", b"a: &b c\n")))

    def _reformat(self, files: Files, path: str) -> None:
        files[path] = (PLAIN, reformatted(to_yaml(letter(Path(path).stem)).encode()))

    def _double(self, files: Files, path: str) -> None:
        self._write(files, Path(path).stem, f"records/letters/{self._random.choice('ab')}/{Path(path).name}")

    def _table(self, files: Files, _path: str) -> None:
        note = change("editorial", f"Note {self._random.randint(1, 99)}.")
        files["records/parties.yaml"] = (PLAIN, as_bytes(parties(changes=[note])))

    def _other(self, files: Files, _path: str) -> None:
        files["README.md"] = (PLAIN, b"%d\n" % self._random.randint(1, 99))

    def _mended(self, files: Files) -> Files:
        """Return files that can be published: the tables, and of each letter one good file where it belongs."""
        tables = {"archive": archive_info(), "parties": parties(), "threads": threads()}
        found = {f"records/{name}.yaml": (PLAIN, as_bytes(table)) for name, table in tables.items()}
        for path in sorted(files):
            if path.startswith("records/letters/"):
                self._write(found, Path(path).stem)
        return found


def _merged(base: Files, ours: Files, theirs: Files) -> Files:
    """Return our files with what they changed since the base; where both did, theirs."""
    kept = {path: file for path, file in ours.items() if path not in base or path in theirs}
    return kept | {path: file for path, file in theirs.items() if base.get(path) != file}


def _changes(old: Files, new: Files) -> list[bytes]:
    """Return the rows of fast-import that make the new files of the old ones."""
    rows = [b"D %s\n" % path.encode() for path in sorted(old.keys() - new.keys())]
    for path, (mode, data) in sorted(new.items()):
        if old.get(path) != (mode, data):
            rows += [b"M %s inline %s\n" % (mode.encode(), path.encode()), _data(data)]
    return rows


def _data(data: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(data), data)
