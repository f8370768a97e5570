"""What the records mean: letters, assessments, parties, threads, erasures and the archive, as frozen values.

Each class has the fields of its schema (schema/*.schema.json), in the same order and under the same names; a
Python keyword gets a trailing underscore (`from_`, `class_`, `as_`). What was left out is None, (), or the
default that stands here. `from_mapping` expects a document that its schema accepts; with any other it raises
KeyError, TypeError or ValueError. `X.from_mapping(x.to_mapping()) == x` for every x.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from functools import cache
from typing import Annotated, Any, ClassVar, NamedTuple, Self, cast, get_args, get_origin, get_type_hints

from publisher.dates import PartialDate

Languages = Annotated[tuple[str, ...], "one alone is written without a list"]


class Value:
    """A frozen value that reads itself from a mapping and writes itself to one; its fields say how."""

    __slots__ = ()
    KEYS: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> Self:
        """The value that a parsed document (or a part of one) stands for; unknown fields are passed over."""
        readers = _readers(cast(Hashable, cls))
        known = ((readers[key], value) for key, value in mapping.items() if key in readers)
        return cls(**{f.name: f.read(value) if f.read else value for f, value in known})

    def to_mapping(self) -> dict[str, Any]:
        """The document again, fields in the order of the schema, without those that were left out."""
        pairs = ((f, getattr(self, f.name)) for f in _plan(cast(Hashable, type(self))))
        return {f.key: f.write(value) if f.write else value for f, value in pairs if f.required or value != f.default}


@dataclass(frozen=True, kw_only=True, slots=True)
class Person(Value):
    """Somebody who signed or is addressed; nameless where no name can be published."""

    name: str | None = None
    role: str
    note: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Correspondent(Value):
    """Exactly one of: a party by its id, a class of addressees in words, or the public."""

    party: str | None = None
    class_: str | None = None
    public: bool = False
    as_: str | None = None
    people: tuple[Person, ...] = ()
    note: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sender(Correspondent):
    """A correspondent whose people are the signatories, and whose field is called so."""

    KEYS: ClassVar[Mapping[str, str]] = {"people": "signatories"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Dated(Value):
    """A date and how it is known: stated, inferred, reported, unknown."""

    date: PartialDate
    basis: str
    note: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Dates(Value):
    """The three days of a letter's life."""

    sent: Dated
    received: Dated | None = None
    first_published: Dated | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Relation(Value):
    """This letter replies to, follows up, refers to ... another one."""

    kind: str
    letter: str
    basis: str
    note: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Question(Value):
    """One thing that the letter asks, under a label that is its own or ours."""

    label: str
    text: str
    asked_of: tuple[str, ...] = ()
    wording: str
    note: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiver(Value):
    """A finding about a document that somebody accepted, and why."""

    code: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Document(Value):
    """A file that belongs to the letter."""

    file: str
    sha256: str
    size: int
    media_type: str
    pages: int | None = None
    language: Languages = ()
    role: str
    rights: str
    rights_note: str
    waivers: tuple[Waiver, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Source(Value):
    """Where the letter, or word of it, was seen."""

    url: str | None = None
    title: str | None = None
    note: str | None = None
    linked: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class ExternalId(Value):
    """What somebody else calls this letter."""

    scheme: str
    id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Dispute(Value):
    """A party's objection to what the record says."""

    by: str
    on: PartialDate
    reference: str
    outcome: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Change(Value):
    """What was changed after publication, in words for readers."""

    kind: str
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter(Value):
    """One letter, reply, statement ... and all that is known of it."""

    id: str
    title: str
    title_basis: str
    kind: str
    from_: tuple[Sender, ...]
    to: tuple[Correspondent, ...]
    cc: tuple[Correspondent, ...] = ()
    via: tuple[Correspondent, ...] = ()
    thread: str
    dates: Dates
    language: Languages
    relations: tuple[Relation, ...] = ()
    related_reports: tuple[str, ...] = ()
    summary: str
    questions: tuple[Question, ...] = ()
    questions_extent: str
    documents: tuple[Document, ...] = ()
    sources: tuple[Source, ...]
    availability: str
    external_ids: tuple[ExternalId, ...] = ()
    uncertainty: str | None = None
    disputes: tuple[Dispute, ...] = ()
    status: str = "published"
    changes: tuple[Change, ...] = ()
    salt: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Withdrawn(Value):
    """All that is left of a letter that was withdrawn; its record may hold more, such as a salt, which is not shown."""

    id: str
    status: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence(Value):
    """What an outcome rests on: a page or a letter, and where in it."""

    url: str | None = None
    letter: str | None = None
    linked: bool = True
    where: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome(Value):
    """What became of one question, or of the letter as a whole, by whose judgement and as of when."""

    question: str | None = None
    by: str | None = None
    outcome: str
    answered_by: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    basis: str
    evidence: tuple[Evidence, ...] = ()
    assessed_by: str | None = None
    as_of: PartialDate | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Assessment(Value):
    """The outcomes of one letter."""

    letter: str
    outcomes: tuple[Outcome, ...]
    disputes: tuple[Dispute, ...] = ()
    changes: tuple[Change, ...] = ()
    salt: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Alias(Value):
    """Another name of a party."""

    name: str
    note: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Party(Value):
    """An organisation that writes, is written to or is copied in."""

    id: str
    name: str
    kind: str
    short_name: str | None = None
    aliases: tuple[Alias, ...] = ()
    note: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Thread(Value):
    """Letters that belong together."""

    id: str
    title: str
    summary: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage(Value):
    """Whether the archive claims to hold all letters from and to a party."""

    party: str
    complete: bool
    note: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Identity(Value):
    """A commit author that does not give a person away."""

    name: str
    email: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchiveInfo(Value):
    """The archive about itself."""

    name: str
    origin: str
    authority: str
    site: str
    language: str
    description: str
    disclaimer: str
    publisher: str
    licence: str
    coverage: tuple[Coverage, ...] = ()
    identities: tuple[Identity, ...] = ()
    salt: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Erasure(Value):
    """One version whose bytes the law wanted erased: `sha256` and `size` are what they were."""

    key: str
    rev: int
    sha256: str
    size: int
    reason: str


def letter_from(document: Mapping[str, Any]) -> Letter | Withdrawn:
    """A letter's document as a value; of one whose status is withdrawn, only id, status and changes."""
    if document.get("status") == "withdrawn":
        return Withdrawn.from_mapping(document)
    return Letter.from_mapping(document)


class _Field(NamedTuple):
    """How one field travels: its name here and in the document, its default, and the way in and out."""

    name: str
    key: str
    required: bool
    default: Any
    read: Callable[[Any], Any] | None
    write: Callable[[Any], Any] | None


@cache
def _plan(cls: Hashable) -> tuple[_Field, ...]:
    """The fields of a class, worked out once from its annotations."""
    kind = cast(type[Value], cls)
    hints = get_type_hints(kind, include_extras=True)
    return tuple(_field(kind, f, hints[f.name]) for f in fields(kind))  # type: ignore[arg-type]


@cache
def _readers(cls: Hashable) -> Mapping[str, _Field]:
    """The fields of a class by their names in the document."""
    return {f.key: f for f in _plan(cls)}


def _field(cls: type[Value], f: Field[Any], hint: Any) -> _Field:
    read, write = _codec(hint)
    key = cls.KEYS.get(f.name, f.name.rstrip("_"))
    return _Field(f.name, key, f.default is MISSING, f.default, read, write)


def _codec(hint: Any) -> tuple[Callable[[Any], Any] | None, Callable[[Any], Any] | None]:
    """How to read and to write a value of this annotation; None where it stays as it is."""
    if hint == Languages:
        return lambda v: (v,) if isinstance(v, str) else tuple(v), lambda v: v[0] if len(v) == 1 else list(v)
    if get_origin(hint) is tuple:
        read, write = _codec(get_args(hint)[0])
        if read is None or write is None:
            return tuple, list
        return lambda v: tuple(map(read, v)), lambda v: list(map(write, v))
    for kind in get_args(hint) or (hint,):
        if kind is PartialDate:
            return PartialDate.parse, str
        if isinstance(kind, type) and issubclass(kind, Value):
            return kind.from_mapping, kind.to_mapping
    return None, None
