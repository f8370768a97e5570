"""The publisher's voice: what it never says, and what it always says, in everything that it builds.

Two archives, this repository's own records and the exhibit, are published with every text of a record replaced by a
word that says only what sort of text it was: a paraphrased question is x12paraphrase, a person x7person. What is then
left on the pages, in feeds, tables and files are ids, dates, and the publisher's own words. Each check yields what is
wrong, and the last tests break each of them.
"""

import csv
import html as markup
import io
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from lxml import etree

from publisher import publish as publishing
from publisher.examine import examine_commit
from publisher.formats import phrases
from publisher.formats.book import NOBODY
from publisher.git import Repository
from publisher.index import Index
from tests.builders import Archive, to_yaml
from tests.exhibit import PDF, exhibit

RECORDS = Path(__file__).parent.parent / "records"
STANDING = "Independent compilation, not published or endorsed by any party named."
Site = Mapping[str, str]
Check = Callable[[Site], Iterator[str]]
_OF_A_LETTER = re.compile(r"letters/[^/.]+\.json")

JUDGEMENT = "says why nothing came back; nobody knows that"
DEBT = "says that an answer was owed; no law obliges anybody"
SIDES = "takes one side's word, or doubts it; the same verbs serve everybody"
RATES = "makes a rate or a ranking of what is known, which is not complete"
NEVER: tuple[tuple[str, str, str], ...] = (
    (r"ignor(e|es|ed|ing)", "ignored", JUDGEMENT),
    (r"evad\w+|evasi\w+|dodg\w+|shirk\w*|neglect\w*|conceal\w*|cover-?up|mislead\w*", "evasive", JUDGEMENT),
    (r"silent\w*|silenc\w+|stonewall\w*", "silence", JUDGEMENT),
    (r"refus(es|ing|al|als)|(refused|declined|unwilling) to (answer|reply|respond)", "refused to reply", JUDGEMENT),
    (r"fail(s|ed|ing|ure|ures)?", "failed to respond", DEBT),
    (r"unanswered|unrespons\w+|outstanding|overdue|belated\w*|delinquent", "unanswered", DEBT),
    (r"(still|long) (waiting|waits)|await\w*|pending|deadline\w*|no (answer|response)", "no response", DEBT),
    (r"(not|never) (yet )?(answer|repl[yi]|respond)\w*", "did not reply", DEBT),
    (r"alleg\w+|admit\w*|insist\w*|den(y|ies|ied)|accus\w+|guilt\w*", "alleged", SIDES),
    (r"(our|their) side|unfortunately|regrettabl\w+|at least|finally|worse", "unfortunately", SIDES),
    (r"per ?cent|percentages?|ratios?|rates?|proportions?|quotas?", "response rate", RATES),
    (r"medians?|averages?|mean (time|delay|wait|number)\w*|typical\w*", "median", RATES),
    (r"rank(s|ed|ing|ings)?|scores?|league|worst|best|fastest|slowest|quickest", "ranking", RATES),
    (r"[0-9]+(\.[0-9]+)? ?%", "50 %", RATES),
)  # fmt: skip
_SPACED = [(re.sub(r" (?!\?)", r"\\s+", pattern), why) for pattern, _, why in NEVER]
_NEVER = [(re.compile(rf"(?<![A-Za-z])(?:{pattern})(?![A-Za-z])", re.IGNORECASE), why) for pattern, why in _SPACED]
RIGHT_THERE = {("style.css", r"[0-9]+%"): "a length in a style sheet, of a window's width"}
"""A file and the whole of what is found, and why it is right there. Nothing else is excepted."""


def words_never_said(site: Site) -> Iterator[str]:
    for path, text in site.items():
        heard = [(found[0], why) for pattern, why in _NEVER for found in pattern.finditer(text)]
        right = [pattern for file, pattern in RIGHT_THERE if file == path]
        yield from (f"{path}: {w}, which {why}" for w, why in heard if not any(re.fullmatch(r, w) for r in right))


# -- two archives without a word of their records ------------------------------------------------------------

