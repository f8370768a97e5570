"""Who commits: names, addresses and time zones that a commit shows for ever, held against archive.yaml's identities.

An archive that lists no identity lets anybody commit, and nothing is said. What is said names the commit and the
field and never the name or the address: the log of a public check must not repeat them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from publisher.finding import Finding, Location
from publisher.git import Repository
from publisher.letter import ArchiveInfo
from publisher.porcelain import Ident, is_listed

NEXT = "commit being made"
_IDENT = re.compile(rb"(?:(?P<name>[^<>\n]*) )?<(?P<email>[^<>\n]*)> -?[0-9]+ (?P<zone>[+-][0-9]+)")
_HINT = (
    "set user.name and user.email as records/archive.yaml lists them; a commit that was not pushed yet is made anew "
    "with 'TZ=UTC git commit --amend --reset-author'"
)


def of_commits(repository: Repository, info: ArchiveInfo | None, tip: str, known: Iterable[str]) -> list[Finding]:
    """Find what the commits that `tip` leads to, and none of the `known` does, show of who made them."""
    if info is None or not info.identities:
        return []
    found = []
    for name, data in repository.commit_objects(tip, *known):
        found += of_idents(info, f"commit {name[:12]}", _idents(data))
    return found


def of_idents(info: ArchiveInfo | None, where: str, idents: Mapping[str, Ident | None]) -> list[Finding]:
    """Find what is not the archive's in the author and committer of one commit; None is one that nobody can read."""
    if info is None or not info.identities:
        return []
    said = [part for role, ident in idents.items() for part in _not_ours(info, role, ident)]
    if not said:
        return []
    return [
        Finding(
            code="author-identity",
            message=f"{where}: {_listed(said)}; a commit shows that for ever once it is pushed",
            location=Location(path=where),
            severity="warning",
            hint=_HINT,
        )
    ]


def _not_ours(info: ArchiveInfo, role: str, ident: Ident | None) -> Iterator[str]:
    if ident is None or not is_listed(info, ident.name, ident.email):
        yield f"the {role} is not among the archive's identities"
    if ident is not None and ident.zone != "+0000":
        yield f"the {role}'s time zone is not +0000"


def _listed(said: Sequence[str]) -> str:
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def _idents(commit: bytes) -> dict[str, Ident | None]:
    """Read author and committer out of a commit's header (git's commit format)."""
    found: dict[str, Ident | None] = {"author": None, "committer": None}
    for line in commit.partition(b"\n\n")[0].split(b"\n"):
        role, _, rest = line.partition(b" ")
        match = _IDENT.fullmatch(rest)
        if match and (key := role.decode("latin-1")) in found and found[key] is None:
            name, email, zone = (match[each] or b"" for each in ("name", "email", "zone"))
            found[key] = Ident(
                name=name.decode("utf-8", "replace"), email=email.decode("utf-8", "replace"), zone=zone.decode("ascii")
            )
    return found
