"""Pages, data, table and raw bytes: what they say, what they never say, and that no text can break or run them."""

import copy
import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from posixpath import normpath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from publisher.dates import PartialDate
from publisher.formats import FORMATS, phrases
from publisher.formats.table import COLUMNS, cell
from publisher.index import Index, canonical
from publisher.snapshot import is_published_path
from tests import feed_profile
from tests.correspondence import (
    ARCHIVE,
    SITE,
    Told,
    assessment,
    change,
    harbour,
    letter,
    question,
    reported,
    withdrawn,
)

ROOT = Path(__file__).parent.parent
FIRST = "2019-02-18-institute-to-acme"
REPLY = "2019-03-01-acme-to-institute"
CSP = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"
SEALED = {"index.json", "index.json.sig", "SHA256SUMS", "SHA256SUMS.sig", "log/checkpoint", "keys/allowed_signers"}
"""What pages may link to besides what formats render: publish adds it."""


def rendered(told: Told) -> dict[str, bytes]:
    return build(told.index(), told.contents)


def build(index: Index, contents: dict[str, bytes]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for render in FORMATS.values():
        made = render(index, contents)
        assert not files.keys() & made.keys()
        files |= made
    return files


@pytest.fixture(name="files", scope="module")
def fixture_files() -> dict[str, bytes]:
    """Everything that is rendered of the small archive."""
    return rendered(harbour())


def page(files: dict[str, bytes], name: str) -> html.HtmlElement:
    return html.document_fromstring(files[name].decode())


def seen(files: dict[str, bytes], name: str = f"letters/{FIRST}/index.html") -> str:
    """The text of a page as a reader sees it."""
    return " ".join(page(files, name).find("body").text_content().split())


def pages_of(files: dict[str, bytes]) -> list[str]:
    return [path for path in files if path.endswith(".html")]


# -- all formats ---------------------------------------------------------------------------------------------


TOP = (
    "about", "all", "changes", "changes/2023", "data", "feeds", "parties", "questions", "search", "threads",
    "threads/works", "threads/works/questions", "verify",
    *(f"parties/{party}{more}" for party in ("acme-optics", "harbour-institute", "quayside-fund")
      for more in ("", "/questions")),
    *(f"questions/{FIRST}/{label}" for label in ("1", "2a", "2b", "3", "4")), "questions/2020-05-follow-up/1",
)  # fmt: skip
"""Every folder with a page that is no letter's."""


def of_letter(name: str) -> set[str]:
    """What is published of a letter."""
    return {f"letters/{name}{end}" for end in ("/index.html", ".json", ".bib", ".ris", ".csl.json")}


def test_what_is_published(files: dict[str, bytes]) -> None:
    names = (FIRST, REPLY, "2020-05-follow-up", "2020-statement")
    assert files.keys() == {
        "index.html", "style.css", "icon.svg", "search/search.js", *(f"{folder}/index.html" for folder in TOP),
        "feed.atom", "feed.json", "feeds.opml", "feeds/changes.atom", "feeds/thread/works.atom",
        *(f"feeds/party/{party}.atom" for party in ("acme-optics", "harbour-institute", "quayside-fund")),
        "letters.csv", "questions.csv", "search.json", "sitemap.xml", "robots.txt",
        "bibliography.bib", "bibliography.ris", "bibliography.json",
        "letters/secret.json", "letters/secret/index.html", *(path for name in names for path in of_letter(name)),
        f"letters/{FIRST}/1/index.html", f"letters/{FIRST}/1/record.yaml",
        *(f"records/letters/{name}.yaml" for name in names),
        *(f"records/assessments/{name}.yaml" for name in (FIRST, "2020-05-follow-up")),
        "records/archive.yaml", "records/parties.yaml", "records/threads.yaml",
        *(f"log/tile/{level}/000.p/{size}" for level in ("0", "entries") for size in (3, 10, 12)),
    }  # fmt: skip
    assert all(map(is_published_path, files))


DIGEST = """
import hashlib
from tests.correspondence import harbour
from tests.test_formats import rendered
print(hashlib.sha256(repr(sorted(rendered(harbour()).items())).encode()).hexdigest())
"""


def test_two_renders_are_equal_whatever_the_surroundings() -> None:
    found = set()
    for seed, zone, locale in (("1", "UTC", "C"), ("2", "Asia/Kathmandu", "C.UTF-8")):
        surroundings = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale}
        command = [sys.executable, "-c", DIGEST]
        found.add(subprocess.run(command, cwd=ROOT, env=surroundings, capture_output=True, check=True).stdout)
    assert len(found) == 1


