"""The archive's own words: plain, neutral, the same for every party; and how text from a record is shown.

Nothing here knows a medium: pages, feeds and tables all speak with these words. `shown` is the one gate that
every text passes on its way out, so that no character can break a file or mislead a reader.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from publisher.dates import PartialDate

KINDS: Mapping[str, str] = {
    "letter": "letter",
    "open-letter": "open letter",
    "reply": "reply",
    "statement": "statement",
    "email": "e-mail",
    "acknowledgement": "acknowledgement",
    "response-request": "request for a response",
    "referral": "referral",
    "petition": "petition",
    "declined-invitation": "declined invitation",
    "subject-access-request": "subject access request",
    "disclosure": "disclosure",
    "legal-notice": "legal notice",
}
OUTCOMES: Mapping[str, str] = {
    "answered": "answered",
    "partly-answered": "partly answered",
    "refused": "refused",
    "redirected": "redirected",
    "acknowledged-only": "acknowledged only",
    "declined-to-comment": "declined to comment",
    "not-addressed": "not addressed",
    "no-reply-known": "no reply known",
    "not-assessed": "not assessed",
}
DIFFERS = "different by recipient"
"""What is said in place of one outcome where those who were asked did not do the same."""
OUTCOMES_EXPLAINED: Mapping[str, str] = {
    "answered": "Something came back that, by the account of whoever is named, answers the question.",
    "partly-answered": "Something came back that, by that account, answers a part of it.",
    "refused": "Whoever was asked said that it would not be answered.",
    "redirected": "Whoever was asked pointed to somebody else, or to another way.",
    "acknowledged-only": "That the letter arrived was confirmed, and no more is known.",
    "declined-to-comment": "Whoever was asked said that there would be no comment.",
    "not-addressed": "A reply came that, by the account of whoever is named, does not speak of this question.",
    "no-reply-known": "No reply was known to whoever is named, on the day given. One may exist.",
    "not-assessed": "No source that this archive could cite says, as of a known day, what came back.",
}
BASES: Mapping[str, str] = {
    "stated": "stated",
    "inferred": "inferred",
    "reported": "reported",
    "unknown": "basis not known",
}
BASES_EXPLAINED = (
    "Stated: the letter or the page it is on says so. Inferred: this archive concludes so. Reported: others say so."
)
FORWARD: Mapping[str, str] = {
    "replies-to": "Replies to",
    "follows-up": "Follows up",
    "refers-to": "Refers to",
    "parallel-to": "Sent in parallel with",
    "encloses": "Encloses",
    "translation-of": "Translation of",
    "supersedes": "Supersedes",
}
BACKWARD: Mapping[str, str] = {
    "replies-to": "Replied to by",
    "follows-up": "Followed up by",
    "refers-to": "Referred to by",
    "parallel-to": "Sent in parallel with",
    "encloses": "Enclosed with",
    "translation-of": "Translated as",
    "supersedes": "Superseded by",
}
EXTENTS: Mapping[str, str] = {
    "complete": "The list of questions is complete.",
    "partial": "Only part of the letter's questions are known.",
    "unknown": "It is not known whether this list is complete.",
    "none": "The letter asks no questions.",
}
AVAILABILITY: Mapping[str, str] = {
    "full-text": "The full text was seen.",
    "excerpt": "Only a part of the text was seen.",
    "described": "The text was not seen; a description of it was.",
    "reported": "The text was not seen; a report that the letter exists was.",
}
MEANINGS: Mapping[str, str] = {
    "published": "published",
    "amended": "amended",
    "editorial": "editorial change",
    "unchanged": "rewritten, same content",
    "withdrawn": "withdrawn",
    "reinstated": "reinstated",
    "removed": "removed",
}
RIGHTS: Mapping[str, str] = {
    "own": "the archive's own",
    "permission": "published with permission",
    "public-record": "public record",
    "quotation": "quotation",
}
PROOF = (
    "A check that succeeds proves what this archive published and in which order. It does not prove that a "
    "letter was sent or received, or that what it says is true."
)

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_LANGUAGES: Mapping[str, str] = {
    "ar": "Arabic", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English",
    "es": "Spanish", "fa": "Persian", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hu": "Hungarian",
    "it": "Italian", "ja": "Japanese", "ko": "Korean", "nl": "Dutch", "no": "Norwegian", "pl": "Polish",
    "pt": "Portuguese", "ru": "Russian", "sv": "Swedish", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu",
    "zh": "Chinese", "und": "not known",
}  # fmt: skip
_FROM_THE_RIGHT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "syr", "ug", "ur", "yi"})
_SCRIPTS_FROM_THE_RIGHT = frozenset({"Adlm", "Arab", "Hebr", "Nkoo", "Rohg", "Syrc", "Thaa"})

_UNSHOWABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufff9-\ufffb"
    "\U000e0000-\U000e007f"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)
_PLAIN = bytes([10, *range(32, 127)])
"""What shows in any text: ASCII, and the end of a line."""
_ADDRESS = re.compile(r"https?://[!#$%&'()*+,./0-9:;=?@A-Z\[\]_a-z~-]+")


def shown(text: str) -> str:
    """Name every character that XML 1.0 forbids or that does not show or reorders text, as [U+202E]."""
    if text.isprintable():  # none of those characters is
        return text
    rest = text.encode("utf-8", "surrogatepass").translate(None, _PLAIN)  # of a page, little to look at
    if rest.decode("utf-8", "surrogatepass").isprintable():
        return text
    return _UNSHOWABLE.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def one_line(text: str, limit: int = 0) -> str:
    """Show a text on one line; cut it at a word if it is longer than `limit` characters (0: never).

    A text of blanks alone is said to be blank, since a feed may not have an empty title.
    """
    line = " ".join(shown(text.replace("\r", " ")).split()) or ("(blank)" if text else "")
    if not limit or len(line) <= limit:
        return line
    head = line[: limit - 1]
    at_word, blank, _ = head.rpartition(" ")
    return (at_word if blank and len(at_word) > limit // 2 else head) + "…"


def day(date: PartialDate) -> str:
    """Say a date as far as it is known: 18 February 2019; between January 2021 and April 2021; not known."""
    if date.precision == "unknown":
        return "not known"
    if date.precision == "range":
        start, _, end = date.text.partition("/")
        return f"between {_one_day(start)} and {_one_day(end)}"
    return _one_day(date.text)


def brief(date: PartialDate) -> str:
    """Say a date in few letters: 18 Feb 2019; Feb 2019; 24 Jun to 8 Aug 2014; not known."""
    if date.precision == "unknown":
        return "not known"
    start, slash, end = date.text.partition("/")
    if not slash:
        return _brief_day(start)
    first, last = _brief_day(start), _brief_day(end)
    one_year = start[:4] == end[:4] and len(start) > 4 and len(end) > 4
    return f"{first[:-5] if one_year else first} to {last}"


def moment(time: str) -> str:
    """Say a time of the form 2026-11-23T20:00:00Z as 23 November 2026, 20:00 UTC."""
    return f"{_one_day(time[:10])}, {time[11:16]} UTC"


def language(tag: str) -> str:
    """Name a language by its tag, or give the tag."""
    name = _LANGUAGES.get(tag.partition("-")[0])
    return tag if name is None else name if "-" not in tag else f"{name} ({tag})"


def direction(tag: str) -> str:
    """Say in which direction a language is written: ltr or rtl."""
    parts = tag.split("-")
    script = next((part for part in parts[1:] if len(part) == 4 and part.isalpha()), "")
    if script:
        return "rtl" if script in _SCRIPTS_FROM_THE_RIGHT else "ltr"
    return "rtl" if parts[0] in _FROM_THE_RIGHT else "ltr"


def count(number: int, one: str, many: str = "") -> str:
    """Count things: 1 letter, 2 letters, 1,000 replies."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(items: list[str]) -> str:
    """Join names in a sentence: A, B and C."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def capital(text: str) -> str:
    """Begin a text with a capital letter and leave the rest as it is."""
    return text[:1].upper() + text[1:]


def is_web_address(text: str | None) -> bool:
    """Say whether a text can be linked: http or https, a host, and nothing that an address cannot hold."""
    if not text or not _ADDRESS.fullmatch(text):
        return False
    try:
        parts = urlsplit(text)
        return bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False


def host(address: str) -> str:
    """Name the host of an address for readers; the address itself where it has none."""
    try:
        name = urlsplit(address).hostname or ""
    except ValueError:
        name = ""
    return name.removeprefix("www.") or address


def _one_day(text: str) -> str:
    """Say 2019, 2019-02 or 2019-02-18 in words."""
    year, *rest = text.split("-")
    if not rest:
        return year
    month = _MONTHS[int(rest[0]) - 1]
    return f"{int(rest[1])} {month} {year}" if len(rest) == 2 else f"{month} {year}"


def _brief_day(text: str) -> str:
    """Say 2019, 2019-02 or 2019-02-18 in few letters."""
    year, *rest = text.split("-")
    if not rest:
        return year
    month = _MONTHS[int(rest[0]) - 1][:3]
    return f"{int(rest[1])} {month} {year}" if len(rest) == 2 else f"{month} {year}"


def month(number: int) -> str:
    """Name a month, from 1 to 12, in three letters."""
    return _MONTHS[number - 1][:3]


def month_of(text: str) -> str:
    """Say a month of the form 2026-11 as November 2026."""
    return _one_day(text)


def revised(meaning: str, of_outcomes: bool) -> str:
    """Say what a revision of a letter, or of its outcomes, did."""
    return f"outcomes {MEANINGS[meaning]}" if of_outcomes else MEANINGS[meaning]


def sentence(text: str) -> str:
    """End a text as a sentence ends, if it does not."""
    line = text.rstrip()
    return line if not line or line.endswith((".", "!", "?", "…", "。", "؟")) else f"{line}."
