"""Key lists: who vouches for whom, counted by keys; no change of a list or a signature goes unseen."""

import subprocess
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.checks.keys import HINTS
from publisher.publish import FILES_NAMESPACE, INDEX_NAMESPACE
from publisher.signatures import armour, sshsig
from publisher.signatures.chain import MAX_LISTS, MAX_SIGNATURES, Chain, files_in, follow, needed
from publisher.signatures.keys import KeyListError, KeySigner, PublicKey, Signer
from publisher.signatures.lists import MAX_SIZE, NAMESPACE, SIGNED, KeyList, read, trust
from tests.test_cases import CODES
from tests.test_sshsig import FIDO, FidoSigner
from tests.tools import need

BOTH = f"{FILES_NAMESPACE},{INDEX_NAMESPACE}"
FIRST, SECOND, THIRD, *REST = (
    KeySigner(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)) for number in range(1, 9)
)
A, B, C, D, STRANGER = REST
NAMES: dict[PublicKey, str] = {
    A.public_key: "a", B.public_key: "b", C.public_key: "c", D.public_key: "d",
    FIDO.public_key: "fido", STRANGER.public_key: "stranger", FIRST.public_key: "first", SECOND.public_key: "second",
}  # fmt: skip


def publisher(signer: Signer, namespaces: str = BOTH) -> str:
    return f'publisher namespaces="{namespaces}" {signer.public_key.format()}\n'


def root(signer: Signer, number: int, threshold: int = 2) -> str:
    return f'root,threshold-{threshold},list-{number} namespaces="{NAMESPACE}" {signer.public_key.format()}\n'


def listing(number: int, key: Signer, roots: tuple[Signer, ...], threshold: int = 2) -> bytes:
    return (publisher(key) + "".join(root(signer, number, threshold) for signer in roots)).encode()


def signed(number: int, data: bytes, *signers: Signer) -> dict[str, bytes]:
    """A list and a signature by each of these; two by one key are two files."""
    files = {f"{number}.allowed_signers": data}
    for count, signer in enumerate(signers):
        name = f"{NAMES[signer.public_key]}{count}"
        files[f"{number}.{name}.sig"] = sshsig.sign(signer, data, NAMESPACE)
    return files


ONE = listing(1, FIRST, (A, B, C))
TWO = listing(2, SECOND, (A, B, FIDO))
THREE = listing(3, THIRD, (B, FIDO, D))
GOOD = {**signed(1, ONE, A, B), **signed(2, TWO, A, B), **signed(3, THREE, A, B, FIDO)}


def codes(files: Mapping[str, bytes]) -> list[tuple[str, str]]:
    return [(fault.code, fault.path) for fault in Chain.of(files).faults]


def names(fingerprints: tuple[str, ...]) -> set[str]:
    return {name for key, name in NAMES.items() if key.fingerprint in fingerprints}


# -- what is sound ---------------------------------------------------------------------------------------------


def test_a_sound_chain_says_who_signed_what() -> None:
    chain = Chain.of(GOOD)
    assert chain.faults == ()
    assert [link.listed.number for link in chain.links] == [1, 2, 3]
    assert [(names(link.before), names(link.own)) for link in chain.links] == [
        (set(), {"a", "b"}), ({"a", "b"}, {"a", "b"}), ({"a", "b", "fido"}, {"b", "fido"}),
    ]  # fmt: skip
    assert all(link.is_vouched and link.is_sealed for link in chain.links)
    assert chain.newest is not None and chain.newest.data == THREE
    assert [entry.key for entry in chain.newest.publishers] == [THIRD.public_key]
    assert (chain.newest.roots, chain.newest.threshold) == ((B.public_key, FIDO.public_key, D.public_key), 2)


def test_without_roots_nobody_vouches_and_roots_may_come_later() -> None:
    bare = {"1.allowed_signers": publisher(FIRST).encode(), "2.allowed_signers": publisher(SECOND).encode()}
    assert codes(bare) == []
    assert codes(bare | signed(3, THREE, B, D)) == []
    assert Chain.of({}) == Chain()
    assert Chain().newest is None


