"""Small archives with a past, and random changes of an index: what a person might stage, slips and malice included.

    world = World.make(folder, seed)
    edits = world.stage(random.Random(7))         # names of what was done; the index file is world.index

The archives are about invented parties. A change never touches the work tree: files go straight into an index of
their own, so that one archive serves many changes.
"""

import hashlib
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.builders import (
    PARTIES,
    Archive,
    archive_info,
    assessment,
    change,
    letter,
    letter_path,
    parties,
    threads,
    to_yaml,
    withdrawn,
)

PDF = b"%PDF-1.4\nnothing to see\n"
GONE, TAKEN_BACK = "2018-01-05-harbour-to-acme", "2018-02-05-harbour-to-quayside"


def identifier(number: int) -> str:
    """Return the id of the letter of that number; later numbers are later days."""
    return f"2019-{number // 28 + 1:02}-{number % 28 + 1:02}-letter-{number}"


def scan(content: bytes, name: str) -> dict[str, Any]:
    """Return a `documents` entry that fits a file."""
    return {
        "file": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content),
        "media_type": "application/pdf", "role": "original", "rights": "permission", "rights_note": "Given.",
    }  # fmt: skip


@dataclass(kw_only=True)
class World:
    """An archive, what stands in its last commit by path, and the document of each record there."""

    archive: Archive
    index: Path
    base: str
    documents: dict[str, dict[str, Any]]
    files: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def make(cls, folder: Path, seed: int, *, faulty: bool = False) -> "World":
        """Build an archive whose last commit holds no error, or a few if it is to be `faulty`."""
        chance = random.Random(seed)
        archive = Archive(folder)
        archive.tables()
        extra = [{"id": f"party-{n}", "name": f"Party {n}", "kind": "company"} for n in range(5)]
        archive.write("records/parties.yaml", {"parties": [*parties()["parties"], *extra]})
        more = [{"id": f"thread-{n}", "title": f"Thread {n}"} for n in range(4)]
        archive.write("records/threads.yaml", {"threads": [*threads()["threads"], *more]})
        archive.letter(GONE)
        archive.letter(TAKEN_BACK)
        archive.commit()
        archive.delete(letter_path(GONE))
        archive.withdraw(TAKEN_BACK)
        archive.commit()
        written = {}
        for number in range(chance.randint(4, 9)):
            written[number] = first_letter(archive, chance, number)
        archive.commit()
        for number in chance.sample(sorted(written), 2):
            changed = {**written[number], "summary": "Put right.", "changes": [change("correction")]}
            archive.write(letter_path(identifier(number)), changed)
        for number in chance.sample(sorted(written), 2):
            archive.assess(identifier(number))
        if chance.random() < 0.5:
            moved = letter_path(identifier(0))
            archive.move(moved, moved.replace("/2019/", "/2019/01/"))
        if faulty:
            archive.letter("2019-12-01-faulty", thread="no-thread", relations=[relation("replies-to", "no-letter")])
            archive.write("records/letters/2019/2019-12-02-broken.yaml", "id: [\n")
            archive.write("records/documents/nobodys.pdf", PDF)
        archive.commit()
        found = cls(archive=archive, index=folder.parent / f"{folder.name}-index", base=archive.head, documents={})
        found.remember()
        return found

    def remember(self) -> None:
        """Read what the last commit holds."""
        import yaml

        for path in self.archive.git("ls-tree", "-r", "-z", "--name-only", "HEAD", "--", "records/").split("\0"):
            if path:
                self.files[path] = self.archive.read(path)
                if path.startswith("records/letters/") and "broken" not in path:
                    self.documents[path] = yaml.safe_load(self.files[path])

    # -- staging -----------------------------------------------------------------------------------------------

    def stage(self, chance: random.Random, count: int) -> list[str]:
        """Make an index that differs from the last commit by `count` random edits; returns what they were."""
        self.index.unlink(missing_ok=True)
        self.git("read-tree", "HEAD")
        done = []
        for _ in range(count):
            edit = chance.choice(EDITS)
            done.append(edit.__name__)
            edit(self, chance)
        return done

    def git(self, *arguments: str, feed: bytes = b"") -> str:
        """Run git on the index of this world."""
        return self.archive.git(*arguments, feed=feed, GIT_INDEX_FILE=str(self.index))

    def put(self, path: str, content: bytes | str | dict[str, Any], mode: str = "100644") -> None:
        """Stage a file."""
        data = to_yaml(content).encode() if isinstance(content, dict) else content
        data = data.encode() if isinstance(data, str) else data
        blob = self.git("hash-object", "-w", "--stdin", feed=data)
        self.entry(mode, blob, path)

    def entry(self, mode: str, blob: str, path: str) -> None:
        """Stage a path with an object that exists, or take it out with mode 0."""
        row = f"{mode} {blob}\t{path}\0".encode("utf-8", "surrogateescape")
        self.git("update-index", "-z", "--index-info", feed=row)

    def drop(self, path: str) -> None:
        """Take a file out of the index."""
        self.entry("0", "0" * len(self.base), path)

    def letters(self) -> list[str]:
        """Return the paths of letters that are not withdrawn."""
        return [path for path, found in self.documents.items() if found.get("status") != "withdrawn"]


