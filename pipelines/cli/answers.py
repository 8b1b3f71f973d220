"""Commands about what readers say back."""

from typing import Annotated

import typer

from pipelines.cli.output import Output, add_group


def register(app: typer.Typer) -> None:
    """Add these commands."""
    add_group(app, "answers", "What readers say back.", {"list": list_waiting, "post": post, "take": take})


def list_waiting(ctx: typer.Context) -> None:
    """List what readers said that waits for a catalyst; they decide about it on the page /answers."""
    from storage import answers

    output: Output = ctx.obj
    home = output.opened()
    with home.database.reading() as db:
        waiting = answers.waiting(db)
    records = [
        {
            "issue": one.about.number,
            "about": one.about.about,
            "kind": one.about.kind,
            "via": one.via,
            "sure": one.is_sure,
            "given_at": one.given_at.isoformat(),
            "text": one.words.text,
        }
        for one in waiting
    ]
    told = [f"issue {one['issue']}, {one['kind']}: {' '.join(str(one['text']).split())[:100]}" for one in records]
    output.say("\n".join(told) or "Nothing waits.", answers=records)


def post(ctx: typer.Context) -> None:
    """Mail what is to go out: what became of answers, and questions to people. The flow `publish` does so too."""
    from pipelines import posting
    from pipelines.steps import letters

    output: Output = ctx.obj
    home = output.opened()
    sent = letters.post(home)
    output.say(f"{sent} letters sent. {posting.where(home)}", sent=sent)


def take(
    ctx: typer.Context,
    file: Annotated[typer.FileBinaryRead, typer.Argument(metavar="FILE", help="One mail, as it came; - for a pipe.")],
) -> int:
    """Put one mail, in answer to an issue, before the catalysts."""
    from pipelines.steps import replies

    output: Output = ctx.obj
    kept = replies.take(output.opened(), file.read())
    output.say("It waits for a catalyst." if kept else "No words of a person are in it; nothing was kept.", kept=kept)
    return 0 if kept else 1
