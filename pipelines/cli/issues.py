"""Commands about issues that are out."""

from typing import Annotated

import typer

from curate.errors import NotFoundError, UsageError
from pipelines.cli.homes import language_of
from pipelines.cli.output import Output, add_group


def register(app: typer.Typer) -> None:
    """Add these commands."""
    add_group(app, "issue", "Issues that are out.", {"correct": correct, "notes": list_notes})


def correct(
    ctx: typer.Context,
    week: Annotated[str, typer.Argument(metavar="WEEK", help="Like 2026-W47.")],
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="What is wrong, and what is right.")],
    language: Annotated[str | None, typer.Option(help="nl or en, of the text; else the network's.")] = None,
) -> None:
    """Put a note beside an issue; it stays as it is. To take a note back, write another one."""
    from curate import issue_notes as rules
    from curate.weeks import Week
    from storage import issue_notes, issues

    output: Output = ctx.obj
    home = output.opened()
    checked = rules.checked(text, language_of(language or home.settings.language))
    if checked.problem:
        raise UsageError(f"A note is at least one word and at most {rules.NOTE_MAX} characters. Give it with --text.")
    with home.database.writing() as db:
        found = issues.of_week(db, str(Week.parse(week)))
        if found is None:
            raise NotFoundError(f"There is no issue of {week}. Make it with `duiding publish --week {week}`.")
        by = issue_notes.OPERATOR
        note = issue_notes.add(db, found.number, checked.text, checked.language, by=by, now=home.clock())
    output.say(
        f"Noted beside issue {note.number} of {note.week}. It stands above it, in the feed and in the next issue.",
        number=note.number,
        week=note.week,
        place=note.place,
    )


def list_notes(ctx: typer.Context) -> None:
    """List what was put right about issues."""
    from storage import issue_notes

    output: Output = ctx.obj
    with output.opened().database.reading() as db:
        notes = issue_notes.every(db)
    records = [
        {
            "number": one.number,
            "week": one.week,
            "noted_at": one.noted_at,
            "by": one.name or "operator",
            "text": one.text,
        }
        for one in notes
    ]
    columns = {"number": "issue", "week": "week", "noted_at": "noted", "by": "by", "text": "note"}
    output.table(f"{len(notes)} notes.", records, columns, "notes")
