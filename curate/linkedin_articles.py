"""The owner's long posts, as the HTML pages LinkedIn's export holds; drafts lie among them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from urllib.parse import urlsplit

from lxml import etree

from curate import dialects, ids, linkedin_moments, texts, urls
from curate.linkedin_activity import (
    Activity,
    Choice,
    LeftOut,
    Reading,
    external,
    left_out,
    on_linkedin,
    repair_language,
    words,
)

PAGE_CHARACTERS = 2_000_000  # LinkedIn allows 125,000 characters in an article; markup takes the rest

_LEADING_DATE = re.compile(r"^\d{4}-\d\d-\d\d \d\d[:_]\d\d[:_]\d\d(?:\.\d+)?-")


@dataclass(frozen=True, slots=True)
class Page:
    """One long post, in plain text."""

    title: str
    address: str | None  # its own address on LinkedIn
    text: str
    links: tuple[str, ...]  # as written, in the order of the text
    created: str | None  # the words around the date, such as "Created on 2019-05-04 12:30"; None without that mark
    published: str | None


def reading_of(member: str, content: bytes, choice: Choice) -> Reading:
    """Read one article page; a draft is left out, and one without dates unless ``undated_articles`` is allowed."""
    html, encoding = dialects.decoded(content)
    shown = texts.one_line(member, 120)
    if len(html) > PAGE_CHARACTERS:
        return Reading("article", left_out=(LeftOut(shown, "article", None, "too_large"),))
    page = page_of(html)
    activity = _activity(member, page)
    if why := _why_not(page, choice):
        return Reading("article", left_out=(left_out(shown, activity, why),))
    notes = (f"{shown}: is not UTF-8 and was read as windows-1252",) if encoding == "cp1252" else ()
    return Reading("article", activities=(activity,), notes=notes)


def _activity(member: str, page: Page) -> Activity:
    language = repair_language((page.title, page.text))
    text = words(page.text, language)
    return Activity(
        key=_key(member, page),
        kind="article",
        urn=None,
        at=_at(member, page),
        urls=external((*page.links, *urls.found_in(text))),
        title=texts.one_line(words(page.title, language), 300),
        text=text,
        visibility=None,
        link=on_linkedin(page.address),
    )


def _why_not(page: Page, choice: Choice) -> str | None:
    if page.published is None and page.created is None:
        return None if "undated_articles" in choice.allow else "undated"
    # The mark stands in drafts too, without a date behind it.
    is_published = any(character.isdigit() for character in page.published or "")
    return None if is_published else "draft"


def _at(member: str, page: Page) -> datetime | None:
    # Some exports write the date in front of the file name only.
    return linkedin_moments.moment_in(page.published or "") or linkedin_moments.moment_in(_last(member)[:19])


def _key(member: str, page: Page) -> str:
    # The own address outlives a changed title; a draft or an older page may have none.
    slug = urlsplit(on_linkedin(page.address) or "").path.rstrip("/")
    return f"article:{ids.of(slug or _LEADING_DATE.sub('', _last(member)))}"


def _last(member: str) -> str:
    return member.rsplit("/", 1)[-1]


def page_of(html: str) -> Page:
    """Read one article page of at most PAGE_CHARACTERS; scripts, styles and pictures are not read."""
    marks = _Marks()
    parser = etree.HTMLParser(target=marks, encoding="utf-8", huge_tree=True)
    # A start of our own, since lxml refuses a document that is empty or only white space.
    parser.feed(f"<html>{html} ".encode("utf-8", "ignore").replace(b"\x00", b""))
    parser.close()
    return Page(
        title=marks.words("h1") or marks.words("title") or "",
        address=marks.address,
        text=texts.plain_of("".join(marks.body)),
        links=tuple(dict.fromkeys(marks.links)),
        created=marks.words("created"),
        published=marks.words("published"),
    )


class _Marks:
    """Parts what stands above an article (title, dates) from its body; the interface is lxml's parser target.

    It reads the stream of tags and builds no tree, so that depth costs nothing extra.
    """

    def __init__(self) -> None:
        self.address: str | None = None
        self.links: list[str] = []
        self.body: list[str] = []
        self._marked: dict[str, list[str]] = {}
        self._mark: str | None = None
        self._depth = 0

    def words(self, mark: str) -> str | None:
        """Return the text under a mark on one line, None when the page has no such mark."""
        return " ".join("".join(self._marked[mark]).split()) if mark in self._marked else None

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self._mark is None and (mark := _mark_of(tag, attributes.get("class", ""))):
            self._mark = mark
            self._marked.setdefault(mark, [])
        if tag == "a":
            self._note_link(attributes.get("href", ""))
        if self._mark is None:
            self.body.append(f"<{tag}>")
        else:
            self._depth += 1

    def end(self, tag: str) -> None:
        if self._mark is None:
            self.body.append(f"</{tag}>")
            return
        self._depth -= 1
        if not self._depth:
            self._mark = None

    def data(self, text: str) -> None:
        if self._mark is None:
            self.body.append(escape(text))
        else:
            self._marked[self._mark].append(text)

    def comment(self, _text: str) -> None:
        """Comments are for the makers of a page."""

    def close(self) -> None:
        """Nothing is left to do at the end."""

    def _note_link(self, href: str) -> None:
        if self._mark == "h1":
            self.address = self.address or href
        else:
            self.links.append(href)


def _mark_of(tag: str, classes: str) -> str | None:
    if tag in {"title", "h1"}:
        return tag
    return next((name for name in ("published", "created") if name in classes.split()), None)
