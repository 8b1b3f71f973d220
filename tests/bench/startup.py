"""How long until something answers: the command line, and the web pages of a new home."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from urllib.error import URLError
from urllib.request import urlopen

from tests.bench.grounds import NOW, Grounds
from tests.bench.measuring import CannotRunError, Line, fresh, line
from tests.bench.neighbours import HOST, free_port

DUIDING = str(Path(sys.executable).parent / "duiding")
_LONGEST_S = 60.0


def lines(grounds: Grounds, runs: int) -> list[Line]:
    """Measure starts; an interpreter that does nothing is the floor of them all."""
    if not Path(DUIDING).exists():
        raise CannotRunError("the command duiding is not beside this interpreter; run `make install` first")
    starts = grounds.sizes.starts
    bare = [fresh(_started, [sys.executable, "-c", "pass"], starts) for _ in range(runs)]
    helped = [fresh(_started, [DUIDING, "--help"], starts) for _ in range(runs)]
    said = [fresh(_started, [DUIDING, "--version"], starts) for _ in range(runs)]
    answered = [fresh(_answered, str(grounds.folder / f"new-{number}")) for number in range(runs)]
    return [
        line("python -c pass", "s", bare, "start", own_mb=None),
        line("duiding --help", "s", helped, "start", own_mb=None, note="wanted: below 0.5 s"),
        line("duiding --version", "s", said, "start", own_mb=None),
        line("duiding web, until GET /healthz answers", "s", answered, "start", own_mb=None, note="a new home"),
    ]


@contextmanager
def web(home: Path) -> Iterator[tuple[str, float]]:
    """Serve a home's pages by the command; give their address and the seconds until they answered."""
    address = f"http://{HOST}:{free_port()}"
    ours = {
        "DUIDING_HOME": str(home),
        "DUIDING_NOW": NOW.isoformat(),
        "DUIDING_PUBLIC_URL": address,
        "DUIDING_WEB__PORT": address.rpartition(":")[2],
    }
    started_s = time.perf_counter()
    quiet = subprocess.DEVNULL  # it tells of each request
    program = subprocess.Popen([DUIDING, "web"], env={**os.environ, **ours}, stdout=quiet, stderr=quiet)
    try:
        _wait_for(f"{address}/healthz", program)
        yield address, time.perf_counter() - started_s
    finally:
        program.terminate()
        program.wait()


def _wait_for(address: str, program: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + _LONGEST_S
    while time.monotonic() < until and program.poll() is None:
        try:
            with urlopen(address, timeout=_LONGEST_S):
                return
        except (URLError, OSError):
            time.sleep(0.005)
    raise TimeoutError(f"{address} did not answer")


def _started(command: Sequence[str], times: int) -> Mapping[str, float]:
    took = []
    for _ in range(times + 1):
        started_s = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        took.append(time.perf_counter() - started_s)
    return {"start": median(took[1:])}  # the first one brings the files into memory


def _answered(folder: str) -> Mapping[str, float]:
    subprocess.run([DUIDING, "init", folder], check=True, stdout=subprocess.DEVNULL)
    with web(Path(folder)) as (_, start_s):
        return {"start": start_s}
