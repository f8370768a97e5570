"""What an archive promises, one promise a function, one row each in CHECKS.

A check takes the archive and its history and yields findings. What is pending (not committed yet) and what is
wrong in the files as they stand are errors; what lies only in landed history is a warning, for it can no
longer be mended.
"""

from collections.abc import Callable, Iterator

from publisher.archive import Archive
from publisher.checks import assessments, dates, documents, erasures, identity, permanence, privacy, references
from publisher.finding import Finding
from publisher.history import History
from publisher.snapshot import KEYS

Check = Callable[[Archive, History], Iterator[Finding]]


def _listed(archive: Archive, history: History) -> Iterator[Finding]:
    """Look at key lists where there are any: what reads keys takes longer to load than a small check to run."""
    if history.key_files or any(path.startswith(KEYS) for path in (*archive.others, *archive.attachments)):
        from publisher.checks import keys

        yield from keys.listed(archive, history)


CHECKS: dict[str, Check] = {
    "one archive.yaml, and records where they belong": identity.places,
    "an id is its file's name, and one record has one file": identity.names,
    "nothing is listed twice": identity.duplicates,
    "every name of a letter, party, thread or question exists": references.exist,
    "relations make sense": references.relations,
    "dates agree with each other": dates.agree,
    "a judgement says whose, on what evidence and as of when": assessments.founded,
    "every source can be found": assessments.placed,
    "what was published stays, and every change says so": permanence.kept,
    "what was erased is listed, and nothing else is": erasures.told,
    "documents are what the record says": documents.match,
    "no contact details": privacy.contacts,
    "key lists can be used, and name nobody": _listed,
}


def run(archive: Archive, history: History) -> list[Finding]:
    """Return the findings of every check, in the order of files and places."""
    return sorted((finding for check in CHECKS.values() for finding in check(archive, history)), key=lambda f: f.order)
