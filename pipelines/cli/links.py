"""Commands about links that people bring by hand."""

from typing import Annotated

import typer

from pipelines.cli.output import Output, add_group

_SAID = {
    "new": "{url} is kept; the next ingest reads its page.",
    "changed": "{url} was brought before; the new words are kept as a next version.",
    "known": "{url} was brought before, in the same words; nothing changed.",
}


def register(app: typer.Typer) -> None:
    """Add these commands."""
    add_group(app, "links", "Links that people bring by hand.", {"add": add})


def add(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="Address of the article.")],
    person: Annotated[str, typer.Option(metavar="EMAIL", help="Who brings it.")],
    why: Annotated[str, typer.Option(metavar="TEXT", help="Why others should see it, in a sentence.")],
    title: Annotated[str, typer.Option(help="Its title; else the page says it.")] = "",
    language: Annotated[str, typer.Option(help="nl or en; else the text tells.")] = "",
) -> None:
    """Bring a link in somebody's name; the same address again keeps one link, with the latest words."""
    from pipelines.steps import links

    output: Output = ctx.obj
    outcome = links.bring(output.opened(), person, {"url": url, "why": why, "title": title, "language": language})
    output.say(_SAID[outcome].format(url=url), url=url, outcome=outcome)
