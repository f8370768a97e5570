"""Attacks on what a clone's objects hold, and on the signatures of its commits."""

import hashlib
from pathlib import Path

from publisher.signatures import sshsig
from tests import second_auditor
from tests.attacks import defences
from tests.attacks.attack import Result, attack
from tests.attacks.clones import FOLDER, RECORD, forged_tree, is_true, loose, published_truly
from tests.attacks.forge import STAFF
from tests.attacks.memory import published
from tests.attacks.rows import COLLISION, COMMIT_SIGNATURE, FORGED_OBJECT
from tests.attacks.scene import Desk, refused
from tests.builders import Archive, git
from tests.erasing import adopt
from tests.test_git_environment import forge

LETTERS = "HEAD~7"


# -- forged objects --------------------------------------------------------------------------------------------


@attack(FORGED_OBJECT, "fsck", shows="verify: repository")
def forged_loose_tree(desk: Desk) -> Result:
    """The publisher forges a tree in its own clone, publishes from it, and hands the clone to the auditor."""
    clone = desk.clone()
    loose(clone)
    forged = git(clone, "rev-parse", f"{forged_tree(adopt(clone, desk.scene.archive))}:{FOLDER}")
    forge_tree(clone, git(clone, "rev-parse", f"HEAD:{FOLDER}"), forged)
    done = desk.publish(clone)
    assert done.status == 0, done.err
    assert not is_true(desk, "published")
    return desk.audit(desk.folder / "published", clone=clone)


def forge_tree(folder: Path, name: str, other: str) -> None:
    """Put the bytes of another tree where a loose tree belongs."""
    path = folder / ".git" / "objects" / name[:2] / name[2:]
    path.chmod(0o644)
    path.write_bytes((folder / ".git" / "objects" / other[:2] / other[2:]).read_bytes())


@attack(FORGED_OBJECT, "fsck", shows="verify: repository")
def forged_index_of_a_pack(desk: Desk) -> Result:
    """As before, but the index of a pack says that the tree begins where another one does."""
    clone = desk.clone()
    tree = forged_tree(adopt(clone, desk.scene.archive))
    git(clone, "update-ref", "refs/heads/kept", git(clone, "commit-tree", "-m", "Kept", tree))
    true, other = (git(clone, "rev-parse", f"{whose}:{FOLDER}") for whose in ("HEAD", tree))
    git(clone, "repack", "-adq", "--depth=0")
    point_elsewhere(clone, true, other)
    done = desk.publish(clone)
    assert done.status == 0, done.err
    assert not is_true(desk, "published")
    return desk.audit(desk.folder / "published", clone=clone)


def point_elsewhere(clone: Path, name: str, other: str) -> None:
    """Let a pack's index (version 2, gitformat-pack) give one object the place of another."""
    (path,) = (clone / ".git" / "objects" / "pack").glob("*.idx")
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    count = int.from_bytes(data[8 + 255 * 4 : 8 + 256 * 4])
    start = 8 + 256 * 4
    names = [data[start + 20 * at : start + 20 * at + 20].hex() for at in range(count)]
    offsets = start + 24 * count
    mine, theirs = (offsets + 4 * names.index(one) for one in (name, other))
    data[mine : mine + 4] = data[theirs : theirs + 4]
    data[-20:] = hashlib.sha1(data[:-20], usedforsecurity=False).digest()
    path.write_bytes(data)


@attack(FORGED_OBJECT, "fsck", shows="verify: repository")
def forged_tree_in_a_borrowed_store(desk: Desk) -> Result:
    """As before, but the forged tree lies in another object store, from which the clone borrows."""
    clone = desk.clone()
    loose(clone)
    forged = git(clone, "rev-parse", f"{forged_tree(adopt(clone, desk.scene.archive))}:{FOLDER}")
    true = git(clone, "rev-parse", f"HEAD:{FOLDER}")
    objects, store = clone / ".git" / "objects", desk.folder / "store"
    (store / true[:2]).mkdir(parents=True)
    (objects / true[:2] / true[2:]).unlink()
    (store / true[:2] / true[2:]).write_bytes((objects / forged[:2] / forged[2:]).read_bytes())
    (objects / "info" / "alternates").write_text(f"{store}\n", "utf-8")
    done = desk.publish(clone)
    assert done.status == 0, done.err
    assert not is_true(desk, "published")
    return desk.audit(desk.folder / "published", clone=clone)


@attack(FORGED_OBJECT, "git: every blob hashed again", shows="refused")
def forged_loose_blob(desk: Desk) -> Result:
    """Somebody forges a letter's blob in the clone of whoever publishes; git itself does not look, and shows it."""
    archive = desk.archive()
    name = archive.git("rev-parse", f"HEAD:{RECORD}")
    forge(archive.folder, name, "blob", archive.read(RECORD).replace(b"Asks more.", b"Asks less."))
    return published_truly(desk, archive.folder)


@attack(FORGED_OBJECT, "git: one name, one file", shows="refused")
def name_twice_in_a_tree(desk: Desk) -> Result:
    """A commit's tree holds a letter's name twice: a checkout shows one of the two files, a listing both."""
    archive = desk.archive()
    land(archive, twice(archive, RECORD))
    return refused(desk.publish(archive.folder), "refused")


