"""The one Jinja2 environment: everything is escaped, nothing may be undefined, no odd character gets through.

Templates share macros: the files of SHARED, each under the name that templates know it by. An import "with context"
would make all macros of a file anew for every page; `shared` makes them once for one set of values, and whoever
renders a page hands them on among the page's values.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from publisher.formats import diff, phrases

SHARED: Mapping[str, str] = {
    "parts": "parts.html",
    "pieces": "letter_parts.html",
    "diffs": "diff.html",
    "lists": "series.html",
    "ledger": "questions_parts.html",
    "drawn": "pictures/matrix.html",
}
"""Macros by the names that templates know them by; a file may use those that stand before it."""


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Make the environment; a function of the package alone."""
    made = Environment(
        loader=PackageLoader("publisher", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        finalize=_present,
    )
    made.globals["phrases"] = phrases
    made.filters.update(
        capital=phrases.capital,
        cut=diff.cut,
        day=phrases.day,
        direction=phrases.direction,
        host=phrases.host,
        json_ld=json_ld,
        language=phrases.language,
        moment=phrases.moment,
        one_line=phrases.one_line,
        paragraphs=paragraphs,
        sentence=phrases.sentence,
        shortened=diff.shortened,
    )
    made.tests["web_address"] = phrases.is_web_address
    return made


def rendered(name: str, values: Mapping[str, Any]) -> str:
    """Render one template: text with nothing in it that does not show, whatever the values hold."""
    return phrases.shown(environment().get_template(name).render(values))


def shared(values: Mapping[str, Any]) -> dict[str, Any]:
    """Make the macros of SHARED; `values` are the only ones that they see beside what they are called with."""
    made: dict[str, Any] = {}
    for name, file in SHARED.items():
        made[name] = environment().get_template(file).make_module({**values, **made})
    return made


def paragraphs(text: str) -> list[str]:
    """Split a text at its blank lines."""
    return [part for part in (" ".join(p.split()) for p in text.replace("\r\n", "\n").split("\n\n")) if part]


def json_ld(value: Any) -> Markup:
    """Write a value as JSON that can stand in a script element: no markup begins or ends in it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def _present(value: Any) -> Any:
    """What goes into the output of `{{ }}`: None is a mistake."""
    if value is None:
        raise TypeError("a template shows a value that is not there")
    return value
