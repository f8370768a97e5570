"""Publishing: all or nothing, the same bytes everywhere, signed with the right key, and never breaking a promise."""

import json
import os
import shutil
import stat
import subprocess
import time
from pathlib import Path

import pytest

from publisher.index import canonical
from publisher.signatures.keys import generate_private_key
from tests.builders import DAY, Archive, archive_info, change, git, letter_path
from tests.command import Done, files_of, letterbook
from tests.tools import need

FIRST, SECOND = "2019-02-18-harbour-to-acme", "2019-03-01-harbour-to-quayside"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    found = Archive(tmp_path / "archive")
    found.begin()
    found.letter(FIRST)
    found.assess(FIRST)
    found.letter(SECOND)
    found.commit()
    return found


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "key"
    path.write_bytes(generate_private_key("test key"))
    path.chmod(0o600)
    return path


def publish(archive: Archive, out: Path, *arguments: str | Path) -> Done:
    return letterbook(archive.folder, "publish", "--out", out, *arguments)


def public_key(key: Path) -> str:
    return subprocess.run([need("ssh-keygen"), "-y", "-f", key], capture_output=True, check=True, text=True).stdout


def list_key(archive: Archive, number: int, *keys: Path) -> None:
    lines = [f'publisher namespaces="letterbook-index@v1,letterbook-files@v1" {public_key(key)}' for key in keys]
    archive.write(f"records/keys/{number}.allowed_signers", "".join(lines))
    archive.commit()


def test_stock_tools_accept_a_publication(archive: Archive, key: Path, tmp_path: Path) -> None:
    out = tmp_path / "public"
    assert publish(archive, out, "--key", key).status == 0
    for name, namespace in (("index.json", "letterbook-index@v1"), ("SHA256SUMS", "letterbook-files@v1")):
        command = ["-Y", "verify", "-f", "keys/allowed_signers", "-I", "publisher"]
        command += ["-n", namespace, "-s", f"{name}.sig"]
        with (out / name).open("rb") as message:
            subprocess.run([need("ssh-keygen"), *command], cwd=out, stdin=message, check=True, capture_output=True)
        signed = subprocess.run(
            [need("ssh-keygen"), "-Y", "sign", "-f", key, "-n", namespace],
            input=(out / name).read_bytes(), capture_output=True, check=True,
        ).stdout  # fmt: skip
        assert signed == (out / f"{name}.sig").read_bytes()
    subprocess.run([need("sha256sum"), "-c", "--quiet", "--strict", "SHA256SUMS"], cwd=out, check=True)
    listed = {line.partition("  ")[2] for line in (out / "SHA256SUMS").read_text().splitlines()}
    assert listed == files_of(out).keys() - {"SHA256SUMS", "SHA256SUMS.sig"}


def test_the_index_is_what_jq_writes(archive: Archive, tmp_path: Path) -> None:
    publish(archive, tmp_path / "public")
    index = tmp_path / "public" / "index.json"
    assert subprocess.run([need("jq"), "-cS", ".", index], capture_output=True, check=True).stdout == index.read_bytes()


def test_a_second_publish_touches_nothing(archive: Archive, tmp_path: Path) -> None:
    out = tmp_path / "public"
    publish(archive, out)
    before = {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in (out, *out.rglob("*"))}
    done = publish(archive, out)
    assert "0 files written" in done.err
    assert {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in (out, *out.rglob("*"))} == before