_FREE = {
    "title", "summary", "text", "note", "as", "class", "role", "name", "short_name", "reference", "uncertainty",
    "where", "assessed_by", "description", "publisher", "licence", "rights_note", "reason", "related_reports",
}  # fmt: skip


@dataclass
class Hush:
    """Puts a word for every text of a record, one for each, that says what sort of text it was."""

    words: dict[tuple[str, str], str] = field(default_factory=dict)

    def __call__(self, value: Any, key: str = "", among: Mapping[str, Any] | None = None) -> Any:
        among = among or {}
        if isinstance(value, dict):
            return {name: self(item, name, value) for name, item in value.items()}
        if isinstance(value, list):
            return [self(item, key, among) for item in value]
        if not isinstance(value, str) or value == NOBODY:
            return value
        if key == "url":
            return f"https://{self.word('page', value)}.example/"
        of_others = {"by", "outcome"} if "reference" in among else {"id"} if "scheme" in among else set()
        is_free = key in _FREE and "file" not in among
        sorts = {"title": among.get("title_basis"), "text": among.get("wording"), "name": "role" in among and "person"}
        sorts |= dict.fromkeys(("as", "class", "short_name", "assessed_by"), "name")
        return self.word(str(sorts.get(key) or key), value) if is_free or key in of_others else value

    def word(self, sort: str, text: str) -> str:
        return self.words.setdefault((sort, text), f"x{len(self.words)}{sort.replace('_', '')}")


def hushed(archive: Archive) -> dict[str, str]:
    """What an archive publishes, unsigned, as text and without its records' words; tiles of hashes are left out."""
    repository = Repository.find(archive.folder)
    examined = examine_commit(repository, archive.head)
    assert not examined.errors, examined.findings
    hush, index = Hush(), publishing.index_of(repository, archive.head, examined)
    contents = {
        digest: data if data == PDF else to_yaml(hush(yaml.safe_load(data))).encode()
        for digest, data in publishing.contents_of(examined, repository).items()
    }
    files = publishing.build(Index.from_mapping(hush(json.loads(index.to_bytes()))), contents)
    kept = {path: data for path, data in files.items() if data != PDF and not path.startswith("log/tile/0/")}
    return {path: data.decode("utf-8", "replace") for path, data in kept.items()}


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Site]:
    folder = tmp_path_factory.mktemp("voice")
    real = Archive(folder / "real")
    shutil.copytree(RECORDS, real.folder / "records", ignore=shutil.ignore_patterns("LICENSE"))
    real.commit()
    return {"real": hushed(real), "exhibit": hushed(exhibit(folder / "exhibit"))}


# -- what is told, text by text ------------------------------------------------------------------------------


