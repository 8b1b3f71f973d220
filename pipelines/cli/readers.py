"""Commands that write what is stored, and what serves people: the web pages and the whole."""

import csv
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from curate import cells
from curate.errors import NotFoundError, UsageError
from pipelines.cli.output import Output, written

if TYPE_CHECKING:
    from curate.weeks import Week
    from storage.database import Session

KINDS = ("articles", "entries", "clusters", "themes", "annotations", "digest", "deliveries", "sources")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for single in (export, web, up):
        app.command()(single)


def export(
    ctx: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="|".join(KINDS))],
    week: Annotated[str | None, typer.Option(metavar="WEEK", help="Like 2026-W47; else all.")] = None,
    form: Annotated[str, typer.Option("--format", metavar="jsonl|csv|parquet")] = "jsonl",
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Else to stdout.")] = None,
    copies: Annotated[bool, typer.Option("--copies", help="Articles: with the copies.")] = False,
) -> None:
    """Write what is stored, one record a line."""
    from curate.weeks import Week

    output: Output = ctx.obj
    if kind not in KINDS:
        raise UsageError(f"{kind!r} cannot be exported. Choose one of {', '.join(KINDS)}.")
    if form not in ("jsonl", "csv", "parquet"):
        raise UsageError(f"{form!r} is not a format. Choose jsonl, csv or parquet.")
    if form == "parquet" and out is None:
        raise UsageError("Parquet is no text. Give a file with --out.")
    wanted = None if week is None else Week.parse(week)
    with output.opened().database.reading() as db:
        records = list(_records(kind, wanted, copies)(db))
    show(output, records, form, out)


def show(
    output: Output, records: list[dict[str, Any]], form: str, out: Path | None, *, fields: Sequence[str] = ()
) -> None:
    """Write records where they are wanted; a program that asked for JSON gets them inside its one object.

    ``form`` is jsonl, csv or parquet; ``fields`` are the columns of a CSV that may have no rows.
    """
    if out is None and output.as_json:
        output.say(f"{len(records)} records.", records=records)
        return
    try:
        _write(records, form, out, fields)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror or error}. Check the folder.") from None
    if out:
        output.say(f"{out} holds {len(records)} records.", file=str(out), records=len(records))


def _records(kind: str, week: "Week | None", copies: bool) -> "Callable[[Session], Iterable[dict[str, Any]]]":
    from storage import annotations, articles, clusters, deliveries, entries, sources, themes

    name = str(week) if week else None
    return {
        "articles": lambda db: (articles.export_with_copies if copies else articles.export)(db, week),
        "entries": lambda db: entries.export(db, week),
        "clusters": lambda db: clusters.export(db, name),
        "themes": lambda db: themes.export(db, name),
        "annotations": lambda db: annotations.export(db, name),
        "deliveries": lambda db: deliveries.export(db, name),
        "sources": sources.export,
        "digest": lambda db: _digests(db, name),
    }[kind]


def _digests(db: "Session", week: str | None) -> Iterable[dict[str, Any]]:
    from storage import issues

    found = [one for one in reversed(issues.published(db)) if week in (None, one.week)]
    if week and not found:
        raise NotFoundError(f"There is no issue of {week}. Make it with `duiding publish --week {week}`.")
    return [json.loads(issues.content_of(db, one.number) or "{}") for one in found]


def _write(records: list[dict[str, Any]], form: str, out: Path | None, fields: Sequence[str]) -> None:
    if form == "parquet" and out:
        import pyarrow as pa
        from pyarrow import parquet

        parquet.write_table(pa.Table.from_pylist(records), out)
        return
    with out.open("w", encoding="utf-8", newline="") if out else nullcontext(sys.stdout) as file:
        if form == "csv":
            _write_csv(records, file, fields)
        else:
            file.writelines(json.dumps(one, ensure_ascii=False, default=written) + "\n" for one in records)


def _write_csv(records: list[dict[str, Any]], file: Any, fields: Sequence[str]) -> None:
    rows = csv.DictWriter(file, fieldnames=fields or (list(records[0]) if records else []), extrasaction="ignore")
    rows.writeheader()
    rows.writerows({field: _csv_cell(value) for field, value in record.items()} for record in records)


def _csv_cell(value: Any) -> Any:
    if isinstance(value, list | Mapping):
        return json.dumps(value, ensure_ascii=False)
    text = written(value) if value is not None and not isinstance(value, str | int | float) else value
    # A spreadsheet would run a cell that begins like a formula, and titles come from outside.
    return cells.defused(text) if isinstance(text, str) else text


def web(ctx: typer.Context) -> None:
    """Serve the catalysts' page, the archive and the way out, on loopback unless told otherwise."""
    from pipelines import serving

    output: Output = ctx.obj
    home = output.opened()
    output.say(f"The pages are on http://{home.settings.web.host}:{home.settings.web.port}. Stop with Ctrl-C.")
    serving.serve(home)


def up(
    ctx: typer.Context,
    port: Annotated[int | None, typer.Option(help="Of Prefect's server, for this once; else prefect.port.")] = None,
    clock_is_right: Annotated[
        bool, typer.Option("--clock-is-right", help="Start though the last run seems to lie in the future.")
    ] = False,
) -> None:
    """Start Prefect's server, the flows and the web pages together; one Ctrl-C stops them all."""
    from pipelines.together import watching

    output: Output = ctx.obj
    home = output.opened()
    watching.run(
        home if port is None else home.with_prefect_port(port),
        lambda ready: output.say(ready.sentence, **asdict(ready)),
        lambda line: typer.echo(line, err=output.as_json),
        clock_is_right=clock_is_right,
    )
