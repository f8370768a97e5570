"""A second auditor, written from docs/format.md alone: it shares no line with Letterbook.

    python -m tests.second_auditor CLONE SITE [ALLOWED_SIGNERS]

It prints one line for each difference between what was published and what follows from git, and exits 0 if there
is none, else 1. It needs git, ssh-keygen and PyYAML (its pure-Python parser, for events only). A section number
in this file is one of docs/format.md. Without a key list of your own it trusts the publication's own, which shows
only that the publication was not damaged.
"""

import base64
import hashlib
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

MAX_BYTES, MAX_LEVELS, MAX_NODES, MAX_INTEGER = 1_048_576, 32, 50_000, 2**53
TABLES = ("archive", "erasures", "parties", "threads")
REGULAR = ("100644", "100664", "100755")
ENTRIES = {"letters": ("letter", "id"), "assessments": ("assessment", "id"), "tables": ("table", "key"),
           "removed": ("removed", "key")}  # fmt: skip
SIGNED = {"index.json": "letterbook-index@v1", "SHA256SUMS": "letterbook-files@v1"}
KEY_LIST = re.compile(r"records/keys/([0-9]+)\.allowed_signers")
KEY_FILE = re.compile(r"records/(keys/[0-9]+\.(?:allowed_signers|[a-z0-9]+\.sig))")
PATH = re.compile(r"(?!\.{1,2}(/|$))[A-Za-z0-9._-]+(/(?!\.{1,2}(/|$))[A-Za-z0-9._-]+)*")


class AuditError(Exception):
    """The audit cannot be made, or not from here on."""


# -- git (section 2) -------------------------------------------------------------------------------------------


def git(clone: Path, *arguments: str, feed: bytes = b"") -> bytes:
    """Run a plain git command that obeys no replace ref, graft, commit-graph or configuration of the caller."""
    environment = {
        "GIT_ALLOW_PROTOCOL": "none", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_GRAFT_FILE": os.devnull, "GIT_NO_LAZY_FETCH": "1", "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath),
    }  # fmt: skip
    command = ["git", "-c", "core.commitGraph=false", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=",
               "-c", f"safe.directory={clone.resolve()}", *arguments]  # fmt: skip
    done = subprocess.run(command, cwd=clone, env=environment, input=feed, capture_output=True, check=False)
    if done.returncode:
        raise AuditError(f"git {' '.join(arguments)}: {done.stderr.decode('utf-8', 'replace').strip()}")
    return done.stdout


def require_whole(clone: Path) -> None:
    """Refuse a shallow or a partial clone."""
    if git(clone, "rev-parse", "--is-shallow-repository").strip() != b"false":
        raise AuditError("the clone is shallow")
    settings = git(clone, "config", "--list", "--name-only").decode("utf-8", "replace").lower().splitlines()
    if any(name.endswith((".partialclone", ".promisor", ".partialclonefilter")) for name in settings):
        raise AuditError("the clone is partial")


def objects(clone: Path, names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Yield the id and the bytes of each object that is named."""
    wanted = list(dict.fromkeys(names))
    output, place = git(clone, "cat-file", "--batch", feed="".join(f"{name}\n" for name in wanted).encode()), 0
    for name in wanted:
        end = output.index(b"\n", place)
        found, kind, *size = output[place:end].decode("ascii").split(" ")
        if not size:
            raise AuditError(f"object {name} is {kind}")
        place = end + 1 + int(size[0])
        yield found, output[end + 1 : place]
        place += 1


def line_of(clone: Path, commit: str) -> list[str]:
    """Return the first-parent line of a commit, oldest first."""
    return git(clone, "rev-list", "--first-parent", "--reverse", commit, "--").decode("ascii").split()


def facts_of_commit(data: bytes) -> tuple[str, int, list[str]]:
    """Return a commit's tree, its committer time and its parents, from the commit object itself."""
    head = data.partition(b"\n\n")[0].split(b"\n")
    fields = [row.partition(b" ")[::2] for row in head]
    tree = next(value.decode("ascii") for name, value in fields if name == b"tree")
    committer = next(value for name, value in fields if name == b"committer")
    return tree, int(committer.split(b" ")[-2]), [value.decode("ascii") for name, value in fields if name == b"parent"]


def key_of(path: str) -> str | None:
    """Return the key of a path, or None if no record can stand there.

    A path that is not UTF-8, or is longer than 4096 bytes, has none.
    """
    if len(in_bytes(path)) > 4096:
        return None
    if path.encode("utf-8", "surrogateescape") != path.encode("utf-8", "replace"):
        return None
    folder, *below = path.split("/")
    if folder != "records" or not below or not below[-1].endswith(".yaml") or below[-1] == ".yaml":
        return None
    stem = below[-1][: -len(".yaml")]
    return stem if len(below) == 1 else f"{below[0]}/{stem}"


def in_bytes(text: str) -> bytes:
    """Return a path or a key as git holds it, to sort by."""
    return text.encode("utf-8", "surrogateescape")


def records_at(clone: Path, commit: str) -> dict[str, tuple[str, str]]:
    """Return the path and the blob id that hold each key's bytes at a commit."""
    found: dict[str, tuple[str, str]] = {}
    for row in git(clone, "ls-tree", "-r", "-z", "--full-tree", commit, "--", "records/").split(b"\0")[:-1]:
        head, _, raw = row.partition(b"\t")
        mode, _, blob = head.decode("ascii").split(" ")
        path = raw.decode("utf-8", "surrogateescape")
        key = key_of(path)
        if mode in REGULAR and key is not None and (key not in found or raw < in_bytes(found[key][0])):
            found[key] = (path, blob)
    return found


# -- reading a record (section 4) ------------------------------------------------------------------------------

WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "": None}
INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
REFUSED = re.compile("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\u2028\u2029\ufeff\ufffe\uffff]")
FLOW = ("[", "]", "{", "}", ",", "?")
SUSPECT = re.compile(r"%|:[\[\]{},?]")


