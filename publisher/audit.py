"""Open what was published, rebuild it from git, and say what differs.

The order of trust, each step only after the ones it needs:

    1  index-signature   index.json.sig over the bytes of index.json, by a key that is listed
    2  sums-signature    SHA256SUMS.sig over the bytes of SHA256SUMS, by the same key
    3  files             every listed file has its SHA-256, and no other file is there
    4  index             index.json is canonical JSON, held against its schema; its log root follows from its leaves
    5  repository        the clone is whole and its objects are what their names say
    6  commit            the index's commit stands on the first-parent line
    7  index-rebuilt     the index built from git is the published one, field by field
    8  files-rebuilt     the files rendered from git are the published ones, byte by byte

Nothing is parsed before its signature is good. A step that could not be made is "not checked", never passed.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn

from publisher import log, schema
from publisher.errors import LetterbookError, RepositoryError
from publisher.examine import examine_commit
from publisher.git import Repository
from publisher.index import MADE_BY, Index, canonical
from publisher.publish import (
    FILES_NAMESPACE,
    INDEX_NAMESPACE,
    SUMS,
    build,
    contents_of,
    index_leaves,
    index_of,
    key_lists,
    parse_sums,
)
from publisher.signatures import sshsig
from publisher.signatures.keys import AllowedSigner, KeyListError, SignatureError, parse_allowed_signers
from publisher.site import Site

Status = Literal["passed", "failed", "not checked"]
STEPS = (
    "index-signature", "sums-signature", "files", "index", "repository", "commit", "index-rebuilt", "files-rebuilt",
)  # fmt: skip
KEY_DEPENDENT = frozenset({SUMS, f"{SUMS}.sig", "index.json.sig", "keys/allowed_signers"})
REQUIRED = frozenset({"index.json", "index.json.sig", "keys/allowed_signers"})
MOST_PROBLEMS = 100
_ABSENT = "(absent)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """One thing that is not as it should be: which entry or file, which field of it, and both values as text."""

    what: str
    field: str = ""
    published: str = ""
    expected: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One numbered step: what it proves if it passed, what it found if not."""

    number: int
    name: str
    status: Status
    says: str
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Rebuilt:
    """What the auditor's own clone says: the index, the files that depend on no key, and the line's commits.

    `newest_keys` are the bytes of the archive's newest key list, or None where it lists none.
    """

    index: Index
    files: Mapping[str, bytes]
    newest_keys: bytes | None = None


Rebuild = Callable[[str], Rebuilt]


