"""What a page says about itself: headline, author, date, language and the name of its site."""

import re
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lxml import etree, html
from lxml.html import HtmlElement

from curate import moments, texts
from curate.feedforms import language_of

_FRONT = etree.XPath("head/meta | head/title | head/link | .//script[@type='application/ld+json'] | .//h1")
"""Where pages say it for machines, and their headings."""
_PUBLISHED = (
    "//meta[@property='article:published_time' or @property='og:published_time' or @itemprop='datePublished']/@content",
    "//meta[@name='date' or @name='dc.date' or @name='DC.date.issued' or @name='publish-date' "
    "or @name='parsely-pub-date']/@content",
    "//time[@itemprop='datePublished' or @pubdate]/@datetime",
)
_PUBLISHED_IN_LINKED_DATA = re.compile(r'"datePublished"\s*:\s*"([^"]{8,40})"')
_DATE_SETTINGS = {"original_date": True, "extensive_search": False, "max_date": "2100-12-31"}
_BETWEEN = r"\s*[|\-–—:·»«]+\s*"
"""What stands between a headline and the name of its site."""


@dataclass(frozen=True, slots=True)
class Facts:
    """One line of plain text each; empty or None when the page does not say it.

    ``published_at`` is aware UTC, midnight when the page gives a day only; ``language`` is ISO 639-1.
    """

    title: str
    author: str
    published_at: datetime | None
    language: str | None
    site_name: str


def stated(tree: HtmlElement, url: str) -> Facts:
    """Return what the page says about itself, leaving ``tree`` as it is.

    What it says for machines goes before what stands on the page, where it takes four times as long to find.
    """
    from trafilatura import extract_metadata  # a second to load; many commands read no page

    found = extract_metadata(_front(tree), url, dict(_DATE_SETTINGS))
    if not (found.title and found.author and found.date):
        found = extract_metadata(tree, url, dict(_DATE_SETTINGS))
    return Facts(
        title=_title(found, tree),
        author=texts.one_line(found.author or "", limit=120),
        published_at=_published_at(tree) or moments.moment_of(found.date or ""),
        language=language_of(tree.get("lang") or tree.get("xml:lang")),
        site_name=texts.one_line(found.sitename or "", limit=120),
    )


def _front(tree: HtmlElement) -> HtmlElement:
    """Return a page of its own with nothing but where pages speak for machines."""
    page = html.Element("html")
    head, body = etree.SubElement(page, "head"), etree.SubElement(page, "body")
    for element in _FRONT(tree):
        (body if element.tag in ("h1", "script") else head).append(deepcopy(element))
    return page


def _title(found: Any, tree: HtmlElement) -> str:
    """Return the headline, without the name of the site.

    A heading that has no word in common with the title of the document is the site's, as in a logo.
    """
    title, site = texts.one_line(found.title or ""), texts.one_line(found.sitename or "")
    of_document = texts.one_line(tree.findtext(".//title") or "")
    is_heading = not tree.xpath("boolean(//meta[@property='og:title'])")
    if is_heading and of_document not in ("", site) and not {*texts.words(title)} & {*texts.words(of_document)}:
        title = of_document
    name = re.escape(site)
    return re.sub(rf"^{name}{_BETWEEN}|{_BETWEEN}{name}$", "", title) or title if site else title


def _published_at(tree: HtmlElement) -> datetime | None:
    said = [str(value) for path in _PUBLISHED for value in tree.xpath(path)]
    for script in tree.iter("script"):
        said += _PUBLISHED_IN_LINKED_DATA.findall(script.text or "")
    return next(filter(None, map(moments.moment_of, said[:10])), None)