class UnreadableError(Exception):
    """The version has no document."""


def document_of(data: bytes) -> dict[str, Any] | None:
    """Return the document of a version, or None if it has none."""
    if len(data) > MAX_BYTES:
        return None
    try:
        text = data.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
        return None if REFUSED.search(text) else Reading().read(text)
    except (UnreadableError, yaml.YAMLError, ValueError, OverflowError):
        return None


class Reading:
    """Builds a value from the parser's events; no resolver and no constructor of PyYAML takes part."""

    def __init__(self) -> None:
        self.nodes = self.documents = 0
        self.top: Any = None
        self.open: list[tuple[Any, list[Any]]] = []  # a container, and the key that waits for its value

    def read(self, text: str) -> dict[str, Any]:
        if SUSPECT.search(text):
            self.refuse(more_than_yaml(text))
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.DocumentStartEvent):
                self.documents += 1
                self.refuse(self.documents > 1 or event.version is not None or bool(event.tags))
            elif isinstance(event, yaml.AliasEvent):
                raise UnreadableError
            elif isinstance(event, yaml.NodeEvent):
                self.node(event)
            elif isinstance(event, yaml.CollectionEndEvent):
                self.open.pop()
        if not isinstance(self.top, dict):
            raise UnreadableError
        return self.top

    def refuse(self, fault: bool) -> None:
        if fault:
            raise UnreadableError

    def node(self, event: Any) -> None:
        self.nodes += 1
        self.refuse(event.anchor is not None or event.tag is not None or self.nodes > MAX_NODES)
        if isinstance(event, yaml.ScalarEvent):
            self.put(scalar(event.value, event.style is None), plain=event.style is None)
            return
        container: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        self.put(container)
        self.open.append((container, []))
        self.refuse(len(self.open) > MAX_LEVELS)

    def put(self, value: Any, *, plain: bool = False) -> None:
        if not self.open:
            self.top = value
            return
        container, key = self.open[-1]
        if isinstance(container, list):
            container.append(value)
        elif key:
            container[key.pop()] = value
        else:
            self.refuse(not isinstance(value, str) or value in container or (plain and value == "<<"))
            key.append(value)


def more_than_yaml(text: str) -> bool:
    """Whether the parser takes what is not YAML 1.1: a directive it does not know, or `{a:[b]}` for `{a: [b]}`."""
    before: Any = None
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        close = isinstance(token, yaml.ValueToken) and isinstance(before, yaml.ScalarToken) and before.plain
        if isinstance(token, yaml.DirectiveToken) or (close and text.startswith(FLOW, token.end_mark.index)):
            return True
        before = token
    return False


def scalar(text: str, plain: bool) -> Any:
    """Return what a scalar means; a lone surrogate (by an escape) is no character, so that it is not YAML."""
    text.encode("utf-8")
    if not plain:
        return text
    if text in WORDS:
        return WORDS[text]
    if not INTEGER.fullmatch(text):
        return text
    if len(text) > 17 or abs(int(text)) >= MAX_INTEGER:
        raise UnreadableError
    return int(text)


# -- history and meaning (sections 3 and 5) --------------------------------------------------------------------


