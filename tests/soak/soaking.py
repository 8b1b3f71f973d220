"""A week through the real ``duiding up``, with programs killed in the middle of it.

for each phase: its flow comes every few seconds | people do their part | kill | wait for the next completed run
at the end of the week: nothing runs, nothing is held | compare with the twin
"""

import shutil
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from pipelines import home as homes
from pipelines.home import Home
from pipelines.steps import sending
from tests.soak import comparing, contents, grounds, mailroom, programs, undisturbed
from tests.soak.comparing import Difference
from tests.soak.kills import VICTIMS, Kill, Phase
from tests.soak.mailroom import Mailroom, counted
from tests.soak.programs import Program
from tests.soak.running import Up, VainError, now
from tests.soak.speaking import Visit, invitation
from tests.soak.undisturbed import outbox, patiently
from tests.soak.worlds import Served

T = TypeVar("T")
Say = Callable[[str], None]
DEPLOYMENTS: dict[Phase, str] = {
    "ingest": "hourly",
    "weekly": "monday",
    "annotate": "sweep",
    "publish": "sweep",
    "send": "sweep",
}
WITHIN_S = 120.0
"""Seconds after a kill within which the next scheduled run must be through."""
_PEOPLE_ONLY: tuple[Phase, ...] = ("annotate", "publish")
"""Phases in which, when nobody is killed, no run need be waited for: what people did stands in the rows."""
_SCHEDULED_EVERY_S = 3.0


@dataclass(frozen=True, slots=True)
class Struck:
    """A kill that was done, and the seconds until the next scheduled run of its deployment was Completed."""

    kill: Kill
    recovered_s: float


@dataclass
class Report:
    """What a soak found; ``faults`` are sentences, none when all is well."""

    struck: list[Struck] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    lost: int = 0
    doubled: int = 0
    extra: int = 0
    failed: list[str] = field(default_factory=list)
    """Runs that Prefect shows as Failed, which asks a person to look: told, and no fault by itself."""
    stops_s: list[float] = field(default_factory=list)


