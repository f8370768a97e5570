"""Pages of letters: who wrote to whom when, what came back, what is not known, every version, and how to cite it."""

import copy
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from lxml import html

from publisher.formats import FORMATS, phrases
from publisher.formats.bibliography import FORMS
from publisher.formats.book import Book
from publisher.formats.citations import Citation, citation
from publisher.formats.pages import letters as pages
from publisher.formats.pages import versions as version_pages
from publisher.formats.pages.site import Site
from publisher.formats.versions import Versions, render
from publisher.index import Index
from publisher.letter import Letter
from publisher.provenance import Provenance
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
from tests.test_formats import HOSTILE, ODD, page, poisoned, seen

FIRST = "2019-02-18-institute-to-acme"
REPLY = "2019-03-01-acme-to-institute"
FIXED = [change("correction", "A word.")]
SCAN, FRENCH = b"%PDF the letter", b"%PDF la lettre"


def made(told: Told) -> dict[str, bytes]:
    """The pages of letters and of their earlier versions, and the bytes of those."""
    return made_of(told.index(), told.contents)


def made_of(index: Index, contents: Mapping[str, bytes]) -> dict[str, bytes]:
    site = Site(index, contents)
    found = {path: text.encode() for module in (pages, version_pages) for path, text in module.pages(site)}
    return found | render(index, contents)


def raw(told: Told, key: str, data: bytes) -> None:
    """Land bytes as they are, whatever they hold."""
    told.land({key: {"marker": len(told.contents)}})
    version = told._versions.pop()
    digest = hashlib.sha256(data).hexdigest()
    told.files[version.path] = told.contents[digest] = data
    from publisher.history import content_of

    told._versions.append(replace(version, sha256=digest, size=len(data), content=content_of(data)))


def told_of(*versions: dict[str, Any] | None) -> Told:
    """The letter `a`, version by version."""
    told = Told()
    for version in versions:
        told.land({"letters/a": version})
    return told


def text_of(told: Told, path: str = "letters/a/index.html") -> str:
    return seen(made(told), path)


# -- at a glance -------------------------------------------------------------------------------------------------


def panel(told: Told, name: str) -> list[str]:
    root = page(made(told), f"letters/{name}/index.html")
    return [" ".join(li.text_content().split()) for li in root.xpath("//section[@class='came-back']//li")]


def test_what_came_back_and_what_is_not_known_stand_first() -> None:
    files = made(harbour())
    root = page(files, f"letters/{FIRST}/index.html")
    (box,) = root.xpath("//section[@class='came-back']")
    assert panel(harbour(), FIRST) == [
        "Replied to by [Reply on the lenses] (stated)",
        "5 questions: 1 answered, 1 refused, 2 not assessed, 1 different by recipient.",
        "Possibly connected, not established: הודעה על העבודות בנמל.",
        "The rest of its text; only a part was seen.",
        "Its other questions; only some are known.",
        "What came back to 2 of its 5 questions.",
    ]
    word = "On the word of Quay News (1 June 2019); The Harbour Institute (this archive's own reading, 1 June 2019)."
    assert word in " ".join(box.text_content().split())
    before = [heading.get("id") for heading in root.xpath("//h2")]
    assert before[:4] == ["back", "unknown", "summary", "questions"]


