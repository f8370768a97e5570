"""Citations: a text that can be looked up again, and entries that real readers of BibTeX and RIS take as they are."""

import json
import re
from typing import Any

import pybtex.database
import pytest
import rispy
from hypothesis import given
from hypothesis import strategies as st

from publisher.dates import PartialDate
from publisher.formats import phrases
from publisher.formats.bibliography import item_of, render
from publisher.formats.book import Book
from publisher.formats.citations import LONGEST, Citation, Reference, citation
from publisher.index import Index
from tests.correspondence import ARCHIVE, SITE, Told, change, harbour, letter, withdrawn
from tests.test_formats import HOSTILE

FIRST = "2019-02-18-institute-to-acme"
REPLY = "2019-03-01-acme-to-institute"
HEADS = st.text(min_size=1, max_size=60).map(phrases.one_line).filter(bool)
IDS = st.from_regex(r"[a-z0-9]{1,5}(-[a-z0-9]{1,5}){0,4}", fullmatch=True)
DIGITS = st.text("0123456789abcdef", min_size=12, max_size=12)
CITATIONS = st.builds(
    Citation,
    head=HEADS
    | IDS.map(lambda name: f"A to B, letters/{name}, revision 1, sha256:0123456789ab, log 0, https://x.example/"),
    id=IDS,
    rev=st.integers(1, 999_999_999),
    sha256=DIGITS,
    seq=st.integers(0, 999_999_999),
    url=st.from_regex(r"https?://[a-z]{1,9}\.example(:[0-9]{2,4})?/[a-z0-9,/-]{0,20}", fullmatch=True),
)


# -- the text --------------------------------------------------------------------------------------------------


@given(CITATIONS)
def test_a_citation_is_read_as_it_was_written(cited: Citation) -> None:
    assert Citation.parse(str(cited)) == cited
    found = Reference.parse(str(cited))
    assert (found.id, found.rev, found.sha256, found.seq) == (cited.id, cited.rev, cited.sha256, cited.seq)


@given(st.text(max_size=80) | CITATIONS.map(str).flatmap(lambda text: st.sampled_from([text, f" {text}", f"{text} "])))
def test_what_is_read_is_written_again_to_the_letter(text: str) -> None:
    try:
        cited = Citation.parse(text)
    except ValueError:
        return
    assert str(cited) == text


@pytest.mark.parametrize(
    "fields",
    [
        {"head": ""}, {"head": " A"}, {"head": "A\nB"}, {"head": "A  B"}, {"head": "A\u202eB"}, {"id": "A"},
        {"id": "a--b"}, {"id": "a, revision 2"}, {"rev": 0}, {"rev": -1}, {"rev": 10**9}, {"seq": -1},
        {"sha256": "0" * 11}, {"sha256": "0" * 13}, {"sha256": "A" * 12}, {"url": "javascript:x"}, {"url": ""},
        {"url": "https://a b"},
    ],
)  # fmt: skip
def test_there_is_no_citation_that_would_be_read_differently(fields: dict[str, Any]) -> None:
    sound: dict[str, Any] = {
        "head": "A to B",
        "id": "a",
        "rev": 1,
        "sha256": "0" * 12,
        "seq": 0,
        "url": "https://x.example/",
    }
    assert Citation.parse(str(Citation(**sound))) == Citation(**sound)
    with pytest.raises(ValueError, match=r"."):
        Citation(**sound | fields)