def test_what_the_house_says_is_one_thing() -> None:
    assert {INDEX_NAMESPACE, FILES_NAMESPACE} == SIGNED
    assert set(HINTS) <= set(CODES)


# -- what is not -----------------------------------------------------------------------------------------------

LIST_2, LIST_3 = "2.allowed_signers", "3.allowed_signers"
REPLACED: dict[str, tuple[dict[str, bytes], list[tuple[str, str]]]] = {
    "one signature too few": (signed(2, TWO, A), [("key-list-unsigned", LIST_2), ("key-list-unvouched", LIST_2)]),
    "the same root twice": (signed(2, TWO, A, A), [("key-list-unsigned", LIST_2), ("key-list-unvouched", LIST_2)]),
    "own roots only": (signed(2, TWO, A, FIDO), [("key-list-unvouched", LIST_2)]),
    "roots before only": (signed(2, TWO, A, C), [("key-list-unsigned", LIST_2)]),
    "a publisher's key signs as a root": (
        signed(2, TWO, A, FIRST),
        [("key-list-unsigned", LIST_2), ("key-list-unvouched", LIST_2), ("bad-key-signature", "2.first1.sig")],
    ),
    "a stranger signs": (signed(2, TWO, A, B, STRANGER), [("bad-key-signature", "2.stranger2.sig")]),
    "an empty signature": ({**signed(2, TWO, A, B), "2.x.sig": b""}, [("bad-key-signature", "2.x.sig")]),
    "for another purpose": (
        {**signed(2, TWO, A, B), "2.x.sig": sshsig.sign(A, TWO, INDEX_NAMESPACE)}, [("bad-key-signature", "2.x.sig")],
    ),
    "over another list": (
        {**signed(2, TWO, A, B), "2.x.sig": sshsig.sign(A, ONE, NAMESPACE)}, [("bad-key-signature", "2.x.sig")],
    ),
}  # fmt: skip
"""What stands for list 2 of a chain of two lists, and what is found."""


@pytest.mark.parametrize("name", REPLACED)
def test_a_second_list_that_does_not_hold(name: str) -> None:
    files, expected = REPLACED[name]
    assert sorted(codes(signed(1, ONE, A, B) | files)) == sorted(expected)


def test_a_root_of_the_list_before_the_last_counts_no_more() -> None:
    """C is a root of list 1, not of list 2: what it signs of list 3 is worth nothing, and is a fault."""
    files = {name: data for name, data in GOOD.items() if not name.startswith("3.")} | signed(3, THREE, B, D, C)
    assert codes(files) == [("key-list-unvouched", LIST_3), ("bad-key-signature", "3.c2.sig")]


def test_an_untouched_security_key_signs_nothing() -> None:
    sloppy = sshsig.Signature.parse(sshsig.dearmour(GOOD["3.fido2.sig"]))
    blob = FidoSigner(flags=0).sign(sshsig._to_sign(THREE, NAMESPACE, "sha512"))
    changed = sshsig.Signature(public_key=sloppy.public_key, namespace=NAMESPACE, hash_algorithm="sha512", blob=blob)
    files = GOOD | {"3.fido2.sig": armour(sshsig.LABEL, changed.format())}
    assert ("bad-key-signature", "3.fido2.sig") in codes(files)
    assert "touched" in next(fault.message for fault in Chain.of(files).faults if fault.path == "3.fido2.sig")


def test_gaps_and_dropped_roots() -> None:
    assert codes({name: data for name, data in GOOD.items() if name[0] != "2"}) == [("key-list-gap", LIST_3)]
    assert codes({LIST_2: publisher(FIRST).encode()}) == [("key-list-gap", LIST_2)]
    bare = publisher(SECOND).encode()
    assert codes(signed(1, ONE, A, B) | signed(2, bare, A, B)) == [("roots-dropped", LIST_2)]
    four = listing(4, FIRST, (B, FIDO, D))
    gap = signed(1, ONE, A, B) | signed(3, THREE, A, B, FIDO) | signed(4, four, B)
    unsigned = [(code, "4.allowed_signers") for code in ("key-list-unsigned", "key-list-unvouched")]
    assert codes(gap) == [("key-list-gap", LIST_3), *unsigned]