def relation(kind: str, name: str) -> dict[str, Any]:
    """Return one relation."""
    return {"kind": kind, "letter": name, "basis": "stated"}


def first_letter(archive: Archive, chance: random.Random, number: int) -> dict[str, Any]:
    """Write a letter that replies to earlier ones, asks, and has a scan, or not."""
    name = identifier(number)
    fields: dict[str, Any] = {"thread": chance.choice(["harbour-dredging", "thread-0", "thread-1"])}
    fields["from_"] = [{"party": chance.choice([*PARTIES, "party-0", "party-1"])}]
    earlier = [identifier(n) for n in range(number)]
    chosen = chance.sample(earlier, min(len(earlier), chance.randint(0, 2)))
    fields["relations"] = [
        relation(chance.choice(["replies-to", "replies-to", "refers-to"]), n) for n in chosen
    ] or None
    if chance.random() < 0.4:
        content = PDF + str(number).encode()
        archive.write(f"records/documents/{name}.pdf", content)
        fields["documents"] = [scan(content, f"{name}.pdf")]
    if chance.random() < 0.5:
        fields["questions"] = [
            {"label": label, "text": "Why?", "wording": "paraphrase", "asked_of": ["acme-optics"]} for label in "123"
        ]
    archive.letter(name, **fields)
    return letter(name, **fields)


# -- edits -----------------------------------------------------------------------------------------------------

Edit = Callable[[World, random.Random], None]
EDITS: list[Edit] = []


def edit(function: Edit) -> Edit:
    """Add an edit to those that may be chosen."""
    EDITS.append(function)
    return function


def some(world: World, chance: random.Random) -> tuple[str, dict[str, Any]]:
    path = chance.choice(world.letters())
    return path, dict(world.documents[path])


def amended(found: dict[str, Any], chance: random.Random, **fields: Any) -> dict[str, Any]:
    """Return a letter with other fields, mostly with a note that says so."""
    notes = list(found.get("changes", []))
    if chance.random() < 0.8:
        notes.append(change(chance.choice(["correction", "correction", "editorial", "withdrawal"])))
    merged = {**found, **fields, **({"changes": notes} if notes else {})}
    return {name: value for name, value in merged.items() if value is not None}


def fresh(chance: random.Random) -> str:
    return f"2020-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}-new-{chance.randint(0, 99)}"


@edit
def add_letter(world: World, chance: random.Random) -> None:
    name = fresh(chance)
    others = [found["id"] for found in world.documents.values()]
    links = [relation(chance.choice(["replies-to", "refers-to"]), n) for n in chance.sample(others, 2)]
    fields: dict[str, Any] = {"relations": links}
    if chance.random() < 0.3:
        fields["thread"] = chance.choice(["thread-2", "thread-9", "new-thread"])
    if chance.random() < 0.3:
        fields["to"] = [{"party": chance.choice(["party-2", "nobody", "new-party"])}]
    world.put(letter_path(name), letter(name, **fields))


@edit
def add_one_that_was_there(world: World, chance: random.Random) -> None:
    notes = [change("reinstatement")] if chance.random() < 0.4 else None
    world.put(letter_path(GONE), letter(GONE, changes=notes))


