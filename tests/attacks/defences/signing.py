"""Signatures, key lists, and the proof of a letter."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import pytest

import publisher.signatures.keys
import publisher.signatures.lists
import publisher.steps.keys
from publisher import checkpoint
from publisher.checkpoint import LetterProof
from publisher.commands import verify_proof
from publisher.commands.verify_proof import Case
from publisher.log import Leaf
from publisher.signatures import Reader, note, sshsig
from publisher.signatures.chain import Link, follow
from publisher.signatures.keys import PublicKey, SignatureError
from publisher.signatures.lists import Line
from publisher.signatures.sshsig import Signature, dearmour
from tests.attacks.defences.table import DEFENCES, Disarm, defence


@defence("lists: the threshold of the list before")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(publisher.steps.keys, "follow", lambda trusted, chain: follow(replace(trusted, threshold=0), chain))


@defence("lists: distinct keys count")
def _(patch: pytest.MonkeyPatch) -> None:
    def counted(link: Link, roots: Iterable[PublicKey]) -> tuple[str, ...]:
        known = set(roots)
        return tuple(key.fingerprint for _, key in link.signatures if key in known)

    patch.setattr(Link, "signed_by", counted)


@defence("lists: roots sign lists, and nobody else")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Link, "signed_by", lambda link, _: tuple({key.fingerprint for _, key in link.signatures}))


@defence("lists: a list says its number")
def _(patch: pytest.MonkeyPatch) -> None:
    faults = publisher.signatures.lists._root_faults

    def unnumbered(lines: Iterable[Line], number: int) -> Iterator[tuple[int, str, str]]:
        return (fault for fault in faults(lines, number) if fault[1] != "key-list-number")

    patch.setattr(publisher.signatures.lists, "_root_faults", unnumbered)


@defence("signatures: the namespace")
def _(patch: pytest.MonkeyPatch) -> None:
    def whatever_for(armored: bytes, message: bytes, _: str) -> PublicKey:
        signature = Signature.parse(dearmour(armored))
        signature.verify(message)
        return signature.public_key

    patch.setattr(sshsig, "verify", whatever_for)


@defence("signatures: the hash")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sshsig, "HASHES", (*sshsig.HASHES, "md5"))


@defence("signatures: nothing after their end")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Reader, "end", lambda _: None)


@defence("signatures: a security key is touched")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(publisher.signatures.keys, "USER_PRESENT", 0xFF)


@defence("signatures: somebody holds the key")
def _(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(publisher.signatures.keys, "_WEAK", frozenset())


def _proof_step(name: str) -> Disarm:
    """Return what lets a step of verify-proof do its work, and never say that something is wrong."""

    def disarm(patch: pytest.MonkeyPatch) -> None:
        step, believe = verify_proof._STEPS[name], BELIEVED.get(name)

        def always(case: Case) -> str:
            try:
                return step(case)
            except ValueError:
                if believe is not None:
                    believe(case)
                return "taken away"

        patch.setitem(verify_proof._STEPS, name, always)

    return disarm


def _any_checkpoint(case: Case) -> None:
    case.proof = LetterProof.parse(case.file)
    case.checkpoint, case.key = checkpoint.read_unsigned(case.proof.checkpoint), case.keys[0].key


def _any_leaf(case: Case) -> None:
    assert case.proof is not None
    case.leaf = case.leaf or Leaf(**json.loads(case.proof.extra))


BELIEVED: dict[str, Callable[[Case], None]] = {"checkpoint": _any_checkpoint, "leaf": _any_leaf}
DEFENCES |= {f"proof: {name}": _proof_step(name) for name in verify_proof._STEPS}


@defence("notes: a known key's signature is good")
def _(patch: pytest.MonkeyPatch) -> None:
    signed_by = note._signed_by

    def any_signature(keys: Iterable[PublicKey], blob: bytes, text: str) -> PublicKey:
        known = list(keys)
        try:
            return signed_by(known, blob, text)
        except SignatureError:
            return known[0]

    patch.setattr(note, "_signed_by", any_signature)
