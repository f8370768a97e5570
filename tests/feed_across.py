"""What is wrong between the files of a publication as far as feeds go, and between two publications of an archive."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lxml import etree, html

from tests.feed_profile import all_of, errors, text

Files = Mapping[str, bytes]
MAIN, CHANGES, JSON, OPML = "feed.atom", "feeds/changes.atom", "feed.json", "feeds.opml"
WINDOW, GONE = 50, 49
SCHEME = ":scheme/"


@dataclass(frozen=True)
class Published:
    """The feeds of one publication; `files` may hold everything else that is published, too."""

    files: Files
    site: str

    @cached_property
    def feeds(self) -> dict[str, etree._Element]:
        """The Atom documents by path."""
        return {path: etree.fromstring(data) for path, data in self.files.items() if path.endswith(".atom")}

    @cached_property
    def entries(self) -> dict[str, etree._Element]:
        """All entries by id, each from the first feed that has it."""
        return {text(e, "a:id"): e for root in reversed(self.feeds.values()) for e in all_of(root, "a:entry")}

    def ids(self, path: str) -> list[str]:
        """The ids of one feed's entries."""
        return [text(entry, "a:id") for entry in all_of(self.feeds[path], "a:entry")]

    @property
    def chain(self) -> list[str]:
        """The feeds that together hold everything."""
        return [path for path in self.feeds if path == MAIN or path.startswith("feeds/archive/")]

    @cached_property
    def anchors(self) -> dict[str, set[str]]:
        """The ids of elements in each page that was asked for."""
        return {}

    def leads_somewhere(self, address: str) -> bool:
        """Whether an address is elsewhere, or a published file, and its fragment an element of it.

        A page need not list what its letter no longer has: the outcomes of one that was withdrawn.
        """
        if not address.startswith(self.site):
            return True
        path, _, place = address.removeprefix(self.site).partition("#")
        path = f"{path}index.html" if path.endswith("/") or not path else path
        if path not in self.files:
            return False
        if place and path not in self.anchors:
            page = html.document_fromstring(self.files[path].decode())
            self.anchors[path] = {str(element.get("id")) for element in page.iter() if element.get("id")}
        sort = place.rpartition("-")[0]
        return not place or place in self.anchors[path] or not any(a.startswith(f"{sort}-") for a in self.anchors[path])


def site_errors(files: Files, site: str) -> list[str]:
    """Everything that is wrong with all feeds of a publication; `files` are all of its files."""
    found = [f"{path}: {fault}" for path in files if path.endswith(".atom") for fault in errors(files[path])]
    if any("not XML" in fault for fault in found):
        return found
    published = Published(files, site)
    for check in (_heads, _chain, _same_entries, _times, _members, _targets, _replies, _json, _opml):
        found += check(published)
    return found


def _heads(published: Published) -> Iterator[str]:
    seen: dict[str, str] = {}
    for path, root in published.feeds.items():
        own = _links(root)
        name = text(root, "a:id")
        if own.get("self") != published.site + path:
            yield f"{path}: self is {own.get('self')}"
        if path not in published.chain and own.get("related") != published.site + MAIN:
            yield f"{path}: does not name the main feed"
        if not name.endswith(f":feed/{_name_of(path)}"):
            yield f"{path}: its id is {name}"
        if path not in published.chain and seen.setdefault(name, path) != path:
            yield f"{path}: has the id of {seen[name]}"
        if path != MAIN and "Log size" in text(root, "a:subtitle"):
            yield f"{path}: names the log"


def _name_of(path: str) -> str:
    if path == MAIN or path.startswith("feeds/archive/"):
        return "letters"
    return path.removeprefix("feeds/").removesuffix(".atom")


def _chain(published: Published) -> Iterator[str]:
    links = {path: _links(published.feeds[path]) for path in published.chain}
    for path, own in links.items():
        for rel, back in (("prev-archive", "next-archive"), ("next-archive", "prev-archive"), ("current", None)):
            target = own.get(rel, published.site).removeprefix(published.site)
            if target and target not in published.files:
                yield f"{path}: {rel} leads nowhere"
            elif target and back and path != MAIN and links[target].get(back) != published.site + path:
                yield f"{path}: {rel} does not lead back"
    walked, at = set(), MAIN
    while at in published.feeds and at not in walked:
        walked.add(at)
        at = links[at].get("prev-archive", "").removeprefix(published.site)
    yield from (f"{path}: not reached from {MAIN}" for path in links.keys() - walked)


