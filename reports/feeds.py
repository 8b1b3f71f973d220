"""All issues as feeds: Atom and JSON Feed, from the same frozen issues, each entry with the whole issue in it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from curate.issues import Issue
from curate.people import Language
from curate.weeks import Week
from reports import digests
from reports.digests import Beside, IssueLinks
from reports.templating import readable, rendered
from reports.words import words

MOST = 20
"""Issues in a feed, the newest ones."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An issue that a feed may hold; moments are aware UTC."""

    issue: Issue
    frozen_at: datetime
    updated_at: datetime
    """When it was frozen, or the last note about it was written."""
    beside: Beside = field(default_factory=Beside)


@dataclass(frozen=True, slots=True)
class Channel:
    """What a feed is about."""

    network: str
    public_url: str
    language: Language
    zone: ZoneInfo
    since: datetime
    """When the first issue was frozen, or now: the feed's name is made with that day, and stays."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One issue as a feed tells it."""

    id: str
    title: str
    url: str
    published: str
    updated: str
    summary: str
    html: str


def atom(channel: Channel, those: Sequence[Listed]) -> str:
    """Return the Atom feed, the newest issue first."""
    entries = [entry(channel, one) for one in those]
    updated = max((one.updated_at for one in those), default=channel.since)
    values = {
        "id": tag(channel.public_url, channel.since, "issues"),
        "title": words(channel.language)("feed.title", network=channel.network),
        "network": channel.network,
        "updated": updated.isoformat(),
        "page": f"{channel.public_url}/issues",
        "own": f"{channel.public_url}/issues.atom?lang={channel.language}",
        "entries": entries,
    }
    return rendered("digest/feed.xml", channel.language, values)


def json_feed(channel: Channel, those: Sequence[Listed]) -> str:
    """Return the JSON Feed (version 1.1), the newest issue first."""
    title = words(channel.language)("feed.title", network=channel.network)
    value = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": readable(title),
        "home_page_url": f"{channel.public_url}/issues",
        "feed_url": f"{channel.public_url}/issues.feed.json?lang={channel.language}",
        "language": channel.language,
        "items": [_json_entry(entry(channel, one)) for one in those],
    }
    return json.dumps(value, ensure_ascii=False)


def entry(channel: Channel, one: Listed) -> Entry:
    """Return an issue as feeds tell it: its whole content as HTML without style or script."""
    issue, w = one.issue, words(channel.language)
    week, title = Week.parse(issue.week).number, digests.first_title(issue)
    base = f"{channel.public_url}/issues"
    links = IssueLinks(web="", issues=base, provenance=f"{base}/{issue.number}/provenance")
    return Entry(
        id=tag(channel.public_url, one.frozen_at, f"issue:{issue.number}"),
        title=w("feed.entry", week=week, title=title) if title else w("feed.entry_quiet", week=week),
        url=f"{base}/{issue.number}",
        published=one.frozen_at.isoformat(),
        updated=one.updated_at.isoformat(),
        summary=digests.preview(issue, channel.language),
        html=digests.content(issue, channel.language, links, one.beside),
    )


def tag(public_url: str, since: datetime, name: str) -> str:
    """Return a ``tag:`` address (RFC 4151): the same for ever, whatever becomes of the page it was made for."""
    host = urlsplit(public_url).hostname or "localhost"
    return f"tag:{host},{since:%Y-%m-%d}:{name}"


def _json_entry(one: Entry) -> dict[str, str]:
    return {
        "id": one.id,
        "url": one.url,
        "title": readable(one.title),
        "summary": readable(one.summary),
        "content_html": one.html,
        "date_published": one.published,
        "date_modified": one.updated,
    }
