"""Start the parts in order, watch them, start again what dies, and stop all of it.

server, pages | prepare beside | free what a crash left | flows | watch | stop: flows and pages, then the server
"""

import secrets
import signal
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass

from curate.errors import DuidingError
from pipelines import leftovers
from pipelines.home import Home
from pipelines.prefect_api import PrefectApi, PrefectError
from pipelines.together import POOL, api_of, auth_of, checks, environment, marks
from pipelines.together.logs import View
from pipelines.together.parts import Part, Running, Warden, fallen

READY_S = 120.0
"""Seconds that a part may take until it answers; Prefect's first start makes its database."""
MOST_DEATHS, WITHIN_S = 5, 90.0
"""So many deaths of one part within so many seconds: starting it again helps nobody."""
_GRACE_S = 3.0
_LOOK_S = 0.1


@dataclass(frozen=True, slots=True)
class Ready:
    """Everything is up: where, and how long it took."""

    pages: str
    flows: str
    logs: str
    seconds: float
    warning: str | None

    @property
    def sentence(self) -> str:
        """What the operator reads first."""
        said = f"Ready after {self.seconds:.0f} s. Pages: {self.pages} . Flows: {self.flows} . Stop with Ctrl-C."
        return f"{said} {self.warning}" if self.warning else said


class StoppedError(Exception):
    """Somebody asked to stop; not an error of anything."""


def run(home: Home, tell_ready: Callable[[Ready], None], show: Callable[[str], None], *, clock_is_right: bool) -> None:
    """Start everything, watch it until SIGINT, SIGTERM or SIGHUP, and leave nothing behind.

    ``show`` prints a line of the log view. Raises UsageError and DuidingError before anything is started when it cannot
    go well, and DuidingError when a part keeps dying; then everything is stopped.
    """
    with checks.alone(home), ExitStack() as last:
        left = marks.end(home.path)
        checks.refuse_what_cannot_go_well(home, clock_is_right=clock_is_right)
        (home.path / "log").mkdir(exist_ok=True)
        view = View(home.path / "log", show)
        last.callback(view.close)
        if left:
            view.hear("up", f"Ended {left} processes that an earlier `duiding up` left behind.")
        stop = last.enter_context(_asked_to_stop())
        watch = Watch(home, view, stop)
        try:
            tell_ready(watch.start())
            watch.watch()
        except StoppedError:
            view.hear("up", "Stopping.")
        finally:
            watch.stop()
        view.hear("up", "Everything is stopped.")


