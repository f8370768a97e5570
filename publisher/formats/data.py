"""`letters/ID.json`: the index's entry for one letter, and with it the entry of its assessment.

    {"assessment":{"assessment":{...},"id":...,"provenance":{...},"record":{...}} or null,
     "id":...,"letter":{...},"provenance":{...},"record":{...}}

One line of canonical JSON and a newline, as in index.json.
"""

from collections.abc import Mapping

from publisher.index import Index, canonical


def render(index: Index, _contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return one file for every letter of the index."""
    files = {}
    for entry in index.letters:
        assessed = index.assessment_of.get(entry.id)
        document = entry.to_mapping("id", "letter")
        document["assessment"] = assessed.to_mapping("id", "assessment") if assessed else None
        files[f"letters/{entry.id}.json"] = canonical(document) + b"\n"
    return files
