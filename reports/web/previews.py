"""The draft of an issue as its readers will see it: page and mail side by side, the letter, and a mail to oneself.

Page and mail stand in frames of their own, without scripts and without our session's rights (``sandbox``): what people
said and what feeds wrote stays inert there, as it does at the readers'.
"""

import base64
import logging
from dataclasses import replace

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from curate.errors import MailError
from curate.people import LANGUAGES, Language
from reports import digests, pictures
from reports.digests import IssueLinks
from reports.web import editing, security, visitors
from reports.web.editing import Making
from reports.web.site import check_form, page, site_of, typed

_LOG = logging.getLogger(__name__)


async def show(request: Request) -> Response:
    """GET /rounds/{week}/issue/preview: page and mail side by side, in the language asked for with ``in``."""
    found = await editing.making(request)
    if found.published:
        return RedirectResponse(f"/issues/{found.published.number}", 303)
    return _shown(request, found, _wanted(request, found, request.query_params.get("in", "")))


async def framed_page(request: Request) -> Response:
    """GET /rounds/{week}/issue/preview/page: the page of the draft, for our own frame only."""
    found = await editing.making(request)
    language = _wanted(request, found, request.query_params.get("in", ""))
    html = digests.page(found.issue, language, IssueLinks(web=""))
    return _framed(html, security.content_policy(digests.style_source(), ancestors="'self'"))


async def framed_mail(request: Request) -> Response:
    """GET /rounds/{week}/issue/preview/mail: the HTML of the mail, for our own frame only.

    Mail programs know no other styles than those in the mail itself, so this one answer allows them.
    """
    found = await editing.making(request)
    language = _wanted(request, found, request.query_params.get("in", ""))
    picture = await run_in_threadpool(pictures.png, found.issue, language)
    source = f"data:image/png;base64,{base64.b64encode(picture).decode()}" if picture else None
    html = digests.mail_html(found.issue, language, replace(_links(request, found), picture=source))
    return _framed(html, security.content_policy("'unsafe-inline'", ancestors="'self'"))


async def trial(request: Request) -> Response:
    """POST /rounds/{week}/issue/trial: mail the draft to who is signed in, and to nobody else."""
    form = await typed(request)
    check_form(request, form)
    site, found = site_of(request), await editing.making(request)
    if found.published:
        return RedirectResponse(f"/issues/{found.published.number}", 303)
    language = _wanted(request, found, form.get("in", ""))
    if site.config.post_trial is None or not site.doors.trial(found.person.id):
        return _shown(request, found, language, "many", status=429)
    try:
        await run_in_threadpool(site.config.post_trial, replace(found.person, language=language), found.issue)
    except MailError as error:
        _LOG.warning("the trial of %s was not sent: %s", found.round.week, error)
        return _shown(request, found, language, "failed", status=502)
    return _shown(request, found, language, "sent")


def _shown(request: Request, found: Making, language: Language, told: str = "", status: int = 200) -> Response:
    values = {
        "making": found,
        "shown_in": language,
        "languages": LANGUAGES,
        "letter": digests.plain(found.issue, language, _links(request, found)),
        "told": told,
        "may_try": site_of(request).config.post_trial is not None,
    }
    response = page(request, "preview.html", values, person=found.person, status=status)
    response.headers["Content-Security-Policy"] = security.content_policy(frames="'self'")
    return response


def _framed(html: str, policy: str) -> Response:
    # A sandboxed page may not ask for a group of windows of its own; in a frame it has none anyway.
    headers = {"Content-Security-Policy": f"{policy}; sandbox", "Cross-Origin-Opener-Policy": "unsafe-none"}
    return HTMLResponse(html, headers=headers)


def _links(request: Request, found: Making) -> IssueLinks:
    return digests.links_of_draft(site_of(request).config.public_url, found.issue.number)


def _wanted(request: Request, found: Making, asked: str) -> Language:
    for ours in LANGUAGES:
        if asked == ours:
            return ours
    return visitors.language_of(request, site_of(request).config.language, found.person)