LISTS = {
    "nothing": ("", [("bad-key-list", 1)]),
    "only roots": (root(A, 1, 1), [("bad-key-list", 1)]),
    "no text": ("\udcff", [("bad-key-list", 1)]),
    "a date": (publisher(FIRST).replace(" namesp", ' valid-before="20300101",namesp'), [("bad-key-list", 1)]),
    "another principal": (publisher(FIRST) + publisher(SECOND).replace("publisher", "editor"), [("bad-key-list", 2)]),
    "two principals": (publisher(FIRST) + publisher(SECOND).replace("publisher", "publisher,x"), [("bad-key-list", 2)]),
    "a security key publishes": (publisher(FIDO), [("bad-key-list", 1)]),
    "one namespace": (publisher(FIRST, INDEX_NAMESPACE), [("publisher-namespaces", 1)]),
    "three namespaces": (publisher(FIRST, f"{BOTH},{NAMESPACE}"), [("publisher-namespaces", 1)]),
    "a namespace twice": (publisher(FIRST, f"{BOTH},{INDEX_NAMESPACE}"), [("publisher-namespaces", 1)]),
    "root without a threshold": (
        publisher(FIRST) + root(A, 1, 1).replace("threshold-1,", ""), [("bad-key-list", 2)],
    ),
    "root without a number": (publisher(FIRST) + root(A, 1, 1).replace(",list-1", ""), [("bad-key-list", 2)]),
    "root of another order": (
        publisher(FIRST) + root(A, 1, 1).replace("threshold-1,list-1", "list-1,threshold-1"), [("bad-key-list", 2)],
    ),
    "root and publisher": (publisher(FIRST) + root(A, 1, 1).replace("root,", "root,publisher,"), [("bad-key-list", 2)]),
    "root may sign more": (publisher(FIRST) + root(A, 1, 1).replace("keys@v1", "keys@v1,file"), [("bad-key-list", 2)]),
    "threshold 0": (publisher(FIRST) + root(A, 1, 0), [("bad-threshold", 2)]),
    "threshold 01": (publisher(FIRST) + root(A, 1, 1).replace("threshold-1", "threshold-01"), [("bad-key-list", 2)]),
    "threshold over the roots": (publisher(FIRST) + root(A, 1), [("bad-threshold", 2)]),
    "thresholds differ": (publisher(FIRST) + root(A, 1, 2) + root(B, 1, 1), [("bad-threshold", 3)]),
    "threshold by a root twice": (
        publisher(FIRST) + root(A, 1) + root(A, 1),
        [("bad-threshold", 2), ("bad-threshold", 3), ("key-listed-twice", 3)],
    ),
    "the number of another list": (publisher(FIRST) + root(A, 2, 1), [("key-list-number", 2)]),
    "both roles": (publisher(A) + root(A, 1, 1), [("key-listed-twice", 2)]),
    "a publisher twice": (publisher(A) + "# again\n\n" + publisher(A), [("key-listed-twice", 4)]),
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_is_faulty_by_itself(name: str) -> None:
    text, expected = LISTS[name]
    _, faults = read(1, text.encode("utf-8", "surrogateescape"))
    assert sorted((fault.code, fault.line) for fault in faults) == sorted(expected)
    assert {fault.path for fault in faults} == {"1.allowed_signers"}
    assert all(fault.message and not fault.message.endswith(".") for fault in faults)


def test_nine_roots_cannot_all_be_needed() -> None:
    many = [KeySigner(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)) for number in range(100, 109)]
    eight, nine = (listing(1, FIRST, tuple(many), threshold) for threshold in (8, 9))
    assert read(1, eight)[1] == ()
    assert {fault.code for fault in read(1, nine)[1]} == {"bad-threshold"}