PLACE = "letters/2019-a, revision 2, sha256:0123456789ab, log 41"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"A to B, “T”, 2019, The archive, {PLACE}, https://x.example/letters/2019-a/", (2, "0123456789ab", 41)),
        (f"A to B, “T”, 2019, The\n  archive, {PLACE},\nhttps://x.example/letters/2019-a/.", (2, "0123456789ab", 41)),
        (f"(see {PLACE}; accessed 1 May 2027)", (2, "0123456789ab", 41)),
        (f"letters/other, revision 1, sha256:ffffffffffff, log 0, {PLACE}", (2, "0123456789ab", 41)),
        (PLACE, (2, "0123456789ab", 41)),
        ("2019-a, revision 2", (2, None, None)),
        ("2019-a rev 2", (2, None, None)),
        ("letters/2019-a 2", (2, None, None)),
        ("2019-a, sha256:0123", (None, "0123", None)),
        ("2019-a 0123456", (None, "0123456", None)),
        ("2019-a, log 41, 012345a, revision 2.", (2, "012345a", 41)),
    ],
)
def test_what_people_paste_is_understood(text: str, expected: tuple[Any, ...]) -> None:
    found = Reference.parse(text)
    assert found.id == "2019-a"
    assert (found.rev, found.sha256, found.seq) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "2019-a", "2019-a, log 41", "2019-a 2 3", "2019-a rev 2, revision 2", "2019-a 0123456g",
        "2019-a sha256:012", "2019-A revision 2", "2019-a revision 0", "2019-a revision two", f"x{PLACE}",
        "https://x.example/letters/2019-a/",
        "a " + "rev " * 4000, "a" * (LONGEST + 1), f"letters/{'a-' * 9000}", ", letters/a" * 1500, *HOSTILE.values(),
    ],
)  # fmt: skip
def test_what_names_no_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"names no version"):
        Reference.parse(text)


def test_a_letters_citation_says_who_wrote_to_whom_when_and_which_version() -> None:
    told = harbour()
    index, entry = told.index(), told.index().letter_of[FIRST]
    assert str(citation(Book(index), entry)) == (
        "Harbour Institute for Tides and twelve fishing cooperatives to Acme Optics and Quayside Fund, “Open letter on "
        "the dredging works and the lighthouse lenses”, 18 February 2019, The Harbour letters, "
        f"letters/{FIRST}, revision 2, sha256:{entry.record.sha256[:12]}, log 10, {SITE}letters/{FIRST}/"
    )
    said = str(citation(Book(index), index.letter_of[REPLY]))
    assert said.startswith(
        "Acme Optics to Harbour Institute, [Reply on the lenses], 1 March 2019 (reported), The Harbour"
    )
    assert citation(Book(index), index.letter_of["secret"]) is None


@pytest.mark.parametrize(
    ("dates", "said"),
    [
        ({"sent": {"date": "2019-02", "basis": "inferred"}}, "February 2019 (inferred)"),
        (
            {"sent": {"date": "unknown", "basis": "unknown"}, "received": {"date": "2019-03-01", "basis": "stated"}},
            "received 1 March 2019",
        ),
        (
            {"sent": {"date": "unknown", "basis": "unknown"}, "first_published": {"date": "2020", "basis": "reported"}},
            "first published 2020 (reported)",
        ),
        ({"sent": {"date": "unknown", "basis": "unknown"}}, "no date known"),
    ],
)
def test_a_date_is_cited_as_far_as_it_is_known(dates: dict[str, Any], said: str) -> None:
    told = Told()
    told.land({"letters/a": letter("a", dates=dates)})
    index = told.index()
    assert f"”, {said}, The Harbour letters, " in str(citation(Book(index), index.letter_of["a"]))


# -- files for reference managers --------------------------------------------------------------------------------


def made(**fields: Any) -> dict[str, bytes]:
    """The files of an archive of one letter, `a`."""
    told = Told()
    told.land({"letters/a": letter("a", **fields)})
    return render(told.index(), {})


def one_bibtex(files: dict[str, bytes]) -> pybtex.database.Entry:
    return pybtex.database.parse_string(files["letters/a.bib"].decode(), "bibtex").entries["a"]


def one_ris(files: dict[str, bytes]) -> dict[str, Any]:
    (found,) = rispy.loads(files["letters/a.ris"].decode())
    return dict(found)


