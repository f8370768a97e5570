"""`data/`: every file for machines: what it holds, in which format, and where the format is described."""

from collections.abc import Iterator

from publisher.formats.pages.site import Site


def pages(site: Site) -> Iterator[tuple[str, str]]:
    """Yield the one page."""
    yield site.page("data/index.html", "data.html", files=_FILES, example=next(iter(site.book.letters), None))


_FILES = (
    (
        "All of it",
        (
            (
                "index.json",
                "Every letter, assessment and table as committed, with provenance and log (JSON)",
            ),
            ("index.json.sig", "The signature over the index (SSHSIG, namespace letterbook-index@v1)"),
            ("bibliography.json", "All letters for reference managers (CSL-JSON)"),
            ("bibliography.ris", "The same for reference managers (RIS)"),
            ("bibliography.bib", "The same for LaTeX (BibTeX)"),
        ),
    ),
    (
        "Tables",
        (
            ("letters.csv", "One row a letter (CSV, UTF-8)"),
            ("questions.csv", "One row a question and outcome, with source and day (CSV, UTF-8)"),
            ("search.json", "What the search page searches (JSON)"),
        ),
    ),
    (
        "Feeds",
        (
            ("feed.atom", "Letters and changes (Atom)"),
            ("feed.json", "The same (JSON Feed)"),
            ("feeds/changes.atom", "Changes only (Atom)"),
            ("feeds.opml", "All feeds, to import into a feed reader (OPML)"),
        ),
    ),
    (
        "For checking",
        (
            ("SHA256SUMS", "The SHA-256 of every published file, for sha256sum -c"),
            ("SHA256SUMS.sig", "The signature over it (SSHSIG, namespace letterbook-files@v1)"),
            ("log/checkpoint", "The signed size and root of the log (C2SP tlog-checkpoint)"),
            ("keys/allowed_signers", "The key that signs, as ssh-keygen reads it"),
        ),
    ),
)