NAMED = {
    "0.allowed_signers": "bad-key-list",
    "01.allowed_signers": "bad-key-list",
    "1001.allowed_signers": "bad-key-list",
    "99999999999999999999.allowed_signers": "bad-key-list",
    "first.allowed_signers": "bad-key-list",
    "allowed_signers": "bad-key-list",
    "sub/2.allowed_signers": "bad-key-list",
    "2.allowed_signers\n": "bad-key-list",
    "٢.allowed_signers": "bad-key-list",
    "1.sig": "bad-key-signature",
    "1.A.sig": "bad-key-signature",
    "1.allowed_signers.sig": "bad-key-signature",
    "01.a.sig": "bad-key-signature",
    "1.a/b.sig": "bad-key-signature",
    "4.a.sig": "bad-key-signature",
    f"1.{'a' * 65}.sig": "bad-key-signature",
}


@pytest.mark.parametrize("name", NAMED)
def test_a_file_that_is_misnamed(name: str) -> None:
    data = sshsig.sign(A, ONE, NAMESPACE) if name.endswith(".sig") else ONE
    assert codes(GOOD | {name: data}) == [(NAMED[name], name)]
    where = {f"records/keys/{path}": content for path, content in (GOOD | {name: data}).items()}
    assert files_in(where, "records/keys/").keys() - GOOD.keys() <= {"4.a.sig"}


def test_limits() -> None:
    bare = publisher(FIRST).encode()
    whole = {f"{number}.allowed_signers": bare for number in range(1, MAX_LISTS + 2)}
    assert codes(whole) == [("bad-key-list", f"{MAX_LISTS + 1}.allowed_signers")]
    signature = sshsig.sign(A, ONE, NAMESPACE)
    many = {f"1.x{number:02}.sig": signature for number in range(MAX_SIGNATURES - 1)}
    assert codes(signed(1, ONE, B) | many) == []
    many |= {"1.y.sig": signature, "1.z.sig": signature}
    assert codes(signed(1, ONE, B) | many) == [("bad-key-signature", "1.y.sig")]
    room = MAX_SIZE - len(bare)
    assert codes({"1.allowed_signers": bare + b"#" * room}) == []
    assert codes({"1.allowed_signers": bare + b"#" * (room + 1)}) == [("bad-key-list", "1.allowed_signers")]
    assert ("bad-key-signature", "1.a0.sig") in codes(GOOD | {"1.a0.sig": GOOD["1.a0.sig"] + b"\n" * 5000})


# -- every change is seen ----------------------------------------------------------------------------------------


def changed(data: st.DataObject, content: bytes) -> bytes:
    """Change a bit, drop, repeat or swap lines, cut, add, or change the bytes inside the armour."""
    lines = content.splitlines(keepends=True)
    at = data.draw(st.integers(0, len(lines) - 1))
    to = data.draw(st.integers(0, len(lines) - 1))
    place, bit = data.draw(st.integers(0, len(content) - 1)), data.draw(st.integers(0, 7))
    match data.draw(st.sampled_from(["bit", "drop", "repeat", "swap", "cut", "add", "inside"])):
        case "bit":
            return content[:place] + bytes([content[place] ^ (1 << bit)]) + content[place + 1 :]
        case "drop":
            return b"".join(lines[:at] + lines[at + 1 :])
        case "repeat":
            return b"".join([*lines[: at + 1], lines[at], *lines[at + 1 :]])
        case "swap":
            lines[at], lines[to] = lines[to], lines[at]
            return b"".join(lines)
        case "cut":
            return content[:place]
        case "inside" if content.startswith(b"-----BEGIN"):
            inner = b64decode(b"".join(lines[1:-1]))
            place %= len(inner)
            inner = inner[:place] + bytes([inner[place] ^ (1 << bit)]) + inner[place + 1 :]
            assert b64encode(inner)
            return armour(sshsig.LABEL, inner)
    return content + data.draw(st.sampled_from([b"\n", b" ", b"#", b"# x\n", b"\0", lines[at]]))


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(GOOD)), st.data())
def test_every_change_of_a_list_or_of_a_signature_breaks_the_chain(name: str, data: st.DataObject) -> None:
    content = changed(data, GOOD[name])
    if content != GOOD[name]:
        assert name[0] in {path[0] for _, path in codes(GOOD | {name: content})}
        trusted = trust(ONE)
        reached, _ = follow(trusted, Chain.of(GOOD | {name: content}))
        assert reached.data in (ONE, TWO, THREE)


