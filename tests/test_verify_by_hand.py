"""docs/verify-by-hand.md is run exactly as it is printed, and each of its blocks catches what it is there for."""

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from publisher import checkpoint
from publisher.checkpoint import Checkpoint
from publisher.examine import examine_commit
from publisher.git import Repository
from publisher.index import Index, canonical
from publisher.log import root
from publisher.publish import FILES_NAMESPACE, INDEX_NAMESPACE, SUMS, format_sums, index_of, parse_sums
from publisher.signatures import sshsig
from publisher.signatures.keys import KeySigner, generate_private_key, load_private_key
from tests.builders import CLEAN, Archive, change, git, letter_path
from tests.command import letterbook
from tests.erasing import LIST, adopt, rewritten
from tests.tools import need

PAGE = Path(__file__).parent.parent / "docs" / "verify-by-hand.md"
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
FIRST = "2019-02-18-harbour-to-acme"
SECOND = "2019-03-01-acme-to-harbour"
MOVED = "2019-04-01-harbour-to-quayside"
Change = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, kw_only=True)
class Desk:
    """An auditor's folder: site/, archive/ and allowed_signers, and the publisher's key to forge with."""

    folder: Path
    signer: KeySigner

    @property
    def site(self) -> Path:
        return self.folder / "site"

    def copy(self, folder: Path) -> "Desk":
        shutil.copytree(self.folder, folder, symlinks=True)
        return Desk(folder=folder, signer=self.signer)

    def seal(self) -> None:
        """Sign index.json and SHA256SUMS again with the true key, after something was changed."""
        index = (self.site / "index.json").read_bytes()
        (self.site / "index.json.sig").write_bytes(sshsig.sign(self.signer, index, INDEX_NAMESPACE))
        paths = parse_sums((self.site / SUMS).read_bytes())
        sums = format_sums({path: hashlib.sha256((self.site / path).read_bytes()).hexdigest() for path in paths})
        (self.site / SUMS).write_bytes(sums)
        (self.site / f"{SUMS}.sig").write_bytes(sshsig.sign(self.signer, sums, FILES_NAMESPACE))

    def run(self) -> tuple[int | None, str]:
        """Run every block as printed, in one shell; return the number of the block that failed, or None."""
        for tool in ("bash", "git", "ssh-keygen", "sha256sum", "jq", "openssl", "python3"):
            need(tool)
        script = "".join(f"echo BLOCK {number} >&2\n{block}" for number, block in enumerate(BLOCKS, 1))
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.folder, env=CLEAN, capture_output=True, text=True, check=False,
        )  # fmt: skip
        said = done.stdout + done.stderr
        reached = int(re.findall(r"^BLOCK (\d+)$", done.stderr, re.MULTILINE)[-1])
        return (None if done.returncode == 0 else reached), said


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("desk")
    archive = Archive(folder / "origin")
    archive.begin()
    archive.letter(FIRST)
    archive.letter(SECOND, title="Ein Brief über die Häfen")
    archive.commit()
    archive.branch("side")
    archive.letter(MOVED)
    archive.assess(FIRST)
    archive.commit()
    archive.switch("main")
    archive.letter(FIRST, summary="Asks more.", changes=[change("addition")])
    archive.commit(at="2020-01-01T00:00:00Z")
    archive.merge("side")
    archive.move(letter_path(MOVED), f"records/letters/elsewhere/{MOVED}.yaml")
    archive.delete(f"records/assessments/{FIRST}.yaml")
    archive.commit()
    key = folder / "key"
    key.write_bytes(generate_private_key("test"))
    key.chmod(0o600)
    done = letterbook(archive.folder, "publish", "--out", folder / "desk" / "site", "--key", key)
    assert done.status == 0, done.err
    archive.clone(folder / "desk" / "archive")
    shutil.copy(folder / "desk" / "site" / "keys" / "allowed_signers", folder / "desk" / "allowed_signers")
    return Desk(folder=folder / "desk", signer=load_private_key(key.read_bytes()))


