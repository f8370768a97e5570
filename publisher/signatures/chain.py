"""All numbered key lists with the signatures over them, and what follows for somebody who trusts one of them.

    1.allowed_signers     a list (lists.py)
    1.a.sig 1.b.sig       signatures over all of its bytes, by roots (SSHSIG, namespace letterbook-keys@v1)

A list that has roots is signed by `threshold` of its own, and any list by as many roots of the list before as that
one's threshold asks for. Distinct keys count, not signatures. Once a list has roots, so has every later one. Where
there are no roots, nobody vouches for the next list.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Self

from publisher.signatures import sshsig
from publisher.signatures.keys import PublicKey, SignatureError
from publisher.signatures.lists import NAMESPACE, Fault, KeyList, read

MAX_LISTS = 1000
MAX_SIGNATURES = 16

_LIST = re.compile(r"([1-9][0-9]{0,3})\.allowed_signers")
_SIGNATURE = re.compile(r"([1-9][0-9]{0,3})\.([a-z0-9]{1,64})\.sig")


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A list in its place: the list before it (None if missing or faulty), and who signed it.

    `signatures` are (file name, key) of those that verify, whosever key it is. `faults` are those of the list by
    itself; what is wrong only beside other lists is a fault of the chain.
    """

    listed: KeyList
    previous: KeyList | None = None
    signatures: tuple[tuple[str, PublicKey], ...] = ()
    faults: tuple[Fault, ...] = ()

    def signed_by(self, roots: Iterable[PublicKey]) -> tuple[str, ...]:
        """The fingerprints of those of some roots that signed this list, each once, sorted."""
        return tuple(sorted({key.fingerprint for _, key in self.signatures} & {root.fingerprint for root in roots}))

    @property
    def before(self) -> tuple[str, ...]:
        """The fingerprints of the roots of the list before that signed this one."""
        return () if self.previous is None else self.signed_by(self.previous.roots)

    @property
    def own(self) -> tuple[str, ...]:
        """The fingerprints of its own roots that signed it."""
        return self.signed_by(self.listed.roots)

    @property
    def is_vouched(self) -> bool:
        """Whether as many roots of the list before signed it as that list asks for; a first list needs none."""
        return self.previous is None or len(self.before) >= self.previous.threshold

    @property
    def is_sealed(self) -> bool:
        """Whether as many of its own roots signed it as it asks for."""
        return len(self.own) >= self.listed.threshold


@dataclass(frozen=True, kw_only=True, slots=True)
class Chain:
    """All lists in the order of their numbers, and everything that is wrong with them and their signatures."""

    links: tuple[Link, ...] = ()
    faults: tuple[Fault, ...] = ()

    @classmethod
    def of(cls, files: Mapping[str, bytes]) -> Self:
        """Read lists and signatures by their file names; nothing in them is believed. Never raises."""
        lists: dict[int, bytes] = {}
        signatures: dict[int, dict[str, bytes]] = {}
        faults: list[Fault] = []
        for name, data in sorted(files.items()):
            if number := _number(_LIST, name):
                lists[number] = data
            elif number := _number(_SIGNATURE, name):
                signatures.setdefault(number, {})[name] = data
            else:
                faults.append(_misnamed(name))
        links: list[Link] = []
        for number in sorted(lists):
            before = links[-1] if links and links[-1].listed.number == number - 1 else None
            link, found = _link(number, lists[number], signatures.pop(number, {}), before)
            links.append(link)
            faults += found
        for number, names in signatures.items():
            faults += [_stray(name, f"there is no list {number}") for name in names]
        return cls(links=tuple(links), faults=tuple(sorted(faults, key=lambda f: (f.path, f.line, f.code))))

    @property
    def newest(self) -> KeyList | None:
        """The list with the greatest number."""
        return self.links[-1].listed if self.links else None


def files_in(files: Mapping[str, bytes], folder: str) -> dict[str, bytes]:
    """Return the lists and signatures that stand directly in a folder ("records/keys/"), by their file names."""
    names = {path: path.removeprefix(folder) for path in files if path.startswith(folder)}
    return {name: files[path] for path, name in sorted(names.items()) if is_key_file(name)}


def is_key_file(name: str) -> bool:
    """Whether a file's name is that of a numbered list or of a signature of one."""
    return bool(_number(_LIST, name) or _number(_SIGNATURE, name))


