"""Commands about the way in: polling, LinkedIn exports, articles from elsewhere."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from curate.errors import DuidingError
from pipelines.cli.output import Output, add_group, fraction_failed

if TYPE_CHECKING:
    from curate.linkedin import Export

T = TypeVar("T")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    add_group(app, "linkedin", "Members' LinkedIn exports.", {"import": import_linkedin})
    add_group(app, "articles", "Articles from elsewhere.", {"import": import_articles})
    app.command()(ingest)


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
