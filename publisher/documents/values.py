"""What is found in a document, and how much of it may be looked at."""

from dataclasses import asdict, dataclass
from typing import Any, Self

from publisher.finding import Severity

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in points, from the top left of the page as it is seen."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Discovery:
    """One thing that a document hides or gives away; it never holds the words themselves.

    `page` counts from 1; `characters` is 0 where it makes no sense.
    """

    code: str
    severity: Severity
    message: str
    hint: str
    page: int | None = None
    box: Box | None = None
    characters: int = 0

    @property
    def where(self) -> str:
        """The page and the box in words, or an empty text."""
        if self.page is None:
            return ""
        if self.box is None:
            return f"page {self.page}"
        left, top, right, bottom = (round(side) for side in self.box)
        return f"page {self.page}, {left} to {right} pt from the left, {top} to {bottom} pt from the top"

    @classmethod
    def from_mapping(cls, mapping: dict[str, Any]) -> Self:
        """Read what `asdict` wrote and JSON carried."""
        box = mapping.pop("box")
        return cls(**mapping, box=None if box is None else (box[0], box[1], box[2], box[3]))


@dataclass(frozen=True, kw_only=True, slots=True)
class Inspection:
    """What one document was found to be, and all that was found in it, in the order of pages."""

    media_type: str
    pages: int | None = None
    discoveries: tuple[Discovery, ...] = ()

    @property
    def blocked(self) -> bool:
        """Whether something found is an error."""
        return any(discovery.severity == "error" for discovery in self.discoveries)

    def to_mapping(self) -> dict[str, Any]:
        """As JSON carries it."""
        return asdict(self)

    @classmethod
    def from_mapping(cls, mapping: dict[str, Any]) -> Self:
        """Read it back."""
        found = tuple(Discovery.from_mapping(discovery) for discovery in mapping["discoveries"])
        return cls(media_type=mapping["media_type"], pages=mapping["pages"], discoveries=found)


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """How much of a hostile file may be looked at; what exceeds one is a finding that names it.

    Bytes for `size`, `memory` (address space) and `inflated` (all decoded streams together), seconds for `seconds`,
    pixels for `page_pixels` (the picture made of a page) and `image_pixels` (a picture in the file).
    """

    size: int = 200 * 2**20
    memory: int = 2 * 2**30
    inflated: int = 512 * 2**20
    seconds: int = 60
    pages: int = 1000
    page_pixels: int = 4_000_000
    image_pixels: int = 100_000_000
    objects: int = 300_000


class LimitError(Exception):
    """Inside the worker: a limit is exceeded; the message says which."""
