"""One cluster: the card in full, the voices one may see, and the form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curate.annotations import BYLINES, RELATIONS, RIPENESSES, VERDICTS
from curate.errors import ClosedError, DuidingError
from curate.people import ANNOTATING, LANGUAGES, Person
from reports import reasons
from reports.web import faults, forms, visitors
from reports.web.boards import Board, Entry
from reports.web.site import check_form, page, site_of, typed
from storage import annotations, links
from storage.annotations import Author
from storage.database import Session
from storage.links import Reason

_CHOICES = {
    "verdicts": VERDICTS,
    "ripenesses": RIPENESSES,
    "relations": RELATIONS,
    "bylines": BYLINES,
    "languages": LANGUAGES,
}


@dataclass(frozen=True, slots=True)
class _Seen:
    """A cluster in front of a person."""

    person: Person
    board: Board
    entry: Entry
    reasons: Mapping[str, tuple[Reason, ...]]
    """Why people brought its articles, by article id."""

    @property
    def following(self) -> Entry | None:
        """Where to go on."""
        return self.board.following(self.entry.card.cluster_id)


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
        return _in_front_of(db, person, board, cluster_id)

    found = await site.desk.read(seen)
    values = forms.first_values(found.entry.card, found.person, found.entry.thread)
    return _page(request, found, values, {})


def _in_front_of(db: Session, person: Person, board: Board, cluster_id: str) -> _Seen:
    entry = board.entry(cluster_id)
    reasons = links.reasons(db, [article.article_id for article in entry.card.articles])
    return _Seen(person, board, entry, reasons)


async def save(request: Request) -> Response:
    """POST /clusters/{id}: keep the next version. Whatever stops it, what was typed is given back."""
    form = await typed(request)
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
        return _kept(db, _in_front_of(db, person, board, cluster_id), form, now)

    return await site.desk.write(saved)


def _kept(db: Session, seen: _Seen, form: Mapping[str, str], now: datetime) -> _Saved:
    cluster_id, last = seen.entry.card.cluster_id, seen.entry.thread.last
    if not seen.board.round.is_open:
        raise ClosedError(f"The round of {seen.board.round.week} is closed; nothing was changed.")
    others = frozenset(one.id for one in annotations.of_cluster(db, cluster_id) if one.person_id != seen.person.id)
    checked = forms.checked(form, others)
    if checked.words is None:
        return _Saved(seen, forms.in_page_order(checked.problems))
    if last and (last.words, last.language) == (checked.words, form["language"]):
        return _Saved(seen, {}, "yes")  # pressed twice: the same words are one version
    author = Author(cluster_id, seen.board.round.week, seen.person.id, form["language"])
    annotations.save(db, checked.words, author, now)
    seen_last = (last.version if last else 0) == forms.seen_version(form)
    return _Saved(seen, {}, "yes" if seen_last else "both")


def _page(request: Request, found: _Seen, form: Mapping[str, str], problems: Mapping[str, str]) -> Response:
    saved = request.query_params.get("saved", "")
    values = {
        "entry": found.entry,
        "card": found.entry.card,
        "thread": found.entry.thread,
        "round": found.board.round,
        "following": found.following,
        "reasons": found.reasons,
        "told": reasons.told,
        "form": form,
        "problems": problems,
        "folded_open": forms.has_folded(problems),
        "saved": saved if saved in {"yes", "both"} and found.entry.thread.has_spoken else "",
        "may_speak": found.person.role in ANNOTATING and found.board.round.is_open,
        **_CHOICES,
    }
    return page(request, "cluster.html", values, person=found.person, status=422 if problems else 200)


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
