"""letterbook keys, and what check and publish make of key lists: real archives, the command as a person runs it."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from publisher.examine import examine_commit
from publisher.git import Repository
from publisher.signatures import sshsig
from publisher.signatures.keys import KeySigner, PublicKey, generate_private_key, load_private_key
from publisher.signatures.lists import NAMESPACE
from tests import second_auditor
from tests.attacks.defences import without
from tests.attacks.scene import command
from tests.builders import Archive, letter_path
from tests.command import Done, files_of, letterbook
from tests.test_sshsig import FIDO
from tests.tools import need

NAME = "2019-02-18-harbour-to-acme"
BOTH = "letterbook-files@v1,letterbook-index@v1"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    found = Archive(tmp_path / "archive")
    found.begin()
    found.letter(NAME)
    found.commit()
    return found


@pytest.fixture
def key(tmp_path: Path) -> KeySigner:
    return make_key(tmp_path / "key")


def make_key(path: Path) -> KeySigner:
    path.write_bytes(generate_private_key(path.name))
    path.chmod(0o600)
    return load_private_key(path.read_bytes())


def line(key: PublicKey, comment: str = "") -> str:
    return f'publisher namespaces="{BOTH}" {key.format()} {comment}'.rstrip() + "\n"


def root(key: PublicKey, number: int, threshold: int, comment: str = "") -> str:
    start = f'root,threshold-{threshold},list-{number} namespaces="{NAMESPACE}"'
    return f"{start} {key.format()} {comment}".rstrip() + "\n"


def write(archive: Archive, number: int, text: str, **signers: Any) -> bytes:
    path = archive.write(f"records/keys/{number}.allowed_signers", text)
    for name, signer in signers.items():
        signature = sshsig.sign(signer, archive.read(path), NAMESPACE)
        archive.write(f"records/keys/{number}.{name}.sig", signature)
    return archive.read(path)


def keys(archive: Archive, *arguments: str) -> Done:
    return letterbook(archive.folder, "keys", *arguments)


def report(archive: Archive, *arguments: str) -> Any:
    done = keys(archive, "--format", "json", *arguments)
    found = json.loads(done.out)
    assert done.status == int(not found["holds"])
    return found


def codes(archive: Archive) -> list[tuple[str, str]]:
    """Return (code, path) of what keys finds, which check finds too."""
    found = [(row["code"], row["path"]) for row in report(archive)["findings"]]
    done = letterbook(archive.folder, "check", "--format", "json")
    assert [(row["code"], row["path"]) for row in json.loads(done.out)["findings"]] == found
    return found


# -- what it shows -----------------------------------------------------------------------------------------------


def test_an_archive_without_lists_says_so(archive: Archive) -> None:
    done = keys(archive)
    assert (done.status, done.err) == (0, "")
    assert "lists no keys yet" in done.out and "development key" in done.out
    assert report(archive) == {"lists": [], "current": None, "holds": True, "findings": []}


def test_the_files_on_disk_or_those_of_a_commit(archive: Archive, key: KeySigner, tmp_path: Path) -> None:
    second = make_key(tmp_path / "second")
    write(archive, 1, line(key.public_key, "key-1"))
    assert "list 1 (current)" in keys(archive).out
    assert "lists no keys yet" in keys(archive, "--at", "HEAD").out
    first = archive.commit()
    write(archive, 2, line(second.public_key, "key-2"))
    done = keys(archive)
    assert done.out.splitlines() == [
        "list 1",
        f"  publisher  {key.public_key.fingerprint} key-1",
        "  vouched    by nobody: it is the first list, and readers must get it from you",
        "",
        "list 2 (current)",
        f"  publisher  {second.public_key.fingerprint} key-2",
        "  vouched    by nobody: list 1 has no roots, and readers must get this one from you",
        "",
        "everything holds",
    ]
    archive.commit()
    assert report(archive, "--at", first)["current"] == 1
    assert report(archive)["current"] == 2


def test_roots_plain_and_on_a_security_key(archive: Archive, key: KeySigner, tmp_path: Path) -> None:
    plain = make_key(tmp_path / "plain")
    for number in (1, 2):
        roots = root(plain.public_key, number, 2, "plain") + root(FIDO.public_key, number, 2, "token")
        write(archive, number, line(key.public_key) + roots, a=plain, b=FIDO)
    done = keys(archive)
    assert done.status == 0, done.out
    assert f"  root       {FIDO.public_key.fingerprint} token, security key" in done.out
    assert f"  root       {plain.public_key.fingerprint} plain, plain key" in done.out
    assert f"  signed by  {FIDO.public_key.fingerprint} token, root of list 1 and this list" in done.out
    assert "  threshold  2 of 2 roots" in done.out
    assert "  vouched    yes: 2 of 2 roots of list 1 signed it" in done.out
    both = sorted((plain.public_key.fingerprint, FIDO.public_key.fingerprint))
    assert [row["signed_by"] for row in report(archive)["lists"]] == [
        {"before": [], "own": both}, {"before": both, "own": both},
    ]  # fmt: skip
    assert [row["kind"] for row in report(archive)["lists"][0]["roots"]] == ["plain key", "security key"]
    assert codes(archive) == []


def test_it_says_before_the_commit_what_check_would(archive: Archive, key: KeySigner, tmp_path: Path) -> None:
    one, two = make_key(tmp_path / "one"), make_key(tmp_path / "two")
    text = line(key.public_key) + root(one.public_key, 1, 2) + root(two.public_key, 1, 2)
    write(archive, 1, text, a=one)
    assert codes(archive) == [("key-list-unsigned", "records/keys/1.allowed_signers")]
    assert "NOT all of this holds" in keys(archive).out
    write(archive, 1, text, a=one, b=two)
    assert codes(archive) == []
    write(archive, 2, text.replace("list-1", "list-2"), a=one, again=one)
    listed = "records/keys/2.allowed_signers"
    assert codes(archive) == [("key-list-unsigned", listed), ("key-list-unvouched", listed)]
    assert "NO: 1 of 2 roots of list 1 signed it" in keys(archive).out
    write(archive, 3, line(key.public_key))
    assert "vouched    yes" not in keys(archive).out.split("list 3")[1]
    assert "ssh-keygen -Y sign -f ROOT -n letterbook-keys@v1 < records/keys/2.allowed_signers" in keys(archive).out


def test_nothing_of_a_merkle_tree_is_said(archive: Archive, key: KeySigner) -> None:
    write(archive, 1, line(key.public_key))
    for words in (keys(archive).out, letterbook(archive.folder, "keys", "--help").out):
        assert not {"leaf", "leaves", "tree", "merkle", "hash"} & set(words.lower().split())


def test_wrong_arguments_and_no_repository(archive: Archive, tmp_path: Path) -> None:
    assert letterbook(archive.folder, "keys", "--staged").status == 2
    for status, done in ((3, letterbook(tmp_path, "keys")), (2, keys(archive, "--at", "nothing"))):
        assert (done.status, done.err.count("hint:")) == (status, 1)
    git = ["clone", "-q", "--depth", "1", archive.folder.as_uri(), str(tmp_path / "shallow")]
    subprocess.run([need("git"), *git], check=True)
    assert letterbook(tmp_path / "shallow", "keys").status == 3


# -- what landed stays ---------------------------------------------------------------------------------------------


@pytest.fixture
def rooted(archive: Archive, key: KeySigner, tmp_path: Path) -> Archive:
    """List 1 with two roots, either of which is enough, signed by one; committed."""
    one, two = make_key(tmp_path / "one"), make_key(tmp_path / "two")
    write(archive, 1, line(key.public_key) + root(one.public_key, 1, 1) + root(two.public_key, 1, 1), a=one)
    archive.commit()
    return archive


LIST, SIGNATURE = "records/keys/1.allowed_signers", "records/keys/1.a.sig"


def test_a_landed_list_is_not_changed_though_it_be_signed_again(rooted: Archive, tmp_path: Path) -> None:
    one = load_private_key((tmp_path / "one").read_bytes())
    write(rooted, 1, rooted.read(LIST).decode() + "# more\n", b=one)
    rooted.delete(SIGNATURE)
    assert codes(rooted) == [("key-list-changed", SIGNATURE), ("key-list-changed", LIST)]
    assert f"git checkout {rooted.head} -- {LIST}" in keys(rooted).out
    rooted.git("checkout", "HEAD", "--", "records/keys")
    rooted.delete("records/keys/1.b.sig")
    assert codes(rooted) == []


def test_a_landed_list_is_not_removed(rooted: Archive) -> None:
    for path in (LIST, SIGNATURE):
        rooted.delete(path)
    assert codes(rooted) == [("key-list-changed", SIGNATURE), ("key-list-changed", LIST)]


def test_a_signature_may_come_later_and_then_stays(rooted: Archive, tmp_path: Path) -> None:
    two = load_private_key((tmp_path / "two").read_bytes())
    write(rooted, 1, rooted.read(LIST).decode(), b=two)
    assert codes(rooted) == []
    rooted.commit()
    rooted.delete("records/keys/1.b.sig")
    assert codes(rooted) == [("key-list-changed", "records/keys/1.b.sig")]


def test_what_landed_and_does_not_hold_can_be_mended(rooted: Archive, tmp_path: Path, key: KeySigner) -> None:
    rooted.write("records/keys/1.b.sig", sshsig.sign(key, rooted.read(LIST), NAMESPACE))
    write(rooted, 2, rooted.read(LIST).decode().replace("list-1", "list-2"))
    rooted.commit()
    assert [code for code, _ in codes(rooted)] == ["bad-key-signature", "key-list-unsigned", "key-list-unvouched"]
    rooted.delete("records/keys/1.b.sig")
    one = load_private_key((tmp_path / "one").read_bytes())
    write(rooted, 2, "# mended\n" + rooted.read("records/keys/2.allowed_signers").decode(), a=one)
    assert codes(rooted) == []


def test_an_older_commit_is_shown_as_it_stood(rooted: Archive) -> None:
    done = keys(rooted, "--at", "HEAD~1")
    assert (done.status, "lists no keys yet" in done.out) == (0, True)


# -- what settled on the line --------------------------------------------------------------------------------------


def landed(archive: Archive) -> list[str]:
    """Return the key files of which check, keys --at and publish say that they are not as they landed; all agree."""
    found = [row["path"] for row in report(archive, "--at", "HEAD")["findings"] if row["code"] == "key-list-changed"]
    repository = Repository.find(archive.folder)
    examined = examine_commit(repository, archive.head).findings
    assert [one.location.path for one in examined if one.code == "key-list-changed"] == found
    assert all(one.severity == "error" for one in examined if one.code == "key-list-changed")
    told = letterbook(archive.folder, "check", "--format", "json", "--base", "HEAD")
    assert [row["path"] for row in json.loads(told.out)["findings"] if row["code"] == "key-list-changed"] == found
    mine = second_auditor.key_line_faults(archive.folder, archive.head)
    assert sorted(fault.partition(":")[0] for fault in mine) == sorted(found)
    return found


def test_a_list_that_was_replaced_on_the_line_is_told_by_everybody_for_ever(rooted: Archive, tmp_path: Path) -> None:
    thief = make_key(tmp_path / "thief")
    before = {path: rooted.read(path) for path in (LIST, SIGNATURE)}
    rooted.write(LIST, line(thief.public_key))
    rooted.delete(SIGNATURE)
    rooted.commit()
    assert landed(rooted) == [SIGNATURE, LIST]
    rooted.letter("2019-03-01-harbour-to-quayside")
    rooted.commit()
    rooted.commit()
    assert landed(rooted) == [SIGNATURE, LIST], "later commits too"
    done = letterbook(rooted.folder, "publish", "--out", tmp_path / "public", "--key", tmp_path / "thief")
    assert (done.status, "error[key-list-changed]" in done.err, (tmp_path / "public").exists()) == (1, True, False)
    with without("finding: key-list-changed"):
        done = command(rooted.folder, "publish", "--out", tmp_path / "public", "--key", tmp_path / "thief")
        assert done.status == 0, done.err
    (tmp_path / "list").write_bytes(rooted.read(LIST))
    done = letterbook(rooted.folder, "verify", tmp_path / "public", "--keys", tmp_path / "list")
    assert (done.status, "this landed before, and is changed here" in done.out) == (1, True)
    said = second_auditor.audit(rooted.folder, tmp_path / "public", tmp_path / "list")
    assert said == [f"{path}: not as it landed" for path in sorted((LIST, SIGNATURE))]
    for path, data in before.items():
        rooted.write(path, data)
    rooted.commit()
    assert landed(rooted) == [], "and it can be brought back"


def test_a_list_that_was_removed_on_the_line_stays_missed(rooted: Archive) -> None:
    rooted.delete(SIGNATURE)
    rooted.delete(LIST)
    rooted.commit()
    rooted.commit()
    assert landed(rooted) == [SIGNATURE, LIST]


def test_a_signature_added_later_settles_too(rooted: Archive, tmp_path: Path) -> None:
    two = load_private_key((tmp_path / "two").read_bytes())
    write(rooted, 1, rooted.read(LIST).decode(), b=two)
    rooted.commit()
    rooted.delete("records/keys/1.b.sig")
    rooted.commit()
    assert landed(rooted) == ["records/keys/1.b.sig"]


def test_a_link_or_a_move_is_no_list(rooted: Archive) -> None:
    rooted.move(LIST, "records/keys/old/1.allowed_signers")
    rooted.link(LIST, "old/1.allowed_signers")
    rooted.commit()
    assert landed(rooted) == [LIST]


def test_what_a_merge_brings_settles_and_what_lies_beside_the_line_does_not(
    rooted: Archive, tmp_path: Path, key: KeySigner
) -> None:
    one = load_private_key((tmp_path / "one").read_bytes())
    rooted.branch("side")
    text = line(key.public_key) + root(one.public_key, 2, 1)
    write(rooted, 2, "# first\n" + text, a=one)
    rooted.commit()
    write(rooted, 2, "# second\n" + text, a=one)
    rooted.commit()
    rooted.switch("main")
    rooted.commit()
    rooted.merge("side")
    assert landed(rooted) == []
    write(rooted, 2, "# first\n" + text, a=one)
    rooted.commit()
    assert landed(rooted) == ["records/keys/2.a.sig", "records/keys/2.allowed_signers"]


def test_what_landed_faulty_is_mended_with_all_that_hangs_on_it(
    archive: Archive, key: KeySigner, tmp_path: Path
) -> None:
    """A signature over a list that had too few, and a list that followed a faulty one, hold on to nothing."""
    one, two = make_key(tmp_path / "one"), make_key(tmp_path / "two")
    write(archive, 1, line(key.public_key) + root(one.public_key, 1, 2) + root(two.public_key, 1, 2), a=one)
    write(archive, 2, line(key.public_key) + root(one.public_key, 2, 1), a=one)
    archive.commit()
    write(archive, 1, line(key.public_key) + root(two.public_key, 1, 1), a=two)
    write(archive, 2, line(key.public_key) + root(two.public_key, 2, 1), a=two)
    assert codes(archive) == []
    archive.commit()
    assert landed(archive) == [] and report(archive, "--at", "HEAD")["holds"]
    write(archive, 2, line(key.public_key) + root(one.public_key, 2, 1), a=one, b=two)
    archive.commit()
    assert landed(archive) == ["records/keys/2.a.sig", "records/keys/2.allowed_signers"]


def test_what_came_with_an_altered_list_goes_when_it_is_brought_back(
    rooted: Archive, tmp_path: Path, key: KeySigner
) -> None:
    """Else whoever alters list 1 for one commit could keep the archive from ever being published again."""
    thief = make_key(tmp_path / "thief")
    before = rooted.read(LIST), rooted.read(SIGNATURE)
    for number in (1, 2):
        write(rooted, number, line(key.public_key) + root(thief.public_key, number, 1), a=thief)
    rooted.commit()
    assert landed(rooted) == [SIGNATURE, LIST]
    rooted.write(LIST, before[0])
    rooted.write(SIGNATURE, before[1])
    for path in ("records/keys/2.allowed_signers", "records/keys/2.a.sig"):
        rooted.delete(path)
    rooted.commit()
    assert landed(rooted) == [] and report(rooted, "--at", "HEAD")["holds"]


def test_signatures_past_the_sixteenth_settle_nothing(rooted: Archive, tmp_path: Path) -> None:
    two = load_private_key((tmp_path / "two").read_bytes())
    for number in range(16):
        rooted.write(f"records/keys/1.b{number:02}.sig", sshsig.sign(two, rooted.read(LIST), NAMESPACE))
    rooted.commit()
    rooted.write("records/keys/1.c.sig", "no signature at all")
    rooted.commit()
    assert landed(rooted) == []
    rooted.delete("records/keys/1.c.sig")
    rooted.commit()
    rooted.delete("records/keys/1.b15.sig")
    assert codes(rooted) == []


def test_a_name_twice_in_the_folder_of_keys_is_refused(rooted: Archive, tmp_path: Path) -> None:
    """Of two lists of one name, each reader could take another for the one that landed."""
    thief = make_key(tmp_path / "thief")
    other = rooted.git("hash-object", "-w", "--stdin", feed=line(thief.public_key).encode())
    own = rooted.git("rev-parse", f"HEAD:{LIST}")
    data = b"".join(b"100644 1.allowed_signers\0" + bytes.fromhex(name) for name in (own, other))
    folder = rooted.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", feed=data)
    records = rooted.git("ls-tree", "HEAD:records").replace(rooted.git("rev-parse", "HEAD:records/keys"), folder)
    tree = rooted.git("mktree", feed=records.encode() + b"\n")
    tree = rooted.git("mktree", feed=f"040000 tree {tree}\trecords\n".encode())
    before = rooted.head
    bad = rooted.git("commit-tree", "-m", "Twice", "-p", before, tree)
    tip = rooted.git("commit-tree", "-m", "Back", "-p", bad, f"{before}^{{tree}}")
    rooted.git("reset", "--quiet", "--hard", tip)
    for arguments in (("keys", "--at", "HEAD"), ("keys",), ("check",), ("publish", "--out", str(tmp_path / "public"))):
        done = letterbook(rooted.folder, *arguments)
        assert (done.status, "holds one name twice" in done.err) == (3, True), arguments


# -- what lies beside --------------------------------------------------------------------------------------------


def test_a_private_key_beside_the_lists_is_an_error(archive: Archive, tmp_path: Path, key: KeySigner) -> None:
    write(archive, 1, line(key.public_key))
    archive.write("records/keys/key", (tmp_path / "key").read_bytes())
    archive.write("records/keys/key.pub", key.public_key.format() + "\n")
    archive.write("records/keys/README.md", "The lists of keys.\n")
    assert codes(archive) == [("private-key", "records/keys/key"), ("stray-file", "records/keys/key.pub")]
    archive.delete("records/keys/key")
    assert keys(archive).status == 0


def test_a_link_is_not_followed(archive: Archive, tmp_path: Path, key: KeySigner) -> None:
    (tmp_path / "list").write_text(line(key.public_key))
    archive.link(LIST, str(tmp_path / "list"))
    done = keys(archive)
    assert (done.status, "error[symlink]" in done.out, key.public_key.fingerprint in done.out) == (1, True, False)


def test_a_security_key_is_no_address(archive: Archive, key: KeySigner) -> None:
    write(archive, 1, line(key.public_key) + root(FIDO.public_key, 1, 1), a=FIDO)
    assert codes(archive) == []
    write(archive, 1, line(key.public_key) + root(FIDO.public_key, 1, 1, "ada@openssh.com"), a=FIDO)
    assert codes(archive) == [("address-in-key-list", LIST)]


def test_nothing_in_a_list_acts_on_a_terminal(archive: Archive, key: KeySigner) -> None:
    for comment in ("\x1b[2Jx", "\u202egnp", "\u009b31m"):
        write(archive, 1, line(key.public_key, comment))
        done = keys(archive)
        assert done.status == 1
        assert comment not in done.out + done.err


# -- published -----------------------------------------------------------------------------------------------------


def test_lists_and_signatures_are_published_as_they_are(rooted: Archive, tmp_path: Path) -> None:
    one = load_private_key((tmp_path / "one").read_bytes())
    write(rooted, 2, rooted.read(LIST).decode().replace("list-1", "list-2"), a=one)
    rooted.commit()
    out = tmp_path / "public"
    done = letterbook(rooted.folder, "publish", "--out", out, "--key", tmp_path / "key")
    assert done.status == 0, done.err
    published = {path: data for path, data in files_of(out).items() if path.startswith("keys/")}
    own = {path.removeprefix("records/"): rooted.read(path) for path in rooted.git("ls-files", "records/keys").split()}
    assert published == own | {"keys/allowed_signers": own["keys/2.allowed_signers"]}
    assert len(own) == 4
    assert letterbook(rooted.folder, "verify", out, "--keys", LIST).status == 0
    assert second_auditor.audit(rooted.folder, out) == []


def test_a_commit_whose_lists_do_not_hold_is_not_published(rooted: Archive, tmp_path: Path) -> None:
    write(rooted, 2, rooted.read(LIST).decode().replace("list-1", "list-2"))
    rooted.commit()
    done = letterbook(rooted.folder, "publish", "--out", tmp_path / "public", "--key", tmp_path / "key")
    assert (done.status, "key-list-unvouched" in done.err, (tmp_path / "public").exists()) == (1, True, False)


@pytest.mark.parametrize("how", ["changed", "removed"])
def test_a_published_list_that_was_changed_on_the_line_is_refused(
    archive: Archive, key: KeySigner, tmp_path: Path, how: str
) -> None:
    """What landed without a check is caught by whoever looks next."""
    write(archive, 1, line(key.public_key))
    write(archive, 2, line(key.public_key))
    archive.commit()
    publish = ["publish", "--out", str(tmp_path / "public"), "--key", str(tmp_path / "key")]
    assert letterbook(archive.folder, *publish).status == 0
    before = files_of(tmp_path / "public")
    if how == "changed":
        write(archive, 1, "# another\n" + line(key.public_key))
    else:
        archive.delete("records/keys/2.allowed_signers")
    archive.write(letter_path(NAME), archive.read(letter_path(NAME)))
    archive.commit()
    done = letterbook(archive.folder, *publish)
    assert (done.status, "error[key-list-changed]" in done.err) == (1, True)
    assert files_of(tmp_path / "public") == before
    assert letterbook(archive.folder, "publish", "--out", tmp_path / "other", *publish[3:]).status == 1
