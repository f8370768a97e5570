"""What the detector makes of a sample, and whether that is right."""

import json
from dataclasses import dataclass
from urllib.parse import quote

from publisher.documents import inspect
from tests.leaks.sample import Kind, Sample


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """The codes of what was found in a sample, errors and warnings apart."""

    sample: Sample
    errors: tuple[str, ...]
    warnings: tuple[str, ...]
    told: bool
    """Whether what was found holds the planted name: it never may."""

    @property
    def right(self) -> bool:
        """Whether what should become of the sample does."""
        if self.sample.verdict == "passed":
            return not self.errors and not self.told
        found = set(self.errors) if self.sample.leak else {*self.errors, *self.warnings}
        return not self.told and bool(found & self.sample.codes if self.sample.codes else found)


def judge(kind: Kind, number: int = 0) -> Judgement:
    """Make a sample and have it looked into."""
    sample = kind.sample(number)
    inspection = inspect(sample.data)
    found = inspection.discoveries
    return Judgement(
        sample=sample,
        errors=tuple(sorted({one.code for one in found if one.severity == "error"})),
        warnings=tuple(sorted({one.code for one in found if one.severity == "warning"})),
        told=tells(f"{inspection!r} {json.dumps(inspection.to_mapping())}", sample.secret),
    )


def tells(text: str, secret: str) -> bool:
    """Whether a text holds a word, written in whatever way: as it is, backwards, escaped, or in hexadecimal."""
    ways = [secret, secret[::-1], json.dumps(secret)[1:-1], quote(secret)]
    ways += [secret.encode(code).hex() for code in ("utf-8", "utf-16-be")]
    return any(way.casefold() in text.casefold() for way in ways)
