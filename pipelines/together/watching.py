"""Start the parts in order, watch them, start again what dies, and stop all of it.

server, pages | prepare beside | free what a crash left | flows | watch | stop: flows and pages, then the server
"""

import secrets
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from curate.errors import DuidingError
from pipelines import leftovers
from pipelines.home import Home
from pipelines.prefect_api import PrefectApi, PrefectError
from pipelines.together import POOL, READY_S, api_of, auth_of, checks, environment, marks, near, scratch_of
from pipelines.together.deaths import MOST, WITHIN_S, Deaths, in_words
from pipelines.together.logs import View
from pipelines.together.parts import Part, Running, Warden

_GRACE_S = 3.0
"""Seconds that a part has to end by itself; all of them together must be gone in ten."""
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


class StoppedError(BaseException):
    """Somebody asked to stop. Like KeyboardInterrupt it comes wherever we are, and is no error of anything."""


def run(home: Home, tell_ready: Callable[[Ready], None], show: Callable[[str], None], *, clock_is_right: bool) -> None:
    """Start everything, watch it until SIGINT, SIGTERM or SIGHUP, and leave nothing behind.

    ``show`` prints a line of the log view. Raises UsageError and DuidingError before anything is started when it cannot
    go well, and DuidingError when a part keeps dying; then everything is stopped.
    """
    checks.refuse_other_systems()
    with checks.alone(home), ExitStack() as last:
        left = marks.end(home.path)
        checks.refuse_what_cannot_go_well(home, clock_is_right=clock_is_right)
        view = View(home.path / "log", show)
        last.callback(view.close)
        last.enter_context(_scratch(home))
        if left:
            view.hear("up", f"Ended {left} processes that an earlier `duiding up` left behind.")
        watch = Watch(home, parts_of(home), view)
        asked = last.enter_context(_Asked())
        try:
            tell_ready(watch.start())
            watch.watch()
        except StoppedError:
            view.show_only("up")
            view.hear("up", "Stopping.")
        finally:
            asked.is_heard = False
            watch.stop()
        view.hear("up", "Everything is stopped.")


def parts_of(home: Home) -> dict[str, Part]:
    """Return what there is to start, by name."""
    around = environment(home)
    prefect, ours = [sys.executable, "-m", "prefect"], [sys.executable, "-m"]
    worker = [*prefect, "worker", "start", "--pool", POOL, "--name", POOL, "--type", "process"]
    parts = (
        Part("server", [*prefect, "server", "start"], around),
        Part("setup", [*ours, "pipelines.together.preparing"], around),
        Part("flows", worker, around),
        Part("pages", [*ours, "pipelines.cli", "web"], around),
    )
    return {part.name: part for part in parts}