def test_the_page_as_printed_passes_twice(desk: Desk, tmp_path: Path) -> None:
    at = desk.copy(tmp_path / "desk")
    assert len(BLOCKS) >= 8
    failed, said = at.run()
    assert failed is None, said
    assert (at.folder / "kept-checkpoint").read_text() == "".join(
        (at.site / "log/checkpoint").read_text().splitlines(keepends=True)[:3]
    )
    failed, said = at.run()
    assert failed is None, said


def edit_index(at: Desk, old: str, new: str) -> None:
    data = (at.site / "index.json").read_text(encoding="utf-8")
    assert old in data
    (at.site / "index.json").write_text(data.replace(old, new, 1), encoding="utf-8")
    at.seal()


def unsigned_index(at: Desk) -> None:
    data = (at.site / "index.json").read_bytes()
    (at.site / "index.json").write_bytes(data.replace(b"dredging", b"drudging", 1))


def changed_page(at: Desk) -> None:
    (at.site / "index.html").write_bytes(b"<p>changed")


def smuggled_file(at: Desk) -> None:
    (at.site / "extra.html").write_bytes(b"<p>smuggled")


def smuggled_namesake(at: Desk) -> None:
    (at.site / "letters/SHA256SUMS.html").write_bytes(b"<p>smuggled")


def smuggled_sums(at: Desk) -> None:
    (at.site / "log/SHA256SUMS").write_bytes(b"")


def smuggled_pipe(at: Desk) -> None:
    os.mkfifo(at.site / "pipe")


def smuggled_link(at: Desk) -> None:
    (at.site / "link").symlink_to("/etc/passwd")


def sloppy_json(at: Desk) -> None:
    edit_index(at, '{"archive":', '{ "archive":')


def double_name(at: Desk) -> None:
    edit_index(at, '{"archive":', '{"archive":null,"archive":')


def other_commit(at: Desk) -> None:
    git(at.folder / "archive", "checkout", "--quiet", "HEAD^")


def shallow(at: Desk) -> None:
    origin = at.folder / "archive"
    origin.rename(at.folder / "whole")
    git(at.folder, "clone", "--quiet", "--depth", "1", (at.folder / "whole").as_uri(), "archive")


def changed_record(at: Desk) -> None:
    path = at.site / letter_path(FIRST)
    path.write_bytes(path.read_bytes().replace(b"Asks more", b"Asks less"))
    at.seal()


def forged_checkpoint(at: Desk) -> None:
    size = json.loads((at.site / "index.json").read_bytes())["log"]["size"]
    origin = (at.site / "log/checkpoint").read_text().split("\n")[0]
    head = Checkpoint(origin=origin, size=size, root=bytes(32))
    (at.site / "log/checkpoint").write_bytes(checkpoint.sign(head, at.signer))
    at.seal()


def unsigned_checkpoint(at: Desk) -> None:
    data = (at.site / "log/checkpoint").read_bytes()
    (at.site / "log/checkpoint").write_bytes(data[:-8] + b"AAAAAA=\n")
    at.seal()


def others_checkpoint(at: Desk) -> None:
    """It is signed with another key of the same list than the index is."""
    other = load_private_key(generate_private_key("other"))
    row = (at.folder / "allowed_signers").read_text().splitlines()[-1].rpartition(" ssh-ed25519 ")[0]
    with (at.folder / "allowed_signers").open("a") as file:
        file.write(f"{row} {other.public_key.format()}\n")
    index = Index.from_bytes((at.site / "index.json").read_bytes())
    head = Checkpoint(origin=index.log.origin, size=index.log.size, root=bytes.fromhex(index.log.root))
    (at.site / "log/checkpoint").write_bytes(checkpoint.sign(head, other))
    at.seal()


def other_memory(at: Desk) -> None:
    origin, _, root = (at.site / "log/checkpoint").read_text().split("\n")[:3]
    (at.folder / "kept-checkpoint").write_text(f"{origin}\n3\n{root}\n")