def test_a_silence_is_counted_to_the_day_that_somebody_looked_and_only_then() -> None:
    assert "As a whole: no reply known as of 1 March 2021, 301 days after the letter." in panel(
        harbour(), "2020-05-follow-up"
    )
    told = told_of(letter("a", questions=[question("1"), question("2"), question("3")]))
    none = [reported(label, "no-reply-known", as_of="2019-03-18") for label in ("1", "3")]
    told.land({"assessments/a": assessment("a", *none, reported("2", "no-reply-known", as_of="2020"))})
    assert panel(told, "a")[:3] == [
        "No reply known as of 18 March 2019, 28 days after the letter, to questions 1, 3.",
        "No reply known as of 2020, to question 2.",
        "3 questions, no reply known.",
    ]
    unlooked = told_of(letter("a", questions=[question("1")]))
    assert panel(unlooked, "a")[:2] == [
        "1 question, not assessed.",
        "No reply is recorded here, and whether there is one is not assessed.",
    ]
    assert not re.search(r"\d days", text_of(unlooked))


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"dates": {"sent": {"date": "unknown", "basis": "unknown"}}}, "When it was sent."),
        (
            {"dates": {"sent": {"date": "2019-02", "basis": "inferred"}}},
            "The day it was sent; February 2019 is all that is known.",
        ),
        ({"availability": "described"}, "Its wording; only a description was seen."),
        ({"availability": "reported"}, "Its wording; only a report that it exists was seen."),
        ({"questions_extent": "unknown"}, "Whether it asks questions."),
        ({"questions": [question("1")]}, "Whether it asks more than is listed here."),
        ({"questions": [question("1")]}, "What came back to its question."),
        ({"questions": [question("1"), question("2")]}, "What came back to its questions."),
    ],
)
def test_what_is_not_known_is_said(fields: dict[str, Any], said: str) -> None:
    assert said in panel(told_of(letter("a", **fields)), "a")


def test_nothing_is_called_unknown_that_is_known() -> None:
    told = told_of(letter("a", availability="full-text", questions_extent="none"))
    assert panel(told, "a") == ["No reply is recorded here, and whether there is one is not assessed."]
    assert "What is not known" not in text_of(told)


def test_what_can_be_pointed_at_has_an_address_of_its_own() -> None:
    root = page(made(harbour()), f"letters/{FIRST}/index.html")
    ids = set(root.xpath("//@id"))
    assert ids >= {
        "question-1", "question-2a", "dispute-1", "dispute-2", "source-1", "source-2", "revision-1", "revision-2",
        "outcomes-revision-1", "cite", "check", "history", "sources", "relations",
    }  # fmt: skip
    labels = {a.text_content(): a.get("href") for a in root.xpath("//p[@class='question']/span[@class='label']/a")}
    assert labels["2a"] == f"../../questions/{FIRST}/2a/index.html"
    assert root.xpath("//a[@class='permalink']/@href")[:2] == ["#question-1", "#question-2a"]


def test_the_letters_before_and_after_it_in_its_thread() -> None:
    (nav,) = page(made(harbour()), f"letters/{REPLY}/index.html").xpath("//nav[@class='thread']")
    assert nav.xpath(".//a/@href") == [
        f"../../letters/{FIRST}/index.html", "../../letters/2020-statement/index.html"
    ]  # fmt: skip


def document(name: str, role: str, data: bytes, **fields: Any) -> dict[str, Any]:
    return {
        "file": name, "sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "media_type": "application/pdf",
        "role": role, "rights": "own", "rights_note": "Ours.", **fields,
    }  # fmt: skip


def test_the_original_stands_beside_its_translation() -> None:
    told = told_of(letter("a", documents=[
        document("note.pdf", "attachment", SCAN), document("fr.pdf", "translation", FRENCH, language="fr", pages=2),
        document("en.pdf", "original", SCAN, language="en"),
    ]))  # fmt: skip
    rows = page(made(told), "letters/a/index.html").xpath("//ul[@class='documents']")
    said = [[" ".join(li.text_content().split()) for li in row.findall("li")] for row in rows]
    assert [len(row) for row in said] == [2, 1]
    assert said[0][0].startswith("Original, English en.pdf application/pdf, 15 bytes. Rights: the archive's own. Ours.")
    assert said[0][1].startswith("Translation, French fr.pdf application/pdf, 14 bytes, 2 pages.")
    assert hashlib.sha256(FRENCH).hexdigest() in said[0][1]
    assert said[1][0].startswith("Attachment note.pdf")


