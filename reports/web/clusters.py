"""One cluster: the card in full, the voices one may see, and the form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curate import annotations as spoken
from curate.annotations import (
    BYLINES,
    CHECKS,
    DISTANCES,
    MOVES,
    RELATIONS,
    RIPENESSES,
    SEVERAL,
    STYLES,
    VERDICTS,
    Annotation,
)
from curate.cards import Copy
from curate.errors import ClosedError, DuidingError
from curate.people import ANNOTATING, LANGUAGES, Person
from curate.quotations import Unfound
from curate.weeks import Week
from reports import reasons
from reports.web import faults, forms, quoting, visitors
from reports.web.boards import Board, Boards, Entry
from reports.web.forms import Menu
from reports.web.site import check_form, page, site_of, typed
from storage import annotations, articles, askables, drafts, links, themes
from storage.annotations import Author
from storage.database import Session
from storage.drafts import Draft
from storage.links import Reason

_CHOICES = {
    "verdicts": VERDICTS,
    "ripenesses": RIPENESSES,
    "relations": RELATIONS,
    "bylines": BYLINES,
    "languages": LANGUAGES,
    "moves": MOVES,
    "checks": CHECKS,
    "distances": DISTANCES,
    "styles": STYLES,
}
_THEMES_OFFERED = 30
_THEMES_SINCE = timedelta(weeks=8)
_DONE = frozenset({"yes", "both", "arranged", "named"})
"""What may have just happened, as the address says: told at the top of the page."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A cluster in front of a person."""

    person: Person
    board: Board
    entry: Entry
    menu: Menu
    draft: Draft | None
    """What the person was typing and has not said."""
    reasons: Mapping[str, tuple[Reason, ...]]
    """Why people brought its articles, by article id."""
    copies: Mapping[str, tuple[Copy, ...]]
    """Near-identical articles, by the id of the one they copy."""

    @property
    def following(self) -> Entry | None:
        """Where to go on."""
        return self.board.following(self.entry.card.cluster_id)

    @property
    def before(self) -> Annotation | None:
        """What was said last about its theme, in the weeks before."""
        return self.board.before.get(self.entry.card.theme_id)

    @property
    def may_speak(self) -> bool:
        """Whether the person may give meaning here."""
        return self.person.role in ANNOTATING and self.board.round.is_open


@dataclass(frozen=True, slots=True)
class _Saved:
    """What became of a form: problems by field, or how it was saved (``yes``, or ``both`` beside an unseen version)."""

    seen: _Seen
    problems: Mapping[str, str]
    how: str = ""


async def show(request: Request) -> Response:
    """GET /clusters/{id}: with ``show=1`` the voices too, before one has spoken; reading changes nothing."""
    site, now = site_of(request), site_of(request).config.clock()
    cluster_id = request.path_params["cluster_id"]
    shown = cluster_id if request.query_params.get("show") == "1" else ""

    def seen(db: Session) -> _Seen:
        person = visitors.reader_of_boards(visitors.person(db, request, site.config, now))
        board = site.boards.of_cluster(db, cluster_id, person.id, shown)
        return _in_front_of(db, person, site.boards, board, cluster_id)

    found = await site.desk.read(seen)
    if found.entry.card.cluster_id != cluster_id:  # it was merged: what was linked to leads there
        return RedirectResponse(found.entry.path, 303)
    last = found.entry.thread.last
    is_saved = request.query_params.get("saved") in ("yes", "both") and last is not None
    unfound = await quoting.unfound(request, [(found.entry.card, [last])]) if is_saved and last else {}
    first = forms.first_values(found.entry.card, found.person, found.entry.thread.last, now.date())
    draft = found.draft.form if found.draft and found.may_speak else {}
    form = first | forms.sent_values(draft) if draft else first
    return _page(request, found, form, {}, tuple(chain.from_iterable(unfound.values())))


def _in_front_of(db: Session, person: Person, boards: Boards, board: Board, cluster_id: str) -> _Seen:
    entry, week = board.entry(cluster_id), board.round.week
    inside = tuple(article.article_id for article in entry.card.articles)
    since = str(Week.of(Week.parse(week).starts_at - _THEMES_SINCE))
    lately = boards.once("themes to choose", week, None, lambda: themes.lately(db, since, _THEMES_OFFERED))
    offered = tuple(one for one in lately if one.theme_id != entry.card.theme_id)
    asked = boards.once("askables", "", None, lambda: askables.every(db))
    return _Seen(
        person,
        board,
        entry,
        Menu(offered, tuple(one for one in asked if one.person_id != person.id)),
        drafts.of_cluster(db, entry.card.cluster_id, person.id),
        boards.once("reasons", entry.path, inside, lambda: links.reasons(db, inside)),
        boards.once("copies", entry.path, inside, lambda: articles.copies_of(db, inside)),
    )