def test_one_new_letter_changes_few_files(files: dict[str, bytes]) -> None:
    told = harbour()
    told.land({"letters/new": letter("new", dates={"sent": {"date": "2022-01-01", "basis": "stated"}})})
    after = rendered(told)
    changed = {path for path in after if after[path] != files.get(path)}
    parties = ("acme-optics", "harbour-institute")
    assert changed == {
        *of_letter("new"), "records/letters/new.yaml", "letters/2020-05-follow-up/index.html",
        *(f"{name}/index.html" for name in (
            "all", "changes", "changes/2023", "parties", "search", "threads", "threads/works", "verify",
        )), *(f"parties/{party}/index.html" for party in parties), "index.html",
        "feed.atom", "feed.json", "feeds/thread/works.atom", *(f"feeds/party/{party}.atom" for party in parties),
        "letters.csv", "search.json", "sitemap.xml", "bibliography.bib", "bibliography.ris", "bibliography.json",
        "log/tile/0/000.p/13", "log/tile/entries/000.p/13",
    }  # fmt: skip


def test_commit_and_log_stand_on_two_pages_and_in_the_main_feed_alone(files: dict[str, bytes]) -> None:
    index = harbour().index()
    assert {p for p in files if index.log.root.encode() in files[p]} == {"index.html", "verify/index.html", "feed.atom"}
    told = harbour()
    told.land({"threads": {"threads": [{"id": "works", "title": "The works in the harbour", "summary": "Begun."}]}})
    after, commit = rendered(told), told.index().source.commit.encode()
    assert {path for path in after if commit in after[path]} == {"index.html", "verify/index.html"}


def test_a_withdrawn_letter_leaves_no_word_behind() -> None:
    told = harbour()
    secret = letter("gone", title="Hush", summary="Hush.", questions=[question("1", text="Hush?")], kind="email")
    told.land({"letters/gone": secret, "assessments/gone": assessment("gone", reported("1", "refused", note="Hush."))})
    told.land({"letters/gone": withdrawn("gone", change("withdrawal", "Asked for."))})
    files = rendered(told)
    assert not [path for path, data in files.items() if b"Hush" in data or b"Mme Secret" in data]
    assert not {"records/letters/gone.yaml", "records/assessments/gone.yaml"} & files.keys()
    assert "withdrawn" in seen(files, "letters/gone/index.html")
    assert "Asked for." in seen(files, "letters/gone/index.html")


def test_a_removed_letter_keeps_a_page() -> None:
    told = harbour()
    told.land({f"letters/{REPLY}": None})
    files = rendered(told)
    assert "This letter was removed" in seen(files, f"letters/{REPLY}/index.html")
    assert f"letters/{REPLY}.json" not in files


def test_an_empty_archive_can_be_rendered() -> None:
    files = rendered(Told())
    assert "This archive knows of 0 letters" in seen(files, "index.html")
    assert feed_profile.errors(files["feed.atom"]) == []


# -- pages ---------------------------------------------------------------------------------------------------


def test_every_page_carries_its_policy_and_nothing_that_it_forbids(files: dict[str, bytes]) -> None:
    for name in pages_of(files):
        root = page(files, name)
        search = name == "search/index.html"
        policy = CSP.replace("; base", "; script-src 'self'; connect-src 'self'; base") if search else CSP
        assert [meta.get("content") for meta in root.xpath("//meta[@http-equiv='Content-Security-Policy']")] == [policy]
        assert not root.xpath("//style|//base|//iframe|//object|//embed|//img|//@style")
        assert len(root.xpath("//form")) == search
        assert len(root.xpath("//script[not(@type='application/ld+json')]")) == search
        assert not root.xpath("//@*[starts-with(name(), 'on')]")
        assert root.get("lang") == "en"
        assert len(root.xpath("//main")) == len(root.xpath("//h1")) == 1
        assert root.xpath("//link[@rel='alternate' and @type='application/atom+xml']/@href")[0].endswith("feed.atom")
        assert ARCHIVE["disclaimer"] in seen(files, name)
        identifiers = root.xpath("//@id")
        assert len(identifiers) == len(set(identifiers))


