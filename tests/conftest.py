"""What several tests share: one archive to which nearly everything happened that can happen to an archive."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.builders import Archive, archive_info, change, letter, letter_path, reformatted, to_yaml, withdrawn

AMENDED = "2019-02-18-harbour-to-acme"
MOVED = "2019-03-01-acme-to-harbour"
TAKEN_BACK = "2019-04-01-harbour-to-quayside"
REMOVED = "2019-05-01-harbour-to-ministry"
BROKEN = "2019-06-01-harbour-to-acme"
TWICE = "2019-07-01-harbour-to-acme"
BRANCHED = "2019-08-01-quayside-to-harbour"
LINKED = "2019-09-01-ministry-to-harbour"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest tests, so that at the end no worker waits for another."""
    items.sort(key=lambda item: "every_scalar_of_the_real_index" not in item.name)


@dataclass(frozen=True)
class Eventful:
    """The archive, the commit of each event by its name, and the events of each key in order.

    An event of a key is (name of the commit, op, meaning).
    """

    archive: Archive
    commits: dict[str, str]
    events: dict[str, list[tuple[str, str, str]]]


class Story:
    """Writes the eventful archive, chapter by chapter; each notes what it expects git to say."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.commits: dict[str, str] = {}
        self.events: dict[str, list[tuple[str, str, str]]] = {}

    def commit(self, name: str, *events: tuple[str, str, str], at: str | None = None) -> None:
        """Commit under a name; `events` are (key, op, meaning)."""
        self.note(name, self.archive.commit(name, at=at), *events)

    def note(self, name: str, commit: str, *events: tuple[str, str, str]) -> None:
        """Note what a commit landed."""
        self.commits[name] = commit
        for key, op, meaning in events:
            self.events.setdefault(key, []).append((name, op, meaning))

    def begin(self) -> None:
        self.archive.tables()
        self.commit("begin", *((key, "add", "published") for key in ("archive", "parties", "threads")))
        names = (AMENDED, MOVED, TAKEN_BACK, REMOVED, BROKEN, TWICE, LINKED)
        for name in names:
            self.archive.letter(name)
        self.archive.assess(AMENDED)
        keys = [f"assessments/{AMENDED}", *(f"letters/{name}" for name in names)]
        self.commit("letters", *((key, "add", "published") for key in keys))

    def move(self) -> None:
        """Moves, a mode, and files that are no records: nothing lands."""
        path = self.archive.move(letter_path(MOVED), f"records/letters/2019/spring/{MOVED}.yaml")
        self.commit("moved down")
        path = self.archive.move(path, f"records/letters/elsewhere/{MOVED}.yaml")
        self.archive.move(f"records/assessments/{AMENDED}.yaml", f"records/assessments/old/{AMENDED}.yaml")
        self.commit("moved between folders")
        self.archive.mode(path, 0o755)
        self.archive.write("README.md", "The letters.\n")
        self.archive.write("records/documents/scan.pdf", b"%PDF-1.7\n")
        self.commit("mode and other files")

    def amend(self) -> None:
        """Reformatting only, then every kind of note."""
        key, path = f"letters/{AMENDED}", letter_path(AMENDED)
        self.archive.write(path, reformatted(self.archive.read(path)))
        self.commit("reformatted", (key, "revise", "unchanged"))
        notes: list[dict[str, str]] = []
        for kind, meaning in (
            ("correction", "amended"), ("addition", "amended"), ("editorial", "editorial"),
            ("withdrawal", "amended"), ("reinstatement", "amended"),
        ):  # fmt: skip
            notes.append(change(kind))
            self.archive.letter(AMENDED, summary=f"After a note of {kind}.", changes=notes)
            self.commit(f"note of {kind}", (key, "revise", meaning))
        notes += [change("editorial"), change("correction")]
        self.archive.letter(AMENDED, changes=notes)
        self.commit("two notes", (key, "revise", "amended"))
        notes[0] = change("editorial", "Rewritten afterwards.")
        self.archive.letter(AMENDED, changes=[*notes, change("editorial")])
        self.commit("an earlier note rewritten", (key, "revise", "amended"))
        self.archive.letter(AMENDED, changes=[*notes, change("editorial")], summary="Without a note.")
        self.commit("without a note", (key, "revise", "amended"), at="2020-12-24T12:00:00Z")

    def merge(self) -> None:
        """A merge, and an evil one that changes a letter which neither side changed."""
        self.archive.branch("side")
        self.archive.letter(BRANCHED)
        self.commit("on the side")
        self.archive.letter(BRANCHED, summary="Asks again.", changes=[change("correction")])
        self.commit("on the side again", at="2023-01-01T00:00:00Z")
        self.archive.switch("main")
        self.archive.write("README.md", "The letters, merged.\n")
        self.commit("meanwhile", at="2021-03-01T00:00:00Z")
        merged = self.archive.merge("side", at="2021-02-01T00:00:00Z")
        self.note("merged", merged, (f"letters/{BRANCHED}", "add", "published"))
        self.archive.branch("other")
        self.archive.write("NOTES.md", "Nothing about letters.\n")
        self.commit("on the other side")
        self.archive.switch("main")
        evil = {letter_path(BRANCHED): letter(BRANCHED, summary="Neither side wrote this.")}
        merged = self.archive.merge("other", evil=evil)
        self.note("evil merge", merged, (f"letters/{BRANCHED}", "revise", "amended"))

    def take_back(self) -> None:
        key, path = f"letters/{TAKEN_BACK}", letter_path(TAKEN_BACK)
        self.archive.withdraw(TAKEN_BACK)
        self.commit("withdrawn", (key, "revise", "withdrawn"))
        self.archive.withdraw(TAKEN_BACK, note="Taken back at the writer's wish.")
        self.commit("amended while withdrawn", (key, "revise", "amended"))
        self.archive.letter(TAKEN_BACK, changes=[change("withdrawal"), change("reinstatement")])
        self.commit("reinstated", (key, "revise", "reinstated"))
        self.archive.write(path, letter(TAKEN_BACK, status="withdrawn", changes=[change("withdrawal")]))
        self.commit("withdrawn again", (key, "revise", "withdrawn"))
        self.archive.assess(TAKEN_BACK)
        self.commit("assessed", (f"assessments/{TAKEN_BACK}", "add", "published"))

    def remove(self) -> None:
        key, path = f"letters/{REMOVED}", letter_path(REMOVED)
        self.archive.delete(path)
        self.commit("removed", (key, "remove", "removed"))
        self.archive.write(path, withdrawn(REMOVED))
        self.commit("back as withdrawn", (key, "add", "withdrawn"))
        self.archive.delete(path)
        self.archive.write("records/errata.yaml", "note: nothing\n")
        self.commit("removed again", (key, "remove", "removed"), ("errata", "add", "published"))
        self.archive.letter(REMOVED)
        self.commit("back", (key, "add", "reinstated"))
        self.archive.delete(path)
        self.archive.delete("records/errata.yaml")
        self.commit("removed for good", ("errata", "remove", "removed"), (key, "remove", "removed"))

    def break_(self) -> None:
        """Versions that cannot be read, and a table that changes."""
        key, path = f"letters/{BROKEN}", letter_path(BROKEN)
        good = to_yaml(letter(BROKEN))
        for name, data, meaning in (
            ("broken", b"id: [\n", "amended"),
            ("broken otherwise", b"id: {\n", "amended"),
            ("not UTF-8", good.encode() + b"note: \xff\n", "amended"),
            ("too large", good.encode() + b"# " + b"x" * 2**20, "amended"),
            ("withdrawn after that", to_yaml(withdrawn(BROKEN)).encode(), "withdrawn"),
            ("broken while withdrawn", b"- no mapping\n", "reinstated"),
            ("key twice", f"{good}id: again\n".encode(), "amended"),
            ("mended", good.encode(), "amended"),
        ):
            self.archive.write(path, data)
            self.commit(name, (key, "revise", meaning))
        self.archive.write("records/archive.yaml", archive_info(name="The Harbour letters, mended"))
        self.commit("table", ("archive", "revise", "amended"))

    def double(self) -> None:
        """Two files for one key: the first in byte order counts."""
        key, path = f"letters/{TWICE}", letter_path(TWICE)
        later, before = f"records/letters/2020/{TWICE}.yaml", f"records/letters/2018/{TWICE}.yaml"
        self.archive.write(later, letter(TWICE, summary="Nobody sees this."))
        self.commit("a later path")
        self.archive.write(before, self.archive.read(path))
        self.commit("an earlier path with the same bytes")
        self.archive.write(before, letter(TWICE, summary="This one counts.", changes=[change("correction")]))
        self.commit("an earlier path", (key, "revise", "amended"))
        self.archive.delete(path)
        self.archive.delete(later)
        self.commit("the others deleted")
        self.archive.write(path, letter(TWICE))
        self.archive.delete(before)
        self.commit("back at the old path", (key, "revise", "amended"))

    def link(self) -> None:
        """A symbolic link is no record."""
        key, path = f"letters/{LINKED}", letter_path(LINKED)
        self.archive.link(path, f"{MOVED}.yaml")
        self.commit("a link", (key, "remove", "removed"))
        self.archive.delete(path)
        self.archive.letter(LINKED)
        self.commit("no link any more", (key, "add", "reinstated"))


def tell(folder: Path, object_format: str = "sha1") -> Eventful:
    """Build the eventful archive; the same calls make the same commits everywhere."""
    story = Story(Archive(folder, object_format=object_format))
    story.begin()
    story.move()
    story.amend()
    story.merge()
    story.take_back()
    story.remove()
    story.break_()
    story.double()
    story.link()
    return Eventful(story.archive, story.commits, story.events)


@pytest.fixture(scope="session")
def eventful(tmp_path_factory: pytest.TempPathFactory) -> Eventful:
    """The eventful archive; tests that change it work on a copy."""
    return tell(tmp_path_factory.mktemp("eventful") / "archive")
