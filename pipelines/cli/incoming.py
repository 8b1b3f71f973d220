"""Commands about the way in: polling, LinkedIn exports, articles from elsewhere."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from curate.errors import DuidingError
from pipelines.cli.output import Output, add_group, fraction_failed

if TYPE_CHECKING:
    from curate.linkedin import Activity, Export, LeftOut

T = TypeVar("T")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    add_group(app, "linkedin", "Members' LinkedIn exports.", {"import": import_linkedin, "withdraw": withdraw})
    add_group(app, "articles", "Articles from elsewhere.", {"import": import_articles})
    app.command()(ingest)


def ingest(
    ctx: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Also sources that are not due.")] = False,
) -> int:
    """Ask the sources that are due for news and read the pages; takes LinkedIn exports from the inbox too."""
    from pipelines.steps import exports
    from pipelines.steps import ingest as steps

    output: Output = ctx.obj
    home = output.opened()
    taken = exports.take_inbox(home)
    with output.progress() as notify:
        done = steps.ingest_all(home, notify) if everything else steps.ingest_due(home, notify)
    failures = [{"url": one.source.url, "kind": one.error_kind, "error": one.error} for one in done.failed]
    refused = [str(one) for one in taken if isinstance(one, DuidingError)]
    waiting = [str(one) for one in taken if isinstance(one, exports.Waiting)]
    output.say(
        done.sentence,
        sources=len(done.polled),
        new=sum(one.new for one in done.polled),
        changed=sum(one.changed for one in done.polled),
        unchanged=sum(one.outcome == "unchanged" for one in done.polled),
        failed=failures,
        articles=done.articles,
        copies=done.copies,
        exports=len(taken) - len(refused) - len(waiting),
        exports_refused=refused,
        exports_waiting=waiting,
    )
    if not output.as_json:
        for failure in failures:
            output.say(f"  {failure['url']}: {failure['error']}")
        for sentence in refused + waiting:
            output.say(f"  inbox: {sentence}")
    return fraction_failed(len(failures) + len(refused))


def import_linkedin(
    ctx: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="ZIP", help="One archive or several parts.")],
    person: Annotated[str, typer.Option(metavar="EMAIL", help="Whose export it is.")],
    preview: Annotated[bool, typer.Option("--preview", help="Show what would be kept; keep nothing.")] = False,
    allow: Annotated[str, typer.Option(help="Besides shares and articles: comments,saved,…")] = "",
    audience: Annotated[
        str, typer.Option(help="Shares to take: PUBLIC, MEMBER_NETWORK, CONNECTIONS, UNKNOWN.")
    ] = "PUBLIC",
) -> int:
    """Take a member's own shares and articles from their LinkedIn export; private files are never opened."""
    from curate.linkedin_permissions import of_words
    from pipelines.steps import exports

    output: Output = ctx.obj
    home = output.opened()
    permission = of_words(allow, audience)
    if preview:
        read, unread = _each_archive(files, lambda file: (file, exports.preview(home, file, person, permission)))
        _show_preview(output, read, unread)
        return fraction_failed(len(unread))
    done, refused = _each_archive(files, lambda file: exports.import_export(home, file, person, permission))
    counts: Counter[str] = Counter()
    for one in done:
        counts.update(one.export.counts)
    new, withdrawn = sum(one.new for one in done), sum(one.withdrawn for one in done)
    left_out = sum(len(one.export.left_out) for one in done)
    said = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    gone = f"{withdrawn} that a newer complete export lacks are marked as withdrawn. " if withdrawn else ""
    output.say(
        f"{new} new entries of {person} (read: {said}; left out: {left_out}, see --preview). {gone}"
        "`duiding ingest` reads the pages they point at.",
        new=new,
        withdrawn=withdrawn,
        counts=counts,
        left_out=left_out,
        never_opened=[name for one in done for name in one.export.never_opened],
        unknown=[name for one in done for name in one.export.unknown],
        notes=[note for one in done for note in one.export.notes],
        refused=refused,
    )
    if not output.as_json:
        for sentence in refused:
            output.say(f"  {sentence}")
    return fraction_failed(len(refused))


def withdraw(
    ctx: typer.Context,
    person: Annotated[str, typer.Option(metavar="EMAIL", help="Whose exports are taken back.")],
) -> None:
    """Remove all that came from a member's LinkedIn exports; published issues are frozen and stay."""
    from pipelines.steps import withdrawing

    output: Output = ctx.obj
    gone = withdrawing.withdraw(output.opened(), person)
    output.say(
        f"Removed: {gone.entries} entries of {person}, {gone.articles} articles that nobody else brought, "
        f"{gone.files} archives that still waited. Issues that were published before are frozen and stay as they are, "
        "and mails cannot be called back. Whoever wants to give an export again can do so.",
        entries=gone.entries,
        articles=gone.articles,
        archives=gone.archives,
        files=gone.files,
    )


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


def _show_preview(output: Output, previews: "list[tuple[Path, Export]]", refused: list[str]) -> None:
    """Show row by row what would be kept, what is left out and why, and what never was opened."""
    rows: list[dict[str, Any]] = []
    seen: set[str] = set()
    sentences, counts = [], Counter[str]()
    for file, export in previews:
        counts.update(export.counts)
        rows += [_kept_row(file, one, known=one.key in seen) for one in export.activities]
        rows += [_left_row(file, one) for one in export.left_out]
        seen |= {one.key for one in export.activities}
        never = ", ".join(export.never_opened) or "nothing"
        left = len(export.left_out)
        sentences.append(
            f"{file.name}: {len(export.activities)} would be kept, {left} left out. Never opened: {never}."
        )
    sentences += refused
    if output.as_json:
        output.say(
            " ".join(sentences),
            rows=rows,
            new=len(seen),
            counts=counts,
            left_out=sum(not row["kept"] for row in rows),
            never_opened=[name for _, export in previews for name in export.never_opened],
            unknown=[name for _, export in previews for name in export.unknown],
            notes=[note for _, export in previews for note in export.notes],
            refused=refused,
        )
        return
    columns = {"kind": "kind", "at": "when", "urls": "addresses", "text": "words", "why": "kept or why not"}
    output.table(" ".join(sentences), rows, columns, "rows")


def _kept_row(file: Path, one: "Activity", *, known: bool) -> dict[str, Any]:
    why = "kept once: it stands in an earlier of these archives too" if known else "kept"
    text = (one.title or one.text)[:80]
    return {"kind": one.kind, "at": one.at, "urls": list(one.urls), "text": text, "why": why} | {
        "kept": not known,
        "file": file.name,
    }


def _left_row(file: Path, one: "LeftOut") -> dict[str, Any]:
    """The words of a row that is left out are its owner's alone: it is told by its file and moment."""
    return {"kind": one.kind, "at": one.at, "urls": [], "text": one.member, "why": one.reason} | {
        "kept": False,
        "file": file.name,
    }


def import_articles(
    ctx: typer.Context, file: Annotated[Path, typer.Argument(metavar="FILE", help="Like articles.jsonl.gz.")]
) -> int:
    """Take articles from JSON lines, plain or gzip: {url, title, text, published_at, language, source[, id]} each."""
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
