"""Reads a summary of GitHub's Markdown as its reader would, and refuses whatever could act."""

import re
from html.parser import HTMLParser

TAGS = frozenset(["br", "code", "del", "h3", "h4", "ins", "li", "p", "table", "td", "th", "tr", "ul"])


class _Reader(HTMLParser):
    """Notes the text within <code>, and the text outside it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.quoted: list[str] = []
        self.own: list[str] = []
        self._within = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS and not attrs, (tag, attrs)
        assert not (tag == "code" and self._within)
        if tag == "code":
            self._within = True
            self.quoted.append("")
        else:
            assert not self._within, f"<{tag}> within <code>"

    def handle_endtag(self, tag: str) -> None:
        assert tag in TAGS
        if tag == "code":
            self._within = False

    def handle_data(self, data: str) -> None:
        if self._within:
            self.quoted[-1] += data
        else:
            self.own.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)


def read(summary: str) -> tuple[list[str], str]:
    """Return what stands in <code>, one text each, and all other text. Fails for what could act on its reader.

    A block of HTML ends at the first empty line (CommonMark, 4.6): each must begin with a tag, so that Markdown is
    never read; and what is ours holds no link, no mention and no emoji.
    """
    assert len(summary.encode()) <= 1 << 20
    assert "\r" not in summary and "\x1b" not in summary
    for block in summary.rstrip("\n").split("\n\n"):
        assert re.match(r"<(h3|h4|p|table|ul)>", block), block[:200]
        assert not re.search(r"^\s*(::|##\[)", block, re.MULTILINE), block[:200]
    reader = _Reader()
    reader.feed(summary)
    reader.close()
    own = "".join(reader.own)
    assert not re.search(r"[@\[\]`|*_]|https?:|www\.|:[a-z0-9+-]+:|#[0-9]", own), own
    return reader.quoted, own
