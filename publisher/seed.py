"""The files of a new archive, ready to commit: what seeds/ holds, filled in with an organisation's answers.

A file below seeds/ stands in the new archive under the same path, `dot_` for a leading dot; `{{name}}` is filled in
from `Answers.words`. To give every new archive another file, put it there. The pages of DOCUMENTS and the schemas
are those of this version of Letterbook.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from publisher import __version__, schema
from publisher.errors import UsageError
from publisher.record import read

ARCHIVE = "records/archive.yaml"
DOCUMENTS = ("audit.md", "erasure.md", "format.md", "how-we-publish.md", "keys.md", "operate.md")
NOBODY = "OWNER/letterbook@" + "0" * 40
"""Stands for the repository of Letterbook that the workflows use, where none was named: no such commit can be."""
NO_OWNERS = "@OWNER/archive-owners"

_ACTION = re.compile(r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+@[0-9a-f]{40}")
_OWNERS = re.compile(r"@[A-Za-z0-9-]+(/[A-Za-z0-9._-]+)?( @[A-Za-z0-9-]+(/[A-Za-z0-9._-]+)?)*")
_IDENTITY = re.compile(r"([^<>\n]+) <([^<>\s]+)>")
_PLACE = re.compile(r"\{\{([a-z]+)\}\}")
_HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """What an organisation says of its archive. Raises UsageError for what no archive.yaml can hold.

    `identity` is "Name <address>", under which the archive's commits are made; `action` the repository of Letterbook
    and the commit of it that the workflows use, as OWNER/NAME@COMMIT; `owners` who must agree to changes.
    """

    name: str
    origin: str
    authority: str
    site: str
    publisher: str
    language: str
    licence: str
    identity: str
    description: str = ""
    disclaimer: str = ""
    owners: str = NO_OWNERS
    action: str = NOBODY

    def __post_init__(self) -> None:
        for message, hint in faults(self):
            raise UsageError(message, hint)

    @property
    def role(self) -> tuple[str, str]:
        """Name and address under which the archive's commits are made."""
        found = _IDENTITY.fullmatch(self.identity)
        return (found[1], found[2]) if found else ("", "")

    @property
    def words(self) -> Mapping[str, str]:
        """What the files are filled in with."""
        repository, _, commit = self.action.partition("@")
        return {
            "name": self.name,
            "description": self.description or f"Letters to and from {self.publisher}.",
            "disclaimer": self.disclaimer or f"Published by {self.publisher}; no other party named here endorsed it.",
            "site": self.site,
            "licence": self.licence,
            "owners": self.owners,
            "action": f"{self.action} # v{__version__}",
            "audit": f"{repository}/.github/actions/audit@{commit} # v{__version__}",
        }

    @property
    def archive(self) -> bytes:
        """records/archive.yaml."""
        fields = ("name", "origin", "authority", "site", "language")
        said = {field: getattr(self, field) for field in fields}
        said |= {field: self.words[field] for field in ("description", "disclaimer")}
        said |= {"publisher": self.publisher, "licence": self.licence}
        name, address = self.role
        lines = [f"{field}: {_quoted(value)}" for field, value in said.items()]
        lines += ["identities:", f"  - name: {_quoted(name)}", f"    email: {_quoted(address)}"]
        return _modeline("archive") + "".join(f"{line}\n" for line in lines).encode()


def faults(answers: Answers) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with the answers, and what to do about it."""
    if not _IDENTITY.fullmatch(answers.identity):
        yield f"{answers.identity!r} is no identity", 'write it as "Name <archive@letterbook.example>"'
    if not _OWNERS.fullmatch(answers.owners):
        yield f"{answers.owners!r} are no code owners", "write them as @name or @organisation/team"
    if not _ACTION.fullmatch(answers.action):
        yield f"{answers.action!r} names no commit of a repository", "write OWNER/NAME@ and the commit's 40 digits"
    yield from ((fault.message, fault.hint) for fault in read(ARCHIVE, answers.archive)[1])


def files(answers: Answers) -> dict[str, bytes]:
    """Return every file of the new archive by its path."""
    found = {path: _filled(data, answers.words) for path, data in _seeds()}
    found |= {f"docs/{name}": _document(name) for name in DOCUMENTS}
    found |= {f"schema/{kind}.schema.json": schema.text(kind) for kind in schema.KINDS}
    found |= {f"records/{table}.yaml": _modeline(table) + f"{table}: []\n".encode() for table in ("parties", "threads")}
    found[ARCHIVE] = answers.archive
    return dict(sorted(found.items()))


def _seeds() -> Iterator[tuple[str, bytes]]:
    folder = _HERE / "seeds"
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder)
        if file.is_file() and path.name not in DOCUMENTS:
            parts = (re.sub(r"^dot_", ".", part) for part in path.parts)
            yield "/".join(parts), file.read_bytes()


def _document(name: str) -> bytes:
    """Read a page: in a checkout from docs/, in a wheel from within the package."""
    packaged = _HERE / "seeds" / "docs" / name
    return (packaged if packaged.exists() else _HERE.parent / "docs" / name).read_bytes()


def _filled(data: bytes, words: Mapping[str, str]) -> bytes:
    return _PLACE.sub(lambda found: words[found[1]], data.decode()).encode()


def _modeline(kind: str) -> bytes:
    return f"# yaml-language-server: $schema=../schema/{kind}.schema.json\n".encode()


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