@given(st.dictionaries(st.sampled_from([*GOOD, *NAMED]) | st.text(max_size=20), st.binary(max_size=200), max_size=8))
def test_whatever_lies_there_is_read_or_refused(files: dict[str, bytes]) -> None:
    chain = Chain.of(files)
    assert chain.faults or not files
    assert follow(trust(ONE), chain) == (trust(ONE), ())


# -- following -------------------------------------------------------------------------------------------------


def reach(trusted: bytes, files: Mapping[str, bytes]) -> tuple[bytes, int, tuple[int, ...]]:
    reached, path = follow(trust(trusted), Chain.of(files))
    return reached.data, reached.number, path


def test_whoever_trusts_a_list_is_led_to_the_newest() -> None:
    assert reach(ONE, GOOD) == (THREE, 3, (2, 3))
    assert reach(TWO, GOOD) == (THREE, 3, (3,))
    assert reach(THREE, GOOD) == (THREE, 3, ())
    assert reach(ONE, {}) == (ONE, 1, ())


def test_numbers_may_be_left_out() -> None:
    """A gap, a faulty list or one without roots is a fault of the archive, and none of the list after it."""
    three, found = signed(3, THREE, A, B, FIDO), (THREE, 3, (3,))
    assert reach(ONE, three) == found
    assert reach(ONE, signed(1, ONE, A, B) | three) == found
    assert reach(ONE, signed(2, TWO, A, B) | three) == (THREE, 3, (2, 3))
    assert reach(ONE, signed(1, ONE, A, B) | signed(2, TWO, FIDO) | three) == found
    assert reach(ONE, signed(1, ONE, A, B) | signed(2, b"garbage") | three) == found
    assert reach(ONE, signed(1, ONE, A, B) | signed(2, publisher(SECOND).encode()) | three) == found
    assert reach(ONE, signed(1, ONE, A, B) | signed(3, THREE, B, FIDO)) == (ONE, 1, ())
    assert codes(signed(1, ONE, A, B) | three) == [("key-list-gap", LIST_3)]


def test_a_list_that_nobody_vouches_for_is_not_followed() -> None:
    for signers in ((A,), (A, A), (B, FIDO), (FIRST, A), (STRANGER, FIDO), ()):
        assert reach(ONE, signed(1, ONE, A, B) | signed(2, TWO, *signers)) == (ONE, 1, ())
    unsealed = listing(2, SECOND, (C, D, FIDO))
    assert reach(ONE, signed(1, ONE, A, B) | signed(2, unsealed, A, B, C)) == (ONE, 1, ())
    faulty = TWO + publisher(STRANGER, INDEX_NAMESPACE).encode()
    assert reach(ONE, signed(1, ONE, A, B) | signed(2, faulty, A, B)) == (ONE, 1, ())


def test_a_list_without_roots_is_not_followed_though_roots_signed_it() -> None:
    """It says no number, so it may be an old one; what stands before it decides nothing here."""
    bare, other = publisher(SECOND).encode(), publisher(FIRST).encode()
    assert reach(ONE, signed(1, ONE, A, B) | signed(2, bare, A, B)) == (ONE, 1, ())
    assert reach(ONE, signed(1, other) | signed(2, bare, A, B)) == (ONE, 1, ())
    assert reach(ONE, signed(1, ONE, A, B) | signed(2, b"garbage", A, B) | signed(3, bare, A, B)) == (ONE, 1, ())


