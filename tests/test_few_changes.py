"""A correction rewrites the files that show it, and no others; an unchanged archive is written as it was."""

import hashlib
from pathlib import Path

from publisher.publish import SUMS, format_sums
from publisher.write import write
from tests.correspondence import Told, change, letter, question
from tests.test_formats import rendered

NUMBER, THREADS = 90, 6
ENDS = (("harbour-institute", "acme-optics"), ("acme-optics", "quayside-fund"), ("quayside-fund", "harbour-institute"))


def told() -> Told:
    """So many letters in several threads, between three parties."""
    made = Told()
    made.land({"threads": {"threads": [{"id": f"thread-{at}", "title": f"Thread {at}"} for at in range(THREADS)]}})
    made.land({f"letters/l-{at:02d}": one(at) for at in range(NUMBER)})
    return made


def one(at: int, **fields: object) -> dict[str, object]:
    """One letter of them."""
    sender, to = ENDS[at % 3]
    return letter(
        f"l-{at:02d}",
        **{
            "from": [{"party": sender}],
            "to": [{"party": to}],
            "thread": f"thread-{at % THREADS}",
            "dates": {"sent": {"date": f"20{10 + at % 9}-02-{at % 28 + 1:02d}", "basis": "stated"}},
            "questions": [question("1")],
            **fields,
        },
    )


def shows(name: str, thread: str, parties: tuple[str, str], year: str) -> set[str]:
    """Every file that may show what a letter's summary says, or that it was corrected."""
    return {
        f"letters/{name}/index.html", f"letters/{name}/1/index.html", f"letters/{name}/1/record.yaml",
        *(f"letters/{name}{end}" for end in (".json", ".bib", ".ris", ".csl.json")), f"records/letters/{name}.yaml",
        f"threads/{thread}/index.html", f"feeds/thread/{thread}.atom", "feeds/changes.atom", "feed.atom", "feed.json",
        *(f"feeds/party/{party}.atom" for party in parties), "feeds/archive/1.atom",
        "all/index.html", f"all/{year}/index.html", "changes/index.html", "changes/2023/index.html", "index.html",
        "verify/index.html", "letters.csv", "search.json", "sitemap.xml",
        "bibliography.bib", "bibliography.ris", "bibliography.json",
    }  # fmt: skip


def summed(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files with an index and their checksums, by which a folder is known as a publication."""
    files = {**files, "index.json": b"{}"}
    return {**files, SUMS: format_sums({path: hashlib.sha256(data).hexdigest() for path, data in files.items()})}


def test_a_correction_rewrites_only_what_shows_it(tmp_path: Path) -> None:
    made = told()
    before = rendered(made)
    assert write(summed(before), tmp_path / "site").changed == len(before) + 2
    assert write(summed(rendered(made)), tmp_path / "site").changed == 0
    made.land({"letters/l-40": one(40, summary="Corrected.", changes=[change("correction", "It was wrong.")])})
    after = rendered(made)
    changed = {path for path in after if after[path] != before.get(path)}
    assert {path for path in changed if not path.startswith("log/")} <= shows(
        "l-40", "thread-4", ("acme-optics", "quayside-fund"), "2014"
    )
    assert write(summed(after), tmp_path / "site").changed == len(changed) + 1
    assert {"letters/l-40/index.html", "threads/thread-4/index.html", "changes/index.html", "feed.atom"} <= changed


def test_a_correction_of_a_title_reaches_the_pages_that_name_the_letter_and_no_others() -> None:
    made = told()
    made.land({"letters/l-41": one(41, relations=[{"kind": "replies-to", "letter": "l-40", "basis": "stated"}])})
    before = rendered(made)
    made.land({"letters/l-40": one(40, title="Another title", changes=[change("correction", "The title.")])})
    after = rendered(made)
    letters = {path.split("/")[1] for path in after if path.startswith("letters/") and after[path] != before.get(path)}
    named = {name for name in letters if "." not in name and b"Another title" in after[f"letters/{name}/index.html"]}
    assert {name for name in letters if "." not in name} == named
    assert {"l-40", "l-41"} <= named
    assert len(named) <= 5
