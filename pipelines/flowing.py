"""What all flows need: the home they work in, their names and tags, their voice in the log, and how they fail."""

import functools
import logging
import os
import re
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, ParamSpec, TypeVar, cast
from zoneinfo import ZoneInfo

from prefect import get_run_logger
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import State, StateType
from prefect.runtime import flow_run
from prefect.states import Failed

from curate.errors import DuidingError
from curate.weeks import Week
from pipelines import home as homes
from pipelines import logs
from pipelines.home import Home, Notify
from storage import rounds

P = ParamSpec("P")
T = TypeVar("T")

TAG = "duiding"
"""On every deployment of ours, beside the tag that names its flow."""
_MADE_UP = re.compile(r"[a-z]+-[a-z]+")
"""The names that Prefect gives runs that are only planned."""


def home() -> Home:
    """Return the home that the flow runs in: ``DUIDING_HOME``, or the folder that the deployment set."""
    return homes.here()


def told(body: Callable[P, T]) -> Callable[P, T]:
    """Let a flow fail in one sentence, which is the message of its state and the last line of its log.

    What we foresaw says what is wrong and what to do, without a traceback; what we did not keeps its traceback. To who
    calls it this is what it was: Prefect raises a failed state that is returned to it, as FailedRun.
    """

    @functools.wraps(body)
    def telling(*args: P.args, **kwargs: P.kwargs) -> "T | State[Any]":
        try:
            return plainly(body)(*args, **kwargs)
        except DuidingError as error:
            return Failed(message=str(error))

    return cast(Callable[P, T], telling)


def plainly(body: Callable[P, T]) -> Callable[P, T]:
    """Let a task fail with one sentence that may stand on Prefect's pages; a defect is logged, with its traceback."""

    @functools.wraps(body)
    def speaking(*args: P.args, **kwargs: P.kwargs) -> T:
        known = _guarded()
        try:
            return body(*args, **kwargs)
        except DuidingError as error:
            raise DuidingError(logs.said(error, known)) from None
        except Exception as error:
            get_run_logger().exception("This was not foreseen:")
            sentence = logs.said(error, known)
            raise DuidingError(f"{sentence}. A defect: the log says where. The next run tries again.") from None

    return speaking


def named(kind: str, weeks: Callable[[Home], str]) -> Callable[[], str]:
    """Return what names a flow run: the flow, the week it is about, and the moment in the home's own time zone."""

    def name() -> str:
        try:
            here = home()
            return _name(kind, weeks(here), here.clock(), here.settings.zone)
        except DuidingError:
            return kind  # the flow itself says what is wrong

    return name


def week_now(here: Home) -> str:
    """The week that goes on."""
    return str(Week.of(here.clock()))


def week_over(here: Home) -> str:
    """The week that was asked for, else the one that has just ended."""
    return flow_run.parameters.get("week") or str(Week.of(here.clock()).previous)


def week_asked(here: Home) -> str:
    """The week of the newest round; none where there never was one."""
    with here.database.reading() as db:
        return next((one.week for one in rounds.every(db)), "")


def tag(weeks: Iterable[str]) -> None:
    """Tag this run with the weeks for which it did something: filtered by week, idle sweeps are not in the way."""
    mine, wanted = flow_run.id, sorted({*weeks})
    if mine and wanted:
        with get_client(sync_client=True) as client:
            client.update_flow_run(mine, tags=sorted({*flow_run.tags, *wanted}))


def name_ahead(here: Home) -> None:
    """Name the runs that are only planned: Prefect makes up names for them that say nothing."""
    planned = FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
        tags=FlowRunFilterTags(all_=[TAG]),
    )
    with get_client(sync_client=True) as client:
        for run in client.read_flow_runs(flow_run_filter=planned):
            kind = next((one for one in run.tags if one not in (TAG, "auto-scheduled")), "")
            if run.expected_start_time and kind and _MADE_UP.fullmatch(run.name):
                at = run.expected_start_time
                week = str(Week.of(at).previous) if kind == "weekly" else ""
                client.update_flow_run(run.id, name=_name(kind, week, at, here.settings.zone))


def to_log(log: "logging.Logger | logging.LoggerAdapter[Any]", every_s: float = 10.0) -> Notify:
    """Return a listener to long work that says how far it is, every few seconds and at the end."""
    said_s: dict[str, float] = {}

    def notify(what: str, done: int, total: int) -> None:
        now_s = time.monotonic()
        if done == total or now_s - said_s.get(what, now_s) >= every_s:
            log.info("%s: %d of %d", what, done, total)
            said_s[what] = now_s
        said_s.setdefault(what, now_s)

    return notify


def _name(kind: str, week: str, at: datetime, zone: ZoneInfo) -> str:
    return " ".join(part for part in (kind, week, f"{at.astimezone(zone):%a %d %b %H:%M}") if part)


def _guarded() -> frozenset[str]:
    """Keep secrets out of this process's records from now on, and return them."""
    try:
        here = home()
    except DuidingError:  # the flow meets the same and says so
        known, form = logs.known_secrets(os.environ), logs.wanted(os.environ)
    else:
        known, form = here.secrets, here.settings.log
    logs.guard(known)
    if form == "json":
        logs.speak_json(known)
    return known