def canonical(value: Any) -> str:
    """Return a value as canonical JSON (section 1); so compared, true is not 1."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def utc(time: int) -> str:
    """Return a time as the index has it."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Line:
    """Everything that git says of the line of one commit: its commits, and all landed versions by key."""

    def __init__(self, clone: Path, commit: str) -> None:
        self.clone = clone
        self.commits = line_of(clone, commit)
        self.tree, self.time = "", 0
        self.now: dict[str, tuple[str, str]] = {}
        self.versions: dict[str, list[dict[str, Any]]] = {}
        self.leaves: list[str] = []
        self.blobs: dict[tuple[str, int], str] = {}
        self._walk()
        self._weigh()

    def _walk(self) -> None:
        seq, newest, parent = 0, None, None
        for name, data in objects(self.clone, self.commits):
            self.tree, self.time, parents = facts_of_commit(data)
            if (parents[0] if parents else None) != parent:
                raise AuditError(f"commit {name} does not follow {parent} on the first-parent line")
            newest, parent = self.time if newest is None else max(newest, self.time), name
            before, self.now = self.now, records_at(self.clone, name)
            for key in sorted(before.keys() | self.now.keys(), key=in_bytes):
                old, new = before.get(key, ("", ""))[1], self.now.get(key, ("", ""))[1]
                if old == new:
                    continue
                mine = self.versions.setdefault(key, [])
                mine.append({
                    "seq": seq, "rev": len(mine) + 1, "op": "remove" if not new else "revise" if old else "add",
                    "commit": name, "landed_at": utc(self.time), "published_at": utc(newest),
                })  # fmt: skip
                self.blobs[key, len(mine)] = new
                seq += 1

    def _weigh(self) -> None:
        """Give each version its sha256, size and meaning, and the log its leaves."""
        facts: dict[str, tuple[str, int, Any]] = {}
        for blob, data in objects(self.clone, (blob for blob in self.blobs.values() if blob)):
            facts[blob] = (hashlib.sha256(data).hexdigest(), len(data), document_of(data))
        self.documents = {blob: document for blob, (_, _, document) in facts.items()}
        tombstones = self._tombstones()
        for key, versions in self.versions.items():
            for version in versions:
                blob, old = self.blobs[key, version["rev"]], self.blobs.get((key, version["rev"] - 1))
                version["meaning"] = self._meaning(version, old, blob)
                if blob:
                    version["sha256"], version["size"], _ = facts[blob]
                version |= tombstones.get((key, version["rev"]), {})
        placed = sorted((version["seq"], leaf(key, version)) for key, all_ in self.versions.items() for version in all_)
        self.leaves = [text for _, text in placed]

    def _tombstones(self) -> dict[tuple[str, int], dict[str, Any]]:
        """Return what the tip's list says of each erased version; each stub has one entry, each entry one stub."""
        found: dict[tuple[str, int], dict[str, Any]] = {}
        for entry in entries_of(self.documents.get(self.now.get("erasures", ("", ""))[1])):
            place = (entry["key"], entry["rev"])
            if place in found or entry["key"] == "erasures":
                raise AuditError(f"erasures.yaml: version {place[1]} of {place[0]} cannot be listed, or not twice")
            found[place] = {"sha256": entry["sha256"], "size": entry["size"], "erased": entry["reason"]}
        stubs = {place for place, blob in self.blobs.items() if blob and is_stub(*place, self.documents[blob])}
        for key, rev in sorted(found.keys() ^ stubs, key=str):
            what = "is listed and not erased" if (key, rev) in found else "is erased and not listed"
            raise AuditError(f"erasures.yaml: version {rev} of {key} {what}")
        for place, said in self._first_said(stubs).items():
            if found.get(place) != said:
                raise AuditError(f"erasures.yaml: the entry of version {place[1]} of {place[0]} is not as it landed")
        return found

    def _first_said(self, stubs: set[tuple[str, int]]) -> dict[tuple[str, int], dict[str, Any]]:
        """Return what the list first said of each stub, among all of its landed versions."""
        first: dict[tuple[str, int], dict[str, Any]] = {}
        for version in self.versions.get("erasures", []):
            blob = self.blobs["erasures", version["rev"]]
            try:
                entries = entries_of(self.documents[blob]) if blob else []
            except AuditError:
                continue  # a version that its schema refuses said nothing
            places = [(entry["key"], entry["rev"]) for entry in entries]
            for entry, place in zip(entries, places, strict=True):
                if place in stubs and places.count(place) == 1:
                    said = {"sha256": entry["sha256"], "size": entry["size"], "erased": entry["reason"]}
                    first.setdefault(place, said)
        return first

    def _meaning(self, version: Mapping[str, Any], old_blob: str | None, blob: str) -> str:
        if version["op"] == "remove":
            return "removed"
        if old_blob is None:
            return "published"
        new, old = self.documents[blob], self.documents[old_blob] if old_blob else None
        if not old_blob or status(old) != status(new):
            return "withdrawn" if status(new) == "withdrawn" else "reinstated"
        if old is None and new is None:
            return "unchanged" if old_blob == blob else "amended"
        if old is not None and new is not None and canonical(old) == canonical(new):
            return "unchanged"
        kept, notes = notes_of(old), notes_of(new)
        added = notes[len(kept) :]
        editorial = all(isinstance(note, dict) and note.get("kind") == "editorial" for note in added)
        same = list(map(canonical, notes[: len(kept)])) == list(map(canonical, kept))
        return "editorial" if same and added and editorial else "amended"

    def provenance(self, key: str) -> dict[str, Any]:
        """Return the provenance of one key."""
        versions = self.versions[key]
        seen = [version for version in versions if version["meaning"] not in ("unchanged", "editorial")]
        return {"first": stamp(versions[0]), "changed": stamp(seen[-1]), "latest": stamp(versions[-1]),
                "revisions": versions}  # fmt: skip

    def by_first(self) -> list[str]:
        """Return all keys in the order of their first versions."""
        return sorted(self.versions, key=lambda key: int(self.versions[key][0]["seq"]))


def entries_of(document: Any) -> list[dict[str, Any]]:
    """Return the entries of erasures.yaml, or of no such file; raises AuditError for what a log cannot take."""
    entries = [] if document is None else document.get("erasures")
    fields = {"key": str, "rev": int, "sha256": str, "size": int, "reason": str}
    for entry in entries if isinstance(entries, list) else [None]:
        if not isinstance(entry, dict) or {name: type(value) for name, value in entry.items()} != fields:
            raise AuditError(f"erasures.yaml: {in_words(entry)} is no entry")
        if not re.fullmatch("[0-9a-f]{64}", entry["sha256"]) or entry["size"] < 0:
            raise AuditError(f"erasures.yaml: {in_words(entry)} has no sha256 or size")
    found: list[dict[str, Any]] = entries
    return found


