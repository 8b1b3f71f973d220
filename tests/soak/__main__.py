"""``python -m tests.soak [--kills N] [--seed S] [--realweek] [--out FILE]``: whole weeks with programs killed."""

import argparse
import json
import random
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from statistics import median
from tempfile import mkdtemp

from rich.console import Console
from rich.table import Table

from pipelines import home as homes
from tests.soak import grounds, kills, mailroom, undisturbed, worlds
from tests.soak.kills import KINDS, Kill
from tests.soak.running import Up, VainError
from tests.soak.soaking import Report, Week
from tests.soak.worlds import Served

Say = Callable[[str], None]


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
    for fault in report.faults:
        console.print(f"FAULT {fault}", markup=False, highlight=False)
    if wanted.out:
        wanted.out.write_text(json.dumps({"seed": wanted.seed, **asdict(report)}, indent=1) + "\n", encoding="utf-8")
    if report.faults:
        console.print(f"Homes and logs are kept in {folder}.")
        sys.exit(1)
    shutil.rmtree(folder)


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


def _table(report: Report) -> Table:
    table = Table("killed", "times", "next run through, median s", "worst s")
    for kind in KINDS:
        if took := [one.recovered_s for one in report.struck if one.kill.kind == kind]:
            table.add_row(kind, str(len(took)), f"{median(took):.1f}", f"{max(took):.1f}")
    if took := [one.recovered_s for one in report.struck]:
        table.add_row("all of them", str(len(took)), f"{median(took):.1f}", f"{max(took):.1f}", style="bold")
    stops = ", ".join(f"{one:.1f}" for one in report.stops_s)
    table.caption = (
        f"{report.extra} extra mails, {report.lost} rows lost, {report.doubled} doubled; stopped in {stops} s"
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
