"""letterbook verify-proof: check the proof of one version of one record, without a clone and without a network.

The order of trust, each step only after those before it:

    1  checkpoint   signed by a key that is listed, in the name of its own origin, and of the one that is asked for
    2  leaf         canonical JSON, and at the place where the proof says it is
    3  inclusion    from the leaf's hash the proof leads to the checkpoint's root
    4  record       the bytes are those that the leaf names, and say of themselves what its key says
"""

import errno
import hashlib
import json
import os
import stat
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import Literal

from publisher import checkpoint
from publisher.checkpoint import MAX_PROOF, Checkpoint, LetterProof
from publisher.errors import UnavailableError, UsageError
from publisher.log import Leaf
from publisher.merkle import leaf_hash, verify_inclusion
from publisher.record import MAX_BYTES, parse
from publisher.signatures.keys import MAX_LIST, AllowedSigner, KeyListError, PublicKey, parse_allowed_signers
from publisher.text import visible

_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
"""Those of the three that a system has."""

Status = Literal["passed", "failed", "not checked"]
_MARKS = {"passed": "ok  ", "failed": "FAIL", "not checked": "--  "}
_NAMED_BY = {"letters": "id", "assessments": "letter"}
_NOT_PROVED = (
    "Not proved: that it is the newest version; that a letter was sent, received or true; "
    "that the keys are the archive's, which rests on whoever gave you the list."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One numbered step, and what it found."""

    number: int
    name: str
    status: Status
    says: str


@dataclass(kw_only=True)
class Case:
    """What was handed over, what is known of it so far, and the steps that were made."""

    file: bytes
    record: BufferedReader
    keys: tuple[AllowedSigner, ...]
    origin: str | None = None
    steps: list[Step] = field(default_factory=list)
    proof: LetterProof | None = None
    checkpoint: Checkpoint | None = None
    key: PublicKey | None = None
    leaf: Leaf | None = None

    def judge(self) -> None:
        """Make every step in order; after one that failed, the others are not checked."""
        for number, (name, run) in enumerate(_STEPS.items(), 1):
            status: Status = "passed"
            if any(step.status != "passed" for step in self.steps):
                status, says = "not checked", "a step before it failed"
            else:
                try:
                    says = run(self)
                except ValueError as fault:
                    status, says = "failed", str(fault)
            self.steps.append(Step(number=number, name=name, status=status, says=says))

    @property
    def is_verified(self) -> bool:
        """Whether every step was made and passed."""
        return bool(self.steps) and all(step.status == "passed" for step in self.steps)


def verify_proof(file: Path, *, record: Path, keys: Path, origin: str | None, form: str) -> int:
    """Check a proof, which with `origin` must be of that log; return 0 if every step passed, else 1."""
    with _open(file) as proof, _open(record) as opened:
        case = Case(file=proof.read(MAX_PROOF + 1), record=opened, keys=_keys(keys), origin=_origin(origin))
        case.judge()
    sys.stdout.write(_as_json(case, str(file)) if form == "json" else _as_text(case, str(file)))
    return 0 if case.is_verified else 1


def _open(path: Path) -> BufferedReader:
    """Open a plain file that somebody handed over: no symbolic link, no pipe, no device."""
    try:
        handle = os.open(path, _FLAGS)
    except OSError as fault:
        why = "it is a symbolic link" if fault.errno == errno.ELOOP else fault.strerror
        raise UnavailableError(f"{path} could not be read: {why}", "name a file") from fault
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise UnavailableError(f"{path} is no plain file", "name a file")
    return os.fdopen(handle, "rb")


def _origin(origin: str | None) -> str | None:
    try:
        return None if origin is None else Checkpoint(origin=origin, size=0, root=bytes(32)).origin
    except ValueError as fault:
        hint = "name the archive's log as archive.yaml does, such as letterbook.example/harbour-letters"
        raise UsageError(f"{origin} is the origin of no log", hint) from fault


def _keys(path: Path) -> tuple[AllowedSigner, ...]:
    try:
        with path.open("rb") as file:
            return parse_allowed_signers(file.read(MAX_LIST + 1))
    except OSError as fault:
        message = f"{path} could not be read: {fault.strerror}"
        raise UnavailableError(message, "name the archive's list of allowed signers") from fault
    except KeyListError as fault:
        raise UsageError(f"{path}: {fault}", "docs/format.md says what a list of keys looks like") from fault


# -- the steps -----------------------------------------------------------------------------------------------


def _checkpoint(case: Case) -> str:
    try:
        case.proof = LetterProof.parse(case.file)
    except ValueError as fault:
        raise ValueError(f"this is no proof of a letter: {fault}") from fault
    case.checkpoint, case.key = checkpoint.read(case.proof.checkpoint, case.keys, case.origin)
    return f"{case.checkpoint.size} leaves of {case.checkpoint.origin}, signed by {case.key.fingerprint}"


def _leaf(case: Case) -> str:
    assert case.proof is not None
    try:
        case.leaf = leaf = Leaf.parse(case.proof.extra)
    except ValueError as fault:
        raise ValueError(f"what the proof holds as extra is no leaf: {fault}") from fault
    if leaf.seq != case.proof.index:
        raise ValueError(f"the leaf says that it is leaf {leaf.seq}, the proof says {case.proof.index}")
    return f"leaf {leaf.seq} is version {leaf.rev} of {leaf.key}, stamped {leaf.at}"


def _inclusion(case: Case) -> str:
    assert case.proof is not None and case.checkpoint is not None
    proof, head = case.proof, case.checkpoint
    verify_inclusion(leaf_hash(proof.extra), proof.index, head.size, proof.hashes, head.root)
    return f"{len(proof.hashes)} hashes lead from the leaf to the root of the checkpoint"


def _record(case: Case) -> str:
    assert case.leaf is not None
    leaf = case.leaf
    if leaf.sha256 is None or leaf.size is None:
        raise ValueError("the leaf is of a removal: there are no bytes that it could prove")
    size = os.fstat(case.record.fileno()).st_size
    if size != leaf.size:
        raise ValueError(f"the record has {size} bytes, the leaf says {leaf.size}")
    if (sha256 := hashlib.file_digest(case.record, "sha256").hexdigest()) != leaf.sha256:
        raise ValueError(f"the record has the SHA-256 {sha256}, the leaf says {leaf.sha256}")
    folder, slash, stem = leaf.key.partition("/")
    if not slash or folder not in _NAMED_BY:
        return f"its {size} bytes have the SHA-256 of the leaf"
    case.record.seek(0)
    document, _ = parse(case.record.read(MAX_BYTES + 1))
    if document is None:
        raise ValueError("its bytes are those of the leaf, but cannot be read as a record: nothing says whose they are")
    if (named := document.get(_NAMED_BY[folder])) != stem:
        raise ValueError(f"the record says that it is {json.dumps(named)[:200]}, the leaf says {leaf.key}")
    return f"its {size} bytes have the SHA-256 of the leaf, and its {_NAMED_BY[folder]} is {stem}"


_STEPS: dict[str, Callable[[Case], str]] = {
    "checkpoint": _checkpoint,
    "leaf": _leaf,
    "inclusion": _inclusion,
    "record": _record,
}


# -- what is said --------------------------------------------------------------------------------------------


def _notes(case: Case) -> list[str]:
    if not case.is_verified:
        return ["Nothing is proved: believe neither the record nor the proof."]
    assert case.leaf is not None and case.checkpoint is not None and case.key is not None
    leaf, head = case.leaf, case.checkpoint
    proved = (
        f"Proved: these bytes are version {leaf.rev} of {leaf.key}; they landed as leaf {leaf.seq}, stamped {leaf.at}, "
        f"of the log {head.origin} of {head.size} leaves, signed by {case.key.fingerprint}."
    )
    own = f"You did not say which log: {head.origin} is what the proof calls its own. Give the archive's with --origin."
    return [proved, _NOT_PROVED] if case.origin is not None else [proved, own, _NOT_PROVED]


def _as_text(case: Case, name: str) -> str:
    rows = [f"{_MARKS[step.status]} {step.number} {step.name}: {step.says}" for step in case.steps]
    rows += ["", f"{name}: {'verified' if case.is_verified else 'NOT verified'}", *_notes(case)]
    return "".join("".join(visible(row)) + "\n" for row in rows)


def _as_json(case: Case, name: str) -> str:
    verified = case.is_verified
    head = case.checkpoint if verified else None
    report = {
        "file": name,
        "exit": 0 if verified else 1,
        "signed_by": case.key.fingerprint if verified and case.key else "",
        "log": None if head is None else {"origin": head.origin, "size": head.size, "root": head.root.hex()},
        "leaf": asdict(case.leaf) if verified and case.leaf else None,
        "steps": [asdict(step) for step in case.steps],
        "notes": _notes(case),
    }
    return json.dumps(report, indent=1) + "\n"
