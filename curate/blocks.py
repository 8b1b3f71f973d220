"""What is set right in a page's tree before its article is read: places where readers of articles lose or add text.

Each rule is about how pages are made and not about one site: text in several containers with advertisements between
them, paragraphs that only line breaks tell apart, posts of others embedded in the text, links to other articles.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from lxml import etree
from lxml.html import HtmlElement

LOOSE = 80
"""Characters of text that stand in a container without a paragraph of their own, from which they get one."""
_LINK_SHARE = 0.5
"""Part of a line's characters that are links, from which a line that points elsewhere is nothing but that."""
_POST_SHARE = 1.1
"""A container of at most this many times the text of an embedded post holds nothing but the post."""

_TEXT_CLASS = re.compile(r"(article|entry|post|story)[-_]*(body|content|text)", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"\W*(related|(read|see|watch) (more|also|next)|more|don['’]t miss|you may also like"
    r"|lees (ook|meer|verder)|zie ook|bekijk ook|meer (lezen|over)|luister ook|gerelateerd)\b",
    re.IGNORECASE,
)
"""How a line begins that points to another article; English and Dutch, the languages of our readers."""
_POSTS = etree.XPath(
    ".//blockquote[contains(@class, 'twitter-') or contains(@class, 'instagram-media') "
    "or contains(@class, 'bluesky-embed') or contains(@class, 'mastodon-embed')]"
)
_PARTS = etree.XPath(".//article//*[self::div or self::section][@class][p]")
_LINKING_LINES = etree.XPath(".//*[self::p or self::h2 or self::h3 or self::h4 or self::h5 or self::h6][.//a]")
_CONTAINERS = ("div", "section", "article", "td")
_BLOCKS = frozenset(
    "address article aside blockquote details div dl dt dd fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 "
    "header hr iframe li main nav noscript ol p pre script section style table tbody td tfoot th thead tr ul".split()
)


def set_right(tree: HtmlElement) -> None:
    """Change ``tree`` so that an article comes out of it whole and without the links between its paragraphs."""
    _remove_machinery(tree)
    _show_embedded_posts(tree)
    _join_parts(tree)
    breaks = Counter(line_break.getparent() for line_break in tree.iter("br"))
    for container, count in breaks.items():
        if count > 1 and container.tag in _CONTAINERS and _loose(container) >= LOOSE:
            _give_paragraphs(container)
    for line in _LINKING_LINES(tree):
        if _points_elsewhere(line):
            line.drop_tree()


def _remove_machinery(tree: HtmlElement) -> None:
    """Remove what no reader of the page takes for its article; fewer elements are walked over sooner."""
    etree.strip_elements(tree, etree.Comment, "style", "svg", "template", "nav", "footer", with_tail=False)
    for script in list(tree.iter("script")):
        # Linked data holds the article where the page itself is filled in by a script.
        if "ld+json" not in (script.get("type") or "") and script.getparent() is not None:
            script.drop_tree()


def _show_embedded_posts(tree: HtmlElement) -> None:
    """Take away the names ("social", "embed") for which containers of quoted posts are taken for share bars."""
    for quote in _POSTS(tree):
        most = _POST_SHARE * _length(quote)
        for container in (quote, *quote.iterancestors("div", "section", "figure")):
            if _length(container) > most:
                break
            container.attrib.pop("class", None)
            container.attrib.pop("id", None)
            container.tag = "div" if container.tag == "figure" else container.tag


def _join_parts(tree: HtmlElement) -> None:
    """Bring the parts of one text together: containers of one class in one article, advertisements between them."""
    parts: dict[tuple[str, HtmlElement], list[HtmlElement]] = defaultdict(list)
    for container in _PARTS(tree):
        if _TEXT_CLASS.search(name := container.get("class")):
            parts[name, next(container.iterancestors("article"))].append(container)
    for first, *others in parts.values():
        for other in others:
            if first not in other.iterancestors():
                first.extend(list(other))


def _give_paragraphs(container: HtmlElement) -> None:
    """Put text that only line breaks divide into paragraphs, blocks between them left where they are."""
    paragraph: HtmlElement | None = None
    breaks = 0
    for piece in _pieces(container):
        is_break = not isinstance(piece, str) and piece.tag == "br"
        breaks = breaks + 1 if is_break else breaks if isinstance(piece, str) and not piece.strip() else 0
        if not isinstance(piece, str) and _is_block(piece):
            container.append(piece)
            paragraph = None
        elif breaks > 1:
            paragraph = None
        elif paragraph is not None:
            _add(paragraph, piece)
        elif not is_break and (not isinstance(piece, str) or piece.strip()):
            paragraph = etree.SubElement(container, "p")
            _add(paragraph, piece)


def _pieces(container: HtmlElement) -> Sequence[str | HtmlElement]:
    """Take everything out of a container and return it in order, the text between elements as strings."""
    pieces: list[str | HtmlElement] = [container.text or ""]
    container.text = None
    for child in list(container):
        tail, child.tail = child.tail or "", None
        container.remove(child)
        pieces += [child, tail]
    return [piece for piece in pieces if not isinstance(piece, str) or piece]


def _add(paragraph: HtmlElement, piece: str | HtmlElement) -> None:
    if not isinstance(piece, str):
        paragraph.append(piece)
    elif len(paragraph):
        paragraph[-1].tail = (paragraph[-1].tail or "") + piece
    else:
        paragraph.text = (paragraph.text or "") + piece


def _is_block(element: HtmlElement) -> bool:
    return any(inner.tag in _BLOCKS for inner in element.iter())


def _points_elsewhere(line: HtmlElement) -> bool:
    """Say whether a line is a link to another article: it begins like one, and most of it is link."""
    said = "".join(line.itertext())
    return bool(_ELSEWHERE.match(said)) and sum(map(_length, line.iter("a"))) >= _LINK_SHARE * len(said.strip())


def _loose(container: HtmlElement) -> int:
    return _characters([container.text or "", *(child.tail or "" for child in container)])


def _length(element: HtmlElement) -> int:
    return _characters(element.itertext())


def _characters(said: Iterable[str]) -> int:
    return sum(len(text.strip()) for text in said)
