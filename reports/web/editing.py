"""The issue in the making, for editors: putting it in order, closing the round, publishing, skipping, and who did what.

Nothing that an editor decides overwrites anything: every change is a version, the last one counts, and each earlier one
can be taken up again. The page works without JavaScript.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from curate import plans as decided_on
from curate import stages
from curate.annotations import WHY_MAX, Annotation
from curate.candidates import Sorted
from curate.errors import ClosedError, NotFoundError
from curate.issues import Frame, Issue
from curate.people import Person
from curate.plans import Change, Plan
from curate.quotations import Unfound
from curate.stages import Progress, Stage
from curate.weeks import Week
from reports.web import decisions, quoting, visitors
from reports.web.config import WebConfig
from reports.web.decisions import Decided
from reports.web.site import check_form, page, site_of, typed
from storage import deliveries, issues, plans, rounds
from storage.database import Session
from storage.issues import Published
from storage.plans import Material, Version
from storage.rounds import Act, Round


@dataclass(frozen=True, slots=True)
class Making:
    """One week's issue as it stands, with everything that an editor can decide about it."""

    person: Person
    round: Round
    stage: Stage
    frame: Frame
    issue: Issue
    """As it would be frozen now, or as this plan has it."""
    plan: Plan
    sorted: Sorted
    versions: tuple[Version, ...]
    acts: tuple[Act, ...]
    published: Published | None
    goes_out_at: datetime | None
    """When it goes to the readers if no editor says anything; None when it never does."""
    problems: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    """The form that these problems are about; empty when there are none."""

    def was(self, name: str, now: str) -> str:
        """Return what a hidden field says: the same as before when the form is shown again, else how it is ``now``."""
        return self.typed.get(name, now)

    @property
    def week(self) -> Week:
        """The week it is about."""
        return Week.parse(self.round.week)

    @property
    def version(self) -> int:
        """The number of the version that counts; 0 while nobody has decided anything."""
        return self.versions[-1].number if self.versions else 0

    @property
    def last_by(self) -> str:
        """Who made that version."""
        return self.versions[-1].name if self.versions else ""

    @property
    def may_change(self) -> bool:
        """Whether there is anything left to decide."""
        return not (self.published or self.round.approved_at or self.round.skipped_at)

    @property
    def log(self) -> tuple["Line", ...]:
        """Who did what, newest first."""
        made = [
            Line(one.made_at, one.name, "version", version=one.number, changes=decided_on.changes(before, one.plan))
            for one, before in zip(self.versions, (Plan(), *(each.plan for each in self.versions)), strict=False)
        ]
        done = [
            Line(one.done_at, one.name, f"{one.kind}_deadline" if one.by == "deadline" else one.kind, why=one.why)
            for one in self.acts
        ]
        return tuple(sorted((*made, *done), key=lambda one: one.at, reverse=True))

    def titles(self, change: Change) -> tuple[str, ...]:
        """Return what the clusters of a change are called, as far as they are still there."""
        known = {one.card.cluster_id: one.title for one in self.sorted.every}
        return tuple(known[one] for one in change.clusters if one in known)

    def given(self, of: str) -> tuple[Annotation, ...]:
        """Return the voices that gave a ``question`` or an ``experiment``."""
        return tuple(one for one in self.sorted.heard if getattr(one.words, of))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log."""

    at: datetime
    name: str
    """Who; empty for the operator."""
    kind: str
    why: str = ""
    version: int = 0
    changes: tuple[Change, ...] = ()


async def show(request: Request) -> Response:
    """GET /rounds/{week}/issue: the issue as it stands, and everything that can be decided about it."""
    found = await making(request)
    if found.published:
        return RedirectResponse(f"/issues/{found.published.number}", 303)
    unfound = await quoting.unfound(request, [(one.card, one.heard) for one in found.sorted.every])
    return _page(request, found, unfound=unfound)


async def log(request: Request) -> Response:
    """GET /rounds/{week}/issue/log: who did what, also after the issue was frozen."""
    found = await making(request)
    told = "noted" if request.query_params.get("told") == "noted" else ""
    values = {"making": found, "problem": "", "form": {}, "told": told}
    return page(request, "issue_log.html", values, person=found.person)


async def change(request: Request) -> Response:
    """POST /rounds/{week}/issue: keep what was decided as the next version, whoever saved meanwhile."""
    form = await typed(request)
    check_form(request, form)
    site, now = site_of(request), site_of(request).config.clock()

    def kept(db: Session) -> tuple[Making, int]:
        found = _making(db, request, now)
        seen = _number(form.get("version", ""))
        base = next((one.plan for one in found.versions if one.number == seen), Plan())
        material = plans.material(db, found.round.week)
        made = decisions.decided(form, base, material.sorted(base))
        shown = _as_planned(found, material, made, form) if made.problems else found
        if made.problems or not found.may_change:
            return shown, 0
        return shown, plans.save(db, found.round.week, made.plan, found.person.id, now)

    shown, version = await site.desk.write(kept)
    if not version:
        return _page(request, shown, status=422) if shown.problems else _back(shown, "late")
    if _number(form.get("version", "")) != shown.version:
        return _back(shown, f"both&over={shown.version}")
    act, _, cluster_id = form.get("do", "").partition(" ")
    # Who moves an item goes on moving it: the page opens where it is now.
    there = f"#item-{cluster_id}" if act in ("up", "down") and cluster_id.isalnum() else ""
    return _back(shown, f"saved{there}")


async def restore(request: Request) -> Response:
    """POST /rounds/{week}/issue/restore: take up an earlier version again, as the next one."""
    form = await typed(request)

    def restored(db: Session, found: Making, now: datetime) -> str:
        wanted = _number(form.get("version", ""))
        plan = Plan() if wanted == 0 else next((one.plan for one in found.versions if one.number == wanted), None)
        if plan is None:
            raise NotFoundError(f"There is no version {wanted} of this issue. Open the page again.")
        if not found.may_change:
            return "late"
        plans.save(db, found.round.week, plan, found.person.id, now)
        return "restored"

    found, told = await _act(request, form, restored)
    return _back(found, told)


async def review(request: Request) -> Response:
    """POST /rounds/{week}/review: end the asking; the issue is looked over before it goes out."""

    def closed(db: Session, found: Making, now: datetime) -> str:
        rounds.close(db, found.round.week, found.person.id, now)
        return "closed"

    found, told = await _act(request, await typed(request), closed)
    return _back(found, told)


async def close(request: Request) -> Response:
    """POST /rounds/{week}/close: close the round if need be and approve its issue; the publish flow does the rest."""
    form = await typed(request)

    def approved(db: Session, found: Making, now: datetime) -> str:
        if found.round.skipped_at:
            return "late"
        if not found.issue.items:
            return "silent"
        if "version" in form and _number(form["version"]) != found.version:
            return "changed"
        rounds.approve(db, found.round.week, found.person.id, now)
        return ""

    found, told = await _act(request, form, approved)
    if told:
        return _back(found, told)
    # The event only makes publishing sooner; when nobody hears it, the sweep finds the approved round all the same.
    event = None if found.round.approved_at else BackgroundTask(site_of(request).config.closed, found.round.week)
    return RedirectResponse(f"/rounds/{found.round.week}", 303, background=event)


async def skip(request: Request) -> Response:
    """POST /rounds/{week}/skip: no issue this week; what was kept may wait for the next one."""
    form = await typed(request)
    why = " ".join(form.get("why", "").split())

    def skipped(db: Session, found: Making, now: datetime) -> str:
        if not why or len(why) > WHY_MAX:
            return "why"
        rounds.skip(db, found.round.week, found.person.id, now, why)
        staying = (*found.sorted.items, *found.sorted.no_room)
        if "hold" in form and staying and found.round.skipped_at is None:
            held = (*found.plan.held_over, *(one.card.cluster_id for one in staying))
            plan = Plan(found.plan.order, found.plan.left_out, held, found.plan.choices)
            plans.save(db, found.round.week, plan, found.person.id, now)
        return "skipped"

    found, told = await _act(request, form, skipped)
    return _back(found, told)


async def reopen(request: Request) -> Response:
    """POST /rounds/{week}/reopen: let catalysts speak again, for a day more when the deadline has passed."""

    def reopened(db: Session, found: Making, now: datetime) -> str:
        until = stages.reopened_until(found.round.closes_at, now)
        rounds.reopen(db, found.round.week, found.person.id, now, until)
        return "reopened"

    found, told = await _act(request, await typed(request), reopened)
    return _back(found, told)


async def making(request: Request) -> Making:
    """Return the issue as it stands; raises NotFoundError without a round, and for who is no editor."""
    now = site_of(request).config.clock()
    return await site_of(request).desk.read(lambda db: _making(db, request, now))


async def _act(
    request: Request, form: Mapping[str, str], act: Callable[[Session, Making, datetime], str]
) -> tuple[Making, str]:
    """Do something as an editor; return how things stood before, and what is to be told."""
    check_form(request, form)
    site, now = site_of(request), site_of(request).config.clock()

    def acted(db: Session) -> tuple[Making, str]:
        found = _making(db, request, now)
        try:
            return found, act(db, found, now)
        except ClosedError:  # an issue that is on its way is not stopped
            return found, "late"

    return await site.desk.write(acted)


def _making(db: Session, request: Request, now: datetime) -> Making:
    config = site_of(request).config
    person = visitors.editor(visitors.person(db, request, config, now))
    week = str(Week.parse(request.path_params["week"]))
    round_ = rounds.of_week(db, week)
    if round_ is None:
        raise NotFoundError(f"There is no round for {week}. Open the board of this week instead.")
    versions, material, published = plans.versions(db, week), plans.material(db, week), issues.of_week(db, week)
    plan = versions[-1].plan if versions else Plan()
    frame = Frame(issues.next_number(db), week, config.network, now, "draft", config.thin_below)
    issue = material.issue(frame, plan)
    progress = Progress(
        round_.closes_at,
        round_.closed_at,
        round_.approved_at,
        round_.skipped_at,
        len(issue.items),
        published is not None,
        deliveries.unsent(db, published.number) if published else 0,
    )
    return Making(
        person=person,
        round=round_,
        stage=stages.stage(progress, config.thin_below, now),
        frame=frame,
        issue=issue,
        plan=plan,
        sorted=material.sorted(plan),
        versions=versions,
        acts=rounds.acts(db, week),
        published=published,
        goes_out_at=_goes_out_at(config, progress, now),
    )


def _goes_out_at(config: WebConfig, progress: Progress, now: datetime) -> datetime | None:
    over_since = progress.over_since(now)
    if over_since is None or stages.stage(progress, config.thin_below, now) != "review" or not progress.items:
        return None
    return over_since + timedelta(hours=config.review_hours)


def _as_planned(found: Making, material: Material, made: Decided, form: Mapping[str, str]) -> Making:
    """The page again with what was decided but not kept, so that nothing has to be ticked twice."""
    issue, sorted_ = material.issue(found.frame, made.plan), material.sorted(made.plan)
    return replace(found, issue=issue, plan=made.plan, sorted=sorted_, problems=made.problems, typed=form)


def _page(
    request: Request, found: Making, status: int = 200, unfound: Mapping[str, Sequence[Unfound]] | None = None
) -> Response:
    query = request.query_params
    values = {
        "making": found,
        "told": query.get("told", "") if query.get("told") in TOLD else "",
        "over": next((one for one in found.versions if str(one.number) == query.get("over")), None),
        "decisions": decisions,
        "unfound": unfound or {},
        "thin_below": site_of(request).config.thin_below,
    }
    return page(request, "edit.html", values, person=found.person, status=status)


TOLD = frozenset("saved both restored closed skipped reopened late silent changed why".split())
"""What the page can tell after something was done."""


def _back(found: Making, told: str) -> Response:
    return RedirectResponse(f"/rounds/{found.round.week}/issue?told={told}", 303)


def _number(text: str) -> int:
    """Read a version's number; what is none counts as one that nobody made."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else -1
