"""What a sample is: one kind of file made by one producer, with a planted name, and what must become of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["blocked", "reported", "passed"]
"""blocked: at least one error. reported: at least one finding of any severity. passed: no error."""

Proof = Literal["hidden", "partly", "shown", "absent", "hidden picture", "shown picture"]
"""What proof.py shows of the sample itself, without the detector.

hidden: the file holds the name, and what a reader sees does not depend on it. partly: the file holds the name, and a
reader sees a part or a trace of it. shown: the file holds the name and shows it. absent: the file does not hold it.
Of a picture the name is known by its pixels only: they depend on it, and the page does so or does not.
"""

NAMES = ("Quibberly", "Zantowick")
"""Two invented names of one length. Each sample can be made with either, to see what depends on the name."""

LETTERS = ("Quibberly", "Quibzorly")
"""Names that differ in their middle only: what a box covers that leaves the rest of the word."""

ARABIC = ("برهوشان", "زنطويقا")
CHINESE = ("卡祖瓦林", "米多拉桑")

TEXT = ("hidden-text", "invisible-text", "text-outside-page", "tiny-text", "hidden-words")
"""The codes of words that a file holds and does not show; which of them fits is the detector's affair."""

Make = Callable[[str], bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """A file that was made: `secret` is the name that no output may hold, whatever becomes of the file."""

    kind: str
    producer: str
    verdict: Verdict
    codes: frozenset[str]
    secret: str
    data: bytes

    @property
    def leak(self) -> bool:
        """Whether it must be blocked."""
        return self.verdict == "blocked"


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """A kind of file: `told` says in one sentence what is wrong with it, or why nothing is.

    `codes` are the findings of which one must be there (any will do where it is empty), `make` takes the planted name.
    """

    name: str
    producer: str
    told: str
    verdict: Verdict
    proof: Proof
    words: tuple[str, str]
    codes: frozenset[str]
    make: Make

    def sample(self, number: int = 0) -> Sample:
        """Make the file, with the first name or with the second."""
        word = self.words[number]
        return Sample(
            kind=self.name,
            producer=self.producer,
            verdict=self.verdict,
            codes=self.codes,
            secret=word,
            data=self.make(word),
        )


ENTERED: list[Kind] = []


def blocked(*codes: str, proof: Proof = "hidden", words: tuple[str, str] = NAMES) -> Callable[[Make], Make]:
    """Enter a function as a kind that must be blocked, by one of the codes that hidden words have if none is given."""
    return _enter("blocked", codes or TEXT, proof, words)


def reported(*codes: str, proof: Proof = "hidden", words: tuple[str, str] = NAMES) -> Callable[[Make], Make]:
    """Enter a function as a kind of which a person must be told, if only by a warning."""
    return _enter("reported", codes, proof, words)


def passed(*, proof: Proof = "shown", words: tuple[str, str] = NAMES) -> Callable[[Make], Make]:
    """Enter a function as a kind that is nobody's leak."""
    return _enter("passed", (), proof, words)


def _enter(verdict: Verdict, codes: tuple[str, ...], proof: Proof, words: tuple[str, str]) -> Callable[[Make], Make]:
    def enter(make: Make) -> Make:
        ENTERED.append(
            Kind(
                name=make.__name__.strip("_").replace("_", " "),
                producer=make.__module__.removeprefix("tests.leaks.").removeprefix("held_out.").partition(".")[0],
                told=" ".join((make.__doc__ or "").split()),
                verdict=verdict,
                proof=proof,
                words=words,
                codes=frozenset(codes),
                make=make,
            )
        )
        return make

    return enter
