"""PartialDate: as much of a date as is known, written as people write it. No clock is read here.

    2019   2019-02   2019-02-18   2021-01/2021-04 (a range: on some day from the one to the other)   unknown

`PartialDate.parse` takes exactly these forms and `str()` gives back exactly the text that was read.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

Precision = Literal["day", "month", "year", "range", "unknown"]

_ONE = re.compile(r"([1-9][0-9]{3})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_SLASHED = re.compile(r"([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})")
_SHORT = re.compile(r"([1-9][0-9]{3})-([0-9]{1,2})(?:-([0-9]{1,2}))?")
_FORMS = "2019, 2019-02, 2019-02-18, 2021-01/2021-04 (a range) or unknown"


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date, or the part of it that is known. There is no PartialDate that `parse` would refuse."""

    text: str

    def __post_init__(self) -> None:
        _span(self.text)

    @classmethod
    def parse(cls, text: str) -> "PartialDate":
        """Read one of the five forms; ValueError says in plain words what is wrong and what to write."""
        return cls(text)

    def __str__(self) -> str:
        return self.text

    @property
    def precision(self) -> Precision:
        """How much is known."""
        if self.text == "unknown":
            return "unknown"
        if "/" in self.text:
            return "range"
        by_length: dict[int, Precision] = {4: "year", 7: "month", 10: "day"}
        return by_length[len(self.text)]

    @property
    def earliest(self) -> date | None:
        """The first day that it can be; None when unknown."""
        return _span(self.text)[0]

    @property
    def latest(self) -> date | None:
        """The last day that it can be; None when unknown."""
        return _span(self.text)[1]


def certainly_before(a: PartialDate, b: PartialDate) -> bool:
    """Every day that `a` can be lies before every day that `b` can be. Never true of what is unknown."""
    return a.latest is not None and b.earliest is not None and a.latest < b.earliest


@lru_cache(maxsize=4096)
def _span(text: str) -> tuple[date | None, date | None]:
    """First and last possible day of a text in one of the five forms; ValueError for any other text."""
    if text == "unknown":
        return None, None
    start, slash, end = text.partition("/")
    if not slash:
        return _days(text)
    if not (_ONE.fullmatch(start) and _ONE.fullmatch(end)):
        raise ValueError(_advice(text))
    first, last = _days(start), _days(end)
    if first[1] >= last[0]:
        raise ValueError(f'the range "{text}" must end later than it starts')
    return first[0], last[1]


def _days(text: str) -> tuple[date, date]:
    """First and last day of one date without a slash."""
    found = _ONE.fullmatch(text)
    if found is None:
        raise ValueError(_advice(text))
    year, month, day = int(found[1]), int(found[2] or 1), int(found[3] or 1)
    if not 1 <= month <= 12:
        raise ValueError(f'"{text}" has no such month: months are 01 to 12')
    length = calendar.monthrange(year, month)[1]
    if not 1 <= day <= length:
        raise ValueError(f'"{text}" is no day: {calendar.month_name[month]} {year} has {length} days')
    if found[3]:
        return date(year, month, day), date(year, month, day)
    if found[2]:
        return date(year, month, 1), date(year, month, length)
    return date(year, 1, 1), date(year, 12, 31)


def _advice(text: str) -> str:
    """What to say of a text in none of the forms. Two readings are both named; nothing is guessed."""
    if slashed := _SLASHED.fullmatch(text):
        a, b, year = int(slashed[1]), int(slashed[2]), int(slashed[3])
        readings = sorted({w for w in (_words(year, b, a), _words(year, a, b)) if w})
        if len(readings) == 2:
            return f'"{text}" can be read in two ways: write {_words(year, b, a)} or {_words(year, a, b)}'
        if readings:
            return f'"{text}" is not how dates are written here: write {readings[0]}'
    if (short := _SHORT.fullmatch(text)) and _is_day(int(short[1]), int(short[2]), int(short[3] or 1)):
        fixed = "-".join(part.zfill(2) for part in short.groups() if part)
        return f'months and days have two digits: write {fixed}, not "{text}"'
    return f'"{text}" is not a date: write {_FORMS}'


def _words(year: int, month: int, day: int) -> str:
    """'2019-04-03 (3 April 2019)', or nothing when there is no such day."""
    if not _is_day(year, month, day):
        return ""
    return f"{year:04d}-{month:02d}-{day:02d} ({day} {calendar.month_name[month]} {year})"


def _is_day(year: int, month: int, day: int) -> bool:
    return year >= 1000 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
