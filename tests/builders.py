"""Real git repositories in temporary folders, and the smallest records that Letterbook accepts.

    archive = Archive(tmp_path / "archive")
    archive.begin()                                      # archive.yaml, parties.yaml and threads.yaml, committed
    archive.letter("2019-02-18-harbour-to-acme", summary="Asks about dredging.")
    commit = archive.commit()

Every commit has the same author and a time of its own, so that the same calls make the same commit ids on every
machine. All parties are invented.
"""

import os
import shutil
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

START = int(datetime(2021, 1, 5, 10, tzinfo=UTC).timestamp())
DAY = 24 * 60 * 60
ZONE = "+0545"
AUTHOR, ADDRESS = "Letterbook archive", "archive@letterbook.example"
ORIGIN = "letterbook.example/harbour-letters"
PARTIES = {
    "harbour-institute": ("Harbour Institute", "civil-society"),
    "acme-optics": ("Acme Optics", "company"),
    "quayside-capital": ("Quayside Capital", "fund"),
    "ministry-of-tides": ("Ministry of Tides", "public-body"),
}
CLEAN = {
    "GIT_AUTHOR_EMAIL": ADDRESS,
    "GIT_AUTHOR_NAME": AUTHOR,
    "GIT_COMMITTER_EMAIL": ADDRESS,
    "GIT_COMMITTER_NAME": AUTHOR,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "HOME": os.devnull,
    "LC_ALL": "C",
    "PATH": os.environ.get("PATH", os.defpath),
    "TZ": "UTC",
}


