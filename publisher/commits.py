"""Commits as git stores them: when they say they were made, and which key signed them (gitformat-signature).

    tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904
    parent 8a2b2c6...
    author NAME <ADDRESS> 1609840800 +0000
    committer NAME <ADDRESS> 1609840800 +0000
    gpgsig -----BEGIN SSH SIGNATURE-----
     U1NIU0lHAAAAAQ...
     -----END SSH SIGNATURE-----

    The message.

Signatures are checked here, so no program that a clone's configuration names is asked. What counts as signed is
what git takes: the object without its signatures. The bytes are anybody's, and the people in them may be at
risk: nothing of them gets into a result but ids, times, and the fingerprints of keys.
"""

import base64
import binascii
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import takewhile
from typing import Literal

from publisher.errors import RepositoryError
from publisher.git import LAST_SECOND, LineCommit, Repository
from publisher.signatures import Reader
from publisher.signatures.keys import SignatureError
from publisher.signatures.sshsig import MAGIC, VERSION, Signature, dearmour

SignatureKind = Literal["ssh", "openpgp", "x509", "other"]
Status = Literal["good", "bad", "unread", "foreign", "unsigned"]
OddityKind = Literal["malformed", "backwards", "ahead", "early"]

NAMESPACE = "git"
SHOWN = 20
FIRST_SECOND = 1_112_832_000  # 2005-04-07T00:00:00Z, the day of git's first release

_SIGNATURES = {40: b"gpgsig", 64: b"gpgsig-sha256"}  # by the length of an id; both are left out of the payload
_KINDS: tuple[tuple[bytes, SignatureKind], ...] = (
    (b"-----BEGIN SSH SIGNATURE-----", "ssh"),
    (b"-----BEGIN PGP SIGNATURE-----", "openpgp"),
    (b"-----BEGIN PGP MESSAGE-----", "openpgp"),
    (b"-----BEGIN SIGNED MESSAGE-----", "x509"),
)
_UNREAD = {
    b"ssh-rsa": "rsa",
    b"ssh-dss": "dsa",
    b"ecdsa-sha2-nistp256": "ecdsa",
    b"ecdsa-sha2-nistp384": "ecdsa",
    b"ecdsa-sha2-nistp521": "ecdsa",
    b"sk-ecdsa-sha2-nistp256@openssh.com": "ecdsa on a security key",
}
_ARMOUR = re.compile(rb"-----BEGIN SSH SIGNATURE-----(\s.*\s)-----END SSH SIGNATURE-----", re.DOTALL)
_HEADER = re.compile(rb"(?<=\n)(?! )")
_IDENTITY = re.compile(rb"[^<>\0\n]*<[^<>\0\n]*> ([0-9]{1,15}) [+-][0-9]{1,9}\n")
_ID = re.compile(rb"([0-9a-f]{40}|[0-9a-f]{64})\n")


