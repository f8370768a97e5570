"""The one Jinja2 environment: everything is escaped, nothing may be undefined, no odd character gets through."""

import json
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from publisher.dates import PartialDate
from publisher.formats import diff, phrases


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
        finalize=_showable,
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


def rendered(name: str, **values: Any) -> str:
    """Render one template."""
    return environment().get_template(name).render(**values)


def paragraphs(text: str) -> list[str]:
    """Split a text at its blank lines."""
    return [part for part in (" ".join(p.split()) for p in text.replace("\r\n", "\n").split("\n\n")) if part]


def json_ld(value: Any) -> Markup:
    """Write a value as JSON that can stand in a script element: no markup begins or ends in it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def _showable(value: Any) -> Any:
    """What goes into the output of `{{ }}`: text with nothing in it that does not show. None is a mistake."""
    if value is None:
        raise TypeError("a template shows a value that is not there")
    if isinstance(value, Markup):
        return Markup(phrases.shown(value))
    return phrases.shown(str(value)) if isinstance(value, str | PartialDate) else value