def one_csl(files: dict[str, bytes]) -> dict[str, Any]:
    (found,) = json.loads(files["letters/a.csl.json"])
    return dict(found)


def test_every_letter_has_its_files_and_one_of_each_holds_all() -> None:
    files = render(harbour().index(), {})
    names = [FIRST, REPLY, "2020-05-follow-up", "2020-statement"]
    endings = ("bib", "ris", "csl.json")
    assert files.keys() == {
        *(f"letters/{name}.{ending}" for name in names for ending in endings),
        "bibliography.bib", "bibliography.ris", "bibliography.json",
    }  # fmt: skip
    everything = pybtex.database.parse_string(files["bibliography.bib"].decode(), "bibtex")
    assert sorted(everything.entries) == sorted(names)
    assert sorted(record["id"] for record in rispy.loads(files["bibliography.ris"].decode())) == sorted(names)
    assert sorted(item["id"] for item in json.loads(files["bibliography.json"])) == sorted(names)


def test_a_withdrawn_letter_is_in_no_bibliography() -> None:
    told = Told()
    told.land({"letters/a": letter("a", title="Hush"), "letters/b": letter("b")})
    told.land({"letters/a": withdrawn("a", change("withdrawal", "Asked for.")), "letters/b": None})
    files = render(told.index(), {})
    assert files == {"bibliography.bib": b"", "bibliography.ris": b"", "bibliography.json": b"[]\n"}


@pytest.mark.parametrize("ending", ["bib", "ris", "csl.json"])
def test_every_entry_names_version_place_address_archive_and_who_it_is_not_by(ending: str) -> None:
    told = harbour()
    entry = told.index().letter_of[FIRST]
    text = render(told.index(), {})[f"letters/{FIRST}.{ending}"].decode()
    place = f"letters/{FIRST}, revision 2, sha256:{entry.record.sha256[:12]}, log 10"
    for fact in (place, f"{SITE}letters/{FIRST}/", ARCHIVE["name"], ARCHIVE["disclaimer"]):
        assert fact in text
    assert "A. Example" not in text


def test_names_are_organisations_and_never_people() -> None:
    files = made(**{"from": [{"party": "acme-optics", "as": "Acme, Optics and Lenses, Inc.", "signatories": [
        {"name": "A. Example", "role": "Chair"}]}]}, to=[{"public": True}])  # fmt: skip
    (author,) = one_bibtex(files).persons["author"]
    assert (str(author), author.first_names) == ("{Acme, Optics and Lenses, Inc.}", [])
    assert one_ris(files)["authors"] == ["Acme Optics and Lenses Inc."]
    assert one_csl(files)["author"] == [{"literal": "Acme, Optics and Lenses, Inc."}]
    assert one_csl(files)["recipient"] == [{"literal": "the public"}]
    assert not [name for name in files if b"A. Example" in files[name]]


@pytest.mark.parametrize(
    ("date", "year", "ris", "parts"),
    [
        ("2019-02-18", ("2019", "feb", "18"), ("2019", "2019/02/18/"), [[2019, 2, 18]]),
        ("2019-02", ("2019", "feb", None), ("2019", "2019/02//"), [[2019, 2]]),
        ("2019", ("2019", None, None), ("2019", "2019///"), [[2019]]),
        ("2021-01/2021-04", ("2021", None, None), ("2021", "2021///"), [[2021, 1], [2021, 4]]),
        ("2021-01-03/2021-01-04", ("2021", "jan", None), ("2021", "2021/01//"), [[2021, 1, 3], [2021, 1, 4]]),
        ("2019/2020", (None, None, None), (None, None), [[2019], [2020]]),
        ("unknown", (None, None, None), (None, None), None),
    ],
)
def test_dates_have_the_parts_that_are_known(date: str, year: Any, ris: Any, parts: Any) -> None:
    basis = "unknown" if date == "unknown" else "reported"
    files = made(dates={"sent": {"date": date, "basis": basis}})
    entry, record, item = one_bibtex(files), one_ris(files), one_csl(files)
    months = {"jan": "January", "feb": "February"}
    assert [entry.fields.get(name) for name in ("year", "month", "day")] == [year[0], months.get(year[1]), year[2]]
    assert (record.get("year"), record.get("date")) == ris
    issued = item.get("issued")
    assert (issued and issued["date-parts"]) == parts
    assert bool(issued and issued.get("circa")) == (len(parts or ()) == 2)
    assert f"Date sent: {phrases.day(PartialDate.parse(date))}" in item["note"]