def test_links_are_relative_and_lead_somewhere(files: dict[str, bytes]) -> None:
    for name in pages_of(files):
        for target in page(files, name).xpath("//*[not(@rel='canonical')]/@href|//@src"):
            if target.startswith("#"):
                assert page(files, name).xpath(f"//*[@id='{target[1:]}']")
            elif not target.startswith(("https://quay.example/", "https://harbour.example/news/")):
                to, _, part = target.partition("#")
                path = normpath(f"{name}/../{to}")
                assert path in files.keys() | SEALED, (name, target)
                assert not part or page(files, path).xpath(f"//*[@id='{part}']"), (name, target)


def test_a_page_says_who_wrote_to_whom_as_the_letter_has_it(files: dict[str, bytes]) -> None:
    text = seen(files)
    assert "Harbour Institute for Tides (listed here as Harbour Institute): Director; A. Example, Head of S" in text
    assert "twelve fishing cooperatives Not listed by name." in text
    assert "Sent through Quayside Counsel (listed here as Quayside Fund)" in text
    assert "Sent 18 February 2019 (stated)" in text
    assert "Received February 2019 (inferred) From the reply." in text
    assert "First published between 20 February 2019 and 1 March 2019 (reported)" in text
    assert "Sent not known" in seen(files, "letters/2020-statement/index.html")


def test_relations_are_shown_from_both_ends(files: dict[str, bytes]) -> None:
    assert "Replied to by [Reply on the lenses] (stated)" in seen(files)
    text = seen(files, f"letters/{REPLY}/index.html")
    assert "Replies to Open letter on the dredging works and the lighthouse lenses (stated)" in text


def test_outcomes_stand_with_their_source_and_candidates_are_no_answers(files: dict[str, bytes]) -> None:
    items = page(files, f"letters/{FIRST}/index.html").xpath("//ol[@class='questions']/li")
    told = {item.get("id"): " ".join(item.text_content().split()) for item in items}
    assert told["question-1"] == (
        "1 What of point 1? (paraphrase) asked of Acme Optics, Quayside Fund # "
        "Acme Optics: Partly answered as of 1 June 2019. In: [Reply on the lenses]. "
        "Reported by Quay News: quay.example (page 3). "
        "Quayside Fund: Declined to comment as of 1 June 2019. Reported by Quay News: quay.example (page 3)."
    )
    assert "Refused as of 1 June 2019. The archive's own reading, by The Harbour Institute: [" in told["question-2a"]
    assert "Not assessed Possibly connected, not established: הודעה" in told["question-2b"]
    assert "nswer" not in told["question-2b"]
    assert told["question-4"].endswith("Not assessed")
    assert "No reply known as of 1 March 2021, 301 days after the letter." in seen(
        files, "letters/2020-05-follow-up/index.html"
    )


def test_no_days_are_counted_without_a_day_that_somebody_looked() -> None:
    told = Told()
    for name, sent, seen_on in (("a", "2019-02", "2021-03-01"), ("b", "2019-02-18", "2021-03")):
        told.land({
            f"letters/{name}": letter(name, dates={"sent": {"date": sent, "basis": "stated"}}),
            f"assessments/{name}": assessment(name, reported(None, "no-reply-known", as_of=seen_on)),
        })  # fmt: skip
        assert not re.search(r"\d days", seen(rendered(told), f"letters/{name}/index.html"))


def test_disputes_stand_beside_the_claim_at_the_same_size(files: dict[str, bytes]) -> None:
    root = page(files, f"letters/{FIRST}/index.html")
    said = [" ".join(p.text_content().split()) for p in root.xpath("//p[@class='dispute']")]
    acme, quayside = said
    assert acme.startswith("Disputed by Acme Optics, 7 January 2020: It says the letter never asked this. Outcome: The")
    assert quayside.startswith("Disputed by Quayside Fund, September 2019: It says it did comment. Outcome: Noted;")
    style = files["style.css"].decode()
    assert not [rule for rule in re.findall(r"[^{}]*\.dispute[^{}]*\{[^{}]*\}", style) if "font-size" in rule]


