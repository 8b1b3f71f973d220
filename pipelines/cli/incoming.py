"""Commands about the way in: sources, polling, LinkedIn exports, articles from elsewhere."""

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from curate.errors import DuidingError, NotFoundError, UsageError
from pipelines.cli.output import Commands, Output, add_group, fraction_failed

if TYPE_CHECKING:
    from curate.linkedin import Activity, Export

T = TypeVar("T")
_SOURCE_COLUMNS = {
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
    feeds: Commands = {
        "add": add,
        "import": import_opml,
        "export": export_opml,
        "list": list_sources,
        "check": check,
        "disable": disable,
    }
    add_group(app, "sources", "Feeds: add, import, export, list, check, disable.", feeds)
    add_group(app, "linkedin", "Members' LinkedIn exports.", {"import": import_linkedin})
    add_group(app, "articles", "Articles from elsewhere.", {"import": import_articles})
    app.command()(ingest)


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
    found = opml.read(_bytes(file))
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
    output.table(f"{len(records)} sources, {failing} failing.", records, _SOURCE_COLUMNS, "sources")


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


def ingest(
    ctx: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Also sources that are not due.")] = False,
) -> int:
    """One poll of all due sources; takes LinkedIn exports from the inbox too."""
    from pipelines.steps import exports
    from pipelines.steps import ingest as steps

    output: Output = ctx.obj
    home = output.opened()
    taken = exports.take_inbox(home)
    with output.progress() as notify:
        done = steps.ingest_all(home, notify) if everything else steps.ingest_due(home, notify)
    failures = [{"url": one.source.url, "kind": one.error_kind, "error": one.error} for one in done.failed]
    refused = [str(one) for one in taken if isinstance(one, DuidingError)]
    output.say(
        done.sentence,
        sources=len(done.polled),
        new=sum(one.new for one in done.polled),
        changed=sum(one.changed for one in done.polled),
        unchanged=sum(one.outcome == "unchanged" for one in done.polled),
        failed=failures,
        articles=done.articles,
        copies=done.copies,
        exports=len(taken) - len(refused),
        exports_refused=refused,
    )
    if not output.as_json:
        for failure in failures:
            output.say(f"  {failure['url']}: {failure['error']}")
        for sentence in refused:
            output.say(f"  inbox: {sentence}")
    return fraction_failed(len(failures) + len(refused))


def import_linkedin(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="ZIP...", help="One archive or several parts.")],
    person: Annotated[str, typer.Option(metavar="EMAIL", help="Whose export it is.")],
    preview: Annotated[bool, typer.Option("--preview", help="Show what would be kept; keep nothing.")] = False,
    allow: Annotated[str, typer.Option(help="Besides shares and articles: comments,saved,…")] = "",
    audience: Annotated[
        str, typer.Option(help="Shares to take: PUBLIC, MEMBER_NETWORK, CONNECTIONS, with commas.")
    ] = "PUBLIC",
) -> int:
    """Take a member's own shares and articles from their LinkedIn export; private files are never opened."""
    from curate.linkedin import ALLOWED_BY_DEFAULT
    from pipelines.steps import exports

    output: Output = ctx.obj
    home = output.opened()
    permission = exports.Permission(
        ALLOWED_BY_DEFAULT | {word.strip() for word in allow.split(",") if word.strip()},
        frozenset(word.strip().upper() for word in audience.split(",")),
    )
    if preview:
        _show_preview(output, [(file, exports.preview(file, permission)) for file in files])
        return 0
    done, refused = _each_archive(files, lambda file: exports.import_export(home, file, person, permission))
    counts: Counter[str] = Counter()
    for one in done:
        counts.update(one.export.counts)
    new = sum(one.new for one in done)
    read = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    left_out = sum(len(one.export.left_out) for one in done)
    output.say(
        f"{new} new entries of {person} (read: {read}; left out: {left_out}, see --preview). "
        "`duiding ingest` reads the pages they point at.",
        new=new,
        counts=counts,
        left_out=left_out,
        never_opened=[name for one in done for name in one.export.never_opened],
        notes=[note for one in done for note in one.export.notes],
        refused=refused,
    )
    if not output.as_json:
        for sentence in refused:
            output.say(f"  {sentence}")
    return fraction_failed(len(refused))


def _each_archive(files: list[Path], work: Callable[[Path], T]) -> tuple[list[T], list[str]]:
    """Return what came of each archive and why others were refused; when all are, the first reason is raised."""
    done: list[T] = []
    refused: list[DuidingError] = []
    for file in files:
        try:
            done.append(work(file))
        except DuidingError as error:
            refused.append(error)
    if refused and not done:
        raise refused[0]
    return done, [str(error) for error in refused]


def _show_preview(output: Output, previews: "list[tuple[Path, Export]]") -> None:
    rows: list[dict[str, Any]] = []
    sentences = []
    for file, export in previews:
        rows += [
            {
                "kind": one.kind,
                "at": one.at,
                "urls": list(one.urls),
                "text": (one.title or one.text)[:80],
                "why": "kept",
            }
            for one in export.activities
        ]
        rows += [
            {"kind": one.kind, "at": None, "urls": [], "text": one.member, "why": one.reason} for one in export.left_out
        ]
        never = ", ".join(export.never_opened) or "nothing"
        sentences.append(f"{file.name}: {len(export.activities)} would be kept. Never opened: {never}.")
    columns = {"kind": "kind", "at": "when", "urls": "addresses", "text": "words", "why": "kept or why not"}
    output.table(" ".join(sentences), rows, columns, "rows")


def _preview(kind: str, words: str, why: str, kept: "Activity | None" = None) -> dict[str, Any]:
    urls = list(kept.urls) if kept else []
    return {"kind": kind, "at": kept.at if kept else None, "urls": urls, "text": words, "why": why}


def import_articles(ctx: typer.Context, file: Annotated[Path, typer.Argument(metavar="FILE")]) -> int:
    """Take articles from JSON lines, plain or gzip: {url, title, text, published_at, language, source[, id]}."""
    from pipelines.steps import imports

    output: Output = ctx.obj
    home = output.opened()
    with output.progress() as notify:
        done = imports.import_articles(home, file, notify)
    output.say(
        f"{done.new} new articles, {done.known} known already, {len(done.refused)} lines refused.",
        new=done.new,
        known=done.known,
        refused=list(done.refused),
    )
    if not output.as_json:
        for sentence in done.refused[:20]:
            output.say(f"  {sentence}")
    return fraction_failed(len(done.refused))


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}. Check the path.") from None
