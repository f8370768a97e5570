"""Invented letters for tests: commits land documents on a made-up first-parent line, without git.

told = Told()
told.land({"letters/works": letter("works")})
told.land({"letters/works": letter("works", changes=[correction("A date.")])})
index, contents = told.index(), told.contents
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from publisher.archive import Archive
from publisher.git import LineCommit
from publisher.history import History, Version, content_of
from publisher.index import Index
from publisher.snapshot import Snapshot

START = 1_700_000_000
SITE = "https://harbour.example/letters/"
ARCHIVE: dict[str, Any] = {
    "name": "The Harbour letters",
    "origin": "harbour.example/letters",
    "authority": "harbour.example,2026",
    "site": SITE,
    "language": "en",
    "description": "Letters about the works in the harbour.",
    "disclaimer": "Independent compilation, not published or endorsed by any party named.",
    "publisher": "The Harbour Institute",
    "licence": "CC0-1.0 for the archive's own descriptions only.",
    "coverage": [{"party": "acme-optics", "complete": False, "note": "Only letters found on public pages."}],
}
PARTIES = {
    "parties": [
        {"id": "acme-optics", "name": "Acme Optics", "kind": "company"},
        {"id": "harbour-institute", "name": "Harbour Institute", "kind": "academic"},
        {"id": "quayside-fund", "name": "Quayside Fund", "kind": "fund"},
    ]
}
THREADS = {"threads": [{"id": "works", "title": "The works in the harbour"}]}


def letter(name: str, **fields: Any) -> dict[str, Any]:
    """A letter's document; `fields` replace or add fields, None takes one away."""
    document: dict[str, Any] = {
        "id": name,
        "title": f"Questions about the works: {name}",
        "title_basis": "published",
        "kind": "letter",
        "from": [{"party": "harbour-institute"}],
        "to": [{"party": "acme-optics"}],
        "thread": "works",
        "dates": {"sent": {"date": "2019-02-18", "basis": "stated"}},
        "language": "en",
        "summary": f"Asks about the works in the harbour ({name}).",
        "questions": [],
        "questions_extent": "unknown",
        "sources": [{"url": "https://harbour.example/news/1", "title": "News of the harbour"}],
        "availability": "excerpt",
    }
    return {key: value for key, value in (document | fields).items() if value is not None}


