"""Articles: one canonical address and its text, once, made from what sources say and what the page says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from curate import ids, texts, urls
from curate.pages import Page

TextFrom = Literal["page", "feed", "import"]
Via = Literal["feed", "share", "article", "comment", "link", "import", "saved", "repost", "reaction", "vote"]

AHEAD = timedelta(days=1)
"""How far in the future a date may lie before it is taken for an error: clocks and time zones differ."""
FEED_IS_FULLER = 1.2
"""A feed that gives this many times the words of its page is believed: the page was cut short or hidden.

Of whole texts that say the same a feed's has up to 1.13 times the words, with captions and tags between them.
"""
LONG_WORD = 5
"""Letters of a word that says what a text is about; articles and prepositions are shorter."""
ENOUGH_LONG_WORDS = 10
SHARED = 0.2
"""Part of the long words of a feed's teaser that is in the text of its page, at the least.

Among the 181 real pages it is never below .37; a wall has one or two of them by chance.
"""
FEWEST_WORDS = 8
"""Shorter texts are never folded as copies of each other: two empty pages are two articles."""
PASSED_ON: frozenset[Via] = frozenset({"share", "comment", "link"})
"""Ways in which people bring what somebody else wrote: the name there is theirs and not the author's."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a source says about an address: one item of a feed, one post of a person, one line of an import."""

    id: str
    source_id: str
    via: Via
    guid: str | None
    url: str | None
    """As the source gives it."""
    canonical_url: str | None
    """None when there is nothing that may be fetched."""
    published_at: datetime | None
    first_seen_at: datetime
    title: str
    author: str
    language: str | None
    text: str
    truncated: bool
    """Whether the text is a teaser."""
    content_hash: str
    own: bool = True
    """Whether the source speaks of its own pages; a planet or a person speaks of somebody else's."""
    person_id: str | None = None
    raw_title: str | None = None
    raw_text: str | None = None
    repairs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """One article as it is stored; ``raw_text`` is kept only where mojibake was repaired."""

    id: str
    url: str
    published_at: datetime
    first_seen_at: datetime
    language: str
    text_from: TextFrom
    title: str
    author: str
    text: str
    raw_text: str | None = None
    repairs: tuple[tuple[str, str], ...] = ()
    external_id: str | None = None
    teaser: bool = False
    """Whether there is no more than a teaser, or nothing: its page could not be had, and its feed gave no more."""

    @property
    def text_hash(self) -> str:
        """The same for the same words; empty for a text too short to call a copy of another."""
        return texts.content_hash(self.text) if texts.words_count(self.text) >= FEWEST_WORDS else ""


@dataclass(frozen=True, slots=True)
class Wording:
    """The words chosen for an article and where they come from."""

    title: str
    author: str
    text: str
    text_from: TextFrom
    language_hint: str | None
    teaser: bool


def article_id(url: str) -> str:
    """Return the identity of an article: its canonical address, whatever the scheme."""
    return urls.article_id(url)


def published_at(entries: Sequence[Entry], now: datetime) -> datetime:
    """Return the earliest moment that any source gives and that is not ahead of time, else when we first saw it."""
    said = [one.published_at for one in entries if one.published_at and one.published_at <= now + AHEAD]
    return min(said) if said else min(one.first_seen_at for one in entries)


def worded(entries: Sequence[Entry], page: Page | None) -> Wording:
    """Choose the words: the publisher's own title before anyone else's, the page's text unless the feed gives more.

    Of what the sources give, a whole text goes before a teaser and the publisher's before what others say about it.
    ``entries`` all speak of this article and are not empty; ``page`` is None when it could not be read, or
    :func:`speaks_of` something else.
    """
    ranked = sorted(entries, key=lambda one: (not one.own, one.first_seen_at, one.id))
    fullest = max(entries, key=lambda one: (bool(one.text), not one.truncated, one.own, len(one.text), one.id))
    from_page = page is not None and not _gives_more(fullest, page)
    signed = [one for one in ranked if one.via not in PASSED_ON]
    return Wording(
        title=_trusted(((one.own, one.title) for one in ranked), page.title if page else "") or ranked[0].url or "",
        author=_trusted(((one.own, one.author) for one in signed), page.author if page else ""),
        text=page.text if page and from_page else fullest.text,
        text_from="page" if from_page else "feed",
        language_hint=next((one.language for one in ranked if one.language), page.language if page else None),
        teaser=not from_page and (fullest.truncated or not fullest.text),
    )


def speaks_of(text: str, entries: Iterable[Entry]) -> bool | None:
    """Say whether a page's text is about what its own site announces; None when that says too little to tell.

    What others say of it tells nothing: they may say it in another language, or speak of what they think of it.
    """
    announced = " ".join(f"{one.title} {one.text}" for one in entries if one.own and one.via not in PASSED_ON)
    long = {word for word in texts.words(announced) if len(word) >= LONG_WORD}
    if len(long) < ENOUGH_LONG_WORDS:
        return None
    return len(long & {*texts.words(text)}) >= SHARED * len(long)


def is_wall(article: Article, entries: Iterable[Entry], others: Iterable[tuple[str, str]]) -> bool:
    """Say whether the text of an article's page is no article's: its site gave it under another headline too.

    ``others`` are (address, title) of the articles that have, or once had, the very same text. A text that speaks of
    what the feed announced is believed all the same: a site may give an article a new headline and a new address.
    """
    own = texts.words(article.title)
    same_site = any(
        urls.host_of(url) == urls.host_of(article.url) and texts.words(title) != own for url, title in others
    )
    return same_site and article.text_from == "page" and not speaks_of(article.text, entries)


def _trusted(said: Iterable[tuple[bool, str]], by_page: str) -> str:
    """Return the publisher's own words (marked True), else the page's, else anybody's; empty when nobody says any."""
    words = [(own, text) for own, text in said if text]
    return next((text for own, text in words if own), by_page or next((text for _, text in words), ""))


def _gives_more(entry: Entry, page: Page) -> bool:
    """A page that has fewer words than the publisher's own teaser hides its article; a whole text asks for more."""
    ours, theirs = texts.words_count(entry.text), texts.words_count(page.text)
    return entry.own and ours > theirs if entry.truncated else ours > FEED_IS_FULLER * theirs


def entry_id(source_id: str, key: str) -> str:
    """Return the identity of an entry: its key within its source."""
    return ids.of("entry", source_id, key)


def surfacing_id(article: str, entry: str) -> str:
    """Return the identity of a surfacing: an entry brings an article once."""
    return ids.of("surfacing", article, entry)
