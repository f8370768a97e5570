"""The form that makes a letter: one row a question in STEPS, in the order in which they are asked."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from publisher.commands.interview import Fields, Given, Interview
from publisher.commands.questions import (
    ask_availability,
    ask_dates,
    ask_kind,
    ask_language,
    ask_questions,
    ask_relations,
    ask_sources,
    ask_summary,
    ask_title,
    dates_given,
    kind_given,
    language_given,
    plain_given,
    questions_given,
    relations_given,
    show_dates,
    show_questions,
    sources_given,
    title_given,
)
from publisher.commands.who import ask_thread, ask_who, new_id, spoken, thread_given, who_given


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One question: the fields that it fills, its flag if an answer is needed, and how it is answered."""

    label: str
    fields: tuple[str, ...]
    flag: str = ""
    given: Callable[[Interview, Given], Fields | None]
    ask: Callable[[Interview], Fields]
    show: Callable[[Interview], str]

    def fill(self, interview: Interview, found: Fields) -> None:
        """Put an answer into the letter, in the place of an earlier one."""
        for name in self.fields:
            interview.letter.pop(name, None)
        interview.letter.update(found)


def _show_who(name: str, interview: Interview) -> str:
    return ", ".join(spoken(interview, who) for who in interview.letter[name])


def _show_thread(interview: Interview) -> str:
    thread = interview.letter["thread"]
    return next((f"{choice.name} ({choice.id})" for choice in interview.threads if choice.id == thread), thread)


def _show_relations(interview: Interview) -> str:
    return ", ".join(each["letter"] for each in interview.letter.get("relations", [])) or "no letter that is here"


def _show_title(interview: Interview) -> str:
    title = interview.letter["title"]
    return f"[{title}]" if interview.letter["title_basis"] == "supplied" else str(title)


def _show_field(name: str, interview: Interview) -> str:
    value = interview.letter[name]
    return ", ".join(value) if isinstance(value, list) else str(value)


def _show_sources(interview: Interview) -> str:
    return ", ".join(each.get("url") or each["title"] for each in interview.letter["sources"])


def _id_given(interview: Interview, given: Given) -> Fields:
    return new_id("letter", given.id, interview.taken) if given.id else {}


def _ask_id(interview: Interview) -> Fields:
    return interview.asked.ask(
        "Its id, for ever (the date, who wrote, to whom; never a person's name):",
        lambda text: new_id("letter", text, interview.taken), old=interview.id,
    )  # fmt: skip


STEPS = (
    Step(
        label="from", fields=("from",), flag="--from", given=partial(who_given, "from"),
        show=partial(_show_who, "from"),
        ask=partial(ask_who, "from", "Who wrote it? (a part of the organisation's name, or ? for the list)",
                    "Who else wrote it? (Enter: nobody else)"),
    ),
    Step(
        label="to", fields=("to",), flag="--to", given=partial(who_given, "to"), show=partial(_show_who, "to"),
        ask=partial(ask_who, "to", "To whom? (a part of the name, ? for the list, or public)",
                    "To whom else? (Enter: nobody else)"),
    ),
    Step(label="dated", fields=("dates",), flag="--sent", given=dates_given, ask=ask_dates, show=show_dates),
    Step(label="thread", fields=("thread",), flag="--thread", given=thread_given, ask=ask_thread, show=_show_thread),
    Step(label="replies to", fields=("relations",), given=relations_given, ask=ask_relations, show=_show_relations),
    Step(
        label="title", fields=("title", "title_basis"), flag="--title or --supplied-title", given=title_given,
        ask=ask_title, show=_show_title,
    ),
    Step(label="kind", fields=("kind",), given=kind_given, ask=ask_kind, show=partial(_show_field, "kind")),
    Step(
        label="language", fields=("language",), given=language_given, ask=ask_language,
        show=partial(_show_field, "language"),
    ),
    Step(
        label="summary", fields=("summary",), flag="--summary", given=partial(plain_given, "summary"), ask=ask_summary,
        show=partial(_show_field, "summary"),
    ),
    Step(
        label="seen at", fields=("sources",), flag="--source", given=sources_given, ask=ask_sources,
        show=_show_sources,
    ),
    Step(
        label="text seen", fields=("availability",), flag="--availability", given=partial(plain_given, "availability"),
        ask=ask_availability, show=partial(_show_field, "availability"),
    ),
    Step(
        label="asks", fields=("questions", "questions_extent"), given=questions_given, ask=ask_questions,
        show=show_questions,
    ),
    Step(label="id", fields=("id",), given=_id_given, ask=_ask_id, show=lambda interview: interview.id),
)  # fmt: skip
"""The questions in their order; the id is proposed, and asked for only if it is to be another."""