def test_titles_of_ours_are_bracketed_and_only_the_letters_words_are_quoted(files: dict[str, bytes]) -> None:
    root = page(files, f"letters/{REPLY}/index.html")
    assert root.xpath("//h1")[0].text_content() == "[Reply on the lenses]"
    assert "supplied by this archive" in seen(files, f"letters/{REPLY}/index.html")
    quotes = [q.text_content() for q in page(files, f"letters/{FIRST}/index.html").xpath("//q")]
    assert quotes == ["Will the lenses be kept?"]


def test_a_source_is_linked_only_if_it_is_to_be(files: dict[str, bytes]) -> None:
    everything = b"".join(data for path, data in files.items() if not path.startswith("records/"))
    assert b'href="https://harbour.example/news/1"' in everything
    assert b'"https://mirror.example/1"' not in b"".join(files[path] for path in pages_of(files))
    assert b"href=&#34;https://mirror" not in everything
    assert "https://mirror.example/1. Seen on a copy, not linked." in seen(files)


def test_other_languages_carry_their_direction(files: dict[str, bytes]) -> None:
    (title,) = page(files, "letters/2020-statement/index.html").xpath("//h1/bdi")
    assert (title.get("lang"), title.get("dir")) == ("he", "rtl")


def test_a_page_says_how_to_check_it_and_what_that_proves(files: dict[str, bytes]) -> None:
    told = harbour()
    entry, text = told.index().letter_of[FIRST], seen(files)
    for fact in (entry.record.sha256, entry.record.path, entry.provenance.latest.commit, phrases.PROOF):
        assert fact in text
    assert f"letterbook verify {SITE}" in text
    assert f"letterbook history {FIRST}" in text
    assert f"curl -s {SITE}{entry.record.path} | sha256sum" in text
    assert f"git cat-file blob {entry.record.blob} | sha256sum" in text
    assert "Amended 15 November 2023, 01:13 UTC. The date was wrong." in text
    assert "Revision 2, the current one; entry 10 in the log, commit" in text
    assert phrases.PROOF in seen(files, "index.html")


def test_the_archives_voice_judges_nobody(files: dict[str, bytes]) -> None:
    for path in [*pages_of(files), "feed.atom", "letters.csv"]:
        words = "ignored|evaded|failed|silent|stonewalled|reply rate|median|%"
        assert not re.search(words, files[path].decode(), re.IGNORECASE)
    templates = [path.read_text("utf-8") for path in (ROOT / "publisher" / "templates").rglob("*.html")]
    sources = [path.read_text("utf-8") for path in (ROOT / "publisher" / "formats").glob("*.py")]
    for text in templates + sources:
        assert not re.search(r"\b(ignored|evaded|failed|silent|stonewalled)\b", text, re.IGNORECASE)


def test_all_parties_are_treated_alike() -> None:
    """Exchange two names and the pages are the same but for the names (and what is computed from the bytes)."""
    told = harbour()
    text = exchanged(json.dumps(told.index().to_mapping(), ensure_ascii=False))
    contents = {digest: exchanged(data.decode()).encode() for digest, data in told.contents.items()}
    swapped = build(Index.from_mapping(json.loads(text)), contents)
    told_so = rendered(told)
    for path in pages_of(swapped):
        own = path.replace("acme-optics", "\0").replace("quayside-fund", "acme-optics").replace("\0", "quayside-fund")
        shapes = [[shape(e) for e in page(f, p).iter()] for f, p in ((swapped, path), (told_so, own))]
        assert shapes[0] == shapes[1]


def exchanged(text: str) -> str:
    for one, other in (("acme-optics", "quayside-fund"), ("Acme Optics", "Quayside Fund")):
        text = text.replace(one, "\0").replace(other, one).replace("\0", other)
    return text


def shape(element: html.HtmlElement) -> list[tuple[str, str]]:
    """Everything about an element but its words and where it leads."""
    words = {"href", "content", "id", "title", "for", "aria-labelledby", "value"}
    return [("", str(element.tag)), *sorted((k, v) for k, v in element.attrib.items() if k not in words)]