def longer_memory(at: Desk) -> None:
    origin, size, root = (at.site / "log/checkpoint").read_text().split("\n")[:3]
    (at.folder / "kept-checkpoint").write_text(f"{origin}\n{int(size) + 1}\n{root}\n")


@pytest.mark.parametrize(
    ("tamper", "block"),
    [
        (unsigned_index, 1), (changed_page, 2), (smuggled_file, 2), (smuggled_namesake, 2), (smuggled_sums, 2),
        (smuggled_pipe, 2), (smuggled_link, 2), (sloppy_json, 3), (double_name, 3), (other_commit, 4),
        (shallow, 4), (changed_record, 6), (forged_checkpoint, 7), (unsigned_checkpoint, 7), (others_checkpoint, 7),
        (other_memory, 8), (longer_memory, 8),
    ],
)  # fmt: skip
def test_each_block_catches_what_it_is_there_for(
    desk: Desk, tmp_path: Path, tamper: Callable[[Desk], None], block: int
) -> None:
    at = desk.copy(tmp_path / "desk")
    tamper(at)
    failed, said = at.run()
    assert failed == block, said


# -- what a hostile publisher writes into the index, and signs ----------------------------------------------------


def forge(at: Desk, change_index: Change) -> None:
    """Change the index, and sign it again."""
    value = json.loads((at.site / "index.json").read_bytes())
    change_index(value)
    (at.site / "index.json").write_bytes(canonical(value) + b"\n")
    at.seal()


def reforge(at: Desk, change_index: Change) -> None:
    """Change the index, and give it a log and a checkpoint that agree with it: all but git does."""

    def with_log(value: dict[str, Any]) -> None:
        change_index(value)
        leaves = Index.from_mapping(value).leaves()
        value["log"] |= {"size": len(leaves), "root": root(leaves).hex()}

    forge(at, with_log)
    head = json.loads((at.site / "index.json").read_bytes())["log"]
    signed = checkpoint.sign(Checkpoint(**head | {"root": bytes.fromhex(head["root"])}), at.signer)
    (at.site / "log/checkpoint").write_bytes(signed)
    at.seal()


def revisions(index: dict[str, Any], name: str = FIRST) -> list[dict[str, Any]]:
    """The revisions of a letter in an index."""
    found: list[dict[str, Any]] = next(e for e in index["letters"] if e["id"] == name)["provenance"]["revisions"]
    return found


def letter_left_out(index: dict[str, Any]) -> None:
    index["letters"].pop()


def letter_hidden(index: dict[str, Any]) -> None:
    """It is said to be removed, and its record stands in the path of another one."""
    hidden, shown = index["letters"].pop(), index["letters"][0]["record"]
    shown["path"] += "\n{blob} {path}".format(**hidden["record"])
    index["removed"].append({"key": f"letters/{hidden['id']}", "provenance": hidden["provenance"]})


def letter_among_the_tables(index: dict[str, Any]) -> None:
    hidden = index["letters"].pop()
    index["tables"].append(
        {"key": f"letters/{hidden['id']}", "table": {}, **{n: hidden[n] for n in ("record", "provenance")}}
    )


def letter_added(index: dict[str, Any]) -> None:
    index["letters"].append({"id": "2019-01-01-forged", "letter": {}, "provenance": {"revisions": []}})


def entry_that_stops_jq(index: dict[str, Any]) -> None:
    index["tables"].append({"key": "archive", "table": {}, "record": 5, "provenance": {"revisions": []}})


def histories_swapped(index: dict[str, Any]) -> None:
    one, other = index["letters"][:2]
    for entry, second in ((one, other["provenance"]), (other, one["provenance"])):
        entry["provenance"] = second | {"key": f"letters/{(other if entry is one else one)['id']}"}


def forged_date(index: dict[str, Any]) -> None:
    revisions(index)[0]["published_at"] = "2018-01-01T00:00:00Z"


def forged_landing(index: dict[str, Any]) -> None:
    revisions(index)[0]["landed_at"] = "2018-01-01T00:00:00Z"


def forged_first(index: dict[str, Any]) -> None:
    index["letters"][0]["provenance"]["first"]["published_at"] = "2018-01-01T00:00:00Z"


