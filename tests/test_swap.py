"""The swap test: exchange who the parties are, and the site is the same but for who they are.

The records are this repository's own. A party there is a role, and who plays it is dealt out anew: with the id, the
kind, the names and the note of another party, in every table and every letter. Ids and kinds are those on disk; names
are tokens of one length, since a long name is cut sooner than a short one. What the first site says of a party, the
second must say of whoever plays that role now: pages, feeds, tables, pictures, addresses, order and all, byte for
byte. What a record says in words stays. The names on disk are exchanged too; then all but words has to stay.
"""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pytest
import yaml
from jinja2 import ChoiceLoader, DictLoader
from lxml import html

from publisher import publish as publishing
from publisher.examine import examine_commit
from publisher.formats import pages, templating
from publisher.formats.book import Book
from publisher.git import Repository
from publisher.index import Index
from tests.builders import Archive, to_yaml

ROOT = Path(__file__).parent.parent
ROW: list[dict[str, Any]] = yaml.safe_load((ROOT / "records" / "parties.yaml").read_text("utf-8"))["parties"]
IDS = [party["id"] for party in ROW]

Files = Mapping[str, bytes]
Deal = list[dict[str, Any]]

_ID = re.compile(rf"(?<![a-z0-9-])({'|'.join(sorted(IDS, key=len, reverse=True))})(?![a-z0-9-])")
_TOKEN = re.compile(r"\b(Party|Short|Alias|Remark)([0-9]{2})\b")


def tokens() -> Deal:
    """Whom each id and kind on disk belongs to: names of one length, everybody as many of them."""
    return [
        {"id": party["id"], "name": f"Party{n:02}", "kind": party["kind"], "short_name": f"Short{n:02}",
         "aliases": [{"name": f"Alias{n:02}", "note": f"Remark{n:02}"}], "note": f"Remark{n:02}"}
        for n, party in enumerate(ROW)
    ]  # fmt: skip


def names_on_disk(whose: Deal) -> Deal:
    """Ids and kinds as on disk, under the names of these parties; everybody has as many names."""
    return [
        {"id": party["id"], "name": other["name"], "kind": party["kind"],
         "short_name": str(other.get("short_name", other["name"]))[:40], "aliases": [{"name": f"{other['name']} Ltd"}]}
        for party, other in zip(ROW, whose, strict=True)
    ]  # fmt: skip