class Watch:
    """The parts of one home."""

    def __init__(self, home: Home, view: View, stop: threading.Event) -> None:
        self.token = secrets.token_hex(8)
        self._home, self._view, self._stop = home, view, stop
        self._api = PrefectApi(api_of(home), auth_of(home))
        self._warden = Warden(home.path, self.token)
        self._running: dict[str, Running] = {}
        self._deaths: dict[str, deque[float]] = {}
        around = environment(home)
        duiding = [sys.executable, "-m", "pipelines.cli"]
        prefect = [sys.executable, "-m", "prefect"]
        worker = [*prefect, "worker", "start", "--pool", POOL, "--name", POOL, "--type", "process"]
        self._parts = {
            part.name: part
            for part in (
                Part("server", [*prefect, "server", "start"], around),
                Part("setup", [sys.executable, "-m", "pipelines.together.preparing"], around),
                Part("flows", worker, around),
                Part("pages", [*duiding, "web"], around),
            )
        }

    def start(self) -> Ready:
        """Start everything in order and return when all of it answers; raises DuidingError when it does not."""
        began_s = time.monotonic()
        warning = checks.missing_model(self._home)
        if warning:
            self._say(warning)
        for name in ("server", "pages", "setup"):
            self._begin(name)
        self._until(self._api.is_up, "server", "setup")
        self._until(lambda: self._running["setup"].exit_code == 0, "server", "setup")
        self._end("setup")
        before = self._heartbeats()
        self._begin("flows")
        self._until(lambda: self._heartbeats() != before, "server", "flows")
        self._until(lambda: _listens(self._home), "pages")
        return Ready(
            pages=self._home.settings.public_url,
            flows=self._api.address.removesuffix("/api"),
            logs=str(self._home.path / "log"),
            seconds=time.monotonic() - began_s,
            warning=warning,
        )

    def watch(self) -> None:
        """Start again what dies, until somebody asks to stop (StoppedError) or a part keeps dying (DuidingError)."""
        while not self._stop.wait(_LOOK_S):
            self._warden.keep()
            for name in ("server", "flows", "pages"):
                part = self._running.get(name)
                if part is None or part.exit_code is not None:
                    self._start_again(name)
        raise StoppedError

    def stop(self) -> None:
        """Stop everything within ten seconds: first who may write, then the server, which notes how they ended."""
        self._ask("flows", "pages", "setup")
        left = self._end("flows") + self._end("pages") + self._end("setup")
        if left:
            self._say(f"Ended {left} processes that were still at work; the next start goes on where they were.")
        server = self._running.get("server")
        if server and server.exit_code is None and self._api.is_up():
            with suppress(PrefectError):
                leftovers.free(self._api, POOL, "Stopped together with `duiding up`.")
        self._ask("server")
        self._end("server")
        marks.end(self._home.path, self.token)
        self._warden.close()

    def _start_again(self, name: str) -> None:
        ended = self._running.get(name)
        if name in ("server", "flows"):
            # A worker whose server went away no longer hears that runs are cancelled, and its runs can note nothing.
            self._end("flows")
        self._end(name)
        if ended:
            self._pause(self._note_death(name, ended.exit_code or 0))
        self._begin(name)
        if name == "server":
            self._until(lambda: self._api.is_up() or self._running[name].exit_code is not None)

    def _note_death(self, name: str, code: int) -> float:
        """Return how many seconds to wait before the next start; raises DuidingError when it died too often."""
        now_s = time.monotonic()
        deaths = self._deaths.setdefault(name, deque())
        deaths.append(now_s)
        while now_s - deaths[0] > WITHIN_S:
            deaths.popleft()
        if len(deaths) >= MOST_DEATHS:
            raise self._told(
                name, f"ended {len(deaths)} times within {WITHIN_S:.0f} seconds, at last with {fallen(code)}"
            )
        pause_s = 2.0 ** (len(deaths) - 1)
        self._say(f"The part {name!r} ended by itself ({fallen(code)}); it starts again in {pause_s:.0f} s.")
        return pause_s

    def _begin(self, name: str) -> None:
        if name == "flows":
            freed = leftovers.free(self._api, POOL)
            if freed:
                self._say(f"Freed {freed} runs that a crash had left at work.")
        self._running[name] = Running(self._parts[name], self._home.path, self.token, self._view.hear)

    def _ask(self, *names: str) -> None:
        """Ask parts to stop, and give them a moment for it."""
        asked = [self._running[name] for name in names if name in self._running]
        for part in asked:
            part.ask_to_stop()
        until_s = time.monotonic() + _GRACE_S
        for part in asked:
            part.wait(until_s - time.monotonic())

    def _end(self, name: str) -> int:
        part = self._running.pop(name, None)
        return part.end() if part else 0

    def _pause(self, pause_s: float) -> None:
        if self._stop.wait(pause_s):
            raise StoppedError

    def _until(self, is_so: Callable[[], bool], *needed: str) -> None:
        """Wait for something; raises DuidingError when a part ends that is needed for it, or when it takes too long."""
        until_s = time.monotonic() + READY_S
        while not is_so():
            for name in needed:
                if code := self._running[name].exit_code:
                    raise self._told(name, f"could not be started: {fallen(code)}")
            if time.monotonic() > until_s:
                raise self._told(needed[-1] if needed else "server", f"did not answer within {READY_S:.0f} seconds")
            self._pause(_LOOK_S)

    def _heartbeats(self) -> dict[str, str]:
        """When each worker of the pool was last heard."""
        workers = self._api.post(f"/work_pools/{POOL}/workers/filter")
        return {worker["name"]: worker["last_heartbeat_time"] for worker in workers}

    def _told(self, name: str, what: str) -> DuidingError:
        said = self._view.last_of(name)
        for line in said[-10:]:
            self._say(f"last of {name}: {line}")
        log = self._home.path / "log" / f"{name}.log"
        return DuidingError(f"The part {name!r} {what}. Everything is stopped, nothing is lost; {log} says more.")

    def _say(self, sentence: str) -> None:
        self._view.hear("up", sentence)


def _listens(home: Home) -> bool:
    """Whether the pages take connections."""
    web = home.settings.web
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(web.host, web.host)  # noqa: S104  # compared only
    try:
        with socket.create_connection((host, web.port), timeout=1):
            return True
    except OSError:
        return False


@contextmanager
def _asked_to_stop() -> Iterator[threading.Event]:
    """An event that is set by Ctrl-C, SIGTERM, or when the terminal goes away."""
    stop = threading.Event()
    before = {
        number: signal.signal(number, lambda *_: stop.set())
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