# -- what machines are told --------------------------------------------------------------------------------------


def test_the_head_says_what_the_page_is() -> None:
    root = page(made(harbour()), f"letters/{FIRST}/index.html")
    og = {meta.get("property"): meta.get("content") for meta in root.xpath("//meta[@property]")}
    assert og == {
        "og:type": "article", "og:site_name": ARCHIVE["name"], "og:url": f"{SITE}letters/{FIRST}/",
        "og:title": "Open letter on the dredging works and the lighthouse lenses",
        "og:description": root.xpath("//meta[@name='description']/@content")[0],
    }  # fmt: skip
    assert root.xpath("//link[@rel='canonical']/@href") == [f"{SITE}letters/{FIRST}/"]
    alternates = set(root.xpath("//link[@rel='alternate']/@href"))
    assert alternates >= {f"../{FIRST}.{ending}" for _, ending, _ in FORMS}


def data_block(files: Mapping[str, bytes], name: str) -> dict[str, Any]:
    (script,) = page(dict(files), f"letters/{name}/index.html").xpath("//script")
    assert script.attrib == {"type": "application/ld+json"}
    found: dict[str, Any] = json.loads(script.text)
    return found


def test_json_ld_has_organisations_and_the_parts_of_dates_that_are_known() -> None:
    files = made(harbour())
    found = data_block(files, FIRST)
    assert found["@type"] == "Message"
    assert [one["@type"] for one in (*found["sender"], *found["recipient"])] == [
        "Organization", "Audience", "Organization", "Organization"
    ]  # fmt: skip
    assert (found["dateSent"], found["dateReceived"]) == ("2019-02-18", "2019-02")
    assert "datePublished" not in found, "a range has no form there"
    assert found["isPartOf"]["url"] == f"{SITE}threads/works/"
    assert "A. Example" not in json.dumps(found)
    assert "dateSent" not in data_block(files, "2020-statement")


def test_the_citation_on_the_page_is_one_that_can_be_looked_up() -> None:
    told = harbour()
    index = told.index()
    root = page(made(told), f"letters/{FIRST}/index.html")
    (said,) = root.xpath("//p[@class='citation']")
    cited = Citation.parse(said.text_content())
    assert cited == citation(Book(index), index.letter_of[FIRST])
    assert f"letterbook cite '{cited.place}' {SITE}" in seen(made(told))


# -- versions ----------------------------------------------------------------------------------------------------


def amended() -> Told:
    """Three versions of a letter and two of its outcomes."""
    told = told_of(letter("a", summary="Asks about the works.", questions=[question("1")]))
    told.land({"assessments/a": assessment("a", reported("1", "refused"))})
    told.land({"letters/a": letter("a", summary="Asks about the old works.", questions=[question("1")], changes=FIXED)})
    told.land({"assessments/a": assessment("a", reported("1", "answered"), changes=[change("correction", "Misread.")])})
    second = [*FIXED, change("addition", "One more question.")]
    told.land({"letters/a": letter("a", summary="Asks about the old works.",
                                   questions=[question("1"), question("2")], changes=second)})  # fmt: skip
    return told


def differences_on(files: Mapping[str, bytes], path: str, within: str = "//ul[@class='diff']/li") -> list[str]:
    return [" ".join(li.text_content().split()) for li in page(dict(files), path).xpath(within)]


