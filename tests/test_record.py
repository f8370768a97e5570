"""Reading one file: strict YAML, every value at its place, hostile files at once, and all faults of a file together."""

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.record import MAX_BYTES, Record, key_of, parse, read

LETTER = "records/letters/2019/2019-02-18-acme-to-harbour.yaml"


def codes(text: str | bytes) -> list[str]:
    return [finding.code for finding in parse(text.encode() if isinstance(text, str) else text, "x")[1]]


def value(text: str) -> Any:
    document, findings = parse(f"a: {text}\n".encode(), "x")
    assert findings == () and document is not None
    return document["a"]


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("records/letters/2019/x.yaml", "letters/x"),
        ("records/letters/2019/02/x.yaml", "letters/x"),
        ("records/letters/x.yaml", "letters/x"),
        ("records/assessments/x.yaml", "assessments/x"),
        ("records/archive.yaml", "archive"),
        ("records/letters.yaml", "letters"),
        ("records/letters/2019/x.yml", None),
        ("records/letters/2019/.yaml", None),
        ("records/letters/2019/x.YAML", None),
        ("records/documents/x.pdf", None),
        ("other/letters/x.yaml", None),
        ("archive.yaml", None),
        ("records/letters/é.yaml", "letters/é"),
        ("records/letters/\udce9.yaml", None),
        ("records", None),
        ("", None),
    ],
)
def test_the_key_is_the_first_folder_and_the_stem(path: str, key: str | None) -> None:
    assert key_of(path) == key


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("0", 0),
        ("-7", -7),
        ("2019", 2019),
        ("9007199254740991", 2**53 - 1),
        ('"2019"', "2019"),
        ("'no'", "no"),
        ("2019-02", "2019-02"),
        ("2021-01/2021-04", "2021-01/2021-04"),
        ("2019-02-18-acme", "2019-02-18-acme"),
        ("1.2.3", "1.2.3"),
        ("...x", "...x"),
        ("norway", "norway"),
        ("https://acme-optics.example/#a", "https://acme-optics.example/#a"),
        ("[a, 1, null]", ["a", 1, None]),
        ("{b: {c: d}}", {"b": {"c": "d"}}),
        ("|\n  one\n  two", "one\ntwo\n"),
        (">-\n  one\n  two", "one two"),
        ('"\\u00e9"', "é"),
    ],
)
def test_what_a_value_is(text: str, expected: object) -> None:
    found = value(text)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "word",
    [
        *("yes", "no", "on", "off", "y", "n", "Y", "N", "Yes", "NO", "On", "OFF", "True", "TRUE", "False", "FALSE"),
        *("Null", "NULL", "~", "=", "0123", "089", "0o17", "0x1f", "0b11", "1_000", "08_", "+5", "1.5", ".5", "5."),
        *("-1.5", "1e3", "1.5e+3", ".inf", "-.inf", ".nan", "12:30", "12:30:00", "-12:30", "1:2:3.5", "190:20:30"),
    ],
)
def test_a_word_that_readers_differ_on_is_an_error_and_stays_the_text(word: str) -> None:
    document, (finding,) = parse(f"a: {word}\n".encode(), "x")
    assert document == {"a": word}
    assert (finding.code, finding.severity) == ("ambiguous-scalar", "error")
    assert (finding.location.column, finding.location.end_column) == (4, 4 + len(word))
    assert f'put quotes round it: "{word}"' in finding.hint
    document, (finding,) = parse(f"{word}: a\n".encode(), "x")
    assert document == {word: "a"} and finding.code == "ambiguous-scalar"
    assert codes(f"a: '{word}'\n") == []


@pytest.mark.parametrize(
    ("word", "reading"),
    [
        ("no", "false"), ("On", "true"), ("~", "null"), ("0123", "the number 83"), ("0x1f", "the number 31"),
        ("12:30:00", "the number 45000"), ("1_000", "the number 1000"), ("1.5", "a number"), ("0b11", "the number 3"),
        ("-12:30", "the number -750"), ("0xb1", "the number 177"), ("9" * 30 + "e3", "a number"),
    ],
)  # fmt: skip
def test_the_finding_says_what_another_reader_makes_of_it(word: str, reading: str) -> None:
    (finding,) = parse(f"a: {word}\n".encode(), "x")[1]
    assert finding.message == f"{word} is read as text here and as {reading} elsewhere"


