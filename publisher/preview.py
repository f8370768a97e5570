"""What a pull request would publish, told in the summary of a job: each letter, its feed entry, its thread, the log.

A summary is GitHub's Markdown, and everything in it may be hostile: it is HTML throughout, without an empty line in
any block, and what a record holds stands in <code>, where GitHub makes no mention, link or emoji of anything.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from publisher.draft import UNCOMMITTED
from publisher.formats.diff import Line, cut, shortened
from publisher.formats.entries import Entry, parties_of
from publisher.formats.pages.site import Site, letter_path
from publisher.formats.pages.versions import compared
from publisher.formats.raw import document_path
from publisher.formats.versions import Versions
from publisher.formats.windows import Feeds
from publisher.index import Index
from publisher.letter import Letter
from publisher.provenance import Provenance, Revision
from publisher.reports.summary import code

MOST_BYTES = 900_000
"""GitHub takes 1 MiB of a step, and drops all of it if it is more."""
FILES = 3000
"""The most files that a preview has of a whole site; of a larger one it has what the pending letters stand on."""

LETTERS, LEAVES, LINES, NOTICES, TEXT = 50, 200, 40, 50, 400
"""The most letters, leaves of the log, differences of a letter, notices, and characters of a text that are told."""

_SORTS = {"gone": "del", "new": "ins"}
_ALWAYS = frozenset({"icon.svg", "index.html", "style.css", "feed.atom", "feeds/changes.atom", "threads/index.html"})


@dataclass(frozen=True)
class Preview:
    """A draft and what is pending in it."""

    site: Site

    @property
    def index(self) -> Index:
        """The index of the draft."""
        return self.site.index

    @cached_property
    def pending(self) -> list[tuple[str, Revision]]:
        """The versions that are yet to land, by key, in the order in which they would."""
        found = [
            (key, revision)
            for key, provenance in self.index.provenances.items()
            for revision in provenance.revisions
            if revision.commit == UNCOMMITTED
        ]
        return sorted(found, key=lambda pair: pair[1].seq)

    @cached_property
    def letters(self) -> list[str]:
        """The ids of the letters of which the letter itself, or what came back, is new or changed."""
        below = (key.partition("/") for key, _ in self.pending)
        return list(dict.fromkeys(name for folder, _, name in below if folder in ("letters", "assessments")))

    @cached_property
    def feeds(self) -> Feeds:
        """What subscribers would get."""
        return Feeds(self.index, self.site.contents)

    @cached_property
    def versions(self) -> Versions:
        """The versions that readers would see."""
        return Versions(self.index, self.site.contents)

    def folders(self) -> tuple[str, ...]:
        """The folders and names below which the pages stand that the pending letters change most."""
        found = {f"letters/{name}{end}" for name in self.letters for end in ("/", ".")}
        for name in self.letters:
            entry = self.index.letter_of.get(name)
            if entry is not None and isinstance(entry.letter, Letter):
                found.add(f"threads/{entry.letter.thread}/")
                found |= {f"parties/{party}/" for party in parties_of(entry.letter)}
                found |= {document_path(document.file) for document in entry.letter.documents}
        return tuple(found)

    def notices(self) -> Iterator[Entry]:
        """Yield the notices that subscribers would get, oldest first."""
        chronicle = self.feeds.chronicle
        for group in chronicle.news:
            if any(event.revision.commit == UNCOMMITTED for event in group):
                yield self.feeds.writer.notice(group, chronicle.told(group))


def kept(files: Mapping[str, bytes], site: Site | None) -> Mapping[str, bytes]:
    """Return the files of a draft that a preview has: all, or where they are very many those that matter to it."""
    if site is None or len(files) <= FILES:
        return files
    below = Preview(site).folders()
    return {path: data for path, data in files.items() if path in _ALWAYS or path.startswith(below)}


def summary(site: Site | None, findings: int) -> str:
    """Return the summary of a draft; `site` is None where too much is wrong with the records for one."""
    head = ["<h3>What this would publish</h3>", "<p>A draft: nothing here is published or signed.</p>"]
    if site is None:
        head.append("<p>No page can be made of these records: the findings say what is wrong with them.</p>")
        return _joined(head, [])
    preview = Preview(site)
    if findings:
        head.append(f"<p>The records have {_counted(findings, 'finding')}; what cannot be read is left out below.</p>")
    if not preview.pending:
        head.append("<p>No record is new or changed: what is published would stay as it is.</p>")
        return _joined(head, [])
    return _joined([*head, *_log(preview), *_notices(preview)], [_letter(preview, name) for name in preview.letters])


def _joined(head: Sequence[str], letters: Sequence[str]) -> str:
    """Join blocks by empty lines, and letters as long as there is room for them."""
    blocks, room = list(head), MOST_BYTES - sum(len(block.encode()) + 2 for block in head)
    shown = 0
    for block in letters[:LETTERS]:
        room -= len(block.encode()) + 2
        if room < 0:
            break
        blocks.append(block)
        shown += 1
    if left := len(letters) - shown:
        blocks.append(f"<p>{_counted(left, 'more letter')}: the pages of the draft show all of them.</p>")
    return "\n\n".join([*blocks, ""])


# -- the log and the notices -----------------------------------------------------------------------------------------


def _log(preview: Preview) -> Iterator[str]:
    """What would be appended, and what can be said of it before it lands."""
    log, new = preview.index.log, len(preview.pending)
    yield "<h4>Index and log</h4>"
    yield (
        f"<p>The log {code(log.origin)} would grow from {log.size - new} to {_counted(log.size, 'entry', 'entries')}. "
        "Which commit they land with, when, and so the root of the log, is known once this is merged; "
        "so are their numbers, if something else lands before.</p>"
    )
    meanings = Counter(f"{key.partition('/')[0]}: {revision.meaning}" for key, revision in preview.pending)
    yield _table(("What", "How many"), ((code(what), str(number)) for what, number in sorted(meanings.items())))
    rows = (
        (
            str(revision.seq),
            code(key),
            f"{revision.op}, {revision.meaning}, revision {revision.rev}",
            code(revision.sha256) if revision.sha256 else "",
            str(revision.size) if revision.sha256 else "",
        )
        for key, revision in preview.pending[:LEAVES]
    )
    yield _table(("Entry", "Record", "What it is", "SHA-256", "Bytes"), rows)
    if new > LEAVES:
        yield f"<p>{_counted(new - LEAVES, 'more entry', 'more entries')}.</p>"


def _notices(preview: Preview) -> Iterator[str]:
    """The notices beside the letters' own entries."""
    notices = list(preview.notices())
    yield "<h4>Notices to subscribers</h4>"
    if not notices:
        yield "<p>None: subscribers are shown new letters, and get no notice of anything else.</p>"
        return
    rows = ((code(entry.title), code(cut(entry.summary))) for entry in notices[:NOTICES])
    yield _table(("Title", "Summary"), rows)
    if len(notices) > NOTICES:
        yield f"<p>{_counted(len(notices) - NOTICES, 'more notice')}.</p>"


