"""`make goldens`: golden publications, written anew to be read in the diff.

    python -m tests.goldens

Each is the publication of an archive that builders make commit by commit, so that the same calls give the same
bytes everywhere. tests/test_goldens.py holds the golden files against a fresh build, and both auditors against
the golden files; the stamps are never held against a golden copy alone.
"""

import hashlib
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from publisher import publish as publishing
from publisher.examine import examine_commit
from publisher.git import Repository
from publisher.signatures.keys import KeySigner
from publisher.write import write
from tests.builders import Archive, assessment, change

FOLDER = Path(__file__).parent / "goldens"
SIGNER = KeySigner(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"golden publications").digest()))
ASKED, ANSWER = "2019-02-18-harbour-to-acme", "2019-03-01-acme-to-harbour"
TAKEN_BACK, REMOVED = "2019-04-01-harbour-to-quayside", "2019-05-01-harbour-to-ministry"
PDF = b"%PDF-1.4\n% a scan of nothing\n%%EOF\n"


def quiet(archive: Archive) -> None:
    """One letter, published once."""
    archive.begin()
    archive.letter(ASKED)
    archive.commit()


def eventful(archive: Archive) -> None:
    """An answer, a correction, an editorial change, a merge, a withdrawal, a removal, a document, a move."""
    archive.begin()
    archive.letter(ASKED)
    archive.letter(REMOVED)
    archive.commit()
    archive.branch("side")
    relations = [{"kind": "replies-to", "letter": ASKED, "basis": "stated"}]
    ends = {"from_": [{"party": "acme-optics"}], "to": [{"party": "harbour-institute"}]}
    archive.letter(ANSWER, kind="reply", relations=relations, questions=None, questions_extent="none", **ends)
    archive.letter(TAKEN_BACK)
    archive.commit()
    archive.switch("main")
    archive.letter(ASKED, summary="Asks again what the dredging is for.", changes=[change("correction")])
    archive.commit(at="2025-12-24T12:00:00Z")
    archive.merge("side")
    archive.write("records/documents/scan.pdf", PDF)
    notes = [change("correction"), change("addition", "A scan was added.")]
    scan = {
        "file": "scan.pdf", "sha256": hashlib.sha256(PDF).hexdigest(), "size": len(PDF), "role": "original",
        "media_type": "application/pdf", "rights": "own", "rights_note": "Written by us.",
    }  # fmt: skip
    archive.letter(ASKED, documents=[scan], changes=notes)
    answered = {**assessment(ASKED)["outcomes"][0], "outcome": "answered", "answered_by": [ANSWER]}
    archive.assess(ASKED, outcomes=[answered])
    archive.withdraw(TAKEN_BACK)
    archive.delete(f"records/letters/2019/{REMOVED}.yaml")
    archive.move(f"records/letters/2019/{ANSWER}.yaml", f"records/letters/2019/03/{ANSWER}.yaml")
    archive.commit()
    archive.letter(ASKED, documents=[scan], title="A letter to Acme Optics", changes=[*notes, change("editorial")])
    archive.commit()


GOLDENS: Mapping[str, Callable[[Archive], None]] = {"quiet": quiet, "eventful": eventful}


def publication(folder: Path) -> dict[str, bytes]:
    """Return the sealed publication of the repository in a folder."""
    repository = Repository.find(folder)
    commit = repository.resolve("HEAD")
    examined = examine_commit(repository, commit)
    assert not examined.errors, examined.findings
    index = publishing.index_of(repository, commit, examined)
    files = publishing.build(index, publishing.contents_of(examined, repository))
    return publishing.seal(files, index.log, publishing.Seal(signer=SIGNER, key_lists={}, trusted=True))


def main() -> int:
    """Write every golden publication anew."""
    for name, tell in GOLDENS.items():
        with tempfile.TemporaryDirectory() as scratch:
            archive = Archive(Path(scratch) / name)
            tell(archive)
            written = write(publication(archive.folder), FOLDER / name)
        print(f"{name}: {written.changed} files changed, {written.pruned} pruned")
    return 0


if __name__ == "__main__":
    sys.exit(main())