def git(folder: Path, *arguments: str, feed: bytes = b"", accept: tuple[int, ...] = (0,), **environment: str) -> str:
    """Run git without anybody's configuration and return what it wrote, without the last line end."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=CLEAN | environment, input=feed, capture_output=True, check=False
    )
    if done.returncode not in accept:
        raise AssertionError(f"git {' '.join(arguments)}: {done.stderr.decode('utf-8', 'replace')}")
    return done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")


def seconds(time: str | int) -> int:
    """Return a time such as "2026-01-05T10:00:00Z" in seconds since 1970."""
    return time if isinstance(time, int) else int(datetime.fromisoformat(time).timestamp())


class Archive:
    """A git repository with a work tree, built step by step on the branch `main`."""

    def __init__(self, folder: Path, *, object_format: str = "sha1") -> None:
        self.folder = folder
        self.clock = START
        self.commits = 0
        folder.mkdir(parents=True, exist_ok=True)
        git(folder, "init", "--quiet", "--initial-branch=main", f"--object-format={object_format}")

    def git(self, *arguments: str, feed: bytes = b"", accept: tuple[int, ...] = (0,), **environment: str) -> str:
        """Run git in this repository."""
        return git(self.folder, *arguments, feed=feed, accept=accept, **environment)

    @property
    def head(self) -> str:
        """The id of the commit that HEAD names."""
        return self.git("rev-parse", "HEAD")

    # -- files -------------------------------------------------------------------------------------------------

    def write(self, path: str, content: bytes | str | Mapping[str, Any]) -> str:
        """Write one file: bytes or text as they are, a mapping as YAML. Returns the path."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(as_bytes(content))
        return path

    def read(self, path: str) -> bytes:
        """Return the bytes of one file of the work tree."""
        return (self.folder / path).read_bytes()

    def move(self, old: str, new: str) -> str:
        """Move one file and return its new path."""
        (self.folder / new).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / old).rename(self.folder / new)
        return new

    def delete(self, path: str) -> None:
        """Delete one file."""
        (self.folder / path).unlink()

    def mode(self, path: str, mode: int) -> None:
        """Set the permissions of one file; git looks only at the owner's right to execute."""
        (self.folder / path).chmod(mode)

    def link(self, path: str, target: str) -> None:
        """Put a symbolic link where a file belongs."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.symlink_to(target)

    # -- records -----------------------------------------------------------------------------------------------

    def begin(self) -> str:
        """Commit archive.yaml, parties.yaml and threads.yaml."""
        self.tables()
        return self.commit("Begin the archive")

    def tables(self) -> None:
        """Write archive.yaml, parties.yaml and threads.yaml."""
        self.write("records/archive.yaml", archive_info())
        self.write("records/parties.yaml", parties())
        self.write("records/threads.yaml", threads())

    def letter(self, name: str, **fields: Any) -> str:
        """Write a letter with these fields (see `letter`) where it belongs; returns its path."""
        return self.write(letter_path(name), letter(name, **fields))

    def withdraw(self, name: str, note: str = "Taken back.") -> str:
        """Write a withdrawn letter's stub; returns its path."""
        return self.write(letter_path(name), withdrawn(name, note))

    def assess(self, name: str, **fields: Any) -> str:
        """Write the assessment of a letter; returns its path."""
        return self.write(f"records/assessments/{name}.yaml", assessment(name, **fields))

    # -- commits -----------------------------------------------------------------------------------------------

    def commit(self, message: str = "", *, at: str | int | None = None, zone: str = ZONE) -> str:
        """Commit the whole work tree, a day after the commit made before unless `at` says when."""
        self.git("add", "--all", "--force")
        return self._commit(message, at, zone)

    def _commit(self, message: str, at: str | int | None, zone: str) -> str:
        self.commits += 1
        time = self.clock if at is None else seconds(at)
        self.clock = time + DAY if at is None else max(self.clock, time + DAY)
        date = f"@{time} {zone}"
        self.git(
            "commit", "--quiet", "--allow-empty", "--no-verify", "-m", message or f"Commit {self.commits}",
            GIT_AUTHOR_DATE=date, GIT_COMMITTER_DATE=date,
        )  # fmt: skip
        return self.head

    def branch(self, name: str, start: str = "HEAD") -> None:
        """Make a branch and go to it."""
        self.git("checkout", "--quiet", "-b", name, start)

    def switch(self, name: str) -> None:
        """Go to a branch."""
        self.git("checkout", "--quiet", name)

    def merge(self, branch: str, *, at: str | int | None = None, evil: Mapping[str, Any] | None = None) -> str:
        """Merge a branch by a merge commit.

        `evil` names files that the merge commit itself writes (None: deletes), whatever the two sides say. A file
        in conflict is committed with the marks of the conflict.
        """
        self.git("merge", "--quiet", "--no-ff", "--no-commit", "--no-verify", branch, accept=(0, 1))
        for path, content in (evil or {}).items():
            if content is None:
                self.delete(path)
            else:
                self.write(path, content)
        self.git("add", "--all", "--force")
        return self._commit(f"Merge {branch}", at, ZONE)

    def foxtrot(self, branch: str, *, at: str | int | None = None) -> str:
        """Merge main into a branch, then fast-forward main to it: what was main's line is a second parent now."""
        self.switch(branch)
        name = self.merge("main", at=at)
        self.switch("main")
        self.git("merge", "--quiet", "--ff-only", branch)
        return name

    def rewrite(self, start: str) -> None:
        """Throw away everything after the commit `start`; what is committed next replaces it."""
        self.git("reset", "--quiet", "--hard", start)

    # -- other repositories ------------------------------------------------------------------------------------

    def clone(self, folder: Path, *options: str) -> Path:
        """Clone over git's own transport (no hard links), by default the whole history."""
        git(self.folder, "clone", "--quiet", *options, self.folder.resolve().as_uri(), str(folder))
        return folder

    def copy(self, folder: Path) -> Path:
        """Copy the repository as it lies on disk, to be tampered with."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return folder

    def imported(self, folder: Path, object_format: str = "sha256") -> Path:
        """Import the same history into a repository of another object format."""
        folder.mkdir(parents=True)
        git(folder, "init", "--quiet", "--initial-branch=main", f"--object-format={object_format}")
        stream = self.git("fast-export", "--all", "--signed-tags=strip", "--reencode=no")
        git(folder, "fast-import", "--quiet", "--force", feed=f"{stream}\n".encode("utf-8", "surrogateescape"))
        git(folder, "reset", "--quiet", "--hard", "main")
        return folder


def as_bytes(content: bytes | str | Mapping[str, Any]) -> bytes:
    """Return bytes and text as they are, and a mapping as YAML."""
    if isinstance(content, bytes):
        return content
    return (content if isinstance(content, str) else to_yaml(content)).encode()


def to_yaml(document: Mapping[str, Any]) -> str:
    """Write a document as staff would: block style, the order of fields kept, lines not wrapped."""
    text: str = yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True, width=1000)
    return text


def reformatted(data: bytes) -> bytes:
    """Write the same document in another way: flow style, fields sorted."""
    text: str = yaml.safe_dump(yaml.safe_load(data), sort_keys=True, default_flow_style=True, width=60)
    return text.encode()


# -- records ---------------------------------------------------------------------------------------------------


def letter_path(name: str) -> str:
    """Return where a letter belongs."""
    return f"records/letters/{name[:4]}/{name}.yaml"


def archive_info(**fields: Any) -> dict[str, Any]:
    """Return archive.yaml."""
    return {
        "name": "The Harbour letters",
        "origin": ORIGIN,
        "authority": "letterbook.example,2026",
        "site": "https://letterbook.example/",
        "language": "en",
        "description": "Letters about the works in the harbour.",
        "disclaimer": "Independent compilation, not published or endorsed by any party named.",
        "publisher": "The Harbour letters project",
        "licence": "CC0-1.0 for the archive's own descriptions",
        **fields,
    }


def parties(**fields: Any) -> dict[str, Any]:
    """Return parties.yaml with all of PARTIES."""
    entries = [{"id": name, "name": title, "kind": kind} for name, (title, kind) in PARTIES.items()]
    return {"parties": entries, **fields}


def threads(**fields: Any) -> dict[str, Any]:
    """Return threads.yaml with one thread, `harbour-dredging`."""
    return {"threads": [{"id": "harbour-dredging", "title": "The dredging of the harbour"}], **fields}


def letter(name: str, **fields: Any) -> dict[str, Any]:
    """Return a letter from Harbour Institute to Acme Optics, sent on the day its name begins with.

    A keyword replaces a field; `from_` stands for `from`, and None leaves a field out.
    """
    if "from_" in fields:
        fields["from"] = fields.pop("from_")
    base = {
        "id": name,
        "title": "Letter to Acme Optics",
        "title_basis": "supplied",
        "kind": "letter",
        "from": [{"party": "harbour-institute"}],
        "to": [{"party": "acme-optics"}],
        "thread": "harbour-dredging",
        "dates": {"sent": {"date": name[:10], "basis": "stated"}},
        "language": "en",
        "summary": "Asks what the dredging is for.",
        "questions": [{"label": "1", "text": "What is the dredging for?", "wording": "paraphrase"}],
        "questions_extent": "complete",
        "sources": [{"url": f"https://harbour-institute.example/letters/{name}"}],
        "availability": "described",
    }
    return _without_none(base | fields)


def withdrawn(name: str, note: str = "Taken back.", **fields: Any) -> dict[str, Any]:
    """Return what is left of a withdrawn letter."""
    stub = {"id": name, "status": "withdrawn", "changes": [{"kind": "withdrawal", "note": note}]}
    return _without_none(stub | fields)


def assessment(name: str, **fields: Any) -> dict[str, Any]:
    """Return the assessment of a letter to which no reply is known."""
    outcome = {
        "question": "1",
        "outcome": "no-reply-known",
        "basis": "own",
        "evidence": [{"url": f"https://harbour-institute.example/letters/{name}"}],
        "assessed_by": "The Harbour letters project",
        "as_of": "2021-01-02",
    }
    return _without_none({"letter": name, "outcomes": [outcome], **fields})


def change(kind: str, note: str = "A mistake put right.") -> dict[str, str]:
    """Return one `changes` note."""
    return {"kind": kind, "note": note}


def _without_none(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if value is not None}
