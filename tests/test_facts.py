"""The shipped records say what tests/facts.yaml says: nothing invented, nothing dropped, nobody judged.

Each promise is a function that yields what breaks it; `python tests/test_facts.py` prints it all. The last test
breaks each promise in turn and asks that somebody notices.
"""

import copy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from publisher.dates import PartialDate, certainly_before

ROOT = Path(__file__).parents[1]
FACTS: dict[str, Any] = {row["id"]: row for row in yaml.safe_load((ROOT / "tests" / "facts.yaml").read_text("utf-8"))}
SCHEMAS = {p.name.split(".")[0]: json.loads(p.read_text("utf-8")) for p in (ROOT / "schema").glob("*.json")}
NAMES = {p["name"] for row in FACTS.values() for p in row.get("people", []) if "name" in p}
SURNAMES = {name.split()[-1] for name in NAMES}

NOT_SENT_AS_STATED = {  # the table's words for these are neither "stated ..." nor "inferred ..."
    "2015-03-07-hacking-team-to-hrw": "reported",
    "2017-08-09-nso-to-bhrrc": "reported",
    "2017-08-citizen-lab-statement-blackstone": "inferred",
    "2018-03-citizen-lab-to-sandvine": "inferred",
    "2019-02-20-access-now-to-novalpina": "reported",
    "2019-02-citizen-lab-to-novalpina": "inferred",
    "2019-02-citizen-lab-to-jefferies": "inferred",
    "2019-06-novalpina-statement-governance": "reported",
    "2019-10-nso-statement-on-un-letter": "inferred",
    "2020-06-nso-to-amnesty": "inferred",
    "2021-05-citizen-lab-declines-nso-invitation": "inferred",
    "2021-07-27-joint-letter-to-states": "reported",
    "2021-citizen-lab-staff-sar-to-novalpina": "reported",
}
RANGES = {  # read off the words of the table
    "2014-hacking-team-statement-police-story": "2014-06-24/2014-08-08",
    "2021-early-nso-to-citizen-lab": "2021-01-11/2021-04-27",
    "2021-spring-nso-to-citizen-lab-invitation": "2021-04/2021-05",
    "2022-novalpina-sar-disclosure": "2021/2022-04",
}
PUBLISHED_BASIS = {  # seen only as quoted; report date; "today"; month in the address
    ("2018-09-17-nso-statement", "received"): "reported",
    ("2020-06-nso-to-amnesty", "first_published"): "inferred",
    ("2021-04-27-citizen-lab-to-nso", "first_published"): "inferred",
    ("2021-05-citizen-lab-declines-nso-invitation", "first_published"): "inferred",
}
INFERRED_REPLIES = {
    "2018-03-07-sandvine-to-citizen-lab", "2018-09-17-nso-statement", "2019-03-06-citizen-lab-to-novalpina",
    "2021-early-nso-to-citizen-lab", "2021-04-27-coalition-to-nso", "2021-04-27-citizen-lab-to-nso",
    "2021-spring-nso-to-citizen-lab-invitation",
}  # fmt: skip
TO_EVERYBODY = {"2017-08-citizen-lab-statement-blackstone", "2018-09-17-nso-statement"}
DATA_ACCESS = {"2021-citizen-lab-staff-sar-to-novalpina", "2022-novalpina-sar-disclosure"}
CANONICAL = {
    "act.accessnow.org", "boingboing.net", "business-humanrights.org", "citizenlab.ca", "crd.org",
    "deibert.citizenlab.ca", "edri.org", "elmon.cat", "elnacional.cat", "menarights.org", "r3d.mx",
    "rsf.org", "www.accessnow.org", "www.amnesty.be", "www.amnesty.it", "www.amnesty.org", "www.apc.org",
    "www.business-humanrights.org", "www.cbc.ca", "www.hrw.org", "www.israeldefense.co.il",
    "www.novalpina.pe", "www.researchgate.net", "www.theguardian.com",
}  # fmt: skip
OUTCOMES = {
    "answered": ["answered"], "partially_answered": ["partly-answered"], "refused": ["refused"],
    "refused_and_redirected": ["refused", "redirected"], "redirected": ["redirected"],
    "declined_to_comment": ["declined-to-comment"], "ignored": ["no-reply-known"], "conditional": ["partly-answered"],
}  # fmt: skip
NOBODY_SAID = {("2015-02-25-hrw-to-hacking-team", "1")}  # the page holds the reply and says nothing of how full it is
WHOLE = {  # status of the letter in the table -> outcome; the page that says so, and its date
    "2019-02-citizen-lab-to-novalpina": ("not-assessed", None),
    "2019-05-24-citizen-lab-to-sypa": ("acknowledged-only", "2019-07-04"),
    "2019-06-18-citizen-lab-to-novalpina": ("no-reply-known", "2019-07-04"),
    "2019-10-18-un-rapporteur-to-nso": ("not-assessed", None),
}
JUDGING = re.compile(r"\b(ignor|evad|evasi|fail|silen|stonewall)\w*", re.IGNORECASE)
CONTACT = re.compile(r"[\w.+-]+@[\w-]+\.\w|\+?\(?[0-9](?:[ ().-]?[0-9]){7,}")


