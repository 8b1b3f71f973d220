"""Where readers answer an issue: by the link in their mail, without an account; or on the web, without being known.

GET shows a form and changes nothing, since mail scanners open every link. Whatever stops an answer, what was typed is
given back.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curate import answers as rules
from curate.answered import CHOICES, Kind
from curate.answers import Matter, Words
from curate.errors import DuidingError
from curate.issues import Issue
from curate.people import LANGUAGES, NAME_MAX
from curate.weeks import Week
from reports import tokens
from reports.web import faults, visitors
from reports.web.site import check_form, page, site_of, typed
from storage import answers, issues, subscribers
from storage.answers import About, Answer
from storage.database import Session

_TEXTS = ("text", "url", "happened", "next", "name")
"""What somebody typed: given back whenever it could not be kept."""


@dataclass(frozen=True, slots=True)
class Door:
    """How somebody came here: by a reader's own link, or on the web."""

    path: str
    number: int
    """Of the issue; 0 for a link that is not ours."""
    subscriber_id: str = ""
    over: str = ""
    """Why nothing can be answered here: ``expired``, ``forged``, ``gone``; else empty."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An issue in front of a reader."""

    door: Door
    issue: Issue
    mine: tuple[Answer, ...] = ()
    """What this reader said of it already; nothing for who came without a link."""


async def by_link(request: Request) -> Response:
    """GET and POST /answer/{token}: a reader's own link, which needs neither cookie nor account."""
    config, token = site_of(request).config, request.path_params["token"]
    found, path = tokens.answering_of(config.secret, token), f"/answer/{token}"
    if found is None:
        return await _answered(request, Door(path, 0, over="forged"))
    over = "" if config.clock() < found.frozen_at + rules.ANSWERABLE_FOR else "expired"
    return await _answered(request, Door(path, found.number, found.subscriber_id, over))


async def on_the_web(request: Request) -> Response:
    """GET and POST /issues/{number}/answer: for everybody who reads the issue on the web."""
    text = request.path_params["number"]
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
    return await _answered(request, Door(f"/issues/{number}/answer", number))


async def _answered(request: Request, door: Door) -> Response:
    if request.method != "POST":
        seen = await _seen(request, door)
        return _shown(request, seen) if isinstance(seen, Seen) else _over(request, seen, {})
    form = await typed(request)
    try:
        seen = await _seen(request, door)
        if isinstance(seen, Door):
            return _over(request, seen, form)
        if not door.subscriber_id:  # who holds a link of their own proves with it that the form is theirs
            check_form(request, form)
        return await (_withdraw if "withdraw" in form else _send)(request, seen, form)
    except DuidingError as error:
        return given_back(request, door.number, _typed(form), error)


async def _seen(request: Request, door: Door) -> Seen | Door:
    """Return the issue that can be answered by this door, else the door with why it is over."""
    now = site_of(request).config.clock()
    if door.over:
        return door

    def seen(db: Session) -> Seen | Door:
        issue = issues.by_number(db, door.number)
        if issue is None:
            return replace(door, number=0, over="gone")
        if not rules.is_open(issue, now):
            return replace(door, over="expired")
        if not door.subscriber_id:
            return Seen(door, issue)
        if subscribers.by_id(db, door.subscriber_id) is None:
            return replace(door, over="forged")
        return Seen(door, issue, answers.of_reader(db, door.subscriber_id, door.number))

    return await site_of(request).desk.read(seen)


def _shown(request: Request, seen: Seen) -> Response:
    query = request.query_params
    if query.get("done") in ("answer", "offer", "signal", "withdrawn"):
        return _page(request, "answer_thanks.html", seen, {"done": query["done"]})
    about = query.get("about", "")
    if not about:
        return _page(request, "answer_list.html", seen, {"matters": rules.matters(seen.issue), "about_of": _about_of})
    matter = rules.matter(seen.issue, about)
    if matter is None:
        return _over(request, replace(seen.door, over="gone"), {})
    kind = _kind(matter, query.get("kind", ""), seen.door)
    return _form(request, seen, matter, (kind, _first_values(seen, matter, kind), {}))


async def _send(request: Request, seen: Seen, form: Mapping[str, str]) -> Response:
    matter = rules.matter(seen.issue, request.query_params.get("about", ""))
    if matter is None:
        return _over(request, replace(seen.door, over="gone"), form)
    kind = _kind(matter, form.get("kind", ""), seen.door)
    checked = rules.checked(kind, form)
    if checked.words is None:
        return _form(request, seen, matter, (kind, form, checked.problems))
    if not site_of(request).doors.answer(seen.door.subscriber_id or client(request)):
        return _form(request, seen, matter, (kind, form, {}), notice="answer.many")
    language = visitors.language_of(request, site_of(request).config.language)
    answer = _answer(seen, matter, (kind, checked.words, language), form, site_of(request).config.clock())
    await site_of(request).desk.write(lambda db: answers.keep(db, answer))
    return _back(request, seen, kind if kind in ("offer", "signal") else "answer")


