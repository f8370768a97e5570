"""Who commits: names, addresses and time zones that a commit shows for ever, held against archive.yaml's identities.

So does an annotated tag, and so do the messages of both, where tools sign with a name and an address. An archive that
lists no identity lets anybody commit, and nothing is said. What is said names the commit and the field and never the
name or the address: the log of a public check must not repeat them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from publisher.contacts import contacts_in
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
_MESSAGE_HINT = "a message that was not pushed yet is written anew with 'git commit --amend' or 'git rebase -i'"
_TAG_HINT = (
    "set user.name and user.email as records/archive.yaml lists them, and make it anew with 'TZ=UTC git tag -f -a' "
    "(or without '-a': such a tag holds no name)"
)


def of_commits(repository: Repository, info: ArchiveInfo | None, tip: str, known: Iterable[str]) -> list[Finding]:
    """Find what the commits that `tip` leads to, and none of the `known` does, show of who made them."""
    if info is None or not info.identities:
        return []
    found = []
    for name, data in repository.commit_objects(tip, *known):
        where = f"commit {name[:12]}"
        found += of_idents(info, where, _idents(data))
        if said := list(_named(info, data)):
            found.append(_finding(where, said, _MESSAGE_HINT))
    return found


def of_tags(repository: Repository, info: ArchiveInfo | None, name: str) -> list[Finding]:
    """Find what the annotated tag that `name` may name, and those that it tags, show of who made them."""
    if info is None or not info.identities:
        return []
    found = []
    for tag, data in repository.tags(name):
        tagger = _idents(data, ("tagger",))
        said = [part for role, ident in tagger.items() if ident for part in _not_ours(info, role, ident)]
        if said := [*said, *_named(info, data)]:
            found.append(_finding(f"tag {tag[:12]}", said, _TAG_HINT))
    return found


def of_idents(info: ArchiveInfo | None, where: str, idents: Mapping[str, Ident | None]) -> list[Finding]:
    """Find what is not the archive's in the author and committer of one commit; None is one that nobody can read."""
    if info is None or not info.identities:
        return []
    said = [part for role, ident in idents.items() for part in _not_ours(info, role, ident)]
    if not said:
        return []
    return [_finding(where, said, _HINT)]


def _finding(where: str, said: Sequence[str], hint: str) -> Finding:
    return Finding(
        code="author-identity",
        message=f"{where}: {_listed(said)}; a {where.partition(' ')[0]} shows that for ever once it is pushed",
        location=Location(path=where),
        severity="warning",
        hint=hint,
    )


def _named(info: ArchiveInfo, data: bytes) -> Iterator[str]:
    """Yield what the message of a commit or a tag holds of somebody who is not the archive."""
    text = data.partition(b"\n\n")[2].decode("utf-8", "replace")
    for each in info.identities:
        text = text.replace(f"<{each.email}>", "")
    yield from (f"the message holds what looks like {what}" for _, what, _ in contacts_in(text))


def _not_ours(info: ArchiveInfo, role: str, ident: Ident | None) -> Iterator[str]:
    if ident is None or not is_listed(info, ident.name, ident.email):
        yield f"the {role} is not among the archive's identities"
    if ident is not None and ident.zone != "+0000":
        yield f"the {role}'s time zone is not +0000"


def _listed(said: Sequence[str]) -> str:
    return " and ".join([", ".join(said[:-1]), said[-1]] if len(said) > 1 else said)


def _idents(header: bytes, roles: Sequence[str] = ("author", "committer")) -> dict[str, Ident | None]:
    """Read who made it out of the header of a commit or a tag (git's formats); None where nobody can."""
    found: dict[str, Ident | None] = dict.fromkeys(roles)
    for line in header.partition(b"\n\n")[0].split(b"\n"):
        role, _, rest = line.partition(b" ")
        match = _IDENT.fullmatch(rest)
        if match and (key := role.decode("latin-1")) in found and found[key] is None:
            name, email, zone = (match[each] or b"" for each in ("name", "email", "zone"))
            found[key] = Ident(
                name=name.decode("utf-8", "replace"), email=email.decode("utf-8", "replace"), zone=zone.decode("ascii")
            )
    return found
