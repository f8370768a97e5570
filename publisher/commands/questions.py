"""When a letter was written, what it answers, what it is and what it asks: each from flags and on a terminal.

What a flag says is judged as an answer is, and both as `check` would.
"""

import re
from collections.abc import Sequence
from functools import partial

from publisher.choices import Choice
from publisher.commands.ask import SlipError, say
from publisher.commands.interview import DATES, Fields, Given, Interview, judged, named
from publisher.commands.who import one, spoken, text

KINDS = (
    "letter", "open-letter", "reply", "statement", "email", "acknowledgement", "response-request", "referral",
    "petition", "declined-invitation", "subject-access-request", "disclosure", "legal-notice",
)  # fmt: skip
BASES = (
    ("stated", "the letter or its page says so"),
    ("inferred", "it follows from something else"),
    ("reported", "somebody else says so"),
    ("unknown", ""),
)
AVAILABILITY = (
    ("full-text", "all of its text was seen"),
    ("excerpt", "a part of its text was seen"),
    ("described", "only a description of it was seen"),
    ("reported", "only word that it exists"),
)
WORDINGS = (("paraphrase", "our own words"), ("verbatim", "the letter's own words"))
EXTENTS = (
    ("complete", "these are all"), ("partial", "there are more"), ("unknown", "nobody can say"),
    ("none", "it asks nothing"),
)  # fmt: skip
_DATES = (
    ("sent", "When was it written or sent?"),
    ("received", "When was it received? (Enter: not known)"),
    ("first_published", "When was it first made public, by whomever? (Enter: not known)"),
)
_ADDRESS = re.compile(r"www\.\S+|[a-z0-9-]+(\.[a-z0-9-]+)+/\S*", re.IGNORECASE)
"""An address without https://, which would be taken for a description."""
_DATE_FORMS = "(such as 2019-02-18, or as much as is known: 2019-02, 2019, 2021-01/2021-04, or unknown)"


# -- when ------------------------------------------------------------------------------------------------------


def dates_given(_: Interview, given: Given) -> Fields | None:
    found = {}
    for name in DATES:
        date, basis = getattr(given, name), getattr(given, f"{name}_basis")
        if date:
            dated = {"date": date, "basis": basis or ("unknown" if date == "unknown" else "stated")}
            judged("letter", {"dates": {"sent": {"date": "2019", "basis": "stated"}, name: dated}})
            found[name] = dated
    return {"dates": found} if "sent" in found else None


def ask_dates(interview: Interview) -> Fields:
    found: Fields = {}
    for name, question in _DATES:
        if name != "sent" and found["sent"]["date"] != "unknown":
            break
        asked = f"{question} {_DATE_FORMS}" if name == "sent" else question
        date = interview.asked.ask(asked, partial(_date, optional=name != "sent"))
        if date == "unknown":
            found[name] = {"date": date, "basis": "unknown"}
        elif date:
            found[name] = {"date": date, "basis": _ask_basis(interview, "How is that date known?")}
    return {"dates": found}


def _date(text: str, *, optional: bool) -> str:
    if optional and not text:
        return ""
    judged("letter", {"dates": {"sent": {"date": text, "basis": "stated"}}})
    return text


def _ask_basis(interview: Interview, question: str) -> str:
    return interview.asked.choose(question, BASES[:3], default="stated")


def show_dates(interview: Interview) -> str:
    said = []
    for name, dated in interview.letter["dates"].items():
        known = "" if dated["date"] == "unknown" else f", {dated['basis']}"
        said.append(f"{'' if name == 'sent' else name.replace('_', ' ') + ' '}{dated['date']}{known}")
    return "; ".join(said)


# -- thread and relations --------------------------------------------------------------------------------------


def relations_given(interview: Interview, given: Given) -> Fields | None:
    found = [
        {
            "kind": "replies-to",
            "letter": named(interview.letters, text, "letter", ""),
            "basis": given.reply_basis or "stated",
        }
        for text in given.reply_to
    ]
    return judged("letter", {"relations": found}) if found else None


def ask_relations(interview: Interview) -> Fields:
    found: list[Fields] = []
    if not interview.letters:
        return {}
    while True:
        question = (
            "Does it reply to another one as well? (Enter: no)" if found
            else "Does it reply to a letter that is here? (a part of that one's title or id; Enter: no)"
        )  # fmt: skip
        known = [choice for choice in interview.letters if choice.id not in {each["letter"] for each in found}]
        picked = interview.asked.pick(question, known, optional=True)
        if not isinstance(picked, Choice):
            return {"relations": found} if found else {}
        basis = _ask_basis(interview, "How is it known that it replies to that one?")
        found.append({"kind": "replies-to", "letter": picked.id, "basis": basis})


# -- what it is ------------------------------------------------------------------------------------------------


def title_given(_: Interview, given: Given) -> Fields | None:
    if given.title and given.supplied_title:
        raise SlipError("--title and --supplied-title exclude each other", "the letter's own title goes before ours")
    basis = "published" if given.title else "supplied"
    title = given.title or given.supplied_title
    return judged("letter", {"title": title, "title_basis": basis}) if title else None