async def save(request: Request) -> Response:
    """POST /clusters/{id}: keep the next version. Whatever stops it, what was typed is given back."""
    form = await typed(request, SEVERAL)
    try:
        check_form(request, form)
        saved = await _save(request, form)
    except DuidingError as error:
        return _given_back(request, form, error)
    if saved.problems:
        return _page(request, saved.seen, forms.sent_values(form), saved.problems)
    return RedirectResponse(f"{saved.seen.entry.path}?saved={saved.how}", 303)


async def _save(request: Request, form: Mapping[str, str]) -> _Saved:
    site, now = site_of(request), site_of(request).config.clock()
    cluster_id = request.path_params["cluster_id"]
    shown = cluster_id if form.get("shown") == "1" else ""

    def saved(db: Session) -> _Saved:
        person = visitors.catalyst(visitors.person(db, request, site.config, now))
        board = site.boards.of_cluster(db, cluster_id, person.id, shown)
        return _kept(db, site.boards, _in_front_of(db, person, site.boards, board, cluster_id), form, now)

    return await site.desk.write(saved)


def _kept(db: Session, boards: Boards, seen: _Seen, form: Mapping[str, str], now: datetime) -> _Saved:
    cluster_id, last = seen.entry.card.cluster_id, seen.entry.thread.last
    if not seen.board.round.is_open:
        raise ClosedError(f"The round of {seen.board.round.week} is closed; nothing was changed.")
    others = seen.entry.voice_ids - {one.id for one in seen.entry.thread.mine}
    checked = forms.checked(form, seen.menu.offered(seen.entry, others, last))
    if checked.words is None:
        return _Saved(seen, forms.in_page_order(checked.problems))
    if seen.draft:
        drafts.drop(db, cluster_id, seen.person.id)
    if last and (last.words, last.language) == (checked.words, form["language"]):
        return _Saved(seen, {}, "yes")  # pressed twice: the same words are one version
    # Words stay where they were written first: on a cluster that was merged since, the next version follows them.
    about = (last.written_on if last else "") or cluster_id
    author = Author(about, seen.board.round.week, seen.person.id, form["language"])
    said = annotations.save(db, checked.words, author, now)
    if about == cluster_id:
        boards.heard(said)
    seen_last = (last.version if last else 0) == forms.seen_version(form)
    return _Saved(seen, {}, "yes" if seen_last else "both")


def _page(
    request: Request,
    found: _Seen,
    form: Mapping[str, str],
    problems: Mapping[str, str],
    unfound: tuple[Unfound, ...] = (),
) -> Response:
    saved, last = request.query_params.get("saved", ""), found.entry.thread.last
    folded = forms.has_folded(problems) or forms.has_folded(form)
    values = {
        "seen": found,
        "entry": found.entry,
        "card": found.entry.card,
        "thread": found.entry.thread,
        "round": found.board.round,
        "following": found.following,
        "reasons": found.reasons,
        "copies": found.copies,
        "told": reasons.told,
        "key_titles": lambda one: _key_titles(one, found.entry),
        "form": form,
        "menu": found.menu,
        "problems": problems,
        "folded_open": folded or found.entry.mix.is_narrow,
        "suggested_moves": spoken.suggested_moves(last.words) if last and not last.words.moves else (),
        "suggested_style": forms.suggested_style(found.entry, last),
        "unfound": unfound,
        "saved": saved if saved in _DONE else "",
        "may_speak": found.may_speak,
        **_CHOICES,
    }
    status = 422 if problems else 200
    return page(request, "cluster.html", values, person=found.person, status=status, script=found.may_speak)


def _key_titles(one: Annotation, entry: Entry) -> list[str]:
    """Return the titles of what somebody calls a must-read, of those that still stand here."""
    keys = set(one.words.key_articles)
    return [f"“{article.title}”" for article in entry.card.articles if article.article_id in keys]


def _given_back(request: Request, form: Mapping[str, str], error: DuidingError) -> Response:
    """A page with the reason and everything typed, to copy; and to send again when that may help."""
    fault = faults.of(error)
    kept = {name: form[name] for name in forms.TEXTS if form.get(name, "").strip()}
    values = {
        "fault": fault,
        "kept": kept,
        "fields": forms.sent_values(form),
        "again": error.again,
        "path": request.url.path,
    }
    return page(request, "given_back.html", values, status=fault.status)