def is_stub(key: str, rev: int, document: Any) -> bool:
    """Whether a version's document is what an erasure leaves of just this version."""
    return document is not None and canonical(document) == canonical(
        {"id": key.rpartition("/")[2], "erased": {"rev": rev}}
    )


def status(document: Any) -> str:
    return "withdrawn" if document is not None and document.get("status") == "withdrawn" else "published"


def notes_of(document: Any) -> list[Any]:
    notes = document.get("changes") if document is not None else None
    return notes if isinstance(notes, list) else []


def stamp(version: Mapping[str, Any]) -> dict[str, Any]:
    return {name: version[name] for name in ("commit", "seq", "rev", "landed_at", "published_at")}


# -- log and index (sections 6 and 7) --------------------------------------------------------------------------


def leaf(key: str, version: Mapping[str, Any]) -> str:
    """Return the leaf of a version of the index."""
    names = ("op", "rev", "seq") if version["op"] == "remove" else ("op", "rev", "seq", "sha256", "size")
    return canonical({"at": version["published_at"], "key": key, **{name: version[name] for name in names}})


def root(leaves: list[str]) -> str:
    """Return the root of the Merkle tree (RFC 6962, section 2.1: by its recursive definition)."""
    hashes = [hashlib.sha256(b"\0" + text.encode("utf-8", "surrogateescape")).digest() for text in leaves]
    return (head(hashes) if hashes else hashlib.sha256(b"").digest()).hex()


def head(hashes: list[bytes]) -> bytes:
    """Return the head of a tree of one leaf or more."""
    if len(hashes) == 1:
        return hashes[0]
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + head(hashes[:half]) + head(hashes[half:])).digest()


