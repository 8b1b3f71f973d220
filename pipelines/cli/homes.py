"""Commands about a home itself: make it, say how things stand, try the whole on a sample."""

import os
from pathlib import Path
from typing import Annotated

import typer

from curate.errors import UsageError
from curate.people import Language
from pipelines.cli.output import Output


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (init, status, demo):
        app.command()(command)


def init(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Made when it does not exist.")],
    name: Annotated[str, typer.Option(help="Of the network.")] = "Duiding",
    language: Annotated[str, typer.Option(help="nl or en.")] = "nl",
) -> None:
    """Make a home: duiding.toml, sources.opml, database. What is there already is kept."""
    from pipelines import home

    made = home.make(folder, name, language_of(language), home.clock_of(os.environ))
    output: Output = ctx.obj
    output.say(
        f"{folder} is ready. Add sources: `duiding --home {folder} sources add URL`; see {made.path / 'duiding.toml'}.",
        home=str(folder),
        database=str(made.database.path),
    )


def language_of(text: str) -> Language:
    """Return nl or en; raises UsageError for anything else."""
    if text not in ("nl", "en"):
        raise UsageError(f"{text!r} is not a language of ours. Choose nl or en.")
    return "nl" if text == "nl" else "en"


def status(ctx: typer.Context) -> None:
    """Say how things stand: sources, articles, rounds, issues, deliveries, and what ran last."""
    from pipelines.steps import exports, reviewing
    from storage import articles, deliveries, entries, issues, rounds, runs, sending_pauses, sources, suspensions

    output: Output = ctx.obj
    home = output.opened()
    under_way = reviewing.under_way(home)
    exports_waiting = [str(one) for one in exports.waiting(home)]
    with home.database.reading() as db:
        found = list(sources.export(db))
        stored, copies = articles.totals(db)
        waiting = entries.count_waiting(db, home.clock())
        every_round, published, sent = rounds.every(db), issues.published(db), deliveries.counts(db)
        last = runs.last_of_each_kind(db)
        pause, suspended = sending_pauses.current(db), suspensions.current(db)
    failing = [one for one in found if one["state"] == "failing"]
    record = {
        "sources": len(found),
        "failing": len(failing),
        "articles": stored - copies,
        "copies": copies,
        "pages_waiting": waiting,
        "open_rounds": [one.week for one in every_round if one.is_open],
        "states": under_way,
        "issues": len(published),
        "deliveries": sent,
        "paused": pause.sentence if pause else None,
        "suspended": len(suspended),
        "exports_waiting": exports_waiting,
        "runs": [{"kind": k, "started_at": s, "finished_at": f, "outcome": o} for k, s, f, o in last],
    }
    if output.as_json:
        output.say(f"{len(found)} sources, {len(failing)} failing.", **record)
        return
    output.say(f"Sources: {len(found)}, of which {len(failing)} fail (duiding sources list).")
    output.say(f"Articles: {stored - copies} and {copies} copies; {waiting} pages wait to be read.")
    open_weeks = ", ".join(one.week for one in every_round if one.is_open) or "none"
    output.say(f"Rounds: {len(every_round)}, open: {open_weeks}. Issues: {len(published)}.")
    if under_way:
        output.say("Under way: " + ", ".join(f"{week} {state}" for week, state in under_way.items()) + ".")
    output.say("Deliveries: " + (", ".join(f"{count} {state}" for state, count in sent.items()) or "none") + ".")
    if pause:
        output.say(pause.sentence)
    if suspended:
        output.say(f"Readers whose mail does not arrive: {len(suspended)} (duiding deliveries suspended).")
    for sentence in exports_waiting:
        output.say(f"LinkedIn: {sentence}")
    output.table(
        "Last runs:",
        [
            {"kind": k, "started": s, "outcome": o if f else "not finished: killed, or still at work"}
            for k, s, f, o in last
        ],
        {"kind": "step", "started": "started", "outcome": "outcome"},
        "runs",
    )


def demo(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the sample home is made.")] = Path("demo"),
) -> None:
    """Run the whole weekly cycle on the bundled sample, offline."""
    from pipelines.demo import cycle

    output: Output = ctx.obj
    with output.progress() as notify:
        shown = cycle.run(out, lambda line: None if output.as_json else typer.echo(line), notify)
    output.say(shown.sentence, **shown.record)
