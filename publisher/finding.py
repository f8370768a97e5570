"""What is wrong with what we were given: a value in the stream, never an exception."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Location:
    """A span of one file: lines and columns count from 1, columns in code points, the end is exclusive."""

    path: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One fault of the input: a stable code, one plain sentence, where it stands, and one concrete fix."""

    code: str
    message: str
    location: Location
    severity: Severity = "error"
    hint: str = ""

    @property
    def order(self) -> tuple[str, int, int, str]:
        """Sort key: by file, then by place in the file, then by code."""
        return (self.location.path, self.location.line, self.location.column, self.code)
