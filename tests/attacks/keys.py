"""Attacks on keys: who may sign what, who may list a key, and what a signature was made for."""

import hashlib
from collections.abc import Mapping

from publisher.publish import FILES_NAMESPACE, INDEX_NAMESPACE
from publisher.signatures import armour, pack, sshsig
from publisher.signatures.keys import PublicKey, SignatureError, Signer
from publisher.signatures.lists import NAMESPACE as KEYS_NAMESPACE
from publisher.signatures.sshsig import LABEL, MAGIC, VERSION, dearmour
from tests.attacks.attack import Result, attack
from tests.attacks.forge import ROOTS, THIEF, A, B, Publication, key_of, listed, signed_by
from tests.attacks.rows import BORROWED, KEY_LIST, REVOKED
from tests.attacks.scene import PAGE, Desk, found, refused
from tests.builders import Archive
from tests.test_sshsig import NEUTRAL, NEUTRAL_BLOB, FidoSigner, FixedSigner

SIGNED = ("verify: index-signature", "verify: sums-signature")
ROOT_KEYS = [root.public_key for root in ROOTS.values()]


def edited(desk: Desk) -> Publication:
    """Return a publication in which a letter's page says something else, not signed yet."""
    site = desk.site()
    site.replace(PAGE, b"Asks more.", b"Asks less.")
    return site


def taken_over(
    desk: Desk, data: bytes, signatures: Mapping[str, bytes], *, thief: Signer = THIEF, keys: bytes = b""
) -> Result:
    """Publish an edited page under a list 3, by a thief's key, before a reader who has list 2."""
    site = edited(desk)
    site.write("keys/3.allowed_signers", data)
    site.write("keys/allowed_signers", data)
    for name, signature in signatures.items():
        site.write(f"keys/{name}", signature)
    site.sign_checkpoint(thief, site.index["log"])
    site.sign(thief)
    return desk.audit(site, keys=keys)


# -- lists -----------------------------------------------------------------------------------------------------


@attack(KEY_LIST, "lists: the threshold of the list before", shows=SIGNED)
def list_that_nobody_vouches_for(desk: Desk) -> Result:
    """A thief publishes a list 3 with a key and roots of their own, signed by those roots."""
    roots = {"x": key_of(6), "y": key_of(7)}
    data = listed(3, [THIEF.public_key], [root.public_key for root in roots.values()])
    return taken_over(desk, data, signed_by(data, roots, 3))


@attack(KEY_LIST, "lists: distinct keys count", shows=SIGNED)
def one_root_twice(desk: Desk) -> Result:
    """A thief of one root signs a list 3 with it twice, under two names, where two roots are needed."""
    data = listed(3, [THIEF.public_key], ROOT_KEYS)
    return taken_over(desk, data, signed_by(data, {"a": A, "b": A}, 3))


@attack(KEY_LIST, "lists: roots sign lists, and nobody else", shows=SIGNED)
def list_signed_by_a_publisher(desk: Desk) -> Result:
    """A thief of one root and of the publisher's key signs a list 3 with both."""
    data = listed(3, [THIEF.public_key], ROOT_KEYS)
    return taken_over(desk, data, signed_by(data, {"a": A, "b": desk.scene.new}, 3))


@attack(KEY_LIST, "lists: a list says its number", shows=SIGNED)
def old_list_under_a_new_number(desk: Desk) -> Result:
    """A thief of the retired key shows list 1 once more as list 3, with the signatures that roots made over it then."""
    data = desk.scene.lists[0]
    return taken_over(desk, data, signed_by(data, {"a": A, "b": B}, 3), thief=desk.scene.old)


@attack(KEY_LIST, "signatures: the namespace", shows=SIGNED)
def roots_asked_to_sign_a_file(desk: Desk) -> Result:
    """Two holders of roots are asked to sign what is called a file, for another purpose, and is a list 3."""
    data = listed(3, [THIEF.public_key], ROOT_KEYS)
    signatures = {f"3.{name}.sig": sshsig.sign(ROOTS[name], data, "file") for name in "ab"}
    return taken_over(desk, data, signatures)


