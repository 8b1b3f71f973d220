"""The issue in its three faces, from the same frozen data: a page, a mail and a letter in plain text.

Only the words around what people said follow the reader's language; what people said is never translated or cut.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from markupsafe import Markup

from curate.answers import about_item
from curate.issues import Asked, Issue, Item
from curate.people import Language
from curate.weeks import Week
from reports import answered, calls, digest_parts, pictures, voices
from reports.digest_parts import Around, Bases, Quoted
from reports.templating import environment, one_line, rendered, rendered_mail
from reports.words import Words, words

SOURCES_NAMED = 3
"""Names of sources in "why you see this"; the others are counted."""
EVERYTHING: frozenset[str] = frozenset()
"""What a reader follows who follows no theme: all of it, in full."""
MAIL_BYTES = 97_000
"""What a mail's HTML may weigh; Gmail shows 102 kB, and each reader's own links come on top."""
PREVIEW_LENGTH = 140
"""Characters of the sentence that mail programs show beside the subject."""


@dataclass(frozen=True, slots=True)
class IssueLinks:
    """Where the words around an issue lead; all are http(s) addresses, the ones that are None are not shown."""

    web: str
    """This issue on the web."""
    unsubscribe: str | None = None
    """The page where this one reader leaves; only in what is sent to a reader."""
    answer: str | None = None
    """The page where a reader answers this issue; what they answer is added to it as a query (reports/calls.py)."""
    preferences: str | None = None
    """The page where this one reader chooses; only in what is sent to a reader."""
    subscribe: str | None = None
    """The page where anybody subscribes; on the web page only."""
    issues: str | None = None
    """The list of issues, where earlier ones are read."""
    ask: str | None = None
    """Where somebody is asked something; the id of who may be asked is added to it."""
    provenance: str | None = None
    """The page that says where each sentence comes from."""
    picture: str | None = None
    """The picture of the themes in the mail: ``cid:…``, or ``data:…`` where it is only looked at."""

    @property
    def bases(self) -> Bases:
        """Where links to other pages of ours begin."""
        return Bases(self.issues or "", self.ask or "", self.provenance or "")

    def of_item(self, number: int) -> str:
        """The place of an item on this issue's page; items count from 1."""
        return f"{self.web}#item-{number}"


def links_of(public_url: str, number: int) -> IssueLinks:
    """Return where an issue can be read, answered, asked about and subscribed to on the web."""
    web = f"{public_url}/issues/{number}"
    return IssueLinks(
        web=web,
        answer=f"{web}/answer",
        subscribe=f"{public_url}/subscribe",
        issues=f"{public_url}/issues",
        ask=f"{public_url}/ask/{number}",
        provenance=f"{web}/provenance",
    )


def links_of_draft(public_url: str, number: int) -> IssueLinks:
    """Return where the words around a draft lead: there is no issue yet that could be answered or traced."""
    return replace(links_of(public_url, number), answer=None, ask=None, provenance=None, subscribe=None)


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a frozen issue on the web, without being part of it."""

    notes: tuple[Quoted, ...] = ()
    """What was put right since, with who said so and when."""
    feeds: tuple[tuple[str, str], ...] = ()
    """(media type, address) of the feeds that hold it."""


@dataclass(frozen=True, slots=True)
class Told:
    """One item as it is told: passages in order, and the sentence that says why it is here."""

    item: Item
    title: str
    title_language: str
    """Empty when the voices speak several languages: then nobody knows which one the title is in."""
    label: str
    """The machine's label, marked as such; empty when it would say the title again."""
    passages: tuple[voices.Passage, ...]
    invitation: str
    """The one thing asked of the reader here; empty when nothing is."""
    call: str
    """The words of the link under it."""
    about: str
    """What that link is about."""
    why: str
    from_week: str
    """"from week 46" for what was held over; else empty."""
    around: Around


@dataclass(frozen=True, slots=True)
class Mention:
    """An item that is only named, because the reader follows other themes."""

    title: str
    title_language: str
    is_machine: bool
    """Whether the title is the machine's, and is to be marked as such."""
    href: str


def page(issue: Issue, language: Language, links: IssueLinks, beside: Beside = Beside()) -> str:
    """Return a complete HTML page that needs no other file; serve it with :func:`style_source` in its policy."""
    drawn = Markup(pictures.svg(issue, language))  # noqa: S704  # a template of ours made it, which escapes everything
    values = {**_values(issue, language, links), "style": _style(), "beside": beside, "weeks": drawn}
    return rendered("digest/page.html", language, values)


def content(issue: Issue, language: Language, links: IssueLinks, beside: Beside = Beside()) -> str:
    """Return the content of the page as HTML without head, style or script, to stand inside something else."""
    return rendered("digest/content.html", language, {**_values(issue, language, links), "beside": beside})


def mail_html(issue: Issue, language: Language, links: IssueLinks, follows: frozenset[str] = EVERYTHING) -> str:
    """Return the HTML part of the mail: one column of 600 px, nothing fetched from anywhere.

    ``follows`` holds theme ids: their items come first and in full, the others by title; see :func:`in_full`. Mail
    programs cut off what is longer than about 100 kB. Of an issue that would be, the mail leaves out what stands around
    the voices, and says so; all voices stay.
    """
    html = _mail(issue, language, links, follows)
    for lighter in digest_parts.lighter(issue):
        if len(html.encode()) <= MAIL_BYTES:
            break
        html = _mail(lighter, language, links, follows, is_shortened=True)
    return html


def _mail(
    issue: Issue, language: Language, links: IssueLinks, follows: frozenset[str], *, is_shortened: bool = False
) -> str:
    values = {**_values(issue, language, links, follows), "is_shortened": is_shortened}
    return rendered_mail("digest/mail.mjml", language, values)


