"""PartialDate: reading and writing are inverses, and nothing else is read."""

import json
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher.dates import PartialDate, certainly_before

SCHEMA = json.loads((Path(__file__).parents[1] / "schema" / "letter.schema.json").read_text("utf-8"))
PATTERN = re.compile(SCHEMA["$defs"]["dated"]["properties"]["date"]["pattern"])

days = st.dates(date(1000, 1, 1), date(9998, 12, 31)).map(date.isoformat)
single = st.builds(lambda day, length: day[:length], days, st.sampled_from([4, 7, 10]))


def _is_valid(text: str) -> bool:
    try:
        PartialDate.parse(text)
    except ValueError:
        return False
    return True


ranges = st.builds("{}/{}".format, single, single).filter(_is_valid)
texts = st.one_of(single, ranges, st.just("unknown"))
partial_dates = texts.map(PartialDate.parse)


@given(texts)
def test_what_is_read_is_written_back(text: str) -> None:
    assert str(PartialDate.parse(text)) == text


@given(partial_dates)
def test_what_is_written_is_read_back(when: PartialDate) -> None:
    assert PartialDate.parse(str(when)) == when


@given(texts)
def test_the_schema_takes_every_text_that_is_read(text: str) -> None:
    assert PATTERN.fullmatch(text)


@given(st.one_of(st.text(max_size=12), st.from_regex(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}"), days))
def test_nothing_else_is_read(text: str) -> None:
    # Whatever is read must be built from what it means, by another route than the parser's.
    if not _is_valid(text):
        return
    when = PartialDate.parse(text)
    if when.earliest is None or when.latest is None:
        assert text == "unknown"
        return
    ends = (
        {f"{when.earliest:%Y-%m-%d}"[:n] for n in (4, 7, 10)},
        {f"{when.latest:%Y-%m-%d}"[:n] for n in (4, 7, 10)},
    )
    start, slash, end = text.partition("/")
    assert start in ends[0]
    assert end in ends[1] if slash else start in ends[1]


@given(partial_dates)
def test_the_first_day_is_not_after_the_last(when: PartialDate) -> None:
    assert when.earliest is None or when.latest is None or when.earliest <= when.latest


@given(partial_dates, partial_dates)
def test_of_two_dates_at_most_one_is_certainly_first(a: PartialDate, b: PartialDate) -> None:
    assert not (certainly_before(a, b) and certainly_before(b, a))
    assert not certainly_before(a, a)


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "precision"),
    [
        ("2019", date(2019, 1, 1), date(2019, 12, 31), "year"),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29), "month"),
        ("2019-02-18", date(2019, 2, 18), date(2019, 2, 18), "day"),
        ("2021-01/2021-04", date(2021, 1, 1), date(2021, 4, 30), "range"),
        ("2021/2022-04", date(2021, 1, 1), date(2022, 4, 30), "range"),
        ("2014-06-24/2014-08-08", date(2014, 6, 24), date(2014, 8, 8), "range"),
        ("unknown", None, None, "unknown"),
    ],
)
def test_what_a_text_means(text: str, earliest: date | None, latest: date | None, precision: str) -> None:
    when = PartialDate.parse(text)
    assert (when.earliest, when.latest, when.precision) == (earliest, latest, precision)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "2019 ", " 2019", "2019\n", "2019-02-18\n", "2019-", "2019-2", "2019-02-", "2019-02-1",
        "19-02-18", "0000", "0999", "12019", "2019-00", "2019-13", "2019-02-00", "2019-02-29", "2019-04-31",
        "2019/02/18", "20190218", "2019-02-18T00:00:00Z", "2019-W07-1", "2019-049", "~2019", "2019?",
        "Unknown", "UNKNOWN", "null", "2019/", "/2019", "2019/2019", "2020/2019", "2019/2019-03", "..",
        "2019-02/2019-02-18", "2019/unknown", "unknown/2019", "2019/2020/2021", "2019-01//2019-02",
        "٢٠١٩", "2019-02-1８", "2019–02", "18 February 2019",
    ],
)  # fmt: skip
def test_other_forms_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        PartialDate.parse(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("03/04/2019", "can be read in two ways: write 2019-04-03 (3 April 2019) or 2019-03-04 (4 March"),
        ("18.02.2019", "is not how dates are written here: write 2019-02-18 (18 February 2019)"),
        ("4/4/2019", "is not how dates are written here: write 2019-04-04 (4 April 2019)"),
        ("2019-2-8", "months and days have two digits: write 2019-02-08, not"),
        ("2019-02-30", "is no day: February 2019 has 28 days"),
        ("2019-13", "has no such month: months are 01 to 12"),
        ("2020/2019", "must end later than it starts"),
        ("31/31/2019", "write 2019, 2019-02, 2019-02-18, 2021-01/2021-04 (a range) or unknown"),
    ],
)  # fmt: skip
def test_the_words_of_a_refusal(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)) as caught:
        PartialDate.parse(text)
    assert f'"{text}"' in str(caught.value)


def test_certainly_before() -> None:
    before = [
        ("2019-02-15", "2019-02-18"),
        ("2018", "2019-01-01"),
        ("2019-01", "2019-02"),
        ("2014/2015", "2016"),
    ]
    not_before = [
        ("2019-02", "2019-02-18"),
        ("2019-02-18", "2019-02-18"),
        ("unknown", "2019"),
        ("2019", "unknown"),
    ]
    assert all(certainly_before(PartialDate(a), PartialDate(b)) for a, b in before)
    assert not any(certainly_before(PartialDate(a), PartialDate(b)) for a, b in not_before)