@attack(KEY_LIST, "finding: key-list-changed")
def list_altered_in_place(desk: Desk) -> Result:
    """Two holders of roots alter list 2 and sign it again: a thief's key seems to have been listed all along."""
    archive = desk.archive()
    data = listed(2, [THIEF.public_key], ROOT_KEYS)
    add_list(archive, data, signed_by(data, {"a": A, "b": B}, 2), number=2)
    return desk.check(archive.folder)


@attack(KEY_LIST, "finding: key-list-changed")
def list_altered_on_the_line(desk: Desk) -> Result:
    """A thief's key is added to list 2 past every check, and the job that publishes is to seal that."""
    archive = desk.archive()
    thief = next(
        line for line in listed(2, [THIEF.public_key], ROOT_KEYS).splitlines(keepends=True) if line[:1] != b"#"
    )
    data = thief + archive.read("records/keys/2.allowed_signers")
    add_list(archive, data, signed_by(data, {"a": A, "b": B}, 2), number=2)
    archive.commit()
    return found(desk.publish(archive.folder))


@attack(KEY_LIST, "finding: key-list-unvouched")
def list_added_by_a_pull_request(desk: Desk) -> Result:
    """A pull request adds a list 3 with a key of its own, signed by one root of two."""
    archive = desk.archive()
    data = listed(3, [THIEF.public_key], [A.public_key], threshold=1)
    add_list(archive, data, signed_by(data, {"a": A}, 3))
    return desk.check(archive.folder)


@attack(KEY_LIST, "finding: roots-dropped")
def list_without_roots(desk: Desk) -> Result:
    """Two holders of roots are talked into a list 3 without roots, after which anybody's list is as good."""
    archive = desk.archive()
    data = listed(3, [THIEF.public_key], [])
    add_list(archive, data, signed_by(data, {"a": A, "b": B}, 3))
    return desk.check(archive.folder)


@attack(KEY_LIST, "finding: publisher-namespaces")
def publisher_that_may_sign_anything(desk: Desk) -> Result:
    """A list 3, signed by roots who did not look, lets the publisher's key sign key lists too."""
    archive = desk.archive()
    more = FILES_NAMESPACE.encode(), f"{FILES_NAMESPACE},{KEYS_NAMESPACE}".encode()
    data = listed(3, [desk.scene.new.public_key], ROOT_KEYS).replace(*more, 1)
    add_list(archive, data, signed_by(data, {"a": A, "b": B}, 3))
    return desk.check(archive.folder)


def add_list(archive: Archive, data: bytes, signatures: Mapping[str, bytes], *, number: int = 3) -> None:
    """Put a key list and its signatures into the archive."""
    archive.write(f"records/keys/{number}.allowed_signers", data)
    for name, signature in signatures.items():
        archive.write(f"records/keys/{name}", signature)


@attack(KEY_LIST, "publish: the key is listed", shows="refused")
def unlisted_key_at_the_press(desk: Desk) -> Result:
    """Somebody who can start the job that publishes gives it a key of their own."""
    key = desk.file("key", (desk.scene.folder / "old").read_bytes())
    return refused(desk.publish(desk.archive().folder, key=str(key)), "refused")


@attack(REVOKED, "newer: git vouches for the text", shows="verify: newer")
def old_publication_by_a_stranger(desk: Desk) -> Result:
    """A stranger edits a page of an old publication, leaves its log, and calls a key of their own a retired one."""
    site = desk.site(1)
    site.replace(PAGE, b"Asks more.", b"Asks less.")
    site.write("keys/allowed_signers", listed(1, [THIEF.public_key], []))
    site.sign_checkpoint(THIEF, site.index["log"])
    site.sign(THIEF)
    return desk.audit(site, "--newer", desk.scene.sites[2] / "log/checkpoint")


# -- signatures ------------------------------------------------------------------------------------------------


@attack(BORROWED, "signatures: the namespace", shows=SIGNED)
def publisher_asked_to_sign_a_file(desk: Desk) -> Result:
    """The publisher signs two files with the same key for another purpose; they are an index and its sums."""
    site = edited(desk)
    site.sign_index(desk.scene.new, "file")
    site.sign_sums(desk.scene.new, "file")
    return desk.audit(site)


