"""Commands about sources: which feeds are read, and how they fare."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from curate.errors import NotFoundError, UsageError
from pipelines.cli.output import Commands, Output, add_group, bytes_of, fraction_failed

_COLUMNS = {
    "title": "source",
    "url": "address",
    "state": "state",
    "entries": "entries",
    "articles": "articles",
    "polled_at": "asked",
    "error": "what is wrong",
    "since": "since",
}


def register(app: typer.Typer) -> None:
    """Add these commands."""
    commands: Commands = {
        "add": add,
        "import": import_opml,
        "export": export_opml,
        "list": list_sources,
        "check": check,
        "disable": disable,
    }
    add_group(app, "sources", "Feeds: add, import, export, list, check, disable.", commands)


def add(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="Address of the feed.")],
    title: Annotated[str, typer.Option(help="Its name; else the feed says it.")] = "",
) -> None:
    """Add one feed; one that was disabled is asked again."""
    from curate import sources, urls
    from storage import sources as stored

    output: Output = ctx.obj
    home = output.opened()
    if not urls.safe_link(url):
        raise UsageError(f"{url!r} is not an http(s) address. Copy the address of the feed itself.")
    if urls.is_never_fetched(url):
        raise UsageError(f"{url} is LinkedIn's, which is never fetched. Use `duiding linkedin import` with an export.")
    with home.database.writing() as db:
        new = stored.add(db, [sources.feed(url, title)], home.clock())
        known = stored.by_url(db, url)
        again = known is not None and known.state == "disabled"
        if known and again:
            stored.set_state(db, known.id, "active")
    said = "is added" if new else "was there already and is asked again" if again else "was there already"
    output.say(f"{url} {said}.", url=url, added=new)


def import_opml(ctx: typer.Context, file: Annotated[Path, typer.Argument(metavar="OPML")]) -> None:
    """Add all feeds of an OPML file; folders become tags."""
    from curate import opml, sources, urls
    from storage import sources as stored

    output: Output = ctx.obj
    home = output.opened()
    found = opml.read(bytes_of(file))
    usable = [one for one in found if not urls.is_never_fetched(one.url)]
    with home.database.writing() as db:
        new = stored.add(db, [sources.feed(one.url, one.title, one.tags) for one in usable], home.clock())
    left_out = len(found) - len(usable)
    said = f"{new} sources added, {len(usable) - new} were there already."
    said += f" {left_out} of LinkedIn left out: it is never fetched." if left_out else ""
    output.say(said, added=new, known=len(usable) - new, left_out=left_out)


def export_opml(
    ctx: typer.Context,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Else to stdout.")] = None,
) -> None:
    """Write all feeds as OPML."""
    from curate import opml
    from storage import sources as stored

    output: Output = ctx.obj
    home = output.opened()
    with home.database.reading() as db:
        feeds = [one for one in stored.every(db) if one.kind == "feed"]
    written = opml.write([opml.Subscription(one.url, one.title, one.tags) for one in feeds], home.settings.name)
    if out is None:
        output.say(written.decode(), sources=len(feeds))
        return
    try:
        out.write_bytes(written)
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}. Check the folder.") from None
    output.say(f"{out} holds {len(feeds)} feeds.", file=str(out), sources=len(feeds))


def list_sources(ctx: typer.Context) -> None:
    """List the sources with what is wrong with them."""
    from storage import sources as stored

    output: Output = ctx.obj
    home = output.opened()
    with home.database.reading() as db:
        records = list(stored.export(db))
    failing = sum(record["state"] == "failing" for record in records)
    output.table(f"{len(records)} sources, {failing} failing.", records, _COLUMNS, "sources")


def check(ctx: typer.Context) -> int:
    """Ask every feed once and say what it answers; nothing is stored."""
    from pipelines.steps import checking

    output: Output = ctx.obj
    home = output.opened()
    with output.progress() as notify:
        checked = asyncio.run(checking.check(home, notify))
    failed = sum(one.error != "" for one in checked)
    records = [{"url": one.url, "entries": one.entries, "error": one.error} for one in checked]
    columns = {"url": "address", "entries": "entries", "error": "what is wrong"}
    output.table(f"{len(checked)} feeds asked, {failed} failed.", records, columns, "sources")
    return fraction_failed(failed)


def disable(ctx: typer.Context, url: Annotated[str, typer.Argument(metavar="URL")]) -> None:
    """Stop asking a source; what it brought stays."""
    from storage import sources as stored

    output: Output = ctx.obj
    home = output.opened()
    with home.database.writing() as db:
        source = stored.by_url(db, url)
        if source is None:
            raise NotFoundError(f"There is no source {url}. `duiding sources list` shows them.")
        stored.set_state(db, source.id, "disabled")
    output.say(f"{url} is not asked any more. What it brought stays.", url=url)