# -- one letter ------------------------------------------------------------------------------------------------------


def _letter(preview: Preview, name: str) -> str:
    """Tell one letter in one block."""
    provenances = preview.index.provenances
    lines = [f"<h4>{code(name)}</h4>", "<ul>"]
    for folder in ("letters", "assessments"):
        provenance = provenances.get(f"{folder}/{name}")
        if provenance and provenance.latest.commit == UNCOMMITTED:
            lines.append(f"<li>{folder[:-1].capitalize()}: {_become(provenance)}</li>")
    lines.append(f"<li>Page, in the artifact: {code(letter_path(name))}</li>")
    story = preview.feeds.chronicle.by_id.get(name)
    if story is not None:
        entry = preview.feeds.writer.letter(story)
        lines.append(f"<li>Feed entry, title: {code(entry.title)}</li>")
        lines.append(f"<li>Feed entry, summary: {code(entry.summary)}</li>")
    lines += [*_place(preview, name), "</ul>"]
    for of_assessment in (False, True):
        lines += _changes(preview, name, of_assessment=of_assessment)
    return "\n".join(lines)


def _become(provenance: Provenance) -> str:
    newest = provenance.revisions[-1]
    words = {"published": "published for the first time", "unchanged": "written down differently, and the same"}
    return f"{words.get(newest.meaning, newest.meaning)} (revision {newest.rev})"


def _place(preview: Preview, name: str) -> Iterator[str]:
    """Where the letter stands in its thread."""
    entry = preview.index.letter_of.get(name)
    if entry is None or not isinstance(entry.letter, Letter):
        return
    book, letter = preview.site.book, entry.letter
    ids = book.threads[letter.thread]
    before, after = book.neighbours(letter)
    place = f"{ids.index(name) + 1} of {_counted(len(ids), 'letter')}"
    around = [f"{word} {code(ref.text)}" for word, ref in (("after", before), ("before", after)) if ref]
    yield f"<li>Thread {code(book.thread(letter.thread))}: {', '.join([place, *around])}</li>"
    for answered in book.answered.get(name, ())[:LINES]:
        yield f"<li>In reply to {code(book.ref(answered).text)}</li>"


def _changes(preview: Preview, name: str, *, of_assessment: bool) -> Iterator[str]:
    """What changes in words, where there is an earlier version that readers see."""
    versions = preview.versions.outcomes(name) if of_assessment else preview.versions.letter(name)
    if len(versions) < 2 or versions[-1].revision.commit != UNCOMMITTED:
        return
    change = compared(preview.site.book, versions[-2], versions[-1])
    yield f"<p>What changes in {'what came back' if of_assessment else 'the letter'}:</p>"
    if not change.lines:
        yield f"<p>{code(change.why)}</p>"
        return
    yield "<ul>"
    yield from (f"<li>{_line(line)}</li>" for line in change.lines[:LINES])
    if len(change.lines) > LINES:
        yield f"<li>{_counted(len(change.lines) - LINES, 'more difference')}</li>"
    yield "</ul>"


def _line(line: Line) -> str:
    what = f"{code(line.what)}{f' {line.kind}' if line.kind in ('added', 'removed') else ''}"
    if line.pieces:
        return f"{what}: {_pieces(line)}"
    said = [
        f"<{mark}>{code(_short(text))}</{mark}>" for mark, text in (("del", line.before), ("ins", line.after)) if text
    ]
    return f"{what}: {' → '.join(said)}" if said else what


def _pieces(line: Line) -> str:
    shown: list[str] = []
    room = 4 * TEXT
    for piece in shortened(line.pieces):
        text = _short(piece.text)
        room -= len(text)
        if room < 0:
            return "".join([*shown, "…"])
        mark = _SORTS.get(piece.sort)
        shown.append(f"<{mark}>{code(text)}</{mark}>" if mark else code(text))
    return "".join(shown)


def _short(text: str) -> str:
    return text if len(text) <= TEXT else f"{text[:TEXT]}…"


# -- blocks ----------------------------------------------------------------------------------------------------------


def _table(heads: Sequence[str], rows: Iterator[tuple[str, ...]]) -> str:
    """A table whose cells are HTML already."""
    lines = ["<table>", f"<tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr>"]
    lines += [f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows]
    return "\n".join([*lines, "</table>"])


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or f'{one}s'}"