@dataclass
class Audit:
    """One run over one publication; `steps` are what it found so far, in order."""

    site: Site
    keys: tuple[AllowedSigner, ...] | None
    steps: list[Step] = field(default_factory=list)
    published: dict[str, bytes] = field(default_factory=dict)
    index: dict[str, Any] | None = None
    signed_by: str = ""

    # -- what was published ----------------------------------------------------------------------------------

    def open(self) -> None:
        """Make steps 1 to 4."""
        index = self._signed("index-signature", "index.json", INDEX_NAMESPACE)
        sums = self._signed("sums-signature", SUMS, FILES_NAMESPACE)
        self._files(sums)
        self._index(index)

    def _signed(self, step: str, path: str, namespace: str) -> bytes | None:
        data, signature = self.site.read(path), self.site.read(f"{path}.sig")
        missing = [name for name, found in ((path, data), (f"{path}.sig", signature)) if found is None]
        if data is None or signature is None:
            self._fail(step, f"{missing[0]} is missing", [Difference(what=missing[0], published=_ABSENT)])
            return None
        try:
            key = sshsig.verify_allowed(signature, data, namespace, self._allowed())
        except (SignatureError, KeyListError) as fault:
            self._fail(step, f"{path} is not signed by a key that is listed: {fault}", [Difference(what=path)])
            return None
        if self.signed_by and self.signed_by != key.fingerprint:
            self._fail(step, f"{path} is signed by another key than index.json", [Difference(what=path)])
            return None
        self.signed_by = key.fingerprint
        self.published |= {path: data, f"{path}.sig": signature}
        self._pass(step, f"{path} is signed for {namespace} by {key.fingerprint}")
        return data

    def _allowed(self) -> tuple[AllowedSigner, ...]:
        if self.keys is not None:
            return self.keys
        found = self.site.read("keys/allowed_signers")
        if found is None:
            raise KeyListError(1, "the publication holds no keys/allowed_signers")
        return parse_allowed_signers(found)

    def _files(self, sums: bytes | None) -> None:
        if sums is None:
            self._skip("files", f"{SUMS} has no good signature")
            return
        try:
            listed = parse_sums(sums)
        except ValueError as fault:
            self._fail("files", f"{SUMS} cannot be read: {fault}", [Difference(what=SUMS)])
            return
        found = list(self._compare_sums(listed))
        if found:
            self._fail("files", f"{len(found)} files are not what {SUMS} says", found)
        else:
            self._pass("files", f"all {len(listed)} listed files have their SHA-256")

    def _compare_sums(self, listed: Mapping[str, str]) -> Iterator[Difference]:
        for path, sha256 in listed.items():
            data = self.site.read(path)
            if data is None:
                yield Difference(what=path, field="sha256", published=_ABSENT, expected=sha256)
                continue
            self.published[path] = data
            if (actual := hashlib.sha256(data).hexdigest()) != sha256:
                yield Difference(what=path, field="sha256", published=actual, expected=sha256)
        for path in sorted(REQUIRED - listed.keys()):
            yield Difference(what=path, published="(not listed)", expected=f"listed in {SUMS}")
        keys = self.published.get("keys/allowed_signers")
        if keys is not None and not self._is_listed(keys):
            yield Difference(
                what="keys/allowed_signers", field="key", published="(not listed)", expected=self.signed_by
            )
        for path in sorted((self.site.paths() or set()) - listed.keys() - {SUMS, f"{SUMS}.sig"}):
            yield Difference(what=_printable(path), published="a file that is not listed", expected=_ABSENT)

    def _index(self, data: bytes | None) -> None:
        if data is None:
            self._skip("index", "index.json has no good signature, so it was not parsed")
            return
        try:
            value = json.loads(data.decode("utf-8"), parse_float=_no_float, parse_constant=_no_float)
            canonical(value)
        except (ValueError, RecursionError) as fault:
            self._fail("index", f"index.json is no JSON of this profile: {fault}", [Difference(what="index.json")])
            return
        if found := list(_index_faults(value, data)):
            self._fail("index", "index.json is not a well-formed index", found)
        else:
            self._pass("index", f"index.json is canonical, and its {value['log']['size']} leaves give its log root")
        if schema.is_valid("index", value):
            self.index = value

    # -- what git says ---------------------------------------------------------------------------------------

    def compare(self, rebuild: Rebuild) -> None:
        """Make steps 7 and 8: rebuild the publication from the index's commit and compare."""
        if self.index is None:
            self.skip_git("the index was not read")
            return
        rebuilt = rebuild(self.index["source"]["commit"])
        found = list(_index_differences(self.index, rebuilt.index.to_mapping()))
        if found:
            self._fail("index-rebuilt", f"the index built from git differs in {len(found)} places", found)
        else:
            self._pass("index-rebuilt", "the index built from git is the published one")
        self._files_rebuilt(rebuilt)

    def _files_rebuilt(self, rebuilt: Rebuilt) -> None:
        assert self.index is not None
        if rebuilt.newest_keys is not None and not self._is_listed(rebuilt.newest_keys):
            found = [
                Difference(what="keys/allowed_signers", field="key", published=self.signed_by, expected="(not listed)")
            ]
            self._fail("files-rebuilt", "the signing key is not in the commit's newest key list", found)
            return
        if self.index["made_by"] != MADE_BY:
            made_by = _shown(self.index["made_by"])
            self._skip("files-rebuilt", f"the publication was made by {made_by}, this is {MADE_BY}", made_by=True)
            return
        found = list(self._file_differences(rebuilt))
        if found:
            self._fail("files-rebuilt", f"{len(found)} files are not what git says", found)
        else:
            self._pass("files-rebuilt", f"all {len(rebuilt.files)} files rendered from git are the published ones")

    def _is_listed(self, keys: bytes) -> bool:
        """Whether the key that signed stands in a key list for both signatures."""
        try:
            entries = parse_allowed_signers(keys)
        except KeyListError:
            return False
        needed = {INDEX_NAMESPACE, FILES_NAMESPACE}
        return any(entry.key.fingerprint == self.signed_by and needed <= set(entry.namespaces) for entry in entries)

    def _file_differences(self, rebuilt: Rebuilt) -> Iterator[Difference]:
        expected = {path: data for path, data in rebuilt.files.items() if path != "index.json"}
        keys = {} if rebuilt.newest_keys is None else {"keys/allowed_signers": rebuilt.newest_keys}
        for path, data in {**expected, **keys}.items():
            published = self.published.get(path)
            if published != data:
                yield Difference(
                    what=path, field="sha256",
                    published=_ABSENT if published is None else hashlib.sha256(published).hexdigest(),
                    expected=hashlib.sha256(data).hexdigest(),
                )  # fmt: skip
        for path in sorted(self.published.keys() - expected.keys() - KEY_DEPENDENT - {"index.json"}):
            yield Difference(what=path, published="published", expected=_ABSENT)

    # -- keeping the record ----------------------------------------------------------------------------------

    def attempt(self, name: str, says: str, action: Callable[[], object]) -> bool:
        """Run a step that may be impossible: a LetterbookError makes it "not checked". Returns whether it passed."""
        try:
            action()
        except LetterbookError as fault:
            self._skip(name, f"{fault.message}; {fault.hint}" if fault.hint else fault.message)
            return False
        self._pass(name, says)
        return True

    def skip_git(self, why: str) -> None:
        """Say that the steps which need git and were not made yet were not made."""
        for name in STEPS[len(self.steps) :]:
            self._skip(name, why)

    def _pass(self, name: str, says: str) -> None:
        self._note(name, "passed", says, ())

    def _fail(self, name: str, says: str, differences: list[Difference]) -> None:
        self._note(name, "failed", says, tuple(differences))

    def fail(self, name: str, says: str, what: str, field: str, published: str) -> None:
        """Note a failed step that one field of the index explains."""
        self._fail(name, says, [Difference(what=what, field=field, published=published)])

    def skip(self, name: str, says: str) -> None:
        """Note a step that was not made."""
        self._skip(name, says)

    def _skip(self, name: str, says: str, *, made_by: bool = False) -> None:
        found = (Difference(what="index.json", field="made_by", expected=MADE_BY),) if made_by else ()
        self._note(name, "not checked", says, found)

    def _note(self, name: str, status: Status, says: str, differences: tuple[Difference, ...]) -> None:
        number = STEPS.index(name) + 1
        self.steps.append(Step(number=number, name=name, status=status, says=says, differences=differences))

    @property
    def exit_status(self) -> int:
        """0 if every step passed, 1 if one failed, 3 if one was not checked and none failed."""
        statuses = {step.status for step in self.steps}
        return 1 if "failed" in statuses else 3 if "not checked" in statuses else 0