def test_two_clones_give_the_same_bytes_whatever_surrounds_them(archive: Archive, key: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    clone = archive.clone(tmp_path / "clone")
    hostile = {
        "TZ": "Asia/Kathmandu", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "7",
        "GIT_DIR": str(tmp_path), "GIT_AUTHOR_NAME": "Somebody", "SOURCE_DATE_EPOCH": "1", "COLUMNS": "20",
    }  # fmt: skip
    git(clone, "config", "core.fsmonitor", f"touch {tmp_path}/ran")
    git(clone, "config", "core.hooksPath", str(tmp_path))
    git(clone, "config", "core.abbrev", "5")
    git(clone, "config", "core.autocrlf", "true")
    (clone / "records" / "archive.yaml").write_text("not: committed\n")
    (clone / ".mailmap").write_text("Somebody <somebody@example.org> <archive@letterbook.example>\n")
    umask = os.umask(0o077)
    try:
        assert letterbook(clone, "publish", "--out", two, "--key", key, **hostile).status == 0
    finally:
        os.umask(umask)
    assert publish(archive, one, "--key", key).status == 0
    assert files_of(one) == files_of(two)
    assert not (tmp_path / "ran").exists()


def test_from_a_sha256_import_only_git_ids_differ(archive: Archive, key: Path, tmp_path: Path) -> None:
    imported = archive.imported(tmp_path / "imported")
    publish(archive, tmp_path / "one", "--key", key)
    assert letterbook(imported, "publish", "--out", tmp_path / "two", "--key", key).status == 0
    one, two = files_of(tmp_path / "one"), files_of(tmp_path / "two")
    same = {path for path in one if path.startswith(("records/", "documents/", "log/")) or path.endswith(".csv")}
    assert same
    assert {path: one[path] for path in same} == {path: two[path] for path in same}

    def without_git(value: object) -> object:
        if isinstance(value, dict):
            ids = {"commit", "tree", "blob", "object_format"}
            return {name: without_git(item) for name, item in value.items() if name not in ids}
        return [without_git(item) for item in value] if isinstance(value, list) else value

    indexes = [json.loads(files["index.json"]) for files in (one, two)]
    assert without_git(indexes[0]) == without_git(indexes[1])
    assert indexes[0]["log"] == indexes[1]["log"]
    assert letterbook(imported, "verify", tmp_path / "two").status == 0


def test_errors_publish_nothing(archive: Archive, tmp_path: Path) -> None:
    out = tmp_path / "public"
    publish(archive, out)
    before = files_of(out)
    archive.letter(SECOND, thread="no-such-thread", changes=[change("correction")])
    archive.commit()
    done = publish(archive, out)
    assert done.status == 1
    assert "unknown-thread" in done.err
    assert files_of(out) == before


def test_the_work_tree_is_never_looked_at(archive: Archive, tmp_path: Path) -> None:
    publish(archive, tmp_path / "one")
    archive.letter(FIRST, summary="Not committed.")
    archive.delete(letter_path(SECOND))
    publish(archive, tmp_path / "two")
    assert files_of(tmp_path / "one") == files_of(tmp_path / "two")


def test_withdrawn_letters_leave_only_their_tombstone(archive: Archive, tmp_path: Path) -> None:
    secret = "lantern under the third pier"
    archive.letter(FIRST, summary=f"About the {secret}.", changes=[change("correction", "More said.")])
    archive.commit()
    notes = [change("correction", "More said."), change("withdrawal", "Taken back.")]
    archive.letter(FIRST, summary=f"About the {secret}.", status="withdrawn", changes=notes)
    archive.commit()
    assert publish(archive, tmp_path / "public").status == 0
    files = files_of(tmp_path / "public")
    assert f"records/letters/2019/{FIRST}.yaml" not in files
    assert f"records/assessments/{FIRST}.yaml" not in files
    assert not [path for path, data in files.items() if secret.encode() in data]
    entry = next(e for e in json.loads(files["index.json"])["letters"] if e["id"] == FIRST)
    assert entry["letter"].keys() == {"id", "status", "changes"}
    assert entry["provenance"]["changed"]["rev"] == 3


def test_no_author_is_published(archive: Archive, tmp_path: Path) -> None:
    archive.letter(SECOND, summary="Asks again.", changes=[change("correction")])
    archive.git("add", "--all")
    who = {"NAME": "Ada Whistler", "EMAIL": "ada@harbour.example"}
    people = {f"GIT_{role}_{part}": text for role in ("AUTHOR", "COMMITTER") for part, text in who.items()}
    subprocess.run(
        ["git", "commit", "-q", "-m", "Ada was here"], cwd=archive.folder, env=os.environ | people, check=True
    )
    publish(archive, tmp_path / "public")
    for path, data in files_of(tmp_path / "public").items():
        assert b"Ada" not in data, path
        assert b"ada@" not in data, path


# -- keys ------------------------------------------------------------------------------------------------------


def test_the_development_key_is_private_and_says_so(archive: Archive, tmp_path: Path) -> None:
    done = publish(archive, tmp_path / "public")
    path = archive.folder / ".git" / "letterbook-development-key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "nobody should trust it" in done.err
    assert "Nobody should trust it" in (tmp_path / "public" / "keys" / "allowed_signers").read_text()


def test_only_a_listed_key_publishes(archive: Archive, key: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(generate_private_key("other"))
    other.chmod(0o600)
    for number in range(1, 10):
        list_key(archive, number, other)
    list_key(archive, 10, key)
    out = tmp_path / "public"
    for arguments in ((), ("--key", other)):
        done = publish(archive, out, *arguments)
        assert done.status == 3
        assert "hint:" in done.err
        assert not out.exists()
    assert publish(archive, out, "--key", key).status == 0
    assert (out / "keys" / "allowed_signers").read_bytes() == archive.read("records/keys/10.allowed_signers")
    assert (out / "keys" / "9.allowed_signers").read_bytes() == archive.read("records/keys/9.allowed_signers")
    assert letterbook(archive.folder, "verify", out, "--keys", "records/keys/10.allowed_signers").status == 0
    assert letterbook(archive.folder, "verify", out, "--keys", "records/keys/9.allowed_signers").status == 1


def test_other_kinds_of_keys_are_refused(archive: Archive, tmp_path: Path) -> None:
    for kind in ("rsa", "ecdsa"):
        path = tmp_path / kind
        subprocess.run([need("ssh-keygen"), "-q", "-t", kind, "-N", "", "-f", path], check=True)
        done = publish(archive, tmp_path / "public", "--key", path)
        assert (done.status, "ed25519" in done.err) == (3, True)


# -- promises of the publication before ------------------------------------------------------------------------


def test_a_rewritten_line_is_refused(archive: Archive, tmp_path: Path) -> None:
    out = tmp_path / "public"
    start = archive.git("rev-parse", "HEAD^")
    publish(archive, out)
    before = files_of(out)
    archive.rewrite(start)
    archive.letter(FIRST, summary="Another past.")
    archive.commit()
    done = publish(archive, out)
    assert (done.status, "not on this line" in done.err) == (3, True)
    assert files_of(out) == before


def test_a_foxtrot_merge_is_refused(archive: Archive, tmp_path: Path) -> None:
    out = tmp_path / "public"
    archive.branch("side", "HEAD^")
    archive.write("NOTES.md", "on the side")
    archive.commit()
    archive.switch("main")
    archive.letter(SECOND, summary="Asks again.", changes=[change("correction")])
    archive.commit()
    publish(archive, out)
    archive.foxtrot("side")
    done = publish(archive, out)
    assert (done.status, "not on this line" in done.err) == (3, True)
    assert letterbook(archive.folder, "verify", out).status == 1


def test_a_mass_withdrawal_needs_a_flag(archive: Archive, tmp_path: Path) -> None:
    out = tmp_path / "public"
    names = [f"2019-04-{day:02}-harbour-to-acme" for day in range(1, 6)]
    for name in names:
        archive.letter(name)
    archive.commit()
    publish(archive, out)
    for name in names[:4]:
        archive.withdraw(name)
    archive.commit()
    assert publish(archive, out).status == 3
    assert publish(archive, out, "--allow-mass-change").status == 0


def test_an_earlier_publication_of_an_unknown_key_can_only_make_us_refuse_more(
    archive: Archive, key: Path, tmp_path: Path
) -> None:
    out = tmp_path / "public"
    publish(archive, out, "--key", key)
    before = files_of(out)
    start = archive.git("rev-parse", "HEAD^")
    archive.rewrite(start)
    archive.letter(FIRST)
    archive.commit()
    done = publish(archive, out)
    assert (done.status, "is not on this line of history" in done.err) == (3, True)
    assert files_of(out) == before
    (out / "index.json").write_bytes(b"{}")
    done = publish(archive, out)
    assert (done.status, "not compared" in done.err) == (0, True)


def test_a_publication_of_another_archive_is_never_written_over(archive: Archive, key: Path, tmp_path: Path) -> None:
    other = Archive(tmp_path / "other")
    other.tables()
    other.write("records/archive.yaml", archive_info(origin="another.example/letters"))
    other.commit()
    out = tmp_path / "public"
    for arguments in ((), ("--key", key)):
        shutil.rmtree(out, ignore_errors=True)
        assert publish(other, out, *arguments).status == 0
        before = files_of(out)
        done = publish(archive, out, *arguments)
        assert (done.status, "is of another archive, another.example/letters" in done.err) == (3, True)
        assert files_of(out) == before
    assert publish(archive, tmp_path / "elsewhere", "--key", key, "--previous", out).status == 3


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{}", b"null", b"[" * 100_000, b'{"letters":5}', b"\xff", b"no number", b"missing"],
    ids=["empty", "list", "object", "null", "deep", "odd", "bytes", "no number", "missing"],
)
def test_what_nobody_we_know_signed_and_nobody_can_read_is_passed_over(
    archive: Archive, key: Path, tmp_path: Path, data: bytes
) -> None:
    """It can be no archive's publication; were it signed by a key of ours, it would be refused."""
    out = tmp_path / "public"
    publish(archive, out, "--key", key)
    if data in (b"no number", b"missing"):
        index = json.loads((out / "index.json").read_bytes())
        if data == b"missing":
            index["letters"][0]["provenance"]["revisions"] = []
        else:
            index["letters"][0]["provenance"]["revisions"][0]["seq"] = "0"
        data = canonical(index) + b"\n"
    (out / "index.json").write_bytes(data)
    done = publish(archive, out)
    assert (done.status, "so it is not compared with" in done.err) == (0, True)


@pytest.mark.parametrize("what", ["letters", "log", "key list"])
def test_an_unknown_keys_publication_is_held_in_every_way(
    archive: Archive, key: Path, tmp_path: Path, what: str
) -> None:
    """A thief who put a list of their own in the place of ours is not asked to vouch for what was there before."""
    out = tmp_path / "public"
    names = [f"2019-04-{day:02}-harbour-to-acme" for day in range(1, 6)]
    for name in names:
        archive.letter(name)
    archive.commit()
    start = archive.head
    if what == "key list":
        list_key(archive, 1, key)
    publish(archive, out, "--key", key)
    before = files_of(out)
    if what == "key list":
        archive.rewrite(start)
        archive.commit("Another commit")
    elif what == "log":
        archive.rewrite("HEAD^")
    for name in names if what == "letters" else []:
        archive.withdraw(name)
    archive.commit()
    done = publish(archive, out)
    assert (done.status, "hint:" in done.err, "not compared" in done.err) == (3, True, False)
    assert files_of(out) == before


def test_a_contribution_with_a_broken_signature_is_refused_before_it_lands(archive: Archive, tmp_path: Path) -> None:
    base = archive.head
    assert publish(archive, tmp_path / "public").status == 0
    archive.branch("theirs")
    archive.write("notes/one.txt", "one")
    archive.commit()
    _replace_head(archive, b"gpgsig -----BEGIN SSH SIGNATURE-----\n AAAA\n -----END SSH SIGNATURE-----\n")
    archive.switch("main")
    archive.merge("theirs")
    done = letterbook(archive.folder, "check", "--base", base)
    assert (done.status, "error[broken-signature]" in done.out) == (1, True)
    done = publish(archive, tmp_path / "public")
    assert (done.status, "error[broken-signature]" in done.err) == (1, True)
    assert letterbook(archive.folder, "check", "--base", "HEAD").status == 0, "what landed is not said again"
    assert publish(archive, tmp_path / "elsewhere").status == 0
    verified = letterbook(archive.folder, "verify", tmp_path / "elsewhere")
    assert "merged and is not on the line" in verified.out
    assert "fail " not in verified.out


def test_an_object_that_git_fsck_refuses_is_refused_before_it_lands(archive: Archive, tmp_path: Path) -> None:
    base = archive.head
    archive.branch("theirs")
    archive.write("notes/one.txt", "one")
    archive.commit()
    _replace_head(archive, b"", author=b"A N Other <a@b@c> <> 1609840800 +0000")
    archive.switch("main")
    archive.merge("theirs")
    done = letterbook(archive.folder, "check", "--base", base)
    assert (done.status, "error[faulty-object]" in done.out) == (1, True)
    assert letterbook(archive.folder, "check", "--staged", "--base", base).status == 0


def _replace_head(archive: Archive, headers: bytes, author: bytes = b"") -> None:
    """Put another commit object at the tip of the branch, which git would not write."""
    head, blank, message = archive.git("cat-file", "commit", "HEAD").encode().partition(b"\n\n")
    lines = [b"author " + author if author and line.startswith(b"author ") else line for line in head.split(b"\n")]
    data = b"\n".join(lines) + b"\n" + headers + blank[1:] + message
    name = archive.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", feed=data)
    archive.git("update-ref", "HEAD", name)


def test_a_commit_from_the_future_is_refused(archive: Archive, tmp_path: Path) -> None:
    archive.commit(at=int(time.time()) + 2 * DAY)
    done = publish(archive, tmp_path / "public")
    assert (done.status, "in the future" in done.err) == (3, True)
    assert not (tmp_path / "public").exists()


def test_a_shallow_clone_is_refused_with_its_repair(archive: Archive, tmp_path: Path) -> None:
    clone = archive.clone(tmp_path / "clone", "--depth", "1")
    done = letterbook(clone, "publish", "--out", tmp_path / "public")
    assert done.status == 3
    assert "git fetch --unshallow" in done.err
    git(clone, "fetch", "-q", "--unshallow")
    assert letterbook(clone, "publish", "--out", tmp_path / "public").status == 0


def test_a_folder_with_other_things_is_refused(archive: Archive, tmp_path: Path) -> None:
    out = tmp_path / "precious"
    out.mkdir()
    (out / "thesis.txt").write_text("years of work")
    assert publish(archive, out).status == 2
    assert [path.name for path in out.iterdir()] == ["thesis.txt"]


def test_documents_are_published_from_git(archive: Archive, tmp_path: Path) -> None:
    import hashlib

    data = b"%PDF-1.7\n" + bytes(range(256)) * 100
    archive.write("records/documents/scan.pdf", data)
    document = {
        "file": "scan.pdf", "sha256": hashlib.sha256(data).hexdigest(), "size": len(data),
        "media_type": "application/pdf", "role": "original", "rights": "own", "rights_note": "Written by us.",
    }  # fmt: skip
    archive.letter(SECOND, documents=[document], changes=[change("addition")])
    archive.commit()
    shutil.rmtree(archive.folder / "records" / "documents")
    assert publish(archive, tmp_path / "public").status == 0
    assert files_of(tmp_path / "public")["documents/scan.pdf"] == data
    assert letterbook(archive.folder, "verify", tmp_path / "public").status == 0
