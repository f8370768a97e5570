"""One numbered list of keys: who may publish, and the roots that vouch for lists.

    publisher namespaces="letterbook-files@v1,letterbook-index@v1" ssh-ed25519 AAAA... key-1
    root,threshold-2,list-1 namespaces="letterbook-keys@v1" ssh-ed25519 AAAA... root-a
    root,threshold-2,list-1 namespaces="letterbook-keys@v1" sk-ssh-ed25519@openssh.com AAAA... root-b

A publisher's key signs publications, roots sign lists, and no key does both. All root lines say the same threshold,
and the number of their list: without it an old list, which the same roots once signed, could be put forward as the
newest, and a stolen key with it. docs/format.md has the rules; chain.py holds lists and signatures together.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from publisher.signatures.keys import MAX_LIST, PLAIN, AllowedSigner, KeyListError, PublicKey, parse_allowed_signers

NAMESPACE = "letterbook-keys@v1"
SIGNED = frozenset({"letterbook-index@v1", "letterbook-files@v1"})
PUBLISHER, ROOT = "publisher", "root"
MAX_THRESHOLD = 8
MAX_SIZE = 16 * 1024

_ROOT = re.compile(rf"{ROOT},threshold-(0|[1-9][0-9]{{0,3}}),list-([1-9][0-9]{{0,3}})")
_ROOT_FORM = f'{ROOT},threshold-2,list-1 namespaces="{NAMESPACE}"'

Line = tuple[int, AllowedSigner]
"""An entry of a list, and its line from 1."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What is wrong with one file: a stable code, the file's name, one plain sentence, and the line from 1."""

    code: str
    path: str
    message: str
    line: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyList:
    """One list: its number, its bytes, who may publish, and which `threshold` of which roots vouch for a list.

    A list without roots has threshold 0. Number 0 is a list of which no number is known.
    """

    number: int
    data: bytes
    publishers: tuple[AllowedSigner, ...] = ()
    roots: tuple[PublicKey, ...] = ()
    threshold: int = 0

    @property
    def name(self) -> str:
        """The name of its file."""
        return f"{self.number}.allowed_signers"

    def says_the_same(self, other: "KeyList") -> bool:
        """Whether two lists have the same bytes, or the same keys for the same things and the same threshold."""
        mine, theirs = ((set(one.publishers), set(one.roots), one.threshold) for one in (self, other))
        return self.data == other.data or mine == theirs


def read(number: int, data: bytes) -> tuple[KeyList, tuple[Fault, ...]]:
    """Read one list of an archive and say everything that is wrong with it; what cannot be read has no keys."""
    name = f"{number}.allowed_signers"
    try:
        lines = _lines(data, most=MAX_SIZE)
    except KeyListError as fault:
        unread = Fault(code="bad-key-list", path=name, message=fault.message, line=fault.line)
        return KeyList(number=number, data=data), (unread,)
    listed = _list_of(lines, data, number)
    found = [*_publisher_faults(lines), *_root_faults(lines, number), *_repeated(lines), *_weak(lines)]
    if not listed.publishers:
        found.append((1, "bad-key-list", "no key of this list may sign a publication"))
    return listed, tuple(Fault(code=code, path=name, message=message, line=line) for line, code, message in found)


def trust(data: bytes) -> KeyList:
    """Read a list that somebody trusts; only its lines for publishers and for roots matter to us.

    Its number is what its root lines say, else 0. Raises KeyListError, also for roots that contradict each other.
    """
    lines = [line for line in _lines(data) if _is_for_us(line[1])]
    number = next((int(found[2]) for _, entry in lines if (found := _root(entry))), 0)
    for line, _, message in _root_faults(lines, number):
        raise KeyListError(line, message)
    listed = _list_of(lines, data, number)
    for line, entry in lines:
        if PUBLISHER in entry.principals and entry.key in listed.roots:
            raise KeyListError(line, "a key is a publisher or a root, never both")
    return listed


def _is_for_us(entry: AllowedSigner) -> bool:
    return PUBLISHER in entry.principals or (ROOT in entry.principals and NAMESPACE in entry.namespaces)


def _lines(data: bytes, most: int = MAX_LIST) -> list[Line]:
    """Return every entry with its line. Raises KeyListError."""
    if len(data) > most:
        raise KeyListError(1, f"the list is longer than {most} bytes")
    entries = parse_allowed_signers(data)
    rows = (row.strip(" \t") for row in data.decode("utf-8").split("\n"))
    numbers = [number for number, row in enumerate(rows, 1) if row and not row.startswith("#")]
    return list(zip(numbers, entries, strict=True))


def _list_of(lines: Iterable[Line], data: bytes, number: int) -> KeyList:
    entries = [entry for _, entry in lines]
    roots = [(entry.key, int(found[1])) for entry in entries if (found := _root(entry))]
    return KeyList(
        number=number,
        data=data,
        publishers=tuple(entry for entry in entries if PUBLISHER in entry.principals),
        roots=tuple(dict.fromkeys(key for key, _ in roots)),
        threshold=max((threshold for _, threshold in roots), default=0),
    )


def _root(entry: AllowedSigner) -> re.Match[str] | None:
    """Return the threshold and the number that a root's line says, or None for any other line."""
    return _ROOT.fullmatch(",".join(entry.principals)) if entry.namespaces == (NAMESPACE,) else None


# -- what is wrong with a line: (line from 1, code, message) ---------------------------------------------------


def _publisher_faults(lines: Iterable[Line]) -> Iterator[tuple[int, str, str]]:
    for line, entry in lines:
        if ROOT in entry.principals:
            continue
        if entry.principals != (PUBLISHER,):
            yield line, "bad-key-list", f"a line is for {PUBLISHER} or for {ROOT}, and for nobody else"
        elif len(entry.namespaces) != len(SIGNED) or set(entry.namespaces) != SIGNED:
            yield line, "publisher-namespaces", "a publisher's key signs the index and the list of files, nothing else"
        elif entry.key.type != PLAIN:
            yield line, "bad-key-list", f"a publisher's key is of type {PLAIN}; only a root may be a security key"


def _root_faults(lines: Iterable[Line], number: int) -> Iterator[tuple[int, str, str]]:
    roots = [(line, entry, _root(entry)) for line, entry in lines if ROOT in entry.principals]
    keys = len({entry.key for _, entry, _ in roots})
    first = ""
    for line, _, found in roots:
        if found is None:
            yield line, "bad-key-list", f"a root's line begins like this: {_ROOT_FORM}"
            continue
        first = first or found[1]
        if not 1 <= int(found[1]) <= min(keys, MAX_THRESHOLD):
            yield line, "bad-threshold", f"threshold {found[1]} is impossible with {keys} root keys"
        elif found[1] != first:
            yield line, "bad-threshold", f"threshold {found[1]}, but {first} above: all roots of a list say the same"
        if int(found[2]) != number:
            yield line, "key-list-number", f"this line says list {found[2]}, but this is list {number}"


def _repeated(lines: Iterable[Line]) -> Iterator[tuple[int, str, str]]:
    seen: dict[PublicKey, int] = {}
    for line, entry in lines:
        if entry.key in seen:
            before = seen[entry.key]
            yield line, "key-listed-twice", f"this key stands on line {before}: a key is a publisher or a root, once"
        seen.setdefault(entry.key, line)


def _weak(lines: Iterable[Line]) -> Iterator[tuple[int, str, str]]:
    for line, entry in lines:
        if entry.key.is_weak:
            yield line, "bad-key-list", "anybody can sign with this key: it was not made by ssh-keygen"
