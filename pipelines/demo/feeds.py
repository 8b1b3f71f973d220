"""The feeds of the sample publishers: RSS 2.0, Atom 1.0 and JSON Feed 1.1, with whole texts or first words only."""

import html
import json
from collections.abc import Sequence
from email.utils import format_datetime
from xml.etree import ElementTree as ET

from pipelines.demo import sample
from pipelines.demo.posts import Post

CONTENT_TYPES = {
    # No charset: what a feed is written in stands in its XML prolog only.
    "rss": "application/rss+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}
TEASER_WORDS = 28

ATOM = "http://www.w3.org/2005/Atom"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
DC = "http://purl.org/dc/elements/1.1/"
XML = "http://www.w3.org/XML/1998/namespace"


def render(source: sample.Source, base: str, posts: Sequence[Post]) -> bytes:
    """Return the feed of ``source`` with these posts, newest first, in its own format and encoding."""
    return {"rss": _rss, "atom": _atom, "json": _json}[source.feed](source, base, posts)


def teaser(post: Post) -> str:
    """Return the first words of a post as plain text, with an ellipsis."""
    return " ".join(post.paragraphs[0].split()[:TEASER_WORDS]) + " …"


def body(post: Post) -> str:
    """Return the whole text of a post as HTML paragraphs."""
    return "\n".join(f"<p>{html.escape(paragraph, quote=False)}</p>" for paragraph in post.paragraphs)


def _rss(source: sample.Source, base: str, posts: Sequence[Post]) -> bytes:
    root = ET.Element("rss", {"version": "2.0"})
    channel = ET.SubElement(root, "channel")
    for tag, text in (
        ("title", source.name),
        ("link", f"{base}/"),
        ("description", source.tagline),
        ("language", source.language),
    ):
        ET.SubElement(channel, tag).text = text
    for post in posts:
        _rss_entry(ET.SubElement(channel, "item"), post)
    return _xml(root, source.encoding)


def _rss_entry(entry: ET.Element, post: Post) -> None:
    ET.SubElement(entry, "title").text = post.title
    ET.SubElement(entry, "link").text = post.address
    ET.SubElement(entry, "guid", {"isPermaLink": "false"}).text = post.guid
    ET.SubElement(entry, "pubDate").text = format_datetime(post.published_at, usegmt=True)
    ET.SubElement(entry, f"{{{DC}}}creator").text = post.article.author
    ET.SubElement(entry, "description").text = teaser(post)
    if post.source.carries == "full":
        ET.SubElement(entry, f"{{{CONTENT}}}encoded").text = body(post)


def _atom(source: sample.Source, base: str, posts: Sequence[Post]) -> bytes:
    root = ET.Element(f"{{{ATOM}}}feed", {f"{{{XML}}}lang": source.language})
    _atom_texts(root, id=f"tag:{source.slug}.example,2026:feed", title=source.name, subtitle=source.tagline)
    ET.SubElement(root, f"{{{ATOM}}}link", {"rel": "alternate", "href": f"{base}/"})
    ET.SubElement(root, f"{{{ATOM}}}link", {"rel": "self", "href": base + source.path})
    if posts:
        _atom_texts(root, updated=posts[0].published_at.isoformat())
    for post in posts:
        _atom_entry(ET.SubElement(root, f"{{{ATOM}}}entry"), post)
    return _xml(root, source.encoding)


def _atom_entry(entry: ET.Element, post: Post) -> None:
    moment = post.published_at.isoformat()
    _atom_texts(entry, id=post.guid, title=post.title, published=moment, updated=moment)
    ET.SubElement(entry, f"{{{ATOM}}}link", {"rel": "alternate", "href": post.address})
    _atom_texts(ET.SubElement(entry, f"{{{ATOM}}}author"), name=post.article.author)
    _atom_texts(entry, summary=teaser(post))
    if post.source.carries == "full":
        ET.SubElement(entry, f"{{{ATOM}}}content", {"type": "html"}).text = body(post)


def _atom_texts(parent: ET.Element, **texts: str) -> None:
    for tag, text in texts.items():
        ET.SubElement(parent, f"{{{ATOM}}}{tag}").text = text


def _xml(root: ET.Element, encoding: str) -> bytes:
    for prefix, namespace in (("", ATOM), ("content", CONTENT), ("dc", DC)):
        ET.register_namespace(prefix, namespace)
    written: bytes = ET.tostring(root, encoding=encoding, xml_declaration=True)
    return written


def _json(source: sample.Source, base: str, posts: Sequence[Post]) -> bytes:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": source.name,
        "description": source.tagline,
        "home_page_url": f"{base}/",
        "feed_url": base + source.path,
        "language": source.language,
        "items": [_json_entry(post) for post in posts],
    }
    return json.dumps(feed, ensure_ascii=False, indent=1).encode()


def _json_entry(post: Post) -> dict[str, object]:
    text = {"content_html": body(post)} if post.source.carries == "full" else {"summary": teaser(post)}
    return {
        "id": post.guid,
        "url": post.address,
        "title": post.title,
        "date_published": post.published_at.isoformat(),
        "authors": [{"name": post.article.author}],
        **text,
    }