@attack(FORGED_OBJECT, "fsck: its own settings", shows="verify: repository")
def fsck_told_to_look_away(desk: Desk) -> Result:
    """A clone's configuration tells git fsck to ignore a tree of the past that holds a name twice."""
    archive = desk.archive()
    before = archive.git("rev-parse", "HEAD^{tree}")
    land(archive, twice(archive, "README.md"))
    land(archive, before)
    site, clone = published(desk, archive)
    git(clone, "config", "fsck.duplicateEntries", "ignore")
    return desk.audit(site, clone=clone)


def twice(archive: Archive, path: str) -> str:
    """Return a tree like that of HEAD that holds one name twice, once with other bytes."""
    other = archive.git("hash-object", "-w", "--stdin", feed=archive.read(path).replace(b"more", b"less") + b"\n")
    folder, _, name = path.rpartition("/")
    entry = f"100644 {name}\0".encode()
    data = tree_bytes(archive, f"HEAD:{folder}" if folder else "HEAD^{tree}")
    end = data.index(entry) + len(entry) + 20
    tree = write_tree(archive, data[:end] + entry + bytes.fromhex(other) + data[end:])
    while folder:
        folder, _, name = folder.rpartition("/")
        entry = f"40000 {name}\0".encode()
        data = tree_bytes(archive, f"HEAD:{folder}" if folder else "HEAD^{tree}")
        start = data.index(entry) + len(entry)
        tree = write_tree(archive, data[:start] + bytes.fromhex(tree) + data[start + 20 :])
    return tree


def tree_bytes(archive: Archive, name: str) -> bytes:
    """Return a tree as git stores it."""
    return second_auditor.git(archive.folder, "cat-file", "tree", archive.git("rev-parse", name))


def write_tree(archive: Archive, data: bytes) -> str:
    """Store any bytes as a tree."""
    return archive.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", feed=data)


def land(archive: Archive, tree: str) -> None:
    """Commit a tree on the branch."""
    date = f"@{archive.clock} +0000"
    archive.clock += 1
    commit = ("commit-tree", "-p", "HEAD", "-m", "Land", tree)
    archive.git("update-ref", "HEAD", archive.git(*commit, GIT_AUTHOR_DATE=date, GIT_COMMITTER_DATE=date))


@attack(COLLISION, "format: SHA-256 beside git's id", shows=("verify: index-rebuilt", "verify: files-rebuilt"))
def two_letters_with_one_id(desk: Desk) -> Result:
    """An earlier version of a letter collides with another in SHA-1: one is published, a clone holds the other."""
    archive = desk.archive()
    done = desk.publish(archive.folder)
    assert done.status == 0, done.err
    name = archive.git("rev-parse", f"{LETTERS}:{RECORD}")
    data = archive.git("cat-file", "blob", name).encode() + b"\n"
    forge(archive.folder, name, "blob", data.replace(b"Asks what the dredging", b"Asks whom the dredging"))
    with defences.collision():
        return desk.audit(desk.folder / "published", clone=archive.folder)


# -- signatures of commits -------------------------------------------------------------------------------------


def signed(archive: Archive) -> tuple[str, str]:
    """Return the newest commit's bytes, and the header of a signature over them by a key of staff."""
    data = archive.git("cat-file", "commit", "HEAD") + "\n"
    signature = sshsig.sign(STAFF, data.encode(), "git").decode("ascii").removesuffix("\n")
    return data, "gpgsig " + signature.replace("\n", "\n ")


def with_header(archive: Archive, data: str, header: str) -> None:
    """Store a commit with one header more, and let the branch end there."""
    head, _, message = data.partition("\n\n")
    name = archive.git("hash-object", "-t", "commit", "-w", "--stdin", feed=f"{head}\n{header}\n\n{message}".encode())
    archive.git("reset", "--quiet", "--hard", name)


@attack(COMMIT_SIGNATURE, "verify: commit-signatures")
def signed_commit_altered(desk: Desk) -> Result:
    """Somebody rewrites the message of a commit that staff had signed, and leaves the signature where it is."""
    archive = desk.archive()
    archive.letter("2019-07-01-harbour-to-acme")
    archive.commit("Add a letter")
    data, header = signed(archive)
    with_header(archive, data.replace("Add a letter", "Add a letter, as the board decided"), header)
    site, clone = published(desk, archive)
    return desk.audit(site, clone=clone)


@attack(COMMIT_SIGNATURE, "verify: commit-signatures")
def signature_that_only_the_clone_believes(desk: Desk) -> Result:
    """A commit bears the signature of another one, and the clone's configuration names a program that finds it good."""
    archive = desk.archive()
    _, header = signed(archive)
    archive.letter("2019-07-01-harbour-to-acme")
    archive.commit("Add a letter")
    with_header(archive, archive.git("cat-file", "commit", "HEAD") + "\n", header)
    site, clone = published(desk, archive)
    git(clone, "config", "gpg.ssh.program", "true")
    git(clone, "config", "log.showSignature", "true")
    return desk.audit(site, clone=clone)