def forged_hash(index: dict[str, Any]) -> None:
    index["letters"][0]["record"]["sha256"] = "0" * 64


@pytest.mark.parametrize(
    "lie",
    [
        letter_left_out, letter_hidden, letter_among_the_tables, letter_added, entry_that_stops_jq, histories_swapped,
        forged_date, forged_landing, forged_first, forged_hash,
    ],
)  # fmt: skip
def test_no_index_tells_another_history_than_git(desk: Desk, tmp_path: Path, lie: Change) -> None:
    at = desk.copy(tmp_path / "desk")
    forge(at, lie)
    failed, said = at.run()
    assert failed == 6, said


def test_the_head_of_the_log_in_the_index_is_that_of_the_checkpoint(desk: Desk, tmp_path: Path) -> None:
    at = desk.copy(tmp_path / "desk")
    forge(at, lambda index: index["log"].update(root="0" * 64))
    failed, said = at.run()
    assert failed == 7, said


def test_a_commit_of_the_line_is_no_pattern_for_another_one(desk: Desk, tmp_path: Path) -> None:
    """A dot stands for one of its digits, which makes it a tag's name."""
    at = desk.copy(tmp_path / "desk")
    name = git(at.folder / "archive", "rev-parse", "HEAD")
    tag = f"{name[:7]}.{name[8:]}"
    git(at.folder / "archive", "tag", tag, "HEAD~2")
    forge(at, lambda index: index["source"].update(commit=tag))
    failed, said = at.run()
    assert failed == 4, said


def test_a_commit_of_the_line_brings_nothing_along(desk: Desk, tmp_path: Path) -> None:
    at = desk.copy(tmp_path / "desk")
    name = git(at.folder / "archive", "rev-parse", "HEAD")
    forge(at, lambda index: index["source"].update(commit=f"{name}\n--all"))
    failed, said = at.run()
    assert failed == 4, said


@pytest.mark.parametrize("commit", [".*", "HEAD", "--all", "^[0-9a-f]*", "", f"{'0' * 40}\n{'1' * 40}"])
def test_a_commit_is_neither_a_pattern_nor_an_option(desk: Desk, tmp_path: Path, commit: str) -> None:
    at = desk.copy(tmp_path / "desk")
    forge(at, lambda index: index["source"].update(commit=commit))
    failed, said = at.run()
    assert failed == 4, said


# -- erasures --------------------------------------------------------------------------------------------------

AS_PRINTED = '  - {{key: "{key}", rev: {rev}, sha256: "{sha256}", size: {size}, reason: {reason}}}\n'
IN_BLOCKS = """\
- key: {key}
  rev: {rev}  # a comment
  sha256: '{sha256}'
  size: {size}
  reason: {reason}
"""
NOTES = "changes:\n- {kind: editorial, note: 'key: it was written otherwise'}\n"


def erasing(folder: Path, style: str) -> Desk:
    """A desk for an archive of which one version was erased under law; two keys may sign, and the second one did."""
    archive = Archive(folder / "origin")
    archive.begin()
    archive.letter(FIRST)
    archive.letter(SECOND)
    archive.commit()
    archive.letter(FIRST, summary="Asks more.", changes=[change("addition")])
    archive.commit()
    archive, (entry,) = rewritten(archive, folder / "erasing", f"letters/{FIRST}", 1)
    archive.write(LIST, f"# a comment: of no meaning\nerasures:\n{style.format(**entry)}{NOTES}")
    archive.commit()
    keys = [generate_private_key(name) for name in ("first", "second")]
    (folder / "key").write_bytes(keys[1])
    (folder / "key").chmod(0o600)
    done = letterbook(archive.folder, "publish", "--out", folder / "desk" / "site", "--key", folder / "key")
    assert done.status == 0, done.err
    archive.clone(folder / "desk" / "archive")
    options = 'publisher namespaces="letterbook-files@v1,letterbook-index@v1"'
    listed = "".join(f"{options} {load_private_key(data).public_key.format()}\n" for data in keys)
    (folder / "desk" / "allowed_signers").write_text(listed)
    return Desk(folder=folder / "desk", signer=load_private_key(keys[1]))