def rebuild(repository: Repository, commit: str) -> Rebuilt:
    """Build from git everything that a publication of `commit` holds and that depends on no key."""
    examined = examine_commit(repository, commit)
    if examined.errors:
        first = next(finding for finding in examined.findings if finding.severity == "error")
        _cannot(commit, f"{first.location.path}: {first.message}")
    index = index_of(repository, commit, examined)
    files = build(index, contents_of(examined.snapshot, repository))
    lists = key_lists(examined.snapshot)
    return Rebuilt(index=index, files={**files, **lists.published}, newest_keys=lists.newest)


def _cannot(commit: str, why: str) -> NoReturn:
    raise RepositoryError(
        f"commit {commit} cannot be published by this version: {why}", f"see 'letterbook check --at {commit}'"
    )


# -- comparing -----------------------------------------------------------------------------------------------


def _index_faults(value: Any, data: bytes) -> Iterator[Difference]:
    if canonical(value) + b"\n" != data:
        yield Difference(what="index.json", published="not in canonical form")
    valid = schema.is_valid("index", value)
    problems = [] if valid else schema.problems("index", value)
    for problem in problems[:MOST_PROBLEMS]:
        what, place = _named(value, problem.pointer)
        yield Difference(what=what, field=place, published=_shown(problem.message))
    if not valid:
        return
    try:
        leaves = index_leaves(Index.from_mapping(value))
    except (KeyError, TypeError, ValueError) as fault:
        yield Difference(what="index.json", field="log", published=_shown(str(fault)))
        return
    head = {"size": len(leaves), "root": log.root(leaves).hex()}
    for name, expected in head.items():
        if value["log"][name] != expected:
            yield Difference(
                what="index.json",
                field=f"log.{name}",
                published=_shown(value["log"][name]),
                expected=_shown(expected),
            )


