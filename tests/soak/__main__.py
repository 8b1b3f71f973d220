"""``python -m tests.soak [--kills N] [--seed S] [--realweek] [--out FILE]``: whole weeks with programs killed."""

import argparse
import json
import random
import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from statistics import median
from tempfile import mkdtemp

from rich.console import Console
from rich.table import Table

from tests.soak import kills, worlds
from tests.soak.kills import KINDS
from tests.soak.soaking import Report, soaked


def main() -> None:
    """Soak, tell, and end with 1 when anything was not as it must be."""
    wanted = _options()
    console = Console(width=None if sys.stdout.isatty() else 140)
    folder = Path(mkdtemp(prefix="duiding-soak-"))
    console.print(f"{wanted.kills} kills, seed {wanted.seed}, in {folder}")
    with (worlds.real if wanted.realweek else worlds.sample)() as world:
        weeks = world.weeks[: wanted.weeks]
        plan = kills.planned(wanted.kills, len(weeks), wanted.seed)
        report = soaked(folder, world, (weeks, plan), wanted.every, lambda said: console.print(said, highlight=False))
    console.print(_table(report))
    for failed in report.failed:
        console.print(f"Failed: {failed}", markup=False, highlight=False)
    for fault in report.faults:
        console.print(f"FAULT {fault}", markup=False, highlight=False)
    if wanted.out:
        wanted.out.write_text(json.dumps({"seed": wanted.seed, **asdict(report)}, indent=1) + "\n", encoding="utf-8")
    if report.faults:
        console.print(f"Homes and logs are kept in {folder}.")
        sys.exit(1)
    shutil.rmtree(folder)


def _table(report: Report) -> Table:
    table = Table("killed", "times", "next run through, median s", "worst s")
    for kind in KINDS:
        if took := [one.recovered_s for one in report.struck if one.kill.kind == kind]:
            table.add_row(kind, str(len(took)), f"{median(took):.1f}", f"{max(took):.1f}")
    if took := [one.recovered_s for one in report.struck]:
        table.add_row("all of them", str(len(took)), f"{median(took):.1f}", f"{max(took):.1f}", style="bold")
    stops = ", ".join(f"{one:.1f}" for one in report.stops_s)
    table.caption = (
        f"{report.extra} extra mails, {report.lost} rows lost, {report.doubled} doubled; "
        f"{len(report.failed)} runs Failed; stopped in {stops} s"
    )
    return table


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description="Kill programs; nothing may be lost.")
    parser.add_argument("--kills", type=int, default=20, help="how many, over all weeks")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000), help="of the plan")
    parser.add_argument("--weeks", type=int, default=2, help="weeks to play at most")
    parser.add_argument("--every", type=float, default=20.0, help="seconds between two scheduled runs")
    parser.add_argument("--realweek", action="store_true", help="with the shared weeks of real articles")
    parser.add_argument("--out", type=Path, help="where the numbers go as JSON")
    return parser.parse_args()


if __name__ == "__main__":
    main()