@pytest.mark.parametrize("word", ["2019-02-18", "2019-2-8 10:00:00", "2019-02-18T10:00:00Z"])
def test_an_unquoted_date_is_a_warning_and_stays_the_text(word: str) -> None:
    document, (finding,) = parse(f"a: {word}\n".encode(), "x")
    assert document == {"a": word}
    assert (finding.code, finding.severity) == ("unquoted-date", "warning")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["empty-file"]),
        ("# only a comment\n", ["empty-file"]),
        ("---\n", ["empty-file"]),
        ("...\n", ["yaml-syntax"]),
        ("- a\n", ["not-a-mapping"]),
        ("just text\n", ["not-a-mapping"]),
        ("'quoted'\n", ["not-a-mapping"]),
        ("a: b\na: c\nb: d\nb: e\n", ["duplicate-key", "duplicate-key"]),
        ("a: &x b\nc: *x\n", ["anchor", "alias"]),
        ("a: &x !!str b\n", ["anchor", "tag"]),
        ("a: ! b\n", ["tag"]),
        ("a: !x!y b\n", ["tag"]),
        ("a: & b\n", ["anchor"]),
        ("a: *b* c\n", ["alias"]),
        ("*b : c\n", ["alias"]),
        ("*b\n", ["alias"]),
        ("a: ? b\n", ["yaml-syntax"]),
        ("%YAML 1.1\n---\na: b\n", ["directive"]),
        ("%FOO\n---\na: b\n", ["directive"]),
        ("a: b\n---\nc: d\n", ["several-documents"]),
        ("1: a\n", ["non-string-key"]),
        ("true: a\n", ["non-string-key"]),
        ("? \n: a\n", ["non-string-key"]),
        ("? [a]\n: b\n", ["complex-key"]),
        ("a: {{b}}\n", ["complex-key"]),
        ("<<: {a: b}\n", ["merge-key"]),
        ("'<<': a\n", []),
        ("a: [1, [2], '']\n", []),
        ("a:\n", ["empty-value"]),
        ("a: [b, ]\n", []),
        ("a:\n  - \n  - b\n", ["empty-value"]),
        ("a: 9007199254740992\n", ["integer-too-large"]),
        ("a: " + "9" * 5000 + "\n", ["integer-too-large"]),
        ("a: 'b\n", ["yaml-syntax"]),
        ("a: [b\nc: d\n", ["yaml-syntax"]),
        ("a: @b\n", ["yaml-syntax"]),
        ("a: - b\n", ["yaml-syntax"]),
        ("a: b\nno colon here\nc: d\n", ["yaml-syntax"]),
        ("a: 'it's'\n", ["yaml-syntax"]),
        ('a: "b" c\n', ["yaml-syntax"]),
        ('a: "\\q"\n', ["yaml-syntax"]),
        ('a: "\\ud800"\n', ["yaml-syntax"]),
        ("a: b\n  c: d\n", ["bad-indentation"]),
        ("a:\n  b: c\n d: e\n", ["bad-indentation"]),
        ("a:\n  - b: c\n   d: e\n", ["bad-indentation"]),
        ("a: b: c\n", ["unquoted-colon"]),
        ("a:\n\tb: c\n", ["tab-indentation"]),
        ("a: b\tc\n", ["control-character"]),
        ('a: "b\\tc"\n', ["control-character"]),
        ('a: "b\\0c"\n', ["control-character"]),
        ('a: "b\\u202ec"\n', ["bidi-control"]),
        ("a: b # c\n", []),
        ("a: b #c\n", ["comment-in-text"]),
        ("a: b\u2028c\n", ["control-character"]),
        ("# a comment \u202e\na: b\n", ["bidi-control"]),
        ("a: b\ufeffc\n", ["control-character"]),
        ("a: |\n  b\n\n", []),
        ("a: |+\n  b\n\n", ["surrounding-blanks"]),
        ("a: ' b'\n", ["surrounding-blanks"]),
        ("a: '\u00a0b'\n", ["surrounding-blanks"]),
    ],
)
def test_what_is_found_in_a_text(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_an_empty_value_is_null() -> None:
    assert parse(b"a:\nb:\n  -\nc: {d: }\n", "x")[0] == {"a": None, "b": [None], "c": {"d": None}}


def test_faults_that_leave_a_doubt_give_no_document() -> None:
    for text in (
        "a: \x07\n",
        "a: b\ufeffc\n",
        "a: b\u2028c\n",
        "a: b\na: c\n",
        "a: &x b\n",
        "a: *x\n",
        "- a\n",
        "a: b: c\n",
        "1: a\n",
        "a: b\n---\n",
    ):
        assert parse(text.encode(), "x")[0] is None
    for text in ("a: no\n", "a: 2019-02-18\n", "a: ' b'\n", "\ufeffa: b\n", "a: b\r\n", "a:\n", "a: e\u0301\n"):
        assert parse(text.encode(), "x")[0] is not None


def test_all_faults_of_a_file_are_found_in_one_run() -> None:
    text = "title: Re: a\nkind: no\nfrom: &x b\nfrom: 'c '\nto: Fwd: d\nsum\u200bmary: e\n\tq: f\n"
    assert codes("\ufeff" + text.replace("\n", "\r\n")) == [
        "byte-order-mark", "line-endings", "unquoted-colon", "ambiguous-scalar", "anchor", "duplicate-key",
        "surrounding-blanks", "unquoted-colon", "zero-width", "tab-indentation",
    ]  # fmt: skip


def test_the_place_of_a_fault_counts_code_points() -> None:
    (finding,) = parse("a: b\n𝒳é: no\n".encode(), "p")[1]
    where = finding.location
    assert (where.path, where.line, where.column, where.end_line, where.end_column) == ("p", 2, 5, 2, 7)


@pytest.mark.parametrize("mark", ["\r\n", "\r"])
def test_lines_count_alike_whatever_ends_them(mark: str) -> None:
    found = parse(f"a: b{mark}c: no{mark}".encode(), "x")[1]
    assert [(f.code, f.location.line) for f in found] == [("line-endings", 1), ("ambiguous-scalar", 2)]


def test_what_is_not_utf8_has_a_position() -> None:
    (finding,) = parse("a: b\nc: é\n".encode("latin-1"), "x")[1]
    assert (finding.code, finding.location.line, finding.location.column) == ("invalid-utf8", 2, 4)
    assert "0xE9 at position 9" in finding.message
    assert codes("a: b".encode("utf-16")) == ["invalid-utf8"]


# ---- hostile files


def quickly(data: bytes, expected: str, seconds: float = 1.0) -> None:
    start = time.process_time()
    document, findings = parse(data, "x")
    assert time.process_time() - start < seconds
    assert document is None
    assert expected in {finding.code for finding in findings}
    assert len(findings) <= 100


def test_a_large_file_ends_at_once() -> None:
    quickly(b"a" * 50_000_000, "file-too-large", 0.1)
    assert codes(b"a: '" + b"b" * (MAX_BYTES - 6) + b"'\n") == []
    assert codes(b"a: '" + b"b" * (MAX_BYTES - 5) + b"'\n") == ["file-too-large"]


@pytest.mark.parametrize("opener", ["[", "{", "- ", "? ", "[{", "{a: ["])
def test_deep_nesting_ends_at_once(opener: str) -> None:
    quickly((opener * 100_000).encode(), "too-deep")
    quickly(("a:\n  " + opener * 100_000).encode(), "too-deep")


def test_an_alias_bomb_ends_at_once() -> None:
    rows = [b"a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [b"a%d: &a%d [%s]" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 10)]
    quickly(b"\n".join(rows), "alias")


def test_too_many_values_end_at_once() -> None:
    quickly(b"a: [" + b"b," * 60_000 + b"]", "too-many-values")
    quickly(b"a:\n" + b"- b\n" * 200_000, "too-many-values")
    assert codes(b"a: [" + b"b," * 49_996 + b"b]") == []
    assert codes("".join(f"k{at}: 1\n" for at in range(25_000))) == ["too-many-values"]


@pytest.mark.parametrize(
    "text",
    ["a: no\n" * 50_000, "a: [" + "*b, " * 50_000 + "]", "a: '\u202e'\n" * 50_000, "a:\tb\n" + "\tc: d\n" * 99_000],
)
def test_too_many_faults_end_at_once(text: str) -> None:
    start = time.process_time()
    _, findings = parse(text.encode(), "x")
    assert time.process_time() - start < 5
    assert len(findings) == 100
    assert findings[-1].code == "too-many-faults"


def test_what_is_read_does_not_depend_on_how_many_faults_are_shown() -> None:
    assert parse(b"a: [" + b"no, " * 200 + b"]\n", "x")[0] == {"a": ["no"] * 200}
    assert parse(b"a: [" + b"no, " * 200 + b"*x]\n", "x")[0] is None


def test_too_much_that_no_schema_allows_ends_at_once() -> None:
    start = time.process_time()
    record, findings = read("records/threads.yaml", b"threads: [" + b"1, " * 49_000 + b"]\n")
    assert time.process_time() - start < 10
    assert record is None
    assert len(findings) == 100
    assert findings[-1].code == "too-many-faults"


def test_thirty_colons_end_at_once() -> None:
    quickly("".join(f"a{n}: b: c\n" for n in range(5000)).encode(), "unquoted-colon")


@settings(max_examples=300)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))))
def test_no_bytes_do_more_than_give_findings(data: bytes) -> None:
    document, findings = parse(data, "x")
    assert document is not None or findings
    for finding in findings:
        where = finding.location
        assert finding.message and finding.hint
        assert (where.line, where.column) <= (where.end_line, where.end_column)
        assert 1 <= where.line <= data.decode("utf-8", "replace").replace("\r", "\n").count("\n") + 1


