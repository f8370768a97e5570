"""A letter in the making: what flags said, what was answered, and the parties and threads that come with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from publisher.answers import faults
from publisher.archive import Archive
from publisher.choices import Choice, cut, exact, id_of, near, unused
from publisher.commands.ask import SlipError, Terminal
from publisher.history import History

Fields = dict[str, Any]

DATES = ("sent", "received", "first_published")


@dataclass(frozen=True, kw_only=True, slots=True)
class Given:
    """What the flags say; "" and () for what they do not."""

    from_: Sequence[str] = ()
    to: Sequence[str] = ()
    sent: str = ""
    sent_basis: str = ""
    received: str = ""
    received_basis: str = ""
    first_published: str = ""
    first_published_basis: str = ""
    thread: str = ""
    reply_to: Sequence[str] = ()
    reply_basis: str = ""
    title: str = ""
    supplied_title: str = ""
    kind: str = ""
    language: Sequence[str] = ()
    summary: str = ""
    source: Sequence[str] = ()
    availability: str = ""
    question: Sequence[str] = ()
    wording: str = ""
    extent: str = ""
    id: str = ""
    new_party: Sequence[Sequence[str]] = ()
    new_thread: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether no flag says anything."""
        return not any(getattr(self, each.name) for each in fields(self))


@dataclass(kw_only=True)
class Interview:
    """The letter so far, the parties and threads that come with it, and the archive it goes into."""

    archive: Archive
    history: History
    terminal: Terminal | None
    letter: Fields = field(default_factory=dict)
    new_parties: list[Fields] = field(default_factory=list)
    new_threads: list[Fields] = field(default_factory=list)

    @property
    def parties(self) -> list[Choice]:
        """Every party that can be named."""
        known = [
            Choice(id=p.id, name=p.name, also=(*([p.short_name] if p.short_name else []), *(a.name for a in p.aliases)))
            for p in self.archive.parties.values()
        ]
        return known + [Choice(id=p["id"], name=p["name"]) for p in self.new_parties]

    @property
    def threads(self) -> list[Choice]:
        """Every thread that can be named."""
        known = [Choice(id=t.id, name=t.title) for t in self.archive.threads.values()]
        return known + [Choice(id=t["id"], name=t["title"]) for t in self.new_threads]

    @property
    def letters(self) -> list[Choice]:
        """Every published letter."""
        return [Choice(id=name, name=letter.title) for name, letter in self.archive.published.items()]

    @property
    def asked(self) -> Terminal:
        """Who is asked."""
        assert self.terminal is not None
        return self.terminal

    def name_of(self, party: str) -> str:
        """Return the name of a party by its id."""
        return next((choice.name for choice in self.parties if choice.id == party), party)

    @property
    def id(self) -> str:
        """The letter's id: the one that was chosen, or one made of date, sender and addressee that nobody has had."""
        if "id" in self.letter:
            return str(self.letter["id"])
        day = self.day
        date = day.partition("/")[0] if day else "undated"
        names = [self._short(self.letter[name][0]) for name in ("from", "to")]
        return unused(cut(f"{date}-{names[0]}-to-{names[1]}", 90), self.taken)

    @property
    def day(self) -> str:
        """The date that the letter is filed by: when it was sent, else received, else published; "" for none."""
        known = [dated["date"] for name in DATES if (dated := self.letter["dates"].get(name))]
        return next((date for date in known if date != "unknown"), "")

    @property
    def path(self) -> str:
        """Where the letter's record belongs."""
        return f"records/letters/{self.day[:4] or 'undated'}/{self.id}.yaml"

    @property
    def taken(self) -> set[str]:
        """Every id that a letter has or had."""
        keys = (*self.archive.paths, *(version.key for version in self.history.versions))
        return {key.removeprefix("letters/") for key in keys if key.startswith("letters/")}

    def _short(self, who: Mapping[str, Any]) -> str:
        if "party" not in who:
            return cut(id_of(str(who.get("class", "public"))) or "group", 40)
        party = self.archive.parties.get(who["party"])
        return (id_of(party.short_name) if party and party.short_name else "") or str(who["party"])


def judged(kind: str, found: Fields) -> Fields:
    """Give the fields back, or raise SlipError for what `check` would say of them."""
    for fault in faults(kind, found):
        raise SlipError(fault.message, fault.hint)
    return found


def named(choices: Sequence[Choice], text: str, what: str, otherwise: str) -> str:
    """Return the id of what a flag names; SlipError, with what may be meant, if there is no such thing."""
    if found := exact(text, choices):
        return found.id
    close = near(text, choices).choices[:3]
    meant = " or ".join(choice.id for choice in close)
    raise SlipError(f'there is no {what} "{text}" here', f"did you mean {meant}? {otherwise}" if meant else otherwise)


def add_party(interview: Interview, party: Fields) -> str:
    """Take a new party in, and return its id."""
    interview.new_parties.append(judged("party", party))
    return str(party["id"])