DEALS: Mapping[str, Callable[[Deal], Deal]] = {
    "everybody is the next one": lambda deal: [*deal[1:], deal[0]],
    "everybody is one from the other half": lambda deal: [*deal[len(deal) // 2 :], *deal[: len(deal) // 2]],
    "the last one is the first": lambda deal: deal[::-1],
}
"""The first two are cycles over all parties; the last turns every order by name or id around."""


def recast(value: Any, cast: Mapping[str, str], key: str = "") -> Any:
    """A record with other parties in its roles; words that could be taken for an id, as in addresses, are changed."""
    if isinstance(value, dict):
        return {name: recast(item, cast, name) for name, item in value.items()}
    if isinstance(value, list):
        return [recast(item, cast, key) for item in value]
    if not isinstance(value, str):
        return value
    if key in ("party", "asked_of", "by") and value in cast:
        return cast[value]
    return _ID.sub("somebody", value)


def records(deal: Deal) -> dict[str, bytes]:
    """This repository's records with these parties in their roles, all of one size, so that sizes tell nothing."""
    cast = dict(zip(IDS, (party["id"] for party in deal), strict=True))
    made = {}
    for path in sorted((ROOT / "records").rglob("*.yaml")):
        document = recast(yaml.safe_load(path.read_text("utf-8")), cast)
        data = to_yaml({"parties": deal} if path.name == "parties.yaml" else document).encode()
        made[path.relative_to(ROOT).as_posix()] = data + b"#" * (2**14 - len(data) - 1) + b"\n"
    return made


@dataclass(frozen=True)
class Cast:
    """A deal of the roles, and an archive played by it, ready to be built."""

    deal: Deal
    index: Index
    contents: Files

    @classmethod
    def of(cls, folder: Path, deal: Deal) -> Self:
        """Commit the records to a new git repository and read it as publish does."""
        archive = Archive(folder)
        for path, data in records(deal).items():
            archive.write(path, data)
        archive.commit()
        repository = Repository.find(archive.folder)
        examined = examine_commit(repository, archive.head)
        assert not examined.errors, examined.findings
        index = publishing.index_of(repository, archive.head, examined)
        return cls(deal, index, {**publishing.contents_of(examined, repository)})

    def site(self) -> dict[str, bytes]:
        """Everything that is published, unsigned."""
        return publishing.build(self.index, self.contents)


# -- two sites held against each other -----------------------------------------------------------------------

_HASH = re.compile(r"[0-9a-f]{64}|[0-9a-f]{40}|\b[0-9a-f]{12}\b")
_WORDS = {"title", "content"}
_KINDS = "company|civil-society|academic|public-body|fund|group|media"
_TOLD_APART: tuple[tuple[re.Pattern[str], re.Pattern[str], str], ...] = (
    (re.compile(""), _HASH, "HASH"),
    (re.compile(r"^records/"), re.compile(r"#+\n\Z"), "PADDING"),
    (re.compile(r"^parties/[^/]+/index\.html$"), re.compile(r'(?<=<p class="kicker">)[A-Z][a-z ]+(?=</p>)'), "KIND"),
    (re.compile(r"^index\.json$"), re.compile(rf'(?<="kind":")({_KINDS})(?=")'), "KIND"),
    (re.compile(r"^records/parties\.yaml$"), re.compile(rf"(?<=  kind: )({_KINDS})$", re.MULTILINE), "KIND"),
)
"""All that may differ, and in which files: hashes, the padding, and the one word that says what sort of party it is."""


def neutral(path: str, data: bytes) -> str:
    if path.startswith("log/tile/") and "/entries/" not in path:
        return f"{len(data)} bytes of hashes"
    text = data.decode("utf-8", "backslashreplace")
    for where, pattern, word in _TOLD_APART:
        text = pattern.sub(word, text) if where.search(path) else text
    return text


def exchanged(text: str, before: Deal, after: Deal) -> str:
    """What is said of a party is said of whoever plays its role in the other deal."""
    ids = {old["id"]: new["id"] for old, new in zip(before, after, strict=True)}
    numbers = {old["name"][-2:]: new["name"][-2:] for old, new in zip(before, after, strict=True)}
    text = _TOKEN.sub(lambda token: token[1] + numbers[token[2]], text)
    return _ID.sub(lambda found: ids[found[1]], text)


def differences(one: Cast, other: Cast) -> Iterator[str]:
    """Where the second site is not the first one with its parties exchanged."""
    first, second = one.site(), other.site()
    expected = {exchanged(path, one.deal, other.deal): path for path in first}
    yield from (f"{path}: only in one of the sites" for path in sorted(expected.keys() ^ second.keys()))
    for path in sorted(expected.keys() & second.keys()):
        here = exchanged(neutral(expected[path], first[expected[path]]), one.deal, other.deal)
        there = neutral(path, second[path])
        if here != there:
            lines = difflib.unified_diff(here.splitlines(), there.splitlines(), lineterm="", n=0)
            yield "\n".join([path, *(line[:200] for line in lines)][:8])


def shape(data: bytes) -> list[tuple[str, list[tuple[str, str]]]]:
    """Everything of a page but its words."""
    elements = ((str(e.tag), {str(k): str(v) for k, v in e.attrib.items()}) for e in html.fromstring(data).iter())
    return [(tag, sorted((k, _HASH.sub("", v)) for k, v in said.items() if k not in _WORDS)) for tag, said in elements]


def reshaped(one: Cast, other: Cast) -> list[str]:
    """Pages that are not the same but for their words."""
    first, second = one.site(), other.site()
    pages = [path for path in first.keys() | second.keys() if path.endswith(".html")]
    return [path for path in pages if shape(first[path]) != shape(second[path])]


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Cast:
    """Everybody in the role that is theirs on disk."""
    return Cast.of(tmp_path_factory.mktemp("swap"), tokens())


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Cast]:
    """The same roles dealt out in other ways."""
    return {name: Cast.of(tmp_path_factory.mktemp("swap"), turn(tokens())) for name, turn in DEALS.items()}


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> tuple[Cast, Cast]:
    """Everybody under the name on disk, and under somebody else's."""
    one, other = (Cast.of(tmp_path_factory.mktemp("swap"), names_on_disk(whose)) for whose in (ROW, ROW[::-1]))
    return one, other


@pytest.mark.parametrize("deal", DEALS)
def test_exchanged_parties_change_nothing_but_who_they_are(deal: str, before: Cast, after: dict[str, Cast]) -> None:
    assert list(differences(before, after[deal])) == []


def test_exchanged_names_leave_every_page_as_it_is_but_for_its_words(named: tuple[Cast, Cast]) -> None:
    """The names on disk, long and short: elements, classes, places, addresses and order stay."""
    assert reshaped(*named) == []


def test_the_roles_are_those_on_disk_and_everybody_plays_another_one(before: Cast, after: dict[str, Cast]) -> None:
    for at, party in enumerate(before.deal):
        assert sum(cast.deal[at] != party for cast in after.values()) >= 2
    assert [(p.id, p.kind) for p in before.index.parties.values()] == [(p["id"], p["kind"]) for p in ROW]
    assert len(before.index.letters) == len(list((ROOT / "records" / "letters").rglob("*.yaml")))
    for entry in before.index.letters:
        wrote = yaml.safe_load((ROOT / entry.record.path).read_text("utf-8"))["from"]
        assert [who.party for who in getattr(entry.letter, "from_", ())] == [who.get("party") for who in wrote]


# -- nobody has a colour, and the program knows nobody -------------------------------------------------------


def dressed(site: Files) -> Iterator[str]:
    """Where a rule of style, a class or a colour speaks of a party."""
    names = {party[key] for party in ROW for key in ("id", "name", "short_name") if key in party}
    said = {form for name in names for form in (name.casefold(), name.casefold().replace(" ", "-"))}
    for path, data in site.items():
        if path.endswith((".css", ".svg", ".js")):
            text = data.decode().casefold()
            yield from (f"{path}: {word}" for word in said if re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", text))
        elif path.endswith(".html"):
            for element in html.document_fromstring(data).iter():
                dress = " ".join(element.get(name) or "" for name in ("class", "style", "fill", "stroke")).casefold()
                yield from (f"{path}: {word}" for word in said if dress.strip() and word in dress)


def test_no_rule_of_style_speaks_of_a_party(before: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(dressed(before.site())) == []
    plain = pages.style()
    monkeypatch.setattr(pages, "style", lambda: plain + f".party-{IDS[8]} {{ color: red }}\n".encode())
    assert list(dressed(before.site())) == [f"style.css: {IDS[8]}"]
    retouch(monkeypatch, "party.html", 'class="kicker"', 'class="kicker {{ party.id }}"')
    assert len(list(dressed(before.site()))) > len(IDS)


def test_the_program_names_nobody() -> None:
    """A name that code, template, style or schema knows is a party that could be treated in a way of its own."""
    names = {party[key] for party in ROW for key in ("id", "name", "short_name") if key in party}
    names |= {alias["name"] for party in ROW for alias in party.get("aliases", ())}
    word = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in names), re.IGNORECASE)
    assert word.search("if party.id == 'novalpina-capital':")
    files = [file for folder in ("publisher", "schema") for file in sorted((ROOT / folder).rglob("*.*"))]
    texts = {f: f.read_text("utf-8") for f in files if f.suffix in {".py", ".html", ".css", ".js", ".json", ".svg"}}
    assert [f"{file}: {found[0]}" for file, text in texts.items() for found in word.finditer(text)] == []


# -- the test sees what it is for ----------------------------------------------------------------------------


def retouch(monkeypatch: pytest.MonkeyPatch, file: str, old: str, new: str) -> None:
    """Let one template say something else, once."""
    real = templating.environment()
    source = (ROOT / "publisher" / "templates" / file).read_text("utf-8")
    assert old in source and real.loader
    loader = ChoiceLoader([DictLoader({file: source.replace(old, new)}), real.loader])
    touched = real.overlay(loader=loader, cache_size=100)
    monkeypatch.setattr(templating, "environment", lambda: touched)


FAVOURS: Mapping[str, tuple[str, str, str]] = {
    "a colour for one party": (
        "party.html", 'class="kicker"', """class="kicker{{ ' red' if party.id == 'cyberbit' }}\""""),
    "a colour by the id": ("party.html", 'class="lead"', 'class="lead tone-{{ party.id|length % 5 }}"'),
    "a side for companies": (
        "party.html", 'class="lead"', """class="lead{{ ' theirs' if party.kind == 'company' }}\""""),
    "another verb": ("party.html", 'class="lead">{{', "class=\"lead\">{{ 'Only:' if '08' in party.name }}{{"),
    "parties by name": ("parties.html", "in rows %}", 'in rows|sort(attribute="party.name") %}'),
    "a lane of its own": (
        "pictures/lanes.html", 'class="rule" d="M162', """class="rule{{ ' big' if '17' in lane.name }}" d="M162"""),
}  # fmt: skip


@pytest.mark.parametrize("favour", FAVOURS)
def test_a_favour_is_seen(favour: str, before: Cast, after: dict[str, Cast], monkeypatch: pytest.MonkeyPatch) -> None:
    retouch(monkeypatch, *FAVOURS[favour])
    assert any(any(differences(before, cast)) for cast in after.values())


def test_a_change_for_everybody_is_no_favour(
    before: Cast, after: dict[str, Cast], monkeypatch: pytest.MonkeyPatch
) -> None:
    retouch(monkeypatch, "party.html", 'class="lead"', 'class="lead red" lang="{{ party.id }}"')
    assert list(differences(before, after["the last one is the first"])) == []


def test_a_favour_in_the_code_is_seen(before: Cast, after: dict[str, Cast], monkeypatch: pytest.MonkeyPatch) -> None:
    real = Book.party
    monkeypatch.setattr(Book, "party", lambda self, name: real(self, name) + ("!" if name == IDS[3] else ""))
    assert any(differences(before, after["everybody is the next one"]))


def test_a_class_by_name_is_seen(named: tuple[Cast, Cast], monkeypatch: pytest.MonkeyPatch) -> None:
    retouch(monkeypatch, "party.html", 'class="lead"', """class="lead{{ ' far' if 'Group' in party.name }}\"""")
    assert reshaped(*named)