def assessment(name: str, *outcomes: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """An assessment's document."""
    return {"letter": name, "outcomes": list(outcomes), **fields}


def question(label: str, **fields: Any) -> dict[str, Any]:
    """One question."""
    return {"label": label, "text": f"What of point {label}?", "wording": "paraphrase", **fields}


def reported(label: str | None, outcome: str, **fields: Any) -> dict[str, Any]:
    """One outcome that a page reported."""
    evidence = [{"url": "https://quay.example/report", "where": "page 3"}]
    found = {"outcome": outcome, "basis": "reported", "evidence": evidence, "assessed_by": "Quay News"}
    return ({"question": label} if label else {}) | found | {"as_of": "2019-06-01"} | fields


def change(kind: str, note: str) -> dict[str, str]:
    """One change note."""
    return {"kind": kind, "note": note}


def withdrawn(name: str, *changes: dict[str, str]) -> dict[str, Any]:
    """What is left of a letter that was withdrawn."""
    return {"id": name, "status": "withdrawn", "changes": list(changes)}


class Told:
    """A history told commit by commit; commits lie an hour apart."""

    def __init__(self, archive: Mapping[str, Any] = ARCHIVE) -> None:
        self.files: dict[str, bytes] = {}
        self.contents: dict[str, bytes] = {}
        self._versions: list[Version] = []
        self._line: list[LineCommit] = []
        self.land({"archive": archive, "parties": PARTIES, "threads": THREADS})

    def land(self, documents: Mapping[str, Mapping[str, Any] | None]) -> None:
        """Commit documents by key; None removes one."""
        number = len(self._line) + 1
        parent = self._line[-1].id if self._line else None
        commit = LineCommit(id=f"{number:040x}", parent=parent, time=START + 3600 * number)
        self._line.append(commit)
        for key in sorted(documents):
            self._land_one(key, documents[key], commit)

    def _land_one(self, key: str, document: Mapping[str, Any] | None, commit: LineCommit) -> None:
        before = [version for version in self._versions if version.key == key]
        path = f"records/{key}.yaml"
        data = b"" if document is None else json.dumps(document, ensure_ascii=False, indent=1).encode()
        digest = hashlib.sha256(data).hexdigest()
        self.files.pop(path, None)
        if document is not None:
            self.files[path] = self.contents[digest] = data
        version = Version(
            seq=len(self._versions), key=key, rev=len(before) + 1, commit=commit.id,
            op="remove" if document is None else "revise" if before and before[-1].op != "remove" else "add",
            landed_at=commit.time, published_at=commit.time,
        )  # fmt: skip
        if document is not None:
            version = Version(
                seq=version.seq, key=key, rev=version.rev, op=version.op, commit=commit.id,
                landed_at=commit.time, published_at=commit.time, path=path,
                blob=hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest(),
                sha256=digest, size=len(data), content=content_of(data),
            )  # fmt: skip
        self._versions.append(version)

    def index(self) -> Index:
        """The index of the last commit."""
        archive, findings = Archive.of(Snapshot(files=self.files))
        assert not [finding for finding in findings if finding.severity == "error"], findings
        history = History(versions=tuple(self._versions), line=tuple(self._line))
        return Index.of(archive, history, tree="0" * 40, object_format="sha1")


def harbour() -> Told:
    """A small archive with everything that a page can show."""
    told = Told()
    told.land({
        "letters/2019-02-18-institute-to-acme": letter(
            "2019-02-18-institute-to-acme",
            title="Open letter on the dredging works and the lighthouse lenses",
            kind="open-letter",
            **{"from": [
                {"party": "harbour-institute", "as": "Harbour Institute for Tides", "signatories": [
                    {"role": "Director"}, {"name": "A. Example", "role": "Head of Studies", "note": "as printed"}]},
                {"class": "twelve fishing cooperatives", "note": "Not listed by name."}]},
            to=[{"party": "acme-optics", "people": [{"role": "Chief executive"}]}, {"party": "quayside-fund"}],
            cc=[{"public": True}], via=[{"party": "quayside-fund", "as": "Quayside Counsel"}],
            dates={"sent": {"date": "2019-02-18", "basis": "stated"},
                   "received": {"date": "2019-02", "basis": "inferred", "note": "From the reply."},
                   "first_published": {"date": "2019-02-20/2019-03-01", "basis": "reported"}},
            questions=[
                question("1", asked_of=["acme-optics", "quayside-fund"]), question("2a"), question("2b"),
                question("3", text="Will the lenses be kept?", wording="verbatim"), question("4")],
            questions_extent="partial",
            uncertainty="The printed copy and the page differ by a day.",
            disputes=[{"by": "Acme Optics", "on": "2020-01-07", "reference": "It says the letter never asked this.",
                       "outcome": "The passage was checked and stays."}],
            sources=[{"url": "https://harbour.example/news/1", "title": "News of the harbour"},
                     {"url": "https://mirror.example/1", "note": "Seen on a copy, not linked.", "linked": False}],
            related_reports=["Tides and lenses (2019)"], external_ids=[{"scheme": "Docket", "id": "H-17/2019"}],
        ),
        "letters/2019-03-01-acme-to-institute": letter(
            "2019-03-01-acme-to-institute", title="Reply on the lenses", title_basis="supplied", kind="reply",
            **{"from": [{"party": "acme-optics"}]}, to=[{"party": "harbour-institute"}],
            dates={"sent": {"date": "2019-03-01", "basis": "reported"}}, questions_extent="none",
            relations=[{"kind": "replies-to", "letter": "2019-02-18-institute-to-acme", "basis": "stated"}],
        ),
        "letters/2020-statement": letter(
            "2020-statement", title="הודעה על העבודות בנמל", kind="statement", language="he",
            **{"from": [{"party": "acme-optics"}]}, to=[{"public": True}],
            dates={"sent": {"date": "unknown", "basis": "unknown"},
                   "first_published": {"date": "2020", "basis": "reported"}},
            relations=[{"kind": "refers-to", "letter": "2019-02-18-institute-to-acme", "basis": "inferred"}],
            questions_extent="none",
        ),
        "letters/2020-05-follow-up": letter(
            "2020-05-follow-up", title="Second letter on the lenses", title_basis="supplied",
            dates={"sent": {"date": "2020-05-04", "basis": "stated"}}, questions=[question("1")],
            relations=[{"kind": "follows-up", "letter": "2019-02-18-institute-to-acme", "basis": "stated"}],
        ),
        "letters/secret": letter("secret", title="A letter that will go", **{"from": [{"class": "Mme Secret"}]}),
        "assessments/2019-02-18-institute-to-acme": assessment(
            "2019-02-18-institute-to-acme",
            reported("1", "partly-answered", by="acme-optics", answered_by=["2019-03-01-acme-to-institute"]),
            reported("1", "declined-to-comment", by="quayside-fund"),
            reported("2a", "refused", basis="own", assessed_by="The Harbour Institute",
                     evidence=[{"letter": "2019-03-01-acme-to-institute", "where": "paragraph 2"}]),
            {"question": "2b", "outcome": "not-assessed", "basis": "own", "candidates": ["2020-statement"]},
            reported("3", "answered", note="Quay News reported on 1 June 2019 that the lenses stay."),
            disputes=[{"by": "Quayside Fund", "on": "2019-09", "reference": "It says it did comment.",
                       "outcome": "Noted; the outcome stays as reported."}],
        ),
        "assessments/2020-05-follow-up": assessment(
            "2020-05-follow-up", reported(None, "no-reply-known", as_of="2021-03-01")),
    })  # fmt: skip
    first = json.loads(told.files["records/letters/2019-02-18-institute-to-acme.yaml"])
    told.land({
        "letters/2019-02-18-institute-to-acme": first | {"changes": [change("correction", "The date was wrong.")]},
        "letters/secret": withdrawn("secret", change("withdrawal", "At the request of the sender.")),
    })  # fmt: skip
    return told