def _named(value: Any, pointer: tuple[str | int, ...]) -> tuple[str, str]:
    """Return which entry a place of the index belongs to, and the rest of the place."""
    match pointer:
        case (str() as array, int() as at, *rest) if array in _ARRAYS:
            entry = value[array][at]
            name = entry.get(_ARRAYS[array]) if isinstance(entry, dict) else None
            return f"{_SINGULAR[array]} {_shown(name)}" if isinstance(name, str) else f"{array}[{at}]", _dotted(rest)
    return "index.json", _dotted(pointer)


_ARRAYS = {"letters": "id", "assessments": "id", "tables": "key", "removed": "key"}
_SINGULAR = {"letters": "letter", "assessments": "assessment", "tables": "table", "removed": "removed"}


def _index_differences(published: Mapping[str, Any], expected: Mapping[str, Any]) -> Iterator[Difference]:
    for name in ("format", "made_by", "archive", "source", "log"):
        if name == "made_by":
            continue
        yield from _value_differences("index.json", (name,), published.get(name), expected.get(name))
    for array, name in _ARRAYS.items():
        yield from _entry_differences(_SINGULAR[array], name, published[array], expected[array])


def _entry_differences(
    what: str, name: str, published: list[dict[str, Any]], expected: list[dict[str, Any]]
) -> Iterator[Difference]:
    theirs = {entry[name]: entry for entry in published}
    ours = {entry[name]: entry for entry in expected}
    for key in [*ours, *(key for key in theirs if key not in ours)]:
        label = f"{what} {_shown(key)}"
        if key not in theirs:
            yield Difference(what=label, field=name, published=_ABSENT, expected=_shown(key))
        elif key not in ours:
            yield Difference(what=label, field=name, published=_shown(key), expected=_ABSENT)
        else:
            yield from _value_differences(label, (), theirs[key], ours[key])
    order = [entry[name] for entry in published]
    if order != list(ours) and set(order) == set(ours):
        yield Difference(what=f"{what}s", field="order", published=_shown(order), expected=_shown(list(ours)))


def _value_differences(what: str, place: tuple[str | int, ...], published: Any, expected: Any) -> Iterator[Difference]:
    if isinstance(published, dict) and isinstance(expected, dict):
        for name in sorted(published.keys() | expected.keys()):
            yield from _value_differences(
                what, (*place, name), published.get(name, _Missing), expected.get(name, _Missing)
            )
    elif isinstance(published, list) and isinstance(expected, list):
        for at in range(max(len(published), len(expected))):
            pair = [side[at] if at < len(side) else _Missing for side in (published, expected)]
            yield from _value_differences(what, (*place, at), *pair)
    elif type(published) is not type(expected) or published != expected:
        yield Difference(what=what, field=_dotted(place), published=_shown(published), expected=_shown(expected))


class _Missing:
    """Stands for a value that is not there at all."""


def _dotted(place: tuple[str | int, ...] | list[str | int]) -> str:
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{_printable(part)}"
    return text.removeprefix(".")


def _shown(value: Any) -> str:
    """Return a value as ASCII JSON, cut to a line's length: nothing in it can act on a terminal."""
    if value is _Missing:
        return _ABSENT
    text = json.dumps(value)
    return text if len(text) <= 200 else f"{text[:200]}... ({len(text)} characters)"


def _printable(text: str) -> str:
    return text if text.isascii() and text.isprintable() else ascii(text)


def _no_float(text: str) -> Any:
    raise ValueError(f"{text[:40]} is no integer")