def test_an_old_list_cannot_be_put_forward_as_the_newest() -> None:
    """The roots A and B signed list 1 once; its key is stolen, and list 2 no longer has it."""
    replay = {name.replace("1.", "3.", 1): data for name, data in signed(1, ONE, A, B).items()}
    assert reach(TWO, signed(1, ONE, A, B)) == (TWO, 2, ())
    assert reach(TWO, signed(1, ONE, A, B) | signed(2, TWO, A, B) | replay) == (TWO, 2, ())
    swapped = {name.replace("1.", "2.", 1): data for name, data in signed(1, ONE, A, B).items()}
    assert reach(TWO, {name.replace("2.", "1.", 1): data for name, data in signed(2, TWO, A, B).items()} | swapped) == (
        TWO, 2, (),
    )  # fmt: skip


def test_a_list_without_roots_leads_nowhere_and_has_its_number_from_what_is_published() -> None:
    one, two = publisher(FIRST).encode(), publisher(SECOND).encode()
    files = {"1.allowed_signers": one, "2.allowed_signers": two} | signed(3, THREE, B, D)
    assert reach(one, files) == (one, 1, ())
    again = b"# ours\n" + publisher(SECOND, f"{INDEX_NAMESPACE},{FILES_NAMESPACE}").replace("\n", " note\n").encode()
    assert reach(again, files) == (again, 0, ())
    assert reach(b"# ours\n" + two, files) == (b"# ours\n" + two, 2, ())
    assert reach(publisher(STRANGER).encode(), files)[1:] == (0, ())


def test_only_what_can_lead_on_is_needed() -> None:
    assert needed(trust(ONE), GOOD) == [
        LIST_2, "2.a0.sig", "2.b1.sig", LIST_3, "3.a0.sig", "3.b1.sig", "3.fido2.sig"
    ]  # fmt: skip
    assert needed(trust(TWO), [*GOOD, *NAMED]) == [LIST_3, "3.a0.sig", "3.b1.sig", "3.fido2.sig"]
    assert needed(trust(THREE), GOOD) == []
    assert needed(trust(publisher(FIRST).encode()), [*GOOD, *NAMED]) == [LIST_3]
    assert needed(trust(publisher(FIRST).encode()), NAMED) == []
    many = {f"2.x{number:04}.sig" for number in range(5000)}
    assert needed(trust(ONE), [LIST_2, *many]) == [LIST_2, *sorted(many)[:MAX_SIGNATURES]]
    assert needed(trust(ONE), many) == []


def test_any_list_may_be_trusted_and_only_what_matters_is_read() -> None:
    mine = f'ada@x.org namespaces="file" {STRANGER.public_key.format()}\nroot namespaces="x" {D.public_key.format()}\n'
    listed = trust(mine.encode() + ONE)
    assert listed.says_the_same(trust(ONE))
    assert (listed.number, listed.threshold, len(listed.roots)) == (1, 2, 3)
    partial = trust(publisher(FIRST, INDEX_NAMESPACE).encode())
    assert [entry.namespaces for entry in partial.publishers] == [(INDEX_NAMESPACE,)]
    assert trust(b"") == KeyList(number=0, data=b"")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("garbage", 1),
        (publisher(FIRST) + root(A, 1, 2), 2),
        (publisher(FIRST) + root(A, 1, 1) + root(B, 2, 1), 3),
        (publisher(FIRST) + root(A, 1, 2) + root(B, 1, 1), 3),
        (publisher(FIRST) + root(A, 1, 1).replace(",list-1", ""), 2),
        (root(A, 1, 1) + "#\n" + publisher(A), 3),
    ],
)
def test_a_list_that_contradicts_itself_is_not_trusted(text: str, line: int) -> None:
    with pytest.raises(KeyListError) as caught:
        trust(text.encode())
    assert caught.value.line == line


# -- held against a model --------------------------------------------------------------------------------------

ROOTS: tuple[Signer, ...] = (A, B, C, FIDO)
some = st.lists(st.sampled_from(ROOTS), max_size=4, unique_by=lambda signer: signer.public_key)
plans = st.lists(st.tuples(some.filter(len), st.integers(1, 4), some), min_size=1, max_size=4)


