"""`search.json`: what the search page searches, and what anybody else may.

    {"letters":[{"id":...,"kind":...,"parties":[ID, ...],"states":[OUTCOME, ...],"text":...,"thread":ID,
                 "title":...,"what":...,"years":[2019, ...]}, ...],
     "parties":[[ID, name], ...],"states":[[OUTCOME, words], ...],"threads":[[ID, title], ...]}

One line of canonical JSON and a newline. `text` is what is searched beside the title: names, summary, questions.
`years` are those in which the letter can have been sent; none where that is not known. Letters are newest first;
parties, threads and states are those that occur, in the order of the archive.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from publisher.formats import phrases
from publisher.formats.book import Book, by_date
from publisher.formats.entries import Writer
from publisher.index import Index, canonical
from publisher.letter import Letter

TEXT = 2000
"""The most characters of one letter that are searched."""


def render(index: Index, _contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return search.json."""
    book = Book(index)
    writer = Writer(book)
    letters = [_letter(book, writer, letter) for letter in reversed(book.letters)]
    parties = {name for found in letters for name in found["parties"]}
    states = {name for found in letters for name in found["states"]}
    document = {
        "letters": letters,
        "parties": [[name, book.party(name)] for name in index.parties if name in parties],
        "states": [[name, words] for name, words in phrases.OUTCOMES.items() if name in states],
        "threads": [[name, book.thread(name)] for name in index.threads if name in book.threads],
    }
    return {"search.json": canonical(document) + b"\n"}


def _letter(book: Book, writer: Writer, letter: Letter) -> dict[str, Any]:
    people = (*letter.from_, *letter.to, *letter.cc, *letter.via)
    asked = book.questions(letter)
    outcomes = [outcome for one in asked for outcome in one.outcomes] + list(book.whole(letter))
    states = {outcome.outcome for outcome in outcomes}
    states |= {"not-assessed" for one in asked if not one.outcomes}
    return {
        "id": letter.id,
        "kind": letter.kind,
        "parties": list(dict.fromkeys(who.party for who in people if who.party)),
        "states": [name for name in phrases.OUTCOMES if name in states],
        "text": phrases.one_line(" ".join(_texts(book, letter)), TEXT),
        "thread": letter.thread,
        "title": book.ref(letter.id).text,
        "what": writer.headline(letter),
        "years": _years(letter),
    }


def _texts(book: Book, letter: Letter) -> Iterator[str]:
    yield letter.summary
    yield from (f"{question.label}. {question.text}" for question in letter.questions)
    for who in (*letter.cc, *letter.via):
        yield book.name(who)
    for who in (*letter.from_, *letter.to):
        for someone in who.people:
            yield someone.name or someone.role
    yield letter.uncertainty or ""


def _years(letter: Letter) -> list[int]:
    earliest, latest = by_date(letter)
    return [] if earliest.year == 9999 else list(range(earliest.year, min(latest.year, earliest.year + 100) + 1))
