"""`feeds/`: which feeds there are, for whom, how to subscribe, and what a reader can and cannot show."""

import shlex
from collections.abc import Iterator

from publisher.formats import jsonfeed, opml, windows
from publisher.formats.events import MANY
from publisher.formats.pages.site import Site


def pages(site: Site) -> Iterator[tuple[str, str]]:
    """Yield the one page; it changes only when a party or a thread does."""
    home = site.index.archive.site
    yield site.page(
        "feeds/index.html",
        "feeds.html",
        here="feeds",
        main=windows.MAIN,
        changes=windows.CHANGES,
        json=jsonfeed.PATH,
        opml=opml.PATH,
        window=windows.WINDOW,
        page_size=windows.PAGE,
        many=MANY,
        threads=[(thread.title, windows.thread_feed(thread.id)) for thread in site.index.threads.values()],
        parties=[(party.name, windows.party_feed(party.id)) for party in site.index.parties.values()],
        address=home + windows.MAIN,
        quoted=shlex.quote(home + windows.MAIN),
    )