@pytest.fixture(scope="module")
def erased_desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return erasing(tmp_path_factory.mktemp("erased"), AS_PRINTED)


@pytest.mark.parametrize("style", [AS_PRINTED, IN_BLOCKS], ids=["as printed", "in blocks"])
def test_an_honest_archive_with_two_keys_and_an_erasure_passes(tmp_path: Path, style: str) -> None:
    failed, said = erasing(tmp_path, style).run()
    assert failed is None, said


def entries_in(index: dict[str, Any]) -> list[dict[str, Any]]:
    """What an index lists as erased."""
    found: list[dict[str, Any]] = next(t for t in index["tables"] if t["key"] == "erasures")["table"]["erasures"]
    return found


def another_hash(index: dict[str, Any]) -> None:
    entries_in(index)[0]["sha256"] = revisions(index)[0]["sha256"] = "b" * 64


def another_size(index: dict[str, Any]) -> None:
    entries_in(index)[0]["size"] = revisions(index)[0]["size"] = 5


def another_reason(index: dict[str, Any]) -> None:
    entries_in(index)[0]["reason"] = revisions(index)[0]["erased"] = "other"


def erased_what_is_there(index: dict[str, Any]) -> None:
    (entry,) = entries_in(index)
    entries_in(index).append({**entry, "key": f"letters/{SECOND}"})
    revisions(index, SECOND)[0].update(sha256=entry["sha256"], size=entry["size"], erased=entry["reason"])


def listed_for_nothing(index: dict[str, Any]) -> None:
    entries_in(index).append({**entries_in(index)[0], "rev": 9})


def listed_twice(index: dict[str, Any]) -> None:
    entries_in(index).append(entries_in(index)[0])


@pytest.mark.parametrize(
    "lie", [another_hash, another_size, another_reason, erased_what_is_there, listed_for_nothing, listed_twice]
)
def test_the_index_lists_as_erased_what_the_commit_lists(erased_desk: Desk, tmp_path: Path, lie: Change) -> None:
    at = erased_desk.copy(tmp_path / "desk")
    reforge(at, lie)
    failed, said = at.run()
    assert failed == 5, said


def test_a_stub_that_the_index_does_not_list_is_no_version(erased_desk: Desk, tmp_path: Path) -> None:
    """The index gives it as it is in git, and says nothing of an erasure."""
    at = erased_desk.copy(tmp_path / "desk")
    stub = f"id: {FIRST}\nerased: {{rev: 1}}\n".encode()

    def as_it_is(index: dict[str, Any]) -> None:
        entries_in(index).clear()
        del revisions(index)[0]["erased"]
        revisions(index)[0].update(sha256=hashlib.sha256(stub).hexdigest(), size=len(stub))

    reforge(at, as_it_is)
    failed, said = at.run()
    assert failed == 6 and "KeyError" in said, said


def listing(at: Desk, *more: dict[str, Any], change_index: Change = lambda index: None) -> None:
    """Commit further entries and publish them, though Letterbook would never do so."""
    archive = adopt(at.folder / "archive", Archive(at.folder / "other"))
    value = json.loads((at.site / "index.json").read_bytes())
    archive.write(LIST, "erasures:\n" + "".join(AS_PRINTED.format(**entry) for entry in [*entries_in(value), *more]))
    repository, commit = Repository.find(archive.folder), archive.commit()
    value = index_of(repository, commit, examine_commit(repository, commit)).to_mapping()
    for entry in value["tables"]:
        (at.site / entry["record"]["path"]).write_bytes(archive.read(entry["record"]["path"]))
    (at.site / "index.json").write_bytes(canonical(value) + b"\n")
    reforge(at, change_index)


def test_entries_are_committed_and_published_for_the_tests_below(erased_desk: Desk, tmp_path: Path) -> None:
    at = erased_desk.copy(tmp_path / "desk")
    listing(at)
    failed, said = at.run()
    assert failed is None, said