# -- data, table, raw ----------------------------------------------------------------------------------------


def test_a_letters_json_is_its_entry_in_the_index_and_its_assessments(files: dict[str, bytes]) -> None:
    index = json.loads(harbour().index().to_bytes())
    assessments = {entry["id"]: entry for entry in index["assessments"]}
    for entry in index["letters"]:
        data = files[f"letters/{entry['id']}.json"]
        assert json.loads(data) == entry | {"assessment": assessments.get(entry["id"])}
        assert data == canonical(json.loads(data)) + b"\n"


def test_the_table_has_a_row_a_letter_and_says_what_it_is(files: dict[str, bytes]) -> None:
    text = files["letters.csv"].decode()
    assert text.count("\r\n") == text.count("\n") == 6
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}
    assert {row["note"] for row in rows.values()} == {ARCHIVE["disclaimer"]}
    first = rows[FIRST]
    assert tuple(first) == COLUMNS
    assert (first["sent"], first["sent_basis"]) == ("2019-02-18", "stated")
    assert first["outcomes"].startswith("1 (Acme Optics): partly-answered (reported, as of 2019-06-01); 1 (Quayside")
    assert first["outcomes"].endswith("4: not-assessed")
    assert "Quayside Fund, 2019-09: It says it did comment." in first["disputes"]
    assert first["sources"] == "https://harbour.example/news/1; mirror.example (not linked)"
    assert rows[REPLY]["title"] == "[Reply on the lenses]"
    assert {column: text for column, text in rows["secret"].items() if text} == {
        "id": "secret", "status": "withdrawn", "note": ARCHIVE["disclaimer"]
    }  # fmt: skip


@given(st.text(alphabet=st.sampled_from("=+-@\t\r\n \"',;x＝＋‮"), max_size=8))
def test_no_cell_is_run_by_a_spreadsheet(text: str) -> None:
    made = cell(text)
    assert not made.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋"))
    assert "\n" not in made
    assert "\r" not in made
    assert cell(f"={text}").startswith("'=")


def test_raw_bytes_are_those_that_were_committed() -> None:
    told, scan = Told(), b"%PDF-1.4 a scan \r\n\x00"
    digest = hashlib.sha256(scan).hexdigest()
    document = {
        "file": "2019/scan.pdf", "sha256": digest, "size": len(scan), "media_type": "application/pdf", "pages": 2,
        "role": "original", "rights": "own", "rights_note": "Ours.",
    }  # fmt: skip
    told.land({"letters/a": letter("a", documents=[document])})
    files = build(told.index(), told.contents | {digest: scan})
    assert files["documents/2019/scan.pdf"] == scan
    assert files["records/letters/a.yaml"] == told.files["records/letters/a.yaml"]
    text = seen(files, "letters/a/index.html")
    assert f"Original 2019/scan.pdf application/pdf, {len(scan)} bytes, 2 pages. Rights: the archive's own." in text
    assert digest in text


# -- hostile text --------------------------------------------------------------------------------------------

HOSTILE = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)> & \"'`",
    "end of CDATA": "]]><!--<![CDATA[ --> ]]>",
    "entities": "&lt;b&gt; &amp;amp; &#60;script&#62; {{ 7*7 }} {% raw %}",
    "bidi": "a\u202etxt.exe\u202c \u2066x\u2069 \u200f\u061c",
    "controls": "a\x00b\x08c\x1bd\x7fe\x85f\x9fg",
    "noncharacters": "a\ufffe\uffff\U0001fffe\ufdd0",
    "tags": "a\U000e0041\U000e007f",
    "lines": "a\r\nb\nc\u2028d\u2029e\tf",
    "long": "long words " * 1000,
    "one long word": "x" * 10_000,
    "from the right": "שלום عليكم" * 5,
    "emoji": "👩‍👩‍👧‍👦🏴‍☠️ é ﷽",
    "a script's address": "javascript:alert(1)//",
    "quotes": "' onmouseover='alert(1)' x=\"\" >",
    "formula": '=HYPERLINK("https://x.example/";"x")',
    "empty": " ",
}
TEXTS = frozenset({
    "as", "assessed_by", "class", "description", "disclaimer", "licence", "name", "note", "publisher", "reason",
    "reference", "rights_note", "role", "scheme", "short_name", "summary", "text", "title", "uncertainty", "url",
    "where",
})  # fmt: skip


