"""An erasure as an operator makes it: published over what came before, by the page's own commands."""

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from publisher.errors import RefusedError
from publisher.formats.events import Chronicle
from publisher.index import Index
from publisher.publish import guard
from publisher.signatures.keys import generate_private_key
from tests import second_auditor
from tests.builders import Archive, change, git, letter_path
from tests.command import LETTERBOOK, Done, files_of, letterbook
from tests.erasing import (
    CLEANED,
    FIRST,
    KEY,
    LIST,
    PAGE,
    SECOND,
    SECRET,
    SIDE,
    adopt,
    assert_nowhere,
    erased,
    findings,
    history_of,
    index_at,
    leaves,
    list_them,
    read_list,
    rewritten,
    root,
    script,
    secretive,
    versions,
)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return secretive(tmp_path / "archive")


def lines(folder: Path) -> set[str]:
    return {commit.id for commit in history_of(folder).line}


# -- publishing over an earlier publication --------------------------------------------------------------------------


def publish(archive: Archive, out: Path, *arguments: str | Path) -> Done:
    return letterbook(archive.folder, "publish", "--out", out, "--key", key_in(out.parent), *arguments)


def key_in(folder: Path) -> Path:
    path = folder / "key"
    if not path.exists():
        path.write_bytes(generate_private_key("test key"))
        path.chmod(0o600)
    return path


def test_an_erasure_is_published_over_what_came_before(archive: Archive, tmp_path: Path) -> None:
    out = tmp_path / "public"
    assert publish(archive, out).status == 0
    head = json.loads((out / "index.json").read_bytes())["log"]
    bare, entries = rewritten(archive, tmp_path / "erasing", KEY, 1, 2)
    refused = publish(bare, out)
    assert (refused.status, "erased-without-tombstone" in refused.err) == (1, True)
    list_them(bare, *entries)
    bare.commit()
    assert publish(bare, out).status == 0
    files = files_of(out)
    assert not [path for path, data in files.items() if SECRET.encode() in data or b"erased: {rev" in data]
    index = json.loads(files["index.json"])
    (page,) = [data.decode() for path, data in files.items() if path == f"letters/{FIRST}/index.html"]
    assert len(re.findall(r"Erased under law \(court order\)", page)) == 2
    revisions = next(e for e in index["letters"] if e["id"] == FIRST)["provenance"]["revisions"]
    assert [revision.get("erased") for revision in revisions] == ["court-order", "court-order", None]
    again = Index.from_bytes(files["index.json"])
    assert root(again.leaves()[: head["size"]]) == head["root"]
    assert letterbook(bare.folder, "history", FIRST).out.count("  erased (court-order)\n") == 2
    bare.letter(SECOND, changes=[change("correction")])
    bare.commit()
    assert publish(bare, out).status == 0, "from here on it is a line like any other"


def test_a_list_with_wrong_values_is_refused(archive: Archive, tmp_path: Path) -> None:
    out = tmp_path / "public"
    assert publish(archive, out).status == 0
    bare, (one, two) = rewritten(archive, tmp_path / "erasing", KEY, 1, 2)
    list_them(bare, one, {**two, "size": two["size"] + 1})
    bare.commit()
    done = publish(bare, out)
    assert (done.status, "not on this line" in done.err, "records/erasures.yaml" in done.err) == (3, True, True)
    list_them(bare, one, two)
    bare.git("add", "--all")
    bare.git("commit", "--quiet", "--amend", "--no-edit")
    assert publish(bare, out).status == 0


def rebase(archive: Archive) -> None:
    """The last commit again, with another message and the same dates: not one leaf is another."""
    date = archive.git("log", "-1", "--format=@%ct +0000")
    message = ("commit", "--quiet", "--amend", "--no-edit", "--message", "Another message")
    archive.git(*message, GIT_COMMITTER_DATE=date)


def foxtrot(archive: Archive) -> None:
    """A fast-forward push makes main a second parent; everything lands at the merge, at the same time as before."""
    time = int(archive.git("log", "-1", "--format=%ct"))
    archive.branch("side", "HEAD~1")
    archive.write("NOTES.md", "On the side.\n")
    archive.commit(at=time)
    archive.foxtrot("side", at=time)


