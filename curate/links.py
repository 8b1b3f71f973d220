"""A link that a person brings by hand: an address, and in a sentence why others should see it."""

import ipaddress
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from curate import articles, ids, sources, texts, urls
from curate.articles import Entry
from curate.people import LANGUAGES, Person

WHY_MIN, WHY_MAX = 12, 600
"""Characters; a keyword is no reason, and what is longer is an article of its own."""
TITLE_MAX = 300

_NUMERIC = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)", re.IGNORECASE)
_LOCAL = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa")
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))


@dataclass(frozen=True, slots=True)
class Link:
    """An address as it was given, with the words of who brings it; ``title`` may be empty, the page has one too."""

    url: str
    why: str
    title: str = ""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A form that was checked: the link, or what is wrong by field, as keys of the words files."""

    link: Link | None
    problems: Mapping[str, str]


def checked(form: Mapping[str, str], may_bring: Callable[[str], bool]) -> Checked:
    """Check ``url``, ``why``, ``title`` and ``language``; ``may_bring`` says whether an address may be asked at all."""
    url = form.get("url", "").strip()
    why = texts.clean(form.get("why", ""))
    language = form.get("language", "")
    problems = {
        "url": _problem_of(url, may_bring),
        "why": "problem.link_why" if len(why) < WHY_MIN else "problem.link_why_long" if len(why) > WHY_MAX else "",
        "language": "" if language in ("", *LANGUAGES) else "problem.link_language",
    }
    wrong = {field: key for field, key in problems.items() if key}
    title = texts.one_line(form.get("title", ""), TITLE_MAX)
    return Checked(None if wrong else Link(url, why, title, language or None), wrong)


def is_public(url: str) -> bool:
    """Say whether an address can be one that everybody reaches, as far as its text tells: no private address or name.

    A name is looked up when its page is fetched, and judged again.
    """
    host = urls.host_of(url)
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        last = host.rsplit(".", 1)[-1]
        return "." in host and not _NUMERIC.fullmatch(last) and not f".{host}".endswith(_LOCAL)


def entry(person: Person, link: Link, now: datetime) -> Entry:
    """Return what a person says about an address; one address is one entry of theirs, however it is written."""
    source = sources.of_person("link", person.id, person.name)
    return Entry(
        id=articles.entry_id(source.id, urls.identity(link.url) or link.url),
        source_id=source.id,
        via="link",
        guid=None,
        url=link.url,
        canonical_url=urls.canonical(link.url),
        published_at=None,
        first_seen_at=now,
        title=link.title,
        author=person.name,
        language=link.language,
        # A person's words about an article are theirs, not the article's text: they are kept as a teaser.
        text=link.why,
        truncated=True,
        content_hash=ids.of(link.why, link.title, link.language or ""),
        own=False,
        person_id=person.id,
    )


def _problem_of(url: str, may_bring: Callable[[str], bool]) -> str:
    """Return what is wrong with an address, or an empty text."""
    if not url:
        return "problem.link_empty"
    if len(url) > urls.LONGEST:
        return "problem.link_long"
    if any(unicodedata.category(sign) in _UNSEEN for sign in url):
        return "problem.link_unseen"
    if urls.is_never_fetched(url):
        return "problem.link_linkedin"
    if " " in url or urls.safe_link(url) is None or urls.canonical(url) is None:
        return "problem.link_address"
    return "" if may_bring(url) else "problem.link_private"