def tiles(versions: list[tuple[str, str]]) -> dict[str, bytes]:
    """Return everything under log/tile/ for the leaves and the commits of all versions (C2SP tlog-tiles).

    A tile is the join of up to 256 parts; an unfinished one is there with every width at which a commit ended.
    """
    entries = [text.encode("utf-8") for text, _ in versions]
    commits = [commit for _, commit in versions]
    ends = [size for size in range(1, len(commits) + 1) if commits[size - 1 : size] != commits[size : size + 1]]
    rows = [("entries", 1, [struct.pack(">H", len(entry)) + entry for entry in entries])]
    span, parts = 1, [hashlib.sha256(b"\0" + entry).digest() for entry in entries]
    while parts:
        rows.append((str(len(rows) - 1), span, parts))
        span, parts = span * 256, [head(parts[at : at + 256]) for at in range(0, len(parts) - 255, 256)]
    found = {}
    for level, span, parts in rows:
        for at in range(0, len(parts), 256):
            path = f"log/tile/{level}/{tile_number(at // 256)}"
            if at + 256 <= len(parts):
                found[path] = b"".join(parts[at : at + 256])
            for width in {end // span - at for end in ends if at < end // span and at + 256 > len(parts)}:
                found[f"{path}.p/{width}"] = b"".join(parts[at : at + width])
    return found


def tile_number(number: int) -> str:
    """Return a tile's number in its path: 1234067 is x001/x234/067."""
    text = f"{number % 1000:03}"
    while number := number // 1000:
        text = f"x{number % 1000:03}/{text}"
    return text


def leaves_of(index: Mapping[str, Any]) -> list[str]:
    """Return the leaves of the log from a published index alone."""
    return [text for text, _ in landed(index)]


def landed(index: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the leaf and the commit of every version, in the order of the log, from a published index alone."""
    found = []
    for array, (_, name) in ENTRIES.items():
        folder = f"{array}/" if name == "id" else ""
        for entry in index[array]:
            versions = entry["provenance"]["revisions"]
            found += [(version["seq"], leaf(folder + entry[name], version), version["commit"]) for version in versions]
    return [(text, commit) for _, text, commit in sorted(found)]


def rebuild(clone: Path, commit: str) -> dict[str, Any]:
    """Return the index of a commit, without `made_by`, which git cannot know."""
    git_line = Line(clone, commit)
    index: dict[str, Any] = {"format": "letterbook-index/1", **{array: [] for array in ENTRIES}}
    sizes = {key: versions[-1] for key, versions in git_line.versions.items()}
    documents = {key: git_line.documents[blob] for key, (_, blob) in git_line.now.items()}
    for key in git_line.by_first():
        folder, _, name = key.partition("/")
        array = "tables" if key in TABLES else folder if folder in ("letters", "assessments") and name else ""
        if key not in documents or not array:
            index["removed"].append({"key": key, "provenance": git_line.provenance(key)})
            continue
        path, blob = git_line.now[key]
        field, label = ENTRIES[array]
        index[array].append({
            label: name or key,
            field: shown(array, name or key, documents),
            "record": {"path": path, "blob": blob, "sha256": sizes[key]["sha256"], "size": sizes[key]["size"]},
            "provenance": git_line.provenance(key),
        })  # fmt: skip
    index["removed"].sort(key=lambda entry: in_bytes(entry["key"]))
    index["archive"] = documents.get("archive")
    index["source"] = {
        "commit": git_line.commits[-1], "tree": git_line.tree, "committed_at": utc(git_line.time),
        "object_format": "sha256" if len(git_line.tree) == 64 else "sha1",
    }  # fmt: skip
    origin = (index["archive"] or {}).get("origin")
    index["log"] = {"origin": origin, "size": len(git_line.leaves), "root": root(git_line.leaves)}
    return index


def shown(array: str, name: str, documents: Mapping[str, Any]) -> Any:
    """Return what the index holds of the document of an entry: of a withdrawn letter hardly anything."""
    if array == "tables":
        return documents[name]
    letter: Any = documents.get(f"letters/{name}")
    if array == "letters":
        keep = ("id", "status", "changes")
        return {key: letter[key] for key in keep if key in letter} if status(letter) == "withdrawn" else letter
    hidden = f"letters/{name}" not in documents or status(letter) == "withdrawn"
    return {"letter": name} if hidden else documents[f"assessments/{name}"]


# -- comparing -------------------------------------------------------------------------------------------------

MADE_BY = "letterbook 0.1.0"  # the version this auditor was written for; of another it cannot speak
ABSENT = object()


def differences(published: Any, rebuilt: Mapping[str, Any]) -> list[str]:
    """Return one line for each value of a published index that git does not confirm, or that it lacks."""
    if not isinstance(published, dict):
        return ["index.json: it is not an object"]
    found = []
    if published.get("made_by") != MADE_BY:
        found.append(f"index.json: made_by: published {in_words(published.get('made_by', ABSENT))}, known is {MADE_BY}")
    for name in sorted((published.keys() | rebuilt.keys()) - ENTRIES.keys() - {"made_by"}):
        found += compare("index.json", name, published.get(name, ABSENT), rebuilt.get(name, ABSENT))
    for array, (what, label) in ENTRIES.items():
        found += compare_entries(what, label, published.get(array), rebuilt[array])
    return found


def compare_entries(what: str, label: str, published: Any, rebuilt: list[dict[str, Any]]) -> list[str]:
    if not isinstance(published, list) or not all(isinstance(item, dict) for item in published):
        return [f"index.json: {what}: no list of objects"]
    names = [str(item.get(label)) for item in published]
    expected = [item[label] for item in rebuilt]
    found = []
    for name in dict.fromkeys([*expected, *names]):
        mine = [item for item in published if str(item.get(label)) == name]
        git_says = next((item for item in rebuilt if item[label] == name), ABSENT)
        if not mine:
            found.append(f"{what} {name}: {label}: not published, but in git")
        elif git_says is ABSENT:
            found.append(f"{what} {name}: {label}: published, but not in git")
        elif len(mine) > 1:
            found.append(f"{what} {name}: published {len(mine)} times")
        else:
            found += compare(f"{what} {name}", "", mine[0], git_says)
    if not found and names != expected:
        found.append(f"index.json: {what}: order: published {in_words(names)}, git says {in_words(expected)}")
    return found


def compare(what: str, place: str, published: Any, rebuilt: Any) -> list[str]:
    pairs: list[tuple[str, Any, Any]]
    if isinstance(published, dict) and isinstance(rebuilt, dict):
        pairs = [(f"{place}.{name}".lstrip("."), published.get(name, ABSENT), rebuilt.get(name, ABSENT))
                 for name in sorted(published.keys() | rebuilt.keys())]  # fmt: skip
    elif isinstance(published, list) and isinstance(rebuilt, list):
        longest = max(len(published), len(rebuilt))
        sides = [[*side, *[ABSENT] * (longest - len(side))] for side in (published, rebuilt)]
        pairs = [(f"{place}[{at}]", sides[0][at], sides[1][at]) for at in range(longest)]
    else:
        texts = [in_words(published), in_words(rebuilt)]
        return [] if texts[0] == texts[1] else [f"{what}: {place}: published {texts[0]}, git says {texts[1]}"]
    return [line for pair in pairs for line in compare(what, *pair)]


def in_words(value: Any) -> str:
    return "nothing" if value is ABSENT else json.dumps(value, sort_keys=True)


# -- the publication (sections 8 and 9) ------------------------------------------------------------------------


def audit(clone: Path, site: Path, allowed_signers: Path | None = None) -> list[str]:
    """Return all differences between a publication and what git says; an empty list means that it is good."""
    found = signature_faults(site, allowed_signers or site / "keys" / "allowed_signers")
    if allowed_signers and not found:  # the list that is published must hold the signing key too
        found = signature_faults(site, site / "keys" / "allowed_signers")
    if found:
        return found  # nothing that is not signed is parsed
    found = sums_faults(site)
    try:
        index = parse_index((site / "index.json").read_bytes())
        found += log_faults(index) + checkpoint_faults(site, index)
        require_whole(clone)
        git(clone, "fsck", "--full", "--no-dangling")
        commit = index["source"]["commit"]
        if commit not in line_of(clone, "HEAD"):
            raise AuditError(f"index.json: source.commit: {commit} is not on the first-parent line")  # noqa: TRY301
        found += differences(index, rebuild(clone, commit)) + key_line_faults(clone, commit)
        found += file_faults(clone, site, index)
    except (AuditError, ValueError, LookupError, TypeError, AttributeError) as fault:
        found.append(f"the audit ends here: {fault}" if isinstance(fault, AuditError) else f"index.json: {fault!r}")
    return found


def signature_faults(site: Path, allowed_signers: Path) -> list[str]:
    found, keys = [], set()
    for name, namespace in SIGNED.items():
        if not (site / name).is_file() or not (site / f"{name}.sig").is_file():
            found.append(f"{name}: it or its signature is missing")
            continue
        try:
            list_faults = key_list_faults(allowed_signers.read_bytes())
            keys.add(signing_key((site / f"{name}.sig").read_bytes()))
        except (OSError, ValueError, struct.error) as fault:
            list_faults = [str(fault)]
        command = ["ssh-keygen", "-Y", "verify", "-f", str(allowed_signers), "-I", "publisher", "-n", namespace,
                   "-s", str(site / f"{name}.sig")]  # fmt: skip
        with (site / name).open("rb") as data:
            done = subprocess.run(command, stdin=data, capture_output=True, check=False)
        if list_faults or done.returncode:
            words = "; ".join([*list_faults, (done.stderr or done.stdout).decode("utf-8", "replace").strip()])
            found.append(f"{name}: its signature for {namespace} is not good: {words}")
    return found if found or len(keys) == 1 else ["SHA256SUMS: signed by another key than index.json"]


def key_list_faults(data: bytes) -> list[str]:
    """Every line names its namespaces and has no other option."""
    lines = [line for line in data.decode("utf-8").splitlines() if line.strip() and not line.startswith("#")]
    pattern = re.compile(r'[^\s"]+\s+namespaces="[^"\s]+"\s+(ssh-ed25519|sk-ssh-ed25519@openssh\.com)\s+\S+(\s.*)?')
    return [f"the key list has a line that is refused: {line!r}" for line in lines if not pattern.fullmatch(line)]


def signing_key(armoured: bytes) -> bytes:
    """Return the public key in an SSHSIG, which is of ed25519 and over SHA-512."""
    key, *_, algorithm, _ = sshsig(armoured)
    if not key.startswith(b"\0\0\0\x0bssh-ed25519"):
        raise ValueError("this is no SSHSIG by an ed25519 key")
    if algorithm != b"sha512":
        raise ValueError("the signature is not over SHA-512")
    return key


def sshsig(armoured: bytes) -> list[bytes]:
    """Return the parts of an SSHSIG: key, namespace, nothing, hash and signature (PROTOCOL.sshsig)."""
    data = base64.b64decode("".join(armoured.decode("ascii").splitlines()[1:-1]))
    parts = strings(data[10:])
    if data[:6] != b"SSHSIG" or len(parts) != 5:
        raise ValueError("this is no SSHSIG")
    return parts


def strings(data: bytes) -> list[bytes]:
    """Return the strings that some bytes are made of (RFC 4251, section 5)."""
    parts, place = [], 0
    while place < len(data):
        (size,) = struct.unpack(">I", data[place : place + 4])
        parts.append(data[place + 4 : place + 4 + size])
        place += 4 + size
    return parts


# -- key lists on the line (section 8.1) -----------------------------------------------------------------------

LIST_LINE = re.compile(
    r'[ \t]*(\S+)[ \t]+namespaces="(\S*)"[ \t]+(ssh-ed25519|sk-ssh-ed25519@openssh\.com)[ \t]+(\S+)([ \t].*)?'
)
ROOT_WHO = re.compile(r"root,threshold-([1-8]),list-([0-9]+)")
FIELD, EIGHTH = 2**255 - 19, 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
SMALL_ORDER = {0, 1, FIELD - 1, EIGHTH, FIELD - EIGHTH}


def key_line_faults(clone: Path, commit: str) -> list[str]:
    """What settled under records/keys/ on the line of a commit must stand there at the commit, byte by byte."""
    settled: dict[str, str] = {}
    now: dict[str, str] = {}
    for name in line_of(clone, commit):
        before, now = now, key_files_at(clone, name)
        if now != before and settled.items() <= now.items():
            contents = dict(objects(clone, now.values()))
            sound = settling({file: contents[blob] for file, blob in now.items()})
            settled = {file: now[file] for file in sound} | settled
    return [f"records/keys/{file}: not as it landed" for file, blob in sorted(settled.items()) if now.get(file) != blob]


def key_files_at(clone: Path, commit: str) -> dict[str, str]:
    """Return the blob ids of the key lists and of the signatures over them at a commit, by file name."""
    found = {}
    for row in git(clone, "ls-tree", "-z", "--full-tree", commit, "--", "records/keys/").split(b"\0")[:-1]:
        head, _, path = row.decode("utf-8", "replace").partition("\t")
        mode, _, blob = head.split(" ")
        if mode in REGULAR and KEY_FILE.fullmatch(path):
            found[path.rpartition("/")[2]] = blob
    return found


def settling(files: Mapping[str, bytes]) -> set[str]:
    """Return the lists before the first that breaks a rule, and their signatures that break none."""
    found: set[str] = set()
    roots_before: set[bytes] = set()
    asked_before = 0
    for number in range(1, 1001):
        data = files.get(f"{number}.allowed_signers")
        listed = None if data is None else roots_of(number, data)
        if data is None or listed is None:
            break
        roots, asked = listed
        names = sorted(name for name in files if re.fullmatch(rf"{number}\.[a-z0-9]{{1,64}}\.sig", name))[:16]
        signed = {name: key for name in names if (key := root_over(files[name], data, roots | roots_before))}
        by = set(signed.values())
        if len(by & roots) < asked or len(by & roots_before) < asked_before or (roots_before and not roots):
            break
        found |= {f"{number}.allowed_signers", *signed}
        roots_before, asked_before = roots, asked
    return found


def roots_of(number: int, data: bytes) -> tuple[set[bytes], int] | None:
    """Return the roots of a list and how many of them must sign, or None for a list that breaks a rule by itself."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    rows = [row for row in text.split("\n") if row.strip(" \t") and not row.lstrip(" \t").startswith("#")]
    lines = [LIST_LINE.fullmatch(row) for row in rows]
    if len(data) > 16_384 or not text.replace("\n", "").replace("\t", "").isprintable() or None in lines:
        return None
    keys, roots, asked = [], set(), set()
    for who, spaces, kind, key in (line.groups()[:4] for line in lines if line):
        blob = key_blob(kind, key)
        root_who = ROOT_WHO.fullmatch(who)
        if blob is None:
            return None
        if root_who and spaces == "letterbook-keys@v1" and root_who[2] == str(number):
            roots.add(blob)
            asked.add(int(root_who[1]))
        elif who != "publisher" or sorted(spaces.split(",")) != sorted(SIGNED.values()) or kind != "ssh-ed25519":
            return None
        keys.append(blob)
    threshold = max(asked, default=0)
    is_sound = len(keys) == len(set(keys)) > len(roots) >= threshold and len(asked) <= 1
    return (roots, threshold) if is_sound else None


def key_blob(kind: str, key: str) -> bytes | None:
    """Return the bytes of a key in a list, or None for one that cannot be, or that anybody could sign with."""
    try:
        blob = base64.b64decode(key, validate=True)
        name, point, *application = strings(blob)
    except (ValueError, struct.error):
        return None
    plain = base64.b64encode(blob).decode() == key and name == kind.encode() and len(point) == 32
    weak = int.from_bytes(point, "little") % 2**255 % FIELD in SMALL_ORDER
    return blob if plain and not weak and len(application) == (kind != "ssh-ed25519") else None


def root_over(signature: bytes, data: bytes, roots: set[bytes]) -> bytes | None:
    """Return the root that signed a list, as ssh-keygen says; a security key must have been touched."""
    try:
        key, *_, made = sshsig(signature)
    except (ValueError, struct.error):
        return None
    kind = strings(key)[0].decode("ascii", "replace") if key in roots else ""
    if not kind or (kind.startswith("sk-") and not made[-5:][0] & 1):
        return None
    with tempfile.TemporaryDirectory() as folder:
        listed, signed = Path(folder, "allowed_signers"), Path(folder, "signature")
        listed.write_text(f"root {kind} {base64.b64encode(key).decode()}\n", "ascii")
        signed.write_bytes(signature)
        command = ["ssh-keygen", "-Y", "verify", "-f", str(listed), "-I", "root", "-n", "letterbook-keys@v1",
                   "-s", str(signed)]  # fmt: skip
        done = subprocess.run(command, input=data, capture_output=True, check=False)
    return None if done.returncode else key


# -- the files of a publication --------------------------------------------------------------------------------


def files_of(site: Path) -> list[str]:
    """Return everything in the folder that is no folder, as paths in byte order."""
    found = [path for path in site.rglob("*") if path.is_symlink() or not path.is_dir()]
    return sorted((path.relative_to(site).as_posix() for path in found), key=os.fsencode)


def sums_of(site: Path) -> dict[str, str]:
    text = (site / "SHA256SUMS").read_text("ascii")
    return {path: sha256 for sha256, _, path in (line.partition("  ") for line in text.splitlines())}


def sums_faults(site: Path) -> list[str]:
    listed, there = sums_of(site), files_of(site)
    text = "".join(f"{listed[path]}  {path}\n" for path in sorted(listed))
    found = [] if text == (site / "SHA256SUMS").read_text("ascii") else ["SHA256SUMS: not in its form or order"]
    found += [f"{path}: a published path has no such form" for path in listed if not PATH.fullmatch(path)]
    for path in sorted(listed.keys() | set(there) - {"SHA256SUMS", "SHA256SUMS.sig"}):
        file = site / path
        actual = "nothing" if file.is_symlink() or not file.is_file() else hashlib.sha256(file.read_bytes()).hexdigest()
        if path not in listed or actual != listed[path]:
            found.append(f"{path}: sha256: published {actual}, SHA256SUMS says {listed.get(path, 'nothing')}")
    return found


def no_float(text: str) -> Any:
    raise ValueError(f"{text} is no integer")


def parse_index(data: bytes) -> Any:
    """Return the index; raises ValueError if it is not canonical JSON."""
    index = json.loads(data.decode("utf-8"), parse_float=no_float, parse_constant=no_float)
    if (canonical(index) + "\n").encode() != data:
        raise ValueError("it is not canonical JSON")
    return index


def log_faults(index: Any) -> list[str]:
    leaves = leaves_of(index)
    log = {"origin": index["archive"]["origin"], "size": len(leaves), "root": root(leaves)}
    return compare("index.json", "log (from its own leaves)", index["log"], log)


def checkpoint_faults(site: Path, index: Any) -> list[str]:
    """Hold log/checkpoint against the index: three lines, and one signature by the index's key (C2SP signed-note).

    Whether the 64 bytes are a signature is not worked out here: SHA256SUMS, by the same key, vouches for the file.
    """
    log, file = index["log"], site / "log" / "checkpoint"
    data = file.read_bytes() if file.is_file() and not file.is_symlink() else b""
    key = signing_key((site / "index.json.sig").read_bytes())[-32:]
    key_id = hashlib.sha256(log["origin"].encode() + b"\n\1" + key).digest()[:4]
    line = data.split(b" ")[-1].removesuffix(b"\n")
    signature = base64.b64decode(line) if re.fullmatch(rb"[A-Za-z0-9+/]{91}=", line) else bytes(68)
    root_line, signed = base64.b64encode(bytes.fromhex(log["root"])), base64.b64encode(key_id + signature[4:])
    expected = f"{log['origin']}\n{log['size']}\n{root_line.decode()}\n\n\u2014 {log['origin']} {signed.decode()}\n"
    if data == expected.encode():
        return []
    return [f"log/checkpoint: it is not the signed note of the index's log: {data[:400]!r}"]


def file_faults(clone: Path, site: Path, index: Mapping[str, Any]) -> list[str]:
    """Hold the files whose bytes section 8 gives against git and the index."""
    expected = expected_files(clone, index)
    mine = ("records/", "documents/", "keys/", "log/")
    there = {
        path
        for path in files_of(site)
        if path.startswith(mine) or re.fullmatch(r"letters/[a-z0-9-]+\.json|letters/.+/record\.yaml", path)
    }
    if not any(re.fullmatch(r"keys/[0-9]+\.allowed_signers", path) for path in expected):
        there.discard("keys/allowed_signers")  # an archive without a list publishes the key that it was sealed with
    there.discard("log/checkpoint")  # depends on the key, see checkpoint_faults
    found = []
    for path in sorted(there | expected.keys()):
        data = (site / path).read_bytes() if path in there else None
        if data != expected.get(path):
            sides = (data, expected.get(path))
            hashes = ["nothing" if side is None else hashlib.sha256(side).hexdigest() for side in sides]
            found.append(f"{path}: sha256: published {hashes[0]}, git says {hashes[1]}")
    return found


def expected_files(clone: Path, index: Mapping[str, Any]) -> dict[str, bytes]:
    """Return the bytes of every published file that section 8 defines by git and the index alone."""
    tree, names = blobs_at(clone, index["source"]["commit"]), {}
    kept = [entry for entry in index["letters"] if status(entry["letter"]) != "withdrawn"]
    judged = {entry["id"]: entry for entry in index["assessments"]}
    judgements = [judged[entry["id"]] for entry in kept if entry["id"] in judged]
    for entry in (*kept, *judgements, *index["tables"]):
        names[entry["record"]["path"]] = entry["record"]["blob"]
    for entry in kept:
        for document in entry["letter"].get("documents", ()):
            names[f"documents/{document['file']}"] = tree[f"records/documents/{document['file']}"]
    lists = {int(m[1]): blob for path, blob in tree.items() if (m := KEY_LIST.fullmatch(path))}
    names |= {m[1]: blob for path, blob in tree.items() if (m := KEY_FILE.fullmatch(path))}
    if lists:
        names["keys/allowed_signers"] = lists[max(lists)]
    names |= earlier_versions(clone, index, kept, judged)
    contents = dict(objects(clone, names.values()))
    files = {path: contents[blob] for path, blob in names.items()} | tiles(landed(index))
    for entry in index["letters"]:
        own = {**entry, "assessment": judged.get(entry["id"])}
        files[f"letters/{entry['id']}.json"] = (canonical(own) + "\n").encode()
    return files


def earlier_versions(
    clone: Path, index: Mapping[str, Any], kept: Iterable[Mapping[str, Any]], judged: Mapping[str, Any]
) -> dict[str, str]:
    """Return the blob of every earlier version that section 8.2 publishes, by its path."""
    git_line, names = Line(clone, index["source"]["commit"]), {}
    for entry in kept:
        own = [("", f"letters/{entry['id']}", entry)]
        if entry["id"] in judged:
            own.append(("outcomes/", f"assessments/{entry['id']}", judged[entry["id"]]))
        first: Any = None
        for below, key, record in own:
            versions = record["provenance"]["revisions"]
            back = [at for at, version in enumerate(versions) if version["meaning"] == "reinstated"]
            versions = versions[max(back, default=0) :]
            if first is None:
                first = versions[0]
            else:
                older = [v for v in versions if v["seq"] < first["seq"] and v["commit"] != first["commit"]]
                versions = versions[max(len(older) - 1, 0) :]
            for version in versions[:-1]:
                blob = git_line.blobs[key, version["rev"]]
                if not blob or "erased" in version:
                    continue
                if len(dict(objects(clone, [blob]))[blob]) <= MAX_BYTES:
                    names[f"letters/{entry['id']}/{below}{version['rev']}/record.yaml"] = blob
    return names


def blobs_at(clone: Path, commit: str) -> dict[str, str]:
    """Return the blob id of every path below records/ at a commit."""
    rows = git(clone, "ls-tree", "-r", "-z", "--full-tree", commit, "--", "records/").decode("utf-8", "replace")
    return {path: head.split(" ")[2] for head, _, path in (row.partition("\t") for row in rows.split("\0")[:-1])}


def main(arguments: list[str]) -> int:
    """Audit one publication; the exit status."""
    if len(arguments) not in (2, 3):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    clone, site, *keys = map(Path, arguments)
    found = audit(clone, site, keys[0] if keys else None)
    sys.stdout.writelines(f"{line}\n" for line in found or ["no difference"])
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