def test_every_earlier_version_has_its_bytes_and_a_page_that_says_that_it_is_one() -> None:
    told = amended()
    files, index = made(told), told.index()
    assert {path for path in files if path.count("/") > 2 and path.startswith("letters/")} == {
        "letters/a/1/index.html", "letters/a/1/record.yaml", "letters/a/2/index.html", "letters/a/2/record.yaml",
        "letters/a/outcomes/1/index.html", "letters/a/outcomes/1/record.yaml",
    }  # fmt: skip
    for rev in (1, 2):
        revision = index.letter_of["a"].provenance.revisions[rev - 1]
        assert hashlib.sha256(files[f"letters/a/{rev}/record.yaml"]).hexdigest() == revision.sha256
        root = page(files, f"letters/a/{rev}/index.html")
        assert root.xpath("//meta[@name='robots']/@content") == ["noindex"]
        assert root.xpath("//link[@rel='latest-version']/@href") == ["../../../letters/a/index.html"]
        text = seen(files, f"letters/a/{rev}/index.html")
        assert "This is not the current version." in text and str(revision.sha256) in text
        assert f"Revision {rev} was published here on 15 November 2023" in text


def test_each_version_says_what_changed_with_it_and_since() -> None:
    files = made(amended())
    added = "Question 2 added: What of point 2? (wording: paraphrase)"
    summary = "Summary: Asks about the works. → Asks about the old works."
    since, change_ = "//section[@aria-labelledby='since']//li", "//section[@aria-labelledby='change']//li"
    assert differences_on(files, "letters/a/1/index.html", since) == [summary, added]
    assert differences_on(files, "letters/a/1/index.html", change_) == []
    assert differences_on(files, "letters/a/2/index.html", since) == [added]
    assert differences_on(files, "letters/a/2/index.html", change_) == [summary]
    assert differences_on(files, "letters/a/outcomes/1/index.html") == [
        "Outcome of question 1, outcome: refused → answered"
    ]  # fmt: skip
    assert differences_on(files, "letters/a/index.html") == [
        added, "Outcome of question 1, outcome: refused → answered"
    ]  # fmt: skip


def test_a_version_shows_what_it_said_then() -> None:
    files = made(amended())
    first = seen(files, "letters/a/1/index.html").split("What this version said")[1]
    assert "Asks about the works." in first and "What of point 2?" not in first
    assert "Refused" in seen(files, "letters/a/outcomes/1/index.html").split("What this version said")[1]
    assert not re.search(r"\d days", seen(files, "letters/a/outcomes/1/index.html"))


def test_the_history_lists_all_revisions_newest_first_with_note_commit_and_sha256() -> None:
    told = amended()
    root = page(made(told), "letters/a/index.html")
    steps = root.xpath("//ol[@class='history']/li")
    assert [step.get("id") for step in steps] == [
        "revision-3", "outcomes-revision-2", "revision-2", "outcomes-revision-1", "revision-1"
    ]  # fmt: skip
    said = [" ".join(step.text_content().split()) for step in steps]
    assert said[0].startswith("Amended 15 November 2023, 04:13 UTC. One more question. Question 2 added")
    assert said[1].startswith("Outcomes amended 15 November 2023, 03:13 UTC. Misread. Outcome of question 1")
    for step, revision in zip(said[::2], reversed(told.index().letter_of["a"].provenance.revisions), strict=True):
        assert f"commit {revision.commit[:12]}, SHA-256 {str(revision.sha256)[:12]}" in step
    links = [step.xpath(".//a/@href") for step in steps]
    assert links == [
        [], [], ["../../letters/a/2/index.html"], ["../../letters/a/outcomes/1/index.html"],
        ["../../letters/a/1/index.html"],
    ]  # fmt: skip


def test_notes_of_which_nobody_knows_the_revision_are_listed_all_the_same() -> None:
    notes = [change("correction", "One."), change("editorial", "Two."), change("correction", "Three.")]
    told = told_of(letter("a"), letter("a", summary="New.", changes=notes))
    said = text_of(told).split("Published here, and changed since")[1]
    assert [said.count(note) for note in ("One.", "Two.", "Three.")] == [1, 1, 1]


def test_a_version_that_only_looks_different_says_so() -> None:
    told = told_of(letter("a"))
    raw(told, "letters/a", json.dumps(letter("a"), indent=3).encode())
    assert "Nothing that the record says: it was only written down differently." in text_of(told)
    told = told_of(letter("a"), letter("a", changes=[change("editorial", "A word.")]))
    assert "Nothing but the notes on changes." in text_of(told)