@edit
def add_with_a_slip(world: World, chance: random.Random) -> None:
    name = fresh(chance)
    path, body = letter_path(name), to_yaml(letter(name))
    slips: list[tuple[str, str | bytes]] = [
        (path, body.replace("language", "langauge")), (path, "id: [\n"), (path, ""),
        (path, body.replace(name[:10], "2020-02-30")), (path, b"\xff" + body.encode()), (path, b"#" * (2**20 + 1)),
        (path, to_yaml(letter("2020-01-01-another"))), (path.replace(".yaml", ".yml"), body),
        (letter_path("2020-01-01-Capital"), to_yaml(letter("2020-01-01-Capital"))),
        (f"records/letters/2020/caf\u00e9/{name}.yaml", body), (f"records/letters/2020/\udcff/{name}.yaml", body),
        (f"records/letters/2020/a b/{name}.yaml", body), (f"records/{name}.yaml", body),
        (path, body + "note: write to ada@harbour.example\n"), (path, body + "# call +44 20 7946 0000\n"),
        (path, to_yaml(letter(name, relations=[relation("replies-to", name)]))),
        (path, body.replace("summary: Asks", "summary: See ada@harbour.example; asks")),
    ]  # fmt: skip
    world.put(*chance.choice(slips))


@edit
def amend(world: World, chance: random.Random) -> None:
    path, found = some(world, chance)
    world.put(path, amended(found, chance, summary=f"Other words {chance.random()}."))


@edit
def change_a_date(world: World, chance: random.Random) -> None:
    path, found = some(world, chance)
    dates = {"sent": {"date": f"{chance.choice([2018, 2019, 2021])}-06-01", "basis": "stated"}}
    if chance.random() < 0.5:
        dates = {**found["dates"], "received": {"date": chance.choice(["2017-01-01", "2022"]), "basis": "inferred"}}
    world.put(path, amended(found, chance, dates=dates))


@edit
def relate(world: World, chance: random.Random) -> None:
    path, found = some(world, chance)
    names = [other["id"] for other in world.documents.values()] + ["2019-01-99-letter-1", "no-letter"]
    links = [*found.get("relations", []), relation(chance.choice(["replies-to", "replies-to", "encloses"]),
                                                   chance.choice(names))]  # fmt: skip
    world.put(path, amended(found, chance, relations=links))


@edit
def ask_otherwise(world: World, chance: random.Random) -> None:
    path, found = some(world, chance)
    questions = [
        {"label": label, "text": "Why?", "wording": "paraphrase"} for label in chance.choice(["23", "1", "11"])
    ]
    world.put(path, amended(found, chance, questions=questions))


@edit
def break_one(world: World, chance: random.Random) -> None:
    path, found = some(world, chance)
    bodies: list[str | dict[str, Any]] = [
        "id: [\n", {**found, "kind": "telegram"}, {**found, "id": "another-id"},
        {"id": found["id"], "erased": {"rev": 1}},
        {**found, "dates": {"sent": {"date": "2019-02-30", "basis": "stated"}}}, {},
    ]  # fmt: skip
    world.put(path, chance.choice(bodies))


@edit
def withdraw(world: World, chance: random.Random) -> None:
    path, found = some(world, chance)
    body = withdrawn(found["id"]) if chance.random() < 0.7 else {**found, "status": "withdrawn"}
    world.put(path, body)


@edit
def bring_back(world: World, chance: random.Random) -> None:
    notes = [change("withdrawal", "Taken back."), *([change("reinstatement")] if chance.random() < 0.5 else [])]
    world.put(letter_path(TAKEN_BACK), letter(TAKEN_BACK, changes=notes))


@edit
def remove(world: World, chance: random.Random) -> None:
    world.drop(chance.choice(list(world.files)))


@edit
def move(world: World, chance: random.Random) -> None:
    path = chance.choice(list(world.documents))
    world.drop(path)
    world.put(f"records/letters/moved/{path.rpartition('/')[2]}", world.files[path])


@edit
def rename(world: World, chance: random.Random) -> None:
    path, found = some(world, chance)
    world.drop(path)
    world.put(letter_path("2019-02-01-renamed"), {**found, "id": "2019-02-01-renamed"})


@edit
def write_twice(world: World, chance: random.Random) -> None:
    path = chance.choice(list(world.documents))
    folder = chance.choice(["0000", "9999"])
    world.put(f"records/letters/{folder}/{path.rpartition('/')[2]}", world.files[path])


@edit
def touch_mode(world: World, chance: random.Random) -> None:
    path = chance.choice(list(world.documents))
    world.put(path, world.files[path], mode="100755")


@edit
def change_a_table(world: World, chance: random.Random) -> None:
    name, key = chance.choice([("parties", "kind"), ("threads", "summary")])
    entry = {"id": f"new-{name[:-1].replace('partie', 'party')}", "kind": "company"} if name == "parties" else {}
    entry |= {"name": "New"} if name == "parties" else {"id": "new-thread", "title": "New"}
    import yaml

    path = f"records/{name}.yaml"
    items = yaml.safe_load(world.files[path])[name]
    choices: list[Any] = [
        [*items, entry], [*items, entry], [*items, entry], items[1:], items[:-1], [*items, items[0]], [entry],
        [{**items[0], key: "odd"}, *items[1:]], "broken: [", None,
    ]  # fmt: skip
    chosen = chance.choice(choices)
    if chosen is None:
        world.drop(path)
    else:
        world.put(path, chosen if isinstance(chosen, str) else {name: chosen})


