"""What search engines are told of a letter: schema.org's Message as JSON-LD, with organisations and never people.

A date stands there only as far as it is known: a day, a month or a year. A range or an unknown date is left out,
for schema.org has no form for them.
"""

from typing import Any

from publisher.formats import phrases
from publisher.formats.book import Book
from publisher.formats.citations import Citation, address
from publisher.formats.raw import document_path
from publisher.letter import Correspondent, Dated, Document, Letter

_DATES = ("day", "month", "year")


def message(book: Book, letter: Letter, cited: Citation | None) -> dict[str, Any]:
    """Return a letter as a Message; it is identified as it is cited."""
    archive = book.index.archive
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Message",
        "name": book.ref(letter.id).text,
        "url": address(book, letter.id),
        "identifier": cited.place if cited else letter.id,
        "description": phrases.one_line(letter.summary),
        "sender": [_somebody(book, who) for who in letter.from_],
        "recipient": [_somebody(book, who) for who in letter.to],
        "ccRecipient": [_somebody(book, who) for who in letter.cc],
        "dateSent": _date(letter.dates.sent),
        "dateReceived": _date(letter.dates.received),
        "datePublished": _date(letter.dates.first_published),
        "inLanguage": [tag for tag in letter.language if tag != "und"],
        "messageAttachment": [_attachment(book, document) for document in letter.documents],
        "isPartOf": {
            "@type": "Conversation",
            "name": phrases.one_line(book.thread(letter.thread)),
            "url": f"{archive.site}threads/{letter.thread}/",
        },
        "sdPublisher": {"@type": "Organization", "name": phrases.one_line(archive.publisher)},
    }
    return {name: value for name, value in found.items() if value}


def _somebody(book: Book, who: Correspondent) -> dict[str, str]:
    name = phrases.one_line(book.name(who))
    if who.party:
        return {"@type": "Organization", "name": name, "url": f"{book.index.archive.site}parties/{who.party}/"}
    return {"@type": "Audience", "audienceType": name}


def _date(dated: Dated | None) -> str | None:
    return str(dated.date) if dated and dated.date.precision in _DATES else None


def _attachment(book: Book, document: Document) -> dict[str, str]:
    return {
        "@type": "MediaObject",
        "contentUrl": book.index.archive.site + document_path(document.file),
        "encodingFormat": document.media_type,
        "contentSize": phrases.count(document.size, "byte"),
        "sha256": document.sha256,
    }
