"""addresses that wait | known already? | fetch the page | extract in a worker | choose the words | keep

An article is kept at once, from the feed's own words, when its page is refused or fails: it belongs to this week. A
page that failed for now is tried again later and then gives the article its full text. A text that a site shows under
several headlines is a wall: all articles behind it go back to the words of their feeds.
"""

import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from curate import articles, ids, languages, mojibake, pages, texts, urls
from curate.articles import Article, Entry, Wording
from curate.errors import FetchError, ParseError, RetryLaterError
from curate.pages import Page
from pipelines.fetching import Fetched
from pipelines.steps.context import Ingest, host_by_host
from storage import articles as stored_articles
from storage import entries, fetches, rests
from storage.articles import Bearer, Stored
from storage.database import Session
from storage.entries import About, Attachment
from storage.fetches import Fetch

_BATCH = 200
"""Addresses taken from the queue at once."""
MOST_TRIES = 4
_KEPT_AT_ONCE = 64
"""Pages that are kept in one transaction."""
_KEPT_AFTER_S = 5.0
"""No page waits longer for others, as long as pages come."""
_AGAIN_S = (3600, 6 * 3600, 24 * 3600)
"""Seconds until a page that failed for now is tried again."""


@dataclass(frozen=True, slots=True)
class _Looked:
    """What looking at one page brought: the page, or nothing and perhaps a reason to look again."""

    url: str
    said: tuple[About, ...]
    fetch: Fetch
    page: Page | None = None
    final_url: str | None = None
    again_in_s: float | None = None
    """Seconds that its server wants to be left alone, 0 when it does not say; None when looking again is no use."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """The canonical addresses that lead to this page; the one that names it is the last."""
        final = (urls.canonical(self.final_url) if self.final_url else None) or self.url
        return tuple(dict.fromkeys((self.url, final)))


@dataclass(frozen=True, slots=True)
class _Found:
    """A page that was looked at, and the article that it gives."""

    looked: _Looked
    article: Article


async def read_pages(work: Ingest) -> int:
    """Look at all pages that wait and keep their articles; return how many were fetched."""
    fetched = total = 0
    before: set[str] = set()
    # An address that comes a second time was not settled the first time: going on would never end.
    while (waiting := await _waiting(work)) and {*waiting} - before:
        before |= {*waiting}
        total += len(waiting)
        to_fetch = await work.desk.write(lambda db: _attach_known(db, work, waiting))
        await _read(work, to_fetch, total)
        fetched += len(to_fetch)
    return fetched


async def _waiting(work: Ingest) -> tuple[str, ...]:
    return await work.desk.read(lambda db: entries.waiting(db, work.clock(), _BATCH))


async def _read(work: Ingest, to_fetch: Mapping[str, tuple[About, ...]], total: int) -> None:
    """Look at these pages, many hosts at once."""
    left = len(to_fetch)
    shelf = _Shelf(work)
    work.notify("pages", total - left, total)

    async def read(url: str) -> None:
        nonlocal left
        await shelf.add(await _look(work, url, to_fetch[url]))
        left -= 1
        work.notify("pages", total - left, total)

    await host_by_host(list(to_fetch), str, read)
    await shelf.keep()


class _Shelf:
    """Pages that were looked at, kept many at a time: one by one that costs more than the looking.

    Those that a crash takes are nothing lost: their entries still wait, and the pages are looked at once more.
    """

    def __init__(self, work: Ingest) -> None:
        self._work = work
        self._waiting: list[_Found] = []
        self._since_s = 0.0

    async def add(self, looked: _Looked) -> None:
        if not self._waiting:
            self._since_s = time.monotonic()
        # The words are chosen here: nobody should wait for that at the database.
        self._waiting.append(_found(looked, self._work.clock()))
        if len(self._waiting) >= _KEPT_AT_ONCE or time.monotonic() - self._since_s > _KEPT_AFTER_S:
            await self.keep()

    async def keep(self) -> None:
        work, (found, self._waiting) = self._work, (self._waiting, [])
        if found:
            await work.desk.write(lambda db: _keep(db, work, found))


def _attach_known(db: Session, work: Ingest, waiting: Sequence[str]) -> dict[str, tuple[About, ...]]:
    """Settle the addresses whose article is there already; return the others with all that is said about them."""
    about = entries.about(db, waiting)
    known = stored_articles.by_addresses(db, waiting)
    settled = {url: said for url, said in about.items() if url in known and not _must_look(said)}
    for url, said in settled.items():
        _bring(db, work, known[url], said)
    return {url: said for url, said in about.items() if url not in settled}


def _must_look(said: Sequence[About]) -> bool:
    """A changed entry, or one whose page failed before, has an article and waits all the same."""
    return any(one.waiting and one.article_id for one in said)


def _bring(db: Session, work: Ingest, article_id: str, said: Sequence[About]) -> None:
    now = work.clock()
    new = [one for one in said if one.article_id is None]
    stored_articles.surface(db, [(article_id, one.entry) for one in new], work.run_id)
    dated = [one.entry.published_at for one in new if one.entry.published_at]
    stored_articles.bring_forward(db, [(article_id, moment) for moment in dated if moment <= now + articles.AHEAD])
    entries.attach(db, [Attachment(one.entry.id, article_id) for one in said if one.waiting])


async def _look(work: Ingest, url: str, said: tuple[About, ...]) -> _Looked:
    asked = next((one.entry.url for one in said if one.entry.url), url)
    fetch_id = ids.of("fetch", work.run_id, url)
    try:
        fetched = await work.fetcher.page(asked)
    except FetchError as error:
        fetch = Fetch(fetch_id, work.run_id, None, asked, None, work.clock(), None, 0, error.kind)
        return _Looked(url, said, fetch, again_in_s=_again_in_s(error))
    fetch = _fetch(fetch_id, work, fetched)
    try:
        page = await work.workers.run(pages.extract, fetched.body, fetched.content_type, fetched.final_url)
    except ParseError as error:
        return _Looked(url, said, replace(fetch, error_kind=error.kind), final_url=fetched.final_url)
    if articles.speaks_of(page.text, _entries(said)) is False:
        # A wall, an error, the front page: neither its words nor the address it redirected to are the article's.
        return _Looked(url, said, replace(fetch, error_kind="unreadable"))
    return _Looked(url, said, fetch, page, fetched.final_url)


def _again_in_s(error: FetchError) -> float | None:
    return error.retry_after_s or 0 if isinstance(error, RetryLaterError) else None


def _fetch(fetch_id: str, work: Ingest, fetched: Fetched) -> Fetch:
    return Fetch(
        id=fetch_id,
        run_id=work.run_id,
        source_id=None,
        url=fetched.url,
        final_url=fetched.final_url,
        fetched_at=fetched.at,
        status=fetched.status,
        bytes=len(fetched.body),
    )


def _keep(db: Session, work: Ingest, found: Sequence[_Found]) -> None:
    """Keep what came of looking at pages. Two that turn out to be one article are kept one after the other."""
    now = work.clock()
    known = stored_articles.by_addresses(db, [address for one in found for address in one.looked.addresses])
    batch: dict[str, _Found] = {}
    for one in _without_walls(db, work, [_named(known, one) for one in found]):
        if one.article.id in batch:
            _keep_batch(db, work, batch, now)
            batch = {}
        batch[one.article.id] = one
    _keep_batch(db, work, batch, now)


def _found(looked: _Looked, now: datetime) -> _Found:
    """Return the article that a page gives, named by the address at which a redirect ends."""
    url = looked.addresses[-1]
    return _Found(looked, _article(articles.article_id(url), url, looked.said, looked.page, now))


def _named(known: dict[str, str], found: _Found) -> _Found:
    """Let an article that is known under any of its addresses keep its identity; what leads to it is known then."""
    addresses = found.looked.addresses
    article_id = next((known[each] for each in reversed(addresses) if each in known), found.article.id)
    known |= {each: known.get(each, article_id) for each in addresses}
    return replace(found, article=replace(found.article, id=article_id))


def _without_walls(db: Session, work: Ingest, found: Sequence[_Found]) -> list[_Found]:
    """Give articles behind a wall the words of their feeds, also those that were kept before it showed as one."""
    bearers: dict[str, list[Bearer]] = defaultdict(list)
    for bearer in stored_articles.bearing(db, [one.article.text_hash for one in found if one.article.text_hash]):
        bearers[bearer.text_hash].append(bearer)
    here: dict[str, list[Article]] = defaultdict(list)
    for one in found:
        here[one.article.text_hash].append(one.article)
    return [_behind(db, work, one, bearers[one.article.text_hash], here[one.article.text_hash]) for one in found]


def _behind(db: Session, work: Ingest, one: _Found, bearers: Sequence[Bearer], here: Sequence[Article]) -> _Found:
    article, said = one.article, one.looked.said
    others = [(each.url, each.title) for each in bearers if each.article_id != article.id]
    others += [(each.url, each.title) for each in here if each.id != article.id]
    if not article.text_hash or not articles.is_wall(article, _entries(said), others):
        return one
    site = urls.host_of(article.url)
    _take_back(db, work, [each for each in bearers if each.still and urls.host_of(each.url) == site])
    behind = replace(one.looked, page=None, final_url=None)
    return _named(stored_articles.by_addresses(db, behind.addresses), _found(behind, work.clock()))


def _keep_batch(db: Session, work: Ingest, batch: Mapping[str, _Found], now: datetime) -> None:
    found = list(batch.values())
    fetches.add(db, [one.looked.fetch for one in found])
    if any(one.looked.again_in_s for one in found):
        rests.note(db, work.fetcher.rests, now)
    # A whole text that was read before is not given up for a teaser because its page fails today.
    poor = [one.article.id for one in found if one.article.teaser and one.looked.page is None]
    whole = stored_articles.whole(db, poor) if poor else frozenset()
    kept = [
        Stored(one.article, one.looked.addresses, one.looked.fetch.id) for one in found if one.article.id not in whole
    ]
    said = [(one.article.id, one.looked, each) for one in found for each in one.looked.said]
    stored_articles.keep(db, kept, now, work.run_id)
    stored_articles.surface(db, [(article_id, each.entry) for article_id, _, each in said], work.run_id)
    entries.attach(
        db, [_attachment(each, article_id, looked, now) for article_id, looked, each in said if each.waiting]
    )


def _take_back(db: Session, work: Ingest, bearers: Sequence[Bearer]) -> None:
    """Give articles that were kept with the text of a wall the words of their feeds."""
    now = work.clock()
    for one in bearers:
        about = entries.about(db, stored_articles.addresses(db, one.article_id))
        said = [each for of_address in about.values() for each in of_address]
        if said and not articles.speaks_of(one.text, _entries(said)):
            article = _article(one.article_id, one.url, said, None, now)
            stored_articles.keep(db, [Stored(article, (), None)], now, work.run_id)


def _entries(said: Sequence[About]) -> list[Entry]:
    return [one.entry for one in said]


def _article(article_id: str, url: str, about: Sequence[About], page: Page | None, now: datetime) -> Article:
    said = _entries(about)
    wording = articles.worded(said, page)
    language = language_of(wording)
    title, author, text = (
        mojibake.repair(words, wording.language_hint or language)
        for words in (wording.title, wording.author, wording.text)
    )
    return Article(
        id=article_id,
        url=url,
        published_at=articles.published_at(said, now),
        first_seen_at=min(one.first_seen_at for one in said),
        language=language,
        text_from=wording.text_from,
        title=texts.one_line(title.text),
        author=author.text,
        text=text.text,
        raw_text=wording.text if text.changes else None,
        repairs=(*title.changes, *author.changes, *text.changes),
        teaser=wording.teaser,
    )


def language_of(wording: Wording) -> str:
    """Return the language of an article's words (ISO 639-1), its feed's word deciding where they are too few."""
    return languages.detect(f"{wording.title}\n{wording.text[:2000]}", wording.language_hint)


def _attachment(one: About, article_id: str, looked: _Looked, now: datetime) -> Attachment:
    tries = one.tries + 1
    if looked.again_in_s is None or tries >= MOST_TRIES:
        return Attachment(one.entry.id, article_id, tries)
    wait_s = max(_AGAIN_S[tries - 1], looked.again_in_s)
    return Attachment(one.entry.id, article_id, tries, now + timedelta(seconds=wait_s))