def test_a_letter_that_is_known_by_its_publication_is_filed_under_it_and_says_so() -> None:
    files = made(dates={"sent": {"date": "unknown", "basis": "unknown"},
                        "received": {"date": "2019-03-01", "basis": "stated"},
                        "first_published": {"date": "2020-05", "basis": "reported"}})  # fmt: skip
    item = one_csl(files)
    assert item["issued"] == {"date-parts": [[2020, 5]]}
    assert (
        "Date sent: not known. Received: 1 March 2019 (stated). First published: May 2020 (reported)." in item["note"]
    )
    received = made(dates={"sent": {"date": "unknown", "basis": "unknown"},
                           "received": {"date": "2019-03-01", "basis": "stated"}})  # fmt: skip
    assert "issued" not in one_csl(received)
    assert not re.search(r"^(PY|DA) ", received["letters/a.ris"].decode(), re.MULTILINE)


@pytest.mark.parametrize(
    ("kind", "csl", "ris"),
    [("letter", "personal_communication", "PCOMM"), ("open-letter", "personal_communication", "PCOMM"),
     ("email", "personal_communication", "PCOMM"), ("statement", "document", "GEN"), ("petition", "document", "GEN")],
)  # fmt: skip
def test_types_are_those_that_the_formats_have(kind: str, csl: str, ris: str) -> None:
    files = made(kind=kind)
    assert one_csl(files)["type"] == csl
    assert files["letters/a.ris"].startswith(f"TY  - {ris}\r\n".encode())
    assert one_bibtex(files).type == "misc"


def test_a_title_of_ours_is_marked_as_such() -> None:
    files = made(title="A reply", title_basis="supplied")
    assert one_csl(files)["title"] == one_ris(files)["title"] == "[A reply]"
    assert one_bibtex(files).fields["title"] == "{[A reply]}"
    assert "Title supplied by the archive." in one_bibtex(files).fields["note"]


CSL_TEXTS = {
    "id", "type", "genre", "title", "container-title", "publisher", "archive", "archive_location", "version", "URL",
    "note", "annote", "language",
}  # fmt: skip


def csl_faults(items: Any) -> list[str]:
    """Say what of CSL-JSON 1.0.2 an array of items does not keep, as far as our items use it."""
    faults = []
    for item in items:
        for name, value in item.items():
            if name in CSL_TEXTS:
                sound = isinstance(value, str) and value != ""
            elif name in ("author", "recipient"):
                sound = all(one.keys() == {"literal"} and isinstance(one["literal"], str) for one in value)
            else:
                sound = name == "issued" and is_csl_date(value)
            faults += [] if sound else [f"{name}: {value}"]
        faults += [] if {"id", "type"} <= item.keys() else ["no id or type"]
        faults += [] if item.get("type") in ("personal_communication", "document") else ["another type"]
    return faults


def is_csl_date(value: Any) -> bool:
    dates = value.get("date-parts", [])
    return (
        value.keys() <= {"date-parts", "circa"}
        and 1 <= len(dates) <= 2
        and all(1 <= len(date) <= 3 and all(isinstance(part, int) for part in date) for date in dates)
        and all(1 <= date[1] <= 12 for date in dates if len(date) > 1)
    )


