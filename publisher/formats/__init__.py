"""What a publication is rendered as: one row a format.

A format is a module with `render(index, contents) -> {path: bytes}`. It is a function of its arguments alone;
`contents` holds the committed bytes of records, their earlier versions, and documents by SHA-256. To add one,
write `formats/NAME.py` and add a row here; the order of rows does not matter, and no two formats may render the
same path.
"""

from collections.abc import Callable, Mapping

from publisher.formats import asked, bibliography, crawlers, data, feeds, pages, raw, search, table, tiles, versions
from publisher.index import Index

Render = Callable[[Index, Mapping[str, bytes]], dict[str, bytes]]

FORMATS: dict[str, Render] = {
    "asked": asked.render,
    "bibliography": bibliography.render,
    "crawlers": crawlers.render,
    "data": data.render,
    "feeds": feeds.render,
    "pages": pages.render,
    "raw": raw.render,
    "search": search.render,
    "table": table.render,
    "tiles": tiles.render,
    "versions": versions.render,
}
