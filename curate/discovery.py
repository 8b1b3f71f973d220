"""Where a site keeps its feeds: what its page says, what its address tells, and where feeds usually are.

Decisions only: whoever asks must still see that a candidate is a feed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

from curate import decoding, texts, urls
from curate.feedforms import absolute

LONGEST = 2_000_000
"""Bytes of a page that are read; feeds are named near its beginning."""
MOST_LINKS = 2000
"""Links of a page that are looked at; whoever has more does not list feeds with them."""

_TYPES = frozenset(
    "application/rss+xml application/atom+xml application/rdf+xml application/feed+json application/rss "
    "application/atom application/x-rss+xml application/x-atom+xml text/rss text/rss+xml text/atom+xml rss atom".split()
)
_VAGUE_TYPES = frozenset(("", "application/json", "application/xml", "text/xml", "text/html", "text/plain"))
"""Types that servers give to feeds and to much else: what the address looks like decides."""

_FEED_PATH = re.compile(
    r"(?:^|/)(?:feeds?|rss2?|atom|rdf)(?:\.(?:xml|json|rss|atom|rdf|php|aspx?))?/*$"
    r"|(?:^|/)feeds?/[^/]+/*$"
    r"|[/._-](?:rss|atom|feeds?)[\w-]*\.(?:xml|json|php)$"
    r"|(?:^|/)index\.(?:xml|rss|rdf|atom)$|\.(?:rss|atom|rdf)$",
    re.IGNORECASE,
)
_FEED_QUERY = re.compile(r"(?:^|&)(?:feed|format|type|output|alt)=(?:feed|rss2?|atom|rdf|json-?feed)\b", re.IGNORECASE)
_FEED_WORDS = re.compile(r"(?:rss|atom)(?:[ -]?feeds?)?|(?:web|news|nieuws|json)?[ -]?feeds?", re.IGNORECASE)
_COMMENTS = re.compile(
    r"\b(?:comments?|reacties?|replies|kommentare?|commentaires?|comentarios|commenti)\b|/20\d\d/\d\d/", re.IGNORECASE
)
_PART = re.compile(
    r"\b(?:categor(?:y|ie|ies)|kategorie|tags?|authors?|auteurs?|labels?|topics?|onderwerp(?:en)?|search|zoek(?:en)?)\b"
    r"|[?&](?:s|q|cat)=",
    re.IGNORECASE,
)

_SHAPES = tuple(
    (re.compile(shape), feed)
    for shape, feed in (
        (r"https?://github\.com/([^/?#]+)/([^/?#]+)", r"https://github.com/\1/\2/releases.atom"),
        (
            r"https?://(?:www\.|m\.)?youtube\.com/channel/([\w-]+)",
            r"https://www.youtube.com/feeds/videos.xml?channel_id=\1",
        ),
        (
            r"https?://(?:www\.|m\.)?youtube\.com/.*[?&]list=([\w-]+)",
            r"https://www.youtube.com/feeds/videos.xml?playlist_id=\1",
        ),
        (r"https?://medium\.com/(@?[\w.-]+)", r"https://medium.com/feed/\1"),
        (r"https?://(?:www\.|old\.)?reddit\.com/r/(\w+)", r"https://www.reddit.com/r/\1/.rss"),
        (r"(https?://(?!medium\.com/)[^/]+/@[\w.-]+)/?$", r"\1.rss"),  # Mastodon and its kin, on any host
    )
)
"""Services whose pages do not always name the feed they have: (what an address looks like, its feed)."""
_USUAL = ("/feed", "/rss.xml", "/atom.xml", "/rss", "/feed.xml", "/index.xml", "/feed.json")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may be a feed; ``declared`` when the page says that it is one, in a ``<link>``."""

    url: str
    title: str
    declared: bool


def candidates(body: bytes, content_type: str, url: str) -> tuple[Candidate, ...]:
    """Return the feeds that a page names, the one that stands for the page first, each address once.

    Feeds in ``<link>`` go before those a reader can click; of comments or a single post last; those of a part of the
    site (a category, an author) after the site's own, unless that part is the page itself. Of two equals the first on
    the page. Hostile pages can keep this busy: run it where it can be ended.
    """
    links = _links(body[:LONGEST], content_type)
    base = absolute(links.base, url) or url
    found: dict[str, Candidate] = {}
    for named in (*links.declared, *links.clickable):
        address = absolute(urls.without_feed_scheme(named.url), base)
        shown = urls.safe_link(address) if address else None
        if shown and not urls.is_never_fetched(shown):
            found.setdefault(shown, Candidate(shown, named.title, named.declared))
    return tuple(sorted(found.values(), key=lambda one: _place(one, url)))


