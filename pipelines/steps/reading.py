"""addresses that wait | known already? | fetch the page | extract in a worker | choose the words | keep

An article is kept at once, from the feed's own words, when its page is refused or fails: it belongs to this week. A
page that failed for now is tried again later and then gives the article its full text. A text that a site shows under
several headlines is a wall: all articles behind it go back to the words of their feeds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from curate import articles, ids, languages, mojibake, pages, texts, urls
from curate.articles import Article, Entry, Wording
from curate.errors import FetchError, ParseError
from curate.pages import Page
from pipelines.fetching import Fetched
from pipelines.steps.context import Ingest, host_by_host
from storage import articles as stored_articles
from storage import entries, fetches
from storage.articles import Bearer, Stored
from storage.database import Session
from storage.entries import About, Attachment
from storage.fetches import Fetch

_BATCH = 200
"""Addresses taken from the queue at once."""
MOST_TRIES = 4
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
    again: bool = False


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
    """Look at these pages, many hosts at once; what is ready at the same moment is kept in one transaction."""
    left = len(to_fetch)
    work.notify("pages", total - left, total)

    async def read(url: str) -> None:
        nonlocal left
        looked = await _look(work, url, to_fetch[url])
        await work.desk.write(lambda db: _keep(db, work, looked))
        left -= 1
        work.notify("pages", total - left, total)

    await host_by_host(list(to_fetch), str, read)


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
        return _Looked(url, said, fetch, again=error.again)
    fetch = _fetch(fetch_id, work, fetched)
    try:
        page = await work.workers.run(pages.extract, fetched.body, fetched.content_type, fetched.final_url)
    except ParseError as error:
        return _Looked(url, said, replace(fetch, error_kind=error.kind), final_url=fetched.final_url)
    if articles.speaks_of(page.text, _entries(said)) is False:
        # A wall, an error, the front page: neither its words nor the address it redirected to are the article's.
        return _Looked(url, said, replace(fetch, error_kind="unreadable"))
    return _Looked(url, said, fetch, page, fetched.final_url)


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


def _keep(db: Session, work: Ingest, looked: _Looked) -> None:
    now = work.clock()
    found = _found(db, work, looked)
    article_id = found.article.id
    fetches.add(db, [looked.fetch])
    # A whole text that was read before is not given up for a teaser because its page fails today.
    if not (found.article.teaser and looked.page is None and stored_articles.is_whole(db, article_id)):
        stored_articles.keep(db, [found], now, work.run_id)
    stored_articles.surface(db, [(article_id, one.entry) for one in looked.said], work.run_id)
    entries.attach(db, [_attachment(one, article_id, looked, now) for one in looked.said if one.waiting])


def _found(db: Session, work: Ingest, looked: _Looked) -> Stored:
    """Return the article that a look at its page gives; behind a wall it is what its feed says."""
    final = (urls.canonical(looked.final_url) if looked.final_url else None) or looked.url
    addresses = tuple(dict.fromkeys((looked.url, final)))
    known = stored_articles.by_addresses(db, addresses)
    # The address that a redirect ends at names the article; one that is known under any of them keeps its identity.
    article_id = known.get(final) or known.get(looked.url) or articles.article_id(final)
    article = _article(article_id, final, looked.said, looked.page, work.clock())
    bearers = stored_articles.bearing(db, article.text_hash, article_id)
    if not articles.is_wall(article, _entries(looked.said), [(one.url, one.title) for one in bearers]):
        return Stored(article, addresses, looked.fetch.id)
    site = urls.host_of(final)
    _take_back(db, work, [one for one in bearers if one.still and urls.host_of(one.url) == site])
    return _found(db, work, replace(looked, page=None, final_url=None))


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
    if not looked.again or tries >= MOST_TRIES:
        return Attachment(one.entry.id, article_id, tries)
    return Attachment(one.entry.id, article_id, tries, now + timedelta(seconds=_AGAIN_S[tries - 1]))
