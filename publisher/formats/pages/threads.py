"""`threads/index.html` and `threads/ID/index.html`: letters that belong together, drawn, listed and printed whole.

The list of threads has the letters too that reply to more than one letter.
"""

from collections.abc import Iterator
from typing import Any

from publisher.formats import phrases
from publisher.formats.book import Book, addressees, days_without_reply, own_language
from publisher.formats.pages.series import Series, tally
from publisher.formats.pages.site import Site, letter_path, thread_path
from publisher.formats.pictures.lanes import MOST, lanes
from publisher.letter import Correspondent, Letter, Thread

LISTED = 200
"""The most letters that the list of threads names for replying to more than one letter."""


def pages(site: Site) -> Iterator[tuple[str, str]]:
    """Yield the list of threads, and the page of every thread."""
    made = _Threads(site)
    yield made.overview()
    for thread in site.index.threads.values():
        yield made.page(thread)


def several(book: Book) -> list[Letter]:
    """The letters that reply to more than one letter, in the order of their dates."""
    return [letter for letter in book.letters if len(book.answered.get(letter.id, ())) > 1]


class _Threads:
    """The threads of one site, in the order of threads.yaml."""

    def __init__(self, site: Site) -> None:
        self.site, self.book = site, site.book
        self.letters = {letter.id: letter for letter in site.book.letters}

    def series(self, thread: Thread) -> Series:
        """The letters of a thread."""
        return Series(self.book, tuple(self.letters[name] for name in self.book.threads.get(thread.id, ())))

    def overview(self) -> tuple[str, str]:
        """Write the list of threads."""
        rows = []
        for thread in self.site.index.threads.values():
            series = self.series(thread)
            parties = dict.fromkeys(
                who.party for letter in series.letters for who in (*letter.from_, *letter.to) if who.party
            )
            rows.append({"thread": thread, "series": series, "parties": list(parties), "tally": tally(series.asked)})
        found = several(self.book)
        return self.site.page(
            "threads/index.html",
            "threads.html",
            here="threads",
            rows=rows,
            several=[(letter, Series(self.book, (letter,)).replies_to(letter)) for letter in found[:LISTED]],
            more=len(found[LISTED:]),
        )

    def page(self, thread: Thread) -> tuple[str, str]:
        """Write the page of one thread."""
        series = self.series(thread)
        return self.site.page(
            thread_path(thread.id),
            "thread.html",
            here="threads",
            thread=thread,
            series=series,
            bands=lanes(self.book, series.letters),
            most=MOST,
            tally=tally(series.asked),
            days=days_without_reply,
            spoken=own_language,
            conversation=None if series.is_long else self._conversation(thread, series),
        )

    def _conversation(self, thread: Thread, series: Series) -> dict[str, Any]:
        """The thread as schema.org has it; a letter carries the day it was sent only where the day is known."""
        home = self.site.index.archive.site
        return {
            "@context": "https://schema.org",
            "@type": "Conversation",
            "name": phrases.one_line(thread.title),
            "url": home + thread_path(thread.id).removesuffix("index.html"),
            "isPartOf": {"@type": "Collection", "name": phrases.one_line(self.site.index.archive.name), "url": home},
            "hasPart": [self._message(letter, home) for letter in series.letters],
        }

    def _message(self, letter: Letter, home: str) -> dict[str, Any]:
        sent = letter.dates.sent.date
        return {
            "@type": "Message",
            "name": self.book.ref(letter.id).text,
            "url": home + letter_path(letter.id).removesuffix("index.html"),
            "sender": [self._somebody(who) for who in letter.from_],
            "recipient": [self._somebody(who) for who in addressees(letter)],
            **({"dateSent": str(sent)} if sent.precision == "day" else {}),
        }

    def _somebody(self, who: Correspondent) -> dict[str, str]:
        name = phrases.one_line(self.book.name(who))
        return {"@type": "Organization", "name": name} if who.party else {"@type": "Audience", "audienceType": name}
