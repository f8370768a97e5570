"""One invented archive that shows every kind of page and every hard text, as a real git repository.

Parties, letters and outcomes are invented. HOSTILE is text that a record may hold (the checks let it through) and
that must neither break a page, nor run, nor mislead.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.builders import Archive, archive_info, assessment, change, threads

HOSTILE: Mapping[str, str] = {
    "markup": "<script>window.ran=1</script><img src=x onerror=window.ran=1><b>bold</b> & &amp; </title></style>",
    "cdata": "]]> <![CDATA[ --> <!-- {{ 7*7 }} {% raw %} ${x} `y`",
    "quotes": '" onmouseover="window.ran=1" \' autofocus onfocus=\'window.ran=1',
    "arabic": "رسالة إلى صندوق الرصيف بشأن أعمال الميناء 2019",
    "chinese": "关于港口工程的信函，请于2019年答复",
    "emoji": "👩‍👩‍👧‍👦 🏴 ⚓️ letters 📨",
    "long": "A very long text. " * 110,
    "word": "w" * 2000,
    "latex": "100% \\input{/etc/passwd} $x_1$ ~ ^ # {unbalanced } } @article{evil,",
    "formula": '=HYPERLINK("https://x.example","click")',
}
ASKED, ANSWER, SECOND = "2019-02-18-harbour-to-acme", "2019-03-01-acme-to-harbour", "2019-03-20-harbour-to-acme"
GONE, TAKEN_BACK, MONTH = (
    "2019-05-01-harbour-to-ministry",
    "2019-04-01-harbour-to-quayside",
    "2019-06-harbour-to-quayside",
)
UNDATED, STATEMENT, ARABIC = "undated-quayside-to-harbour", "2019-07-acme-statement", "2019-09-01-ministry-to-harbour"
PDF = b"%PDF-1.4 a scan that shows nothing\n"
BACK = {"from_": [{"party": "acme-optics"}], "to": [{"party": "harbour-institute"}]}


def questions(number: int) -> list[dict[str, Any]]:
    """So many questions, one of them in the letter's own words."""
    made: list[dict[str, Any]] = [
        {"label": str(at), "text": f"What is known of point {at} of the dredging?", "wording": "paraphrase"}
        for at in range(1, number + 1)
    ]
    made[0] |= {"text": "Who ordered the dredging?", "wording": "verbatim"}
    return made


def outcome(label: str | None, said: str, **fields: Any) -> dict[str, Any]:
    """One outcome that a page reported."""
    found = {
        "outcome": said, "basis": "reported", "assessed_by": "Quay News", "as_of": "2019-06-01",
        "evidence": [{"url": "https://quay.example/report", "where": "page 3"}],
    }  # fmt: skip
    return ({"question": label} if label else {}) | found | fields


def exhibit(folder: Path) -> Archive:
    """Write the archive."""
    archive = Archive(folder)
    begin(archive)
    change_things(archive)
    hostile(archive)
    return archive


def begin(archive: Archive) -> None:
    """Land the letters that everything happens to."""
    archive.tables()
    coverage = [{"party": "acme-optics", "complete": False, "note": "Only letters found on public pages."}]
    archive.write("records/archive.yaml", archive_info(coverage=coverage))
    archive.write("records/threads.yaml", two_threads())
    archive.letter(ASKED, questions=questions(9), questions_extent="partial")
    answers = [{"kind": "replies-to", "letter": ASKED, "basis": "stated"}]
    archive.letter(ANSWER, kind="reply", relations=answers, questions=None, questions_extent="none", **BACK)
    archive.letter(
        SECOND, questions=questions(2), relations=[{"kind": "follows-up", "letter": ASKED, "basis": "inferred"}]
    )
    archive.letter(GONE)
    archive.letter(TAKEN_BACK)
    month = {
        "sent": {"date": "2019-06", "basis": "reported"},
        "received": {"date": "2019-06-20/2019-07-02", "basis": "inferred"},
    }
    archive.letter(MONTH, dates=month, to=[{"party": "quayside-capital"}], thread="quay")
    unknown = {"sent": {"date": "unknown", "basis": "unknown"}}
    archive.letter(UNDATED, dates=unknown, from_=[{"party": "quayside-capital"}], to=[{"public": True}], thread="quay")
    both = [{"kind": "replies-to", "letter": name, "basis": "inferred"} for name in (ASKED, SECOND)]
    published = {
        "sent": {"date": "unknown", "basis": "unknown"},
        "first_published": {"date": "2019-07", "basis": "stated"},
    }
    archive.letter(
        STATEMENT, kind="statement", to=[{"public": True}], relations=both, dates=published, from_=BACK["from_"]
    )
    archive.commit("begin", at="2026-01-10T10:00:00Z")