@dataclass
class Week:
    """One week of one home under ``duiding up``."""

    home: Home
    twin: Home
    name: str
    up: Up
    room: Mailroom
    every_s: float
    say: Say
    report: Report
    _wanted: str = ""
    _since: datetime = field(default_factory=now)
    _scheduled_s: float = 0.0

    def play(self, kills: Sequence[Kill]) -> None:
        """Go through all phases; raises VainError when something never comes."""
        visit = Visit(self.home, self.up.address, self.name, patiently, self._mailed)
        self._phase("ingest", kills)
        self._phase("weekly", kills)
        self._phase("annotate", kills, visit.speak)
        # What is frozen waits, so that publishing and sending can be killed each by itself.
        sending.pause(self.home, "The soak sends in its own phase.")
        self._phase("publish", kills, visit.close)
        sending.resume(self.home)
        self._phase("send", kills)
        self._come_to_rest()

    def _phase(self, phase: Phase, kills: Sequence[Kill], act: Callable[[], None] = lambda: None) -> None:
        self._wanted, self._scheduled_s, self._since = DEPLOYMENTS[phase], 0.0, now()
        mine = [one for one in kills if one.phase == phase]
        with ThreadPoolExecutor(1) as people:
            acting = people.submit(lambda: (act(), now())[1])
            for kill in mine:
                self._strike(kill)
            self._since = max(self._since, acting.result())
        if mine or phase not in _PEOPLE_ONLY:
            self._until(lambda: self.up.flows.completed_at(self._wanted, self._since), f"{phase} to be through")
        self.say(f"{self.name} {phase}: through")

    def _strike(self, kill: Kill) -> None:
        victims = self._victims(kill)
        outlived = {one.pid for one in programs.of_kind(self.home.path, "flow")} - {one.pid for one in victims}
        self._since = moment = now()
        programs.kill(victims)
        what = f"a scheduled run of {self._wanted} after {kill.kind} was killed in {kill.phase}"
        done = self._until(lambda: self.up.flows.completed_at(self._wanted, moment), what)
        if outlived & {one.pid for one in programs.of_kind(self.home.path, "flow")}:
            # What outlived the kill may have kept that run from its work: the phase needs another one.
            self._since = now()
        one = Struck(kill, (done - moment).total_seconds())
        self.report.struck.append(one)
        if one.recovered_s > WITHIN_S:
            self.report.faults.append(f"{what} came after {one.recovered_s:.0f} s")
        self.say(f"{self.name} {kill.phase}: {kill.kind} killed, through again after {one.recovered_s:.1f} s")

    def _victims(self, kill: Kill) -> tuple[Program, ...]:
        """Wait for the moment, and return who is to be killed; a flow that ended before is waited for once more."""
        after_s = kill.after_s
        while True:
            self._until(lambda: programs.of_kind(self.home.path, "flow") or None, f"a program of {self._wanted}")
            time.sleep(after_s)
            victims = programs.of_kind(self.home.path, *VICTIMS[kill.kind])
            if {*VICTIMS[kill.kind]} <= {one.kind for one in victims}:
                return victims
            after_s /= 2

    def _come_to_rest(self) -> None:
        """Let nothing come any more; then nothing may look alive, and no place may be held."""
        self._wanted, self._scheduled_s = "", 0.0
        self._until(lambda: self._is_unscheduled() or None, "the schedules to be gone")
        self.report.failed = self.up.flows.failed()
        try:
            self._until(lambda: self._is_at_rest() or None, "all runs to be over and all places free", WITHIN_S)
        except VainError as error:
            flows = self.up.flows
            self.report.faults.append(f"{self.name}: {error}; alive {flows.alive()}, held {flows.held()}")

    def _is_unscheduled(self) -> bool:
        return not any(one["schedules"] for one in self.up.flows.deployments().values())

    def _is_at_rest(self) -> bool:
        return not (self.up.flows.alive() or self.up.flows.held() or programs.of_kind(self.home.path, "flow"))

    def _until(self, found: Callable[[], T | None], what: str, patience_s: float = 300.0) -> T:
        def looked() -> T | None:
            # `up` deploys anew whenever it starts, and with that the schedules are those of the file again.
            if time.monotonic() - self._scheduled_s > _SCHEDULED_EVERY_S:
                self.up.flows.schedule(self._wanted, self.every_s)
                self._scheduled_s = time.monotonic()
            return found()

        return self.up.until(looked, what, patience_s)

    def _mailed(self, email: str) -> str:
        return invitation(self.room.taken, email, self.name)

    def compare(self) -> tuple[Difference, ...]:
        """Compare rows and mails with the twin's; what is wrong goes into the report."""
        found = comparing.differences(contents.tables(self.twin), contents.tables(self.home))
        wanted, taken = counted(outbox(self.twin)), self.room.mails
        report = self.report
        report.lost, report.doubled = comparing.total_lost(found), comparing.total_surplus(found)
        report.extra = comparing.unwanted(wanted, taken)
        report.faults += [f"{self.name}: {one.sentence}" for one in found]
        report.faults += [f"{self.name}: never came: {mail}" for mail in comparing.unsent(wanted, taken)]
        if report.extra > len(report.struck):
            report.faults.append(f"{self.name}: {report.extra} extra mails after {len(report.struck)} kills")
        return found


def soaked(
    folder: Path, world: Served, planned: tuple[Sequence[str], Sequence[Kill]], every_s: float, say: Say
) -> Report:
    """Play these weeks in a home below ``folder`` while the planned kills come, and return what was found."""
    weeks, plan = planned
    report = Report()
    twin = grounds.made(folder / "home", world, lambda: grounds.moment_of(weeks[0]))
    shutil.copytree(twin.path, folder / "twin")
    with ExitStack() as parts:
        room = parts.enter_context(mailroom.opened())
        for nth, name in enumerate(weeks):
            world.move_to(name)
            now = grounds.moment_of(name)
            home, twin = (homes.opened(folder / each, lambda at=now: at) for each in ("home", "twin"))
            undisturbed.play(twin, name)
            up = Up(home.path, _around(room.port, now.isoformat()), folder / "up.log")
            parts.callback(up.clear_away)
            week = Week(home, twin, name, up, room, every_s, say, report)
            try:
                week.play([one for one in plan if one.nth == nth])
                report.stops_s.append(up.stop())
            except VainError as error:
                report.faults.append(f"{name}: {error}")
                up.clear_away()
            week.compare()
    return report


def _around(smtp: int, now: str) -> dict[str, str]:
    """What the programs of the soaked home have in their environment besides."""
    return {
        "DUIDING_NOW": now,
        "DUIDING_SMTP__HOST": "127.0.0.1",
        "DUIDING_SMTP__PORT": str(smtp),
        "DUIDING_SMTP__TLS": "none",
    }
