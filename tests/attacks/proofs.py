"""Attacks on the proof of a letter: somebody hands a court a proof and a record, and has the key list to deal with."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

from publisher.checkpoint import Checkpoint, LetterProof, sign
from publisher.log import Leaf
from publisher.merkle import Tree, inclusion, leaf_hash
from publisher.signatures.keys import Signer
from publisher.signatures.note import Note
from tests.attacks.attack import Result, attack
from tests.attacks.forge import THIEF, listed
from tests.attacks.rows import COLLISION, PROOF
from tests.attacks.scene import FIRST, SECOND, Desk, command
from tests.builders import ORIGIN, letter_path


def proof(desk: Desk, name: str = FIRST) -> LetterProof:
    """Return the true proof of a letter."""
    file = desk.folder / "letter.tlog-proof"
    done = command(desk.folder, "prove", name, "--site", desk.scene.sites[2], "--out", file)
    assert done.status == 0, done.err
    return LetterProof.parse(file.read_bytes())


def record(desk: Desk, name: str = FIRST) -> bytes:
    """Return the record of a letter as it is published."""
    return (desk.scene.sites[2] / letter_path(name)).read_bytes()


def judge(desk: Desk, given: LetterProof, data: bytes, keys: bytes = b"", origin: str = ORIGIN) -> Result:
    """Let a court look at a proof, a record, and a key list that it has from elsewhere, as it knows the log's name."""
    file, shown = desk.file("proof", given.format()), desk.file("record", data)
    listing = desk.file("keys", keys or desk.scene.lists[1])
    options: list[str | Path] = ["--record", shown, "--keys", listing, "--origin", origin]
    done = command(desk.folder, "verify-proof", file, *options, "--format", "json")
    failed = [step for step in json.loads(done.out)["steps"] if step["status"] == "failed"]
    said = f"{failed[0]['name']}: {failed[0]['says']}" if failed else ""
    return Result(caught=done.status != 0, by=frozenset(f"proof: {step['name']}" for step in failed), said=said)


def log_of(desk: Desk, signer: Signer, *leaves: bytes, at: int = 0, origin: str = ORIGIN) -> LetterProof:
    """Return the proof of one leaf of a log that somebody makes up and signs."""
    tree = Tree([leaf_hash(leaf) for leaf in leaves])
    note = sign(Checkpoint(origin=origin, size=tree.size, root=tree.root()), signer)
    return LetterProof(index=at, hashes=tuple(inclusion(tree.node, at, tree.size)), extra=leaves[at], checkpoint=note)


@attack(PROOF, "proof: record")
def forged_record(desk: Desk) -> Result:
    """A true proof is handed over with a record in which two words are others."""
    return judge(desk, proof(desk), record(desk).replace(b"Asks more.", b"Asks less."))


@attack(PROOF, "proof: record")
def record_of_another_letter(desk: Desk) -> Result:
    """The archive itself lands one letter's bytes under another letter's name, to prove that this one said so."""
    data = record(desk, SECOND)
    leaf = replace(Leaf.parse(proof(desk).extra), seq=0, sha256=hashlib.sha256(data).hexdigest(), size=len(data))
    return judge(desk, log_of(desk, desk.scene.new, leaf.format()), data)


@attack(COLLISION, "proof: record")
def record_with_the_same_git_id(desk: Desk) -> Result:
    """A record is shown that has the SHA-1 of the true one and other words; no leaf holds a git id."""
    true = record(desk)
    return judge(desk, proof(desk), true.replace(b"Asks more.", b"Asks much."))


@attack(PROOF, "proof: inclusion")
def leaf_with_an_earlier_stamp(desk: Desk) -> Result:
    """The leaf in a true proof is stamped a year earlier than it landed."""
    given = proof(desk)
    leaf = replace(Leaf.parse(given.extra), at="2020-01-05T10:00:00Z")
    return judge(desk, replace(given, extra=leaf.format()), record(desk))


@attack(PROOF, "proof: inclusion")
def letter_that_never_landed(desk: Desk) -> Result:
    """A letter that never landed is proved with a leaf that fits it, and the path of a letter that did."""
    data = record(desk).replace(b"Asks more.", b"Asks less.")
    given = proof(desk)
    leaf = replace(Leaf.parse(given.extra), sha256=hashlib.sha256(data).hexdigest(), size=len(data))
    return judge(desk, replace(given, extra=leaf.format()), data)


@attack(PROOF, "proof: checkpoint")
def log_of_ones_own(desk: Desk) -> Result:
    """Somebody makes a log of one leaf, under the archive's name, and signs it with a key of their own."""
    data = record(desk).replace(b"Asks more.", b"Asks less.")
    leaf = replace(Leaf.parse(proof(desk).extra), seq=0, sha256=hashlib.sha256(data).hexdigest(), size=len(data))
    return judge(desk, log_of(desk, THIEF, leaf.format()), data)


@attack(PROOF, "proof: checkpoint")
def log_under_another_name(desk: Desk) -> Result:
    """The archive keeps a second log for what it shows to courts alone, under another name and by the same key."""
    data = record(desk).replace(b"Asks more.", b"Asks less.")
    leaf = replace(Leaf.parse(proof(desk).extra), seq=0, sha256=hashlib.sha256(data).hexdigest(), size=len(data))
    return judge(desk, log_of(desk, desk.scene.new, leaf.format(), origin="letterbook.example/for-courts"), data)


@attack(PROOF, "proof: leaf")
def one_place_taken_twice(desk: Desk) -> Result:
    """The archive puts a second leaf at the end of its log that says it stood there as the third."""
    data = record(desk)
    leaf = replace(Leaf.parse(proof(desk).extra), seq=2)
    return judge(desk, log_of(desk, desk.scene.new, *[b"{}"] * 5, leaf.format(), at=5), data)


@attack(PROOF, "proof: leaf")
def leaf_that_two_readers_take_in_two_ways(desk: Desk) -> Result:
    """The archive lands a leaf with two keys: some readers take the first for the letter's name, others the last."""
    data = record(desk)
    leaf = replace(Leaf.parse(proof(desk).extra), seq=0).format()
    doubled = leaf.replace(b'"key":', f'"key":"letters/{SECOND}","key":'.encode())
    return judge(desk, log_of(desk, desk.scene.new, doubled), data)


@attack(PROOF, "notes: a known key's signature is good", shows="proof: checkpoint")
def borrowed_signature_line(desk: Desk) -> Result:
    """A thief of the old key signs a log of their own, and adds the new key's line from another checkpoint."""
    data = record(desk).replace(b"Asks more.", b"Asks less.")
    true = proof(desk)
    leaf = replace(Leaf.parse(true.extra), seq=0, sha256=hashlib.sha256(data).hexdigest(), size=len(data))
    forged = log_of(desk, desk.scene.old, leaf.format())
    note, other = Note.parse(forged.checkpoint), Note.parse(true.checkpoint)
    both = Note(text=note.text, signatures=(*other.signatures, *note.signatures)).format()
    keys = listed(2, [desk.scene.old.public_key, desk.scene.new.public_key], [])
    return judge(desk, replace(forged, checkpoint=both), data, keys)