@dataclass(frozen=True, kw_only=True, slots=True)
class CommitFacts:
    """What one commit object says: times in seconds since 1970, UTC, or None where they cannot be read.

    `payload` is the bytes that a signature must cover, `signature` the signature as it stood in the header.
    """

    id: str
    parents: tuple[str, ...]
    author_time: int | None
    committer_time: int | None
    signature_kind: SignatureKind | None
    signature: bytes | None
    payload: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What a commit's signature is worth. `says` is, after the status,

    good: the fingerprint of the key; bad: why; unread: the kind of key (rsa, ecdsa ...); foreign: the kind of
    signature (openpgp, x509, other); unsigned: nothing.
    """

    status: Status
    says: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Oddity:
    """Something odd about the times of a commit of the line."""

    kind: OddityKind
    commit: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CommitReport:
    """All commits of a history: how many are signed and how, and what is odd about the times of its line.

    `signed` counts by the key's fingerprint, `unread` by the kind of key, `foreign` by the kind of signature.
    `bad` holds (commit, why) of commits of the line, `bad_elsewhere` of those that were merged into it. `oddities`
    holds the first SHOWN of each kind, `odd` counts all of them.
    """

    commits: int
    unsigned: int
    signed: Mapping[str, int]
    unread: Mapping[str, int]
    foreign: Mapping[str, int]
    bad: tuple[tuple[str, str], ...]
    bad_elsewhere: tuple[tuple[str, str], ...]
    odd: Mapping[OddityKind, int]
    oddities: tuple[Oddity, ...]


# -- one commit ------------------------------------------------------------------------------------------------


def parse(name: str, data: bytes) -> CommitFacts:
    """Read the commit object of the id `name`; whatever the bytes are, there is an answer and no error."""
    headers, rest = _split(data)
    own = b"".join(_value(header) for header in headers if _name(header) == _SIGNATURES[len(name)])
    signature = own or None
    return CommitFacts(
        id=name,
        parents=_parents(headers),
        author_time=_time(headers, b"author"),
        committer_time=_time(headers, b"committer"),
        signature_kind=None if signature is None else _kind(signature),
        signature=signature,
        payload=b"".join(header for header in headers if _name(header) not in _SIGNATURES.values()) + rest,
    )


def judge(facts: CommitFacts) -> Verdict:
    """Check the signature of a commit: an SSH signature by an Ed25519 key over exactly its payload, for git."""
    if facts.signature is None:
        return Verdict(status="unsigned")
    if facts.signature_kind != "ssh":
        return Verdict(status="foreign", says=facts.signature_kind or "other")
    try:
        data = dearmour(facts.signature)
    except ValueError:
        if _is_wrapped_otherwise(facts.signature):
            return Verdict(status="unread", says="in lines that ssh-keygen does not write")
        return Verdict(status="bad", says="its signature is not armoured as ssh-keygen does it")
    if unread := _unread_key(data):
        return Verdict(status="unread", says=unread)
    try:
        signature = Signature.parse(data)
    except ValueError:  # whose text may quote the signature
        return Verdict(status="bad", says="its signature cannot be read")
    if signature.namespace != NAMESPACE:
        return Verdict(status="bad", says="its signature was made for another purpose than git")
    try:
        signature.verify(facts.payload)
    except SignatureError:
        return Verdict(
            status="bad", says=f"its signature is not by {signature.public_key.fingerprint} over this commit"
        )
    return Verdict(status="good", says=signature.public_key.fingerprint)


def _split(data: bytes) -> tuple[list[bytes], bytes]:
    """The headers, each with the lines that continue it; and everything from the blank line on."""
    end = 0 if data.startswith(b"\n") else data.find(b"\n\n") + 1
    head = data[:end] if end or data.startswith(b"\n") else data
    return [header for header in _HEADER.split(head) if header], data[len(head) :]


def _name(header: bytes) -> bytes:
    return header.partition(b" ")[0]


def _value(header: bytes) -> bytes:
    return header.partition(b" ")[2].replace(b"\n ", b"\n")


def _parents(headers: Sequence[bytes]) -> tuple[str, ...]:
    """The parents as git reads them: between the tree and whatever else follows it."""
    lines = takewhile(lambda header: _name(header) == b"parent", headers[1:])
    return tuple(match[1].decode("ascii") for line in lines if (match := _ID.fullmatch(_value(line))))


def _time(headers: Sequence[bytes], who: bytes) -> int | None:
    lines = [header for header in headers if _name(header) == who]
    match = _IDENTITY.fullmatch(lines[0].removeprefix(who + b" ")) if len(lines) == 1 else None
    return int(match[1]) if match and int(match[1]) <= LAST_SECOND else None


def _kind(signature: bytes) -> SignatureKind:
    return next((kind for start, kind in _KINDS if signature.startswith(start)), "other")


def _is_wrapped_otherwise(armoured: bytes) -> bool:
    """Whether it is an SSH signature but for its lines and blanks, which ssh-keygen passes over."""
    found = _ARMOUR.fullmatch(armoured.strip())
    try:
        data = base64.b64decode(b"".join(found[1].split()), validate=True) if found else b""
    except binascii.Error:
        return False
    return data.startswith(MAGIC)


def _unread_key(data: bytes) -> str | None:
    """The kind of the key of an SSH signature, if it is one that Letterbook does not read."""
    reader = Reader(data)
    try:
        if reader.take(len(MAGIC)) + reader.take(len(VERSION)) != MAGIC + VERSION:
            return None
        kind = Reader(reader.string()).string()
    except ValueError:
        return None
    return "certificate" if kind.endswith(b"-cert-v01@openssh.com") else _UNREAD.get(kind)


# -- a history -------------------------------------------------------------------------------------------------


@dataclass(kw_only=True, slots=True)
class _Tally:
    """Counts verdicts, one commit at a time."""

    counts: dict[Status, Counter[str]] = field(default_factory=dict)
    bad: list[tuple[str, str]] = field(default_factory=list)

    def add(self, commit: str, verdict: Verdict) -> None:
        self.counts.setdefault(verdict.status, Counter())[verdict.says] += 1
        if verdict.status == "bad":
            self.bad.append((commit, verdict.says))

    def of(self, status: Status) -> dict[str, int]:
        return dict(sorted(self.counts.get(status, Counter()).items()))


def broken(repository: Repository, tip: str, base: str | None) -> list[tuple[str, str]]:
    """Return (commit, why) of every broken signature among the commits that `tip` leads to and `base` does not."""
    judged = ((name, judge(parse(name, data))) for name, data in repository.commit_objects(tip, base))
    return [(name, verdict.says) for name, verdict in judged if verdict.status == "bad"]


def examine(repository: Repository, tip: str, line: Sequence[LineCommit]) -> CommitReport:
    """Look at every commit that can be reached from `tip`, and at the times of `line`, its first-parent line.

    Raises RepositoryError where the line is not what the commits themselves say.
    """
    tally, expected = _Tally(), {commit.id: commit for commit in line}
    times: dict[str, tuple[int | None, int | None]] = {}
    for name, data in repository.commit_objects(tip):
        facts = parse(name, data)
        tally.add(name, judge(facts))
        if name in expected:
            times[name] = facts.author_time, _committer_time(expected[name], facts)
    if missing := expected.keys() - times.keys():
        raise _another_line(min(missing))
    odd: Counter[OddityKind] = Counter()
    shown = []
    for oddity in _oddities(line, times):
        odd[oddity.kind] += 1
        if odd[oddity.kind] <= SHOWN:
            shown.append(oddity)
    return CommitReport(
        commits=sum(counter.total() for counter in tally.counts.values()),
        unsigned=tally.of("unsigned").get("", 0),
        signed=tally.of("good"),
        unread=tally.of("unread"),
        foreign=tally.of("foreign"),
        bad=tuple(pair for pair in tally.bad if pair[0] in expected),
        bad_elsewhere=tuple(pair for pair in tally.bad if pair[0] not in expected),
        odd=dict(odd),
        oddities=tuple(shown),
    )


def _committer_time(commit: LineCommit, facts: CommitFacts) -> int | None:
    """The time that stands in the object, if git too reads that one. Raises RepositoryError for another parent."""
    if facts.parents[:1] != ((commit.parent,) if commit.parent else ()):
        raise _another_line(commit.id)
    return facts.committer_time if facts.committer_time == commit.time else None


def _another_line(commit: str) -> RepositoryError:
    return RepositoryError(f"the line is not what commit {commit} says", "check the clone with 'git fsck --full'")


def _oddities(line: Sequence[LineCommit], times: Mapping[str, tuple[int | None, int | None]]) -> Iterator[Oddity]:
    before: int | None = None
    for commit in line:
        author, committer = times[commit.id]
        for kind, text in _odd(author, committer, before):
            yield Oddity(kind=kind, commit=commit.id, text=text)
        before = committer


def _odd(author: int | None, committer: int | None, before: int | None) -> Iterator[tuple[OddityKind, str]]:
    """What is odd about the two times of one commit; `before` is the committer time of its predecessor."""
    for who, time in (("author", author), ("committer", committer)):
        if time is None:
            yield "malformed", f"its {who} line does not hold one time that can be read"
        elif time < FIRST_SECOND:
            yield "early", f"its {who} time {_utc(time)} is older than git"
    if committer is None:
        return
    if before is not None and committer < before:
        yield "backwards", f"its committer time {_utc(committer)} is before {_utc(before)}, its predecessor's"
    if author is not None and author > committer:
        yield "ahead", f"its author time {_utc(author)} is after {_utc(committer)}, its committer time"


def _utc(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