def needed(trusted: KeyList, names: Iterable[str]) -> list[str]:
    """Return which of some files follow() can need, so that nobody reads others before anything is believed.

    They are lists with a greater number and the first MAX_SIGNATURES signatures of each; where no root could vouch
    for a list, the newest alone, which is worth knowing of.
    """
    names = set(names)
    lists = {number: name for name in names if (number := _number(_LIST, name))}
    if not trusted.roots:
        return [lists[max(lists)]] if lists else []
    signatures: dict[int, list[str]] = {number: [] for number in lists}
    for name in sorted(names):
        signatures.get(_number(_SIGNATURE, name), []).append(name)
    newer = sorted(number for number in lists if number > trusted.number)
    return [name for number in newer for name in (lists[number], *signatures[number][:MAX_SIGNATURES])]


def follow(trusted: KeyList, published: Chain) -> tuple[KeyList, tuple[int, ...]]:
    """Walk from a trusted list to the newest one that it vouches for; also return the numbers of the lists gone to.

    Each step goes to a greater number, and needs the threshold of the list trusted so far, by distinct roots of it,
    and the threshold of the new list by its own. Numbers may be left out: whatever stands before a list, or does not,
    decides nothing. A list that is faulty by itself is never gone to. From a list without roots there is no way on; if
    it is one of the published ones, its number is known from there.
    """
    sound = [link for link in published.links if not link.faults]
    if not trusted.roots:
        numbers = [link.listed.number for link in sound if link.listed.says_the_same(trusted)]
        return replace(trusted, number=max(numbers, default=0)), ()
    path = []
    for link in sound:
        is_newer = bool(link.listed.roots) and link.listed.number > trusted.number
        if is_newer and link.is_sealed and len(link.signed_by(trusted.roots)) >= trusted.threshold:
            trusted = link.listed
            path.append(trusted.number)
    return trusted, tuple(path)


def _number(pattern: re.Pattern[str], name: str) -> int:
    """Return the number in a file's name, or 0 if it is not of that kind."""
    found = pattern.fullmatch(name)
    return int(found[1]) if found and int(found[1]) <= MAX_LISTS else 0


def _link(number: int, data: bytes, signatures: Mapping[str, bytes], before: Link | None) -> tuple[Link, list[Fault]]:
    """Put a list in its place; also return all faults of it and of its signatures.

    Of a list that is faulty, or follows a faulty one, it is not asked whether enough roots signed it.
    """
    listed, own = read(number, data)
    previous = None if before is None or before.faults else before.listed
    good, found = _verified(data, signatures)
    link = Link(listed=listed, previous=previous, signatures=good, faults=own)
    if before is None and number > 1:
        found.append(_fault(listed, "key-list-gap", f"there is no list {number - 1}, and lists are numbered from 1"))
    elif not own and previous is not None and previous.roots and not listed.roots:
        found.append(_fault(listed, "roots-dropped", f"list {previous.number} has roots, and this one has none"))
    elif not own and (number == 1 or previous is not None):
        found += _signature_faults(link)
    return link, [*own, *found]


def _verified(data: bytes, signatures: Mapping[str, bytes]) -> tuple[tuple[tuple[str, PublicKey], ...], list[Fault]]:
    """Return who made each signature over a list, and what is wrong with those that do not verify."""
    good, faults = [], []
    for count, (name, signature) in enumerate(sorted(signatures.items())):
        if count == MAX_SIGNATURES:
            faults.append(_stray(name, f"a list has at most {MAX_SIGNATURES} signatures"))
            break
        try:
            good.append((name, sshsig.verify(signature, data, NAMESPACE)))
        except SignatureError as fault:
            faults.append(_stray(name, f"this does not verify: {fault}"))
    return tuple(good), faults


def _signature_faults(link: Link) -> list[Fault]:
    listed, previous = link.listed, link.previous
    roots = {*listed.roots, *(previous.roots if previous else ())}
    faults = [
        _stray(name, f"the key that made this, {key.fingerprint}, is no root of this list or of the one before")
        for name, key in link.signatures
        if key not in roots
    ]
    if previous is not None and not link.is_vouched:
        said = f"{len(link.before)} of {previous.threshold} signatures by roots of list {previous.number} are there"
        faults.append(_fault(listed, "key-list-unvouched", said))
    if not link.is_sealed:
        said = f"{len(link.own)} of {listed.threshold} signatures by its own roots are there"
        faults.append(_fault(listed, "key-list-unsigned", said))
    return faults


def _misnamed(name: str) -> Fault:
    if name.endswith(".sig"):
        return _stray(name, "this is not named as the signature of a list is")
    return Fault(code="bad-key-list", path=name, message=f"this is no list numbered from 1 to {MAX_LISTS}")


def _stray(name: str, message: str) -> Fault:
    return Fault(code="bad-key-signature", path=name, message=message)


def _fault(listed: KeyList, code: str, message: str) -> Fault:
    return Fault(code=code, path=listed.name, message=message)