def reorder(archive: Archive) -> None:
    """A letter from the side lands before one that was published."""
    archive.branch("side", "HEAD~1")
    archive.letter(SIDE)
    archive.commit()
    archive.foxtrot("side")


@pytest.mark.parametrize(("rewrite", "same"), [(rebase, True), (foxtrot, True), (reorder, False)])
def test_a_line_rewritten_for_no_reason_is_refused_even_with_the_same_log(
    archive: Archive, tmp_path: Path, rewrite: Callable[[Archive], None], same: bool
) -> None:
    out = tmp_path / "public"
    assert publish(archive, out).status == 0
    before = leaves(archive.folder)
    rewrite(archive)
    assert (leaves(archive.folder)[: len(before)] == before) is same
    done = publish(archive, out)
    assert (done.status, "not on this line" in done.err) == (3, True)
    assert "merge onto the published branch" in done.err and "docs/erasure.md" in done.err


def test_an_erasure_of_long_ago_excuses_no_later_rewrite(archive: Archive, tmp_path: Path) -> None:
    now = erased(archive, tmp_path / "erasing", KEY, 1, 2)
    out = tmp_path / "public"
    assert publish(now, out).status == 0
    rebase(now)
    assert publish(now, out).status == 3


def test_an_import_into_another_object_format_is_published_over_it(archive: Archive, tmp_path: Path) -> None:
    out = tmp_path / "public"
    assert publish(archive, out).status == 0
    imported = archive.imported(tmp_path / "imported")
    assert letterbook(imported, "publish", "--out", out, "--key", key_in(tmp_path)).status == 0
    other = Archive.imported(archive, tmp_path / "same", object_format="sha1")
    assert letterbook(other, "publish", "--out", out, "--key", key_in(tmp_path)).status == 0, "and back again"


def test_an_import_that_changes_the_log_is_refused(archive: Archive, tmp_path: Path) -> None:
    earlier = index_at(archive.folder)
    archive.rewrite("HEAD^")
    archive.letter(FIRST, summary="Another past.", changes=[change("editorial"), *CLEANED])
    archive.commit()
    imported = archive.imported(tmp_path / "imported")
    with pytest.raises(RefusedError):
        guard(index_at(imported), lines(imported), earlier, allow_mass_change=True)


def test_an_altered_entry_on_the_published_line_is_refused(archive: Archive, tmp_path: Path) -> None:
    """What the list once said of a version it says for ever, whatever stands at the tip."""
    now = erased(archive, tmp_path / "erasing", KEY, 1, 2)
    out = tmp_path / "public"
    assert publish(now, out).status == 0
    one, two = read_list(now)
    list_them(now, one, {**two, "sha256": "b" * 64})
    now.commit()
    assert (now.git("status", "--porcelain"), findings(now.folder)) == ("", [("erasures-rewritten", "error")])
    done = publish(now, tmp_path / "elsewhere")
    assert (done.status, "error[erasures-rewritten]" in done.err, (tmp_path / "elsewhere").exists()) == (1, True, False)
    with pytest.raises(second_auditor.AuditError, match="is not as it landed"):
        second_auditor.rebuild(now.folder, now.head)
    list_them(now, one, two)
    now.commit()
    assert (findings(now.folder), publish(now, out).status) == ([], 0)


def test_no_note_is_given_to_a_revision_that_may_not_have_brought_it(archive: Archive, tmp_path: Path) -> None:
    """The erased second version was editorial and means an amendment now: the one correction is not its own."""
    now = erased(archive, tmp_path / "erasing", KEY, 1, 2)
    notes = {e.revision.rev: e.note for e in Chronicle(index_at(now.folder)).by_id[FIRST].events}
    assert notes == {1: None, 2: None, 3: None}
    was = {e.revision.rev: e.note for e in Chronicle(index_at(archive.folder)).by_id[FIRST].events}
    assert was.keys() == {1, 3} and was[3] is not None


# -- the page ------------------------------------------------------------------------------------------------------


def console() -> list[str]:
    """The commands of the page, in order."""
    text = PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    return [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]


