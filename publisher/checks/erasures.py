"""What was erased is listed, what is listed was erased, and the list only grows (docs/format.md, "Erasure")."""

from collections import Counter
from collections.abc import Iterator

from publisher.archive import Archive
from publisher.finding import Finding, Location
from publisher.history import ERASURES, History, Version, in_force
from publisher.letter import Erasure

_KEY = "erasures"
_RECIPE = "docs/erasure.md says how"


def told(archive: Archive, history: History) -> Iterator[Finding]:
    """Yield a finding for every entry of records/erasures.yaml that is not so, and every stub that it does not list."""
    if _KEY in archive.unreadable:
        return  # what is wrong with the list is said already
    document = archive.records[_KEY].document if _KEY in archive.records else {"erasures": []}
    erasures = [Erasure.from_mapping(item) for item in document["erasures"]]
    versions = {(version.key, version.rev): version for version in history.versions if version.commit is not None}
    for at, fault in enumerate(_faults(erasures, versions)):
        if fault is not None:
            code, message, hint = fault
            location = archive.location(_KEY, "erasures", at)
            yield Finding(code=code, message=message, location=location, hint=hint)
    yield from _unlisted(erasures, versions)
    yield from _rewritten(archive, history, erasures)


def _faults(erasures: list[Erasure], versions: dict[tuple[str, int], Version]) -> Iterator[tuple[str, str, str] | None]:
    """Yield the code, message and hint of what is wrong with each entry, or None."""
    seen: Counter[tuple[str, int]] = Counter()
    for erasure in erasures:
        place = (erasure.key, erasure.rev)
        seen[place] += 1
        yield _fault(erasure, versions.get(place), again=seen[place] > 1)


def _fault(erasure: Erasure, version: Version | None, *, again: bool) -> tuple[str, str, str] | None:
    what = f"version {erasure.rev} of {_shown(erasure.key)}"
    if erasure.key == _KEY:
        hint = "take the entry out: the list of what was erased stays whole"
        return "erasure-of-itself", "the list cannot list a version of itself", hint
    if again:
        hint = "leave one of the entries, with the values that the version had"
        return "duplicate-erasure", f"{what} is listed twice", hint
    if version is None or version.op == "remove":
        why = "is a removal, which has no bytes" if version else "never landed on this line"
        hint = "write key and rev as 'letterbook history' shows them"
        return "erasure-of-nothing", f"{what} {why}", hint
    if not version.is_stub:
        hint = f"erase them first ({_RECIPE}), or take the entry out; until then the log has what git has"
        return "erasure-without-stub", f"the bytes of {what} are still in git, or something else than its stub", hint
    return None


def _unlisted(erasures: list[Erasure], versions: dict[tuple[str, int], Version]) -> Iterator[Finding]:
    """Yield a finding for every stub without an entry: the log would not be that of earlier publications."""
    listed = {(erasure.key, erasure.rev) for erasure in erasures}
    for place, version in versions.items():
        if version.is_stub and place not in listed:
            yield Finding(
                code="erased-without-tombstone",
                message=f"version {version.rev} of {_shown(version.key)} was erased, and {ERASURES} does not list it",
                location=Location(path=ERASURES),
                hint=f"list its key, rev, the sha256 and size that it had, and the reason ({_RECIPE}); "
                "an earlier index.json has them",
            )


def _rewritten(archive: Archive, history: History, erasures: list[Erasure]) -> Iterator[Finding]:
    """Yield a finding for every entry that was once in force on the line and is now another one, or gone."""
    landed = [version for version in history.versions if version.commit is not None]
    first: dict[tuple[str, int], Erasure] = {}
    for entries in history.erasures:
        for place, erasure in in_force(landed, entries).items():
            first.setdefault(place, erasure)
    for erasure in first.values():
        if erasure not in erasures:
            known = archive.location(_KEY, "erasures") if _KEY in archive.records else Location(path=ERASURES)
            yield Finding(
                code="erasures-rewritten",
                message=f"the entry of version {erasure.rev} of {_shown(erasure.key)} was altered or removed",
                location=known,
                hint="write it as it landed: every log since then has its values",
            )


def _shown(key: str) -> str:
    return key if key.isascii() and key.isprintable() else ascii(key)