def _same_entries(published: Published) -> Iterator[str]:
    for path, root in published.feeds.items():
        for entry in all_of(root, "a:entry"):
            name = text(entry, "a:id")
            if _canonical(entry) != _canonical(published.entries[name]):
                yield f"{path}: {name} is another entry elsewhere"


def _times(published: Published) -> Iterator[str]:
    entries = [entry for root in published.feeds.values() for entry in all_of(root, "a:entry")]
    newest = max((text(entry, "a:updated") for entry in entries), default="")
    if newest and text(published.feeds[MAIN], "a:updated") != newest:
        yield f"{MAIN}: older than the newest of all events: {newest}"


def _members(published: Published) -> Iterator[str]:
    whole = {name for path in published.chain for name in published.ids(path)}
    gone = [name for name in published.entries if _is_gone(published, name)]
    for path, root in published.feeds.items():
        ids = published.ids(path)
        letters = {name for name in ids if ":letter/" in name}
        yield from (f"{path}: {name} is in no feed of everything" for name in letters - whole)
        if path == CHANGES and letters:
            yield f"{path}: holds letters"
        if path in published.chain or path == CHANGES:
            continue
        _, scheme, term = path.removesuffix(".atom").split("/")
        about = {text(e, "a:id") for e in all_of(root, "a:entry") if term in _terms(e, scheme)}
        strays = {name for name in ids if name not in about and ":notices/" not in name and name not in gone}
        yield from (f"{path}: {name} does not belong here" for name in strays)
        missing = {name for name, e in published.entries.items() if term in _terms(e, scheme)} - set(ids)
        if missing and len([name for name in ids if name not in gone]) < WINDOW:
            yield f"{path}: lacks {min(missing)}"
        if lost := set(gone[:GONE]) - set(ids) if len(gone) <= GONE else None:
            yield f"{path}: does not say what is gone: {min(lost)}"
    yield from (f"{MAIN}: lacks the newest notice" for _ in _newest_notice(published) - set(published.ids(MAIN)))


def _newest_notice(published: Published) -> set[str]:
    return set(published.ids(CHANGES)[:1]) if CHANGES in published.feeds else set()


def _is_gone(published: Published, name: str) -> bool:
    """Whether an entry is a stub, or the notice about the letter of one."""
    entry = published.entries[name]
    if all_of(entry, "a:category[@term='notice']"):
        reply = entry.find("thr:in-reply-to", {"thr": "http://purl.org/syndication/thread/1.0"})
        target = published.entries.get(str(reply.get("ref"))) if reply is not None else None
        return target is not None and _is_stub(target)
    return _is_stub(entry)


def _is_stub(entry: etree._Element) -> bool:
    return bool({"withdrawn", "removed"} & _terms(entry, "status")) and not _terms(entry, "kind")


def _targets(published: Published) -> Iterator[str]:
    for path, root in published.feeds.items():
        addresses = list(_links(root).values())
        for entry in all_of(root, "a:entry"):
            addresses += [str(link.get("href")) for link in all_of(entry, "a:link")]
            addresses += [str(reply.get("href")) for reply in all_of(entry, "thr:in-reply-to")]
            addresses += html.fragment_fromstring(text(entry, "a:content"), create_parent="div").xpath("//@href")
            for link in (*all_of(entry, "a:link[@rel='related']"), *all_of(entry, "a:link[@rel='enclosure']")):
                target = str(link.get("href")).removeprefix(published.site)
                if target in published.files and link.get("length") != str(len(published.files[target])):
                    yield f"{path}: {target} is of another length"
        yield from (f"{path}: {a} leads nowhere" for a in dict.fromkeys(addresses) if not published.leads_somewhere(a))


def _replies(published: Published) -> Iterator[str]:
    for name, entry in published.entries.items():
        for reply in all_of(entry, "thr:in-reply-to"):
            target = published.entries.get(str(reply.get("ref")))
            if target is None:
                yield f"{name}: replies to {reply.get('ref')}, which is in no feed"
            elif _links(target)["alternate"] != reply.get("href"):
                yield f"{name}: replies to a page that is not that of {reply.get('ref')}"


def _json(published: Published) -> Iterator[str]:
    """JSON Feed 1.1: what its specification requires, and that it says what the main feed says."""
    try:
        value: Any = json.loads(published.files[JSON])
    except (KeyError, ValueError) as fault:
        yield f"{JSON}: {fault!r}"
        return
    if value.get("version") != "https://jsonfeed.org/version/1.1" or not value.get("title"):
        yield f"{JSON}: no version or no title"
    if value.get("feed_url") != published.site + JSON or value.get("home_page_url") != published.site:
        yield f"{JSON}: says that it stands elsewhere"
    main = {text(entry, "a:id"): entry for entry in all_of(published.feeds[MAIN], "a:entry")}
    if [item.get("id") for item in value["items"]] != list(main):
        yield f"{JSON}: not the entries of {MAIN}"
        return
    for item in value["items"]:
        yield from (f"{JSON}: {item['id']}: {fault}" for fault in _json_item(item, main[item["id"]]))