def usual(url: str) -> tuple[str, ...]:
    """Return where a site of this address would keep its feed though its page names none, the likeliest first."""
    parts = urlsplit(url)
    site, path = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
    below = [f"{site}{path}/feed"] if path and "." not in path.rsplit("/", 1)[-1] else []
    by_shape = [found.expand(feed) for shape, feed in _SHAPES if (found := shape.match(url))]
    return tuple(dict.fromkeys([*by_shape, *below, *(site + each for each in _USUAL)]))


def looks_like_feed(url: str) -> bool:
    """Say whether an address is written as the address of a feed usually is."""
    parts = urlsplit(url)
    return bool(_FEED_PATH.search(parts.path) or _FEED_QUERY.search(parts.query))


def _place(one: Candidate, page: str) -> tuple[bool, bool, bool, bool, bool]:
    """Sorts the feed that stands for the page to the front; False goes first, and equals keep their order."""
    within = _is_within(one.url, page)
    return (
        not one.declared,
        bool(_COMMENTS.search(f"{urlsplit(one.url).path} {one.title}")),
        not within and bool(_PART.search(f"{one.url.partition('//')[2].partition('/')[2]} {one.title}")),
        not within,
        not one.declared and urls.host_of(one.url) != urls.host_of(page),
    )


def _is_within(url: str, page: str) -> bool:
    """Say whether an address lies below the path of the page; at the root of a site everything does: False."""
    path = urlsplit(page).path.rstrip("/")
    return bool(path) and urls.host_of(url) == urls.host_of(page) and urlsplit(url).path.startswith(f"{path}/")


def _links(body: bytes, content_type: str) -> "_Links":
    links = _Links()
    parser = etree.HTMLParser(target=links, encoding="utf-8", huge_tree=True)
    try:
        parser.feed(decoding.decoded(body, content_type).replace("\x00", "").encode("utf-8", "replace"))
        parser.close()
    except etree.XMLSyntaxError:  # an empty page; what was seen before a fault counts
        pass
    return links


class _Links:
    """Collects what a page links to from the stream of tags; the interface is lxml's parser target."""

    def __init__(self) -> None:
        self.base: str | None = None
        self.declared: list[Candidate] = []
        self.clickable: list[Candidate] = []
        self._seen = 0
        self._open: list[str] = []
        self._words: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "base" and self.base is None:
            self.base = attributes.get("href")
        elif tag in ("link", "a") and 0 < len(attributes.get("href", "")) <= urls.LONGEST and self._seen < MOST_LINKS:
            self._seen += 1
            self._take(tag, attributes)

    def end(self, tag: str) -> None:
        if tag == "a" and self._open:
            self._clicked(self._open.pop())

    def data(self, text: str) -> None:
        if self._open and sum(map(len, self._words)) < 100:
            self._words.append(text)

    def comment(self, _text: str) -> None:
        """What is commented out is not there."""

    def close(self) -> "_Links":
        return self

    def _take(self, tag: str, attributes: dict[str, str]) -> None:
        href = attributes["href"].strip()
        relations = attributes.get("rel", "").lower().split()
        if _is_named(relations, attributes, href):
            title = texts.one_line(attributes.get("title", ""), 120)
            (self.declared if tag == "link" else self.clickable).append(Candidate(href, title, tag == "link"))
        elif tag == "a":
            self._open, self._words = [href], []

    def _clicked(self, href: str) -> None:
        words = texts.one_line(" ".join(self._words), 120)
        if looks_like_feed(href) or href[:5].lower() == "feed:" or _FEED_WORDS.fullmatch(words):
            self.clickable.append(Candidate(href, words, declared=False))


def _is_named(relations: Iterable[str], attributes: dict[str, str], href: str) -> bool:
    """Say whether a link says that it leads to a feed: by its type, or by its relation and its looks."""
    kind = attributes.get("type", "").partition(";")[0].strip().lower()
    alternate = "alternate" in relations and "stylesheet" not in relations
    if kind in _TYPES:
        return alternate or not relations or "feed" in relations
    if "feed" in relations:
        return True
    return alternate and kind in _VAGUE_TYPES and looks_like_feed(href)