SHAPES: dict[str, bytes] = {
    "another shape": (
        b"id: a\ntitle: [one, {two: 3}]\nfrom: nobody\nodd_field: {deep: [1, null]}\ndates: {sent: 2019}\n"
    ),
    "odd notes": b"id: a\nchanges: 7\n",
    "no such day": json.dumps(letter("a", dates={"sent": {"date": "2019-02-30", "basis": "stated"}})).encode(),
    "a stub": b"id: a\nerased: {rev: 9}\n",
    "hostile keys": b'"<script>": "]]>"\n"": null\nid: 7\n',
}
UNREADABLE = {
    "no YAML": b"id: [",
    "not UTF-8": b"id: \xff",
    "empty": b"",
    "a list": b"- 1\n",
    "twice": b"id: a\nid: b\n",
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_version_of_any_shape_is_listed_field_by_field(name: str) -> None:
    told = Told()
    raw(told, "letters/a", SHAPES[name])
    told.land({"letters/a": letter("a", changes=[*FIXED, change("addition", "More.")])})
    files = made(told)
    text = seen(files, "letters/a/1/index.html")
    assert "This version is not in the form that records have today" in text
    assert files["letters/a/1/record.yaml"] == SHAPES[name]
    assert "Summary added: Asks about the works in the harbour (a)." in text or name == "no such day"
    if name == "another shape":
        assert "Odd field deep: 1; nothing" in text and "Sender nobody" in text


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_version_that_cannot_be_read_has_its_sha256_and_no_more(name: str) -> None:
    told = told_of(letter("a"))
    raw(told, "letters/a", UNREADABLE[name])
    told.land({"letters/a": letter("a", changes=FIXED)})
    files = made(told)
    text = seen(files, "letters/a/2/index.html")
    assert "This version cannot be read. What is known of it is the SHA-256 of its bytes." in text
    assert "What changed cannot be shown: the earlier version cannot be read." in text
    assert hashlib.sha256(UNREADABLE[name]).hexdigest() in text
    assert files["letters/a/2/record.yaml"] == UNREADABLE[name]
    assert "the later version cannot be read" in seen(files, "letters/a/2/index.html")


def erased(told: Told, rev: int, key: str = "letters/a") -> Told:
    """The same history with the bytes of one version erased under law."""
    told._versions = [
        replace(version, erased="court-order") if (version.key, version.rev) == (key, rev) else version
        for version in told._versions
    ]
    return told


def test_of_an_erased_version_nothing_is_published() -> None:
    told = told_of(letter("a", summary="Hush."), letter("a", changes=FIXED), letter("a", title="T", changes=FIXED))
    files = made(erased(told, 1))
    assert "letters/a/1/record.yaml" not in files
    assert not [path for path, data in files.items() if b"Hush" in data]
    text = seen(files, "letters/a/1/index.html")
    assert "This version was erased under law. What is known of it is the SHA-256 of its bytes." in text
    assert "Erased under law (court order): nothing of it is published." in seen(files, "letters/a/index.html")
    assert "the earlier version was erased under law" in seen(files, "letters/a/2/index.html")


def test_a_version_whose_bytes_are_not_at_hand_says_so() -> None:
    told = told_of(letter("a"), letter("a", title="T", changes=FIXED))
    first = told.index().letter_of["a"].provenance.revisions[0]
    del told.contents[str(first.sha256)]
    files = made(told)
    assert "letters/a/1/record.yaml" not in files
    assert "is larger than a record may be, and is not published" in seen(files, "letters/a/1/index.html")


def test_a_withdrawal_takes_back_every_version_and_a_reinstatement_brings_none_of_them_back() -> None:
    hush = letter("a", title="Hush", questions=[question("1", text="Hush?")])
    told = told_of(hush, letter("a", title="Hush again", changes=FIXED))
    told.land({"assessments/a": assessment("a", reported(None, "refused", note="Hush."))})
    told.land({"assessments/a": assessment("a", reported(None, "refused"))})
    told.land({"letters/a": withdrawn("a", change("withdrawal", "Asked for."))})
    files = made(told)
    assert [path for path in files if path.startswith("letters/a/")] == ["letters/a/index.html"]
    assert not [path for path, data in files.items() if b"Hush" in data]
    assert set(page(files, "letters/a/index.html").xpath("//ol[@class='history']/li/@id")) == {
        "revision-1", "revision-2", "revision-3", "outcomes-revision-1", "outcomes-revision-2"
    }  # fmt: skip
    told.land({"letters/a": withdrawn("a", change("withdrawal", "Hush."), change("editorial", "x"))})
    told.land({"letters/a": letter("a")})
    told.land({"letters/a": letter("a", summary="New.", changes=FIXED)})
    files = made(told)
    assert {path for path in files if path.startswith("letters/a/")} == {
        "letters/a/index.html", "letters/a/5/index.html", "letters/a/5/record.yaml"
    }  # fmt: skip
    assert not [path for path, data in files.items() if b"Hush" in data]


def test_outcomes_that_never_stood_beside_the_letter_are_not_published() -> None:
    told = told_of(letter("a", questions=[question("1")]))
    told.land({"assessments/a": assessment("a", reported("1", "refused", note="One."))})
    told.land({"letters/a": withdrawn("a", change("withdrawal", "Asked for."))})
    for word in ("Two.", "Three."):
        told.land({"assessments/a": assessment("a", reported("1", "refused", note=word))})
    told.land({"letters/a": letter("a", questions=[question("1")])})
    told.land({"assessments/a": assessment("a", reported("1", "refused", note="Four."))})
    files = made(told)
    assert {path for path in files if "outcomes" in path} == {
        "letters/a/outcomes/3/index.html", "letters/a/outcomes/3/record.yaml"
    }  # fmt: skip
    assert not [path for path, data in files.items() if b"One." in data or b"Two." in data]


def test_a_removed_letter_and_removed_outcomes_have_no_versions() -> None:
    told = told_of(letter("a", title="Hush"), letter("a", changes=FIXED), None)
    assert list(made(told)) == ["letters/a/index.html"]
    told = amended()
    told.land({"assessments/a": None})
    files = made(told)
    assert not [path for path in files if "outcomes" in path]
    assert "outcomes-revision-3" in page(files, "letters/a/index.html").xpath("//@id")


def test_only_pages_that_show_a_correction_change() -> None:
    told, before = amended(), made(amended())
    told.land({"letters/b": letter("b")})
    both = made(told)
    told.land({"letters/a": letter("a", summary="New.", questions=[question("1")], changes=[*FIXED, *FIXED, *FIXED])})
    after = made(told)
    assert {path for path in after if before.get(path) != both.get(path) and path in before} == {"letters/a/index.html"}
    assert {path for path in after if after[path] != both.get(path)} == {
        "letters/a/index.html", "letters/a/1/index.html", "letters/a/2/index.html", "letters/a/3/index.html",
        "letters/a/3/record.yaml",
    }  # fmt: skip


# -- hostile text ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_in_every_field_of_every_version(name: str) -> None:
    """In the versions that readers see now, and in the bytes of the earlier ones."""
    told = harbour()
    told.land({f"letters/{FIRST}": json.loads(told.files[f"records/letters/{FIRST}.yaml"]) | {"summary": "New."}})
    told.land({f"assessments/{FIRST}": assessment(FIRST, reported("1", "refused"))})
    index = Index.from_mapping(poisoned(copy.deepcopy(told.index().to_mapping()), HOSTILE[name]))
    contents = {digest: hostile(data, HOSTILE[name]) for digest, data in told.contents.items()}
    files = made_of(index, contents)
    assert f"letters/{FIRST}/2/index.html" in files and f"letters/{FIRST}/outcomes/1/index.html" in files
    for path in files:
        if not path.endswith(".html"):
            continue
        root = page(files, path)
        assert not {element.tag for element in root.iter() if isinstance(element.tag, str)} & {"img", "iframe", "form"}
        assert {script.get("type") for script in root.xpath("//script")} <= {"application/ld+json"}
        attributes = {str(attribute) for element in root.iter() for attribute in element.attrib}
        assert not {attribute for attribute in attributes if attribute.startswith("on") or attribute == "style"}
        assert not [href for href in root.xpath("//@href") if re.match(r"\s*(?!https?:)[a-z]+:", href)]
        assert not ODD.findall(files[path].decode()), path
        for script in root.xpath("//script"):
            assert "<" not in script.text
            json.loads(script.text)


def hostile(data: bytes, poison: str) -> bytes:
    """The bytes of an old version with every free text replaced, as JSON that a reader of YAML takes."""
    return json.dumps(poisoned(json.loads(data), poison), ensure_ascii=True).encode()


def test_a_json_ld_block_cannot_be_closed_from_within() -> None:
    told = told_of(letter("a", title="</script><script>alert(1)</script><!--", summary="]]> & <b>"))
    files = made(told)
    assert data_block(files, "a")["name"] == "</script><script>alert(1)</script><!--"
    (script,) = re.findall(rb"<script[^>]*>(.*?)</script>", files["letters/a/index.html"])
    assert not set(b"<>&") & set(script)


def test_very_many_differences_are_counted_and_not_all_listed() -> None:
    most = version_pages.SHOWN + 50
    told = told_of(
        letter("a", questions=[question(str(n)) for n in range(most)]),
        letter("a", questions=[question(str(n), text="Other?") for n in range(most)], changes=FIXED),
    )
    found = differences_on(made(told), "letters/a/1/index.html")
    assert (len(found), found[-1]) == (version_pages.SHOWN + 1, "And 50 differences more, not listed here.")


# -- the house ---------------------------------------------------------------------------------------------------


def test_versions_that_are_rendered_are_those_that_are_published() -> None:
    """No page without its bytes, and no bytes without a page, unless they are gone or too large."""
    told = amended()
    files = made(told)
    folders = {path.removesuffix("index.html") for path in files if re.search(r"/[0-9]+/index\.html$", path)}
    assert folders == {path.removesuffix("record.yaml") for path in files if path.endswith("record.yaml")}
    versions = Versions(told.index(), told.contents)
    assert [version.rev for version in versions.letter("a")] == [1, 2, 3]
    assert versions.letter("nobody") == versions.outcomes("nobody") == ()


def test_a_provenance_may_say_anything_and_a_page_is_made() -> None:
    told = amended()
    index = told.index()
    entry = index.letter_of["a"]
    assert isinstance(entry.letter, Letter)
    lonely = replace(entry.provenance, revisions=entry.provenance.revisions[-1:])
    changed = replace(index, letters=(replace(entry, provenance=Provenance.from_mapping(lonely.to_mapping())),))
    assert "letters/a/index.html" in made_of(changed, told.contents)


def test_the_formats_are_in_the_table() -> None:
    assert FORMATS.keys() >= {"bibliography", "versions"}
    assert phrases.PROOF in text_of(amended(), "letters/a/1/index.html")


def test_pages_are_html_that_a_parser_takes_without_repair() -> None:
    files = made(amended())
    for path, data in files.items():
        if path.endswith(".html"):
            root: Any = html.document_fromstring(data)
            assert len(root.xpath("//h1")) == 1
            assert len(root.xpath("//@id")) == len(set(root.xpath("//@id")))
            references = {name for names in root.xpath("//@aria-labelledby") for name in names.split()}
            assert references <= set(root.xpath("//@id"))