def _json_item(item: dict[str, Any], entry: etree._Element) -> Iterator[str]:
    same = {"title": "a:title", "summary": "a:summary", "content_html": "a:content"}
    yield from (f"another {name}" for name, path in same.items() if item.get(name) != text(entry, path))
    for name, path in (("date_published", "a:published"), ("date_modified", "a:updated")):
        if str(item.get(name)).replace("Z", "+00:00") != text(entry, path):
            yield f"another {name}"
    if item.get("url") != _links(entry)["alternate"]:
        yield "another url"
    if not all(isinstance(tag, str) and tag for tag in item["tags"]) or "authors" in item:
        yield "tags or authors of its own"
    enclosures = all_of(entry, "a:link[@rel='enclosure']")
    enclosed = [(link.get("href"), link.get("type"), link.get("length")) for link in enclosures]
    attached = [(a["url"], a["mime_type"], str(a["size_in_bytes"])) for a in item.get("attachments", ())]
    if enclosed != attached:
        yield "other attachments"


def _opml(published: Published) -> Iterator[str]:
    if OPML not in published.files:
        yield f"{OPML}: not there"
        return
    root = etree.fromstring(published.files[OPML])
    outlines = root.findall("body//outline[@xmlUrl]")
    if root.tag != "opml" or root.get("version") != "2.0" or not root.findtext("head/title"):
        yield f"{OPML}: not OPML 2.0"
    if any(not o.get("text") or o.get("type") != "rss" for o in outlines):
        yield f"{OPML}: a feed without a text or a type"
    listed = [str(o.get("xmlUrl")).removeprefix(published.site) for o in outlines]
    wanted = [path for path in published.feeds if not path.startswith("feeds/archive/")]
    if sorted(listed) != sorted(wanted):
        yield f"{OPML}: lists {sorted(set(listed) ^ set(wanted))} or something twice"
    for outline in outlines:
        target = str(outline.get("xmlUrl")).removeprefix(published.site)
        if target in published.feeds and outline.get("text") != text(published.feeds[target], "a:title"):
            yield f"{OPML}: another title for {target}"
        if not published.leads_somewhere(str(outline.get("htmlUrl"))):
            yield f"{OPML}: {outline.get('htmlUrl')} leads nowhere"


# -- from one publication to the next ------------------------------------------------------------------------


def succession_errors(before: Files, after: Files, site: str) -> list[str]:
    """What is wrong with the feeds of a publication beside those of an earlier one of the same archive."""
    return list(_succession(Published(before, site), Published(after, site)))


def _succession(old: Published, new: Published) -> Iterator[str]:
    for path in old.chain:
        if path != MAIN and set(old.ids(path)) != set(new.ids(path) if path in new.feeds else ()):
            yield f"{path}: a closed page has other members"
    if text(new.feeds[MAIN], "a:updated") < text(old.feeds[MAIN], "a:updated"):
        yield f"{MAIN}: went back in time"
    for name, entry in old.entries.items():
        now = new.entries.get(name)
        if now is None:
            if ":letter/" in name:
                yield f"{name}: is gone without a stub"
            continue
        if text(now, "a:published") != text(entry, "a:published"):
            yield f"{name}: an id used again"
        if "notice" in name and sorted(_terms(now, "status")) != sorted(_terms(entry, "status")):
            yield f"{name}: an id used again for something else"
        if ":letter/" in name and text(now, "a:updated") != text(entry, "a:updated"):
            if text(now, "a:summary") == text(entry, "a:summary"):
                yield f"{name}: changed, and its summary did not"
            if name not in new.ids(MAIN):
                yield f"{name}: changed, and is not in {MAIN}"


def _links(element: etree._Element) -> dict[str, str]:
    return {str(link.get("rel")): str(link.get("href")) for link in all_of(element, "a:link")}


def _terms(entry: etree._Element, scheme: str) -> set[str]:
    """The terms of an entry's categories of one scheme."""
    ends = f"{SCHEME}{scheme}"
    return {str(c.get("term")) for c in all_of(entry, "a:category") if str(c.get("scheme")).endswith(ends)}


def _canonical(element: etree._Element) -> bytes:
    return re.sub(rb">\s+<", b"><", etree.tostring(element, method="c14n", exclusive=True))