@dataclass(frozen=True, kw_only=True)
class Records:
    """Parsed records by path, letters and assessments also by id."""

    by_path: dict[str, Any]

    def folder(self, name: str) -> dict[str, Any]:
        paths = (p for p in self.by_path if p.startswith(f"records/{name}/"))
        return {Path(p).stem: self.by_path[p] for p in paths}

    @property
    def letters(self) -> dict[str, Any]:
        return self.folder("letters")

    @property
    def assessments(self) -> dict[str, Any]:
        return self.folder("assessments")

    def table(self, name: str) -> Any:
        return self.by_path[f"records/{name}.yaml"]


@cache
def shipped() -> Records:
    paths = sorted((ROOT / "records").rglob("*.yaml"))
    return Records(by_path={p.relative_to(ROOT).as_posix(): yaml.safe_load(p.read_text("utf-8")) for p in paths})


def texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text with the field it stands in."""
    if isinstance(value, dict):
        for name, child in value.items():
            yield from texts(child, name)
    elif isinstance(value, list):
        for child in value:
            yield from texts(child, key)
    elif isinstance(value, str):
        yield key, value


def prose(document: Any) -> Iterator[str]:
    """What the archive says in its own voice: no addresses, no titles as published."""
    for key, text in texts(document):
        if key not in {"url", "path"} and not (key == "title" and document.get("title_basis") == "published"):
            yield text


def same_letters(records: Records) -> Iterator[str]:
    if records.letters.keys() != FACTS.keys():
        yield f"letters: {sorted(records.letters.keys() ^ FACTS.keys())}"
    yield from (f"{ref}: {letter['id']}" for ref, letter in records.letters.items() if letter["id"] != ref)


def dates_as_in_the_facts(records: Records) -> Iterator[str]:
    for ref, row in FACTS.items():
        dates, words = records.letters[ref]["dates"], row["basis"]
        word = re.match(r"stated|inferred|", words)
        basis = NOT_SENT_AS_STATED.get(ref) or (word[0] if word and word[0] else "unknown")
        expected = {"sent": (row["sent"] or RANGES.get(ref, "unknown"), basis)}
        if row["precision"] == "range":
            expected["sent"] = (RANGES[ref], "inferred")
        for ours, theirs in (("received", "received"), ("first_published", "published")):
            if theirs in row:
                expected[ours] = (row[theirs], PUBLISHED_BASIS.get((ref, ours), "stated"))
        if {name: (d["date"], d["basis"]) for name, d in dates.items()} != expected:
            yield f"{ref}: dates {dates} instead of {expected}"
        if PartialDate.parse(dates["sent"]["date"]).precision != row["precision"]:
            yield f"{ref}: precision"
        note = "" if words in ("stated", "inferred") else words.removeprefix("inferred: ").rstrip(".")
        if dates["sent"].get("note", "").rstrip(".").lower() != note.lower():
            yield f"{ref}: note of the date sent"


def words_as_in_the_facts(records: Records) -> Iterator[str]:
    for ref, row in FACTS.items():
        letter = records.letters[ref]
        language = {"unknown": "und", "en, fr": ["en", "fr"]}.get(row["language"], row["language"])
        expected = (row["kind"].replace("_", "-"), language, row["uncertainty"])
        if (letter["kind"], letter["language"], letter["uncertainty"]) != expected:
            yield f"{ref}: kind, language or uncertainty"
        if letter.get("related_reports", []) != ([row["report"]] if "report" in row else []):
            yield f"{ref}: related reports"
        labels = [q["n"] for q in row.get("questions", [])]
        if [q["label"] for q in letter.get("questions", [])] != labels:
            yield f"{ref}: question labels"
        if letter["questions_extent"] in ("none", "complete"):
            yield f"{ref}: no source supports that extent"
        if re.search(r"\([^)]*(not seen|unknown|inferred|varies)[^)]*\)", letter["title"]):
            yield f"{ref}: the title holds a remark"


def everybody_as_in_the_facts(records: Records) -> Iterator[str]:
    ids = {n: p["id"] for p in records.table("parties")["parties"]
           for n in [p["name"], *(a["name"] for a in p.get("aliases", []))]}  # fmt: skip
    for ref, row in FACTS.items():
        letter = records.letters[ref]
        for side in ("from", "to", "cc", "via"):
            expected = set()
            for org in row.get(side, []):
                base = org.removesuffix(", board of directors")
                expected.add(ids.get(base) or re.sub(r" \(.*\)$", "", org).casefold())
            if side == "to" and not expected:
                expected = {"public" if ref in TO_EVERYBODY else "no addressee known"}
            found = [c.get("party") or c.get("class", "public").casefold() for c in letter.get(side, [])]
            if set(found) != expected or len(found) != len(expected):
                yield f"{ref}: {side} {found} instead of {expected}"
            names = [c["as"] for c in letter.get(side, []) if "as" in c]
            yield from (f"{ref}: called {name}" for name in names if name not in row[side])
            people = [p for c in letter.get(side, []) for p in c.get("people", c.get("signatories", []))]
            known = [(p.get("name"), p["role"]) for p in row.get("people", []) if p["side"] == side]
            if [(p.get("name"), p["role"]) for p in people] != known:
                yield f"{ref}: people {people} instead of {known}"


def replies_as_in_the_facts(records: Records) -> Iterator[str]:
    for ref, row in FACTS.items():
        relations = records.letters[ref].get("relations", [])
        expected = [f"replies-to {other}" for other in row.get("replies_to", [])] + row.get("other", [])
        if [f"{r['kind']} {r['letter']}" for r in relations] != expected:
            yield f"{ref}: relations {relations} instead of {expected}"
        for relation in (r for r in relations if r["kind"] == "replies-to"):
            if (relation["basis"] == "inferred") != (ref in INFERRED_REPLIES):
                yield f"{ref}: basis of the reply"
            mine, theirs = (records.letters[i]["dates"]["sent"]["date"] for i in (ref, relation["letter"]))
            if certainly_before(PartialDate(mine), PartialDate(theirs)):
                yield f"{ref}: certainly older than what it answers"


def host(url: str) -> str:
    return url.split("/")[2]


def sources_as_in_the_facts(records: Records) -> Iterator[str]:
    for ref, row in FACTS.items():
        sources = records.letters[ref]["sources"]
        if [s.get("url", "leaked") for s in sources] != row["sources"]:
            yield f"{ref}: sources"
        for source in sources:
            linked = source.get("linked", True)
            if linked != ("url" in source and host(source["url"]) in CANONICAL):
                yield f"{ref}: {source} linked or not"
            if not linked and "not linked" not in source.get("note", source.get("title", "")):
                yield f"{ref}: {source} does not say why it is not linked"
    for path, document in records.by_path.items():
        if any("wikileaks" in text.lower() for _, text in texts(document)):
            yield f"{path}: leaked mail"


def page_date(url: str) -> str | None:
    """The date that a page shows in its address, or that the letter published there states."""
    if found := re.search(r"/(20[0-9]{2})/([0-9]{2}|apr)/([0-9]{2})(?:/|$)", url):
        return f"{found[1]}-{found[2].replace('apr', '04')}-{found[3]}"
    if found := re.match(r"https://citizenlab\.ca/(20[0-9]{2})/([0-9]{2})/", url):
        month = f"{found[1]}-{found[2]}"
        there = [row for row in FACTS.values() if row["sources"][0] == url and row["precision"] == "day"]
        return max((row["sent"] for row in there if row["sent"].startswith(month)), default=month)
    return None


def expected_outcomes(row: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """(question, by, outcome, as_of, answers, evidence) of each entry, from the table alone."""
    if row["id"] in WHOLE:
        outcome, as_of = WHOLE[row["id"]]
        yield {"question": None, "by": None, "outcome": outcome, "as_of": as_of}
    for q in row.get("questions", []):
        as_of = page_date(q["evidence"]) if "evidence" in q else None
        words = OUTCOMES.get(q["status"], ["not-assessed"])
        by: list[str | None] = [None]
        if as_of is None or (row["id"], q["n"]) in NOBODY_SAID:
            words = ["not-assessed"]
        if q["status"] == "answered_by_some":
            by = ["calpers", "asrs"]
        for n, who in enumerate(by):
            for outcome in words:
                said = as_of if outcome != "not-assessed" else None
                answers = q["answered_by"][n : n + 1] if who else q["answered_by"]
                entry = {"question": q["n"], "by": who, "outcome": outcome, "as_of": said}
                yield entry | {"answers": answers, "evidence": [q["evidence"]] if "evidence" in q else []}


def outcomes_as_in_the_facts(records: Records) -> Iterator[str]:
    for ref, row in FACTS.items():
        expected = list(expected_outcomes(row))
        found = records.assessments.get(ref, {"outcomes": []})["outcomes"]
        for entry, outcome in zip(expected, found, strict=False):
            assessed = outcome["outcome"] != "not-assessed"
            answers = outcome.get("answered_by" if assessed else "candidates", [])
            got = {**outcome, "answers": answers, "evidence": [e["url"] for e in outcome.get("evidence", [])]}
            if {key: got.get(key) for key in entry} != entry:
                yield f"{ref}: {outcome} instead of {entry}"
            if ("answered_by" if not assessed else "candidates") in outcome and outcome.get("question"):
                yield f"{ref}: an answer and a candidate are not the same"
        if len(expected) != len(found) or (ref in records.assessments) != bool(expected):
            yield f"{ref}: {len(found)} outcomes instead of {len(expected)}"
    yield from (f"{ref}: assessment of no letter" for ref in records.assessments.keys() - FACTS.keys())


def outcomes_are_what_somebody_reported(records: Records) -> Iterator[str]:
    for ref, assessment in records.assessments.items():
        for outcome in assessment["outcomes"]:
            assessed = outcome["outcome"] != "not-assessed"
            needed = {"as_of", "assessed_by", "evidence", "note"} if assessed else set()
            if outcome["basis"] != "reported" or not needed <= outcome.keys():
                yield f"{ref}: not reported by anybody: {outcome}"
            if assessed and not re.search(
                r"reported (on|in) .*20[0-9]{2} that|joint letter of", outcome.get("note", "")
            ):
                yield f"{ref}: the note does not say who reported it when"
            if not assessed and {"as_of", "assessed_by", "answered_by"} & outcome.keys():
                yield f"{ref}: not assessed, but as of when or by whom? {outcome}"
            if (
                outcome["outcome"] == "not-assessed"
                and "reported" in outcome.get("note", "")
                and "evidence" not in outcome
            ):
                yield f"{ref}: a report without its page"
            if not all(e.get("linked", True) == (host(e["url"]) in CANONICAL) for e in outcome.get("evidence", [])):
                yield f"{ref}: evidence linked or not: {outcome}"


def nobody_is_judged_or_exposed(records: Records) -> Iterator[str]:
    for path, document in records.by_path.items():
        for text in prose(document):
            if found := JUDGING.search(text):
                yield f"{path}: the archive's voice says {found[0]!r}"
            plain = re.sub(r"\b20[0-9]{2}(-20[0-9]{2}|-[0-9]{2}(-[0-9]{2})?)\b|EUR 01/5073/2021", "", text)
            if found := CONTACT.search(plain):
                yield f"{path}: contact details {found[0]!r}"
        for key, text in texts(document):
            named = [surname for surname in SURNAMES if surname.casefold() in text.casefold()]
            if named and key not in {"name", "url"}:
                yield f"{path}: a person is named in {key}"
    ids = [p["id"] for p in records.table("parties")["parties"]] + [
        t["id"] for t in records.table("threads")["threads"]
    ]
    for ref in ids + list(records.letters):
        yield from (f"{ref}: a person's name" for name in SURNAMES if name.casefold() in ref.split("-"))
    for ref in DATA_ACCESS:
        letter = records.letters[ref]
        if any(c.keys() & {"people", "signatories"} for side in ("from", "to") for c in letter[side]):
            yield f"{ref}: people"


def the_archive_says_what_it_is(records: Records) -> Iterator[str]:
    archive = records.table("archive")
    if archive["origin"].split("/")[0] != "letterbook.example" or archive["authority"] != "letterbook.example,2026":
        yield "archive: a name that is not reserved"
    if archive["disclaimer"] != "Independent compilation, not published or endorsed by any party named.":
        yield "archive: disclaimer"
    if "own descriptions" not in archive["licence"]:
        yield "archive: the licence covers our own words only"
    yield from (f"archive: {c['party']} complete" for c in archive["coverage"] if c["complete"])
    yield from (f"{ref}: holds documents" for ref, letter in records.letters.items() if letter.get("documents"))


def everything_refers_to_something(records: Records) -> Iterator[str]:
    parties = [p["id"] for p in records.table("parties")["parties"]]
    threads = [t["id"] for t in records.table("threads")["threads"]]
    used = {v for letter in records.letters.values() for k, v in texts(letter) if k in ("party", "asked_of")}
    if used != set(parties) or len(parties) != len(set(parties)):
        yield f"parties: {sorted(used ^ set(parties))}"
    in_use = {letter["thread"] for letter in records.letters.values()}
    if in_use != set(threads) or len(threads) != len(set(threads)):
        yield f"threads: {sorted(in_use ^ set(threads))}"
    for ref, letter in records.letters.items():
        if any(q["wording"] != "paraphrase" or q["text"][0] in "\"'“‘" for q in letter.get("questions", [])):
            yield f"{ref}: a question stands as if it were quoted"


def records_satisfy_their_schema(records: Records) -> Iterator[str]:
    for path, document in records.by_path.items():
        kind = {"letters": "letter", "assessments": "assessment"}.get(path.split("/")[1], Path(path).stem)
        errors = jsonschema.Draft202012Validator(SCHEMAS[kind]).iter_errors(document)
        yield from (f"{path}: {error.message}" for error in errors)


PROMISES: list[Callable[[Records], Iterator[str]]] = [
    same_letters, dates_as_in_the_facts, words_as_in_the_facts, everybody_as_in_the_facts, replies_as_in_the_facts,
    sources_as_in_the_facts, outcomes_as_in_the_facts, outcomes_are_what_somebody_reported,
    nobody_is_judged_or_exposed, the_archive_says_what_it_is, everything_refers_to_something,
    records_satisfy_their_schema,
]  # fmt: skip


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_the_shipped_records_keep(promise: Callable[[Records], Iterator[str]]) -> None:
    assert list(promise(shipped())) == []


def test_the_table_is_whole() -> None:
    scopes = [row["scope"] for row in FACTS.values()]
    assert (scopes.count("core"), scopes.count("related"), len(scopes)) == (26, 37, 63)
    assert sum(len(row.get("questions", [])) for row in FACTS.values()) == 53
    assert all("wikileaks" not in source for row in FACTS.values() for source in row["sources"])
    assert not any("people" in FACTS[ref] for ref in DATA_ACCESS)


def test_every_record_starts_with_the_line_that_tells_an_editor_its_schema() -> None:
    for path in (ROOT / "records").rglob("*.yaml"):
        first = path.read_text("utf-8").splitlines()[0]
        found = re.fullmatch(r"# yaml-language-server: \$schema=((?:\.\./)+schema/[a-z]+\.schema\.json)", first)
        assert found and (path.parent / found[1]).resolve().is_file(), path
        assert path.parent.name in ("records", "assessments", path.stem[:4]), path
        assert b"\r" not in path.read_bytes()


def _letter(ref: str, **fields: Any) -> Callable[[Records], None]:
    return lambda records: records.letters[ref].update(fields)


def _outcome(ref: str, **fields: Any) -> Callable[[Records], None]:
    return lambda records: records.assessments[ref]["outcomes"][0].update(fields)


def _table(name: str, **fields: Any) -> Callable[[Records], None]:
    return lambda records: records.table(name).update(fields)


def _at(ref: str, *keys: str | int, value: Any) -> Callable[[Records], None]:
    """Put a value at a place within a letter."""

    def put(records: Records) -> None:
        place = records.letters[ref]
        for key in keys[:-1]:
            place = place[key]
        place[keys[-1]] = value

    return put


def _lose(path: str) -> Callable[[Records], None]:
    return lambda records: records.by_path.pop(path)


OPEN, JULY = "2019-02-citizen-lab-to-novalpina", "2019-07-04-citizen-lab-to-sypa"
MONEY, STAFF = "2017-07-25-citizen-lab-to-blackstone", "2021-citizen-lab-staff-sar-to-novalpina"
BREAKS: list[tuple[str, Callable[[Records], None]]] = [
    ("letters", _lose(f"records/letters/2017/{MONEY}.yaml")),
    ("letters", lambda records: records.by_path.update({"records/letters/2020/x.yaml": records.letters[OPEN]})),
    ("dates", _at(OPEN, "dates", "sent", "date", value="2019-02-19")),
    ("dates", _at(OPEN, "dates", "sent", "basis", value="stated")),
    ("dates", _at(OPEN, "dates", "received", value={"date": "2019-03-01", "basis": "stated"})),
    ("dates", _at(OPEN, "dates", "first_published", value={"date": "2019-02", "basis": "inferred"})),
    ("dates", _at("2021-early-nso-to-citizen-lab", "dates", "sent", "date", value="2021-02")),
    ("note of the date", _at(MONEY, "dates", "sent", value={"date": "2017-07-25", "basis": "inferred"})),
    ("uncertainty", _letter(OPEN, uncertainty="None.")),
    ("related reports", _letter(OPEN, related_reports=["Another report"])),
    ("question labels", lambda records: records.letters[OPEN]["questions"].pop()),
    ("extent", _letter(OPEN, questions_extent="complete")),
    ("holds a remark", _letter(OPEN, title="Open letter (title not seen)")),
    ("cc", _letter(OPEN, cc=[{"party": "nso-group"}])),
    ("to", _letter("2014-hacking-team-statement-police-story", to=[{"public": True}])),
    ("called", _at(OPEN, "to", 0, "as", value="Novalpina Capital LLP")),
    ("people", _at(OPEN, "to", 0, "people", value=[{"name": "A. Example", "role": "Partner"}])),
    ("relations", _at(OPEN, "relations", 0, "letter", value="2019-02-15-novalpina-to-access-now")),
    ("basis of the reply", _at(OPEN, "relations", 0, "basis", value="inferred")),
    ("certainly older", _at("2019-02-15-novalpina-to-citizen-lab", "dates", "sent", "date", value="2019-03")),
    ("sources", lambda records: records.letters[MONEY]["sources"].pop()),
    ("linked or not", _at("2018-09-17-nso-statement", "sources", 0, "linked", value=True)),
    ("linked or not", _at(OPEN, "sources", 0, "linked", value=False)),
    ("does not say why", _at("2018-09-17-nso-statement", "sources", 0, "note", value="A copy.")),
    ("leaked", _at(OPEN, "sources", 0, "note", value="See WikiLeaks.")),
    ("instead of", _outcome(MONEY, outcome="refused")),
    ("instead of", _outcome(MONEY, as_of="2017-08-16")),
    ("instead of", _outcome(MONEY, answered_by=["2017-08-calpers-to-bhrrc"])),
    ("instead of", _outcome(MONEY, evidence=[{"url": "https://citizenlab.ca/"}])),
    ("are not the same", _outcome(MONEY, candidates=["2017-08-calpers-to-bhrrc"])),
    ("outcomes instead of", lambda records: records.assessments[OPEN]["outcomes"].pop()),
    ("outcomes instead of", _lose(f"records/assessments/{MONEY}.yaml")),
    ("no letter", lambda records: records.by_path.update({"records/assessments/x.yaml": {"outcomes": []}})),
    ("not reported", _outcome(MONEY, basis="own")),
    ("not reported", lambda records: records.assessments[MONEY]["outcomes"][0].pop("assessed_by")),
    ("who reported it when", _outcome(MONEY, note="No reply came.")),
    ("as of when", _outcome(JULY, assessed_by="Citizen Lab")),
    ("without its page", _outcome(JULY, note="Somebody reported that a reply came.")),
    ("evidence linked or not", _outcome("2018-09-13-citizen-lab-to-nso", evidence=[
        {"url": "https://staging.boingboing.net/2018/09/18/dns-caching.html"}])),
    ("voice says", _outcome(MONEY, note="Somebody ignored it.")),
    ("voice says", _letter(MONEY, summary="It failed.")),
    ("voice says", _letter(MONEY, title="On silence")),
    ("contact details", _letter(OPEN, summary="Write to someone@letterbook.example.")),
    ("contact details", _letter(OPEN, summary="Call +1 555 010 0199.")),
    ("named in summary", lambda records: records.letters[OPEN].update(summary=min(NAMES))),
    ("person's name", lambda records: records.by_path.update(
        {f"records/letters/2020/{min(SURNAMES).lower()}-to-quayside.yaml": records.letters[OPEN]})),
    ("people", _at(STAFF, "from", 0, "signatories", value=[{"role": "staff member"}])),
    ("not reserved", _table("archive", origin="letters.example/a")),
    ("disclaimer", _table("archive", disclaimer="Endorsed by all.")),
    ("own words only", _table("archive", licence="CC0-1.0")),
    ("complete", _table("archive", coverage=[{"party": "nso-group", "complete": True}])),
    ("documents", _letter(OPEN, documents=[{"file": "a.pdf"}])),
    ("parties", lambda records: records.table("parties")["parties"].pop()),
    ("threads", _letter(OPEN, thread="another")),
    ("quoted", _at(OPEN, "questions", 0, "text", value="'What did it consist of?'")),
    ("quoted", _at(OPEN, "questions", 0, "wording", value="verbatim")),
    ("Additional properties", _letter(OPEN, langauge="en")),
]  # fmt: skip


@pytest.mark.parametrize(("words", "breaks"), BREAKS, ids=[f"{n}-{words}" for n, (words, _) in enumerate(BREAKS)])
def test_a_broken_promise_is_noticed(words: str, breaks: Callable[[Records], None]) -> None:
    records = copy.deepcopy(shipped())
    breaks(records)
    faults = []
    for promise in PROMISES:
        try:
            faults += list(promise(records))
        except KeyError:
            assert promise is not same_letters  # the others may stumble over a record that is not there
    assert any(words in fault for fault in faults), faults


if __name__ == "__main__":
    print(*(fault for promise in PROMISES for fault in promise(shipped())), sep="\n")