def operator(home: Path, host: Path) -> Mapping[str, str]:
    """An operator's shell: a home, a name, and a host that stands for the one the page names."""
    return {
        "HOME": str(home), "LC_ALL": "C.UTF-8",
        "PATH": f"{Path(LETTERBOOK).parent}:{os.environ.get('PATH', os.defpath)}",
        "GIT_AUTHOR_NAME": "Operator", "GIT_AUTHOR_EMAIL": "operator@letterbook.example", "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_COMMITTER_NAME": "Operator", "GIT_COMMITTER_EMAIL": "operator@letterbook.example",
        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.{host.as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": "git@host.example:letters.git",
    }  # fmt: skip


def run(commands: list[str], folder: Path, environment: Mapping[str, str]) -> Done:
    """Run commands of the page in one shell, which ends at the first one that fails."""
    program = "set -eu\n" + "\n".join(commands)
    done = subprocess.run(
        ["sh", "-c", program], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return Done(status=done.returncode, out=done.stdout, err=done.stderr)


def test_the_page_works_as_printed(archive: Archive, tmp_path: Path) -> None:
    """From a host with a second branch: published at each step before, then erased, pushed and published again."""
    home, desk = tmp_path / "home", tmp_path / "desk"
    desk.mkdir()
    (home / ".ssh").mkdir(parents=True)
    key = home / ".ssh" / "letterbook"
    key.write_bytes(generate_private_key("operator"))
    key.chmod(0o600)
    heads = []
    for commit in ("HEAD~2", "HEAD~1", "HEAD"):
        assert letterbook(archive.folder, "publish", commit, "--out", home / "public", "--key", key).status == 0
        heads.append(json.loads((home / "public" / "index.json").read_bytes())["log"])
        shutil.copytree(home / "public", tmp_path / f"kept-{len(heads)}")
    archive.git("tag", "--annotate", "--message", "The first", "v1", "HEAD~2")
    archive.branch("draft", "HEAD~1")
    archive.write("drafts/copy.yaml", archive.read(letter_path(FIRST)))
    archive.commit()
    archive.switch("main")
    host = tmp_path / "host.git"
    archive.clone(host, "--mirror")
    (desk / "erase.py").write_text(script(), encoding="utf-8")

    done = run(console(), desk, operator(home, host))
    assert (done.status, done.out) == (0, "2\n0\n"), done.err

    now = adopt(tmp_path / "fresh", archive)
    git(tmp_path, "clone", "--quiet", host.as_uri(), str(now.folder))
    assert json.loads((desk / "work" / "public" / "index.json").read_bytes())["source"]["commit"] == now.head
    for sha256 in [v[2] for v in versions(archive.folder) if v[:2] in ((KEY, 1), (KEY, 2))]:
        assert_nowhere(now.folder, sha256)
    after = leaves(now.folder)
    assert [root(after[: head["size"]]) for head in heads] == [head["root"] for head in heads]
    assert len({head["root"] for head in heads}) == 3
    assert now.git("log", "--format=%cI", "HEAD^") == archive.git("log", "--format=%cI", "HEAD")
    for kept in sorted(tmp_path.glob("kept-*")):
        done_ = letterbook(
            now.folder, "publish", "--out", tmp_path / f"over-{kept.name}", "--key", key, "--previous", kept
        )
        assert done_.status == 0, done_.err
        since = ("--since", kept / "log" / "checkpoint", "--keys", kept / "keys" / "allowed_signers")
        verified = letterbook(now.folder, "verify", desk / "work" / "public", "--repo", now.folder, *since)
        assert verified.status == 0, verified.out + verified.err
    assert second_auditor.audit(now.folder, desk / "work" / "public") == []

    now.git("rm", "--quiet", LIST)
    now.commit()
    refused = letterbook(now.folder, "publish", "--out", tmp_path / "none", "--key", key, "--previous", home / "public")
    assert (refused.status, "erased-without-tombstone" in refused.err) == (1, True)
    assert leaves(now.folder)[: heads[-1]["size"]] != after[: heads[-1]["size"]]


def in_a_merge(archive: Archive) -> None:
    """Only the merge itself has them: `git log` shows no difference of a merge unless it is told to."""
    archive.branch("side")
    archive.write("NOTES.md", "On the side.\n")
    archive.commit()
    archive.switch("main")
    archive.merge("side", evil={"NOTES.md": f"See the {SECRET}.\n"})


def in_a_tag(archive: Archive) -> None:
    archive.git("tag", "--annotate", "--message", f"Without the {SECRET}", "v1")


def in_a_message(archive: Archive) -> None:
    archive.commit(f"Take out the {SECRET}")


def over_lines(archive: Archive) -> None:
    archive.write("NOTES.md", "It says: lantern under\r\n\tthe third\n\n    pier\n")
    archive.commit()


def in_a_name(archive: Archive) -> None:
    archive.write(f"drafts/{SECRET}.md", "-\n")
    archive.commit()


def among_bytes(archive: Archive) -> None:
    archive.write("scan.bin", b"\xff\xfe\x00\n\x80" + SECRET.encode() + b"\x80\x00\n")
    archive.commit()


def on_no_branch(archive: Archive) -> None:
    archive.git("hash-object", "-w", "--stdin", feed=SECRET.encode())


PLACES = [in_a_merge, in_a_tag, in_a_message, over_lines, in_a_name, among_bytes, on_no_branch]


@pytest.mark.parametrize("put", PLACES)
def test_the_search_of_the_page_looks_everywhere(tmp_path: Path, put: Callable[[Archive], None]) -> None:
    archive = Archive(tmp_path / "archive")
    archive.begin()
    (search,) = [line for line in console() if line.startswith("search()")]
    words = [line for line in console() if "WORDS=" in line]
    environment = operator(tmp_path, tmp_path)
    assert run([*words, search, "search . | grep -x 0"], archive.folder, environment).out == "0\n"
    put(archive)
    assert run([*words, search, "search ."], archive.folder, environment).out == "1\n"
    assert run([*words, search, "search . | grep -x 0"], archive.folder, environment).status == 1


@pytest.mark.parametrize("put", [in_a_merge, in_a_tag, in_a_message])
def test_the_page_ends_before_anything_is_pushed_if_the_words_are_left(
    archive: Archive, tmp_path: Path, put: Callable[[Archive], None]
) -> None:
    home, desk, host = tmp_path / "home", tmp_path / "desk", tmp_path / "host.git"
    desk.mkdir()
    put(archive)
    archive.clone(host, "--mirror")
    before = git(host, "for-each-ref")
    (desk / "erase.py").write_text(script(), encoding="utf-8")
    done = run(console(), desk, operator(home, host))
    assert (done.status, re.fullmatch("[1-9]\n", done.out) is not None) == (1, True), done.out + done.err
    assert git(host, "for-each-ref") == before and not (desk / "work" / "public").exists()


def test_a_scan_is_erased_with_the_versions_that_name_it(archive: Archive, tmp_path: Path) -> None:
    scan = b"%PDF-1.4\n% a lantern\n%%EOF\n"
    sha256 = hashlib.sha256(scan).hexdigest()
    document = {
        "file": "scan.pdf", "sha256": sha256, "size": len(scan), "role": "original",
        "media_type": "application/pdf", "rights": "own", "rights_note": "Ours.",
    }  # fmt: skip
    archive.write("records/documents/scan.pdf", scan)
    archive.letter(SECOND, documents=[document], changes=[change("addition")])
    archive.commit()
    assert publish(archive, tmp_path / "public").status == 0
    archive.delete("records/documents/scan.pdf")
    archive.letter(SECOND, changes=[change("addition"), change("correction", "The scan was taken out.")])
    archive.commit()
    now = erased(archive, tmp_path / "erasing", f"letters/{SECOND}", 2, sha256)
    assert_nowhere(now.folder, sha256)
    assert publish(now, tmp_path / "public").status == 0
    assert now.git("log", "--all", "--format=%h", "--", "records/documents") == ""


def test_bytes_that_are_not_there_are_said(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError) as raised:
        rewritten(archive, tmp_path / "erasing", KEY, 1, "0" * 64)
    assert f"never found: {'0' * 64}".encode() in raised.value.stderr