class Watch:
    """The parts of one home at work."""

    def __init__(self, home: Home, parts: Mapping[str, Part], view: View) -> None:
        self.token = secrets.token_hex(8)
        self._home, self._parts, self._view = home, parts, view
        self._api = PrefectApi(api_of(home), auth_of(home))
        self._warden = Warden(home.path, self.token)
        self._running: dict[str, Running] = {}
        self._deaths: dict[str, Deaths] = {}

    def start(self) -> Ready:
        """Start everything in order and return when all of it answers; raises DuidingError when it does not."""
        began_s = time.monotonic()
        warning = checks.missing_model(self._home)
        if warning:
            self._say(warning)
        for name in ("server", "pages", "setup"):
            self.begin(name)
        self._until(self._api.is_up, "server", "setup")
        self._until(lambda: self._running["setup"].exit_code == 0, "server", "setup")
        self._end("setup")
        before = self._heartbeats()
        self.begin("flows")
        self._until(lambda: self._heartbeats() != before, "server", "flows")
        self._until(lambda: _listens(self._home), "pages")
        return Ready(
            pages=self._home.settings.public_url,
            flows=self._api.address.removesuffix("/api"),
            logs=str(self._home.path / "log"),
            seconds=time.monotonic() - began_s,
            warning=warning,
        )

    def watch(self, names: Sequence[str] = ("server", "flows", "pages")) -> None:
        """Start again what dies, for ever; raises DuidingError when a part keeps dying."""
        while True:
            time.sleep(_LOOK_S)
            self._warden.keep()
            for name in names:
                part = self._running.get(name)
                if part is None or part.exit_code is not None:
                    self._start_again(name)
                    break  # the worker needs a server: look from the front again

    def stop(self) -> None:
        """Stop everything within ten seconds: first who may write, then the server, which notes how they ended."""
        self._ask("flows", "pages", "setup")
        left = self._end("flows") + self._end("pages") + self._end("setup")
        if left:
            self._say(f"Ended {left} processes that were still at work; the next start goes on where they were.")
        api = PrefectApi(self._api.address, auth_of(self._home), patience_s=2)
        if "server" in self._running and api.is_up():
            with suppress(PrefectError):
                leftovers.free(api, POOL, "Stopped together with `duiding up`.")
        self._ask("server")
        self._end("server")
        marks.end(self._home.path, self.token)
        self._warden.close()

    def begin(self, name: str) -> None:
        """Start a part; before the worker, what a crash left at work is freed. Raises PrefectError when that fails."""
        if name == "flows":
            freed = leftovers.free(self._api, POOL)
            if freed:
                self._say(f"Freed {freed} runs that a crash had left at work.")
        self._running[name] = Running(self._parts[name], self._home.path, self.token, self._view.hear)

    def _start_again(self, name: str) -> None:
        ended = self._running.get(name)
        if name == "server":
            # A worker whose server went away no longer hears that runs are cancelled, and its runs can note nothing.
            self._end("flows")
        self._end(name)
        if ended:
            self._mourn(name, in_words(ended.exit_code or 0))
        try:
            self.begin(name)
        except PrefectError as error:
            self._mourn(name, str(error))
        if name == "server":
            self._until(lambda: self._api.is_up() or self._running[name].exit_code is not None)

    def _mourn(self, name: str, why: str) -> None:
        """Note a death and wait until it is time to start again; raises DuidingError when it died too often."""
        deaths = self._deaths[name] = self._deaths.get(name, Deaths()).and_one(time.monotonic())
        if deaths.are_too_many:
            raise self._told(name, f"ended {MOST} times within {WITHIN_S:.0f} seconds ({why})")
        self._say(f"The part {name!r} ended by itself ({why}); it starts again in {deaths.pause_s:.0f} s.")
        time.sleep(deaths.pause_s)

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

    def _until(self, is_so: Callable[[], bool], *needed: str) -> None:
        """Wait for something; raises DuidingError when a part ends that is needed for it, or when it takes too long."""
        until_s = time.monotonic() + READY_S
        while not is_so():
            for name in needed:
                code = self._running[name].exit_code
                if code is not None and (code or name != "setup"):
                    raise self._told(name, f"could not be started ({in_words(code)})")
            if time.monotonic() > until_s:
                raise self._told(needed[-1] if needed else "server", f"did not answer within {READY_S:.0f} seconds")
            time.sleep(_LOOK_S)

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
    try:
        with socket.create_connection((near(web.host), web.port), timeout=1):
            return True
    except OSError:
        return False


@contextmanager
def _scratch(home: Home) -> Iterator[None]:
    """An empty folder, until nobody needs it."""
    folder = scratch_of(home)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Asked:
    """Turns Ctrl-C, SIGTERM and a terminal that goes away into StoppedError, once, and only while ``is_heard``."""

    _SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __init__(self) -> None:
        self.is_heard = True
        self._before: list[Any] = []

    def __enter__(self) -> "_Asked":
        self._before = [signal.signal(number, self._hear) for number in self._SIGNALS]
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in zip(self._SIGNALS, self._before, strict=True):
            signal.signal(number, handler)

    def _hear(self, *_: object) -> None:
        if self.is_heard:
            self.is_heard = False
            raise StoppedError
