"""Documents that a schema allows, made by hypothesis from the schema itself, texts that mean harm included."""

import json
from functools import cache
from typing import Any

from hypothesis import strategies as st

from publisher import schema

HOSTILE = (
    "Re: your letter", "- a list?", "# not a comment", "a # comment", "{curly}", "[square]", "*alias", "&anchor",
    "!tag", "%x", "'single' and \"double\"", "back\\slash", "no", "null", "~", "0123", "2019-02-18", "12:30:00",
    "1e5", "yes:", "? x", "| x", "> x", "@x", "`x", "---", "...", "a\n---\nb", "two\nlines", "two\n\nparagraphs",
    "a\n\n\nb\n", " blank", "blank ", "a  b", "tab\tinside", "a\rb", "\u0085", "\u2028", "\u202ebidi",
    "\u00a0x\u00a0", "\ufeffx", "\U000e0041", "e\u0301", "\u0000", "\x1b[31m", "##[error]", "::error::", "x" * 150,
    "word " * 40 + "end", "1", "true", "<<", "=", "", "漢字" * 60, "a: b\n- c", "\n", "\U0001f600 \u200d",
    "می\u200cخواهم", "trailing:", "http://x.example/:", "-", ":", "a:b", "a,b", "a\n b", "a \nb",
)  # fmt: skip


def texts(*, least: int = 0, most: int = 300) -> st.SearchStrategy[str]:
    """Texts of some length; no lone surrogates, which no file can hold."""
    alphabet = st.characters(exclude_categories=["Cs"])
    prose = st.lists(st.text(alphabet, max_size=12), max_size=40).map(" ".join)
    any_text = st.one_of(st.text(alphabet, max_size=40), st.sampled_from(HOSTILE), prose)
    return any_text.filter(lambda text: least <= len(text) <= most)


@cache
def documents(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    """Documents of a kind of record that its schema accepts."""
    root = json.loads(schema.text(kind))
    found: st.SearchStrategy[dict[str, Any]] = _of(root, root).filter(lambda d: schema.is_valid(kind, d))
    return found


def _of(node: dict[str, Any], root: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "$ref" in node:
        return _of(root["$defs"][node["$ref"].rpartition("/")[2]], root)
    if "const" in node:
        return st.just(node["const"])
    if "enum" in node:
        return st.sampled_from(node["enum"])
    kinds = [node["type"]] if isinstance(node["type"], str) else node["type"]
    return st.one_of([_typed(kind, node, root) for kind in kinds])


def _typed(kind: str, node: dict[str, Any], root: dict[str, Any]) -> st.SearchStrategy[Any]:
    if kind == "object":
        return _mapping(node, root)
    if kind == "array":
        return st.lists(_of(node["items"], root), min_size=node.get("minItems", 0), max_size=3)
    if kind == "integer":
        return st.integers(node.get("minimum", -5), node.get("maximum", 2**53 - 1))
    if kind == "boolean":
        return st.booleans()
    most = node.get("maxLength", 300)
    if "pattern" in node:
        pattern = node["pattern"].removesuffix("$") + r"\Z"
        return st.from_regex(pattern).filter(lambda text: len(text) <= most)
    return texts(least=node.get("minLength", 0), most=most)


def _mapping(node: dict[str, Any], root: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    fields = {name: _of(below, root) for name, below in node["properties"].items()}
    needed = set(node.get("required", ()))
    if "oneOf" in node:
        ways = [set(branch["required"]) for branch in node["oneOf"]]
        others = {name: made for name, made in fields.items() if name not in set[str]().union(*ways)}
        return st.one_of([_some({**others, **{n: fields[n] for n in way}}, needed | way) for way in ways])
    return _some(fields, needed)


def _some(fields: dict[str, st.SearchStrategy[Any]], needed: set[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {name: made for name, made in fields.items() if name in needed},
        optional={name: made for name, made in fields.items() if name not in needed},
    )
