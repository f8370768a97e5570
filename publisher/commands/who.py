"""Who wrote, to whom, and in which thread: picked from what the archive knows, or made new on the way."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from publisher.choices import Choice, id_of, unused
from publisher.commands.ask import SlipError, say
from publisher.commands.interview import Fields, Given, Interview, add_party, judged, named

PUBLIC = Choice(id="public", name="the public at large")
GROUP = "class:"
PARTY_KINDS = ("company", "civil-society", "academic", "public-body", "fund", "group", "media")


def who_given(name: str, interview: Interview, given: Given) -> Fields | None:
    typed = given.from_ if name == "from" else given.to
    return {name: [_correspondent(interview, text, name) for text in typed]} if typed else None


def _correspondent(interview: Interview, text: str, name: str) -> Fields:
    if text.startswith(GROUP):
        return dict(judged("letter", {name: [{"class": text.removeprefix(GROUP).strip()}]})[name][0])
    if name == "to" and text == PUBLIC.id:
        return {"public": True}
    return {"party": named(interview.parties, text, "party", "--new-party NAME KIND makes a new one")}


def ask_who(name: str, first: str, more: str, interview: Interview) -> Fields:
    found: list[Fields] = []
    while True:
        extra = [PUBLIC] if name == "to" else []
        known = [choice for choice in (*extra, *interview.parties) if choice.id not in _ids(found)]
        new = "somebody new called" if interview.terminal else ""
        picked = interview.asked.pick(more if found else first, known, optional=bool(found), new=new)
        if picked is None:
            return {name: found}
        if isinstance(picked, Choice):
            found.append({"public": True} if picked is PUBLIC else {"party": picked.id})
        else:
            found.append(_newcomer(interview, picked, name))
        if found[-1] == {"public": True}:
            return {name: found}


def _ids(found: Sequence[Fields]) -> set[str]:
    return {str(who.get("party", "")) for who in found}


def _newcomer(interview: Interview, typed: str, name: str) -> Fields:
    sort = interview.asked.choose(
        f'What is "{typed}"?',
        [("organisation", "with a name of its own"), ("group", "such as lending firms, without a list of names")],
        default="organisation",
    )
    if sort == "group":
        accept = partial(one, "letter", lambda text: {name: [{"class": text}]})
        return dict(interview.asked.ask("The group, in words:", accept, old=typed)[name][0])
    return {"party": _ask_party(interview, typed)}


def _ask_party(interview: Interview, typed: str) -> str:
    say("\nA new party. It is an organisation: people are named inside a letter, never here and never in an id.")
    found = interview.asked.ask("Its name, as it should be shown:", partial(one, "party", text("name")), old=typed)
    kind = interview.asked.choose("What sort of organisation is it?", [(each, "") for each in PARTY_KINDS])
    taken = {choice.id for choice in interview.parties}
    found |= interview.asked.ask(
        "Its id, by which letters name it for ever (small letters, digits, hyphens):",
        lambda text: new_id("party", text, taken), old=_proposed(found["name"], taken),
    )  # fmt: skip
    return add_party(interview, {"id": found["id"], "name": found["name"], "kind": kind})


def _proposed(name: str, taken: set[str]) -> str:
    return unused(proposed, taken) if (proposed := id_of(name)) else ""


def new_id(kind: str, text: str, taken: set[str]) -> Fields:
    found = judged(kind, {"id": text})
    if text in taken:
        raise SlipError(f'"{text}" is the id of another {kind}', f"for example {unused(text, taken)}")
    return found


def text(name: str) -> Callable[[str], Fields]:
    return lambda text: {name: text}


def one(kind: str, make: Callable[[str], Fields], text: str) -> Fields:
    return judged(kind, make(text))


def spoken(interview: Interview, who: Mapping[str, Any]) -> str:
    if "party" in who:
        return interview.name_of(who["party"])
    return str(who.get("class", "the public"))


def thread_given(interview: Interview, given: Given) -> Fields | None:
    text = given.thread or given.new_thread
    return {"thread": named(interview.threads, text, "thread", "--new-thread TITLE makes one")} if text else None


def ask_thread(interview: Interview) -> Fields:
    picked = interview.asked.pick(
        "Which thread does it belong to? (letters about one matter: a part of the title, or ? for the list)",
        interview.threads, new="a new thread called",
    )  # fmt: skip
    if isinstance(picked, Choice):
        return {"thread": picked.id}
    found = interview.asked.ask(
        "A new thread. Its title, in neutral words:", partial(one, "thread", text("title")), old=picked or ""
    )
    taken = {choice.id for choice in interview.threads}
    found |= interview.asked.ask(
        "Its id, by which letters name it for ever (small letters, digits, hyphens):",
        lambda text: new_id("thread", text, taken), old=_proposed(found["title"], taken),
    )  # fmt: skip
    interview.new_threads.append({"id": found["id"], "title": found["title"]})
    return {"thread": found["id"]}