@attack(BORROWED, "signatures: nothing after their end", shows="refused")
def signature_with_a_message_behind_it(desk: Desk) -> Result:
    """Somebody hides bytes in a signature of the publisher, which is then another file and as good."""
    site = desk.site()
    hidden = armour(LABEL, dearmour(site.read("index.json.sig")) + b"The editor is lying.")
    return accepted(hidden, site.read("index.json"), INDEX_NAMESPACE)


def accepted(signature: bytes, data: bytes, namespace: str) -> Result:
    """Verify a signature alone."""
    try:
        key = sshsig.verify(signature, data, namespace)
    except SignatureError as fault:
        return Result(caught=True, by=frozenset({"refused"}), said=str(fault))
    return Result(caught=False, said=f"{key.fingerprint} seems to have signed it")


def weakly_signed(signer: Signer, data: bytes) -> bytes:
    """Return a signature over the MD5 of a file, as no ssh-keygen makes it (PROTOCOL.sshsig)."""
    names = FILES_NAMESPACE.encode(), b"", b"md5"
    digest = hashlib.md5(data, usedforsecurity=False).digest()
    blob = signer.sign(MAGIC + pack(*names, digest))
    return armour(LABEL, MAGIC + VERSION + pack(signer.public_key.blob, *names, blob))


def with_root(desk: Desk, root: PublicKey) -> bytes:
    """Return a list 2 of which one root is another key."""
    return listed(2, [desk.scene.new.public_key], [A.public_key, root])


@attack(BORROWED, "signatures: a security key is touched", shows=SIGNED)
def root_that_nobody_touched(desk: Desk) -> Result:
    """Malware on the machine where a root's security key is plugged in lets it sign, and nobody touches it."""
    silent = FidoSigner(flags=4)
    data = listed(3, [THIEF.public_key], [A.public_key, silent.public_key])
    forged = armour(LABEL, untouched(silent, data))
    signatures = signed_by(data, {"a": A}, 3) | {"3.b.sig": forged}
    return taken_over(desk, data, signatures, keys=with_root(desk, silent.public_key))


def untouched(signer: FidoSigner, data: bytes) -> bytes:
    """Return a signature by a security key that nobody touched, which sshsig.sign would not make."""
    names = KEYS_NAMESPACE.encode(), b"", b"sha512"
    blob = signer.sign(MAGIC + pack(*names, hashlib.sha512(data).digest()))
    return MAGIC + VERSION + pack(signer.public_key.blob, *names, blob)


@attack(BORROWED, "signatures: somebody holds the key", shows=SIGNED)
def key_that_nobody_holds(desk: Desk) -> Result:
    """A root of list 2 is the neutral point of the curve: there is one signature by it, and it fits every list."""
    anybody = FixedSigner(blob=NEUTRAL_BLOB, public_key=NEUTRAL)
    data = listed(3, [THIEF.public_key], [A.public_key, NEUTRAL])
    names = KEYS_NAMESPACE.encode(), b"", b"sha512"
    forged = armour(LABEL, MAGIC + VERSION + pack(NEUTRAL.blob, *names, anybody.blob))
    signatures = signed_by(data, {"a": A}, 3) | {"3.b.sig": forged}
    return taken_over(desk, data, signatures, keys=with_root(desk, NEUTRAL))


# -- two files with one MD5 (Wang and Yu, 2004) ----------------------------------------------------------------

COLLIDES = bytes.fromhex(
    "d131dd02c5e6eec4693d9a0698aff95c2fcab58712467eab4004583eb8fb7f8955ad340609f4b30283e488832571415a"
    "085125e8f7cdc99fd91dbdf280373c5bd8823e3156348f5bae6dacd436c919c6dd53e2b487da03fd02396306d248cda0"
    "e99f33420f577ee8ce54b67080a80d1ec69821bcb6a8839396f9652b6ff72a70"
)
DIFFERS = (19, 45, 59, 83, 109, 123)


@attack(BORROWED, "signatures: the hash", shows="refused")
def signature_over_a_weak_hash(desk: Desk) -> Result:
    """The publisher's program signs the MD5 of a file, and somebody shows another file that has the same."""
    other = bytes(byte ^ (128 if at in DIFFERS else 0) for at, byte in enumerate(COLLIDES))
    return accepted(weakly_signed(desk.scene.new, COLLIDES), other, FILES_NAMESPACE)
