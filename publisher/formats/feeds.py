"""Every feed file: Atom documents, `feed.json` beside the main one, and `feeds.opml`, which lists them all."""

from collections.abc import Mapping

from publisher.formats import jsonfeed, opml
from publisher.formats.atom import Press
from publisher.formats.windows import Feeds
from publisher.index import Index


def render(index: Index, contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return all feed files."""
    feeds = Feeds(index, contents)
    press = Press(feeds.writer)
    files = {feed.path: press.written(feed) for feed in feeds.all()}
    files[jsonfeed.PATH] = jsonfeed.written(feeds.main(), index.archive)
    files[opml.PATH] = opml.written(index)
    return files


def main_feed(index: Index, contents: Mapping[str, bytes]) -> bytes:
    """Return feed.atom alone."""
    feeds = Feeds(index, contents)
    return Press(feeds.writer).written(feeds.main())
