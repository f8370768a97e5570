"""The second auditor: it accepts what is true, names what is not, and reads records as Letterbook does."""

import ast
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from publisher import log, tiles
from publisher.checks.keys import _sound
from publisher.index import canonical
from publisher.merkle import Tree, leaf_hash
from publisher.record import parse
from tests import second_auditor
from tests import test_lists as lists
from tests.builders import Archive, change, letter, letter_path, to_yaml, withdrawn
from tests.command import letterbook
from tests.conftest import AMENDED, BRANCHED, REMOVED, TAKEN_BACK, Eventful
from tests.erasing import LIST, adopt, erased, list_them
from tests.second_auditor import audit, differences, document_of
from tests.test_sshsig import FIDO, NEUTRAL, NEUTRAL_BLOB, FixedSigner
from tests.tools import need

NAMESPACES = "letterbook-index@v1,letterbook-files@v1"


def test_it_imports_nothing_of_letterbook() -> None:
    """An auditor that shares our code would share our mistakes."""
    tree = ast.parse(Path(second_auditor.__file__).read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not [name for name in names if name.partition(".")[0] in ("publisher", "tests", "git", "jsonschema")]


# -- a publication ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Published:
    """The eventful archive, published with a listed key by the command that staff use."""

    clone: Path
    site: Path
    key: Path
    allowed: Path

    def copy(self, folder: Path) -> "Published":
        """Return the same with a publication of its own, to be tampered with."""
        shutil.copytree(self.site, folder)
        return Published(clone=self.clone, site=folder, key=self.key, allowed=self.allowed)

    def audit(self) -> list[str]:
        return audit(self.clone, self.site, self.allowed)

    def sign(self, name: str, namespace: str, key: Path | None = None) -> None:
        """Sign a file of the publication with stock ssh-keygen."""
        (self.site / f"{name}.sig").unlink(missing_ok=True)
        command = [need("ssh-keygen"), "-q", "-Y", "sign", "-f", str(key or self.key), "-n", namespace, name]
        subprocess.run(command, cwd=self.site, check=True, capture_output=True)

    def seal(self, key: Path | None = None) -> None:
        """Sign everything again, as somebody would who has the key."""
        self.sign("index.json", "letterbook-index@v1", key)
        files = [path for path in second_auditor.files_of(self.site) if not path.startswith("SHA256SUMS")]
        sums = {path: hashlib.sha256((self.site / path).read_bytes()).hexdigest() for path in files}
        (self.site / "SHA256SUMS").write_text("".join(f"{sums[path]}  {path}\n" for path in sorted(sums)), "ascii")
        self.sign("SHA256SUMS", "letterbook-files@v1", key)

    def write(self, path: str, data: bytes) -> None:
        (self.site / path).parent.mkdir(parents=True, exist_ok=True)
        (self.site / path).write_bytes(data)

    def index(self) -> Any:
        return json.loads((self.site / "index.json").read_bytes())

    def write_index(self, index: Any) -> None:
        self.write("index.json", canonical(index) + b"\n")


def make_key(folder: Path, name: str) -> Path:
    command = [need("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name)]
    subprocess.run(command, check=True, capture_output=True)
    return folder / name


def allow(key: Path, options: str = f'namespaces="{NAMESPACES}"') -> str:
    return f"publisher {options} {key.with_suffix('.pub').read_text('ascii')}"


@pytest.fixture(scope="module")
def published(eventful: Eventful, tmp_path_factory: pytest.TempPathFactory) -> Published:
    folder = tmp_path_factory.mktemp("published")
    key = make_key(folder, "key")
    (folder / "allowed_signers").write_text(allow(key), "ascii")
    clone = eventful.archive.copy(folder / "clone")
    done = letterbook(clone, "publish", "--out", folder / "site", "--key", key)
    assert done.status == 0, done.err
    return Published(clone=clone, site=folder / "site", key=key, allowed=folder / "allowed_signers")


@pytest.fixture
def mine(published: Published, tmp_path: Path) -> Published:
    return published.copy(tmp_path / "site")


def test_a_true_publication_has_no_difference(published: Published) -> None:
    assert published.audit() == []
    assert audit(published.clone, published.site) == []


def test_an_earlier_commit_of_the_line_has_none_either(
    eventful: Eventful, published: Published, tmp_path: Path
) -> None:
    earlier = eventful.commits["table"]
    done = letterbook(published.clone, "publish", earlier, "--out", tmp_path / "old", "--key", published.key)
    assert done.status == 0, done.err
    assert audit(eventful.archive.folder, tmp_path / "old", published.allowed) == []


def test_earlier_versions_are_held_whatever_was_taken_back_meanwhile(published: Published, tmp_path: Path) -> None:
    """Versions from before, during and after a withdrawal, of a letter and of its outcomes."""
    archive = Archive(tmp_path / "archive")
    archive.begin()
    notes = [change("correction", f"Note {number}.") for number in range(9)]
    steps: list[Callable[[int], object]] = [
        lambda at: archive.letter(AMENDED, changes=notes[:at]),
        lambda at: archive.assess(AMENDED, changes=notes[:at]),
        lambda at: archive.letter(AMENDED, changes=notes[:at]),
        lambda at: archive.withdraw(AMENDED),
        lambda at: archive.assess(AMENDED, changes=notes[:at]),
        lambda at: archive.write(letter_path(AMENDED), withdrawn(AMENDED, title="Still held")),
        lambda at: archive.assess(AMENDED, changes=notes[:at]),
        lambda at: archive.letter(AMENDED, changes=notes[:at]),
        lambda at: archive.assess(AMENDED, changes=notes[:at]),
    ]
    for at, step in enumerate(steps):
        step(at)
        archive.commit()
    archive.letter(AMENDED, changes=notes)
    archive.assess(AMENDED, changes=notes)
    archive.commit()
    site = tmp_path / "site"
    done = letterbook(archive.folder, "publish", "--out", site, "--key", published.key)
    assert done.status == 0, done.err
    there = sorted(path.relative_to(site / "letters").as_posix() for path in site.rglob("record.yaml"))
    assert there == [
        f"{AMENDED}/5/record.yaml",
        f"{AMENDED}/outcomes/3/record.yaml",
        f"{AMENDED}/outcomes/4/record.yaml",
    ]
    assert audit(archive.folder, site, published.allowed) == []


def chains() -> dict[str, dict[str, bytes]]:
    """Chains of key lists, whole and spoilt, by what is wrong."""
    first = lists.signed(1, lists.ONE, lists.A, lists.B)
    found = {name: first | files for name, (files, _) in lists.REPLACED.items()}
    for name, (text, _) in lists.LISTS.items():
        data = text.encode("utf-8", "surrogateescape")
        found[name] = lists.signed(1, data, lists.A, lists.B) | lists.signed(2, lists.TWO, lists.A, FIDO)
    for name in lists.GOOD:
        found[f"without {name}"] = {path: data for path, data in lists.GOOD.items() if path != name}
    many = {f"1.x{number:02}.sig": lists.GOOD["1.a0.sig"] for number in range(20)}
    weak = lists.publisher(lists.FIRST) + lists.root(FixedSigner(blob=NEUTRAL_BLOB, public_key=NEUTRAL), 1, 1)
    blanks = b"# x\n\n \t\n" + lists.ONE.replace(b" ", b" \t ") + b"# no line end"
    return found | {
        "nothing wrong": lists.GOOD,
        "no list": {},
        "many signatures": lists.GOOD | many,
        "a key of small order": {"1.allowed_signers": weak.encode()},
        "blanks": lists.signed(1, blanks, lists.A, lists.B),
        "line ends of Windows": lists.signed(1, lists.ONE.replace(b"\n", b"\r\n"), lists.A, lists.B),
        "roots dropped": lists.GOOD | lists.signed(2, lists.publisher(lists.SECOND).encode(), lists.A, lists.B),
        "too long": lists.signed(1, lists.ONE + b"#" * 16_384, lists.A, lists.B),
    }


@pytest.mark.parametrize("name", chains())
def test_both_auditors_settle_the_same_key_lists(name: str) -> None:
    files = chains()[name]
    assert second_auditor.settling(files) == set(_sound(files))
    assert name != "nothing wrong" or second_auditor.settling(files) == set(lists.GOOD)


def test_listed_keys_and_documents_are_held_too(published: Published, tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    archive.begin()
    scan = archive.read(archive.write("records/documents/scan.pdf", b"%PDF-1.4\n%%EOF\n"))
    document = {
        "file": "scan.pdf", "sha256": hashlib.sha256(scan).hexdigest(), "size": len(scan), "role": "original",
        "media_type": "application/pdf", "rights": "own", "rights_note": "Ours.",
    }  # fmt: skip
    archive.letter(AMENDED, documents=[document])
    for number in range(1, 11):
        archive.write(f"records/keys/{number}.allowed_signers", allow(published.key))
    archive.write("records/keys/10.allowed_signers", f"# The tenth.\n{allow(published.key)}")
    archive.commit()
    done = letterbook(archive.folder, "publish", "--out", tmp_path / "site", "--key", published.key)
    assert done.status == 0, done.err
    assert audit(archive.folder, tmp_path / "site", published.allowed) == []
    site = Published(clone=archive.folder, site=tmp_path / "site", key=published.key, allowed=published.allowed)
    for path in ("documents/scan.pdf", "keys/allowed_signers", "keys/9.allowed_signers"):
        kept = (site.site / path).read_bytes()
        site.write(path, kept + b"# planted\n")
        site.seal()
        assert [line.partition(":")[0] for line in site.audit()] == [path]
        site.write(path, kept)


def test_the_leaves_follow_from_the_index_alone(published: Published, eventful: Eventful) -> None:
    index = published.index()
    leaves = second_auditor.leaves_of(index)
    assert leaves == second_auditor.Line(eventful.archive.folder, "HEAD").leaves
    assert second_auditor.root(leaves) == index["log"]["root"]


# -- tampering -------------------------------------------------------------------------------------------------


def flip(site: Path) -> str:
    data = bytearray((site / "letters.csv").read_bytes())
    data[len(data) // 2] ^= 1
    (site / "letters.csv").write_bytes(data)
    return "letters.csv"


def add(site: Path) -> str:
    (site / "letters" / "planted.html").write_text("planted", "utf-8")
    return "letters/planted.html"


def drop(site: Path) -> str:
    (site / "feed.atom").unlink()
    return "feed.atom"


def link(site: Path) -> str:
    (site / "letters.csv").rename(site.parent / "letters.csv")
    (site / "letters.csv").symlink_to(site.parent / "letters.csv")
    return "letters.csv"


def unsorted_sums(site: Path) -> str:
    lines = (site / "SHA256SUMS").read_text("ascii").splitlines()
    (site / "SHA256SUMS").write_text("\n".join(reversed(lines)) + "\n", "ascii")
    return "SHA256SUMS"


def index_byte(site: Path) -> str:
    data = (site / "index.json").read_bytes()
    (site / "index.json").write_bytes(data.replace(b"Harbour Institute", b"Harbour Instytute"))
    return "index.json"


def no_signature(site: Path) -> str:
    (site / "index.json.sig").unlink()
    return "index.json"


def other_signature(site: Path) -> str:
    shutil.copy(site / "SHA256SUMS.sig", site / "index.json.sig")
    return "index.json"


@pytest.mark.parametrize(
    "tamper",
    [flip, add, drop, link, unsorted_sums, index_byte, no_signature, other_signature],
    ids=lambda f: f.__name__,
)
def test_tampering_without_the_key_is_named(mine: Published, tamper: Callable[[Path], str]) -> None:
    name = tamper(mine.site)
    assert any(line.startswith(f"{name}:") for line in mine.audit()), mine.audit()


def test_another_key_is_named(mine: Published, tmp_path: Path) -> None:
    mine.seal(make_key(tmp_path, "other"))
    assert [line.partition(":")[0] for line in mine.audit()] == ["index.json", "SHA256SUMS"]


def test_two_keys_in_one_publication_are_named(mine: Published, tmp_path: Path) -> None:
    """Both are listed, but one publication has one key."""
    other = make_key(tmp_path, "other")
    both = tmp_path / "allowed_signers"
    both.write_text(allow(mine.key) + allow(other), "ascii")
    mine.sign("SHA256SUMS", "letterbook-files@v1", other)
    assert audit(mine.clone, mine.site, both) == ["SHA256SUMS: signed by another key than index.json"]


def test_a_signature_for_another_purpose_is_named(mine: Published) -> None:
    mine.sign("index.json", "letterbook-files@v1")
    assert [line.partition(":")[0] for line in mine.audit()] == ["index.json"]


@pytest.mark.parametrize("options", ["", f'namespaces="{NAMESPACES}",valid-before="20300101"', "cert-authority"])
def test_a_key_list_with_other_options_is_refused(published: Published, tmp_path: Path, options: str) -> None:
    keys = tmp_path / "allowed_signers"
    keys.write_text(allow(published.key, options), "ascii")
    assert len(audit(published.clone, published.site, keys)) == 2


def test_what_has_no_good_signature_is_not_parsed(mine: Published) -> None:
    mine.write("index.json", b"{" * 100_000)
    assert [line.partition(":")[0] for line in mine.audit()] == ["index.json"]


def edited_letter(index: Any) -> str:
    next(entry for entry in index["letters"] if entry["id"] == AMENDED)["letter"]["summary"] = "Never written."
    return f'letter {AMENDED}: letter.summary: published "Never written.", git says "Without a note."'


def withdrawn_text(index: Any) -> str:
    next(entry for entry in index["letters"] if entry["id"] == TAKEN_BACK)["letter"]["summary"] = "Still shown."
    return f'letter {TAKEN_BACK}: letter.summary: published "Still shown.", git says nothing'


def later_stamp(index: Any) -> str:
    entry = next(entry for entry in index["letters"] if entry["id"] == BRANCHED)
    entry["provenance"]["first"]["published_at"] = "2021-01-01T00:00:00Z"
    return (
        f"letter {BRANCHED}: provenance.first.published_at: "
        'published "2021-01-01T00:00:00Z", git says "2021-03-01T00:00:00Z"'
    )


def omitted(index: Any) -> str:
    index["letters"] = [entry for entry in index["letters"] if entry["id"] != AMENDED]
    return f"letter {AMENDED}: id: not published, but in git"


def invented(index: Any) -> str:
    index["letters"].append({**index["letters"][0], "id": "2019-12-24-nobody-to-nobody"})
    return "letter 2019-12-24-nobody-to-nobody: id: published, but not in git"


def twice(index: Any) -> str:
    index["letters"].append(index["letters"][0])
    return f"letter {index['letters'][0]['id']}: published 2 times"


def reordered(index: Any) -> str:
    index["letters"].reverse()
    return "index.json: letter: order: published "


def forgotten_removal(index: Any) -> str:
    gone = index["removed"].pop()
    return f"removed {gone['key']}: key: not published, but in git"


def one_for_true(index: Any) -> str:
    index["log"]["size"] = True
    return "index.json: size: published true, git says "


def extra(index: Any) -> str:
    index["note"] = "planted"
    return 'index.json: note: published "planted", git says nothing'


def dropped_revision(index: Any) -> str:
    entry = next(entry for entry in index["letters"] if entry["id"] == AMENDED)
    entry["provenance"]["revisions"].pop()
    return f"letter {AMENDED}: provenance.revisions["


def other_meaning(index: Any) -> str:
    entry = next(entry for entry in index["letters"] if entry["id"] == AMENDED)
    entry["provenance"]["revisions"][-1]["meaning"] = "editorial"
    return f'letter {AMENDED}: provenance.revisions[9].meaning: published "editorial", git says "amended"'


LIES = [
    edited_letter, withdrawn_text, later_stamp, omitted, invented, twice, reordered, forgotten_removal, one_for_true,
    extra, dropped_revision, other_meaning,
]  # fmt: skip


@pytest.fixture(scope="module")
def rebuilt(published: Published) -> dict[str, Any]:
    return second_auditor.rebuild(published.clone, "HEAD")


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.__name__)
def test_a_lie_in_the_index_is_named_with_both_values(
    published: Published, rebuilt: dict[str, Any], lie: Callable[[Any], str]
) -> None:
    index = published.index()
    assert differences(index, rebuilt) == []
    expected = lie(index)
    found = differences(index, rebuilt)
    assert any(expected.replace("index.json: size", "index.json: log.size") in line for line in found), found


@pytest.mark.parametrize("value", [None, [], "x", 1, {}, {"letters": 1}, {"letters": [1], "tables": {"a": 1}}])
def test_an_index_of_any_shape_is_compared(rebuilt: dict[str, Any], value: Any) -> None:
    assert differences(value, rebuilt)


def test_a_lie_that_is_signed_with_the_true_key_is_named(mine: Published) -> None:
    index = mine.index()
    expected = edited_letter(index)
    mine.write_index(index)
    mine.seal()
    assert expected in mine.audit()


def test_the_lie_of_the_log_alone_is_named(mine: Published) -> None:
    index = mine.index()
    index["log"]["root"] = "0" * 64
    mine.write_index(index)
    mine.seal()
    assert any("log" in line and "root" in line for line in mine.audit())


@pytest.mark.parametrize(
    ("path", "data"),
    [
        (f"letters/{AMENDED}.json", b"{}\n"),
        (letter_path(AMENDED), b"id: planted\n"),
        (letter_path(TAKEN_BACK), b"id: still here\n"),
        (f"records/assessments/{TAKEN_BACK}.yaml", b"letter: still judged\n"),
        ("documents/planted.pdf", b"%PDF-1.7\n"),
        ("letters/2019-12-24-nobody-to-nobody.json", b"{}\n"),
        ("keys/9.allowed_signers", b"publisher planted\n"),
        ("log/tile/0/001", bytes(8192)),
        ("log/tile/1/000.p/1", bytes(32)),
        ("log/tile/entries/000.p/9999", b"planted"),
        ("log/tile/0/000.p/1", bytes(32)),
    ],
)
def test_a_file_that_is_signed_with_the_true_key_and_not_in_git_is_named(
    mine: Published, path: str, data: bytes
) -> None:
    mine.write(path, data)
    mine.seal()
    (line,) = mine.audit()
    assert line.startswith(f"{path}: sha256: published {hashlib.sha256(data).hexdigest()}, git says ")


@pytest.mark.parametrize(
    "change_text",
    [
        lambda text: text.rstrip("\n"),
        lambda text: f"{text}\n",
        lambda text: text.replace('{"archive":', '{ "archive":'),
        lambda text: text.replace('"size":', '"size":1,"size":', 1),
        lambda text: text.replace("Harbour", "\\u0048arbour", 1),
        lambda text: text.replace('"format":', '"float":1.0,"format":'),
        lambda text: text.replace('"format":', '"endless":NaN,"format":'),
        lambda text: text.replace('"format":', '"lone":"\\ud800","format":'),
    ],
)
def test_an_index_that_is_not_canonical_is_named(mine: Published, change_text: Callable[[str], str]) -> None:
    text = (mine.site / "index.json").read_text("utf-8")
    assert change_text(text) != text
    mine.write("index.json", change_text(text).encode())
    mine.seal()
    assert any(line.startswith("index.json: ") for line in mine.audit())


def test_a_rewritten_line_is_named(mine: Published, eventful: Eventful, tmp_path: Path) -> None:
    clone = eventful.archive.copy(tmp_path / "clone")
    second_auditor.git(clone, "reset", "--hard", "HEAD~5")
    (line,) = audit(clone, mine.site, mine.allowed)
    assert "source.commit" in line and "is not on the first-parent line" in line


def test_the_command_answers_with_its_exit_status(mine: Published) -> None:
    command = [sys.executable, "-m", "tests.second_auditor"]
    root = Path(__file__).parents[1]
    arguments = [str(mine.clone), str(mine.site), str(mine.allowed)]
    good = subprocess.run([*command, *arguments], cwd=root, capture_output=True, text=True, check=False)
    assert (good.returncode, good.stdout) == (0, "no difference\n")
    flip(mine.site)
    bad = subprocess.run([*command, *arguments], cwd=root, capture_output=True, text=True, check=False)
    assert bad.returncode == 1 and bad.stdout.startswith("letters.csv: sha256: published ")
    assert subprocess.run(command, cwd=root, capture_output=True, check=False).returncode == 2


# -- erasure (docs/format.md, section 3.1) -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def erased_one(eventful: Eventful, tmp_path_factory: pytest.TempPathFactory) -> Published:
    """The eventful archive after versions of an amended, a withdrawn and a removed letter were erased."""
    folder = tmp_path_factory.mktemp("erased")
    archive = eventful.archive
    for at, (name, revs) in enumerate({AMENDED: (1, 4, 9), TAKEN_BACK: (2,), REMOVED: (1, 3)}.items()):
        archive = erased(archive, folder / str(at), f"letters/{name}", *revs, reason="safety")
    key = make_key(folder, "key")
    (folder / "allowed_signers").write_text(allow(key), "ascii")
    done = letterbook(archive.folder, "publish", "--out", folder / "site", "--key", key)
    assert done.status == 0, done.err
    return Published(clone=archive.folder, site=folder / "site", key=key, allowed=folder / "allowed_signers")


def test_an_erased_archive_has_no_difference_and_begins_with_the_log_of_before(
    erased_one: Published, published: Published
) -> None:
    assert erased_one.audit() == []
    before, after = (second_auditor.leaves_of(one.index()) for one in (published, erased_one))
    assert after[: len(before)] == before
    array = [entry for name in ("letters", "removed") for entry in erased_one.index()[name]]
    assert sum("erased" in version for entry in array for version in entry["provenance"]["revisions"]) == 7


def hidden_erasure(version: Any) -> None:
    del version["erased"]


def other_reason(version: Any) -> None:
    version["erased"] = "other"


def other_bytes(version: Any) -> None:
    version["sha256"] = "0" * 64


@pytest.mark.parametrize("lie", [hidden_erasure, other_reason, other_bytes], ids=lambda lie: lie.__name__)
def test_a_lie_about_an_erasure_is_named(erased_one: Published, tmp_path: Path, lie: Callable[[Any], None]) -> None:
    mine = erased_one.copy(tmp_path / "site")
    index = mine.index()
    lie(next(e for e in index["letters"] if e["id"] == AMENDED)["provenance"]["revisions"][3])
    mine.write_index(index)
    mine.seal()
    assert any(f"letter {AMENDED}: provenance.revisions[3]" in line for line in mine.audit())


def forgotten(entries: list[Any]) -> str:
    entry = entries.pop()
    return f"version {entry['rev']} of {entry['key']} is erased and not listed"


def invented_erasure(entries: list[Any]) -> str:
    entries.append({**entries[0], "rev": 2})
    return f"version 2 of letters/{AMENDED} is listed and not erased"


def listed_twice(entries: list[Any]) -> str:
    entries.append({**entries[0], "sha256": "0" * 64})
    return f"version 1 of letters/{AMENDED} cannot be listed, or not twice"


def listed_itself(entries: list[Any]) -> str:
    entries.append({**entries[0], "key": "erasures"})
    return "version 1 of erasures cannot be listed, or not twice"


def no_hash(entries: list[Any]) -> str:
    entries[0]["sha256"] = "0"
    return "has no sha256 or size"


def true_revision(entries: list[Any]) -> str:
    entries[0]["rev"] = True
    return "is no entry"


def no_entries(entries: list[Any]) -> str:
    entries[:] = ["letters"]
    return "is no entry"


@pytest.mark.parametrize(
    "lie",
    [forgotten, invented_erasure, listed_twice, listed_itself, no_hash, true_revision, no_entries],
    ids=lambda lie: lie.__name__,
)
def test_a_list_that_does_not_answer_the_stubs_ends_the_audit(
    erased_one: Published, tmp_path: Path, lie: Callable[[list[Any]], str]
) -> None:
    shutil.copytree(erased_one.clone, tmp_path / "clone", symlinks=True)
    archive = adopt(tmp_path / "clone", Archive(tmp_path / "none"))
    entries = document_of(archive.read(LIST))["erasures"]  # type: ignore[index]
    said = lie(entries)
    list_them(archive, *entries)
    archive.commit()
    with pytest.raises(second_auditor.AuditError) as raised:
        second_auditor.rebuild(archive.folder, "HEAD")
    assert said in str(raised.value)


# -- the same values from other code ---------------------------------------------------------------------------


@given(st.lists(st.text(max_size=3), max_size=40))
def test_both_trees_have_the_same_root(leaves: list[str]) -> None:
    assert second_auditor.root(leaves) == log.root([leaf.encode() for leaf in leaves]).hex()


@settings(deadline=None)
@given(st.lists(st.sampled_from(["a", "b"]), max_size=600))
@example(["a"] * 256)
@example(["a"] * 65_535 + ["b"])
@example(["a"] * 65_000 + ["b"] * 600 + ["c"] * 4_400)
def test_both_write_the_same_tiles(commits: list[str]) -> None:
    versions = [(f"leaf {at}", commit) for at, commit in enumerate(commits)]
    leaves = [text.encode() for text, _ in versions]
    size = len(commits)
    ends = [at + 1 for at in range(size) if at + 1 == size or commits[at + 1] != commits[at]]
    ours = tiles.files(Tree(list(map(leaf_hash, leaves))), leaves, ends)
    assert second_auditor.tiles(versions) == {f"log/{path}": data for path, data in ours.items()}


@given(st.integers(0, 10**10))
def test_both_number_tiles_alike(number: int) -> None:
    assert f"tile/0/{second_auditor.tile_number(number)}" == tiles.path(0, number)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=10,
)


@given(JSON)
def test_both_write_the_same_canonical_json(value: Any) -> None:
    assert second_auditor.canonical(value).encode() == canonical(value)


# -- reading records (docs/format.md, section 4) ---------------------------------------------------------------

DEEPEST, WIDEST = "[" * 31 + "]" * 31, ["x"] * 49_997

READ: list[tuple[bytes, Any]] = [
    (b"a: [true, false, null, True, TRUE, ~, Null, yes, No, on, y]\n",
     {"a": [True, False, None, "True", "TRUE", "~", "Null", "yes", "No", "on", "y"]}),
    (b"a: [0, -0, 7, -12, 007, +1, 1_000, 0x1F, 0o7, 1.5, 1e3, .inf, 12:30:00]\n",
     {"a": [0, 0, 7, -12, "007", "+1", "1_000", "0x1F", "0o7", "1.5", "1e3", ".inf", "12:30:00"]}),
    (b"a: 9007199254740991\nb: -9007199254740991\n", {"a": 2**53 - 1, "b": 1 - 2**53}),
    (b"a: 2019-02-18\nb: '1'\nc: \"true\"\nd: |-\n  1\n", {"a": "2019-02-18", "b": "1", "c": "true", "d": "1"}),
    (b"\xef\xbb\xbfa: 1\n", {"a": 1}),
    (b"a: |\r\n  x\r\n  y\r\nb: 1\rc: 2\n", {"a": "x\ny\n", "b": 1, "c": 2}),
    (b"---\na: 1\n...\n", {"a": 1}),
    (b"a: x # c\nb: x#y\n# c\n", {"a": "x", "b": "x#y"}),
    (b"no: a\n'1': b\n2019-02-18: c\n\"\": d\n", {"no": "a", "1": "b", "2019-02-18": "c", "": "d"}),
    (b"a: <<\nb: =\n'<<': {c: 1}\n", {"a": "<<", "b": "=", "<<": {"c": 1}}),
    (b"a: >\n  x\n  y\n\n  z\n   w\nb: |+\n  x\n\n", {"a": "x y\nz\n w\n", "b": "x\n\n"}),
    (b'a: "\\x41\\u00e9\\/\\_"\nb: \'it\'\'s\'\n', {"a": "A\u00e9/\u00a0", "b": "it's"}),
    ("a: \u00e9\U0001f600\u3000\ue000\n".encode(), {"a": "\u00e9\U0001f600\u3000\ue000"}),
    (b'a: {"b":1,"c":[1]}\nd: [e: f]\n', {"a": {"b": 1, "c": [1]}, "d": [{"e": "f"}]}),
    (f"a: {DEEPEST}\n".encode(), {"a": json.loads(DEEPEST)}),
    (f"a: [{','.join(WIDEST)}]\n".encode(), {"a": WIDEST}),
    (b"a: " + b"x" * (2**20 - 4) + b"\n", {"a": "x" * (2**20 - 4)}),
    (b"a:\nb:\n-\n- \nc: {d, e: }\n", {"a": None, "b": [None, None], "c": {"d": None, "e": None}}),
    (b"a: [" + b"no," * 200 + b"no]\n", {"a": ["no"] * 201}),
    (b'a: "\\t\\x07\\0\\u2028\\ufeff"\n', {"a": "\t\x07\0\u2028\ufeff"}),
]  # fmt: skip
UNREADABLE: list[bytes] = [
    b"", b"# c\n", b"---\n", b"null\n", b"- a\n", b"x\n", b'""\n', b"\xff", b"a: \xed\xa0\x80\n", b"a: \xc0\x80\n",
    "a: 1\n".encode("utf-16"),
    b"a: 1\n---\nb: 2\n", b"a: 1\n---\n", b"%YAML 1.1\n---\na: 1\n", b"%TAG ! tag:x,2000:\n---\na: 1\n",
    b"%PLANTED x\n---\na: 1\n",
    b"a: &x 1\n", b"a: &x 1\nb: *x\n", b"a: *x\n", b"a: !!str 1\n", b"a: ! 1\n", b"!!map\na: 1\n", b"&x a: 1\n",
    b"1: a\n", b"-1: a\n", b"true: a\n", b"null: a\n", b": a\n", b"?\n: a\n", b"[a]: b\n", b"{a: 1}: b\n",
    b"9007199254740992: a\n",
    b"a: 1\na: 2\n", b"a: 1\n'a': 2\n", b"x: {a: 1, a: 2}\n", b"<<: {a: 1}\n", b"a:\n- <<: {a: 1}\n",
    b"a: 9007199254740992\n", b"a: -9007199254740992\n", b"a: " + b"9" * 5000 + b"\n",
    b'a: "\\ud800"\n', b'a: "\\U00110000"\n', b'a: "\\q"\n', b"a: [\n", b'a: "x\n', b"a: b: c\n", b"a:\n\tb: 1\n",
    b"a: @x\n", b"a: `x\n", b"a: %x\n", b"{a:[b]}\n", b"a: [b,,c]\n",
    b"a: x\x07\n", b"a: x\0\n", b"a: x\x7f\n", "a: x\u0080\n".encode(), "a: |\n  x\u0085  y\n".encode(),
    'a: "x\u2028y"\n'.encode(), "a: x\uffff\n".encode(), "a: x\ufeffy\n".encode(), "\ufeff\ufeffa: 1\n".encode(),
    b"a:\tb\n", b"a: b\tc\n", b"a: |\n  x\n  \ty\n", b'a: "x\n\ty"\n', b"a: x\t# c\n",
    b"a: 1\n*x : 2\n", b"".join(b"k%d: 1\n" % at for at in range(25_000)),
    b"a: [" + DEEPEST.encode() + b"]\n", b"a: [" + b"x," * 49_997 + b"x]\n", b"a: " + b"x" * (2**20 - 3) + b"\n",
]  # fmt: skip


@pytest.mark.parametrize(("data", "value"), READ)
def test_both_read_the_same_value(data: bytes, value: Any) -> None:
    for document in (document_of(data), parse(data)[0]):
        assert document is not None
        assert second_auditor.canonical(document) == second_auditor.canonical(value)


@pytest.mark.parametrize("data", UNREADABLE)
def test_neither_reads_what_leaves_open_what_is_meant(data: bytes) -> None:
    assert document_of(data) is None
    assert parse(data)[0] is None


READ_DIFFERENTLY: dict[str, bytes] = {
    "a question mark in brackets": b"a: [https://acme.example/?q=1]\n",
    "a comment that touches a block's mark": b"a: |#c\n  x\n",
}


@pytest.mark.parametrize("data", READ_DIFFERENTLY.values(), ids=READ_DIFFERENTLY.keys())
def test_what_libyaml_takes_and_other_readers_refuse(data: bytes) -> None:
    """docs/format.md, section 4, names both: an auditor with another parser says that it cannot read them."""
    assert document_of(data) is None
    assert parse(data)[0] is not None


ODD = st.sampled_from(
    [*" \n:-,[]{}#&*!|>'\"%@`~=<\\.0a\u00e9", "\n  ", "\n- ", ": ", " #", "---\n", "...\n", "null", "''"]
)
TEXTS = [
    to_yaml(letter(AMENDED, changes=[change("editorial")], language=["en", "es"])),
    to_yaml(withdrawn(AMENDED)),
    "a: [b, {c: d}, 'e']\nf: |\n  text\n  more\n\ng: >-\n  folded\n  text\nh: \"q\\n x\"\nk: v\n",
    "{a: 1, b: [x, y], \"c\": 'd'}\n",
]


@given(st.sampled_from(TEXTS), st.lists(st.tuples(st.integers(0, 900), st.integers(0, 2), ODD), max_size=4))
def test_both_read_damaged_records_alike(text: str, damage: list[tuple[int, int, str]]) -> None:
    for place, length, odd in damage:
        at = place % (len(text) + 1)
        text = text[:at] + odd + text[at + length :]
    assume(not re.search(r"[|>][-+0-9]*#", text))  # disputed, see above
    ours, theirs = parse(text.encode())[0], document_of(text.encode())
    assert canonical(ours) == canonical(theirs)
