"""Fresh processes, what they used, and medians over several runs.

Memory is the peak that the kernel kept for a process (``ru_maxrss``), so every measurement gets a process of its own.
Linux lets a new process begin with the peak of the one that started it: the peak of a child is at least what its
parent had reached by then.
"""

import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, ParamSpec

P = ParamSpec("P")

_RSS_UNIT = 1 if sys.platform == "darwin" else 1024
_MB = 1_000_000


@dataclass(slots=True)
class Spent:
    """Seconds on the clock and on the processors; the latter with all children that have ended."""

    wall_s: float = 0.0
    cpu_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Run:
    """One measurement: its numbers by name, and the peak memory (MB) of its process and of the largest child."""

    numbers: Mapping[str, float]
    own_mb: float
    child_mb: float


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table. ``value``, ``low``, ``high`` and ``peer`` share a unit; all are medians but low and high."""

    what: str
    unit: str
    value: float
    low: float
    high: float
    peer: float | None = None
    ratio: float | None = None
    """How many times the peer's rate ours is; below 1 we are slower."""
    cpu_ms: float | None = None
    """Per feed, page, text or mail."""
    own_mb: float | None = None
    child_mb: float | None = None
    note: str = ""


class CannotRunError(Exception):
    """What a measurement needs is not here; the sentence says what."""


@contextmanager
def watched() -> Iterator[Spent]:
    """Measure a stretch of work of this process; the numbers are there when the block has ended."""
    spent, started_s, cpu_s = Spent(), time.perf_counter(), _cpu_s()
    yield spent
    spent.wall_s, spent.cpu_s = time.perf_counter() - started_s, _cpu_s() - cpu_s


def fresh(function: Callable[P, Mapping[str, float]], /, *args: P.args, **kwargs: P.kwargs) -> Run:
    """Run a top-level function in a new process, so that what it uses is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as alone:
        return alone.submit(_run, function, args, kwargs).result()


def line(what: str, unit: str, runs: Sequence[Run], name: str, **more: Any) -> Line:
    """Return the median of one number of these runs, with the memory of their processes."""
    values = [run.numbers[name] for run in runs]
    cpu = [run.numbers[f"{name}_cpu_ms"] for run in runs if f"{name}_cpu_ms" in run.numbers]
    return Line(
        what,
        unit,
        statistics.median(values),
        min(values),
        max(values),
        cpu_ms=statistics.median(cpu) if cpu else None,
        **{"own_mb": max(run.own_mb for run in runs), "child_mb": max(run.child_mb for run in runs), **more},
    )


def beside(peers: Sequence[Run], runs: Sequence[Run], name: str) -> dict[str, float]:
    """Return ``peer`` and ``ratio`` of a rate: the median of the peer's, and of ours over the peer's pair by pair."""
    ratios = [ours.numbers[name] / theirs.numbers[name] for ours, theirs in zip(runs, peers, strict=True)]
    return {"peer": statistics.median(run.numbers[name] for run in peers), "ratio": statistics.median(ratios)}


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share (0-1) of the values lies."""
    return sorted(values)[min(int(share * len(values)), len(values) - 1)]


def _run(function: Callable[..., Mapping[str, float]], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Run:
    numbers = function(*args, **kwargs)
    return Run(numbers, _peak_mb(resource.RUSAGE_SELF), _peak_mb(resource.RUSAGE_CHILDREN))


def _peak_mb(who: int) -> float:
    return resource.getrusage(who).ru_maxrss * _RSS_UNIT / _MB


def _cpu_s() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)