YAML_BITS = st.sampled_from([*"abc:-?[]{}#&*!|>'\"%@`,~ \n\t0.", "a: ", "\n  ", "- ", "no", "é", "\u202e", "---\n"])


@settings(max_examples=500)
@given(st.lists(YAML_BITS, max_size=40).map("".join))
def test_nothing_that_looks_like_yaml_does_either(text: str) -> None:
    document, findings = parse(text.encode(), "x")
    assert document is not None or findings
    if document is not None:
        Record(key="letters/x", path="x", data=text.encode(), document=document).locate("a", 0, on="key")


def words() -> st.SearchStrategy[str]:
    return st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=20).map(str.strip)


VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), words()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(words(), inner, max_size=4)),
    max_leaves=20,
)


@given(st.dictionaries(words(), VALUES, max_size=5))
def test_json_is_read_as_json(document: dict[str, Any]) -> None:
    assert parse(json.dumps(document).encode(), "x") == (document, ())


# ---- where a value stands


DOCUMENT = """\
# a comment
id: x
from:
  - party: acme
    people:
      - role: Director
  - class: lending firms
to: [b, {c: "é\U0001f600", d: e}]
summary: >
  First line
  and second.

  Third.

last: end
"""


@pytest.mark.parametrize(
    ("pointer", "on", "expected"),
    [
        ((), "value", (2, 1, 2, 3)),
        (("id",), "value", (2, 5, 2, 6)),
        (("id",), "key", (2, 1, 2, 3)),
        (("from",), "key", (3, 1, 3, 5)),
        (("from",), "value", (4, 3, 7, 25)),
        (("from", 0), "value", (4, 5, 6, 23)),
        (("from", 1, "class"), "value", (7, 12, 7, 25)),
        (("from", 1), "key", (7, 5, 7, 25)),
        (("from", 0, "people", 0, "role"), "key", (6, 9, 6, 13)),
        (("to",), "value", (8, 5, 8, 25)),
        (("to", 1, "d"), "value", (8, 22, 8, 23)),
        (("summary",), "value", (9, 10, 13, 9)),
        (("last",), "value", (15, 7, 15, 10)),
        (("from", 5), "value", (4, 3, 7, 25)),
        (("from", 0, "people", 3, "name"), "value", (6, 7, 6, 23)),
        (("nothing", 1, 2), "key", (2, 1, 2, 3)),
    ],
)
def test_where_a_value_stands(pointer: tuple[str | int, ...], on: Any, expected: tuple[int, ...]) -> None:
    document, _ = parse(DOCUMENT.encode(), "x")
    record = Record(key="letters/x", path="x", data=DOCUMENT.encode(), document=document)
    where = record.locate(*pointer, on=on)
    assert (where.line, where.column, where.end_line, where.end_column) == expected