def _answer(
    seen: Seen, matter: Matter, said: tuple[Kind, Words, str], form: Mapping[str, str], now: datetime
) -> Answer:
    door, (kind, words, language) = seen.door, said
    about = About(door.number, matter.about, kind, matter.theme_id, matter.title, matter.language)
    if not door.subscriber_id:
        words = replace(words, wants_thanks=False)
    # Without a link, one page that was filled in is one answer, however often it is sent.
    who = door.subscriber_id or f"web {form.get('csrf', '')} {form.get('once', '')}"
    via: answers.Via = "link" if door.subscriber_id else "web"
    return Answer("", answers.thread(about, who), 0, about, words, door.subscriber_id, via, True, language, now)


async def _withdraw(request: Request, seen: Seen, form: Mapping[str, str]) -> Response:
    reader, now = seen.door.subscriber_id, site_of(request).config.clock()
    await site_of(request).desk.write(lambda db: answers.withdraw(db, reader, form["withdraw"], now))
    return _back(request, seen, "withdrawn")


def _back(request: Request, seen: Seen, done: str) -> Response:
    language = request.query_params.get("lang", "")
    kept = {"lang": language} if language in LANGUAGES else {}
    return RedirectResponse(f"{seen.door.path}?{urlencode({'done': done, **kept})}", 303)


def _kind(matter: Matter, wanted: str, door: Door) -> Kind:
    """Return the form that is meant; nobody offers to be asked without an address that a question could reach."""
    kinds = _kinds(matter, door)
    return next((one for one in kinds if one == wanted), kinds[0])


def _kinds(matter: Matter, door: Door) -> tuple[Kind, ...]:
    return tuple(one for one in matter.kinds if door.subscriber_id or one != "offer")


def _first_values(seen: Seen, matter: Matter, kind: Kind) -> dict[str, str]:
    """What the form shows before anything is typed: what they said before; for a mail of theirs, its words."""
    before = next((one for one in seen.mine if (one.about.about, one.about.kind) == (matter.about, kind)), None)
    mail = next((one for one in reversed(seen.mine) if one.about.kind == "reply" and one.is_sure), None)
    found = before or (mail if kind in ("answer", "signal") else None)
    if found is None:
        return {}
    words = found.words
    ticks = {name: "on" for name in ("may_show", "wants_thanks") if getattr(words, name)}
    return {"choice": words.choice, **{name: getattr(words, name) for name in _TEXTS}, **ticks}


def _form(
    request: Request,
    seen: Seen,
    matter: Matter,
    filled: tuple[Kind, Mapping[str, str], Mapping[str, str]],
    notice: str = "",
) -> Response:
    """The form about one thing: its kind, what stands in it, and what is wrong with that."""
    kind, form, problems = filled
    values = {
        "matter": matter,
        "kind": kind,
        "kinds": [one for one in _kinds(matter, seen.door) if one != kind],
        "form": {name: form.get(name, "") for name in (*_TEXTS, "choice", "may_show", "wants_thanks")},
        "problems": problems,
        "notice": notice,
        "before": any((one.about.about, one.about.kind) == (matter.about, kind) for one in seen.mine),
        "no_offer": matter.kinds[0] == "offer" and not seen.door.subscriber_id,
        "choices": CHOICES,
        "most": rules.most(kind),
        "name_max": NAME_MAX,
        "once": form.get("once") or secrets.token_urlsafe(12),
        "here": _here(seen.door, matter.about, request),
    }
    return _page(request, "answer.html", seen, values, status=429 if notice else 422 if problems else 200)


def _here(door: Door, about: str, request: Request) -> str:
    language = request.query_params.get("lang", "")
    return f"{door.path}?{urlencode({'about': about} | ({'lang': language} if language in LANGUAGES else {}))}"


def _about_of(matter: Matter) -> str:
    """Return what kind of thing it is, as a part of a key of the words files."""
    return {"c": "item", "a": "link"}.get(matter.about.partition("-")[0], matter.about)


def _page(request: Request, name: str, seen: Seen, values: Mapping[str, object], status: int = 200) -> Response:
    around = {"seen": seen, "door": seen.door, "issue": seen.issue, "week": Week.parse(seen.issue.week)}
    return page(request, name, {**around, **values}, status=status)


def _over(request: Request, door: Door, form: Mapping[str, str]) -> Response:
    values = {"over": door.over, "number": door.number, "typed": _typed(form)}
    return page(request, "answer_over.html", values, status=404 if door.over == "gone" else 410)


def given_back(request: Request, number: int, typed_: list[str], error: DuidingError) -> Response:
    """Return what was typed, under what happened, and the way to the issue."""
    fault = faults.of(error)
    values = {"over": "", "fault": fault, "number": number, "typed": typed_}
    return page(request, "answer_over.html", values, status=fault.status)


def _typed(form: Mapping[str, str]) -> list[str]:
    return [form[name] for name in _TEXTS if form.get(name)]


def client(request: Request) -> str:
    """Return the address that a request comes from."""
    return request.client.host if request.client else ""
