"""Names for the places in a record, as people type them: dates.sent.date, questions.3a.text, sources.1.url.

An item of a list is named by its label, its id or its question where all items of the list have one of their own,
and by its number, from 1, in every other list.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from publisher.strict import Pointer

_NAMES = ("label", "id", "question")


def names_of(items: Sequence[Any]) -> list[str]:
    """Name the items of a list."""
    field = name_field(items)
    return [str(item[field]) for item in items] if field else [str(at) for at in range(1, len(items) + 1)]


def name_field(items: Sequence[Any]) -> str:
    """Return the field that names the items of a list; "" where they go by their numbers."""
    for field in _NAMES:
        names = [item.get(field) if isinstance(item, dict) else None for item in items]
        if names and None not in names and len(set(names)) == len(names):
            return field
    return ""


def leaves(document: Any, above: str = "", at: Pointer = ()) -> Iterator[tuple[str, Pointer, Any]]:
    """Yield the name, the pointer and the value of everything that holds nothing else, lists of words whole."""
    if isinstance(document, dict) and document:
        pairs: Any = [(name, name, value) for name, value in document.items()]
    elif isinstance(document, list) and any(isinstance(item, dict | list) for item in document):
        pairs = [(name, at, item) for at, (name, item) in enumerate(zip(names_of(document), document, strict=True))]
    else:
        yield above, at, document
        return
    for name, part, value in pairs:
        yield from leaves(value, f"{above}.{name}" if above else name, (*at, part))


def find(document: Any, name: str) -> tuple[Pointer, str]:
    """Return the pointer of the longest part of a name that is there, and the rest of the name."""
    pointer: Pointer = ()
    while name:
        if isinstance(document, dict):
            known = {str(key): key for key in document}
        elif isinstance(document, list):
            known = {each: at for at, each in enumerate(names_of(document))}
        else:
            break
        held = [each for each in known if name == each or name.startswith(f"{each}.")]
        if not held:
            break
        part = max(held, key=len)
        pointer, document, name = (*pointer, known[part]), document[known[part]], name[len(part) + 1 :]
    return pointer, name


def differences(old: Any, new: Any) -> list[tuple[str, Any, Any]]:
    """Return what differs: the name, the value before and the value after, None for one that is not there."""
    before = {name: value for name, _, value in leaves(old)}
    after = {name: value for name, _, value in leaves(new)}
    return [
        (name, before.get(name), after.get(name))
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    ]