def poisoned(value: Any, poison: str, name: str = "") -> Any:
    """The same index with every free text replaced."""
    if isinstance(value, dict):
        free = {"by", "outcome"} if "reference" in value else {"id"} if "scheme" in value else set()
        return {
            key: poison if key in TEXTS | free and isinstance(item, str) else poisoned(item, poison, key)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [poison if name == "related_reports" else poisoned(item, poison, name) for item in value]
    return value


@pytest.fixture(name="document", scope="module")
def fixture_document() -> dict[str, Any]:
    """The index of the small archive as JSON, with a document and a second language."""
    told = harbour()
    document = {
        "file": "scan.pdf", "sha256": "0" * 64, "size": 1, "media_type": "application/pdf", "role": "original",
        "rights": "own", "rights_note": "Ours.", "waivers": [{"code": "hidden-text", "reason": "Seen."}],
    }  # fmt: skip
    told.land({"letters/scan": letter("scan", documents=[document], language=["en", "he"])})
    return told.index().to_mapping()


ODD = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff\ufdd0\U0001fffe"
    "\U000e0000-\U000e007f]"
)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_neither_breaks_nor_runs(name: str, document: dict[str, Any]) -> None:
    index = Index.from_mapping(poisoned(copy.deepcopy(document), HOSTILE[name]))
    contents = {"0" * 64: b"x"} | {entry["record"]["sha256"]: b"" for entry in records(document)}
    files = build(index, contents)
    assert feed_profile.errors(files["feed.atom"]) == []
    for path in pages_of(files):
        root = page(files, path)
        elements = {element.tag for element in root.iter() if isinstance(element.tag, str)}
        assert elements <= ALLOWED, path
        attributes = {str(attribute) for element in root.iter() for attribute in element.attrib}
        assert not {attribute for attribute in attributes if attribute.startswith("on") or attribute == "style"}
        assert not [href for href in root.xpath("//@href") if re.match(r"\s*(?!https?:)[a-z]+:", href)]
    for path in [*pages_of(files), "feed.atom", "letters.csv"]:
        odd = ODD.findall(files[path].decode().replace("\r\n", "\n"))
        assert not odd, (path, odd)


ALLOWED = frozenset({
    "html", "head", "meta", "title", "link", "body", "a", "header", "p", "nav", "ul", "li", "main", "article", "h1",
    "h2", "h3", "h4", "dl", "div", "dt", "dd", "span", "bdi", "section", "time", "strong", "ol", "q", "br", "code",
    "pre", "footer", "script", "table", "caption", "colgroup", "col", "thead", "tbody", "tr", "th", "td", "figure",
    "figcaption", "svg", "g", "path", "circle", "text", "defs", "pattern", "desc", "tspan", "line", "details",
    "summary", "form", "label", "input", "select", "option", "ins", "del",
})  # fmt: skip


def records(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in ("letters", "assessments", "tables"):
        yield from document[name]


@given(st.text(max_size=60))
def test_what_is_shown_can_stand_in_xml_and_on_one_line(text: str) -> None:
    element = etree.Element("x")
    element.text = phrases.shown(text)
    line = phrases.one_line(text, 20)
    element.set("y", line)
    assert len(line) <= 20
    assert len(line.splitlines()) <= 1
    assert phrases.shown(phrases.shown(text)) == phrases.shown(text)


@given(st.text(max_size=40))
def test_only_the_web_is_linked(text: str) -> None:
    for address in (text, f"https://{text}", f"javascript:{text}"):
        if phrases.is_web_address(address):
            assert re.match(r"https?://[^/]", address)
            assert not re.search(r"[\s<>\"]|[^!-~]", address)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2019", "2019"),
        ("2019-02", "February 2019"),
        ("2019-02-08", "8 February 2019"),
        ("2021-01/2021-04", "between January 2021 and April 2021"),
        ("unknown", "not known"),
    ],
)
def test_dates_are_said_as_far_as_they_are_known(text: str, words: str) -> None:
    assert phrases.day(PartialDate.parse(text)) == words