@pytest.mark.parametrize(
    ("key", "rev", "says"),
    [
        (f"letters/{SECOND}", 1, "no such stub"),  # it is still there
        (f"letters/{FIRST}", 2, "no such stub"),
        (f"letters/{FIRST}", 9, "no such stub"),
        (f"letters/{FIRST}", 1, "twice"),
        ("letters/2020-01-01-never", 1, "no such stub"),
        ("erasures", 1, "the list itself"),
    ],
)
def test_an_entry_is_believed_only_where_git_has_its_stub(
    erased_desk: Desk, tmp_path: Path, key: str, rev: int, says: str
) -> None:
    """The archive commits the entry; the index gives the version its values, and agrees with its own log."""
    at = erased_desk.copy(tmp_path / "desk")
    entry = {"key": key, "rev": rev, "sha256": "b" * 64, "size": 5, "reason": "other"}

    def believed(index: dict[str, Any]) -> None:
        for one in [*index["letters"], *index["tables"]]:
            if key in (one.get("key"), f"letters/{one.get('id')}"):
                for revision in (r for r in one["provenance"]["revisions"] if r["rev"] == rev):
                    revision.update(sha256="b" * 64, size=5, erased="other")

    listing(at, entry, change_index=believed)
    failed, said = at.run()
    assert failed == 6 and says in said, said


# -- honest archives with odd names ------------------------------------------------------------------------------


def trees(archive: Archive, names: dict[bytes, str]) -> str:
    """Commit files in records/letters under names, with a mode, that no file system may have."""
    archive.git("add", "--all")
    blobs = [archive.git("hash-object", "-w", "--stdin", feed=b"name: %d\n" % at) for at, _ in enumerate(names)]
    rows = [
        f"{mode} {blob}\t".encode() + b"records/letters/" + name
        for (name, mode), blob in zip(names.items(), blobs, strict=True)
    ]
    archive.git("update-index", "-z", "--index-info", feed=b"\0".join(rows) + b"\0")
    return archive._commit("Odd names", None, "+0000")


def test_honest_archives_with_odd_names_pass(tmp_path: Path) -> None:
    """They landed and were removed; some are no records at all, and two are one record."""
    archive = Archive(tmp_path / "origin")
    archive.begin()
    archive.letter(FIRST)
    archive.commit()
    names = [
        b"a\tb.yaml", b"a\n\x1b[2Jb.yaml", b"a\x7fb.yaml", b"a\xe9b.yaml", b"a\xed\xa0\x80b.yaml", b'a"\\b.yaml',
        b".yaml", "\u00e9\u2028\U0001f600.yaml".encode(), "\ufffd.yaml".encode(), b"x" * 4200 + b".yaml", b"deep/.yaml",
        b"deep/er/same.yaml", b"a/same.yaml", b"x.yaml.yaml", b"x.yml", b"-- x .yaml",
    ]  # fmt: skip
    trees(archive, dict.fromkeys(names, "100644") | {b"link.yaml": "120000"})
    trees(archive, dict.fromkeys([*names, b"link.yaml"], "0" * 6))
    archive.git("reset", "--quiet", "--hard")
    archive.write("records/letters/.yaml", b"id: no record\n")
    archive.commit()
    key = tmp_path / "key"
    key.write_bytes(generate_private_key("test"))
    key.chmod(0o600)
    done = letterbook(archive.folder, "publish", "--out", tmp_path / "desk" / "site", "--key", key)
    assert done.status == 0, done.err
    archive.clone(tmp_path / "desk" / "archive")
    shutil.copy(tmp_path / "desk/site/keys/allowed_signers", tmp_path / "desk")
    at = Desk(folder=tmp_path / "desk", signer=load_private_key(key.read_bytes()))
    removed = {entry["key"] for entry in json.loads((at.site / "index.json").read_bytes())["removed"]}
    assert {"letters/a\tb", "letters/a\x7fb", "letters/\ufffd", "letters/same"} < removed
    failed, said = at.run()
    assert failed is None, said
