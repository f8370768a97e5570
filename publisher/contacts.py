"""Mail addresses and telephone numbers in a text: what is never published."""

import re
from collections.abc import Iterator

_MAIL = re.compile(r"""(?<![^\s@<>()\[\]"',;:])[^\s@<>()\[\]"',;:/]{1,64}@[^\s@<>()\[\]"',;:/]{1,253}\.\w{2,63}""")
_PHONE = re.compile(r"(?<![\w./-])(?:\+|00)[0-9][0-9 ()./-]{7,16}[0-9](?![\w-])")
_DASHES = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
_KINDS = (
    ("mail-address", "a mail address", _MAIL, ("@",)),
    ("phone-number", "a telephone number", _PHONE, ("+", "00")),
)
"""What is looked for, and how; first comes what every text that holds it has in it, which is quickly seen."""


def contacts_in(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield the code, the name in words and the number of each kind of contact detail that a text holds."""
    folded = " ".join(text.split()).translate(_DASHES)  # one kind of blank and one kind of dash
    for code, what, pattern, signs in _KINDS:
        if not any(sign in text for sign in signs):
            continue
        if count := sum(1 for _ in pattern.finditer(folded)):
            yield code, what, count