def told(path: str, text: str) -> list[str]:
    """Every text of a file by itself, as it is read: quotations in marks, attributes that are read, no markup."""
    if path.endswith(".html"):
        return _read(text)
    if path.endswith(".json"):
        return [one for found in _strings(json.loads(text)) for one in (_read(found) if "</" in found else [found])]
    if path.endswith(".csv"):
        return [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    if path.endswith((".atom", ".opml")):
        elements = list(etree.fromstring(text.encode()).iter())
        found = [one for element in elements for one in _read(element.text or "")]
        return found + [str(value) for element in elements for value in element.attrib.values()]
    return [text]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings(item)


def _read(text: str) -> list[str]:
    data = re.findall(r"<script[^>]*ld\+json[^>]*>(.*?)</script>", text, re.DOTALL)
    said = [markup.unescape(value) for value in re.findall(r'\b(?:content|title|aria-label|alt)="([^"]*)"', text)]
    text = re.sub(r"<script\b.*?</script>", "", text, flags=re.DOTALL)
    text = re.sub(r"</(q|blockquote)>", "”", re.sub(r"<(q|blockquote)\b[^>]*>", "“", text))
    plain = " ".join(markup.unescape(re.sub(r"<[^>]+>", "", text)).split())
    return [plain, *said, *(one for found in data for one in _strings(json.loads(found)))]


# -- what is always said -------------------------------------------------------------------------------------


def standing(site: Site) -> Iterator[str]:
    """Every page, feed head, row, citation and export says whose compilation it is; a letter's JSON is held apart."""
    for path, text in site.items():
        if path.endswith(".atom"):
            subtitle = etree.fromstring(text.encode()).find("{*}subtitle")
            said, wanted = (subtitle.text or "") if subtitle is not None else "", 1
        elif path == "feed.json":
            said, wanted = str(json.loads(text)["description"]), 1
        elif path.endswith((".csv", ".bib", ".ris", ".csl.json")) or path == "bibliography.json":
            rows = len(list(csv.DictReader(io.StringIO(text)))) if path.endswith(".csv") else 0
            said, wanted = text, rows or len(re.findall(r'^@|^TY  - |"container-title":', text, re.MULTILINE))
        elif path.endswith(".html") or path == "index.json":
            said, wanted = " ".join(told(path, text)), 1
        else:  # search.json is for the search page alone, which says it; feeds.opml is a list of feeds, which say it
            continue
        if said.count(STANDING) < max(wanted, 1):
            yield path


def paraphrases_unquoted(site: Site) -> Iterator[str]:
    word = r"x[0-9]+paraphrase"
    quoted = re.compile(rf"[“”\"„«‘’'] ?{word}|{word}[.?!]? ?[“”\"»’']|“[^”]*{word}")
    for path, text in site.items():
        texts = [] if path.endswith((".yaml", ".p")) else told(path, text)
        yield from (f"{path}: {found[0]}" for one in texts for found in quoted.finditer(one))


def supplied_titles_in_brackets(site: Site) -> Iterator[str]:
    """In brackets wherever they stand, but in a record and its JSON, where `title_basis` stands beside them."""
    bare = re.compile(r"(?<!\[)x[0-9]+supplied|x[0-9]+supplied(?!\])")
    for path, text in site.items():
        texts = [] if path.endswith((".yaml", "index.json")) or _OF_A_LETTER.fullmatch(path) else told(path, text)
        yield from (f"{path}: {found[0]}" for one in texts for found in bare.finditer(one))


def supplied_titles_marked(site: Site) -> Iterator[str]:
    """A letter's own page, its entry in a feed and its citation say in words that the title was supplied."""
    for path, text in site.items():
        pieces = [text] if path.endswith(".html") and "<h1>[" in text else []
        if path.endswith(".atom"):
            own = [e for e in etree.fromstring(text.encode()).iterfind("{*}entry") if ":letter/" in str(e[0].text)]
            pieces = [" ".join(map(str, e.itertext())) for e in own if "supplied]" in str(e[1].text)]
        elif path.endswith((".bib", ".ris")):
            pieces = [piece for piece in re.split(r"\n@|\nTY", text) if "supplied]" in piece]
        marked = re.compile("in square brackets was supplied by this archive|Title supplied by the archive")
        yield from (path for piece in pieces if not marked.search(piece))


def verified_with_what_it_proves(site: Site) -> Iterator[str]:
    word = re.compile(r"\b(verif(y|ied|ies)|proofs?|proves?|proven)\b", re.IGNORECASE)
    pages = {path: told(path, text)[0] for path, text in site.items() if path.endswith(".html")}
    yield from (path for path, page in pages.items() if word.search(page) and phrases.PROOF not in page)


def counts_are_not_complete(site: Site) -> Iterator[str]:
    """Neither archive claims to be complete, so wherever replies are counted beside letters it says so."""
    counted = re.compile(r"[0-9] of (them|those) written in reply|of those, in reply")
    for path, text in site.items():
        yield from (path for one in told(path, text) if counted.search(one) and "not complete" not in one)


def nobody_has_a_page(site: Site) -> Iterator[str]:
    """No path, address, identifier, feed or author is a person's, and no data is about one."""
    word = r"x[0-9]+(?:person|role)"
    names = "id|href|term|scheme|src|name|xmlUrl|htmlUrl"
    address = rf'(?:\b(?:{names})="|<(?:id|uri|name)>|"(?:id|url|uri|@id)": ?"|author = )[^"<\n]*{word}'
    about = r'"Person"|schema\.org/Person|rel="author"|vcard|mailto:'
    for path, text in site.items():
        found = [] if path.endswith(".yaml") else re.finditer(f"{address}|{about}", text)
        yield from (f"{path}: {one[0]}" for one in (*found, *re.finditer(word, path)))


CHECKS: tuple[Check, ...] = (
    words_never_said, standing, paraphrases_unquoted, supplied_titles_in_brackets,
    supplied_titles_marked, verified_with_what_it_proves, counts_are_not_complete, nobody_has_a_page,
)  # fmt: skip


@pytest.mark.parametrize("name", ["real", "exhibit"])
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_voice_keeps_its_word(check: Check, name: str, sites: dict[str, Site]) -> None:
    assert list(check(sites[name])) == []


# -- every check can fail ------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", [example for _, example, _ in NEVER])
def test_a_word_is_heard_wherever_it_is_said(said: str) -> None:
    for path in ("index.html", "feed.atom", "letters.csv", "feed.json", "search/search.js", "letters/a.bib"):
        assert list(words_never_said({path: f"<p>x1name {said}.</p>"})), path
    assert not list(words_never_said({"style.css": "main { width: 50%; text-decoration: none; }"}))


def test_a_word_in_the_vocabulary_is_heard(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(phrases, "OUTCOMES", {**phrases.OUTCOMES, "no-reply-known": "ignored"})
    heard = {fault.split(":")[0] for fault in words_never_said(hushed(exhibit(tmp_path)))}
    assert {"questions/index.html", "feed.atom", "feed.json", "search.json"} <= heard


_SAY_IT = (
    "about/index.html", "feeds/changes.atom", "feed.json", "letters.csv", "questions.csv", "bibliography.ris",
    "bibliography.bib", "bibliography.json", "index.json",
)  # fmt: skip
_TITLED = ("feed.atom", "letters.csv", "search.json")
_MARKED = ("feed.atom", "bibliography.bib", "letters/2017-07-04-bhrrc-to-nso/index.html")
BREAKS: tuple[tuple[Check, str, str, str], ...] = (
    *((standing, path, "ndependent", "n") for path in _SAY_IT),
    (paraphrases_unquoted, "questions.csv", r"(x\d+paraphrase)", r"“\1”"),
    (paraphrases_unquoted, "questions/index.html", r"(x\d+paraphrase)", r"<q>\1</q>"),
    (paraphrases_unquoted, "all/index.html", r"(<span>x\d+paraphrase)", r"<blockquote><p>\1</p></blockquote>"),
    (paraphrases_unquoted, "feed.atom", r"(x\d+paraphrase)", r"&lt;q&gt;\1&lt;/q&gt;"),
    (supplied_titles_in_brackets, "index.html", r"\[(<bdi[^>]*>x\d+supplied)", r"\1"),
    *((supplied_titles_in_brackets, path, r"\[(x\d+supplied)", r"\1") for path in _TITLED),
    *((supplied_titles_marked, path, "upplied by", "by") for path in _MARKED),
    (verified_with_what_it_proves, "verify/index.html", "It does not prove", "It proves"),
    *((counts_are_not_complete, path, "not complete", "") for path in ("index.html", "parties/index.html")),
    (nobody_has_a_page, "index.html", "</main>", '<p id="by-x1person"></p></main>'),
    (nobody_has_a_page, "feed.atom", "<id>", "<id>tag:x1role"),
    (nobody_has_a_page, "threads/sandvine-2018/index.html", '"Organization"', '"Person"'),
)  # fmt: skip


@pytest.mark.parametrize("number", range(len(BREAKS)))
def test_a_broken_promise_is_noticed(number: int, sites: dict[str, Site]) -> None:
    check, path, old, new = BREAKS[number]
    text = sites["real"][path]
    assert [*check({path: re.sub(old, new, text)})] != [] == [*check({path: text})]