def plain(issue: Issue, language: Language, links: IssueLinks, follows: frozenset[str] = EVERYTHING) -> str:
    """Return the issue as a letter in plain text, lines of at most 72 characters except for addresses."""
    return rendered("digest/letter.txt", language, _values(issue, language, links, follows))


def in_full(issue: Issue, follows: frozenset[str]) -> tuple[int, ...]:
    """Return which items, counted from 1, a reader gets in full: all, or those of the themes they follow.

    Two readers for whom this is the same get the same letter.
    """
    return tuple(n for n, item in enumerate(issue.items, start=1) if not follows or item.theme_id in follows)


def style_source() -> str:
    """Return the page's style as a source for ``style-src`` in a content security policy: ``'sha256-…'``."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()}'"


def preview(issue: Issue, language: Language) -> str:
    """Return one sentence that says what the issue's first item means."""
    return _preview(issue, _first(issue, EVERYTHING), words(language))


def first_title(issue: Issue, follows: frozenset[str] = EVERYTHING) -> str:
    """Return the title of the item that this reader gets first, as one line; empty for an issue without items."""
    first = _first(issue, follows)
    return one_line(first.title) if first else ""


def _first(issue: Issue, follows: frozenset[str]) -> Item | None:
    full = in_full(issue, follows)
    return issue.items[full[0] - 1] if full else next(iter(issue.items), None)


def _style() -> str:
    loader = environment().loader
    assert loader is not None  # noqa: S101  # ours always has one; Jinja's type allows none
    return loader.get_source(environment(), "digest/page.css")[0]


def _values(
    issue: Issue, language: Language, links: IssueLinks, follows: frozenset[str] = EVERYTHING
) -> Mapping[str, object]:
    w, week, full = words(language), Week.parse(issue.week), in_full(issue, follows)
    return {
        "issue": issue,
        "links": links,
        "week": week.number,
        "days": w.week(week),
        "title": w("issue.title", network=issue.network, week=week.number),
        "filtered": _filtered(issue, w),
        "filtered_from": w(
            "issue.filtered_from",
            sources=w.count("card.sources", issue.sources),
            languages=w.languages(issue.languages),
        ),
        "told": [_told(issue.items[n - 1], n, links.bases, w) for n in full],
        "rest": [_mention(item, links.of_item(n), w) for n, item in enumerate(issue.items, start=1) if n not in full],
        "looked_back": [digest_parts.then_now(one, links.bases, w) for one in issue.looked_back],
        "tried": digest_parts.tried(issue, links.bases, w),
        "review_day": digest_parts.review_day(issue, w),
        "said_before": digest_parts.said_before(issue.said_before, links.bases, w),
        "corrections": digest_parts.corrections(issue.corrections, links.bases, w),
        "asked_by": _asked_by(issue.question, "issue.asked_by", w),
        "tried_by": _asked_by(issue.experiment, "issue.tried_by", w),
        "preview": _preview(issue, _first(issue, follows), w),
        "answer_to": partial(calls.address, links.answer, language),
        "answered": [answered.told(one, w) for one in issue.answers],
        "weeks_alt": pictures.alt(issue, language) if links.picture else "",
    }


def _filtered(issue: Issue, w: Words) -> str:
    return w(
        "issue.filtered",
        articles=w.count("card.articles", issue.articles),
        sources=w.count("card.sources", issue.sources),
        clusters=w.count("card.clusters", issue.clusters),
        languages=w.languages(issue.languages),
    )


def _preview(issue: Issue, first: Item | None, w: Words) -> str:
    """What the first item means, in the words of who said it."""
    meant = one_line(first.voices[0].so_what) if first and first.voices else _filtered(issue, w)
    return meant if len(meant) <= PREVIEW_LENGTH else meant[: PREVIEW_LENGTH - 1].rsplit(" ", 1)[0] + "…"


def title_of(item: Item, w: Words) -> tuple[str, str]:
    """Return an item's title and the language it is in; no language when nobody knows."""
    spoken = {voice.language for voice in item.voices}
    language = spoken.pop() if item.titled_by == "catalyst" and len(spoken) == 1 else ""
    return one_line(item.title) or w("machine.untitled"), language


def _mention(item: Item, href: str, w: Words) -> Mention:
    return Mention(*title_of(item, w), item.titled_by == "machine", href)


def _told(item: Item, place: int, bases: Bases, w: Words) -> Told:
    title, language = title_of(item, w)
    by_person = item.titled_by == "catalyst"
    return Told(
        item=item,
        title=title,
        title_language=language,
        label=w("issue.machine_label", label=item.label) if item.label and by_person else "",
        passages=voices.passages(item, w),
        invitation=calls.invitation(item, w),
        call=calls.link_words(item, w),
        about=about_item(item.cluster_id),
        why=_why(item, w),
        from_week=w("issue.from_week", week=Week.parse(item.week).number) if item.week else "",
        around=digest_parts.around_item(item, place, bases, w),
    )


def _why(item: Item, w: Words) -> str:
    named = item.sources[:SOURCES_NAMED]
    names, more = w.listed(named), len(item.sources) - len(named)
    return w.count(
        "issue.why_sentence",
        len(item.voices),
        articles=w.count("card.articles", item.articles),
        sources=w.count("card.sources", len(item.sources)),
        names=w.count("card.more_sources", more, names=", ".join(named)) if more else names,
        languages=w.languages(item.languages),
    )


def _asked_by(asked: Asked | None, key: str, w: Words) -> str:
    if asked is None:
        return ""
    return w(key, name=asked.byline) if asked.byline else w(f"{key}_someone")