def two_threads() -> dict[str, Any]:
    """The threads."""
    made = threads()
    made["threads"].append({"id": "quay", "title": "The quay wall", "summary": "Letters about the wall."})
    return made


def change_things(archive: Archive) -> None:
    """Let everything happen that happens to letters."""
    kinds = ("answered", "partly-answered", "refused", "redirected", "acknowledged-only", "declined-to-comment")
    outcomes = [outcome(str(at), said, answered_by=[ANSWER]) for at, said in enumerate(kinds, 1)]
    outcomes.append(outcome("7", "not-addressed"))
    outcomes.append(outcome("8", "no-reply-known"))
    objection = {
        "by": "Acme Optics",
        "on": "2019-07-01",
        "reference": "A statement on its site.",
        "outcome": "Left as it is.",
    }
    archive.assess(ASKED, outcomes=outcomes, disputes=[objection])
    maybe = {"question": "1", "outcome": "not-assessed", "basis": "reported", "candidates": [STATEMENT]}
    archive.assess(SECOND, outcomes=[maybe, outcome("2", "no-reply-known", as_of="2019-09")])
    archive.commit("outcomes", at="2026-02-01T10:00:00Z")
    archive.write("records/documents/scan.pdf", PDF)
    scan = {
        "file": "scan.pdf", "sha256": hashlib.sha256(PDF).hexdigest(), "size": len(PDF), "role": "original",
        "media_type": "application/pdf", "rights": "own", "rights_note": "Written by us.", "language": "en", "pages": 1,
    }  # fmt: skip
    amended = {"questions": questions(9), "questions_extent": "partial", "documents": [scan]}
    notes = [change("correction", "The addressee's name was wrong."), change("addition", "A scan.")]
    archive.letter(ASKED, title="Letter about the dredging", changes=notes[:1], **amended)
    archive.commit("correct", at="2026-03-01T10:00:00Z")
    archive.letter(
        ASKED, title="Letter about the dredging", summary="Asks about the dredging.", changes=notes, **amended
    )
    archive.withdraw(TAKEN_BACK, "Asked for by the writer.")
    archive.delete(f"records/letters/2019/{GONE}.yaml")
    later = assessment(MONTH)["outcomes"][0] | {"question": "1", "as_of": "2020-01-01"}
    archive.assess(MONTH, outcomes=[later])
    archive.commit("more", at="2026-03-20T10:00:00Z")


def hostile(archive: Archive) -> None:
    """Land the letters whose text is hostile."""
    for number, (name, text) in enumerate(HOSTILE.items(), 1):
        own = f"2020-01-{number:02d}-{name}"
        short, name_, role = text[:280].strip(), text[:190].strip(), text[:100].strip()
        signed = {"party": "acme-optics", "as": name_, "note": short, "signatories": [{"name": role, "role": role}]}
        archive.letter(
            own,
            title=short,
            summary=text[:2000].strip(),
            uncertainty=short,
            thread="quay",
            from_=[signed],
            to=[{"class": name_}],
            questions=[{"label": "1", "text": short, "wording": "verbatim", "note": short}],
            sources=[{"url": "https://quay.example/x?a=1&b=%22", "title": short, "note": short}],
            external_ids=[{"scheme": "own", "id": text[:90].strip()}],
        )
        said = outcome("1", "answered", answered_by=[ANSWER], assessed_by=name_, note=short, as_of="2020-06")
        objection = {"by": name_, "on": "2021", "reference": short, "outcome": short}
        archive.assess(own, outcomes=[said], disputes=[objection])
    archive.letter(
        ARABIC, language="ar", title=HOSTILE["arabic"], title_basis="published", from_=[{"party": "ministry-of-tides"}]
    )
    archive.commit("hostile", at="2026-04-01T10:00:00Z")
