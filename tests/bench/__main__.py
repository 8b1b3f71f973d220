"""``python -m tests.bench [--only NAME] [--runs N] [--quick] [--out FILE]``: tables on stdout, numbers as JSON."""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from curate.errors import DuidingError
from tests.bench import (
    answering,
    catalysts,
    clustering,
    embedding,
    feeds,
    flows,
    incoming,
    mails,
    pages,
    quality,
    sessions,
    startup,
    web,
)
from tests.bench.corpora import ROOT
from tests.bench.grounds import Grounds
from tests.bench.measuring import CannotRunError, Line
from tests.bench.sizes import TASTE, WHOLE

LATEST = ROOT / ".bench" / "latest.json"
BENCHES: dict[str, Callable[[Grounds, int], list[Line]]] = {
    "startup": startup.lines,
    "web": web.lines,
    "catalysts": catalysts.lines,
    "answering": answering.lines,
    "feeds": feeds.lines,
    "incoming": incoming.lines,
    "flows": flows.lines,
    "pages": pages.lines,
    "embedding": embedding.lines,
    "clustering": clustering.lines,
    "quality": quality.lines,
    "storage": sessions.lines,
    "mails": mails.lines,
}


def main() -> None:
    """Measure, show and keep."""
    wanted = _options()
    console = Console(width=None if sys.stdout.isatty() else 180)
    runs = 1 if wanted.quick and wanted.runs is None else wanted.runs or 3
    report: dict[str, Any] = {**_machine(), "runs": runs, "quick": wanted.quick, "benches": {}}
    console.print(_heading(report), markup=False, highlight=False)
    with TemporaryDirectory(prefix="duiding-bench-") as folder:
        grounds = Grounds(Path(folder), TASTE if wanted.quick else WHOLE)
        for name in wanted.only or BENCHES:
            report["benches"][name] = [asdict(one) for one in _measured(name, grounds, runs, console)]
            # After each: a measurement that breaks down does not take the others with it.
            wanted.out.parent.mkdir(parents=True, exist_ok=True)
            wanted.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure speed and memory.")
    parser.add_argument("--only", action="append", choices=list(BENCHES), help="may be given several times")
    parser.add_argument("--runs", type=_positive, help="runs for each median; 3, or 1 with --quick")
    parser.add_argument("--quick", action="store_true", help="a taste: small sizes")
    parser.add_argument("--out", type=Path, default=LATEST, help="where the JSON goes")
    return parser.parse_args()


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def _machine() -> dict[str, Any]:
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cpus": os.cpu_count(),
        "load": os.getloadavg()[0],
    }


def _heading(report: dict[str, Any]) -> str:
    return "Python {python}, {system}, {cpus} processors, load {load:.1f} at the start, {measured_at}\n".format(
        **report
    )


def _measured(name: str, grounds: Grounds, runs: int, console: Console) -> list[Line]:
    started_s = time.monotonic()
    try:
        found = BENCHES[name](grounds, runs)
    except (CannotRunError, DuidingError, ImportError) as reason:
        console.print(f"{name}: cannot be measured here: {reason}", markup=False)
        return []
    console.print(_table(f"{name}, {runs} runs, {time.monotonic() - started_s:.0f} s", found))
    return found


def _table(title: str, found: Iterable[Line]) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE, show_edge=False, pad_edge=False)
    table.add_column("what")
    for heading in ("median", "from", "to", "peer", "ratio", "CPU ms each", "MB", "MB child"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("")
    for one in found:
        table.add_row(
            one.what,
            f"{_shown(one.value)} {one.unit}",
            *map(_shown, (one.low, one.high, one.peer, one.ratio, one.cpu_ms, one.own_mb, one.child_mb)),
            one.note,
        )
    return table


def _shown(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


if __name__ == "__main__":
    main()