def ask_title(interview: Interview) -> Fields:
    old = interview.letter.get("title", "") if interview.letter.get("title_basis") == "published" else ""

    def accept(text: str) -> str:
        return str(judged("letter", {"title": text})["title"]) if text else ""

    title = interview.asked.ask("What is its title, as printed on it? (Enter: it has none)", accept, old=old)
    if title:
        return {"title": title, "title_basis": "published"}
    proposed = f"Letter to {spoken(interview, interview.letter['to'][0])}"
    found = interview.asked.ask(
        "What shall the archive call it? Readers see that in [brackets], as our words.",
        partial(one, "letter", text("title")), old=interview.letter.get("title", proposed),
    )  # fmt: skip
    return {**found, "title_basis": "supplied"}


def kind_given(interview: Interview, given: Given) -> Fields:
    default = "reply" if interview.letter.get("relations") else "letter"
    return judged("letter", {"kind": given.kind or default})


def ask_kind(interview: Interview) -> Fields:
    default = "reply" if interview.letter.get("relations") else "letter"
    return {"kind": interview.asked.choose("What is it?", [(each, "") for each in KINDS], default=default)}


def _home_language(interview: Interview) -> str:
    return interview.archive.info.language if interview.archive.info else "und"


def language_given(interview: Interview, given: Given) -> Fields:
    languages = list(given.language) or [_home_language(interview)]
    return judged("letter", {"language": languages[0] if len(languages) == 1 else languages})


def ask_language(interview: Interview) -> Fields:
    home = _home_language(interview)

    def accept(text: str) -> Fields:
        languages = text.replace(",", " ").split() or [home]
        return judged("letter", {"language": languages[0] if len(languages) == 1 else languages})

    return interview.asked.ask(
        f"In which language is it? (a tag such as en, es or pt-BR; und: not known; Enter: {home})", accept
    )


def plain_given(name: str, _: Interview, given: Given) -> Fields | None:
    value = getattr(given, name)
    return judged("letter", {name: value}) if value else None


def ask_summary(interview: Interview) -> Fields:
    return interview.asked.ask(
        "What does it say? A sentence or two, in neutral words of our own (copy none of its sentences):",
        partial(one, "letter", text("summary")), old=interview.letter.get("summary", ""),
    )  # fmt: skip


def _source(text: str) -> Fields:
    if _ADDRESS.fullmatch(text):
        raise SlipError(f'"{text}" looks like the address of a page', f"write all of it: https://{text}")
    found = {"url": text} if text.startswith(("http://", "https://")) else {"title": text}
    return dict(judged("letter", {"sources": [found]})["sources"][0])


def sources_given(_: Interview, given: Given) -> Fields | None:
    return {"sources": [_source(text) for text in given.source]} if given.source else None


def ask_sources(interview: Interview) -> Fields:
    found: list[Fields] = []
    while True:
        question = (
            "Where else? (Enter: nowhere else)" if found
            else "Where was it seen? (the address of a page, or, if it is on no page, what was seen, in words)"
        )  # fmt: skip
        source = interview.asked.ask(question, lambda text: _source(text) if text or not found else None)
        if source is None:
            return {"sources": found}
        found.append(source)


def ask_availability(interview: Interview) -> Fields:
    return {"availability": interview.asked.choose("How much of its text was seen?", AVAILABILITY)}


def _questions(texts: Sequence[str], wording: str, extent: str) -> Fields:
    numbered = [{"label": str(at), "text": text, "wording": wording} for at, text in enumerate(texts, 1)]
    return judged("letter", {**({"questions": numbered} if numbered else {}), "questions_extent": extent})


def questions_given(_: Interview, given: Given) -> Fields:
    return _questions(given.question, given.wording or "paraphrase", given.extent or "unknown")


def ask_questions(interview: Interview) -> Fields:
    texts: list[str] = []
    say("\nWhat does it ask? One question at a time; they are numbered 1, 2, 3. (Enter: none, or no more)")
    while True:
        text = interview.asked.ask(f"Question {len(texts) + 1}:", _question)
        if not text:
            break
        texts.append(text)
    if not texts:
        extent = interview.asked.choose("Does the letter ask nothing, or is that not known?", [EXTENTS[3], EXTENTS[2]])
        return _questions([], "", extent)
    wording = interview.asked.choose("Whose words are these?", WORDINGS)
    return _questions(texts, wording, interview.asked.choose("Are these all of its questions?", EXTENTS[:3]))


def _question(text: str) -> str:
    if text:
        judged("letter", {"questions": [{"label": "1", "text": text, "wording": "paraphrase"}]})
    return text


def show_questions(interview: Interview) -> str:
    extent = interview.letter["questions_extent"]
    asked = interview.letter.get("questions", [])
    if not asked:
        return "none" if extent == "none" else "not known"
    return " ".join(f"({each['label']}) {each['text']}" for each in asked) + f" [{asked[0]['wording']}, {extent}]"
