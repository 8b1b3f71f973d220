"""The letter about a month: of each of its issues the week, the titles, and how the first voice of each item begins."""

from collections.abc import Mapping
from dataclasses import dataclass

from curate.issues import Issue, Item, Voice
from curate.months import Month
from curate.people import Language
from curate.texts import first_sentences
from curate.weeks import Week
from reports.digests import EVERYTHING, IssueLinks, in_full, title_of
from reports.templating import one_line, rendered, rendered_mail
from reports.voices import byline_of
from reports.words import Words, words


@dataclass(frozen=True, slots=True)
class Monthly:
    """What a letter about a month is made from."""

    month: Month
    issues: tuple[Issue, ...]
    """Its frozen issues in the order of their weeks; one at least."""
    base: str
    """Where the issues stand on the web: ``<base>/<number>``."""


@dataclass(frozen=True, slots=True)
class Begun:
    """One item: its title, where it is, and how its first voice begins."""

    title: str
    title_language: str
    is_machine: bool
    """Whether the title is the machine's, and is to be marked as such."""
    href: str
    said: str
    """Whole sentences; empty for an item that is only named."""
    language: str
    by: str


@dataclass(frozen=True, slots=True)
class Part:
    """One issue in the letter."""

    title: str
    days: str
    href: str
    items: tuple[Begun, ...]


def title(monthly: Monthly, w: Words) -> str:
    """Return what the letter is called, in one line."""
    return w("month.title", network=monthly.issues[-1].network, month=w.month(monthly.month.first_on))


def mail_html(monthly: Monthly, language: Language, links: IssueLinks, follows: frozenset[str] = EVERYTHING) -> str:
    """Return the HTML part of the mail; items of followed themes come first, the others by title alone."""
    return rendered_mail("digest/month.mjml", language, _values(monthly, language, links, follows))


def plain(monthly: Monthly, language: Language, links: IssueLinks, follows: frozenset[str] = EVERYTHING) -> str:
    """Return the letter in plain text, lines of at most 72 characters except for addresses."""
    return rendered("digest/month.txt", language, _values(monthly, language, links, follows))


def _values(monthly: Monthly, language: Language, links: IssueLinks, follows: frozenset[str]) -> Mapping[str, object]:
    w = words(language)
    parts = [_part(issue, f"{monthly.base.rstrip('/')}/{issue.number}", follows, w) for issue in monthly.issues]
    said = (begun.said for part in parts for begun in part.items if begun.said)
    month = w.month(monthly.month.first_on)
    intro = w.count("month.issues", len(parts), month=month)
    return {
        "title": title(monthly, w),
        "network": monthly.issues[-1].network,
        "month": month,
        "intro": intro,
        "preview": next(said, intro),
        "parts": parts,
        "links": links,
    }


def _part(issue: Issue, web: str, follows: frozenset[str], w: Words) -> Part:
    week, full = Week.parse(issue.week), in_full(issue, follows)
    order = (*full, *(n for n in range(1, len(issue.items) + 1) if n not in full))
    items = tuple(_begun(issue.items[n - 1], IssueLinks(web).of_item(n), n in full, w) for n in order)
    return Part(w("month.issue", number=issue.number, week=week.number), w.week(week), web, items)


def _begun(item: Item, href: str, is_full: bool, w: Words) -> Begun:
    named = (*title_of(item, w), item.titled_by == "machine", href)
    first: Voice | None = next(iter(item.voices), None) if is_full else None
    if first is None:
        return Begun(*named, said="", language="", by="")
    by = w("month.by", name=byline_of(first, w), ripeness=w(f"ripeness.{first.ripeness}"))
    return Begun(*named, one_line(first_sentences(first.so_what)), first.language, by)
