"""`make goldens` writes docs/findings.md anew: every code, what it says, and a bad and a good example.

The same words go into publisher/reports/rules.json, where the SARIF report finds the help for each code.

python -m tests.findings_page
"""

import difflib
import json
import re
import sys
from functools import cache
from pathlib import Path

from publisher.documents.codes import CODES as DOCUMENT_CODES
from tests.test_cases import CASES, CODES, findings

PAGE = Path(__file__).parent.parent / "docs" / "findings.md"
RULES = Path(__file__).parent.parent / "publisher" / "reports" / "rules.json"
HEAD = """# Findings

Every fault that `letterbook check` knows, by its stable code. An error keeps a letter from being published; a warning
does not. The examples are those of `tests/cases/`; the names in them are invented. A line that begins with `-` is
wrong, one with `+` is right. [documents.md](documents.md) is about what is found in documents.

"""
WITHOUT_EXAMPLE = {
    "address-in-key-list": "A key list, which is published as it is, holds what looks like an address.",
    "author-identity": "A commit shows a name, address or time zone that is not the archive's own (a warning).",
    "bad-key-list": "A key list cannot be read, has no number for a name, or has no key that may sign a publication.",
    "bad-key-signature": "A signature over a key list does not verify, is by no root, or belongs to no list.",
    "broken-signature": "A commit that is to land has a broken SSH signature, and would have it for ever.",
    "change-without-note": "A published letter was changed and no new `changes` note says so.",
    "cannot-be-waived": "A record accepts a finding about a document that is never accepted.",
    "changes-rewritten": "An earlier `changes` note of a published letter was altered or removed.",
    "crowded-folder": "A folder holds more than 2000 records; git slows down (a warning).",
    "document-not-inspected": "What reads PDFs is not installed, so nobody looked into a new document (a warning).",
    "duplicate-erasure": "`records/erasures.yaml` lists one version twice.",
    "erased-without-tombstone": "A version was erased from the history and `records/erasures.yaml` does not list it.",
    "erasure-without-stub": "`records/erasures.yaml` lists a version whose bytes are still in git.",
    "erasures-rewritten": "An entry of `records/erasures.yaml` that was in force was altered or removed.",
    "faulty-object": "A commit that is to land brings an object that git refuses, and every audit would fail.",
    "file-too-large": "A record is larger than 1 MiB.",
    "id-reused": "An id that belonged to a removed letter is used again.",
    "identity-changed": "The archive's `origin` or `authority` was changed: both are fixed for life.",
    "key-list-changed": "A key list or a signature of one landed, and is changed or removed: it stays as it is.",
    "letter-removed": "A published letter is gone: withdraw it instead.",
    "letter-renamed": "A published letter has another id: an id never changes.",
    "lfs-pointer": "A Git LFS pointer stands where a file belongs.",
    "missing-archive": "There is no `records/archive.yaml`.",
    "reinstatement-without-note": "A withdrawn letter came back and no new note of kind `reinstatement` says so.",
    "special-file": "Something that is neither a file nor a folder stands under `records/`.",
    "stale-schema": "A copy of a schema in the archive's `schema/` is not the one that judges (a warning).",
    "stray-file": "A file under `records/` belongs to no record (a warning).",
    "submodule": "A submodule stands where a file belongs.",
    "symlink": "A symbolic link stands where a file belongs.",
    "too-many-faults": "A record has so many faults that the rest are not listed.",
    "too-many-values": "A record holds more than 50,000 values.",
    "unused-document": "A file under `records/documents/` is named by no letter (a warning).",
    "unused-waiver": "A record accepts a finding that its document does not give (a warning).",
    "withdrawal-without-note": "A letter was withdrawn and no new note of kind `withdrawal` says so.",
    "wrong-pages": "A document has another number of pages than the record says.",
}


def render() -> str:
    """Return the page."""
    parts = [HEAD]
    for code, (said, example) in entries().items():
        parts.append(f"## {code}\n\n{said}\n\n")
        if example:
            parts.append(f"```diff\n{example}```\n\n")
    return "".join(parts).rstrip() + "\n"


def rules() -> str:
    """Return rules.json: an object of [what is said, lines of an example], one code a line."""
    rows = [f"{json.dumps(code)}: {json.dumps(entry)}" for code, entry in entries().items()]
    return "{\n" + ",\n".join(rows) + "\n}\n"


@cache
def entries() -> dict[str, tuple[str, str]]:
    """Return what is said of every code, and the lines of its example or nothing."""
    return {
        code: (
            WITHOUT_EXAMPLE.get(code) or (_said(code) if code in CODES else _of_document(code)),
            _example(CASES / code) if code in CODES else "",
        )
        for code in sorted({*CODES, *WITHOUT_EXAMPLE, *DOCUMENT_CODES})
    }


def _of_document(code: str) -> str:
    """Say what a code of a document is; tests/leaks has examples."""
    known = DOCUMENT_CODES[code]
    waived = "" if known.waivable else "; it cannot be waived"
    return f"- {known.severity}, in a document: {known.told}\n- help: {known.hint}{waived}"


def _said(code: str) -> str:
    finding = findings(CASES / code / "bad")[0]
    rows = [f"- {finding.severity}: {finding.message}", f"- help: {finding.hint}"]
    return "\n".join(map(_plain, rows if finding.hint else rows[:1]))


def _example(case: Path) -> str:
    """Return the lines in which the bad and the good file differ, where they can be shown."""
    for bad in sorted((case / "bad").rglob("*.yaml")):
        good = case / "good" / bad.relative_to(case / "bad")
        lines = [file.read_bytes().decode("utf-8", "replace").splitlines() for file in (bad, good) if file.is_file()]
        if len(lines) == 2 and lines[0] != lines[1]:
            rows = list(difflib.unified_diff(lines[0], lines[1], n=0, lineterm=""))[2:]
            shown = [row for row in rows if not row.startswith("@@")]
            if len(shown) <= 14 and all(len(row) <= 120 for row in shown):
                return "".join(f"{_plain(row)}\n" for row in shown)
    return ""


def _plain(text: str) -> str:
    return re.sub(r"[^\x20-\x7e\u00a1-\u024f]", lambda found: f"[U+{ord(found.group()):04X}]", text)


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
    RULES.write_text(rules(), encoding="utf-8")
    sys.exit(0)