def names_of(keys: Iterable[Signer]) -> set[str]:
    return {NAMES[key.public_key] for key in keys}


def walk(lists: list[tuple[list[Signer], int, list[Signer]]], begin: int, missing: set[int]) -> tuple[int, ...]:
    """Follow in sets: a list needs its own threshold of its own roots, and that of the list trusted so far of its."""
    roots, threshold, _ = lists[begin]
    path = []
    for number, (own, sealing, signers) in enumerate(lists, 1):
        by, is_newer = names_of(signers), number > begin + 1 and number not in missing
        if is_newer and len(names_of(own) & by) >= sealing and len(names_of(roots) & by) >= threshold:
            path.append(number)
            roots, threshold = own, sealing
    return tuple(path)


@settings(max_examples=300, deadline=None)
@given(plans, st.integers(0, 3), st.sets(st.integers(1, 4)))
def test_the_walk_is_the_one_that_the_rules_say(
    plan: list[tuple[list[Signer], int, list[Signer]]], begin: int, missing: set[int]
) -> None:
    lists = [(roots, min(threshold, len(roots)), signers) for roots, threshold, signers in plan]
    begin, holds, files = min(begin, len(lists) - 1), True, dict[str, bytes]()
    for number, (own, sealing, signers) in enumerate(lists, 1):
        files |= signed(number, listing(number, FIRST, tuple(own), sealing), *signers)
        before, asked = lists[number - 2][:2] if number > 1 else (list[Signer](), 0)
        by = names_of(signers)
        holds = holds and len(by & names_of(own)) >= sealing and len(by & names_of(before)) >= asked
        holds = holds and by <= names_of(own) | names_of(before)
    chain = Chain.of(files)
    trusted = chain.links[begin].listed
    assert (not chain.faults) == holds
    assert follow(trusted, chain)[1] == walk(lists, begin, set())
    left = {name: data for name, data in files.items() if int(name.partition(".")[0]) not in missing}
    assert follow(trusted, Chain.of(left))[1] == walk(lists, begin, missing)
    read = Chain.of({name: left[name] for name in needed(trusted, left)})
    assert follow(trusted, read) == follow(trusted, Chain.of(left))


# -- stock -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signer", "over", "namespace", "good"),
    [
        (A, TWO, NAMESPACE, True),
        (C, TWO, NAMESPACE, True),
        (FIDO, TWO, NAMESPACE, False),
        (A, ONE, NAMESPACE, False),
        (A, TWO, INDEX_NAMESPACE, False),
        (A, TWO + b"\n", NAMESPACE, False),
        (FIRST, TWO, NAMESPACE, False),
        (STRANGER, TWO, NAMESPACE, False),
    ],
)
def test_stock_ssh_keygen_says_the_same_of_a_root_of_list_1(
    tmp_path: Path, signer: Signer, over: bytes, namespace: str, good: bool
) -> None:
    (tmp_path / "1.allowed_signers").write_bytes(ONE)
    (tmp_path / "2.a.sig").write_bytes(sshsig.sign(signer, over, namespace))
    command = [need("ssh-keygen"), "-Y", "verify", "-f", "1.allowed_signers", "-I", "root", "-n", NAMESPACE]
    done = subprocess.run([*command, "-s", "2.a.sig"], cwd=tmp_path, input=TWO, capture_output=True, check=False)
    assert (done.returncode == 0) == good
    files = signed(1, ONE, A, B) | signed(2, TWO) | {"2.a.sig": (tmp_path / "2.a.sig").read_bytes()}
    assert bool(Chain.of(files).links[1].before) == good


def test_stock_accepts_a_root_on_a_security_key(tmp_path: Path) -> None:
    (tmp_path / "2.allowed_signers").write_bytes(TWO)
    (tmp_path / "sig").write_bytes(GOOD["3.fido2.sig"])
    command = [need("ssh-keygen"), "-Y", "verify", "-f", "2.allowed_signers", "-I", "root", "-n", NAMESPACE]
    done = subprocess.run([*command, "-s", "sig"], cwd=tmp_path, input=THREE, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