@edit
def change_the_archive(world: World, chance: random.Random) -> None:
    coverage = [{"party": chance.choice(["acme-optics", "nobody"]), "complete": False}]
    bodies = [archive_info(name="Other"), archive_info(origin="elsewhere.example/x"), archive_info(coverage=coverage),
              archive_info(authority="elsewhere.example,2026")]  # fmt: skip
    world.put("records/archive.yaml", chance.choice(bodies))


@edit
def assess(world: World, chance: random.Random) -> None:
    name = chance.choice([found["id"] for found in world.documents.values()] + ["no-letter"])
    body = assessment(name)
    outcome = body["outcomes"][0]
    kinds: list[dict[str, Any]] = [
        {}, {"question": "9"}, {"as_of": "2010-01-01"}, {"evidence": None}, {"by": "nobody"},
        {"answered_by": ["no-letter"]}, {"outcome": "answered", "answered_by": [identifier(1)]},
        {"evidence": [{"letter": identifier(2)}]}, {"candidates": [identifier(3), "2019-01-99-letter-3"]},
    ]  # fmt: skip
    merged = {**outcome, **chance.choice(kinds)}
    body["outcomes"] = [{name: value for name, value in merged.items() if value is not None}]
    where = name if chance.random() < 0.9 else identifier(0)
    world.put(f"records/assessments/{where}.yaml", body)


@edit
def add_a_scan(world: World, chance: random.Random) -> None:
    path, found = some(world, chance)
    name = f"scan-{chance.randint(0, 9)}.pdf"
    content = PDF + name.encode()
    entries = [*found.get("documents", []), scan(content if chance.random() < 0.7 else b"other", name)]
    if chance.random() < 0.9:
        world.put(f"records/documents/{name}", content)
    if chance.random() < 0.8:
        world.put(path, amended(found, chance, documents=entries))


@edit
def take_a_scan_off(world: World, chance: random.Random) -> None:
    path, found = some(world, chance)
    world.put(path, amended(found, chance, documents=None))


@edit
def change_a_scan(world: World, chance: random.Random) -> None:
    scans = [path for path in world.files if path.startswith("records/documents/")] or ["records/documents/new.pdf"]
    world.put(chance.choice(scans), PDF + b"other")


@edit
def stray(world: World, chance: random.Random) -> None:
    paths = ["records/notes.txt", "records/letters/x.yml", "records/.yaml", "records/odd/x.yaml", "records/README.md"]
    world.put(chance.choice(paths), b"words\n")


@edit
def odd_kind_of_file(world: World, chance: random.Random) -> None:
    path = chance.choice([*world.documents, letter_path(fresh(chance)), "records/documents/link.pdf"])
    if chance.random() < 0.5:
        world.put(path, b"elsewhere", mode="120000")
    else:
        world.entry("160000", world.base, path)


@edit
def pointer(world: World, chance: random.Random) -> None:
    name = chance.choice([letter_path(fresh(chance)), "records/documents/pointer.pdf"])
    world.put(name, b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")


@edit
def keys_and_erasures(world: World, chance: random.Random) -> None:
    erasure = {"key": "letters/x", "rev": 1, "sha256": "0" * 64, "size": 1, "reason": "court-order"}
    choices: list[tuple[str, str | dict[str, Any]]] = [
        ("records/keys/1.allowed_signers", "garbage\n"), ("records/erasures.yaml", {"erasures": [erasure]}),
        (letter_path(fresh(chance)), {"id": "x", "erased": {"rev": 1}}),
    ]  # fmt: skip
    world.put(*chance.choice(choices))


@edit
def announce_only(world: World, chance: random.Random) -> None:
    """Stage what `git add --intent-to-add` stages."""
    path = letter_path(fresh(chance))
    file = world.archive.folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("id: x\n")
    world.git("add", "--intent-to-add", "--", path)
    file.unlink()


def changes(world: World, seed: int, count: int) -> Iterator[list[str]]:
    """Stage one change after the other, each on the last commit alone; yields what was done."""
    chance = random.Random(seed)
    for _ in range(count):
        yield world.stage(chance, chance.choice([1, 1, 1, 2, 2, 3, 4]))