# ---- a record and its schema


def test_a_record_knows_its_kind() -> None:
    for key, kind in {
        "letters/x": "letter",
        "assessments/x": "assessment",
        "archive": "archive",
        "notes/x": "",
    }.items():
        assert Record(key=key, path="", data=b"", document={}).kind == kind


@pytest.mark.parametrize(
    "path", ["records/notes/x.yaml", "records/index.yaml", "records/letters.yaml", "records/withdrawn.yaml", "x.yaml"]
)
def test_what_stands_nowhere_is_no_record(path: str) -> None:
    record, (finding,) = read(path, b"a: b\n")
    assert record is None and finding.code == "unknown-record"


def test_a_withdrawn_letter_may_be_a_stub() -> None:
    stub = b"id: a\nstatus: withdrawn\nchanges:\n  - kind: withdrawal\n    note: At the sender's request.\n"
    record, findings = read(LETTER, stub)
    assert record is not None and findings == ()
    assert read(LETTER, stub.replace(b"withdrawn", b"published"))[0] is None


def test_what_follows_from_a_fault_is_not_said_again() -> None:
    threads = "threads:\n  - id: a\n    title: {}\n"
    for written in ("no", "", "Re: a", "1.5", "99999999999999999999"):
        _, findings = read("records/threads.yaml", threads.format(written).encode())
        assert len(findings) == 1, written


def test_a_file_with_one_fault_in_reading_is_held_against_its_schema_all_the_same() -> None:
    text = "threads:\n  - id: a\n    title: Re: a\n    sumary: b\n"
    record, findings = read("records/threads.yaml", text.encode())
    assert record is None
    assert [finding.code for finding in findings] == ["unquoted-colon", "unknown-field"]


def test_only_a_warning_leaves_the_record() -> None:
    text = "threads:\n  - id: a\n    title: 2019-02-18\n"
    record, (finding,) = read("records/threads.yaml", text.encode())
    assert record is not None and finding.severity == "warning"