def test_csl_items_have_the_structure_of_csl() -> None:
    files = render(harbour().index(), {})
    for path in files:
        if path.endswith(".json"):
            assert csl_faults(json.loads(files[path])) == []
    assert csl_faults([{"id": "a", "type": "letter", "issued": {"date-parts": [[2019, 13]]}}]) == [
        "issued: {'date-parts': [[2019, 13]]}", "another type"
    ]  # fmt: skip


# -- hostile text ------------------------------------------------------------------------------------------------

BRACES = {
    "an open brace": "a { b", "a closed brace": "a } b", "many braces": "}{}}{{" * 9, "a backslash": "\\",
    "two": "\\\\", "a command": r"\input{/etc/passwd} \write18{x} $x^2_3$ 100% & #1 ~",
    "an entry": "} @misc{evil, title={x}}", "a record": "x\r\nER  - \r\nTY  - BOOK\r\nTI  - evil",
    "a line end": "x\u2028ER  - \u2028", "an equals sign": '" = {',
    "and": "A and B and others", "commas": "A, B, C, D", "a quote": '"', "a comment": "% @comment{",
}  # fmt: skip


@pytest.mark.parametrize("name", [*HOSTILE, *BRACES])
def test_hostile_text_stays_text(name: str) -> None:
    poison = HOSTILE.get(name) or BRACES[name]
    document = harbour().index().to_mapping()
    for entry in document["letters"]:
        if entry["id"] == FIRST:
            entry["letter"] |= {"title": poison, "summary": poison}
            entry["letter"]["from"] = [{"class": poison}, {"class": poison}]
            entry["letter"]["to"] = [{"party": "acme-optics", "as": poison}]
    document["archive"] |= {"name": poison, "publisher": poison, "disclaimer": poison}
    index = Index.from_mapping(document)
    item = item_of(Book(index), index.letter_of[FIRST])
    files = render(index, {})
    assert item is not None

    bibtex = files[f"letters/{FIRST}.bib"].decode()
    assert bibtex.count("{") == bibtex.count("}")
    entries = pybtex.database.parse_string(files["bibliography.bib"].decode(), "bibtex").entries
    assert (len(entries), FIRST in entries) == (4, True)
    assert len(entries[FIRST].persons["author"]) == 2
    assert not set("\\$%&#~^<>|") & set(re.sub(COMMAND, "", entries[FIRST].fields["title"]))
    assert plain(entries[FIRST].fields["title"]) == f"{{{item.title}}}"
    assert plain(str(entries[FIRST].persons["author"][0])) == f"{{{item.authors[0]}}}"

    ris = files[f"letters/{FIRST}.ris"].decode()
    assert ris.count("\r\n") == ris.count("\n") == ris.count("\r")
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in ris.split("\r\n")[:-1])
    (record,) = rispy.loads(ris)
    assert record["title"] == item.title.strip()
    assert len(rispy.loads(files["bibliography.ris"].decode())) == 4

    assert csl_faults(json.loads(files["bibliography.json"])) == []
    assert one_line(files.values())
    assert Citation.parse(str(item.cited)) == item.cited


COMMAND = r"\\(text[a-z]+)\{\}|\\([#$%&_])"
"""What our BibTeX says in TeX's own words: all that may be left of a character that TeX would run."""


def plain(text: str) -> str:
    """What TeX would print of a field."""
    words = {
        "textbackslash": "\\", "textbraceleft": "{", "textbraceright": "}", "textasciitilde": "~", "textbar": "|",
        "textasciicircum": "^", "textless": "<", "textgreater": ">",
    }  # fmt: skip
    return re.sub(COMMAND, lambda m: words[m[1]] if m[1] else m[2], text)


def one_line(files: Any) -> bool:
    """Whether no character stands in any file that does not show, but line ends."""
    text = b"".join(files).decode().replace("\r\n", "\n")
    return all(phrases.shown(line) == line for line in text.split("\n"))
